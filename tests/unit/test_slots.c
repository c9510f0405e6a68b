/* test_slots: windows cut into slots, slogans in turn, numbers that stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/dispatch/slots.h"

static char *slogans[] = {"一", "二", "三"};
static size_t boards[] = {4, 7};
static struct board all[8] = {[4] = {.item_s = 10}, [7] = {.item_s = 25}};
static const struct office office = {.boards = all, .n_boards = 8};

static int slots_left(const struct campaign *campaign, struct slots_walk walk)
{
    struct slot slot;
    int n = 0;

    while (slots_next(campaign, &office, &walk, &slot))
        n++;
    return n;
}

static struct campaign campaign_of(struct window *windows, size_t n, struct display *displays,
                                   size_t n_displays)
{
    return (struct campaign){
        .windows = windows, .n_windows = n, .displays = displays, .n_displays = n_displays};
}

static struct display display_of(int64_t every_s)
{
    return (struct display){
        .boards = boards, .n_boards = 2, .slogans = {slogans, 3}, .every_s = every_s};
}

static void test_rotation(void **state)
{
    struct window windows[] = {{0, 700000}};
    struct display display = display_of(300);
    struct campaign campaign = campaign_of(windows, 1, &display, 1);
    static const struct {
        int64_t from, until;
        size_t board;
        const char *text;
    } wanted[] = {
        {0, 300000, 4, "一"}, {300000, 600000, 4, "二"}, {600000, 700000, 4, "三"},
        {0, 300000, 7, "一"}, {300000, 600000, 7, "二"}, {600000, 700000, 7, "三"},
    };
    struct slots_walk walk = {0};
    struct slot slot;

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        assert_true(slots_next(&campaign, &office, &walk, &slot));
        assert_int_equal(slot.from_ms, wanted[i].from);
        assert_int_equal(slot.until_ms, wanted[i].until);
        assert_int_equal(slot.board, wanted[i].board);
        assert_string_equal(slot.text, wanted[i].text);
        assert_int_equal(slot.number, i);
    }
    assert_false(slots_next(&campaign, &office, &walk, &slot));
    assert_int_equal(slots_left(&campaign, (struct slots_walk){0}), 6);
}

/* One slogan after so many items of the owner's; how long one takes is the board's. */
static void test_between_the_owners_items(void **state)
{
    struct window windows[] = {{0, 200000}, {1000000, 1031000}};
    struct display display = display_of(30);
    struct campaign campaign = campaign_of(windows, 2, &display, 1);
    static const struct {
        int64_t from, until;
        size_t board;
        const char *text;
    } wanted[] = {
        {0, 30000, 4, "一"},         {60000, 90000, 4, "二"},     {120000, 150000, 4, "三"},
        {180000, 200000, 4, "一"},   {0, 30000, 7, "一"},         {105000, 135000, 7, "二"},
        {1000000, 1030000, 4, "一"}, {1000000, 1030000, 7, "一"},
    };
    struct slots_walk walk = {0};
    struct slot slot;

    (void)state;
    display.after = 3;
    for (size_t i = 0; i < 8; i++) {
        assert_true(slots_next(&campaign, &office, &walk, &slot));
        assert_int_equal(slot.from_ms, wanted[i].from);
        assert_int_equal(slot.until_ms, wanted[i].until);
        assert_int_equal(slot.board, wanted[i].board);
        assert_string_equal(slot.text, wanted[i].text);
        assert_int_equal(slot.number, i);
    }
    assert_false(slots_next(&campaign, &office, &walk, &slot));
}

/* A rest of less than a second is not worth a request. */
static void test_short_rest(void **state)
{
    struct window windows[] = {{0, 600999}};
    struct display display = display_of(300);
    struct campaign campaign = campaign_of(windows, 1, &display, 1);

    (void)state;
    assert_int_equal(slots_left(&campaign, (struct slots_walk){0}), 4);
}

/* Numbers run through windows and displays, so no two slots share one. */
static void test_numbers(void **state)
{
    struct window windows[] = {{0, 600000}, {10000000, 10300000}};
    struct display displays[] = {display_of(300), display_of(100)};
    struct campaign campaign = campaign_of(windows, 2, displays, 2);
    struct slots_walk walk = {0};
    struct slot slot;
    int32_t number = 0;

    (void)state;
    while (slots_next(&campaign, &office, &walk, &slot))
        assert_int_equal(slot.number, number++);
    assert_int_equal(number, 2 * 3 + 2 * 9);
}

/* What lies in the owner's quiet time is nobody's to show; what reaches out of it is. Numbers stay
 * as they were without it. */
static void test_quiet_times(void **state)
{
    struct window windows[] = {{0, 900000}};
    struct display display = display_of(60);
    struct campaign campaign = campaign_of(windows, 1, &display, 1);
    struct board quiet_boards[8] = {[4] = {.item_s = 10}};
    const struct office quiet_office = {.boards = quiet_boards, .n_boards = 8};
    static const int64_t wanted[] = {0, 1, 2, 3, 4, 10, 11, 12, 13, 14};
    struct slots_walk walk = {0};
    struct slot slot;

    (void)state;
    setenv("TZ", "UTC0", 1);
    tzset();
    display.n_boards = 1;
    assert_int_equal(quiet_add(&quiet_boards[4].quiet, "00:05-00:10"), 0);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        assert_true(slots_next(&campaign, &quiet_office, &walk, &slot));
        assert_int_equal(slot.number, wanted[i]);
        assert_int_equal(slot.from_ms, wanted[i] * 60000);
    }
    assert_false(slots_next(&campaign, &quiet_office, &walk, &slot));
    display.every_s = 250; /* 250-500 begins before, 500-750 ends after it */
    assert_int_equal(slots_left(&campaign, (struct slots_walk){0}), 4);
    walk = (struct slots_walk){0};
    for (int n = 0; n < 4; n++)
        assert_true(slots_next(&campaign, &quiet_office, &walk, &slot));
    quiet_free(&quiet_boards[4].quiet);
}

static void test_nothing(void **state)
{
    struct campaign campaign = campaign_of(NULL, 0, NULL, 0);

    (void)state;
    assert_int_equal(slots_left(&campaign, (struct slots_walk){0}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation),   cmocka_unit_test(test_between_the_owners_items),
        cmocka_unit_test(test_short_rest), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_nothing),    cmocka_unit_test(test_quiet_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
