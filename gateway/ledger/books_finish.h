/* books_finish: when the units were done.
 * Runs: any (blocks: reads the whole journal, a second for a million lines). */
#ifndef LAWCAST_LEDGER_BOOKS_FINISH_H
#define LAWCAST_LEDGER_BOOKS_FINISH_H

#include "gateway/ledger/books.h"

struct books_finish {
    char unit[33];
    int64_t at_ms; /* wall time at which a modem had sent the unit's last message until now */
};
/* Of units of which any message was sent, by their ids. 0 or -errno; free *out. */
int books_finishes(struct books *books, int64_t campaign, struct books_finish **out, size_t *n);

#endif
