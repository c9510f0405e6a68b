/* fuzz_onbon_reply: any bytes as the answer of an Onbon card. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "adapters/display/onbon_y_wire.h"
#include "adapters/display/panel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct onbon_reply reply;
    struct onbon_list list;
    struct adapter_result result;
    char token[ONBON_TOKEN];

    onbon_reply_parse((const char *)data, size, "queryBulletin", &reply);
    if (reply.kind == ONBON_OK && onbon_list_read(&reply, "lawcast-1", &list) == 0) {
        int order = onbon_list_choose(&list, size % 128);

        if (order >= ONBON_ORDERS || (order >= 0 && list.used[order] && !list.ours[order]))
            abort();
    }
    if (onbon_reply_token(&reply, "sessionID", token) == 0 && !*token)
        abort();
    result = panel_result(OUTCOME_DEFERRED, reply.code, "%s", reply.message);
    if (!utf8_is_valid(result.outcome.detail, strlen(result.outcome.detail)))
        abort();
    onbon_reply_free(&reply);
    return 0;
}
