/* fuzz_sim_signs: any bytes as a request to the simulated Xixun card (both modes) and NovaCloud
 * platform. The first byte picks the board and the path; all of it is stored, told, shown, ended.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "tests/sim/board.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_view(void *ctx, const struct board_view *view)
{
    (void)ctx;
    if (!view->name || !view->text)
        abort();
}

static void on_outcall(void *ctx, const struct board_outcall *call, int tag)
{
    (void)ctx;
    if (tag > 1000 || strncmp(call->url, "http://", 7) != 0)
        abort();
}

static const char *nothing(const struct board_request *request, const char *name)
{
    return request && name ? NULL : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"/command/b", "/settings", "/v2/player/list", "/shots/1"};
    static char id[] = "b", kind[] = "any";
    const struct board_kind *which = data && size && data[0] & 4 ? &board_novacloud : &board_xixun;
    const struct board_screen screen = {on_view, on_outcall, NULL};
    struct board_spec spec = {.id = id, .kind = kind, .width = 64, .height = 32};
    struct board_request request = {.method = "POST", .header = nothing, .query = nothing};
    struct board_reply reply = {0};
    void *state;

    if (!size)
        return 0;
    spec.options = jv_object();
    jv_put(spec.options, "mode", jv_string(data[0] & 1 ? "lan" : "gateway"));
    request.path = paths[data[0] % 4];
    request.length = size - 1;
    request.body = mem_dup_n((const char *)data + 1, size - 1);
    state = which->create(&spec, &screen);
    which->request(state, &request, 1793406600000, &reply);
    which->advance(state, 1793406660000);
    which->finish(state, 1793406660000);
    which->release(state);
    buffer_free(&reply.body);
    jv_free(spec.options);
    free((char *)(uintptr_t)request.body);
    return 0;
}
