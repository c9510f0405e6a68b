/* choice: which message a free lane takes. See choice.h.
 * Runs: loop. */
#include "gateway/dispatch/choice.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/model/fair.h"
#include "gateway/model/outcome.h"

#define CHOICE_PASSES  8 /* messages for others that one look at a queue goes past */
#define CHOICE_NEAR_MS (60 * INT64_C(1000))

struct choice_best {
    struct work *work;
    struct work_order *order;
    struct queue *queue; /* NULL: none yet */
    int rank;
};

static const struct limit_group *choice_limit_group(const struct choice *choice,
                                                    const struct lane *lane)
{
    const struct office *office = choice->n_works ? choice->works[0].office : NULL;
    int64_t group = lane_modem(lane)->group;

    /* One that is leaving after a reload may be of a group that is no more. */
    return !office || group < 0 || (size_t)group >= office->n_groups ? NULL
                                                                     : &office->groups[group];
}

/* The parts of the largest message that the lane's limits may ever let pass. */
static int64_t choice_largest(const struct choice *choice, const struct lane *lane)
{
    const struct limit_group *group = choice_limit_group(choice, lane);
    int64_t largest = route_limits_largest(&lane_modem(lane)->limits), shared;

    shared = group ? route_limits_largest(&group->limits) : largest;
    return shared < largest ? shared : largest;
}

static void choice_warn(struct choice *choice, int64_t parts)
{
    if (choice->warned)
        return;
    choice->warned = true;
    log_warning(
        "messages of more than %lld parts are larger than what some modems may ever send at "
        "once: they wait for modems with higher limits, or expire",
        (long long)parts);
}

static int choice_rank(const struct choice *choice, const struct lane *lane,
                       const struct work *work, const struct queue *queue)
{
    return route_rank(lane_network(lane), (enum phone_operator)queue->route,
                      (enum routing)work->campaign->sms.routing, choice->loads,
                      queue_peek(queue)->parts);
}

/* Will it look for a message within a minute or so? */
static bool choice_is_near(const struct lane *lane)
{
    int64_t next = lane_next_ms(lane);

    return lane_is_usable(lane) &&
           (lane_state(lane) == LANE_READY ||
            (lane_state(lane) == LANE_THROTTLED && next <= clock_wall_ms() + CHOICE_NEAR_MS));
}

/* May another lane take the queue's next message soon? */
static bool choice_has_another(const struct choice *choice, const struct lane *lane,
                               const struct work *work, const struct queue *queue)
{
    for (size_t i = 0; i < choice->n_lanes; i++) {
        const struct lane *other = choice->lanes[i];

        if (other != lane && choice_is_near(other) &&
            choice_rank(choice, other, work, queue) != ROUTE_FORBIDDEN &&
            choice_largest(choice, other) >= queue_peek(queue)->parts)
            return true;
    }
    return false;
}

/* The lane has had it last, and it came back: let somebody else try. */
static bool choice_is_left(const struct choice *choice, const struct lane *lane,
                           const struct work *work, const struct queue *queue)
{
    return queue_peek(queue)->device == lane_device(lane) &&
           choice_has_another(choice, lane, work, queue);
}

static bool choice_is_better(const struct choice_best *best, const struct work_order *order,
                             int rank)
{
    if (!best->queue || rank != best->rank)
        return !best->queue || rank < best->rank;
    return fair_before(order->claim, best->order->claim);
}

/* Could a lane that may not take this message take another one of the queue? */
static bool choice_depends(const struct choice *choice, const struct work *work,
                           const struct queue *queue)
{
    return work->campaign->sms.routing == ROUTING_PREFER &&
           choice->loads[queue->route].largest < OUTCOME_PARTS_MAX;
}

/* Would it be out before the window closes? */
static bool choice_is_in_time(const struct lane *lane, const struct choice_best *offer)
{
    int64_t needs_ms = lane_needs_ms(lane, queue_peek(offer->queue)->parts);

    return clock_wall_ms() + needs_ms <= work_queue_end_ms(offer->work, offer->queue);
}

/* Do the rates that persons have set for the campaign and the unit let it go now? What is larger
 * than a rate holds up nothing smaller. */
static bool choice_is_rated(const struct choice_best *offer, int64_t parts, bool *look)
{
    int64_t again_ms;

    if (work_order_ask(offer->work, offer->order, parts, &again_ms) == METER_FREE)
        return false;
    *look = work_order_is_beyond(offer->work, offer->order, parts);
    return true;
}

