/* screen: one board at work. See screen.h.
 * Runs: loop. */
#include "gateway/dispatch/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/screen_inside.h"

/* ---- requests ---- */

static const void *screen_picture(const struct screen *screen, const char *text, size_t *length)
{
    const struct screen_setup *setup = &screen->setup;

    if (setup->env.board->render != RENDER_PICTURE || !setup->picture_of)
        return NULL;
    return setup->picture_of(setup->picture_ctx, setup->env.board, text, length);
}

static int64_t screen_until(const struct screen *screen, const struct showing *showing)
{
    if (showing != screen->wanted || screen->wanted_until_ms > showing->row.until_ms)
        return showing->row.until_ms;
    return screen->wanted_until_ms;
}

static void screen_fill_job(struct screen *screen, struct showing *showing, enum adapter_verb verb)
{
    struct adapter_job *job = &screen->job;

    screen->task = showing;
    *job = (struct adapter_job){.verb = verb, .text = "", .owner = screen};
    if (!showing)
        return;
    job->id = (uint64_t)showing->row.id;
    job->text = showing->row.text;
    job->from_ms = showing->row.from_ms;
    job->until_ms = screen_until(screen, showing);
    job->limit_ms = showing->limit_ms;
    job->slot = (unsigned)showing->row.slot % 100;
    job->want = showing->row.need > LEVEL_STORED ? showing->row.need : LEVEL_STORED;
    job->picture = screen_picture(screen, showing->row.text, &job->picture_length);
    memcpy(job->name, showing->name, sizeof job->name);
}

/* Lends the job to the board. false: the board doesn't take it now. */
static bool screen_lend(struct screen *screen, struct showing *showing, enum adapter_verb verb)
{
    int (*const operations[ADAPTER_VERBS])(void *, struct adapter_job *) = {
        [ADAPTER_SUBMIT] = screen->adapter->submit,
        [ADAPTER_WITHDRAW] = screen->adapter->withdraw,
        [ADAPTER_VERIFY] = screen->adapter->verify,
        [ADAPTER_PROBE] = screen->adapter->probe,
    };

    screen_fill_job(screen, showing, verb);
    if (verb == ADAPTER_VERIFY)
        showing_begin_reading(showing, screen_left_ms(screen, showing));
    screen->broken_off = false;
    screen->lent_ms = clock_steady_ms();
    screen->lent = operations[verb](screen->adapter_state, &screen->job) == 0;
    if (!screen->lent && showing)
        showing_retry_later(showing, 0);
    return screen->lent;
}

/* ---- what is to be done ---- */

/* RETURNED makes it deferred; the books write a slot that has passed off at the next fetch. */
static void screen_claimed_by_books(struct screen *screen, struct showing *showing)
{
    struct adapter_result back = {
        .outcome = {.kind = OUTCOME_RETURNED, .detail = "the board was not ready"}};
    struct adapter_result plain = {
        .outcome = {.kind = OUTCOME_REJECTED,
                    .detail = "no picture of this slogan could be drawn"}};
    size_t length;

    screen_desire(screen);
    if (screen->clearing || !screen->ready || screen->wanted != showing ||
        !work_is_open(showing->work)) {
        screen_settle(screen, showing, &back);
    } else if (screen->setup.env.board->render == RENDER_PICTURE &&
               !screen_picture(screen, showing->row.text, &length)) {
        screen_note_trouble(screen, "the publication failed", plain.outcome.detail);
        screen_settle(screen, showing, &plain);
    } else if (!screen_lend(screen, showing, ADAPTER_SUBMIT)) {
        screen_publish_later(screen, 0);
        screen_settle(screen, showing, &back);
    }
}

static void screen_claimed(struct ledger_op *op)
{
    struct screen *screen = op->owner;
    struct showing *showing = screen->task;

    screen->claiming = false;
    screen->posted--;
    if (op->result < 0) {
        queue_settled(showing->queue, DELIVERY_SENT);
        screen->task = screen->wanted = NULL;
        showing_free(showing);
    } else {
        screen_claimed_by_books(screen, showing);
    }
    free(op);
    screen_step(screen);
    screen_end(screen);
}

static void screen_publish(struct screen *screen, struct stake *stake)
{
    struct ledger_row row;

    if (clock_steady_ms() < screen->publish_at_ms || !queue_take(stake->queue, &row))
        return;
    screen->task = showing_new(stake->work, stake->queue, &row);
    list_append(&screen->showings, &screen->task->link);
    screen->claiming = true;
    screen_claim(screen, screen->task, screen_claimed);
}

/* It is what should be on the board. */
static bool screen_keep(struct screen *screen, struct showing *showing)
{
    int64_t left_ms = screen_left_ms(screen, showing);

    if (screen_must_publish(screen, showing))
        return clock_steady_ms() >= showing->retry_ms && left_ms >= SCREEN_SHORTEST_MS &&
               screen_lend(screen, showing, ADAPTER_SUBMIT);
    return showing_read_in_ms(showing, left_ms) <= 0 &&
           screen_lend(screen, showing, ADAPTER_VERIFY);
}

