/* modem: the adapter of one modem, which a process of its own drives (agent.c). See adapter.h.
 * Runs: loop.
 *
 * A message goes to the agent as one line and comes back as one line (line.h). What can go wrong on
 * the way becomes an outcome here: an agent that ends, is killed for taking too long, or speaks
 * nonsense while it has a message leaves that message in doubt. A lost agent is started again after
 * a while (retry.h), and if its message is in doubt for want of an answer, not before the modem has
 * had time to say what it still has to say: that must not be taken for the next message's answer.
 * Status reports that come while a message is with the agent wait until its outcome was told,
 * because the books must know a reference before they hear what became of it.
 *
 * Where the modem is plugged in may change (berths.h); whose SIM it has is looked at before it is
 * used (identity.h), and what comes from it before that is dropped; what it has stored comes again.
 * A PIN is handed over when the SIM asks for it, after the caller was told. An agent without a
 * message says something every LINE_BEAT_MS; one that is silent for longer than silence_ms is
 * killed: it, or its modem, hangs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

#include "adapters/adapter.h"
#include "adapters/kinds.h"
#include "adapters/modem/modem_inside.h"
#include "adapters/modem/sms_job.h"

const struct modem_patience modem_patience_usual = {
    .open_ms = 15000,
    .margin_ms = 20000,
    .leave_ms = 5000,
    .silence_ms = 45000,
    .look_ms = 2000,
    .retry = {.first_ms = 250,
              .most_ms = 30000,
              .failures = 8,
              .quarantine_first_ms = 600000,
              .quarantine_most_ms = 3600000},
};

void modem_tell_ready(struct modem_state *m, bool ready, const char *why)
{
    if (m->told && m->told_ready == ready && strcmp(m->told_why, why) == 0)
        return;
    m->told = true;
    m->told_ready = ready;
    snprintf(m->told_why, sizeof m->told_why, "%s", why);
    if (ready)
        log_info("event=modem_ready modem=%s device=%s", m->env.modem->id,
                 berths_device(&m->berths));
    else
        log_warning("event=modem_down modem=%s why=\"%s\"", m->env.modem->id, why);
    m->env.events->ready(m->env.ctx, ready, why);
}

void modem_tell_down(struct modem_state *m)
{
    if (!m->stopping)
        modem_tell_ready(m, false, m->why);
}

/* Between two jobs; what doesn't get through will come in again, and be forgotten then. */
static bool modem_send_forgets(struct modem_state *m)
{
    bool sent = true;

    if (m->forgets.length && m->phase == MODEM_READY && !m->stopping)
        sent = child_write(&m->child, m->forgets.data, m->forgets.length);
    buffer_clear(&m->forgets);
    return sent;
}

void modem_find_mute(struct modem_state *m)
{
    m->mute = true;
    m->phase = MODEM_LEAVING;
    modem_arm(m, 0);
}

void modem_settle(struct modem_state *m)
{
    struct adapter_job *job = m->job;
    struct adapter_result result = m->result;

    m->job = NULL;
    m->judged = false;
    if (result.outcome.kind == OUTCOME_SENT)
        retry_succeed(&m->retry);
    if (m->phase == MODEM_READY)
        modem_arm_silence(m);
    if (!modem_send_forgets(m))
        modem_find_mute(m);
    m->env.events->done(m->env.ctx, job, &result);
    held_release(&m->held, m->env.events->report, m->env.ctx);
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
    LOG_ASSERT(env->events->health && env->events->received && env->events->pin_refused);
    m->env = *env;
    m->patience = modem_patience_usual;
    berths_init(&m->berths, env->modem, env->ports, m);
    modem_prepare_child(m);
    child_ignore_sigpipe();
    return 0;
}

void modem_set_patience(void *state, const struct modem_patience *patience)
{
    struct modem_state *m = state;

    LOG_ASSERT(m->phase == MODEM_NEW && m->env.modem);
    m->patience = *patience;
}

static void modem_remember(void *state, int64_t pin_mark, const char *imsi)
{
    struct modem_state *m = state;

    LOG_ASSERT(m->phase == MODEM_NEW);
    m->pin_mark = pin_mark;
    snprintf(m->imsi, sizeof m->imsi, "%s", imsi);
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
        /* A line without its end is never obeyed, so nothing was lent. */
        m->job = NULL;
        modem_find_mute(m);
        return 1;
    }
    modem_arm(m, sms_job_limit_ms(m->env.modem, n_parts) + m->patience.margin_ms);
    return 0;
}

static void modem_forget(void *state, uint64_t ticket)
{
    struct modem_state *m = state;

    if (m->phase != MODEM_READY || m->stopping || ticket >> 32 != m->incarnation)
        return;
    line_add_forget(&m->forgets, (uint32_t)ticket);
    if (!m->job && !modem_send_forgets(m))
        modem_find_mute(m);
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

/* Its agent may be at it still, and nobody will hear how that ends. */
static void modem_cancel(void *state)
{
    struct modem_state *m = state;

    if (m->stopping && m->job && !m->judged && m->phase == MODEM_READY)
        modem_kill(m, "the gateway ended before the modem had answered");
}

static void modem_fini(void *state)
{
    struct modem_state *m = state;

    LOG_ASSERT(m->phase == MODEM_NEW || m->phase == MODEM_STOPPED);
    LOG_ASSERT(!m->job && m->held.n == 0);
    berths_fini(&m->berths);
    child_fini(&m->child);
    buffer_free(&m->in);
    buffer_free(&m->forgets);
}

static int64_t modem_heard(const void *state)
{
    return ((const struct modem_state *)state)->reports;
}

static const struct option_def modem_options[] = {{0}};

const struct adapter adapter_modem = {
    .kind = {.name = "modem", .options = modem_options, .size = 0},
    .channel = CHANNEL_SMS,
    .caps = ADAPTER_REPORTS | ADAPTER_RECEIVES,
    .state_size = sizeof(struct modem_state),
    .init = modem_init,
    .start = modem_start,
    .submit = modem_submit,
    .forget = modem_forget,
    .remember = modem_remember,
    .heard = modem_heard,
    .cancel = modem_cancel,
    .stop = modem_stop,
    .fini = modem_fini,
};

ADAPTER_REGISTER(adapter_modem);
