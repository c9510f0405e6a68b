/* test_books: what reports read, and that a recount finds every kind of untruth.
 * Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "gateway/ledger/books.h"

#define SHOWN_MS INT64_C(1793406600000) /* 2026-10-31 08:30 in China */

static struct books *open_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    return books;
}

/* Two messages delivered and rejected, one open; a slogan shown for 5 s and one planned. */
static void fill(struct kit *kit)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED, .code = 21};

    kit_insert(kit, 0, 3, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 2, false);
    kit_send(kit, 1, 2, 5);
    kit_report(kit, KIT_NUMBER, 5, REPORT_DELIVERED);
    kit_report(kit, KIT_NUMBER, 6, REPORT_DELIVERED);
    kit_claim(kit, 2);
    kit_settle(kit, 2, &rejected, 0);
    kit_insert_slot(kit, 0, 0, 0, "弘扬宪法精神");
    kit_insert_slot(kit, 1, INT64_C(4000000000000), 0, "共建文明城市");
    kit_fetch(kit, CHANNEL_DISPLAY, 2, false);
    kit_send(kit, 4, 0, 0);
    kit_show(kit, 4, LEVEL_PLAYING, SHOWN_MS, SHOWN_MS);
    kit_show(kit, 4, LEVEL_PLAYING, SHOWN_MS, SHOWN_MS + 3000);
    kit_show(kit, 4, LEVEL_STORED, SHOWN_MS + 3000, SHOWN_MS + 5000);
    kit_withdraw(kit, 4);
}

static int count_reached(void *ctx, const struct books_reached *one)
{
    (void)one;
    ++*(int *)ctx;
    return 0;
}

static int count_campaign(void *ctx, const struct books_campaign *campaign)
{
    assert_string_equal(campaign->title, "宪法宣传");
    return ++*(int *)ctx == 2 ? 77 : 0;
}

