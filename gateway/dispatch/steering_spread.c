/* steering_spread: what people's words mean for works, lanes and screens. See steering.h.
 * Runs: loop. */
#include "gateway/dispatch/steering.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define STEERING_CANCEL_CHUNK 2000

/* The rate of a modem or of a bank. */
struct steering_rate {
    struct steering_rate *next;
    char name[STEER_NAME_MOST];
    struct rate rate;
};

static struct steer_standing steering_find(const struct steering *steering, enum steer_scope scope,
                                           const char *name, const char *campaign)
{
    return standings_find(&steering->standings,
                          &(struct standings_key){scope, name, NULL, campaign});
}

/* ---- messages ---- */

static void steering_spread_work(struct steering *steering, struct work *work)
{
    const struct campaign *campaign = work->campaign;
    struct steer_standing standing = steering_find(steering, STEER_CAMPAIGN, "", campaign->id);

    work_stand(work, SIZE_MAX, &standing);
    for (size_t i = 0; i < campaign->n_orders; i++) {
        const char *unit = work->office->units[campaign->orders[i].unit].id;

        standing = steering_find(steering, STEER_UNIT, unit, campaign->id);
        work_stand(work, i, &standing);
    }
}

/* ---- boards ---- */

/* The slots that a board has left in a campaign, on their way to being cancelled. */
struct steering_cancel {
    struct ledger_op op;
    struct steering *steering;
    struct queue *queue;
};

static void steering_cancelled(struct ledger_op *op)
{
    struct steering_cancel *cancel = op->owner;
    struct steering *steering = cancel->steering;

    if (op->result == 0 && op->cancel.n == op->cancel.max) {
        ledger_post(steering->dispatch->setup.ledger, op);
        return;
    }
    /* What was fetched before is cancelled now; what is fetched from now on isn't. */
    queue_forget(cancel->queue);
    queue_wake(cancel->queue);
    steering->open--;
    free(cancel);
}

static void steering_cancel_slots(struct steering *steering, const struct work *work,
                                  struct queue *queue)
{
    struct steering_cancel *cancel = mem_new(struct steering_cancel);

    cancel->steering = steering;
    cancel->queue = queue;
    cancel->op = (struct ledger_op){.kind = LEDGER_CANCEL,
                                    .campaign = work->number,
                                    .done = steering_cancelled,
                                    .owner = cancel,
                                    .cancel = {.channel = CHANNEL_DISPLAY,
                                               .address = queue->address,
                                               .max = STEERING_CANCEL_CHUNK}};
    steering->open++;
    ledger_post(steering->dispatch->setup.ledger, &cancel->op);
}

/* With the whole campaign's cancellation the work cancels all slots by itself. */
static void steering_bar(struct steering *steering, const struct work *work, struct screen *screen,
                         enum screen_bar bar)
{
    struct queue *queue = screen_bar(screen, work, bar);

    if (queue && bar == SCREEN_CANCELLED && !work->standing.cancelled)
        steering_cancel_slots(steering, work, queue);
}

static enum screen_bar steering_owner_bar(const struct steering *steering, const struct work *work,
                                          const char *unit)
{
    struct steer_standing own = steering_find(steering, STEER_UNIT, unit, work->campaign->id);

    if (work->standing.cancelled || own.cancelled)
        return SCREEN_CANCELLED;
    return work->standing.paused || own.paused ? SCREEN_BARRED : SCREEN_OPEN;
}

static void steering_spread_owners(struct steering *steering, const struct work *work)
{
    const struct dispatch *dispatch = steering->dispatch;
    const struct office *office = dispatch->setup.office;
    enum screen_bar *bars = mem_array(office->n_units, enum screen_bar);

    for (size_t i = 0; i < office->n_units; i++)
        bars[i] = steering_owner_bar(steering, work, office->units[i].id);
    for (size_t k = 0; k < work->n_boards; k++) {
        size_t board = work->board_index[k];

        steering_bar(steering, work, dispatch->screen_of[board], bars[office->boards[board].owner]);
    }
    free(bars);
}

/* A word about a single board ends its slots in a campaign, or it doesn't: when it is paused, that
 * is so in all of them. */
