/* fake_ledger: the ledger as tables in memory, for tests of the dispatcher. Include in one file of
 * a test program. Runs: loop.
 *
 * Takes the place of gateway/ledger/ledger.c. Operations are carried out in order on the next turn
 * of the loop, as if each batch were a commit; the test fills and reads the tables. Campaigns are
 * numbered in the order in which they come, and planned already. Boards are named "b1", "b2", ...;
 * the digit is their number. */
#ifndef LAWCAST_TESTS_UNIT_FAKE_LEDGER_H
#define LAWCAST_TESTS_UNIT_FAKE_LEDGER_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/ledger.h"
#include "gateway/model/refusal.h"

#define FAKE_ROWS    4000
#define FAKE_DEVICES 600
#define FAKE_USES    20000
#define FAKE_SIMS    700
#define FAKE_PARTS   64
#define FAKE_HEARD   4
#define FAKE_SHOWN   4000
#define FAKE_BOARDS  16
#define FAKE_WORDS   64

struct fake_row {
    int32_t unit, route, parts, attempts, device;
    int64_t address, not_before_ms, claimed_ms;
    enum delivery_state state;
    /* Slogans only. */
    enum delivery_channel channel;
    int64_t campaign, from_ms, until_ms;
    int32_t slot;
    enum outcome_level level, need;
    const char *text;
    bool up; /* it may be on its board */
};

/* What LEDGER_SHOW brought. */
struct fake_shown {
    int64_t id, from_ms, until_ms;
    enum outcome_level level;
    char digest[65];
    size_t picture_length;
};

struct fake_board_line {
    size_t told, releases;
    enum lane_state state;
    char why[160], by[80];
    struct sight sight;
    int64_t seen_ms;
    bool released, clear;
};

struct fake_modem_line {
    size_t told; /* how often LEDGER_MODEM came */
    int32_t sim;
    enum lane_state state;
    char why[160];
    bool paused;
    int64_t pin_mark;
    struct modem_health health;
};

struct fake_answer {
    int32_t device;
    int64_t address;
    enum delivery_state state; /* due, inflight, sent, rejected */
    int tries;
};

/* What a report said of the SIM that it came to. */
struct fake_heard {
    int32_t sim;
    char imsi[24];
};

struct ledger {
    uv_idle_t idle;
    struct list inbox;
    size_t pending, reports, closes;
    struct fake_heard heard[FAKE_HEARD]; /* the first reports, and the last */
    struct fake_row rows[FAKE_ROWS];     /* id: index + 1 */
    size_t n_rows;
    char devices[FAKE_DEVICES][64];
    size_t n_devices;
    struct fake_modem_line modems[FAKE_DEVICES]; /* by device number - 1 */
    struct ledger_memory memories[FAKE_DEVICES];
    char sims[FAKE_SIMS][96];
    int32_t pools[FAKE_SIMS]; /* by SIM number - 1: its group */
    size_t n_sims, sims_asked;
    struct {
        int32_t sim;
        int64_t slot, parts;
    } uses[FAKE_USES];
    size_t n_uses;
    struct inbound inbound[FAKE_PARTS];
    size_t n_inbound;
    struct fake_answer answers[FAKE_PARTS];
    size_t n_answers;
    size_t fetches, refused_claims, recalls, claims;
    int64_t n_campaigns;
    struct fake_shown shown[FAKE_SHOWN];
    size_t n_shown;
    struct fake_board_line boards[FAKE_BOARDS]; /* by number - 1 */
    size_t hold;                                /* turns of the loop that the next commit takes */
    struct steer words[FAKE_WORDS];             /* all that were said, also by a test beforehand */
    char by[FAKE_WORDS][80];
    size_t n_words;
    int steer_result;    /* of the words to come; not 0: they aren't kept */
    size_t slot_cancels; /* cancellations of single boards' slots */
    size_t chunk; /* rows that EXPIRE and CANCEL change in one go; 0: as they were asked */
};

static inline struct ledger *fake_ledger_new(uv_loop_t *loop)
{
    struct ledger *ledger = mem_new(struct ledger);

    list_init(&ledger->inbox);
    uv_idle_init(loop, &ledger->idle);
    ledger->idle.data = ledger;
    return ledger;
}

