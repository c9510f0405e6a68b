/* desk: one modem adapter on a loop, with agents that are shell scripts, and what it has told.
 * Runs: loop (blocks; for tests). Part of the test that includes it.
 *
 * An agent's script begins with DESK_AGENT: it counts its start in the file "starts", and has $dir
 * and $device. */
#ifndef LAWCAST_TESTS_UNIT_DESK_H
#define LAWCAST_TESTS_UNIT_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

#include "adapters/adapter.h"
#include "adapters/kinds.h"
#include "adapters/modem/modem.h"

enum { DESK_TIMEOUT_MS = 700, DESK_PATIENCE_MS = 30000 };

#define DESK_AGENT                                                                                 \
    "#!/bin/sh\n"                                                                                  \
    "dir=${0%/*}\n"                                                                                \
    "device=$2\n"                                                                                  \
    "echo x >>$dir/starts\n"
#define DESK_READY "echo 'health 1 -73 0 - - - - -'; echo ready\n"

struct desk {
    char dir[64], script[96];
    uv_loop_t loop;
    uv_timer_t limit;
    struct modem modem;
    struct adapter_env env;
    void *state;
    struct adapter_job job;
    struct adapter_result last;
    bool up;
    char why[160];
    int ups, downs, done, reports, lost, healths, received, tries, refusals, stopped;
    int64_t up_ms, down_ms, done_ms; /* mono */
    struct modem_health health;
    struct inbound inbound;
    int64_t pin_mark;
};

static void desk_on_ready(void *ctx, bool ready, const char *why)
{
    struct desk *desk = ctx;

    assert_true(!ready || desk->healths > 0);
    desk->up = ready;
    desk->ups += ready;
    desk->downs += !ready;
    *(ready ? &desk->up_ms : &desk->down_ms) = clock_mono_ms();
    snprintf(desk->why, sizeof desk->why, "%s", why);
}

static void desk_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct desk *desk = ctx;

    assert_ptr_equal(job, &desk->job);
    desk->last = *result;
    desk->done++;
    desk->done_ms = clock_mono_ms();
}

static void desk_on_report(void *ctx, const struct status_report *report)
{
    struct desk *desk = ctx;

    assert_true(report->address == 8613800000001 || report->address == 0);
    desk->reports += report->address != 0;
    desk->lost += report->address == 0;
}

static void desk_on_health(void *ctx, const struct modem_health *health)
{
    struct desk *desk = ctx;

    desk->health = *health;
    desk->healths++;
}

static void desk_on_received(void *ctx, const struct inbound *inbound)
{
    struct desk *desk = ctx;

    assert_int_equal(desk->stopped, 0);
    desk->inbound = *inbound;
    desk->received++;
}

static void desk_on_pin_refused(void *ctx, int64_t mark)
{
    struct desk *desk = ctx;

    desk->pin_mark = mark;
    desk->refusals += mark > 0;
    desk->tries += mark < 0;
}

static void desk_on_stopped(void *ctx)
{
    ((struct desk *)ctx)->stopped++;
}

static void desk_on_limit(uv_timer_t *timer)
{
    const struct desk *desk = timer->data;

    fail_msg("waited in vain; ups %d, downs %d, done %d, why %s", desk->ups, desk->downs,
             desk->done, desk->why);
}

static void desk_write_script(struct desk *desk, const char *script)
{
    FILE *file = fopen(desk->script, "w");

    assert_non_null(file);
    fprintf(file, "%s%s", DESK_AGENT, script);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(desk->script, 0700), 0);
}

