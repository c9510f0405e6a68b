/* showing: one slogan in its slot on a board. See showing.h.
 * Runs: loop. */
#include "gateway/dispatch/showing.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/model/backoff.h"

#define SHOWING_RETRY_MS      2000
#define SHOWING_RETRY_MOST_MS 30000
#define SHOWING_LOOK_MS       2000 /* between looks for what may come late */
#define SHOWING_MARK          6    /* digits of the mark */
#define SHOWING_STEP_MS       2000 /* wall time that ran away from steady time by more was set */

static size_t showing_base36(uint64_t value, size_t most, char *out)
{
    char digits[16];
    size_t n = 0;

    for (; n < most && (value || !n); value /= 36)
        digits[n++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
    for (size_t i = 0; i < n; i++)
        out[i] = digits[n - 1 - i];
    return n;
}

/* Numbers alone are the same in the books of another gateway on the same board: whose slogan this
 * is stands in the name too, so that nobody takes another's down. The number comes first and whole:
 * within one gateway it is unique however short the mark is cut. */
static void showing_fill_name(struct showing *showing)
{
    const struct office *office = showing->work->office;
    MEM_FREE_LATER char *text =
        mem_printf("%s\n%s\n%lld\n%s", office ? office->name : "", showing->work->campaign->id,
                   (long long)showing->row.from_ms, showing->row.text);
    char name[3 + 16 + 1 + SHOWING_MARK] = "lc-";
    size_t n = 3;

    n += showing_base36((uint64_t)showing->row.id, 13, name + n);
    name[n++] = '-';
    n += showing_base36(hex_fingerprint(text, strlen(text)), SHOWING_MARK, name + n);
    if (n > SIGHT_NAME - 1)
        n = SIGHT_NAME - 1;
    memcpy(showing->name, name, n);
    showing->name[n] = '\0';
}

/* The window that its slot lies in: its display's, or of a stray the campaign's, if it is known. */
static const struct window *showing_window(const struct work *work, const struct queue *queue,
                                           int64_t from_ms)
{
    for (size_t i = 0; i < work->n_boards; i++)
        if (queue == &work->boards[i])
            return window_at(work->board_displays[i]->windows, work->board_displays[i]->n_windows,
                             from_ms);
    return window_at(work->campaign->windows, work->campaign->n_windows, from_ms);
}

struct showing *showing_new(struct work *work, struct queue *queue, const struct ledger_row *row)
{
    const struct window *window = showing_window(work, queue, row->from_ms);
    struct showing *showing = mem_new(struct showing);

    list_init(&showing->link);
    showing->work = work;
    showing->queue = queue;
    showing->row = *row;
    showing->limit_ms = window ? window->to_ms : row->until_ms;
    showing->until_steady_ms = clock_steady_ms() + row->until_ms - clock_wall_ms();
    showing_fill_name(showing);
    return showing;
}

void showing_free(struct showing *showing)
{
    list_remove(&showing->link);
    ledger_row_release(&showing->row);
    free(showing->stray);
    free(showing);
}

int64_t showing_left_ms(const struct showing *showing)
{
    if (showing->work->held)
        return showing->until_steady_ms - clock_steady_ms();
    return showing->row.until_ms - clock_wall_ms();
}

bool showing_is_over(const struct showing *showing)
{
    return showing->unwanted || showing_left_ms(showing) <= 0;
}

static int64_t showing_backoff(const struct showing *showing, int failures, int64_t most_ms)
{
    return clock_steady_ms() +
           backoff_ms(failures, SHOWING_RETRY_MS, most_ms, (uint64_t)showing->row.id);
}

void showing_retry_later(struct showing *showing, int64_t wait_ms)
{
    int64_t now = clock_steady_ms();

    showing->retry_ms = showing_backoff(showing, ++showing->failures, SHOWING_RETRY_MOST_MS);
    if (showing->retry_ms < now + wait_ms)
        showing->retry_ms = now + wait_ms;
}

void showing_was_published(struct showing *showing, int64_t until_ms)
{
    showing->up = true;
    showing->missing = false;
    showing->told_until_ms = until_ms;
    showing->failures = 0;
    showing->retry_ms = 0;
    showing->read_at_ms = clock_steady_ms();
    showing->last_for_ms = 0;
}

void showing_was_taken_down(struct showing *showing)
{
    showing->up = false;
    showing->missing = false;
    showing->seen = false;
    showing->misses = 0;
    showing->failures = 0;
    showing->retry_ms = 0;
}

void showing_was_doubted(struct showing *showing, int64_t timeout_ms)
{
    int64_t left_ms = showing_left_ms(showing); /* none leaves after the slot */

    showing->doubt_until_ms =
        clock_steady_ms() + (left_ms < 0 ? left_ms : 0) + timeout_ms + SHOWING_LATE_MS;
}

void showing_may_come_late(struct showing *showing)
{
    int64_t now = clock_steady_ms(), left_ms = showing->doubt_until_ms - now;

    showing->seen = false;
    showing->missing = true; /* if it is wanted again */
    showing->failures = 0;
    showing->retry_ms = now + (left_ms < SHOWING_LOOK_MS ? left_ms : SHOWING_LOOK_MS);
}

/* So long before it goes the last reading begins, to be over by then. */
static int64_t showing_lead_ms(const struct showing *showing)
{
    return showing->took_ms > SHOWING_PROOF_MS ? showing->took_ms : SHOWING_PROOF_MS;
}

void showing_begin_reading(struct showing *showing, int64_t left_ms)
{
    showing->began_ms = clock_wall_ms();
    showing->began_steady_ms = clock_steady_ms();
    if (left_ms <= showing_lead_ms(showing))
        showing->last_for_ms = showing->began_steady_ms + left_ms;
}

static void showing_was_answered(struct showing *showing)
{
    showing->took_ms = clock_steady_ms() - showing->began_steady_ms;
    showing->failures = 0;
    showing->retry_ms = 0;
}

/* From the last good reading to this one nothing else was heard, no clock was set, and neither is
 * so long ago that the machine must have slept in between. */
static bool showing_follows(const struct showing *showing)
{
    int64_t passed = showing->began_steady_ms - showing->good_steady_ms;
    int64_t step = showing->began_ms - showing->good_ms - passed;

    return showing->seen && passed > 0 && passed <= SHOWING_GAP_MS && step < SHOWING_STEP_MS &&
           step > -SHOWING_STEP_MS;
}

struct showing_proof showing_was_read(struct showing *showing, enum outcome_level level)
{
    struct showing_proof proof = {level, showing->began_ms, showing->began_ms};
    int64_t now = clock_steady_ms();

    if (showing_follows(showing)) {
        proof.from_ms = showing->good_ms;
        proof.level = showing->level < level ? showing->level : level;
    }
    showing_was_answered(showing);
    showing->seen = true;
    showing->misses = 0;
    showing->level = level;
    showing->good_ms = clock_wall_ms();
    showing->good_steady_ms = now;
    showing->read_at_ms = now + SHOWING_READ_MS;
    if (level >= showing->row.need)
        showing->shortfalls = 0;
    else /* it may just be on its way onto the screen */
        showing->read_at_ms = showing_backoff(showing, ++showing->shortfalls, SHOWING_READ_MS);
    return proof;
}

void showing_was_in_vain(struct showing *showing)
{
    showing_was_answered(showing);
    showing->seen = false;
    showing->misses = 0;
    showing->read_at_ms = clock_steady_ms() + SHOWING_READ_MS;
}

void showing_was_missing(struct showing *showing)
{
    showing_was_answered(showing);
    showing->seen = false;
    showing->missing = true;
    showing->retry_ms = showing_backoff(showing, showing->misses++, SHOWING_RETRY_MOST_MS);
}

bool showing_wants_picture(const struct showing *showing)
{
    return !showing->pictured || showing->farewell ||
           showing_left_ms(showing) <= showing_lead_ms(showing) ||
           clock_steady_ms() - showing->pictured_ms >= SHOWING_PICTURE_MS;
}

void showing_was_pictured(struct showing *showing)
{
    showing->pictured = true;
    showing->pictured_ms = clock_steady_ms();
}

void showing_was_not_read(struct showing *showing, int64_t wait_ms)
{
    showing->seen = false;
    showing->read_at_ms = clock_steady_ms();
    showing_retry_later(showing, wait_ms);
}

void showing_begin_leaving(struct showing *showing)
{
    showing->leave_since = clock_mono_ms();
    showing->retry_ms = 0;
    showing->failures = 0;
}

int64_t showing_read_in_ms(const struct showing *showing, int64_t left_ms)
{
    int64_t now = clock_steady_ms(), due = showing->read_at_ms, gone = now + left_ms;
    int64_t last = gone - showing_lead_ms(showing), off = gone - showing->last_for_ms;

    /* Too late: boards that know windows have taken it off themselves, or will while they answer.
     */
    if (left_ms <= 0 || left_ms < showing->took_ms / 2)
        return INT64_MAX;
    if ((off > SHOWING_STEP_MS || off < -SHOWING_STEP_MS) && last < due)
        due = last;
    return (due > showing->retry_ms ? due : showing->retry_ms) - now;
}
