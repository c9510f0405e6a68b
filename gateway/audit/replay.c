/* replay: deliveries and the rules of their records. See replay.h.
 * Runs: any. */
#include "gateway/audit/replay.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/audit/replay_inside.h"

#define REPLAY_GAP (1 << 16) /* so many deliveries may be missing before one is disbelieved */

#define CAUSE(cause) (1u << CAUSE_##cause)

/* Why a delivery comes to a state; one that stays where it is: see replay_may_stay. */
static const uint32_t replay_causes[DELIVERY_STATES] = {
    [DELIVERY_PLANNED] = CAUSE(PLAN) | CAUSE(RESERVE),
    [DELIVERY_DUE] = CAUSE(WINDOW) | CAUSE(RESERVE) | CAUSE(RETRY) | CAUSE(RESTART),
    [DELIVERY_INFLIGHT] = CAUSE(CLAIM),
    [DELIVERY_DEFERRED] = CAUSE(OUTCOME) | CAUSE(RESTART) | CAUSE(RESEND),
    [DELIVERY_SENT] = CAUSE(OUTCOME) | CAUSE(VERIFY),
    [DELIVERY_DELIVERED] = CAUSE(REPORT),
    [DELIVERY_UNDELIVERED] = CAUSE(REPORT),
    [DELIVERY_REJECTED] = CAUSE(OUTCOME),
    [DELIVERY_UNKNOWN] = CAUSE(OUTCOME) | CAUSE(RESTART) | CAUSE(REPORT) | CAUSE(WINDOW) |
                         CAUSE(REFUSAL) | CAUSE(CANCEL),
    [DELIVERY_SUPPRESSED] = CAUSE(REFUSAL),
    [DELIVERY_EXPIRED] = CAUSE(WINDOW) | CAUSE(OUTCOME),
    [DELIVERY_CANCELLED] = CAUSE(CANCEL),
    [DELIVERY_SHOWN] = CAUSE(VERIFY),
    [DELIVERY_WITHDRAWN] = CAUSE(WITHDRAW),
};

struct replay *replay_new(struct findings *findings)
{
    struct replay *replay = mem_new(struct replay);

    replay->findings = findings;
    return replay;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    replay_free_showings(replay);
    replay_free_facts(replay);
    free(replay->figures.deliveries);
    free(replay->figures.groups);
    free(replay->group_slots);
    buffer_free(&replay->room);
    free(replay);
}

const struct replay_figures *replay_figures(const struct replay *replay)
{
    return &replay->figures;
}

void replay_set_sim(struct replay *replay, int64_t delivery, int64_t sim)
{
    struct replay_delivery *row = &replay->figures.deliveries[delivery - 1];

    if (row->early && sim >= 0 && sim <= INT32_MAX)
        row->sim = (int32_t)sim;
}

/* Tags are as good as random, so their beginning tells them apart; a forged one fails the tree. */
static uint64_t replay_who(bool is_board, int64_t board, const struct record_tag *number)
{
    uint64_t who = (uint64_t)board;

    if (!is_board)
        memcpy(&who, number->bytes, sizeof who);
    return who;
}

/* The slot of the group, or the free one where it belongs. */
static int32_t *replay_group_slot(const struct replay *replay, const struct replay_group *wanted)
{
    const size_t key = offsetof(struct replay_group, n), mask = replay->n_group_slots - 1;
    size_t at = (size_t)hex_fingerprint(wanted, key) & mask;

    while (replay->group_slots[at] &&
           memcmp(&replay->figures.groups[replay->group_slots[at] - 1], wanted, key) != 0)
        at = (at + 1) & mask;
    return &replay->group_slots[at];
}

static void replay_widen_groups(struct replay *replay)
{
    free(replay->group_slots);
    replay->n_group_slots = replay->n_group_slots ? replay->n_group_slots * 4 : 64;
    replay->group_slots = mem_array(replay->n_group_slots, int32_t);
    for (size_t i = 0; i < replay->figures.n_groups; i++)
        *replay_group_slot(replay, &replay->figures.groups[i]) = (int32_t)i + 1;
}

