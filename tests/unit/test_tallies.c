/* test_tallies: messages by network, modem, SIM and day from real books: added up while a gateway
 * is at work, from the table afterwards, and the same both times. Runs: any. */
#include "tests/unit/ledger_kit.h"

#include <time.h>

#include "gateway/base/clock.h"
#include "gateway/ledger/summary.h"
#include "gateway/report/statement.h"

#define EVENING INT64_C(1793461800000) /* 2026-10-31 23:50 in China */

static struct books *open_books(const struct kit *kit)
{
    struct books *books;
    char why[256];

    if (books_open(&books, kit->path, why, sizeof why))
        fail_msg("%s", why);
    return books;
}

static void use_sim(struct kit *kit, const char *name)
{
    struct ledger_op op = {.kind = LEDGER_SIM, .sim = {.name = name}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    free(op.sim.uses);
    kit->meters.sim = op.sim.number;
    kit->meters.slot = meter_slot(clock_wall_ms());
}

/* Two modems, two SIMs, two days; one rejected, one that waits, one that was never taken. */
static void carry(struct kit *kit)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED, .code = 1};
    int32_t first = kit->device;

    clock_set(EVENING);
    kit_insert(kit, 1, 3, 1, false);
    kit_insert(kit, 4, 3, 2, false);
    kit_fetch(kit, CHANNEL_SMS, 6, false);
    use_sim(kit, "imsi:460001234567890");
    kit_send(kit, 1, 1, 1);
    kit_send(kit, 4, 2, 2);
    kit->device = kit_device(kit, "bank-a/10");
    use_sim(kit, "imsi:460001234567891");
    kit_send(kit, 2, 1, 4);
    clock_set(EVENING + 1200000);
    kit_claim(kit, 5);
    kit_settle(kit, 5, &rejected, 0);
    kit->device = first;
    use_sim(kit, "imsi:460001234567890");
    kit_claim(kit, 6);
}

static void assert_adds_up(struct books *books, unsigned with)
{
    struct statement statement;
    char why[STATEMENT_WHY];

    assert_int_equal(statement_read_with(books, "2026-law-day", with, &statement), 0);
    if (!statement_adds_up(&statement, why, sizeof why))
        fail_msg("%s", why);
    statement_release(&statement);
}

static const struct {
    const char *device, *sim;
    int32_t day;
    enum delivery_state state;
    int64_t n, parts;
} expected[] = {
    {"", "", 0, DELIVERY_DUE, 1, 1},
    {"bank-a/0", "imsi:460001234567890", 20261031, DELIVERY_SENT, 2, 3},
    {"bank-a/0", "imsi:460001234567890", 20261101, DELIVERY_INFLIGHT, 1, 2},
    {"bank-a/10", "imsi:460001234567891", 20261031, DELIVERY_SENT, 1, 1},
    {"bank-a/10", "imsi:460001234567891", 20261101, DELIVERY_REJECTED, 1, 2},
};
enum { EXPECTED = sizeof expected / sizeof *expected };

/* inflight: what became of the one in flight. */
static void assert_tallies(struct books *books, enum delivery_state inflight)
{
    struct books_tally *tallies;
    size_t n;

    assert_int_equal(books_tallies(books, 1, &tallies, &n), 0);
    assert_int_equal(n, EXPECTED);
    for (size_t i = 0; i < n; i++) {
        enum delivery_state state =
            expected[i].state == DELIVERY_INFLIGHT ? inflight : expected[i].state;

        assert_string_equal(tallies[i].device, expected[i].device);
        assert_string_equal(tallies[i].sim, expected[i].sim);
        assert_int_equal(tallies[i].day, expected[i].day);
        for (int s = 0; s < DELIVERY_STATES; s++) {
            assert_int_equal(tallies[i].n[s], s == (int)state ? expected[i].n : 0);
            assert_int_equal(tallies[i].parts[s], s == (int)state ? expected[i].parts : 0);
        }
    }
    free(tallies);
}

