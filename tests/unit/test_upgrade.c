/* test_upgrade: books of versions 4 and 5 become books of this one, whole, and at one instant.
 * Runs: any. */
#include "tests/unit/verify_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "gateway/base/buffer.h"
#include "gateway/base/sign.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/store.h"
#include "gateway/ledger/store_sql.h"
#include "tests/unit/books_v4.h"
#include "tests/unit/books_v5.h"

#define T "1793406600000" /* 2026-10-31 08:30 in China */

/* A campaign with a message of every fate, a slogan, a refusal, a release and a stray report. */
static const char sample[] =
    "INSERT INTO unit VALUES(1, 'city', '市法宣办'), (2, 'jinan', '金安区法宣办');"
    "INSERT INTO campaign VALUES(1, 'day', '宪法宣传', 'the file', '[[" T ", 1793415600000]]',"
    " '[[\"\",2,5,0]]', 1, " T " - 5000);"
    "INSERT INTO campaign_unit VALUES(1, 1, 3, 0), (1, 2, 0, 1);"
    "INSERT INTO board VALUES(1, 'plaza', 2, '人民广场');"
    "INSERT INTO device VALUES(1, 'bank-a/0', 1, 0);"
    "INSERT INTO sim VALUES(1, 'imsi:460001234567890', 0, 0);"
    "INSERT INTO text VALUES(1, '【市法宣办】弘扬宪法精神'), (2, '宪法至上');"
    "INSERT INTO delivery(id, campaign, unit, channel, route, address, slot, text, parts, alphabet,"
    " state, cause, attempts, from_ms, until_ms, not_before_ms, device, level, need, doubted,"
    " taken_ms, sim, shown_since_ms, shown_ms, shown_until_ms, changed_ms) VALUES"
    "(1, 1, 1, 1, 1, 8613800000001, 0, 1, 1, 1, 5, 5, 1, 0, 0, 0, 1, 0, 0, 0, " T " + 20, 1, 0, 0,"
    " 0, " T " + 900),"
    "(2, 1, 1, 1, 1, 8613800000002, 0, 1, 1, 1, 8, 4, 1, 0, 0, 0, 1, 0, 0, 1, " T " + 21, 1, 0, 0,"
    " 0, " T " + 300),"
    "(3, 1, 1, 1, 1, 8613800000003, 0, 1, 1, 1, 9, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
    " " T " + 400),"
    "(4, 1, 2, 2, 0, 1, 0, 2, 1, 1, 13, 10, 1, " T ", " T " + 60000, " T ", 1, 3, 3, 0, " T " + 30,"
    " 0, " T " + 10000, 9000, " T " + 10000, " T " + 60000);"
    "INSERT INTO journal(delivery, at_ms, from_state, to_state, cause, device, code, level,"
    " shown_ms, detail) VALUES"
    "(1, " T " - 4000, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL),"
    "(2, " T " - 4000, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL),"
    "(3, " T " - 4000, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL),"
    "(4, " T " - 4000, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL),"
    "(1, " T " + 10, 0, 1, 2, NULL, NULL, NULL, NULL, NULL),"
    "(2, " T " + 10, 0, 1, 2, NULL, NULL, NULL, NULL, NULL),"
    "(1, " T " + 20, 1, 2, 3, 1, NULL, NULL, NULL, NULL),"
    "(2, " T " + 21, 1, 2, 3, 1, NULL, NULL, NULL, NULL),"
    "(4, " T " + 25, 0, 1, 2, NULL, NULL, NULL, NULL, NULL),"
    "(4, " T " + 30, 1, 2, 3, 1, NULL, NULL, NULL, NULL),"
    "(4, " T " + 40, 2, 4, 4, NULL, 0, 1, NULL, NULL),"
    "(1, " T " + 200, 2, 4, 4, NULL, 0, NULL, NULL, NULL),"
    "(2, " T " + 300, 2, 8, 4, NULL, 0, NULL, NULL, 'the modem\tfell silent'),"
    "(3, " T " + 400, 0, 9, 12, NULL, NULL, NULL, NULL, NULL),"
    "(1, " T " + 900, 4, 5, 5, 1, 0, NULL, NULL, NULL),"
    "(4, " T " + 10000, 4, 12, 9, NULL, NULL, 3, 9000, NULL),"
    "(4, " T " + 60000, 12, 13, 10, NULL, 0, NULL, NULL, NULL);"
    "INSERT INTO shown VALUES(16, 4, " T " + 1000, " T " + 10000, 9000, 3, '', '');"
    "INSERT INTO count VALUES(1, 1, 1, 1, 5, 1, 1), (1, 1, 1, 1, 8, 1, 1), (1, 1, 1, 1, 9, 1, 1),"
    " (1, 2, 2, 0, 13, 1, 1);"
    "INSERT INTO reply VALUES(1, " T " + 400, 0, 1, 8613800000003, 0, 1, 1, 1, '+8613800000003', 1,"
    " 1);"
    "INSERT INTO inbound VALUES(1, 1, 1, " T " + 400, 0, 8613800000003, 0, 1, 1, '+8613800000003',"
    " 'TD', 20000);"
    "INSERT INTO optout VALUES(1, 8613800000003, " T " + 400, 1);"
    "INSERT INTO board_release VALUES(1, 1, " T " + 50000, 1, 'command'),"
    " (2, 1, " T " + 50500, 0, 'command');"
    "INSERT INTO unmatched VALUES(1, 1, " T " + 700, 77, 0);"
    "INSERT INTO awaiting VALUES(1, 8613800000002, 1, 1, -1, 2, 1, 0, " T " + 300, 1, 1, 1);";

