/* test_restore: lawcast backup and lawcast restore: a copy is of one moment and whole, and putting
 * it back never sends a message twice, nor forks history without saying so. Runs: any. */
#include "tests/e2e/restore_kit.h"

#include <fcntl.h>

/* ---- backup ---- */

static void a_backup_is_of_one_moment_while_the_ledger_writes(void **state)
{
    struct scene *scene = *state;
    struct kit copy = scene->kit;
    struct stage_child child;
    int n = 0;

    stage_spawn(&scene->stage, &child,
                (const char *[]){"backup", "--ledger", scene->kit.path, scene->backup, NULL});
    while (access(scene->backup, F_OK) && n < 20000)
        kit_insert(&scene->kit, 1000 + 20 * n++, 20, 1, false);
    assert_int_equal(stage_wait(&child, 20, NULL), 0);
    snprintf(copy.path, sizeof copy.path, "%s/backup.db", scene->kit.directory);
    assert_books_agree(&copy);
    verify(copy.path);
    kit_close(&scene->kit);
    verify(scene->kit.path);
}

static void a_backup_is_private_and_never_written_over(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *key_path = mem_printf("%s.key", scene->kit.path);
    BUFFER_FREE_LATER struct buffer key = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    MEM_FREE_LATER char *half = mem_printf("%s.incomplete", scene->backup);
    struct stat file;
    mode_t before = umask(0);
    FILE *left = fopen(half, "w"); /* what a crash has left */

    assert_non_null(left);
    fputs("half a copy, and longer than nothing", left);
    fclose(left);
    backup(scene);
    umask(before);
    assert_int_equal(stat(scene->backup, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    assert_int_equal(access(half, F_OK), -1);
    expect(scene, "backup", scene->backup, NULL, 1, "never written over");
    expect(scene, "backup", "/nowhere/at/all.db", NULL, 4, "can't be written");
    assert_int_equal(buffer_read_file(&key, key_path, 4096), 0);
    assert_int_equal(buffer_read_file(&bytes, scene->backup, 64 << 20), 0);
    assert_true(key.length > 40);
    assert_null(memmem(bytes.data, bytes.length, key.data + key.length - 30, 20));
}

static void a_damaged_backup_is_not_put_back(void **state)
{
    struct scene *scene = *state;
    struct kit copy = scene->kit;

    backup(scene);
    snprintf(copy.path, sizeof copy.path, "%s", scene->backup);
    assert_int_equal(kit_sql(&copy, "DROP TRIGGER journal_keeps;"
                                    "UPDATE journal SET at_ms = at_ms + 1 WHERE id = 7"),
                     SQLITE_OK);
    kit_close(&scene->kit);
    remove_books(scene);
    expect(scene, "restore", scene->backup, NULL, 4, "record 7 was altered");
    assert_int_equal(access(scene->kit.path, F_OK), -1);
}

/* ---- restore ---- */

static void expect_finding(const char *path, const char *says)
{
    const struct verify_options options = {0};
    struct verify_result result;
    char why[512] = "";
    bool found = false;

    assert_int_equal(verify_books(path, &options, &result, why, sizeof why), 0);
    for (size_t i = 0; i < result.findings.n && !found; i++)
        found = strstr(result.findings.items[i].text, says) != NULL;
    if (!found)
        fail_msg("of %zu findings none says: %s", result.findings.n, says);
    verify_release(&result);
}

static void what_is_lost_by_nothing_needs_no_word(void **state)
{
    struct scene *scene = *state;

    send_some(scene, 3);
    kit_close(&scene->kit);
    backup(scene);
    expect(scene, "restore", scene->backup, NULL, 1, "nothing to restore");
    remove_books(scene);
    expect(scene, "restore", scene->backup, NULL, 0, "holds the backup now");
    open_books(scene);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 0);
    assert_int_equal(states(scene, DELIVERY_PLANNED), 7);
    kit_close(&scene->kit);
    verify(scene->kit.path);
    expect(scene, "restore", scene->backup, NULL, 1, "nothing to restore");
}

static void what_may_have_been_sent_is_in_doubt(void **state)
{
    struct scene *scene = *state;
    struct ledger_op report;
    int32_t other;

    break_later(scene);
    assert_true(kit_open(&scene->kit) < 0);
    expect(scene, "restore", scene->backup, NULL, 1, "records are lost");
    expect(scene, "restore", scene->backup, NULL, 1, "10 messages");
    expect(scene, "restore", scene->backup, "--lose", 0, "before-restore");
    open_books(scene);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 10);
    assert_int_equal(kit_ask(&scene->kit, "SELECT count(*) FROM reserve"), 0);
    assert_int_equal(kit_ask(&scene->kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND"
                                          " to_state = 18 AND detail LIKE '%lawcast-%'"),
                     1);
    kit_fetch(&scene->kit, CHANNEL_SMS, KIT_ROOM, true);
    assert_int_equal(scene->kit.n_rows, 0);
    /* A report that comes late, to another modem, still says what became of one. */
    other = scene->kit.device;
    scene->kit.device = kit_device(&scene->kit, "bank-b/7");
    report = kit_report(&scene->kit, KIT_NUMBER + 1, 0, REPORT_DELIVERED);
    scene->kit.device = other;
    assert_int_equal(report.result, LEDGER_OK);
    assert_int_equal(states(scene, DELIVERY_DELIVERED), 1);
    kit_close(&scene->kit);
    verify(scene->kit.path);
    /* Once is enough. */
    open_books(scene);
    assert_int_equal(kit_ask(&scene->kit, "SELECT count(*) FROM journal WHERE delivery = 0 AND"
                                          " to_state = 18"),
                     1);
    kit_close(&scene->kit);
    expect(scene, "restore", scene->backup, "--lose", 1, "nothing to restore");
}

