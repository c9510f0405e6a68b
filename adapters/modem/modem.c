/* modem: the adapter of one modem, which a process of its own drives (agent.c). See adapter.h.
 * Runs: loop.
 *
 * A message goes to the agent as one line and comes back as one line (line.h). What can go wrong on
 * the way becomes an outcome here: an agent that ends, is killed for taking too long, or speaks
 * nonsense while it has a message leaves that message in doubt. A lost agent is started again after
 * a while (backoff.h). Status reports that come while a message is with the agent wait until its
 * outcome was told, because the books must know a reference before they hear what became of it. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/model/backoff.h"
#include "gateway/model/sms_text.h"

#include "adapters/adapter.h"
#include "adapters/kinds.h"
#include "adapters/modem/child.h"
#include "adapters/modem/held.h"
#include "adapters/modem/line.h"

#define MODEM_OPEN_MS   15000 /* beyond timeout_ms: an older agent may still hold the device */
#define MODEM_MARGIN_MS 5000  /* beyond the agent's own time limit */
#define MODEM_LEAVE_MS  5000  /* for an agent that has nothing left to do */
#define MODEM_FIRST_MS  250
#define MODEM_MOST_MS   30000

/* What the agent is doing, and what the timer does when it has done that for too long. */
enum modem_phase {
    MODEM_NEW,     /* never started */
    MODEM_RESTING, /* there is no agent; the timer starts one */
    MODEM_OPENING, /* prepares the modem; the timer kills it */
    MODEM_READY,   /* takes jobs; while one is lent the timer kills it */
    MODEM_LEAVING, /* is about to end; the timer kills it */
    MODEM_STOPPED,
};

struct modem_state {
    struct adapter_env env;
    enum modem_phase phase;
    bool stopping;
    bool deaf; /* nothing that the agent says counts any more */
    bool killed;
    int failures;                 /* agents lost since the last message that was sent */
    char why[160], told_why[160]; /* the agent was lost; what the caller was told of it */
    bool told, told_ready;
    uv_timer_t timer;
    struct child child;
    struct buffer in;
    struct line line;
    struct adapter_job *job;
    bool judged; /* the agent never got the job: result stands and waits for the timer */
    struct adapter_result result;
    struct held held; /* until the job's outcome was told */
};

static void modem_tell_ready(struct modem_state *m, bool ready, const char *why)
{
    if (m->told && m->told_ready == ready && strcmp(m->told_why, why) == 0)
        return;
    m->told = true;
    m->told_ready = ready;
    snprintf(m->told_why, sizeof m->told_why, "%s", why);
    if (ready)
        log_info("event=modem_ready modem=%s imei=%s imsi=%s", m->env.modem->id, m->line.imei,
                 m->line.imsi);
    else
        log_warning("event=modem_down modem=%s why=\"%s\"", m->env.modem->id, why);
    m->env.events->ready(m->env.ctx, ready, why);
}

static void modem_report(struct modem_state *m, const struct status_report *report)
{
    if (!m->job)
        m->env.events->report(m->env.ctx, report);
    else if (!held_add(&m->held, report))
        log_warning("event=report_dropped modem=%s reference=%d", m->env.modem->id,
                    report->reference);
}

/* Gives the job back with the result that stands. The caller may lend another at once. */
static void modem_settle(struct modem_state *m)
{
    struct adapter_job *job = m->job;
    struct adapter_result result = m->result;

    m->job = NULL;
    m->judged = false;
    if (result.outcome.kind == OUTCOME_SENT)
        m->failures = 0;
    m->env.events->done(m->env.ctx, job, &result);
    held_release(&m->held, m->env.events->report, m->env.ctx);
}

static void modem_judge(struct modem_state *m, enum outcome_kind kind, const char *detail)
{
    m->result = (struct adapter_result){.outcome = {.kind = kind}, .level = LEVEL_UNKNOWN};
    snprintf(m->result.outcome.detail, sizeof m->result.outcome.detail, "%.119s", detail);
}

