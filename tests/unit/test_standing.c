/* test_standing: how far a campaign is, in one word.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <time.h>

#include "gateway/report/standing.h"
#include "tests/unit/statement_kit.h"

static void standing_is_what_the_figures_prove(void **state)
{
    static const struct {
        int64_t delivered, sent, unknown, open, up, now, last;
        bool planned;
        enum standing expected;
    } cases[] = {
        {0, 0, 0, 10, 0, OPENS, 0, false, STANDING_ENTERING},
        {0, 0, 0, 10, 0, OPENS - 1, OPENS - 9, true, STANDING_WAITING},
        {5, 0, 0, 5, 0, OPENS + 1000, OPENS + 900, true, STANDING_RUNNING},
        {0, 0, 0, 10, 0, OPENS + 1000, OPENS - 3600000, true, STANDING_RUNNING},
        {5, 0, 0, 5, 0, OPENS + 900000, OPENS + 1000, true, STANDING_STALLED},
        {10, 0, 0, 0, 3, OPENS + 900000, OPENS + 1000, true, STANDING_RUNNING},
        {10, 0, 0, 0, 0, OPENS + 900000, OPENS + 1000, true, STANDING_COMPLETED},
        {9, 1, 0, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_REPORTS},
        {9, 1, 0, 0, 0, CLOSES + 4000000, CLOSES, true, STANDING_COMPLETED},
        {9, 0, 1, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {10, 0, 1, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {9, 0, 0, 0, 0, CLOSES + 1000, CLOSES, true, STANDING_SHORT},
        {5, 0, 0, 5, 0, CLOSES, CLOSES, true, STANDING_SHORT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct books books = two_units();
        struct books_unit *unit = &books.units[0];
        struct statement statement;

        books.n_units = 1;
        books.campaign.planned = cases[i].planned;
        *unit = (struct books_unit){.id = "city", .quota = 10};
        unit->n[DELIVERY_DELIVERED] = cases[i].delivered;
        unit->n[DELIVERY_SENT] = cases[i].sent;
        unit->n[DELIVERY_UNKNOWN] = cases[i].unknown;
        unit->n[DELIVERY_PLANNED] = cases[i].open;
        books.boards[0].n[DELIVERY_SHOWN] = cases[i].up;
        books.boards[0].showings = books.boards[0].planned;
        statement_read(&books, "day", &statement);
        assert_string_equal(standing_name(standing_of(&statement, cases[i].now, cases[i].last)),
                            standing_name(cases[i].expected));
        statement_release(&statement);
    }
}

/* Another campaign's gateway is at work on the same books. */
static void a_slot_that_nobody_took_is_told(void **state)
{
    struct books_delivery slot = {
        .channel = CHANNEL_DISPLAY, .state = DELIVERY_PLANNED, .from_ms = OPENS};

    (void)state;
    assert_false(standing_is_missed(&slot, OPENS - 1));
    assert_false(standing_is_missed(&slot, OPENS + 60000));
    assert_true(standing_is_missed(&slot, OPENS + 180000));
    slot.state = DELIVERY_DUE;
    assert_false(standing_is_missed(&slot, OPENS + 180000));
    slot.state = DELIVERY_PLANNED;
    slot.channel = CHANNEL_SMS; /* it waits for its SIM's limit, maybe */
    assert_false(standing_is_missed(&slot, OPENS + 180000));
}

/* Without a gateway nothing is on its way; what waits or is over stays what it is. */
static void no_gateway_no_progress(void **state)
{
    (void)state;
    assert_int_equal(standing_without_gateway(STANDING_ENTERING), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_RUNNING), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_STALLED), STANDING_IDLE);
    assert_int_equal(standing_without_gateway(STANDING_WAITING), STANDING_WAITING);
    assert_int_equal(standing_without_gateway(STANDING_REPORTS), STANDING_REPORTS);
    assert_int_equal(standing_without_gateway(STANDING_SHORT), STANDING_SHORT);
    assert_int_equal(standing_without_gateway(STANDING_COMPLETED), STANDING_COMPLETED);
    assert_string_equal(standing_name(STANDING_IDLE), "not-running");
}

/* A board that stayed dark is no success, whatever else was reached. */
static void dark_boards_are_short(void **state)
{
    static const struct {
        int64_t showings, planned, missing;
        enum standing expected;
    } cases[] = {{360, 360, 0, STANDING_COMPLETED},
                 {359, 360, 1, STANDING_SHORT},
                 {0, 360, 360, STANDING_SHORT},
                 {0, 0, 0, STANDING_SHORT}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct books books = two_units();
        struct statement statement;

        books.n_units = 0;
        books.n_shown = 0;
        books.boards[0] = (struct books_board){
            .id = "plaza", .showings = cases[i].showings, .planned = cases[i].planned};
        /* One that did well makes no other one good. */
        books.boards[1] = (struct books_board){.id = "market", .showings = 1};
        books.n_boards = 2;
        statement_read(&books, "day", &statement);
        assert_int_equal(standing_missing_showings(&statement), cases[i].missing);
        assert_string_equal(standing_name(standing_of(&statement, CLOSES, CLOSES)),
                            standing_name(cases[i].expected));
        statement_release(&statement);
    }
}

static void all_cancelled_is_cancelled(void **state)
{
    struct books books = two_units();
    struct statement statement;

    (void)state;
    books.n_units = 1;
    books.n_boards = 0;
    books.units[0] = (struct books_unit){.id = "city", .quota = 10};
    books.units[0].n[DELIVERY_CANCELLED] = 10;
    statement_read(&books, "day", &statement);
    assert_int_equal(standing_of(&statement, CLOSES, CLOSES), STANDING_CANCELLED);
    statement_release(&statement);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standing_is_what_the_figures_prove),
        cmocka_unit_test(a_slot_that_nobody_took_is_told),
        cmocka_unit_test(no_gateway_no_progress),
        cmocka_unit_test(dark_boards_are_short),
        cmocka_unit_test(all_cancelled_is_cancelled),
    };

    statement_kit_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