int64_t replay_find_group(const struct replay *replay, const struct replay_group *wanted)
{
    return replay->n_group_slots ? *replay_group_slot(replay, wanted) - 1 : -1;
}

static int32_t replay_group(struct replay *replay, const struct record_entry *entry)
{
    struct replay_figures *figures = &replay->figures;
    const struct replay_group wanted = {.campaign = (int32_t)entry->campaign,
                                        .unit = (int32_t)entry->unit,
                                        .channel = (int32_t)entry->channel,
                                        .route = (int32_t)entry->route};
    int32_t *slot;

    if (figures->n_groups && memcmp(&figures->groups[replay->last_group], &wanted,
                                    offsetof(struct replay_group, n)) == 0)
        return replay->last_group;
    if (replay->n_group_slots <= 2 * figures->n_groups)
        replay_widen_groups(replay);
    slot = replay_group_slot(replay, &wanted);
    if (*slot)
        return replay->last_group = *slot - 1;
    if (figures->n_groups == figures->groups_room) {
        figures->groups_room = figures->groups_room ? figures->groups_room * 2 : 64;
        figures->groups = mem_grow(figures->groups, figures->groups_room, sizeof *figures->groups);
    }
    figures->groups[figures->n_groups] = wanted;
    *slot = (int32_t)++figures->n_groups;
    return replay->last_group = *slot - 1;
}

static void replay_count(struct replay *replay, const struct replay_delivery *delivery, int by)
{
    struct replay_group *group = &replay->figures.groups[delivery->group];

    group->n[delivery->state] += by;
    group->parts[delivery->state] += (int64_t)by * delivery->parts;
}

/* Its place, made when new; NULL: no such number can be. */
static struct replay_delivery *replay_place(struct replay *replay, int64_t id)
{
    struct replay_figures *figures = &replay->figures;

    if (id < 1 || id > (int64_t)figures->n_deliveries + REPLAY_GAP)
        return NULL;
    while ((size_t)id > figures->n_deliveries) {
        if (figures->n_deliveries == figures->deliveries_room) {
            figures->deliveries_room =
                figures->deliveries_room ? figures->deliveries_room * 2 : 1024;
            figures->deliveries = mem_grow(figures->deliveries, figures->deliveries_room,
                                           sizeof *figures->deliveries);
        }
        figures->deliveries[figures->n_deliveries++] = (struct replay_delivery){.showing = -1};
    }
    return &figures->deliveries[id - 1];
}

static bool replay_is_small(int64_t number)
{
    return number >= 0 && number <= INT32_MAX;
}

static bool replay_is_level(int64_t level)
{
    return level >= LEVEL_UNKNOWN && level <= LEVEL_LOGGED;
}

static bool replay_is_entry(const struct record_entry *entry)
{
    bool sms = entry->channel == CHANNEL_SMS;

    return (sms || entry->channel == CHANNEL_DISPLAY) && replay_is_small(entry->campaign) &&
           replay_is_small(entry->unit) && replay_is_small(entry->route) && entry->parts >= 0 &&
           entry->parts <= 255 && replay_is_level(entry->need) &&
           (sms || replay_is_small(entry->board)) &&
           (entry->cause == CAUSE_PLAN || entry->cause == CAUSE_RESERVE);
}

static void replay_check_entry(struct replay *replay, int64_t id, const struct record_entry *entry)
{
    struct findings *findings = replay->findings;
    const char *missing = NULL;

    if (!replay_knows(replay, FACT_CAMPAIGN, entry->campaign))
        missing = lang("campaign", "任务");
    else if (!replay_knows(replay, FACT_UNIT, entry->unit))
        missing = lang("unit", "单位");
    else if (entry->channel == CHANNEL_DISPLAY && !replay_knows(replay, FACT_BOARD, entry->board))
        missing = lang("board", "显示屏");
    if (missing)
        findings_add(findings, FINDING_RULE, id,
                     lang("Record %lld enters delivery %lld for a %s that no record tells of.",
                          "第 %lld 条记录登记了第 %lld 条消息，但没有记录说明其%s。"),
                     (long long)id, (long long)entry->delivery, missing);
}