/* May the lane take the queue's next message now? What it must leave to others goes to the end, so
 * that it holds up nothing: then look is true, and the next one may be looked at. */
static bool choice_may_take(struct choice *choice, struct lane *lane, struct choice_best *best,
                            const struct choice_best *offer, bool *look)
{
    const struct queue *queue = offer->queue;
    enum meter_bound bound;

    *look = false;
    if (offer->rank == ROUTE_FORBIDDEN) {
        *look = choice_depends(choice, offer->work, queue);
        return false;
    }
    if (!choice_is_better(best, offer->order, offer->rank))
        return false;
    *look = true;
    if (choice_is_left(choice, lane, offer->work, queue) || !choice_is_in_time(lane, offer))
        return false;
    if (choice_is_rated(offer, queue_peek(queue)->parts, look))
        return false;
    bound = lane_ask(lane, queue_peek(queue)->parts);
    if (bound == METER_NEVER)
        choice_warn(choice, choice_largest(choice, lane));
    *look = bound == METER_NEVER;
    return bound == METER_FREE;
}

static void choice_weigh_queue(struct choice *choice, struct lane *lane, struct choice_best offer,
                               struct choice_best *best)
{
    size_t tries = offer.queue->count < CHOICE_PASSES ? offer.queue->count : CHOICE_PASSES;
    bool look = true;

    for (; tries && look; tries--) {
        offer.rank = choice_rank(choice, lane, offer.work, offer.queue);
        if (choice_may_take(choice, lane, best, &offer, &look))
            *best = offer;
        else if (look)
            queue_pass(offer.queue);
    }
}

static bool choice_has_rows(const struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS; route++)
        if (order->queues[route].count)
            return true;
    return false;
}

static void choice_weigh(struct choice *choice, struct lane *lane, struct work *work,
                         struct work_order *order, struct choice_best *best)
{
    if (!choice_has_rows(order) || !work_order_is_open(work, order))
        return;
    for (int route = 0; route < PHONE_OPERATORS; route++)
        if (order->queues[route].count)
            choice_weigh_queue(choice, lane,
                               (struct choice_best){work, order, &order->queues[route], 0}, best);
}

bool choice_take(struct choice *choice, struct lane *lane, struct lane_task *task)
{
    struct choice_best best = {0};

    for (size_t i = 0; i < choice->n_works; i++) {
        struct work *work = &choice->works[i];

        if (!work_is_open(work))
            continue;
        for (size_t k = 0; k < work->n_orders; k++)
            choice_weigh(choice, lane, work, &work->orders[k], &best);
    }
    if (!best.queue || !queue_take(best.queue, &task->row))
        return false;
    best.order->claim.taken++;
    route_take(&choice->loads[best.queue->route], best.rank, task->row.parts);
    task->work = best.work;
    task->queue = best.queue;
    task->rates[0] = &best.work->rate;
    task->rates[1] = &best.order->rate;
    queue_refill(best.queue, clock_wall_ms(), true);
    return true;
}

static bool choice_order_has_any(const struct choice *choice, const struct lane *lane,
                                 const struct work *work, const struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS; route++) {
        const struct queue *queue = &order->queues[route];

        if (queue->count && (choice_rank(choice, lane, work, queue) != ROUTE_FORBIDDEN ||
                             choice_depends(choice, work, queue)))
            return true;
    }
    return false;
}

bool choice_has_any(const struct choice *choice, const struct lane *lane)
{
    for (size_t i = 0; i < choice->n_works; i++) {
        const struct work *work = &choice->works[i];

        for (size_t k = 0; k < work->n_orders && work_is_open(work); k++)
            if (work_order_is_open(work, &work->orders[k]) &&
                choice_order_has_any(choice, lane, work, &work->orders[k]))
                return true;
    }
    return false;
}

static void choice_add_hours(struct choice *choice, const struct work *work)
{
    const struct calendar *last = NULL;

    for (size_t k = 0; k < work->n_orders; k++) {
        const struct calendar *times = &work->orders[k].times;

        if (!work_order_is_going(work, &work->orders[k]))
            continue;
        if (!last || last->n != times->n ||
            memcmp(last->items, times->items, times->n * sizeof *times->items) != 0)
            hours_add(&choice->hours, times->items, times->n);
        last = times;
    }
}

