/* test_share: every claim has its weight's part of the turns, evenly spread, and its end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "gateway/model/share.h"

#define TURN_MS INT64_C(30000)

static const struct {
    size_t n;
    int64_t weights[6];
} cases[] = {
    {2, {1, 1}},        {2, {1, 2}},       {3, {1, 2, 3}},
    {2, {100, 1}},      {4, {5, 5, 1, 1}}, {6, {7, 3, 3, 1, 1, 100}},
    {3, {100, 99, 98}},
};

static void test_weights_and_runs(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n = cases[c].n, before = n;
        int64_t had[6] = {0}, places = 0, until = 0;

        for (size_t i = 0; i < n; i++)
            places += cases[c].weights[i];
        for (int64_t k = 0; k < places; k++) {
            int64_t end = 0;
            size_t who = share_turn(cases[c].weights, n, TURN_MS, k * TURN_MS + k % TURN_MS, &end);

            had[who]++;
            assert_true(end > k * TURN_MS && end % TURN_MS == 0);
            if (k > 0) /* a run ends where it was said to end, and not before */
                assert_int_equal(who == before, until > k * TURN_MS);
            before = who;
            until = end;
            for (size_t i = 0; i < n; i++) { /* evenly: never far from its part */
                int64_t due = cases[c].weights[i] * (k + 1);

                assert_true(had[i] * places - due < (int64_t)n * places);
                assert_true(due - had[i] * places < (int64_t)n * places);
            }
        }
        for (size_t i = 0; i < n; i++)
            assert_int_equal(had[i], cases[c].weights[i]);
    }
}

/* Each round gives to each what it is due, wherever it begins. */
static void test_rounds(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int64_t places = 0, until;

        for (size_t i = 0; i < cases[c].n; i++)
            places += cases[c].weights[i];
        for (int64_t round = -3; round < 50; round++) {
            int64_t had[6] = {0};

            for (int64_t k = 0; k < places; k++)
                had[share_turn(cases[c].weights, cases[c].n, TURN_MS,
                               (round * places + k) * TURN_MS, &until)]++;
            for (size_t i = 0; i < cases[c].n; i++)
                assert_int_equal(had[i], cases[c].weights[i]);
        }
    }
}

/* Slogans that change with every turn: each claim shows all of its own before long. */
static void test_falls_into_step_with_nothing(void **state)
{
    int64_t until;

    (void)state;
    for (size_t c = 0; c < 3; c++)
        for (int64_t slogans = 2; slogans <= 8; slogans++) {
            unsigned shown[6] = {0};

            for (int64_t k = 0; k < 600; k++)
                shown[share_turn(cases[c].weights, cases[c].n, TURN_MS, k * TURN_MS, &until)] |=
                    1u << k % slogans;
            for (size_t i = 0; i < cases[c].n; i++)
                assert_int_equal(shown[i], (1u << slogans) - 1);
        }
}

static void test_alone(void **state)
{
    int64_t until = 0;

    (void)state;
    assert_int_equal(share_turn((const int64_t[]){3}, 1, TURN_MS, 12345, &until), 0);
    assert_int_equal(until, INT64_MAX);
}

static void test_alternates(void **state)
{
    static const int64_t weights[] = {1, 2};
    static const size_t expected[] = {1, 0, 1, 0, 1, 1};
    static const int64_t ends[] = {1, 2, 3, 4, 7, 7};

    (void)state;
    for (int64_t k = 0; k < 6; k++) {
        int64_t until = 0;

        assert_int_equal(share_turn(weights, 2, TURN_MS, (k + 1) * TURN_MS - 1, &until),
                         expected[k]);
        assert_int_equal(until, ends[k] * TURN_MS);
    }
}

static void test_most_claims(void **state)
{
    int64_t weights[SHARE_CLAIMS_MOST], had[SHARE_CLAIMS_MOST] = {0}, until;

    (void)state;
    for (size_t i = 0; i < SHARE_CLAIMS_MOST; i++)
        weights[i] = i % 2 ? 2 : 1;
    for (int64_t k = 0; k < 96; k++)
        had[share_turn(weights, SHARE_CLAIMS_MOST, 1, k, &until)]++;
    for (size_t i = 0; i < SHARE_CLAIMS_MOST; i++)
        assert_int_equal(had[i], weights[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_and_runs),
        cmocka_unit_test(test_rounds),
        cmocka_unit_test(test_falls_into_step_with_nothing),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_alternates),
        cmocka_unit_test(test_most_claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
