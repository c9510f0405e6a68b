/* bench_modem: what only adapters of messages can do on a bench. Include after bench.h.
 * Runs: loop. */
#ifndef LAWCAST_TESTS_ADAPTERS_BENCH_MODEM_H
#define LAWCAST_TESTS_ADAPTERS_BENCH_MODEM_H

#include "tests/adapters/bench.h"

static void bench_open(struct bench *bench, const char *kind)
{
    bench_open_with(bench, kind, NULL);
}

static void bench_begin(struct bench *bench, const char *kind)
{
    bench_open(bench, kind);
    assert_int_equal(bench_init(bench), 0);
    bench_start(bench);
    bench_until_ready(bench, 1);
}

static void bench_until_received(struct bench *bench, int times)
{
    while (bench->received < times)
        uv_run(&bench->loop, UV_RUN_ONCE);
}

/* A fake that does this. */
static void bench_script(struct bench *bench, const char *script)
{
    if (bench->sim)
        return;
    free(bench->modem.device);
    bench->modem.device = mem_dup(script);
}

/* Another adapter for the same device, after the first was stopped. */
static void bench_renew(struct bench *bench)
{
    bench->adapter->fini(bench->state);
    memset(bench->state, 0, bench->adapter->state_size);
    bench->stopped = 0;
    assert_int_equal(bench_init(bench), 0);
    bench_start(bench);
    bench_until_ready(bench, bench->ready + 1);
}

/* Somebody answers; job i gives the number. Only the fake needs the job. */
static void bench_answer(struct bench *bench, const char *text, unsigned i)
{
    MEM_FREE_LATER char *command =
        mem_printf("deliver 0 %lld %s", (long long)bench->jobs[i].address, text);

    if (!bench->sim)
        assert_int_equal(bench_do(bench, ADAPTER_SUBMIT, i), OUTCOME_SENT);
    else
        assert_true(tell(bench->sim, command));
}

/* What was to be forgotten has left the device. */
static void bench_until_forgotten(struct bench *bench)
{
    while (bench->sim && tell_figure(bench->sim, "store 0", "/used") != 0)
        uv_run(&bench->loop, UV_RUN_ONCE);
}

/* The device is lost and comes back. */
static void bench_lose(struct bench *bench)
{
    int ready = bench->ready;

    if (!bench->sim) {
        assert_int_equal(bench_do(bench, ADAPTER_SUBMIT, 0), OUTCOME_RETURNED);
    } else {
        assert_true(tell(bench->sim, "unplug 0"));
        while (!bench->lost)
            uv_run(&bench->loop, UV_RUN_ONCE);
        assert_true(tell(bench->sim, "replug 0"));
    }
    bench_until_ready(bench, ready + 1);
}

#endif
