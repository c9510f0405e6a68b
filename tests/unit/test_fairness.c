/* test_fairness: random plans, carried out: no modem is idle while a message that it may carry
 * waits; of messages to one network those go first whose windows end first; units with the same end
 * stay abreast. */
#include <stdio.h>

#include "gateway/dispatch/dispatch_inside.h"
#include "tests/unit/lane_kit.h"

enum { PLANS = 40, LANES_MOST = 6, ROWS_MOST = 160 };

struct plan {
    struct kit *kit;
    uint64_t seed;
    struct window windows[KIT_UNITS][2];
    size_t taken[KIT_UNITS], late[KIT_UNITS]; /* late: sent before a unit that ends earlier */
    size_t submits, rests, idle;
    int64_t behind_most; /* of two units with one end, when anybody carries anything */
};

static struct plan plan;

static uint64_t plan_draw(uint64_t below)
{
    plan.seed = plan.seed * 6364136223846793005u + 1442695040888963407u;
    return (plan.seed >> 33) % below;
}

static size_t plan_unit(const struct fake_row *row)
{
    return (size_t)row->unit - 1;
}

static bool plan_is_open(size_t unit, int64_t now)
{
    const struct order *order = &plan.kit->orders[unit];

    return window_at(order->windows, order->n_windows, now) != NULL;
}

static int64_t plan_end(size_t unit)
{
    const struct order *order = &plan.kit->orders[unit];

    return order->windows[order->n_windows - 1].to_ms;
}

/* Rows of the unit that nobody has taken and this network's SIM may carry. */
static size_t plan_waiting(size_t unit, int64_t network)
{
    const struct ledger *ledger = plan.kit->ledger;
    bool own = plan.kit->campaign.sms.routing == ROUTING_OWN;
    size_t n = 0;

    for (size_t i = 0; i < ledger->n_rows; i++) {
        const struct fake_row *row = &ledger->rows[i];

        n += plan_unit(row) == unit && fake_is_open(row) &&
             (!own || row->route == network || row->route == OPERATOR_UNKNOWN ||
              network == OPERATOR_UNKNOWN);
    }
    return n;
}

static size_t plan_waiting_for(size_t unit, int32_t route)
{
    const struct ledger *ledger = plan.kit->ledger;
    size_t n = 0;

    for (size_t i = 0; i < ledger->n_rows; i++)
        n += plan_unit(&ledger->rows[i]) == unit && fake_is_open(&ledger->rows[i]) &&
             ledger->rows[i].route == route;
    return n;
}

/* Any SIM may carry anything, so nothing but their shares decides. */
static bool plan_is_plain(const struct kit *kit)
{
    for (size_t i = 0; i < kit->office.n_modems; i++)
        if (kit->modems[i].network != OPERATOR_UNKNOWN)
            return false;
    return true;
}

/* true: the other one should have been first. */
static bool plan_compare(size_t unit, size_t other)
{
    const struct order *orders = plan.kit->orders;
    int64_t behind;

    if (plan_end(other) != plan_end(unit) || !plan_is_plain(plan.kit))
        return plan_end(other) < plan_end(unit);
    /* How far the one that goes is ahead, in messages of its own. */
    behind = (int64_t)plan.taken[unit] -
             (int64_t)plan.taken[other] * orders[unit].quota / orders[other].quota;
    plan.behind_most = behind > plan.behind_most ? behind : plan.behind_most;
    return false;
}

static void plan_submitted(struct puppet *puppet, const struct adapter_job *job, void *ctx)
{
    struct kit *kit = ctx;
    const struct fake_row *row = &kit->ledger->rows[job->address - 8613800000000];
    size_t unit = plan_unit(row);
    int64_t now = clock_wall_ms();
    bool late = false;

    (void)puppet;
    plan.submits++;
    plan.taken[unit]++;
    assert_true(plan_is_open(unit, now));
    for (size_t other = 0; other < kit->campaign.n_orders; other++)
        if (other != unit && plan_is_open(other, now) && plan_waiting_for(other, row->route))
            late = plan_compare(unit, other) || late;
    plan.late[unit] += late;
}

/* Nothing more can be done at this instant: whoever is free has nothing to do. */
static void plan_rests(struct kit *kit)
{
    int64_t now = clock_wall_ms();

    plan.rests++;
    for (size_t i = 0; i < kit->dispatch->n_lanes; i++) {
        const struct lane *lane = kit->dispatch->lanes[i];

        for (size_t unit = 0; unit < kit->campaign.n_orders && lane_state(lane) == LANE_READY;
             unit++)
            plan.idle +=
                plan_is_open(unit, now) && plan_waiting(unit, lane_modem(lane)->network) > 0;
    }
}

static void plan_draw_windows(size_t unit)
{
    static const int64_t ends[] = {30, 60, 90, 150};
    struct kit *kit = plan.kit;
    struct window *windows = plan.windows[unit];
    int64_t end = ends[plan_draw(4)] * MINUTE_MS;

    windows[0] = (struct window){kit->start_ms, kit->start_ms + end};
    kit->orders[unit].windows = windows;
    kit->orders[unit].n_windows = 1;
    if (end < 60 * MINUTE_MS || plan_draw(2))
        return;
    windows[1] = (struct window){windows[0].to_ms - 10 * MINUTE_MS, windows[0].to_ms};
    windows[0].to_ms -= 20 * MINUTE_MS;
    kit->orders[unit].n_windows = 2;
}

