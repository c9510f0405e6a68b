/* lane: one modem at work. See lane.h.
 * Runs: loop. */
#include "gateway/dispatch/lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

struct lane {
    const struct adapter *adapter;
    struct adapter_env env;
    struct ledger *ledger;
    int32_t device;
    const struct lane_events *events;
    void *ctx;

    bool ready;
    char why[160];
    bool started, stopping, stopped;
    bool claiming, lent; /* at most one of them; task is valid while one is true */
    size_t posted;       /* operations of this lane that the books have not answered */
    struct lane_task task;
    struct adapter_job job;
    struct ledger_op claim;
    void *adapter_state;
};

/* An operation that outlives the lane's interest in its task. */
struct lane_note {
    struct ledger_op op;
    struct lane *lane;
    struct queue *queue;
};

static void lane_quiet(struct lane *lane)
{
    if (lane->stopped && lane_is_quiet(lane))
        lane->events->stopped(lane->ctx);
}

static void lane_settled(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;

    lane->posted--;
    /* An outcome that the books gave up leaves the message in flight there; the next start finds
     * it. */
    lane->events->settled(lane->ctx, note->queue,
                          op->result < 0 ? DELIVERY_SENT : (enum delivery_state)op->settle.state);
    free(note);
    lane_quiet(lane);
}

/* Puts the outcome of the task into the books; the lane is free at once. */
static void lane_settle(struct lane *lane, const struct outcome *outcome)
{
    struct lane_note *note = mem_new(struct lane_note);
    const struct campaign *campaign = lane->task.work->campaign;

    note->lane = lane;
    note->queue = lane->task.queue;
    note->op = (struct ledger_op){
        .kind = LEDGER_SETTLE,
        .campaign = lane->task.work->number,
        .done = lane_settled,
        .owner = note,
        .settle = {.id = lane->task.row.id,
                   .device = lane->device,
                   .outcome = *outcome,
                   .resend = campaign->sms.on_unknown == ON_UNKNOWN_RESEND,
                   .attempts_max = (int32_t)campaign->sms.attempts},
    };
    if (!campaign->sms.report)
        note->op.settle.outcome.n_references = 0;
    ledger_row_release(&lane->task.row);
    lane->posted++;
    ledger_post(lane->ledger, &note->op);
}

static void lane_return(struct lane *lane, const char *why)
{
    struct outcome outcome = {.kind = OUTCOME_RETURNED};

    snprintf(outcome.detail, sizeof outcome.detail, "%s", why);
    lane_settle(lane, &outcome);
}

/* The claim did not become durable: the message must not be sent. */
static void lane_drop(struct lane *lane)
{
    ledger_row_release(&lane->task.row);
    queue_settled(lane->task.queue, DELIVERY_SENT);
    lane_quiet(lane);
}

static void lane_claimed(struct ledger_op *op)
{
    struct lane *lane = op->owner;
    struct work *work = lane->task.work;

    lane->claiming = false;
    lane->posted--;
    if (op->result < 0) {
        lane_drop(lane);
        return;
    }
    lane->job = (struct adapter_job){
        .verb = ADAPTER_SUBMIT,
        .id = (uint64_t)lane->task.row.id,
        .address = lane->task.row.address,
        .text = lane->task.row.text,
        .from_ms = lane->task.row.from_ms,
        .until_ms = work_window_end_ms(work),
        .want_report = work->campaign->sms.report,
        .owner = lane,
    };
    /* The commit took its time: the window, the modem and the operator's mind may have changed. */
    if (lane->stopping || !lane->ready)
        lane_return(lane, "the modem was lost before sending");
    else if (!work_is_open(work))
        lane_return(lane, "the window closed before sending");
    else if (lane->adapter->submit(lane->adapter_state, &lane->job) == 0)
        lane->lent = true;
    else
        lane_return(lane, "the modem did not take it");
    lane_quiet(lane);
}

void lane_pull(struct lane *lane)
{
    if (!lane->ready || lane->claiming || lane->lent || lane->stopping ||
        !lane->events->next(lane->ctx, &lane->task))
        return;
    lane->claiming = true;
    lane->posted++;
    lane->claim = (struct ledger_op){
        .kind = LEDGER_CLAIM,
        .campaign = lane->task.work->number,
        .done = lane_claimed,
        .owner = lane,
        .claim = {.id = lane->task.row.id, .device = lane->device},
    };
    ledger_post(lane->ledger, &lane->claim);
}

