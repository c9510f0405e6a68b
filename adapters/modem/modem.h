/* modem: what the modem adapter (kinds.h) offers beside the contract.
 * Runs: loop. */
#ifndef LAWCAST_MODEM_MODEM_H
#define LAWCAST_MODEM_MODEM_H

#include <stdint.h>

#include "adapters/modem/retry.h"

/* How long is waited for what, in ms. */
struct modem_patience {
    int64_t open_ms;   /* beyond timeout_ms: an older agent may still hold the device */
    int64_t margin_ms; /* beyond the agent's own time limit for a message: it may just be asking the
                          modem something that isn't answered */
    int64_t leave_ms;  /* for an agent that has nothing left to do */
    int64_t silence_ms; /* for a word of an agent that has no message; it beats: LINE_BEAT_MS */
    int64_t look_ms;    /* between two looks whether a device is there again */
    struct retry_pace retry;
};

extern const struct modem_patience modem_patience_usual;

/* Between init and start, for tests, which have less of it. */
void modem_set_patience(void *state, const struct modem_patience *patience);

#endif
