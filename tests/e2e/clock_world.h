/* clock_world: boards of lawcast-sim and the gateway's dispatcher, books and listener, in one
 * process on the test clock: idle time is passed over. Include in one file of a test program. Runs:
 * loop. */
#ifndef LAWCAST_TESTS_E2E_CLOCK_WORLD_H
#define LAWCAST_TESTS_E2E_CLOCK_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/diag.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/config/config.h"
#include "adapters/display/http.h"
#include "adapters/kinds.h"
#include "gateway/control/listener.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/ledger/books.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MINUTE_MS       INT64_C(60000)
#define WORLD_SETTINGS  10
#define WORLD_CAMPAIGNS 2

enum { WATCH_MS = 2, PATIENCE_MS = 240000 };

struct setting {
    const char *name, *value; /* both a board's option and what the simulated board expects */
};

/* A board of the world. */
struct place {
    const char *id, *kind, *level;
    int breaks; /* interruptions: each may cost two more reading intervals */
    int mute_s; /* so long nobody can say what is on it */
    struct setting settings[WORLD_SETTINGS];
};

/* At so many minutes after 08:30: a command for the simulator, or (with a board's id and a word)
 * for the gateway. */
struct happening {
    int minute;
    const char *command;
    const char *board; /* NULL: the simulator's */
    bool release;
    int mute; /* boards that don't answer, from now on more or fewer */
};

struct world {
    struct stage stage;
    struct sim_client *sim;
    uv_loop_t loop;
    uv_timer_t watch;
    struct office *office;
    const struct place *places;
    size_t n_places;
    struct campaign *campaigns[WORLD_CAMPAIGNS];
    size_t n_campaigns;
    struct ledger *ledger;
    struct http *http;
    struct listener *listener;
    struct dispatch *dispatch;
    const struct happening *next;
    int64_t begin_ms, give_up_ms;
    int mute;
    bool finished;
};

static char *world_spec(const struct world *world)
{
    struct jv *spec = jv_object(), *boards = jv_array();
    struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < world->n_places; i++) {
        struct jv *board = jv_object(), *options = jv_object();

        for (const struct setting *setting = world->places[i].settings; setting->name; setting++)
            jv_put(options, setting->name, jv_string(setting->value));
        jv_put(board, "id", jv_string(world->places[i].id));
        jv_put(board, "kind", jv_string(world->places[i].kind));
        jv_put(board, "options", options);
        jv_push(boards, board);
    }
    jv_put(spec, "modems", jv_int(0));
    jv_put(spec, "boards", boards);
    jv_write(spec, false, &text);
    jv_free(spec);
    return buffer_take(&text);
}

/* The simulated boards; the clock is set when the campaigns have been read. */
static void world_begin(struct world *world)
{
    MEM_FREE_LATER char *spec = world_spec(world);
    const char *const none[] = {NULL};
    char program[512];

    stage_open(&world->stage);
    world->sim =
        sim_client_start_spec(stage_program("lawcast-sim", program, sizeof program), spec, none);
    assert_non_null(world->sim);
}

/* lawcast.cfg, with more for each board. */
static void world_write_office(const struct world *world, const char *more)
{
    BUFFER_FREE_LATER struct buffer boards = BUFFER_NULL;

    for (size_t i = 0; i < world->n_places; i++) {
        const struct place *place = &world->places[i];

        buffer_printf(&boards,
                      "%s{ id = \"%s\"; owner = \"weather\"; kind = \"%s\"; url = \"%s\"; width = "
                      "192; height = 64; timeout_ms = 3000; %s",
                      i ? ",\n" : "", place->id, place->kind,
                      sim_client_board(world->sim, place->id), more);
        for (const struct setting *setting = place->settings; setting->name; setting++)
            buffer_printf(&boards, " %s = \"%s\";", setting->name, setting->value);
        buffer_add_text(&boards, " }");
    }
    stage_write(
        &world->stage, "lawcast.cfg",
        "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
        "ledger = { path = \"%s\"; };\n"
        "listen = { address = \"127.0.0.1\"; port = 0; key = \"a-key-of-the-test-only\"; };\n"
        "units = ( { id = \"weather\"; name = \"市气象局\"; signature = \"市气象局\"; } );\n"
        "boards = ( %s );\n",
        world->stage.books, buffer_text(&boards));
}

