/* test_bundle: what `lawcast audit export` writes is whole for both verifiers, and nothing that is
 * edited in it is.
 * Runs: any. */
#include "tests/e2e/bundle_edits.h"

#include <time.h>

static void judge_both(const char *folder, struct bundle_verdict verdicts[static 2])
{
    bundle_judge_c(folder, &(struct verify_options){0}, &verdicts[0]);
    bundle_judge_python(folder, 1, &verdicts[1]);
}

static void assert_whole(const char *folder)
{
    struct bundle_verdict verdicts[2];

    judge_both(folder, verdicts);
    for (int i = 0; i < 2; i++)
        if (!verdicts[i].whole)
            fail_msg("%s: %s", i ? "python" : "C", verdicts[i].said);
}

static void a_bundle_is_whole(void **state)
{
    struct kit *kit = *state;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;
    struct stat there;

    bundle_history(kit, 60);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    assert_true(result.records > 2 * MERKLE_TILE);
    assert_true(result.checkpoints >= 3);
    assert_int_equal(result.unsigned_records, 0);
    assert_int_equal(result.reports, 1);
    assert_int_equal(result.pictures, 1);
    assert_int_equal(result.pictures_missing, 0);
    assert_int_equal(stat(folder, &there), 0);
    assert_int_equal(there.st_mode & 0777, 0700);
    bundle_run("test -z \"$(find %s -type f ! -perm 600)\"", folder);
    bundle_run("cd %s && sha256sum --quiet -c SHA256SUMS", folder);
    assert_whole(folder);
    bundle_run("rm -r %s", folder);
}

/* ---- edits ---- */

static void (*const record_edits[])(struct edit_lines *, struct edit *) = {
    edit_flip, edit_delete, edit_insert, edit_swap, edit_cut, edit_forge, edit_forge_more};

static void edit_records(struct edit *edit, size_t kind)
{
    struct edit_lines *lines = mem_new(struct edit_lines);

    edit_read(edit->folder, "records.txt", lines);
    record_edits[kind](lines, edit);
    bundle_store(edit->folder, "records.txt", &lines->text);
    buffer_free(&lines->text);
    free(lines);
}

/* Whoever may write a file may write its sum, too; but for some files nothing else proves. */
static void edit_others(struct edit *edit, size_t kind)
{
    static const struct {
        const char *name;
        bool digits, resealed;
    } files[] = {{"tiles.txt", false, true},
                 {"checkpoints.json", false, true},
                 {"keys.txt", false, true},
                 {"reports/2026-law-day.json", true, true},
                 {"reports/2026-law-day.json", false, false},
                 {"texts.json", false, false},
                 {"bundle.json", false, false},
                 {"README.txt", false, false},
                 {"SHA256SUMS", false, false}};

    if (kind == sizeof files / sizeof *files) {
        edit->what = "the last checkpoint is gone";
        edit_drop_checkpoint(edit->folder);
        bundle_reseal(edit->folder);
        return;
    }
    edit->what = files[kind].name;
    edit_letter(edit->folder, files[kind].name, files[kind].digits);
    if (files[kind].resealed)
        bundle_reseal(edit->folder);
}

static void edit_somehow(struct edit *edit)
{
    size_t kind = edit_random(2 * 7 + 10);

    edit->record = 0;
    if (kind >= 14) {
        edit_others(edit, kind - 14);
        return;
    }
    edit_records(edit, kind % 7);
    if (kind % 7 >= 5 || edit_random(2))
        bundle_reseal(edit->folder);
}

static void assert_found(const struct edit *edit, const struct bundle_verdict *verdict,
                         const char *who)
{
    if (verdict->whole)
        fail_msg("%s calls %s whole (%s)", who, edit->folder, edit->what);
    if (edit->record && verdict->record != edit->record)
        fail_msg("%s: %s: record %lld is named instead of %lld: %s", who, edit->what,
                 (long long)verdict->record, (long long)edit->record, verdict->said);
}

#define EDITS 500
#define BATCH 50

static void judge_batch(const struct edit *edits)
{
    BUFFER_FREE_LATER struct buffer words = BUFFER_NULL;
    struct bundle_verdict verdicts[BATCH];

    for (size_t i = 0; i < BATCH; i++) {
        bundle_judge_c(edits[i].folder, &(struct verify_options){0}, &verdicts[i]);
        assert_found(&edits[i], &verdicts[i], "C");
        buffer_printf(&words, " %s", edits[i].folder);
    }
    bundle_judge_python(buffer_text(&words), BATCH, verdicts);
    for (size_t i = 0; i < BATCH; i++)
        assert_found(&edits[i], &verdicts[i], "Python");
    bundle_run("rm -r %s", buffer_text(&words));
}

static void no_edited_bundle_is_whole(void **state)
{
    struct kit *kit = *state;
    struct edit edits[BATCH];
    char names[BATCH][192];
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 60);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    for (size_t done = 0; done < EDITS; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            snprintf(names[i], sizeof names[i], "%s/%zu", kit->directory, i);
            bundle_run("cp -r %s %s", folder, names[i]);
            edits[i].folder = names[i];
            edit_somehow(&edits[i]);
        }
        judge_batch(edits);
    }
    bundle_run("rm -r %s", folder);
}

