/* test_seven_boards: a morning from 08:30 to 11:00 on one board of every kind, on the test clock:
 * the dispatcher, the books, the adapters and the listener of the gateway against lawcast-sim.
 *
 * What happens in the middle: a reboot, a power cut, a board that lies, one that pretends, a screen
 * that sleeps, a clock that is wrong, an owner who takes a board back. Afterwards the books must
 * say what the boards' own log says, within the time between two readings, and nothing of ours may
 * be left, while all that is the owners' is still there. */
#include "tests/e2e/clock_world.h"

#include <time.h>

#define BOARDS 7
#define POLL_S 60 /* between readings: what one interruption can cost */
#define SLOT_S 4  /* what the ends of one slot can cost */
#define SLOTS  30
#define DAY    "2026-10-31 "

/* Who is what. */
static const struct place places[BOARDS] = {
    {"arch", "onbon-y", "stored", 2, 0, {{"password", "guest"}}},
    {"door", "onbon-k", "stored", 1, 0, {{"model", "6k"}}},
    {"hall", "huidu", "stored", 2, 0, {{"key", "k-of-the-test"}, {"secret", "s-of-the-test"}}},
    {"plaza", "colorlight", "playing", 2, 0, {{"user", "admin"}, {"password", "p-of-the-test"}}},
    {"pole", "xixun", "playing", 1, 0, {{"card", "c-1"}}},
    {"tower", "novacloud", "screenshot", 1, 0, {{"key", "k"}, {"secret", "s"}, {"player", "p-1"}}},
    {"desk",
     "webhook",
     "stored",
     1,
     180,
     {{"publish_pointer", "/code"},
      {"publish_equals", "0"},
      {"withdraw_pointer", "/code"},
      {"withdraw_equals", "0"},
      {"verify_path", "/{name}"},
      {"verify_pointer", "/items"},
      {"verify_equals", "{name}"}}},
};

/* At so many minutes after 08:30. */
static const struct happening happenings[] = {
    {12, "reboot arch", NULL, false, 0},
    {17, "power plaza off", NULL, false, 1},
    {22, "power plaza on", NULL, false, -1},
    {27, "lie hall on", NULL, false, 0},
    {41, "lie hall off", NULL, false, 0},
    {46, NULL, "pole", true, 0},
    {68, NULL, "pole", false, 0},
    {72, "reboot door", NULL, false, 0},
    {77, "sleep hall on", NULL, false, 0},
    {87, "sleep hall off", NULL, false, 0},
    {92, "pretend plaza on", NULL, false, 0},
    {107, "pretend plaza off", NULL, false, 0},
    {111, "skew arch 300000", NULL, false, 0},
    {121, "skew arch 0", NULL, false, 0},
    {131, "hangboard desk on", NULL, false, 1},
    {134, "hangboard desk off", NULL, false, -1},
    {0, NULL, NULL, false, 0},
};

static void world_write(const struct world *world)
{
    BUFFER_FREE_LATER struct buffer displays = BUFFER_NULL;

    for (size_t i = 0; i < BOARDS; i++)
        buffer_printf(&displays,
                      "%s{ boards = [ \"%s\" ]; level = \"%s\"; every = 300;\n"
                      "  slogans = [ \"弘扬宪法精神\", \"共建文明城市\", \"学法守法\" ]; }",
                      i ? ",\n" : "", places[i].id, places[i].level);
    world_write_office(world, "");
    stage_write(&world->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"" DAY "08:30\"; to = \"" DAY "11:00\"; } );\n"
                "  displays = ( %s ); };\n",
                buffer_text(&displays));
}

/* ---- what is left, and what the books say ---- */

/* Time on the screen of a board by the simulator's own log. */
static int64_t seen_ms(const struct sim_events *events, const char *board)
{
    int64_t since = 0, sum = 0;
    int up = 0;

    for (size_t i = 0; i < events->n; i++) {
        const struct sim_event *event = &events->items[i];
        bool shown = strcmp(event->event, "shown") == 0;

        if (!event->board || strcmp(event->board, board) != 0 ||
            (!shown && strcmp(event->event, "hidden") != 0))
            continue;
        assert_true(strncmp(event->name, "lc-", 3) == 0 || strncmp(event->name, "area-", 5) == 0);
        assert_int_equal(up, shown ? 0 : 1); /* never two of ours at a time */
        up += shown ? 1 : -1;
        if (shown)
            since = event->t;
        else
            sum += event->t - since;
        assert_true(shown || !event->open);
    }
    assert_int_equal(up, 0);
    return sum;
}

struct booked {
    int64_t counted_ms[BOARDS];
    size_t intervals;
};

static int take_shown(void *ctx, const struct books_shown *shown)
{
    struct booked *booked = ctx;

    for (size_t i = 0; i < BOARDS; i++)
        if (shown->counts && strcmp(places[i].id, shown->board) == 0)
            booked->counted_ms[i] += shown->until_ms - shown->from_ms;
    booked->intervals++;
    return 0;
}

static void assert_books_say_what_was_seen(struct world *world)
{
    struct sim_events events = sim_client_events(world->sim);
    struct booked booked = {0};
    struct books_recount recount;
    int wrong = 0;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_shown(books, 0, 0, take_shown, &booked), 0);
    assert_int_equal(books_recount(books, 1, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    for (size_t i = 0; i < BOARDS; i++) {
        int64_t seen = seen_ms(&events, places[i].id) / 1000, said = booked.counted_ms[i] / 1000;
        int64_t most = places[i].breaks * 2 * POLL_S + places[i].mute_s + SLOTS * SLOT_S;

        print_message("%-6s %-10s seen %lld s, booked %lld s\n", places[i].id, places[i].kind,
                      (long long)seen, (long long)said);
        wrong += said > seen + 1 || seen - said > most || said < 3600;
    }
    assert_int_equal(wrong, 0);
    books_close(books);
    sim_events_free(&events);
}

static void test_a_morning(void **state)
{
    struct world world = {.places = places, .n_places = BOARDS};

    (void)state;
    world_begin(&world);
    world_write(&world);
    world_read(&world, (const char *const[]){"campaign.cfg", NULL});
    world_set_clock(&world);
    for (size_t i = 0; i < BOARDS; i++)
        assert_true(sim_client_tell(world.sim, "own %s prices 大米每斤三元", places[i].id));
    world_open(&world);
    world_run(&world, happenings);
    assert_books_say_what_was_seen(&world);
    assert_only_the_owners(&world);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_morning),
    };

    setenv("TZ", "Asia/Shanghai", 1); /* the simulator's, too */
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
