/* test_day: a whole day of one gateway, with all that may happen to it: a start that was missed, a
 * pause, rates, a modem that rests, a cancelled unit, other configuration, a kill, an edited
 * campaign, a stop, and the last window's end. In the evening the books explain every message. */
#include "gateway/ledger/books_steer.h"
#include "gateway/report/compare.h"
#include "tests/e2e/day_books.h"
#include "tests/support/log_kit.h"

#define SPEC                                                                                       \
    "{ \"modems\": 4, \"air_ms\": 50, \"report_ms\": 50, \"seed\": 6,\n"                           \
    "  \"faults\": { \"undelivered_permille\": 40, \"rejected_permille\": 15 } }"

enum { SOME = 15, RATE_S = 3, WORDS = 7 };

static struct window window_from(int64_t from_s, int64_t to_s)
{
    int64_t now = clock_wall_ms() / 1000;

    return (struct window){(now + from_s) * 1000, (now + to_s) * 1000};
}

/* The first window is over; the second one ends when the campaign is edited. */
static void morning(struct day *day)
{
    day_open(day, SPEC);
    day->plan = (struct day_plan){
        .bank_a = "[0-1]",
        .bank_b = "[2-2]",
        .per_hour = 100000,
        .windows = {window_from(-90, -60), window_from(-2, 26), window_from(29, 38)},
        .units = {[DAY_CITY] = {"city", STAGE_FIRST + 10000, 2000, 2000, 50},
                  [DAY_NORTH] = {"north", STAGE_FIRST + 20000, 800, 800, 0},
                  [DAY_WEATHER] = {"weather", STAGE_FIRST + 30000, 40, 40, 30}}};
    day_write_office(day);
    day_write_campaign(day);
}

/* What a start missed is not made up for: nothing of it is taken, but what is due now goes. */
static void start(struct day *day)
{
    day_spawn(day);
    for (int unit = 0; unit < DAY_UNITS; unit++)
        day_await(day, 0, DAY_ALL, unit, SOME);
    day_await_shown(day, 1, DAY_PATIENCE_MS);
}

static void pause_campaign(struct day *day)
{
    struct day_hush *hush =
        day_hush(day, "the campaign is paused", day_say(day, "messages wait", "pause campaign c1"),
                 DAY_ALL, DAY_ALL);
    int64_t answer_ms;

    day_await_shown(day, 0, DAY_SOON_MS);
    day_hush_ends(hush);
    answer_ms = day_say(day, "goes on", "resume campaign c1");
    day_await(day, answer_ms, DAY_ALL, DAY_ALL, SOME);
    day_await_shown(day, 1, DAY_PATIENCE_MS);
}

/* 3,600 an hour are one a second; what was in the air and the first one come on top. */
static void rate_unit(struct day *day)
{
    int64_t answer_ms = day_say(day, "3,600 parts an hour", "set-rate unit city 3600");
    size_t n;

    day_pass_until(answer_ms + RATE_S * 1000);
    n = day_taken(day, answer_ms, DAY_ALL, DAY_CITY);
    print_message("the city at one a second, in %d s: %zu\n", RATE_S, n);
    assert_in_range(n, RATE_S - 1, RATE_S + 1 + DAY_MODEMS);
    day_await(day, answer_ms, DAY_ALL, DAY_NORTH, SOME);
    answer_ms = day_say(day, "no rate", "set-rate unit city 0");
    day_await(day, answer_ms, DAY_ALL, DAY_CITY, SOME);
}

static void pause_modem(struct day *day)
{
    struct day_hush *hush = day_hush(day, "modem a/1 is paused",
                                     day_say(day, "modems: 1", "pause modem a/1"), 1, DAY_ALL);
    int64_t answer_ms;

    day_await(day, hush->from_ms, 0, DAY_ALL, SOME);
    day_hush_ends(hush);
    answer_ms = day_say(day, "resumed", "resume modem a/1");
    day_await(day, answer_ms, 1, DAY_ALL, 3);
}

static void cancel_unit(struct day *day)
{
    int64_t answer_ms = day_say(day, "never be sent", "cancel --yes unit north c1");

    day_hush(day, "north is cancelled", answer_ms, DAY_ALL, DAY_NORTH);
    day_await(day, answer_ms + DAY_SOON_MS, DAY_ALL, DAY_CITY, SOME);
}

/* One modem comes, one goes, and other limits hold for the rest. */
static void reload(struct day *day)
{
    day->plan.bank_a = "[0-0]";
    day->plan.bank_b = "[2-3]";
    day->plan.per_hour = 90000;
    day_write_office(day);
    stage_signal(&day->child, SIGHUP);
    stage_hear(&day->child, "read anew");
    day_hush(day, "modem a/1 is gone", clock_wall_ms(), 1, DAY_ALL);
    day_await(day, clock_wall_ms(), 3, DAY_ALL, 3);
    day_await(day, clock_wall_ms(), 0, DAY_ALL, 3);
}

