/* verify_kit: books with something of everything in them, closed in order, for the tests of what
 * proves them.
 * Runs: any. */
#ifndef LAWCAST_TESTS_VERIFY_KIT_H
#define LAWCAST_TESTS_VERIFY_KIT_H

#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"
#include "gateway/audit/verify.h"
#include "tests/unit/steer_kit.h"

static inline struct outcome kit_outcome(enum outcome_kind kind)
{
    return (struct outcome){.kind = kind, .code = kind == OUTCOME_SENT ? 0 : 42};
}

static inline void kit_end(struct kit *kit, int64_t id, enum outcome_kind kind)
{
    struct outcome outcome = kit_outcome(kind);

    kit_claim(kit, id);
    kit_settle(kit, id, &outcome, 0);
}

static inline void kit_enter_sms(struct kit *kit)
{
    assert_int_equal(kit_insert(kit, 1, 200, 2, false), 200);
    assert_int_equal(kit_insert(kit, 300, 3, 1, true), 3);
    kit_fetch(kit, CHANNEL_SMS, 40, false);
    assert_int_equal(kit->n_rows, 40);
    for (int i = 0; i < 20; i++)
        kit_send(kit, kit->rows[i].id, 2, 2 * i);
    kit_end(kit, kit->rows[20].id, OUTCOME_REJECTED);
    kit_end(kit, kit->rows[21].id, OUTCOME_UNKNOWN);
    kit_end(kit, kit->rows[22].id, OUTCOME_DEFERRED);
    kit_end(kit, kit->rows[23].id, OUTCOME_RETURNED);
    for (int i = 0; i < 8; i++) {
        kit_report(kit, KIT_NUMBER + 1 + i, 2 * i, REPORT_DELIVERED);
        kit_report(kit, KIT_NUMBER + 1 + i, 2 * i + 1, REPORT_DELIVERED);
    }
    kit_report(kit, KIT_NUMBER + 10, 18, REPORT_FAILED);
    kit_report(kit, KIT_NUMBER + 99, 5, REPORT_DELIVERED);
}