static void modem_time(uv_timer_t *timer);

static void modem_arm(struct modem_state *m, int64_t ms)
{
    uv_timer_start(&m->timer, modem_time, (uint64_t)ms, 0);
}

/* From now on the agent is expected to end by itself. */
static void modem_leave(struct modem_state *m)
{
    m->phase = MODEM_LEAVING;
    child_end_input(&m->child);
    modem_arm(m, MODEM_LEAVE_MS);
}

static void modem_kill(struct modem_state *m, const char *why)
{
    if (m->why[0] == '\0')
        snprintf(m->why, sizeof m->why, "%s", why);
    m->phase = MODEM_LEAVING;
    m->killed = true;
    child_kill(&m->child);
    modem_arm(m, MODEM_LEAVE_MS);
}

/* Killed, and still there: the kernel waits for the device. The job doesn't. */
static void modem_give_up(struct modem_state *m)
{
    m->deaf = true;
    if (!m->stopping)
        modem_tell_ready(m, false, m->why);
    if (m->job && !m->judged)
        modem_judge(m, OUTCOME_UNKNOWN, m->why);
    if (m->job)
        modem_settle(m);
}

static void modem_spawn(struct modem_state *m)
{
    const struct modem *modem = m->env.modem;
    char grace[24], timeout[24];
    char *argv[] = {(char *)(uintptr_t)m->env.agent_path,
                    "--device",
                    modem->device,
                    "--connection",
                    modem->connection,
                    "--grace-ms",
                    grace,
                    "--timeout-ms",
                    timeout,
                    modem->smsc ? "--smsc" : NULL,
                    modem->smsc,
                    NULL};

    snprintf(grace, sizeof grace, "%" PRId64, modem->grace_ms);
    snprintf(timeout, sizeof timeout, "%" PRId64, modem->timeout_ms);
    m->why[0] = '\0';
    m->deaf = m->killed = false;
    buffer_clear(&m->in);
    m->phase = MODEM_OPENING;
    modem_arm(m, modem->timeout_ms + MODEM_OPEN_MS);
    child_start(&m->child, m->env.loop, argv);
}

/* The job that was judged without the agent goes back. */
static void modem_time_judged(struct modem_state *m)
{
    modem_settle(m);
    if (m->stopping && m->phase == MODEM_READY)
        modem_leave(m);
}

static void modem_time(uv_timer_t *timer)
{
    struct modem_state *m = timer->data;

    switch (m->phase) {
    case MODEM_RESTING:
        modem_spawn(m);
        return;
    case MODEM_OPENING:
        modem_kill(m, "the modem doesn't answer");
        return;
    case MODEM_READY:
        if (m->judged)
            modem_time_judged(m);
        else
            modem_kill(m, "the agent didn't answer in time and was killed");
        return;
    case MODEM_LEAVING:
        if (m->killed)
            modem_give_up(m);
        else
            modem_kill(m, "the agent didn't end and was killed");
        return;
    case MODEM_NEW:
    case MODEM_STOPPED:
        break;
    }
    log_panic("the timer of modem %s fired in phase %d", m->env.modem->id, (int)m->phase);
}

static void modem_hear_ready(struct modem_state *m)
{
    uv_timer_stop(&m->timer);
    m->phase = MODEM_READY;
    modem_tell_ready(m, true, "");
}

static void modem_hear_down(struct modem_state *m)
{
    snprintf(m->why, sizeof m->why, "%s", m->line.why);
    modem_leave(m);
    if (!m->stopping)
        modem_tell_ready(m, false, m->why);
}

static void modem_hear_result(struct modem_state *m)
{
    if (m->phase == MODEM_READY)
        uv_timer_stop(&m->timer);
    m->result = (struct adapter_result){.outcome = m->line.outcome, .level = LEVEL_UNKNOWN};
    modem_settle(m);
    if (m->stopping && m->phase == MODEM_READY && !m->job)
        modem_leave(m);
}

