/* restore_kit: books with a campaign that is at work now, and lawcast backup and restore on them.
 * Runs: any. */
#ifndef LAWCAST_TESTS_RESTORE_KIT_H
#define LAWCAST_TESTS_RESTORE_KIT_H

#include "tests/unit/ledger_kit.h"

#include <sys/stat.h>

#include "gateway/audit/verify.h"
#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "tests/support/stage.h"

#define HOUR INT64_C(3600000)

struct scene {
    struct stage stage;
    struct kit kit;
    char backup[160];
    int64_t now_ms;
};

/* A campaign of the first unit, with one window. */
static inline int enter(struct kit *kit, const char *id, int64_t from_ms, int64_t to_ms)
{
    const char *codes[] = {"city", "jinan"}, *names[] = {"市法宣办", "金安区法宣办"};
    const char *boards[] = {"plaza"}, *places[] = {"人民广场"};
    MEM_FREE_LATER char *windows =
        mem_printf("[[%lld,%lld]]", (long long)from_ms, (long long)to_ms);
    const int32_t owners[] = {1};
    const int64_t quotas[] = {1000, 0};
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN,
                           .campaign_is = {.id = id,
                                           .title = "宪法宣传",
                                           .source = id,
                                           .windows = windows,
                                           .n_units = 2,
                                           .unit_ids = codes,
                                           .unit_names = names,
                                           .quotas = quotas,
                                           .unit_numbers = kit->units,
                                           .n_boards = 1,
                                           .board_ids = boards,
                                           .board_owners = owners,
                                           .board_numbers = kit->boards,
                                           .board_places = places,
                                           .targets = "[]"}};
    int result = kit_do(kit, &op);

    kit->campaign = op.campaign;
    return result;
}

static inline void open_books(struct scene *scene)
{
    if (kit_open(&scene->kit))
        fail_msg("%s", scene->kit.why);
    scene->kit.device = kit_device(&scene->kit, "bank-a/0");
}

static inline int setup(void **state)
{
    struct scene *scene = mem_new(struct scene);

    stage_open(&scene->stage);
    kit_init(&scene->kit);
    snprintf(scene->backup, sizeof scene->backup, "%s/backup.db", scene->kit.directory);
    scene->now_ms = clock_wall_ms();
    open_books(scene);
    assert_int_equal(enter(&scene->kit, "day", scene->now_ms - HOUR, scene->now_ms + HOUR),
                     LEDGER_OK);
    assert_int_equal(kit_insert(&scene->kit, 0, 10, 1, false), 10);
    assert_int_equal(kit_insert(&scene->kit, 100, 2, 1, true), 2);
    *state = scene;
    return 0;
}

static inline void remove_all(const char *directory)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        MEM_FREE_LATER char *path = mem_printf("%s/%s", directory, entry->d_name);

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (entry->d_type == DT_DIR)
            remove_all(path);
        else
            assert_int_equal(unlink(path), 0);
    }
    closedir(dir);
    assert_int_equal(rmdir(directory), 0);
}

static inline int teardown(void **state)
{
    struct scene *scene = *state;

    kit_release(&scene->kit);
    if (scene->kit.ledger)
        kit_close(&scene->kit);
    assert_int_equal(uv_loop_close(&scene->kit.loop), 0);
    remove_all(scene->kit.directory);
    stage_close(&scene->stage);
    free(scene);
    return 0;
}

/* lawcast COMMAND --ledger BOOKS FILE [OPTION] */
static inline void expect(const struct scene *scene, const char *command, const char *file,
                          const char *option, int code, const char *says)
{
    char *output;
    int got =
        stage_lawcast(&scene->stage, &output,
                      (const char *[]){command, "--ledger", scene->kit.path, file, option, NULL});

    if (got != code || !strstr(output, says))
        fail_msg("lawcast %s: %d, not %d (%s):\n%s", command, got, code, says, output);
    free(output);
}

static inline void backup(const struct scene *scene)
{
    expect(scene, "backup", scene->backup, NULL, 0, "is whole");
}

static inline void verify(const char *path)
{
    const struct verify_options options = {0};
    struct verify_result result;
    char why[512] = "";

    if (verify_books(path, &options, &result, why, sizeof why))
        fail_msg("%s", why);
    for (size_t i = 0; i < result.findings.n; i++)
        print_error("%s\n", result.findings.items[i].text);
    assert_int_equal(result.findings.n, 0);
    verify_release(&result);
}

static inline int64_t states(const struct scene *scene, int state)
{
    MEM_FREE_LATER char *sql = mem_printf("SELECT count(*) FROM delivery WHERE state = %d", state);

    return kit_ask(&scene->kit, sql);
}

static inline void send_some(struct scene *scene, size_t n)
{
    kit_fetch(&scene->kit, CHANNEL_SMS, n, false);
    assert_int_equal(scene->kit.n_rows, n);
    for (size_t i = 0; i < n; i++)
        kit_send(&scene->kit, scene->kit.rows[i].id, 1, (int)i);
}

static inline void remove_books(const struct scene *scene)
{
    kit_remove(&scene->kit, "");
    kit_remove(&scene->kit, "-wal");
    kit_remove(&scene->kit, "-shm");
}

/* The disk broke after 3 of 10 messages were sent that the backup has as planned. */
static inline void break_later(struct scene *scene)
{
    backup(scene);
    send_some(scene, 3);
    kit_release(&scene->kit);
    kit_close(&scene->kit);
    assert_int_equal(truncate(scene->kit.path, 8192), 0);
}

#endif
