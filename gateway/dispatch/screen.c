/* screen: one board at work. See screen.h.
 * Runs: loop. */
#include "gateway/dispatch/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/showing.h"

#define SCREEN_ADOPT_MAX 64 /* showings of one board and campaign that a restart takes over */

struct screen {
    const struct adapter *adapter;
    struct adapter_env env;
    size_t board;
    struct ledger *ledger;
    const struct screen_events *events;
    void *ctx;

    bool ready, started, clearing, stopping, stopped;
    char why[160]; /* it is not ready, "" when it is */
    bool claiming, lent;
    size_t posted;
    struct list showings;
    struct showing *task; /* what the claim or the job is about */
    struct adapter_job job;
    struct ledger_op claim;
    void *adapter_state;
};

struct screen_note {
    struct ledger_op op;
    struct screen *screen;
    struct showing *showing;
    struct queue *queue;
};

static void screen_quiet(struct screen *screen)
{
    if (screen->stopped && screen_is_quiet(screen))
        screen->events->stopped(screen->ctx);
}

/* Numbers alone are the same in the books of another gateway on the same board: whose slogan this
 * is stands in the name too, so that nobody takes another's down. */
static uint32_t screen_mark(const struct showing *showing)
{
    MEM_FREE_LATER char *text =
        mem_printf("%s\n%s\n%lld\n%s", showing->work->office->name, showing->work->campaign->id,
                   (long long)showing->row.from_ms, showing->row.text);
    uint64_t mark = hex_fingerprint(text, strlen(text));

    return (uint32_t)(mark ^ mark >> 32);
}

static void screen_fill_job(struct screen *screen, struct showing *showing, enum adapter_verb verb)
{
    screen->task = showing;
    screen->job = (struct adapter_job){
        .verb = verb,
        .id = (uint64_t)showing->row.id,
        .text = showing->row.text,
        .from_ms = showing->row.from_ms,
        .until_ms = showing->row.until_ms,
        .slot = (unsigned)showing->row.slot % 100,
        .owner = screen,
    };
    snprintf(screen->job.name, sizeof screen->job.name, "lawcast-%lld-%lld-%08x",
             (long long)showing->work->number, (long long)showing->row.id, screen_mark(showing));
}

/* Lends the job to the board. false: the board doesn't take it now. */
static bool screen_lend(struct screen *screen, struct showing *showing, enum adapter_verb verb)
{
    int (*operation)(void *, struct adapter_job *) =
        verb == ADAPTER_SUBMIT   ? screen->adapter->submit
        : verb == ADAPTER_VERIFY ? screen->adapter->verify
                                 : screen->adapter->withdraw;

    screen_fill_job(screen, showing, verb);
    screen->lent = operation(screen->adapter_state, &screen->job) == 0;
    if (!screen->lent)
        showing_retry_later(showing);
    return screen->lent;
}

static struct screen_note *screen_note(struct screen *screen, struct showing *showing,
                                       enum ledger_op_kind kind, ledger_done *done)
{
    struct screen_note *note = mem_new(struct screen_note);

    note->screen = screen;
    note->showing = showing;
    note->queue = showing->queue;
    note->op = (struct ledger_op){
        .kind = kind, .campaign = showing->work->number, .done = done, .owner = note};
    screen->posted++;
    return note;
}

static void screen_note_done(struct screen_note *note)
{
    struct screen *screen = note->screen;

    screen->posted--;
    free(note);
    screen_step(screen);
    screen_quiet(screen);
}

static void screen_settled(struct ledger_op *op)
{
    struct screen_note *note = op->owner;
    enum delivery_state state = (enum delivery_state)op->settle.state;

    /* What may be up stays taken until it is withdrawn. */
    if (!note->showing)
        queue_settled(note->queue, op->result < 0 ? DELIVERY_SENT : state);
    screen_note_done(note);
}

