/* modem: the adapter of one modem, which a process of its own drives (agent.c). See adapter.h.
 * Runs: loop.
 *
 * A message goes to the agent as one line and comes back as one line (line.h). What can go wrong on
 * the way becomes an outcome here: an agent that ends, is killed for taking too long, or speaks
 * nonsense while it has a message leaves that message in doubt. A lost agent is started again after
 * a while (backoff.h), and if its message is in doubt for want of an answer, not before the modem
 * has had time to say what it still has to say: that must not be taken for the next message's
 * answer. Status reports that come while a message is with the agent wait until its outcome was
 * told, because the books must know a reference before they hear what became of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/model/backoff.h"

#include "adapters/adapter.h"
#include "adapters/kinds.h"
#include "adapters/modem/child.h"
#include "adapters/modem/held.h"
#include "adapters/modem/ill.h"
#include "adapters/modem/line.h"
#include "adapters/modem/sms_job.h"

#define MODEM_OPEN_MS   15000 /* beyond timeout_ms: an older agent may still hold the device */
#define MODEM_MARGIN_MS 5000  /* beyond the agent's own time limit */
#define MODEM_LEAVE_MS  5000  /* for an agent that has nothing left to do */
#define MODEM_FIRST_MS  250
#define MODEM_MOST_MS   30000
#define MODEM_TR1M_MS   45000 /* the longest that a modem waits for the network: TS 24.011 10.1 */

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
    int failures;          /* agents lost since the last message that was sent */
    int64_t quiet_till_ms; /* mono; an answer may come that belongs to a message in doubt */
    struct ill ill;
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

static void modem_tell_down(struct modem_state *m)
{
    if (!m->stopping)
        modem_tell_ready(m, false, m->why);
}

static void modem_kill_and_tell(struct modem_state *m, const char *why)
{
    modem_kill(m, why);
    modem_tell_down(m);
}

/* No answer came, and nobody knows whether one still will. A time limit below the network's own is
 * what the operator believes of the modem; so it is what we wait, once more. */
static void modem_keep_quiet(struct modem_state *m)
{
    int64_t wait_ms = m->env.modem->timeout_ms;

    m->quiet_till_ms = clock_mono_ms() + (wait_ms < MODEM_TR1M_MS ? wait_ms : MODEM_TR1M_MS);
}

/* The agent is lost; the job, if it has one, is in doubt. */
static void modem_doubt_job(struct modem_state *m)
{
    if (!m->job)
        return;
    if (!m->judged) {
        modem_judge(m, OUTCOME_UNKNOWN, m->why);
        modem_keep_quiet(m);
    }
    modem_settle(m);
}

/* Killed, and still there: the kernel waits for the device. The job doesn't, and neither does a
 * stop. A process that has ended is only waited for because of its pipes. */
static void modem_give_up(struct modem_state *m)
{
    m->deaf = true;
    modem_tell_down(m);
    modem_doubt_job(m);
    if (m->stopping || m->child.exited)
        child_abandon(&m->child);
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
        modem_kill_and_tell(m, "the modem doesn't answer");
        return;
    case MODEM_READY:
        if (m->judged)
            modem_time_judged(m);
        else
            modem_kill_and_tell(m, "the agent didn't answer in time and was killed");
        return;
    case MODEM_LEAVING:
        if (m->killed)
            modem_give_up(m);
        else
            modem_kill_and_tell(m, "the agent didn't end and was killed");
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
    modem_tell_down(m);
}

/* Its errors are those of a modem that can't send: let it rest. Told before the outcome, so that
 * the caller doesn't lend another at once. */
static void modem_rest(struct modem_state *m)
{
    snprintf(m->why, sizeof m->why, "one recipient after the other fails: %.119s",
             m->result.outcome.detail);
    modem_leave(m);
    modem_tell_down(m);
}

static void modem_hear_result(struct modem_state *m)
{
    const struct outcome *outcome = &m->line.outcome;
    bool ill = ill_note(&m->ill, m->job->address, outcome);

    m->result = (struct adapter_result){.outcome = *outcome, .level = LEVEL_UNKNOWN};
    if (m->phase == MODEM_READY)
        uv_timer_stop(&m->timer);
    else if (outcome->kind == OUTCOME_UNKNOWN) /* after "down": the modem was silent */
        modem_keep_quiet(m);
    if (ill && m->phase == MODEM_READY)
        modem_rest(m);
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
    case LINE_DOUBT:
        log_warning("event=modem_doubt modem=%s what=\"%s\"", m->env.modem->id, m->line.why);
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
        modem_kill_and_tell(m, "the agent spoke nonsense and was killed");
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

/* Until the next agent. */
static int64_t modem_wait_ms(const struct modem_state *m)
{
    const char *id = m->env.modem->id;
    uint64_t seed = hex_fingerprint(id, strlen(id)) + (unsigned)m->failures;
    int64_t wait_ms = backoff_ms(m->failures, MODEM_FIRST_MS, MODEM_MOST_MS, seed);
    int64_t quiet_ms = m->quiet_till_ms - clock_mono_ms();

    return quiet_ms > wait_ms ? quiet_ms : wait_ms;
}

static void modem_gone(void *ctx)
{
    struct modem_state *m = ctx;

    if (m->child.failed || m->why[0] == '\0')
        child_explain(&m->child, m->why, sizeof m->why);
    /* While the caller is told, it may stop us: the phase makes that wait for the end of this. */
    m->phase = MODEM_LEAVING;
    uv_timer_stop(&m->timer);
    modem_tell_down(m);
    modem_doubt_job(m);
    if (m->stopping) {
        modem_end(m);
        return;
    }
    m->failures++;
    m->phase = MODEM_RESTING;
    modem_arm(m, modem_wait_ms(m));
}

static const struct child_events modem_child_events = {.output = modem_output, .gone = modem_gone};

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
    child_ignore_sigpipe();
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

static int modem_submit(void *state, struct adapter_job *job)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct modem_state *m = state;
    size_t n_parts;

    if (m->phase != MODEM_READY || m->job || m->stopping)
        return 1;
    m->job = job;
    m->result = (struct adapter_result){.level = LEVEL_UNKNOWN};
    m->judged = sms_job_judge(job, &m->result.outcome, &n_parts);
    if (m->judged) {
        modem_arm(m, 0);
        return 0;
    }
    sms_job_add_line(job, &line);
    if (!child_write(&m->child, line.data, line.length)) {
        /* A line without its end is never obeyed, so nothing was lent. The timer kills the agent
         * and tells. */
        m->job = NULL;
        m->phase = MODEM_LEAVING;
        snprintf(m->why, sizeof m->why, "the agent doesn't listen and was killed");
        modem_arm(m, 0);
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
        if (m->deaf && m->killed && !uv_is_active((uv_handle_t *)&m->timer))
            modem_arm(m, 0); /* given up already: the timer abandons it */
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
