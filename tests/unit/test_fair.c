/* test_fair: the earlier deadline goes first, and inside one the unit furthest behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/model/fair.h"

static void test_table(void **state)
{
    static const struct {
        struct fair_claim a, b;
        bool before;
    } cases[] = {
        {{0, 50000, 0}, {1, 20000, 0}, true},
        {{1, 50000, 0}, {0, 20000, 0}, false},
        {{0, 50000, 0}, {0, 20000, 0}, false}, /* equal: the first in the file keeps its turn */
        {{5, 50000, 0}, {2, 20000, 0}, false}, /* 0.0001 each */
        {{4, 50000, 0}, {2, 20000, 0}, true},
        {{9999999, 10000000, 0}, {1, 1, 0}, true},
        {{1, 1, 0}, {9999999, 10000000, 0}, false},
        {{9, 10, 1000}, {0, 10, 1001}, true}, /* however far behind the later one is */
        {{0, 10, 1001}, {9, 10, 1000}, false},
        {{0, 10, 1000}, {9, 10, 1000}, true},
        {{9, 10, 1000}, {0, 10, 1000}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(fair_before(cases[i].a, cases[i].b), cases[i].before);
}

static size_t pick(const struct fair_claim *units, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (fair_before(units[i], units[best]))
            best = i;
    return best;
}

/* Whatever the sizes, all finish together: after n turns each has its share of n. */
static void test_shares(void **state)
{
    struct fair_claim units[] = {{0, 50000, 0}, {0, 20000, 0}, {0, 20000, 0}, {0, 10000, 0}};
    const int64_t turns = 1000;

    (void)state;
    for (int64_t turn = 0; turn < turns; turn++)
        units[pick(units, 4)].taken++;
    assert_in_range(units[0].taken, 499, 501);
    assert_in_range(units[1].taken, 199, 201);
    assert_in_range(units[2].taken, 199, 201);
    assert_in_range(units[3].taken, 99, 101);
}

/* Those with the same deadline share what is left to them. */
static void test_shares_inside_a_deadline(void **state)
{
    struct fair_claim units[] = {{0, 300, 2000}, {0, 100, 1000}, {0, 200, 1000}};

    (void)state;
    for (int turn = 0; turn < 150; turn++)
        units[pick(units, 3)].taken++;
    assert_int_equal(units[0].taken, 0);
    assert_in_range(units[1].taken, 49, 51);
    assert_in_range(units[2].taken, 99, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_shares_inside_a_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
