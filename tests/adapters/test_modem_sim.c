/* test_modem_sim: the modem adapter with real agents and the simulator's modems: what is unplugged,
 * changed, locked, barred, hung or killed comes back when it should, and only then.
 * Runs: loop. */
#include "tests/unit/desk.h"

#include <signal.h>

#include "adapters/modem/pin.h"
#include "adapters/modem/ports.h"
#include "tests/adapters/tell.h"
#include "tests/support/sim_client.h"

#define OURS   "460000000000017"
#define THEIRS "460010000000042"

static const char *test_program; /* argv[0], set once by main */

/* Modems of the simulator; the first one is the desk's. */
struct room {
    struct desk desk;
    struct sim_client *sim;
    char *links[2];
    struct option_strings spares;
};

/* Comes back soon; quarantine ends only when something is plugged in. */
static const struct modem_patience soon = {
    .open_ms = 15000,
    .margin_ms = 20000,
    .leave_ms = 5000,
    .silence_ms = 60000,
    .look_ms = 20,
    .retry = {.first_ms = 10,
              .most_ms = 20,
              .failures = 20,
              .quarantine_first_ms = 600000,
              .quarantine_most_ms = 3600000},
};

static char *room_agent(void)
{
    const char *given = getenv("LAWCAST_MODEM"), *slash = strrchr(test_program, '/');

    if (given)
        return mem_dup(given);
    assert_non_null(slash);
    return mem_printf("%.*s/../../lawcast-modem", (int)(slash - test_program), test_program);
}

static void room_open(struct room *room, const char *spec)
{
    MEM_FREE_LATER char *program = sim_client_program(test_program), *agent = room_agent();
    MEM_FREE_LATER char *script = mem_printf("echo $$ >$dir/pid; exec %s \"$@\"\n", agent);
    static const char *const options[] = {"--modems",    "2",  "--air-ms", "0",
                                          "--report-ms", "20", NULL};
    const char *link;

    *room = (struct room){0};
    room->sim = sim_client_start_spec(program, spec, options);
    assert_non_null(room->sim);
    desk_open(&room->desk, script);
    link = sim_client_modem(room->sim, 0);
    room->desk.modem.device = (char *)(uintptr_t)link;
    room->desk.modem.grace_ms = 1;
    room->desk.modem.timeout_ms = 2000;
    room->links[0] = mem_dup(sim_client_modem(room->sim, 1));
    room->links[1] = mem_printf("%.*s/elsewhere", (int)(strrchr(link, '/') - link), link);
    room->spares = (struct option_strings){room->links, 2};
    room->desk.modem.spares = &room->spares;
    room->desk.env.ports = ports_new();
}

static void room_close(struct room *room)
{
    struct ports *ports = room->desk.env.ports;

    desk_close(&room->desk);
    ports_free(ports);
    free(room->links[0]);
    free(room->links[1]);
    sim_client_free(room->sim);
}

static void room_begin(struct room *room, const char *spec)
{
    room_open(room, spec);
    desk_begin(&room->desk, &soon);
    desk_until(&room->desk, &room->desk.ups, 1);
}

static void room_signal(struct room *room, int number)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    long pid = strtol(desk_read(&room->desk, "pid", &text), NULL, 10);

    assert_true(pid > 1);
    assert_int_equal(kill((pid_t)pid, number), 0);
}

/* How many messages the simulator's modem has taken. */
static size_t room_taken(struct room *room, int modem)
{
    struct sim_events events = tell_events(room->sim);
    size_t n = 0;

    for (size_t i = 0; i < events.n; i++)
        n += strcmp(events.items[i].event, "accepted") == 0 && events.items[i].modem == modem;
    sim_events_free(&events);
    return n;
}

#define TWO_SIMS                                                                                   \
    "{\"modem_specs\":[{\"index\":0,\"imsi\":\"" OURS "\"},{\"index\":1,\"imsi\":\"" THEIRS "\"}]" \
    "}"

/* ---- where it is ---- */

