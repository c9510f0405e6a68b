/* test_restart: whose turn it is to use the books: a second gateway is refused while the first
 * lives; after its death, however sudden, the next one begins at once. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "tests/support/stage.h"

#define RESTARTS 20

/* Many modems, so that a gateway that has just begun is busy starting their agents; the window lies
 * in the future, so that it then waits. */
static int open_stage(void **state)
{
    struct stage *stage = mem_new(struct stage);
    char from[20], to[20];

    stage_open(stage);
    stage_time(3600, from);
    stage_time(7200, to);
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"books.db\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"%s/tty[0-31]\"; } );\n",
                stage->dir);
    for (int i = 0; i < 32; i++) { /* what is there is opened, though it is no modem */
        char name[16];

        snprintf(name, sizeof name, "tty%d", i);
        stage_write(stage, name, "%s", "");
    }
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法守法\"; };\n"
                "  orders = ( { unit = \"city\"; quota = 50; recipients = \"city.csv\"; } );\n"
                "};\n",
                from, to);
    stage_write_numbers(stage, "city.csv", 13800000000, 50);
    *state = stage;
    return 0;
}

static int close_stage(void **state)
{
    stage_close(*state);
    free(*state);
    return 0;
}

static void start(const struct stage *stage, struct stage_child *child)
{
    stage_spawn(
        stage, child,
        (const char *[]){"run", "-c", "lawcast.cfg", "--quiet", "--verbose", "campaign.cfg", NULL});
}

/* A gateway that has opened the books. */
static void begin(const struct stage *stage, struct stage_child *child)
{
    start(stage, child);
    stage_hear(child, "ledger opened");
}

static void expect(const struct stage *stage, const char *const *args, int code, const char *says)
{
    char *output;
    int got = stage_lawcast(stage, &output, args);

    if (got != code || !strstr(output, says))
        fail_msg("lawcast %s: exit %d instead of %d, or without \"%s\":\n%s", args[0], got, code,
                 says, output);
    free(output);
}

static void test_second_gateway_is_refused(void **state)
{
    const struct stage *stage = *state;
    const char *const args[] = {"run", "-c", "lawcast.cfg", "--quiet", "campaign.cfg", NULL};
    struct stage_child first;

    begin(stage, &first);
    expect(stage, args, 4, "books.db");
    expect(stage, args, 4, "another lawcast");
    expect(stage, (const char *[]){"status", "-c", "lawcast.cfg", NULL}, 0, "");
    stage_kill(&first);
}

/* The process of its first agent, from the moment of its fork on; 0: there is none yet. */
static pid_t first_agent(const struct stage_child *gateway)
{
    MEM_FREE_LATER char *path =
        mem_printf("/proc/%ld/task/%ld/children", (long)gateway->pid, (long)gateway->pid);
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    assert_int_equal(buffer_read_file(&text, path, 65536), 0);
    return (pid_t)strtol(buffer_text(&text), NULL, 10);
}

/* Kills it when it has just forked an agent, which still has all that the gateway had, and holds
 * that agent up while the next gateway begins. */
static void kill_at_fork(const struct stage *stage, struct stage_child *gateway)
{
    struct stage_child next;
    pid_t agent;
    int status;

    while (!(agent = first_agent(gateway)))
        assert_false(stage_has_ended(gateway, &status));
    kill(agent, SIGSTOP);
    stage_kill(gateway);
    start(stage, &next);
    for (int i = 0; i < 5; i++)
        stage_pause(); /* the next one is at the books by now, most likely */
    kill(agent, SIGCONT);
    stage_hear(&next, "ledger opened");
    *gateway = next;
}

static void test_restarts_after_kills(void **state)
{
    const struct stage *stage = *state;
    struct stage_child gateway;

    begin(stage, &gateway);
    for (size_t i = 0; i < RESTARTS; i++)
        kill_at_fork(stage, &gateway);
    stage_kill(&gateway);
    expect(stage, (const char *[]){"status", "-c", "lawcast.cfg", NULL}, 0, "");
    begin(stage, &gateway);
    stage_await(stage, &gateway, "c1");
    stage_kill(&gateway);
    expect(stage, (const char *[]){"report", "-c", "lawcast.cfg", "c1", NULL}, 0, "50");
}

#define STAGE_TEST(test) cmocka_unit_test_setup_teardown(test, open_stage, close_stage)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGE_TEST(test_second_gateway_is_refused),
        STAGE_TEST(test_restarts_after_kills),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
