/* work_end: writing off, cancelling, giving up reports, and the pause at a window's end. See
 * work.h. Runs: loop. */
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/dispatch/work_inside.h"

#define WORK_HOUR_MS INT64_C(3600000)

/* ---- all at once ---- */

void work_forget_rows(struct work *work)
{
    for (size_t i = 0; i < work->n_orders; i++)
        work_order_forget(&work->orders[i]);
    for (size_t i = 0; i < work->n_boards; i++)
        queue_forget(&work->boards[i]);
}

/* It was extended while the books were at it: what they have left goes on. */
static void work_reopen(struct work *work)
{
    for (size_t i = 0; i < work->n_orders; i++)
        for (int route = 0; route < PHONE_OPERATORS; route++)
            queue_renew(&work->orders[i].queues[route]);
    for (size_t i = 0; i < work->n_boards; i++)
        queue_renew(&work->boards[i]);
    work_set(work, WORK_RUNNING);
}

static bool work_is_extended(const struct work *work)
{
    int64_t now = clock_wall_ms();

    return !work->standing.cancelled && (window_at(work->times.windows, work->times.n, now) ||
                                         window_after(work->times.windows, work->times.n, now));
}

static void work_go_on(struct work *work, bool more, bool cancel)
{
    if (more && work_is_extended(work)) {
        work_reopen(work);
    } else if (more) {
        work_write_off(work);
    } else {
        log_info("campaign=%s %s=%lld", work->campaign->id, cancel ? "cancelled" : "expired",
                 (long long)work->expired);
        work_begin_waiting(work);
    }
}

static void work_wrote_off(struct ledger_op *op)
{
    struct work *work = op->owner;
    bool cancel = op->kind == LEDGER_CANCEL;
    size_t n = cancel ? op->cancel.n : op->expire.n;
    bool more = n == (cancel ? op->cancel.max : op->expire.max);

    work->expiring = false;
    if (op->result < 0) {
        work_set(work, WORK_ENDED);
    } else {
        work->expired += (int64_t)n;
        work_go_on(work, more && !work->stopping, cancel);
    }
    work->events->filled(work->ctx);
}

void work_write_off(struct work *work)
{
    work->expiring = true;
    work->expire = (struct ledger_op){.kind = LEDGER_EXPIRE,
                                      .campaign = work->number,
                                      .done = work_wrote_off,
                                      .owner = work,
                                      .expire = {.max = WORK_CHUNK}};
    if (work->standing.cancelled) {
        work->expire.kind = LEDGER_CANCEL;
        work->expire.cancel.unit = 0;
        work->expire.cancel.channel = 0;
        work->expire.cancel.address = 0;
        work->expire.cancel.max = WORK_CHUNK;
    }
    ledger_post(work->ledger, &work->expire);
}

/* ---- one unit ---- */

static void work_order_cancelled(struct ledger_op *op)
{
    struct work *work = op->owner;
    struct work_order *order = NULL;

    for (size_t i = 0; i < work->n_orders; i++)
        if (op == &work->orders[i].cancel)
            order = &work->orders[i];
    LOG_ASSERT(order && order->closing == CLOSING_CANCEL);
    if (op->result == 0 && op->cancel.n == op->cancel.max && !work->stopping) {
        ledger_post(work->ledger, op);
        return;
    }
    order->closing = CLOSING_NOT;
    order->done = true;
    work->events->filled(work->ctx);
}

void work_cancel_order(struct work *work, struct work_order *order)
{
    order->cancel = (struct ledger_op){
        .kind = LEDGER_CANCEL,
        .campaign = work->number,
        .done = work_order_cancelled,
        .owner = work,
        .cancel = {.unit = order->queues[0].unit, .channel = CHANNEL_SMS, .max = WORK_CHUNK}};
    ledger_post(work->ledger, &order->cancel);
}

/* ---- the pause ---- */

static void work_paused(struct ledger_op *op)
{
    struct work *work = op->owner;

    work->steering = false;
    if (op->result)
        log_error("campaign=%s result=%d: its pause could not be written into the books and ends "
                  "with this run; when they can be written again, say lawcast pause campaign %s",
                  work->campaign->id, op->result, work->campaign->id);
}

void work_pause(struct work *work)
{
    struct steer *steer = &work->steer.steer.steer;

    if (work->standing.paused || work->steering)
        return;
    log_warning("campaign=%s is paused because a window has closed (leftover = \"stop\"): it goes "
                "on when a person says lawcast resume campaign %s",
                work->campaign->id, work->campaign->id);
    work->standing.paused = work->steering = true;
    work->standing.resumed = false;
    work->steer = (struct ledger_op){.kind = LEDGER_STEER, .done = work_paused, .owner = work};
    steer->scope = STEER_CAMPAIGN;
    steer->verb = STEER_PAUSE;
    snprintf(steer->campaign, sizeof steer->campaign, "%s", work->campaign->id);
    snprintf(work->steer.steer.by, sizeof work->steer.steer.by, "window");
    ledger_post(work->ledger, &work->steer);
    if (work->events->paused)
        work->events->paused(work->ctx, work);
}

/* ---- reports ---- */

static void work_close_reports(struct work *work);

static void work_closed(struct ledger_op *op)
{
    struct work *work = op->owner;

    work->closing = false;
    work->polled = false;
    if (op->result >= 0 && op->close.n == op->close.max && !work->stopping)
        work_close_reports(work);
}

static void work_close_reports(struct work *work)
{
    int64_t hours = work->campaign->sms.report_close_h;

    work->closing = true;
    work->close = (struct ledger_op){
        .kind = LEDGER_CLOSE,
        .campaign = work->number,
        .done = work_closed,
        .owner = work,
        .close = {.before_ms = clock_wall_ms() - hours * WORK_HOUR_MS, .max = WORK_CHUNK}};
    ledger_post(work->ledger, &work->close);
}

/* Reports that are too old are awaited no longer: looked at hourly, and when only they are left. */
void work_tick_reports(struct work *work)
{
    int64_t now = clock_steady_ms();

    if (!work->campaign->sms.report_close_h || work->closing || now < work->close_at_ms)
        return;
    work->close_at_ms = now + WORK_HOUR_MS;
    work_close_reports(work);
}