/* files: of the campaigns, ended by NULL. */
static void world_read(struct world *world, const char *const *files)
{
    struct diag diag = DIAG_NULL;

    int wrong = config_read_office(world->stage.conf, adapter_board_kind, &diag, &world->office);

    for (size_t i = 0; files[i] && !wrong; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s/%s", world->stage.dir, files[i]);

        wrong = config_read_campaign(path, world->office, &diag,
                                     &world->campaigns[world->n_campaigns++]);
    }
    if (wrong) {
        diag_print(&diag, stderr);
        fail_msg("the configuration has errors");
    }
    diag_free(&diag);
    world->begin_ms = world->campaigns[0]->windows[0].from_ms;
}

static void world_set_clock(struct world *world)
{
    assert_true(sim_client_tell(world->sim, "clock %lld", (long long)world->begin_ms));
    clock_set(world->begin_ms);
}

static bool on_release(void *ctx, const struct board *board, bool released, const char *by)
{
    struct world *world = ctx;

    return dispatch_release_board(
        world->dispatch,
        &(struct dispatch_release){.id = board->id, .released = released, .by = by});
}

static void on_describe(void *ctx, const struct board *board, struct jv *out)
{
    (void)ctx;
    (void)board;
    (void)out;
}

static void on_call(void *ctx, const struct board *board, const struct adapter_call *call,
                    struct adapter_answer *answer)
{
    struct world *world = ctx;

    assert_true(dispatch_hear(world->dispatch, board->id, call, answer));
}

static const struct listener_events world_listens = {
    .release = on_release, .describe = on_describe, .call = on_call};

static char *world_callback(void *ctx, const struct board *board)
{
    const struct world *world = ctx;

    return listener_callback(world->listener, board);
}

static const void *world_picture(void *ctx, const struct board *board, const char *text,
                                 size_t *length)
{
    (void)ctx;
    (void)board;
    (void)text;
    (void)length;
    return NULL;
}

static void world_trouble(void *ctx, const char *message)
{
    (void)ctx;
    fail_msg("the books: %s", message ? message : "work again");
}

static void world_refused(void *ctx, const struct campaign *campaign, const struct recipient *row)
{
    (void)ctx;
    (void)campaign;
    (void)row;
    fail_msg("there are no recipients");
}

static void world_lists_read(void *ctx, const struct campaign *campaign)
{
    (void)ctx;
    (void)campaign;
}

static void on_ledger_closed(void *ctx)
{
    (void)ctx;
}

static void on_http_closed(void *ctx)
{
    (void)ctx;
}

static void world_finished(void *ctx)
{
    struct world *world = ctx;

    world->finished = true;
    uv_close((uv_handle_t *)&world->watch, NULL);
    listener_close(world->listener);
    http_close(world->http, on_http_closed, world);
    ledger_close(world->ledger, on_ledger_closed, world);
}

static void world_open(struct world *world)
{
    struct ledger_recovery recovery;
    char why[512] = "";

    uv_loop_init(&world->loop);
    if (ledger_open(&world->ledger, &world->loop, world->stage.books, world_trouble, world,
                    &recovery, why, sizeof why))
        fail_msg("%s", why);
    assert_int_equal(
        listener_open(&world->listener, &world->loop, world->office, &world_listens, world), 0);
    world->http = http_new(&world->loop);
    world->dispatch = dispatch_new(
        &(struct dispatch_setup){.loop = &world->loop,
                                 .ledger = world->ledger,
                                 .office = world->office,
                                 .campaigns = (const struct campaign *const *)world->campaigns,
                                 .n_campaigns = world->n_campaigns,
                                 .modem_adapter = &adapter_fake,
                                 .http = world->http,
                                 .callback_of = world_callback,
                                 .picture_of = world_picture,
                                 .refused = world_refused,
                                 .read = world_lists_read,
                                 .finished = world_finished,
                                 .ctx = world},
        why, sizeof why);
    if (!world->dispatch)
        fail_msg("%s", why);
}

