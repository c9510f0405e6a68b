/* modem_hear: what a modem's agent says, and what follows from it. See modem.c.
 * Runs: loop. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#include "adapters/modem/identity.h"
#include "adapters/modem/modem_inside.h"
#include "adapters/modem/pin.h"

#define MODEM_CDMA                                                                                 \
    "the SIM is in CDMA mode, for which no message can be written: use a SIM or modem with "       \
    "GSM, WCDMA or LTE"

#define MODEM_REFUSED_PIN "the SIM refused the configured PIN, which isn't tried again: correct pin"

/* Of several reasons the first one counts. */
static void modem_blame(struct modem_state *m, const char *why)
{
    if (m->why[0] == '\0')
        snprintf(m->why, sizeof m->why, "%s", why);
}

/* The agent goes on for no other message. One that it has it may finish. */
static void modem_dismiss(struct modem_state *m, const char *why)
{
    bool sending = m->job && !m->judged;

    modem_blame(m, why);
    if (!sending) {
        modem_leave(m);
        return;
    }
    m->phase = MODEM_LEAVING;
    child_end_input(&m->child);
}

static void modem_hear_stranger(struct modem_state *m, const char *why)
{
    m->strange = true;
    m->search = (struct search){0}; /* it may be elsewhere */
    modem_dismiss(m, why);
    if (!berths_is_own(&m->berths)) {
        log_info("event=modem_not_here modem=%s device=%s why=\"%s\"", m->env.modem->id,
                 berths_device(&m->berths), why);
        return;
    }
    snprintf(m->stranger, sizeof m->stranger, "%s", why);
    modem_tell_down(m);
}

/* Limits are kept by SIM: one that has a name isn't used without it. */
static void modem_hear_nobody(struct modem_state *m, const char *why)
{
    bool known = m->identified;

    m->untold = true;
    modem_dismiss(m, why);
    if (known || berths_is_own(&m->berths))
        modem_tell_down(m);
}

static void modem_hear_cdma(struct modem_state *m)
{
    m->barred = true;
    modem_dismiss(m, MODEM_CDMA);
    modem_tell_down(m);
}

static void modem_note_identity(struct modem_state *m)
{
    const struct modem_health *health = &m->line.health;

    if (!m->identified)
        log_info("event=modem_known modem=%s device=%s imei=%s imsi=%s network=\"%s\" signal=%d",
                 m->env.modem->id, berths_device(&m->berths), health->imei, health->imsi,
                 health->network, health->signal_dbm);
    m->identified = true;
    m->search = (struct search){0};
    m->outside =
        health->registration == REGISTRATION_NONE || health->registration == REGISTRATION_SEARCHING;
    if (*health->imsi)
        snprintf(m->imsi, sizeof m->imsi, "%s", health->imsi);
}

/* Who it is, is told to nobody before it is known that it is the one: the books would take it for
 * the SIM of this place. At a spare device it has to be the last one that was here. */
static void modem_hear_health(struct modem_state *m)
{
    const struct modem_health *health = &m->line.health;
    bool own = berths_is_own(&m->berths);
    char why[IDENTITY_WHY_MAX];
    enum identity identity;

    if (m->phase == MODEM_LEAVING)
        return;
    identity = identity_judge(m->env.modem, m->imsi, own, health, why);
    if (identity == IDENTITY_STRANGE)
        modem_hear_stranger(m, why);
    else if (identity == IDENTITY_UNTOLD && !(health->cdma && own))
        modem_hear_nobody(m, why);
    if (identity == IDENTITY_FITS) {
        modem_note_identity(m);
        m->env.events->health(m->env.ctx, health);
    }
    if (health->cdma && m->phase != MODEM_LEAVING)
        modem_hear_cdma(m);
}

static bool modem_hear_ready(struct modem_state *m)
{
    if (m->phase == MODEM_LEAVING) /* killed or dismissed while it was about to say so */
        return true;
    if (m->phase != MODEM_OPENING || !m->identified)
        return false;
    m->phase = MODEM_READY;
    m->ready_ms = m->heard_ms;
    modem_arm_silence(m);
    modem_tell_ready(m, true, "");
    return true;
}

static void modem_hear_down(struct modem_state *m)
{
    bool own = berths_is_own(&m->berths);

    m->barred = m->barred || m->line.kind == LINE_BARRED;
    /* The agent doesn't know that there is a PIN. */
    if (m->pin_withheld && own && strstr(m->line.why, "PIN"))
        modem_blame(m, MODEM_REFUSED_PIN);
    modem_blame(m, m->line.why);
    modem_leave(m);
    if (own || m->identified)
        modem_tell_down(m);
}

/* Remembered before it is tried, whatever happens to us and the agent then: three wrong ones lock
 * the SIM. */
