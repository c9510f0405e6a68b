/* forecast_cure: what would mend a shortfall.
 * Runs: any (pure, but for the process's time zone).
 *
 * Each answer is the least that a mean run finds enough: more SIMs, a later end and an earlier
 * start never do harm, so it is found by halving. */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define FORECAST_SIMS_MOST   4096
#define FORECAST_CURE_EVENTS 20000
#define FORECAST_MINUTE_MS   INT64_C(60000)
#define FORECAST_DAY_MINUTES (24 * 60)

struct forecast_mending {
    struct forecast_setup setup; /* what is tried next */
    const struct forecast_setup *from;
    const struct forecast_result *result;
    struct forecast_lane *lanes; /* the old ones, then room for new ones */
    struct forecast_lane pattern;
    struct forecast_order *orders;
    struct window **windows; /* of each order, in place of its own */
};

static int64_t forecast_play(const struct forecast_setup *setup)
{
    struct forecast_plan *plan = forecast_plan_new(setup);
    struct forecast_run *run = forecast_run_new(
        plan, &(struct forecast_run_setup){.mean = true, .events = FORECAST_CURE_EVENTS});
    int64_t events = FORECAST_EVENTS, left;

    while (!forecast_run_step(run, &events))
        events = FORECAST_EVENTS;
    left = forecast_run_left(run);
    forecast_run_free(run);
    forecast_plan_free(plan);
    return left;
}

