/* test_keys: books and the key beside them: rotations that are refused or broken off, backups from
 * before a rotation, older copies. Runs: any. */
#include "tests/e2e/restore_kit.h"

#include "gateway/base/sign.h"
#include "gateway/command.h"

static int audit(const struct scene *scene, const char *what, const char *word, char **output)
{
    return stage_lawcast(&scene->stage, output,
                         (const char *[]){"audit", what, "--ledger", scene->kit.path, word, NULL});
}

static void expect_audit(const struct scene *scene, const char *what, const char *word, int code,
                         const char *says)
{
    char *output;
    int got = audit(scene, what, word, &output);

    if (got != code || !strstr(output, says))
        fail_msg("lawcast audit %s: %d, not %d (%s):\n%s", what, got, code, says, output);
    free(output);
}

static bool is_there(const struct scene *scene, const char *ending)
{
    MEM_FREE_LATER char *path = mem_printf("%s%s", scene->kit.path, ending);

    return access(path, F_OK) == 0;
}

static void move(const struct scene *scene, const char *from, const char *to)
{
    MEM_FREE_LATER char *old = mem_printf("%s%s", scene->kit.path, from);
    MEM_FREE_LATER char *new = mem_printf("%s%s", scene->kit.path, to);

    assert_int_equal(rename(old, new), 0);
}

/* ---- rotations ---- */

static void a_rotation_that_is_refused_leaves_nothing(void **state)
{
    struct scene *scene = *state;

    expect_audit(scene, "key", "--rotate", COMMAND_MACHINE, "a gateway is at work");
    assert_false(is_there(scene, ".key.next"));
    kit_close(&scene->kit);
    expect_audit(scene, "key", "--lost", COMMAND_REFUSED, "Use --rotate");
    assert_false(is_there(scene, ".key.next"));
    expect_audit(scene, "key", "--rotate", COMMAND_FINE, "keys so far: 2");
    assert_false(is_there(scene, ".key.next"));
    verify(scene->kit.path);
}

/* The journal tells of the new key; its file hasn't got its name yet. */
static void break_rotation_off(struct scene *scene)
{
    MEM_FREE_LATER char *next = mem_printf("%s.key.next", scene->kit.path);
    MEM_FREE_LATER char *path = mem_printf("%s.key", scene->kit.path);
    struct ledger_op op = {.kind = LEDGER_ROTATE};
    struct sign_public public;
    struct sign_key *old, *new;

    assert_int_equal(sign_key_load(path, &old), 0);
    sign_key_public(old, SIGN_LOG, &public);
    sign_key_free(old);
    new = sign_key_make(public.name);
    op.rotate.key = new;
    assert_int_equal(sign_key_save(new, next), 0);
    assert_int_equal(kit_do(&scene->kit, &op), LEDGER_OK);
    kit_close(&scene->kit);
    sign_key_free(new);
}

static void a_rotation_that_broke_off_is_not_undone_by_another(void **state)
{
    struct scene *scene = *state;

    break_rotation_off(scene);
    expect_audit(scene, "key", "--rotate", COMMAND_FINE, "keys so far: 3");
    assert_false(is_there(scene, ".key.next"));
    open_books(scene);
    break_rotation_off(scene);
    move(scene, ".key", ".key.away");
    expect_audit(scene, "key", "--lost", COMMAND_FINE, "keys so far: 4");
    expect_audit(scene, "verify", NULL, COMMAND_FINE, "is whole");
    verify(scene->kit.path);
}

/* ---- backups ---- */

static void expect_lost_keys(const struct scene *scene, int64_t keys, int64_t lost)
{
    const struct verify_options options = {0};
    struct verify_result result;
    char why[512] = "";

    assert_int_equal(verify_books(scene->kit.path, &options, &result, why, sizeof why), 0);
    assert_int_equal(result.findings.n, 0);
    assert_int_equal(result.keys, keys);
    assert_int_equal(result.lost_keys, lost);
    verify_release(&result);
}

static void a_backup_from_before_a_rotation_goes_on(void **state)
{
    struct scene *scene = *state;

    kit_close(&scene->kit);
    backup(scene);
    expect_audit(scene, "key", "--rotate", COMMAND_FINE, "keys so far: 2");
    remove_books(scene);
    expect(scene, "restore", scene->backup, NULL, COMMAND_REFUSED, "made after the backup");
    assert_false(is_there(scene, ".key.lost"));
    expect(scene, "restore", scene->backup, "--lose", COMMAND_FINE, "made after the backup");
    expect_audit(scene, "verify", NULL, COMMAND_FINE, "A restore is pending");
    open_books(scene);
    assert_false(is_there(scene, ".key.lost"));
    assert_int_equal(kit_insert(&scene->kit, 700, 3, 1, false), 3);
    kit_close(&scene->kit);
    expect_lost_keys(scene, 2, 1);
    expect_audit(scene, "verify", NULL, COMMAND_FINE, "Keys that were lost: 1");
}

