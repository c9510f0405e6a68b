/* test_ledger_routes: messages of one unit to several networks: a queue each, one quota for all.
 * Runs: any. Real books, real loop. */
#include "tests/unit/ledger_kit.h"

#include "gateway/model/operators.h"

#define HISTORIES    12
#define STEPS        150
#define HISTORY_ROWS 200 /* numbers that a history may use */

static struct ledger_op fetch_route(struct kit *kit, int32_t route, size_t max, bool again)
{
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = kit->campaign,
                           .fetch = {.unit = kit->units[0],
                                     .route = route,
                                     .channel = CHANNEL_SMS,
                                     .again = again,
                                     .max = max,
                                     .rows = kit->rows}};

    kit_release(kit);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    kit->n_rows = op.fetch.n;
    return op;
}

static void insert_route(struct kit *kit, int32_t route, int64_t from, size_t n, bool reserve)
{
    kit->route = route;
    assert_int_equal(kit_insert(kit, from, n, 2, reserve), n);
}

static int64_t route_of(const struct kit *kit, int64_t id)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT route FROM delivery WHERE id = %lld", (long long)id);

    return kit_ask(kit, sql);
}

static void test_a_queue_gets_its_network_only(void **state)
{
    struct kit *kit = *state;
    struct ledger_op op;

    insert_route(kit, OPERATOR_MOBILE, 0, 3, false);
    insert_route(kit, OPERATOR_UNICOM, 10, 2, false);
    insert_route(kit, OPERATOR_UNKNOWN, 20, 1, false);
    op = fetch_route(kit, OPERATOR_TELECOM, 8, false);
    assert_int_equal(kit->n_rows, 0);
    assert_int_equal(op.fetch.open_parts, 0);
    assert_true(op.fetch.next_ms == INT64_MAX);
    op = fetch_route(kit, OPERATOR_MOBILE, 2, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(op.fetch.next_ms, 0);
    for (size_t i = 0; i < kit->n_rows; i++)
        assert_int_equal(route_of(kit, kit->rows[i].id), OPERATOR_MOBILE);
    kit_claim(kit, 2);
    assert_int_equal(fetch_route(kit, OPERATOR_MOBILE, 0, false).fetch.open_parts, 6);
    kit_send(kit, 1, 2, 1);
    assert_int_equal(fetch_route(kit, OPERATOR_MOBILE, 0, false).fetch.open_parts, 4);
    fetch_route(kit, OPERATOR_UNICOM, 8, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 10);
    kit_send(kit, kit->rows[0].id, 2, 3);
    op = fetch_route(kit, OPERATOR_UNKNOWN, 8, false);
    assert_int_equal(kit->n_rows, 1);
    assert_int_equal(op.fetch.awaiting, 0); /* two of the unit, none on this route */
    assert_int_equal(fetch_route(kit, OPERATOR_MOBILE, 0, false).fetch.awaiting, 1);
    assert_books_agree(kit);
}

/* What was due before a start comes back to the queue that it belongs to. */
static void test_leftovers_are_kept_by_network(void **state)
{
    struct kit *kit = *state;

    insert_route(kit, OPERATOR_MOBILE, 0, 5, false);
    insert_route(kit, OPERATOR_UNICOM, 10, 5, false);
    fetch_route(kit, OPERATOR_MOBILE, 8, false);
    fetch_route(kit, OPERATOR_UNICOM, 8, false);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    fetch_route(kit, OPERATOR_MOBILE, 3, true);
    assert_int_equal(kit->n_rows, 3);
    fetch_route(kit, OPERATOR_UNICOM, 8, true);
    assert_int_equal(kit->n_rows, 5);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 10);
    fetch_route(kit, OPERATOR_MOBILE, 8, false);
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(kit->rows[1].address, KIT_NUMBER + 4);
    assert_int_equal(fetch_route(kit, OPERATOR_MOBILE, 8, false).fetch.n, 0);
}

static void test_a_queue_draws_its_own_reserve(void **state)
{
    struct outcome rejected = {.kind = OUTCOME_REJECTED};
    struct kit *kit = *state;

    kit->quota = 4;
    assert_int_equal(kit_enter(kit, "quota", "source"), LEDGER_OK);
    insert_route(kit, OPERATOR_MOBILE, 0, 2, false);
    insert_route(kit, OPERATOR_MOBILE, 100, 3, true);
    insert_route(kit, OPERATOR_UNICOM, 200, 3, true);
    fetch_route(kit, OPERATOR_UNICOM, 8, false); /* two are wanting, two are planned elsewhere */
    assert_int_equal(kit->n_rows, 2);
    assert_int_equal(kit->rows[0].address, KIT_NUMBER + 200);
    assert_int_equal(route_of(kit, kit->rows[0].id), OPERATOR_UNICOM);
    kit_claim(kit, kit->rows[0].id);
    assert_int_equal(kit_settle(kit, kit->rows[0].id, &rejected, 0), DELIVERY_REJECTED);
    fetch_route(kit, OPERATOR_MOBILE, 8, false); /* both planned, and one for the rejected */
    assert_int_equal(kit->n_rows, 3);
    assert_int_equal(kit->rows[2].address, KIT_NUMBER + 100);
    assert_int_equal(fetch_route(kit, OPERATOR_UNICOM, 8, false).fetch.n, 0);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve WHERE route = 2"), 1);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM reserve WHERE route = 1"), 2);
    assert_books_agree(kit);
}