/* Does what a line says; false: it makes no sense now. */
static bool modem_hear(struct modem_state *m)
{
    switch (m->line.kind) {
    case LINE_READY:
        if (m->phase == MODEM_OPENING)
            modem_hear_ready(m);
        else if (m->phase != MODEM_LEAVING) /* killed while it was about to say so */
            return false;
        return true;
    case LINE_DOWN:
        modem_hear_down(m);
        return true;
    case LINE_RESULT:
        if (!m->job || m->judged || m->line.id != m->job->id)
            return false;
        modem_hear_result(m);
        return true;
    case LINE_REPORT:
        modem_report(m, &m->line.report);
        return true;
    case LINE_SEND:
        break;
    }
    return false;
}

static void modem_output(void *ctx, const char *bytes, size_t length)
{
    struct modem_state *m = ctx;

    if (m->deaf)
        return;
    buffer_add(&m->in, bytes, length);
    for (;;) {
        enum line_take take = line_take(&m->in, &m->line);

        if (take == LINE_NONE)
            return;
        if (take == LINE_TAKEN && modem_hear(m))
            continue;
        log_error("event=agent_nonsense modem=%s", m->env.modem->id);
        m->deaf = true;
        modem_kill(m, "the agent spoke nonsense and was killed");
        return;
    }
}

static void modem_closed(uv_handle_t *handle)
{
    struct modem_state *m = handle->data;

    m->phase = MODEM_STOPPED;
    m->env.events->stopped(m->env.ctx);
}

static void modem_end(struct modem_state *m)
{
    m->phase = MODEM_LEAVING;
    uv_close((uv_handle_t *)&m->timer, modem_closed);
}

static void modem_explain(struct modem_state *m, int failed, int64_t status, int signal)
{
    if (failed)
        snprintf(m->why, sizeof m->why, "the agent %.80s can't be started: %s", m->env.agent_path,
                 uv_strerror(failed));
    else if (m->why[0] == '\0' && signal)
        snprintf(m->why, sizeof m->why, "the agent was ended by signal %d", signal);
    else if (m->why[0] == '\0')
        snprintf(m->why, sizeof m->why, "the agent ended with status %" PRId64, status);
}

static void modem_gone(void *ctx, int failed, int64_t status, int signal)
{
    struct modem_state *m = ctx;
    uint64_t seed;

    modem_explain(m, failed, status, signal);
    /* While the caller is told, it may stop us: the phase makes that wait for the end of this. */
    m->phase = MODEM_LEAVING;
    uv_timer_stop(&m->timer);
    if (!m->stopping)
        modem_tell_ready(m, false, m->why);
    if (m->job && !m->judged)
        modem_judge(m, OUTCOME_UNKNOWN, m->why);
    if (m->job)
        modem_settle(m);
    if (m->stopping) {
        modem_end(m);
        return;
    }
    m->failures++;
    m->phase = MODEM_RESTING;
    seed = hex_fingerprint(m->env.modem->id, strlen(m->env.modem->id)) + (unsigned)m->failures;
    modem_arm(m, backoff_ms(m->failures, MODEM_FIRST_MS, MODEM_MOST_MS, seed));
}

static const struct child_events modem_child_events = {.output = modem_output, .gone = modem_gone};

/* A reader that is gone must be an error, not the end of the gateway. */
static void modem_ignore_sigpipe(void)
{
    struct sigaction now;

    if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

static int modem_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct modem_state *m = state;

    if (!env->agent_path || access(env->agent_path, X_OK) < 0) {
        snprintf(why, why_size,
                 lang("The program %s, which drives the modems, is missing; install it again.",
                      "缺少驱动短信设备的程序 %s，请重新安装。"),
                 env->agent_path ? env->agent_path : "lawcast-modem");
        return -ENOENT;
    }
    LOG_ASSERT(env->modem && env->modem->device && env->modem->connection);
    m->env = *env;
    m->child.label = env->modem->id;
    m->child.events = &modem_child_events;
    m->child.ctx = m;
    modem_ignore_sigpipe();
    return 0;
}

