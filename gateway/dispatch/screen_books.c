/* screen_books: what a screen tells the books, and asks them.
 * Runs: loop. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/screen_inside.h"

#define SCREEN_PAST    256 /* slogans that are over and whose proofs still count */
#define SCREEN_TELL_MS 60000

/* An operation about one showing, with what it lends. */
struct screen_note {
    struct ledger_op op;
    struct screen *screen;
    struct showing *showing;
    struct queue *queue;
    void *picture;
    char picture_type[8];
};

static struct screen_note *screen_note(struct screen *screen, struct showing *showing,
                                       enum ledger_op_kind kind, ledger_done *done)
{
    struct screen_note *note = mem_new(struct screen_note);

    note->screen = screen;
    note->showing = showing;
    note->op = (struct ledger_op){.kind = kind, .done = done, .owner = note};
    if (showing) {
        note->queue = showing->queue;
        note->op.campaign = showing->work->number;
    }
    screen->posted++;
    return note;
}

static void screen_note_done(struct screen_note *note)
{
    struct screen *screen = note->screen;

    screen->posted--;
    screen->picturing = screen->picturing && !note->picture;
    free(note->picture);
    free(note);
    screen_step(screen);
    screen_end(screen);
}

struct ledger_op *screen_note_op(struct screen *screen, enum ledger_op_kind kind, ledger_done *done)
{
    return &screen_note(screen, NULL, kind, done)->op;
}

struct screen *screen_note_screen(const struct ledger_op *op)
{
    return ((const struct screen_note *)op->owner)->screen;
}

void screen_note_done_op(struct ledger_op *op)
{
    screen_note_done(op->owner);
}

void screen_end(struct screen *screen)
{
    if (!screen->stopped || !screen_is_still(screen) || screen->told_stopped)
        return;
    screen->told_stopped = true;
    screen->on_stopped(screen->ctx);
}

/* ---- showings ---- */

void screen_claim(struct screen *screen, struct showing *showing,
                  void (*claimed)(struct ledger_op *op))
{
    struct ledger_op *op = mem_new(struct ledger_op);

    *op = (struct ledger_op){.kind = LEDGER_CLAIM,
                             .campaign = showing->work->number,
                             .done = claimed,
                             .owner = screen,
                             .claim = {.id = showing->row.id}};
    screen->posted++;
    ledger_post(screen->setup.ledger, op);
}

static void screen_settled(struct ledger_op *op)
{
    struct screen_note *note = op->owner;
    enum delivery_state state = (enum delivery_state)op->settle.state;

    /* What may be up stays taken until it is over. */
    if (!note->showing)
        queue_settled(note->queue, op->result < 0 ? DELIVERY_SENT : state);
    screen_note_done(note);
}

void screen_settle(struct screen *screen, struct showing *showing,
                   const struct adapter_result *result)
{
    struct screen_note *note = screen_note(screen, showing, LEDGER_SETTLE, screen_settled);

    note->op.settle.id = showing->row.id;
    note->op.settle.outcome = result->outcome;
    note->op.settle.level = result->level;
    showing->settled = true;
    if (!showing->up) {
        note->showing = NULL;
        if (screen->wanted == showing)
            screen->wanted = NULL;
        showing_free(showing);
    }
    ledger_post(screen->setup.ledger, &note->op);
}

static void screen_shown(struct ledger_op *op)
{
    screen_note_done(op->owner);
}

/* wanted: with its picture, unless the last one is still on its way: many boards with big pictures
 * must not hold up the books. */
static bool screen_keep_evidence(struct screen_note *note, const struct evidence *evidence,
                                 bool wanted)
{
    struct evidence *kept = &note->op.show.evidence;

    *kept = *evidence;
    kept->picture = NULL;
    kept->picture_length = 0;
    kept->picture_type = NULL;
    if (!evidence->picture || !wanted || note->screen->picturing)
        return false;
    note->screen->picturing = true;
    note->picture = mem_dup_n(evidence->picture, evidence->picture_length);
    kept->picture_length = evidence->picture_length;
    kept->picture = note->picture;
    snprintf(note->picture_type, sizeof note->picture_type, "%s",
             evidence->picture_type ? evidence->picture_type : "");
    kept->picture_type = note->picture_type;
    return true;
}

