/* test_route: whose messages a lane may take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/model/outcome.h"
#include "gateway/model/route.h"

enum { NONE, SPARE, SHORT, SMALL }; /* how the other network's bank is */

static void test_table(void **state)
{
    static const struct {
        enum phone_operator own, route;
        enum routing routing;
        int bank, rank;
    } cases[] = {
        {OPERATOR_MOBILE, OPERATOR_MOBILE, ROUTING_OWN, SPARE, ROUTE_OWN},
        {OPERATOR_MOBILE, OPERATOR_MOBILE, ROUTING_PREFER, NONE, ROUTE_OWN},
        {OPERATOR_MOBILE, OPERATOR_UNKNOWN, ROUTING_OWN, SPARE, ROUTE_STRAY},
        {OPERATOR_MOBILE, OPERATOR_UNKNOWN, ROUTING_ANY, SPARE, ROUTE_STRAY},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_OWN, NONE, ROUTE_FORBIDDEN},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_OWN, SHORT, ROUTE_FORBIDDEN},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_PREFER, SPARE, ROUTE_FORBIDDEN},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_PREFER, NONE, ROUTE_OTHER},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_PREFER, SHORT, ROUTE_OTHER},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_ANY, SPARE, ROUTE_OTHER},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_PREFER, SMALL, ROUTE_OTHER},
        {OPERATOR_MOBILE, OPERATOR_UNICOM, ROUTING_OWN, SMALL, ROUTE_FORBIDDEN},
        {OPERATOR_UNICOM, OPERATOR_UNICOM, ROUTING_PREFER, SMALL, ROUTE_OWN},
        {OPERATOR_UNKNOWN, OPERATOR_UNICOM, ROUTING_OWN, SPARE, ROUTE_OWN},
        {OPERATOR_UNKNOWN, OPERATOR_UNKNOWN, ROUTING_OWN, NONE, ROUTE_OWN},
    };
    static const struct route_load banks[] = {
        [NONE] = {.open_parts = 10},
        [SPARE] = {.open_parts = 10, .capacity = 10, .largest = 4, .usable = true},
        [SHORT] = {.open_parts = 10, .capacity = 9, .largest = 4, .usable = true},
        [SMALL] = {.open_parts = 10, .capacity = 10, .largest = 3, .usable = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct route_load loads[PHONE_OPERATORS] = {0};

        loads[cases[i].route] = banks[cases[i].bank];
        assert_int_equal(route_rank(cases[i].own, cases[i].route, cases[i].routing, loads, 4),
                         cases[i].rank);
    }
}

static void test_add_and_take(void **state)
{
    struct route_load load = {.open_parts = 5};

    (void)state;
    route_add(&load, 10, 3);
    route_add(&load, 20, 2);
    assert_true(load.usable);
    assert_int_equal(load.largest, 3);
    assert_int_equal(load.capacity, 30);
    route_take(&load, ROUTE_OWN, 3);
    assert_int_equal(load.open_parts, 2);
    assert_int_equal(load.capacity, 27);
    route_take(&load, ROUTE_OTHER, 3); /* by somebody else's lane */
    assert_int_equal(load.open_parts, 0);
    assert_int_equal(load.capacity, 27);
    route_add(&load, INT64_MAX, 16); /* no limit at all */
    assert_int_equal(load.capacity, INT64_MAX);
    route_add(&load, INT64_MAX, 16);
    route_take(&load, ROUTE_OWN, 3);
    assert_int_equal(load.capacity, INT64_MAX);
}

static void test_largest(void **state)
{
    (void)state;
    assert_int_equal(route_limits_largest(&(struct meter_limits){0}), OUTCOME_PARTS_MAX);
    assert_int_equal(route_limits_largest(&(struct meter_limits){.per_hour = 3}), 3);
    assert_int_equal(route_limits_largest(&(struct meter_limits){.per_hour = 3, .per_day = 2}), 2);
    assert_int_equal(route_limits_largest(&(struct meter_limits){.per_hour = 300}),
                     OUTCOME_PARTS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_add_and_take),
        cmocka_unit_test(test_largest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
