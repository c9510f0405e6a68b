/* test_replay: histories of a few records, right ones and such as can't have happened.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/audit/retell.h"

#define NONE RECORD_NONE

struct play {
    struct findings findings;
    struct replay *replay;
    struct buffer line;
    int64_t id, at_ms;
};

static void play_record(struct play *play, struct record *record)
{
    record->at_ms = play->at_ms += 1000;
    record_write(record, &play->line);
    replay_line(play->replay, ++play->id, play->line.data, play->line.length);
}

static void play_fact(struct play *play, enum record_fact fact, const char *text)
{
    struct record record = {.kind = RECORD_FACT, .fact = {.fact = fact, .text = text}};

    play_record(play, &record);
}

static void play_begin(struct play *play)
{
    *play = (struct play){.at_ms = INT64_C(1793406600000)};
    play->replay = replay_new(&play->findings);
}

/* Units, a campaign, a board, a modem and its SIM: ten records. */
static void play_world(struct play *play)
{
    play_begin(play);
    play_fact(play, FACT_LOG, "{\"origin\":\"o\",\"version\":5}");
    play_fact(play, FACT_KEY, "{\"public\":\"p\",\"note\":\"\"}");
    play_fact(play, FACT_UNIT, "{\"unit\":1,\"code\":\"city\",\"name\":\"City\"}");
    play_fact(play, FACT_UNIT, "{\"unit\":2,\"code\":\"jinan\",\"name\":\"Jinan\"}");
    play_fact(play, FACT_CAMPAIGN,
              "{\"campaign\":1,\"code\":\"day\",\"title\":\"Day\",\"windows\":[[0,1]],"
              "\"targets\":[[\"\",1,1,0]],\"source\":\"s\"}");
    play_fact(play, FACT_ORDER, "{\"campaign\":1,\"unit\":1,\"quota\":3,\"position\":0}");
    play_fact(play, FACT_ORDER, "{\"campaign\":1,\"unit\":2,\"quota\":0,\"position\":1}");
    play_fact(play, FACT_BOARD,
              "{\"board\":1,\"code\":\"plaza\",\"owner\":2,\"place\":\"Square\"}");
    play_fact(play, FACT_DEVICE, "{\"device\":1,\"name\":\"bank-a/0\"}");
    play_fact(play, FACT_SIM, "{\"sim\":1,\"name\":\"imsi:460000000000001\"}");
    assert_int_equal(play->findings.n, 0);
}

static void play_end(struct play *play)
{
    replay_end(play->replay);
    replay_free(play->replay);
    findings_free(&play->findings);
    buffer_free(&play->line);
}

static struct record entry_of(int64_t delivery, bool board)
{
    struct record record = {.kind = RECORD_ENTRY,
                            .entry = {.delivery = delivery,
                                      .campaign = 1,
                                      .unit = board ? 2 : 1,
                                      .channel = board ? CHANNEL_DISPLAY : CHANNEL_SMS,
                                      .route = board ? 0 : 1,
                                      .board = board ? 1 : 0,
                                      .slot = board ? delivery : 0,
                                      .parts = board ? 1 : 2,
                                      .need = board ? LEVEL_STORED : 0}};

    record.entry.number.bytes[0] = (unsigned char)delivery;
    return record;
}

static void play_entry(struct play *play, int64_t delivery, bool board)
{
    struct record record = entry_of(delivery, board);

    play_record(play, &record);
}

static struct record change_of(int64_t delivery, bool board, enum delivery_state from,
                               enum delivery_state to, enum delivery_cause cause)
{
    struct record record = {.kind = RECORD_CHANGE,
                            .change = {.delivery = delivery,
                                       .campaign = 1,
                                       .unit = board ? 2 : 1,
                                       .is_board = board,
                                       .board = board ? 1 : 0,
                                       .from = from,
                                       .to = to,
                                       .cause = cause,
                                       .device = NONE,
                                       .sim = NONE,
                                       .code = NONE,
                                       .level = NONE,
                                       .shown_ms = NONE}};