/* What a report is made of, as one text. */
static const char figures[] =
    "SELECT group_concat(line, '|') FROM (SELECT campaign || ' ' || unit || ' ' || channel || ' ' "
    "||"
    " route || ' ' || state || ' ' || n || ' ' || parts AS line FROM count UNION ALL SELECT id || "
    "' '"
    " || state || ' ' || cause || ' ' || attempts || ' ' || level || ' ' || shown_ms || ' ' || text"
    " FROM delivery UNION ALL SELECT id || ' ' || delivery || ' ' || at_ms || ' ' || to_state || ' "
    "'"
    " || ifnull(replace(detail, char(9), ' '), '') FROM journal WHERE id <= 17 UNION ALL SELECT id "
    "|| body FROM text"
    " UNION ALL SELECT address || ' ' || at_ms FROM optout)";

/* The same of books that go on: what a session adds comes behind it. */
static const char figures_5[] =
    "SELECT group_concat(line, '|') FROM (SELECT campaign || ' ' || unit || ' ' || state || ' ' ||"
    " n AS line FROM count UNION ALL SELECT id || ' ' || state || ' ' || cause || ' ' || text"
    " FROM delivery UNION ALL SELECT id || ' ' || mark FROM journal WHERE id <= 300 UNION ALL"
    " SELECT id || source || key || planned FROM campaign)";

static int setup(void **state)
{
    struct kit *kit = mem_new(struct kit);

    kit_init(kit);
    assert_int_equal(kit_sql(kit, "PRAGMA journal_mode = WAL"), SQLITE_OK);
    assert_int_equal(kit_sql(kit, books_v4), SQLITE_OK);
    assert_int_equal(kit_sql(kit, sample), SQLITE_OK);
    *state = kit;
    return 0;
}

static int teardown(void **state)
{
    static const char *const copies[] = {".v4",  ".v4-2",    ".v4.incomplete",
                                         ".v5",  ".v5-2",    ".v5.incomplete",
                                         ".new", ".new.key", ".new.key.checkpoint"};
    struct kit *kit = *state;

    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        kit_remove(kit, copies[i]);
    return kit_teardown(state);
}

static char *ask_text(const char *path, const char *sql)
{
    sqlite3 *raw;
    sqlite3_stmt *statement;
    char *text;

    assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    text = mem_dup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return text;
}

static int open_once(const char *path, char *why, size_t why_size)
{
    struct ledger_recovery recovery;
    struct store *store;
    int rc = store_open(&store, path, &recovery, why, why_size);

    if (rc == 0)
        store_close(store);
    return rc;
}

static void assert_verified(const char *path)
{
    const struct verify_options options = {0};
    struct verify_result result;
    char why[512] = "";

    assert_int_equal(verify_books(path, &options, &result, why, sizeof why), 0);
    for (size_t i = 0; i < result.findings.n; i++)
        print_error("%s\n", result.findings.items[i].text);
    assert_int_equal(result.findings.n, 0);
    assert_true(result.records > 17);
    assert_int_equal(result.signed_size, result.records);
    verify_release(&result);
}

