/* fuzz_sim_onbon: any bytes as requests to an onbon-y board, at the root and inside a session.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/sim/onbon_room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_view(void *ctx, const struct board_view *view)
{
    (void)ctx;
    LOG_ASSERT(utf8_is_valid(view->name, strlen(view->name)));
    LOG_ASSERT(utf8_is_valid(view->text, strlen(view->text)));
}

static void fuzz_post(void *state, const char *path, const char *body, size_t length)
{
    struct board_request request = {.method = "POST", .path = path, .body = body, .length = length};
    struct board_reply reply = {0};
    struct jv *document;

    board_onbon_y.request(state, &request, 1793406600000, &reply);
    document = jv_parse(buffer_text(&reply.body), reply.body.length, NULL);
    LOG_ASSERT(reply.status == 200 && jv_at(document, "/remotefunction/name"));
    jv_free(document);
    buffer_free(&reply.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct board_spec spec = {.width = 192, .height = 64};
    struct board_screen screen = {.view = fuzz_view};
    struct onbon *onbon = board_onbon_y.create(&spec, &screen);
    MEM_FREE_LATER char *body = mem_dup_n((const char *)data, size);

    memset(onbon->sessions[0], 'f', ONBON_SESSION_DIGITS);
    board_onbon_y.advance(onbon, 1793406600000);
    fuzz_post(onbon, "/", body, size);
    fuzz_post(onbon, "/;stok=ffffffffffffffffffffffffffffffff/", body, size);
    onbon_play_all(onbon, 1793406600000);
    board_onbon_y.advance(onbon, 1793406600000 + INT64_C(700000000));
    board_onbon_y.finish(onbon, 1793406600000 + INT64_C(700000000));
    board_onbon_y.release(onbon);
    return 0;
}