/* It must not be on the board any longer. When everything is taken down early, a last look, tried
 * once, saves what it has shown; an owner that wants its board doesn't wait for that. */
static void screen_remove(struct screen *screen, struct showing *showing)
{
    if (clock_steady_ms() < showing->retry_ms)
        return;
    if (screen->clearing && !screen->released && showing->seen && !showing->farewell &&
        showing_left_ms(showing) > 0) {
        showing->farewell = true;
        (void)screen_lend(screen, showing, ADAPTER_VERIFY);
        return;
    }
    (void)screen_lend(screen, showing, ADAPTER_WITHDRAW);
}

static bool screen_all_known(const struct screen *screen)
{
    for (size_t i = 0; i < screen->n_stakes; i++)
        if (screen->stakes[i].known != STAKE_KNOWN)
            return false;
    return screen->strays == STAKE_KNOWN;
}

/* The books are being asked for slots: whose turn it is may look different in a moment. */
static bool screen_is_asking(const struct screen *screen)
{
    for (size_t i = 0; i < screen->n_stakes; i++)
        if (screen->stakes[i].queue->fetching)
            return true;
    return false;
}

static void screen_probe(struct screen *screen)
{
    if (screen_may_probe(screen) && clock_steady_ms() >= screen->probe_at_ms)
        (void)screen_lend(screen, NULL, ADAPTER_PROBE);
}

/* One request, if any is due. */
static void screen_act(struct screen *screen)
{
    struct showing *showing = screen_unwelcome(screen);

    if (showing) {
        screen_remove(screen, showing);
        return;
    }
    if (screen->clearing)
        return;
    if (!screen->probed)
        screen_probe(screen);
    if (screen->lent || !screen_all_known(screen))
        return;
    if (screen->wanted && screen_keep(screen, screen->wanted))
        return;
    if (screen->wanted_stake && !screen_is_asking(screen))
        screen_publish(screen, screen->wanted_stake);
    if (!screen->claiming)
        screen_probe(screen);
}

/* The board can't be reached to take it down: it stays "showing" in the books, because nobody saw
 * it go. */
static void screen_abandon(struct screen *screen, struct showing *showing)
{
    log_error("board=%s delivery=%lld could not be withdrawn; look at the board",
              screen->setup.env.board->id, (long long)showing->row.id);
    queue_settled(showing->queue, DELIVERY_SENT);
    showing_free(showing);
}

/* A slogan that is off the board ends in the books when its slot does. A board that stays away for
 * long after a slogan had to go is not waited for, when it has ended that by itself. */
static void screen_end_slots(struct screen *screen)
{
    struct list *at, *next;

    for (at = screen->showings.next; at != &screen->showings; at = next) {
        struct showing *showing = LIST_ELEMENT(at, struct showing, link);

        next = at->next;
        if (!showing->settled || showing->leaving || (screen->lent && showing == screen->task) ||
            (!screen->clearing && !showing_is_over(showing)))
            continue;
        if (!showing->up)
            screen_post_end(screen, showing);
        else if (!showing->leave_since)
            showing_begin_leaving(showing);
        else if (clock_mono_ms() - showing->leave_since > SCREEN_GIVE_UP_MS &&
                 screen_ends_by_itself(screen))
            screen_abandon(screen, showing);
    }
}

static bool screen_has(const struct screen *screen, const struct work *work)
{
    for (const struct list *at = screen->showings.next; at != &screen->showings; at = at->next)
        if (LIST_ELEMENT(at, struct showing, link)->work == work)
            return true;
    return false;
}

static void screen_tend_stakes(struct screen *screen)
{
    int64_t now = clock_wall_ms();

    if (screen->strays == STAKE_NEW && screen->known.up)
        screen_ask_strays(screen);
    for (size_t i = 0; i < screen->n_stakes; i++) {
        struct stake *stake = &screen->stakes[i];
        const struct ledger_row *row = queue_peek(stake->queue);
        bool open = work_is_open(stake->work) && stake->bar != SCREEN_BARRED;

        if (stake->known == STAKE_NEW ||
            (stake->known == STAKE_KNOWN && stake->more && !screen_has(screen, stake->work)))
            screen_ask_showings(screen, stake);
        if (open && row && row->until_ms <= now)
            queue_renew(stake->queue);
        queue_refill(stake->queue, now, open);
    }
}

void screen_break_off(struct screen *screen)
{
    screen->broken_off = true;
    screen->adapter->cancel(screen->adapter_state);
}

/* Something must go: a request that hangs doesn't hold that up, and a board that is down is asked
 * until it answers. */
static void screen_press(struct screen *screen)
{
    bool press = screen->started && !screen->ready && screen_unwelcome(screen);

    if (press && !screen->pressed)
        screen->adapter->hurry(screen->adapter_state);
    screen->pressed = press;
    if (!screen->broken_off && clock_steady_ms() - screen->lent_ms >= SCREEN_HUNG_MS &&
        screen_is_in_the_way(screen))
        screen_break_off(screen);
}

