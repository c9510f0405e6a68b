/* work_orders: when each unit's messages may go, and what becomes of those that are left. See
 * work.h.
 * Runs: loop.
 *
 * When a window closes, the order waits until nothing of it is on its way, asks the books what is
 * left, and does as the campaign says. A window that was over before the campaign was in hand
 * closes the same way at the start: whoever was away then may have left something. */
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/work_inside.h"

/* ---- their windows ---- */

static int64_t work_last_end(const struct window *windows, size_t n)
{
    return n ? windows[n - 1].to_ms : 0;
}

/* When messages of any order are sent last, without extensions. */
static int64_t work_orders_end(const struct campaign *campaign)
{
    int64_t end = 0;

    for (size_t i = 0; i < campaign->n_orders; i++) {
        int64_t own = work_last_end(campaign->orders[i].windows, campaign->orders[i].n_windows);

        end = own > end ? own : end;
    }
    return end;
}

/* Until when it is extended: by a word about the unit, or by one about the campaign, whose last
 * window is this order's only when it goes on to the end. */
static int64_t work_order_until(const struct work *work, const struct work_order *order)
{
    int64_t own = order->standing.until_ms, whole = work->standing.until_ms;
    bool last = work_last_end(order->order->windows, order->order->n_windows) ==
                work_orders_end(work->campaign);

    return last && whole > own ? whole : own;
}

static size_t work_order_passed(const struct work_order *order, int64_t now)
{
    size_t low = 0, high = order->times.n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (order->times.items[middle].to_ms <= now)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void work_order_time(const struct work *work, struct work_order *order)
{
    const struct office *office = work->office;
    size_t passed;

    order->times.n = 0;
    order->times.full = false;
    for (size_t i = 0; i < order->order->n_windows; i++)
        calendar_add(&order->times, order->order->windows[i].from_ms,
                     order->order->windows[i].to_ms);
    calendar_extend(&order->times, work_order_until(work, order), &office->quiet, office->holidays,
                    office->n_holidays);
    order->claim.deadline_ms = work_last_end(order->times.items, order->times.n);
    passed = work_order_passed(order, clock_wall_ms());
    if (passed >= order->over)
        return;
    /* Its last window is open again, and closes once more. */
    order->over = passed;
    if (order->closing != CLOSING_CANCEL)
        order->closing = CLOSING_NOT;
}

/* Only what is extended lies outside the campaign's own windows. */
static void work_time(struct work *work)
{
    hours_clear(&work->times);
    hours_add(&work->times, work->campaign->windows, work->campaign->n_windows);
    for (size_t i = 0; i < work->n_orders; i++) {
        struct work_order *order = &work->orders[i];

        work_order_time(work, order);
        if (work_order_until(work, order))
            hours_add(&work->times, order->times.items, order->times.n);
    }
    work->changes++;
}

void work_make_orders(struct work *work)
{
    const struct campaign *campaign = work->campaign;

    work->orders = mem_array(campaign->n_orders, struct work_order);
    work->n_orders = campaign->n_orders;
    for (size_t i = 0; i < campaign->n_orders; i++) {
        work->orders[i].order = &campaign->orders[i];
        work->orders[i].claim.quota = campaign->orders[i].quota;
    }
    work_time(work);
}

void work_free_orders(struct work *work)
{
    for (size_t i = 0; i < work->n_orders; i++) {
        struct work_order *order = &work->orders[i];

        for (int route = 0; route < PHONE_OPERATORS; route++)
            queue_fini(&order->queues[route]);
        calendar_free(&order->times);
        rate_fini(&order->rate);
    }
    free(work->orders);
    rate_fini(&work->rate);
    hours_clear(&work->times);
}

/* ---- what people say ---- */

static bool work_stands_so(const struct steer_standing *a, const struct steer_standing *b)
{
    return a->paused == b->paused && a->resumed == b->resumed && a->cancelled == b->cancelled &&
           a->resumed_ms == b->resumed_ms && a->until_ms == b->until_ms && a->rate == b->rate;
}

void work_stand(struct work *work, size_t order, const struct steer_standing *standing)
{
    bool whole = order == SIZE_MAX;
    struct steer_standing *own = whole ? &work->standing : &work->orders[order].standing;
    int64_t until_ms = own->until_ms;

    LOG_ASSERT(whole || order < work->n_orders);
    if (work_stands_so(own, standing))
        return;
    *own = *standing;
    rate_set(whole ? &work->rate : &work->orders[order].rate, standing->rate);
    if (standing->until_ms != until_ms)
        work_time(work);
    work->changes++;
}

/* ---- may they go? ---- */

bool work_may_send(const struct work *work)
{
    return (work->state == WORK_RUNNING || work->state == WORK_WAITING) && !work->stopping &&
           !work->held && !work->standing.paused && !work->standing.cancelled;
}

static bool work_order_waits(const struct work *work, const struct work_order *order)
{
    return order->closing != CLOSING_NOT &&
           (work->campaign->leftover != LEFTOVER_NEXT || order->standing.cancelled || order->late);
}

bool work_order_is_open(const struct work *work, const struct work_order *order)
{
    return work_may_send(work) && !order->standing.paused && !order->standing.cancelled &&
           !order->done && !work_order_waits(work, order) &&
           window_at(order->times.items, order->times.n, clock_wall_ms());
}

static struct work_order *work_order_of(const struct work *work, const struct queue *queue)
{
    size_t i = (size_t)((const char *)queue - (const char *)work->orders) / sizeof *work->orders;

    LOG_ASSERT(i < work->n_orders);
    return &work->orders[i];
}

bool work_queue_is_open(const struct work *work, const struct queue *queue)
{
    return work_order_is_open(work, work_order_of(work, queue));
}

int64_t work_queue_end_ms(const struct work *work, const struct queue *queue)
{
    const struct work_order *order = work_order_of(work, queue);
    const struct window *window = window_at(order->times.items, order->times.n, clock_wall_ms());

    return window ? window->to_ms : 0;
}

enum meter_bound work_order_ask(struct work *work, struct work_order *order, int64_t parts,
                                int64_t *again_ms)
{
    int64_t now = clock_wall_ms(), own_again_ms;
    enum meter_bound whole = rate_ask(&work->rate, now, parts, again_ms);
    enum meter_bound own = rate_ask(&order->rate, now, parts, &own_again_ms);

    if (own == METER_FREE || (whole != METER_FREE && *again_ms >= own_again_ms))
        return whole;
    *again_ms = own_again_ms;
    return own;
}

bool work_order_is_beyond(const struct work *work, const struct work_order *order, int64_t parts)
{
    return (work->rate.per_hour && parts > work->rate.per_hour) ||
           (order->rate.per_hour && parts > order->rate.per_hour);
}

bool work_order_is_still(const struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS; route++)
        if (order->queues[route].fetching || order->queues[route].inflight)
            return false;
    return true;
}

