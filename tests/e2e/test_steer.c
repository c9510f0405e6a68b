/* test_steer: lawcast pause, resume, cancel, extend and set-rate beside a running gateway: what the
 * simulated network and board see of them, how soon, and that it outlasts a killed gateway. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/control/control.h"
#include "gateway/control/verbs.h"
#include "gateway/ledger/books.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define WEATHER_FIRST (STAGE_FIRST + 50000)
#define MESSAGES      3000

enum { SOON_MS = 1000, PATIENCE_MS = 20000 };

struct world {
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
    int64_t end_ms; /* of the window */
};

static int world_open(void **state)
{
    static const char *const options[] = {
        "--modems", "2", "--air-ms", "20", "--report-ms", "20", "--board", "market:webhook", NULL};
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

/* A window for so many seconds from now, two units with orders, one slogan. */
static void world_write(struct world *world, int64_t seconds)
{
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(world->sim, 0));
    char from[20], to[20];

    *strrchr(devices, '-') = '\0';
    stage_write(
        &world->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
        "ledger = { path = \"%s\"; };\n"
        "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
        "          { id = \"weather\"; name = \"气象局\"; signature = \"气象局\"; },\n"
        "          { id = \"park\"; name = \"公园\"; signature = \"公园\"; } );\n"
        "modems = ( { id = \"m\"; devices = \"%s-[0-1]\"; grace_ms = 0; timeout_ms = 2000;\n"
        "             per_hour = 100000; per_day = 200000; } );\n"
        "boards = ( { id = \"market\"; owner = \"city\"; kind = \"webhook\"; url = \"%s\";\n"
        "             width = 320; height = 32; publish_pointer = \"/code\";"
        " publish_equals = \"0\"; withdraw_pointer = \"/code\"; withdraw_equals = \"0\";\n"
        "             verify_path = \"/{name}\"; verify_pointer = \"/items\";"
        " verify_equals = \"{name}\"; } );\n",
        world->stage.books, devices, sim_client_board(world->sim, "market"));
    stage_time(-2, from);
    stage_time(seconds, to);
    world->end_ms = clock_wall_ms() + seconds * 1000;
    stage_write(
        &world->stage, "campaign.cfg",
        "campaign = { id = \"c1\"; title = \"t\";\n"
        "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
        "  sms = { text = \"学法守法\"; report_wait = 2; };\n"
        "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; },\n"
        "             { unit = \"weather\"; quota = %d; recipients = \"weather.csv\"; } );\n"
        "  displays = ( { boards = [ \"market\" ]; slogans = [ \"弘扬宪法\" ];\n"
        "                 every = 600; } ); };\n",
        from, to, MESSAGES, MESSAGES);
    stage_write_numbers(&world->stage, "city.csv", STAGE_FIRST, MESSAGES);
    stage_write_numbers(&world->stage, "weather.csv", WEATHER_FIRST, MESSAGES);
}

static void world_spawn(struct world *world)
{
    const char *const args[] = {"run", "-c", world->stage.conf, "--quiet", world->stage.campaign,
                                NULL};

    stage_spawn(&world->stage, &world->child, args);
}

static void world_stop(struct world *world)
{
    stage_signal(&world->child, SIGTERM);
    stage_wait(&world->child, 60, NULL);
}

/* "pause campaign c1": must end with this code and say this. When it had its answer. */
static int64_t world_say(struct world *world, int code, const char *says, const char *line)
{
    MEM_FREE_LATER char *text = mem_dup(line);
    const char *args[10] = {strtok(text, " "), "-c", world->stage.conf};
    size_t n = 3;

    for (char *word; (word = strtok(NULL, " "));) {
        if (strchr(word, 'T') && strchr(word, ':'))
            *strchr(word, 'T') = ' ';
        args[n++] = word;
    }
    stage_says(&world->stage, code, says, args);
    return clock_wall_ms();
}

/* Messages that the network took from from_ms on; modem -1: from both; first 0: of both units. */
static size_t world_accepted(struct world *world, int64_t from_ms, int modem, int64_t first)
{
    struct sim_events events = sim_client_events(world->sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++) {
        const struct sim_event *event = &events.items[i];
        int64_t number = event->number - INT64_C(8600000000000);

        n += strcmp(event->event, "accepted") == 0 && event->t >= from_ms &&
             (modem < 0 || event->modem == modem) &&
             (!first || (number >= first && number < first + MESSAGES));
    }
    sim_events_free(&events);
    return n;
}

