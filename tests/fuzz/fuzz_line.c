/* fuzz_line: whatever line_take makes of foreign bytes, what it takes can be said again, the same.
 * Runs: any. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/log.h"

#include "adapters/modem/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_say(const struct line *line, struct buffer *out)
{
    switch (line->kind) {
    case LINE_SEND:
        line_add_send(out, &line->send);
        return;
    case LINE_PIN:
        line_add_pin(out, line->pin);
        return;
    case LINE_FORGET:
        line_add_forget(out, line->place);
        return;
    case LINE_HEALTH:
        line_add_health(out, &line->health);
        return;
    case LINE_READY:
    case LINE_BEAT:
    case LINE_BAD_PIN:
    case LINE_NEED_PIN:
    case LINE_TOOK_PIN:
        line_add_word(out, line->kind);
        return;
    case LINE_INBOUND:
        line_add_inbound(out, &line->inbound);
        return;
    case LINE_BARRED:
        line_add_barred(out, line->why);
        return;
    case LINE_RESULT:
        line_add_result(out, line->id, &line->outcome);
        return;
    case LINE_REPORT:
        line_add_report(out, &line->report);
        return;
    case LINE_DOUBT:
        line_add_doubt(out, line->why);
        return;
    case LINE_DOWN:
        line_add_down(out, line->why);
        return;
    }
    log_panic("no kind of line has the number %d", (int)line->kind);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct line line, again;
    BUFFER_FREE_LATER struct buffer in = BUFFER_NULL;

    buffer_add(&in, data, size);
    while (line_take(&in, &line) == LINE_TAKEN) {
        BUFFER_FREE_LATER struct buffer once = BUFFER_NULL, twice = BUFFER_NULL;

        fuzz_say(&line, &once);
        buffer_add(&twice, once.data, once.length);
        LOG_ASSERT(line_take(&twice, &again) == LINE_TAKEN && twice.length == 0);
        fuzz_say(&again, &twice);
        LOG_ASSERT(strcmp(buffer_text(&once), buffer_text(&twice)) == 0);
    }
    return 0;
}
