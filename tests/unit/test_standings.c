/* test_standings: what words about one thing and about what holds it come to; and rates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/dispatch/rate.h"
#include "gateway/dispatch/standings.h"

static void say(struct standings *standings, int64_t number, struct steer steer)
{
    standings_add(standings, &steer, number);
}

static struct steer_standing unit(const struct standings *standings, const char *campaign)
{
    return standings_find(standings, &(struct standings_key){STEER_UNIT, "jinan", NULL, campaign});
}

static void the_last_word_counts_also_a_wider_one(void **state)
{
    struct standings standings = {0};

    (void)state;
    say(&standings, 1, (struct steer){STEER_UNIT, STEER_PAUSE, "", "jinan", 0, 0});
    say(&standings, 2, (struct steer){STEER_UNIT, STEER_RESUME, "c1", "jinan", 0, 0});
    say(&standings, 3, (struct steer){STEER_UNIT, STEER_PAUSE, "", "city", 0, 0});
    assert_true(unit(&standings, "").paused);
    assert_true(unit(&standings, "c2").paused);
    assert_false(unit(&standings, "c1").paused);
    say(&standings, 4, (struct steer){STEER_UNIT, STEER_PAUSE, "", "jinan", 0, 0});
    assert_true(unit(&standings, "c1").paused);
    say(&standings, 5, (struct steer){STEER_UNIT, STEER_CANCEL, "c1", "jinan", 0, 0});
    say(&standings, 6, (struct steer){STEER_UNIT, STEER_RESUME, "", "jinan", 0, 0});
    assert_true(unit(&standings, "c1").cancelled);
    assert_false(unit(&standings, "c2").cancelled);
    assert_false(unit(&standings, "c2").paused);
    standings_fini(&standings);
}

/* A resumption that the books answer after a younger pause doesn't undo that. */
static void words_take_their_place(void **state)
{
    struct standings standings = {0};

    (void)state;
    say(&standings, 2, (struct steer){STEER_UNIT, STEER_PAUSE, "c1", "jinan", 0, 0});
    say(&standings, 1, (struct steer){STEER_UNIT, STEER_RESUME, "c1", "jinan", 0, 0});
    assert_true(unit(&standings, "c1").paused);
    say(&standings, 4, (struct steer){STEER_UNIT, STEER_RESUME, "c1", "jinan", 0, 0});
    say(&standings, 3, (struct steer){STEER_UNIT, STEER_PAUSE, "", "jinan", 0, 0});
    assert_false(unit(&standings, "c1").paused);
    assert_true(unit(&standings, "c2").paused);
    standings_fini(&standings);
}

static void a_bank_holds_its_modems(void **state)
{
    static const struct standings_key own = {STEER_MODEM, "m/1", "m", ""};
    static const struct standings_key other = {STEER_MODEM, "m/2", "m", ""};
    struct standings standings = {0};

    (void)state;
    say(&standings, 1, (struct steer){STEER_MODEM, STEER_PAUSE, "", "m", 0, 0});
    say(&standings, 2, (struct steer){STEER_MODEM, STEER_RESUME, "", "m/1", 0, 0});
    assert_true(standings_find(&standings, &own).resumed);
    assert_true(standings_find(&standings, &other).paused);
    standings_fini(&standings);
}

/* However often something is said, it is kept once. */
static void what_is_superseded_is_forgotten(void **state)
{
    struct standings standings = {0};

    (void)state;
    for (int i = 1; i <= 1000; i++) {
        say(&standings, 3 * i, (struct steer){STEER_UNIT, STEER_PAUSE, "c1", "jinan", 0, 0});
        say(&standings, 3 * i + 1, (struct steer){STEER_UNIT, STEER_RESUME, "c1", "jinan", 0, 0});
        say(&standings, 3 * i + 2, (struct steer){STEER_UNIT, STEER_RATE, "c1", "jinan", i, 0});
    }
    assert_int_equal(standings.of[STEER_UNIT].n, 2);
    assert_int_equal(unit(&standings, "c1").rate, 1000);
    assert_true(unit(&standings, "c1").resumed);
    standings_fini(&standings);
}

/* 3,600 an hour is one a second, and what comes back counts for nothing, also when the rate has
 * changed meanwhile. */
static void a_rate_is_spread(void **state)
{
    int64_t now = INT64_C(1793406600000), again;
    struct rate_use use, old;
    struct rate rate = {0};

    (void)state;
    assert_int_equal(rate_ask(NULL, now, 1, &again), METER_FREE);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_FREE);
    assert_int_equal(rate_capacity(&rate, now, 1000), INT64_MAX);
    rate_set(&rate, 3600);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_FREE);
    use = rate_take(&rate, meter_slot(now), 1);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_PACE);
    assert_in_range(again, now + 900, now + 1100);
    rate_give_back(&use, meter_slot(now), 1);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_FREE);
    old = rate_take(&rate, meter_slot(now), 1);
    rate_set(&rate, 2);
    (void)rate_take(&rate, meter_slot(now), 1);
    rate_give_back(&old, meter_slot(now), 1);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_PACE);
    assert_int_equal(rate_ask(&rate, now, 3, &again), METER_HOUR);
    assert_true(again > now && again < INT64_MAX);
    rate_set(&rate, 0);
    assert_int_equal(rate_ask(&rate, now, 1, &again), METER_FREE);
    rate_fini(&rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_counts_also_a_wider_one),
        cmocka_unit_test(words_take_their_place),
        cmocka_unit_test(a_bank_holds_its_modems),
        cmocka_unit_test(what_is_superseded_is_forgotten),
        cmocka_unit_test(a_rate_is_spread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
