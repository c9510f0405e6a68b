/* test_screen_patience: how long a withdrawal is tried that the board refuses. The monotonic clock
 * is the test's (the Makefile wraps it). */
#include "tests/unit/screen_kit.h"

#include "gateway/dispatch/screen.h"

int64_t __real_clock_mono_ms(void);
int64_t __wrap_clock_mono_ms(void);

static int64_t ahead_ms; /* so far the test has put it on */

int64_t __wrap_clock_mono_ms(void)
{
    return __real_clock_mono_ms() + ahead_ms;
}

static void at_refuses(struct kit *kit, int64_t ms)
{
    if (kit->step == 0 && ms >= SLOT - 2 * SECOND) {
        kit->step = 1;
        kit->puppet->fails = INT32_MAX;
    } else if (kit->step == 1 && ms >= SLOT + 40 * SECOND) {
        kit->step = 2;
        ahead_ms += SCREEN_GIVE_UP_MS + MINUTE;
    } else if (kit->step == 2 && ms >= SLOT + 80 * SECOND) {
        kit->step = 3;
        kit->puppet->fails = 0;
        kit->count = kit->puppet->n[ADAPTER_SUBMIT];
    }
}

/* It hasn't ended by itself: nothing is published beside it, however long that takes. */
static void test_a_board_that_keeps_it(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->options = 1;
    kit->at = at_refuses;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    assert_int_equal(kit->count, 1);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS);
    kit_holds(kit, kit->puppet);
}

/* It has: the next one isn't held up for ever, and the books say what they know. */
static void test_a_board_that_ends_it(void **state)
{
    struct kit *kit = *state;

    kit_slots(kit, 1, 1, LEVEL_STORED);
    kit->at = at_refuses;
    kit_run(kit);
    assert_int_equal(kit->step, 3);
    assert_int_equal(kit->ledger->rows[0].state, DELIVERY_SHOWN);
    assert_true(kit->ledger->rows[0].up);
    assert_in_range(kit_counted(kit, 1), SLOT - 70 * SECOND, SLOT);
    kit_holds(kit, kit->puppet);
    assert_int_equal(fake_ledger_count(kit->ledger, DELIVERY_WITHDRAWN), SLOTS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_board_that_keeps_it, kit_open, kit_close),
        cmocka_unit_test_setup_teardown(test_a_board_that_ends_it, kit_open, kit_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
