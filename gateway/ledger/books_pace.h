/* books_pace: how fast and how well messages went out of late, and what the SIMs have used up: what
 * a forecast rests on.
 * Runs: any (blocks: reads the newest lines of the journal, a fraction of a second). */
#ifndef LAWCAST_LEDGER_BOOKS_PACE_H
#define LAWCAST_LEDGER_BOOKS_PACE_H

#include "gateway/ledger/books.h"
#include "gateway/model/meter.h"

#define BOOKS_PACE_LINES 60000 /* of the journal: about 15,000 messages */

/* What a device has sent. */
struct books_pace {
    char device[65];
    int64_t messages, parts;
    int64_t ms; /* from claim to outcome, all together: air, and the gaps between parts of one */
};

/* What became of what was tried. */
struct books_odds {
    int64_t tried, rejected, deferred;             /* answers of modems */
    int64_t reported, undelivered, undelivered_ms; /* ms: from the sending on, all together */
};

/* 0 or -errno; free *out. */
int books_paces(struct books *books, struct books_pace **out, size_t *n, struct books_odds *odds);

struct books_sim {
    char device[65];
    char imsi[33];
    const struct meter_use *uses; /* of the last METER_LOAD_MS; lent during the call */
    size_t n_uses;
};
/* The SIM that each modem had last. */
int books_sims(struct books *books, int64_t now_ms,
               int (*each)(void *ctx, const struct books_sim *sim), void *ctx);
/* What the SIMs of a limit group have used up together. */
int books_pool(struct books *books, const char *group, int64_t now_ms, struct meter *meter);

#endif
