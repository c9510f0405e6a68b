/* test_forecast_naive: the forecast against a day that is played in the plainest way.
 *
 * Here every message stands in a list of its own, and every lane looks at all of them four times a
 * second; what there is to carry and who can is counted anew each time. Nothing is shared with the
 * forecast but the rules (fair.h, route.h, meter.h). */
#include "tests/unit/forecast_draw.h"

#include "gateway/base/mem.h"
#include "gateway/model/fair.h"
#include "gateway/model/route.h"

#define TRIES   40
#define TICK_MS 250
#define MINUTES 3000 /* longer than what is drawn */

struct list {
    int *parts;
    size_t n, at; /* at: those before are gone */
};

struct naive {
    const struct kit *kit;
    int64_t now_ms, end_ms, midnight_ms, finish_ms;
    int64_t minutes[MINUTES + 1]; /* open ones before each; all windows begin and end with one */
    struct list open[2][PHONE_OPERATORS], reserve[2][PHONE_OPERATORS];
    struct fair_claim claims[2];
    int64_t living[2], free_ms[KIT_LANES], spent_ms[KIT_LANES];
    struct meter *meters[KIT_LANES], *group, *rates[2];
    struct route_load loads[PHONE_OPERATORS];
};

static void list_make(struct list *list, const int64_t *counts, uint64_t *state)
{
    list->parts = mem_array(1200, int);
    for (int parts = 1; parts <= OUTCOME_PARTS_MAX; parts++)
        for (int64_t i = 0; i < counts[parts]; i++)
            list->parts[list->n++] = parts;
    for (size_t i = list->n; i > 1; i--) {
        size_t k = (size_t)pick(state, 0, (int64_t)i - 1);
        int parts = list->parts[k];

        list->parts[k] = list->parts[i - 1];
        list->parts[i - 1] = parts;
    }
}

static void naive_make(struct naive *naive, const struct kit *kit, uint64_t seed)
{
    *naive = (struct naive){.kit = kit};
    for (size_t i = 0; i < kit->setup.n_orders; i++) {
        const struct forecast_order *order = &kit->orders[i];

        for (size_t k = 0; k < PHONE_OPERATORS; k++) {
            list_make(&naive->open[i][k], order->open[k], &seed);
            list_make(&naive->reserve[i][k], order->reserve[k], &seed);
        }
        naive->living[i] = order->taken;
        naive->claims[i] = (struct fair_claim){order->taken, order->quota > 0 ? order->quota : 1,
                                               order->windows[order->n_windows - 1].to_ms};
        naive->rates[i] = meter_new(&(struct meter_limits){.per_hour = order->rate});
    }
    for (size_t i = 0; i < kit->setup.n_lanes; i++)
        naive->meters[i] = meter_new(&kit->lanes[i].limits);
    naive->group = meter_new(&kit->group.limits);
}

static void naive_free(struct naive *naive)
{
    for (size_t i = 0; i < naive->kit->setup.n_orders; i++) {
        for (size_t k = 0; k < PHONE_OPERATORS; k++) {
            free(naive->open[i][k].parts);
            free(naive->reserve[i][k].parts);
        }
        meter_free(naive->rates[i]);
    }
    for (size_t i = 0; i < naive->kit->setup.n_lanes; i++)
        meter_free(naive->meters[i]);
    meter_free(naive->group);
}

static bool is_open(const struct naive *naive, int64_t wall_ms)
{
    for (size_t i = 0; i < naive->kit->setup.n_orders; i++)
        if (window_at(naive->kit->windows[i], naive->kit->orders[i].n_windows, wall_ms))
            return true;
    return false;
}

static void count_minutes(struct naive *naive)
{
    for (int64_t i = 0; i < MINUTES; i++)
        naive->minutes[i + 1] = naive->minutes[i] + is_open(naive, KIT_T + i * 60000);
}

static int64_t left_ms(const struct naive *naive, int64_t until_ms)
{
    int64_t now = naive->now_ms - KIT_T, until = (until_ms - KIT_T) / 60000;

    until = until < MINUTES ? until : MINUTES;
    return (naive->minutes[until] - naive->minutes[now / 60000]) * 60000 - now % 60000;
}

static int64_t lane_largest(const struct naive *naive, size_t lane)
{
    const struct kit *kit = naive->kit;
    int64_t own = route_limits_largest(&kit->lanes[lane].limits);
    int64_t group = route_limits_largest(&kit->group.limits);

    return kit->lanes[lane].group < 0 || own < group ? own : group;
}

static enum phone_operator lane_network(const struct naive *naive, size_t lane)
{
    int64_t network = naive->kit->lanes[lane].network;

    return network > 0 ? (enum phone_operator)network : OPERATOR_UNKNOWN;
}

