/* test_contact: who counts as named, and what "in time" means. Runs: any. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/model/contact.h"

static void test_named(void **state)
{
    static const struct {
        const char *name;
        bool named;
    } cases[] = {
        {NULL, false},           {"", false},         {" ", false},           {"请填写", false},
        {" 请填写 ", false},     {"待定", false},     {"tbd", false},         {"TBD.", false},
        {"n/a", false},          {"---", false},      {"None", false},        {"王某某", true},
        {"无名", true},          {"Name Li", true},   {"待定王", true},       {"N. A. Li", true},
        {"张三（待定）", false}, {"Li (TBD)", false}, {"张三（科长）", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (contact_is_named(cases[i].name) != cases[i].named)
            fail_msg("case %zu: %s", i, cases[i].name);
}

static void test_person(void **state)
{
    static const char *const no_persons[] = {"xxx", "XX", "13800000001", "0538 12345", "待定", ""};

    (void)state;
    for (size_t i = 0; i < sizeof no_persons / sizeof *no_persons; i++)
        assert_false(contact_is_person(no_persons[i]));
    assert_true(contact_is_person("王某某"));
    assert_true(contact_is_person("Xu X"));
}

static void test_standing(void **state)
{
    static const struct {
        int64_t named_ms, deadline_ms, entered_ms;
        enum contact_standing standing;
        const char *name;
    } cases[] = {
        {0, 0, 5, CONTACT_MISSING, "not_named"},
        {0, 100, 5, CONTACT_MISSING, "not_named"},
        {50, 0, 5, CONTACT_NAMED, "named"},
        {50, 100, 5, CONTACT_IN_TIME, "in_time"},
        {100, 100, 5, CONTACT_IN_TIME, "in_time"},
        {101, 100, 100, CONTACT_LATE, "late"},
        {101, 100, 101, CONTACT_UNPROVED, "unproved"},
        {50, 100, 200, CONTACT_IN_TIME, "in_time"}, /* by an earlier campaign of the same books */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum contact_standing standing =
            contact_stand(cases[i].named_ms, cases[i].deadline_ms, cases[i].entered_ms);

        assert_int_equal(standing, cases[i].standing);
        assert_string_equal(contact_standing_name(standing), cases[i].name);
        assert_true(*contact_standing_label(standing));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_named), cmocka_unit_test(test_person),
                                       cmocka_unit_test(test_standing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
