/* test_calendar: phases, quiet times and holidays become windows, day by day, in zones that move
 * their clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/model/calendar.h"

#define HOUR (INT64_C(3600) * 1000)
#define DAY  (24 * HOUR)

static void go_to(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static int64_t day_of(const char *text)
{
    int64_t day;

    assert_int_equal(calendar_parse_date(text, &day), 0);
    return day;
}

static int64_t at(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

static struct quiet times(const char *const *texts)
{
    struct quiet quiet = {0};

    for (; *texts; texts++)
        assert_int_equal(quiet_add(&quiet, *texts), 0);
    return quiet;
}

/* "2026-03-29T01:00Z/90" for each window: when it begins in UTC, and for how many minutes. */
static void expect(const struct calendar *calendar, const char *wanted)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < calendar->n; i++) {
        time_t from = (time_t)(calendar->items[i].from_ms / 1000);
        char utc[32];
        struct tm tm;

        gmtime_r(&from, &tm);
        strftime(utc, sizeof utc, "%m-%d %H:%M", &tm);
        buffer_printf(&text, "%s%s/%lld", i ? ", " : "", utc,
                      (long long)(calendar->items[i].to_ms - calendar->items[i].from_ms) / 60000);
    }
    assert_string_equal(buffer_text(&text), wanted);
}

static const struct {
    const char *zone, *from, *to, *daily[4], *wanted;
} phases[] = {
    {"Asia/Shanghai",
     "2026-04-10",
     "2026-04-13",
     {"mon-fri 08:30-11:00", "mon-fri 14:30-17:00"},
     "04-10 00:30/150, 04-10 06:30/150, 04-13 00:30/150, 04-13 06:30/150"},
    /* past midnight: of the last day, too, and of no day before the first */
    {"Asia/Shanghai",
     "2026-04-10",
     "2026-04-11",
     {"22:00-02:00"},
     "04-10 14:00/240, 04-11 14:00/240"},
    {"Asia/Shanghai", "2026-04-10", "2026-04-10", {"00:00-24:00"}, "04-09 16:00/1440"},
    {"Asia/Shanghai", "2026-04-11", "2026-04-12", {"mon-fri 08:00-09:00"}, ""},
    {"Asia/Shanghai",
     "2024-02-28",
     "2024-03-01",
     {"08:00-09:00"},
     "02-28 00:00/60, 02-29 00:00/60, 03-01 00:00/60"},
    /* China moved its clocks from 1986 to 1991: on 4 May 1986 there is no 02:30 */
    {"Asia/Shanghai",
     "1986-05-03",
     "1986-05-05",
     {"02:15-04:00"},
     "05-02 18:15/105, 05-03 18:00/60, 05-04 17:15/105"},
    {"Asia/Shanghai",
     "1986-09-13",
     "1986-09-14",
     {"08:00-09:00"},
     "09-12 23:00/60, 09-14 00:00/60"},
    /* 29 March: 02:00 is 03:00; 25 October: 03:00 is 02:00 */
    {"Europe/Berlin",
     "2026-03-28",
     "2026-03-30",
     {"01:30-03:30"},
     "03-28 00:30/120, 03-29 00:30/60, 03-29 23:30/120"},
    {"Europe/Berlin", "2026-03-28", "2026-03-29", {"02:15-02:45"}, "03-28 01:15/30"},
    {"Europe/Berlin", "2026-10-25", "2026-10-25", {"01:30-03:30"}, "10-24 23:30/180"},
    {"Europe/Berlin",
     "2026-10-25",
     "2026-10-25",
     {"02:15-02:45"},
     "10-25 00:15/30, 10-25 01:15/30"},
    {"Europe/Berlin",
     "2026-10-24",
     "2026-10-25",
     {"00:00-24:00"},
     "10-23 22:00/1440, 10-24 22:00/1500"},
    /* Havana: on 8 March no 00:00; on 1 November 00:00 to 01:00 twice */
    {"America/Havana",
     "2026-03-07",
     "2026-03-09",
     {"00:00-24:00"},
     "03-07 05:00/1440, 03-08 05:00/1380, 03-09 04:00/1440"},
    {"America/Havana", "2026-03-08", "2026-03-08", {"00:00-00:30"}, ""},
    {"America/Havana", "2026-03-07", "2026-03-07", {"22:00-02:00"}, "03-08 03:00/180"},
    {"America/Havana", "2026-11-01", "2026-11-01", {"00:00-01:00"}, "11-01 04:00/120"},
    {"America/Havana",
     "2026-11-01",
     "2026-11-01",
     {"00:15-00:30"},
     "11-01 04:15/15, 11-01 05:15/15"},
    /* a half hour */
    {"Australia/Lord_Howe",
     "2026-04-04",
     "2026-04-05",
     {"01:00-03:00"},
     "04-03 14:00/120, 04-04 14:00/150"},
    /* a whole day is skipped */
    {"Pacific/Apia", "2011-12-29", "2011-12-31", {"08:00-09:00"}, "12-29 18:00/60, 12-30 18:00/60"},
};