static inline void fake_ledger_add(struct ledger *ledger, struct fake_row row, size_t n)
{
    for (; n; n--) {
        LOG_ASSERT(ledger->n_rows < FAKE_ROWS);
        ledger->rows[ledger->n_rows] = row;
        if (!row.address)
            ledger->rows[ledger->n_rows].address = 8613800000000 + (int64_t)ledger->n_rows;
        ledger->rows[ledger->n_rows++].state = DELIVERY_PLANNED;
    }
}

static inline size_t fake_ledger_count(const struct ledger *ledger, enum delivery_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < ledger->n_rows; i++)
        n += ledger->rows[i].state == state;
    return n;
}

static void fake_use(struct ledger *ledger, const struct ledger_meters *meters, int64_t parts)
{
    const int32_t sims[] = {meters->sim, meters->group};

    for (size_t k = 0; k < 2; k++) {
        size_t i = 0;

        if (!sims[k])
            continue;
        while (i < ledger->n_uses &&
               (ledger->uses[i].sim != sims[k] || ledger->uses[i].slot != meters->slot))
            i++;
        LOG_ASSERT(i < FAKE_USES);
        ledger->n_uses += i == ledger->n_uses;
        ledger->uses[i].sim = sims[k];
        ledger->uses[i].slot = meters->slot;
        ledger->uses[i].parts += parts;
        LOG_ASSERT(ledger->uses[i].parts >= 0);
    }
}

static inline int64_t fake_ledger_used(const struct ledger *ledger, const char *name)
{
    int64_t parts = 0;

    for (size_t i = 0; i < ledger->n_uses; i++)
        if (strcmp(ledger->sims[ledger->uses[i].sim - 1], name) == 0)
            parts += ledger->uses[i].parts;
    return parts;
}

static bool fake_is_open(const struct fake_row *row)
{
    return row->state == DELIVERY_PLANNED || row->state == DELIVERY_DUE ||
           row->state == DELIVERY_DEFERRED;
}

#include "tests/unit/fake_boards.h"

static void fake_fetch(struct ledger *ledger, struct ledger_op *op)
{
    int64_t now = clock_wall_ms();

    ledger->fetches++;
    op->fetch.n = op->fetch.awaiting = 0;
    op->fetch.next_ms = INT64_MAX;
    op->fetch.open_parts = 0;
    op->fetch.oversize = false;
    op->fetch.taken = 0;
    if (op->fetch.channel == CHANNEL_DISPLAY) {
        fake_fetch_slogans(ledger, op);
        return;
    }
    for (size_t i = 0; i < ledger->n_rows; i++) {
        struct fake_row *row = &ledger->rows[i];
        int64_t at = row->state == DELIVERY_DEFERRED ? row->not_before_ms : 0;

        op->fetch.taken +=
            row->unit == op->fetch.unit && !fake_is_open(row) && row->state != DELIVERY_SUPPRESSED;
        if (row->unit != op->fetch.unit || row->route != op->fetch.route || !fake_is_open(row))
            continue;
        op->fetch.open_parts += row->parts;
        if (op->fetch.parts_most && row->parts > op->fetch.parts_most) {
            op->fetch.oversize = true;
            continue;
        }
        if (row->state == DELIVERY_DUE && !op->fetch.again)
            continue;
        if (at <= now && op->fetch.n < op->fetch.max) {
            row->state = DELIVERY_DUE;
            op->fetch.rows[op->fetch.n++] = (struct ledger_row){.id = (int64_t)i + 1,
                                                                .address = row->address,
                                                                .text = mem_dup("学法守法"),
                                                                .parts = row->parts,
                                                                .attempts = row->attempts,
                                                                .device = row->device};
        } else if (at < op->fetch.next_ms) {
            op->fetch.next_ms = at <= now ? 0 : at;
        }
    }
}

