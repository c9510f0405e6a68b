/* fuzz_sim_colorlight: any bytes as a program (JSON, form) or a schedule for the simulated player.
 * Runs: any. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "tests/sim/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void view(void *ctx, const struct board_view *seen)
{
    (void)ctx;
    if (!seen->name || !seen->text)
        abort();
}

static const char *header(const struct board_request *request, const char *name)
{
    return strcmp(name, "Content-Type") == 0 ? request->ctx : NULL;
}

static const char *query(const struct board_request *request, const char *name)
{
    (void)request;
    (void)name;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct board_spec spec = {.width = 64, .height = 32};
    static char form[] = "multipart/form-data; boundary=ee", json[] = "application/json";
    const struct board_screen screen = {.view = view};
    void *player = board_colorlight.create(&spec, &screen);
    char *body MEM_FREE_LATER = mem_dup_n((const char *)data + (size > 0), size - (size > 0));
    struct board_request request = {.method = size && data[0] & 1 ? "PUT" : "POST",
                                    .path = size && data[0] & 1 ? "/api/lanschedule"
                                                                : "/api/program/x.vsn",
                                    .body = body,
                                    .length = size - (size > 0),
                                    .header = header,
                                    .query = query,
                                    .ctx = size && data[0] & 2 ? form : json};

    board_colorlight.own(player, "x", "owner", 1000);
    for (int i = 0; i < 2; i++) { /* what was stored must bear being replaced */
        struct board_reply reply = {0};

        board_colorlight.request(player, &request, INT64_C(1793406600000), &reply);
        if (reply.status != 200 && reply.status != 400)
            abort();
        buffer_free(&reply.body);
    }
    board_colorlight.advance(player, INT64_C(1793406600000) + 86400000);
    board_colorlight.finish(player, INT64_C(1793406600000) + 86400000);
    board_colorlight.release(player);
    return 0;
}
