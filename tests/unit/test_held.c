/* test_held: reports come out in the order in which they went in, and not without end.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/modem/held.h"

struct seen {
    struct held *held;
    int n, late, lost;
};

static void count(void *ctx, const struct status_report *report)
{
    struct seen *seen = ctx;

    if (report->address == 0) {
        assert_int_equal(report->kind, REPORT_FAILED);
        seen->lost++;
        return;
    }
    assert_int_equal(report->address, 100 + seen->n++);
    if (seen->late) {
        const struct status_report late = {.address = 100 + seen->late++};

        assert_true(held_add(seen->held, &late));
    }
}

static void test_order(void **state)
{
    struct held held = {0};
    struct seen seen = {.held = &held};

    (void)state;
    held_release(&held, count, &seen);
    assert_int_equal(seen.n, 0);
    for (int i = 0; i < 100; i++) {
        const struct status_report report = {.address = 100 + i};

        assert_true(held_add(&held, &report));
    }
    held_release(&held, count, &seen);
    assert_int_equal(seen.n, 100);
    assert_int_equal(held.n, 0);
}

/* What comes while they are told waits for the next time. */
static void test_late(void **state)
{
    const struct status_report report = {.address = 100};
    struct held held = {0};
    struct seen seen = {.held = &held, .late = 1};

    (void)state;
    assert_true(held_add(&held, &report));
    held_release(&held, count, &seen);
    assert_int_equal(seen.n, 1);
    assert_int_equal(held.n, 1);
    seen.late = 0;
    held_release(&held, count, &seen);
    assert_int_equal(seen.n, 2);
    assert_int_equal(held.n, 0);
}

static void test_full(void **state)
{
    struct held held = {0};
    struct seen seen = {.held = &held};

    (void)state;
    for (int i = 0; i < HELD_MAX; i++) {
        const struct status_report report = {.address = 100 + i};

        assert_true(held_add(&held, &report));
    }
    for (int i = 0; i < 3; i++)
        assert_false(held_add(&held, &(struct status_report){.address = 1}));
    held_release(&held, count, &seen);
    assert_int_equal(seen.n, HELD_MAX);
    assert_int_equal(seen.lost, 3); /* told to be counted */
    held_release(&held, count, &seen);
    assert_int_equal(seen.lost, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