static void screen_settle(struct screen *screen, struct showing *showing,
                          const struct adapter_result *result)
{
    struct screen_note *note = screen_note(screen, showing, LEDGER_SETTLE, screen_settled);
    enum outcome_kind kind = result->outcome.kind;

    note->op.settle.id = showing->row.id;
    note->op.settle.outcome = result->outcome;
    note->op.settle.level = result->level;
    if (kind == OUTCOME_SENT || kind == OUTCOME_UNKNOWN)
        list_append(&screen->showings, &showing->link);
    ledger_post(screen->ledger, &note->op);
    if (kind != OUTCOME_SENT && kind != OUTCOME_UNKNOWN) {
        note->showing = NULL;
        showing_free(showing);
    }
}

static void screen_claimed(struct ledger_op *op)
{
    struct screen *screen = op->owner;
    struct showing *showing = screen->task;
    struct adapter_result result = {
        .outcome = {.kind = OUTCOME_RETURNED, .detail = "the board was not ready"}};

    screen->claiming = false;
    screen->posted--;
    if (op->result < 0) {
        queue_settled(showing->queue, DELIVERY_SENT);
        showing_free(showing);
        screen_quiet(screen);
        return;
    }
    /* RETURNED makes it deferred; the books write a slot that has passed off at the next fetch. */
    if (screen->clearing || !screen->ready || !work_is_open(showing->work) ||
        clock_wall_ms() >= showing->row.until_ms || !screen_lend(screen, showing, ADAPTER_SUBMIT))
        screen_settle(screen, showing, &result);
    screen_quiet(screen);
}

static void screen_publish(struct screen *screen)
{
    struct ledger_row row;
    struct queue *queue;
    struct work *work;

    if (!screen->events->next(screen->ctx, screen->board, &work, &queue, &row))
        return;
    screen->task = showing_new(work, queue, &row);
    screen->claiming = true;
    screen->posted++;
    screen->claim = (struct ledger_op){.kind = LEDGER_CLAIM,
                                       .campaign = work->number,
                                       .done = screen_claimed,
                                       .owner = screen,
                                       .claim = {.id = row.id}};
    ledger_post(screen->ledger, &screen->claim);
}

static void screen_shown(struct ledger_op *op)
{
    screen_note_done(op->owner);
}

static void screen_proved(struct screen *screen, struct showing *showing, enum outcome_level level)
{
    struct screen_note *note;

    if (!showing_was_read(showing, level, screen->clearing))
        return;
    note = screen_note(screen, showing, LEDGER_SHOW, screen_shown);
    note->op.show.id = showing->row.id;
    note->op.show.level = level;
    ledger_post(screen->ledger, &note->op);
}

static void screen_withdrawn(struct ledger_op *op)
{
    struct screen_note *note = op->owner;

    queue_settled(note->queue, DELIVERY_WITHDRAWN);
    showing_free(note->showing);
    screen_note_done(note);
}

static void screen_post_withdrawal(struct screen *screen, struct showing *showing,
                                   const struct outcome *outcome)
{
    struct screen_note *note = screen_note(screen, showing, LEDGER_WITHDRAW, screen_withdrawn);

    showing->leaving = true;
    note->op.show.id = showing->row.id;
    note->op.show.level = showing->level;
    note->op.show.shown_ms = showing->shown_ms;
    note->op.show.code = outcome->code;
    snprintf(note->op.show.detail, sizeof note->op.show.detail, "%s", outcome->detail);
    ledger_post(screen->ledger, &note->op);
}

/* It could not be read or taken down. When all is being taken down, a last look is tried once only.
 */
static void screen_failed(struct screen *screen, struct showing *showing)
{
    if (screen->clearing && !showing->last_proof)
        showing->last_proof = true;
    else
        showing_retry_later(showing);
}

