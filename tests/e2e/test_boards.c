/* test_boards: slogans on an onbon-y and on a webhook board, with lawcast run against the real
 * clock: killed, stopped, with a board that hangs and boards that lie. After each: the boards are
 * as the books say, nothing of ours is left on them, and what is not ours is as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define FOREIGN  "price-of-rice"
#define MESSAGES 60

enum { WORLD_PATIENCE_MS = 60000, WORLD_BOARDS = 2 };

struct world {
    struct stage stage;
    struct sim_client *sim;
    int64_t until_ms; /* the window's end */
};

/* What the books say about one showing. */
struct showing {
    int64_t id;
    char board[65];
    enum delivery_state state;
    int64_t shown_ms;
};

struct reading {
    struct showing showings[16];
    size_t n;
    int64_t delivered, messages;
};

static int world_open(void **state)
{
    static const char *const options[] = {
        "--modems",      "2",       "--report-ms",    "20", "--board",
        "plaza:onbon-y", "--board", "market:webhook", NULL};
    struct world *world = mem_new(struct world);
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    sim_client_free(world->sim);
    stage_close(&world->stage);
    free(world);
    return 0;
}

static void world_write_office(struct world *world)
{
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(world->sim, 0));

    *strrchr(devices, '-') = '\0';
    stage_write(
        &world->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
        "ledger = { path = \"%s\"; };\n"
        "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
        "modems = ( { id = \"m\"; devices = \"%s-[0-1]\"; grace_ms = 0; } );\n"
        "boards = ( { id = \"plaza\"; owner = \"city\"; kind = \"onbon-y\"; url = \"%s\";\n"
        "             width = 192; height = 64; password = \"guest\";\n"
        "             timeout_ms = 60000; },\n"
        "           { id = \"market\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\";\n"
        "             width = 320; height = 32; timeout_ms = 60000;\n"
        "             publish_pointer = \"/code\"; publish_equals = \"0\";\n"
        "             withdraw_pointer = \"/code\"; withdraw_equals = \"0\";\n"
        "             verify_path = \"/{name}\"; verify_pointer = \"/items\";\n"
        "             verify_equals = \"{name}\"; } );\n",
        world->stage.books, devices, sim_client_board(world->sim, "plaza"),
        sim_client_board(world->sim, "market"));
}

/* A window from two seconds ago, for so many seconds from now; slots of so many seconds. */
static void world_write(struct world *world, int64_t seconds, int every, const char *orders)
{
    char from[20], to[20];

    world_write_office(world);
    stage_time(-2, from);
    stage_time(seconds, to);
    world->until_ms = (int64_t)time(NULL) * 1000 + seconds * 1000;
    stage_write(&world->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法守法\"; report_wait = 5; };\n"
                "%s"
                "  displays = ( { boards = [ \"plaza\", \"market\" ];\n"
                "                 slogans = [ \"弘扬宪法精神\", \"共建文明城市\" ];\n"
                "                 every = %d; } );\n"
                "};\n",
                from, to, orders, every);
    stage_write_numbers(&world->stage, "city.csv", 13800000000, MESSAGES);
}

static void world_start(struct world *world, struct stage_child *child)
{
    stage_spawn(
        &world->stage, child,
        (const char *[]){"run", "-c", world->stage.conf, "--quiet", world->stage.campaign, NULL});
}

static int world_read_delivery(void *ctx, const struct books_delivery *delivery)
{
    struct reading *reading = ctx;
    struct showing *showing = &reading->showings[reading->n];

    if (delivery->channel == CHANNEL_SMS) {
        reading->messages++;
        reading->delivered += delivery->state == DELIVERY_DELIVERED;
        return 0;
    }
    assert_in_range(reading->n, 0, 15);
    *showing = (struct showing){
        .id = delivery->id, .state = delivery->state, .shown_ms = delivery->shown_ms};
    snprintf(showing->board, sizeof showing->board, "%s", delivery->board);
    reading->n++;
    return 0;
}

/* What stands in the books now; nothing while there are none. */
static void world_read(const struct world *world, struct reading *reading)
{
    struct books_campaign campaign;
    struct books *books;
    char why[256];

    *reading = (struct reading){0};
    if (books_open(&books, world->stage.books, why, sizeof why))
        return;
    if (books_find_campaign(books, "c1", &campaign) == 0) {
        assert_int_equal(books_deliveries(books, campaign.number, world_read_delivery, reading), 0);
        books_campaign_release(&campaign);
    }
    books_close(books);
}

