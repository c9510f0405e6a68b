/* test_leftovers: every queue finds its own mark, and a rollback takes it back.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "gateway/ledger/leftovers.h"

#define QUEUES 5000

static struct store_queue queue_of(int64_t i)
{
    return (struct store_queue){
        .campaign = i % 3, .key = i / 6, .route = (int32_t)(i % 2), .sms = i % 6 >= 3};
}

static void test_each_queue_has_its_own(void **state)
{
    struct leftovers leftovers = {0};

    (void)state;
    for (int64_t i = 0; i < QUEUES; i++) {
        struct store_queue queue = queue_of(i);

        assert_null(leftovers_find(&leftovers, &queue));
        leftovers_add(&leftovers, &queue)->after = i;
    }
    for (int64_t i = 0; i < QUEUES; i++) {
        struct store_queue queue = queue_of(i);

        assert_int_equal(leftovers_find(&leftovers, &queue)->after, i);
    }
    leftovers_free(&leftovers);
}

static void test_a_rollback_takes_back(void **state)
{
    const struct store_queue queue = {.campaign = 1, .key = 2};
    struct leftovers leftovers = {0};
    struct leftover_rows *leftover;

    (void)state;
    leftover = leftovers_add(&leftovers, &queue);
    assert_true(leftover->after == INT64_MAX);
    leftover->after = 5;
    leftovers_rollback(&leftovers);
    assert_true(leftovers_find(&leftovers, &queue)->after == INT64_MAX);
    leftover->after = 7;
    leftovers_commit(&leftovers);
    leftover->after = 9;
    leftovers_rollback(&leftovers);
    assert_int_equal(leftovers_find(&leftovers, &queue)->after, 7);
    leftovers_free(&leftovers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_queue_has_its_own),
        cmocka_unit_test(test_a_rollback_takes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
