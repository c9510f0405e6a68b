/* test_approve: a campaign runs only when a second person has approved exactly what it will do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MESSAGES 5

struct world {
    struct stage stage;
    struct sim_client *sim;
    char key[2][96];
    char line[2][512]; /* of the configuration */
    char both[520];
    char from[20], to[20];
};

static void make_key(struct world *world, int i, const char *name)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%d.key", world->stage.dir, i);
    MEM_FREE_LATER char *output = NULL;
    const char *brace, *end;

    snprintf(world->key[i], sizeof world->key[i], "%s", path);
    output =
        stage_ends(&world->stage, 0,
                   (const char *[]){"approve", "--new-key", world->key[i], "--name", name, NULL});
    brace = strchr(output, '{');
    assert_non_null(brace);
    end = strchr(brace, '}');
    assert_non_null(end);
    snprintf(world->line[i], sizeof world->line[i], "%.*s", (int)(end - brace + 1), brace);
}

/* more: a second approver, or nothing. */
static void write_office(struct world *world, const char *more)
{
    MEM_FREE_LATER char *office = mem_printf(
        "approval = { required = true; approvers = ( %s%s ); };\n", world->line[1], more);

    stage_write_office(&world->stage,
                       &(struct stage_bank){.first_modem = sim_client_modem(world->sim, 0),
                                            .modems = 1,
                                            .office = office,
                                            .options = "grace_ms = 0;"});
}

static void write_campaign(struct world *world, const char *text, int quota)
{
    stage_write_numbers(&world->stage, "city.csv", STAGE_FIRST, MESSAGES);
    stage_write(&world->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\"; prepared_by = \"Li Preparer\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"%s\"; report_wait = 3; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } ); };\n",
                world->from, world->to, text, quota);
}

static int world_open(void **state)
{
    static const char *const options[] = {"--modems",    "1",  "--air-ms", "1",
                                          "--report-ms", "10", NULL};
    struct world *world = mem_new(struct world);
    char program[512];

    stage_open(&world->stage);
    stage_time(-60, world->from);
    stage_time(3600, world->to);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    make_key(world, 0, "Wang Approver");
    make_key(world, 1, "Li Preparer");
    snprintf(world->both, sizeof world->both, ", %s", world->line[0]);
    write_office(world, world->both);
    write_campaign(world, "学法守法", MESSAGES);
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

static void run_says(struct world *world, int code, const char *says)
{
    stage_says(&world->stage, code, says,
               (const char *[]){"run", "-c", world->stage.conf, "--quiet", "--refused",
                                world->stage.dir, world->stage.campaign, NULL});
}

static void approve_says(struct world *world, int code, const char *says, const char *key)
{
    stage_says(&world->stage, code, says,
               (const char *[]){"approve", "-c", world->stage.conf, world->stage.campaign, "--yes",
                                key ? "--key" : NULL, key, NULL});
}

static size_t accepted(struct world *world)
{
    struct jv *answer = sim_client_ask(world->sim, "sync");
    size_t n;

    assert_non_null(answer);
    n = (size_t)jv_number(jv_at(answer, "/accepted"), -1);
    jv_free(answer);
    return n;
}

static void test_only_approved_runs(void **state)
{
    struct world *world = *state;

    run_says(world, 1, "nobody has approved");
    stage_says(&world->stage, 3, "were approved",
               (const char *[]){"extend", "-c", world->stage.conf, "campaign", "c1",
                                "2099-10-31 11:40", NULL});
    assert_int_equal(access(world->stage.books, F_OK), -1);
    approve_says(world, 3, "has not been approved", NULL);
    approve_says(world, 1, "somebody else has to approve", world->key[1]);
    run_says(world, 1, "nobody has approved");
    approve_says(world, 0, "Approved by Wang Approver", world->key[0]);
    approve_says(world, 0, "had approved this already", world->key[0]);
    approve_says(world, 0, "prepared by Li Preparer", NULL);
    assert_int_equal(accepted(world), 0);
    run_says(world, 0, "5 delivered");
    assert_int_equal(accepted(world), MESSAGES);
    stage_says(&world->stage, 0, "",
               (const char *[]){"audit", "verify", "--ledger", world->stage.books, NULL});
}

/* Whatever decides what goes out asks for a new approval. */
static void test_every_change_counts(void **state)
{
    struct world *world = *state;

    approve_says(world, 0, "Approved by", world->key[0]);
    write_campaign(world, "学法用法", MESSAGES);
    run_says(world, 1, "nobody has approved");
    write_campaign(world, "学法守法", MESSAGES - 1);
    run_says(world, 1, "nobody has approved");
    write_campaign(world, "学法守法", MESSAGES);
    stage_write_numbers(&world->stage, "city.csv", STAGE_FIRST + 1, MESSAGES);
    run_says(world, 1, "nobody has approved");
}

/* Who may no longer approve has not approved. */
static void test_the_approver_counts(void **state)
{
    struct world *world = *state;

    approve_says(world, 0, "Approved by", world->key[0]);
    stage_says(&world->stage, 0, "",
               (const char *[]){"approve", "-c", world->stage.conf, "--check",
                                world->stage.campaign, NULL});
    write_office(world, "");
    run_says(world, 1, "nobody has approved");
}

static void test_signed_elsewhere(void **state)
{
    struct world *world = *state;
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    char path[128], bad[128];

    snprintf(path, sizeof path, "%s/approval.txt", world->stage.dir);
    snprintf(bad, sizeof bad, "%s/bad.txt", world->stage.dir);
    stage_says(&world->stage, 0, "--add",
               (const char *[]){"approve", "-c", world->stage.conf, world->stage.campaign, "--yes",
                                "--key", world->key[0], "--out", path, NULL});
    run_says(world, 1, "nobody has approved");
    assert_int_equal(buffer_read_file(&note, path, 8192), 0);
    note.data[strlen("lawcast approval\ncampaign c1\ncontent ")] ^= 1;
    stage_write(&world->stage, "bad.txt", "%s", note.data);
    stage_says(&world->stage, 1, "",
               (const char *[]){"approve", "-c", world->stage.conf, "--add", bad, NULL});
    stage_says(&world->stage, 0, "Approved by Wang Approver",
               (const char *[]){"approve", "-c", world->stage.conf, "--add", path, NULL});
    run_says(world, 0, "5 delivered");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_approved_runs, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_every_change_counts, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_the_approver_counts, world_open, world_close),
        cmocka_unit_test_setup_teardown(test_signed_elsewhere, world_open, world_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
