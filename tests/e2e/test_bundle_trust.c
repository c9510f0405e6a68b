/* test_bundle_trust: whose signatures a bundle has, in whose days it counts, and what is missing in
 * it: both verifiers say the same.
 * Runs: any. */
#include "tests/e2e/bundle_kit.h"

#include "gateway/base/json.h"
#include "gateway/base/note.h"
#include "gateway/ledger/store_keys.h"

/* Both, with the key unless NULL. */
static void judge(const char *folder, const struct sign_public *key,
                  struct bundle_verdict verdicts[static 2])
{
    BUFFER_FREE_LATER struct buffer words = BUFFER_NULL;
    char text[SIGN_TEXT_MOST];

    if (key) {
        sign_public_text(key, text);
        buffer_printf(&words, "--key '%s' ", text);
    }
    buffer_add_text(&words, folder);
    bundle_judge_c(folder, &(struct verify_options){.keys = key, .n_keys = key != NULL},
                   &verdicts[0]);
    bundle_judge_python(buffer_text(&words), 1, &verdicts[1]);
}

static void assert_both(const char *folder, const struct sign_public *key, bool whole,
                        const char *python)
{
    struct bundle_verdict verdicts[2];

    judge(folder, key, verdicts);
    for (int i = 0; i < 2; i++)
        if (verdicts[i].whole != whole)
            fail_msg("%s: %s", i ? "python" : "C", verdicts[i].said);
    if (!strstr(verdicts[1].said, python))
        fail_msg("python doesn't say \"%s\": %s", python, verdicts[1].said);
}

static void read_key(const struct kit *kit, struct sign_public *out)
{
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);
    struct sign_key *key;

    assert_int_equal(sign_key_load(path, &key), 0);
    sign_key_public(key, SIGN_LOG, out);
    sign_key_free(key);
}

static void take_over(const struct kit *kit, const struct sign_public *before)
{
    MEM_FREE_LATER char *path = mem_printf("%s.key", kit->path);
    MEM_FREE_LATER char *lost = store_lost_key_path(kit->path);
    struct sign_key *key = sign_key_make(before->name);
    char text[SIGN_TEXT_MOST];
    FILE *file = fopen(lost, "we");

    assert_non_null(file);
    sign_public_text(before, text);
    fputs(text, file);
    fclose(file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(sign_key_save(key, path), 0);
    sign_key_free(key);
}

static void a_lost_key_is_told_and_not_believed(void **state)
{
    struct kit *kit = *state;
    struct sign_public before, after;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    kit_close(kit);
    read_key(kit, &before);
    take_over(kit, &before);
    assert_int_equal(kit_open(kit), 0);
    bundle_refusals(kit);
    kit_close(kit);
    read_key(kit, &after);
    folder = bundle_make(kit, "bundle", &result);
    assert_both(folder, NULL, true, "keys that were lost: 1");
    assert_both(folder, &after, true, "keys that were lost: 1");
    assert_both(folder, &before, false, "was lost");
    bundle_run("rm -r %s", folder);
}

/* Days are those of the log, whatever stands beside it. */
static void another_zone_is_found(void **state)
{
    struct kit *kit = *state;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    bundle_run("sed -i 's/\"timezone\": \"[^\"]*\"/\"timezone\": \"UTC0\"/' %s/bundle.json",
               folder);
    bundle_reseal(folder);
    assert_both(folder, NULL, false, "another time zone");
    bundle_run("rm -r %s", folder);
}

/* ---- other offices ---- */

static void cosign(const char *folder, const struct sign_key *key, bool forged)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL, note = BUFFER_NULL;
    struct jv *list, *out = jv_array();

    bundle_load(folder, "checkpoints.json", &text);
    list = jv_parse(text.data, text.length, NULL);
    for (size_t i = 0; i < jv_size(list); i++) {
        buffer_clear(&note);
        buffer_add_text(&note, jv_text(jv_element(list, i)));
        if (i + 1 == jv_size(list) && forged)
            note.data[note.length - 8] ^= 1;
        else if (i + 1 == jv_size(list))
            assert_int_equal(note_cosign(&note, key, 1793406600), 0);
        jv_push(out, jv_string(buffer_text(&note)));
    }
    buffer_clear(&text);
    jv_write(out, true, &text);
    bundle_store(folder, "checkpoints.json", &text);
    bundle_reseal(folder);
    jv_free(out);
    jv_free(list);
}

static void lines_of_other_offices_are_checked_or_counted(void **state)
{
    struct kit *kit = *state;
    struct sign_key *key = sign_key_make("court.example");
    struct sign_public witness;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    kit_close(kit);
    sign_key_public(key, SIGN_WITNESS, &witness);
    folder = bundle_make(kit, "bundle", &result);
    assert_both(folder, &witness, false, "has signed nothing here");
    cosign(folder, key, false);
    assert_both(folder, NULL, true, "not checked: 1");
    assert_both(folder, &witness, true, "the key is");
    cosign(folder, key, true);
    assert_both(folder, &witness, false, "the signature is wrong");
    sign_key_free(key);
    bundle_run("rm -r %s", folder);
}

/* ---- files ---- */

static void a_missing_file_is_named(void **state)
{
    static const char *const files[] = {"checkpoints.json", "texts.json", "keys.txt", "tiles.txt"};
    struct kit *kit = *state;
    struct bundle_result result;
    MEM_FREE_LATER char *folder = NULL;

    bundle_history(kit, 6);
    kit_close(kit);
    folder = bundle_make(kit, "bundle", &result);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct bundle *bundle;
        char why[512] = "";

        bundle_run("mv %s/%s %s.away", folder, files[i], folder);
        assert_both(folder, NULL, false, files[i]);
        assert_int_equal(bundle_open(&bundle, folder, why, sizeof why), 0);
        assert_int_equal(bundle_check(bundle, why, sizeof why), 1);
        if (!strstr(why, files[i]))
            fail_msg("%s isn't named: %s", files[i], why);
        bundle_close(bundle);
        bundle_run("mv %s.away %s/%s", folder, folder, files[i]);
    }
    assert_both(folder, NULL, true, "");
    bundle_run("rm -r %s", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lost_key_is_told_and_not_believed, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(another_zone_is_found, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(lines_of_other_offices_are_checked_or_counted, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(a_missing_file_is_named, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
