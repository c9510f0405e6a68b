/* test_day_clock: somebody, or NTP, sets the machine's clock while messages flow: over the window's
 * end, back before its beginning, into a window that isn't open yet, and by a second.
 * Runs: loop (the dispatcher, its books and modems in this process, on a simulated network).
 *
 * The kernel's clock is stood in for: what the gateway reads as the time of day is wrong by as much
 * as the test says. The simulator has the right time, so its log can tell what was outside a window
 * by either clock. Minutes are passed over on both, which is no step for the gateway. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/diag.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/kinds.h"
#include "adapters/modem/ports.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/report/compare.h"
#include "tests/support/log_kit.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES 150
#define MODEMS   2
#define SOME     20
#define HOUR_S   INT64_C(3600)
#define STEPS    4
#define NUMBER   (INT64_C(8600000000000) + STAGE_FIRST)

/* HOLD: after a step nothing is sent for a minute, SOON: and what was in the air has ended. */
enum { WATCH_MS = 5, SOON_MS = 1000, HOLD_MS = 60000, PATIENCE_MS = 90000, STEP_LEAST_S = 2 };

static int64_t skew_s; /* by so much the machine's clock is wrong */

/* In place of libc's, for this program and all that it is linked with. */
int clock_gettime(clockid_t id, struct timespec *t)
{
    int rc = (int)syscall(SYS_clock_gettime, id, t);

    if (id == CLOCK_REALTIME)
        t->tv_sec += skew_s;
    return rc;
}

enum deed {
    AWAIT, /* so many messages in all */
    STEP,  /* the clock is set by so many seconds */
    PASS,  /* so many seconds go by */
    REST,  /* really wait for so many milliseconds */
    END,   /* until the gateway has ended by itself */
};

struct act {
    const char *name;
    int64_t from_s, to_s; /* the window */
    struct {
        enum deed deed;
        int64_t value;
    } deeds[14];
    bool expires; /* what is left is written off, by a clock that stays wrong */
};

/* What the gateway's clock was wrong by, since when by the right one. */
struct step {
    int64_t at_ms, skew_s;
};

struct world {
    const struct act *act;
    struct stage stage;
    struct sim_client *sim;
    uv_loop_t loop;
    uv_timer_t watch;
    struct office *office;
    struct campaign *campaign;
    struct ledger *ledger;
    struct ports *ports;
    struct dispatch *dispatch;
    struct window window;
    struct step steps[STEPS];
    size_t n_steps, next; /* next: deed */
    int64_t rest_until_ms, give_up_ms;
    bool finished;
};

static int64_t right_ms(void)
{
    return clock_wall_ms() - skew_s * 1000;
}

/* ---- the gateway ---- */

static void on_trouble(void *ctx, const char *message)
{
    (void)ctx;
    fail_msg("the books: %s", message ? message : "work again");
}

static void on_refused(void *ctx, const struct campaign *campaign, const struct recipient *row)
{
    (void)ctx;
    (void)campaign;
    fail_msg("line %lld is refused", (long long)row->line);
}

static void on_read(void *ctx, const struct campaign *campaign)
{
    (void)ctx;
    (void)campaign;
}

static void on_closed(void *ctx)
{
    (void)ctx;
}

static void on_finished(void *ctx)
{
    struct world *world = ctx;

    world->finished = true;
    uv_close((uv_handle_t *)&world->watch, NULL);
    ledger_close(world->ledger, on_closed, world);
}

static void world_read(struct world *world)
{
    struct diag diag = DIAG_NULL;

    if (config_read_office(world->stage.conf, adapter_board_kind, &diag, &world->office) ||
        config_read_campaign(world->stage.campaign, world->office, &diag, &world->campaign)) {
        diag_print(&diag, stderr);
        fail_msg("the configuration has errors");
    }
    diag_free(&diag);
    world->window = world->campaign->windows[0];
}

static void world_begin(struct world *world)
{
    static const char *const options[] = {"--modems",    "2",  "--air-ms", "30",
                                          "--report-ms", "20", NULL};
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    stage_write_office(
        &world->stage,
        &(struct stage_bank){.first_modem = sim_client_modem(world->sim, 0),
                             .modems = MODEMS,
                             .options = "grace_ms = 0; per_hour = 100000; per_day = 200000;"});
    stage_write_campaign(&world->stage, world->act->from_s, world->act->to_s,
                         "text = \"学法守法\"; report_wait = 2;", MESSAGES);
    world_read(world);
}

