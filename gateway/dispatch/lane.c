/* lane: one modem at work. See lane.h.
 * Runs: loop. */
#include "gateway/dispatch/lane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/backoff.h"
#include "gateway/dispatch/lane_inside.h"

#define LANE_PART_MS      3000 /* how long a part takes, before any was sent */
#define LANE_WAIT_MS      1000 /* the first wait of a deferral that names none */
#define LANE_WAIT_MOST_MS (10 * 60 * INT64_C(1000))

void lane_quiet(struct lane *lane)
{
    if (lane->stopped && lane_is_quiet(lane))
        lane->events->stopped(lane->ctx);
}

struct lane_note *lane_note_new(struct lane *lane, enum ledger_op_kind kind, ledger_done *done)
{
    struct lane_note *note = mem_new(struct lane_note);

    note->lane = lane;
    note->op = (struct ledger_op){.kind = kind, .done = done, .owner = note};
    return note;
}

void lane_note_post(struct lane_note *note)
{
    note->lane->posted++;
    ledger_post(note->lane->setup.ledger, &note->op);
}

void lane_note_free(struct lane_note *note)
{
    struct lane *lane = note->lane;

    free(note);
    lane->posted--;
    lane_quiet(lane);
}

static struct tab lane_tab(const struct lane *lane, int64_t parts)
{
    return (struct tab){.sim = lane->sim,
                        .group = lane->group,
                        .rates = {lane->rates[0], lane->rates[1]},
                        .parts = (int32_t)parts};
}

void lane_book(struct lane *lane, int64_t parts)
{
    lane->tab = lane_tab(lane, parts);
    tab_open(&lane->tab, clock_wall_ms());
}

/* Its report may have come before the modem was given up. */
static bool lane_leaves_doubt(const struct ledger_op *op)
{
    return op->settle.outcome.kind == OUTCOME_UNKNOWN &&
           (op->result < 0 || op->settle.state == DELIVERY_UNKNOWN ||
            op->settle.state == DELIVERY_DEFERRED);
}

static void lane_settled(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;

    tab_close(&note->tab);
    lane->doubted = lane->abandoned && lane_leaves_doubt(op);
    /* An outcome that the books gave up leaves the message in flight there; the next start finds
     * it. */
    lane->events->settled(lane->ctx, note->queue,
                          op->result < 0 ? DELIVERY_SENT : (enum delivery_state)op->settle.state);
    lane_note_free(note);
}

/* A message that fails again and again waits longer each time, and so holds nobody up. */
static int64_t lane_deferral_ms(const struct lane *lane, const struct outcome *outcome)
{
    int64_t first = outcome->wait_ms > 0 ? outcome->wait_ms : LANE_WAIT_MS;
    int64_t most = first > LANE_WAIT_MOST_MS ? first : LANE_WAIT_MOST_MS;
    int64_t wait =
        backoff_ms(lane->task.row.attempts + 1, first, most, (uint64_t)lane->task.row.id);

    return wait > outcome->wait_ms ? wait : outcome->wait_ms;
}

/* Puts the outcome of the task into the books; the lane is free at once. */
static void lane_settle(struct lane *lane, const struct outcome *outcome)
{
    struct lane_note *note = lane_note_new(lane, LEDGER_SETTLE, lane_settled);
    const struct campaign *campaign = lane->task.work->campaign;
    struct outcome *booked = &note->op.settle.outcome;

    note->queue = lane->task.queue;
    note->tab = lane->tab;
    note->op.campaign = lane->task.work->number;
    note->op.settle.id = lane->task.row.id;
    note->op.settle.device = lane->device;
    note->op.settle.resend = campaign->sms.on_unknown == ON_UNKNOWN_RESEND;
    note->op.settle.attempts_max = (int32_t)campaign->sms.attempts;
    *booked = *outcome;
    if (booked->kind == OUTCOME_DEFERRED)
        booked->wait_ms = lane_deferral_ms(lane, outcome);
    if (!campaign->sms.report)
        booked->n_references = 0;
    tab_end(&lane->tab, booked, clock_wall_ms(), &note->op.settle.meters);
    ledger_row_release(&lane->task.row);
    lane_note_post(note);
}

/* The message was never lent, or was not taken. */
static void lane_return(struct lane *lane, const char *why)
{
    struct outcome outcome = {.kind = OUTCOME_RETURNED};

    snprintf(outcome.detail, sizeof outcome.detail, "%s", why);
    if (lane->answering)
        lane_end_answer(lane, &outcome);
    else
        lane_settle(lane, &outcome);
}

void lane_lend(struct lane *lane)
{
    /* The commit took its time: the modem and the operator's mind may have changed. */
    if (lane->stopping || !lane->up) {
        lane_return(lane, "the modem was lost before sending");
    } else if (lane->paused) {
        lane_return(lane, "the modem was paused before sending");
    } else if (lane->setup.adapter->submit(lane->adapter_state, &lane->job)) {
        lane_return(lane, "the modem did not take it");
    } else {
        lane->lent = true;
        lane->lent_ms = clock_steady_ms();
    }
}

