/* fuzz_xixun: any bytes as a Xixun card's answer at any step, and as a call of the card. The first
 * byte picks the step and the mode, the second the verb and the status. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/mem.h"
#include "adapters/display/kinds/xixun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_proof(void *ctx, const struct board_proof *proof)
{
    (void)ctx;
    if (!dialect_is_name(proof->name) || proof->until_ms <= proof->from_ms)
        abort();
}

static void hear_and_call(struct talk *talk, struct reply *reply)
{
    const struct dialect *dialect = adapter_find("xixun")->dialect;
    struct adapter_call call = {"POST", "/logs", reply->body, reply->length, NULL, NULL};
    struct adapter_answer answer = {.status = 404};
    struct verdict verdict = {0};
    struct ask ask = {0};

    dialect->hear(talk, reply, &verdict);
    talk->step = verdict.step;
    if (verdict.kind == VERDICT_GO)
        dialect->ask(talk, &ask);
    ask_free(&ask);
    dialect->called(talk, &call, &answer, on_proof, NULL);
    buffer_free(&answer.body);
    dialect->close(talk);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char card[] = "y10", path[] = "/command/{card}", color[] = "#ff0000";
    static const int statuses[] = {200, 500, 401, 504};
    struct xixun_options options = {.card = card, .path = path};
    struct xixun memory = {0};
    struct sight sight = {0};
    struct adapter_job job = {.text = "x", .name = "lc-z-1", .want = LEVEL_LOGGED};
    struct board board = {.options = &options, .font_px = 16, .speed_pxs = 40, .color = color};
    struct talk talk = {&board, &job, "http://b", &memory, 0, 1793406600000, "01", &sight};
    char *body = size < 2 ? NULL : mem_dup_n((const char *)data + 2, size - 2);
    struct reply reply = {.type = "", .body = body, .length = size - 2};

    if (!body)
        return 0;
    options.mode = data[0] & 0x40 ? XIXUN_LAN : XIXUN_GATEWAY;
    board.render = data[0] & 0x80 ? RENDER_PICTURE : RENDER_TEXT;
    talk.step = data[0] % STEPS;
    job.verb = (enum adapter_verb)(data[1] % ADAPTER_VERBS);
    reply.status = statuses[data[1] >> 6];
    hear_and_call(&talk, &reply);
    free(body);
    return 0;
}
