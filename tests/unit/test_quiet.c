/* test_quiet: times as people write them, nights, days of the week, clocks that are moved. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "gateway/model/quiet.h"
#include "gateway/model/window.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (1440 * MINUTE_MS)

static void use_zone(const char *zone)
{
    assert_int_equal(setenv("TZ", zone, 1), 0);
    tzset();
}

static int64_t wall(const char *text)
{
    int64_t wall_ms;

    assert_int_equal(window_parse_time(text, &wall_ms), 0);
    return wall_ms;
}

static struct quiet quiet_of(const char *a, const char *b)
{
    struct quiet quiet = {0};

    assert_int_equal(quiet_add(&quiet, a), 0);
    if (b)
        assert_int_equal(quiet_add(&quiet, b), 0);
    return quiet;
}

static void test_bad_texts(void **state)
{
    static const char *const cases[] = {
        "",
        "07:00",
        "07:00-",
        "7:00-08:00",
        "07:00-08:60",
        "07:00-24:01",
        "24:00-01:00",
        "25:00-26:00",
        "07:00 - 08:00",
        "07:00-08:00 ",
        " 07:00-08:00",
        "mon",
        "mon07:00-08:00",
        "mon- 07:00-08:00",
        "mon, 07:00-08:00",
        "mon,,tue 07:00-08:00",
        "monday 07:00-08:00",
        "mon-fri-sun 07:00-08:00",
        "day 07:00-08:00",
        "周一 07:00-08:00",
        "07:00-08:00,09:00-10:00",
        "0\xC3:00-08:00",
    };
    struct quiet quiet = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(quiet_add(&quiet, cases[i]), 1);
    assert_int_equal(quiet.n, 0);
    assert_null(quiet.spans);
}

/* 2026-10-31 is a Saturday. */
static void test_when(void **state)
{
    static const struct {
        const char *span, *at;
        bool quiet;
        const char *next; /* NULL: never */
    } cases[] = {
        {"07:00-08:30", "2026-10-31 06:59:59", false, "2026-10-31 07:00"},
        {"07:00-08:30", "2026-10-31 07:00:00", true, "2026-10-31 08:30"},
        {"07:00-08:30", "2026-10-31 08:29:59", true, "2026-10-31 08:30"},
        {"07:00-08:30", "2026-10-31 08:30:00", false, "2026-11-01 07:00"},
        {"22:00-06:00", "2026-10-31 23:00", true, "2026-11-01 06:00"},
        {"22:00-06:00", "2026-10-31 03:00", true, "2026-10-31 06:00"},
        {"sat 22:00-06:00", "2026-10-31 03:00", false, "2026-10-31 22:00"},
        {"sat 22:00-06:00", "2026-11-01 03:00", true, "2026-11-01 06:00"},
        {"sun 22:00-06:00", "2026-11-02 03:00", true, "2026-11-02 06:00"},
        {"mon-fri 07:00-08:30", "2026-10-31 07:30", false, "2026-11-02 07:00"},
        {"MON-FRI 07:00-08:30", "2026-11-06 08:30", false, "2026-11-09 07:00"},
        {"fri-mon  00:00-24:00", "2026-10-31 12:00", true, "2026-11-03 00:00"},
        {"sat,wed 10:00-11:00", "2026-10-31 10:30", true, "2026-10-31 11:00"},
        {"sat 10:00-11:00", "2026-10-31 11:00", false, "2026-11-07 10:00"},
        {"00:00-24:00", "2026-10-31 12:00", true, NULL},
        {"12:00-12:00", "2026-10-31 11:00", true, NULL},
        {"21:00-24:00", "2026-10-31 21:00", true, "2026-11-01 00:00"},
        {"21:00-00:00", "2026-10-31 21:00", true, "2026-11-01 00:00"},
    };

    (void)state;
    use_zone("CST-8");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct quiet quiet = quiet_of(cases[i].span, NULL);
        int64_t at = wall(cases[i].at);

        assert_int_equal(quiet_at(&quiet, at), cases[i].quiet);
        assert_int_equal(quiet_next_ms(&quiet, at),
                         cases[i].next ? wall(cases[i].next) : INT64_MAX);
        quiet_free(&quiet);
    }
}

static void test_never(void **state)
{
    struct quiet quiet = {0};

    (void)state;
    assert_false(quiet_at(&quiet, 0));
    assert_int_equal(quiet_next_ms(&quiet, 0), INT64_MAX);
}

/* Every answer of quiet_next_ms against a walk by single minutes, also over the two nights of a
 * year in which clocks are moved, in a zone where that is by half an hour. */
static void test_walk(void **state)
{
    static const char *const zones[] = {"CST-8", "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "LHST-10:30LHDT-11,M10.1.0,M4.1.0"};
    static const char *const days[] = {"2026-03-28 00:00", "2026-10-24 00:00", "2026-04-04 00:00",
                                       "2026-10-03 00:00"};
    static const char *const spans[][2] = {
        {"02:30-03:15", NULL},
        {"01:45-02:10", "sun 02:20-23:00"},
        {"23:00-02:30", "mon-wed 09:00-09:01"},
    };

    (void)state;
    for (size_t z = 0; z < 3; z++)
        for (size_t s = 0; s < 3; s++)
            for (size_t d = 0; d < 4; d++) {
                struct quiet quiet = quiet_of(spans[s][0], spans[s][1]);
                int64_t from, next;

                use_zone(zones[z]);
                from = wall(days[d]);
                next = quiet_next_ms(&quiet, from - 1);
                for (int64_t at = from; at < from + 3 * DAY_MS; at += MINUTE_MS) {
                    bool before = quiet_at(&quiet, at - 1);

                    assert_int_equal(next == at, quiet_at(&quiet, at) != before);
                    if (next == at)
                        next = quiet_next_ms(&quiet, at);
                }
                quiet_free(&quiet);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_when),
        cmocka_unit_test(test_never),
        cmocka_unit_test(test_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
