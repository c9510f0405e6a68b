/* test_modes: what the books write is for their owner alone, whatever the umask and whatever was
 * there before.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include <sys/stat.h>

static int mode_of(const struct kit *kit, const char *suffix)
{
    MEM_FREE_LATER char *name = mem_printf("%s%s", kit->path, suffix);
    struct stat st;

    return stat(name, &st) ? -1 : (int)(st.st_mode & 07777);
}

static void set_mode(const struct kit *kit, const char *suffix, mode_t mode)
{
    MEM_FREE_LATER char *name = mem_printf("%s%s", kit->path, suffix);

    assert_int_equal(chmod(name, mode), 0);
}

/* A slogan that was seen, with a picture of it. */
static void show_picture(struct kit *kit)
{
    static const char picture[] = "\x89PNG of a screen";
    struct ledger_op op = {.kind = LEDGER_SHOW,
                           .show = {.level = LEVEL_SCREENSHOT,
                                    .evidence = {.picture = picture,
                                                 .picture_length = sizeof picture,
                                                 .picture_type = "png"}}};

    kit_insert_slot(kit, 0, 0, 0, "弘扬宪法精神");
    kit_fetch(kit, CHANNEL_DISPLAY, 1, false);
    op.show.id = kit->rows[0].id;
    kit_send(kit, op.show.id, 0, 0);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static void assert_closed(const struct kit *kit)
{
    char name[512];
    struct stat st;

    assert_int_equal(mode_of(kit, ""), 0600);
    assert_int_equal(mode_of(kit, "-wal"), 0600);
    assert_int_equal(mode_of(kit, "-shm"), 0600);
    assert_int_equal(mode_of(kit, ".key"), 0400);
    assert_int_equal(mode_of(kit, ".evidence"), 0700);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 1);
    assert_int_equal(stat(name, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0400);
}

static void test_an_open_umask_widens_nothing(void **state)
{
    struct kit *kit = *state;

    show_picture(kit);
    assert_closed(kit);
    kit_close(kit);
    assert_int_equal(mode_of(kit, ".key.checkpoint"), 0600);
}

/* Somebody has copied them, or an earlier version was less careful. */
static void test_what_is_open_is_closed(void **state)
{
    struct kit *kit = *state;

    show_picture(kit);
    kit_close(kit);
    set_mode(kit, "", 0666);
    set_mode(kit, ".evidence", 0755);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(mode_of(kit, ""), 0600);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    show_picture(kit);
    assert_closed(kit);
}

static int setup(void **state)
{
    umask(0);
    return kit_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_open_umask_widens_nothing, setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_open_is_closed, setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
