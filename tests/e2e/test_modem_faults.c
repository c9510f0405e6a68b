/* test_modem_faults: what one modem can do to a message, a number or a stop, through lawcast and
 * its agents, held against the simulator's log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define NOISE_MS    60000
#define NO_CREDIT_S 150 /* a refused message waits for a minute */
#define LONG                                                                                                                                  \
    "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起，从身边小事做起，" \
    "让法治成为一种信仰，让守法成为一种习惯，让我们的城市因为法治而更加文明、更加和谐。"

struct world {
    struct stage stage;
    struct sim_client *sim;
    int modems;
    struct books_unit unit;
    struct compare compare;
};

static void world_open(struct world *world, const char *modems, const char *air_ms,
                       const char *report_ms)
{
    const char *const options[] = {"--modems",    modems,    "--air-ms", air_ms,
                                   "--report-ms", report_ms, NULL};
    char program[512];

    *world = (struct world){.modems = atoi(modems)};
    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
}

static void world_close(struct world *world)
{
    compare_release(&world->compare);
    sim_client_free(world->sim);
    stage_close(&world->stage);
}

static void world_write(struct world *world, size_t messages, const char *sms)
{
    const struct stage_bank bank = {.first_modem = sim_client_modem(world->sim, 0),
                                    .modems = world->modems,
                                    .options = "grace_ms = 0; timeout_ms = 10000;"};

    stage_write_office(&world->stage, &bank);
    stage_write_campaign(&world->stage, -3600, 7200, sms, messages);
}

static void world_read_books(struct world *world)
{
    struct books_campaign campaign;
    struct books_unit *units;
    struct books *books;
    char why[256];
    size_t n;

    assert_true(sim_client_tell(world->sim, "sync"));
    compare_release(&world->compare);
    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
    assert_int_equal(n, 1);
    world->unit = units[0];
    assert_int_equal(
        compare_log(books, campaign.number, sim_client_log(world->sim), true, &world->compare), 0);
    if (!world->compare.agrees)
        fail_msg("%s", world->compare.first[0]);
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
}

static void world_spawn(struct world *world, struct stage_child *child)
{
    const char *const args[] = {"run", "-c", world->stage.conf, "--quiet", world->stage.campaign,
                                NULL};

    stage_spawn(&world->stage, child, args);
}

static void world_end_in(struct world *world, struct stage_child *child, int wanted, int limit_s)
{
    char *output;
    int code = stage_wait(child, limit_s, &output);

    if (code != wanted)
        fail_msg("exit code %d instead of %d: %s", code, wanted, output);
    free(output);
    world_read_books(world);
}

static void world_end(struct world *world, struct stage_child *child, int wanted)
{
    world_end_in(world, child, wanted, 60);
}

static void world_await(struct world *world, const char *event, size_t n)
{
    for (;;) {
        struct sim_events events = sim_client_events(world->sim);
        size_t found = sim_events_count(&events, event);

        sim_events_free(&events);
        if (found >= n)
            return;
        usleep(10000);
    }
}

/* The network takes the first part and refuses the second: the message is in doubt, is counted so,
 * and the modem goes on. */
static void test_half_a_message(void **state)
{
    struct stage_child child;
    struct world world;

    (void)state;
    world_open(&world, "1", "1500", "20"); /* long enough to come between */
    world_write(&world, 2, "text = \"" LONG "\"; max_parts = 4; report_wait = 2;");
    world_spawn(&world, &child);
    world_await(&world, "accepted", 1);
    assert_true(sim_client_tell(world.sim, "cms 0 38"));
    world_end(&world, &child, 3);
    assert_int_equal(world.unit.n[DELIVERY_UNKNOWN], 1);
    assert_int_equal(world.unit.n[DELIVERY_DELIVERED], 1);
    assert_int_equal(world.compare.duplicates, 0);
    world_close(&world);
}

/* A number that makes every modem say "I'm ill" uses up its attempts and takes none of them down.
 */
static void test_poisonous_number(void **state)
{
    struct stage_child child;
    struct world world;

    (void)state;
    world_open(&world, "4", "0", "20");
    world_write(&world, 200, "text = \"学法守法\"; report_wait = 2; attempts = 2;");
    assert_true(sim_client_tell(world.sim, "number 8613800000003 cms 300"));
    world_spawn(&world, &child);
    world_end(&world, &child, 3);
    assert_int_equal(world.unit.n[DELIVERY_EXPIRED], 1);
    assert_int_equal(world.unit.n[DELIVERY_DELIVERED], 199);
    world_close(&world);
}

/* A SIM without credit is left alone: what it was given goes over the other one. */
static void test_no_credit(void **state)
{
    struct sim_events events;
    struct stage_child child;
    struct world world;

    (void)state;
    world_open(&world, "2", "100", "20");
    world_write(&world, 10, "text = \"学法守法\"; report_wait = 3;");
    assert_true(sim_client_tell(world.sim, "nocredit 0 on"));
    world_spawn(&world, &child);
    world_end_in(&world, &child, 0, NO_CREDIT_S);
    assert_int_equal(world.unit.n[DELIVERY_DELIVERED], 10);
    events = sim_client_events(world.sim);
    assert_in_range(sim_events_count(&events, "rejected"), 1, 5);
    for (size_t i = 0; i < events.n; i++)
        assert_true(strcmp(events.items[i].event, "accepted") != 0 || events.items[i].modem == 1);
    sim_events_free(&events);
    world_close(&world);
}