/* Nothing is lost or doubled by it; at most what each modem had is in doubt. */
static void kill_gateway(struct day *day)
{
    day_await(day, clock_wall_ms(), DAY_ALL, DAY_CITY, SOME);
    stage_kill(&day->child);
    day_spawn(day);
    day_await(day, clock_wall_ms() + DAY_SOON_MS, DAY_ALL, DAY_CITY, SOME);
}

/* Between two windows. */
static void rest(struct day *day)
{
    const struct window *windows = day->plan.windows;
    struct day_hush *hush =
        day_hush(day, "between two windows", windows[1].to_ms, DAY_ALL, DAY_ALL);

    hush->until_ms = windows[2].from_ms;
    day_await(day, windows[2].from_ms, DAY_ALL, DAY_CITY, SOME);
}

/* A stop waits for what is in flight, and nothing comes after it. */
static void drain(struct day *day)
{
    struct day_hush *hush;
    char *said;

    stage_signal(&day->child, SIGTERM);
    assert_int_equal(stage_wait(&day->child, 30, &said), 3);
    assert_non_null(strstr(said, "Stopped."));
    free(said);
    hush = day_hush(day, "the gateway is stopped", clock_wall_ms() - DAY_SOON_MS, DAY_ALL, DAY_ALL);
    assert_int_equal(day_shown(day), 0);
    day_hush_ends(hush);
    day_spawn(day);
    day_await(day, hush->until_ms, DAY_ALL, DAY_CITY, SOME);
}

static void evening(struct day *day)
{
    const int64_t end_ms = day->plan.windows[DAY_WINDOWS - 1].to_ms;
    char *said;
    int code = stage_wait(&day->child, DAY_PATIENCE_MS / 1000, &said);

    if (code != 3 || clock_wall_ms() < end_ms)
        fail_msg("exit %d: %s", code, said);
    free(said);
    day_hush(day, "the last window is over", end_ms, DAY_ALL, DAY_ALL);
    assert_int_equal(day_shown(day), 0);
    assert_true(sim_client_tell(day->sim, "sync"));
}

/* ---- the books ---- */

static void books_agree(const struct day *day)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct compare compare;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, day->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    /* lossy: what was reported to a killed gateway is lost. And what its board showed from the last
     * reading on is proved by nobody: of that one slot the books may say less. */
    assert_int_equal(
        compare_log(books, campaign.number, sim_client_log(day->sim), true, &compare), 0);
    if (compare.differences > compare.boards_under || compare.boards_under > 1)
        fail_msg("%s", compare.first[0]);
    compare_release(&compare);
    books_campaign_release(&campaign);
    books_close(books);
}

static int64_t column(const struct jv *unit, const char *name)
{
    int64_t n = jv_number(jv_member(unit, name), -1);

    if (n < 0)
        fail_msg("report --json has no %s", name);
    return n;
}

/* The columns of report --json add up to what was entered, for each unit. */
static void report_adds_up(const struct day *day)
{
    static const char *const columns[] = {"sent",       "delivered", "undelivered",
                                          "rejected",   "unknown",   "expired",
                                          "suppressed", "cancelled", "open"};
    MEM_FREE_LATER char *text = stage_ends(
        &day->stage, 0, (const char *[]){"report", "-c", day->stage.conf, "--json", "c1", NULL});
    struct jv *report = jv_parse(text, strlen(text), NULL);
    const struct jv *units = jv_member(report, "units");

    assert_int_equal(jv_size(units), DAY_UNITS);
    for (size_t i = 0; i < DAY_UNITS; i++) {
        const struct jv *unit = jv_element(units, i);
        const struct day_unit *plan = &day->plan.units[i];
        int64_t sum = 0;

        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            sum += column(unit, columns[c]);
        assert_int_equal(sum, column(unit, "planned"));
        assert_int_equal(column(unit, "open"), 0);
        assert_int_equal(column(unit, "quota"), plan->quota);
        assert_true(column(unit, "delivered") + column(unit, "sent") <= plan->quota);
        assert_int_equal(column(unit, "cancelled") > 0, i == DAY_NORTH);
    }
    jv_free(report);
}

static void books_explain(const struct day *day)
{
    struct chains chains;

    books_agree(day);
    chains_check(&chains, day);
    assert_int_equal(chains.steered, WORDS);
    assert_true(assert_log_whole(day->stage.books) > 0);
    stage_says(&day->stage, 0, "",
               (const char *[]){"audit", "verify", "-c", day->stage.conf, NULL});
    report_adds_up(day);
}

static void test_day(void **state)
{
    struct day day;

    (void)state;
    morning(&day);
    start(&day);
    pause_campaign(&day);
    rate_unit(&day);
    pause_modem(&day);
    cancel_unit(&day);
    reload(&day);
    kill_gateway(&day);
    rest(&day);
    drain(&day);
    evening(&day);
    day_check_hushes(&day);
    day_check_windows(&day);
    books_explain(&day);
    day_close(&day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_day)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