static void screen_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct screen *screen = ctx;
    struct showing *showing = screen->task;

    LOG_ASSERT(screen->lent && job == &screen->job);
    screen->lent = false;
    log_debug("delivery=%lld board=%s verb=%d outcome=%d code=%d level=%d detail=\"%s\"",
              (long long)job->id, screen->env.board->id, (int)job->verb, (int)result->outcome.kind,
              result->outcome.code, (int)result->level, result->outcome.detail);
    if (job->verb == ADAPTER_SUBMIT)
        screen_settle(screen, showing, result);
    else if (result->outcome.kind != OUTCOME_SENT)
        screen_failed(screen, showing);
    else if (job->verb == ADAPTER_VERIFY)
        screen_proved(screen, showing, result->level);
    else
        screen_post_withdrawal(screen, showing, &result->outcome);
    screen_step(screen);
    screen_quiet(screen);
}

/* The board can't be reached to take it down: it stays "showing" in the books, because nobody saw
 * it go. */
static void screen_abandon(struct screen *screen, struct showing *showing)
{
    log_error("board=%s delivery=%lld could not be withdrawn; look at the board",
              screen->env.board->id, (long long)showing->row.id);
    queue_settled(showing->queue, DELIVERY_SENT);
    showing_free(showing);
}

static bool screen_tend(struct screen *screen, struct showing *showing)
{
    bool go = showing_must_go(showing, screen->clearing);

    if (showing->leaving || clock_steady_ms() < showing->retry_ms)
        return false;
    if (showing_must_be_read(showing, screen->clearing))
        return screen_lend(screen, showing, ADAPTER_VERIFY);
    return go && screen_lend(screen, showing, ADAPTER_WITHDRAW);
}

/* A board that stays away for long after a slogan had to go is not waited for. */
static void screen_abandon_late(struct screen *screen)
{
    struct list *at, *next;

    for (at = screen->showings.next; at != &screen->showings; at = next) {
        struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        next = at->next;
        if (!showing_must_go(showing, screen->clearing) || showing->leaving ||
            showing == screen->task)
            continue;
        if (!showing->leave_since)
            showing_begin_leaving(showing);
        else if (clock_mono_ms() - showing->leave_since > SCREEN_GIVE_UP_MS)
            screen_abandon(screen, showing);
    }
}

void screen_step(struct screen *screen)
{
    struct list *at, *next;

    if (screen->claiming || screen->lent || screen->stopping)
        return;
    screen->task = NULL;
    screen_abandon_late(screen);
    if (!screen->ready)
        return;
    for (at = screen->showings.next; at != &screen->showings; at = next) {
        next = at->next;
        if (screen_tend(screen, LIST_ELEMENT(at, struct showing, link)))
            return;
    }
    if (!screen->clearing)
        screen_publish(screen);
}

static void screen_adopted(struct ledger_op *op)
{
    struct screen_note *note = op->owner;
    struct screen *screen = note->screen;
    struct work *work = note->showing->work;

    for (size_t i = 0; i < op->showings.n; i++) {
        struct showing *showing = showing_new(work, note->queue, &op->showings.rows[i]);

        showing->proved = showing->row.state == DELIVERY_SHOWN;
        showing->level = showing->row.level;
        showing->read_ms = clock_steady_ms(); /* what the dead gateway saw last is not known */
        note->queue->inflight++;
        list_append(&screen->showings, &showing->link);
    }
    free(op->showings.rows);
    free(note->showing);
    screen_note_done(note);
}

void screen_adopt(struct screen *screen, struct work *work, struct queue *queue)
{
    struct ledger_row nothing = {0};
    struct showing *stand_in = showing_new(work, queue, &nothing);
    struct screen_note *note = screen_note(screen, stand_in, LEDGER_SHOWINGS, screen_adopted);

    note->op.showings.address = queue->address;
    note->op.showings.max = SCREEN_ADOPT_MAX;
    note->op.showings.rows = mem_array(SCREEN_ADOPT_MAX, struct ledger_row);
    ledger_post(screen->ledger, &note->op);
}

