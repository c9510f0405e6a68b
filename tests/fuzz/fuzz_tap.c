/* fuzz_tap: whatever a modem says, a report that is heard can go to the loop, and the tap hears the
 * same whether the bytes come at once or in pieces.
 * Runs: any. */
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/log.h"

#include "adapters/modem/line.h"
#include "adapters/modem/tap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_hear(void *ctx, const struct status_report *report)
{
    static struct line line;
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    line_add_report(&out, report);
    LOG_ASSERT(line_take(&out, &line) == LINE_TAKEN && line.report.sent_ms == report->sent_ms);
    ++*(int *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int whole = 0, pieces = 0;
    struct tap once = {.report = fuzz_hear, .ctx = &whole};
    struct tap bytes = {.report = fuzz_hear, .ctx = &pieces};

    tap_feed(&once, data, size);
    for (size_t i = 0; i < size; i++)
        tap_feed(&bytes, data + i, 1);
    LOG_ASSERT(whole == pieces && once.taken == bytes.taken && once.kept == bytes.kept);
    LOG_ASSERT(once.length <= size && once.botched == bytes.botched);
    return 0;
}
