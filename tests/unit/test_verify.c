/* test_verify: books that the ledger made are whole, at work and closed; whoever alters them and
 * makes all hashes anew is still found, by the signatures.
 * Runs: any. */
#include "tests/unit/verify_kit.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "gateway/base/hex.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/leaves.h"

static void assert_whole(const struct kit *kit, bool sealed)
{
    struct verify_result result;

    verify_at(kit->path, &(struct verify_options){0}, &result);
    verify_print(&result);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.sealed, sealed);
    if (sealed)
        assert_int_equal(result.signed_size, result.records);
    verify_release(&result);
}

static void made_books_are_whole(void **state)
{
    struct kit *kit = *state;

    kit_first_day(kit);
    assert_whole(kit, true);
    kit_second_day(kit);
    assert_whole(kit, true);
}

static void books_at_work_are_whole(void **state)
{
    struct kit *kit = *state;

    kit_enter_sms(kit);
    assert_whole(kit, false);
    kit_enter_slogans(kit);
    assert_whole(kit, false);
}

/* The numbers are gone; what they were stands behind a veil. */
static void erased_books_are_whole(void **state)
{
    struct kit *kit = *state;
    struct ledger_op expire = {.kind = LEDGER_EXPIRE, .expire = {.max = 1000}};
    struct ledger_op planned = {.kind = LEDGER_PLANNED, .campaign = kit->campaign};
    struct ledger_op erase = {
        .kind = LEDGER_ERASE,
        .erase = {.campaign = "2026-law-day", .reason = "retention", .by = "test"}};

    kit_enter_sms(kit);
    expire.campaign = kit->campaign;
    assert_int_equal(kit_do(kit, &planned), LEDGER_OK);
    assert_int_equal(kit_do(kit, &expire), LEDGER_OK);
    assert_int_equal(kit_do(kit, &erase), LEDGER_OK);
    assert_true(erase.erase.deliveries > 0);
    kit_close(kit);
    assert_whole(kit, true);
}

static void a_new_key_is_followed(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;
    struct sign_public public;
    struct sign_key *key = sign_key_make("lawcast-next");
    struct ledger_op rotate = {.kind = LEDGER_ROTATE, .rotate = {.key = key}};
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);

    kit_enter_sms(kit);
    kit_again(kit);
    assert_int_equal(kit_do(kit, &rotate), LEDGER_OK);
    kit_close(kit);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sign_key_save(key, path), 0);
    assert_int_equal(kit_open(kit), 0);
    kit_refuse(kit);
    kit_close(kit);
    sign_key_public(key, SIGN_LOG, &public);
    verify_at(kit->path, &(struct verify_options){.keys = &public, .n_keys = 1}, &result);
    verify_print(&result);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.keys, 2);
    assert_int_equal(result.lost_keys, 0);
    verify_release(&result);
    sign_key_free(key);
}

static void another_key_is_missed(void **state)
{
    struct kit *kit = *state;
    struct sign_key *key = sign_key_make("somebody-else");
    struct verify_result result;
    struct sign_public public;

    kit_first_day(kit);
    sign_key_public(key, SIGN_LOG, &public);
    verify_at(kit->path, &(struct verify_options){.keys = &public, .n_keys = 1}, &result);
    assert_int_equal(result.findings.n, 1);
    assert_int_equal(result.findings.items[0].kind, FINDING_KEY);
    verify_release(&result);
    sign_key_free(key);
}

/* ---- somebody who knows how the books are made, but not the key ---- */

struct forger {
    struct kit *kit;
    struct merkle tree, tile;
    struct buffer sql;
};

static void put_hex(struct buffer *sql, const struct merkle_hash *hash, size_t n)
{
    hex_encode(sql, hash, n * sizeof *hash);
}

static int forge_line(void *ctx, const struct books_line *line)
{
    struct forger *forger = ctx;
    struct merkle_hash leaf, root;

    merkle_leaf(line->line, line->length, &leaf);
    buffer_printf(&forger->sql, "UPDATE journal SET mark = %lld WHERE id = %lld;",
                  (long long)leaves_mark(&leaf, line->id), (long long)line->id);
    merkle_append(&forger->tree, &leaf);
    merkle_append(&forger->tile, &leaf);
    if (forger->tile.size < MERKLE_TILE)
        return 0;
    merkle_root(&forger->tile, &root);
    forger->tile.size = 0;
    buffer_add_text(&forger->sql, "UPDATE tile SET hash = '");
    put_hex(&forger->sql, &root, 1);
    buffer_printf(&forger->sql, "' WHERE id = %lld;",
                  (long long)(forger->tree.size / MERKLE_TILE - 1));
    return 0;
}

