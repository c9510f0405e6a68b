/* test_modem: the loop's side of a modem, with agents that are shell scripts: whatever an agent
 * says, leaves unsaid or does, each job ends once and the modem comes back when it should.
 * Runs: loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

#include "adapters/adapter.h"
#include "adapters/kinds.h"

enum { DESK_TIMEOUT_MS = 700, DESK_PATIENCE_MS = 30000 };

/* An agent that answers each line "send ID ..." with the next word of its script. */
#define AGENT_HEAD                                                                                 \
    "#!/bin/sh\n"                                                                                  \
    "dir=${0%/*}\n"                                                                                \
    "echo x >>$dir/starts\n"                                                                       \
    "echo 'ready - -'\n"

struct desk {
    char dir[64], script[96];
    uv_loop_t loop;
    uv_timer_t limit;
    struct modem modem;
    void *state;
    struct adapter_job job;
    struct adapter_result last;
    bool up;
    char why[160];
    int ups, downs, done, reports, stopped;
    int64_t up_ms, done_ms; /* mono */
};

static void desk_ready(void *ctx, bool ready, const char *why)
{
    struct desk *desk = ctx;

    desk->up = ready;
    desk->ups += ready;
    desk->downs += !ready;
    if (ready)
        desk->up_ms = clock_mono_ms();
    snprintf(desk->why, sizeof desk->why, "%s", why);
}

static void desk_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct desk *desk = ctx;

    assert_ptr_equal(job, &desk->job);
    desk->last = *result;
    desk->done++;
    desk->done_ms = clock_mono_ms();
}

static void desk_report(void *ctx, const struct status_report *report)
{
    struct desk *desk = ctx;

    assert_int_equal(report->address, 8613800000001);
    desk->reports++;
}

static void desk_stopped(void *ctx)
{
    ((struct desk *)ctx)->stopped++;
}

static void desk_too_late(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("waited in vain");
}

static void desk_open(struct desk *desk, const char *script)
{
    static const struct adapter_events events = {desk_ready, desk_done, desk_report, desk_stopped};
    struct adapter_env env = {.events = &events, .ctx = desk};
    const char *tmp = getenv("TMPDIR");
    char why[200];
    FILE *file;

    *desk = (struct desk){0};
    snprintf(desk->dir, sizeof desk->dir, "%.40s/modem-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(desk->dir));
    snprintf(desk->script, sizeof desk->script, "%s/agent", desk->dir);
    file = fopen(desk->script, "w");
    assert_non_null(file);
    fprintf(file, "%s%s", AGENT_HEAD, script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(desk->script, 0700), 0);
    assert_int_equal(uv_loop_init(&desk->loop), 0);
    uv_timer_init(&desk->loop, &desk->limit);
    uv_timer_start(&desk->limit, desk_too_late, DESK_PATIENCE_MS, 0);
    desk->modem = (struct modem){
        .id = "bank/0", .device = "/dev/null", .connection = "at", .timeout_ms = DESK_TIMEOUT_MS};
    env.loop = &desk->loop;
    env.agent_path = desk->script;
    env.modem = &desk->modem;
    desk->state = mem_alloc(1, adapter_modem.state_size);
    assert_int_equal(adapter_modem.init(desk->state, &env, why, sizeof why), 0);
    assert_int_equal(adapter_modem.start(desk->state), 0);
}

static void desk_until(struct desk *desk, const int *count, int wanted)
{
    while (*count < wanted)
        uv_run(&desk->loop, UV_RUN_ONCE);
}

static int desk_lend(struct desk *desk, int64_t number)
{
    desk->job = (struct adapter_job){
        .id = (uint64_t)desk->done + 1, .address = 8613800000000 + number, .text = "a"};
    return adapter_modem.submit(desk->state, &desk->job);
}

/* Sends one when the modem is up. */
static const struct outcome *desk_do(struct desk *desk, int64_t number)
{
    while (!desk->up)
        uv_run(&desk->loop, UV_RUN_ONCE);
    assert_int_equal(desk_lend(desk, number), 0);
    desk_until(desk, &desk->done, desk->done + 1);
    return &desk->last.outcome;
}

static void desk_stop(struct desk *desk)
{
    adapter_modem.stop(desk->state);
    assert_int_equal(desk->stopped, 0);
    desk_until(desk, &desk->stopped, 1);
}

static void desk_close(struct desk *desk)
{
    char starts[96];

    if (!desk->stopped)
        desk_stop(desk);
    adapter_modem.fini(desk->state);
    free(desk->state);
    uv_close((uv_handle_t *)&desk->limit, NULL);
    uv_run(&desk->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&desk->loop), 0);
    snprintf(starts, sizeof starts, "%s/starts", desk->dir);
    unlink(starts);
    unlink(desk->script);
    assert_int_equal(rmdir(desk->dir), 0);
}

