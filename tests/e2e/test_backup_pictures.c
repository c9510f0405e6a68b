/* test_backup_pictures: a backup says which pictures of the books aren't in it, and an older one
 * gives them back. Runs: any. */
#include "tests/e2e/restore_kit.h"

#include "tests/unit/verify_kit.h"

static void show_one(struct scene *scene)
{
    struct kit *kit = &scene->kit;

    kit_insert_slot(kit, 0, scene->now_ms - HOUR, scene->now_ms + HOUR, "宪法至上");
    kit_fetch(kit, CHANNEL_DISPLAY, 1, false);
    assert_int_equal(kit->n_rows, 1);
    kit_end(kit, kit->rows[0].id, OUTCOME_SENT);
    kit_show_picture(kit, kit->rows[0].id, scene->now_ms, scene->now_ms + 11000);
    kit_release(kit);
    kit_close(kit);
}

static void remove_backup(const struct scene *scene)
{
    MEM_FREE_LATER char *pictures = mem_printf("%s.evidence", scene->backup);

    assert_int_equal(unlink(scene->backup), 0);
    if (access(pictures, F_OK) == 0)
        remove_all(pictures);
}

static void spoil(const char *picture)
{
    assert_int_equal(chmod(picture, 0600), 0);
    assert_int_equal(truncate(picture, 3), 0);
}

static void what_is_missing_is_said(void **state)
{
    struct scene *scene = *state;
    char picture[512];

    show_one(scene);
    assert_int_equal(kit_evidence(&scene->kit, picture, sizeof picture), 1);
    backup(scene);
    remove_backup(scene);
    spoil(picture);
    expect(scene, "backup", scene->backup, NULL, 3, "was altered");
    remove_backup(scene);
    assert_int_equal(unlink(picture), 0);
    expect(scene, "backup", scene->backup, NULL, 3, "1 are missing and 0 were altered");
}

static void an_older_backup_gives_them_back(void **state)
{
    struct scene *scene = *state;
    char picture[512], again[512];

    show_one(scene);
    assert_int_equal(kit_evidence(&scene->kit, picture, sizeof picture), 1);
    backup(scene);
    expect(scene, "restore", scene->backup, NULL, 1, "nothing to restore");
    spoil(picture);
    expect(scene, "restore", scene->backup, NULL, 0, "1 pictures that were missing or altered");
    assert_int_equal(unlink(picture), 0);
    expect(scene, "restore", scene->backup, NULL, 0, "1 pictures that were missing or altered");
    assert_int_equal(kit_evidence(&scene->kit, again, sizeof again), 1);
    assert_string_equal(picture, again);
    verify(scene->kit.path);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCENE(what_is_missing_is_said),
        SCENE(an_older_backup_gives_them_back),
    };

    unsetenv("TZ");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