static void naive_look(struct naive *naive)
{
    const struct kit *kit = naive->kit;
    int64_t left = left_ms(naive, naive->end_ms), sharers = 0;

    memset(naive->loads, 0, sizeof naive->loads);
    for (size_t i = 0; i < kit->setup.n_orders; i++)
        for (size_t k = 0; k < PHONE_OPERATORS; k++)
            for (size_t m = naive->open[i][k].at; m < naive->open[i][k].n; m++)
                naive->loads[k].open_parts += naive->open[i][k].parts[m];
    for (size_t i = 0; i < kit->setup.n_lanes; i++)
        sharers += kit->lanes[i].group == 0 && naive->spent_ms[i] <= naive->now_ms;
    for (size_t i = 0; i < kit->setup.n_lanes; i++) {
        int64_t can = left / (kit->lanes[i].part_ms + kit->lanes[i].gap_ms), limit;

        if (naive->spent_ms[i] > naive->now_ms)
            continue;
        limit = meter_capacity(naive->meters[i], naive->now_ms, left);
        can = limit < can ? limit : can;
        limit = kit->lanes[i].group == 0
                    ? meter_capacity(naive->group, naive->now_ms, left) / sharers
                    : can;
        route_add(&naive->loads[lane_network(naive, i)], limit < can ? limit : can,
                  lane_largest(naive, i));
    }
}

static const struct window *order_window(const struct naive *naive, size_t i)
{
    const struct forecast_order *order = &naive->kit->orders[i];

    return window_at(order->windows, order->n_windows, naive->now_ms);
}

static enum meter_bound ask_rate(struct naive *naive, size_t order, int64_t parts)
{
    int64_t again_ms;

    return meter_ask(naive->rates[order], naive->now_ms, 0, parts, &again_ms);
}

static enum meter_bound ask_lane(struct naive *naive, size_t lane, int64_t parts)
{
    int64_t today = left_ms(naive, naive->midnight_ms), again_ms = 0;
    enum meter_bound bound = meter_ask(naive->meters[lane], naive->now_ms, today, parts, &again_ms);

    if (bound == METER_FREE && naive->kit->lanes[lane].group == 0)
        bound = meter_ask(naive->group, naive->now_ms, today, parts, &again_ms);
    if (bound == METER_HOUR || bound == METER_DAY)
        naive->spent_ms[lane] = again_ms;
    return bound;
}

struct found {
    size_t order, route, at;
    int rank;
    bool any;
    int64_t refused; /* so many parts and more */
};

static bool is_better(const struct naive *naive, const struct found *best, size_t order, int rank)
{
    if (!best->any || rank != best->rank)
        return !best->any || rank < best->rank;
    return fair_before(naive->claims[order], naive->claims[best->order]);
}

static void find_in(struct naive *naive, size_t lane, struct found *best, size_t order,
                    size_t route)
{
    const struct list *list = &naive->open[order][route];
    const struct forecast_lane *from = &naive->kit->lanes[lane];
    const struct window *window = order_window(naive, order);
    enum routing routing = (enum routing)naive->kit->orders[order].routing;

    if (!window || naive->living[order] >= naive->kit->orders[order].quota)
        return;
    for (size_t i = list->at; i < list->n; i++) {
        int64_t parts = list->parts[i];
        int64_t needs = parts * (from->part_ms + from->gap_ms) - from->gap_ms;
        int rank;

        if (parts >= best->refused || naive->now_ms + needs > window->to_ms)
            continue;
        rank = route_rank(lane_network(naive, lane), (enum phone_operator)route, routing,
                          naive->loads, parts);
        if (rank == ROUTE_FORBIDDEN || !is_better(naive, best, order, rank))
            continue;
        if (ask_rate(naive, order, parts) != METER_FREE)
            return;
        if (ask_lane(naive, lane, parts) == METER_FREE) {
            *best = (struct found){order, route, i, rank, true, best->refused};
            return;
        }
        best->refused = parts;
    }
}

static void take(struct naive *naive, size_t lane, const struct found *best)
{
    struct list *list = &naive->open[best->order][best->route];
    const struct forecast_lane *from = &naive->kit->lanes[lane];
    int parts = list->parts[best->at];
    int64_t slot = meter_slot(naive->now_ms), busy = parts * (from->part_ms + from->gap_ms);
    int64_t begin = naive->now_ms;

    /* It was free a little before this tick. */
    if (naive->free_ms[lane] > begin - TICK_MS)
        begin = naive->free_ms[lane];

    list->parts[best->at] = list->parts[list->at];
    list->at++;
    naive->living[best->order]++;
    naive->claims[best->order].taken++;
    meter_add(naive->meters[lane], slot, parts);
    if (from->group == 0)
        meter_add(naive->group, slot, parts);
    meter_add(naive->rates[best->order], slot, parts);
    route_take(&naive->loads[best->route], best->rank, parts);
    naive->free_ms[lane] = begin + busy;
    if (begin + busy - from->gap_ms > naive->finish_ms)
        naive->finish_ms = begin + busy - from->gap_ms;
}

