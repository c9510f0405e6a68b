/* test_queue: rows from the books into hands: rings, waking, the kin of one unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/dispatch/queue.h"
#include "tests/unit/fake_ledger.h"

struct bench {
    uv_loop_t loop;
    struct ledger *ledger;
    struct queue queues[2];
    size_t filled;
};

static void bench_filled(void *ctx, struct queue *queue)
{
    (void)queue;
    ((struct bench *)ctx)->filled++;
}

static int bench_open(void **state)
{
    struct bench *bench = mem_new(struct bench);

    assert_int_equal(uv_loop_init(&bench->loop), 0);
    bench->ledger = fake_ledger_new(&bench->loop);
    for (int32_t i = 0; i < 2; i++)
        bench->queues[i] = (struct queue){.ledger = bench->ledger,
                                          .campaign = 1,
                                          .unit = 1,
                                          .route = i,
                                          .channel = CHANNEL_SMS,
                                          .room = QUEUE_ROOM,
                                          .kin = bench->queues,
                                          .n_kin = 2,
                                          .filled = bench_filled,
                                          .ctx = bench};
    *state = bench;
    return 0;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;

    for (size_t i = 0; i < 2; i++)
        queue_fini(&bench->queues[i]);
    uv_close((uv_handle_t *)&bench->ledger->idle, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
    free(bench->ledger);
    free(bench);
    return 0;
}

static void bench_refill(struct bench *bench, struct queue *queue)
{
    queue_refill(queue, clock_wall_ms(), true);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static int64_t bench_take(struct queue *queue)
{
    struct ledger_row row;
    int64_t id;

    if (!queue_take(queue, &row))
        return 0;
    id = row.id;
    ledger_row_release(&row);
    return id;
}

/* Rows come in order through many turns of the ring, and none twice. */
static void test_ring(void **state)
{
    struct bench *bench = *state;
    struct queue *queue = &bench->queues[0];

    fake_ledger_add(bench->ledger, (struct fake_row){.unit = 1, .parts = 2}, 2000);
    for (int64_t id = 1; id <= 2000; id++) {
        bench_refill(bench, queue);
        assert_true(queue->count && queue->count <= QUEUE_ROOM);
        assert_int_equal(queue_peek(queue)->id, id);
        assert_int_equal(bench_take(queue), id);
        queue_settled(queue, DELIVERY_SENT);
        bench->ledger->rows[id - 1].state = DELIVERY_SENT;
    }
    assert_null(queue_peek(queue));
    bench_refill(bench, queue);
    assert_true(queue_is_exhausted(queue));
    assert_true(bench->ledger->fetches < 10);
    assert_int_equal(queue->open_parts, 0);
}

/* A network without messages is asked for once, and keeps no memory. */
static void test_empty(void **state)
{
    struct bench *bench = *state;
    struct queue *queue = &bench->queues[1];

    for (int i = 0; i < 10; i++)
        bench_refill(bench, queue);
    assert_int_equal(bench->ledger->fetches, 1);
    assert_null(queue->rows);
    assert_null(queue->fetched);
    assert_true(queue_is_exhausted(queue));
    for (int i = 0; i < 10; i++)
        queue_poll(queue);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    assert_int_equal(bench->ledger->fetches, 1);
    assert_int_equal(queue_next_ms(queue), INT64_MAX);
}

/* What one network's message leaves free, another's reserve may fill; what only waits doesn't. */
static void test_kin_wakes(void **state)
{
    static const struct {
        enum delivery_state state;
        bool wakes_own, wakes_kin;
    } cases[] = {
        {DELIVERY_SENT, false, false},     {DELIVERY_DEFERRED, true, false},
        {DELIVERY_DUE, true, false},       {DELIVERY_REJECTED, true, true},
        {DELIVERY_SUPPRESSED, true, true}, {DELIVERY_UNKNOWN, true, true},
        {DELIVERY_EXPIRED, true, true},
    };
    struct bench *bench = *state;
    struct queue *own = &bench->queues[0], *kin = &bench->queues[1];

    fake_ledger_add(bench->ledger, (struct fake_row){.unit = 1, .parts = 1}, 10);
    bench_refill(bench, own);
    bench_refill(bench, kin);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        own->next_ms = kin->next_ms = INT64_MAX;
        assert_true(bench_take(own) > 0);
        queue_settled(own, cases[i].state);
        assert_int_equal(own->next_ms == 0, cases[i].wakes_own);
        assert_int_equal(kin->next_ms == 0, cases[i].wakes_kin);
    }
}

/* A row that nobody may take goes behind the others, also across the ring's end. */
static void test_pass(void **state)
{
    struct bench *bench = *state;
    struct queue *queue = &bench->queues[0];

    fake_ledger_add(bench->ledger, (struct fake_row){.unit = 1, .parts = 1}, QUEUE_ROOM);
    bench_refill(bench, queue);
    assert_int_equal(queue->count, QUEUE_ROOM);
    for (int64_t id = 1; id <= QUEUE_ROOM; id++) {
        assert_int_equal(queue_peek(queue)->id, id);
        queue_pass(queue);
    }
    assert_int_equal(bench_take(queue), 1);
    queue_pass(queue);
    assert_int_equal(bench_take(queue), 3);
    while (queue->count > 1)
        queue->inflight -= bench_take(queue) > 0;
    assert_int_equal(bench_take(queue), 2);
    queue->inflight = 0;
}

/* A full queue has nothing to ask for, whatever the books still have. */
static void test_next_of_a_full_one(void **state)
{
    struct bench *bench = *state;
    struct queue *queue = &bench->queues[0];

    fake_ledger_add(bench->ledger, (struct fake_row){.unit = 1, .parts = 1}, QUEUE_ROOM + 100);
    bench_refill(bench, queue);
    assert_int_equal(queue->next_ms, 0);
    assert_int_equal(queue_next_ms(queue), INT64_MAX);
    assert_int_equal(queue->open_parts, QUEUE_ROOM + 100);
}

#define BENCH_TEST(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_ring),
        BENCH_TEST(test_empty),
        BENCH_TEST(test_kin_wakes),
        BENCH_TEST(test_pass),
        BENCH_TEST(test_next_of_a_full_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
