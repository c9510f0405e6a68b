/* forecast_queue: what is open, and the reserve.
 * Runs: any (pure).
 *
 * A list has messages of few and of many parts in no order: those with fewer left of their share
 * wait, so all kinds end together. */
#include "gateway/model/forecast_inside.h"

#include "gateway/base/log.h"

static void forecast_queue_fill(struct forecast_queue *queue, const struct forecast_order *order,
                                size_t route)
{
    for (size_t parts = 1; parts <= OUTCOME_PARTS_MAX; parts++) {
        queue->open[parts] = order->open[route][parts];
        queue->reserve[parts] = order->reserve[route][parts];
        queue->share[parts] = queue->open[parts] + queue->reserve[parts];
        queue->n_open += queue->open[parts];
        queue->n_reserve += queue->reserve[parts];
        queue->mask |= queue->open[parts] ? UINT32_C(1) << parts : 0;
    }
    /* Half a hit to begin with: rounding to the nearest. */
    queue->deferred_rest = queue->rejected_rest = queue->undelivered_rest = FORECAST_MILLION / 2;
}

static void forecast_queue_load(struct forecast_run *run, size_t at)
{
    struct forecast_queue *queue = &run->queues[at];

    run->route_open[at % PHONE_OPERATORS] += queue->n_open;
    for (int64_t parts = 1; parts <= OUTCOME_PARTS_MAX; parts++)
        run->loads[at % PHONE_OPERATORS].open_parts += parts * queue->open[parts];
}

void forecast_queues_init(struct forecast_run *run)
{
    const struct forecast_plan *plan = run->plan;

    for (size_t i = 0; i < plan->n_orders; i++) {
        struct forecast_owing *owing = &run->orders[i];

        for (size_t route = 0; route < PHONE_OPERATORS; route++) {
            struct forecast_queue *queue = &run->queues[i * PHONE_OPERATORS + route];

            forecast_queue_fill(queue, &plan->orders[i], route);
            owing->n_open += queue->n_open;
            owing->n_reserve += queue->n_reserve;
            if (!plan->orders[i].paused)
                forecast_queue_load(run, i * PHONE_OPERATORS + route);
        }
        for (size_t route = 0; route < PHONE_OPERATORS; route++)
            forecast_queue_draw(run, i * PHONE_OPERATORS + route);
    }
}

int64_t forecast_queue_next(const struct forecast_queue *queue, int64_t below)
{
    uint32_t mask = queue->mask & ((UINT32_C(1) << below) - 1);
    int best = 0;

    for (; mask; mask &= mask - 1) {
        int parts = __builtin_ctz(mask);

        if (!best ||
            queue->open[parts] * queue->share[best] > queue->open[best] * queue->share[parts])
            best = parts;
    }
    return best;
}

static void forecast_queue_move(struct forecast_run *run, size_t at, int64_t parts, int64_t n)
{
    struct forecast_queue *queue = &run->queues[at];
    struct route_load *load = &run->loads[at % PHONE_OPERATORS];

    queue->open[parts] += n;
    LOG_ASSERT(queue->open[parts] >= 0);
    if (queue->open[parts])
        queue->mask |= UINT32_C(1) << parts;
    else
        queue->mask &= ~(UINT32_C(1) << parts);
    queue->n_open += n;
    run->orders[at / PHONE_OPERATORS].n_open += n;
    if (run->plan->orders[at / PHONE_OPERATORS].paused)
        return;
    run->route_open[at % PHONE_OPERATORS] += n;
    if (n > 0)
        load->open_parts += n * parts;
}

void forecast_queue_take(struct forecast_run *run, size_t at, int64_t parts, int64_t n)
{
    struct forecast_owing *owing = &run->orders[at / PHONE_OPERATORS];

    forecast_queue_move(run, at, parts, -n);
    owing->living += n;
    owing->claim.taken += n;
    forecast_queue_draw(run, at);
}

void forecast_queue_put_back(struct forecast_run *run, size_t at, int64_t parts, int64_t n)
{
    run->orders[at / PHONE_OPERATORS].living -= n;
    forecast_queue_move(run, at, parts, n);
}

/* Of what parts the next of the reserve is: as in the open list. */
static int64_t forecast_queue_reserve(const struct forecast_queue *queue)
{
    int64_t best = 0;

    for (int64_t parts = 1; parts <= OUTCOME_PARTS_MAX; parts++)
        if (queue->reserve[parts] && (!best || queue->reserve[parts] * queue->share[best] >
                                                   queue->reserve[best] * queue->share[parts]))
            best = parts;
    return best;
}

bool forecast_queue_draw(struct forecast_run *run, size_t at)
{
    struct forecast_queue *queue = &run->queues[at];
    struct forecast_owing *owing = &run->orders[at / PHONE_OPERATORS];
    int64_t vacant = owing->quota - owing->living - owing->n_open, n = 0;

    if (vacant <= 0 || !queue->n_reserve || queue->n_open > FORECAST_ROOM / 2)
        return false;
    for (; vacant > n && queue->n_reserve && queue->n_open < FORECAST_ROOM; n++) {
        int64_t parts = forecast_queue_reserve(queue);

        queue->reserve[parts]--;
        queue->n_reserve--;
        owing->n_reserve--;
        forecast_queue_move(run, at, parts, 1);
    }
    return n > 0;
}