static int modem_start(void *state)
{
    struct modem_state *m = state;

    uv_timer_init(m->env.loop, &m->timer);
    m->timer.data = m;
    m->phase = MODEM_RESTING;
    modem_arm(m, 0);
    return 0;
}

/* Judges what need not trouble the modem. false: it is for the agent. */
static bool modem_prejudge(struct modem_state *m, size_t *n_parts)
{
    const struct adapter_job *job = m->job;
    struct sms_layout layout = {0};
    bool judged = true;

    if (sms_text_layout(job->text, strlen(job->text), OUTCOME_PARTS_MAX, &layout) ||
        layout.n_parts == 0)
        modem_judge(m, OUTCOME_REJECTED, "the text is empty or doesn't fit into a message");
    else if (job->address <= 0)
        modem_judge(m, OUTCOME_REJECTED, "no number");
    else if (job->until_ms > 0 && job->until_ms <= clock_wall_ms())
        modem_judge(m, OUTCOME_DEFERRED, "its time was over before it was sent");
    else
        judged = false;
    *n_parts = layout.n_parts;
    return judged;
}

static bool modem_write(struct modem_state *m)
{
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;
    const struct adapter_job *job = m->job;
    struct line_send send = {.id = job->id,
                             .number = job->address,
                             .want_report = job->want_report,
                             .text = job->text,
                             .length = strlen(job->text)};

    if (job->until_ms > 0) {
        int64_t left_s = (job->until_ms - clock_wall_ms() + 999) / 1000;

        send.valid_s = left_s < 1 ? 1 : left_s > INT32_MAX ? INT32_MAX : left_s;
    }
    line_add_send(&out, &send);
    return child_write(&m->child, out.data, out.length);
}

static int modem_submit(void *state, struct adapter_job *job)
{
    struct modem_state *m = state;
    size_t n_parts;

    if (m->phase != MODEM_READY || m->job || m->stopping)
        return 1;
    m->job = job;
    m->judged = modem_prejudge(m, &n_parts);
    if (m->judged) {
        modem_arm(m, 0);
        return 0;
    }
    if (!modem_write(m)) {
        /* A line without its end is never obeyed, so nothing was lent. */
        m->job = NULL;
        modem_kill(m, "the agent doesn't listen and was killed");
        return 1;
    }
    modem_arm(m, m->env.modem->timeout_ms * (int64_t)n_parts + MODEM_MARGIN_MS);
    return 0;
}

static void modem_stop(void *state)
{
    struct modem_state *m = state;

    if (m->stopping)
        return;
    m->stopping = true;
    switch (m->phase) {
    case MODEM_RESTING:
        modem_end(m);
        return;
    case MODEM_OPENING:
        modem_kill(m, "stopped");
        return;
    case MODEM_READY:
        if (m->job)
            child_end_input(&m->child);
        else
            modem_leave(m);
        return;
    case MODEM_LEAVING:
        return;
    case MODEM_NEW:
    case MODEM_STOPPED:
        break;
    }
    log_panic("modem %s is stopped in phase %d", m->env.modem->id, (int)m->phase);
}

static void modem_fini(void *state)
{
    struct modem_state *m = state;

    LOG_ASSERT(m->phase == MODEM_NEW || m->phase == MODEM_STOPPED);
    LOG_ASSERT(!m->job && m->held.n == 0);
    child_fini(&m->child);
    buffer_free(&m->in);
}

static const struct option_def modem_options[] = {{0}};

const struct adapter adapter_modem = {
    .kind = {.name = "modem", .options = modem_options, .size = 0},
    .channel = CHANNEL_SMS,
    .caps = ADAPTER_REPORTS,
    .state_size = sizeof(struct modem_state),
    .init = modem_init,
    .start = modem_start,
    .submit = modem_submit,
    .stop = modem_stop,
    .fini = modem_fini,
};
