/* test_verify_edits: edits of sealed books that change no hash, no reference and no figure, and
 * keys that are claimed instead of used: each is found all the same. Runs: any. */
#include "tests/unit/verify_kit.h"

#include <errno.h>

#include "gateway/base/buffer.h"
#include "gateway/base/note.h"
#include "gateway/ledger/leaves.h"
#include "gateway/ledger/store_keys.h"

static size_t findings_of(const struct kit *kit, const struct verify_options *options,
                          enum finding_kind *first)
{
    struct verify_result result;
    size_t n;

    verify_at(kit->path, options, &result);
    n = result.findings.n;
    *first = n ? result.findings.items[0].kind : FINDING_KINDS;
    verify_release(&result);
    return n;
}

static void assert_found(const struct kit *kit, const char *sql, enum finding_kind kind)
{
    enum finding_kind first;

    if (!findings_of(kit, &(struct verify_options){0}, &first))
        fail_msg("not found: %s", sql);
    if (first != kind)
        fail_msg("found as %s: %s", finding_name(first), sql);
}

static void put_back(const struct kit *kit, const struct buffer *books)
{
    FILE *file;

    kit_remove(kit, "-wal");
    kit_remove(kit, "-shm");
    file = fopen(kit->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(books->data, 1, books->length, file), books->length);
    assert_int_equal(fclose(file), 0);
}

#define LAST_CHECKPOINT " WHERE size = (SELECT max(size) FROM checkpoint)"
#define ONE_CLAIM                                                                                  \
    " WHERE id = (SELECT max(id) FROM journal WHERE from_state = 1 AND detail IS NULL)"

static void quiet_edits_are_found(void **state)
{
    static const struct {
        const char *edit;
        enum finding_kind kind;
    } edits[] = {
        {"UPDATE journal SET detail = detail || char(0) || 'x' WHERE id = 3", FINDING_ALTERED},
        {"UPDATE journal SET detail = '' || char(9)" ONE_CLAIM, FINDING_ALTERED},
        {"UPDATE journal SET detail = ''" ONE_CLAIM, FINDING_ALTERED},
        {"UPDATE journal SET detail = '-'" ONE_CLAIM, FINDING_ALTERED},
        {"UPDATE journal SET detail = replace(detail, ' ', char(9)) WHERE detail LIKE '% %'",
         FINDING_ALTERED},
        {"UPDATE journal SET detail = replace(detail, ' ', char(127)) WHERE detail LIKE '% %'",
         FINDING_ALTERED},
        {"UPDATE optout_event SET note = note || char(0) || ' x' WHERE id = 1", FINDING_TABLE},
        {"UPDATE unit SET name = name || char(0) WHERE id = 1", FINDING_TABLE},
        {"UPDATE checkpoint SET note = note || char(0) || 'x'" LAST_CHECKPOINT, FINDING_TABLE},
        {"UPDATE checkpoint SET at_ms = at_ms - 86400000" LAST_CHECKPOINT, FINDING_CHECKPOINT},
        {"UPDATE delivery SET attempts = attempts + 1 WHERE id ="
         " (SELECT min(id) FROM delivery WHERE state = 8)",
         FINDING_TABLE},
        {"UPDATE delivery SET not_before_ms = 5 WHERE id ="
         " (SELECT min(id) FROM delivery WHERE state = 5)",
         FINDING_SEAL},
        {"UPDATE delivery SET doubted = 2 WHERE state = 8 AND doubted = 1", FINDING_SEAL},
        {"UPDATE delivery SET pool = pool + 1 WHERE state = 5", FINDING_SEAL},
        {"UPDATE steer SET verb = 'resume' WHERE id = 1", FINDING_TABLE},
        {"UPDATE steer SET by = 'user wu' WHERE id = 1", FINDING_TABLE},
        {"UPDATE steer SET value = 0 WHERE id = 1", FINDING_TABLE},
        {"UPDATE steer SET value = NULL WHERE id = 2", FINDING_TABLE},
        {"UPDATE steer SET at_ms = at_ms - 60000 WHERE id = 2", FINDING_TABLE},
        {"DELETE FROM steer WHERE id = (SELECT max(id) FROM steer)", FINDING_TABLE},
        {"DELETE FROM steer WHERE id = 1", FINDING_TABLE},
        {"INSERT INTO steer SELECT 5, at_ms, scope, verb, campaign, name, value, by FROM steer"
         " WHERE id = 4",
         FINDING_TABLE},
        {"UPDATE approval SET approver = '王芳'", FINDING_TABLE},
        {"UPDATE approval SET content = replace(content, 'a', 'b')", FINDING_TABLE},
        {"UPDATE approval SET note = note || 'x'", FINDING_TABLE},
        {"DELETE FROM approval", FINDING_TABLE},
        {"INSERT INTO approval SELECT 2, at_ms, campaign, 'cc', prepared, approver, note"
         " FROM approval",
         FINDING_TABLE},
        {"UPDATE campaign SET counts = 0 WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign SET leftover = 2 WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign SET leftover = 2 WHERE id = 2", FINDING_TABLE},
        {"UPDATE campaign SET edited_ms = 0 WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign SET planned = 0 WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign SET windows = '[[0,1]]' WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign SET source = 'source' WHERE id = 1", FINDING_TABLE},
        {"UPDATE campaign_unit SET quota = 1000 WHERE campaign = 1 AND quota = 1100",
         FINDING_TABLE},
        {"UPDATE campaign_unit SET parent = 0 WHERE campaign = 1 AND parent = 1", FINDING_TABLE},
        {"UPDATE campaign_unit SET parent = 2 WHERE campaign = 1 AND unit = 1", FINDING_TABLE},
        {"UPDATE campaign_unit SET parent = 1 WHERE campaign = 2 AND unit = 2", FINDING_TABLE},
        {"CREATE TABLE notes(x INTEGER)", FINDING_TABLE},
        {"CREATE INDEX fast ON journal(delivery)", FINDING_TABLE},
        {"CREATE VIEW look AS SELECT 1", FINDING_TABLE},
    };
    BUFFER_FREE_LATER struct buffer books = BUFFER_NULL;
    struct kit *kit = *state;

    kit_first_day(kit);
    kit_second_day(kit);
    assert_int_equal(buffer_read_file(&books, kit->path, 64 << 20), 0);
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        kit_bend(kit, edits[i].edit);
        assert_found(kit, edits[i].edit, edits[i].kind);
        put_back(kit, &books);
    }
}

