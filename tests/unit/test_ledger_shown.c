/* test_ledger_shown: what was on a screen counts once, as far as it is proved, with its evidence.
 * Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <sys/stat.h>

#include "gateway/base/clock.h"

#define T INT64_C(1793406600000) /* 2026-10-31 08:30 in China */

/* A slogan that its board has taken. */
static void take(struct kit *kit)
{
    kit_insert_slot(kit, 0, 0, 0, "弘扬宪法精神");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
}

static int64_t shown_ms(const struct kit *kit)
{
    return kit_ask(kit, "SELECT shown_ms FROM delivery WHERE id = 1");
}

static int64_t intervals(const struct kit *kit)
{
    return kit_ask(kit, "SELECT count(*) FROM shown WHERE until_ms > from_ms");
}

static void test_overlapping_intervals_count_once(void **state)
{
    static const struct {
        int64_t from, until;
        enum outcome_level level;
        int64_t sum, rows; /* afterwards */
    } steps[] = {
        {0, 0, 2, 0, 0},       {0, 60, 2, 60, 1},
        {60, 120, 2, 120, 2},  {0, 60, 2, 120, 2}, /* known: the same reading once more */
        {0, 30, 2, 120, 2}, /* known by its beginning and level, however long */
        {200, 260, 3, 180, 3}, {30, 90, 5, 180, 4}, /* the play log tells of the same minutes */
        {100, 230, 5, 260, 5},                      /* and of what lies between readings */
        {250, 300, 1, 260, 6},                      /* below the need: booked only */
        {250, 300, 2, 300, 7}, {-50, 400, 5, 450, 8},
        {400, 500, 4, 550, 9}, {10, 20, 3, 550, 10},
    };
    struct kit *kit = *state;

    take(kit);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(
            kit_show(kit, 1, steps[i].level, T + steps[i].from * 1000, T + steps[i].until * 1000),
            LEDGER_OK);
        if (shown_ms(kit) != steps[i].sum * 1000 || intervals(kit) != steps[i].rows)
            fail_msg("step %zu: %lld ms in %lld intervals", i, (long long)shown_ms(kit),
                     (long long)intervals(kit));
        assert_books_agree(kit);
    }
    assert_int_equal(kit_ask(kit, "SELECT level FROM delivery"), LEVEL_LOGGED);
    kit_withdraw(kit, 1);
    assert_int_equal(shown_ms(kit), 550000);
    assert_books_agree(kit);
}

static void test_only_what_reaches_the_need_counts(void **state)
{
    struct kit *kit = *state;

    kit->need = LEVEL_PLAYING;
    take(kit);
    kit_show(kit, 1, LEVEL_STORED, T, T + 60000);
    assert_int_equal(state_of(kit, 1), DELIVERY_SHOWN);
    assert_int_equal(shown_ms(kit), 0);
    assert_int_equal(intervals(kit), 1);
    kit_show(kit, 1, LEVEL_PLAYING, T + 60000, T + 90000);
    assert_int_equal(shown_ms(kit), 30000);
    kit_show(kit, 1, LEVEL_PLAYING, T, T + 60000);
    assert_int_equal(shown_ms(kit), 90000);
    assert_books_agree(kit);
}

/* A play log comes when the slogan is long gone; what is written off stays so. */
static void test_late_proof_changes_no_state(void **state)
{
    struct kit *kit = *state;
    struct ledger_op expire = {
        .kind = LEDGER_EXPIRE, .campaign = kit->campaign, .expire = {.max = 8}};

    take(kit);
    kit_withdraw(kit, 1);
    kit_show(kit, 1, LEVEL_LOGGED, T, T + 5000);
    assert_int_equal(state_of(kit, 1), DELIVERY_WITHDRAWN);
    assert_int_equal(shown_ms(kit), 5000);
    assert_int_equal(kit_ask(kit, "SELECT level FROM delivery"), LEVEL_LOGGED);
    assert_books_agree(kit);
    kit_insert_slot(kit, 1, 0, 0, "共建文明城市");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_claim(kit, 2);
    kit_show(kit, 2, LEVEL_LOGGED, T, T + 5000); /* earlier than the answer to its publication */
    assert_int_equal(state_of(kit, 2), DELIVERY_INFLIGHT);
    kit_settle(kit, 2, &(struct outcome){.kind = OUTCOME_DEFERRED}, 0);
    assert_int_equal(kit_do(kit, &expire), LEDGER_OK);
    kit_show(kit, 2, LEVEL_LOGGED, T, T + 5000);
    assert_int_equal(state_of(kit, 2), DELIVERY_EXPIRED);
    assert_int_equal(kit_ask(kit, "SELECT sum(shown_ms) FROM delivery WHERE id = 2"), 0);
    kit_withdraw(kit, 1);
    assert_int_equal(state_of(kit, 1), DELIVERY_WITHDRAWN);
    assert_books_agree(kit);
}

