/* test_operators: prefixes, ported numbers, SIMs and names. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/model/operators.h"

#define NUMBER(digits) (INT64_C(8600000000000) + INT64_C(digits))

static void test_longest_prefix_counts(void **state)
{
    struct operators *operators = operators_new();

    (void)state;
    assert_int_equal(operators_find(operators, NUMBER(13800001234)), OPERATOR_UNKNOWN);
    assert_int_equal(operators_add_prefix(operators, "170", OPERATOR_UNICOM), 0);
    assert_int_equal(operators_add_prefix(operators, "1703", OPERATOR_MOBILE), 0);
    assert_int_equal(operators_add_prefix(operators, "1703456", OPERATOR_TELECOM), 0);
    assert_int_equal(operators_add_prefix(operators, "17034", OPERATOR_BROADNET), 0);
    assert_int_equal(operators_add_prefix(operators, "170999", OPERATOR_UNKNOWN), 0);
    assert_int_equal(operators_prefixes(operators), 5);
    assert_int_equal(operators_find(operators, NUMBER(17000001234)), OPERATOR_UNICOM);
    assert_int_equal(operators_find(operators, NUMBER(17030001234)), OPERATOR_MOBILE);
    assert_int_equal(operators_find(operators, NUMBER(17034001234)), OPERATOR_BROADNET);
    assert_int_equal(operators_find(operators, NUMBER(17034561234)), OPERATOR_TELECOM);
    assert_int_equal(operators_find(operators, NUMBER(17034571234)), OPERATOR_BROADNET);
    assert_int_equal(operators_find(operators, NUMBER(17099891234)), OPERATOR_UNICOM);
    /* An exception without a known network is one, too. */
    assert_int_equal(operators_find(operators, NUMBER(17099991234)), OPERATOR_UNKNOWN);
    assert_int_equal(operators_find(operators, NUMBER(17100001234)), OPERATOR_UNKNOWN);
    operators_free(operators);
    operators_free(NULL);
}

static void test_what_is_no_prefix(void **state)
{
    static const char *const cases[] = {"",    "1",    "13",   "13800001", "238",  "038",
                                        "13a", " 138", "138 ", "+86138",   "1-38", "１３８"};
    struct operators *operators = operators_new();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(operators_add_prefix(operators, cases[i], OPERATOR_MOBILE),
                         OPERATORS_PREFIX);
    assert_int_equal(operators_add_prefix(operators, "138", OPERATOR_MOBILE), OPERATORS_OK);
    assert_int_equal(operators_add_prefix(operators, "138", OPERATOR_UNICOM), OPERATORS_TWICE);
    assert_int_equal(operators_prefixes(operators), 1);
    assert_int_equal(operators_find(operators, NUMBER(13800001234)), OPERATOR_MOBILE);
    operators_free(operators);
}

static void test_ported_numbers_come_first(void **state)
{
    struct operators *operators = operators_new();

    (void)state;
    assert_int_equal(operators_add_prefix(operators, "138", OPERATOR_MOBILE), 0);
    assert_int_equal(operators_add_ported(operators, NUMBER(13800001234), OPERATOR_TELECOM), 0);
    assert_int_equal(operators_add_ported(operators, NUMBER(13800001235), OPERATOR_UNKNOWN), 0);
    assert_int_equal(operators_add_ported(operators, NUMBER(13800001234), OPERATOR_UNICOM),
                     OPERATORS_TWICE);
    assert_int_equal(operators_add_ported(operators, 13800001234, OPERATOR_UNICOM),
                     OPERATORS_PREFIX);
    assert_int_equal(operators_ported(operators), 2);
    assert_int_equal(operators_find(operators, NUMBER(13800001234)), OPERATOR_TELECOM);
    assert_int_equal(operators_find(operators, NUMBER(13800001235)), OPERATOR_UNKNOWN);
    assert_int_equal(operators_find(operators, NUMBER(13800001236)), OPERATOR_MOBILE);
    operators_free(operators);
}

/* Runs of consecutive numbers, as operators hand them out. */
static void test_many_ported_numbers(void **state)
{
    const int64_t n = 200000;
    struct operators *operators = operators_new();

    (void)state;
    for (int64_t i = 0; i < n; i++)
        assert_int_equal(operators_add_ported(operators, NUMBER(13800000000) + i * 3,
                                              (enum phone_operator)(1 + i % 4)),
                         OPERATORS_OK);
    assert_int_equal(operators_ported(operators), n);
    for (int64_t i = 0; i < n; i++) {
        assert_int_equal(operators_find(operators, NUMBER(13800000000) + i * 3), 1 + i % 4);
        assert_int_equal(operators_find(operators, NUMBER(13800000000) + i * 3 + 1), 0);
    }
    operators_free(operators);
}