void screen_post_proof(struct screen *screen, struct showing *showing,
                       const struct showing_proof *proof, const struct evidence *evidence)
{
    struct screen_note *note = screen_note(screen, showing, LEDGER_SHOW, screen_shown);

    note->op.show.id = showing->row.id;
    note->op.show.level = proof->level;
    note->op.show.from_ms = proof->from_ms;
    note->op.show.until_ms = proof->until_ms;
    if (screen_keep_evidence(note, evidence, showing_wants_picture(showing)))
        showing_was_pictured(showing);
    ledger_post(screen->setup.ledger, &note->op);
}

static void screen_remember(struct screen *screen, const struct showing *showing)
{
    struct past *past;

    if (!screen->setup.env.callback)
        return;
    if (screen->n_past == screen->past_room && screen->past_room < SCREEN_PAST) {
        screen->past_room = screen->past_room ? 2 * screen->past_room : 4;
        screen->past = mem_grow(screen->past, screen->past_room, sizeof *screen->past);
    }
    past = &screen->past[screen->n_past < screen->past_room ? screen->n_past++
                                                            : screen->next_past++ % SCREEN_PAST];
    *past = (struct past){.id = showing->row.id,
                          .campaign = showing->work->number,
                          .from_ms = showing->row.from_ms,
                          .until_ms = showing->row.until_ms};
    memcpy(past->name, showing->name, sizeof past->name);
}

static void screen_ended(struct ledger_op *op)
{
    struct screen_note *note = op->owner;

    queue_settled(note->queue, DELIVERY_WITHDRAWN);
    screen_remember(note->screen, note->showing);
    showing_free(note->showing);
    screen_note_done(note);
}

void screen_post_end(struct screen *screen, struct showing *showing)
{
    struct screen_note *note = screen_note(screen, showing, LEDGER_WITHDRAW, screen_ended);

    showing->leaving = true;
    note->op.show.id = showing->row.id;
    note->op.show.level = showing->level;
    note->op.show.open =
        showing->stray ? showing->row.until_ms > clock_wall_ms() : !showing_is_over(showing);
    ledger_post(screen->setup.ledger, &note->op);
}

/* ---- proofs that come by themselves ---- */

static bool screen_find(const struct screen *screen, const char *name, struct past *out)
{
    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        const struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        *out = (struct past){.id = showing->row.id,
                             .campaign = showing->work->number,
                             .from_ms = showing->row.from_ms,
                             .until_ms = showing->row.until_ms};
        if (showing->settled && strcmp(showing->name, name) == 0)
            return true;
    }
    for (size_t i = 0; i < screen->n_past; i++) {
        *out = screen->past[i];
        if (strcmp(out->name, name) == 0)
            return true;
    }
    return false;
}

/* What a device says of the time outside the slot isn't about this slogan: its clock is wrong. */
void screen_on_proved(void *ctx, const struct board_proof *proof)
{
    struct screen *screen = ctx;
    int64_t from_ms = proof->from_ms, until_ms = proof->until_ms;
    struct screen_note *note;
    struct past past;

    if (!screen_find(screen, proof->name, &past)) {
        log_info("board=%s a proof for \"%s\", which isn't known here", screen->setup.env.board->id,
                 proof->name);
        return;
    }
    if (!until_ms)
        from_ms = until_ms = clock_wall_ms();
    else if (from_ms < past.from_ms)
        from_ms = past.from_ms;
    if (proof->until_ms && until_ms > past.until_ms)
        until_ms = past.until_ms;
    if (from_ms > until_ms) {
        log_warning("board=%s delivery=%lld is said to have been shown outside its slot",
                    screen->setup.env.board->id, (long long)past.id);
        return;
    }
    note = screen_note(screen, NULL, LEDGER_SHOW, screen_shown);
    note->op.campaign = past.campaign;
    note->op.show.id = past.id;
    note->op.show.level = proof->level;
    note->op.show.from_ms = from_ms;
    note->op.show.until_ms = until_ms;
    (void)screen_keep_evidence(note, &proof->evidence, true);
    ledger_post(screen->setup.ledger, &note->op);
}

/* ---- what an earlier run left ---- */

