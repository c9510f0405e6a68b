/* test_agents: agents that stop dead without ending, as a driver that hangs in the kernel makes
 * them.
 *
 * SIGSTOP is as near as a test comes to that. One that is idle says nothing any more; one that has
 * a message gives no answer in time. Either is found, killed and replaced; of the messages at most
 * the one that it had is in doubt; everything else is delivered, and over both modems. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MODEMS     2
#define MESSAGES   40
#define MANY       600 /* half a minute of work: there is some left when one is stopped */
#define LIMIT_MS   120000
#define OPENS_S    80    /* until then they are idle: longer than the gateway bears silence */
#define SILENCE_MS 76000 /* so long an idle one may be silent; it ends before they have work */

struct world {
    struct stage stage;
    struct sim_client *sim;
    struct stage_child child;
    int messages;
};

static void world_open(struct world *world, int opens_s)
{
    const char *const options[] = {"--modems", "2", "--air-ms", "100", "--report-ms", "20", NULL};
    const char *args[] = {"run", "-c", NULL, "--quiet", NULL, NULL};
    struct stage_bank bank = {.modems = MODEMS, .options = "grace_ms = 0; timeout_ms = 2000;"};
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    bank.first_modem = sim_client_modem(world->sim, 0);
    stage_write_office(&world->stage, &bank);
    stage_write_campaign(&world->stage, opens_s, 7200, "text = \"学法守法\"; report_wait = 5;",
                         (size_t)world->messages);
    args[2] = world->stage.conf;
    args[4] = world->stage.campaign;
    stage_spawn(&world->stage, &world->child, args);
}

static size_t agents_list(const struct world *world, int agents[static MODEMS])
{
    char path[64];
    size_t n = 0;
    FILE *file;
    int agent;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)world->child.pid,
             (int)world->child.pid);
    file = fopen(path, "re");
    assert_non_null(file);
    while (fscanf(file, "%d", &agent) == 1)
        if (n++ < MODEMS)
            agents[n - 1] = agent;
    fclose(file);
    return n;
}

static void world_check_time(struct world *world, int64_t limit)
{
    int status;

    assert_false(stage_has_ended(&world->child, &status));
    assert_true(clock_mono_ms() < limit);
    stage_pause();
}

static int modem_count_ready(void *ctx, const struct books_modem *modem)
{
    size_t *ready = ctx;

    *ready += modem->state == LANE_READY;
    return 0;
}

/* An agent that still prepares its modem has a time limit of its own. */
static void world_await_ready(struct world *world, int64_t limit)
{
    struct books *books;
    char why[256];
    size_t ready = 0;

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    while (ready != MODEMS) {
        world_check_time(world, limit);
        ready = 0;
        assert_int_equal(books_modems(books, clock_wall_ms(), modem_count_ready, &ready), 0);
    }
    books_close(books);
}

/* Stops the agent of the first modem, and waits until another one has taken its place. */
static void agent_freeze(struct world *world, int64_t limit)
{
    int before[MODEMS], after[MODEMS];
    int64_t since;

    while (agents_list(world, before) != MODEMS)
        world_check_time(world, limit);
    since = clock_mono_ms();
    assert_int_equal(kill(before[0], SIGSTOP), 0);
    while (agents_list(world, after) != MODEMS || after[0] == before[0] || after[1] == before[0])
        world_check_time(world, limit);
    print_message("replaced after %lld ms\n", (long long)(clock_mono_ms() - since));
}

/* How many parts each modem has sent; the sum. */
static int world_count(struct world *world, int accepted[static MODEMS])
{
    struct sim_events events = sim_client_events(world->sim);

    memset(accepted, 0, MODEMS * sizeof *accepted);
    for (size_t i = 0; i < events.n; i++)
        if (strcmp(events.items[i].event, "accepted") == 0 && events.items[i].modem < MODEMS)
            accepted[events.items[i].modem]++;
    sim_events_free(&events);
    return accepted[0] + accepted[1];
}

static void world_judge(struct world *world, int64_t doubtful)
{
    struct books_campaign campaign;
    struct books_unit *units;
    struct compare compare;
    struct books *books;
    char why[256];
    size_t n;

    assert_true(sim_client_tell(world->sim, "sync"));
    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
    assert_int_equal(n, 1);
    assert_true(units[0].n[DELIVERY_UNKNOWN] <= doubtful);
    assert_int_equal(units[0].n[DELIVERY_UNKNOWN] + units[0].n[DELIVERY_DELIVERED] +
                         units[0].n[DELIVERY_SENT],
                     world->messages);
    assert_int_equal(
        compare_log(books, campaign.number, sim_client_log(world->sim), true, &compare), 0);
    if (!compare.agrees)
        fail_msg("%s", compare.first[0]);
    assert_int_equal(compare.duplicates, 0);
    compare_release(&compare);
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
}

static void world_close(struct world *world, int64_t doubtful)
{
    int accepted[MODEMS];
    char *output;
    int code = stage_wait(&world->child, 60, &output);

    if (code != 0 && code != 3)
        fail_msg("exit code %d: %s", code, output);
    free(output);
    world_count(world, accepted);
    assert_true(accepted[0] > 0 && accepted[1] > 0);
    world_judge(world, doubtful);
    sim_client_free(world->sim);
    stage_close(&world->stage);
}

/* Nothing was lent to it, so nothing is in doubt. */
static void test_frozen_while_idle(void **state)
{
    int64_t limit = clock_mono_ms() + SILENCE_MS;
    struct world world = {.messages = MESSAGES};

    (void)state;
    world_open(&world, OPENS_S);
    stage_await(&world.stage, &world.child, "c1");
    world_await_ready(&world, limit);
    agent_freeze(&world, limit);
    world_close(&world, 0);
}

static void test_frozen_while_sending(void **state)
{
    struct world world = {.messages = MANY};
    int64_t limit = clock_mono_ms() + LIMIT_MS;
    int accepted[MODEMS];

    (void)state;
    world_open(&world, -3600);
    while (world_count(&world, accepted) < 4 || accepted[0] == 0 || accepted[1] == 0)
        world_check_time(&world, limit);
    agent_freeze(&world, limit);
    assert_true(sim_client_tell(world.sim, "slow 0 0")); /* the rest needs no time */
    assert_true(sim_client_tell(world.sim, "slow 1 0"));
    world_close(&world, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frozen_while_idle),
        cmocka_unit_test(test_frozen_while_sending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
