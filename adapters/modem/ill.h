/* ill: is it the modem or the message? Errors that say "this modem can't send" also come for a
 * message that the modem can't bear, and then the next modem says the same.
 * Runs: any (pure).
 *
 * The modem is at fault when it fails in this way for two different recipients in a row. It stays
 * under suspicion until it does something else. A zeroed one is healthy. */
#ifndef LAWCAST_MODEM_ILL_H
#define LAWCAST_MODEM_ILL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/model/outcome.h"

struct ill {
    int64_t address; /* whose message failed last, 0: none */
    bool proved;
};

/* Takes note of the outcome of a message to address (not 0). true: the modem has to rest. */
bool ill_note(struct ill *ill, int64_t address, const struct outcome *outcome);

#endif