static void steering_spread_board(struct steering *steering, const struct work *work,
                                  const char *board)
{
    struct screen *screen = dispatch_screen(steering->dispatch, board);

    if (screen && steering_find(steering, STEER_BOARD, board, work->campaign->id).cancelled)
        steering_bar(steering, work, screen, SCREEN_CANCELLED);
}

/* Ten thousand boards: here they are only told; the round makes them act, a slice each turn. */
void steering_spread_boards(struct steering *steering, struct work *work)
{
    struct dispatch *dispatch = steering->dispatch;
    const struct standings_word *words = steering->standings.of[STEER_BOARD].words;

    if (dispatch->phase >= DISPATCH_DRAINING || !work->n_boards)
        return;
    steering_spread_owners(steering, work);
    for (size_t i = 0; i < steering->standings.of[STEER_BOARD].n; i++)
        if (words[i].steer.verb == STEER_CANCEL)
            steering_spread_board(steering, work, words[i].steer.name);
    /* From the first one on, also those that a round on its way has passed already. */
    dispatch_end_round(dispatch, ROUND_STEP);
    dispatch_begin_round(dispatch, ROUND_STEP);
}

static void steering_spread_named(struct steering *steering, const char *name)
{
    struct dispatch *dispatch = steering->dispatch;
    struct screen *screen = dispatch_screen(dispatch, name);

    if (!screen || dispatch->phase >= DISPATCH_DRAINING)
        return;
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        steering_spread_board(steering, &dispatch->works[i], name);
    screen_pause(screen, steering_find(steering, STEER_BOARD, name, "").paused);
    screen_step(screen);
}

/* ---- modems ---- */

static struct rate *steering_rate(struct steering *steering, const char *name)
{
    int64_t per_hour = steering_find(steering, STEER_MODEM, name, "").rate;
    struct steering_rate *rate = steering->rates;

    while (rate && strcmp(rate->name, name) != 0)
        rate = rate->next;
    if (!rate && !per_hour)
        return NULL;
    if (!rate) {
        rate = mem_new(struct steering_rate);
        snprintf(rate->name, sizeof rate->name, "%s", name);
        rate->next = steering->rates;
        steering->rates = rate;
    }
    rate_set(&rate->rate, per_hour);
    return &rate->rate;
}

void steering_free_rates(struct steering *steering)
{
    while (steering->rates) {
        struct steering_rate *rate = steering->rates;

        steering->rates = rate->next;
        rate_fini(&rate->rate);
        free(rate);
    }
}

/* A pause that the books keep with the modem itself holds until a word says otherwise. */
static void steering_spread_lane(struct steering *steering, struct lane *lane)
{
    const struct modem *modem = lane_modem(lane);
    const struct standings_key key = {STEER_MODEM, modem->id, modem->bank, ""};
    struct steer_standing standing = standings_find(&steering->standings, &key);

    if (standing.paused || standing.resumed)
        lane_pause(lane, standing.paused);
    lane_rate(lane, steering_rate(steering, modem->id), steering_rate(steering, modem->bank));
}

void steering_spread_lanes(struct steering *steering)
{
    for (size_t i = 0; i < steering->dispatch->n_lanes; i++)
        steering_spread_lane(steering, steering->dispatch->lanes[i]);
}

/* ---- all ---- */

static void steering_spread_campaigns(struct steering *steering, const char *campaign)
{
    struct dispatch *dispatch = steering->dispatch;

    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++) {
        struct work *work = &dispatch->works[i];

        if (*campaign && strcmp(work->campaign->id, campaign) != 0)
            continue;
        steering_spread_work(steering, work);
        steering_spread_boards(steering, work);
    }
}

void steering_spread(struct steering *steering, const struct steer *steer)
{
    if (steer->scope == STEER_MODEM)
        steering_spread_lanes(steering);
    else if (steer->scope == STEER_BOARD)
        steering_spread_named(steering, steer->name);
    else
        steering_spread_campaigns(steering, steer->campaign);
}

void steering_spread_all(struct steering *steering)
{
    steering_spread_campaigns(steering, "");
    for (size_t i = 0; i < steering->standings.of[STEER_BOARD].n; i++)
        steering_spread_named(steering, steering->standings.of[STEER_BOARD].words[i].steer.name);
    steering_spread_lanes(steering);
}
