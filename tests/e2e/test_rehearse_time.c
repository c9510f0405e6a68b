/* test_rehearse_time: rehearsals in virtual time: when they are finished depends on air times,
 * pauses, limits and windows, never on the machine, and the same seed gives the same day. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "tests/e2e/rehearse_kit.h"
#include "tests/support/stage.h"

#define CITY_OFFICE                                                                                \
    "office = { name = \"o\"; timezone = \"Asia/Shanghai\"; };\n"                                  \
    "ledger = { path = \"books.db\"; };\n"                                                         \
    "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"       \
    "          { id = \"jinan\"; name = \"金安区\"; signature = \"金安区\"; } );\n"

static void write_messages(const struct stage *stage, const char *windows, int64_t quota,
                           int64_t reserve)
{
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"宪法日\"; windows = ( %s );\n"
                "  sms = { text = \"{姓名}学法守法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = %lld; recipients = \"city.csv\"; "
                "               reserve = \"reserve.csv\"; } ); };\n",
                windows, (long long)quota);
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, (size_t)quota);
    stage_write_numbers(stage, "reserve.csv", STAGE_FIRST + 500000, (size_t)reserve);
}

/* Runs it with more options (NULL: none) and gives what report.json says. */
static struct jv *rehearse(const struct stage *stage, int code, const char *option,
                           const char *value)
{
    const char *const plain[] = {"rehearse", "-q",  "-c",           "lawcast.cfg",
                                 "--out",    "out", "campaign.cfg", NULL};
    const char *const more[] = {"rehearse", "-q",   "-c",  "lawcast.cfg",  "--out",
                                "out",      option, value, "campaign.cfg", NULL};
    char *output = stage_ends(stage, code, option ? more : plain);

    if (!strstr(output, "The books agree"))
        fail_msg("the books don't agree: %s", output);
    free(output);
    return read_report(stage);
}

static void assert_finished(const struct jv *report, const char *when)
{
    assert_string_equal(jv_text(jv_at(report, "/rehearsal/finished")), when);
}

/* Three modems, 3 s for each part, 100 messages each: 300 s, to the second, whatever the machine.
 */
static void test_air_decides(void **state)
{
    struct stage stage;
    struct jv *report;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                CITY_OFFICE "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-2]\"; } );\n");
    write_messages(&stage, "{ from = \"2026-10-31 08:30\"; to = \"2026-10-31 09:00\"; }", 300, 1);
    report = rehearse(&stage, 0, NULL, NULL);
    assert_finished(report, "2026-10-31T08:35:00+08:00");
    assert_int_equal(figure(report, "/totals/delivered"), 300);
    assert_int_equal(figure(report, "/rehearsal/short"), 0);
    assert_in_range(figure(report, "/rehearsal/real_seconds"), 0, 60);
    jv_free(report);
    /* 100 parts of 1.25 s on a grid of 100 ms: what is rounded is made up for. */
    report = rehearse(&stage, 0, "--air-ms", "1250");
    assert_finished(report, "2026-10-31T08:32:05+08:00");
    jv_free(report);
    stage_close(&stage);
}

/* The pause between two parts counts as the air does, but not before the first: 99 x 5 s + 3 s. */
static void test_pauses_count(void **state)
{
    struct stage stage;
    struct jv *report;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                CITY_OFFICE "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-2]\"; "
                            "gap_ms = 2000; } );\n");
    write_messages(&stage, "{ from = \"2026-10-31 08:30\"; to = \"2026-10-31 09:00\"; }", 300, 1);
    report = rehearse(&stage, 0, NULL, NULL);
    assert_finished(report, "2026-10-31T08:38:18+08:00");
    jv_free(report);
    stage_close(&stage);
}

/* Two SIMs, 60 parts an hour and 100 a day each, windows on three days: 100 + 100 a day, and what
 * is left on the third morning. */
static void test_limits_decide_over_days(void **state)
{
    struct stage stage;
    struct jv *report;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                CITY_OFFICE "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-1]\"; "
                            "per_hour = 60; per_day = 100; } );\n");
    write_messages(&stage,
                   "{ from = \"2026-10-31 08:30\"; to = \"2026-10-31 10:30\"; },"
                   "{ from = \"2026-11-01 08:30\"; to = \"2026-11-01 10:30\"; },"
                   "{ from = \"2026-11-02 08:30\"; to = \"2026-11-02 10:30\"; }",
                   420, 1);
    report = rehearse(&stage, 0, NULL, NULL);
    assert_int_equal(figure(report, "/totals/delivered"), 420);
    assert_int_equal(jv_size(jv_at(report, "/days")), 3);
    assert_int_equal(figure(report, "/days/0/delivered"), 200);
    assert_int_equal(figure(report, "/days/1/delivered"), 200);
    assert_int_equal(figure(report, "/days/2/delivered"), 20);
    assert_int_equal(strncmp(jv_text(jv_at(report, "/rehearsal/finished")), "2026-11-02T08:4", 15),
                     0);
    jv_free(report);
    stage_close(&stage);
}