static bool modem_hear_need_pin(struct modem_state *m)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    const struct modem *modem = m->env.modem;

    if (m->phase == MODEM_LEAVING) /* killed while it was about to ask */
        return true;
    if (m->phase != MODEM_OPENING || !modem->pin || m->pin_withheld || m->pin_handed)
        return false;
    m->pin_mark = modem_pin_try(m->pin_mark, modem_pin_mark(modem->id, modem->pin));
    m->env.events->pin_refused(m->env.ctx, m->pin_mark);
    if (m->phase != MODEM_OPENING) /* the caller has stopped us */
        return true;
    m->pin_handed = true;
    line_add_pin(&line, modem->pin);
    /* An agent that can't take it has ended, and that is told. */
    (void)child_write(&m->child, line.data, line.length);
    explicit_bzero(line.data, line.length);
    return true;
}

static bool modem_hear_took_pin(struct modem_state *m)
{
    if (!m->pin_handed)
        return false;
    m->pin_handed = false;
    m->pin_mark = 0;
    m->env.events->pin_refused(m->env.ctx, 0);
    return true;
}

static bool modem_hear_bad_pin(struct modem_state *m)
{
    if (!m->pin_handed)
        return false;
    m->pin_handed = false;
    m->pin_mark = modem_pin_mark(m->env.modem->id, m->env.modem->pin);
    m->env.events->pin_refused(m->env.ctx, m->pin_mark);
    return true;
}

/* Its errors are those of a modem or a SIM that can't send: let it rest. Told before the outcome,
 * so that the caller doesn't lend another at once. */
static void modem_withdraw(struct modem_state *m, enum ill_verdict verdict)
{
    char why[160];

    ill_explain(&m->ill, verdict, &m->result.outcome, why, sizeof why);
    modem_blame(m, why);
    m->barred = m->barred || verdict == ILL_BARRED || verdict == ILL_MISFIT;
    if (m->phase != MODEM_READY)
        return;
    modem_leave(m);
    modem_tell_down(m);
}

static bool modem_hear_result(struct modem_state *m)
{
    enum ill_verdict verdict;

    if (!m->job || m->judged || m->line.id != m->job->id)
        return false;
    m->result = (struct adapter_result){.outcome = m->line.outcome, .level = LEVEL_UNKNOWN};
    verdict = ill_note(&m->ill, m->job->address, &m->result.outcome);
    /* After "down": the modem was silent. */
    if (m->phase != MODEM_READY && m->result.outcome.kind == OUTCOME_UNKNOWN)
        modem_keep_quiet(m);
    if (verdict != ILL_FINE)
        modem_withdraw(m, verdict);
    if (m->phase == MODEM_LEAVING && !m->killed)
        modem_arm(m, m->patience.leave_ms);
    modem_settle(m);
    if (m->stopping && m->phase == MODEM_READY && !m->job)
        modem_leave(m);
    return true;
}

/* Whose SIM it came to is not known, or not ours. What is stored there stays there. */
static bool modem_drops(const struct modem_state *m, const char *what)
{
    if (!m->identified || m->strange || m->untold)
        log_warning("event=%s_dropped modem=%s device=%s", what, m->env.modem->id,
                    berths_device(&m->berths));
    return !m->identified || m->strange || m->untold;
}

static void modem_hear_inbound(struct modem_state *m)
{
    struct inbound inbound = m->line.inbound;

    if (modem_drops(m, "inbound"))
        return;
    inbound.ticket = (uint64_t)m->incarnation << 32 | (uint32_t)inbound.ticket;
    m->env.events->received(m->env.ctx, &inbound);
}

static void modem_hear_report(struct modem_state *m)
{
    m->reports++;
    if (modem_drops(m, "report"))
        return;
    if (!m->job)
        m->env.events->report(m->env.ctx, &m->line.report);
    else if (!held_add(&m->held, &m->line.report))
        log_warning("event=report_lost modem=%s reference=%d", m->env.modem->id,
                    m->line.report.reference);
}

/* Does what a line says; false: it makes no sense now. */
static bool modem_hear(struct modem_state *m)
{
    switch (m->line.kind) {
    case LINE_HEALTH:
        modem_hear_health(m);
        return true;
    case LINE_READY:
        return modem_hear_ready(m);
    case LINE_BEAT:
        return true;
    case LINE_RESULT:
        return modem_hear_result(m);
    case LINE_REPORT:
        modem_hear_report(m);
        return true;
    case LINE_INBOUND:
        modem_hear_inbound(m);
        return true;
    case LINE_DOUBT:
        log_warning("event=modem_doubt modem=%s what=\"%s\"", m->env.modem->id, m->line.why);
        return true;
    case LINE_NEED_PIN:
        return modem_hear_need_pin(m);
    case LINE_TOOK_PIN:
        return modem_hear_took_pin(m);
    case LINE_BAD_PIN:
        return modem_hear_bad_pin(m);
    case LINE_DOWN:
    case LINE_BARRED:
        modem_hear_down(m);
        return true;
    case LINE_PIN:
    case LINE_SEND:
    case LINE_FORGET:
        break;
    }
    return false;
}

void modem_output(void *ctx, const char *bytes, size_t length)
{
    struct modem_state *m = ctx;

    if (m->deaf)
        return;
    m->heard_ms = clock_mono_ms();
    if (m->phase == MODEM_OPENING)
        modem_arm_opening(m);
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