static void test_campaigns(void **state)
{
    struct kit *kit = *state;
    struct books *books = open_books(kit);
    struct books_campaign found;
    int n = 0;

    assert_int_equal(books_campaigns(books, count_campaign, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(kit_enter(kit, "later", "source"), LEDGER_OK); /* while the reader is open */
    n = 0;
    assert_int_equal(books_campaigns(books, count_campaign, &n), 77);
    assert_int_equal(books_find_campaign(books, "nowhere", &found), 1);
    assert_int_equal(books_find_campaign(books, "later", &found), 0);
    assert_string_equal(found.id, "later");
    assert_string_equal(found.windows, "[[0,1]]");
    assert_string_equal(found.targets, "[[\"\",2,5,0]]");
    assert_int_equal(found.number, kit->campaign);
    assert_false(found.planned);
    books_campaign_release(&found);
    books_close(books);
}

static void test_units(void **state)
{
    struct kit *kit = *state;
    struct books_unit *units;
    struct books *books;
    size_t n;

    fill(kit);
    books = open_books(kit);
    assert_int_equal(books_units(books, kit->campaign, &units, &n), 0);
    assert_int_equal(n, 1); /* the second has neither messages nor a quota */
    assert_string_equal(units[0].id, "city");
    assert_string_equal(units[0].name, "市法宣办");
    assert_int_equal(units[0].quota, 1000);
    assert_int_equal(units[0].n[DELIVERY_DELIVERED], 1);
    assert_int_equal(units[0].n[DELIVERY_REJECTED], 1);
    assert_int_equal(units[0].n[DELIVERY_PLANNED], 1);
    assert_int_equal(units[0].n[DELIVERY_WITHDRAWN], 0); /* boards are counted apart */
    assert_int_equal(units[0].parts[DELIVERY_DELIVERED], 2);
    free(units);
    books_close(books);
}

static void test_boards(void **state)
{
    struct kit *kit = *state;
    struct books_board *boards;
    struct books *books;
    size_t n;

    fill(kit);
    books = open_books(kit);
    assert_int_equal(books_boards(books, kit->campaign, &boards, &n), 0);
    assert_int_equal(n, 1);
    assert_string_equal(boards[0].id, "plaza");
    assert_string_equal(boards[0].owner, "jinan");
    assert_string_equal(boards[0].owner_name, "金安区法宣办"); /* it has no order */
    assert_string_equal(boards[0].place, "人民广场");
    assert_int_equal(boards[0].need, LEVEL_STORED);
    assert_int_equal(boards[0].planned, 2);
    assert_int_equal(boards[0].showings, 1);
    assert_int_equal(boards[0].slogans, 1);
    assert_int_equal(boards[0].shown_ms, 5000);
    assert_int_equal(boards[0].level, LEVEL_PLAYING); /* the slot never taken doesn't count */
    assert_int_equal(boards[0].n[DELIVERY_WITHDRAWN], 1);
    assert_int_equal(boards[0].n[DELIVERY_PLANNED], 1);
    free(boards);
    books_close(books);
}

/* Seen once, and then never again: that proves no time, so nothing was shown. */
static void test_seen_once(void **state)
{
    struct kit *kit = *state;
    struct books_board *boards;
    struct books *books;
    size_t n;
    int reached = 0;

    kit_insert_slot(kit, 0, 0, 0, "弘扬宪法精神");
    kit_fetch(kit, CHANNEL_DISPLAY, 2, false);
    kit_send(kit, 1, 0, 0);
    kit_show(kit, 1, LEVEL_PLAYING, SHOWN_MS, SHOWN_MS);
    kit_withdraw(kit, 1);
    books = open_books(kit);
    assert_int_equal(books_boards(books, kit->campaign, &boards, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(boards[0].level, LEVEL_PLAYING);
    assert_int_equal(boards[0].showings, 0);
    assert_int_equal(boards[0].slogans, 0);
    assert_int_equal(boards[0].planned, 1);
    free(boards);
    assert_int_equal(books_reached(books, kit->campaign, count_reached, &reached), 0);
    assert_int_equal(reached, 0);
    books_close(books);
}

/* A board that only accepts its slogans has that level, though none was up for certain. */
static void test_accepted_only(void **state)
{
    struct kit *kit = *state;
    struct books_board *boards;
    struct books *books;
    size_t n;

    kit_insert_slot(kit, 0, 0, 0, "弘扬宪法精神");
    kit_insert_slot(kit, 1, INT64_C(4000000000000), 0, "共建文明城市");
    kit_fetch(kit, CHANNEL_DISPLAY, 2, false);
    kit_send(kit, 1, 0, 0);
    books = open_books(kit);
    assert_int_equal(books_boards(books, kit->campaign, &boards, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(boards[0].level, LEVEL_ACCEPTED);
    assert_int_equal(boards[0].showings, 0);
    free(boards);
    books_close(books);
}

/* A gateway's lock is seen as long as it is there, and seeing it takes nothing from the gateway. */
static void test_in_use(void **state)
{
    struct kit *kit = *state;

    assert_true(books_in_use(kit->path));
    assert_true(books_in_use(kit->path));
    kit_close(kit);
    assert_false(books_in_use(kit->path));
    assert_int_equal(kit_open(kit), 0);
    assert_true(books_in_use(kit->path));
    assert_false(books_in_use("/nonexistent/books.db"));
}

struct seen {
    int messages, slogans;
};

static int see(void *ctx, const struct books_delivery *delivery)
{
    struct seen *seen = ctx;

    if (delivery->channel == CHANNEL_DISPLAY) {
        seen->slogans++;
        assert_string_equal(delivery->board, "plaza");
        assert_string_equal(delivery->unit, "jinan");
        return 0;
    }
    seen->messages++;
    assert_string_equal(delivery->board, "");
    assert_string_equal(delivery->text, "【市法宣办】弘扬宪法精神");
    assert_string_equal(delivery->device, delivery->id == 3 ? "" : "bank-a/0");
    if (delivery->id == 2)
        assert_true(delivery->state == DELIVERY_REJECTED && delivery->code == 21);
    return 0;
}

static void test_deliveries(void **state)
{
    struct kit *kit = *state;
    struct seen seen = {0};
    struct books *books;

    fill(kit);
    books = open_books(kit);
    assert_int_equal(books_deliveries(books, kit->campaign, see, &seen), 0);
    assert_int_equal(seen.messages, 3);
    assert_int_equal(seen.slogans, 2);
    books_close(books);
}

static struct books_recount recount(const struct kit *kit)
{
    struct books *books = open_books(kit);
    struct books_recount out;

    assert_int_equal(books_recount(books, kit->campaign, &out), 0);
    books_close(books);
    assert_int_equal(out.agrees, out.difference[0] == '\0');
    return out;
}

static void test_recount_agrees(void **state)
{
    struct kit *kit = *state;
    struct books_recount out;

    out = recount(kit); /* nothing at all */
    assert_true(out.agrees);
    fill(kit);
    out = recount(kit);
    assert_true(out.agrees);
    assert_int_equal(kit_sql(kit, "UPDATE count SET n = n + 1 WHERE state = 5"), SQLITE_OK);
    assert_non_null(strstr(recount(kit).difference, "Unit city ("));
    assert_int_equal(kit_sql(kit, "UPDATE count SET n = n - 1 WHERE state = 5"), SQLITE_OK);
    assert_int_equal(out.deliveries, 5);
    assert_int_equal(out.journal, kit_ask(kit, "SELECT count(*) FROM journal WHERE delivery > 0"));
}

static int see_state(void *ctx, const struct books_delivery *delivery)
{
    (void)ctx;
    assert_true((unsigned)delivery->state < DELIVERY_STATES);
    return 0;
}

/* Whatever the books say, reading them ends in figures or in an error. */
static void read_bent(const struct kit *kit)
{
    struct books *books = open_books(kit);
    struct books_board *boards;
    struct books_unit *units;
    size_t n;

    assert_int_equal(books_units(books, kit->campaign, &units, &n), 0);
    free(units);
    if (books_boards(books, kit->campaign, &boards, &n) == 0)
        for (size_t i = 0; i < n; i++)
            assert_in_range(boards[i].level, LEVEL_UNKNOWN, LEVEL_LOGGED);
    free(boards);
    assert_true(books_deliveries(books, kit->campaign, see_state, NULL) <= 0);
    books_close(books);
}

/* Each bends one thing that somebody might want to bend, and is put back by the next one's start.
 */
static void test_recount_finds_every_untruth(void **state)
{
    static const char *const bends[] = {
        "UPDATE count SET n = n + 1 WHERE state = 5",
        "UPDATE count SET parts = parts - 1 WHERE state = 5",
        "INSERT INTO count VALUES(1, 9, 1, 0, 5, 3, 3)",
        "UPDATE count SET route = 3 WHERE state = 5",
        "UPDATE delivery SET state = 5 WHERE id = 2",
        "UPDATE delivery SET state = 77 WHERE id = 2",
        "UPDATE delivery SET parts = 9 WHERE id = 1",
        "UPDATE delivery SET unit = 2 WHERE id = 1",
        "UPDATE delivery SET route = 2 WHERE id = 1",
        "UPDATE delivery SET route = 9223372036854775807 WHERE id = 1",
        "DELETE FROM delivery WHERE id = 3;"
        "UPDATE count SET n = n - 1, parts = parts - 2 WHERE state = 0 AND channel = 1",
        "INSERT INTO delivery SELECT 99, campaign, unit, channel, route, 1, slot, text, parts, "
        "alphabet,"
        " state, cause, attempts, from_ms, until_ms, not_before_ms, device, code, level, need,"
        " doubted, taken_ms, sim, pool, shown_since_ms, shown_ms, shown_until_ms, up, changed_ms"
        " FROM delivery WHERE id = 1;"
        "UPDATE count SET n = n + 1, parts = parts + 2 WHERE state = 5",
        "INSERT INTO journal VALUES(NULL, 3, 0, 0, 5, 5, NULL, NULL, NULL, NULL, NULL, 0, NULL)",
        "UPDATE count SET state = 77 WHERE state = 5",
        "UPDATE count SET n = 9223372036854775807, parts = -9223372036854775807 WHERE state = 5",
        "UPDATE delivery SET parts = 9223372036854775807 WHERE channel = 1",
        "UPDATE delivery SET id = 900000000000 WHERE id = 3",
        "UPDATE delivery SET id = -9223372036854775807 WHERE id = 3",
        "UPDATE delivery SET level = 99 WHERE id = 4",
        "UPDATE delivery SET level = 4 WHERE id = 4",
        "UPDATE delivery SET shown_ms = 6000 WHERE id = 4",
        "UPDATE delivery SET shown_ms = 9223372036854775807 WHERE channel = 2",
        "UPDATE delivery SET shown_since_ms = 0 WHERE id = 4",
        "UPDATE delivery SET shown_until_ms = shown_until_ms + 1 WHERE id = 4",
        "UPDATE delivery SET need = 3 WHERE id = 4",
        "UPDATE delivery SET shown_ms = 7, shown_until_ms = 9 WHERE id = 5",
        "DROP TRIGGER shown_holds; DELETE FROM shown",
        "DROP TRIGGER shown_holds; DELETE FROM shown WHERE level = 2",
        "DROP TRIGGER shown_holds; DELETE FROM shown WHERE level = 2;"
        "UPDATE delivery SET shown_ms = 3000, shown_until_ms = shown_until_ms - 2000 WHERE id = 4",
        "DROP TRIGGER shown_keeps; UPDATE shown SET until_ms = until_ms + 1 WHERE level = 2",
        "DROP TRIGGER shown_keeps; UPDATE shown SET from_ms = from_ms + 1 WHERE level = 2",
        "DROP TRIGGER shown_keeps; UPDATE shown SET counted_ms = counted_ms + 1",
        "DROP TRIGGER shown_keeps; UPDATE shown SET level = 1 WHERE level = 2",
        "DROP TRIGGER shown_keeps; UPDATE shown SET level = 5 WHERE level = 2",
        "DROP TRIGGER shown_keeps; UPDATE shown SET delivery = 5",
        "DROP TRIGGER shown_keeps; UPDATE shown SET id = id + 1000",
        "DROP TRIGGER shown_keeps; UPDATE shown SET until_ms = 9223372036854775807",
        "INSERT INTO shown VALUES(1, 4, 1, 1, 0, 3, '', '')",
        "DROP TRIGGER journal_keeps; UPDATE journal SET shown_ms = shown_ms + 1 WHERE"
        " shown_ms IS NOT NULL",
        "UPDATE delivery SET text = 99 WHERE id = 1",
        "UPDATE delivery SET unit = 99 WHERE id = 4",
        "DROP TRIGGER text_holds; DELETE FROM text",
        "DROP TRIGGER board_holds; DELETE FROM board",
        "DROP TRIGGER campaign_unit_holds; DELETE FROM campaign_unit WHERE unit = 1",
        "DROP TRIGGER journal_holds; DELETE FROM journal WHERE to_state = 4 AND delivery = 1",
        "DROP TRIGGER journal_keeps; UPDATE journal SET to_state = 7 WHERE to_state = 5",
    };
    struct kit *kit = *state;
    MEM_FREE_LATER char *keep = NULL, *restore = NULL;

    fill(kit);
    kit_close(kit);
    keep = mem_printf("cp '%s' '%s.kept'", kit->path, kit->path);
    restore = mem_printf("cp '%s.kept' '%s'", kit->path, kit->path);
    assert_int_equal(system(keep), 0);
    for (size_t i = 0; i < sizeof bends / sizeof *bends; i++) {
        kit_remove(kit, "-wal");
        kit_remove(kit, "-shm");
        assert_int_equal(system(restore), 0);
        assert_true(recount(kit).agrees);
        assert_int_equal(kit_sql(kit, bends[i]), SQLITE_OK);
        if (recount(kit).agrees)
            fail_msg("not found: %s", bends[i]);
        read_bent(kit);
    }
    kit_remove(kit, ".kept");
}

static void test_missing_and_foreign_files(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *missing = mem_printf("%s/none.db", kit->directory);
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, missing, why, sizeof why), -ENOENT);
    assert_non_null(strstr(why, missing));
    assert_null(books);
    assert_int_equal(access(missing, F_OK), -1); /* and reading made none */
    kit_close(kit);
    assert_int_equal(kit_sql(kit, "PRAGMA user_version = 99"), SQLITE_OK);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -ENOTSUP);
    assert_non_null(strstr(why, "99"));
    assert_int_equal(kit_sql(kit, "PRAGMA user_version = 1"), SQLITE_OK);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -ENOTSUP);
    assert_non_null(strstr(why, "test version"));
    assert_int_equal(kit_sql(kit, "PRAGMA application_id = 2"), SQLITE_OK);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -EMEDIUMTYPE);
}

/* Reads as somebody who may write neither the file nor the folder. */
static _Noreturn void read_only_child(const struct kit *kit)
{
    struct books_unit *units;
    struct books *books;
    char why[256];
    size_t n;

    if (geteuid() == 0 && setuid(65534))
        _exit(2);
    if (access(kit->directory, W_OK) == 0)
        _exit(3);
    if (books_open(&books, kit->path, why, sizeof why) ||
        books_units(books, kit->campaign, &units, &n))
        _exit(4);
    _exit(n == 1 && units[0].n[DELIVERY_DELIVERED] == 1 ? 0 : 5);
}

/* Closed books have no log beside them; a copy may lie where nothing can be written. */
static void test_reading_without_a_log(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *wal = mem_printf("%s-wal", kit->path);
    pid_t child;
    int status;

    fill(kit);
    kit_close(kit);
    assert_int_equal(access(wal, F_OK), -1);
    assert_true(recount(kit).agrees); /* where writing is allowed */
    kit_remove(kit, "-wal");
    kit_remove(kit, "-shm");
    assert_int_equal(chmod(kit->path, 0444), 0);
    assert_int_equal(chmod(kit->directory, 0555), 0);
    child = fork();
    if (child == 0)
        read_only_child(kit);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(kit->directory, 0700), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_damaged_and_held_files_are_named(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    char why[256];
    sqlite3 *raw;
    FILE *file;

    fill(kit);
    kit_close(kit);
    raw = kit_raw(kit);
    assert_int_equal(
        sqlite3_exec(raw, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;", NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -EBUSY);
    assert_non_null(strstr(why, "another program"));
    sqlite3_close(raw);
    kit_remove(kit, "-wal");
    file = fopen(kit->path, "r+");
    assert_non_null(file);
    fseek(file, 100, SEEK_SET); /* the first page's tree */
    for (int i = 0; i < 1000; i++)
        fputc(0xee, file);
    fclose(file);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -EUCLEAN);
    assert_non_null(strstr(why, "backup"));
    assert_int_equal(kit_open(kit), -EUCLEAN);
    assert_non_null(strstr(kit->why, "backup"));
}

/* A reader may be open while the gateway ends; the file alone is whole nevertheless. */
static void test_file_alone_is_whole_after_the_end(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *copy = mem_printf("cp '%s' '%s.alone'", kit->path, kit->path);
    struct books *books = open_books(kit);
    struct kit alone;

    fill(kit);
    kit_close(kit);
    alone = *kit;
    snprintf(alone.path, sizeof alone.path, "%s/books.db.alone", kit->directory);
    assert_int_equal(system(copy), 0);
    assert_int_equal(kit_ask(&alone, "SELECT count(*) FROM delivery WHERE state = 13"), 1);
    assert_true(recount(&alone).agrees);
    books_close(books);
    kit_remove(&alone, "");
    kit_remove(&alone, "-wal");
    kit_remove(&alone, "-shm");
}

#define BOOKS_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOOKS_TEST(test_campaigns),
        BOOKS_TEST(test_units),
        BOOKS_TEST(test_boards),
        BOOKS_TEST(test_seen_once),
        BOOKS_TEST(test_accepted_only),
        BOOKS_TEST(test_in_use),
        BOOKS_TEST(test_deliveries),
        BOOKS_TEST(test_recount_agrees),
        BOOKS_TEST(test_recount_finds_every_untruth),
        BOOKS_TEST(test_missing_and_foreign_files),
        BOOKS_TEST(test_reading_without_a_log),
        BOOKS_TEST(test_damaged_and_held_files_are_named),
        BOOKS_TEST(test_file_alone_is_whole_after_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