static void what_is_entered_later_may_have_been_sent_too(void **state)
{
    struct scene *scene = *state;
    struct kit *kit = &scene->kit;

    break_later(scene);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    open_books(scene);
    assert_int_equal(enter(kit, "today", scene->now_ms - HOUR, scene->now_ms + HOUR), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 0, 5, 1, false), 5);
    assert_int_equal(kit_insert(kit, 50, 5, 1, true), 0);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 15);
    assert_int_equal(enter(kit, "tomorrow", scene->now_ms + 24 * HOUR, scene->now_ms + 26 * HOUR),
                     LEDGER_OK);
    assert_int_equal(kit_insert(kit, 0, 5, 1, false), 5);
    assert_int_equal(kit_insert(kit, 50, 5, 1, true), 5);
    assert_int_equal(states(scene, DELIVERY_PLANNED), 5);
    kit_close(kit);
    verify(kit->path);
}

/* It goes up again, and until then counts as what may be on the board. */
static void a_slogan_may_be_on_its_board(void **state)
{
    struct scene *scene = *state;
    struct kit *kit = &scene->kit;

    kit_insert_slot(kit, 0, scene->now_ms - HOUR, scene->now_ms + HOUR, "宪法至上");
    kit_insert_slot(kit, 1, scene->now_ms + HOUR, scene->now_ms + 2 * HOUR, "宪法至上");
    break_later(scene);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    open_books(scene);
    assert_int_equal(kit_ask(kit, "SELECT slot FROM delivery WHERE up = 1"), 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM delivery WHERE up = 1"), 1);
    kit_fetch(kit, CHANNEL_DISPLAY, KIT_ROOM, true);
    assert_int_equal(kit->n_rows, 1);
    kit_close(kit);
    verify(kit->path);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER restored_keeps;"
                                  "UPDATE restored SET until_ms = until_ms - 1"),
                     SQLITE_OK);
    expect_finding(kit->path, "until_ms");
}

static void who_knows_when_the_gateway_ended_may_say_so(void **state)
{
    struct scene *scene = *state;
    const int64_t day = 24 * HOUR;
    struct kit *kit = &scene->kit;
    char *output, until[20];
    int code;

    assert_int_equal(enter(kit, "later", scene->now_ms + day, scene->now_ms + 2 * day), LEDGER_OK);
    assert_int_equal(kit_insert(kit, 500, 4, 1, false), 4);
    break_later(scene);
    clock_format(scene->now_ms + 60000, until);
    code = stage_lawcast(&scene->stage, &output,
                         (const char *[]){"restore", "--ledger", kit->path, "--lose", "--until",
                                          "yesterday", scene->backup, NULL});
    assert_int_equal(code, 2);
    free(output);
    code = stage_lawcast(&scene->stage, &output,
                         (const char *[]){"restore", "--ledger", kit->path, "--lose", "--until",
                                          until, scene->backup, NULL});
    if (code)
        fail_msg("%s", output);
    free(output);
    open_books(scene);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 10);
    assert_int_equal(states(scene, DELIVERY_PLANNED), 4);
}

