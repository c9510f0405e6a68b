/* test_showing: when a slogan is read, when it must go, and what counts as shown.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/showing.h"

#define START  INT64_C(1793406600000)
#define SLOT   300000
#define SECOND 1000

static struct work work;

/* A slogan whose slot of five minutes begins now. */
static struct showing *showing_begin(void)
{
    struct ledger_row row = {
        .id = 1, .text = mem_dup("学法"), .from_ms = START, .until_ms = START + SLOT};

    clock_set(START);
    work.held = false;
    return showing_new(&work, NULL, &row);
}

static void test_time_between_readings_counts(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    assert_true(showing_must_be_read(showing, false));
    assert_true(showing_was_read(showing, LEVEL_STORED, false));
    assert_false(showing_must_be_read(showing, false));
    clock_set(START + SHOWING_READ_MS + SECOND);
    assert_true(showing_must_be_read(showing, false));
    assert_false(showing_was_read(showing, LEVEL_STORED, false));
    assert_in_range(showing->shown_ms, SHOWING_READ_MS + SECOND, SHOWING_READ_MS + SECOND + 500);
    assert_false(showing->last_proof);
    clock_set(START + SLOT - SHOWING_PROOF_MS);
    assert_true(showing_must_be_read(showing, false));
    showing_was_read(showing, LEVEL_STORED, false);
    assert_true(showing->last_proof);
    assert_in_range(showing->shown_ms, SLOT - SHOWING_PROOF_MS - 500,
                    SLOT - SHOWING_PROOF_MS + 500);
    showing_free(showing);
}

/* An answer that comes after the slot says nothing about the time past its end. */
static void test_late_answer_adds_nothing(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    showing_was_read(showing, LEVEL_STORED, false);
    clock_set(START + SLOT + 20 * SECOND);
    assert_false(showing_must_be_read(showing, false));
    showing_was_read(showing, LEVEL_STORED, false);
    assert_in_range(showing->shown_ms, SLOT - 500, SLOT);
    showing_free(showing);
}

/* A board that can't be read is asked ever more seldom; its slogan still goes in time. */
static void test_failed_readings_hold_up_no_withdrawal(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    for (int i = 0; i < 10; i++)
        showing_retry_later(showing);
    assert_true(showing->retry_ms > clock_steady_ms() + 10 * SECOND);
    clock_set(START + SLOT);
    showing_retry_later(showing);
    assert_true(showing_must_go(showing, false));
    showing_begin_leaving(showing);
    assert_true(showing->retry_ms <= clock_steady_ms());
    assert_true(showing_due_in_ms(showing, false) <= 0);
    showing_free(showing);
}

/* The clock may be set at any time; until it is trusted again, the time that has passed decides. */
static void test_untrusted_clock(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    showing->row.until_ms = START - 1; /* as if the clock stood a slot later */
    assert_true(showing_must_go(showing, false));
    work.held = true;
    assert_false(showing_must_go(showing, false));
    clock_set(START + SLOT);
    assert_true(showing_must_go(showing, false));
    showing_free(showing);
}

static void test_taken_down_early(void **state)
{
    struct showing *showing = showing_begin();

    (void)state;
    assert_true(showing_must_go(showing, true));
    assert_false(showing_must_be_read(showing, true)); /* it was never seen: nothing to save */
    showing_was_read(showing, LEVEL_STORED, false);
    assert_true(showing_must_be_read(showing, true));
    showing_was_read(showing, LEVEL_STORED, true);
    assert_false(showing_must_be_read(showing, true));
    showing_free(showing);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_between_readings_counts),
        cmocka_unit_test(test_late_answer_adds_nothing),
        cmocka_unit_test(test_failed_readings_hold_up_no_withdrawal),
        cmocka_unit_test(test_untrusted_clock),
        cmocka_unit_test(test_taken_down_early),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
