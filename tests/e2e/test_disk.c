/* test_disk: lawcast run on a disk that fails, held against what the simulated network took.
 *
 * The gateway is killed at steps of its disk, again and again: before, after and in the middle of
 * writes, and by power cuts that take back what wasn't synced. The disk is full for a while. It is
 * slow. In the end nothing was lost, no number got a message twice, the log is whole; and nothing
 * was sent while the books couldn't be written. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/disk_faults.h"
#include "tests/support/log_kit.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define MODEMS   8
#define MESSAGES 500
#define LIVES    18
#define LIFE     900 /* steps, at most, after those of an opening */
#define OPENING  60

struct world {
    struct stage stage;
    struct sim_client *sim;
    struct disk_faults *faults;
    char command[96];
};

static void world_open(struct world *world, size_t messages, const char *air_ms)
{
    const char *const options[] = {"--modems", "8", "--air-ms", air_ms, "--report-ms", "20", NULL};
    char program[512];

    stage_open(&world->stage);
    world->stage.program = "lawcast-faulty";
    world->sim = sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    assert_non_null(world->sim);
    stage_write_office(
        &world->stage,
        &(struct stage_bank){.first_modem = sim_client_modem(world->sim, 0),
                             .modems = MODEMS,
                             .office = "limits = ( { id = \"all\"; per_hour = 1000000; "
                                       "per_day = 1000000; } );",
                             .options = "grace_ms = 0; timeout_ms = 1000; limits = \"all\";"});
    stage_write_campaign(&world->stage, -3600, 7200, "text = \"学法守法\"; report_wait = 3;",
                         messages);
    snprintf(world->command, sizeof world->command, "%s/faults", world->stage.dir);
    world->faults = disk_faults_make(world->command, world->stage.books);
    assert_non_null(world->faults);
    assert_int_equal(setenv(DISK_FAULTS_ENV, world->command, 1), 0);
}

static void world_close(struct world *world)
{
    unsetenv(DISK_FAULTS_ENV);
    disk_faults_unmap(world->faults);
    stage_close(&world->stage);
    sim_client_free(world->sim);
}

static void world_spawn(const struct world *world, struct stage_child *child)
{
    const char *const args[] = {"run", "-c", world->stage.conf, "--quiet", world->stage.campaign,
                                NULL};

    stage_spawn(&world->stage, child, args);
}

static size_t world_accepted(struct world *world)
{
    struct jv *answer = sim_client_ask(world->sim, "sync");
    size_t n;

    assert_non_null(answer);
    n = (size_t)jv_number(jv_at(answer, "/accepted"), -1);
    jv_free(answer);
    return n;
}

/* ---- the end ---- */

static int64_t units_count(struct books *books, int64_t campaign, enum delivery_state state)
{
    struct books_unit *units;
    int64_t found = 0;
    size_t n;

    assert_int_equal(books_units(books, campaign, &units, &n), 0);
    for (size_t i = 0; i < n; i++)
        found += units[i].n[state];
    free(units);
    return found;
}