static void lose_until(const struct scene *scene, const char *until, int code, const char *says)
{
    char *output;
    int got = stage_lawcast(&scene->stage, &output,
                            (const char *[]){"restore", "--ledger", scene->kit.path, "--lose",
                                             "--until", until, scene->backup, NULL});

    if (got != code || !strstr(output, says))
        fail_msg("--until %s: %d, not %d (%s):\n%s", until, got, code, says, output);
    free(output);
}

/* Then nothing would be in doubt, and messages would go out twice. */
static void a_time_before_the_backup_puts_nothing_beyond_doubt(void **state)
{
    struct scene *scene = *state;
    char last[20], before[20];
    int64_t last_ms;

    break_later(scene);
    snprintf(scene->kit.path, sizeof scene->kit.path, "%s", scene->backup);
    last_ms = kit_ask(&scene->kit, "SELECT max(at_ms) FROM journal");
    snprintf(scene->kit.path, sizeof scene->kit.path, "%s/books.db", scene->kit.directory);
    clock_format(last_ms, last);
    clock_format(last_ms - 60000, before);
    lose_until(scene, "2020-01-01 00:00", 1, last);
    lose_until(scene, before, 1, "leave --until away");
    assert_true(kit_open(&scene->kit) < 0); /* nothing was done */
}

/* ---- between the restoring and the next start ---- */

static struct verify_result verified(const char *path)
{
    const struct verify_options options = {0};
    struct verify_result result;
    char why[512] = "";

    assert_int_equal(verify_books(path, &options, &result, why, sizeof why), 0);
    for (size_t i = 0; i < result.findings.n; i++)
        print_error("%s\n", result.findings.items[i].text);
    assert_int_equal(result.findings.n, 0);
    verify_release(&result);
    return result;
}

static void expect_pending(const struct scene *scene)
{
    const char *verify[] = {"audit", "verify", "--ledger", scene->kit.path, NULL};
    struct verify_result result = verified(scene->kit.path);
    char *output;

    assert_true(result.is_pending);
    assert_true(result.pending.lost > 0);
    assert_true(result.pending.from_ms <= result.pending.until_ms);
    assert_int_equal(stage_lawcast(&scene->stage, &output, verify), 0);
    assert_non_null(strstr(output, "is whole"));
    assert_non_null(strstr(output, "A restore is pending"));
    free(output);
}

static void a_restore_that_is_pending_is_told(void **state)
{
    struct scene *scene = *state;

    break_later(scene);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    expect_pending(scene);
    open_books(scene);
    kit_close(&scene->kit);
    assert_false(verified(scene->kit.path).is_pending);
}

static void neither_is_the_seal_of_its_stop_broken(void **state)
{
    struct scene *scene = *state;

    kit_close(&scene->kit);
    open_books(scene); /* a seal before the last, too */
    kit_close(&scene->kit);
    backup(scene);
    open_books(scene);
    send_some(scene, 3);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    assert_int_equal(truncate(scene->kit.path, 8192), 0);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    expect_pending(scene);
    assert_true(verified(scene->kit.path).sealed);
    open_books(scene);
    kit_close(&scene->kit);
    assert_false(verified(scene->kit.path).is_pending);
}

static void what_was_given_up_is_in_the_records(void **state)
{
    struct scene *scene = *state;

    break_later(scene);
    expect(scene, "restore", scene->backup, "--lose", 0, "holds the backup now");
    open_books(scene);
    assert_int_equal(kit_sql(&scene->kit, "DROP TRIGGER restored_keeps;"
                                          "UPDATE restored SET mark = 'another'"),
                     SQLITE_OK);
    kit_close(&scene->kit); /* sealed with it */
    expect_finding(scene->kit.path, "mark");
}

static void an_older_copy_is_found_out_and_may_be_gone_on_from(void **state)
{
    struct scene *scene = *state;

    backup(scene);
    send_some(scene, 3);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    remove_books(scene);
    assert_int_equal(rename(scene->backup, scene->kit.path), 0); /* by hand */
    assert_true(kit_open(&scene->kit) < 0);
    assert_non_null(strstr(scene->kit.why, "lawcast restore"));
    expect(scene, "restore", scene->kit.path, NULL, 1, "records are lost");
    assert_true(kit_open(&scene->kit) < 0);
    expect(scene, "restore", scene->kit.path, "--lose", 0, "holds the backup now");
    open_books(scene);
    assert_int_equal(states(scene, DELIVERY_UNKNOWN), 10);
    kit_close(&scene->kit);
    verify(scene->kit.path);
}