static void replay_enter(struct replay *replay, int64_t id, const struct record *record)
{
    const struct record_entry *entry = &record->entry;
    int64_t expected = (int64_t)replay->figures.n_deliveries + 1;
    struct replay_delivery *delivery =
        replay_is_entry(entry) ? replay_place(replay, entry->delivery) : NULL;

    if (!delivery || delivery->there || entry->delivery != expected)
        findings_add(replay->findings, FINDING_RULE, id,
                     lang("Record %lld enters delivery %lld, but the next one would be %lld.",
                          "第 %lld 条记录登记了第 %lld 条消息，但下一条应为第 %lld 条。"),
                     (long long)id, (long long)entry->delivery, (long long)expected);
    if (!delivery || delivery->there)
        return;
    replay_check_entry(replay, id, entry);
    *delivery = (struct replay_delivery){
        .there = true,
        .line = id,
        .who = replay_who(entry->channel == CHANNEL_DISPLAY, entry->board, &entry->number),
        .changed_ms = record->at_ms,
        .group = replay_group(replay, entry),
        .showing = -1,
        .parts = (int32_t)entry->parts,
        .state = DELIVERY_PLANNED,
        .cause = (unsigned char)entry->cause,
    };
    if (entry->channel == CHANNEL_DISPLAY)
        delivery->showing = replay_add_showing(replay, entry);
    replay_count(replay, delivery, 1);
}

/* Proved better or longer; taken down with its slot open; its report is awaited no longer. */
static bool replay_may_stay(int64_t state, int64_t cause)
{
    switch (cause) {
    case CAUSE_VERIFY:
        return state == DELIVERY_SHOWN || state == DELIVERY_WITHDRAWN;
    case CAUSE_WITHDRAW:
        return state == DELIVERY_SENT || state == DELIVERY_SHOWN;
    default:
        return state == DELIVERY_SENT && cause == CAUSE_CLOSED;
    }
}

static bool replay_denies(int64_t state)
{
    return state == DELIVERY_REJECTED || state == DELIVERY_EXPIRED || state == DELIVERY_CANCELLED ||
           state == DELIVERY_SUPPRESSED;
}

static bool replay_is_boards(int64_t state)
{
    return state == DELIVERY_SHOWN || state == DELIVERY_WITHDRAWN;
}

static bool replay_is_messages(int64_t state)
{
    return state == DELIVERY_DELIVERED || state == DELIVERY_UNDELIVERED;
}

static bool replay_may(const struct replay_delivery *delivery, const struct record_change *change)
{
    bool board = delivery->showing >= 0;

    if (change->to < 0 || change->to >= DELIVERY_STATES || change->cause < 0 ||
        change->cause >= DELIVERY_CAUSES)
        return false;
    if (change->from == change->to)
        return replay_may_stay(change->to, change->cause);
    if (replay_is_boards(change->to) ? !board : board && replay_is_messages(change->to))
        return false;
    if (delivery->doubted == REPLAY_SURE && replay_denies(change->to))
        return false;
    return delivery_may_change((enum delivery_state)change->from,
                               (enum delivery_state)change->to) &&
           (replay_causes[change->to] & 1u << change->cause);
}

static const char *replay_label(int64_t state)
{
    if (state < 0 || state >= DELIVERY_STATES)
        return lang("no such state", "无此状态");
    return delivery_state_label((enum delivery_state)state);
}

