/* steering: people's words to a running gateway. See steering.h.
 * Runs: loop. */
#include "gateway/dispatch/steering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

/* One word on its way to the books; a unit's cancellation is one for each of its campaigns. */
struct steering_word {
    struct ledger_op op;
    struct steering_job *job;
    int64_t number;
    bool live; /* about this run, which it has an effect on */
};

struct steering_job {
    struct steering *steering;
    dispatch_steer_done *done;
    void *ctx;
    struct dispatch_answer answer;
    char by[80];
    size_t open, n;
    struct steering_word *words;
};

/* ---- life ---- */

struct steering *steering_new(struct dispatch *dispatch)
{
    struct steering *steering = mem_new(struct steering);

    steering->dispatch = dispatch;
    return steering;
}

void steering_free(struct steering *steering)
{
    if (!steering)
        return;
    LOG_ASSERT(!steering->open);
    standings_fini(&steering->standings);
    steering_free_rates(steering);
    free(steering);
}

bool steering_is_still(const struct steering *steering)
{
    return !steering->open;
}

static void steering_recalled(struct ledger_op *op)
{
    struct steering *steering = op->owner;

    steering->open--;
    /* What was said meanwhile is younger than all of these. */
    for (size_t i = 0; i < op->steered.n && op->result == 0; i++)
        standings_add(&steering->standings, &op->steered.steers[i],
                      (int64_t)i - (int64_t)op->steered.n);
    free(op->steered.steers);
    steering->recalled = op->result == 0;
    if (steering->recalled)
        steering_spread_all(steering);
}

void steering_recall(struct steering *steering)
{
    steering->open++;
    steering->recall =
        (struct ledger_op){.kind = LEDGER_STEERED, .done = steering_recalled, .owner = steering};
    ledger_post(steering->dispatch->setup.ledger, &steering->recall);
}

void steering_note_pause(struct steering *steering, const struct work *work)
{
    struct steer steer = {.scope = STEER_CAMPAIGN, .verb = STEER_PAUSE};

    snprintf(steer.campaign, sizeof steer.campaign, "%s", work->campaign->id);
    standings_add(&steering->standings, &steer, ++steering->number);
    steering_spread(steering, &steer);
}

/* ---- is there such a thing? ---- */

static struct work *steering_work(const struct steering *steering, const char *campaign)
{
    struct dispatch *dispatch = steering->dispatch;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        if (strcmp(dispatch->works[i].campaign->id, campaign) == 0)
            return &dispatch->works[i];
    return NULL;
}

/* The unit's order in the campaign; SIZE_MAX: it has none. */
static size_t steering_order(const struct work *work, const char *unit)
{
    for (size_t i = 0; i < work->campaign->n_orders; i++)
        if (strcmp(work->office->units[work->campaign->orders[i].unit].id, unit) == 0)
            return i;
    return SIZE_MAX;
}

static bool steering_owns_board(const struct work *work, const char *unit)
{
    for (size_t i = 0; i < work->office->n_boards; i++)
        if (strcmp(work->office->units[work->office->boards[i].owner].id, unit) == 0 &&
            campaign_uses_board(work->campaign, i))
            return true;
    return false;
}

static const struct board *steering_board(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_boards; i++)
        if (strcmp(office->boards[i].id, id) == 0)
            return &office->boards[i];
    return NULL;
}

/* Does the word mean something in this campaign? */
static bool steering_concerns(const struct work *work, const struct steer *steer)
{
    const struct board *board;

    if (steer->scope == STEER_CAMPAIGN)
        return true;
    if (steer->scope == STEER_UNIT)
        return steering_order(work, steer->name) != SIZE_MAX ||
               (steer->verb != STEER_EXTEND && steer->verb != STEER_RATE &&
                steering_owns_board(work, steer->name));
    board = steering_board(work->office, steer->name);
    return board && campaign_uses_board(work->campaign, (size_t)(board - work->office->boards));
}

static size_t steering_count_modems(const struct office *office, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < office->n_modems; i++)
        n += strcmp(office->modems[i].id, name) == 0 || strcmp(office->modems[i].bank, name) == 0;
    return n;
}

