/* test_shown: a statement from real books: days, boards and targets, and that they add up.
 * Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <time.h>

#include "gateway/report/statement.h"

#define MIDNIGHT INT64_C(1793462400000) /* 2026-10-31 to 11-01 in China */

static void read_statement(const struct kit *kit, struct statement *statement)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    assert_int_equal(statement_read(books, "2026-law-day", statement), 0);
    books_close(books);
}

static void assert_adds_up(const struct statement *statement)
{
    char why[256];

    if (!statement_adds_up(statement, why, sizeof why))
        fail_msg("%s", why);
}

static void test_days_of_a_board(void **state)
{
    struct kit *kit = *state;
    struct statement statement;
    const struct shown_day *days;

    for (int32_t slot = 0; slot < 4; slot++)
        kit_insert_slot(kit, slot, 0, 0, slot % 2 ? "民法典" : "宪法");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    for (int64_t id = 1; id <= 4; id++)
        kit_send(kit, id, 0, 0);
    kit_show(kit, 1, LEVEL_PLAYING, MIDNIGHT - 70500, MIDNIGHT - 10500);
    kit_show(kit, 1, LEVEL_PLAYING, MIDNIGHT - 10500, MIDNIGHT + 49500);
    kit_show(kit, 1, LEVEL_LOGGED, MIDNIGHT - 65500, MIDNIGHT + 50500);
    kit_show(kit, 2, LEVEL_STORED, MIDNIGHT + 60000, MIDNIGHT + 120700);
    kit_show(kit, 3, LEVEL_STORED, MIDNIGHT + 130000, MIDNIGHT + 190000);
    kit_show(kit, 4, LEVEL_ACCEPTED, MIDNIGHT + 200000, MIDNIGHT + 260000); /* too little proof */
    read_statement(kit, &statement);
    days = statement.shown.days;
    assert_int_equal(statement.shown.n, 3);
    assert_string_equal(days[0].day, "2026-10-31");
    assert_string_equal(days[0].slogan, "宪法");
    assert_string_equal(days[0].owner, "jinan");
    assert_true(days[0].ms == 70500 && days[0].seconds == 70 && days[0].level == LEVEL_LOGGED);
    assert_string_equal(days[1].day, "2026-11-01");
    assert_string_equal(days[1].slogan, "宪法");
    assert_true(days[1].ms == 110500 && days[1].seconds == 111 && days[1].level == LEVEL_STORED);
    assert_string_equal(days[2].slogan, "民法典");
    assert_true(days[2].ms == 60700 && days[2].seconds == 60 && days[2].level == LEVEL_STORED);
    assert_int_equal(statement.boards[0].shown_ms, 241700);
    assert_int_equal(statement.boards[0].showings, 3);
    assert_int_equal(statement.boards[0].slogans, 2);
    assert_string_equal(statement.boards[0].place, "人民广场");
    assert_adds_up(&statement);
    assert_int_equal(statement.targets.n, 1); /* 2 places, 5 slogans */
    assert_int_equal(statement.targets.lines[0].places_reached, 1);
    assert_int_equal(statement.targets.lines[0].items_reached, 2);
    assert_int_equal(statement.targets.lines[0].minutes_reached, 4);
    assert_false(statement.targets.lines[0].met);
    statement_release(&statement);
}

/* Whatever readings and play logs tell, and however they overlap, the days make the boards' time.
 */
static void test_any_intervals_add_up(void **state)
{
    struct kit *kit = *state;

    srand(11);
    for (int32_t slot = 0; slot < 3; slot++)
        kit_insert_slot(kit, slot, 0, 0, slot % 2 ? "民法典" : "宪法");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    for (int64_t id = 1; id <= 3; id++)
        kit_send(kit, id, 0, 0);
    for (int round = 0; round < 10; round++) {
        struct statement statement;
        int64_t sum = 0;

        for (int i = 0; i < 15; i++) {
            int64_t from = MIDNIGHT - 100000 + rand() % 200000;

            kit_show(kit, 1 + rand() % 3, (enum outcome_level)(1 + rand() % 5), from,
                     from + rand() % 30000);
        }
        read_statement(kit, &statement);
        assert_adds_up(&statement);
        for (size_t i = 0; i < statement.shown.n; i++)
            sum += statement.shown.days[i].seconds;
        assert_int_equal(sum, statement.boards[0].shown_ms / 1000);
        statement_release(&statement);
        assert_books_agree(kit);
    }
}

/* The books' own figure was bent: the days don't make it any more, and the statement says so. */
static void test_what_is_bent_is_said(void **state)
{
    struct kit *kit = *state;
    struct statement statement;
    char why[256] = "";

    kit_insert_slot(kit, 0, 0, 0, "宪法");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    kit_send(kit, 1, 0, 0);
    kit_show(kit, 1, LEVEL_PLAYING, MIDNIGHT, MIDNIGHT + 60000);
    assert_int_equal(kit_sql(kit, "UPDATE delivery SET shown_ms = 99000"), SQLITE_OK);
    read_statement(kit, &statement);
    assert_false(statement_adds_up(&statement, why, sizeof why));
    assert_non_null(strstr(why, "plaza: the days make 60000 ms"));
    statement_release(&statement);
    assert_int_equal(kit_sql(kit, "DROP TRIGGER shown_keeps;"
                                  "UPDATE shown SET until_ms = 9000000000000000000"),
                     SQLITE_OK);
    read_statement(kit, &statement); /* and it ends */
    assert_int_equal(statement.shown.n, 0);
    statement_release(&statement);
}

#define SHOWN_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOWN_TEST(test_days_of_a_board),
        SHOWN_TEST(test_any_intervals_add_up),
        SHOWN_TEST(test_what_is_bent_is_said),
    };

    setenv("TZ", "CST-8", 1);
    tzset();
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