/* What is done lets the others' pace go faster. */
static void choice_look_at_hours(struct choice *choice)
{
    int64_t now = clock_wall_ms();
    uint32_t changes = 1;

    for (size_t i = 0; i < choice->n_works; i++)
        changes += choice->works[i].changes;
    if (changes != choice->changes) {
        hours_clear(&choice->hours);
        for (size_t i = 0; i < choice->n_works; i++)
            choice_add_hours(choice, &choice->works[i]);
        choice->changes = changes;
    }
    choice->today_ms = hours_left_ms(&choice->hours, now, hours_next(now, 0));
    choice->left_ms = hours_left_ms(&choice->hours, now, INT64_MAX);
}

/* What is paused counts: it may go on at any time. */
static void choice_look_at_queues(struct choice *choice)
{
    for (size_t i = 0; i < choice->n_works; i++)
        for (size_t k = 0; k < choice->works[i].n_orders; k++)
            for (int route = 0; route < PHONE_OPERATORS; route++)
                if (work_order_is_going(&choice->works[i], &choice->works[i].orders[k]))
                    choice->loads[route].open_parts +=
                        choice->works[i].orders[k].queues[route].open_parts;
}

/* What several lanes share is divided among those that are usable. */
static void choice_count_sharers(const struct choice *choice)
{
    for (size_t i = 0; i < choice->n_lanes; i++) {
        if (lane_group(choice->lanes[i]))
            lane_group(choice->lanes[i])->lanes = 0;
        if (lane_bank_rate(choice->lanes[i]))
            lane_bank_rate(choice->lanes[i])->lanes = 0;
    }
    for (size_t i = 0; i < choice->n_lanes; i++) {
        if (lane_group(choice->lanes[i]))
            lane_group(choice->lanes[i])->lanes += lane_is_usable(choice->lanes[i]);
        if (lane_bank_rate(choice->lanes[i]))
            lane_bank_rate(choice->lanes[i])->lanes += lane_is_usable(choice->lanes[i]);
    }
}

static void choice_look_at_lanes(struct choice *choice)
{
    int64_t now = clock_wall_ms();

    choice_count_sharers(choice);
    for (size_t i = 0; i < choice->n_lanes; i++)
        if (lane_is_usable(choice->lanes[i]))
            route_add(&choice->loads[lane_network(choice->lanes[i])],
                      lane_capacity(choice->lanes[i], now, choice->left_ms),
                      choice_largest(choice, choice->lanes[i]));
}

/* By network: whatever state a lane is in, it may come back. */
static void choice_find_largest(const struct choice *choice, int64_t largest[PHONE_OPERATORS],
                                int64_t *most)
{
    *most = 0;
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        largest[i] = 0;
    for (size_t i = 0; i < choice->n_lanes; i++) {
        int64_t *own = &largest[lane_network(choice->lanes[i])];
        int64_t parts = choice_largest(choice, choice->lanes[i]);

        *own = parts > *own ? parts : *own;
        *most = parts > *most ? parts : *most;
    }
}

/* 0: no bound, also when there is nobody at all. */
static int32_t choice_parts_most(const struct work *work, int32_t route,
                                 const int64_t largest[PHONE_OPERATORS], int64_t most)
{
    if (work->campaign->sms.routing == ROUTING_OWN && route != OPERATOR_UNKNOWN)
        most =
            largest[route] > largest[OPERATOR_UNKNOWN] ? largest[route] : largest[OPERATOR_UNKNOWN];
    return most < OUTCOME_PARTS_MAX ? (int32_t)most : 0;
}

void choice_bound(struct choice *choice)
{
    int64_t largest[PHONE_OPERATORS], most;

    choice_find_largest(choice, largest, &most);
    for (size_t i = 0; i < choice->n_works; i++) {
        const struct work *work = &choice->works[i];

        for (size_t k = 0; k < work->n_orders * PHONE_OPERATORS; k++) {
            int32_t route = (int32_t)(k % PHONE_OPERATORS);
            struct queue *queue = &work->orders[k / PHONE_OPERATORS].queues[route];

            queue_bound(queue, choice_parts_most(work, route, largest, most));
            if (queue->oversize)
                choice_warn(choice, queue->parts_most);
        }
    }
}

void choice_look(struct choice *choice)
{
    for (size_t i = 0; i < PHONE_OPERATORS; i++)
        choice->loads[i] = (struct route_load){0};
    choice_look_at_hours(choice);
    choice_look_at_queues(choice);
    choice_look_at_lanes(choice);
    choice_bound(choice);
}

void choice_fini(struct choice *choice)
{
    hours_clear(&choice->hours);
}