static size_t reading_count(const struct reading *reading, const char *board,
                            enum delivery_state state)
{
    size_t n = 0;

    for (size_t i = 0; i < reading->n; i++)
        n += strcmp(reading->showings[i].board, board) == 0 && reading->showings[i].state == state;
    return n;
}

static bool both_are_shown(const struct reading *reading)
{
    return reading_count(reading, "plaza", DELIVERY_SHOWN) == 1 &&
           reading_count(reading, "market", DELIVERY_SHOWN) == 1;
}

static bool market_and_messages_are_done(const struct reading *reading)
{
    return reading_count(reading, "market", DELIVERY_WITHDRAWN) >= 1 &&
           reading->messages == MESSAGES && reading->delivered == MESSAGES;
}

/* Looks into the books until they are so. The gateway must not end before. */
static void world_until(const struct world *world, struct stage_child *child,
                        bool (*so)(const struct reading *reading))
{
    int64_t give_up = clock_mono_ms() + WORLD_PATIENCE_MS;
    struct reading reading;
    int status;

    for (;;) {
        world_read(world, &reading);
        if (so(&reading))
            return;
        assert_false(stage_has_ended(child, &status));
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

/* ---- what is not ours ---- */

/* The owners' own programs. */
static void foreign_place(const struct world *world)
{
    assert_true(sim_client_tell(world->sim, "own plaza " FOREIGN " 大米每斤三元"));
    assert_true(sim_client_tell(world->sim, "own market " FOREIGN " 大米每斤三元"));
}

/* The board holds the foreign program and no other. */
static void assert_only_foreign_on(const struct world *world, const char *board)
{
    struct jv *answer = sim_client_ask(world->sim, "stored %s", board);
    const struct jv *names = jv_member(answer, "names");

    assert_int_equal(jv_size(names), 1);
    assert_string_equal(jv_text(jv_element(names, 0)), FOREIGN);
    jv_free(answer);
}

/* ---- the log ---- */

/* See gateway/model/sight.h: the number in base 36, most significant digit first. */
static void name_begin(int64_t id, char text[static 16])
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    char reversed[8];
    size_t n = 0, at = 3;

    for (; id > 0 && n < sizeof reversed; id /= 36)
        reversed[n++] = digits[id % 36];
    memcpy(text, "lc-", 3);
    while (n)
        text[at++] = reversed[--n];
    memcpy(text + at, "-", 2);
}

/* How long the log saw the delivery, which must have been taken down every time. */
static int64_t log_shown_ms(const struct sim_events *events, const struct showing *showing,
                            size_t *times)
{
    char begin[16];
    int64_t since = -1, shown = 0;

    *times = 0;
    name_begin(showing->id, begin);
    for (size_t i = 0; i < events->n; i++) {
        const struct sim_event *event = &events->items[i];

        if (!event->name || strncmp(event->name, begin, strlen(begin)) != 0)
            continue;
        assert_string_equal(event->board, showing->board);
        assert_false(event->open);
        if (strcmp(event->event, "shown") == 0) {
            since = event->t;
            ++*times;
        } else {
            shown += event->t - since;
            since = -1;
        }
    }
    assert_int_equal(since, -1);
    return shown;
}

static void check_agreement(const struct world *world)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct compare compare;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    assert_int_equal(
        compare_log(books, campaign.number, sim_client_log(world->sim), false, &compare), 0);
    if (!compare.agrees)
        fail_msg("%s", compare.first[0]);
    compare_release(&compare);
    books_campaign_release(&campaign);
    books_close(books);
}

/* Ends the simulator and holds its log against the books: each slogan that was up came down, was up
 * once, and for at least as long as the books claim. */
static void world_check(struct world *world, struct reading *reading)
{
    struct sim_events events;
    size_t times;

    assert_only_foreign_on(world, "plaza");
    assert_only_foreign_on(world, "market");
    assert_int_equal(sim_client_stop(world->sim), 0);
    events = sim_client_events(world->sim);
    world_read(world, reading);
    assert_true(reading->n >= WORLD_BOARDS);
    for (size_t i = 0; i < reading->n; i++) {
        const struct showing *showing = &reading->showings[i];
        int64_t shown = log_shown_ms(&events, showing, &times);

        assert_true(times <= 1);
        if (showing->shown_ms > shown)
            fail_msg("%s: the books claim %lld ms, the board showed %lld", showing->board,
                     (long long)showing->shown_ms, (long long)shown);
    }
    sim_events_free(&events);
    check_agreement(world);
}

