/* test_cms: what becomes of a message when the modem says no, and what a status report means.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/cms.h"

static const struct {
    int code;
    int64_t after_ms;
    enum outcome_kind kind;
} cms_cases[] = {
    {1, 2000, OUTCOME_REJECTED},
    {28, CMS_BEFORE, OUTCOME_REJECTED},
    {304, 0, OUTCOME_REJECTED},
    /* A modem that is ill has not touched the message, unless it had seen it. */
    {10, CMS_BEFORE, OUTCOME_RETURNED},
    {310, CMS_BEFORE, OUTCOME_RETURNED},
    {331, CMS_BEFORE, OUTCOME_RETURNED},
    {8, 2000, OUTCOME_DEFERRED},
    {193, 500, OUTCOME_DEFERRED},
    {300, 0, OUTCOME_DEFERRED},
    {300, 60000, OUTCOME_DEFERRED},
    {38, 2000, OUTCOME_DEFERRED},
    {42, 60000, OUTCOME_DEFERRED},
    {515, CMS_BEFORE, OUTCOME_DEFERRED},
    {500, CMS_BEFORE, OUTCOME_DEFERRED},
    {332, 100, OUTCOME_UNKNOWN},
    {197, 100, OUTCOME_UNKNOWN},
    {500, 2000, OUTCOME_DEFERRED},
    {500, 40000, OUTCOME_UNKNOWN},
    {-1, 2000, OUTCOME_DEFERRED},
    {-1, 30000, OUTCOME_UNKNOWN},
    {9999, 0, OUTCOME_DEFERRED},
    {9999, 35000, OUTCOME_UNKNOWN},
    /* An unknown subscriber by one list, a modem without network by the other: nobody loses. */
    {30, 2000, OUTCOME_DEFERRED},
};

static void test_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cms_cases / sizeof *cms_cases; i++) {
        struct outcome outcome;

        cms_outcome(cms_cases[i].code, cms_cases[i].after_ms, &outcome);
        assert_int_equal(outcome.kind, cms_cases[i].kind);
        assert_int_equal(outcome.code, cms_cases[i].code < 0 ? 0 : cms_cases[i].code);
        assert_int_equal(outcome.wait_ms > 0, outcome.kind == OUTCOME_DEFERRED);
        if (cms_find(cms_cases[i].code)->class == CMS_ILL && outcome.kind == OUTCOME_DEFERRED)
            assert_true(outcome.wait_ms >= 10000);
        assert_int_equal(outcome.n_references, 0);
        assert_true(outcome.detail[0] != '\0');
    }
}

/* Every number has a class, keeps its number, and the table is found in whole by bisection. */
static void test_every_code(void **state)
{
    int known = 0;

    (void)state;
    for (int code = 0; code < 1000; code++) {
        const struct cms_error *error = cms_find(code);
        struct outcome outcome;

        cms_outcome(code, 0, &outcome);
        assert_non_null(error);
        if (error->code == code)
            known++;
        else
            assert_int_equal(error->class, CMS_VAGUE);
        if (error->class == CMS_DEFERRED || error->class == CMS_VAGUE)
            assert_true(error->wait_ms > 0);
        else
            assert_int_equal(error->wait_ms, 0);
        assert_int_not_equal(outcome.kind, OUTCOME_SENT);
    }
    /* So many lines the table has: one that bisection can't reach would be missing. */
    assert_int_equal(known, 92);
}

static void test_report_kinds(void **state)
{
    static const struct {
        int from, to;
        enum report_kind kind;
    } ranges[] = {
        {0x00, 0x02, REPORT_DELIVERED}, {0x03, 0x0F, REPORT_FAILED}, {0x10, 0x1F, REPORT_DELIVERED},
        {0x20, 0x25, REPORT_PENDING},   {0x26, 0x2F, REPORT_FAILED}, {0x30, 0x3F, REPORT_PENDING},
        {0x40, 0xFF, REPORT_FAILED},
    };
    int checked = 0;

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        for (int status = ranges[i].from; status <= ranges[i].to; status++, checked++)
            assert_int_equal(cms_report_kind(status), ranges[i].kind);
    assert_int_equal(checked, 256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_every_code),
        cmocka_unit_test(test_report_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
