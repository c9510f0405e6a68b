/* bench: one adapter with a device, lent jobs, and everything that it says checked against the
 * rules.
 *
 * Part of test_conformance and test_board_rules, which include it once each. Modems and boards are
 * those of lawcast-sim; the programs are found through LAWCAST_SIM and LAWCAST_MODEM, or two
 * folders above the test. Every callback checks that no operation is running. */
#ifndef LAWCAST_TESTS_ADAPTERS_BENCH_H
#define LAWCAST_TESTS_ADAPTERS_BENCH_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "adapters/adapter.h"
#include "adapters/display/http.h"
#include "tests/adapters/tell.h"
#include "tests/support/sim_client.h"

#define BENCH_TEXT "弘扬宪法精神 \"共建\" {文明} \\城市 🎉"

enum { BENCH_TICK_MS = 10, BENCH_PATIENCE_MS = 60000, BENCH_TIMEOUT_MS = 400, BENCH_JOBS = 3 };

static const char *bench_test_program; /* argv[0], set once by main */

struct bench_option {
    const char *name, *value; /* a list ends with name NULL */
};

/* An adapter with a device, and what has happened to it. */
struct bench {
    const char *kind;
    const struct bench_option *options; /* boards; NULL: the defaults */
    const struct adapter *adapter;
    uv_loop_t loop;
    uv_timer_t tick; /* wakes the loop so that bench_until can look, and gives up in the end */
    int64_t give_up_ms;
    struct http *http;
    bool http_closed;
    struct sim_client *sim;
    char *agent;
    char device[32];
    struct modem modem;
    struct board board;
    struct adapter_env env;
    void *state;
    bool inside;  /* an operation is running */
    bool lost;    /* the last ready was false */
    bool known;   /* health was told since the device was lost last */
    bool forgets; /* at once, what comes in */
    int ready, done, stopped, received;
    struct inbound inbound; /* the last */
    struct adapter_job *lent;
    struct adapter_job jobs[BENCH_JOBS];
    struct adapter_result last;
};

/* ---- what the adapter tells ---- */

static void bench_on_ready(void *ctx, bool ready, const char *why)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_int_equal(bench->stopped, 0);
    assert_int_equal(ready, !*why);
    assert_true(!ready || bench->known || bench->adapter->channel != CHANNEL_SMS);
    bench->lost = !ready;
    bench->known = bench->known && ready;
    bench->ready += ready;
}

static void bench_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_int_equal(bench->stopped, 0);
    assert_non_null(bench->lent);
    assert_ptr_equal(job, bench->lent);
    assert_true(result->outcome.kind < OUTCOME_KINDS);
    assert_true(result->outcome.kind == OUTCOME_SENT || *result->outcome.detail);
    bench->lent = NULL;
    bench->last = *result;
    bench->done++;
}

static void bench_on_report(void *ctx, const struct status_report *report)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_true(bench->adapter->caps & ADAPTER_REPORTS);
    assert_in_range(report->reference, 0, 255);
}

static void bench_on_health(void *ctx, const struct modem_health *health)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_int_equal(bench->stopped, 0);
    assert_int_equal(bench->adapter->channel, CHANNEL_SMS);
    assert_true(health->registration < REGISTRATIONS);
    bench->known = true;
}

static void bench_forget(struct bench *bench, uint64_t ticket)
{
    bench->inside = true;
    bench->adapter->forget(bench->state, ticket);
    bench->inside = false;
}

static void bench_on_received(void *ctx, const struct inbound *inbound)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_int_equal(bench->stopped, 0);
    assert_true(bench->adapter->caps & ADAPTER_RECEIVES);
    assert_in_range(inbound->seq, 1, inbound->total);
    bench->inbound = *inbound;
    bench->received++;
    if (bench->forgets)
        bench_forget(bench, inbound->ticket);
}