/* As on another computer, where nothing is but the backup, and the key comes last. */
static void a_later_key_may_come_after_the_backup(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mem_printf("%s.key.checkpoint", scene->kit.path);

    kit_close(&scene->kit);
    backup(scene);
    expect_audit(scene, "key", "--rotate", COMMAND_FINE, "keys so far: 2");
    remove_books(scene);
    assert_int_equal(unlink(mark), 0);
    move(scene, ".key", ".key.away");
    expect(scene, "restore", scene->backup, "--lose", COMMAND_FINE, "isn't there: put it there");
    move(scene, ".key.away", ".key");
    assert_true(kit_open(&scene->kit) < 0);
    assert_non_null(strstr(scene->kit.why, "run lawcast restore once more"));
    expect(scene, "restore", scene->backup, "--lose", COMMAND_FINE, "made after the backup");
    open_books(scene);
    kit_close(&scene->kit);
    expect_lost_keys(scene, 2, 1);
    expect(scene, "restore", scene->backup, "--lose", COMMAND_REFUSED, "nothing to restore");
}

static void a_key_that_was_replaced_before_is_not_taken(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *path = mem_printf("%s.key", scene->kit.path);
    MEM_FREE_LATER char *first = mem_printf("%s.key.first", scene->kit.path);

    kit_close(&scene->kit);
    assert_int_equal(link(path, first), 0);
    expect_audit(scene, "key", "--rotate", COMMAND_FINE, "keys so far: 2");
    backup(scene);
    remove_books(scene);
    move(scene, ".key", ".key.second");
    move(scene, ".key.first", ".key");
    expect(scene, "restore", scene->backup, "--lose", COMMAND_FINE, "put the newest one there");
    assert_true(kit_open(&scene->kit) < 0);
    move(scene, ".key.second", ".key");
    open_books(scene);
    kit_close(&scene->kit);
    expect_lost_keys(scene, 2, 0);
}

/* ---- older copies ---- */

static void an_older_copy_hands_nothing_out(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *folder = mem_printf("%s/bundle", scene->kit.directory);
    MEM_FREE_LATER char *again = mem_printf("%s/again.db", scene->kit.directory);

    kit_close(&scene->kit);
    backup(scene);
    expect(scene, "report", "day", NULL, COMMAND_SHORT, "day");
    expect_audit(scene, "export", folder, COMMAND_FINE, "reports: 1.");
    remove_all(folder);
    open_books(scene);
    send_some(scene, 3);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    expect(scene, "report", "day", NULL, COMMAND_SHORT, "day");
    remove_books(scene);
    assert_int_equal(rename(scene->backup, scene->kit.path), 0);
    expect(scene, "report", "day", NULL, COMMAND_MACHINE, "an older copy: it has ");
    expect(scene, "backup", again, NULL, COMMAND_MACHINE, "an older copy: it has ");
    expect_audit(scene, "export", folder, COMMAND_MACHINE, "an older copy: it has ");
    assert_int_equal(access(again, F_OK), -1);
    assert_int_equal(access(folder, F_OK), -1);
    expect(scene, "status", NULL, NULL, COMMAND_FINE, "an older copy: it has ");
    expect(scene, "restore", scene->kit.path, "--lose", COMMAND_FINE, "holds the backup now");
    backup(scene); /* what is lost is known */
}

static void a_checkpoint_of_other_records_is_no_older_one(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mem_printf("%s.key.checkpoint", scene->kit.path);
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    FILE *file;
    char *root;

    kit_close(&scene->kit);
    assert_int_equal(buffer_read_file(&note, mark, 65536), 0);
    file = fopen(mark, "w");
    assert_non_null(file);
    fputs("no checkpoint\n", file);
    fclose(file);
    backup(scene);
    assert_int_equal(unlink(scene->backup), 0);
    /* Of the same size, with another root: its first digit, in the third line. */
    root = strchr(strchr(note.data, '\n') + 1, '\n') + 1;
    *root = *root == 'A' ? 'B' : 'A';
    file = fopen(mark, "w");
    assert_non_null(file);
    fwrite(note.data, 1, note.length, file);
    fclose(file);
    expect(scene, "backup", scene->backup, NULL, COMMAND_MACHINE, "isn't what was signed last");
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCENE(a_rotation_that_is_refused_leaves_nothing),
        SCENE(a_rotation_that_broke_off_is_not_undone_by_another),
        SCENE(a_backup_from_before_a_rotation_goes_on),
        SCENE(a_later_key_may_come_after_the_backup),
        SCENE(a_key_that_was_replaced_before_is_not_taken),
        SCENE(an_older_copy_hands_nothing_out),
        SCENE(a_checkpoint_of_other_records_is_no_older_one),
    };

    unsetenv("TZ"); /* as the programs that are started have it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