/* Books, journal and network agree; returns how many messages are in doubt. */
static int64_t world_check(struct world *world, bool lossy, int64_t messages)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct compare compare;
    struct books *books;
    int64_t doubt, settled;
    char why[256];

    assert_log_whole(world->stage.books);
    assert_int_equal(books_open(&books, world->stage.books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    assert_int_equal(
        compare_log(books, campaign.number, sim_client_log(world->sim), lossy, &compare), 0);
    if (!compare.agrees)
        fail_msg("%s", compare.first[0]);
    assert_int_equal(compare.duplicates, 0);
    assert_int_equal(compare.lost, 0);
    compare_release(&compare);
    doubt = units_count(books, campaign.number, DELIVERY_UNKNOWN);
    settled = units_count(books, campaign.number, DELIVERY_SENT) +
              units_count(books, campaign.number, DELIVERY_DELIVERED);
    assert_int_equal(doubt + settled, messages);
    books_campaign_release(&campaign);
    books_close(books);
    return doubt;
}

static void world_finish(struct world *world)
{
    struct stage_child child;
    char *output;
    int code;

    world_spawn(world, &child);
    code = stage_wait(&child, 120, &output);
    if (code != 0 && code != 3)
        fail_msg("exit code %d: %s", code, output);
    free(output);
    assert_true(sim_client_tell(world->sim, "sync"));
}

/* ---- kills ---- */

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

/* False: it had nothing left to do before its death came, as happens where the machine is busy and
 * much is done at each step. */
static bool world_live(struct world *world, int life, uint64_t *seed)
{
    struct stage_child child;
    char *output;
    int code;

    atomic_store(&world->faults->steps, 0);
    atomic_store(&world->faults->death, life % DISK_DEATHS);
    atomic_store(&world->faults->seed, random_next(seed));
    atomic_store(&world->faults->die_at, 1 + (long long)(random_next(seed) % (OPENING + LIFE)));
    world_spawn(world, &child);
    code = stage_wait(&child, 60, &output);
    if (code != 128 + SIGKILL && code != 0 && code != 3)
        fail_msg("life %d: exit code %d: %s", life, code, output);
    free(output);
    return code == 128 + SIGKILL;
}

static void test_kills_at_the_disk(void **state)
{
    uint64_t seed = (uint64_t)clock_wall_ms();
    struct world world;
    int64_t doubt;
    size_t before;
    int kills = 0;

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    world_open(&world, MESSAGES, "20");
    while (kills < LIVES && world_live(&world, kills, &seed))
        kills++;
    atomic_store(&world.faults->die_at, 0);
    before = world_accepted(&world);
    world_finish(&world);
    doubt = world_check(&world, true, MESSAGES);
    print_message("kills=%d accepted_before_the_last=%zu unknown=%lld\n", kills, before,
                  (long long)doubt);
    assert_in_range(kills, LIVES / 3, LIVES);
    assert_in_range(before, 20, MESSAGES); /* else no kill came when it mattered */
    assert_in_range(doubt, 0, kills * MODEMS);
    world_close(&world);
}

/* ---- a full disk ---- */

static void await_retries(const struct world *world, struct stage_child *child, long long n)
{
    long long enough = atomic_load(&world->faults->refused) + n;
    int64_t give_up = clock_mono_ms() + 60000;
    int status;

    while (atomic_load(&world->faults->refused) < enough) {
        assert_false(stage_has_ended(child, &status));
        assert_true(clock_mono_ms() < give_up);
        stage_pause();
    }
}

static void test_full_disk_holds_the_sending(void **state)
{
    struct stage_child child;
    struct world world;
    size_t told, later;
    char *output;
    int status;

    (void)state;
    world_open(&world, MESSAGES, "20");
    world_spawn(&world, &child);
    while (world_accepted(&world) < 50)
        assert_false(stage_has_ended(&child, &status));
    atomic_store(&world.faults->error, ENOSPC);
    atomic_store(&world.faults->refusal, REFUSE_GROWTH);
    stage_hear(&child, "Nothing is sent until");
    told = world_accepted(&world);
    await_retries(&world, &child, 2);
    later = world_accepted(&world);
    /* What was claimed before is still sent. */
    assert_in_range(later, told, told + MODEMS);
    assert_in_range(later, 50, MESSAGES - 1);
    atomic_store(&world.faults->refusal, REFUSE_NOTHING);
    stage_hear(&child, "writing works again");
    assert_int_equal(stage_wait(&child, 120, &output), 0);
    free(output);
    assert_true(sim_client_tell(world.sim, "sync"));
    print_message("told_at=%zu later=%zu\n", told, later);
    assert_int_equal(world_check(&world, false, MESSAGES), 0);
    world_close(&world);
}

/* ---- a slow one ---- */

static void slow_run(int sync_ms, size_t messages)
{
    int64_t begin = clock_mono_ms();
    struct world world;

    world_open(&world, messages, "20");
    atomic_store(&world.faults->sync_ms, sync_ms);
    world_finish(&world);
    print_message("sync_ms=%d messages=%zu syncs=%lld seconds=%.1f\n", sync_ms, messages,
                  (long long)atomic_load(&world.faults->syncs),
                  (double)(clock_mono_ms() - begin) / 1000);
    assert_int_equal(world_check(&world, false, (int64_t)messages), 0);
    world_close(&world);
}

static void test_slow_disks(void **state)
{
    (void)state;
    slow_run(5, 200);
    slow_run(50, 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kills_at_the_disk),
        cmocka_unit_test(test_full_disk_holds_the_sending),
        cmocka_unit_test(test_slow_disks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
