/* test_fair: the unit furthest behind goes first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/dispatch/fair.h"

static void test_table(void **state)
{
    static const struct {
        struct fair_claim a, b;
        bool before;
    } cases[] = {
        {{0, 50000}, {1, 20000}, true},       {{1, 50000}, {0, 20000}, false},
        {{0, 50000}, {0, 20000}, false}, /* equal: the first in the file keeps its turn */
        {{5, 50000}, {2, 20000}, false}, /* 0.0001 each */
        {{4, 50000}, {2, 20000}, true},       {{9999999, 10000000}, {1, 1}, true},
        {{1, 1}, {9999999, 10000000}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fair_before(cases[i].a, cases[i].b), cases[i].before);
}

/* Whatever the sizes, all finish together: after n turns each has its share of n. */
static void test_shares(void **state)
{
    struct fair_claim units[] = {{0, 50000}, {0, 20000}, {0, 20000}, {0, 10000}};
    const int64_t turns = 1000;

    (void)state;
    for (int64_t turn = 0; turn < turns; turn++) {
        size_t best = 0;

        for (size_t i = 1; i < 4; i++)
            if (fair_before(units[i], units[best]))
                best = i;
        units[best].taken++;
    }
    assert_in_range(units[0].taken, 499, 501);
    assert_in_range(units[1].taken, 199, 201);
    assert_in_range(units[2].taken, 199, 201);
    assert_in_range(units[3].taken, 99, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_shares),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
