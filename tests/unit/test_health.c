/* test_health: registrations by number, name and label. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/model/health.h"

/* The numbers are those of +CREG, and the books hold them. */
static void test_numbers_names_and_labels(void **state)
{
    static const char *const names[] = {"none",   "home",    "searching",
                                        "denied", "unknown", "roaming"};
    const char *english[REGISTRATIONS];

    (void)state;
    assert_int_equal(REGISTRATIONS, sizeof names / sizeof *names);
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
    for (int i = 0; i < REGISTRATIONS; i++) {
        assert_string_equal(registration_name((enum registration)i), names[i]);
        english[i] = registration_label((enum registration)i);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(english[i], english[k]);
    }
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    for (int i = 0; i < REGISTRATIONS; i++)
        assert_string_not_equal(registration_label((enum registration)i), english[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_names_and_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
