/* test_modems: lawcast modems and lawcast replies beside a running gateway: what they show, what a
 * pause stops, what a refusal stops, and what a modem that was plugged in elsewhere carries on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/json.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

struct world {
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
};

static void world_open(struct world *world, const char *modems, const char *air_ms)
{
    const char *const options[] = {"--modems",    modems, "--air-ms", air_ms,
                                   "--report-ms", "20",   NULL};
    char program[512];

    *world = (struct world){0};
    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
}

static void world_close(struct world *world)
{
    sim_client_free(world->sim);
    stage_close(&world->stage);
}

static void world_write(struct world *world, int modems, size_t messages)
{
    const char *first = sim_client_modem(world->sim, 0);
    MEM_FREE_LATER char *options =
        mem_printf("grace_ms = 0; timeout_ms = 2000; per_hour = 100000; per_day = 200000; "
                   "spare_devices = \"%.*s/spare\";",
                   (int)(strrchr(first, '/') - first), first);
    const struct stage_bank bank = {.first_modem = first, .modems = modems, .options = options};

    stage_write_office(&world->stage, &bank);
    stage_write_campaign(&world->stage, -3600, 7200, "text = \"学法守法\"; report_wait = 2;",
                         messages);
}

static void world_spawn(struct world *world)
{
    const char *const args[] = {"run", "-c", world->stage.conf, "--quiet", world->stage.campaign,
                                NULL};

    stage_spawn(&world->stage, &world->child, args);
}

/* Ends it early; the books keep what was reached. */
static void world_stop(struct world *world)
{
    stage_signal(&world->child, SIGTERM);
    stage_wait(&world->child, 60, NULL);
}

/* What a command says as JSON; to be freed. */
static struct jv *world_ask(struct world *world, const char *command)
{
    const char *const args[] = {command, "-c", world->stage.conf, "--json", NULL};
    struct jv *answer;
    char *output;

    assert_int_equal(stage_lawcast(&world->stage, &output, args), 0);
    answer = jv_parse(output, strlen(output), NULL);
    if (!answer)
        fail_msg("no JSON: %s", output);
    free(output);
    return answer;
}

static int world_tell(struct world *world, const char *verb, const char *id)
{
    const char *const args[] = {"modems", "-c", world->stage.conf, verb, id, NULL};
    char *output;
    int code = stage_lawcast(&world->stage, &output, args);

    free(output);
    return code;
}

static size_t world_accepted(struct world *world, int modem)
{
    struct sim_events events = sim_client_events(world->sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++)
        n += strcmp(events.items[i].event, "accepted") == 0 &&
             (modem < 0 || events.items[i].modem == modem);
    sim_events_free(&events);
    return n;
}

static void world_await(struct world *world, int modem, size_t n)
{
    while (world_accepted(world, modem) < n)
        stage_pause();
}

/* The state that `modems` shows for modem i, until it is wanted. */
static void world_await_state(struct world *world, int i, const char *wanted)
{
    char pointer[48];

    snprintf(pointer, sizeof pointer, "/modems/%d/state", i);
    for (;;) {
        struct jv *answer = world_ask(world, "modems");
        const char *state = jv_text(jv_at(answer, pointer));
        bool found = state && strcmp(state, wanted) == 0;

        jv_free(answer);
        if (found)
            return;
        stage_pause();
    }
}

static void test_modems_are_shown(void **state)
{
    struct world world;
    struct jv *answer;

    (void)state;
    world_open(&world, "2", "20");
    world_write(&world, 2, 4000);
    answer = world_ask(&world, "modems");
    assert_false(strcmp("m/0", jv_text(jv_at(answer, "/modems/0/modem"))));
    assert_null(jv_text(jv_at(answer, "/modems/0/state")));
    jv_free(answer);

    world_spawn(&world);
    world_await(&world, 1, 3);
    world_await_state(&world, 1, "ready");
    answer = world_ask(&world, "modems");
    assert_string_equal(jv_text(jv_at(answer, "/modems/1/operator")), "mobile");
    assert_string_equal(jv_text(jv_at(answer, "/modems/1/registration")), "home");
    assert_string_equal(jv_text(jv_at(answer, "/modems/1/imsi")), "460****0001");
    assert_true(jv_number(jv_at(answer, "/modems/1/signal_dbm"), 0) < -50);
    assert_true(jv_number(jv_at(answer, "/modems/1/hour_parts"), 0) >= 3);
    assert_true(jv_number(jv_at(answer, "/modems/1/day_parts"), 0) >= 3);
    assert_int_equal(jv_number(jv_at(answer, "/modems/1/per_hour"), 0), 100000);
    jv_free(answer);
    world_stop(&world);
    world_close(&world);
}