static void test_phases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct quiet daily = times(phases[i].daily);
        struct calendar calendar = {0};

        go_to(phases[i].zone);
        print_message("%s %s\n", phases[i].zone, phases[i].from);
        calendar_add_phase(&calendar, day_of(phases[i].from), day_of(phases[i].to), &daily);
        expect(&calendar, phases[i].wanted);
        assert_false(calendar.full);
        calendar_free(&calendar);
        quiet_free(&daily);
    }
}

static const struct {
    const char *zone, *from, *to, *wanted;
} holidays[] = {
    {"Asia/Shanghai", "2026-10-01", "2026-10-07", "09-30 16:00/10080"},
    {"Europe/Berlin", "2026-03-29", "2026-03-29", "03-28 23:00/1380"},
    {"America/Havana", "2026-03-08", "2026-03-08", "03-08 05:00/1380"},
    {"America/Havana", "2026-11-01", "2026-11-01", "11-01 04:00/1500"},
    {"Pacific/Apia", "2011-12-30", "2011-12-30", ""},
};

static void test_days(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof holidays / sizeof *holidays; i++) {
        struct calendar calendar = {0};

        go_to(holidays[i].zone);
        calendar_add_days(&calendar, day_of(holidays[i].from), day_of(holidays[i].to));
        expect(&calendar, holidays[i].wanted);
        for (size_t k = 0; k < calendar.n; k++) {
            assert_int_equal(calendar_day(calendar.items[k].from_ms), day_of(holidays[i].from));
            assert_int_equal(calendar_day(calendar.items[k].to_ms - 1), day_of(holidays[i].to));
            assert_int_equal(calendar_day(calendar.items[k].to_ms), day_of(holidays[i].to) + 1);
        }
        calendar_free(&calendar);
    }
}

static void test_dates(void **state)
{
    static const struct {
        const char *text;
        int64_t day; /* -1: none */
    } cases[] = {
        {"1970-01-01", 0},  {"1970-01-02", 1},       {"2000-02-29", 11016}, {"2026-10-31", 20757},
        {"1969-12-31", -1}, {"2026-02-29", -1},      {"2026-13-01", -1},    {"2026-00-01", -1},
        {"2026-01-00", -1}, {"2026-1-01", -1},       {"2026-01-01 ", -1},   {"2026-01-0", -1},
        {"", -1},           {"2026/01/01", -1},      {" 2026-01-01", -1},   {"2026-04-31", -1},
        {"+026-01-01", -1}, {"9999-12-31", 2932896},
    };

    (void)state;
    go_to("Asia/Shanghai");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t day = -1;

        assert_int_equal(calendar_parse_date(cases[i].text, &day), cases[i].day < 0);
        assert_int_equal(day, cases[i].day);
    }
}