/* What must not differ: everything but how long the machine took. */
static char *figures_of(struct jv *report)
{
    static const char *const parts[] = {
        "/units",  "/operators",          "/modems",         "/sims", "/days", "/boards", "/shown",
        "/totals", "/rehearsal/finished", "/rehearsal/risks"};
    struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const struct jv *part = jv_at(report, parts[i]);

        assert_non_null(part);
        jv_write(part, true, &text);
    }
    jv_free(report);
    return buffer_take(&text);
}

/* Numbers that fail, a reserve, two boards, two windows: the same day twice; other odds are another
 * day. */
static void test_same_seed_same_day(void **state)
{
    char *first, *second, *third;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    write_world(&stage);
    first = figures_of(rehearse(&stage, 0, "--undelivered", "60"));
    second = figures_of(rehearse(&stage, 0, "--undelivered", "60"));
    assert_string_equal(first, second);
    third = figures_of(rehearse(&stage, 0, "--undelivered", "90"));
    assert_string_not_equal(first, third);
    free(first);
    free(second);
    free(third);
    stage_close(&stage);
}

/* A window that is too short, and modems that stop: what is sent is the same each time, and the
 * risks say why it isn't enough. */
static void test_lost_modems(void **state)
{
    char *first, *second, *output;
    struct stage stage;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                CITY_OFFICE "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-3]\"; } );\n");
    write_messages(&stage, "{ from = \"2026-10-31 08:30\"; to = \"2026-10-31 08:35\"; }", 400, 1);
    first = figures_of(rehearse(&stage, 3, "--lost", "700"));
    second = figures_of(rehearse(&stage, 3, "--lost", "700"));
    assert_string_equal(first, second);
    assert_non_null(strstr(first, "\"modems\""));
    assert_non_null(strstr(first, "\"short\""));
    free(second);
    output = stage_ends(&stage, 3,
                        ARGS("rehearse", "-q", "-c", "lawcast.cfg", "--out", "out", "--lost", "700",
                             "--seed", "2", "campaign.cfg"));
    second = figures_of(read_report(&stage));
    assert_string_not_equal(first, second);
    free(output);
    free(first);
    free(second);
    stage_close(&stage);
}

/* A board's showing lasts as long as its slot, less the 2 s that it is read before its end: on a
 * clock that stands there is nothing else to lose. */
static void test_showings_to_the_second(void **state)
{
    struct stage stage;
    struct jv *report;

    (void)state;
    stage_open(&stage);
    write_half_a_world(&stage);
    report = rehearse(&stage, 0, NULL, NULL);
    assert_int_equal(figure(report, "/boards/0/planned"), 5);
    assert_in_range(figure(report, "/boards/0/shown_seconds"), 5 * (120 - 2), 5 * 120);
    jv_free(report);
    stage_close(&stage);
}

/* At most 30 times as fast as the day: 30 s in a second or more. */
static void test_speed(void **state)
{
    struct stage stage;
    struct jv *report;
    int64_t start_ms, took_ms;

    (void)state;
    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                CITY_OFFICE "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-2]\"; } );\n");
    write_messages(&stage, "{ from = \"2026-10-31 08:30\"; to = \"2026-10-31 08:31\"; }", 30, 1);
    start_ms = clock_mono_ms();
    report = rehearse(&stage, 0, "--speed", "30");
    took_ms = clock_mono_ms() - start_ms;
    assert_finished(report, "2026-10-31T08:30:30+08:00");
    assert_true(took_ms >= 1000);
    jv_free(report);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_air_decides),
                                       cmocka_unit_test(test_pauses_count),
                                       cmocka_unit_test(test_limits_decide_over_days),
                                       cmocka_unit_test(test_same_seed_same_day),
                                       cmocka_unit_test(test_lost_modems),
                                       cmocka_unit_test(test_showings_to_the_second),
                                       cmocka_unit_test(test_speed)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
