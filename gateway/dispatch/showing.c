/* showing: one slogan that is up on a board, or may be. See showing.h.
 * Runs: loop. */
#include "gateway/dispatch/showing.h"

#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/model/backoff.h"

#define SHOWING_RETRY_MS      2000
#define SHOWING_RETRY_MOST_MS 30000

struct showing *showing_new(struct work *work, struct queue *queue, const struct ledger_row *row)
{
    struct showing *showing = mem_new(struct showing);

    list_init(&showing->link);
    showing->work = work;
    showing->queue = queue;
    showing->row = *row;
    showing->until_ms = clock_steady_ms() + row->until_ms - clock_wall_ms();
    return showing;
}

void showing_free(struct showing *showing)
{
    list_remove(&showing->link);
    ledger_row_release(&showing->row);
    free(showing);
}

void showing_retry_later(struct showing *showing)
{
    showing->retry_ms =
        clock_steady_ms() + backoff_ms(++showing->failures, SHOWING_RETRY_MS, SHOWING_RETRY_MOST_MS,
                                       (uint64_t)showing->row.id);
}

static int64_t showing_left_ms(const struct showing *showing)
{
    if (showing->work->held)
        return showing->until_ms - clock_steady_ms();
    return showing->row.until_ms - clock_wall_ms();
}

void showing_begin_leaving(struct showing *showing)
{
    showing->leave_since = clock_mono_ms();
    showing->retry_ms = 0;
    showing->failures = 0;
}

bool showing_was_read(struct showing *showing, enum outcome_level level, bool clearing)
{
    int64_t now = clock_steady_ms(), left = showing_left_ms(showing);
    bool first = !showing->proved;

    if (left < 0) /* the answer came after the slot and says nothing about the time past its end */
        now = now + left > showing->read_ms ? now + left : showing->read_ms;
    if (!first)
        showing->shown_ms += now - showing->read_ms;
    else
        showing->level = level;
    showing->proved = true;
    showing->read_ms = now;
    showing->failures = 0;
    showing->last_proof = clearing || left <= SHOWING_PROOF_MS;
    return first;
}

bool showing_must_go(const struct showing *showing, bool clearing)
{
    return clearing || showing_left_ms(showing) <= 0;
}

bool showing_must_be_read(const struct showing *showing, bool clearing)
{
    int64_t left = showing_left_ms(showing);

    if (left <= 0) /* too late: boards that know windows have taken it off themselves */
        return false;
    if (clearing) /* taken down early: a last look saves what it has shown */
        return showing->proved && !showing->last_proof;
    return !showing->proved || clock_steady_ms() - showing->read_ms >= SHOWING_READ_MS ||
           (!showing->last_proof && left <= SHOWING_PROOF_MS);
}

static int64_t showing_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t showing_due_in_ms(const struct showing *showing, bool clearing)
{
    int64_t now = clock_steady_ms(), left = showing_left_ms(showing), due = left;

    if (clearing || !showing->proved)
        due = 0;
    else
        due = showing_sooner(left, showing->read_ms + SHOWING_READ_MS - now);
    if (!showing->last_proof)
        due = showing_sooner(due, left - SHOWING_PROOF_MS);
    return due > showing->retry_ms - now ? due : showing->retry_ms - now;
}
