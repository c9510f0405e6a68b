/* modem_life: a modem's agents: where they are started, how long they may be silent, how they end,
 * and when the next one comes. See modem.c.
 * Runs: loop. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/log.h"

#include "adapters/modem/modem_inside.h"
#include "adapters/modem/pin.h"

#define MODEM_TR1M_MS 45000 /* the longest that a modem waits for the network: TS 24.011 10.1 */

static void modem_time(uv_timer_t *timer);

void modem_arm(struct modem_state *m, int64_t ms)
{
    uv_timer_start(&m->timer, modem_time, ms > 0 ? (uint64_t)ms : 0, 0);
}

void modem_arm_silence(struct modem_state *m)
{
    modem_arm(m, m->heard_ms + m->patience.silence_ms - clock_mono_ms());
}

void modem_arm_opening(struct modem_state *m)
{
    modem_arm(m, m->env.modem->timeout_ms + m->patience.open_ms);
}

void modem_leave(struct modem_state *m)
{
    m->phase = MODEM_LEAVING;
    child_end_input(&m->child);
    modem_arm(m, m->patience.leave_ms);
}

void modem_kill(struct modem_state *m, const char *why)
{
    if (m->why[0] == '\0')
        snprintf(m->why, sizeof m->why, "%s", why);
    m->phase = MODEM_LEAVING;
    m->killed = true;
    child_kill(&m->child);
    modem_arm(m, m->patience.leave_ms);
}

void modem_kill_and_tell(struct modem_state *m, const char *why)
{
    modem_kill(m, why);
    modem_tell_down(m);
}

/* No answer came, and nobody knows whether one still will. A time limit below the network's own is
 * what the operator believes of the modem; so it is what we wait, once more. */
void modem_keep_quiet(struct modem_state *m)
{
    int64_t wait_ms = m->env.modem->timeout_ms;

    m->quiet_till_ms = clock_mono_ms() + (wait_ms < MODEM_TR1M_MS ? wait_ms : MODEM_TR1M_MS);
}