static void bench_on_pin_refused(void *ctx, int64_t mark)
{
    (void)ctx;
    (void)mark;
    fail_msg("no device of these rules has a PIN");
}

static void bench_on_proved(void *ctx, const struct board_proof *proof)
{
    struct bench *bench = ctx;

    assert_int_equal(bench->adapter->channel, CHANNEL_DISPLAY);
    assert_true(*proof->name);
}

static void bench_on_stopped(void *ctx)
{
    struct bench *bench = ctx;

    assert_false(bench->inside);
    assert_null(bench->lent);
    bench->stopped++;
}

static const struct adapter_events bench_events = {
    .ready = bench_on_ready,
    .done = bench_on_done,
    .report = bench_on_report,
    .health = bench_on_health,
    .received = bench_on_received,
    .pin_refused = bench_on_pin_refused,
    .proved = bench_on_proved,
    .stopped = bench_on_stopped,
};

/* ---- the device ---- */

/* Fills a kind's options from their defaults, as config does. */
static void bench_preset(const struct option_def *option, void *filled)
{
    for (; option->name; option++) {
        void *field = (char *)filled + option->offset;
        int choice = 0;

        switch (option->type) {
        case OPTION_STRING:
            *(char **)field = mem_dup(option->preset);
            break;
        case OPTION_INT:
            *(int64_t *)field = option->preset ? strtoll(option->preset, NULL, 10) : 0;
            break;
        case OPTION_CHOICE:
            while (option->preset && strcmp(option->choices[choice], option->preset) != 0)
                assert_non_null(option->choices[++choice]);
            *(int *)field = choice;
            break;
        case OPTION_STRINGS:
            break;
        case OPTION_BOOL:
            *(bool *)field = option->preset && strcmp(option->preset, "true") == 0;
            break;
        case OPTION_TIME:
        case OPTION_SKIP:
            fail_msg("option %s: no adapter has this type yet", option->name);
        }
    }
}

/* As it would be written in a configuration. */
static void bench_set(struct bench *bench, const char *name, const char *value)
{
    const struct option_def *option = bench->adapter->kind.options;
    struct option_def chosen[2] = {0};
    void *field;

    while (option->name && strcmp(option->name, name) != 0)
        option++;
    if (!option->name)
        fail_msg("%s has no option %s", bench->kind, name);
    field = (char *)bench->board.options + option->offset;
    if (option->type == OPTION_STRING)
        free(*(char **)field);
    chosen[0] = *option;
    chosen[0].preset = value;
    bench_preset(chosen, bench->board.options);
}

static void bench_set_up_board(struct bench *bench)
{
    bench->board = (struct board){
        .id = mem_dup("plaza"),
        .place = mem_dup("plaza"),
        .color = mem_dup("#ff0000"),
        .kind = &bench->adapter->kind,
        .options = mem_alloc(1, bench->adapter->kind.size),
        .url = mem_dup(sim_client_board(bench->sim, "plaza")),
        .width = 192,
        .height = 64,
        .font_px = 16,
        .speed_pxs = 40,
        .turn_s = 30,
        .item_s = 10,
        .timeout_ms = BENCH_TIMEOUT_MS,
    };
    bench_preset(bench->adapter->kind.options, bench->board.options);
    for (const struct bench_option *option = bench->options; option && option->name; option++)
        bench_set(bench, option->name, option->value);
    bench->http = http_new(&bench->loop);
    bench->env.http = bench->http;
    bench->env.board = &bench->board;
}

static char *bench_program(const char *variable, const char *name)
{
    const char *given = getenv(variable), *slash = strrchr(bench_test_program, '/');

    if (given)
        return mem_dup(given);
    assert_non_null(slash);
    return mem_printf("%.*s/../../%s", (int)(slash - bench_test_program), bench_test_program, name);
}

