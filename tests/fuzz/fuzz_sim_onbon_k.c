/* fuzz_sim_onbon_k: any bytes as a frame to a simulated font card, and as the data of a good one.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "adapters/display/kinds/onbon_k_wire.h"
#include "tests/sim/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_view(void *ctx, const struct board_view *view)
{
    (void)ctx;
    LOG_ASSERT(utf8_is_valid(view->name, strlen(view->name)));
    LOG_ASSERT(utf8_is_valid(view->text, strlen(view->text)));
}

/* What comes back is a frame. */
static void fuzz_send(void *state, const char *frame, size_t length)
{
    struct board_request request = {.method = "", .path = "/", .body = frame, .length = length};
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
    struct board_reply reply = {0};
    const char *why = NULL;

    board_onbon_k.request(state, &request, 1793406600000, &reply);
    LOG_ASSERT(!reply.body.length ||
               onbon_k_open(reply.body.data, reply.body.length, &data, &why) == 0);
    buffer_free(&reply.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct board_spec spec = {.width = 192, .height = 32};
    struct board_screen screen = {.view = fuzz_view};
    void *state = board_onbon_k.create(&spec, &screen);
    MEM_FREE_LATER char *bytes = mem_dup_n((const char *)data, size);
    struct buffer frame BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer given = {bytes, size, size};

    board_onbon_k.advance(state, 1793406600000);
    fuzz_send(state, bytes, board_onbon_k.whole(bytes, size));
    if (size <= 2048) {
        onbon_k_frame(&frame, 1, true, &given);
        fuzz_send(state, frame.data, frame.length);
    }
    board_onbon_k.advance(state, 1793406600000 + INT64_C(700000000));
    board_onbon_k.finish(state, 1793406600000 + INT64_C(700000000));
    board_onbon_k.release(state);
    return 0;
}
