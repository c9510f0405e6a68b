/* test_plan_boards: quiet times, pauses and other campaigns' turns are taken off; targets.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "gateway/dispatch/desired.h"
#include "gateway/dispatch/slots.h"
#include "gateway/model/quiet.h"
#include "gateway/model/traits.h"
#include "gateway/report/plan_boards.h"

#define T          INT64_C(1793406600000) /* 2026-10-31 08:30 in China */
#define MINUTE     INT64_C(60000)
#define TEXT(text) ((char *)(uintptr_t)(text))

static enum outcome_level level_most(const void *options, bool listening)
{
    (void)options;
    return listening ? LEVEL_LOGGED : LEVEL_STORED;
}

static const struct traits traits = {.level_most = level_most};
static const struct option_kind kind = {.name = "k", .traits = &traits};
static struct unit units[] = {{.id = TEXT("weather"), .name = TEXT("气象局")},
                              {.id = TEXT("price"), .name = TEXT("物价局")}};
/* plaza: quiet 08:45-08:50. market: item 20 s. Both at one place. */
static struct quiet_span span = {.from_min = 525, .to_min = 530, .days = 127};
static struct board boards[] = {
    {.id = TEXT("plaza"),
     .place = TEXT("广场"),
     .kind = &kind,
     .owner = 0,
     .turn_s = 30,
     .item_s = 10,
     .quiet = {&span, 1}},
    {.id = TEXT("market"),
     .place = TEXT("广场"),
     .kind = &kind,
     .owner = 1,
     .turn_s = 45,
     .item_s = 20},
    {.id = TEXT("idle"), .place = TEXT("别处"), .kind = &kind, .owner = 1, .turn_s = 30},
};
static const struct office office = {.units = units, .n_units = 2, .boards = boards, .n_boards = 3};

static char *slogans[] = {TEXT("一"), TEXT("二"), TEXT("三")};
static size_t both[] = {0, 1};
static struct window windows[] = {{T, T + 30 * MINUTE}};
static struct display displays[] = {{.boards = both,
                                     .n_boards = 2,
                                     .slogans = {slogans, 3},
                                     .every_s = 60,
                                     .after = 3,
                                     .weight = 2,
                                     .level = LEVEL_STORED,
                                     .windows = windows,
                                     .n_windows = 1}};
static struct target targets[] = {{.unit = -1, .places = 2, .items = 3},
                                  {.unit = 0, .places = 1, .minutes = 10},
                                  {.unit = 1, .minutes = 16}};
static struct campaign campaign = {
    .id = TEXT("law"), .displays = displays, .n_displays = 1, .targets = targets, .n_targets = 3};

static void add_all(struct plan_boards *plan, const struct campaign *from)
{
    struct slots_walk walk = {0};
    struct slot slot;

    while (slots_next(from, &office, &walk, &slot)) {
        struct plan_slot one = {slot.text, slot.board, slot.from_ms, slot.until_ms};

        if (from == &campaign)
            plan_boards_add(plan, &one);
        else
            plan_boards_add_rival(plan, from, &from->displays[slot.display], &one);
    }
}

static void pauses_and_quiet_times_are_taken_off(void **state)
{
    struct plan_boards *plan = plan_boards_new(&campaign, &office);

    (void)state;
    add_all(plan, &campaign);
    /* plaza: 60 s of 90 s: slots at 0:00, 1:30 ...; quiet from 15:00 (a slot's beginning) to 20:00,
     * in which lie 3 slots, which aren't planned, and the first half of another one. */
    assert_int_equal(plan->boards[0].slots, 17);
    assert_int_equal(plan->boards[0].shown_ms, (20 * 60 - 3 * 60 - 30) * 1000);
    /* market: 60 s of 120 s */
    assert_int_equal(plan->boards[1].slots, 15);
    assert_int_equal(plan->boards[1].shown_ms, 15 * MINUTE);
    assert_int_equal(plan->boards[2].slots, 0);
    assert_true(plan->boards[0].need == LEVEL_STORED && plan->boards[0].most == LEVEL_STORED);
    assert_true(plan->targets[0].places == 1 && plan->targets[0].items == 3);
    assert_int_equal(plan->targets[1].shown_ms, plan->boards[0].shown_ms);
    assert_int_equal(plan->targets[2].shown_ms, plan->boards[1].shown_ms);
    assert_false(plan_target_is_met(&targets[0], &plan->targets[0])); /* one place */
    assert_true(plan_target_is_met(&targets[1], &plan->targets[1]));
    assert_false(plan_target_is_met(&targets[2], &plan->targets[2])); /* 15 of 16 minutes */
    assert_true(plan_boards_are_short(plan));
    plan_boards_free(plan);
}

/* What desired_now, by which the day goes, gives to the campaign in the middle, second by second.
 */