/* Under another name, and behind a modem that is not ours: it is found, and works. */
static void test_replugged_elsewhere(void **state)
{
    struct room room;

    (void)state;
    room_begin(&room, TWO_SIMS);
    assert_string_equal(room.desk.health.imsi, OURS);
    assert_true(tell(room.sim, "unplug 0"));
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_true(tell(room.sim, "replug 0 elsewhere"));
    desk_until(&room.desk, &room.desk.ups, 2);
    assert_string_equal(room.desk.health.imsi, OURS);
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_SENT);
    assert_int_equal(room_taken(&room, 0), 1);
    assert_int_equal(room_taken(&room, 1), 0);
    room_close(&room);
}

/* Its name leads to somebody else's SIM: that is said, and nothing is sent. */
static void test_wrong_sim(void **state)
{
    struct room room;

    (void)state;
    room_open(&room, TWO_SIMS);
    room.desk.modem.imsi = (char *)(uintptr_t) "460000000000099";
    desk_begin(&room.desk, &soon);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_string_equal(room.desk.why, "the SIM is 46000******0017 and has to be "
                                       "46000******0099: change it, or set imsi");
    assert_int_equal(room.desk.healths, 0);
    assert_true(tell(room.sim, "unplug 0"));
    assert_true(tell(room.sim, "imsi 0 460000000000099"));
    assert_true(tell(room.sim, "replug 0"));
    desk_until(&room.desk, &room.desk.ups, 1);
    assert_string_equal(room.desk.health.imsi, "460000000000099");
    room_close(&room);
}

/* ---- PIN, mode ---- */

#define LOCKED "{\"modem_specs\":[{\"index\":0,\"imsi\":\"" OURS "\",\"pin\":\"1234\"}]}"

static void test_pins(void **state)
{
    struct room room;

    (void)state;
    room_open(&room, LOCKED);
    desk_begin(&room.desk, &soon);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_non_null(strstr(room.desk.why, "the SIM asks for its PIN"));
    desk_end(&room.desk);
    room.desk.modem.pin = (char *)(uintptr_t) "4321";
    /* Three tries would lock it: of these five adapters only the first one tries. */
    for (int i = 2; i <= 6; i++) {
        desk_begin(&room.desk, &soon);
        desk_until(&room.desk, &room.desk.downs, i);
        assert_non_null(strstr(room.desk.why, "PIN"));
        desk_end(&room.desk);
    }
    assert_int_equal(room.desk.tries, 1);
    assert_int_equal(room.desk.refusals, 1);
    assert_true(room.desk.pin_mark == modem_pin_mark("bank/0", "4321"));
    room.desk.modem.pin = (char *)(uintptr_t) "1234";
    desk_begin(&room.desk, &soon);
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_SENT);
    assert_int_equal(room.desk.tries, 2);
    assert_int_equal(room.desk.refusals, 1);
    assert_true(room.desk.pin_mark == 0);
    room_close(&room);
}

static void test_cdma(void **state)
{
    struct room room;

    (void)state;
    room_open(&room, "{\"modem_specs\":[{\"index\":0,\"imsi\":\"460030000000017\","
                     "\"cdma\":true,\"family\":\"huawei\"}]}");
    desk_begin(&room.desk, &soon);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_non_null(strstr(room.desk.why, "CDMA"));
    assert_true(room.desk.health.cdma);
    assert_int_equal(room.desk.ups, 0);
    room_close(&room);
}

/* ---- the operator ---- */

/* Barred: the second recipient proves it, and isn't charged. Mended and plugged in again: well. */
static void test_barred(void **state)
{
    struct room room;

    (void)state;
    room_begin(&room, TWO_SIMS);
    assert_true(tell(room.sim, "barred 0 on"));
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_DEFERRED);
    assert_int_equal(desk_do(&room.desk, 2)->kind, OUTCOME_RETURNED);
    assert_int_equal(room.desk.downs, 1);
    assert_non_null(strstr(room.desk.why, "the operator refuses this SIM"));
    assert_true(tell(room.sim, "barred 0 off"));
    assert_true(tell(room.sim, "unplug 0"));
    assert_true(tell(room.sim, "replug 0"));
    assert_int_equal(desk_do(&room.desk, 2)->kind, OUTCOME_SENT);
    assert_int_equal(room_taken(&room, 0), 1);
    room_close(&room);
}