static bool steering_has_unit(const struct office *office, const char *id)
{
    for (size_t i = 0; i < office->n_units; i++)
        if (strcmp(office->units[i].id, id) == 0)
            return true;
    return false;
}

static bool steering_exists(const struct steering *steering, const struct steer *steer)
{
    const struct office *office = steering->dispatch->setup.office;
    const struct work *work = steering_work(steering, steer->campaign);

    if (work && !steering_concerns(work, steer))
        return false;
    if (steer->scope == STEER_UNIT)
        return steering_has_unit(office, steer->name);
    if (steer->scope == STEER_MODEM)
        return steering_count_modems(office, steer->name) > 0;
    return steer->scope == STEER_CAMPAIGN || steering_board(office, steer->name);
}

/* ---- would it change anything? ---- */

static int64_t steering_last_end(const struct order *order)
{
    return order->n_windows ? order->windows[order->n_windows - 1].to_ms : 0;
}

static struct steer_standing steering_standing(const struct steering *steering,
                                               const struct steer *steer, const char *campaign)
{
    return standings_find(&steering->standings,
                          &(struct standings_key){steer->scope, steer->name, NULL, campaign});
}

/* When what the word is about is sent last, as things are. The campaign: without what single units
 * were extended by, which doesn't extend the others. */
static int64_t steering_end_ms(const struct work *work, size_t order)
{
    const struct campaign *campaign = work->campaign;
    int64_t end = 0;

    if (order != SIZE_MAX)
        return work_end_ms(work, order);
    for (size_t i = 0; i < campaign->n_orders; i++) {
        int64_t own = steering_last_end(&campaign->orders[i]);

        end = own > end ? own : end;
    }
    return end;
}

/* What it would extend is cancelled already, as the campaign says of leftovers. */
static bool steering_is_spent(const struct work *work, size_t order)
{
    int64_t end_ms = steering_end_ms(work, SIZE_MAX);
    size_t going = 0;

    for (size_t i = 0; i < work->n_orders; i++)
        if (order == i || (order == SIZE_MAX && steering_last_end(work->orders[i].order) == end_ms))
            going += !work->orders[i].done && work->orders[i].closing != CLOSING_CANCEL;
    return work->n_orders && !going;
}

static enum dispatch_steered steering_weigh_extend(const struct steering *steering,
                                                   const struct work *work,
                                                   const struct steer *steer)
{
    int64_t until_ms = steering_standing(steering, steer, steer->campaign).until_ms;
    size_t order =
        work && steer->scope == STEER_UNIT ? steering_order(work, steer->name) : SIZE_MAX;

    if (work && steering_is_spent(work, order))
        return STEERED_OVER;
    if (steer->value == until_ms)
        return STEERED_ALREADY;
    if (work && steering_end_ms(work, order) > until_ms)
        until_ms = steering_end_ms(work, order);
    if (steer_is_early(steer->value, until_ms, clock_wall_ms()))
        return STEERED_EARLY;
    return steer_is_far(steer->value, until_ms, clock_wall_ms()) ? STEERED_FAR : STEERED_DONE;
}

static bool steering_is_so(const struct steer_standing *standing, const struct steer *steer)
{
    if (steer->verb == STEER_CANCEL)
        return standing->cancelled;
    if (steer->verb == STEER_RATE)
        return standing->rate == steer->value;
    return standing->paused == (steer->verb == STEER_PAUSE);
}

/* A bank is paused when each of its modems is; that is so with those whom the books remember, too.
 */
static bool steering_lanes_are_so(const struct steering *steering, const struct steer *steer)
{
    const struct dispatch *dispatch = steering->dispatch;

    for (size_t i = 0; i < dispatch->n_lanes && steer->verb != STEER_RATE; i++) {
        const struct modem *modem = lane_modem(dispatch->lanes[i]);

        if ((strcmp(modem->id, steer->name) == 0 || strcmp(modem->bank, steer->name) == 0) &&
            lane_is_paused(dispatch->lanes[i]) != (steer->verb == STEER_PAUSE))
            return false;
    }
    return true;
}