/* Play logs bring times that a device made up. */
static void test_impossible_times_prove_only_the_level(void **state)
{
    static const int64_t times[][2] = {{T + 1, T},     {-5, T}, {INT64_MIN, INT64_MAX},
                                       {T, INT64_MAX}, {0, 5},  {1, T}};
    struct kit *kit = *state;

    take(kit);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        assert_int_equal(kit_show(kit, 1, LEVEL_PLAYING, times[i][0], times[i][1]), LEDGER_OK);
    assert_int_equal(shown_ms(kit), 0);
    assert_int_equal(intervals(kit), 0);
    assert_int_equal(kit_ask(kit, "SELECT level FROM delivery"), LEVEL_PLAYING);
    assert_books_agree(kit);
}

static int show_picture(struct kit *kit, const char *picture, const char *type, int64_t from)
{
    struct ledger_op op = {.kind = LEDGER_SHOW,
                           .show = {.id = 1,
                                    .level = LEVEL_SCREENSHOT,
                                    .from_ms = T + from,
                                    .until_ms = T + from + 1000,
                                    .evidence = {.digest = "abc",
                                                 .picture = picture,
                                                 .picture_length = strlen(picture),
                                                 .picture_type = type}}};

    return kit_do(kit, &op);
}

static void test_pictures_are_kept_once(void **state)
{
    static const char sum[] =
        "/9320a26e8d3f3de07ef3001c109dc69c7f8926fe57436da37ca74d77ec723ff8.png";
    struct kit *kit = *state;
    char name[512];
    struct stat file;

    take(kit);
    for (int i = 0; i < 3; i++)
        assert_int_equal(show_picture(kit, "\x89picture", "png", i * 1000), LEDGER_OK);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 1);
    assert_string_equal(strrchr(name, '/'), sum);
    assert_int_equal(stat(name, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0400);
    assert_int_equal(file.st_size, 8);
    *strrchr(name, '/') = '\0';
    assert_int_equal(stat(name, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0700);
    assert_int_equal(show_picture(kit, "another", "../../etc/passwd", 9000), LEDGER_OK);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 2);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM shown WHERE file GLOB '*.bin'"), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(DISTINCT file) FROM shown"), 2);
    assert_int_equal(shown_ms(kit), 4000);
    assert_books_agree(kit);
}

/* What a crash left half written is thrown away, and what was cut off is written anew. */
static void test_pictures_after_a_crash(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *part = mem_printf("%s.evidence/incomplete", kit->path);
    char name[512];
    struct stat file;
    FILE *rest;

    take(kit);
    assert_int_equal(show_picture(kit, "picture", "gif", 0), LEDGER_OK);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 1);
    assert_int_equal(chmod(name, 0600), 0);
    assert_int_equal(truncate(name, 3), 0);
    rest = fopen(part, "w");
    assert_non_null(rest);
    fclose(rest);
    assert_int_equal(chmod(part, 0400), 0);
    assert_int_equal(show_picture(kit, "picture", "gif", 5000), LEDGER_OK);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 1);
    assert_int_equal(stat(name, &file), 0);
    assert_int_equal(file.st_size, 7);
    assert_int_equal(kit_ask(kit, "SELECT level FROM delivery"), LEVEL_SCREENSHOT);
}

/* The picture is lost, what the device says is not. */
static void test_a_picture_that_cannot_be_kept(void **state)
{
    struct kit *kit = *state;
    MEM_FREE_LATER char *folder = mem_printf("%s.evidence", kit->path);
    FILE *file = fopen(folder, "w");

    assert_non_null(file);
    fclose(file);
    take(kit);
    assert_int_equal(show_picture(kit, "picture", "png", 0), LEDGER_OK);
    assert_int_equal(kit_ask(kit, "SELECT level FROM delivery"), LEVEL_PLAYING);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM shown WHERE file = '' AND level = 3"), 1);
    assert_books_agree(kit);
    assert_int_equal(unlink(folder), 0);
}