    record.change.number.bytes[0] = (unsigned char)delivery;
    return record;
}

static void play_change(struct play *play, int64_t delivery, bool board, enum delivery_state from,
                        enum delivery_state to, enum delivery_cause cause)
{
    struct record record = change_of(delivery, board, from, to, cause);

    if (to == DELIVERY_INFLIGHT)
        record.change.device = record.change.sim = 1;
    play_record(play, &record);
}

static void play_sent(struct play *play, int64_t delivery, bool board)
{
    play_entry(play, delivery, board);
    play_change(play, delivery, board, DELIVERY_PLANNED, DELIVERY_DUE, CAUSE_WINDOW);
    play_change(play, delivery, board, DELIVERY_DUE, DELIVERY_INFLIGHT, CAUSE_CLAIM);
    play_change(play, delivery, board, DELIVERY_INFLIGHT, DELIVERY_SENT, CAUSE_OUTCOME);
}

static void play_shown(struct play *play, int64_t delivery, enum delivery_state from,
                       struct record_proof proof, int64_t shown_ms)
{
    struct record record = change_of(delivery, true, from, DELIVERY_SHOWN, CAUSE_VERIFY);

    proof.there = true;
    proof.digest = proof.file = "";
    record.change.proof = proof;
    record.change.level = proof.level;
    record.change.shown_ms = shown_ms;
    play_record(play, &record);
}

static void figures_follow_from_records(void **state)
{
    struct play play;
    const struct replay_figures *figures;
    struct statement statement;
    struct retell retell;

    (void)state;
    play_world(&play);
    play_sent(&play, 1, false);
    play_change(&play, 1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);
    play_sent(&play, 2, false);
    play_entry(&play, 3, false);
    play_sent(&play, 4, true);
    play_shown(&play, 4, DELIVERY_SENT,
               (struct record_proof){
                   .from_ms = 1000, .until_ms = 5000, .counted_ms = 4000, .level = LEVEL_PLAYING},
               4000);
    play_shown(&play, 4, DELIVERY_SHOWN,
               (struct record_proof){
                   .from_ms = 3000, .until_ms = 9000, .counted_ms = 4000, .level = LEVEL_PLAYING},
               8000);
    play_fact(&play, FACT_STRAY, "{\"device\":1,\"reference\":3,\"status\":0}");
    assert_int_equal(play.findings.n, 0);
    figures = replay_figures(play.replay);
    assert_int_equal(figures->n_deliveries, 4);
    assert_int_equal(figures->deliveries[0].state, DELIVERY_DELIVERED);
    assert_int_equal(figures->deliveries[0].sim, 1);
    assert_int_equal(figures->showings[0].shown_ms, 8000);
    retell_begin(&retell, figures);
    assert_int_equal(retell_statement(&retell, "none", &statement), 1);
    assert_int_equal(retell_statement(&retell, "day", &statement), 0);
    assert_int_equal(statement.n_units, 1);
    assert_int_equal(statement.totals.planned, 3);
    assert_int_equal(statement.totals.n[COLUMN_DELIVERED], 1);
    assert_int_equal(statement.totals.n[COLUMN_SENT], 1);
    assert_int_equal(statement.totals.n[COLUMN_OPEN], 1);
    assert_int_equal(statement.totals.parts, 4);
    assert_int_equal(statement.by[BY_SIM].n, 2);
    assert_int_equal(statement.boards[0].shown_ms, 8000);
    assert_int_equal(statement.boards[0].level, LEVEL_PLAYING);
    assert_int_equal(statement.shown.days[0].ms, 8000);
    assert_int_equal(statement.notes.unmatched, 1);
    assert_true(statement.targets.lines[0].met);
    statement_release(&statement);
    retell_end(&retell);
    play_end(&play);
}