/* Whose it is, where it was, whether it may go there. false: it can't be played. */
static bool replay_check_change(struct replay *replay, int64_t id,
                                const struct replay_delivery *delivery,
                                const struct record_change *change)
{
    const struct replay_group *group = &replay->figures.groups[delivery->group];
    struct findings *findings = replay->findings;

    if (change->campaign != group->campaign || change->unit != group->unit ||
        change->is_board != (delivery->showing >= 0) ||
        replay_who(change->is_board, change->board, &change->number) != delivery->who)
        findings_add(findings, FINDING_RULE, id,
                     lang("Record %lld names another campaign, unit or recipient of delivery %lld "
                          "than the record that entered it.",
                          "第 %lld 条记录中第 %lld 条消息的任务、单位或接收方与登记时不符。"),
                     (long long)id, (long long)change->delivery);
    if (change->from != delivery->state) {
        findings_add(findings, FINDING_RULE, id,
                     lang("Record %lld goes on from \"%s\", but delivery %lld was at \"%s\".",
                          "第 %lld 条记录从“%s”继续，但第 %lld 条消息此前是“%s”。"),
                     (long long)id, replay_label(change->from), (long long)change->delivery,
                     replay_label(delivery->state));
        return false;
    }
    if (replay_may(delivery, change))
        return true;
    findings_add(findings, FINDING_RULE, id,
                 lang("Record %lld takes delivery %lld from \"%s\" to \"%s\", which can't be.",
                      "第 %lld 条记录把第 %lld 条消息从“%s”变为“%s”，这不可能发生。"),
                 (long long)id, (long long)change->delivery, replay_label(change->from),
                 replay_label(change->to));
    return false;
}

static void replay_note(struct replay *replay, int64_t id, const char *what, int64_t number)
{
    findings_add(
        replay->findings, FINDING_RULE, id,
        lang("Record %lld has a %s that can't be: %lld.", "第 %lld 条记录中的%s不可能存在：%lld。"),
        (long long)id, what, (long long)number);
}

/* Where it went out. */
static void replay_take_device(struct replay *replay, int64_t id, struct replay_delivery *delivery,
                               const struct record_change *change)
{
    if (change->device != RECORD_NONE) {
        if (!replay_is_small(change->device) ||
            (change->device && !replay_knows(replay, FACT_DEVICE, change->device)))
            replay_note(replay, id, lang("device", "设备"), change->device);
        delivery->device = (int32_t)change->device;
    }
    if (change->sim != RECORD_NONE) {
        if (!replay_is_small(change->sim) ||
            (change->sim && !replay_knows(replay, FACT_SIM, change->sim)))
            replay_note(replay, id, lang("SIM", "SIM 卡"), change->sim);
        delivery->sim = (int32_t)change->sim;
    }
    if (change->code != RECORD_NONE)
        delivery->code = (int32_t)change->code;
}

static void replay_take_level(struct replay *replay, int64_t id, struct replay_delivery *delivery,
                              const struct record_change *change)
{
    if (change->level != RECORD_NONE) {
        bool better = change->level >= delivery->level || change->cause != CAUSE_VERIFY;

        if (!replay_is_level(change->level) || !better)
            replay_note(replay, id, lang("level of proof", "证明级别"), change->level);
        else
            delivery->level = (unsigned char)change->level;
    }
    if (delivery->showing >= 0)
        replay_take_proof(replay, id, &replay->figures.showings[delivery->showing], change);
    else if (change->proof.there || change->shown_ms != RECORD_NONE)
        replay_note(replay, id, lang("showing of a message", "短信的播放记录"), change->delivery);
}

static void replay_move(struct replay *replay, struct replay_delivery *delivery,
                        const struct record *record)
{
    const struct record_change *change = &record->change;

    replay_count(replay, delivery, -1);
    delivery->state = (unsigned char)change->to;
    replay_count(replay, delivery, 1);
    delivery->cause = (unsigned char)change->cause;
    delivery->changed_ms = record->at_ms;
    if (change->to == DELIVERY_INFLIGHT) {
        delivery->taken_ms = record->at_ms;
        delivery->claims++;
        delivery->early = !replay->figures.log;
        if (delivery->doubted)
            delivery->doubted = REPLAY_MAYBE;
    } else if (change->to == DELIVERY_DEFERRED && change->cause == CAUSE_OUTCOME) {
        delivery->returns++;
    } else if (change->to == DELIVERY_UNKNOWN && delivery->showing < 0) {
        delivery->doubted = REPLAY_SURE;
    } else if (change->to == DELIVERY_SHOWN) {
        replay->figures.showings[delivery->showing].since_ms = record->at_ms;
    }
}

