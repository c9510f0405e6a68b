/* test_ledger_erase: numbers and personal texts leave the books; figures and records stay.
 * Runs: any. Real books, real loop. */
#include "tests/unit/reply_kit.h"

#include "gateway/base/sign.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/leaves.h"
#include "gateway/ledger/scrub.h"

#define NAME "张三丰同志"

static const struct outcome rejected = {.kind = OUTCOME_REJECTED};

static int erase_campaign(struct kit *kit, const char *id, int64_t *deliveries)
{
    struct ledger_op op = {.kind = LEDGER_ERASE,
                           .erase = {.campaign = id, .reason = "保留期满", .by = "office"}};

    kit_do(kit, &op);
    if (deliveries)
        *deliveries = op.erase.deliveries;
    return op.result;
}

/* One message with the name of its recipient in it. */
static void enter_named(struct kit *kit, int64_t to, bool reserve)
{
    MEM_FREE_LATER char *text = mem_printf("【市法宣办】" NAME "%lld，弘扬宪法精神", (long long)to);
    struct ledger_new row = {.unit = kit->units[0],
                             .channel = CHANNEL_SMS,
                             .address = KIT_NUMBER + to,
                             .text = text,
                             .parts = 1,
                             .alphabet = 1,
                             .personal = true,
                             .reserve = reserve};
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = kit->campaign, .insert = {.rows = &row, .n = 1}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(op.insert.inserted, 1);
}

static void plan(struct kit *kit)
{
    struct ledger_op op = {.kind = LEDGER_PLANNED, .campaign = kit->campaign};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

/* Number 0: sent and awaited; 1: rejected; 2: refused; 9: in reserve; a slogan; a reply of 0, a
 * refusal of 2, which is answered. */
static void live_a_day(struct kit *kit)
{
    struct inbound thanks = reply_from(0, "谢谢，我的号码 13800000000"), no = reply_from(2, "TD");
    struct ledger_op op;

    for (int64_t to = 0; to < 3; to++)
        enter_named(kit, to, false);
    enter_named(kit, 9, true);
    plan(kit);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, 1, 1, 7);
    kit_claim(kit, 2);
    kit_settle(kit, 2, &rejected, 0);
    assert_int_equal(reply_take(kit, thanks), LEDGER_OK);
    op = reply_receive(kit, &no, "已登记");
    assert_true(op.receive.answered);
    assert_int_equal(state_of(kit, 3), DELIVERY_SUPPRESSED);
}

static void read_file(const char *path, struct buffer *out)
{
    buffer_clear(out);
    if (access(path, F_OK) == 0)
        assert_int_equal(buffer_read_file(out, path, 1 << 26), 0);
}

/* SQLite writes integers big-endian in as few bytes as they need: a number of ours takes six. */
static size_t traces(const struct kit *kit, int64_t number)
{
    static const char *const files[] = {"", "-wal"};
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    MEM_FREE_LATER char *text = mem_printf("%lld", (long long)(number % INT64_C(100000000000)));
    char integer[6];
    size_t n = 0;

    for (int i = 0; i < 6; i++)
        integer[i] = (char)((uint64_t)number >> (40 - 8 * i));
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", kit->path, files[i]);

        read_file(path, &bytes);
        n += memmem(buffer_text(&bytes), bytes.length, integer, sizeof integer) != NULL;
        n += memmem(buffer_text(&bytes), bytes.length, text, strlen(text)) != NULL;
    }
    return n;
}

static bool has_bytes(const struct kit *kit, const char *what)
{
    static const char *const files[] = {"", "-wal"};
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", kit->path, files[i]);

        read_file(path, &bytes);
        if (memmem(buffer_text(&bytes), bytes.length, what, strlen(what)))
            return true;
    }
    return false;
}

/* ---- the records are the same as before ---- */

static int line_add(void *ctx, const struct books_line *line)
{
    struct merkle_hash hash;

    assert_non_null(line->line);
    merkle_leaf(line->line, line->length, &hash);
    assert_int_equal(line->mark, leaves_mark(&hash, line->id));
    buffer_printf(ctx, "%s\n", line->line);
    return 0;
}

static char *all_lines(const struct kit *kit)
{
    struct buffer text = BUFFER_NULL;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_lines(books, 1, INT64_MAX, line_add, &text), 0);
    books_close(books);
    return buffer_take(&text);
}

static void assert_begins(const char *text, const char *beginning)
{
    assert_true(strlen(text) > strlen(beginning));
    assert_memory_equal(text, beginning, strlen(beginning));
}

/* ---- tests ---- */