static void triggers_are_looked_at(void **state)
{
    static const char swallow[] = "CREATE TRIGGER optout_swallows BEFORE INSERT ON optout"
                                  " BEGIN SELECT RAISE(IGNORE); END";
    struct kit *kit = *state;

    kit_first_day(kit);
    assert_int_equal(kit_sql(kit, swallow), SQLITE_OK);
    assert_found(kit, swallow, FINDING_TABLE);
    assert_true(kit_open(kit) < 0);
    if (!strstr(kit->why, "optout_swallows"))
        fail_msg("%s", kit->why);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER optout_swallows; DROP TRIGGER journal_keeps"),
                     SQLITE_OK);
    assert_found(kit, "DROP TRIGGER journal_keeps", FINDING_TABLE);
}

/* So long that nobody could read it again: nothing of it is written. */
static void a_record_that_is_too_long_is_refused(void **state)
{
    struct leaves leaves = {.line = BUFFER_NULL};
    MEM_FREE_LATER char *text = mem_printf("\"%*s\"", RECORD_MOST, "x");
    const struct record record = {
        .kind = RECORD_FACT, .at_ms = 1, .fact = {.fact = FACT_CAMPAIGN, .text = text}};

    (void)state;
    assert_int_equal(leaves_append(&leaves, NULL, &record), -EMSGSIZE);
    assert_int_equal(leaves.now.tree.size, 0);
    leaves_free(&leaves);
}

/* What JSON allows and a record doesn't stays as it was said. */
static void odd_characters_are_whole(void **state)
{
    struct ledger_op attach = {.kind = LEDGER_ATTACH,
                               .attach = {.campaign = "2026-law-day",
                                          .unit = "city",
                                          .activity = true,
                                          .held = "2026-12-04",
                                          .place = "a\x7f"
                                                   "b\x7f",
                                          .content = "one\ttwo\nthree",
                                          .participants = 1}};
    struct kit *kit = *state;
    enum finding_kind first;

    kit_enter_sms(kit);
    assert_int_equal(kit_do(kit, &attach), LEDGER_OK);
    kit_close(kit);
    assert_int_equal(findings_of(kit, &(struct verify_options){0}, &first), 0);
}

/* ---- keys ---- */

static void read_key(const struct kit *kit, struct sign_public *out)
{
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);
    struct sign_key *key;

    assert_int_equal(sign_key_load(path, &key), 0);
    sign_key_public(key, SIGN_LOG, out);
    sign_key_free(key);
}

