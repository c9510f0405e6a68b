/* webhook_call: what the platform tells by itself. See webhook.h.
 * Runs: any (pure). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "tests/sim/webhook.h"

void platform_call(struct platform_calls *calls, const char *url, struct jv *document,
                   int64_t clock_ms)
{
    BUFFER_FREE_LATER struct buffer body = BUFFER_NULL;
    MEM_FREE_LATER char *id = mem_printf("msg-%s-%u", calls->spec->id, calls->n++);
    MEM_FREE_LATER char *id_line = mem_printf("webhook-id: %s", id);
    MEM_FREE_LATER char *time_line =
        mem_printf("webhook-timestamp: %lld", (long long)(clock_ms / 1000));
    MEM_FREE_LATER char *signature = NULL, *sign_line = NULL;
    struct board_outcall call = {.method = "POST",
                                 .url = url,
                                 .headers = {"Content-Type: application/json", id_line, time_line}};
    int times = strcmp(board_option(calls->spec, "calls_twice", ""), "") ? 2 : 1;

    jv_write(document, false, &body);
    jv_free(document);
    signature = platform_sign(calls->spec, id, clock_ms / 1000, &body);
    if (signature) {
        sign_line = mem_printf("webhook-signature: %s", signature);
        call.headers[3] = sign_line;
    }
    call.body = buffer_text(&body);
    call.length = body.length;
    while (times--)
        calls->screen->outcall(calls->screen->ctx, &call, 0);
}