static void test_merge(void **state)
{
    struct calendar calendar = {0};

    (void)state;
    calendar_merge(&calendar);
    assert_int_equal(calendar.n, 0);
    calendar_add(&calendar, 50, 60);
    calendar_add(&calendar, 10, 20);
    calendar_add(&calendar, 20, 30);
    calendar_add(&calendar, 5, 40);
    calendar_add(&calendar, 60, 60);
    calendar_add(&calendar, 70, 60);
    assert_int_equal(calendar.n, 4);
    calendar_merge(&calendar);
    assert_int_equal(calendar.n, 2);
    assert_int_equal(calendar.items[0].from_ms, 5);
    assert_int_equal(calendar.items[0].to_ms, 40);
    assert_int_equal(calendar.items[1].from_ms, 50);
    assert_int_equal(calendar_open_ms(calendar.items, calendar.n), 45);
    calendar_free(&calendar);
}

static void test_less(void **state)
{
    static const struct {
        struct window off[3];
        size_t n_off;
        struct window left[5];
        size_t n;
    } cases[] = {
        {{{0, 0}}, 0, {{10, 20}, {30, 40}}, 2},
        {{{0, 10}, {20, 30}, {40, 99}}, 3, {{10, 20}, {30, 40}}, 2},
        {{{0, 99}}, 1, {{0, 0}}, 0},
        {{{12, 14}, {16, 35}}, 2, {{10, 12}, {14, 16}, {35, 40}}, 3},
        {{{5, 12}, {18, 31}, {39, 50}}, 3, {{12, 18}, {31, 39}}, 2},
        {{{10, 20}}, 1, {{30, 40}}, 1},
        {{{11, 12}, {13, 14}, {31, 32}}, 3, {{10, 11}, {12, 13}, {14, 20}, {30, 31}, {32, 40}}, 5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct calendar calendar = {0};

        calendar_add(&calendar, 10, 20);
        calendar_add(&calendar, 30, 40);
        calendar_less(&calendar, cases[i].off, cases[i].n_off);
        assert_int_equal(calendar.n, cases[i].n);
        for (size_t k = 0; k < calendar.n; k++) {
            assert_int_equal(calendar.items[k].from_ms, cases[i].left[k].from_ms);
            assert_int_equal(calendar.items[k].to_ms, cases[i].left[k].to_ms);
        }
        calendar_free(&calendar);
    }
}

static const struct {
    const char *zone, *from, *to, *quiet[4], *wanted;
} quiets[] = {
    {"Asia/Shanghai",
     "2026-10-30 20:00",
     "2026-11-01 10:00",
     {"21:00-08:00"},
     "10-30 12:00/60, 10-31 00:00/780, 11-01 00:00/120"},
    {"Asia/Shanghai", "2026-10-31 08:30", "2026-10-31 11:00", {"21:00-08:00"}, "10-31 00:30/150"},
    {"Asia/Shanghai", "2026-10-31 22:00", "2026-11-01 07:00", {"21:00-08:00"}, ""},
    {"Asia/Shanghai",
     "2026-10-31 08:30",
     "2026-10-31 11:00",
     {"sat 09:00-10:00", "sat 09:30-10:30"},
     "10-31 00:30/30, 10-31 02:30/30"},
    {"Asia/Shanghai", "2026-10-31 08:30", "2026-10-31 11:00", {NULL}, "10-31 00:30/150"},
    {"Europe/Berlin",
     "2026-03-29 00:00",
     "2026-03-29 12:00",
     {"02:30-04:00"},
     "03-28 23:00/120, 03-29 02:00/480"},
    {"Europe/Berlin",
     "2026-10-25 00:00",
     "2026-10-25 12:00",
     {"02:15-02:45"},
     "10-24 22:00/135, 10-25 00:45/30, 10-25 01:45/555"},
    /* skipped on the 29th: the next one is 14 days after the last */
    {"Europe/Berlin",
     "2026-03-22 12:00",
     "2026-04-05 12:00",
     {"sun 02:15-02:45"},
     "03-22 11:00/19515, 04-05 00:45/555"},
};

static void test_quiet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quiets / sizeof *quiets; i++) {
        struct quiet quiet = times(quiets[i].quiet);
        struct calendar calendar = {0};

        go_to(quiets[i].zone);
        print_message("%s %s\n", quiets[i].zone, quiets[i].from);
        calendar_add(&calendar, at(quiets[i].from), at(quiets[i].to));
        calendar_less_quiet(&calendar, &quiet);
        expect(&calendar, quiets[i].wanted);
        calendar_free(&calendar);
        quiet_free(&quiet);
    }
}