/* The claim did not become durable, or the books know a reason against it: it must not be sent. */
static void lane_drop(struct lane *lane, int result)
{
    tab_give_back(&lane->tab);
    tab_close(&lane->tab);
    ledger_row_release(&lane->task.row);
    queue_settled(lane->task.queue, result == -EALREADY ? DELIVERY_SUPPRESSED : DELIVERY_SENT);
    lane_pull(lane);
}

static void lane_claimed(struct ledger_op *op)
{
    struct lane *lane = op->owner;
    struct work *work = lane->task.work;

    lane->claiming = false;
    lane->posted--;
    if (op->result < 0) {
        lane_drop(lane, op->result);
    } else if (!work_queue_is_open(work, lane->task.queue)) {
        lane_return(lane, "the window closed before sending, or it was paused");
    } else {
        lane->job = (struct adapter_job){
            .verb = ADAPTER_SUBMIT,
            .id = (uint64_t)lane->task.row.id,
            .address = lane->task.row.address,
            .text = lane->task.row.text,
            .from_ms = lane->task.row.from_ms,
            .until_ms = work_queue_end_ms(work, lane->task.queue),
            .want_report = work->campaign->sms.report,
            .owner = lane,
        };
        lane_lend(lane);
    }
    lane_look(lane);
    lane_quiet(lane);
}

static void lane_claim(struct lane *lane)
{
    lane_book(lane, lane->task.row.parts);
    tab_add_rates(&lane->tab, lane->task.rates);
    lane->claiming = true;
    lane->posted++;
    lane->claim = (struct ledger_op){
        .kind = LEDGER_CLAIM,
        .campaign = lane->task.work->number,
        .done = lane_claimed,
        .owner = lane,
        .claim = {.id = lane->task.row.id,
                  .device = lane->device,
                  .meters = tab_meters(&lane->tab)},
    };
    ledger_post(lane->setup.ledger, &lane->claim);
}

enum meter_bound lane_ask(struct lane *lane, int64_t parts)
{
    struct lane_asked *asked = &lane->asked;
    struct tab tab = lane_tab(lane, parts);
    const struct gauge *gauge;
    enum meter_bound bound;
    int64_t again_ms;

    /* What is no smaller than what must wait must wait too. */
    if (parts >= asked->refused)
        return asked->bound;
    bound = tab_ask(&tab, clock_wall_ms(), lane->setup.day->open_ms, &again_ms, &gauge);
    if (bound == METER_FREE || bound == METER_NEVER)
        return bound;
    asked->refused = parts;
    if (again_ms < asked->again_ms) {
        asked->again_ms = again_ms;
        asked->bound = bound;
        asked->gauge = gauge;
    }
    return bound;
}

static void lane_pull_message(struct lane *lane)
{
    bool found = lane->events->next(lane->ctx, lane, &lane->task);

    lane->limited_until_ms = 0;
    if (found)
        lane_claim(lane);
    else if (lane->asked.again_ms < INT64_MAX)
        lane->limited_until_ms = lane->asked.again_ms;
}

void lane_pull(struct lane *lane)
{
    if (lane->claiming || lane->lent || lane->stopping || !lane->started)
        return;
    lane_identify(lane);
    if (!lane->setup.day->shut && lane_may_pull(lane)) {
        lane->asked = (struct lane_asked){.refused = INT64_MAX, .again_ms = INT64_MAX};
        if (!lane_pull_answer(lane))
            lane_pull_message(lane);
    }
    lane_look(lane);
}

void lane_tick(struct lane *lane)
{
    lane_pull(lane);
    lane_tell_due(lane);
}

static void lane_measure(struct lane *lane)
{
    int64_t parts = lane->tab.parts > 0 ? lane->tab.parts : 1;
    int64_t each = (clock_steady_ms() - lane->lent_ms) / parts;

    lane->part_ms = (7 * lane->part_ms + each) / 8;
}

static void lane_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    struct lane *lane = ctx;
    const struct outcome *outcome = &result->outcome;

    LOG_ASSERT(lane->lent && job == &lane->job);
    lane->lent = false;
    log_debug("delivery=%lld modem=%s outcome=%d code=%d detail=\"%s\"", (long long)job->id,
              lane->setup.env.modem->id, (int)outcome->kind, outcome->code, outcome->detail);
    if (outcome->kind == OUTCOME_SENT)
        lane_measure(lane);
    lane_note_error(lane, outcome->code);
    lane_rest(lane, outcome);
    if (lane->answering)
        lane_end_answer(lane, outcome);
    else
        lane_settle(lane, outcome);
    lane_pull(lane);
}

static void lane_reported(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;

    if (op->result == LEDGER_UNMATCHED)
        log_info("modem=%s report=unmatched reference=%d status=%d", lane->setup.env.modem->id,
                 op->report.report.reference, op->report.report.status);
    if (op->result >= 0)
        lane->events->reported(lane->ctx, op->result, (enum delivery_state)op->report.state);
    lane_note_free(note);
}