static void screen_on_ready(void *ctx, bool ready, const char *why)
{
    struct screen *screen = ctx;

    if (screen->ready != ready)
        log_info("board=%s state=%s why=\"%s\"", screen->env.board->id, ready ? "ready" : "down",
                 why);
    screen->ready = ready;
    snprintf(screen->why, sizeof screen->why, "%s", why);
    screen_step(screen);
}

static void screen_on_stopped(void *ctx)
{
    struct screen *screen = ctx;

    screen->stopped = true;
    screen_quiet(screen);
}

static const struct adapter_events screen_adapter_events = {
    .ready = screen_on_ready,
    .done = screen_on_done,
    .stopped = screen_on_stopped,
};

struct screen *screen_new(const struct adapter *adapter, const struct adapter_env *env,
                          size_t board, struct ledger *ledger, char *why, size_t why_size)
{
    struct screen *screen = mem_new(struct screen);

    adapter_check(adapter);
    list_init(&screen->showings);
    screen->adapter = adapter;
    screen->board = board;
    screen->ledger = ledger;
    screen->env = *env;
    screen->env.events = &screen_adapter_events;
    screen->env.ctx = screen;
    screen->adapter_state = mem_alloc(1, adapter->state_size);
    if (adapter->init(screen->adapter_state, &screen->env, why, why_size) == 0)
        return screen;
    screen_free(screen);
    return NULL;
}

bool screen_start(struct screen *screen, const struct screen_events *events, void *ctx)
{
    int rc;

    screen->events = events;
    screen->ctx = ctx;
    rc = screen->adapter->start(screen->adapter_state);
    screen->started = rc == 0;
    if (rc)
        log_error("board=%s can't be started: %s", screen->env.board->id, uv_strerror(rc));
    return screen->started;
}

void screen_clear(struct screen *screen)
{
    struct list *at;

    if (screen->clearing)
        return;
    screen->clearing = true;
    for (at = screen->showings.next; at != &screen->showings; at = at->next)
        LIST_ELEMENT(at, struct showing, link)->retry_ms = 0;
    screen_step(screen);
}

bool screen_is_clear(const struct screen *screen)
{
    return list_is_empty(&screen->showings) && screen_is_quiet(screen);
}

void screen_stop(struct screen *screen)
{
    if (screen->stopping || !screen->started)
        return;
    screen->stopping = true;
    screen->clearing = true;
    screen->adapter->stop(screen->adapter_state);
}

void screen_free(struct screen *screen)
{
    LOG_ASSERT(!screen->started || (screen->stopped && screen_is_quiet(screen)));
    while (!list_is_empty(&screen->showings)) {
        struct showing *showing = LIST_ELEMENT(screen->showings.next, struct showing, link);

        showing->queue->inflight--;
        showing_free(showing);
    }
    screen->adapter->fini(screen->adapter_state);
    free(screen->adapter_state);
    free(screen);
}

size_t screen_board(const struct screen *screen)
{
    return screen->board;
}

bool screen_is_ready(const struct screen *screen)
{
    return screen->ready;
}

bool screen_is_quiet(const struct screen *screen)
{
    return !screen->claiming && !screen->lent && screen->posted == 0;
}

size_t screen_showing(const struct screen *screen)
{
    size_t n = 0;

    for (struct list *at = screen->showings.next; at != &screen->showings; at = at->next)
        n += LIST_ELEMENT(at, struct showing, link)->proved;
    return n;
}

const char *screen_why(const struct screen *screen)
{
    return screen->why;
}

int64_t screen_next_ms(const struct screen *screen)
{
    int64_t next = INT64_MAX, wall = clock_wall_ms();

    for (struct list *at = screen->showings.next; at != &screen->showings; at = at->next) {
        int64_t due = showing_due_in_ms(LIST_ELEMENT(at, struct showing, link), screen->clearing);

        if (wall + due < next)
            next = wall + due;
    }
    return next;
}
