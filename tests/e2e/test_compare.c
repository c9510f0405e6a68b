/* test_compare: last month's bundle, checkpoint and books against today's, as people call it; and a
 * citizen's receipt for the other verifier.
 * Runs: any. */
#include "tests/e2e/bundle_kit.h"

#include <time.h>

#include "gateway/base/note.h"
#include "gateway/command.h"
#include "tests/support/stage.h"

struct scene {
    struct kit *kit;
    struct stage stage;
    char before[192], after[192]; /* folders */
    char checkpoint[192];         /* of before */
};

/* lawcast audit WORDS...: its exit code, and text in what it says. */
#define assert_audit(scene, status, text, ...)                                                     \
    assert_audit_says((scene), (status), (text), (const char *const[]){"audit", __VA_ARGS__, NULL})

static void assert_audit_says(const struct scene *scene, int status, const char *text,
                              const char *const *words)
{
    MEM_FREE_LATER char *output = NULL;
    int got = stage_lawcast(&scene->stage, &output, words);

    if (got != status || !strstr(output, text))
        fail_msg("audit %s: %d instead of %d, or without \"%s\":\n%s", words[1], got, status, text,
                 output);
}

static void write_checkpoint(const struct scene *scene)
{
    BUFFER_FREE_LATER struct buffer notes = BUFFER_NULL, note = BUFFER_NULL;
    struct jv *list;

    bundle_load(scene->before, "checkpoints.json", &notes);
    list = jv_parse(notes.data, notes.length, NULL);
    assert_non_null(list);
    buffer_add_text(&note, jv_text(jv_element(list, jv_size(list) - 1)));
    bundle_store(scene->stage.dir, "checkpoint", &note);
    jv_free(list);
}

/* The books of November, exported, then those of December. */
static int scene_open(void **state)
{
    struct scene *scene = mem_new(struct scene);

    assert_int_equal(kit_setup((void **)&scene->kit), 0);
    stage_open(&scene->stage);
    snprintf(scene->before, sizeof scene->before, "%s/before", scene->stage.dir);
    snprintf(scene->after, sizeof scene->after, "%s/after", scene->stage.dir);
    snprintf(scene->checkpoint, sizeof scene->checkpoint, "%s/checkpoint", scene->stage.dir);
    bundle_history(scene->kit, 20);
    kit_close(scene->kit);
    assert_audit(scene, COMMAND_FINE, "reports: 1", "export", "--pictures", "--ledger",
                 scene->kit->path, scene->before);
    write_checkpoint(scene);
    assert_int_equal(kit_open(scene->kit), 0);
    bundle_messages(scene->kit, 3000, 40);
    kit_close(scene->kit);
    assert_audit(scene, COMMAND_FINE, "reports: 1", "export", "--ledger", scene->kit->path,
                 scene->after);
    *state = scene;
    return 0;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;

    stage_close(&scene->stage);
    assert_int_equal(kit_teardown((void **)&scene->kit), 0);
    free(scene);
    return 0;
}

static void the_bundles_are_whole(void **state)
{
    const struct scene *scene = *state;
    MEM_FREE_LATER char *words = mem_printf("%s %s", scene->before, scene->after);
    struct bundle_verdict verdicts[2];

    assert_audit(scene, COMMAND_FINE, "whole", "verify", scene->before);
    assert_audit(scene, COMMAND_FINE, "whole", "verify", "--known", scene->checkpoint,
                 scene->after);
    bundle_judge_python(words, 2, verdicts);
    for (int i = 0; i < 2; i++)
        if (!verdicts[i].whole)
            fail_msg("%s", verdicts[i].said);
}

/* What was printed or written down of a checkpoint, a year later; and what is none, which says
 * nothing about the books. */
static void a_line_is_held_against_the_books(void **state)
{
    const struct scene *scene = *state;
    MEM_FREE_LATER char *output = NULL;
    MEM_FREE_LATER char *later = NULL;
    char *digit;

    assert_int_equal(stage_lawcast(&scene->stage, &output,
                                   (const char *[]){"audit", "checkpoint", "--short", "--ledger",
                                                    scene->kit->path, NULL}),
                     0);
    output[strcspn(output, "\n")] = '\0';
    later = mem_printf("9%s", output);
    assert_audit(scene, COMMAND_FINE, "whole", "verify", "--known", output, scene->after);
    assert_audit(scene, COMMAND_FINE, "whole", "verify", "--known", output, "--known",
                 scene->checkpoint, "--ledger", scene->kit->path);
    assert_audit(scene, COMMAND_MACHINE, "older copy", "verify", "--known", output, scene->before);
    assert_audit(scene, COMMAND_MACHINE, "older copy", "verify", "--known", later, scene->after);
    stage_write(&scene->stage, "line", "%s\n", output);
    assert_audit(scene, COMMAND_FINE, "whole", "verify", "--known", "line", scene->after);
    digit = strchr(output, ' ') + 1;
    *digit = *digit == '0' ? '1' : '0';
    assert_audit(scene, COMMAND_MACHINE, "of other records", "verify", "--known", output,
                 scene->after);
    assert_audit(scene, COMMAND_REFUSED, "No such file", "verify", "--known", "nowhere",
                 scene->after);
    stage_write(&scene->stage, "list", "phone\n13800000000\n");
    assert_audit(scene, COMMAND_REFUSED, "no checkpoint", "verify", "--known", "list",
                 scene->after);
    assert_audit(scene, COMMAND_REFUSED, "no public key", "verify", "--key", "list", scene->after);
}