static void world_open(struct world *world)
{
    struct ledger_recovery recovery;
    char why[512] = "", agent[512];

    uv_loop_init(&world->loop);
    world->ports = ports_new();
    if (ledger_open(&world->ledger, &world->loop, world->stage.books, on_trouble, world, &recovery,
                    why, sizeof why))
        fail_msg("%s", why);
    world->dispatch = dispatch_new(
        &(struct dispatch_setup){.loop = &world->loop,
                                 .ledger = world->ledger,
                                 .office = world->office,
                                 .campaigns = (const struct campaign *const *)&world->campaign,
                                 .n_campaigns = 1,
                                 .modem_adapter = &adapter_modem,
                                 .ports = world->ports,
                                 .agent_path = stage_program("lawcast-modem", agent, sizeof agent),
                                 .refused = on_refused,
                                 .read = on_read,
                                 .finished = on_finished,
                                 .ctx = world},
        why, sizeof why);
    if (!world->dispatch)
        fail_msg("%s", why);
}

static void world_end(struct world *world)
{
    dispatch_free(world->dispatch);
    ports_free(world->ports);
    campaign_free(world->campaign);
    free(world->campaign);
    office_free(world->office);
    free(world->office);
    sim_client_free(world->sim);
    stage_close(&world->stage);
}

/* ---- deeds ---- */

static size_t world_taken(struct world *world)
{
    struct sim_events events = sim_client_events(world->sim);
    size_t n = sim_events_count(&events, "accepted");

    sim_events_free(&events);
    return n;
}

static void world_step(struct world *world, int64_t seconds)
{
    assert_in_range(world->n_steps, 0, STEPS - 1);
    skew_s += seconds;
    world->steps[world->n_steps++] = (struct step){right_ms(), skew_s};
}

/* Both clocks go on; the simulator's must not lag behind. */
static void world_pass(struct world *world, int64_t seconds)
{
    assert_true(
        sim_client_tell(world->sim, "clock %lld", (long long)(right_ms() + seconds * 1000)));
    clock_set(clock_wall_ms() + seconds * 1000);
}

static bool world_has_rested(struct world *world, int64_t ms)
{
    if (!world->rest_until_ms)
        world->rest_until_ms = clock_mono_ms() + ms;
    if (clock_mono_ms() < world->rest_until_ms)
        return false;
    world->rest_until_ms = 0;
    return true;
}

/* true: it is done. */
static bool world_do(struct world *world, enum deed deed, int64_t value)
{
    switch (deed) {
    case AWAIT:
        return world_taken(world) >= (size_t)value;
    case STEP:
        world_step(world, value);
        return true;
    case PASS:
        world_pass(world, value);
        return true;
    case REST:
        return world_has_rested(world, value);
    case END:
        return false;
    }
    return false;
}

static void world_watch(uv_timer_t *timer)
{
    struct world *world = timer->data;

    if (clock_mono_ms() > world->give_up_ms)
        fail_msg("%s: stuck at deed %zu, %zu messages were taken", world->act->name, world->next,
                 world_taken(world));
    if (world_do(world, world->act->deeds[world->next].deed, world->act->deeds[world->next].value))
        world->next++;
}

static void world_run(struct world *world)
{
    world->give_up_ms = clock_mono_ms() + PATIENCE_MS;
    uv_timer_init(&world->loop, &world->watch);
    world->watch.data = world;
    uv_timer_start(&world->watch, world_watch, WATCH_MS, WATCH_MS);
    dispatch_start(world->dispatch);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_true(world->finished);
    assert_int_equal(world->act->deeds[world->next].deed, END);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    assert_true(sim_client_tell(world->sim, "sync"));
}

/* ---- what was ---- */

/* What is in the air when a window closes, or a clock is set, still arrives. */
static bool is_inside(const struct window *window, int64_t t)
{
    return t >= window->from_ms && t < window->to_ms + SOON_MS;
}

static void check_event(const struct world *world, const struct sim_event *event)
{
    int64_t skew = 0;

    for (size_t i = 0; i < world->n_steps; i++) {
        const struct step *step = &world->steps[i];
        int64_t after_ms = event->t - step->at_ms, before = i ? world->steps[i - 1].skew_s : 0;

        if (after_ms >= SOON_MS)
            skew = step->skew_s;
        if (llabs(step->skew_s - before) >= STEP_LEAST_S && after_ms >= SOON_MS &&
            after_ms < HOLD_MS)
            fail_msg("%s: a message was taken %lld ms after step %zu", world->act->name,
                     (long long)after_ms, i + 1);
    }
    if (!is_inside(&world->window, event->t) || !is_inside(&world->window, event->t + skew * 1000))
        fail_msg("%s: a message was taken outside the window", world->act->name);
}

