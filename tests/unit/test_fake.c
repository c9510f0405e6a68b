/* test_fake: the fake does what its script says, letter by letter. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "adapters/fake.h"

/* Plays jobs one after the other and writes down what happens, a word an event. */
struct play {
    uv_loop_t loop;
    void *state;
    struct adapter_job job;
    unsigned jobs; /* still to come */
    struct buffer events;
    int last_reference;
};

static void play_next(struct play *play)
{
    if (!play->jobs) {
        adapter_fake.stop(play->state);
        return;
    }
    play->jobs--;
    assert_int_equal(adapter_fake.submit(play->state, &play->job), 0);
    assert_true(adapter_fake.submit(play->state, &play->job) > 0);
}

static void play_on_ready(void *ctx, bool ready, const char *why)
{
    struct play *play = ctx;

    buffer_add_text(&play->events, ready ? "ready " : "lost ");
    assert_int_equal(ready, !*why);
    if (ready)
        play_next(play);
    else
        assert_true(adapter_fake.submit(play->state, &play->job) > 0);
}

static void play_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    static const char *const kinds[OUTCOME_KINDS] = {"sent", "rejected", "deferred", "unknown",
                                                     "returned"};
    struct play *play = ctx;

    assert_ptr_equal(job, &play->job);
    buffer_printf(&play->events, "%s ", kinds[result->outcome.kind]);
    assert_int_equal(result->outcome.n_references, result->outcome.kind == OUTCOME_SENT);
    assert_int_equal(result->outcome.wait_ms, result->outcome.kind == OUTCOME_DEFERRED ? 10 : 0);
    assert_int_equal(result->level, LEVEL_UNKNOWN);
    play->last_reference = result->outcome.references[0];
    if (result->outcome.kind != OUTCOME_RETURNED)
        play_next(play);
}

static void play_on_report(void *ctx, const struct status_report *report)
{
    struct play *play = ctx;

    assert_int_equal(report->reference, play->last_reference);
    assert_true(report->address == play->job.address);
    buffer_add_text(&play->events, report->kind == REPORT_DELIVERED ? "delivered " : "failed ");
}

static void play_on_stopped(void *ctx)
{
    struct play *play = ctx;

    buffer_add_text(&play->events, "stopped");
}

static const struct adapter_events play_events = {
    .ready = play_on_ready,
    .done = play_on_done,
    .report = play_on_report,
    .stopped = play_on_stopped,
};

static int play_init(struct play *play, struct modem *modem, char *why, size_t why_size)
{
    struct adapter_env env = {
        .loop = &play->loop, .modem = modem, .events = &play_events, .ctx = play};

    return adapter_fake.init(play->state, &env, why, why_size);
}

static void play_script(const char *device, unsigned jobs, bool want_report, const char *expected)
{
    struct modem modem = {.device = (char *)(uintptr_t)device};
    struct play play = {.jobs = jobs,
                        .job = {.address = 8613800000001, .text = "x", .want_report = want_report}};
    char why[200] = "";

    assert_int_equal(uv_loop_init(&play.loop), 0);
    play.state = mem_alloc(1, adapter_fake.state_size);
    assert_int_equal(play_init(&play, &modem, why, sizeof why), 0);
    assert_int_equal(adapter_fake.start(play.state), 0);
    assert_int_equal(play.events.length, 0);
    uv_run(&play.loop, UV_RUN_DEFAULT);
    assert_string_equal(buffer_text(&play.events), expected);
    adapter_fake.fini(play.state);
    free(play.state);
    buffer_free(&play.events);
    assert_int_equal(uv_loop_close(&play.loop), 0);
}

static void test_each_letter(void **state)
{
    static const struct {
        const char *device;
        unsigned jobs;
        bool want_report;
        const char *expected;
    } cases[] = {
        {"fake:S", 1, false, "ready sent stopped"},
        {"fake:Ss", 2, true, "ready sent delivered sent stopped"},
        {"fake:Ns", 2, true, "ready sent failed sent stopped"},
        {"fake:Ns", 2, false, "ready sent sent stopped"},
        {"fake:RDU", 3, true, "ready rejected deferred unknown stopped"},
        {"fake:Xs", 2, true, "ready lost returned ready sent stopped"},
        {"fake:Rs", 5, true, "ready rejected sent rejected sent rejected stopped"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        play_script(cases[i].device, cases[i].jobs, cases[i].want_report, cases[i].expected);
}

static void test_references_wrap(void **state)
{
    struct modem modem = {.device = (char *)(uintptr_t) "fake:s"};
    struct play play = {.jobs = 300, .job = {.address = 8613800000001, .text = "x"}};
    char why[200];

    (void)state;
    assert_int_equal(uv_loop_init(&play.loop), 0);
    play.state = mem_alloc(1, adapter_fake.state_size);
    assert_int_equal(play_init(&play, &modem, why, sizeof why), 0);
    assert_int_equal(adapter_fake.start(play.state), 0);
    uv_run(&play.loop, UV_RUN_DEFAULT);
    assert_int_equal(play.last_reference, 300 % 256);
    adapter_fake.fini(play.state);
    free(play.state);
    buffer_free(&play.events);
    assert_int_equal(uv_loop_close(&play.loop), 0);
}

static void test_bad_scripts(void **state)
{
    static const char *const devices[] = {"/dev/ttyUSB0", "fake:", "fake:SQ", "fake:S ", "fake"};

    (void)state;
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        struct modem modem = {.device = (char *)(uintptr_t)devices[i]};
        struct play play = {.state = mem_alloc(1, adapter_fake.state_size)};
        char why[200] = "";

        assert_true(play_init(&play, &modem, why, sizeof why) < 0);
        assert_true(*why);
        adapter_fake.fini(play.state);
        free(play.state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_letter),
        cmocka_unit_test(test_references_wrap),
        cmocka_unit_test(test_bad_scripts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