static void what_came_before_is_proved(void **state)
{
    const struct scene *scene = *state;
    const char *const olds[] = {scene->before, scene->checkpoint};
    const char *const news[] = {scene->after, scene->kit->path};

    for (int i = 0; i < 4; i++)
        assert_audit(scene, COMMAND_FINE, "are the first of the", "compare", olds[i / 2],
                     news[i % 2]);
    assert_audit(scene, COMMAND_FINE, "lawcast-", "compare", "--proof", scene->before,
                 scene->after);
    assert_audit(scene, COMMAND_FINE, "are the first of the", "compare", scene->kit->path,
                 scene->after);
}

static void what_differs_is_said(void **state)
{
    const struct scene *scene = *state;

    assert_audit(scene, COMMAND_MACHINE, "is older than", "compare", scene->after, scene->before);
    assert_audit(scene, COMMAND_USAGE, "must be books or a bundle", "compare", scene->before,
                 scene->checkpoint);
    assert_audit(scene, COMMAND_REFUSED, "No such file", "compare", "/nowhere", scene->before);
    bundle_run("sed -i '17s/E/F/' %s/records.txt", scene->after);
    assert_audit(scene, COMMAND_MACHINE, "aren't those of its last checkpoint", "compare",
                 scene->before, scene->after);
    assert_audit(scene, COMMAND_MACHINE, "ecord 17 ", "verify", scene->after);
}

/* The root is right, but nobody has signed it. */
static void what_nobody_signed_is_said(void **state)
{
    const struct scene *scene = *state;
    MEM_FREE_LATER char *keys = mem_printf("%s/keys.txt", scene->after);
    BUFFER_FREE_LATER struct buffer notes = BUFFER_NULL;
    struct sign_key *key = sign_key_make("somebody.example");
    struct sign_public public;
    char other[SIGN_TEXT_MOST], *last = NULL;

    sign_key_public(key, SIGN_LOG, &public);
    sign_public_text(&public, other);
    sign_key_free(key);
    assert_audit(scene, COMMAND_FINE, "are the first of the", "compare", "--key", keys,
                 scene->before, scene->after);
    assert_audit(scene, COMMAND_MACHINE, "none of the keys that you named", "compare", "--key",
                 other, scene->before, scene->after);
    assert_audit(scene, COMMAND_MACHINE, "none of the keys that you named", "compare", "--key",
                 other, scene->checkpoint, scene->after);
    bundle_load(scene->after, "checkpoints.json", &notes);
    for (char *at = notes.data; (at = strstr(at, "\\n\"")); at++)
        last = at;
    assert_non_null(last);
    last[-9] = last[-9] == 'A' ? 'B' : 'A';
    bundle_store(scene->after, "checkpoints.json", &notes);
    assert_audit(scene, COMMAND_MACHINE, "isn't signed by a key of the log", "compare",
                 scene->before, scene->after);
}

/* Two books that were begun on the same day are two logs. */
static void another_log_is_said(void **state)
{
    const struct scene *scene = *state;
    struct kit *other;

    assert_int_equal(kit_setup((void **)&other), 0);
    kit_close(other);
    assert_audit(scene, COMMAND_MACHINE, "different logs", "compare", scene->before, other->path);
    assert_audit(scene, COMMAND_MACHINE, "different logs", "compare", scene->checkpoint,
                 other->path);
    assert_int_equal(kit_teardown((void **)&other), 0);
}

/* What campaign and unit are called is the office's word, and stands before the number. */
static void edit_receipt(const struct scene *scene, struct buffer *text, const char *words)
{
    size_t from = (size_t)(strstr(text->data, "number ") - text->data);
    struct bundle_verdict verdict;

    for (size_t i = 0; i < 60; i++) {
        size_t at = from + i * (text->length - 2 - from) / 59;
        char was = text->data[at];

        text->data[at] = was == '7' ? '8' : '7';
        bundle_store(scene->stage.dir, "receipt", text);
        bundle_judge_python(words, 1, &verdict);
        if (verdict.whole)
            fail_msg("nobody found byte %zu: %s", at, text->data);
        text->data[at] = was;
    }
}

static void a_receipt_is_whole_for_python(void **state)
{
    const struct scene *scene = *state;
    MEM_FREE_LATER char *words = mem_printf("receipt %s/receipt", scene->stage.dir);
    MEM_FREE_LATER char *receipt = mem_printf("%s/receipt", scene->stage.dir);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct bundle_verdict verdict;

    assert_audit(scene, COMMAND_FINE, "", "prove", "13800000002", "--ledger", scene->kit->path,
                 "--out", receipt);
    bundle_judge_python(words, 1, &verdict);
    if (!verdict.whole || !strstr(verdict.said, "8613800000002: delivered"))
        fail_msg("%s", verdict.said);
    bundle_load(scene->stage.dir, "receipt", &text);
    edit_receipt(scene, &text, words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bundles_are_whole, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(a_line_is_held_against_the_books, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(what_came_before_is_proved, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(what_differs_is_said, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(what_nobody_signed_is_said, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(another_log_is_said, scene_open, scene_close),
        cmocka_unit_test_setup_teardown(a_receipt_is_whole_for_python, scene_open, scene_close),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    setenv("LANG", "C", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