static void check_log(const struct world *world)
{
    struct sim_events events = sim_client_events(world->sim);
    int taken[MESSAGES] = {0};

    for (size_t i = 0; i < events.n; i++) {
        const struct sim_event *event = &events.items[i];

        if (strcmp(event->event, "accepted") != 0)
            continue;
        check_event(world, event);
        assert_in_range(event->number, NUMBER, NUMBER + MESSAGES - 1);
        assert_int_equal(taken[event->number - NUMBER]++, 0);
    }
    sim_events_free(&events);
}

static void check_books(const struct world *world)
{
    struct books_recount recount;
    struct books_unit *units;
    struct compare compare;
    struct books *books;
    int64_t sent, expired;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_recount(books, 1, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    /* lossy: a report names the network's time, so that of a message that was in the air while the
     * clock was set fits to none. */
    assert_int_equal(compare_log(books, 1, sim_client_log(world->sim), true, &compare), 0);
    if (!compare.agrees)
        fail_msg("%s", compare.first[0]);
    compare_release(&compare);
    assert_int_equal(books_units(books, 1, &units, &n), 0);
    assert_int_equal(n, 1);
    sent = units->n[DELIVERY_SENT] + units->n[DELIVERY_DELIVERED];
    assert_in_range(units->n[DELIVERY_SENT], 0, world->n_steps * MODEMS);
    expired = units->n[DELIVERY_EXPIRED];
    free(units);
    books_close(books);
    print_message("%s: %lld sent, %lld written off\n", world->act->name, (long long)sent,
                  (long long)expired);
    assert_int_equal(sent + expired, MESSAGES);
    assert_int_equal(expired > 0, world->act->expires);
    assert_true(assert_log_whole(world->stage.books) > 0);
}

static const struct act acts[] = {
    {"over the end, and taken back",
     -10,
     HOUR_S,
     {{AWAIT, SOME},
      {STEP, 2 * HOUR_S},
      {REST, 1500},
      {PASS, 20},
      {REST, 500},
      {STEP, -2 * HOUR_S},
      {REST, 1500},
      {PASS, 50},
      {REST, 500},
      {PASS, 10},
      {AWAIT, MESSAGES},
      {END, 0}},
     false},
    {"over the end, for good",
     -10,
     HOUR_S,
     {{AWAIT, SOME},
      {STEP, 2 * HOUR_S},
      {REST, 1500},
      {PASS, 50},
      {REST, 500},
      {PASS, 10},
      {END, 0}},
     true},
    {"before the beginning, and taken back after the minute",
     -10,
     HOUR_S,
     {{AWAIT, SOME},
      {STEP, -2 * HOUR_S},
      {REST, 1500},
      {PASS, 50},
      {REST, 500},
      {PASS, 20},
      {REST, 1000},
      {STEP, 2 * HOUR_S},
      {REST, 1500},
      {PASS, 60},
      {AWAIT, MESSAGES},
      {END, 0}},
     false},
    {"into a window that isn't open yet",
     HOUR_S,
     2 * HOUR_S,
     {{REST, 3000},
      {STEP, HOUR_S + 60},
      {REST, 1500},
      {PASS, 40},
      {REST, 500},
      {STEP, -HOUR_S - 60},
      {REST, 1500},
      {PASS, 70},
      {REST, 500},
      {PASS, HOUR_S - 90},
      {REST, 500},
      {AWAIT, MESSAGES},
      {END, 0}},
     false},
    {"by a second, in the middle",
     -10,
     HOUR_S,
     {{AWAIT, SOME}, {STEP, 1}, {AWAIT, 3 * SOME}, {STEP, -1}, {AWAIT, MESSAGES}, {END, 0}},
     false},
};

static void test_the_clock_is_set(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct world world = {.act = &acts[i]};

        skew_s = 0;
        clock_set((int64_t)time(NULL) * 1000);
        world_begin(&world);
        world_open(&world);
        world_run(&world);
        check_log(&world);
        check_books(&world);
        world_end(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_clock_is_set)};

    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
