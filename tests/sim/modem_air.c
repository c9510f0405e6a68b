/* modem_air: messages from the modem to the network, and the reports that come back. See modem.h.
 * Runs: loop. */
#include "tests/sim/modem_room.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

enum {
    MODEM_CMS_BARRED = 8,     /* operator determined barring, TS 24.011 annex E */
    MODEM_CMS_NO_CREDIT = 21, /* short message transfer rejected, same */
    MODEM_CMS_BAD_PDU = 304,
};

/* How often the network will report, and when. */
static unsigned modem_count_reports(struct modem *modem, const struct fate *fate)
{
    struct modem_reports *reports = &modem->reports;

    if (!modem->sending.want_report)
        return 0;
    if (reports->drop) {
        reports->drop--;
        return 0;
    }
    if (reports->twice) {
        reports->twice--;
        return 2;
    }
    return (unsigned)fate->reports;
}

/* The network takes the message: says so in the log and promises the reports. */
static unsigned modem_take(struct modem *modem, const struct fate *fate)
{
    const struct pdu_submit *submit = &modem->sending;
    struct sim_log_modem logged = modem_logged(modem);
    uint8_t reference = modem->reference_zero ? 0 : modem->reference++;
    struct report report = {.due_ms = fate->late_ms == FATE_USUAL ? modem->reports.late_ms
                                                                  : fate->late_ms,
                            .taken_ms = clock_wall_ms(),
                            .international = submit->international,
                            .reference = reference,
                            .status = (uint8_t)fate->status,
                            .modem = modem->index,
                            .card = modem->cards};
    unsigned n = modem_count_reports(modem, fate);

    sim_log_accepted(modem->env->log, &logged, reference, submit);
    memcpy(report.number, submit->number, sizeof report.number);
    while (n-- > 0)
        modem->env->promise(modem->env->ctx, &report);
    return reference;
}

/* Is the message refused, and how? What the modem or its SIM refuses, the network never sees. */
static bool modem_is_refused(struct modem *modem, struct fate *fate, struct at_refusal *refusal)
{
    struct modem_faults *faults = &modem->faults;

    *refusal = (struct at_refusal){AT_ERROR_CMS, 0};
    if (faults->refusals) {
        faults->refusals--;
        *refusal = faults->refusal;
        return true;
    }
    if (faults->on[MODEM_BARRED] || faults->on[MODEM_NO_CREDIT]) {
        refusal->code = faults->on[MODEM_BARRED] ? MODEM_CMS_BARRED : MODEM_CMS_NO_CREDIT;
        return true;
    }
    *fate = fates_try(modem->env->fates, modem->sending.number);
    refusal->code = fate->cms;
    return fate->cms > 0;
}

static void modem_refuse_now(struct modem *modem, const struct at_refusal *refusal)
{
    sim_log_rejected(modem->env->log, modem->index, modem->sending.number, refusal);
    if (modem->faults.on[MODEM_DEAF])
        at_silence(modem->at);
    else
        at_refuse(modem->at, refusal);
}

static void modem_end_air(struct modem *modem)
{
    struct modem_faults *faults = &modem->faults;
    enum modem_hang hang = faults->hang;
    struct at_refusal refusal;
    unsigned reference, times;
    struct fate fate;

    LOG_ASSERT(at_is_busy(modem->at));
    faults->hang = MODEM_HANG_NONE;
    if (hang == MODEM_HANG_BEFORE) {
        at_silence(modem->at);
        return;
    }
    if (hang == MODEM_CUT_BEFORE) {
        at_cut(modem->at);
        return;
    }
    if (modem_is_refused(modem, &fate, &refusal)) {
        modem_refuse_now(modem, &refusal);
        return;
    }
    reference = modem_take(modem, &fate);
    times = faults->twice ? 2 : 1;
    faults->twice = false;
    if (hang == MODEM_HANG_AFTER || faults->on[MODEM_DEAF])
        at_silence(modem->at);
    else if (hang == MODEM_CUT_AFTER)
        at_cut(modem->at);
    else
        at_answer(modem->at, reference, times);
}

static void modem_on_air_end(uv_timer_t *timer)
{
    struct modem *modem = timer->data;

    modem_end_air(modem);
    modem_turn(modem);
}

/* ---- on a frozen clock ---- */

static int64_t modem_round(int64_t ms, int64_t grid_ms)
{
    return grid_ms > 1 ? (ms + grid_ms / 2) / grid_ms * grid_ms : ms;
}

/* By what a part ends too early or too late on the grid the next one is longer or shorter, so that
 * their mean is right. A part that was handed over less than a grid after it could begin was late
 * only because of the grid. */