static void plan_draw_lanes(struct kit *kit)
{
    size_t n = 1 + plan_draw(LANES_MOST);
    bool plain = plan_draw(3) == 0;

    for (; n; n--) {
        struct modem *modem =
            kit_modems(kit, 1, plain ? OPERATOR_UNKNOWN : (int64_t)plan_draw(PHONE_OPERATORS));

        modem->gap_ms = (int64_t)(1 + plan_draw(60)) * 1000;
        if (plan_draw(3) == 0)
            modem->limits.per_hour = 20;
    }
}

static void plan_draw_all(struct kit *kit, uint64_t seed)
{
    static const char *const ids[KIT_UNITS] = {"city", "jinan", "yuan", "huoqiu"};

    plan = (struct plan){.kit = kit, .seed = seed};
    plan_draw(2);
    kit->campaign.n_orders = 1 + plan_draw(KIT_UNITS);
    kit->office.n_units = KIT_UNITS;
    kit->campaign.sms.routing = plan_draw(2) ? ROUTING_OWN : ROUTING_ANY;
    for (size_t unit = 0; unit < KIT_UNITS; unit++) {
        kit->units[unit].id = (char *)(uintptr_t)ids[unit];
        kit->orders[unit] =
            (struct order){.unit = unit, .quota = 1 + (int64_t)plan_draw(ROWS_MOST)};
        plan_draw_windows(unit);
    }
    for (size_t unit = 0; unit < kit->campaign.n_orders; unit++)
        for (int64_t i = 0; i < kit->orders[unit].quota; i++)
            fake_ledger_add(kit->ledger,
                            (struct fake_row){.unit = (int32_t)unit + 1,
                                              .route = (int32_t)plan_draw(PHONE_OPERATORS),
                                              .parts = 1},
                            1);
    plan_draw_lanes(kit);
    kit->puppets.submitted = plan_submitted;
    kit->rests = plan_rests;
}

static size_t plan_openings(const struct kit *kit)
{
    size_t n = 1;

    for (size_t unit = 0; unit < kit->campaign.n_orders; unit++)
        n += kit->orders[unit].n_windows - 1;
    return n;
}

static void plan_check(const struct kit *kit, uint64_t seed)
{
    for (size_t unit = 0; unit < kit->campaign.n_orders; unit++) {
        assert_true((int64_t)plan.taken[unit] <= kit->orders[unit].quota);
        /* Whoever's answer comes first from the books, when a window opens. */
        if (plan.late[unit] > plan_openings(kit) * kit->office.n_modems)
            fail_msg("plan %llu: unit %zu went before its turn %zu times", (unsigned long long)seed,
                     unit, plan.late[unit]);
    }
    if (plan.idle)
        fail_msg("plan %llu: %zu times somebody was idle", (unsigned long long)seed, plan.idle);
    assert_true(plan.behind_most <= (int64_t)kit->office.n_modems + 1);
    assert_int_equal(kit_count(kit, DELIVERY_SENT), plan.submits);
    assert_int_equal(kit_count(kit, DELIVERY_SENT) + kit_count(kit, DELIVERY_EXPIRED),
                     kit->ledger->n_rows);
}

static void test_random_plans(void **state)
{
    size_t submits = 0, rests = 0, full = 0, abreast = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= PLANS; seed++) {
        void *kit;

        kit_open(&kit);
        plan_draw_all(kit, seed);
        ((struct kit *)kit)->window.to_ms = plan.kit->start_ms + 150 * MINUTE_MS;
        kit_run(kit);
        plan_check(kit, seed);
        submits += plan.submits;
        rests += plan.rests;
        abreast += plan.behind_most > 0;
        full += plan.submits == plan.kit->ledger->n_rows;
        kit_close(&kit);
    }
    assert_true(submits > 50 * PLANS && rests > 20 * PLANS);
    assert_true(abreast >= 5);
    assert_in_range(full, 5, PLANS - 5); /* some fit, some don't */
}

/* ---- after a restart ---- */

enum { BEFORE = 40, HERE = 60, WATCHED = 30 };

static struct {
    struct kit *kit;
    size_t submits, ahead; /* ahead: early ones of the unit that had its turn yesterday */
} again;

static void again_submitted(struct puppet *puppet, const struct adapter_job *job, void *ctx)
{
    const struct fake_row *row = &again.kit->ledger->rows[job->address - 8613800000000];

    (void)puppet;
    (void)ctx;
    again.ahead += again.submits++ < WATCHED && plan_unit(row) == 0;
}

/* What an earlier run has sent counts: whoever is behind catches up first. */
static void test_a_restart_forgets_nothing(void **state)
{
    struct fake_row row = {.unit = 1, .route = OPERATOR_UNKNOWN, .parts = 1};
    void *opened;
    struct kit *kit;

    (void)state;
    kit_open(&opened);
    kit = opened;
    again.kit = kit;
    again.submits = again.ahead = 0;
    kit->campaign.n_orders = 2;
    for (size_t unit = 0; unit < 2; unit++)
        kit->orders[unit].quota = BEFORE + HERE;
    fake_ledger_add(kit->ledger, row, BEFORE + HERE);
    for (size_t i = 0; i < BEFORE; i++)
        kit->ledger->rows[i].state = DELIVERY_DELIVERED;
    row.unit = 2;
    fake_ledger_add(kit->ledger, row, BEFORE + HERE);
    kit->puppets.submitted = again_submitted;
    kit_modems(kit, 1, OPERATOR_UNKNOWN)->gap_ms = 1000;
    kit_run(kit);
    assert_int_equal(again.submits, BEFORE + 2 * HERE);
    assert_in_range(again.ahead, 0, 2);
    kit_close(&opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_plans),
        cmocka_unit_test(test_a_restart_forgets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
