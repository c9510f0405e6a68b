/* test_faults: modems that hang, refuse, are unplugged, and numbers that fail: each message ends
 * where it belongs, the others go on, and the simulator's log agrees with the books. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MODEMS 4

struct world {
    struct stage stage;
    struct sim_client *sim;
    struct books_unit unit;
    struct compare compare;
};

static int world_open(void **state)
{
    static const char *const options[] = {"--modems", "4", "--report-ms", "20", NULL};
    struct world *world = mem_new(struct world);
    char program[512];

    stage_open(&world->stage);
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    *state = world;
    return 0;
}

static int world_close(void **state)
{
    struct world *world = *state;

    compare_release(&world->compare);
    sim_client_free(world->sim);
    stage_close(&world->stage);
    free(world);
    return 0;
}

static void world_write(struct world *world, size_t messages, const char *sms)
{
    const struct stage_bank bank = {.first_modem = sim_client_modem(world->sim, 0),
                                    .modems = MODEMS,
                                    .options = "grace_ms = 0; timeout_ms = 1000;"};

    stage_write_office(&world->stage, &bank);
    stage_write_campaign(&world->stage, -3600, 7200, sms, messages);
}

/* lossy: see compare_log. */
static void world_read_books(struct world *world, bool lossy)
{
    struct books_campaign campaign;
    struct books_unit *units;
    struct books *books;
    MEM_FREE_LATER char *log = NULL;
    char why[256];
    size_t n;

    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
    assert_int_equal(n, 1);
    world->unit = units[0];
    log = mem_dup(sim_client_log(world->sim));
    assert_int_equal(compare_log(books, campaign.number, log, lossy, &world->compare), 0);
    if (!world->compare.agrees)
        fail_msg("%s", world->compare.first[0]);
    free(units);
    books_campaign_release(&campaign);
    books_close(books);
}

static void world_run(struct world *world, int wanted, bool lossy)
{
    const char *const args[] = {"run", "-c", world->stage.conf, "--quiet", world->stage.campaign,
                                NULL};
    char *output;
    int code = stage_lawcast(&world->stage, &output, args);

    if (code != wanted)
        fail_msg("exit code %d instead of %d: %s", code, wanted, output);
    free(output);
    assert_true(sim_client_tell(world->sim, "sync"));
    world_read_books(world, lossy);
}

static void test_numbers_that_fail(void **state)
{
    struct world *world = *state;

    world_write(world, 200, "text = \"学法守法\"; report_wait = 5;");
    assert_true(sim_client_tell(world->sim, "number 8613800000003 cms 1"));
    assert_true(sim_client_tell(world->sim, "number 8613800000007 cms 196"));
    assert_true(sim_client_tell(world->sim, "number 8613800000011 status 70"));
    world_run(world, 3, false);
    assert_int_equal(world->unit.n[DELIVERY_REJECTED], 2);
    assert_int_equal(world->unit.n[DELIVERY_UNDELIVERED], 1);
    assert_int_equal(world->unit.n[DELIVERY_DELIVERED], 197);
}

/* Two modems fall silent in the middle of a send, one before it took the message and one after:
 * nobody outside can tell the difference, so both messages are in doubt; the rest goes over the
 * others. */
static void test_modems_that_hang(void **state)
{
    struct world *world = *state;

    world_write(world, 200, "text = \"学法守法\"; report_wait = 2;");
    assert_true(sim_client_tell(world->sim, "hang 1 before"));
    assert_true(sim_client_tell(world->sim, "hang 2 after"));
    world_run(world, 3, true); /* what a hung modem had to report is lost */
    assert_int_equal(world->unit.n[DELIVERY_UNKNOWN] + world->unit.n[DELIVERY_DELIVERED] +
                         world->unit.n[DELIVERY_SENT],
                     200);
    assert_in_range(world->unit.n[DELIVERY_UNKNOWN], 1, 2);
    assert_int_equal(world->compare.duplicates, 0);
}

/* An error that says "certainly not sent": another attempt brings the message over. */
static void test_busy_network(void **state)
{
    struct world *world = *state;

    world_write(world, 40, "text = \"学法守法\"; report_wait = 5;");
    for (int modem = 0; modem < MODEMS; modem++)
        assert_true(sim_client_tell(world->sim, "cms %d 42", modem));
    world_run(world, 0, false);
    assert_int_equal(world->unit.n[DELIVERY_DELIVERED], 40);
}

/* All modems but one are gone: it carries everything. */
static void test_unplugged_modems(void **state)
{
    struct world *world = *state;

    world_write(world, 100, "text = \"学法守法\"; report_wait = 5;");
    for (int modem = 1; modem < MODEMS; modem++)
        assert_true(sim_client_tell(world->sim, "unplug %d", modem));
    world_run(world, 0, false);
    assert_int_equal(world->unit.n[DELIVERY_DELIVERED], 100);
}

/* Parts are counted, stay together and arrive whole. */
static void test_long_messages(void **state)
{
    struct world *world = *state;

    world_write(world, 60,
                "text = \"{姓名}：弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，"
                "从现在做起，从身边小事做起，让法治成为一种信仰，让守法成为一种习惯，让我们的城市"
                "因为法治而更加文明、更加和谐、更加美好。\"; report_wait = 5;");
    world_run(world, 0, false);
    assert_int_equal(world->unit.n[DELIVERY_DELIVERED], 60);
    assert_int_equal(world->unit.parts[DELIVERY_DELIVERED], 120);
    assert_int_equal(world->compare.parts, 120);
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_open, world_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(test_numbers_that_fail), WORLD_TEST(test_modems_that_hang),
        WORLD_TEST(test_busy_network),      WORLD_TEST(test_unplugged_modems),
        WORLD_TEST(test_long_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