static void scrub(struct kit *kit)
{
    char why[256] = "";

    kit_close(kit);
    if (scrub_books(kit->path, why, sizeof why))
        fail_msg("%s", why);
}

static void test_numbers_and_names_are_gone(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *before = NULL;
    MEM_FREE_LATER char *after = NULL;
    int64_t n;

    live_a_day(kit);
    before = all_lines(kit);
    assert_true(traces(kit, KIT_NUMBER) && traces(kit, KIT_NUMBER + 1) && has_bytes(kit, NAME));
    assert_int_equal(erase_campaign(kit, "2026-law-day", &n), LEDGER_OK);
    assert_int_equal(n, 3);
    assert_books_agree(kit);
    after = all_lines(kit);
    assert_begins(after, before);
    assert_non_null(strstr(after, "\"deliveries\":3,\"reason\":\"保留期满\",\"by\":\"office\""));
    scrub(kit);
    assert_int_equal(traces(kit, KIT_NUMBER), 0);
    assert_int_equal(traces(kit, KIT_NUMBER + 1), 0);
    assert_int_equal(traces(kit, KIT_NUMBER + 9), 0);
    assert_true(traces(kit, KIT_NUMBER + 2) > 0); /* who refuses must be known */
    assert_false(has_bytes(kit, NAME));
    assert_int_equal(kit_open(kit), 0);
    assert_books_agree(kit);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE channel = 1"
                                  " AND address = -id"),
                     3);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout"), 1);
    assert_int_equal(kit_ask(kit, "SELECT length(key) FROM campaign"), 0);
    reply_assert_list(kit, "", "2026-law-day/city |!/ |");
}

/* ---- where SQLite puts what it needs for a moment ---- */

static struct {
    sqlite3_vfs vfs, *real;
    int temporary; /* files that were opened */
} watch;

static int watch_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags,
                      int *out)
{
    (void)vfs;
    watch.temporary += !name;
    return watch.real->xOpen(watch.real, name, file, flags, out);
}

/* A text of the campaign that stays, too long for SQLite's cache. */
static void test_nothing_passes_through_other_folders(void **state)
{
    struct kit *kit = *state;

    live_a_day(kit);
    assert_int_equal(kit_sql(kit, "WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n"
                                  " WHERE i < 2000) INSERT INTO text(body, personal)"
                                  " SELECT hex(randomblob(2000)) || i, 0 FROM n"),
                     SQLITE_OK);
    watch.real = sqlite3_vfs_find(NULL);
    watch.vfs = *watch.real;
    watch.vfs.zName = "watch";
    watch.vfs.xOpen = watch_open;
    watch.temporary = 0;
    assert_int_equal(sqlite3_vfs_register(&watch.vfs, 1), SQLITE_OK);
    scrub(kit);
    assert_int_equal(sqlite3_vfs_unregister(&watch.vfs), SQLITE_OK);
    assert_int_equal(sqlite3_vfs_register(watch.real, 1), SQLITE_OK);
    assert_int_equal(watch.temporary, 0);
}

/* Nothing that keeps tables is lost, and the books go on. */
static void test_the_books_go_on(void **state)
{
    static const char *const bends[] = {"UPDATE text SET body = 'x'",
                                        "UPDATE inbound SET text = 'x'",
                                        "UPDATE reply SET sender = 'x'"};
    struct kit *kit = *state;

    live_a_day(kit);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OK);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++)
        if (kit_sql(kit, bends[i]) != SQLITE_CONSTRAINT)
            fail_msg("allowed: %s", bends[i]);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    enter_named(kit, 0, false);
    assert_int_equal(kit_insert(kit, 1, 2, 1, false), 2); /* 2 still refuses */
    assert_int_equal(state_of(kit, 6), DELIVERY_SUPPRESSED);
    plan(kit);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    assert_non_null(strstr(kit->rows[0].text, NAME));
    kit_send(kit, 4, 1, 8);
    kit_send(kit, 5, 1, 9);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 8, REPORT_DELIVERED).report.id, 4);
    assert_int_equal(kit_report(kit, KIT_NUMBER, 7, REPORT_DELIVERED).result, LEDGER_UNMATCHED);
    for (kit->campaign = 1; kit->campaign <= 2; kit->campaign++)
        assert_books_agree(kit);
}

/* The same number and the same name in two campaigns: the other one keeps them. */
static void test_another_campaign_keeps_its_own(void **state)
{
    struct kit *kit = *state;

    live_a_day(kit);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    enter_named(kit, 0, false);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OK);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER);
    assert_non_null(strstr(kit->rows[0].text, NAME));
    for (kit->campaign = 1; kit->campaign <= 2; kit->campaign++)
        assert_books_agree(kit);
}

