/* test_desired: the owner first, then whose turn it is.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/dispatch/desired.h"

#define NOW   INT64_C(1793406600000)
#define NEVER INT64_MAX

static void test_table(void **state)
{
    static const struct desired_claim one[] = {{1, NOW + 90000}};
    static const struct desired_claim two[] = {{1, NOW + 90000}, {1, NOW + 500000}};
    static const struct {
        struct desired_ask ask;
        size_t claim;
        int64_t until_ms;
    } cases[] = {
        {{.quiet_until_ms = NEVER}, DESIRED_NOTHING, NEVER},
        {{.quiet_until_ms = NOW + 7}, DESIRED_NOTHING, NOW + 7},
        {{.quiet_until_ms = NEVER, .claims = one, .n = 1}, 0, NOW + 90000},
        {{.quiet_until_ms = NOW + 7, .claims = one, .n = 1}, 0, NOW + 7},
        {{.quiet_until_ms = NOW + 100000, .claims = one, .n = 1}, 0, NOW + 90000},
        {{.quiet = true, .quiet_until_ms = NOW + 7, .claims = one, .n = 1},
         DESIRED_NOTHING,
         NOW + 7},
        {{.released = true, .quiet_until_ms = NOW + 7, .claims = one, .n = 1},
         DESIRED_NOTHING,
         NEVER},
        {{.released = true, .quiet = true, .quiet_until_ms = NOW + 7, .claims = two, .n = 2},
         DESIRED_NOTHING,
         NEVER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desired_ask ask = cases[i].ask;
        struct desired desired;

        ask.now_ms = NOW;
        ask.turn_ms = 30000;
        desired = desired_now(&ask);
        assert_int_equal(desired.claim, cases[i].claim);
        assert_int_equal(desired.until_ms, cases[i].until_ms);
    }
}

/* Walked from one change to the next: everybody has a share, and every step goes on. */
static void test_turns(void **state)
{
    struct desired_claim claims[] = {{1, NOW + 3600000}, {2, NOW + 3600000}};
    struct desired_ask ask = {.quiet_until_ms = NEVER, .turn_ms = 30000, .claims = claims, .n = 2};
    int64_t had[2] = {0};

    (void)state;
    for (ask.now_ms = NOW; ask.now_ms < NOW + 3600000;) {
        struct desired desired = desired_now(&ask);

        assert_true(desired.claim < 2 && desired.until_ms > ask.now_ms);
        had[desired.claim] += desired.until_ms - ask.now_ms;
        ask.now_ms = desired.until_ms;
    }
    assert_int_equal(had[0], 1200000);
    assert_int_equal(had[1], 2400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_turns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