static void what_was_there_is_there_and_is_signed(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *before = ask_text(kit->path, figures);
    MEM_FREE_LATER char *copy = mem_printf("%s.v4", kit->path);
    MEM_FREE_LATER char *after = NULL, *kept = NULL;
    struct stat file;
    char why[512] = "";

    if (open_once(kit->path, why, sizeof why))
        fail_msg("%s", why);
    after = ask_text(kit->path, figures);
    kept = ask_text(copy, figures);
    assert_string_equal(before, after);
    assert_string_equal(before, kept);
    assert_int_equal(stat(copy, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    kit->campaign = 1;
    assert_books_agree(kit);
    assert_verified(kit->path);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM optout_event WHERE refuses = 1 AND source ="
                                  " 0 AND reply = 1 AND address = 8613800000003"),
                     1);
    assert_int_equal(kit_ask(kit, "SELECT personal FROM text WHERE id = 1"), 1);
    assert_int_equal(kit_ask(kit, "SELECT personal FROM text WHERE id = 2"), 0);
    /* A second opening is like any other. */
    assert_int_equal(open_once(kit->path, why, sizeof why), 0);
    assert_verified(kit->path);
}

/* Also when somebody changes the schema and forgets the step that leads there. */
static void tables_are_those_of_new_books(void **state)
{
    static const char schema[] =
        "SELECT group_concat(line, char(10)) FROM (SELECT type || ' ' || name || ' ' || sql AS line"
        " FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name)";
    struct kit *kit = *state;
    MEM_FREE_LATER char *fresh = mem_printf("%s.new", kit->path);
    MEM_FREE_LATER char *ours = NULL, *theirs = NULL;
    char why[512] = "";

    assert_int_equal(open_once(kit->path, why, sizeof why), 0);
    assert_int_equal(open_once(fresh, why, sizeof why), 0);
    ours = ask_text(kit->path, schema);
    theirs = ask_text(fresh, schema);
    assert_string_equal(ours, theirs);
}

static bool is_there(const struct kit *kit, const char *ending)
{
    MEM_FREE_LATER char *path = mem_printf("%s%s", kit->path, ending);

    return access(path, F_OK) == 0;
}