static inline void kit_show_picture(struct kit *kit, int64_t id, int64_t from_ms, int64_t until_ms)
{
    struct ledger_op op = {.kind = LEDGER_SHOW,
                           .show = {.id = id,
                                    .level = LEVEL_SCREENSHOT,
                                    .from_ms = from_ms,
                                    .until_ms = until_ms,
                                    .evidence = {.picture = "\x89PNG-not-really",
                                                 .picture_length = 15,
                                                 .picture_type = "png"}}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline void kit_enter_slogans(struct kit *kit)
{
    int64_t now = clock_wall_ms();

    kit_insert_slot(kit, 1, now - 60000, now + 3600000, "弘扬宪法精神");
    kit_insert_slot(kit, 2, now - 60000, now + 3600000, "学习民法典");
    kit_insert_slot(kit, 3, now + 60000, now + 3600000, "学习民法典");
    kit_fetch(kit, CHANNEL_DISPLAY, 2, false);
    assert_int_equal(kit->n_rows, 2);
    kit_end(kit, kit->rows[0].id, OUTCOME_SENT);
    kit_end(kit, kit->rows[1].id, OUTCOME_SENT);
    kit_show(kit, kit->rows[0].id, LEVEL_PLAYING, now, now + 10000);
    kit_show(kit, kit->rows[0].id, LEVEL_PLAYING, now + 5000, now + 20000);
    kit_show_picture(kit, kit->rows[0].id, now + 15000, now + 26000);
    kit_show(kit, kit->rows[1].id, LEVEL_ACCEPTED, now, now + 3000);
    kit_withdraw(kit, kit->rows[0].id);
}

/* Two numbers refuse, and one of them takes that back. */
static inline void kit_refuse(struct kit *kit)
{
    const int64_t numbers[] = {KIT_NUMBER + 70, KIT_NUMBER + 500};
    struct ledger_op op = {
        .kind = LEDGER_REFUSE,
        .refuse = {.numbers = numbers, .n = 2, .source = REFUSAL_COMMAND, .note = "by telephone"}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    op.refuse.numbers++;
    op.refuse.n = 1;
    op.refuse.lift = true;
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline void kit_hand_in(struct kit *kit)
{
    static const char *const units[] = {"city"}, *const names[] = {"王某"};
    static const char *const positions[] = {"科长"}, *const phones[] = {"13800000777"};
    const struct ledger_photo photo = {
        .name = "a.png", .data = "\x89PNG-also-not", .length = 13, .type = "png"};
    struct ledger_op contacts = {.kind = LEDGER_CONTACTS,
                                 .campaign = kit->campaign,
                                 .contacts = {.units = units,
                                              .names = names,
                                              .positions = positions,
                                              .phones = phones,
                                              .n = 1,
                                              .deadline_ms = 1793406600000}};
    struct ledger_op attach = {.kind = LEDGER_ATTACH,
                               .attach = {.campaign = "2026-law-day",
                                          .unit = "city",
                                          .activity = true,
                                          .held = "2026-12-04",
                                          .place = "人民广场 东",
                                          .content = "普法宣传",
                                          .participants = 120,
                                          .photos = &photo,
                                          .n_photos = 1}};

    assert_int_equal(kit_do(kit, &contacts), LEDGER_OK);
    assert_int_equal(kit_do(kit, &attach), LEDGER_OK);
}

static inline void kit_run_boards(struct kit *kit)
{
    struct ledger_op planned = {.kind = LEDGER_PLANNED, .campaign = kit->campaign};
    struct ledger_op release = {.kind = LEDGER_RELEASE,
                                .release = {.code = "plaza",
                                            .owner = "jinan",
                                            .owner_name = "金安区法宣办",
                                            .released = true,
                                            .by = "command"}};

    assert_int_equal(kit_do(kit, &planned), LEDGER_OK);
    assert_int_equal(kit_do(kit, &release), LEDGER_OK);
}

static inline void kit_again(struct kit *kit)
{
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
}

/* The first session. */
static inline void kit_first_day(struct kit *kit)
{
    kit_enter_sms(kit);
    kit_hand_in(kit);
    kit_close(kit);
}

/* The next two: a campaign more, boards, refusals. */
static inline void kit_second_day(struct kit *kit)
{
    assert_int_equal(kit_open(kit), 0);
    kit_enter_slogans(kit);
    kit_refuse(kit);
    kit_again(kit);
    kit_steer(kit);
    kit_run_boards(kit);
    assert_int_equal(kit_enter(kit, "2026-civil-code", "another source"), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 1, 30, 1, false), 30);
    kit_close(kit);
}

/* Alters tables as somebody who covers their tracks: the triggers are there again afterwards. */
static inline void kit_bend(const struct kit *kit, const char *sql)
{
    sqlite3 *raw = kit_raw(kit);
    sqlite3_stmt *list;
    char *drop = mem_dup(""), *make = mem_dup("");

    assert_int_equal(
        sqlite3_prepare_v2(raw, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'", -1,
                           &list, NULL),
        SQLITE_OK);
    while (sqlite3_step(list) == SQLITE_ROW) {
        char *more = mem_printf("%sDROP TRIGGER %s;", drop, sqlite3_column_text(list, 0));
        char *again = mem_printf("%s%s;", make, sqlite3_column_text(list, 1));

        free(drop);
        free(make);
        drop = more;
        make = again;
    }
    sqlite3_finalize(list);
    assert_int_equal(sqlite3_exec(raw, drop, NULL, NULL, NULL), SQLITE_OK);
    if (sqlite3_exec(raw, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(raw));
    assert_true(sqlite3_total_changes(raw) > 0 || strstr(sql, "CREATE"));
    assert_int_equal(sqlite3_exec(raw, make, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    free(drop);
    free(make);
}

static inline void verify_at(const char *path, const struct verify_options *options,
                             struct verify_result *result)
{
    char why[512] = "";

    if (verify_books(path, options, result, why, sizeof why))
        fail_msg("%s", why);
}

static inline void verify_print(const struct verify_result *result)
{
    for (size_t i = 0; i < result->findings.n && i < 20; i++)
        print_message("%s %lld: %s\n", finding_name(result->findings.items[i].kind),
                      (long long)result->findings.items[i].record, result->findings.items[i].text);
}

#endif