/* The city has no messages of its own. */
static void groups_follow_from_records(void **state)
{
    struct statement statement;
    struct retell retell;
    struct play play;

    (void)state;
    play_world(&play);
    play_fact(&play, FACT_UNIT, "{\"unit\":3,\"code\":\"bureau\",\"name\":\"Bureau\"}");
    play_fact(&play, FACT_ORDER, "{\"campaign\":1,\"unit\":3,\"quota\":0,\"position\":2}");
    play_fact(&play, FACT_EDITED, "{\"campaign\":1,\"content\":\"x\",\"by\":\"user lo\"}");
    play_fact(&play, FACT_ORDER,
              "{\"campaign\":1,\"unit\":1,\"quota\":3,\"position\":0,\"parent\":3}");
    play_sent(&play, 1, false);
    assert_int_equal(play.findings.n, 0);
    retell_begin(&retell, replay_figures(play.replay));
    assert_int_equal(retell_statement(&retell, "day", &statement), 0);
    assert_int_equal(statement.n_groups, 1);
    assert_string_equal(statement.groups[0].sum.id, "bureau");
    assert_string_equal(statement.groups[0].sum.name, "Bureau");
    assert_int_equal(statement.groups[0].sum.quota, 3);
    assert_int_equal(statement.groups[0].sum.n[COLUMN_SENT], 1);
    statement_release(&statement);
    retell_end(&retell);
    play_end(&play);
}

/* ---- what can't have happened ---- */

static void wrong_state(struct play *play)
{
    play_change(play, 1, false, DELIVERY_UNKNOWN, DELIVERY_DELIVERED, CAUSE_REPORT);
}

static void wrong_change(struct play *play)
{
    play_change(play, 1, false, DELIVERY_SENT, DELIVERY_PLANNED, CAUSE_WINDOW);
}

static void wrong_cause(struct play *play)
{
    play_change(play, 1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_WINDOW);
}

static void shown_message(struct play *play)
{
    play_change(play, 1, false, DELIVERY_SENT, DELIVERY_SHOWN, CAUSE_VERIFY);
}

static void nobody(struct play *play)
{
    play_change(play, 9, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);
}

static void other_number(struct play *play)
{
    struct record record = change_of(1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);

    record.change.number.bytes[0] ^= 1;
    play_record(play, &record);
}

static void other_unit(struct play *play)
{
    struct record record = change_of(1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);

    record.change.unit = 2;
    play_record(play, &record);
}

static void twice(struct play *play)
{
    play_entry(play, 1, false);
}

static void far_out(struct play *play)
{
    play_entry(play, INT64_C(1) << 60, false);
}

static void unknown_campaign(struct play *play)
{
    struct record record = entry_of(3, false);

    record.entry.campaign = 7;
    play_record(play, &record);
}

static void unknown_device(struct play *play)
{
    struct record record = change_of(1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);

    record.change.device = 5;
    play_record(play, &record);
}

static void back_dated(struct play *play)
{
    play->at_ms -= 5000;
    play_change(play, 1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);
}

static void false_clock(struct play *play)
{
    play->at_ms -= 5000;
    play_fact(play, FACT_CLOCK, "{\"from\":17}");
}

static void counted_twice(struct play *play)
{
    play_shown(play, 2, DELIVERY_SENT,
               (struct record_proof){
                   .from_ms = 1000, .until_ms = 5000, .counted_ms = 4000, .level = LEVEL_PLAYING},
               5000);
}

static void counted_below_need(struct play *play)
{
    play_shown(play, 2, DELIVERY_SENT,
               (struct record_proof){
                   .from_ms = 1000, .until_ms = 5000, .counted_ms = 4000, .level = LEVEL_ACCEPTED},
               4000);
}

static void a_fact_without_members(struct play *play)
{
    play_fact(play, FACT_ORDER, "{\"campaign\":1}");
}

