/* test_retry: soon, later, and in quarantine; and back.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/modem/modem.h"
#include "adapters/modem/retry.h"

static const int64_t MINUTE = 60000;

static int64_t lose(struct retry *retry, enum retry_cause cause, bool *quarantine)
{
    return retry_fail(retry, &modem_patience_usual.retry, cause, 7, quarantine);
}

static void test_waits(void **state)
{
    static const int64_t most[] = {250, 500, 1000, 2000, 4000, 8000, 16000};
    struct retry retry = {0};
    bool quarantine = true;

    (void)state;
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), most[i] * 3 / 4, most[i]);
        assert_false(quarantine);
    }
    assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 10 * MINUTE * 3 / 4, 10 * MINUTE);
    assert_true(quarantine);
    assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 20 * MINUTE * 3 / 4, 20 * MINUTE);
    assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 40 * MINUTE * 3 / 4, 40 * MINUTE);
    for (int i = 0; i < 10; i++)
        assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 60 * MINUTE * 3 / 4, 60 * MINUTE);
    retry_succeed(&retry);
    assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 1, 250);
    assert_false(quarantine);
}

/* A probe that opens the modem proves nothing: only a message that is sent does. */
static void test_hopeless(void **state)
{
    struct retry retry = {0};
    bool quarantine = false;

    (void)state;
    assert_in_range(lose(&retry, RETRY_HOPELESS, &quarantine), 10 * MINUTE * 3 / 4, 10 * MINUTE);
    assert_true(quarantine);
    retry_forget(&retry);
    assert_in_range(lose(&retry, RETRY_FAILURE, &quarantine), 1, 250);
    assert_false(quarantine);
    assert_in_range(lose(&retry, RETRY_HOPELESS, &quarantine), 20 * MINUTE * 3 / 4, 20 * MINUTE);
    retry_succeed(&retry);
    assert_in_range(lose(&retry, RETRY_HOPELESS, &quarantine), 10 * MINUTE * 3 / 4, 10 * MINUTE);
}

/* However long the network is away, the bank is there soon after it is back. */
static void test_outage(void **state)
{
    struct retry retry = {0};
    bool quarantine = true;

    (void)state;
    for (int i = 0; i < 100; i++) {
        assert_in_range(lose(&retry, RETRY_OUTAGE, &quarantine), 1,
                        modem_patience_usual.retry.most_ms);
        assert_false(quarantine);
    }
    (void)lose(&retry, RETRY_FAILURE, &quarantine);
    assert_true(quarantine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_hopeless),
        cmocka_unit_test(test_outage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
