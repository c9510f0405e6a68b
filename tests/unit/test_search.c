/* test_search: what is searched in vain is searched more and more rarely, and at once when there is
 * a reason.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "adapters/modem/search.h"

static void test_pauses(void **state)
{
    static const int64_t pauses[] = {2000, 4000, 6000, 8000, 10000, 10000, 10000};
    struct search search = {0};
    int64_t now = 1000000;

    (void)state;
    assert_true(search_is_due(&search, now));
    for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
        search_fail(&search, 2000, now);
        assert_false(search_is_due(&search, now + pauses[i] - 1));
        assert_true(search_is_due(&search, now + pauses[i]));
        now += pauses[i];
    }
    search = (struct search){0};
    assert_true(search_is_due(&search, now));
    search_fail(&search, 2000, now);
    assert_true(search_is_due(&search, now + 2000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