static int fake_claim(struct ledger *ledger, struct ledger_op *op)
{
    struct fake_row *row = &ledger->rows[op->claim.id - 1];

    if (row->state == DELIVERY_SUPPRESSED) {
        ledger->refused_claims++;
        return -EALREADY;
    }
    ledger->claims++;
    LOG_ASSERT(row->state == DELIVERY_DUE);
    LOG_ASSERT(row->channel == CHANNEL_DISPLAY || op->claim.meters.sim);
    row->state = DELIVERY_INFLIGHT;
    row->device = op->claim.device;
    row->claimed_ms = op->at_ms;
    fake_use(ledger, &op->claim.meters, row->parts);
    return 0;
}

static bool fake_is_returned(const struct outcome *outcome)
{
    return outcome->kind == OUTCOME_RETURNED || outcome->kind == OUTCOME_DEFERRED;
}

static void fake_end_use(struct ledger *ledger, const struct ledger_meters *meters, int32_t parts,
                         const struct outcome *outcome)
{
    struct ledger_meters end = *meters;

    end.slot = meters->end_slot;
    if (!fake_is_returned(outcome) && end.slot <= meters->slot)
        return;
    fake_use(ledger, meters, -parts);
    if (!fake_is_returned(outcome))
        fake_use(ledger, &end, parts);
}

static void fake_settle(struct ledger *ledger, struct ledger_op *op)
{
    static const enum delivery_state states[OUTCOME_KINDS] = {
        [OUTCOME_SENT] = DELIVERY_SENT,         [OUTCOME_REJECTED] = DELIVERY_REJECTED,
        [OUTCOME_DEFERRED] = DELIVERY_DEFERRED, [OUTCOME_UNKNOWN] = DELIVERY_UNKNOWN,
        [OUTCOME_RETURNED] = DELIVERY_DEFERRED,
    };
    const struct outcome *outcome = &op->settle.outcome;
    struct fake_row *row = &ledger->rows[op->settle.id - 1];

    LOG_ASSERT(row->state == DELIVERY_INFLIGHT && row->device == op->settle.device);
    row->state = states[outcome->kind];
    row->up = row->state == DELIVERY_SENT || row->state == DELIVERY_UNKNOWN;
    row->attempts += outcome->kind != OUTCOME_RETURNED;
    row->not_before_ms = op->at_ms + (outcome->kind == OUTCOME_DEFERRED ? outcome->wait_ms : 0);
    if (row->state == DELIVERY_DEFERRED && op->settle.attempts_max &&
        row->attempts >= op->settle.attempts_max)
        row->state = DELIVERY_EXPIRED;
    fake_end_use(ledger, &op->settle.meters, row->parts, outcome);
    op->settle.state = (int32_t)row->state;
}

static int32_t fake_sim_number(struct ledger *ledger, const char *name)
{
    size_t i = 0;

    while (i < ledger->n_sims && strcmp(ledger->sims[i], name) != 0)
        i++;
    LOG_ASSERT(i < FAKE_SIMS);
    snprintf(ledger->sims[i], sizeof ledger->sims[i], "%s", name);
    ledger->n_sims += i == ledger->n_sims;
    return (int32_t)i + 1;
}

static void fake_join(struct ledger *ledger, struct ledger_op *op)
{
    int32_t group = op->sim.group ? fake_sim_number(ledger, op->sim.group) : 0;
    int32_t *pool = &ledger->pools[op->sim.number - 1];
    size_t n = ledger->n_uses;

    op->sim.joined = group && *pool != group;
    for (size_t i = 0; i < n && op->sim.joined; i++)
        if (ledger->uses[i].sim == op->sim.number)
            fake_use(ledger, &(struct ledger_meters){.group = group, .slot = ledger->uses[i].slot},
                     ledger->uses[i].parts);
    *pool = group;
}

static void fake_sim(struct ledger *ledger, struct ledger_op *op)
{
    ledger->sims_asked++;
    op->sim.number = fake_sim_number(ledger, op->sim.name);
    fake_join(ledger, op);
    op->sim.uses = mem_array(ledger->n_uses + 1, struct meter_use);
    op->sim.n = 0;
    for (size_t k = 0; k < ledger->n_uses; k++)
        if (ledger->uses[k].sim == op->sim.number)
            op->sim.uses[op->sim.n++] =
                (struct meter_use){ledger->uses[k].slot, ledger->uses[k].parts};
}