void screen_step(struct screen *screen)
{
    screen_end_slots(screen);
    if (screen->stopping)
        return;
    screen_mind_bars(screen);
    if (!screen->clearing)
        screen_tend_stakes(screen);
    screen_look_at_quiet(screen);
    screen_desire(screen);
    screen_press(screen);
    if (screen->ready && !screen->claiming && !screen->lent) {
        screen->task = NULL;
        screen_act(screen);
    }
    screen_tell(screen);
    screen_plan(screen);
}

/* ---- events ---- */

void screen_hurry(struct screen *screen)
{
    for (struct list *at = screen->showings.next; at != &screen->showings; at = at->next)
        LIST_ELEMENT(at, struct showing, link)->retry_ms = 0;
    screen->failures = 0;
    screen->publish_at_ms = 0;
}

static void screen_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct screen *screen = ctx;

    LOG_ASSERT(screen->lent && job == &screen->job);
    screen->lent = false;
    log_debug("delivery=%lld board=%s verb=%d outcome=%d code=%d level=%d detail=\"%s\"",
              (long long)job->id, screen->setup.env.board->id, (int)job->verb,
              (int)result->outcome.kind, result->outcome.code, (int)result->level,
              result->outcome.detail);
    screen_hear_result(screen, job, result);
    screen->task = NULL;
    if (screen->broken_off)
        screen_hurry(screen);
    screen->broken_off = false;
    screen_step(screen);
    screen_end(screen);
}

static void screen_on_ready(void *ctx, bool ready, const char *why)
{
    struct screen *screen = ctx;

    if (screen->ready != ready)
        log_info("board=%s state=%s why=\"%s\"", screen->setup.env.board->id,
                 ready ? "ready" : "down", why);
    screen->changed = screen->changed || strcmp(screen->why, why) != 0;
    screen->ready = ready;
    snprintf(screen->why, sizeof screen->why, "%s", why);
    screen_step(screen);
}

static void screen_on_stopped(void *ctx)
{
    struct screen *screen = ctx;

    screen->stopped = true;
    screen_end(screen);
}

static const struct adapter_events screen_adapter_events = {
    .ready = screen_on_ready,
    .done = screen_on_done,
    .proved = screen_on_proved,
    .stopped = screen_on_stopped,
};

/* ---- its life ---- */

struct screen *screen_new(const struct screen_setup *setup, char *why, size_t why_size)
{
    struct screen *screen = mem_new(struct screen);

    adapter_check(setup->adapter);
    list_init(&screen->showings);
    screen->setup = *setup;
    screen->adapter = setup->adapter;
    screen->setup.env.events = &screen_adapter_events;
    screen->setup.env.ctx = screen;
    screen->next_ms = INT64_MAX;
    screen->adapter_state = mem_alloc(1, setup->adapter->state_size);
    if (setup->adapter->init(screen->adapter_state, &screen->setup.env, why, why_size) == 0)
        return screen;
    screen_free(screen);
    return NULL;
}

bool screen_start(struct screen *screen, const struct ledger_board *known,
                  void (*stopped)(void *ctx), void *ctx)
{
    int rc;

    screen->known = *known;
    screen->strays = known->up ? STAKE_NEW : STAKE_KNOWN;
    if (!screen->asked_release)
        screen->released = known->released;
    screen->on_stopped = stopped;
    screen->ctx = ctx;
    screen->changed = true;
    rc = screen->adapter->start(screen->adapter_state);
    screen->started = rc == 0;
    if (rc)
        log_error("board=%s can't be started: %s", screen->setup.env.board->id, uv_strerror(rc));
    if (rc)
        snprintf(screen->why, sizeof screen->why, "can't be started: %s", uv_strerror(rc));
    screen_wake(screen);
    return screen->started;
}

void screen_clear(struct screen *screen)
{
    if (screen->clearing)
        return;
    screen->clearing = true;
    screen_hurry(screen);
    screen_step(screen);
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
    LOG_ASSERT(!screen->started || (screen->stopped && screen_is_still(screen)));
    while (!list_is_empty(&screen->showings)) {
        struct showing *showing = LIST_ELEMENT(screen->showings.next, struct showing, link);

        if (showing->up)
            log_error("board=%s delivery=%lld may still be on it%s", screen->setup.env.board->id,
                      (long long)showing->row.id,
                      screen_ends_by_itself(screen) ? " until its end" : ": look at the board");
        showing->queue->inflight--;
        showing_free(showing);
    }
    screen->adapter->fini(screen->adapter_state);
    free(screen->adapter_state);
    free((char *)(uintptr_t)screen->setup.env.callback);
    free(screen->stakes);
    free(screen->past);
    free(screen);
}

void screen_hear(struct screen *screen, const struct adapter_call *call,
                 struct adapter_answer *answer)
{
    if (screen->started && !screen->stopping)
        screen->adapter->hear(screen->adapter_state, call, answer);
}