static char *bench_board_spec(const struct bench *bench)
{
    struct jv *spec = jv_object(), *boards = jv_array(), *board = jv_object();
    struct jv *options = jv_object();
    struct buffer text = BUFFER_NULL;

    for (const struct bench_option *option = bench->options; option && option->name; option++)
        jv_put(options, option->name, jv_string(option->value));
    jv_put(board, "id", jv_string("plaza"));
    jv_put(board, "kind", jv_string(bench->kind));
    jv_put(board, "options", options);
    jv_push(boards, board);
    jv_put(spec, "modems", jv_int(0));
    jv_put(spec, "boards", boards);
    jv_write(spec, false, &text);
    jv_free(spec);
    return buffer_take(&text);
}

static void bench_start_sim(struct bench *bench)
{
    MEM_FREE_LATER char *program = sim_client_program(bench_test_program);
    MEM_FREE_LATER char *spec = NULL;
    const char *const options[] = {"--modems", "1", "--air-ms", "0", "--report-ms", "0", NULL};
    const char *const none[] = {NULL};

    if (bench->adapter->channel == CHANNEL_SMS) {
        bench->sim = sim_client_start(program, options);
    } else {
        spec = bench_board_spec(bench);
        bench->sim = sim_client_start_spec(program, spec, none);
    }
    assert_non_null(bench->sim);
}

static void bench_set_up_modem(struct bench *bench)
{
    const char *device = bench->device;

    if (bench->sim) {
        device = sim_client_modem(bench->sim, 0);
        bench->agent = bench_program("LAWCAST_MODEM", "lawcast-modem");
        bench->env.agent_path = bench->agent;
    }
    bench->modem = (struct modem){
        .id = mem_dup("bank/0"),
        .bank = mem_dup("bank"),
        .device = mem_dup(device),
        .connection = mem_dup("at115200"),
        .grace_ms = 1,
        .timeout_ms = 2000,
    };
    bench->env.modem = &bench->modem;
}

/* Without end: a device that is dead has its own ways to say so, and none takes a minute. */
static void bench_on_tick(uv_timer_t *tick)
{
    const struct bench *bench = tick->data;

    if (clock_mono_ms() > bench->give_up_ms)
        fail_msg("%s: waited in vain; ready %d, done %d, stopped %d", bench->kind, bench->ready,
                 bench->done, bench->stopped);
}

static void bench_open_with(struct bench *bench, const char *kind,
                            const struct bench_option *options)
{
    *bench = (struct bench){.kind = kind, .options = options, .adapter = adapter_find(kind)};
    assert_non_null(bench->adapter);
    adapter_check(bench->adapter);
    assert_int_equal(uv_loop_init(&bench->loop), 0);
    uv_timer_init(&bench->loop, &bench->tick);
    bench->tick.data = bench;
    bench->give_up_ms = clock_mono_ms() + BENCH_PATIENCE_MS;
    uv_timer_start(&bench->tick, bench_on_tick, BENCH_TICK_MS, BENCH_TICK_MS);
    bench->env = (struct adapter_env){.loop = &bench->loop, .events = &bench_events, .ctx = bench};
    snprintf(bench->device, sizeof bench->device, "fake:s");
    if (strcmp(kind, "fake") != 0)
        bench_start_sim(bench);
    if (bench->adapter->channel == CHANNEL_SMS)
        bench_set_up_modem(bench);
    else
        bench_set_up_board(bench);
    for (unsigned i = 0; i < BENCH_JOBS; i++) {
        struct adapter_job *job = &bench->jobs[i];

        job->id = i + 1;
        job->address = bench->adapter->channel == CHANNEL_SMS ? 8613800000001 : 0;
        job->text = BENCH_TEXT;
        job->from_ms = clock_wall_ms();
        job->until_ms = job->from_ms + 300000;
        job->limit_ms = job->until_ms;
        job->slot = 7;
        job->want = LEVEL_STORED;
        snprintf(job->name, sizeof job->name, "lc-%u-a1b2c3", i);
    }
    bench->state = mem_alloc(1, bench->adapter->state_size);
}