static void replay_change(struct replay *replay, int64_t id, const struct record *record)
{
    const struct record_change *change = &record->change;
    struct replay_figures *figures = &replay->figures;
    struct replay_delivery *delivery = NULL;

    if (change->delivery >= 1 && change->delivery <= (int64_t)figures->n_deliveries)
        delivery = &figures->deliveries[change->delivery - 1];
    if (!delivery || !delivery->there) {
        findings_add(replay->findings, FINDING_RULE, id,
                     lang("Record %lld is about delivery %lld, which no record has entered.",
                          "第 %lld 条记录涉及第 %lld 条消息，但没有记录登记过它。"),
                     (long long)id, (long long)change->delivery);
        return;
    }
    delivery->line = id;
    if (!replay_check_change(replay, id, delivery, change))
        return;
    replay_take_level(replay, id, delivery, change);
    if (change->from != change->to) {
        replay_take_device(replay, id, delivery, change);
        replay_move(replay, delivery, record);
    }
    if (change->cause == CAUSE_CLOSED)
        delivery->closed = true;
}

/* Older programs wrote the time as it was: it may go back in their records. */
static void replay_take_time(struct replay *replay, int64_t id, const struct record *record)
{
    struct replay_figures *figures = &replay->figures;
    bool clock = record->kind == RECORD_FACT && record->fact.fact == FACT_CLOCK;
    char now[20], before[20];

    if (record->at_ms < figures->last_ms && !clock && figures->log) {
        clock_format(record->at_ms, now);
        clock_format(figures->last_ms, before);
        findings_add(replay->findings, FINDING_BACK_DATED, id,
                     lang("Record %lld is back-dated: it says %s, the record before it %s.",
                          "第 %lld 条记录的时间被提前：它是 %s，前一条是 %s。"),
                     (long long)id, now, before);
    }
    figures->last_ms = record->at_ms;
}

static void replay_take(struct replay *replay, int64_t id, const struct record *record)
{
    switch (record->kind) {
    case RECORD_ENTRY:
        replay->editing = 0;
        replay_take_time(replay, id, record);
        replay_enter(replay, id, record);
        break;
    case RECORD_CHANGE:
        replay->editing = 0;
        replay_take_time(replay, id, record);
        replay_change(replay, id, record);
        break;
    case RECORD_FACT:
        replay_take_fact(replay, id, record->at_ms, record->fact.fact, record->fact.text);
        replay_take_time(replay, id, record);
        break;
    }
}

void replay_line(struct replay *replay, int64_t id, const char *line, size_t length)
{
    struct record record;

    replay->figures.records++;
    replay->figures.sealed = false;
    if (record_read(line, length, &replay->room, &record) || record.at_ms < 0 ||
        record.at_ms > REPLAY_LAST_MS) {
        findings_add(replay->findings, FINDING_RULE, id,
                     lang("Record %lld is no record.", "第 %lld 条记录不成其为记录。"),
                     (long long)id);
        return;
    }
    replay_take(replay, id, &record);
}

static bool replay_is_told(const struct replay_figures *figures,
                           const struct replay_delivery *delivery)
{
    const struct replay_group *group = &figures->groups[delivery->group];

    return replay_told(figures, FACT_CAMPAIGN, group->campaign, 0) &&
           replay_told(figures, FACT_UNIT, group->unit, 0) &&
           (delivery->showing < 0 || replay_told(figures, FACT_BOARD, (int64_t)delivery->who, 0)) &&
           (!delivery->device || replay_told(figures, FACT_DEVICE, delivery->device, 0)) &&
           (!delivery->sim || replay_told(figures, FACT_SIM, delivery->sim, 0));
}

/* Of upgraded books: what their deliveries refer to must have been told meanwhile. */
void replay_end(struct replay *replay)
{
    const struct replay_figures *figures = &replay->figures;

    for (size_t i = 0; i < figures->n_deliveries; i++)
        if (figures->deliveries[i].there && !replay_is_told(figures, &figures->deliveries[i]))
            findings_add(replay->findings, FINDING_RULE, figures->deliveries[i].line,
                         lang("Delivery %zu belongs to something that no record tells of.",
                              "第 %zu 条消息所属的对象没有任何记录说明。"),
                         i + 1);
}
