/* test_sim_due: the order in which reports come, and what a number's fate is.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/sim/due.h"
#include "tests/sim/fate.h"

enum { REPORTS = 3000, TIMES = 40 };

static void push(struct due *due, int64_t due_ms, uint8_t reference)
{
    struct report report = {.due_ms = due_ms, .reference = reference};

    due_push(due, &report);
}

/* By time, and first in first out at one time. */
static void test_order(void **state)
{
    uint8_t pushed[TIMES] = {0}, popped[TIMES] = {0};
    struct due due = {0};
    int64_t last = 0;

    (void)state;
    srand(7);
    assert_null(due_front(&due));
    for (int i = 0; i < REPORTS; i++) {
        int time = rand() % TIMES;

        push(&due, time, pushed[time]++);
    }
    for (int i = 0; i < REPORTS; i++) {
        struct report report = *due_front(&due);

        due_pop(&due);
        assert_true(report.due_ms >= last);
        last = report.due_ms;
        assert_int_equal(report.reference, popped[last]++);
    }
    assert_null(due_front(&due));
    due_free(&due);
}

/* Pushed and popped in turn, as a bank does. */
static void test_turns(void **state)
{
    struct due due = {0};
    int64_t last = 0;

    (void)state;
    srand(8);
    for (int i = 0; i < REPORTS; i++) {
        push(&due, last + rand() % TIMES, 0);
        push(&due, last + rand() % TIMES, 0);
        assert_true(due_front(&due)->due_ms >= last);
        last = due_front(&due)->due_ms;
        due_pop(&due);
    }
    assert_int_equal(due.n, REPORTS);
    due_free(&due);
}

static void test_fates(void **state)
{
    const struct fate_odds odds = {0};
    struct fates *fates = fates_new(1, &odds);
    struct fate fate;

    (void)state;
    fates_set_busy(fates, "8613800000001", 2);
    assert_int_equal(fates_try(fates, "8613800000001").cms, FATE_CMS_BUSY);
    assert_int_equal(fates_try(fates, "8613800000002").cms, 0);
    assert_int_equal(fates_try(fates, "8613800000001").cms, FATE_CMS_BUSY);
    assert_int_equal(fates_try(fates, "8613800000001").cms, 0);
    fates_set_silent(fates, "8613800000003");
    assert_int_equal(fates_try(fates, "8613800000003").reports, 0);
    fates_set_late(fates, "8613800000004", 5000);
    fate = fates_try(fates, "8613800000004");
    assert_int_equal(fate.late_ms, 5000);
    assert_int_equal(fate.reports, 1);
    assert_int_equal(fates_try(fates, "8613800000005").late_ms, FATE_USUAL);
    fates_set_cms(fates, "8613800000004", 38);
    assert_int_equal(fates_try(fates, "8613800000004").cms, 38);
    fates_free(fates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_fates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
