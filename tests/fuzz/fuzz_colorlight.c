/* fuzz_colorlight: any bytes as an answer of a Colorlight player, at any step of any job; what
 * follows is asked. Runs: any. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "adapters/display/dialect.h"
#include "adapters/display/colorlight_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct dialect *dialect, struct talk *talk, const struct verdict *verdict)
{
    const struct adapter_result *result = &verdict->result;
    struct ask ask = {0};

    if (verdict->kind == VERDICT_GO) {
        if (verdict->step < 0 || verdict->step >= dialect->n_steps)
            abort();
        talk->step = verdict->step;
        dialect->ask(talk, &ask);
        ask_free(&ask);
    } else if (verdict->kind != VERDICT_END || result->level > LEVEL_SCREENSHOT ||
               !utf8_is_valid(result->outcome.detail, strlen(result->outcome.detail)) ||
               (result->level == LEVEL_SCREENSHOT) != (result->evidence.picture_length > 0)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char word[] = "#ff0000";
    struct colorlight_options options = {word, word, word};
    const struct dialect *dialect = adapter_find("colorlight")->dialect;
    struct board board = {
        .options = &options, .width = 64, .height = 32, .font_px = 16, .color = word};
    struct adapter_job job = {.text = "a", .name = "lc-1-a", .want = LEVEL_SCREENSHOT};
    struct sight sight = {0};
    struct talk talk = {.board = &board, .job = &job, .sight = &sight};
    struct verdict verdict = {0};
    struct reply reply = {.status = 200, .type = "", .length = size - 1};
    char *body;

    if (size < 1)
        return 0;
    reply.body = body = mem_dup_n((const char *)data + 1, size - 1);
    job.verb = data[0] % ADAPTER_VERBS;
    talk.step = data[0] / ADAPTER_VERBS % dialect->n_steps;
    talk.memory = mem_alloc(1, dialect->memory);
    dialect->hear(&talk, &reply, &verdict);
    judge(dialect, &talk, &verdict);
    dialect->close(&talk);
    free(talk.memory);
    free(body);
    return 0;
}
