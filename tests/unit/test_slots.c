/* test_slots: windows of displays cut into slots, slogans in turn, numbers that stay. */
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

/* All displays have the same windows; what the campaign's would be doesn't matter. */
static struct campaign campaign_of(struct window *windows, size_t n, struct display *displays,
                                   size_t n_displays)
{
    for (size_t i = 0; i < n_displays; i++) {
        displays[i].windows = windows;
        displays[i].n_windows = n;
    }
    return (struct campaign){.displays = displays, .n_displays = n_displays};
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
        assert_int_equal(slot.number, wanted[i].from / 1000);
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
        assert_int_equal(slot.number, wanted[i].from / 1000);
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

/* Each display has its own windows. The number of a slot says when it begins: none of a board's is
 * there twice, and an earlier window, or a display before it, changes none. */
static void test_numbers(void **state)
{
    struct window first[] = {{50000, 60000}, {100000, 700000}, {10000000, 10300000}};
    struct window second[] = {{200000, 500000}};
    struct display displays[] = {display_of(300), display_of(100)};
    const struct campaign whole = {.displays = displays, .n_displays = 2},
                          less = {.displays = displays + 1, .n_displays = 1};
    struct slots_walk walk = {0};
    struct slot slot;
    const int32_t numbers[] = {50, 100, 400, 10000, 200, 300, 400};
    size_t n = 0;

    (void)state;
    displays[0].n_boards = displays[1].n_boards = 1;
    displays[0].windows = first;
    displays[0].n_windows = 3;
    displays[1].windows = second;
    displays[1].n_windows = 1;
    for (; slots_next(&whole, &office, &walk, &slot); n++) {
        assert_int_equal(slot.number, numbers[n]);
        assert_int_equal(slot.from_ms, numbers[n] * INT64_C(1000));
        assert_int_equal(slot.display, n >= 4);
    }
    assert_int_equal(n, 7);
    walk = (struct slots_walk){0};
    assert_true(slots_next(&less, &office, &walk, &slot));
    assert_int_equal(slot.number, 200);
    displays[0].windows++;
    displays[0].n_windows--;
    walk = (struct slots_walk){0};
    assert_true(slots_next(&whole, &office, &walk, &slot));
    assert_int_equal(slot.number, 100);
}

/* 32 bits end in 2038, 2106 and so on: numbers go on, each of them other than the one before. */
static void test_far_numbers(void **state)
{
    static const int64_t turns[] = {INT32_MAX, UINT32_MAX, INT64_C(4070908800),
                                    -INT64_C(3000000000)};

    (void)state;
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        struct window window = {(turns[i] - 10) * 1000, (turns[i] + 10) * 1000};
        struct display display = display_of(10);
        struct campaign campaign = campaign_of(&window, 1, &display, 1);
        struct slots_walk walk = {0};
        struct slot slot;

        display.n_boards = 1;
        for (int64_t begin = turns[i] - 10; begin <= turns[i]; begin += 10) {
            assert_true(slots_next(&campaign, &office, &walk, &slot));
            assert_int_equal((uint32_t)slot.number, (uint32_t)begin);
        }
        assert_false(slots_next(&campaign, &office, &walk, &slot));
    }
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
        assert_int_equal(slot.number, wanted[i] * 60);
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
        cmocka_unit_test(test_rotation),    cmocka_unit_test(test_between_the_owners_items),
        cmocka_unit_test(test_short_rest),  cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_far_numbers), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_quiet_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
