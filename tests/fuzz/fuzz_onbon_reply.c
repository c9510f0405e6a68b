/* fuzz_onbon_reply: any bytes as the answer of an Onbon BX-Y card. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "adapters/display/dialect.h"
#include "adapters/display/kinds/onbon_y_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_list(const struct onbon_reply *reply, unsigned wished)
{
    struct onbon_list list;
    int order;

    if (onbon_list_read(reply, "lc-z-1a2b3c", &list))
        return;
    order = onbon_list_take(&list, wished);
    if (order >= ONBON_ORDERS || (order >= 0 && list.used[order] && !list.ours[order]))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_FREE_LATER char *text = mem_dup_n((const char *)data, size);
    struct onbon_reply reply;
    struct onbon_capture capture;
    struct sight sight = {0};
    struct verdict verdict;
    char token[ONBON_TOKEN];

    onbon_reply_parse(text, size, "queryBulletin", &reply);
    if (reply.kind == ONBON_OK)
        fuzz_list(&reply, size % 128);
    if (onbon_reply_token(&reply, "sessionID", token) == 0 && !*token)
        abort();
    onbon_reply_clock(&reply, 1793406600000, &sight);
    onbon_reply_properties(&reply, &sight);
    if (onbon_reply_capture(&reply, &capture) == 0 &&
        (capture.least_s > capture.most_s || strstr(capture.file, "..")))
        abort();
    if (onbon_reply_file(&reply, "share/screen.png") < 0)
        abort();
    verdict_fail(&verdict, OUTCOME_DEFERRED, reply.code, "%s", reply.message);
    if (!utf8_is_valid(verdict.result.outcome.detail, strlen(verdict.result.outcome.detail)))
        abort();
    onbon_reply_free(&reply);
    return 0;
}