/* Jinan is told below somebody: behind an edit, as a change must be. */
static void below(struct play *play, const char *above)
{
    MEM_FREE_LATER char *order =
        mem_printf("{\"campaign\":1,\"unit\":2,\"quota\":0,\"position\":1,\"parent\":%s}", above);

    play_fact(play, FACT_EDITED, "{\"campaign\":1,\"content\":\"x\",\"by\":\"user lo\"}");
    play_fact(play, FACT_ORDER, order);
}

static void below_nobody(struct play *play)
{
    below(play, "0");
}

static void below_a_stranger(struct play *play)
{
    below(play, "3");
}

/* There is such a unit, but nothing was ordered from it. */
static void below_a_unit_without_an_order(struct play *play)
{
    play_fact(play, FACT_UNIT, "{\"unit\":3,\"code\":\"yuan\",\"name\":\"Yuan\"}");
    below(play, "3");
}

static void below_itself(struct play *play)
{
    below(play, "2");
}

static void below_a_word(struct play *play)
{
    below(play, "\"city\"");
}

static void in_a_circle(struct play *play)
{
    below(play, "1");
    assert_int_equal(play->findings.n, 0);
    play_fact(play, FACT_ORDER,
              "{\"campaign\":1,\"unit\":1,\"quota\":3,\"position\":0,\"parent\":2}");
}

static void below_without_an_edit(struct play *play)
{
    play_fact(play, FACT_ORDER,
              "{\"campaign\":1,\"unit\":2,\"quota\":0,\"position\":1,\"parent\":1}");
}

static void a_second_beginning(struct play *play)
{
    play_fact(play, FACT_LOG, "{\"origin\":\"o\",\"version\":5}");
}

static void not_a_record(struct play *play)
{
    replay_line(play->replay, ++play->id, "E\tx", 3);
}

static void denied_after_doubt(struct play *play)
{
    play_entry(play, 3, false);
    play_change(play, 3, false, DELIVERY_PLANNED, DELIVERY_DUE, CAUSE_WINDOW);
    play_change(play, 3, false, DELIVERY_DUE, DELIVERY_INFLIGHT, CAUSE_CLAIM);
    play_change(play, 3, false, DELIVERY_INFLIGHT, DELIVERY_UNKNOWN, CAUSE_OUTCOME);
    play_change(play, 3, false, DELIVERY_UNKNOWN, DELIVERY_DEFERRED, CAUSE_RESEND);
    play_change(play, 3, false, DELIVERY_DEFERRED, DELIVERY_EXPIRED, CAUSE_WINDOW);
}

