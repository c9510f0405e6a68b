/* test_cms: what becomes of a message when the modem says no, and what a status report means.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/cms.h"

static const struct {
    int code;
    int64_t after_ms;
    enum outcome_kind kind;
} cms_cases[] = {
    {1, 2000, OUTCOME_REJECTED},
    {196, CMS_BEFORE, OUTCOME_REJECTED},
    {304, 0, OUTCOME_REJECTED},
    /* A modem that is ill has not touched the message, unless it had seen it. */
    {10, CMS_BEFORE, OUTCOME_RETURNED},
    {310, CMS_BEFORE, OUTCOME_RETURNED},
    {331, CMS_BEFORE, OUTCOME_RETURNED},
    {8, CMS_BEFORE, OUTCOME_RETURNED},
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
    /* So says a SIM without credit to everybody, and some numbers to every SIM. */
    {21, 2000, OUTCOME_DEFERRED},
    {28, 2000, OUTCOME_DEFERRED},
};

static bool speaks_of_the_modem(int code)
{
    enum cms_class class = cms_find(code)->class;

    return class == CMS_ILL || class == CMS_BARRED;
}

static void test_outcomes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cms_cases / sizeof *cms_cases; i++) {
        struct outcome outcome;

        cms_outcome(cms_cases[i].code, cms_cases[i].after_ms, &outcome);
        assert_int_equal(outcome.kind, cms_cases[i].kind);
        assert_int_equal(outcome.code, cms_cases[i].code);
        assert_int_equal(outcome.wait_ms > 0, outcome.kind == OUTCOME_DEFERRED);
        if (speaks_of_the_modem(cms_cases[i].code) && outcome.kind == OUTCOME_DEFERRED)
            assert_true(outcome.wait_ms >= 10000);
        assert_int_equal(outcome.advice, ADVICE_NONE);
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
        if (error->class == CMS_LATER || error->class == CMS_BUSY || error->class == CMS_VAGUE)
            assert_true(error->wait_ms > 0);
        else
            assert_int_equal(error->wait_ms, 0);
        if (error->class == CMS_BARRED)
            assert_int_equal(error->suspicion, CMS_CERTAIN);
        else
            assert_int_not_equal(error->suspicion, CMS_CERTAIN);
        assert_int_not_equal(outcome.kind, OUTCOME_SENT);
    }
    /* So many lines the table has: one that bisection can't reach would be missing. */
    assert_int_equal(known, 92);
}

/* Only who is busy has to rest, and only when this message found it so. */
static void test_advice(void **state)
{
    static const struct {
        enum outcome_kind kind;
        int code;
        int64_t rest_ms;
    } cases[] = {
        {OUTCOME_DEFERRED, 42, 5000},  {OUTCOME_UNKNOWN, 42, 5000}, {OUTCOME_DEFERRED, 515, 1000},
        {OUTCOME_DEFERRED, 41, 10000}, {OUTCOME_DEFERRED, 21, 0},   {OUTCOME_DEFERRED, 300, 0},
        {OUTCOME_DEFERRED, 8, 0},      {OUTCOME_DEFERRED, 0, 0},    {OUTCOME_UNKNOWN, 0, 0},
        {OUTCOME_RETURNED, 42, 0},     {OUTCOME_SENT, 0, 0},        {OUTCOME_REJECTED, 1, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome outcome = {
            .kind = cases[i].kind, .code = cases[i].code, .advice = ADVICE_REST, .rest_ms = 7};

        cms_advise(&outcome);
        assert_int_equal(outcome.rest_ms, cases[i].rest_ms);
        assert_int_equal(outcome.advice, cases[i].rest_ms ? ADVICE_REST : ADVICE_NONE);
    }
}

/* What the class of an error promises, for each that an order has to live with. */
static void test_classes(void **state)
{
    static const struct {
        int code;
        enum cms_class class;
        enum cms_suspicion suspicion;
    } cases[] = {
        {1, CMS_RECIPIENT, CMS_INNOCENT}, {8, CMS_BARRED, CMS_CERTAIN},
        {10, CMS_BARRED, CMS_CERTAIN},    {21, CMS_LATER, CMS_SUSPECT},
        {29, CMS_LATER, CMS_SUSPECT},     {38, CMS_BUSY, CMS_SUSPECT},
        {42, CMS_BUSY, CMS_INNOCENT},     {50, CMS_BARRED, CMS_CERTAIN},
        {69, CMS_LATER, CMS_SUSPECT},     {193, CMS_BARRED, CMS_CERTAIN},
        {300, CMS_ILL, CMS_INNOCENT},     {310, CMS_ILL, CMS_INNOCENT},
        {332, CMS_DOUBT, CMS_INNOCENT},   {500, CMS_VAGUE, CMS_INNOCENT},
        {515, CMS_BUSY, CMS_INNOCENT},    {4711, CMS_VAGUE, CMS_INNOCENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(cms_find(cases[i].code)->class, cases[i].class);
        assert_int_equal(cms_find(cases[i].code)->suspicion, cases[i].suspicion);
    }
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

static void test_status_texts(void **state)
{
    static const struct {
        int status;
        const char *english, *chinese;
    } cases[] = {
        {0x00, "delivered", "已送达"},
        {0x02, "replaced by a newer message", "已被新短信替换"},
        {0x1F, "done, in the message centre's own words", "已完成（短信中心自定义状态）"},
        {0x22, "still trying: the phone doesn't answer", "仍在尝试：对方手机无响应"},
        {0x46, "failed for good: its time was over before it was delivered",
         "永久失败：有效期内未能送达"},
        {0x4F, "failed for good, reserved status", "永久失败（保留状态码）"},
        {0x61, "given up: the phone is busy", "已放弃：对方手机忙"},
        {0xFF, "failed, reserved status", "失败（保留状态码）"},
        {-1, "failed, reserved status", "失败（保留状态码）"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("LC_ALL", "C", 1);
        assert_string_equal(cms_status_text(cases[i].status), cases[i].english);
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
        assert_string_equal(cms_status_text(cases[i].status), cases[i].chinese);
    }
}

/* Books and logs keep the English one, whoever reads. */
static void test_error_texts(void **state)
{
    static const struct {
        int code;
        const char *english, *chinese;
    } cases[] = {
        {1, "unassigned number", "空号"},
        {42, "congestion", "网络拥塞"},
        {50, "the SIM has no message service", "SIM 卡未开通短信业务"},
        {331, "no network", "没有网络"},
        {999, "error without meaning", "含义不明的错误"},
        {-1, "error without meaning", "含义不明的错误"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        setenv("LC_ALL", "C", 1);
        assert_string_equal(cms_text(cases[i].code), cases[i].english);
        setenv("LC_ALL", "zh_CN.UTF-8", 1);
        assert_string_equal(cms_text(cases[i].code), cases[i].chinese);
        assert_string_equal(cms_find(cases[i].code)->text, cases[i].english);
    }
    for (int code = -1; code < 1000; code++) {
        const struct cms_error *error = cms_find(code);

        assert_true(*error->text && *error->chinese);
        assert_true((unsigned char)error->text[0] < 0x80);
        assert_string_not_equal(error->chinese, error->text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outcomes),     cmocka_unit_test(test_every_code),
        cmocka_unit_test(test_advice),       cmocka_unit_test(test_classes),
        cmocka_unit_test(test_report_kinds), cmocka_unit_test(test_status_texts),
        cmocka_unit_test(test_error_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