static void the_copy_is_named(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *other = mem_printf("%s.v4", kit->path);
    MEM_FREE_LATER char *copy = mem_printf("%s.v4-2", kit->path);
    MEM_FREE_LATER char *before = ask_text(kit->path, figures);
    MEM_FREE_LATER char *kept = NULL;
    struct ledger_recovery recovery;
    struct store *store;
    char why[512] = "";
    FILE *file = fopen(other, "w");

    assert_non_null(file);
    fputs("of another day", file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(store_open(&store, kit->path, &recovery, why, sizeof why), 0);
    assert_string_equal(store_copied(store), copy);
    store_close(store);
    kept = ask_text(copy, figures);
    assert_string_equal(kept, before);
    assert_int_equal(store_open(&store, kit->path, &recovery, why, sizeof why), 0);
    assert_null(store_copied(store));
    store_close(store);
}

/* ---- the process dies ---- */

struct death {
    int changes, commits; /* until then */
};

static void die(void)
{
    kill(getpid(), SIGKILL);
}

static void on_change(void *ctx, int kind, const char *name, const char *table, sqlite3_int64 row)
{
    struct death *death = ctx;

    (void)kind, (void)name, (void)table, (void)row;
    if (--death->changes == 0)
        die();
}

static int on_commit(void *ctx)
{
    struct death *death = ctx;

    if (--death->commits == 0)
        die();
    return 0;
}

/* sqlite3_auto_extension knows no context. */
static struct death death;

static int watch(sqlite3 *handle, char **why, const void *unused)
{
    (void)why, (void)unused;
    sqlite3_update_hook(handle, on_change, &death);
    sqlite3_commit_hook(handle, on_commit, &death);
    return SQLITE_OK;
}

/* Did a child that opens the books live to the end? */
static bool lives(const struct kit *kit, struct death when)
{
    pid_t child = fork();
    char why[512] = "";
    int status;

    if (child == 0) {
        death = when;
        sqlite3_auto_extension((void (*)(void))watch);
        _exit(open_once(kit->path, why, sizeof why) ? 2 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status))
        assert_int_equal(WEXITSTATUS(status), 0);
    return WIFEXITED(status);
}

static void start_again(struct kit *kit)
{
    static const char *const files[] = {"",    "-wal",  "-shm",          ".key", ".key.checkpoint",
                                        ".v4", ".v4-2", ".v4.incomplete"};

    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        kit_remove(kit, files[i]);
    assert_int_equal(kit_sql(kit, "PRAGMA journal_mode = WAL"), SQLITE_OK);
    assert_int_equal(kit_sql(kit, books_v4), SQLITE_OK);
    assert_int_equal(kit_sql(kit, sample), SQLITE_OK);
}

static void assert_upgraded_later(struct kit *kit, const char *before, int64_t from)
{
    MEM_FREE_LATER char *left = before ? ask_text(kit->path, figures) : NULL;
    int64_t version = kit_ask(kit, "PRAGMA user_version");
    char why[512] = "";

    assert_true(version == from || version == SQL_VERSION);
    if (before)
        assert_string_equal(left, before);
    if (open_once(kit->path, why, sizeof why))
        fail_msg("%s", why);
    assert_int_equal(kit_ask(kit, "PRAGMA user_version"), SQL_VERSION);
    assert_verified(kit->path);
    assert_false(is_there(kit, ".v4-2") ||
                 is_there(kit, ".v5-2")); /* the one that the dead has left will do */
}

static void a_death_leaves_the_old_books_or_the_new_ones(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *before = ask_text(kit->path, figures);
    bool survived = false;
    int deaths = 0;

    for (int n = 1; !survived; n += 3) {
        survived = lives(kit, (struct death){.changes = n});
        deaths += !survived;
        if (!survived)
            assert_upgraded_later(kit, before, 4);
        start_again(kit);
    }
    assert_true(deaths > 10);
    survived = false;
    for (int n = 1; !survived; n++) {
        survived = lives(kit, (struct death){.commits = n});
        if (!survived)
            assert_upgraded_later(kit, before, 4);
        start_again(kit);
    }
}

/* ---- books of version 5: the log goes on ---- */

static int setup_5(void **state)
{
    struct kit *kit;

    kit_setup(state);
    kit = *state;
    kit_first_day(kit);
    assert_int_equal(kit_sql(kit, books_to_v5), SQLITE_OK);
    return 0;
}

static void version_5_is_as_it_was(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *campaign =
        ask_text(kit->path, "SELECT sql FROM sqlite_schema WHERE name = 'campaign'");
    MEM_FREE_LATER char *orders =
        ask_text(kit->path, "SELECT sql FROM sqlite_schema WHERE name = 'campaign_unit'");

    assert_string_equal(campaign, books_v5_campaign);
    assert_string_equal(orders, books_v5_orders);
}

static void the_log_of_version_5_goes_on(void **state)
{
    struct kit *kit = *state;
    int64_t last = kit_ask(kit, "SELECT max(id) FROM journal");
    MEM_FREE_LATER char *before = ask_text(kit->path, figures_5);
    MEM_FREE_LATER char *after = NULL, *kept = NULL, *told = NULL;
    MEM_FREE_LATER char *copy = mem_printf("%s.v5", kit->path);
    char why[512] = "";

    if (open_once(kit->path, why, sizeof why))
        fail_msg("%s", why);
    after = ask_text(kit->path, figures_5);
    kept = ask_text(copy, figures_5);
    assert_string_equal(before, after);
    assert_string_equal(before, kept);
    told = ask_text(kit->path, "SELECT group_concat(to_state || detail, ' ') FROM (SELECT to_state,"
                               " detail FROM journal WHERE to_state IN (19, 22) AND delivery = 0"
                               " ORDER BY id)");
    assert_string_equal(told, "22{\"version\":6} 19{\"from\":5,\"to\":6}");
    assert_true(kit_ask(kit, "SELECT min(id) FROM journal WHERE to_state = 22 AND delivery = 0") >
                last);
    assert_books_agree(kit);
    assert_verified(kit->path);
    /* And everything that is new can be written. */
    assert_int_equal(kit_open(kit), 0);
    kit_steer(kit);
    kit_close(kit);
    assert_verified(kit->path);
}

static void a_death_leaves_version_5_or_this_one(void **state)
{
    static const char *const copies[] = {".v5", ".v5-2", ".v5.incomplete"};
    struct kit *kit = *state;
    MEM_FREE_LATER char *before = ask_text(kit->path, figures_5);
    bool survived = false;
    int deaths = 0;

    for (int n = 1; !survived; n++) {
        MEM_FREE_LATER char *left = NULL;

        survived = lives(kit, (struct death){.changes = n});
        deaths += !survived;
        if (!survived) {
            left = ask_text(kit->path, figures_5);
            assert_string_equal(left, before);
            assert_upgraded_later(kit, NULL, 5);
        }
        assert_int_equal(kit_sql(kit, books_to_v5), SQLITE_OK);
        for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
            kit_remove(kit, copies[i]);
    }
    assert_true(deaths > 3);
}

/* ---- what can't be upgraded ---- */

static void damaged_and_foreign_versions_are_refused(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    char why[512] = "";

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), -ENOTSUP);
    assert_non_null(strstr(why, "lawcast upgrade"));
    assert_int_equal(kit_sql(kit, "PRAGMA user_version = 3; UPDATE meta SET version = 3"),
                     SQLITE_OK);
    assert_int_equal(open_once(kit->path, why, sizeof why), -ENOTSUP);
    assert_non_null(strstr(why, "test version"));
    assert_int_equal(kit_sql(kit, "PRAGMA user_version = 7; UPDATE meta SET version = 7"),
                     SQLITE_OK);
    assert_int_equal(open_once(kit->path, why, sizeof why), -ENOTSUP);
    assert_non_null(strstr(why, "newer"));
    assert_int_equal(kit_sql(kit, "PRAGMA user_version = 4"), SQLITE_OK);
    assert_int_equal(open_once(kit->path, why, sizeof why), -EUCLEAN);
}