void screen_adopt_showing(struct screen *screen, struct showing *showing)
{
    const struct ledger_row *row = &showing->row;

    showing->settled = true;
    showing->up = row->up;
    showing->told_until_ms = row->until_ms;
    if (row->up && row->state != DELIVERY_SENT && row->state != DELIVERY_SHOWN)
        showing_was_doubted(showing, screen->setup.env.board->timeout_ms);
    list_append(&screen->showings, &showing->link);
}

static void screen_adopt(struct screen *screen, struct stake *stake, const struct ledger_row *row)
{
    struct showing *showing = showing_new(stake->work, stake->queue, row);

    showing->unwanted = stake->bar == SCREEN_CANCELLED ||
                        (row->state != DELIVERY_SENT && row->state != DELIVERY_SHOWN &&
                         row->state != DELIVERY_UNKNOWN);
    stake->queue->inflight++;
    screen_adopt_showing(screen, showing);
}

static struct stake *screen_stake(struct screen *screen, const struct queue *queue)
{
    for (size_t i = 0; i < screen->n_stakes; i++)
        if (screen->stakes[i].queue == queue)
            return &screen->stakes[i];
    return NULL;
}

static void screen_adopted(struct ledger_op *op)
{
    struct screen_note *note = op->owner;
    struct stake *stake = screen_stake(note->screen, note->queue);

    LOG_ASSERT(stake);
    for (size_t i = 0; i < op->showings.n; i++)
        screen_adopt(note->screen, stake, &op->showings.rows[i]);
    free(op->showings.rows);
    stake->known = STAKE_KNOWN;
    stake->more = op->result == 0 && op->showings.n == op->showings.max;
    screen_note_done(note);
}

void screen_ask_showings(struct screen *screen, struct stake *stake)
{
    struct screen_note *note = screen_note(screen, NULL, LEDGER_SHOWINGS, screen_adopted);

    stake->known = STAKE_ASKED;
    note->queue = stake->queue;
    note->op.campaign = stake->work->number;
    note->op.showings.address = stake->queue->address;
    note->op.showings.max = SCREEN_ADOPT_MAX;
    note->op.showings.rows = mem_array(SCREEN_ADOPT_MAX, struct ledger_row);
    ledger_post(screen->setup.ledger, &note->op);
}

static void screen_filled(void *ctx, struct queue *queue)
{
    (void)queue;
    screen_step(ctx);
}

void screen_join(struct screen *screen, struct work *work, struct queue *queue, int64_t weight)
{
    size_t at = screen->n_stakes;

    screen->stakes = mem_grow(screen->stakes, at + 1, sizeof *screen->stakes);
    for (; at && strcmp(screen->stakes[at - 1].work->campaign->id, work->campaign->id) > 0; at--)
        screen->stakes[at] = screen->stakes[at - 1];
    screen->stakes[at] = (struct stake){.work = work, .queue = queue, .weight = weight};
    screen->n_stakes++;
    screen->wanted_stake = NULL; /* it may have moved */
    queue->filled = screen_filled;
    queue->ctx = screen;
    screen_wake(screen);
}

/* ---- how the board stands ---- */

static void screen_told(struct ledger_op *op)
{
    struct screen_note *note = op->owner;

    note->screen->telling = false;
    screen_note_done(note);
}

void screen_tell(struct screen *screen)
{
    enum lane_state state = screen_state(screen);
    bool clear = screen_is_given_back(screen);
    int64_t now = clock_steady_ms();
    struct screen_note *note;

    if (screen->telling || !screen->known.number || screen->stopping ||
        (!screen->changed && state == screen->told_state && clear == screen->told_clear &&
         (!screen->heard || now - screen->told_at_ms < SCREEN_TELL_MS)))
        return;
    note = screen_note(screen, NULL, LEDGER_BOARD, screen_told);
    note->op.board.number = screen->known.number;
    note->op.board.state = state;
    note->op.board.clear = clear;
    note->op.board.sight = screen->sight;
    note->op.board.seen_ms = screen->seen_ms;
    snprintf(note->op.board.why, sizeof note->op.board.why, "%s", screen_why(screen));
    screen->telling = true;
    screen->changed = screen->heard = false;
    screen->told_state = state;
    screen->told_clear = clear;
    screen->told_at_ms = now;
    ledger_post(screen->setup.ledger, &note->op);
}