static void modem_rise(struct modem *modem)
{
    struct modem_time *time = &modem->time;
    int64_t now = clock_wall_ms(), grid_ms = modem->env->grid_ms;
    int64_t end_ms = (time->free_ms > now - grid_ms ? time->free_ms : now) + modem->air_ms;

    time->free_ms = end_ms + time->gap_ms;
    time->due_ms = modem_round(end_ms, grid_ms);
    if (time->due_ms > now)
        return;
    time->due_ms = INT64_MAX;
    modem_end_air(modem);
}

bool modem_is_in_air(const struct modem *modem)
{
    return modem->time.due_ms != INT64_MAX;
}

uint64_t modem_said(const struct modem *modem)
{
    return modem->said;
}

int64_t modem_next_ms(const struct modem *modem)
{
    const struct modem_time *time = &modem->time;

    if (!modem->tty || !time->lost_ms || time->due_ms < time->lost_ms)
        return time->due_ms;
    return time->lost_ms;
}

void modem_advance(struct modem *modem, int64_t now_ms)
{
    struct modem_time *time = &modem->time;

    if (time->lost_ms && time->lost_ms <= now_ms)
        modem_unplug(modem);
    if (time->due_ms > now_ms)
        return;
    time->due_ms = INT64_MAX;
    modem_end_air(modem);
    modem_turn(modem);
}

static void modem_refuse_pdu(struct modem *modem, const char *why)
{
    struct at_refusal refusal = {AT_ERROR_CMS, MODEM_CMS_BAD_PDU};

    sim_log_bad(modem->env->log, modem->index, why);
    at_refuse(modem->at, &refusal);
}

void modem_on_submit(void *ctx, const uint8_t *pdu, size_t length, size_t announced)
{
    struct modem *modem = ctx;
    struct at_refusal no_service = {AT_ERROR_CMS, modem->radio.family->cms_no_service};
    int rc = pdu_read_submit(pdu, length, announced, &modem->sending);

    if (rc)
        modem_refuse_pdu(modem, pdu_error_name(rc));
    else if (!radio_is_served(&modem->radio))
        modem_refuse_now(modem, &no_service);
    else if (clock_is_frozen())
        modem_rise(modem);
    else if (modem->air_ms > 0)
        uv_timer_start(&modem->air, modem_on_air_end, (uint64_t)modem->air_ms, 0);
    else
        modem_end_air(modem);
}

void modem_on_garbage(void *ctx)
{
    modem_refuse_pdu(ctx, "hex");
}

static int modem_say_report(struct modem *modem, const struct report *report)
{
    struct pdu_report said = {.number = report->number,
                              .international = report->international,
                              .reference = report->reference,
                              .status = report->status,
                              .sent_ms = report->taken_ms,
                              .done_ms = clock_wall_ms()};
    struct card_message message;

    pdu_write_report(&said, &message.pdu);
    memcpy(message.number, report->number, sizeof message.number);
    if (at_report(modem->at, &message))
        return 1;
    sim_log_reported(modem->env->log, report);
    modem->said++;
    return 0;
}

void modem_say_reports(struct modem *modem)
{
    const struct buffer *out = at_output(modem->at);
    struct queue *ready = &modem->reports.ready;

    while (ready->n && at_is_idle(modem->at) && out->length < MODEM_UNREAD_MAX) {
        if (modem_say_report(modem, queue_front(ready)))
            break;
        queue_pop(ready);
    }
}

void modem_report(struct modem *modem, const struct report *report)
{
    if (report->card != modem->cards)
        return;
    queue_push(&modem->reports.ready, report);
    modem_turn(modem);
}

size_t modem_reports_waiting(const struct modem *modem)
{
    return modem->reports.ready.n;
}

void modem_set_reports_late(struct modem *modem, int64_t late_ms)
{
    modem->reports.late_ms = late_ms;
}

void modem_drop_reports(struct modem *modem, unsigned n)
{
    modem->reports.drop = n;
}

void modem_double_reports(struct modem *modem, unsigned n)
{
    modem->reports.twice = n;
}

void modem_stray_reports(struct modem *modem, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        unsigned stray = modem->reports.strays++;
        struct report report = {.taken_ms = clock_wall_ms(),
                                .international = true,
                                .stray = true,
                                .reference = (uint8_t)(200 + stray),
                                .modem = modem->index,
                                .card = modem->cards};

        snprintf(report.number, sizeof report.number, "861389999%04u", stray % 10000);
        modem_report(modem, &report);
    }
}
