/* fuzz_webhook_reply: any bytes as a platform's reply or call: whatever it says, a job ends or goes
 * on in one way, a proof has a name that was published, and sentences stay whole UTF-8. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "tests/unit/webhook_kit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_options(struct kit *kit, unsigned choice)
{
    static char *values[] = {TEXT("ok"), TEXT("queued")};
    struct webhook_call_options *verify = &kit->options.calls[ADAPTER_VERIFY];

    *verify = (struct webhook_call_options){.path = TEXT("/{name}"),
                                            .pointer = TEXT("/a"),
                                            .equals = TEXT("{text}"),
                                            .error = TEXT("/e"),
                                            .status = 200,
                                            .any = {.items = values, .n = 1},
                                            .pending = {.items = values + 1, .n = 1}};
    kit->options.publish_id = TEXT("/id");
    kit->options.verify_picture = TEXT("/p");
    kit->options.power_pointer = TEXT("/a");
    kit->options.clock_pointer = TEXT("/id");
    kit->options.playing_pointer = TEXT("/e");
    kit->options.charset = choice & 1;
    kit->options.picture_path = choice & 2 ? TEXT("/p") : NULL;
    kit->job.want = LEVEL_SCREENSHOT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_dup_n((const char *)data, size);
    struct kit_call call = {.body = text};
    struct kit kit;

    kit_make(&kit);
    fuzz_options(&kit, size ? data[0] : 0);
    kit_open(&kit);
    for (int verb = 0; verb < ADAPTER_VERBS; verb++) {
        kit_ask(&kit, (enum adapter_verb)verb, 0);
        kit_hear_bytes(&kit, 200, text, size);
        if (kit.verdict.kind == VERDICT_GO) {
            kit_ask(&kit, (enum adapter_verb)verb, kit.verdict.step);
            kit_hear_bytes(&kit, 200, text, size);
        }
        if (kit.verdict.kind != VERDICT_END ||
            !utf8_is_valid(kit.verdict.result.outcome.detail,
                           strlen(kit.verdict.result.outcome.detail)))
            abort();
    }
    kit_call(&kit, &call, NULL);
    for (size_t i = 0; i < kit.n_proofs && i < KIT_PROOFS; i++)
        if (strcmp(kit.proofs[i].name, kit.job.name) != 0)
            abort();
    kit_close(&kit);
    free(text);
    return 0;
}