static void draw_reserve(struct naive *naive, size_t order)
{
    for (size_t route = 0; route < PHONE_OPERATORS; route++) {
        struct list *from = &naive->reserve[order][route], *to = &naive->open[order][route];
        int64_t vacant = naive->kit->orders[order].quota - naive->living[order];

        for (size_t k = 0; k < PHONE_OPERATORS; k++)
            vacant -= (int64_t)(naive->open[order][k].n - naive->open[order][k].at);
        for (; vacant > 0 && from->at < from->n && to->n - to->at <= 256; vacant--)
            to->parts[to->n++] = from->parts[from->at++];
    }
}

static void naive_tick(struct naive *naive)
{
    for (size_t i = 0; i < naive->kit->setup.n_orders; i++)
        draw_reserve(naive, i);
    while (naive->midnight_ms <= naive->now_ms)
        naive->midnight_ms += KIT_DAY;
    naive_look(naive);
    for (size_t lane = 0; lane < naive->kit->setup.n_lanes; lane++) {
        struct found best = {.refused = INT64_MAX};

        if (naive->free_ms[lane] > naive->now_ms)
            continue;
        for (size_t i = 0; i < naive->kit->setup.n_orders; i++)
            for (size_t route = 0; route < PHONE_OPERATORS; route++)
                find_in(naive, lane, &best, i, route);
        if (best.any)
            take(naive, lane, &best);
    }
}

static int64_t naive_left(const struct naive *naive)
{
    int64_t left = 0;

    for (size_t i = 0; i < naive->kit->setup.n_orders; i++) {
        int64_t of = naive->kit->orders[i].quota - naive->living[i];

        left += of > 0 ? of : 0;
    }
    return left;
}

static void naive_play(struct naive *naive)
{
    for (size_t i = 0; i < naive->kit->setup.n_orders; i++) {
        int64_t to = naive->kit->windows[i][naive->kit->orders[i].n_windows - 1].to_ms;

        naive->end_ms = to > naive->end_ms ? to : naive->end_ms;
    }
    naive->midnight_ms = kit_at("2026-10-31 00:00");
    count_minutes(naive);
    for (naive->now_ms = KIT_T; naive->now_ms < naive->end_ms && naive_left(naive);
         naive->now_ms += TICK_MS)
        if (is_open(naive, naive->now_ms))
            naive_tick(naive);
}

/* Sending time up to an instant. */
static int64_t gone_ms(struct naive *naive, int64_t wall_ms)
{
    int64_t all;

    naive->now_ms = KIT_T;
    all = left_ms(naive, naive->end_ms);
    naive->now_ms = wall_ms < naive->end_ms ? wall_ms : naive->end_ms - 1;
    return all - left_ms(naive, naive->end_ms);
}

static double apart(int64_t a, int64_t b, int64_t of)
{
    return (double)(a > b ? a - b : b - a) / (double)(of > 0 ? of : 1);
}

/* The larger of two errors: of the finish, and of what is left. */
static double try_one(uint64_t seed)
{
    struct forecast_line total;
    struct naive naive;
    struct kit kit;
    double left, finish = 0;

    draw_kit(&kit, seed);
    kit.setup.chances = (struct forecast_chances){0};
    kit.setup.now_ms = KIT_T;
    kit_play(&kit);
    naive_make(&naive, &kit, seed);
    naive_play(&naive);
    total = kit.result->total;
    left = apart(total.short_p50, naive_left(&naive), total.messages);
    if (total.finish_p50_ms > 0 && total.finish_p50_ms < INT64_MAX)
        finish = apart(gone_ms(&naive, total.finish_p50_ms), gone_ms(&naive, naive.finish_ms),
                       gone_ms(&naive, naive.finish_ms));
    naive_free(&naive);
    kit_end(&kit);
    return left > finish ? left : finish;
}

/* Two days whose lanes look at different instants differ a little when networks help each other. */
static void test_against_a_plain_day(void **state)
{
    int over = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= TRIES; seed++) {
        double error = try_one(seed);

        if (error > 0.08)
            fail_msg("seed %d: the error is %.3f", (int)seed, error);
        over += error > 0.02;
    }
    assert_in_range(over, 0, TRIES / 20);
}

static int zone(void **state)
{
    (void)state;
    kit_zone("Asia/Shanghai");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_a_plain_day),
    };

    return cmocka_run_group_tests(tests, zone, NULL);
}