/* ---- the morning ---- */

static void world_happen(struct world *world)
{
    const struct happening *now = world->next++;

    world->mute += now->mute;
    log_info("minute=%d %s%s", now->minute, now->command ? now->command : now->board,
             now->command   ? ""
             : now->release ? " is released"
                            : " is resumed");
    if (now->command)
        assert_true(sim_client_tell(world->sim, "%s", now->command));
    else
        assert_true(dispatch_release_board(
            world->dispatch,
            &(struct dispatch_release){.id = now->board, .released = now->release, .by = "test"}));
}

static int64_t world_next_happening_ms(const struct world *world)
{
    const struct happening *next = world->next;

    return next->command || next->board ? world->begin_ms + next->minute * MINUTE_MS : INT64_MAX;
}

/* A board that answers again is asked by the machine's clock, not by the test's. */
static bool world_is_coming_back(const struct world *world)
{
    struct dispatch_view view;

    dispatch_view(world->dispatch, &view);
    return !world->mute && view.boards_ready + view.boards_paused < view.boards;
}

/* Idle time is passed over: in the simulator first, as it must not lag behind. */
static void world_watch(uv_timer_t *timer)
{
    struct world *world = timer->data;
    int64_t next, happening = world_next_happening_ms(world);

    if (clock_mono_ms() > world->give_up_ms)
        fail_msg("the morning doesn't end");
    if (clock_wall_ms() >= happening) {
        world_happen(world);
        return;
    }
    if (!dispatch_is_idle(world->dispatch) || world_is_coming_back(world))
        return;
    dispatch_tick(world->dispatch);
    if (!dispatch_is_idle(world->dispatch))
        return;
    next = dispatch_next_ms(world->dispatch);
    if (happening < next)
        next = happening;
    if (next == INT64_MAX || next <= clock_wall_ms())
        return;
    assert_true(sim_client_tell(world->sim, "clock %lld", (long long)next));
    clock_set(next);
    dispatch_tick(world->dispatch);
}

/* Until every campaign has ended; happenings end with one without command and board. */
static void world_run(struct world *world, const struct happening *happenings)
{
    world->next = happenings;
    world->give_up_ms = clock_mono_ms() + PATIENCE_MS;
    uv_timer_init(&world->loop, &world->watch);
    world->watch.data = world;
    uv_timer_start(&world->watch, world_watch, WATCH_MS, WATCH_MS);
    dispatch_start(world->dispatch);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_true(world->finished);
    assert_int_equal(uv_loop_close(&world->loop), 0);
    dispatch_free(world->dispatch);
    http_free(world->http);
}

static void assert_only_the_owners(struct world *world)
{
    int wrong = 0;

    for (size_t i = 0; i < world->n_places; i++) {
        struct jv *answer = sim_client_ask(world->sim, "stored %s", world->places[i].id);
        const struct jv *names = jv_member(answer, "names");
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

        jv_write(names, false, &text);
        if (strcmp(buffer_text(&text), "[\"prices\"]") != 0)
            print_error("%s: left are %s\n", world->places[i].id, buffer_text(&text));
        wrong += strcmp(buffer_text(&text), "[\"prices\"]") != 0;
        jv_free(answer);
    }
    assert_int_equal(wrong, 0);
}

static void world_end(struct world *world)
{
    for (size_t i = 0; i < world->n_campaigns; i++) {
        campaign_free(world->campaigns[i]);
        free(world->campaigns[i]);
    }
    office_free(world->office);
    free(world->office);
    assert_int_equal(sim_client_stop(world->sim), 0);
    sim_client_free(world->sim);
    stage_close(&world->stage);
}

#endif
