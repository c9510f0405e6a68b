/* test_shared_board: two campaigns on one board, by weight, on the test clock: each has its share,
 * one at a time, and the owner's quiet time is the owner's. */
#include "tests/e2e/clock_world.h"

#include <time.h>

#define DAY           "2026-10-31 "
#define HOUR_MS       INT64_C(3600000)
#define TURN_MS       30000
#define QUIET_FROM_MS (30 * MINUTE_MS)
#define QUIET_TO_MS   (40 * MINUTE_MS)

static const struct place places[] = {
    {"plaza", "onbon-y", "stored", 0, 0, {{"password", "guest"}}},
};

static const struct happening nothing[] = {{0, NULL, NULL, false, 0}};

static void write_campaign(const struct world *world, const char *id, int weight, const char *text)
{
    MEM_FREE_LATER char *file = mem_printf("%s.cfg", id);

    stage_write(&world->stage, file,
                "campaign = { id = \"%s\"; title = \"t\";\n"
                "  windows = ( { from = \"" DAY "08:30\"; to = \"" DAY "09:30\"; } );\n"
                "  displays = ( { boards = [ \"plaza\" ]; slogans = [ \"%s\" ]; every = 300;\n"
                "                 weight = %d; } ); };\n",
                id, text, weight);
}

/* How long a text was on the screen. Never two at a time, and nothing in the quiet time. */
static int64_t seen_ms(const struct world *world, const struct sim_events *events, const char *text)
{
    int64_t since = 0, sum = 0;
    int up = 0;

    for (size_t i = 0; i < events->n; i++) {
        const struct sim_event *event = &events->items[i];
        int64_t at = event->t - world->begin_ms;
        bool shown = strcmp(event->event, "shown") == 0;

        if (!event->board)
            continue;
        up += shown ? 1 : -1;
        assert_in_range(up, 0, 1);
        assert_false(shown && at > QUIET_FROM_MS && at < QUIET_TO_MS);
        assert_false(!shown && at > QUIET_FROM_MS + 1000 && at < QUIET_TO_MS);
        if (strcmp(event->text, text) != 0)
            continue;
        if (shown)
            since = event->t;
        else
            sum += event->t - since;
    }
    return sum;
}

static int take_shown(void *ctx, const struct books_shown *shown)
{
    int64_t *booked = ctx;

    if (shown->counts)
        booked[strcmp(shown->text, "学法守法") == 0] += shown->until_ms - shown->from_ms;
    return 0;
}

static void test_shares(void **state)
{
    struct world world = {.places = places, .n_places = 1};
    int64_t seen[2], booked[2] = {0}, most = HOUR_MS - (QUIET_TO_MS - QUIET_FROM_MS);
    struct sim_events events;
    struct books *books;
    char why[256];

    (void)state;
    world_begin(&world);
    world_write_office(&world, "turn = 30; quiet = [ \"09:00-09:10\" ];");
    write_campaign(&world, "a", 2, "弘扬宪法精神");
    write_campaign(&world, "b", 1, "学法守法");
    world_read(&world, (const char *const[]){"a.cfg", "b.cfg", NULL});
    world_set_clock(&world);
    assert_true(sim_client_tell(world.sim, "own plaza prices 大米每斤三元"));
    world_open(&world);
    world_run(&world, nothing);
    assert_only_the_owners(&world);
    events = sim_client_events(world.sim);
    seen[0] = seen_ms(&world, &events, "弘扬宪法精神");
    seen[1] = seen_ms(&world, &events, "学法守法");
    sim_events_free(&events);
    assert_int_equal(books_open(&books, world.stage.books, why, sizeof why), 0);
    assert_int_equal(books_shown(books, 0, 0, take_shown, booked), 0);
    books_close(books);
    print_message("seen %lld s and %lld s, booked %lld s and %lld s\n", (long long)seen[0] / 1000,
                  (long long)seen[1] / 1000, (long long)booked[0] / 1000,
                  (long long)booked[1] / 1000);
    assert_in_range(seen[0] + seen[1], most * 9 / 10, most);
    assert_in_range(seen[0], seen[1] * 18 / 10, seen[1] * 22 / 10);
    for (int i = 0; i < 2; i++) {
        assert_true(booked[i] <= seen[i]);
        assert_true(booked[i] >= seen[i] * 8 / 10); /* a turn of 30 s loses its ends */
    }
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),
    };

    setenv("TZ", "Asia/Shanghai", 1); /* the simulator's, too */
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