static void bench_on_http_closed(void *ctx)
{
    ((struct bench *)ctx)->http_closed = true;
}

/* Everything must be gone by itself: what is left would be seen by uv_loop_close. */
static void bench_close(struct bench *bench)
{
    bench->adapter->fini(bench->state);
    free(bench->state);
    if (bench->http)
        http_close(bench->http, bench_on_http_closed, bench);
    uv_close((uv_handle_t *)&bench->tick, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    assert_int_equal(bench->http_closed, bench->http != NULL);
    http_free(bench->http);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
    if (bench->board.options)
        option_release(bench->adapter->kind.options, bench->board.options);
    free(bench->board.options);
    free(bench->board.id);
    free(bench->board.place);
    free(bench->board.color);
    free(bench->board.url);
    free(bench->modem.id);
    free(bench->modem.bank);
    free(bench->modem.device);
    free(bench->modem.connection);
    free(bench->agent);
    if (bench->sim)
        sim_client_free(bench->sim);
}

/* ---- operations ---- */

static int bench_init(struct bench *bench)
{
    char why[300] = "";
    int rc;

    bench->inside = true;
    rc = bench->adapter->init(bench->state, &bench->env, why, sizeof why);
    bench->inside = false;
    assert_int_equal(rc < 0, *why != '\0');
    return rc;
}

static void bench_start(struct bench *bench)
{
    bench->inside = true;
    assert_int_equal(bench->adapter->start(bench->state), 0);
    bench->inside = false;
}

static void bench_stop(struct bench *bench)
{
    bench->inside = true;
    bench->adapter->stop(bench->state);
    bench->inside = false;
    while (!bench->stopped)
        uv_run(&bench->loop, UV_RUN_ONCE);
    assert_null(bench->lent);
}

static int bench_lend(struct bench *bench, enum adapter_verb verb, unsigned i)
{
    int (*const verbs[])(void *state, struct adapter_job *job) = {
        [ADAPTER_SUBMIT] = bench->adapter->submit,
        [ADAPTER_WITHDRAW] = bench->adapter->withdraw,
        [ADAPTER_VERIFY] = bench->adapter->verify,
        [ADAPTER_PROBE] = bench->adapter->probe,
    };
    struct adapter_job *job = &bench->jobs[i], *before = bench->lent;
    int rc;

    job->verb = verb;
    bench->lent = job;
    bench->inside = true;
    rc = verbs[verb](bench->state, job);
    bench->inside = false;
    assert_true(rc >= 0);
    if (rc)
        bench->lent = before;
    return rc;
}

static void bench_until_done(struct bench *bench)
{
    while (bench->lent)
        uv_run(&bench->loop, UV_RUN_ONCE);
}

static enum outcome_kind bench_do(struct bench *bench, enum adapter_verb verb, unsigned i)
{
    int done = bench->done;

    assert_int_equal(bench_lend(bench, verb, i), 0);
    bench_until_done(bench);
    assert_int_equal(bench->done, done + 1);
    return bench->last.outcome.kind;
}

static void bench_until_ready(struct bench *bench, int times)
{
    while (bench->ready < times)
        uv_run(&bench->loop, UV_RUN_ONCE);
}

static void bench_end(struct bench *bench)
{
    bench_stop(bench);
    bench_close(bench);
}

/* From now on the device takes what is sent to it and says nothing. */
static inline void bench_silence(struct bench *bench)
{
    if (!bench->sim)
        return;
    if (bench->adapter->channel == CHANNEL_SMS)
        assert_true(tell(bench->sim, "hang 0 after"));
    else
        assert_true(tell(bench->sim, "hangboard plaza on"));
}

static inline const char *bench_no_header(const struct adapter_call *call, const char *name)
{
    (void)call;
    (void)name;
    return NULL;
}

#endif