static void modem_judge(struct modem_state *m, enum outcome_kind kind, const char *detail)
{
    m->result = (struct adapter_result){.outcome = {.kind = kind}, .level = LEVEL_UNKNOWN};
    snprintf(m->result.outcome.detail, sizeof m->result.outcome.detail, "%.119s", detail);
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

static void modem_closed(uv_handle_t *handle)
{
    struct modem_state *m = handle->data;

    m->phase = MODEM_STOPPED;
    m->env.events->stopped(m->env.ctx);
}

void modem_end(struct modem_state *m)
{
    m->phase = MODEM_LEAVING;
    uv_close((uv_handle_t *)&m->timer, modem_closed);
}

/* Until the next agent. */
static void modem_rest(struct modem_state *m)
{
    const char *id = m->env.modem->id;
    int64_t now = clock_mono_ms(), wait_ms;
    enum retry_cause cause = m->barred ? RETRY_HOPELESS : m->outside ? RETRY_OUTAGE : RETRY_FAILURE;

    if (m->ready_ms && now - m->ready_ms >= m->patience.retry.quarantine_first_ms)
        retry_forget(&m->retry);
    wait_ms = retry_fail(&m->retry, &m->patience.retry, cause, hex_fingerprint(id, strlen(id)),
                         &m->quarantined);
    m->rest_till_ms = now + wait_ms;
    m->look_from_ms = now + m->patience.retry.most_ms;
    if (m->quarantined)
        log_warning("event=modem_quarantine modem=%s for_s=%" PRId64 " why=\"%s\"", id,
                    wait_ms / 1000, m->why);
}

/* It was looked for at a device that is not its own, and isn't there. */
static bool modem_was_searching(const struct modem_state *m)
{
    return !berths_is_own(&m->berths) && !m->identified;
}

static void modem_gone(void *ctx)
{
    struct modem_state *m = ctx;
    bool searching = modem_was_searching(m);

    if (m->child.failed || m->why[0] == '\0')
        child_explain(&m->child, m->why, sizeof m->why);
    /* While the caller is told, it may stop us: the phase makes that wait for the end of this. */
    m->phase = MODEM_LEAVING;
    uv_timer_stop(&m->timer);
    if (!searching)
        modem_tell_down(m);
    modem_doubt_job(m);
    buffer_clear(&m->forgets);
    if (searching && m->untold)
        berths_pass(&m->berths);
    else if (searching || m->strange)
        berths_refuse(&m->berths);
    berths_leave(&m->berths);
    if (m->stopping) {
        modem_end(m);
        return;
    }
    if (!searching && !m->strange)
        modem_rest(m);
    m->phase = MODEM_RESTING;
    modem_arm(m, 0);
}

static const struct child_events modem_child_events = {.output = modem_output, .gone = modem_gone};

void modem_prepare_child(struct modem_state *m)
{
    m->child.label = m->env.modem->id;
    m->child.events = &modem_child_events;
    m->child.ctx = m;
}

/* Three wrong PINs lock a SIM. So not one that was refused; and none where the SIM may be somebody
 * else's. */
static bool modem_may_try_pin(const struct modem_state *m)
{
    const struct modem *modem = m->env.modem;

    return berths_is_own(&m->berths) && m->pin_mark != modem_pin_mark(modem->id, modem->pin);
}

/* Everything about an agent that is no more. */
static void modem_clear(struct modem_state *m)
{
    m->why[0] = '\0';
    m->deaf = m->killed = m->mute = m->identified = m->strange = m->untold = false;
    m->barred = m->outside = m->pin_handed = false;
    m->ready_ms = 0;
    buffer_clear(&m->in);
    buffer_clear(&m->forgets);
}

static void modem_spawn(struct modem_state *m)
{
    const struct modem *modem = m->env.modem;
    char grace[24], timeout[24], gap[24];
    char *argv[20] = {(char *)(uintptr_t)m->env.agent_path,
                      "--device",
                      (char *)(uintptr_t)berths_device(&m->berths),
                      "--connection",
                      modem->connection,
                      "--grace-ms",
                      grace,
                      "--timeout-ms",
                      timeout,
                      "--gap-ms",
                      gap};
    size_t n = 11;

    modem_clear(m);
    m->pin_withheld = modem->pin && !modem_may_try_pin(m);
    if (modem->smsc) {
        argv[n++] = "--smsc";
        argv[n++] = modem->smsc;
    }
    if (modem->pin && !m->pin_withheld)
        argv[n++] = "--pin";
    snprintf(grace, sizeof grace, "%" PRId64, modem->grace_ms);
    snprintf(timeout, sizeof timeout, "%" PRId64, modem->timeout_ms);
    snprintf(gap, sizeof gap, "%" PRId64, modem->gap_ms);
    m->phase = MODEM_OPENING;
    m->incarnation++;
    m->heard_ms = clock_mono_ms();
    modem_arm_opening(m);
    child_start(&m->child, m->env.loop, argv);
}

/* None of the devices can be tried. */
static void modem_explain_berths(struct modem_state *m, enum berths_result result)
{
    const char *device = m->env.modem->device;

    if (result == BERTHS_STRANGE)
        snprintf(m->why, sizeof m->why, "%s", m->stranger);
    else if (result == BERTHS_OCCUPIED)
        snprintf(m->why, sizeof m->why, "%.90s: another modem of this gateway has the device",
                 device);
    else if (m->berths.n > 1 && !(m->env.modem->imsi && *m->env.modem->imsi) && !*m->imsi)
        snprintf(m->why, sizeof m->why,
                 "%.60s doesn't exist, and without imsi it can't be found elsewhere", device);
    else
        snprintf(m->why, sizeof m->why, "%.90s: the device doesn't exist: is it plugged in?",
                 device);
}

/* Its own device is looked at all the time; to look at all the others costs too much, where many
 * modems are away. */
static enum berths_result modem_find_berth(struct modem_state *m, int64_t now)
{
    bool known = (m->env.modem->imsi && *m->env.modem->imsi) || *m->imsi;
    bool search = known && search_is_due(&m->search, now);
    enum berths_result result = berths_find(&m->berths, search);

    if (search && result != BERTHS_FOUND)
        search_fail(&m->search, m->patience.look_ms, now);
    return result;
}

/* Its own device, or the one under which it may have come back: only when its IMSI is known. */
static void modem_try(struct modem_state *m)
{
    int64_t now = clock_mono_ms();
    enum berths_result result;

    if (m->quarantined || now - m->forgiven_ms >= m->patience.retry.quarantine_first_ms) {
        berths_forgive(&m->berths);
        m->forgiven_ms = now;
    }
    m->quarantined = false;
    result = modem_find_berth(m, now);
    if (result == BERTHS_FOUND) {
        modem_spawn(m);
        return;
    }
    modem_explain_berths(m, result);
    m->barred = result == BERTHS_STRANGE;
    if (m->barred)
        modem_rest(m);
    modem_arm(m, m->patience.look_ms);
    modem_tell_down(m);
}

/* In quarantine the modem may be plugged in anew, which ends it; but a modem that jumps in and out
 * all the time is not worth more than any other. */
static void modem_look(struct modem_state *m)
{
    int64_t now = clock_mono_ms(), left = m->rest_till_ms - now, quiet = m->quiet_till_ms - now;

    if (left > 0 && m->quarantined && now >= m->look_from_ms && berths_have_changed(&m->berths))
        left = 0;
    if (quiet > left && !berths_was_unplugged(&m->berths))
        left = quiet;
    if (left <= 0)
        modem_try(m);
    else
        modem_arm(m, left < m->patience.look_ms ? left : m->patience.look_ms);
}

static void modem_time_ready(struct modem_state *m)
{
    char why[80];

    if (m->judged) {
        modem_settle(m);
        if (m->stopping && m->phase == MODEM_READY && !m->job)
            modem_leave(m);
    } else if (m->job) {
        modem_kill_and_tell(m, "the agent didn't answer in time and was killed");
    } else if (clock_mono_ms() - m->heard_ms < m->patience.silence_ms) {
        modem_arm_silence(m);
    } else {
        snprintf(why, sizeof why, "the agent said nothing for %" PRId64 " s and was killed",
                 m->patience.silence_ms / 1000);
        modem_kill_and_tell(m, why);
    }
}

static void modem_time(uv_timer_t *timer)
{
    struct modem_state *m = timer->data;

    switch (m->phase) {
    case MODEM_RESTING:
        modem_look(m);
        return;
    case MODEM_OPENING:
        modem_kill_and_tell(m, "the modem doesn't answer");
        return;
    case MODEM_READY:
        modem_time_ready(m);
        return;
    case MODEM_LEAVING:
        if (m->killed)
            modem_give_up(m);
        else
            modem_kill_and_tell(m, m->mute ? "the agent doesn't listen and was killed"
                                           : "the agent didn't end and was killed");
        return;
    case MODEM_NEW:
    case MODEM_STOPPED:
        break;
    }
    log_panic("the timer of modem %s fired in phase %d", m->env.modem->id, (int)m->phase);
}
