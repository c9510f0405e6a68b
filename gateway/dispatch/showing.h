/* showing: one slogan that is up on a board, or may be: when it is read back, when it must go.
 * Runs: loop.
 *
 * Whether its time is over is decided by the wall clock, as for all windows, but not while that
 * clock is not trusted (work.held): then by the time that has passed. How long it was shown and
 * when something is tried again is measured in steady time: a clock that is set must neither make
 * showing time nor hold up a withdrawal. */
#ifndef LAWCAST_DISPATCH_SHOWING_H
#define LAWCAST_DISPATCH_SHOWING_H

#include "gateway/base/list.h"
#include "gateway/dispatch/work.h"

#define SHOWING_PROOF_MS 2000  /* the last reading is taken so long before the slot's end */
#define SHOWING_READ_MS  60000 /* between readings: what a missed one can cost of the shown time */

struct showing {
    struct list link;
    struct work *work;
    struct queue *queue;
    struct ledger_row row;
    bool proved;     /* read back since it was published */
    bool last_proof; /* read back just before it goes */
    bool leaving;    /* its withdrawal is on its way to the books */
    enum outcome_level level;
    int64_t shown_ms;    /* between its readings, so far */
    int64_t read_ms;     /* steady: the last successful reading */
    int64_t retry_ms;    /* steady: not before */
    int failures;        /* requests in a row that failed */
    int64_t leave_since; /* monotonic: when it had to go; 0: not yet */
    int64_t until_ms;    /* steady: its slot's end, as the clock stood when it came here */
};

/* Takes the row's text over. */
struct showing *showing_new(struct work *work, struct queue *queue, const struct ledger_row *row);
void showing_free(struct showing *showing); /* takes it off its list */
void showing_retry_later(struct showing *showing);
/* It was read back now. clearing: everything is being taken down, this was the last look. true: for
 * the first time, so the books must hear of it. */
bool showing_was_read(struct showing *showing, enum outcome_level level, bool clearing);
/* The first time that it must go: what its readings had to wait for holds up no withdrawal. */
void showing_begin_leaving(struct showing *showing);
bool showing_must_go(const struct showing *showing, bool clearing);
bool showing_must_be_read(const struct showing *showing, bool clearing);
/* In how many ms of steady time there is something to do; 0 or less: now. */
int64_t showing_due_in_ms(const struct showing *showing, bool clearing);

#endif