static void test_what_is_in_the_way(void **state)
{
    struct kit *kit = *state;
    int64_t lines;

    assert_int_equal(erase_campaign(kit, "nobody", NULL), LEDGER_NONE);
    enter_named(kit, 0, false);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_send(kit, 1, 1, 7);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OPEN); /* half entered */
    enter_named(kit, 1, false);
    plan(kit);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OPEN);
    reply_refuse(kit, 1);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OK);
    lines = kit_ask(kit, "SELECT count(*) FROM journal");
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_KNOWN);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal"), lines);
    assert_books_agree(kit);
}

static int64_t schema_size(const struct kit *kit)
{
    return kit_ask(kit, "SELECT sum(length(sql)) FROM sqlite_schema");
}

/* A commit that fails leaves everything as it was, and the next try does all of it. */
static void test_all_or_nothing(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *away = mem_printf("%s.away", kit->path);
    bool done = false;
    struct ledger_op op = {
        .kind = LEDGER_ERASE,
        .done = kit_done,
        .owner = &done,
        .erase = {.campaign = "2026-law-day", .reason = "保留期满", .by = "office"}};
    int64_t schema, lines;

    live_a_day(kit);
    schema = schema_size(kit);
    lines = kit_ask(kit, "SELECT count(*) FROM journal");
    assert_int_equal(rename(kit->path, away), 0);
    ledger_post(kit->ledger, &op);
    while (!kit->troubles)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_false(done);
    assert_int_equal(rename(away, kit->path), 0);
    while (!done)
        uv_run(&kit->loop, UV_RUN_ONCE);
    assert_int_equal(op.result, LEDGER_OK);
    assert_int_equal(op.erase.deliveries, 3);
    assert_int_equal(schema_size(kit), schema);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal"), lines + 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM veil"), 3);
    free(all_lines(kit));
    assert_books_agree(kit);
}

/* Entering it again changes nothing, and wakes nobody that was in doubt. */
static void test_the_same_campaign_again(void **state)
{
    static const struct outcome unknown = {.kind = OUTCOME_UNKNOWN};
    struct kit *kit = *state;

    enter_named(kit, 0, false);
    enter_named(kit, 1, false);
    plan(kit);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_claim(kit, 1);
    kit_claim(kit, 2);
    kit_settle(kit, 2, &unknown, 0);
    kit_close(kit); /* 1 is in doubt since a crash */
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit->recovery.unknown, 1);
    assert_int_equal(erase_campaign(kit, "2026-law-day", NULL), LEDGER_OK);
    kit->resend = true;
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    assert_int_equal(state_of(kit, 1), DELIVERY_UNKNOWN);
    assert_int_equal(state_of(kit, 2), DELIVERY_UNKNOWN);
    kit_fetch(kit, CHANNEL_SMS, KIT_ROOM, true);
    assert_int_equal(kit->n_rows, 0);
    assert_books_agree(kit);
}

static int64_t strangers(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM reply r JOIN inbound i ON i.reply = r.id"
                        " WHERE r.campaign = 0 AND r.sender <> '' AND i.text <> ''");
}

/* Nobody wrote to them, so no campaign of their own is ever erased. */
static void old_replies_of_strangers_go_with_any_campaign(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op = {.kind = LEDGER_ERASE,
                           .erase = {.campaign = "2026-law-day", .reason = "", .by = "office"}};
    int64_t before_ms;

    live_a_day(kit);
    assert_int_equal(reply_take(kit, reply_from(500, "你们是谁")), LEDGER_OK);
    before_ms = kit_ask(kit, "SELECT max(at_ms) + 1 FROM reply");
    op.erase.strangers_ms = before_ms - 1;
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(strangers(kit), 1); /* too young */
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    enter_named(kit, 20, false);
    plan(kit);
    kit_fetch(kit, CHANNEL_SMS, 1, false);
    kit_claim(kit, kit->rows[0].id);
    kit_settle(kit, kit->rows[0].id, &rejected, 0);
    op.result = LEDGER_OK;
    op.erase.campaign = "second";
    op.erase.strangers_ms = before_ms;
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(op.erase.strangers, 1);
    assert_int_equal(strangers(kit), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REPLY_TEST(test_numbers_and_names_are_gone),
        REPLY_TEST(test_the_books_go_on),
        REPLY_TEST(test_another_campaign_keeps_its_own),
        REPLY_TEST(test_what_is_in_the_way),
        REPLY_TEST(test_all_or_nothing),
        REPLY_TEST(test_the_same_campaign_again),
        REPLY_TEST(test_nothing_passes_through_other_folders),
        REPLY_TEST(old_replies_of_strangers_go_with_any_campaign),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
