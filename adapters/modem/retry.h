/* retry: when a modem that was lost is tried again.
 * Runs: any (pure).
 *
 * After a failure soon, after more of them later and later. A modem that fails over and over, or of
 * which it is known that trying is no use, is put into quarantine: it is left alone for minutes,
 * then probed once, and so on, with ever longer breaks. Only a message that was sent proves that it
 * is well. A zeroed one is well. */
#ifndef LAWCAST_MODEM_RETRY_H
#define LAWCAST_MODEM_RETRY_H

#include <stdbool.h>
#include <stdint.h>

struct retry {
    int failures;    /* in a row */
    int quarantines; /* same */
};

enum retry_cause {
    RETRY_FAILURE,
    RETRY_OUTAGE,   /* the network is away, and for every modem: no reason for a quarantine */
    RETRY_HOPELESS, /* trying again soon is no use */
};

struct retry_pace {
    int64_t first_ms, most_ms;
    int failures; /* so many put it into quarantine */
    int64_t quarantine_first_ms, quarantine_most_ms;
};

/* It has failed once more. How long to wait; *quarantine: was it put there? */
int64_t retry_fail(struct retry *retry, const struct retry_pace *pace, enum retry_cause cause,
                   uint64_t jitter_seed, bool *quarantine);
/* A message was sent. */
void retry_succeed(struct retry *retry);
/* It was ready for a long time without a message to send: earlier failures are history. */
void retry_forget(struct retry *retry);

#endif