static void fake_modem(struct ledger *ledger, struct ledger_op *op)
{
    size_t i = (size_t)op->modem.device - 1;
    struct fake_modem_line *line = &ledger->modems[i];

    line->told++;
    line->sim = op->modem.sim;
    line->state = op->modem.state;
    line->paused = op->modem.paused;
    line->pin_mark = op->modem.pin_mark;
    line->health = op->modem.health;
    memcpy(line->why, op->modem.why, sizeof line->why);
    ledger->memories[i].paused = op->modem.paused;
    ledger->memories[i].pin_mark = op->modem.pin_mark;
    ledger->memories[i].error = op->modem.error;
    ledger->memories[i].error_ms = op->modem.error_ms;
    if (*op->modem.health.imsi)
        memcpy(ledger->memories[i].imsi, op->modem.health.imsi, sizeof ledger->memories[i].imsi);
}

static int32_t fake_device(struct ledger *ledger, const char *name)
{
    size_t i = 0;

    while (i < ledger->n_devices && strcmp(ledger->devices[i], name) != 0)
        i++;
    LOG_ASSERT(i < FAKE_DEVICES);
    snprintf(ledger->devices[i], sizeof ledger->devices[i], "%s", name);
    ledger->n_devices += i == ledger->n_devices;
    return (int32_t)i + 1;
}

static void fake_recall(struct ledger *ledger, struct ledger_op *op)
{
    ledger->recalls++;
    for (size_t i = 0; i < op->recall.n; i++) {
        int32_t device = fake_device(ledger, op->recall.names[i]);
        struct ledger_memory *memory = &op->recall.memories[i];

        *memory = ledger->memories[device - 1];
        memory->device = device;
        for (size_t k = 0; k < ledger->n_answers; k++)
            memory->answers = memory->answers || (ledger->answers[k].device == device &&
                                                  ledger->answers[k].state == DELIVERY_DUE);
    }
}

#include "tests/unit/fake_mail.h"

static void fake_report(struct ledger *ledger, const struct ledger_op *op)
{
    size_t i = ledger->reports++;
    struct fake_heard *heard = &ledger->heard[i < FAKE_HEARD ? i : FAKE_HEARD - 1];

    heard->sim = op->report.sim;
    snprintf(heard->imsi, sizeof heard->imsi, "%s", op->report.imsi);
}

static void fake_expire(struct ledger *ledger, struct ledger_op *op)
{
    if (ledger->chunk)
        op->expire.max = ledger->chunk;
    op->expire.n = 0;
    for (size_t i = 0; i < ledger->n_rows && op->expire.n < op->expire.max; i++)
        if (fake_is_open(&ledger->rows[i]) &&
            (!ledger->rows[i].campaign || ledger->rows[i].campaign == op->campaign)) {
            ledger->rows[i].state = DELIVERY_EXPIRED;
            op->expire.n++;
        }
}

static void fake_cancel(struct ledger *ledger, struct ledger_op *op)
{
    if (ledger->chunk)
        op->cancel.max = ledger->chunk;
    ledger->slot_cancels += op->cancel.address != 0;
    op->cancel.n = 0;
    for (size_t i = 0; i < ledger->n_rows && op->cancel.n < op->cancel.max; i++) {
        struct fake_row *row = &ledger->rows[i];

        if (!fake_is_open(row) || (row->campaign && row->campaign != op->campaign) ||
            (op->cancel.unit && row->unit != op->cancel.unit) ||
            (op->cancel.channel == CHANNEL_SMS && row->channel == CHANNEL_DISPLAY) ||
            (op->cancel.channel == CHANNEL_DISPLAY && row->channel != CHANNEL_DISPLAY) ||
            (op->cancel.address && row->address != op->cancel.address))
            continue;
        row->state = DELIVERY_CANCELLED;
        op->cancel.n++;
    }
}

static void fake_steer(struct ledger *ledger, struct ledger_op *op)
{
    op->result = ledger->steer_result;
    if (op->result)
        return;
    LOG_ASSERT(ledger->n_words < FAKE_WORDS);
    ledger->words[ledger->n_words] = op->steer.steer;
    snprintf(ledger->by[ledger->n_words++], sizeof ledger->by[0], "%s", op->steer.by);
}

