/* fuzz_tap: whatever a modem says, a report that is heard can go to the loop, and tap and sieve
 * make the same of it whether the bytes come at once or in pieces. Runs: any. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/log.h"

#include "adapters/modem/line.h"
#include "adapters/modem/sieve.h"
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

/* In place, as the agent does it. */
static void fuzz_sieve(const uint8_t *data, size_t size, size_t step, struct buffer *passed)
{
    struct sieve sieve = {0};

    for (size_t at = 0; at < size; at += step) {
        size_t n = at + step < size ? step : size - at;
        BUFFER_FREE_LATER struct buffer piece = BUFFER_NULL;

        buffer_add(&piece, "   ", SIEVE_SPARE);
        buffer_add(&piece, data + at, n);
        n = sieve_pass(&sieve, piece.data, piece.data + SIEVE_SPARE, n);
        LOG_ASSERT(n <= piece.length);
        buffer_add(passed, piece.data, n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tap_events events = {.report = fuzz_hear};
    BUFFER_FREE_LATER struct buffer all = BUFFER_NULL, each = BUFFER_NULL;
    int whole = 0, pieces = 0;
    struct tap once = {.events = &events, .ctx = &whole};
    struct tap bytes = {.events = &events, .ctx = &pieces};

    tap_feed(&once, data, size);
    for (size_t i = 0; i < size; i++)
        tap_feed(&bytes, data + i, 1);
    LOG_ASSERT(whole == pieces && once.taken == bytes.taken && once.kept == bytes.kept);
    LOG_ASSERT(once.length <= size && once.botched == bytes.botched);
    fuzz_sieve(data, size, size ? size : 1, &all);
    fuzz_sieve(data, size, 1, &each);
    LOG_ASSERT(strcmp(buffer_text(&all), buffer_text(&each)) == 0 && all.length <= size);
    return 0;
}
