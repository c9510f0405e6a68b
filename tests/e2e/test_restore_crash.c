/* test_restore_crash: lawcast backup and restore on disks that fail: a backup is whole or not
 * there, and a restoring that was cut short anywhere is simply done again. Runs: any. */
#include "tests/e2e/restore_kit.h"

#include <errno.h>
#include <signal.h>

#include "tests/support/disk_faults.h"

#define LAST_STEPS 24
#define LAST_CALLS 7 /* those that need no room */

static struct disk_faults *faults_begin(struct scene *scene, const char *watched)
{
    MEM_FREE_LATER char *command = mem_printf("%s/faults", scene->stage.dir);
    struct disk_faults *faults = disk_faults_make(command, watched);

    assert_non_null(faults);
    scene->stage.program = "lawcast-faulty";
    setenv(DISK_FAULTS_ENV, command, 1);
    return faults;
}

static void faults_end(struct scene *scene, struct disk_faults *faults)
{
    disk_faults_unmap(faults);
    scene->stage.program = NULL;
    unsetenv(DISK_FAULTS_ENV);
}

static bool exists(const char *path, const char *ending)
{
    MEM_FREE_LATER char *name = mem_printf("%s%s", path, ending);

    return access(name, F_OK) == 0;
}

static void a_full_disk_leaves_nothing_of_a_backup(void **state)
{
    struct scene *scene = *state;
    struct disk_faults *faults = faults_begin(scene, scene->backup);
    int total;

    backup(scene);
    total = (int)faults->steps;
    assert_int_equal(unlink(scene->backup), 0);
    faults->error = ENOSPC;
    faults->refusal = REFUSE_GROWTH;
    /* The last steps are not alike. */
    for (int from = 1; from < total - LAST_CALLS; from += from + LAST_STEPS < total ? 6 : 1) {
        faults->steps = 0;
        faults->refuse_from = from;
        expect(scene, "backup", scene->backup, NULL, 4, "is full");
        assert_false(exists(scene->backup, ""));
        assert_false(exists(scene->backup, ".incomplete"));
        assert_false(exists(scene->backup, ".incomplete-wal"));
        assert_false(exists(scene->backup, ".incomplete-shm"));
        assert_false(exists(scene->backup, ".evidence"));
    }
    faults->refusal = REFUSE_NOTHING;
    backup(scene);
    faults_end(scene, faults);
    verify(scene->backup);
}

/* The exit code, or 128 + 9; anything else than done and killed fails the test. */
static int restore(const struct scene *scene)
{
    char *output;
    int code = stage_lawcast(
        &scene->stage, &output,
        (const char *[]){"restore", "--ledger", scene->kit.path, "--lose", scene->backup, NULL});

    if (code != 0 && code != 128 + SIGKILL)
        fail_msg("%d: %s", code, output);
    free(output);
    return code;
}

/* The damaged books, and what was signed of them, as they were before a restoring. */
static void put_back(const struct scene *scene, const struct buffer *books)
{
    FILE *file;

    remove_books(scene);
    kit_remove(&scene->kit, ".incomplete");
    file = fopen(scene->kit.path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(books->data, 1, books->length, file), books->length);
    assert_int_equal(fclose(file), 0);
}

static void a_restoring_that_was_cut_short_is_done_again(void **state)
{
    struct scene *scene = *state;
    BUFFER_FREE_LATER struct buffer books = BUFFER_NULL;
    struct disk_faults *faults;
    long long total;
    int deaths = 0;

    break_later(scene);
    assert_int_equal(buffer_read_file(&books, scene->kit.path, 64 << 20), 0);
    faults = faults_begin(scene, scene->kit.path);
    assert_int_equal(restore(scene), 0);
    total = faults->steps;
    /* Pages of the copy are alike; what comes after it is not. */
    for (long long step = 1; step <= total; step += step + LAST_STEPS < total ? 9 : 1) {
        put_back(scene, &books);
        faults->steps = 0;
        faults->die_at = step;
        faults->death = step % 2 ? DEATH_BEFORE : DEATH_HALF;
        deaths += restore(scene) != 0;
        faults->die_at = 0;
        assert_int_equal(restore(scene), 0);
    }
    faults_end(scene, faults);
    assert_true(deaths > 10);
    open_books(scene);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 10);
    kit_close(&scene->kit);
    verify(scene->kit.path);
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCENE(a_full_disk_leaves_nothing_of_a_backup),
        SCENE(a_restoring_that_was_cut_short_is_done_again),
    };

    unsetenv("TZ");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
