/* test_spans: stretches of time count once, wherever they are cut.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "gateway/model/spans.h"

static void merged_spans_are_apart_and_in_order(void **state)
{
    static const struct {
        struct span in[5], out[4];
        size_t n_in, n_out;
        int64_t sum, within; /* within: of 10..20 */
    } cases[] = {
        {{{0}}, {{0}}, 0, 0, 0, 0},
        {{{5, 5}, {7, 3}}, {{0}}, 2, 0, 0, 0},
        {{{5, 15}}, {{5, 15}}, 1, 1, 10, 5},
        {{{15, 20}, {5, 15}}, {{5, 20}}, 2, 1, 15, 10},
        {{{5, 30}, {6, 7}, {8, 40}}, {{5, 40}}, 3, 1, 35, 10},
        {{{18, 25}, {5, 12}, {14, 15}, {14, 15}}, {{5, 12}, {14, 15}, {18, 25}}, 4, 3, 15, 5},
        {{{0, 10}, {20, 30}}, {{0, 10}, {20, 30}}, 2, 2, 20, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spans spans = {0};

        for (size_t k = 0; k < cases[i].n_in; k++)
            spans_add(&spans, cases[i].in[k].from_ms, cases[i].in[k].until_ms);
        spans_merge(&spans);
        assert_int_equal(spans.n, cases[i].n_out);
        for (size_t k = 0; k < spans.n; k++)
            assert_memory_equal(&spans.items[k], &cases[i].out[k], sizeof spans.items[k]);
        assert_int_equal(spans_within(&spans, INT64_MIN, INT64_MAX), cases[i].sum);
        assert_int_equal(spans_within(&spans, 10, 20), cases[i].within);
        spans_clear(&spans);
        assert_int_equal(spans_within(&spans, INT64_MIN, INT64_MAX), 0);
        spans_free(&spans);
    }
}

/* Against counting tick by tick. */
static void any_spans_cover_what_they_cover(void **state)
{
    enum { TICKS = 200 };

    (void)state;
    srand(7);
    for (int round = 0; round < 500; round++) {
        struct spans spans = {0};
        char covered[TICKS] = {0};
        int64_t sum = 0;

        for (int n = rand() % 40; n > 0; n--) {
            int from = rand() % TICKS, until = from + rand() % 20;

            spans_add(&spans, from, until);
            for (int i = from; i < until && i < TICKS; i++)
                covered[i] = 1;
        }
        for (int i = 0; i < TICKS; i++)
            sum += covered[i];
        spans_merge(&spans);
        assert_int_equal(spans_within(&spans, 0, TICKS), sum);
        spans_free(&spans);
    }
}

static void more_time_than_there_is(void **state)
{
    struct spans spans = {0};

    (void)state;
    spans_add(&spans, INT64_MIN, INT64_MAX);
    spans_merge(&spans);
    assert_true(spans_within(&spans, INT64_MIN, INT64_MAX) == INT64_MAX);
    spans_free(&spans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merged_spans_are_apart_and_in_order),
        cmocka_unit_test(any_spans_cover_what_they_cover),
        cmocka_unit_test(more_time_than_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