static void open_and_closed_books_say_the_same(void **state)
{
    struct kit *kit = *state;
    struct books *books;

    carry(kit);
    books = open_books(kit);
    assert_tallies(books, DELIVERY_INFLIGHT);
    assert_adds_up(books, STATEMENT_MODEMS | STATEMENT_UNIT_DAYS);
    books_close(books);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM summary"), 0);
    kit_close(kit);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM summary"), EXPECTED);
    books = open_books(kit);
    assert_tallies(books, DELIVERY_INFLIGHT);
    assert_adds_up(books, STATEMENT_MODEMS | STATEMENT_UNIT_DAYS);
    books_close(books);
    /* It isn't true any more once a line was written: what was in flight is in doubt. */
    assert_int_equal(kit_open(kit), 0);
    books = open_books(kit);
    assert_tallies(books, DELIVERY_UNKNOWN);
    books_close(books);
    kit_close(kit);
    books = open_books(kit);
    assert_tallies(books, DELIVERY_UNKNOWN);
    books_close(books);
}

/* A wrong line in the table is found by the statement, and the place named. */
static void a_bent_table_is_refused(void **state)
{
    struct kit *kit = *state;
    struct statement statement;
    struct books *books;
    char why[STATEMENT_WHY];

    carry(kit);
    kit_close(kit);
    assert_int_equal(kit_sql(kit, "UPDATE summary SET parts = parts + 1 WHERE state = 7"), 0);
    books = open_books(kit);
    assert_int_equal(statement_read(books, "2026-law-day", &statement), 0);
    assert_false(statement_adds_up(&statement, why, sizeof why));
    assert_non_null(strstr(why, "Modem"));
    assert_non_null(strstr(why, "rejected"));
    statement_release(&statement);
    books_close(books);
}

/* Only campaigns whose journal grew are added up again: a mark in the other one's lines stays. */
static void other_campaigns_are_left_alone(void **state)
{
    struct kit *kit = *state;

    kit_insert(kit, 1, 60, 1, false);
    kit_close(kit);
    assert_int_equal(kit_sql(kit, "UPDATE summary SET n = 1000 WHERE campaign = 1"), 0);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_enter(kit, "second", "source"), LEDGER_OK);
    kit_insert(kit, 1, 2, 1, false);
    kit_close(kit);
    assert_int_equal(kit_ask(kit, "SELECT n FROM summary WHERE campaign = 1"), 1000);
    assert_int_equal(kit_ask(kit, "SELECT n FROM summary WHERE campaign = 2"), 2);
    /* Much has changed: all of them. */
    assert_int_equal(kit_open(kit), 0);
    kit_insert(kit, 3, 60, 1, false);
    kit_close(kit);
    assert_int_equal(kit_ask(kit, "SELECT n FROM summary WHERE campaign = 1"), 60);
    assert_int_equal(kit_ask(kit, "SELECT n FROM summary WHERE campaign = 2"), 62);
    assert_int_equal(kit_open(kit), 0);
}

/* What belongs to a device that the books don't name is told by its number, and what belongs to a
 * unit that they don't know by that. */
static void damaged_books_are_read(void **state)
{
    struct kit *kit = *state;
    struct books_tally *tallies;
    struct books_route *routes;
    struct books *books;
    size_t n;

    carry(kit);
    kit_close(kit);
    assert_int_equal(kit_sql(kit, "UPDATE summary SET device = 99 WHERE device > 1;"
                                  "UPDATE summary SET state = 77 WHERE device = 0;"
                                  "UPDATE count SET unit = 55, route = -9 WHERE state = 7"),
                     0);
    books = open_books(kit);
    assert_int_equal(books_tallies(books, 1, &tallies, &n), 0);
    assert_int_equal(n, EXPECTED - 1);
    assert_string_equal(tallies[0].device, "#99");
    free(tallies);
    assert_int_equal(books_routes(books, 1, &routes, &n), 0);
    assert_string_equal(routes[0].unit, "#55");
    assert_int_equal(routes[0].route, -9);
    assert_int_equal(routes[0].parts[DELIVERY_REJECTED], 2);
    free(routes);
    books_close(books);
}

