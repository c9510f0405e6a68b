/* test_forecast_any: what is true of every forecast, tried on many that are drawn by chance; what
 * would mend those that don't fit. */
#include "tests/unit/forecast_draw.h"

#define TRIES 60

static bool has_chances(const struct kit *kit)
{
    return kit->setup.chances.rejected > 0;
}

static void check_line(const struct forecast_line *line)
{
    assert_true(line->finish_p50_ms <= line->finish_p95_ms);
    assert_true(line->short_p50 >= 0 && line->short_p50 <= line->short_p95);
    assert_true(line->short_parts_p50 >= 0 && line->short_parts_p50 <= line->short_parts_p95);
    assert_true(line->messages >= 0 && line->parts >= line->messages);
    assert_true((line->short_p50 > 0) == (line->bound != FORECAST_FITS));
}

static void check_sums(const struct kit *kit)
{
    const struct forecast_result *result = kit->result;
    int64_t messages = 0, parts = 0, networks = 0;

    for (size_t i = 0; i < kit->setup.n_orders; i++) {
        int64_t routes = 0;

        check_line(&result->orders[i]);
        for (size_t k = 0; k < PHONE_OPERATORS; k++) {
            check_line(&result->routes[i][k]);
            routes += result->routes[i][k].parts;
        }
        assert_int_equal(routes, result->orders[i].parts);
        messages += result->orders[i].messages;
        parts += result->orders[i].parts;
    }
    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        networks += result->networks[k].messages;
    check_line(&result->total);
    assert_int_equal(result->total.messages, messages);
    assert_int_equal(result->total.messages, networks);
    assert_int_equal(result->total.parts, parts);
}

static void check_quota(const struct kit *kit)
{
    for (size_t i = 0; i < kit->setup.n_orders && !has_chances(kit); i++) {
        const struct forecast_order *order = &kit->orders[i];
        int64_t owed = order->quota > order->taken ? order->quota - order->taken : 0;

        assert_in_range(kit->result->orders[i].messages, 0, owed);
        assert_in_range(kit->result->orders[i].short_p95, 0, owed);
    }
}

static void check_picture(const struct kit *kit)
{
    const struct forecast_result *result = kit->result;

    assert_true(result->lane_use >= 0 && result->lane_use <= 1);
    for (size_t i = 0; i < result->n_steps; i++) {
        assert_true(result->possible[i] >= result->sent[i]);
        if (i > 0) {
            assert_true(result->sent[i] >= result->sent[i - 1]);
            assert_true(result->possible[i] >= result->possible[i - 1]);
            assert_true(result->step_ends_ms[i] >= result->step_ends_ms[i - 1]);
        }
    }
    assert_true(result->sent[FORECAST_STEPS - 1] <= result->total.parts);
}

static void test_true_of_all(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TRIES; seed++) {
        struct kit kit;

        draw_kit(&kit, seed);
        kit_play(&kit);
        check_sums(&kit);
        check_quota(&kit);
        check_picture(&kit);
        kit_end(&kit);
    }
}

static void assert_same(const struct kit *a, const struct kit *b)
{
    const struct forecast_result *x = a->result, *y = b->result;

    assert_memory_equal(&x->total, &y->total, sizeof x->total);
    assert_memory_equal(x->orders, y->orders, a->setup.n_orders * sizeof *x->orders);
    assert_memory_equal(x->routes, y->routes, a->setup.n_orders * sizeof *x->routes);
    assert_memory_equal(x->sent, y->sent, sizeof x->sent);
    assert_memory_equal(x->possible, y->possible, sizeof x->possible);
}

/* However it is cut into slices. */
static void test_same_seed_same_result(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TRIES / 3; seed++) {
        struct kit a, b;

        draw_kit(&a, seed);
        draw_kit(&b, seed);
        kit_play(&a);
        b.forecast = forecast_new(&b.setup);
        while (!forecast_step(b.forecast, 7))
            ;
        b.result = forecast_result(b.forecast);
        assert_same(&a, &b);
        kit_end(&a);
        kit_end(&b);
    }
}

/* A lane more never does harm, but for one message that a slow one has begun. */
static void test_more_lanes(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= TRIES; seed++) {
        int64_t last = INT64_MAX, last_parts = INT64_MAX;

        for (size_t n = 1; n <= 4; n++) {
            struct kit kit;

            draw_kit(&kit, seed);
            kit.setup.chances = (struct forecast_chances){0};
            kit.setup.n_orders = 1;
            kit.setup.n_groups = 0;
            kit.setup.n_lanes = n;
            for (size_t i = 0; i < KIT_LANES; i++) {
                kit.lanes[i] = kit.lanes[0];
                kit.lanes[i].group = -1;
            }
            kit_play(&kit);
            assert_true(kit.result->total.short_parts_p50 <= last_parts);
            if (last < INT64_MAX && kit.orders[0].routing != ROUTING_PREFER)
                assert_true(kit.result->total.finish_p50_ms <= last + 3 * 8000);
            last = kit.result->total.finish_p50_ms;
            last_parts = kit.result->total.short_parts_p50;
            kit_end(&kit);
        }
    }
}

static int64_t left_with(struct kit *kit)
{
    int64_t left;

    kit_play(kit);
    left = kit->result->total.short_p50;
    kit_end(kit);
    return left;
}

static void test_cures(void **state)
{
    struct forecast_cure cure;
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 600, 600000);
    kit_play(&kit);
    assert_int_equal(kit.result->total.short_p50, 400);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.network, OPERATOR_MOBILE);
    assert_int_equal(cure.sims, 2);
    assert_int_equal(cure.until_ms, KIT_T + 30 * 60000);
    assert_int_equal(cure.from_ms, KIT_T - 20 * 60000);
    kit_end(&kit);
    kit.setup.n_lanes = 3;
    assert_int_equal(left_with(&kit), 0);

    /* The day's limit: only SIMs help. */
    kit_make(&kit, 1, 30, KIT_HOUR);
    kit.lanes[0].limits.per_day = 10;
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.sims, 2);
    assert_int_equal(cure.from_ms, 0);
    kit_end(&kit);

    /* Of a group that is at its limit they don't. */
    kit_make(&kit, 1, 30, KIT_HOUR);
    kit.setup.n_groups = 1;
    kit.group.limits.per_day = 10;
    kit.lanes[0].group = 0;
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.sims, 0);
    kit_end(&kit);
}

static void test_no_cure(void **state)
{
    struct forecast_cure cure;
    struct kit kit;

    (void)state;
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 1);
    kit_end(&kit);
    kit.orders[0].paused = true;
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.sims + cure.until_ms + cure.from_ms, 0);
    kit_end(&kit);
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.orders[0].quota = 12;
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.sims + cure.until_ms + cure.from_ms, 0);
    kit_end(&kit);
    /* No SIM of the network: one of it, like the others. */
    kit_make(&kit, 1, 10, KIT_HOUR);
    kit.lanes[0].network = OPERATOR_UNICOM;
    kit_play(&kit);
    assert_int_equal(forecast_cure(&kit.setup, kit.result, &cure), 0);
    assert_int_equal(cure.sims, 1);
    assert_int_equal(cure.until_ms + cure.from_ms, 0);
    kit_end(&kit);
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
        cmocka_unit_test(test_true_of_all), cmocka_unit_test(test_same_seed_same_result),
        cmocka_unit_test(test_more_lanes),  cmocka_unit_test(test_cures),
        cmocka_unit_test(test_no_cure),
    };

    return cmocka_run_group_tests(tests, zone, NULL);
}
