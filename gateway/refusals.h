/* refusals: who wants no messages, as the office's books have it, for commands that only foretell.
 * Runs: any (blocks). Works while a gateway is writing. */
#ifndef LAWCAST_REFUSALS_H
#define LAWCAST_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/model/numset.h"

struct refusals {
    int64_t *numbers; /* full ones, 86 first */
    size_t n;
    struct numset *set; /* the same */
};

#define REFUSALS_NULL                                                                              \
    (struct refusals)                                                                              \
    {                                                                                              \
        0                                                                                          \
    }

/* None when there are no books yet. Books that can't be read are told on standard error, after
 * "lawcast COMMAND: ", and taken for none: what is foretold is then without them. */
void refusals_read(struct refusals *out, const char *command, const char *ledger);
void refusals_free(struct refusals *refusals);

#endif