/* Minute by minute, what is left is what is open and not quiet. */
static void test_quiet_minutes(void **state)
{
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/Havana",
                                        "Australia/Lord_Howe"};
    static const char *const texts[] = {"21:00-08:00", "mon-fri 11:30-13:00", "sun 00:30-02:30",
                                        NULL};
    struct quiet quiet = times(texts);

    (void)state;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        struct calendar calendar = {0};
        int64_t from, open = 0;

        go_to(zones[i]);
        from = at("2026-03-01 05:17");
        calendar_add(&calendar, from, from + 45 * DAY);
        calendar_less_quiet(&calendar, &quiet);
        for (int64_t ms = from; ms < from + 45 * DAY; ms += 60000) {
            bool is_open = window_at(calendar.items, calendar.n, ms) != NULL;

            assert_int_equal(is_open, !quiet_at(&quiet, ms));
            open += is_open ? 60000 : 0;
        }
        assert_int_equal(calendar_open_ms(calendar.items, calendar.n), open);
        calendar_free(&calendar);
    }
    quiet_free(&quiet);
}

static void test_full(void **state)
{
    static const char *const daily[] = {"08:00-09:00", NULL}, *const night[] = {"21:00-08:00",
                                                                                NULL};
    struct quiet spans = times(daily), quiet = times(night);
    struct calendar calendar = {0};

    (void)state;
    go_to("Asia/Shanghai");
    calendar_add_phase(&calendar, day_of("2026-01-01"), day_of("2031-06-23"), &spans);
    assert_int_equal(calendar.n, CALENDAR_MOST);
    assert_false(calendar.full);
    calendar_free(&calendar);
    calendar_add_phase(&calendar, day_of("2026-01-01"), day_of("9999-12-31"), &spans);
    assert_true(calendar.full);
    assert_int_equal(calendar.n, CALENDAR_MOST + 1);
    calendar_free(&calendar);
    calendar_add(&calendar, at("2026-01-01 00:00"), at("2036-01-01 00:00"));
    calendar_less_quiet(&calendar, &quiet);
    assert_true(calendar.full);
    calendar_free(&calendar);
    quiet_free(&spans);
    quiet_free(&quiet);
}

static const struct {
    const char *until, *wanted;
} extensions[] = {
    {"2026-10-30 11:40", "10-30 00:30/190"},
    {"2026-10-30 11:00", "10-30 00:30/150"},
    {"2026-10-30 10:00", "10-30 00:30/150"},
    {"2026-10-30 21:30", "10-30 00:30/750"},
    {"2026-10-31 08:30", "10-30 00:30/750"}, /* a holiday */
    {"2026-11-01 08:30", "10-30 00:30/750, 11-01 00:00/30"},
};

static void test_extend(void **state)
{
    static const char *const night[] = {"21:00-08:00", NULL};
    struct quiet quiet = times(night);
    struct calendar holiday = {0}, none = {0};

    (void)state;
    go_to("Asia/Shanghai");
    calendar_add_days(&holiday, day_of("2026-10-31"), day_of("2026-10-31"));
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        struct calendar calendar = {0};

        calendar_add(&calendar, at("2026-10-30 08:30"), at("2026-10-30 11:00"));
        calendar_extend(&calendar, at(extensions[i].until), &quiet, holiday.items, holiday.n);
        expect(&calendar, extensions[i].wanted);
        calendar_free(&calendar);
    }
    calendar_extend(&none, at("2026-11-01 08:30"), &quiet, holiday.items, holiday.n);
    assert_int_equal(none.n, 0);
    calendar_free(&holiday);
    quiet_free(&quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phases),        cmocka_unit_test(test_days),
        cmocka_unit_test(test_dates),         cmocka_unit_test(test_merge),
        cmocka_unit_test(test_less),          cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_quiet_minutes), cmocka_unit_test(test_full),
        cmocka_unit_test(test_extend),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