/* Also in the campaigns where something else was said of it. */
static bool steering_is_so_everywhere(const struct steering *steering, const struct steer *steer)
{
    const struct dispatch *dispatch = steering->dispatch;
    struct steer_standing standing = steering_standing(steering, steer, steer->campaign);

    if (!steering->recalled) /* the books may know otherwise */
        return false;
    if (!steering_is_so(&standing, steer) &&
        (steer->scope != STEER_MODEM || !dispatch->n_lanes || steer->verb == STEER_RATE))
        return false;
    if (steer->scope == STEER_MODEM)
        return steering_lanes_are_so(steering, steer);
    for (size_t i = 0; i < dispatch->setup.n_campaigns && !*steer->campaign; i++) {
        standing = steering_standing(steering, steer, dispatch->works[i].campaign->id);
        if (!standing.cancelled && !steering_is_so(&standing, steer))
            return false;
    }
    return true;
}

/* DONE: say it. */
static enum dispatch_steered steering_weigh(const struct steering *steering,
                                            const struct steer *steer)
{
    const struct work *work = steering_work(steering, steer->campaign);
    struct steer whole = {.scope = STEER_CAMPAIGN};
    bool cancelled = steering_standing(steering, steer, steer->campaign).cancelled;

    memcpy(whole.campaign, steer->campaign, sizeof whole.campaign);
    if (*steer->campaign && steer->scope != STEER_CAMPAIGN)
        cancelled = cancelled || steering_standing(steering, &whole, steer->campaign).cancelled;
    if (cancelled)
        return steer->verb == STEER_CANCEL ? STEERED_ALREADY : STEERED_CANCELLED;
    if (work && work->state == WORK_ENDED)
        return STEERED_OVER;
    if (steer->verb == STEER_EXTEND)
        return steering_weigh_extend(steering, work, steer);
    if (*steer->campaign && !work) /* only the books know whether there is such a campaign */
        return STEERED_DONE;
    return steering_is_so_everywhere(steering, steer) ? STEERED_ALREADY : STEERED_DONE;
}

/* ---- the books ---- */

static bool steering_is_at_once(const struct steer *steer)
{
    return steer->verb == STEER_PAUSE || steer->verb == STEER_CANCEL;
}

static void steering_obey(struct steering *steering, const struct steering_word *word)
{
    standings_add(&steering->standings, &word->op.steer.steer, word->number);
    steering_spread(steering, &word->op.steer.steer);
}

static void steering_end_job(struct steering_job *job)
{
    job->done(job->ctx, &job->answer);
    free(job->words);
    free(job);
}

static void steering_written(struct ledger_op *op)
{
    struct steering_word *word = op->owner;
    struct steering_job *job = word->job;
    const struct steer *steer = &op->steer.steer;

    job->steering->open--;
    if (op->result < 0)
        job->answer.result = STEERED_UNWRITTEN;
    else if (op->result == LEDGER_NONE)
        job->answer.result = STEERED_NONE;
    else if (!word->live || !steering_is_at_once(steer))
        steering_obey(job->steering, word);
    if (--job->open == 0)
        steering_end_job(job);
}

static void steering_post(struct steering_job *job, struct steering_word *word)
{
    const struct steer *steer = &word->op.steer.steer;

    word->job = job;
    word->number = ++job->steering->number;
    word->live = !*steer->campaign || steering_work(job->steering, steer->campaign);
    word->op.kind = LEDGER_STEER;
    word->op.steer.steer.at_ms = clock_wall_ms();
    word->op.done = steering_written;
    word->op.owner = word;
    snprintf(word->op.steer.by, sizeof word->op.steer.by, "%s", job->by);
    log_info("steer=%s scope=%s name=\"%s\" campaign=\"%s\" value=%lld by=\"%s\"",
             steer_verb_name(steer->verb), steer_scope_name(steer->scope), steer->name,
             steer->campaign, (long long)steer->value, job->by);
    job->steering->open++;
    ledger_post(job->steering->dispatch->setup.ledger, &word->op);
    /* After the posting: what it sets off in the books comes behind it. */
    if (word->live && steering_is_at_once(steer))
        steering_obey(job->steering, word);
}