/* Reports that come while lawcast stops, stands still or starts again: not one is lost. */
static void test_reports_over_restarts(void **state)
{
    struct stage_child child;
    struct world world;

    (void)state;
    world_open(&world, "4", "20", "1500");
    world_write(&world, 400, "text = \"学法守法\"; report_wait = 5;");
    for (size_t run = 1; run <= 2; run++) {
        world_spawn(&world, &child);
        world_await(&world, "accepted", run * 100);
        assert_int_equal(kill(child.pid, SIGTERM), 0);
        world_end(&world, &child, 3);
    }
    world_spawn(&world, &child);
    world_end(&world, &child, 0);
    assert_int_equal(world.unit.n[DELIVERY_DELIVERED], 400);
    world_close(&world);
}

/* ---- the agent alone ---- */

struct agent {
    pid_t pid;
    int in, out, tty; /* tty: the modem's side */
};

static void agent_start(struct agent *agent, char *device, char *timeout_ms)
{
    char program[512];
    char *argv[] = {
        program,      "--device", device, "--connection", "at115200", "--timeout-ms", timeout_ms,
        "--grace-ms", "0",        NULL};
    int to[2], from[2];

    stage_program("lawcast-modem", program, sizeof program);
    assert_int_equal(pipe(to), 0);
    assert_int_equal(pipe(from), 0);
    agent->pid = fork();
    assert_true(agent->pid >= 0);
    if (agent->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execv(program, argv);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    agent->in = to[1];
    agent->out = from[0];
}

/* What it says until it says word; fails when it ends before. */
static void agent_await(const struct agent *agent, const char *word)
{
    char said[1000] = "";
    size_t length = 0;

    while (!strstr(said, word)) {
        ssize_t n = read(agent->out, said + length, 1);

        if (n <= 0 || length + 2 > sizeof said)
            fail_msg("the agent said: %s", said);
        said[++length] = '\0';
    }
}

static int agent_wait(struct agent *agent)
{
    int status;

    close(agent->in);
    assert_int_equal(waitpid(agent->pid, &status, 0), agent->pid);
    close(agent->out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Of what lawcast has open an agent keeps nothing. */
static void test_inherits_nothing(void **state)
{
    struct agent agent;
    struct world world;
    char path[64], target[200], device[200];
    int extra[2];
    ssize_t n;

    (void)state;
    world_open(&world, "1", "0", "0");
    assert_int_equal(pipe(extra), 0);
    assert_true(dup2(extra[0], 100) == 100);
    snprintf(device, sizeof device, "%s", sim_client_modem(world.sim, 0));
    agent_start(&agent, device, "2000");
    agent_await(&agent, "ready\n");
    snprintf(path, sizeof path, "/proc/%d/fd/100", (int)agent.pid);
    n = readlink(path, target, sizeof target);
    assert_int_equal(n, -1);
    assert_int_equal(agent_wait(&agent), 0);
    close(100);
    close(extra[0]);
    close(extra[1]);
    world_close(&world);
}

/* Noise until the agent says something. */
static void agent_feed(const struct agent *agent, int tty)
{
    int64_t limit = clock_mono_ms() + NOISE_MS;
    char noise[4096];

    memset(noise, 'x', sizeof noise);
    while (clock_mono_ms() < limit) {
        struct pollfd sides[] = {{.fd = agent->out, .events = POLLIN},
                                 {.fd = tty, .events = POLLOUT}};

        assert_true(poll(sides, 2, NOISE_MS) > 0);
        if (sides[0].revents)
            return;
        if (write(tty, noise, sizeof noise) < 0)
            assert_true(errno == EAGAIN);
    }
    fail_msg("the agent listens to noise without end");
}

/* A line that is nothing but noise without end: the agent says that it has no modem, and ends. */
static void test_noise_without_end(void **state)
{
    struct agent agent;
    struct termios raw;
    int tty = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC), line;

    (void)state;
    assert_true(tty >= 0);
    assert_int_equal(grantpt(tty), 0);
    assert_int_equal(unlockpt(tty), 0);
    line = open(ptsname(tty), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(line >= 0);
    assert_int_equal(tcgetattr(line, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(line, TCSANOW, &raw), 0);
    agent_start(&agent, ptsname(tty), "2000");
    agent_feed(&agent, tty);
    agent_await(&agent, "down ");
    assert_int_equal(agent_wait(&agent), 1);
    close(line);
    close(tty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_half_a_message),
        cmocka_unit_test(test_poisonous_number),
        cmocka_unit_test(test_reports_over_restarts),
        cmocka_unit_test(test_inherits_nothing),
        cmocka_unit_test(test_no_credit),
        cmocka_unit_test(test_noise_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