static void other_books_are_not_mixed_up(void **state)
{
    struct scene *scene = *state;
    MEM_FREE_LATER char *other = mem_printf("%s/other.db", scene->kit.directory);
    struct kit second = {.quota = 1};

    backup(scene);
    expect(scene, "restore", scene->backup, "--lose", 4, "a gateway is at work");
    kit_close(&scene->kit);
    snprintf(second.path, sizeof second.path, "%s", other);
    assert_int_equal(uv_loop_init(&second.loop), 0);
    assert_int_equal(kit_open(&second), 0);
    kit_close(&second);
    assert_int_equal(uv_loop_close(&second.loop), 0);
    memcpy(scene->kit.path, second.path, sizeof scene->kit.path);
    expect(scene, "restore", scene->backup, "--lose", 1, "belongs to other books");
    remove_books(scene); /* their key tells still */
    expect(scene, "restore", scene->backup, "--lose", 1, "belongs to other books");
}

static void pictures_come_along(void **state)
{
    static const char name[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.png";
    struct scene *scene = *state;
    MEM_FREE_LATER char *from = mem_printf("%s.evidence", scene->kit.path);
    MEM_FREE_LATER char *picture = mem_printf("%s/%s", from, name);
    MEM_FREE_LATER char *copy = mem_printf("%s.evidence/%s", scene->backup, name);
    struct stat one, two;

    kit_close(&scene->kit);
    assert_int_equal(mkdir(from, 0700), 0);
    close(open(picture, O_WRONLY | O_CREAT, 0400));
    expect(scene, "backup", scene->backup, NULL, 0, "1 pictures");
    assert_int_equal(stat(picture, &one), 0);
    assert_int_equal(stat(copy, &two), 0);
    assert_true(one.st_ino != two.st_ino); /* a copy of its own */
    remove_books(scene);
    assert_int_equal(unlink(picture), 0);
    expect(scene, "restore", scene->backup, NULL, 0, "1 pictures were added");
    assert_int_equal(stat(picture, &one), 0);
}

/* A backup that was carried away without the folder beside it. */
static void pictures_left_behind_are_told(void **state)
{
    const struct ledger_photo photo = {
        .name = "stand.jpg", .data = "a photo", .length = 7, .type = "jpg"};
    struct ledger_op op = {
        .kind = LEDGER_ATTACH,
        .attach = {.campaign = "day", .unit = "city", .photos = &photo, .n_photos = 1}};
    struct scene *scene = *state;
    MEM_FREE_LATER char *beside = mem_printf("%s.evidence", scene->backup);
    MEM_FREE_LATER char *own = mem_printf("%s.evidence", scene->kit.path);
    MEM_FREE_LATER char *folder = mem_printf("are in the folder %s: keep both", beside);

    assert_int_equal(kit_do(&scene->kit, &op), LEDGER_OK);
    kit_close(&scene->kit);
    expect(scene, "backup", scene->backup, NULL, 0, folder);
    remove_books(scene);
    remove_all(own);
    remove_all(beside);
    expect(scene, "restore", scene->backup, NULL, 0, ".jpg\n");
    expect(scene, "restore", scene->backup, "--lose", 1, "nothing to restore");
}

int main(void)
{
#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        SCENE(a_backup_is_of_one_moment_while_the_ledger_writes),
        SCENE(a_backup_is_private_and_never_written_over),
        SCENE(a_damaged_backup_is_not_put_back),
        SCENE(what_is_lost_by_nothing_needs_no_word),
        SCENE(what_may_have_been_sent_is_in_doubt),
        SCENE(what_is_entered_later_may_have_been_sent_too),
        SCENE(a_slogan_may_be_on_its_board),
        SCENE(who_knows_when_the_gateway_ended_may_say_so),
        SCENE(a_time_before_the_backup_puts_nothing_beyond_doubt),
        SCENE(a_restore_that_is_pending_is_told),
        SCENE(neither_is_the_seal_of_its_stop_broken),
        SCENE(what_was_given_up_is_in_the_records),
        SCENE(an_older_copy_is_found_out_and_may_be_gone_on_from),
        SCENE(other_books_are_not_mixed_up),
        SCENE(pictures_come_along),
        SCENE(pictures_left_behind_are_told),
    };

    unsetenv("TZ"); /* as the programs that are started have it */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
