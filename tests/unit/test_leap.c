/* test_leap: where the clock of a rehearsal jumps to. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/model/leap.h"

#define NEVER INT64_MAX

/* Two windows of the campaign, one of an order that ends earlier, one of a display. */
static struct window campaign_windows[] = {{.from_ms = 10000, .to_ms = 20000},
                                           {.from_ms = 30500, .to_ms = 40000}};
static struct window order_windows[] = {{.from_ms = 10000, .to_ms = 15300}};
static struct window display_windows[] = {{.from_ms = 12700, .to_ms = 20000}};
static struct order orders[] = {{.windows = order_windows, .n_windows = 1}};
static struct display displays[] = {{.windows = display_windows, .n_windows = 1}};
static const struct campaign campaign = {.windows = campaign_windows,
                                         .n_windows = 2,
                                         .orders = orders,
                                         .n_orders = 1,
                                         .displays = displays,
                                         .n_displays = 1};

static void test_targets(void **state)
{
    static const struct {
        int64_t grid_ms, now_ms;
        struct leap_next next;
        int64_t target;
    } cases[] = {
        {1000, 10000, {NEVER, NEVER, NEVER}, NEVER},     /* nobody waits */
        {1000, 10000, {10001, NEVER, NEVER}, 11000},     /* messages wait for the grid */
        {1000, 10000, {11000, NEVER, NEVER}, 11000},     /* which they may hit */
        {1000, 10000, {NEVER, 10001, NEVER}, 10001},     /* boards don't wait */
        {1000, 10000, {NEVER, NEVER, 10001}, 10001},     /* nor does the world */
        {1000, 10000, {11001, 11500, 11400}, 11400},     /* the first one counts */
        {1000, 10000, {11001, 11500, NEVER}, 11500},     /* after the grid */
        {2000, 12000, {12100, NEVER, NEVER}, 12700},     /* a display begins before */
        {2000, 14000, {15999, NEVER, NEVER}, 15300},     /* an order ends before */
        {1000, 15300, {99000, NEVER, NEVER}, 20000},     /* the window ends */
        {1000, 20000, {99000, 90000, 95000}, 30500},     /* the next one begins, off the grid */
        {1000, 40000, {99001, NEVER, NEVER}, 100000},    /* all are over */
        {1, 10000, {10001, NEVER, NEVER}, 10001},        /* no grid */
        {1000, 10000, {10000, NEVER, NEVER}, 10000},     /* missed: stays missed */
        {1000, 10000, {9500, NEVER, 11000}, 9500},       /* also off the grid */
        {1000, 10000, {NEVER - 1, NEVER, NEVER}, 12700}, /* far: no overflow */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(leap_target(&campaign, cases[i].grid_ms, cases[i].now_ms, &cases[i].next),
                         cases[i].target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_targets)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