static int64_t by_the_second(const struct campaign *const *all, size_t n, size_t board)
{
    int64_t sum = 0;

    for (int64_t at = T; at < T + 30 * MINUTE; at += 1000) {
        struct desired_claim claims[4];
        size_t n_claims = 0, own = SIZE_MAX;
        struct desired_ask ask = {.quiet = quiet_at(&boards[board].quiet, at),
                                  .quiet_until_ms = INT64_MAX,
                                  .turn_ms = boards[board].turn_s * 1000,
                                  .claims = claims,
                                  .now_ms = at};

        for (size_t i = 0; i < n; i++) {
            struct slots_walk walk = {0};
            struct slot slot;

            while (slots_next(all[i], &office, &walk, &slot)) {
                if (slot.board != board || slot.from_ms > at || slot.until_ms <= at)
                    continue;
                if (all[i] == &campaign)
                    own = n_claims;
                claims[n_claims++] =
                    (struct desired_claim){all[i]->displays[0].weight, slot.until_ms};
            }
        }
        ask.n = n_claims;
        sum += own != SIZE_MAX && desired_now(&ask).claim == own ? 1000 : 0;
    }
    return sum;
}

/* Rivals of other rhythms and weights, one of them for a part of the time, before and behind us in
 * the order of ids; and one elsewhere. */
static void others_take_their_turns(void **state)
{
    static struct window late[] = {{T + 10 * MINUTE, T + 30 * MINUTE}};
    static size_t elsewhere[] = {2};
    struct display a_display = {.boards = both,
                                .n_boards = 2,
                                .slogans = {slogans, 1},
                                .every_s = 300,
                                .weight = 1,
                                .windows = windows,
                                .n_windows = 1},
                   z_display = {.boards = both,
                                .n_boards = 2,
                                .slogans = {slogans, 2},
                                .every_s = 70,
                                .after = 1,
                                .weight = 3,
                                .windows = late,
                                .n_windows = 1},
                   e_display = {.boards = elsewhere,
                                .n_boards = 1,
                                .slogans = {slogans, 1},
                                .every_s = 70,
                                .weight = 3,
                                .windows = windows,
                                .n_windows = 1};
    struct campaign a = {.id = TEXT("air"), .displays = &a_display, .n_displays = 1},
                    z = {.id = TEXT("zoo"), .displays = &z_display, .n_displays = 1},
                    e = {.id = TEXT("else"), .displays = &e_display, .n_displays = 1};
    const struct campaign *const all[] = {&a, &campaign, &z};
    struct plan_boards *plan = plan_boards_new(&campaign, &office);

    (void)state;
    add_all(plan, &z);
    add_all(plan, &e);
    add_all(plan, &a);
    add_all(plan, &campaign);
    for (size_t board = 0; board < 2; board++) {
        int64_t expected = by_the_second(all, 3, board);

        assert_int_equal(plan->boards[board].n_rivals, 2);
        assert_int_equal(plan->boards[board].shown_ms, expected);
        assert_in_range(expected, 5 * MINUTE, 14 * MINUTE);
    }
    plan_boards_free(plan);
}

static void it_is_printed(void **state)
{
    static const char *const locales[] = {"en_GB.UTF-8", "zh_CN.UTF-8"};
    static const char *const lines[] = {
        "plaza   气象局        3     17  0:16:30  read back  read back\n",
        "plaza   气象局       3      17   0:16:30  已回读    已回读\n"};
    static const char *const targeted[] = {"1/2      3/3        -  ✕ no\n",
                                           "1/2   3/3      -  ✕ 否\n"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct plan_boards *plan = plan_boards_new(&campaign, &office);
        char *text = NULL, *rest, *line;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        setenv("LC_ALL", locales[i], 1);
        add_all(plan, &campaign);
        plan_boards_print(plan, out);
        fclose(out);
        if (!strstr(text, lines[i]))
            fail_msg("no \"%s\" in:\n%s", lines[i], text);
        if (!strstr(text, targeted[i]))
            fail_msg("no \"%s\" in:\n%s", targeted[i], text);
        assert_null(strstr(text, "idle"));
        rest = text;
        while ((line = strsep(&rest, "\n")))
            assert_in_range(utf8_columns(line), 0, 80);
        free(text);
        plan_boards_free(plan);
    }
}

static void programs_read_it(void **state)
{
    struct plan_boards *plan = plan_boards_new(&campaign, &office);
    struct jv *list;

    (void)state;
    add_all(plan, &campaign);
    list = plan_boards_json(plan);
    assert_int_equal(jv_size(list), 2);
    assert_int_equal(jv_number(jv_at(list, "/1/shown_seconds"), 0), 900);
    assert_int_equal(jv_number(jv_at(list, "/1/level_asked"), 0), LEVEL_STORED);
    assert_int_equal(jv_number(jv_at(list, "/1/level_most"), 0), LEVEL_STORED);
    jv_free(list);
    list = plan_targets_json(plan);
    assert_int_equal(jv_size(list), 3);
    assert_null(jv_text(jv_at(list, "/0/unit")));
    assert_int_equal(jv_number(jv_at(list, "/0/places/planned"), 0), 1);
    assert_string_equal(jv_text(jv_at(list, "/2/unit")), "price");
    assert_int_equal(jv_number(jv_at(list, "/2/minutes/asked"), 0), 16);
    assert_int_equal(jv_number(jv_at(list, "/2/minutes/planned"), 0), 15);
    jv_free(list);
    plan_boards_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_and_quiet_times_are_taken_off),
        cmocka_unit_test(others_take_their_turns),
        cmocka_unit_test(it_is_printed),
        cmocka_unit_test(programs_read_it),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
