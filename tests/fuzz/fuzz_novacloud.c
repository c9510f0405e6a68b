/* fuzz_novacloud: any bytes as the platform's answer at any step, and as a call. The first byte
 * picks the step, the second the verb and the status. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "adapters/display/kinds/novacloud.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char key[] = "k", secret[] = "s", player[] = "p1", color[] = "#ff0000";
    static const int statuses[] = {200, 406, 429, 500};
    static const char *const paths[] = {"/status", "/capture"};
    const struct dialect *dialect = adapter_find("novacloud")->dialect;
    struct novacloud_options options = {key, secret, player};
    struct novacloud memory = {.captures = true};
    struct sight sight = {0};
    struct adapter_job job = {
        .text = "x", .name = "lc-z-1", .until_ms = 1793406660000, .want = LEVEL_SCREENSHOT};
    struct board board = {.options = &options, .width = 64, .height = 32, .color = color};
    struct talk talk = {.board = &board,
                        .job = &job,
                        .callback = "http://b",
                        .memory = &memory,
                        .now_ms = 1793406600000,
                        .nonce = "0123456789abcdef",
                        .sight = &sight};
    struct reply reply = {.type = ""};
    struct adapter_answer answer = {.status = 404};
    struct adapter_call call = {.method = "POST"};
    struct verdict verdict = {0};
    struct ask ask = {0};

    if (size < 2)
        return 0;
    talk.step = data[0] % STEPS;
    job.verb = (enum adapter_verb)(data[1] % ADAPTER_VERBS);
    reply.status = statuses[data[1] >> 6];
    call.path = paths[data[0] >> 7];
    reply.length = call.length = size - 2;
    reply.body = call.body = mem_dup_n((const char *)data + 2, size - 2);
    dialect->hear(&talk, &reply, &verdict);
    if (!utf8_is_valid(verdict.result.outcome.detail, strlen(verdict.result.outcome.detail)))
        abort();
    dialect->called(&talk, &call, &answer, NULL, NULL);
    buffer_free(&answer.body);
    talk.step = verdict.step;
    if (verdict.kind != VERDICT_END)
        dialect->ask(&talk, &ask);
    ask_free(&ask);
    dialect->close(&talk);
    free((char *)(uintptr_t)reply.body);
    return 0;
}