/* Also what is superseded. */
static void fake_steered(struct ledger *ledger, struct ledger_op *op)
{
    op->steered.n = ledger->n_words;
    op->steered.steers = mem_array(ledger->n_words ? ledger->n_words : 1, struct steer);
    memcpy(op->steered.steers, ledger->words, ledger->n_words * sizeof *ledger->words);
}

static void fake_campaign(struct ledger *ledger, struct ledger_op *op)
{
    op->campaign = ++ledger->n_campaigns;
    for (size_t i = 0; i < op->campaign_is.n_boards; i++)
        op->campaign_is.board_numbers[i] = atoi(op->campaign_is.board_ids[i] + 1);
    for (size_t i = 0; i < op->campaign_is.n_units; i++)
        op->campaign_is.unit_numbers[i] = (int32_t)i + 1;
    op->campaign_is.planned = true;
}

static void fake_carry_out(struct ledger *ledger, struct ledger_op *op)
{
    op->result = 0;
    switch ((int)op->kind) {
    case LEDGER_CAMPAIGN:
        fake_campaign(ledger, op);
        break;
    case LEDGER_FETCH:
        fake_fetch(ledger, op);
        break;
    case LEDGER_CLAIM:
        op->result = fake_claim(ledger, op);
        break;
    case LEDGER_SETTLE:
        fake_settle(ledger, op);
        break;
    case LEDGER_REPORT:
        fake_report(ledger, op);
        break;
    case LEDGER_SHOW:
        fake_show(ledger, op);
        break;
    case LEDGER_WITHDRAW:
        fake_withdraw(ledger, op);
        break;
    case LEDGER_SHOWINGS:
        fake_showings(ledger, op);
        break;
    case LEDGER_BOARDS:
        fake_boards(ledger, op);
        break;
    case LEDGER_BOARD:
        fake_stand(ledger, op);
        break;
    case LEDGER_RELEASE:
        fake_release(ledger, op);
        break;
    case LEDGER_EXPIRE:
        fake_expire(ledger, op);
        break;
    case LEDGER_SIM:
        fake_sim(ledger, op);
        break;
    case LEDGER_RECALL:
        fake_recall(ledger, op);
        break;
    case LEDGER_MODEM:
        fake_modem(ledger, op);
        break;
    case LEDGER_RECEIVE:
        op->result = fake_receive(ledger, op);
        break;
    case LEDGER_ANSWER:
        op->result = fake_answer(ledger, op);
        break;
    case LEDGER_ANSWERED:
        fake_answered(ledger, op);
        break;
    case LEDGER_CLOSE:
        ledger->closes++;
        break;
    case LEDGER_CONTACTS:
        break;
    case LEDGER_CANCEL:
        fake_cancel(ledger, op);
        break;
    case LEDGER_STEER:
        fake_steer(ledger, op);
        break;
    case LEDGER_STEERED:
        fake_steered(ledger, op);
        break;
    default:
        log_panic("no such operation here: %d", (int)op->kind);
    }
}

static void fake_commit(uv_idle_t *idle)
{
    struct ledger *ledger = idle->data;
    struct list batch, *link;

    if (ledger->hold) {
        ledger->hold--;
        return;
    }
    uv_idle_stop(idle);
    list_init(&batch);
    list_splice(&batch, &ledger->inbox);
    for (link = batch.next; link != &batch; link = link->next)
        fake_carry_out(ledger, LIST_ELEMENT(link, struct ledger_op, link));
    while ((link = list_take(&batch))) {
        struct ledger_op *op = LIST_ELEMENT(link, struct ledger_op, link);

        ledger->pending--;
        op->done(op);
    }
}

void ledger_post(struct ledger *ledger, struct ledger_op *op)
{
    op->at_ms = clock_wall_ms();
    list_init(&op->link);
    list_append(&ledger->inbox, &op->link);
    ledger->pending++;
    uv_idle_start(&ledger->idle, fake_commit);
}

size_t ledger_pending(const struct ledger *ledger)
{
    return ledger->pending;
}

void ledger_resign(struct ledger *ledger)
{
    (void)ledger;
}

void ledger_row_release(struct ledger_row *row)
{
    free(row->text);
    free(row->code);
    row->text = row->code = NULL;
}

#endif