/* ---- tests ---- */

static void expect_end(struct stage_child *child, int code)
{
    char *output;
    int got = stage_wait(child, 60, &output);

    if (got != code)
        fail_msg("exit code %d instead of %d: %s", got, code, output);
    free(output);
}

/* Killed while slogans are up: the next run takes them over and takes them down at their end. */
static void test_kill_while_shown(void **state)
{
    struct world *world = *state;
    struct stage_child gateway;
    struct reading reading;

    world_write(world, 12, 20, "");
    foreign_place(world);
    world_start(world, &gateway);
    world_until(world, &gateway, both_are_shown);
    stage_kill(&gateway);
    assert_true(clock_wall_ms() < world->until_ms);
    world_start(world, &gateway);
    expect_end(&gateway, 0);
    assert_true(clock_wall_ms() >= world->until_ms);
    world_check(world, &reading);
    assert_int_equal(reading_count(&reading, "plaza", DELIVERY_WITHDRAWN), 1);
    assert_int_equal(reading_count(&reading, "market", DELIVERY_WITHDRAWN), 1);
    for (size_t i = 0; i < reading.n; i++)
        assert_true(reading.showings[i].shown_ms > 0);
}

/* Told to stop, it takes slogans down at once, not at their end. */
static void test_stop_takes_down(void **state)
{
    struct world *world = *state;
    struct stage_child gateway;
    struct reading reading;

    world_write(world, 50, 60, "");
    foreign_place(world);
    world_start(world, &gateway);
    world_until(world, &gateway, both_are_shown);
    stage_signal(&gateway, SIGTERM);
    expect_end(&gateway, 0);
    assert_true(clock_wall_ms() < world->until_ms);
    world_check(world, &reading);
    assert_int_equal(reading_count(&reading, "plaza", DELIVERY_SHOWN), 1); /* for the next start */
    assert_int_equal(reading_count(&reading, "market", DELIVERY_SHOWN), 1);
}

/* One board hangs for as long as it takes the other board and all messages to be done. */
static void test_board_that_hangs(void **state)
{
    struct world *world = *state;
    struct stage_child gateway;
    struct reading reading;

    world_write(world, 12, 20,
                "  orders = ( { unit = \"city\"; quota = 60; recipients = \"city.csv\"; } );\n");
    foreign_place(world);
    assert_true(sim_client_tell(world->sim, "hangboard plaza on"));
    world_start(world, &gateway);
    world_until(world, &gateway, market_and_messages_are_done);
    assert_true(sim_client_tell(world->sim, "hangboard plaza off"));
    expect_end(&gateway, 3);
    world_check(world, &reading);
    assert_int_equal(reading_count(&reading, "plaza", DELIVERY_WITHDRAWN), 0);
    assert_int_equal(reading_count(&reading, "plaza", DELIVERY_EXPIRED), 1);
    for (size_t i = 0; i < reading.n; i++)
        assert_int_equal(reading.showings[i].shown_ms > 0,
                         strcmp(reading.showings[i].board, "market") == 0);
}

/* Boards that answer yes and show nothing: nothing is booked as shown. */
static void test_boards_that_lie(void **state)
{
    struct world *world = *state;
    struct stage_child gateway;
    struct reading reading;

    world_write(world, 12, 20, "");
    foreign_place(world);
    assert_true(sim_client_tell(world->sim, "lie plaza on"));
    assert_true(sim_client_tell(world->sim, "lie market on"));
    world_start(world, &gateway);
    expect_end(&gateway, 3);
    world_check(world, &reading);
    assert_int_equal(reading_count(&reading, "plaza", DELIVERY_WITHDRAWN), 1);
    assert_int_equal(reading_count(&reading, "market", DELIVERY_WITHDRAWN), 1);
    for (size_t i = 0; i < reading.n; i++)
        assert_int_equal(reading.showings[i].shown_ms, 0);
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_kill_while_shown),
        WORLD_TEST(test_stop_takes_down),
        WORLD_TEST(test_board_that_hangs),
        WORLD_TEST(test_boards_that_lie),
    };

    setenv("TZ", "Asia/Shanghai", 1); /* bulletins carry local times; the simulator inherits it */
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