/* The agent is there, the adapter is not begun: the modem may still be changed. */
static void desk_open(struct desk *desk, const char *script)
{
    const char *tmp = getenv("TMPDIR");

    *desk = (struct desk){0};
    snprintf(desk->dir, sizeof desk->dir, "%.40s/modem-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(desk->dir));
    snprintf(desk->script, sizeof desk->script, "%s/agent", desk->dir);
    desk_write_script(desk, script);
    assert_int_equal(uv_loop_init(&desk->loop), 0);
    uv_timer_init(&desk->loop, &desk->limit);
    desk->limit.data = desk;
    uv_timer_start(&desk->limit, desk_on_limit, DESK_PATIENCE_MS, 0);
    desk->modem = (struct modem){.id = (char *)(uintptr_t) "bank/0",
                                 .device = (char *)(uintptr_t) "/dev/null",
                                 .connection = (char *)(uintptr_t) "at",
                                 .timeout_ms = DESK_TIMEOUT_MS};
}

static inline void desk_begin(struct desk *desk, const struct modem_patience *patience)
{
    static const struct adapter_events events = {.ready = desk_on_ready,
                                                 .done = desk_on_done,
                                                 .report = desk_on_report,
                                                 .health = desk_on_health,
                                                 .received = desk_on_received,
                                                 .pin_refused = desk_on_pin_refused,
                                                 .stopped = desk_on_stopped};
    char why[200];

    desk->env.loop = &desk->loop;
    desk->env.agent_path = desk->script;
    desk->env.modem = &desk->modem;
    desk->env.events = &events;
    desk->env.ctx = desk;
    desk->state = mem_alloc(1, adapter_modem.state_size);
    assert_int_equal(adapter_modem.init(desk->state, &desk->env, why, sizeof why), 0);
    if (patience)
        modem_set_patience(desk->state, patience);
    adapter_modem.remember(desk->state, desk->pin_mark, desk->health.imsi);
    assert_int_equal(adapter_modem.start(desk->state), 0);
}

static void desk_until(struct desk *desk, const int *count, int wanted)
{
    while (*count < wanted)
        uv_run(&desk->loop, UV_RUN_ONCE);
}

static inline int desk_lend(struct desk *desk, int64_t number)
{
    desk->job = (struct adapter_job){
        .id = (uint64_t)desk->done + 1, .address = 8613800000000 + number, .text = "a"};
    return adapter_modem.submit(desk->state, &desk->job);
}

/* Sends one when the modem is up. */
static inline const struct outcome *desk_do(struct desk *desk, int64_t number)
{
    while (!desk->up)
        uv_run(&desk->loop, UV_RUN_ONCE);
    assert_int_equal(desk_lend(desk, number), 0);
    desk_until(desk, &desk->done, desk->done + 1);
    return &desk->last.outcome;
}

/* A file of the agent's, "" when there is none. */
static inline const char *desk_read(const struct desk *desk, const char *name, struct buffer *text)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", desk->dir, name);

    buffer_clear(text);
    (void)buffer_read_file(text, path, 65536);
    return buffer_text(text);
}

/* How many agents there were. */
static inline int desk_starts(const struct desk *desk)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    return (int)strlen(desk_read(desk, "starts", &text)) / 2;
}

static void desk_stop(struct desk *desk)
{
    adapter_modem.stop(desk->state);
    assert_int_equal(desk->stopped, 0);
    desk_until(desk, &desk->stopped, 1);
}

/* The adapter's end; another may begin. */
static void desk_end(struct desk *desk)
{
    if (!desk->stopped)
        desk_stop(desk);
    adapter_modem.fini(desk->state);
    free(desk->state);
    desk->stopped = 0;
    desk->up = false;
}

static void desk_close(struct desk *desk)
{
    struct dirent *entry;
    DIR *dir;

    desk_end(desk);
    uv_close((uv_handle_t *)&desk->limit, NULL);
    uv_run(&desk->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&desk->loop), 0);
    dir = opendir(desk->dir);
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    assert_int_equal(rmdir(desk->dir), 0);
}

#define DESK_OURS   "460000000000017"
#define DESK_THEIRS "460020000000042"

/* An agent whose SIM is written in its device. */
#define DESK_READS_ITS_SIM                                                                         \
    "echo $device >>$dir/visits\n"                                                                 \
    "echo health 1 -73 0 - $(cat $device) - - -; echo ready\n"

/* Comes back soon, but for quarantine, which outlasts the test. */
static const struct modem_patience desk_soon = {
    .open_ms = 10000,
    .margin_ms = 5000,
    .leave_ms = 5000,
    .silence_ms = 20000,
    .look_ms = 10,
    .retry = {.first_ms = 1,
              .most_ms = 2,
              .failures = 4,
              .quarantine_first_ms = 600000,
              .quarantine_most_ms = 3600000},
};

/* Same, but quarantine is over at once. */
static const struct modem_patience desk_forgiving = {
    .open_ms = 10000,
    .margin_ms = 5000,
    .leave_ms = 5000,
    .silence_ms = 20000,
    .look_ms = 10,
    .retry = {.first_ms = 1,
              .most_ms = 2,
              .failures = 4,
              .quarantine_first_ms = 50,
              .quarantine_most_ms = 100},
};

/* Lets time pass, in which something wrong could happen. */
static inline void desk_idle(struct desk *desk, int64_t ms)
{
    uv_timer_t wake;

    uv_timer_init(&desk->loop, &wake);
    uv_timer_start(&wake, desk_on_limit, 60000, 0);
    for (int64_t since = clock_mono_ms(); clock_mono_ms() - since < ms;)
        uv_run(&desk->loop, UV_RUN_NOWAIT);
    uv_close((uv_handle_t *)&wake, NULL);
    uv_run(&desk->loop, UV_RUN_NOWAIT);
}

static inline char *desk_device(const struct desk *desk, int i)
{
    return mem_printf("%s/tty%d", desk->dir, i);
}

/* Something with this SIM is plugged in at device i; NULL: nothing. It replaces what was there, and
 * is never the same file again. */
static inline void desk_plug(const struct desk *desk, int i, const char *imsi)
{
    MEM_FREE_LATER char *device = desk_device(desk, i), *fresh = mem_printf("%s.new", device);
    FILE *file;

    if (!imsi) {
        unlink(device);
        return;
    }
    file = fopen(fresh, "w");
    assert_non_null(file);
    fputs(imsi, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(fresh, device), 0);
}

#endif