/* Marks, runs and tree as if the journal had always been so. */
static void forge_hashes(struct kit *kit)
{
    struct forger forger = {.kit = kit};
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_lines(books, 1, INT64_MAX, forge_line, &forger), 0);
    books_close(books);
    buffer_add_text(&forger.sql, "UPDATE tree SET peaks = '");
    put_hex(&forger.sql, forger.tree.peaks, merkle_peaks(forger.tree.size));
    buffer_add_text(&forger.sql, "'");
    assert_int_equal(kit_sql(kit, buffer_text(&forger.sql)), SQLITE_OK);
    buffer_free(&forger.sql);
}

static int64_t first_delivered(const struct kit *kit)
{
    return kit_ask(kit, "SELECT min(id) FROM journal WHERE to_state = 5 AND delivery > 0");
}

static void forged_hashes_fail_the_signature(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;

    kit_enter_sms(kit);
    kit_again(kit);
    kit_refuse(kit);
    kit_close(kit);
    assert_whole(kit, true);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER journal_keeps; DROP TRIGGER tile_keeps;"
                                  "UPDATE journal SET cause = 1 WHERE id = 200"),
                     SQLITE_OK);
    forge_hashes(kit);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_true(result.findings.n > 0);
    assert_int_equal(result.findings.items[0].kind, FINDING_CHECKPOINT);
    assert_int_equal(
        result.findings.items[0].record,
        kit_ask(kit, "SELECT coalesce(max(size), 0) + 1 FROM checkpoint WHERE size < 200"));
    verify_release(&result);
}

/* The plain forgery names its record by itself. */
static void an_altered_record_is_named(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;
    MEM_FREE_LATER char *sql = NULL;
    int64_t record;

    kit_first_day(kit);
    record = first_delivered(kit);
    sql = mem_printf("DROP TRIGGER journal_keeps; UPDATE journal SET to_state = 6 WHERE id = %lld",
                     (long long)record);
    assert_int_equal(kit_sql(kit, sql), SQLITE_OK);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.items[0].kind, FINDING_ALTERED);
    assert_int_equal(result.findings.items[0].record, record);
    if (!strstr(result.findings.items[0].text, "delivery 1,"))
        fail_msg("%s", result.findings.items[0].text);
    verify_release(&result);
}

/* The words stand in no record, but their tag does. */
static void an_altered_note_is_named(void **state)
{
    static const char *const notes[] = {"by letter", ""};
    struct kit *kit = *state;

    kit_first_day(kit);
    kit_second_day(kit);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        MEM_FREE_LATER char *sql =
            mem_printf("UPDATE optout_event SET note = '%s' WHERE id = 2", notes[i]);
        struct verify_result result;

        kit_bend(kit, sql);
        verify_at(kit->path, &(struct verify_options){0}, &result);
        assert_int_equal(result.findings.n, 1);
        assert_int_equal(result.findings.items[0].kind, FINDING_TABLE);
        assert_int_equal(result.findings.items[0].record,
                         kit_ask(kit, "SELECT line FROM optout_event WHERE id = 2"));
        verify_release(&result);
    }
}

/* What no report and no record knows: the seal does. */
static void an_altered_limit_breaks_the_seal(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;

    kit_first_day(kit);
    assert_int_equal(kit_sql(kit, "UPDATE device SET trust = 3"), SQLITE_OK);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 1);
    assert_int_equal(result.findings.items[0].kind, FINDING_SEAL);
    verify_release(&result);
}

static void an_altered_picture_is_found(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;
    char name[512];
    int file;

    kit_first_day(kit);
    assert_true(kit_evidence(kit, name, sizeof name) > 0);
    assert_int_equal(chmod(name, 0600), 0);
    file = open(name, O_WRONLY | O_APPEND);
    assert_true(file >= 0);
    assert_int_equal(write(file, "x", 1), 1);
    close(file);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 1);
    assert_int_equal(result.findings.items[0].kind, FINDING_PICTURE);
    verify_release(&result);
}

static void a_file_that_is_no_checkpoint_is_told(void **state)
{
    struct kit *kit = *state;
    const char *const known[] = {"/dev/null"};
    struct verify_result result;

    kit_first_day(kit);
    verify_at(kit->path, &(struct verify_options){.known = known, .n_known = 1}, &result);
    assert_int_equal(result.findings.n, 1);
    assert_int_equal(result.findings.items[0].kind, FINDING_CHECKPOINT);
    verify_release(&result);
}

static void no_books_are_told(void **state)
{
    struct kit *kit = *state;
    struct verify_result result;
    char why[512] = "";

    assert_true(verify_books("/nowhere/books.db", &(struct verify_options){0}, &result, why,
                             sizeof why) < 0);
    assert_non_null(strstr(why, "/nowhere"));
    kit_close(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(made_books_are_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(books_at_work_are_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(erased_books_are_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_new_key_is_followed, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(another_key_is_missed, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(forged_hashes_fail_the_signature, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_altered_record_is_named, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_altered_note_is_named, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_altered_limit_breaks_the_seal, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_altered_picture_is_found, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_checkpoint_is_told, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(no_books_are_told, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