/* The least of 1..most that mends it; 0: not even most does. */
static int64_t forecast_least(struct forecast_mending *mending, int64_t most,
                              void (*apply)(struct forecast_mending *mending, int64_t much))
{
    int64_t low = 0, high = 1; /* low doesn't */

    for (;; high = 2 * high < most ? 2 * high : most) {
        apply(mending, high);
        if (forecast_play(&mending->setup) == 0)
            break;
        low = high;
        if (high == most)
            return 0;
    }
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;

        apply(mending, middle);
        if (forecast_play(&mending->setup) == 0)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void forecast_apply_sims(struct forecast_mending *mending, int64_t sims)
{
    for (int64_t i = 0; i < sims; i++)
        mending->lanes[mending->from->n_lanes + (size_t)i] = mending->pattern;
    mending->setup.lanes = mending->lanes;
    mending->setup.n_lanes = mending->from->n_lanes + (size_t)sims;
}

static void forecast_apply_windows(struct forecast_mending *mending)
{
    for (size_t i = 0; i < mending->from->n_orders; i++) {
        const struct forecast_order *order = &mending->from->orders[i];

        if (order->n_windows)
            memcpy(mending->windows[i], order->windows, order->n_windows * sizeof *order->windows);
    }
    mending->setup.orders = mending->orders;
}

static bool forecast_is_short(const struct forecast_mending *mending, size_t order)
{
    return mending->result->orders[order].short_p50 > 0 && mending->from->orders[order].n_windows;
}

/* The last end of those that are short, not before now; INT64_MIN: they have no window. */
static int64_t forecast_last_end(const struct forecast_mending *mending)
{
    const struct forecast_setup *setup = mending->from;
    int64_t end = INT64_MIN;

    for (size_t i = 0; i < setup->n_orders; i++)
        if (forecast_is_short(mending, i)) {
            int64_t to = setup->orders[i].windows[setup->orders[i].n_windows - 1].to_ms;

            end = to > end ? to : end;
        }
    return end != INT64_MIN && end < setup->now_ms ? setup->now_ms : end;
}

static void forecast_apply_end(struct forecast_mending *mending, int64_t minutes)
{
    int64_t until = forecast_last_end(mending) + minutes * FORECAST_MINUTE_MS;

    forecast_apply_windows(mending);
    for (size_t i = 0; i < mending->from->n_orders; i++)
        if (forecast_is_short(mending, i))
            mending->windows[i][mending->orders[i].n_windows - 1].to_ms = until;
}

/* The first window's beginning, of those that are short; INT64_MIN: none, or it is open. */
static int64_t forecast_first_begin(const struct forecast_mending *mending)
{
    const struct forecast_setup *setup = mending->from;
    int64_t begin = INT64_MAX;

    for (size_t i = 0; i < setup->n_orders; i++) {
        const struct forecast_order *order = &setup->orders[i];
        const struct window *next = window_at(order->windows, order->n_windows, setup->now_ms);

        if (!next)
            next = window_after(order->windows, order->n_windows, setup->now_ms);
        if (next && forecast_is_short(mending, i) && next->from_ms < begin)
            begin = next->from_ms;
    }
    return begin > setup->now_ms && begin < INT64_MAX ? begin : INT64_MIN;
}

static void forecast_apply_begin(struct forecast_mending *mending, int64_t minutes)
{
    int64_t begin = forecast_first_begin(mending);

    forecast_apply_windows(mending);
    for (size_t i = 0; i < mending->from->n_orders; i++)
        for (size_t k = 0; k < mending->orders[i].n_windows && forecast_is_short(mending, i); k++)
            if (mending->windows[i][k].from_ms == begin)
                mending->windows[i][k].from_ms = begin - minutes * FORECAST_MINUTE_MS;
}

/* A SIM like those of the network; without any, like the first one, but of that network. */
static struct forecast_lane forecast_pattern(const struct forecast_setup *setup, int64_t network)
{
    struct forecast_lane pattern = {.group = -1, .network = network, .part_ms = FORECAST_PART_MS};
    bool found = false;

    for (size_t i = 0; i < setup->n_lanes && !found; i++) {
        found = network < 0 || setup->lanes[i].network == network;
        if (i == 0 || found)
            pattern = setup->lanes[i];
    }
    pattern.meter = NULL;
    pattern.free_ms = setup->now_ms;
    pattern.network = network;
    return pattern;
}

/* The one that is short; -1: several. */
static int64_t forecast_short_network(const struct forecast_result *result)
{
    int64_t network = -1;

    for (int64_t k = 0; k < PHONE_OPERATORS; k++) {
        if (!result->networks[k].short_p50)
            continue;
        if (network >= 0 || k == OPERATOR_UNKNOWN)
            return -1;
        network = k;
    }
    return network;
}

/* Is anything short but for want of numbers, or by a pause? */
static bool forecast_can_mend(const struct forecast_setup *setup,
                              const struct forecast_result *result)
{
    for (size_t i = 0; i < setup->n_orders; i++)
        for (size_t k = 0; k < PHONE_OPERATORS && !setup->orders[i].paused; k++)
            if (result->routes[i][k].short_p50)
                return true;
    return false;
}

static void forecast_mend_begin(struct forecast_mending *mending,
                                const struct forecast_setup *setup,
                                const struct forecast_result *result)
{
    mending->from = setup;
    mending->result = result;
    mending->setup = *setup;
    mending->lanes = mem_array(setup->n_lanes + FORECAST_SIMS_MOST, struct forecast_lane);
    mending->orders = mem_array(setup->n_orders + 1, struct forecast_order);
    mending->windows = mem_array(setup->n_orders + 1, struct window *);
    if (setup->n_lanes)
        memcpy(mending->lanes, setup->lanes, setup->n_lanes * sizeof *mending->lanes);
    for (size_t i = 0; i < setup->n_orders; i++) {
        mending->orders[i] = setup->orders[i];
        mending->windows[i] = mem_array(setup->orders[i].n_windows + 1, struct window);
        mending->orders[i].windows = mending->windows[i];
    }
}

static void forecast_mend_end(struct forecast_mending *mending)
{
    for (size_t i = 0; i < mending->from->n_orders; i++)
        free(mending->windows[i]);
    free(mending->windows);
    free(mending->orders);
    free(mending->lanes);
}

static int64_t forecast_mend_end_later(struct forecast_mending *mending)
{
    int64_t end = forecast_last_end(mending), minutes;

    if (end == INT64_MIN)
        return 0;
    minutes = forecast_least(mending, FORECAST_DAY_MINUTES, forecast_apply_end);
    return minutes ? end + minutes * FORECAST_MINUTE_MS : 0;
}

static int64_t forecast_mend_begin_sooner(struct forecast_mending *mending)
{
    int64_t begin = forecast_first_begin(mending), minutes, most;

    if (begin == INT64_MIN)
        return 0;
    most = (begin - mending->from->now_ms) / FORECAST_MINUTE_MS;
    most = most < FORECAST_DAY_MINUTES ? most : FORECAST_DAY_MINUTES;
    minutes = most > 0 ? forecast_least(mending, most, forecast_apply_begin) : 0;
    return minutes ? begin - minutes * FORECAST_MINUTE_MS : 0;
}

int forecast_cure(const struct forecast_setup *setup, const struct forecast_result *result,
                  struct forecast_cure *cure)
{
    struct forecast_mending mending = {0};

    *cure = (struct forecast_cure){.network = -1};
    if (!result->total.short_p50)
        return 1;
    forecast_mend_begin(&mending, setup, result);
    cure->network = forecast_short_network(result);
    mending.pattern = forecast_pattern(setup, cure->network);
    if (forecast_can_mend(setup, result)) {
        cure->sims = forecast_least(&mending, FORECAST_SIMS_MOST, forecast_apply_sims);
        mending.setup = *setup;
        cure->until_ms = forecast_mend_end_later(&mending);
        cure->from_ms = forecast_mend_begin_sooner(&mending);
    }
    forecast_mend_end(&mending);
    return 0;
}