struct seen {
    size_t n;
    int64_t from, counted;
    bool picture;
};

static int see_shown(void *ctx, const struct books_shown *shown)
{
    struct seen *seen = ctx;

    assert_true(shown->from_ms >= seen->from);
    assert_string_equal(shown->board, "plaza");
    assert_string_equal(shown->unit, "jinan");
    assert_string_equal(shown->text, "弘扬宪法精神");
    seen->n++;
    seen->from = shown->from_ms;
    if (shown->counts)
        seen->counted += shown->until_ms - shown->from_ms;
    if (*shown->file) {
        assert_int_equal(strncmp(shown->file, "books.db.evidence/", 18), 0);
        assert_string_equal(shown->digest, "abc");
        seen->picture = true;
    }
    return seen->n == 77 ? -1 : 0;
}

static struct books *read_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    return books;
}

static int see_reached(void *ctx, const struct books_reached *reached)
{
    assert_string_equal(reached->board, "plaza");
    assert_string_equal(reached->owner, "jinan");
    assert_string_equal(reached->place, "人民广场");
    assert_string_equal(reached->slogan, "弘扬宪法精神");
    ++*(size_t *)ctx;
    return 0;
}

static void test_what_books_tell_of_it(void **state)
{
    struct kit *kit = *state;
    struct seen seen = {0}, late = {0};
    int64_t campaign = 0;
    size_t reached = 0;
    struct books *books;

    take(kit);
    kit_show(kit, 1, LEVEL_PLAYING, T + 60000, T + 90000);
    kit_show(kit, 1, LEVEL_LOGGED, T, T + 10000);
    kit_show(kit, 1, LEVEL_LOGGED, T + 70000, T + 80000); /* counted already */
    show_picture(kit, "picture", "jpg", 500000);
    books = read_books(kit);
    assert_int_equal(books_shown(books, kit->campaign, 0, see_shown, &seen), 0);
    assert_int_equal(seen.n, 4);
    assert_int_equal(seen.counted, 41000);
    assert_true(seen.picture);
    assert_int_equal(books_shown(books, 0, T + 80000, see_shown, &late), 0);
    assert_int_equal(late.n, 2);
    assert_int_equal(books_shown(books, kit->campaign + 1, 0, see_shown, &late), 0);
    assert_int_equal(late.n, 2);
    assert_int_equal(books_reached(books, kit->campaign, see_reached, &reached), 0);
    assert_int_equal(reached, 1);
    assert_int_equal(books_owner(books, 1, &campaign), 0);
    assert_int_equal(campaign, kit->campaign);
    assert_int_equal(books_owner(books, 99, &campaign), 1);
    books_close(books);
}

static void test_proofs_are_not_rewritten(void **state)
{
    struct kit *kit = *state;

    take(kit);
    kit_show(kit, 1, LEVEL_PLAYING, T, T + 90000);
    assert_int_equal(kit_sql(kit, "UPDATE shown SET until_ms = until_ms + 1"), SQLITE_CONSTRAINT);
    assert_int_equal(kit_sql(kit, "DELETE FROM shown"), SQLITE_CONSTRAINT);
}

/* A showing may be withdrawn and proved before the gateway dies: the books are the same after. */
static void test_intervals_survive_a_restart(void **state)
{
    struct kit *kit = *state;

    take(kit);
    kit_show(kit, 1, LEVEL_PLAYING, T, T + 60000);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    kit_show(kit, 1, LEVEL_PLAYING, T, T + 60000);
    kit_show(kit, 1, LEVEL_PLAYING, T + 30000, T + 90000);
    assert_int_equal(shown_ms(kit), 90000);
    assert_books_agree(kit);
}

#define SHOWN_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOWN_TEST(test_overlapping_intervals_count_once),
        SHOWN_TEST(test_only_what_reaches_the_need_counts),
        SHOWN_TEST(test_late_proof_changes_no_state),
        SHOWN_TEST(test_impossible_times_prove_only_the_level),
        SHOWN_TEST(test_pictures_are_kept_once),
        SHOWN_TEST(test_pictures_after_a_crash),
        SHOWN_TEST(test_a_picture_that_cannot_be_kept),
        SHOWN_TEST(test_what_books_tell_of_it),
        SHOWN_TEST(test_proofs_are_not_rewritten),
        SHOWN_TEST(test_intervals_survive_a_restart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