static void what_cannot_be_is_named(void **state)
{
    static const struct {
        void (*play)(struct play *play);
        enum finding_kind kind;
    } cases[] = {
        {wrong_state, FINDING_RULE},
        {wrong_change, FINDING_RULE},
        {wrong_cause, FINDING_RULE},
        {shown_message, FINDING_RULE},
        {nobody, FINDING_RULE},
        {other_number, FINDING_RULE},
        {other_unit, FINDING_RULE},
        {twice, FINDING_RULE},
        {far_out, FINDING_RULE},
        {unknown_campaign, FINDING_RULE},
        {unknown_device, FINDING_RULE},
        {back_dated, FINDING_BACK_DATED},
        {false_clock, FINDING_BACK_DATED},
        {counted_twice, FINDING_RULE},
        {counted_below_need, FINDING_RULE},
        {a_fact_without_members, FINDING_RULE},
        {below_nobody, FINDING_RULE},
        {below_a_stranger, FINDING_RULE},
        {below_a_unit_without_an_order, FINDING_RULE},
        {below_itself, FINDING_RULE},
        {below_a_word, FINDING_RULE},
        {in_a_circle, FINDING_RULE},
        {below_without_an_edit, FINDING_RULE},
        {a_second_beginning, FINDING_RULE},
        {not_a_record, FINDING_RULE},
        {denied_after_doubt, FINDING_RULE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct play play;

        play_world(&play);
        play_sent(&play, 1, false);
        play_sent(&play, 2, true);
        assert_int_equal(play.findings.n, 0);
        cases[i].play(&play);
        if (!play.findings.n || play.findings.items[0].kind != cases[i].kind ||
            play.findings.items[0].record != play.id)
            fail_msg("case %zu: %s", i, play.findings.n ? play.findings.items[0].text : "nothing");
        play_end(&play);
    }
}

static void a_clock_that_says_so_may_go_back(void **state)
{
    struct play play;
    char text[64];

    (void)state;
    play_world(&play);
    snprintf(text, sizeof text, "{\"from\":%lld}", (long long)play.at_ms);
    play.at_ms -= 3600000;
    play_fact(&play, FACT_CLOCK, text);
    play_entry(&play, 1, false);
    assert_int_equal(play.findings.n, 0);
    play_end(&play);
}

/* Books that were upgraded tell whose their deliveries are after these. */
static void older_records_may_come_before_their_facts(void **state)
{
    struct play play;

    (void)state;
    play_begin(&play);
    play_sent(&play, 1, false);
    play.at_ms -= 10000;
    play_change(&play, 1, false, DELIVERY_SENT, DELIVERY_DELIVERED, CAUSE_REPORT);
    play_fact(&play, FACT_LOG, "{\"origin\":\"o\",\"version\":5}");
    play_fact(&play, FACT_UNIT, "{\"unit\":1,\"code\":\"city\",\"name\":\"City\"}");
    play_fact(&play, FACT_DEVICE, "{\"device\":1,\"name\":\"bank-a/0\"}");
    play_fact(&play, FACT_SIM, "{\"sim\":1,\"name\":\"imsi:1\"}");
    assert_int_equal(play.findings.n, 0);
    replay_end(play.replay);
    assert_int_equal(play.findings.n, 1); /* the campaign is missing for good */
    play_end(&play);
}

/* In an order in which no two neighbours share a group. */
static void many_groups_are_told_apart(void **state)
{
    const struct replay_figures *figures;
    struct play play;

    (void)state;
    play_world(&play);
    for (int32_t i = 0; i < 6000; i++) {
        struct record record = entry_of(i + 1, false);

        record.entry.route = i % 3000;
        play_record(&play, &record);
    }
    figures = replay_figures(play.replay);
    assert_int_equal(play.findings.n, 0);
    assert_int_equal(figures->n_groups, 3000);
    for (int32_t i = 0; i < 3000; i++) {
        const struct replay_group *group = &figures->groups[i];

        assert_int_equal(group->route, i);
        assert_int_equal(group->n[DELIVERY_PLANNED], 2);
        assert_int_equal(replay_find_group(play.replay, group), i);
    }
    assert_int_equal(
        replay_find_group(play.replay, &(struct replay_group){.campaign = 1, .route = 3000}), -1);
    play_end(&play);
}

static void findings_are_kept_in_order_and_bounded(void **state)
{
    struct findings findings = {0};

    (void)state;
    findings_add(&findings, FINDING_TABLE, 2, "b");
    findings_add(&findings, FINDING_RULE, 0, "n");
    for (int i = 0; i < 300; i++)
        findings_add(&findings, FINDING_RULE, 900 - i, "%d", i);
    assert_int_equal(findings.n, FINDINGS_KEPT);
    assert_int_equal(findings.more, 302 - FINDINGS_KEPT);
    findings_sort(&findings);
    assert_int_equal(findings.items[0].record, 900 - (FINDINGS_KEPT - 3));
    assert_int_equal(findings.items[FINDINGS_KEPT - 2].record, 0);
    assert_int_equal(findings.items[FINDINGS_KEPT - 1].record, 2);
    findings_free(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_follow_from_records),
        cmocka_unit_test(groups_follow_from_records),
        cmocka_unit_test(what_cannot_be_is_named),
        cmocka_unit_test(a_clock_that_says_so_may_go_back),
        cmocka_unit_test(older_records_may_come_before_their_facts),
        cmocka_unit_test(many_groups_are_told_apart),
        cmocka_unit_test(findings_are_kept_in_order_and_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