static void world_await(struct world *world, int64_t from_ms, int modem, int64_t first, size_t n)
{
    int64_t give_up = clock_mono_ms() + PATIENCE_MS;

    while (world_accepted(world, from_ms, modem, first) < n) {
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

static void pass(int64_t ms)
{
    int64_t until = clock_mono_ms() + ms;

    while (clock_mono_ms() < until)
        stage_pause();
}

/* Nothing of that is taken later than a second after the answer; for two seconds. */
static void world_is_silent(struct world *world, int64_t answer_ms, int modem, int64_t first)
{
    struct sim_events events;
    int64_t last = 0;

    pass(2 * SOON_MS);
    events = sim_client_events(world->sim);
    for (size_t i = 0; i < events.n; i++)
        if (strcmp(events.items[i].event, "accepted") == 0 &&
            (modem < 0 || events.items[i].modem == modem))
            last = events.items[i].t > last ? events.items[i].t : last;
    sim_events_free(&events);
    if (!first)
        print_message("the last message was taken %lld ms after the answer\n",
                      (long long)(last - answer_ms));
    assert_int_equal(world_accepted(world, answer_ms + SOON_MS, modem, first), 0);
}

struct sums {
    int64_t cancelled, open, total;
};

static struct sums world_sums(struct world *world, const char *unit)
{
    struct books_unit *units;
    struct sums sums = {0};
    struct books *books;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_units(books, 1, &units, &n), 0);
    for (size_t i = 0; i < n; i++)
        for (int state = 0; state < DELIVERY_STATES && !strcmp(units[i].id, unit); state++) {
            sums.total += units[i].n[state];
            sums.cancelled += state == DELIVERY_CANCELLED ? units[i].n[state] : 0;
            sums.open += state <= DELIVERY_DEFERRED ? units[i].n[state] : 0;
        }
    free(units);
    books_close(books);
    return sums;
}

/* ---- campaign and unit ---- */

/* To a time inside the campaign's window: the unit's own may end before, and only the file says
 * so. */
static void world_extend_unit(struct world *world)
{
    MEM_FREE_LATER char *line = NULL;
    char until[20];

    stage_time(1800, until);
    *strchr(until, ' ') = 'T';
    line = mem_printf("extend unit city c1 %s", until);
    world_say(world, 0, "goes on until", line);
}

static void test_a_pause_outlasts_a_killed_gateway(void **state)
{
    struct world *world = *state;
    int64_t answer_ms;

    world_write(world, 3600);
    world_say(world, 1, "no books", "pause campaign c1");
    world_spawn(world);
    world_await(world, 0, -1, 0, 20);
    world_say(world, 1, "no such thing", "pause campaign c2");
    world_say(world, 1, "no unit", "pause unit nobody");
    world_say(world, 2, "help", "extend modem m/0 2026-10-31T11:40");
    world_say(world, 2, "28 days", "extend campaign c1 2026-02-31T11:40");
    answer_ms = world_say(world, 0, "messages wait", "pause campaign c1");
    world_is_silent(world, answer_ms, -1, 0);
    world_say(world, 0, "so already", "pause campaign c1");
    stage_says(&world->stage, 0, "campaign c1: paused (user ",
               (const char *[]){"status", "-c", world->stage.conf, NULL});
    stage_kill(&world->child);

    world_spawn(world);
    stage_await(&world->stage, &world->child, "c1");
    world_is_silent(world, clock_wall_ms() - SOON_MS, -1, 0);
    answer_ms = world_say(world, 0, "goes on", "resume campaign c1");
    world_await(world, answer_ms, -1, 0, 20);
    world_stop(world);

    /* Without a gateway the books are told. */
    world_say(world, 0, "next run", "pause unit city c1");
    world_spawn(world);
    answer_ms = clock_wall_ms();
    world_await(world, answer_ms, -1, WEATHER_FIRST, 20);
    assert_int_equal(world_accepted(world, answer_ms, -1, STAGE_FIRST), 0);
    world_stop(world);

    /* A word about the unit in all campaigns, after one about it in this one. */
    world_say(world, 0, "next run", "resume unit city");
    world_spawn(world);
    world_await(world, clock_wall_ms(), -1, STAGE_FIRST, 5);
    world_stop(world);
    world_extend_unit(world);
}

static void test_a_cancelled_unit_is_never_sent(void **state)
{
    struct world *world = *state;
    int64_t answer_ms;
    struct sums sums;

    world_write(world, 3600);
    world_spawn(world);
    world_await(world, 0, -1, STAGE_FIRST, 10);
    answer_ms = world_say(world, 0, "never be sent", "cancel --yes unit city");
    world_await(world, answer_ms + SOON_MS, -1, WEATHER_FIRST, 30);
    assert_int_equal(world_accepted(world, answer_ms + SOON_MS, -1, STAGE_FIRST), 0);
    world_say(world, 3, "cancelled", "resume unit city c1");
    world_say(world, 0, "so already", "cancel --yes unit city c1");
    sums = world_sums(world, "city");
    assert_int_equal(sums.open, 0);
    assert_int_equal(sums.total, MESSAGES);
    assert_true(sums.cancelled > MESSAGES / 2);
    world_say(world, 0, "never be sent", "cancel --yes campaign c1");
    stage_wait(&world->child, 30, NULL); /* there is nothing left to wait for */
    assert_int_equal(world_sums(world, "weather").open, 0);
}

static void test_a_campaign_is_extended(void **state)
{
    struct world *world = *state;
    char until[20];
    MEM_FREE_LATER char *line = NULL;

    world_write(world, 6);
    world_spawn(world);
    world_await(world, 0, -1, 0, 10);
    stage_time(3600, until);
    *strchr(until, ' ') = 'T';
    line = mem_printf("extend campaign c1 %s", until);
    world_say(world, 0, "goes on until", line);
    world_say(world, 3, "later", "extend campaign c1 2026-01-01T11:40");
    world_await(world, world->end_ms + SOON_MS, -1, 0, 20);
    world_stop(world);
    world_say(world, 3, "7 days", "extend campaign c1 9999-01-01T11:40");
    world_say(world, 3, "7 days", "extend unit city c1 9999-01-01T11:40");
}

/* ---- rates ---- */

static void test_a_rate_holds(void **state)
{
    const size_t seconds = 4, slack = 3; /* in flight, the answer's own time, the beginning */
    struct world *world = *state;
    int64_t answer_ms;
    size_t n;

    world_write(world, 3600);
    world_spawn(world);
    world_await(world, 0, 0, 0, 10);
    world_await(world, 0, 1, 0, 10);
    answer_ms = world_say(world, 0, "7,200 parts an hour", "set-rate campaign c1 7200");
    pass((int64_t)seconds * 1000);
    n = world_accepted(world, answer_ms, -1, 0);
    print_message("at 2 a second, in %zu s: %zu\n", seconds, n);
    assert_in_range(n, seconds, 2 * seconds + slack);
    world_say(world, 0, "no rate", "set-rate campaign c1 0");

    answer_ms = world_say(world, 0, "3,600 parts an hour", "set-rate modem m/0 3600");
    world_await(world, answer_ms, 1, 0, 60);
    pass((int64_t)seconds * 1000);
    n = world_accepted(world, answer_ms, 0, 0);
    print_message("at 1 a second, in %lld ms: %zu\n", (long long)(clock_wall_ms() - answer_ms), n);
    assert_in_range(n, 1, (size_t)(clock_wall_ms() - answer_ms) / 1000 + slack);
    world_stop(world);
}

/* ---- modems and boards ---- */

static void test_a_modem_is_paused(void **state)
{
    struct world *world = *state;
    int64_t answer_ms;

    world_write(world, 3600);
    world_spawn(world);
    world_await(world, 0, 0, 0, 5);
    answer_ms = world_say(world, 0, "modems: 1", "pause modem m/0");
    world_is_silent(world, answer_ms, 0, 0);
    assert_true(world_accepted(world, answer_ms, 1, 0) > 10);
    stage_kill(&world->child);
    world_say(world, 0, "next run", "resume modem m/0");
    world_spawn(world);
    world_await(world, clock_wall_ms(), 0, 0, 5);
    world_say(world, 0, "modems: 2", "pause modem m");
    world_stop(world);
}

static size_t world_shown(struct world *world)
{
    struct jv *answer = sim_client_ask(world->sim, "stored market");
    size_t n = jv_size(jv_member(answer, "names"));

    jv_free(answer);
    return n;
}

static void world_await_shown(struct world *world, size_t n, int64_t ms)
{
    int64_t begun = clock_mono_ms();

    while (world_shown(world) != n) {
        assert_true(clock_mono_ms() < begun + ms);
        stage_pause();
    }
    print_message("%zu slogans after %lld ms\n", n, (long long)(clock_mono_ms() - begun));
}

static void test_a_board_is_paused(void **state)
{
    struct world *world = *state;

    world_write(world, 3600);
    world_spawn(world);
    world_await_shown(world, 1, PATIENCE_MS);
    world_say(world, 1, "no board", "pause board plaza");
    world_say(world, 0, "paused", "pause board market");
    world_await_shown(world, 0, SOON_MS);
    stage_says(&world->stage, 0, "paused",
               (const char *[]){"boards", "-c", world->stage.conf, NULL});
    stage_kill(&world->child);

    world_spawn(world);
    world_await(world, clock_wall_ms(), -1, 0, 20);
    assert_int_equal(world_shown(world), 0);
    world_say(world, 0, "resumed", "resume board market");
    world_await_shown(world, 1, PATIENCE_MS);
    world_say(world, 0, "paused", "pause campaign c1");
    world_await_shown(world, 0, SOON_MS);
    world_say(world, 0, "goes on", "resume campaign c1");
    world_await_shown(world, 1, PATIENCE_MS);
    world_say(world, 0, "cancelled", "cancel --yes board market");
    world_await_shown(world, 0, SOON_MS);
    world_stop(world);
}

/* ---- the socket ---- */

/* What a line is answered with; to be freed. */
static struct jv *world_ask(struct world *world, const char *line)
{
    MEM_FREE_LATER char *path = control_path(world->stage.books);
    struct jv *answer;

    assert_int_equal(control_ask(path, line, &answer), 0);
    return answer;
}

static void test_the_socket_answers(void **state)
{
    static const struct {
        const char *line, *reason; /* NULL: an error without one */
    } errors[] = {
        {"stop", NULL},
        {"hello there", NULL},
        {"pause campaign", NULL},
        {"approve 00", NULL},
        {"optout add - 1", NULL},
        {"release plaza market", NULL},
        {"pause modem m/0 c1", "form"},
        {"pause campaign c9", "none"},
        {"resume campaign c9", "none"},
        {"set-rate campaign c9 0", "none"},
        {"cancel unit park", "idle"},
        {"extend campaign c1 9999-01-01T11:40", "far"},
        {"cancel unit weather c9", "none"},
        {"extend campaign c1 2026-01-01T11:40", "early"},
    };
    struct world *world = *state;
    struct jv *answer;

    world_write(world, 3600);
    world_spawn(world);
    world_await(world, 0, -1, 0, 5);
    answer = world_ask(world, "hello");
    assert_int_equal(jv_number(jv_member(answer, "protocol"), 0), CONTROL_PROTOCOL);
    jv_free(answer);
    answer = world_ask(world, "help");
    assert_int_equal(jv_size(jv_member(answer, "verbs")), CONTROL_VERBS);
    for (size_t i = 0; i < CONTROL_VERBS; i++)
        assert_string_equal(jv_text(jv_member(jv_element(jv_member(answer, "verbs"), i), "form")),
                            control_forms[i].form);
    jv_free(answer);
    answer = world_ask(world, "status");
    assert_int_equal(jv_number(jv_member(answer, "modems"), 0), 2);
    assert_true(jv_number(jv_member(answer, "settled"), 0) > 0);
    jv_free(answer);
    answer = world_ask(world, "set-rate unit city c1 7200");
    assert_int_equal(jv_number(jv_member(answer, "rate"), 0), 7200);
    assert_int_equal(jv_number(jv_member(answer, "already"), 9), 0);
    assert_int_equal(jv_number(jv_member(answer, "running"), 9), 1);
    jv_free(answer);
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        const char *reason;

        answer = world_ask(world, errors[i].line);
        reason = jv_text(jv_member(answer, "reason"));
        assert_non_null(jv_text(jv_member(answer, "error")));
        if (errors[i].reason)
            assert_string_equal(reason, errors[i].reason);
        else
            assert_null(reason);
        jv_free(answer);
    }
    world_stop(world);
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_a_pause_outlasts_a_killed_gateway),
        WORLD_TEST(test_a_cancelled_unit_is_never_sent),
        WORLD_TEST(test_a_campaign_is_extended),
        WORLD_TEST(test_a_rate_holds),
        WORLD_TEST(test_a_modem_is_paused),
        WORLD_TEST(test_a_board_is_paused),
        WORLD_TEST(test_the_socket_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