static void test_no_credit(void **state)
{
    struct room room;

    (void)state;
    room_begin(&room, TWO_SIMS);
    assert_true(tell(room.sim, "nocredit 0 on"));
    for (int i = 1; i < 5; i++) {
        assert_int_equal(desk_do(&room.desk, i)->kind, OUTCOME_DEFERRED);
        assert_int_equal(room.desk.last.outcome.code, 21);
    }
    assert_int_equal(room.desk.downs, 0);
    assert_int_equal(desk_do(&room.desk, 5)->kind, OUTCOME_RETURNED);
    assert_int_equal(room.desk.downs, 1);
    assert_non_null(strstr(room.desk.why, "barred or out of credit (5 numbers refused)"));
    assert_int_equal(room_taken(&room, 0), 0);
    room_close(&room);
}

/* ---- what hangs ---- */

/* A modem that says nothing loses its lane, not the message; when it speaks again, it works. */
static void test_deaf(void **state)
{
    struct room room;

    (void)state;
    room_begin(&room, TWO_SIMS);
    assert_true(tell(room.sim, "deaf 0 on"));
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_RETURNED);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_true(tell(room.sim, "deaf 0 off"));
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_SENT);
    assert_int_equal(room_taken(&room, 0), 1);
    room_close(&room);
}

/* An agent that is stopped is killed: with a message when its time is over, and without one when it
 * has been silent for too long. */
static void test_stopped_agent(void **state)
{
    struct modem_patience hasty = soon;
    struct room room;

    (void)state;
    hasty.silence_ms = 3000;
    hasty.margin_ms = 500;
    room_open(&room, TWO_SIMS);
    desk_begin(&room.desk, &hasty);
    desk_until(&room.desk, &room.desk.ups, 1);
    room_signal(&room, SIGSTOP);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_string_equal(room.desk.why, "the agent said nothing for 3 s and was killed");
    desk_until(&room.desk, &room.desk.ups, 2);
    room_signal(&room, SIGSTOP);
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_UNKNOWN);
    assert_string_equal(room.desk.why, "the agent didn't answer in time and was killed");
    assert_int_equal(desk_do(&room.desk, 2)->kind, OUTCOME_SENT);
    assert_int_equal(room_taken(&room, 0), 1);
    room_close(&room);
}

/* Killed between two messages: nothing is in doubt. In the middle of one: that one is. */
static void test_killed_agent(void **state)
{
    struct room room;

    (void)state;
    room_begin(&room, TWO_SIMS);
    room_signal(&room, SIGKILL);
    desk_until(&room.desk, &room.desk.downs, 1);
    assert_int_equal(desk_do(&room.desk, 1)->kind, OUTCOME_SENT);
    assert_true(tell(room.sim, "slow 0 1500"));
    assert_int_equal(desk_lend(&room.desk, 2), 0);
    while (room_taken(&room, 0) < 2 && !room.desk.done)
        uv_run(&room.desk.loop, UV_RUN_NOWAIT);
    room_signal(&room, SIGKILL);
    desk_until(&room.desk, &room.desk.done, 2);
    assert_int_equal(room.desk.last.outcome.kind, OUTCOME_UNKNOWN);
    assert_true(tell(room.sim, "slow 0 0"));
    assert_int_equal(desk_do(&room.desk, 3)->kind, OUTCOME_SENT);
    room_close(&room);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replugged_elsewhere),
        cmocka_unit_test(test_wrong_sim),
        cmocka_unit_test(test_pins),
        cmocka_unit_test(test_cdma),
        cmocka_unit_test(test_barred),
        cmocka_unit_test(test_no_credit),
        cmocka_unit_test(test_deaf),
        cmocka_unit_test(test_stopped_agent),
        cmocka_unit_test(test_killed_agent),
    };

    (void)argc;
    test_program = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