static void lane_on_ready(void *ctx, bool ready, const char *why)
{
    struct lane *lane = ctx;

    if (lane->ready != ready)
        log_info("modem=%s state=%s why=\"%s\"", lane->env.modem->id, ready ? "ready" : "down",
                 why);
    lane->ready = ready;
    snprintf(lane->why, sizeof lane->why, "%s", why);
    lane_pull(lane);
}

static void lane_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct lane *lane = ctx;

    LOG_ASSERT(lane->lent && job == &lane->job);
    lane->lent = false;
    log_debug("delivery=%lld modem=%s outcome=%d code=%d detail=\"%s\"", (long long)job->id,
              lane->env.modem->id, (int)result->outcome.kind, result->outcome.code,
              result->outcome.detail);
    lane_settle(lane, &result->outcome);
    lane_pull(lane);
}

static void lane_reported(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;

    lane->posted--;
    if (op->result == LEDGER_UNMATCHED)
        log_info("modem=%s report=unmatched reference=%d status=%d", lane->env.modem->id,
                 op->report.report.reference, op->report.report.status);
    if (op->result >= 0)
        lane->events->reported(lane->ctx, op->result, (enum delivery_state)op->report.state);
    free(note);
    lane_quiet(lane);
}

static void lane_on_report(void *ctx, const struct status_report *report)
{
    struct lane *lane = ctx;
    struct lane_note *note = mem_new(struct lane_note);

    note->lane = lane;
    note->op = (struct ledger_op){
        .kind = LEDGER_REPORT,
        .done = lane_reported,
        .owner = note,
        .report = {.device = lane->device, .report = *report},
    };
    lane->posted++;
    ledger_post(lane->ledger, &note->op);
}

static void lane_on_stopped(void *ctx)
{
    struct lane *lane = ctx;

    lane->stopped = true;
    lane_quiet(lane);
}

static const struct adapter_events lane_adapter_events = {
    .ready = lane_on_ready,
    .done = lane_on_done,
    .report = lane_on_report,
    .stopped = lane_on_stopped,
};

struct lane *lane_new(const struct adapter *adapter, const struct adapter_env *env,
                      struct ledger *ledger, char *why, size_t why_size)
{
    struct lane *lane = mem_new(struct lane);

    adapter_check(adapter);
    lane->adapter = adapter;
    lane->ledger = ledger;
    lane->env = *env;
    lane->env.events = &lane_adapter_events;
    lane->env.ctx = lane;
    lane->adapter_state = mem_alloc(1, adapter->state_size);
    if (adapter->init(lane->adapter_state, &lane->env, why, why_size) == 0)
        return lane;
    lane_free(lane);
    return NULL;
}

bool lane_start(struct lane *lane, const struct lane_events *events, void *ctx)
{
    int rc;

    lane->events = events;
    lane->ctx = ctx;
    lane->device = ledger_device(lane->ledger, lane->env.modem->id);
    rc = lane->device < 0 ? lane->device : lane->adapter->start(lane->adapter_state);
    lane->started = rc == 0;
    if (rc)
        log_error("modem=%s can't be started: %s", lane->env.modem->id, uv_strerror(rc));
    return lane->started;
}

void lane_stop(struct lane *lane)
{
    if (lane->stopping || !lane->started)
        return;
    lane->stopping = true;
    lane->adapter->stop(lane->adapter_state);
}

void lane_free(struct lane *lane)
{
    LOG_ASSERT(!lane->started || (lane->stopped && lane_is_quiet(lane)));
    lane->adapter->fini(lane->adapter_state);
    free(lane->adapter_state);
    free(lane);
}

bool lane_is_ready(const struct lane *lane)
{
    return lane->ready;
}

const char *lane_why(const struct lane *lane)
{
    return lane->why;
}

bool lane_is_quiet(const struct lane *lane)
{
    return !lane->claiming && !lane->lent && lane->posted == 0;
}
