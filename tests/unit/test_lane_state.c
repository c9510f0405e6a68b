/* test_lane_state: only ready reaches every state, the others reach only ready. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/model/lane_state.h"

static void test_changes(void **state)
{
    (void)state;
    for (int from = 0; from < LANE_STATES; from++)
        for (int to = 0; to < LANE_STATES; to++) {
            bool wanted = from != to && (from == LANE_READY || to == LANE_READY);

            if (lane_state_may_change((enum lane_state)from, (enum lane_state)to) != wanted)
                fail_msg("%s -> %s", lane_state_name((enum lane_state)from),
                         lane_state_name((enum lane_state)to));
        }
}

/* The books hold these numbers and --json these names. */
static void test_numbers_names_and_labels(void **state)
{
    static const char *const names[] = {"down", "ready", "paused", "throttled"};
    const char *english[LANE_STATES];

    (void)state;
    assert_int_equal(LANE_STATES, sizeof names / sizeof *names);
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    for (int i = 0; i < LANE_STATES; i++) {
        assert_string_equal(lane_state_name((enum lane_state)i), names[i]);
        english[i] = lane_state_label((enum lane_state)i);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(english[i], english[k]);
    }
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    for (int i = 0; i < LANE_STATES; i++)
        assert_string_not_equal(lane_state_label((enum lane_state)i), english[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_numbers_names_and_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