/* ---- the words ---- */

static void steering_add_word(struct steering_job *job, const struct steer *steer)
{
    enum dispatch_steered weighed = steering_weigh(job->steering, steer);

    if (weighed == STEERED_DONE)
        job->words[job->n++].op.steer.steer = *steer;
    else
        job->answer.result = weighed;
}

/* What ends something is said of each campaign in hand, not of those to come. */
static bool steering_is_spelled_out(const struct steer *steer)
{
    return (steer->scope == STEER_UNIT || steer->scope == STEER_BOARD) && !*steer->campaign &&
           (steer->verb == STEER_CANCEL || steer->verb == STEER_EXTEND);
}

static void steering_spell_out(struct steering_job *job, const struct steer *steer)
{
    const struct dispatch *dispatch = job->steering->dispatch;
    struct steer one = *steer;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        if (!steering_concerns(&dispatch->works[i], steer))
            continue;
        snprintf(one.campaign, sizeof one.campaign, "%s", dispatch->works[i].campaign->id);
        job->answer.campaigns++;
        steering_add_word(job, &one);
    }
}

static bool steering_takes_words(const struct dispatch *dispatch)
{
    return dispatch->phase != DISPATCH_NEW && dispatch->phase < DISPATCH_DRAINING;
}

static void steering_describe(const struct steering *steering, const struct steer *steer,
                              struct dispatch_answer *answer)
{
    const struct dispatch *dispatch = steering->dispatch;

    if (steer->scope == STEER_MODEM)
        answer->modems = steering_count_modems(dispatch->setup.office, steer->name);
    for (size_t i = 0; i < dispatch->setup.n_campaigns && !answer->running; i++)
        answer->running = steer->scope == STEER_MODEM ? dispatch->n_lanes > 0
                          : *steer->campaign ? steering_work(steering, steer->campaign) != NULL
                                             : steering_concerns(&dispatch->works[i], steer);
}

/* The words that are to be said; none: result says why. */
static void steering_find_words(struct steering_job *job, const struct steer *steer)
{
    const struct steering *steering = job->steering;

    if (!steering_takes_words(steering->dispatch)) {
        job->answer.result = STEERED_OVER;
    } else if (!steering_exists(steering, steer)) {
        job->answer.result = STEERED_NONE;
    } else if (!steering_is_spelled_out(steer)) {
        steering_add_word(job, steer);
    } else {
        steering_spell_out(job, steer);
        if (!job->answer.campaigns)
            job->answer.result = STEERED_IDLE;
    }
}

bool dispatch_steer(struct dispatch *dispatch, const struct steer *steer, const char *by,
                    dispatch_steer_done *done, void *ctx, struct dispatch_answer *answer)
{
    struct steering_job *job = mem_new(struct steering_job);

    LOG_ASSERT(steer_is_possible(steer->scope, steer->verb));
    *job = (struct steering_job){.steering = dispatch->steering, .done = done, .ctx = ctx};
    snprintf(job->by, sizeof job->by, "%s", by);
    job->words = mem_array(dispatch->setup.n_campaigns + 1, struct steering_word);
    steering_describe(dispatch->steering, steer, &job->answer);
    steering_find_words(job, steer);
    if (!job->n) {
        *answer = job->answer;
        free(job->words);
        free(job);
        return false;
    }
    job->answer.result = STEERED_DONE;
    job->open = job->n;
    for (size_t i = 0; i < job->n; i++)
        steering_post(job, &job->words[i]);
    return true;
}

struct steer_standing dispatch_standing(const struct dispatch *dispatch, enum steer_scope scope,
                                        const char *name, const char *campaign)
{
    const char *bank = NULL;

    for (size_t i = 0; scope == STEER_MODEM && i < dispatch->setup.office->n_modems; i++)
        if (strcmp(dispatch->setup.office->modems[i].id, name) == 0)
            bank = dispatch->setup.office->modems[i].bank;
    return standings_find(&dispatch->steering->standings,
                          &(struct standings_key){scope, name, bank, campaign});
}