static const char journal_gap[] =
    "DROP TRIGGER journal_holds; DELETE FROM journal WHERE id = 9;"
    "CREATE TRIGGER journal_holds BEFORE DELETE ON journal BEGIN SELECT 1; END";

static void a_gap_in_the_journal_is_told_and_nothing_changes(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *after = NULL;
    MEM_FREE_LATER char *before = NULL;
    char why[512] = "";

    assert_int_equal(kit_sql(kit, journal_gap), SQLITE_OK);
    before = ask_text(kit->path, figures);
    assert_int_equal(open_once(kit->path, why, sizeof why), -EUCLEAN);
    assert_non_null(strstr(why, "line 9 "));
    after = ask_text(kit->path, figures);
    assert_string_equal(before, after);
    assert_int_equal(kit_ask(kit, "PRAGMA user_version"), 4);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM sqlite_schema WHERE name GLOB '*_4'"), 0);
}

/* A service starts again and again, and its disk must not be full of copies then. */
static void a_step_that_fails_leaves_no_copy(void **state)
{
    struct kit *kit = *state;
    char why[512] = "";

    assert_int_equal(kit_sql(kit, journal_gap), SQLITE_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_once(kit->path, why, sizeof why), -EUCLEAN);
        assert_false(is_there(kit, ".v4") || is_there(kit, ".v4-2"));
        assert_false(is_there(kit, ".v4.incomplete"));
    }
}

static void a_bad_key_is_told_first(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);
    MEM_FREE_LATER char *folder = mem_printf("%s.v4.incomplete", kit->path);
    struct sign_key *key = sign_key_make("lawcast-test");
    char why[512] = "";

    assert_int_equal(sign_key_save(key, path), 0);
    sign_key_free(key);
    assert_int_equal(chmod(path, 0440), 0);
    assert_int_equal(mkdir(folder, 0700), 0); /* no copy can be begun */
    assert_int_equal(open_once(kit->path, why, sizeof why), -EKEYREJECTED);
    assert_non_null(strstr(why, "chmod 400"));
    assert_int_equal(chmod(path, 0400), 0);
    assert_true(open_once(kit->path, why, sizeof why) < 0);
    assert_non_null(strstr(why, "the copy"));
    assert_int_equal(rmdir(folder), 0);
}

/* In a page that the step itself never reads: the last number of a row of an index. */
static void a_damaged_page_is_found_in_the_copy(void **state)
{
    struct kit *kit = *state;
    off_t page = (off_t)kit_ask(kit, "SELECT rootpage FROM sqlite_schema"
                                     " WHERE name = 'delivery_unknown'");
    int fd = open(kit->path, O_RDWR);
    char why[512] = "", last;

    assert_true(fd >= 0 && page > 1);
    assert_int_equal(pread(fd, &last, 1, page * 4096 - 1), 1);
    last ^= 1;
    assert_int_equal(pwrite(fd, &last, 1, page * 4096 - 1), 1);
    close(fd);
    assert_int_equal(open_once(kit->path, why, sizeof why), -EUCLEAN);
    assert_non_null(strstr(why, "read again, isn't sound"));
    assert_false(is_there(kit, ".v4") || is_there(kit, ".v4.incomplete"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_there_is_there_and_is_signed, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_are_those_of_new_books, setup, teardown),
        cmocka_unit_test_setup_teardown(a_death_leaves_the_old_books_or_the_new_ones, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(version_5_is_as_it_was, setup_5, teardown),
        cmocka_unit_test_setup_teardown(the_log_of_version_5_goes_on, setup_5, teardown),
        cmocka_unit_test_setup_teardown(a_death_leaves_version_5_or_this_one, setup_5, teardown),
        cmocka_unit_test_setup_teardown(damaged_and_foreign_versions_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_gap_in_the_journal_is_told_and_nothing_changes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_copy_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_step_that_fails_leaves_no_copy, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bad_key_is_told_first, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_page_is_found_in_the_copy, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