/* Pictures are what the records name, whoever seals them again. */
static void an_edited_picture_is_found(void **state)
{
    struct kit *kit = *state;
    struct bundle_verdict verdicts[2];
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    bundle_run("chmod 600 %s/evidence/*.png && echo x >> %s/evidence/*.png", folder, folder);
    bundle_reseal(folder);
    judge_both(folder, verdicts);
    for (int i = 0; i < 2; i++)
        if (verdicts[i].whole || !strstr(verdicts[i].said, "evidence/"))
            fail_msg("%d: %s", i, verdicts[i].said);
    bundle_run("rm -r %s", folder);
}

/* ---- while a gateway works ---- */

static void a_gateway_at_work_leaves_reports_out(void **state)
{
    struct kit *kit = *state;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    folder = bundle_make(kit, "bundle", &result);
    assert_true(result.unsigned_records > 0);
    assert_int_equal(result.reports, 0);
    assert_whole(folder);
    bundle_run("rm -r %s", folder);
}

/* An older copy is whole by itself; who knows a later checkpoint isn't deceived. */
static void an_older_copy_is_found(void **state)
{
    struct kit *kit = *state;
    BUFFER_FREE_LATER struct buffer notes = BUFFER_NULL, words = BUFFER_NULL;
    MEM_FREE_LATER char *older = NULL, *newer = NULL, *known = NULL;
    struct bundle_verdict verdicts[2];
    struct bundle_result result;
    struct jv *list;
    const char *files[1];

    bundle_history(kit, 6);
    older = bundle_make(kit, "older", &result);
    assert_whole(older);
    kit_close(kit);
    newer = bundle_make(kit, "newer", &result);
    bundle_load(newer, "checkpoints.json", &notes);
    list = jv_parse(notes.data, notes.length, NULL);
    buffer_clear(&notes);
    buffer_add_text(&notes, jv_text(jv_element(list, jv_size(list) - 1)));
    bundle_store(kit->directory, "known", &notes);
    files[0] = known = mem_printf("%s/known", kit->directory);
    bundle_judge_c(older, &(struct verify_options){.known = files, .n_known = 1}, &verdicts[0]);
    buffer_printf(&words, "--known %s %s", known, older);
    bundle_judge_python(buffer_text(&words), 1, &verdicts[1]);
    assert_false(verdicts[0].whole);
    assert_false(verdicts[1].whole);
    bundle_judge_c(newer, &(struct verify_options){.known = files, .n_known = 1}, &verdicts[0]);
    assert_true(verdicts[0].whole);
    jv_free(list);
    bundle_run("rm -r %s %s %s", older, newer, known);
}

/* Numbers and keys are gone, and every figure is still provable. */
static void an_erased_campaign_stays_whole(void **state)
{
    struct kit *kit = *state;
    struct ledger_op expire = {.kind = LEDGER_EXPIRE, .expire = {.max = 1000}};
    struct ledger_op erase = {
        .kind = LEDGER_ERASE,
        .erase = {.campaign = "2026-law-day", .reason = "保留期满", .by = "o"}};
    struct bundle_verdict verdicts[2];
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    expire.campaign = kit->campaign;
    assert_int_equal(kit_do(kit, &expire), LEDGER_OK);
    kit_fetch(kit, CHANNEL_DISPLAY, 2, true);
    kit_withdraw(kit, kit_ask(kit, "SELECT max(id) FROM delivery WHERE channel = 2"));
    assert_int_equal(kit_do(kit, &erase), LEDGER_OK);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    assert_whole(folder);
    bundle_run("sed -i 's/弘扬宪法精神/弘扬宪法/' %s/texts.json", folder);
    bundle_reseal(folder);
    judge_both(folder, verdicts);
    assert_false(verdicts[0].whole || verdicts[1].whole);
    bundle_run("rm -r %s", folder);
}

/* ---- the folder ---- */

static void a_folder_that_holds_something_is_refused(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *folder = mem_printf("%s/bundle", kit->directory);
    struct bundle_setup setup = {.ledger_path = kit->path, .folder = folder};
    struct bundle_result result;
    char why[512] = "";

    kit_close(kit);
    bundle_run("mkdir %s && touch %s/mine", folder, folder);
    assert_int_equal(books_open(&setup.books, kit->path, why, sizeof why), 0);
    assert_int_equal(bundle_export(&setup, &result, why, sizeof why), 1);
    assert_non_null(strstr(why, "holds something"));
    bundle_run("rm %s/mine", folder);
    assert_int_equal(bundle_export(&setup, &result, why, sizeof why), 0);
    books_close(setup.books);
    assert_whole(folder);
    bundle_run("rm -r %s", folder);
}

/* Books that were bent aren't handed out, and nothing stays behind. */
static void bent_books_are_refused(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *folder = mem_printf("%s/bundle", kit->directory);
    struct bundle_setup setup = {.ledger_path = kit->path, .folder = folder};
    struct bundle_result result;
    char why[512] = "";

    bundle_history(kit, 6);
    kit_close(kit);
    assert_int_equal(kit_sql(kit, "UPDATE delivery SET parts = 1 WHERE id = 3"), SQLITE_OK);
    assert_int_equal(books_open(&setup.books, kit->path, why, sizeof why), 0);
    assert_int_equal(bundle_export(&setup, &result, why, sizeof why), 1);
    books_close(setup.books);
    assert_non_null(strstr(why, "record 13 "));
    bundle_run("test -z \"$(ls -d %s* 2>/dev/null)\"", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_bundle_is_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(no_edited_bundle_is_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_edited_picture_is_found, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_gateway_at_work_leaves_reports_out, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(an_older_copy_is_found, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(an_erased_campaign_stays_whole, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_holds_something_is_refused, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(bent_books_are_refused, kit_setup, kit_teardown),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LANG", "C", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
