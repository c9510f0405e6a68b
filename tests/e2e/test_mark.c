/* test_mark: the last checkpoint beside the books (.key.checkpoint): without it nobody goes on from
 * books that may be an older copy, and who knows what they do gets on. Runs: any. */
#include "tests/e2e/restore_kit.h"

enum damage { MARK_MISSING, MARK_EMPTY, MARK_GARBAGE, MARK_CUT, MARK_FOLDER, DAMAGES };

static char *mark_of(const struct scene *scene)
{
    return mem_printf("%s.key.checkpoint", scene->kit.path);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void spoil_mark(const struct scene *scene, enum damage damage)
{
    MEM_FREE_LATER char *mark = mark_of(scene);

    if (damage == MARK_CUT) {
        assert_int_equal(truncate(mark, 20), 0);
        return;
    }
    assert_int_equal(unlink(mark), 0);
    if (damage == MARK_FOLDER)
        assert_int_equal(mkdir(mark, 0700), 0);
    else if (damage != MARK_MISSING)
        write_file(mark, damage == MARK_EMPTY ? "" : "garbage\n");
}

static void put_by_hand(const struct scene *scene, const char *from, const char *to)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    FILE *file = fopen(to, "w");

    assert_non_null(file);
    assert_int_equal(buffer_read_file(&bytes, from, 64 << 20), 0);
    assert_int_equal(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
    assert_int_equal(fclose(file), 0);
    (void)scene;
}

static void refused(struct scene *scene, const char *says)
{
    if (kit_open(&scene->kit) == 0)
        fail_msg("gone on from books that may be an older copy");
    if (!strstr(scene->kit.why, says))
        fail_msg("%s", scene->kit.why);
}

/* 3 messages went out after the backup: it must not be gone on from, whatever became of the file.
 */
static void without_the_mark_nothing_is_gone_on_from(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mark_of(scene);
    MEM_FREE_LATER char *kept = mem_printf("%s/kept", scene->kit.directory);

    kit_close(&scene->kit);
    backup(scene);
    open_books(scene);
    send_some(scene, 3);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    put_by_hand(scene, mark, kept);
    for (enum damage damage = 0; damage < DAMAGES; damage++) {
        remove_books(scene);
        put_by_hand(scene, scene->backup, scene->kit.path);
        spoil_mark(scene, damage);
        refused(scene, damage == MARK_FOLDER ? "no file" : "Put that file back");
        refused(scene, ".key.checkpoint");
        expect(scene, "optout", "add", "13800001234", 4, ".key.checkpoint");
        expect(scene, "status", NULL, NULL, 0, "the newest books isn't known");
        (void)(damage == MARK_FOLDER ? rmdir(mark) : unlink(mark));
        put_by_hand(scene, kept, mark);
    }
    refused(scene, "an older copy");
}

static void the_newest_books_are_gone_on_from_with_a_word(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mark_of(scene);

    kit_close(&scene->kit);
    for (enum damage damage = 0; damage < DAMAGES; damage++) {
        spoil_mark(scene, damage);
        refused(scene, ".key.checkpoint");
        if (damage == MARK_FOLDER) {
            expect(scene, "restore", scene->kit.path, "--lose", 4, "no file");
            assert_int_equal(rmdir(mark), 0);
        }
        if (damage == 0)
            expect(scene, "restore", scene->kit.path, NULL, 1, "isn't known here");
        refused(scene, ".key.checkpoint");
        expect(scene, "restore", scene->kit.path, "--lose", 0, "isn't known here");
        open_books(scene);
        assert_int_equal(states(scene, DELIVERY_UNKNOWN), 10);
        kit_close(&scene->kit);
        verify(scene->kit.path);
        open_books(scene); /* the mark is there again */
        kit_close(&scene->kit);
    }
    spoil_mark(scene, MARK_MISSING); /* what was said counts once */
    refused(scene, "Put that file back");
}

/* The books go further than a backup, but whether they are the newest nobody knows. */
static void a_backup_does_not_take_the_place_of_unknown_books(void **state)
{
    struct scene *scene = *state;

    backup(scene);
    send_some(scene, 2);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    spoil_mark(scene, MARK_MISSING);
    expect(scene, "restore", scene->backup, "--lose", 1, "To go on from them: lawcast restore");
}

/* On another computer there is no mark: one step is enough, and a second writer gets on, too. */
static void another_computer_needs_one_step(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *mark = mark_of(scene);

    kit_close(&scene->kit);
    backup(scene);
    remove_books(scene);
    spoil_mark(scene, MARK_MISSING);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    open_books(scene);
    kit_close(&scene->kit);
    assert_int_equal(access(mark, F_OK), 0);
    open_books(scene);
    kit_close(&scene->kit);
    verify(scene->kit.path);
}

static void the_audit_tells_it(void **state)
{
    struct scene *scene = *state;
    char *output;

    kit_close(&scene->kit);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            stage_lawcast(&scene->stage, &output,
                          (const char *[]){"audit", "verify", "--ledger", scene->kit.path, NULL}),
            0);
        assert_true((strstr(output, "No .key.checkpoint") != NULL) == (i == 1));
        free(output);
        if (i == 0)
            spoil_mark(scene, MARK_MISSING);
    }
}

/* ---- links ---- */

static void a_link_leads_to_the_same_key(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *link = mem_printf("%s/link.db", scene->kit.directory);
    MEM_FREE_LATER char *key = mem_printf("%s.key", link);
    char path[sizeof scene->kit.path];

    kit_close(&scene->kit);
    assert_int_equal(symlink("books.db", link), 0);
    memcpy(path, scene->kit.path, sizeof path);
    snprintf(scene->kit.path, sizeof scene->kit.path, "%s", link);
    open_books(scene);
    send_some(scene, 1);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    assert_int_equal(access(key, F_OK), -1);
    verify(link);
    expect(scene, "restore", scene->kit.path, NULL, 1, "nothing to restore");
    memcpy(scene->kit.path, path, sizeof path);
    open_books(scene);
    kit_close(&scene->kit);
}

/* Books that aren't there yet are made where the link leads. */
static void a_link_to_nothing_leads_there_too(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *link = mem_printf("%s/link.db", scene->kit.directory);
    MEM_FREE_LATER char *key = mem_printf("%s/new.db.key", scene->kit.directory);

    kit_close(&scene->kit);
    assert_int_equal(symlink("new.db", link), 0);
    snprintf(scene->kit.path, sizeof scene->kit.path, "%s", link);
    for (int i = 0; i < 2; i++) {
        open_books(scene);
        kit_close(&scene->kit);
    }
    assert_int_equal(access(key, F_OK), 0);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCENE(without_the_mark_nothing_is_gone_on_from),
        SCENE(the_newest_books_are_gone_on_from_with_a_word),
        SCENE(a_backup_does_not_take_the_place_of_unknown_books),
        SCENE(another_computer_needs_one_step),
        SCENE(the_audit_tells_it),
        SCENE(a_link_leads_to_the_same_key),
        SCENE(a_link_to_nothing_leads_there_too),
    };

    unsetenv("TZ");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