static void test_units_are_summed_over_networks(void **state)
{
    struct kit *kit = *state;
    struct books_unit *units;
    struct books *books;
    char why[256];
    size_t n;

    insert_route(kit, OPERATOR_MOBILE, 0, 3, false);
    insert_route(kit, OPERATOR_UNICOM, 10, 2, false);
    fetch_route(kit, OPERATOR_UNICOM, 1, false);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM count WHERE n > 0"), 3);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_units(books, kit->campaign, &units, &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(units[0].n[DELIVERY_PLANNED], 4);
    assert_int_equal(units[0].parts[DELIVERY_PLANNED], 8);
    assert_int_equal(units[0].n[DELIVERY_DUE], 1);
    free(units);
    books_close(books);
}

/* ---- the quota, whatever happens in whatever order ---- */

struct history {
    struct kit *kit;
    uint64_t seed;
    struct {
        int64_t id, address;
    } held[HISTORY_ROWS], sent[HISTORY_ROWS];
    size_t n_held, n_sent;
    bool again[PHONE_OPERATORS]; /* not fetched since the start */
};

static uint64_t history_draw(struct history *history, uint64_t below)
{
    uint64_t x = history->seed += UINT64_C(0x9e3779b97f4a7c15);

    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (x ^ x >> 31) % below;
}

static int64_t history_count(const struct history *history, const char *condition)
{
    MEM_FREE_LATER char *sql = mem_printf("SELECT count(*) FROM %s AND campaign = %lld", condition,
                                          (long long)history->kit->campaign);

    return kit_ask(history->kit, sql);
}

/* May be delivered or was: due, in flight, deferred, sent, delivered, unknown. */
static int64_t history_living(const struct history *history)
{
    return history_count(history, "delivery WHERE state NOT IN (0, 6, 7, 9, 10, 11)");
}

static void history_fetch(struct history *history, int32_t route)
{
    struct kit *kit = history->kit;
    size_t max = (size_t)history_draw(history, 8) + 1;

    fetch_route(kit, route, max, history->again[route]);
    history->again[route] = false;
    for (size_t i = 0; i < kit->n_rows; i++) {
        assert_int_equal(route_of(kit, kit->rows[i].id), route);
        assert_true(history->n_held < HISTORY_ROWS);
        history->held[history->n_held].id = kit->rows[i].id;
        history->held[history->n_held++].address = kit->rows[i].address;
    }
}

static void history_attempt(struct history *history, enum outcome_kind kind)
{
    struct outcome outcome = {.kind = kind, .n_references = kind == OUTCOME_SENT ? 2 : 0};
    size_t at;

    if (!history->n_held)
        return;
    at = (size_t)history_draw(history, history->n_held);
    kit_claim(history->kit, history->held[at].id);
    kit_settle(history->kit, history->held[at].id, &outcome, history_draw(history, 3) == 0 ? 1 : 0);
    if (kind == OUTCOME_SENT)
        history->sent[history->n_sent++] = history->held[at];
    history->held[at] = history->held[--history->n_held];
}

static void history_fail(struct history *history)
{
    if (!history->n_sent)
        return;
    kit_report(history->kit, history->sent[--history->n_sent].address, 0, REPORT_FAILED);
}

static void history_restart(struct history *history, const char *id)
{
    kit_close(history->kit);
    assert_int_equal(kit_open(history->kit), 0);
    assert_int_equal(kit_enter(history->kit, id, "source"), LEDGER_OK);
    history->n_held = 0;
    for (int i = 0; i < PHONE_OPERATORS; i++)
        history->again[i] = true;
}

static void history_step(struct history *history, const char *id)
{
    uint64_t choice = history_draw(history, 40);

    if (choice == 0)
        history_restart(history, id);
    else if (choice < 15)
        history_fetch(history, (int32_t)history_draw(history, PHONE_OPERATORS));
    else if (choice < 20)
        history_fail(history);
    else
        history_attempt(history, (enum outcome_kind)history_draw(history, OUTCOME_KINDS));
}

/* Carries out all that may still be carried out. */
static void history_drain(struct history *history)
{
    bool more = true;

    while (more) {
        more = false;
        for (int32_t route = 0; route < PHONE_OPERATORS; route++) {
            history_fetch(history, route);
            more = more || history->n_held;
            while (history->n_held)
                history_attempt(history, OUTCOME_SENT);
        }
    }
}

static void history_run(struct kit *kit, uint64_t seed)
{
    struct history history = {.kit = kit, .seed = seed};
    MEM_FREE_LATER char *id = mem_printf("history-%d", (int)seed);
    int64_t from = (int64_t)seed * HISTORY_ROWS;

    kit->quota = (int64_t)history_draw(&history, 30) + 5;
    assert_int_equal(kit_enter(kit, id, "source"), LEDGER_OK);
    for (int i = 0; i < 20; i++, from += 6)
        insert_route(kit, (int32_t)history_draw(&history, PHONE_OPERATORS), from,
                     (size_t)history_draw(&history, 5) + 1, history_draw(&history, 2) == 0);
    for (int i = 0; i < STEPS; i++) {
        history_step(&history, id);
        assert_true(history_living(&history) <= kit->quota);
    }
    history_restart(&history, id);
    history_drain(&history);
    if (history_living(&history) != kit->quota)
        assert_int_equal(history_count(&history, "delivery WHERE state = 0") +
                             history_count(&history, "reserve WHERE 1"),
                         0);
    assert_true(history_living(&history) <= kit->quota);
    assert_books_agree(kit);
}

static void test_five_queues_keep_one_quota(void **state)
{
    struct kit *kit = *state;

    for (uint64_t seed = 1; seed <= HISTORIES; seed++)
        history_run(kit, seed);
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(test_a_queue_gets_its_network_only),
        LEDGER_TEST(test_leftovers_are_kept_by_network),
        LEDGER_TEST(test_a_queue_draws_its_own_reserve),
        LEDGER_TEST(test_units_are_summed_over_networks),
        LEDGER_TEST(test_five_queues_keep_one_quota),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