void work_count_taken(struct work *work, const struct queue *queue)
{
    struct work_order *order = work_order_of(work, queue);

    if (!order->counted)
        order->claim.taken = queue->taken;
    order->counted = true;
}

void work_order_forget(struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS; route++)
        queue_forget(&order->queues[route]);
}

bool work_order_is_exhausted(const struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS && !order->done; route++)
        if (!queue_is_exhausted(&order->queues[route]))
            return false;
    return order->closing == CLOSING_NOT;
}

/* ---- when a window closes ---- */

static int64_t work_order_parts(const struct work_order *order)
{
    int64_t parts = 0;

    for (int route = 0; route < PHONE_OPERATORS; route++)
        parts += order->queues[route].open_parts;
    return parts;
}

static bool work_order_must_cancel(const struct work *work, const struct work_order *order)
{
    return order->standing.cancelled || work->campaign->leftover == LEFTOVER_CANCEL;
}

/* A person who has said resume after this window isn't asked again because of a restart. */
static bool work_order_was_resumed(const struct work *work, const struct work_order *order)
{
    return order->late && order->over && work->standing.resumed &&
           work->standing.resumed_ms >= order->times.items[order->over - 1].to_ms;
}

static bool work_order_must_stop(const struct work *work, const struct work_order *order)
{
    return work->campaign->leftover == LEFTOVER_STOP && order->over < order->times.n &&
           !work_order_was_resumed(work, order);
}

/* What becomes of what is left, for the log. */
static const char *work_order_fate(const struct work *work, const struct work_order *order)
{
    if (work_order_must_cancel(work, order))
        return "are cancelled";
    if (order->over >= order->times.n)
        return "expire at the end of the campaign";
    return work_order_must_stop(work, order) ? "wait until a person says resume"
                                             : "wait for the next window";
}