static void lane_on_report(void *ctx, const struct status_report *report)
{
    struct lane *lane = ctx;
    struct lane_note *note = lane_note_new(lane, LEDGER_REPORT, lane_reported);

    note->op.report.device = lane->device;
    note->op.report.sim = lane->sim ? lane->sim->number : 0;
    snprintf(note->op.report.imsi, sizeof note->op.report.imsi, "%s", lane->health.imsi);
    note->op.report.report = *report;
    lane_note_post(note);
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
    .health = lane_on_health,
    .received = lane_on_received,
    .pin_refused = lane_on_pin_refused,
    .stopped = lane_on_stopped,
};

struct lane *lane_new(const struct lane_setup *setup, char *why, size_t why_size)
{
    struct lane *lane = mem_new(struct lane);
    const struct adapter *adapter = setup->adapter;

    adapter_check(adapter);
    lane->setup = *setup;
    lane->setup.env.events = &lane_adapter_events;
    lane->setup.env.ctx = lane;
    lane->part_ms = LANE_PART_MS;
    lane->told_ms = INT64_MIN / 2;
    lane->adapter_state = mem_alloc(1, adapter->state_size);
    if (adapter->init(lane->adapter_state, &lane->setup.env, why, why_size) == 0)
        return lane;
    lane_free(lane);
    return NULL;
}

/* What an earlier run knew of the modem. */
static void lane_remember(struct lane *lane, const struct ledger_memory *memory)
{
    const struct adapter *adapter = lane->setup.adapter;
    const struct modem *modem = lane->setup.env.modem;

    lane->device = memory->device;
    lane->paused = memory->paused;
    lane->answers = memory->answers;
    lane->pin_mark = memory->pin_mark;
    lane->error = memory->error;
    lane->error_ms = memory->error_ms;
    lane->named = *memory->imsi || (modem->imsi && *modem->imsi);
    lane->network =
        modem->network < 0 ? operators_of_imsi(memory->imsi) : (enum phone_operator)modem->network;
    if (adapter->remember)
        adapter->remember(lane->adapter_state, memory->pin_mark, memory->imsi);
}

bool lane_start(struct lane *lane, const struct ledger_memory *memory,
                const struct lane_events *events, void *ctx)
{
    const struct modem *modem = lane->setup.env.modem;
    int rc;

    lane->events = events;
    lane->ctx = ctx;
    lane_remember(lane, memory);
    rc = lane->setup.adapter->start(lane->adapter_state);
    lane->started = lane->tell_due = rc == 0;
    if (rc)
        log_error("modem=%s can't be started: %s", modem->id, uv_strerror(rc));
    return lane->started;
}

void lane_pause(struct lane *lane, bool paused)
{
    if (lane->paused == paused || !lane->started)
        return;
    lane->paused = paused;
    lane_look(lane);
    lane_tell(lane, 0);
    lane_pull(lane);
}

void lane_rate(struct lane *lane, struct rate *own, struct rate *bank)
{
    lane->rates[0] = own;
    lane->rates[1] = bank;
    lane_forget_waits(lane);
    lane_pull(lane);
}

void lane_stop(struct lane *lane)
{
    if (lane->stopping || !lane->started)
        return;
    lane->stopping = true;
    if (lane->tell_due) /* what could wait can't any longer */
        lane_tell(lane, 0);
    lane->setup.adapter->stop(lane->adapter_state);
}

bool lane_is_leaving(const struct lane *lane)
{
    return lane->stopping;
}

bool lane_is_over(const struct lane *lane)
{
    return !lane->started || (lane->stopped && lane_is_quiet(lane));
}

bool lane_abandon(struct lane *lane)
{
    const struct adapter *adapter = lane->setup.adapter;

    lane_stop(lane);
    if (lane->abandoned || !lane->lent || !adapter->cancel)
        return false;
    lane->abandoned = true;
    adapter->cancel(lane->adapter_state);
    return true;
}

bool lane_is_doubted(const struct lane *lane)
{
    return lane->doubted;
}

void lane_free(struct lane *lane)
{
    LOG_ASSERT(!lane->started || (lane->stopped && lane_is_quiet(lane)));
    meters_release_sim(lane->sim, lane);
    lane->setup.adapter->fini(lane->adapter_state);
    free(lane->adapter_state);
    free(lane);
}

bool lane_is_settled(const struct lane *lane)
{
    return !lane->claiming && lane->posted == 0;
}

bool lane_has_lent(const struct lane *lane)
{
    return lane->lent;
}

bool lane_is_quiet(const struct lane *lane)
{
    return lane_is_settled(lane) && !lane->lent;
}

int64_t lane_heard(const struct lane *lane)
{
    const struct adapter *adapter = lane->setup.adapter;

    return adapter->heard ? adapter->heard(lane->adapter_state) : 0;
}