/* As audit key --lost does it, but nothing was lost: somebody else's key takes over. */
static void take_over(const struct kit *kit, const struct sign_public *before,
                      struct sign_public *after)
{
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);
    MEM_FREE_LATER char *lost = store_lost_key_path(kit->path);
    struct sign_key *key = sign_key_make(before->name);
    char text[SIGN_TEXT_MOST];
    FILE *file = fopen(lost, "w");

    assert_non_null(file);
    sign_public_text(before, text);
    fputs(text, file);
    fclose(file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sign_key_save(key, path), 0);
    sign_key_public(key, SIGN_LOG, after);
    sign_key_free(key);
}

static void a_key_that_only_stands_there_has_signed_nothing(void **state)
{
    struct kit *kit = *state;
    struct sign_public keys[2];
    const struct verify_options before = {.keys = &keys[0], .n_keys = 1},
                                both = {.keys = keys, .n_keys = 2};
    enum finding_kind first;

    kit_first_day(kit);
    read_key(kit, &keys[0]);
    assert_int_equal(findings_of(kit, &before, &first), 0);
    take_over(kit, &keys[0], &keys[1]);
    assert_int_equal(kit_open(kit), 0);
    kit_refuse(kit);
    kit_close(kit);
    /* The office has said so, or it hasn't. */
    assert_int_equal(findings_of(kit, &both, &first), 0);
    assert_int_equal(findings_of(kit, &before, &first), 1);
    assert_int_equal(first, FINDING_KEY);
    kit_bend(kit, "DELETE FROM checkpoint WHERE size <"
                  " (SELECT max(line) FROM public_key)");
    assert_true(findings_of(kit, &before, &first) > 0);
    assert_int_equal(first, FINDING_KEY);
}

/* Nothing but the signature of the taker is left, and a seal over that. */
static void a_log_without_the_keys_signature_is_none_of_its(void **state)
{
    struct kit *kit = *state;
    struct sign_public keys[2];
    struct verify_result result;

    kit_first_day(kit);
    read_key(kit, &keys[0]);
    kit_bend(kit, "DELETE FROM checkpoint");
    kit_remove(kit, ".key.checkpoint");
    take_over(kit, &keys[0], &keys[1]);
    assert_int_equal(kit_open(kit), 0);
    kit_refuse(kit);
    kit_close(kit);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.lost_keys, 1);
    verify_release(&result);
    verify_at(kit->path, &(struct verify_options){.keys = keys, .n_keys = 1}, &result);
    assert_int_equal(result.findings.n, 1);
    assert_int_equal(result.findings.items[0].kind, FINDING_KEY);
    assert_non_null(strstr(result.findings.items[0].text, "No checkpoint"));
    verify_release(&result);
}

/* ---- other offices ---- */

static void cosign(const struct kit *kit, const struct sign_key *key, bool forged)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    MEM_FREE_LATER char *path = mem_printf("%s.key.checkpoint", kit->path);
    MEM_FREE_LATER char *sql = NULL;
    char *last;

    assert_int_equal(buffer_read_file(&note, path, NOTE_MOST), 0);
    assert_int_equal(note_cosign(&note, key, 1793406600), 0);
    last = note.data + note.length - 8;
    if (forged)
        *last = *last == 'A' ? 'B' : 'A';
    sql = mem_printf("UPDATE checkpoint SET note = '%s' WHERE size ="
                     " (SELECT max(size) FROM checkpoint)",
                     buffer_text(&note));
    kit_bend(kit, sql);
}

static void lines_of_other_offices_are_checked_or_counted(void **state)
{
    struct kit *kit = *state;
    struct sign_key *key = sign_key_make("court.example");
    struct sign_public witness;
    const struct verify_options known = {.keys = &witness, .n_keys = 1};
    struct verify_result result;
    enum finding_kind first;

    kit_first_day(kit);
    sign_key_public(key, SIGN_WITNESS, &witness);
    assert_int_equal(findings_of(kit, &known, &first), 1);
    assert_int_equal(first, FINDING_KEY);
    cosign(kit, key, false);
    verify_at(kit->path, &(struct verify_options){0}, &result);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.unchecked_lines, 1);
    verify_release(&result);
    verify_at(kit->path, &known, &result);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.unchecked_lines, 0);
    verify_release(&result);
    cosign(kit, key, true);
    assert_int_equal(findings_of(kit, &known, &first), 1);
    assert_int_equal(first, FINDING_CHECKPOINT);
    sign_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quiet_edits_are_found, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(triggers_are_looked_at, kit_setup, kit_teardown),
        cmocka_unit_test(a_record_that_is_too_long_is_refused),
        cmocka_unit_test_setup_teardown(odd_characters_are_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_key_that_only_stands_there_has_signed_nothing, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(a_log_without_the_keys_signature_is_none_of_its, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(lines_of_other_offices_are_checked_or_counted, kit_setup,
                                        kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