static void work_order_tell(const struct work *work, const struct work_order *order, int64_t parts)
{
    const struct window *window = order->over ? &order->times.items[order->over - 1] : NULL;
    const char *unit = work->office->units[order->order->unit].id;
    char from[20] = "", to[20] = "";

    if (!parts)
        return;
    if (!window || order->standing.cancelled) {
        log_warning("campaign=%s unit=%s cancelled parts=%lld", work->campaign->id, unit,
                    (long long)parts);
        return;
    }
    clock_format(window->from_ms, from);
    clock_format(window->to_ms, to);
    log_warning("campaign=%s unit=%s parts=%lld: the window from %s to %s %s; they %s",
                work->campaign->id, unit, (long long)parts, from, to,
                order->late ? "was over when the campaign was taken up" : "has closed",
                work_order_fate(work, order));
}

/* The books have said what is left. */
static void work_order_close(struct work *work, struct work_order *order)
{
    int64_t parts = work_order_parts(order);

    order->closing = CLOSING_NOT;
    work_order_tell(work, order, parts);
    if (work_order_must_cancel(work, order)) {
        order->closing = CLOSING_CANCEL;
        work_order_forget(order);
        work_cancel_order(work, order);
    } else if (parts && work_order_must_stop(work, order)) {
        work_pause(work);
    }
    order->late = false;
}

static void work_order_count(struct work_order *order)
{
    for (int route = 0; route < PHONE_OPERATORS; route++)
        queue_poll(&order->queues[route]);
    order->closing = CLOSING_COUNT;
}

static void work_order_look(struct work *work, struct work_order *order, int64_t now)
{
    size_t passed = work_order_passed(order, now);
    bool closed = passed > order->over;

    if (passed < order->over) /* the clock was set back */
        order->over = passed;
    if (order->done || order->closing == CLOSING_CANCEL)
        return;
    if (closed) {
        order->over = passed;
        order->late = !order->looked;
    }
    if (closed || (order->standing.cancelled && order->closing == CLOSING_NOT))
        order->closing = CLOSING_DUE;
    else if (order->closing != CLOSING_NOT && !work_order_waits(work, order) &&
             window_at(order->times.items, order->times.n, now))
        order->closing = CLOSING_NOT; /* nobody has to know any more */
    order->looked = true;
}

bool work_order_is_going(const struct work *work, const struct work_order *order)
{
    return work->state != WORK_ENDED && !order->spent;
}

int64_t work_end_ms(const struct work *work, size_t order)
{
    int64_t end = 0;

    for (size_t i = 0; i < work->n_orders; i++) {
        const struct calendar *times = &work->orders[i].times;

        if ((order == SIZE_MAX || order == i) && work_last_end(times->items, times->n) > end)
            end = work_last_end(times->items, times->n);
    }
    return end;
}

static bool work_order_owes(const struct work *work, const struct work_order *order)
{
    return order->over < order->times.n && !order->done && !order->standing.cancelled &&
           !work->standing.cancelled && !work_order_is_exhausted(order);
}

bool work_tick_orders(struct work *work, int64_t now)
{
    bool done = true;

    for (size_t i = 0; i < work->n_orders; i++) {
        struct work_order *order = &work->orders[i];
        bool spent = order->spent;

        work_order_look(work, order, now);
        if (order->closing == CLOSING_DUE && work_order_is_still(order))
            work_order_count(order);
        if (order->closing == CLOSING_COUNT && work_order_is_still(order))
            work_order_close(work, order);
        done = done && order->closing == CLOSING_NOT;
        order->spent = !work_order_owes(work, order);
        work->changes += spent != order->spent;
    }
    return done;
}

/* ---- when there is something to do ---- */

static int64_t work_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When its rates let the first message of a queue go; INT64_MAX: they don't hold it. */
static int64_t work_order_rated_ms(struct work *work, struct work_order *order, int64_t now)
{
    int64_t next = INT64_MAX, again_ms;

    for (int route = 0; route < PHONE_OPERATORS; route++) {
        const struct ledger_row *row = queue_peek(&order->queues[route]);

        if (row && work_order_ask(work, order, row->parts, &again_ms) != METER_FREE)
            next = work_sooner(next, again_ms > now ? again_ms : now + 1);
    }
    return next;
}

int64_t work_order_next_ms(struct work *work, struct work_order *order, int64_t now)
{
    const struct window *window = window_at(order->times.items, order->times.n, now);
    int64_t next = INT64_MAX;

    if (!window)
        window = window_after(order->times.items, order->times.n, now);
    if (window)
        next = window->from_ms > now ? window->from_ms : window->to_ms;
    if (!work_order_is_open(work, order))
        return next;
    for (int route = 0; route < PHONE_OPERATORS; route++)
        next = work_sooner(next, queue_next_ms(&order->queues[route]));
    return work_sooner(next, work_order_rated_ms(work, order, now));
}
