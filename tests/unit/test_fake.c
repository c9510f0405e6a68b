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
#include "adapters/modem/pin.h"

/* Plays jobs one after the other and writes down what happens, a word an event. */
struct play {
    uv_loop_t loop;
    void *state;
    struct adapter_job job;
    unsigned jobs; /* still to come */
    struct buffer events;
    int last_reference;
    bool forgets;
    int received;
    uint64_t ticket;       /* of what came in last */
    int64_t first_sent_ms; /* of what came in first */
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
    if (result->outcome.advice == ADVICE_REST)
        buffer_printf(&play->events, "rest%d ", (int)result->outcome.rest_ms);
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

static void play_on_health(void *ctx, const struct modem_health *health)
{
    struct play *play = ctx;

    buffer_printf(&play->events, "%s%d ", health->imsi, health->signal_dbm);
}

/* The same message, however often it comes; each time with another ticket, unless it was forgotten
 * and its place is free again. */
static void play_on_received(void *ctx, const struct inbound *inbound)
{
    struct play *play = ctx;

    assert_true(play->forgets || inbound->ticket != play->ticket);
    play->ticket = inbound->ticket;
    assert_int_equal(inbound->total, 1);
    assert_int_equal(inbound->seq, 1);
    assert_true(inbound->address == play->job.address);
    assert_string_equal(inbound->sender, "+8613800000001");
    if (play->received++ == 0)
        play->first_sent_ms = inbound->sent_ms;
    assert_true(inbound->sent_ms >= play->first_sent_ms);
    buffer_printf(&play->events, "%s ", inbound->text);
    adapter_fake.forget(play->state, inbound->ticket + 1);
    adapter_fake.forget(play->state, inbound->ticket - (UINT64_C(1) << 32)); /* older */
    adapter_fake.forget(play->state, UINT64_MAX);
    if (play->forgets)
        adapter_fake.forget(play->state, inbound->ticket);
}

static void play_on_pin_refused(void *ctx, int64_t mark)
{
    struct play *play = ctx;

    assert_true(mark == modem_pin_mark("m", "0000"));
    buffer_add_text(&play->events, "refused ");
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
    .health = play_on_health,
    .received = play_on_received,
    .pin_refused = play_on_pin_refused,
    .stopped = play_on_stopped,
};

static int play_init(struct play *play, struct modem *modem, char *why, size_t why_size)
{
    struct adapter_env env = {
        .loop = &play->loop, .modem = modem, .events = &play_events, .ctx = play};

    return adapter_fake.init(play->state, &env, why, why_size);
}

static void play_begin(struct play *play, struct modem *modem, int64_t pin_mark)
{
    char why[200] = "";

    assert_int_equal(uv_loop_init(&play->loop), 0);
    play->state = mem_alloc(1, adapter_fake.state_size);
    assert_int_equal(play_init(play, modem, why, sizeof why), 0);
    adapter_fake.remember(play->state, pin_mark, "");
    assert_int_equal(adapter_fake.start(play->state), 0);
    assert_int_equal(play->events.length, 0);
    uv_run(&play->loop, UV_RUN_DEFAULT);
}

static void play_end(struct play *play)
{
    adapter_fake.fini(play->state);
    free(play->state);
    buffer_free(&play->events);
    assert_int_equal(uv_loop_close(&play->loop), 0);
}

static void play_script(const char *device, unsigned jobs, bool want_report, const char *expected)
{
    struct modem modem = {.device = (char *)(uintptr_t)device};
    struct play play = {.jobs = jobs,
                        .job = {.address = 8613800000001, .text = "x", .want_report = want_report}};

    play_begin(&play, &modem, 0);
    assert_string_equal(buffer_text(&play.events), expected);
    play_end(&play);
}

static void test_each_letter(void **state)
{
    static const struct {
        const char *device;
        unsigned jobs;
        bool want_report;
        const char *expected;
    } cases[] = {
        {"fake:S", 1, false, "-73 ready sent stopped"},
        {"fake:Ss", 2, true, "-73 ready sent delivered sent stopped"},
        {"fake:Ns", 2, true, "-73 ready sent failed sent stopped"},
        {"fake:Ns", 2, false, "-73 ready sent sent stopped"},
        {"fake:RDU", 3, true, "-73 ready rejected deferred unknown stopped"},
        {"fake:B", 1, true, "-73 ready deferred rest20 stopped"},
        {"fake:Xs", 2, true, "-73 ready lost returned -73 ready sent stopped"},
        {"fake:Rs", 5, true, "-73 ready rejected sent rejected sent rejected stopped"},
        {"fake:Hs", 4, true, "-73 ready sent -97 sent sent -73 sent stopped"},
        /* Told while it stops, and while it is lost kept. */
        {"fake:I", 1, true, "-73 ready sent TD stopped"},
        {"fake:Qs", 2, true, "-73 ready sent 收到 sent stopped"},
        {"fake:IXs", 3, true, "-73 ready sent TD lost returned -73 ready TD sent stopped"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        play_script(cases[i].device, cases[i].jobs, cases[i].want_report, cases[i].expected);
}

/* What is forgotten doesn't come again. */
static void test_forgotten(void **state)
{
    struct modem modem = {.device = (char *)(uintptr_t) "fake:IXs",
                          .imsi = (char *)(uintptr_t) "460000000000017/"};
    struct play play = {.jobs = 3, .forgets = true, .job = {.address = 8613800000001, .text = "x"}};

    (void)state;
    play_begin(&play, &modem, 0);
    assert_string_equal(buffer_text(&play.events),
                        "460000000000017/-73 ready sent TD lost returned 460000000000017/-73 ready "
                        "sent stopped");
    play_end(&play);
}

/* A full SIM loses what comes, and gives its places back. */
static void test_full(void **state)
{
    struct modem modem = {.device = (char *)(uintptr_t) "fake:I"};
    struct play play = {.jobs = 100, .job = {.address = 8613800000001, .text = "x"}};

    (void)state;
    play_begin(&play, &modem, 0);
    assert_int_equal(play.received, FAKE_PLACES);
    play_end(&play);
    play = (struct play){.jobs = 100, .forgets = true, .job = play.job};
    play_begin(&play, &modem, 0);
    assert_int_equal(play.received, 100);
    play_end(&play);
}

/* A refused PIN is told once, and never again when it is remembered. */
static void test_bad_pin(void **state)
{
    struct modem modem = {.id = (char *)(uintptr_t) "m",
                          .device = (char *)(uintptr_t) "fake:s",
                          .pin = (char *)(uintptr_t) "0000"};
    const int64_t mark = modem_pin_mark("m", "0000");

    (void)state;
    for (int again = 0; again < 2; again++) {
        struct play play = {.jobs = 1, .job = {.address = 8613800000001, .text = "x"}};

        play_begin(&play, &modem, again ? mark : 1);
        assert_string_equal(buffer_text(&play.events), again ? "lost " : "refused lost ");
        adapter_fake.stop(play.state);
        uv_run(&play.loop, UV_RUN_DEFAULT);
        play_end(&play);
    }
}

static void test_references_wrap(void **state)
{
    struct modem modem = {.device = (char *)(uintptr_t) "fake:s"};
    struct play play = {.jobs = 300, .job = {.address = 8613800000001, .text = "x"}};

    (void)state;
    play_begin(&play, &modem, 0);
    assert_int_equal(play.last_reference, 300 % 256);
    play_end(&play);
}

static void test_bad_scripts(void **state)
{
    static const char *const devices[] = {"/dev/ttyUSB0", "fake:", "fake:SZ", "fake:S ", "fake"};

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
        cmocka_unit_test(test_forgotten),
        cmocka_unit_test(test_full),
        cmocka_unit_test(test_bad_pin),
        cmocka_unit_test(test_references_wrap),
        cmocka_unit_test(test_bad_scripts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