static void test_what_is_no_mainland_number(void **state)
{
    static const int64_t cases[] = {
        0,         -1,        10086,         13800001234,  8513800001234,
        INT64_MAX, INT64_MIN, 8600000001234, 8623800001234};
    struct operators *operators = operators_new();

    (void)state;
    assert_int_equal(operators_add_prefix(operators, "138", OPERATOR_MOBILE), 0);
    assert_int_equal(operators_add_prefix(operators, "100", OPERATOR_MOBILE), 0);
    assert_int_equal(operators_add_ported(operators, NUMBER(13800001234), OPERATOR_UNICOM), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(operators_find(operators, cases[i]), OPERATOR_UNKNOWN);
    assert_int_equal(operators_find(NULL, NUMBER(13800001234)), OPERATOR_UNKNOWN);
    operators_free(operators);
}

static void test_networks_of_sims(void **state)
{
    static const struct {
        const char *imsi;
        enum phone_operator id;
    } cases[] = {
        {"460000000000001", OPERATOR_MOBILE},
        {"460020000000001", OPERATOR_MOBILE},
        {"460040000000001", OPERATOR_MOBILE},
        {"460070000000001", OPERATOR_MOBILE},
        {"460080000000001", OPERATOR_MOBILE},
        {"460010000000001", OPERATOR_UNICOM},
        {"460060000000001", OPERATOR_UNICOM},
        {"460090000000001", OPERATOR_UNICOM},
        {"460030000000001", OPERATOR_TELECOM},
        {"460050000000001", OPERATOR_TELECOM},
        {"460110000000001", OPERATOR_TELECOM},
        {"460150000000001", OPERATOR_BROADNET},
        {"460990000000001", OPERATOR_UNKNOWN},
        {"454000000000001", OPERATOR_UNKNOWN},
        {"", OPERATOR_UNKNOWN},
        {"460", OPERATOR_UNKNOWN},
        {"4600", OPERATOR_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (operators_of_imsi(cases[i].imsi) != cases[i].id)
            fail_msg("%s: %s", cases[i].imsi,
                     phone_operator_name(operators_of_imsi(cases[i].imsi)));
}

static void test_names_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        int id;
    } cases[] = {
        {"mobile", OPERATOR_MOBILE},
        {"China Mobile", OPERATOR_MOBILE},
        {"CHINA-MOBILE", OPERATOR_MOBILE},
        {" 移动 ", OPERATOR_MOBILE},
        {"中国移动", OPERATOR_MOBILE},
        {"中国 移动", OPERATOR_MOBILE},
        {"ＣＭＣＣ", OPERATOR_MOBILE},
        {"Unicom", OPERATOR_UNICOM},
        {"联通", OPERATOR_UNICOM},
        {"中国联通　", OPERATOR_UNICOM},
        {"telecom", OPERATOR_TELECOM},
        {"中国电信", OPERATOR_TELECOM},
        {"china_broadnet", OPERATOR_BROADNET},
        {"广电", OPERATOR_BROADNET},
        {"unknown", OPERATOR_UNKNOWN},
        {"未知", OPERATOR_UNKNOWN},
        {"", -1},
        {" ", -1},
        {"mobil", -1},
        {"mobiles", -1},
        {"1", -1},
        {"移动联通", -1},
        {"\xFF", -1},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (phone_operator_parse(cases[i].text, strlen(cases[i].text)) != cases[i].id)
            fail_msg("\"%s\" is %d", cases[i].text,
                     phone_operator_parse(cases[i].text, strlen(cases[i].text)));
    assert_int_equal(phone_operator_parse("mobile,138", 6), OPERATOR_MOBILE);
}

/* Each name and label is read again as what it stands for. */
static void test_names_and_labels(void **state)
{
    static const char *const names[] = {"unknown", "mobile", "unicom", "telecom", "broadnet"};

    (void)state;
    assert_int_equal(sizeof names / sizeof *names, PHONE_OPERATORS);
    for (int i = 0; i < PHONE_OPERATORS; i++) {
        enum phone_operator id = (enum phone_operator)i;
        const char *label;

        assert_string_equal(phone_operator_name(id), names[i]);
        assert_int_equal(phone_operator_parse(names[i], strlen(names[i])), i);
        assert_int_equal(setenv("LC_ALL", "C", 1), 0);
        label = phone_operator_label(id);
        assert_int_equal(phone_operator_parse(label, strlen(label)), i);
        assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
        assert_string_not_equal(phone_operator_label(id), label);
        label = phone_operator_label(id);
        assert_int_equal(phone_operator_parse(label, strlen(label)), i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_longest_prefix_counts),
        cmocka_unit_test(test_what_is_no_prefix),
        cmocka_unit_test(test_ported_numbers_come_first),
        cmocka_unit_test(test_many_ported_numbers),
        cmocka_unit_test(test_what_is_no_mainland_number),
        cmocka_unit_test(test_networks_of_sims),
        cmocka_unit_test(test_names_as_people_write_them),
        cmocka_unit_test(test_names_and_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