static void test_references_of_a_half(void **state)
{
    struct desk desk;
    const struct outcome *outcome;

    (void)state;
    desk_open(&desk, "while read w id rest; do\n"
                     "echo \"unknown $id 38 7,-1 2 of 3 parts were taken, then: x\"\n"
                     "echo 'report 8613800000001 7 0 0'; done\n");
    outcome = desk_do(&desk, 1);
    assert_int_equal(outcome->kind, OUTCOME_UNKNOWN);
    assert_int_equal(outcome->code, 38);
    assert_int_equal(outcome->n_references, 2);
    assert_int_equal(outcome->references[0], 7);
    assert_int_equal(outcome->references[1], -1);
    desk_until(&desk, &desk.reports, 1);
    assert_int_equal(desk.downs, 0); /* the modem answered: it goes on */
    desk_close(&desk);
}

/* One number that it can't bear: it goes on. Two: it rests, and says so before it gives back the
 * message. */
static void test_ill_modem(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, "while read w id rest; do echo \"deferred $id 300 10000 x\"; done\n");
    for (int i = 0; i < 3; i++)
        assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 0);
    assert_int_equal(desk_do(&desk, 2)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 1);
    assert_false(desk.up);
    assert_int_equal(desk.last.outcome.wait_ms, 10000);
    assert_int_equal(desk_do(&desk, 3)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk.downs, 2);
    desk_close(&desk);
}

/* After a message without an answer the modem isn't used for as long again, whoever found out: the
 * agent that says so, one that dies, one that is killed. */
static void test_quiet_after_doubt(void **state)
{
    static const char *const scripts[] = {
        "read w id rest || exit; echo 'down silent'; echo \"unknown $id 0 - silent\"; read w\n",
        "read w id rest || exit; kill -9 $$\n",
        "read w id rest || exit; echo nonsense; read w\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct desk desk;

        desk_open(&desk, scripts[i]);
        assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_UNKNOWN);
        assert_int_equal(desk.last.outcome.n_references, 0);
        desk_until(&desk, &desk.ups, 2);
        assert_true(desk.up_ms - desk.done_ms >= DESK_TIMEOUT_MS - 50);
        desk_close(&desk);
    }
}

/* Where nothing is in doubt, it comes back sooner. */
static void test_no_quiet_without_doubt(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk,
              "read w id rest || exit; echo 'down no prompt'; echo \"returned $id 0 x\"; read w\n");
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_RETURNED);
    desk_until(&desk, &desk.ups, 2);
    assert_true(desk.up_ms - desk.done_ms < DESK_TIMEOUT_MS - 50);
    desk_close(&desk);
}

/* Killed for its silence, and told at once, not when it is reaped; what it leaves behind holds its
 * output open: neither the job nor the modem nor a stop waits for that. */
static void test_killed_and_still_there(void **state)
{
    struct adapter_job other = {.id = 2, .address = 8613800000002, .text = "a"};
    int64_t begin;
    struct desk desk;

    (void)state;
    desk_open(&desk, "sleep 14 2>/dev/null &\nwhile :; do sleep 1; done\n");
    desk.modem.timeout_ms = 0; /* the margin alone */
    while (!desk.up)
        uv_run(&desk.loop, UV_RUN_ONCE);
    assert_int_equal(desk_lend(&desk, 1), 0);
    desk_until(&desk, &desk.downs, 1);
    assert_int_equal(desk.done, 0);
    assert_true(adapter_modem.submit(desk.state, &other) > 0);
    begin = clock_mono_ms();
    desk_stop(&desk);
    assert_true(clock_mono_ms() - begin < 7000);
    assert_int_equal(desk.done, 1);
    assert_int_equal(desk.last.outcome.kind, OUTCOME_UNKNOWN);
    desk_close(&desk);
}

/* Doubts are logged and change nothing; reports come at any time. */
static void test_doubts_and_reports(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, "while read w id rest; do echo 'doubt an answer twice'\n"
                     "echo 'report 8613800000001 9 0 0'; echo \"sent $id 9\"; done\n"
                     "echo 'report 8613800000001 9 0 0'\n");
    assert_int_equal(desk_do(&desk, 1)->kind, OUTCOME_SENT);
    desk_until(&desk, &desk.reports, 1);
    desk_stop(&desk);
    assert_int_equal(desk.reports, 2); /* the last one after its input had ended */
    assert_int_equal(desk.downs, 0);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_references_of_a_half),
        cmocka_unit_test(test_ill_modem),
        cmocka_unit_test(test_quiet_after_doubt),
        cmocka_unit_test(test_no_quiet_without_doubt),
        cmocka_unit_test(test_killed_and_still_there),
        cmocka_unit_test(test_doubts_and_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
