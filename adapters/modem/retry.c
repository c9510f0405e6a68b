/* retry: when a modem that was lost is tried again. See retry.h.
 * Runs: any (pure). */
#include "adapters/modem/retry.h"

#include <limits.h>

#include "gateway/model/backoff.h"

int64_t retry_fail(struct retry *retry, const struct retry_pace *pace, enum retry_cause cause,
                   uint64_t jitter_seed, bool *quarantine)
{
    int most = cause == RETRY_OUTAGE ? pace->failures - 1 : INT_MAX;

    if (retry->failures < most)
        retry->failures++;
    *quarantine = cause == RETRY_HOPELESS || retry->failures >= pace->failures;
    if (!*quarantine)
        return backoff_ms(retry->failures, pace->first_ms, pace->most_ms,
                          jitter_seed + (unsigned)retry->failures);
    retry->quarantines += retry->quarantines < INT_MAX;
    return backoff_ms(retry->quarantines, pace->quarantine_first_ms, pace->quarantine_most_ms,
                      jitter_seed + (unsigned)retry->quarantines);
}

void retry_succeed(struct retry *retry)
{
    *retry = (struct retry){0};
}

void retry_forget(struct retry *retry)
{
    retry->failures = 0;
}
