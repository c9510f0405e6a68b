/* lane_mail: what people write to a modem, and the answers to refusals.
 * Runs: loop.
 *
 * A part is deleted from the SIM only when it is in the books, so a crash between the two makes it
 * come again; the books know it then. An answer is claimed in the books before it is sent, by the
 * modem that received the refusal, and counted by its meters like any message. */
#include "gateway/dispatch/lane_inside.h"

#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#define LANE_ANSWER_PAUSE_MS 10000 /* after one that came back unsent */

static void lane_received(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;
    const struct adapter *adapter = lane->setup.adapter;

    if (op->result >= 0) {
        if (!lane->stopping && adapter->forget)
            adapter->forget(lane->adapter_state, op->receive.inbound.ticket);
        lane->answers = lane->answers || op->receive.answered;
    }
    if (op->result == LEDGER_OK)
        lane->events->received(lane->ctx, op->receive.refusal);
    lane_pull(lane);
    lane_note_free(note);
}

void lane_on_received(void *ctx, const struct inbound *inbound)
{
    struct lane *lane = ctx;
    const struct office *office = lane->setup.office;
    struct lane_note *note = lane_note_new(lane, LEDGER_RECEIVE, lane_received);

    note->op.receive.device = lane->device;
    note->op.receive.inbound = *inbound;
    note->op.receive.refusal_words = &office->refusal_words;
    note->op.receive.answer = office->refusal_answer;
    lane_note_post(note);
}

static void lane_answer_claimed(struct ledger_op *op)
{
    static const struct outcome late = {.kind = OUTCOME_RETURNED,
                                        .detail = "not at this time of day"};
    struct lane *lane = op->owner;

    lane->claiming = false;
    lane->posted--;
    if (op->result) {
        free(op->answer.text); /* of a batch that was given up */
        tab_give_back(&lane->tab);
        tab_close(&lane->tab);
        lane->answering = lane->answers = false;
        lane_pull(lane);
        lane_quiet(lane);
        return;
    }
    lane->answer = op->answer.text;
    lane->job = (struct adapter_job){
        .verb = ADAPTER_SUBMIT,
        .id = (uint64_t)op->answer.id,
        .address = op->answer.address,
        .text = lane->answer,
        .from_ms = clock_wall_ms(),
        .until_ms = lane->setup.day->answers_until_ms,
        .owner = lane,
    };
    if (lane->job.until_ms)
        lane_lend(lane);
    else
        lane_end_answer(lane, &late);
    lane_look(lane);
    lane_quiet(lane);
}

bool lane_pull_answer(struct lane *lane)
{
    if (!lane->answers || !lane->setup.day->answers_until_ms ||
        clock_steady_ms() < lane->answers_after_ms || lane_ask(lane, 1) != METER_FREE)
        return false;
    lane_book(lane, 1);
    lane->claiming = lane->answering = true;
    lane->posted++;
    lane->claim = (struct ledger_op){
        .kind = LEDGER_ANSWER,
        .done = lane_answer_claimed,
        .owner = lane,
        .answer = {.device = lane->device, .meters = tab_meters(&lane->tab)},
    };
    ledger_post(lane->setup.ledger, &lane->claim);
    return true;
}

static void lane_answered(struct ledger_op *op)
{
    struct lane_note *note = op->owner;
    struct lane *lane = note->lane;

    tab_close(&note->tab);
    if (op->answered.outcome.kind == OUTCOME_SENT)
        lane->events->answered(lane->ctx);
    lane_note_free(note);
}

void lane_end_answer(struct lane *lane, const struct outcome *outcome)
{
    struct lane_note *note = lane_note_new(lane, LEDGER_ANSWERED, lane_answered);

    note->tab = lane->tab;
    note->op.answered.id = (int64_t)lane->job.id;
    note->op.answered.device = lane->device;
    note->op.answered.outcome = *outcome;
    note->op.answered.outcome.n_references = 0; /* no report is asked for */
    tab_end(&lane->tab, &note->op.answered.outcome, clock_wall_ms(), &note->op.answered.meters);
    if (outcome->kind == OUTCOME_RETURNED || outcome->kind == OUTCOME_DEFERRED)
        lane->answers_after_ms =
            clock_steady_ms() +
            (outcome->wait_ms > LANE_ANSWER_PAUSE_MS ? outcome->wait_ms : LANE_ANSWER_PAUSE_MS);
    log_debug("modem=%s answer=%lld outcome=%d", lane->setup.env.modem->id, (long long)lane->job.id,
              (int)outcome->kind);
    lane->answering = false;
    free(lane->answer);
    lane->answer = NULL;
    lane_note_post(note);
}
