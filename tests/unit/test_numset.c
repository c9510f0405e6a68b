/* test_numset: gateway/model/numset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "gateway/model/numset.h"

static void test_empty(void **state)
{
    struct numset *set = numset_new();

    (void)state;
    assert_int_equal(numset_count(set), 0);
    assert_false(numset_has(set, 1));
    assert_false(numset_has(set, 0)); /* 0 marks empty slots: it must not seem to be in */
    numset_free(set);
    numset_free(NULL);
}

/* Runs of consecutive numbers, as recipient files have them, through many growths. */
static void test_grows(void **state)
{
    const int64_t first = INT64_C(8613800000000);
    struct numset *set = numset_new();

    (void)state;
    for (int64_t i = 0; i < 100000; i++)
        assert_true(numset_add(set, first + i));
    for (int64_t i = 0; i < 100000; i++) {
        assert_false(numset_add(set, first + i));
        assert_true(numset_has(set, first + i));
        assert_false(numset_has(set, first - 1 - i));
    }
    assert_int_equal(numset_count(set), 100000);
    numset_free(set);
}

/* Keys that differ in high bits only must not fall on one slot each time: this would take minutes.
 */
static void test_strides(void **state)
{
    struct numset *set = numset_new();

    (void)state;
    for (int64_t i = 1; i <= 200000; i++)
        assert_true(numset_add(set, i << 24));
    for (int64_t i = 1; i <= 200000; i++)
        assert_true(numset_has(set, i << 24));
    assert_true(numset_add(set, INT64_MAX));
    assert_true(numset_has(set, INT64_MAX));
    assert_int_equal(numset_count(set), 200001);
    numset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_strides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