/* A paused modem sends nothing, also after a restart; the other one goes on. */
static void test_pause_outlasts_a_restart(void **state)
{
    struct world world;
    size_t before, other;

    (void)state;
    world_open(&world, "2", "10");
    world_write(&world, 2, 4000);
    assert_int_equal(world_tell(&world, "pause", "m/0"), 1); /* there are no books yet */
    world_spawn(&world);
    world_await(&world, 0, 3);
    assert_int_equal(world_tell(&world, "pause", "m/7"), 1);
    assert_int_equal(world_tell(&world, "pause", "m/0"), 0);
    world_await_state(&world, 0, "paused");
    other = world_accepted(&world, 1);
    world_await(&world, 1, other + 5); /* long enough for the message that it had in hand */
    before = world_accepted(&world, 0);
    world_await(&world, 1, other + 20);
    assert_int_equal(world_accepted(&world, 0), before);
    world_stop(&world);

    /* Without a gateway the books are told. */
    assert_int_equal(world_tell(&world, "pause", "m/7"), 1);
    assert_int_equal(world_tell(&world, "resume", "m/0"), 0);
    assert_int_equal(world_tell(&world, "pause", "m/0"), 0);
    other = world_accepted(&world, 1);
    world_spawn(&world);
    world_await(&world, 1, other + 20);
    assert_int_equal(world_accepted(&world, 0), before);
    assert_int_equal(world_tell(&world, "resume", "m"), 0); /* the whole bank */
    world_await(&world, 0, before + 3);
    world_stop(&world);
    world_close(&world);
}

/* A refusal stops every message that is still to come, and is shown with its number masked. */
static void test_refusal_suppresses(void **state)
{
    struct sim_events events;
    struct world world;
    struct jv *answer;

    (void)state;
    world_open(&world, "1", "50");
    world_write(&world, 1, 400);
    world_spawn(&world);
    world_await(&world, 0, 1);
    assert_true(sim_client_tell(world.sim, "deliver 0 8613800000399 ｔｄ 。"));
    assert_true(sim_client_tell(world.sim, "deliver 0 8613800000000 谢谢，收到"));
    for (int64_t n = 0; n < 2;) {
        answer = world_ask(&world, "replies");
        n = (int64_t)jv_size(jv_at(answer, "/replies"));
        jv_free(answer);
    }
    answer = world_ask(&world, "replies");
    assert_string_equal(jv_text(jv_at(answer, "/replies/0/from")), "138****0399");
    assert_string_equal(jv_text(jv_at(answer, "/replies/1/text")), "谢谢，收到");
    assert_string_equal(jv_text(jv_at(answer, "/replies/1/campaign")), "c1");
    assert_string_equal(jv_text(jv_at(answer, "/replies/1/unit")), "city");
    jv_free(answer);
    assert_int_equal(stage_wait(&world.child, 90, NULL), 3); /* one short of the quota */
    events = sim_client_events(world.sim);
    for (size_t i = 0; i < events.n; i++)
        assert_false(strcmp(events.items[i].event, "accepted") == 0 &&
                     events.items[i].number == INT64_C(8613800000399));
    sim_events_free(&events);
    world_close(&world);
}

/* Pulled out and plugged in under another name, the modem is found there by its SIM, and goes on
 * with that SIM's meter; the agent that had it is no loss to the other modem. */
static void test_replugged_elsewhere(void **state)
{
    struct world world;
    struct jv *answer;
    size_t before;

    (void)state;
    world_open(&world, "2", "20");
    world_write(&world, 2, 4000);
    world_spawn(&world);
    world_await(&world, 0, 3);
    world_await_state(&world, 0, "ready");
    assert_true(sim_client_tell(world.sim, "unplug 0"));
    world_await_state(&world, 0, "down");
    before = world_accepted(&world, 0);
    assert_true(sim_client_tell(world.sim, "replug 0 spare"));
    world_await(&world, 0, before + 3);
    world_await_state(&world, 0, "ready");
    answer = world_ask(&world, "modems");
    assert_string_equal(jv_text(jv_at(answer, "/modems/0/imsi")), "460****0000");
    assert_true(jv_number(jv_at(answer, "/modems/0/hour_parts"), 0) >= (int64_t)before + 3);
    jv_free(answer);
    world_stop(&world);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modems_are_shown),
        cmocka_unit_test(test_pause_outlasts_a_restart),
        cmocka_unit_test(test_refusal_suppresses),
        cmocka_unit_test(test_replugged_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