/* Pairs may be nested, and inside nothing changes. */
static void held_books_stand_still(void **state)
{
    struct kit *kit = *state;
    struct books *books = open_books(kit);
    struct books_tally *tallies;
    size_t n;

    assert_int_equal(books_hold(books), 0);
    assert_int_equal(books_tallies(books, 1, &tallies, &n), 0);
    assert_int_equal(n, 0);
    free(tallies);
    kit_insert(kit, 1, 3, 1, false);
    assert_adds_up(books, STATEMENT_MODEMS);
    assert_int_equal(books_tallies(books, 1, &tallies, &n), 0);
    assert_int_equal(n, 0);
    free(tallies);
    books_let_go(books);
    assert_int_equal(books_tallies(books, 1, &tallies, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(tallies[0].n[DELIVERY_PLANNED], 3);
    free(tallies);
    books_close(books);
}

static int count_failed(void *ctx, const struct books_delivery *delivery)
{
    assert_int_equal(delivery->state, DELIVERY_REJECTED);
    ++*(int *)ctx;
    return 0;
}

static void only_failed_messages_are_listed(void **state)
{
    struct kit *kit = *state;
    struct books *books;
    int n = 0;

    carry(kit);
    books = open_books(kit);
    assert_int_equal(books_failed(books, 1, count_failed, &n), 0);
    assert_int_equal(n, 1);
    books_close(books);
}

static void days_are_local(void **state)
{
    static const struct {
        const char *zone;
        int64_t ms;
        int32_t day;
    } cases[] = {
        {"CST-8", 0, 0},
        {"CST-8", -5, 0},
        {"CST-8", 1, 19700101},
        {"CST-8", EVENING + 599999, 20261031},
        {"CST-8", EVENING + 600000, 20261101},
        {"CST-8", INT64_MAX, 99991231},
        {"Asia/Kathmandu", INT64_C(1793470499999), 20261031}, /* 18:15 UTC is midnight */
        {"Asia/Kathmandu", INT64_C(1793470500000), 20261101},
        {"America/New_York", INT64_C(1793505599999), 20261031}, /* clocks go back that night */
        {"America/New_York", INT64_C(1793505600000), 20261101},
        {"America/New_York", INT64_C(1793595599999), 20261101},
        {"America/New_York", INT64_C(1793595600000), 20261102},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct summary summary = {0};

        setenv("TZ", cases[i].zone, 1);
        tzset();
        assert_int_equal(summary_day(&summary, cases[i].ms), cases[i].day);
        assert_int_equal(summary_day(&summary, cases[i].ms), cases[i].day);
        summary_free(&summary);
    }
    setenv("TZ", "CST-8", 1);
    tzset();
}

/* Many keys, and each found again. */
static void lines_are_found_again(void **state)
{
    struct summary summary = {0};

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 5000; i++) {
            const struct summary_key key = {
                .owner = i % 3, .device = i % 70, .sim = i / 70, .day = 20261031 + i % 2};

            summary_line(&summary, &key)->n[DELIVERY_SENT] += i;
        }
    assert_int_equal(summary.n, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(summary.lines[i].n[DELIVERY_SENT], 2 * i);
    summary_free(&summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(open_and_closed_books_say_the_same, kit_setup,
                                        kit_teardown),
        cmocka_unit_test_setup_teardown(a_bent_table_is_refused, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(other_campaigns_are_left_alone, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(damaged_books_are_read, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(held_books_stand_still, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(only_failed_messages_are_listed, kit_setup, kit_teardown),
        cmocka_unit_test(days_are_local),
        cmocka_unit_test(lines_are_found_again),
    };

    setenv("TZ", "CST-8", 1);
    tzset();
    setenv("LANG", "C", 1);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
