/* test_kill: kill -9 at random instants.
 *
 * Of the gateway 50 times, and of its agents, one at a time, 200 times between, during one run on
 * 16 modems with short and long messages: the simulator lives through it and knows what the network
 * took. In the end: no number got the message twice, none was lost, what is in doubt is in the
 * books as unknown, and the SIMs' meters know of all that was taken. After each life of the gateway
 * at most one message per modem, and one for each agent that was killed, has joined those in doubt.
 *
 * And of a gateway whose SIMs have limits, alone and in a group, that hold most messages up: no
 * life is given more than what the lives before it left. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/ledger/books.h"
#include "gateway/report/compare.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"
#include "tests/support/taken.h"

#define KILLS       50
#define AGENT_KILLS 4 /* in each life of the gateway */
#define MODEMS      16
#define MESSAGES    4600
#define LONG_ONES   400  /* of two parts; 5,000 messages in all */
#define LIFE        80   /* parts between two kills of the gateway, at least */
#define AIR_MS      "20" /* so that a life lasts long enough to kill agents in it */
#define CHILDREN    64

#define LIMITED        4 /* modems */
#define LIMITED_SHORTS 400
#define LIMITED_LONG   100
#define PER_DAY        40
#define GROUP_PER_DAY  60 /* of all */
#define LIMITED_S      24 /* until the window closes */

#define SHORT_TEXT "学法守法"
#define LONG_TEXT                                                                                                                             \
    "弘扬宪法精神，共建文明城市。学宪法、讲宪法、守宪法，从我做起，从现在做起，从身边小事做起，" \
    "让法治成为一种信仰，让守法成为一种习惯，让我们的城市因为法治而更加文明、更加和谐。"

/* What the books say right after a kill. */
struct doubt {
    int64_t inflight, unknown;
};

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

/* Two units: one with short messages, one with long ones. */
static void world_write(const struct stage *stage, int64_t to_s, size_t shorts, size_t longs)
{
    char from[20], to[20];

    stage_time(-3600, from);
    stage_time(to_s, to);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"%s\"; max_parts = 4; report_wait = 3; };\n"
                "  orders = ( { unit = \"city\"; quota = %zu; recipients = \"city.csv\"; },\n"
                "             { unit = \"weather\"; quota = %zu; recipients = \"weather.csv\";\n"
                "               text = \"%s\"; } );\n"
                "};\n",
                from, to, SHORT_TEXT, shorts, longs, LONG_TEXT);
    stage_write_numbers(stage, "city.csv", STAGE_FIRST, shorts);
    stage_write_numbers(stage, "weather.csv", STAGE_FIRST + (int64_t)shorts, longs);
}

static struct sim_client *sim_start(const char *modems)
{
    const char *const options[] = {"--modems",    modems, "--air-ms", AIR_MS,
                                   "--report-ms", "20",   NULL};
    char program[512];
    struct sim_client *sim =
        sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);

    assert_non_null(sim);
    return sim;
}

static size_t sim_accepted(struct sim_client *sim)
{
    struct jv *answer = sim_client_ask(sim, "sync");
    size_t n;

    assert_non_null(answer);
    n = (size_t)jv_number(jv_at(answer, "/accepted"), -1);
    jv_free(answer);
    return n;
}

/* Returns after the network took at least so many in all; and then at any instant. */
static void gateway_await(struct stage_child *child, struct sim_client *sim, size_t accepted,
                          uint64_t *seed)
{
    int status;

    while (sim_accepted(sim) < accepted)
        assert_false(stage_has_ended(child, &status));
    usleep((useconds_t)(random_next(seed) % 10000)); /* not to be right: to kill at any instant */
}

/* Kills one of its agents. Ended ones are still there until the gateway has waited for them, so a
 * number never means another process. false: it has none yet. */
static bool agent_kill(const struct stage_child *child, uint64_t *seed)
{
    int agents[CHILDREN];
    char path[64];
    size_t n = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)child->pid, (int)child->pid);
    file = fopen(path, "re");
    assert_non_null(file);
    while (n < CHILDREN && fscanf(file, "%d", &agents[n]) == 1)
        n++;
    fclose(file);
    return n > 0 && kill(agents[random_next(seed) % n], SIGKILL) == 0;
}

/* One life: it sends LIFE messages more, loses agents meanwhile, and is killed. */
static void gateway_live(const struct stage *stage, struct sim_client *sim, uint64_t *seed)
{
    const char *const args[] = {"run", "-c", stage->conf, "--quiet", stage->campaign, NULL};
    size_t before = sim_accepted(sim);
    struct stage_child child;
    int status;

    stage_spawn(stage, &child, args);
    for (size_t i = 1; i <= AGENT_KILLS; i++) {
        gateway_await(&child, sim, before + i * LIFE / (AGENT_KILLS + 1), seed);
        /* What the network takes at first may come from agents of the life before. */
        while (!agent_kill(&child, seed)) {
            assert_false(stage_has_ended(&child, &status));
            stage_pause();
        }
    }
    gateway_await(&child, sim, before + LIFE, seed);
    stage_kill(&child);
}

static struct doubt books_doubt(const struct stage *stage)
{
    struct books_campaign campaign;
    struct doubt doubt = {0};
    struct books_unit *units;
    struct books *books;
    char why[256];
    size_t n;

    if (books_open(&books, stage->books, why, sizeof why))
        return doubt; /* killed before it had made them */
    if (books_find_campaign(books, "c1", &campaign) == 0) {
        assert_int_equal(books_units(books, campaign.number, &units, &n), 0);
        for (size_t i = 0; i < n; i++) {
            doubt.inflight += units[i].n[DELIVERY_INFLIGHT];
            doubt.unknown += units[i].n[DELIVERY_UNKNOWN];
        }
        free(units);
        books_campaign_release(&campaign);
    }
    books_close(books);
    return doubt;
}

/* Returns how many messages were in flight at some kill of the gateway. */
static int64_t gateway_kill_often(const struct stage *stage, struct sim_client *sim, uint64_t seed)
{
    int64_t before = 0, caught = 0;

    for (size_t life = 0; life < KILLS; life++) {
        struct doubt doubt;

        gateway_live(stage, sim, &seed);
        doubt = books_doubt(stage);
        assert_in_range(doubt.inflight, 0, MODEMS);
        assert_true(doubt.inflight + doubt.unknown <= before + MODEMS + AGENT_KILLS);
        before = doubt.inflight + doubt.unknown;
        caught += doubt.inflight;
    }
    return caught;
}

/* What the meters of the modems count. */
struct booked {
    int64_t parts[MODEMS];
};

static int booked_add(void *ctx, const struct books_modem *modem)
{
    struct booked *booked = ctx;
    int index = atoi(strchr(modem->id, '/') + 1);

    assert_in_range(index, 0, MODEMS - 1);
    booked->parts[index] = modem->day_parts;
    return 0;
}

/* A meter may count more than was taken, never less. */
static void check_booked(struct books *books, const struct taken *taken)
{
    struct booked booked = {0};

    assert_int_equal(books_modems(books, clock_wall_ms(), booked_add, &booked), 0);
    for (int i = 0; i < MODEMS; i++)
        if ((int64_t)taken_count(taken, i, i) > booked.parts[i])
            fail_msg("modem %d: %zu parts were taken, %lld are booked", i, taken_count(taken, i, i),
                     (long long)booked.parts[i]);
}

/* Books and network agree; how many messages are in this state. */
static int64_t check_books(const struct stage *stage, struct sim_client *sim,
                           const struct taken *taken, const enum delivery_state *states, size_t n)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct compare compare;
    struct books *books;
    struct books_unit *units;
    int64_t found = 0;
    char why[256];
    size_t n_units;

    assert_int_equal(books_open(&books, stage->books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    /* lossy: what was reported to a killed agent is lost. */
    assert_int_equal(compare_log(books, campaign.number, sim_client_log(sim), true, &compare), 0);
    if (!compare.agrees)
        fail_msg("%s", compare.first[0]);
    assert_int_equal(compare.duplicates, 0);
    print_message("parts=%lld in_doubt=%lld in_doubt_accepted=%lld\n", (long long)compare.parts,
                  (long long)compare.in_doubt, (long long)compare.in_doubt_accepted);
    compare_release(&compare);
    assert_int_equal(books_units(books, campaign.number, &units, &n_units), 0);
    for (size_t i = 0; i < n_units; i++)
        for (size_t k = 0; k < n; k++)
            found += units[i].n[states[k]];
    free(units);
    check_booked(books, taken);
    books_campaign_release(&campaign);
    books_close(books);
    return found;
}

static void run_to_the_end(const struct stage *stage)
{
    const char *const args[] = {"run", "-c", stage->conf, "--quiet", stage->campaign, NULL};
    char *output;
    int code = stage_lawcast(stage, &output, args);

    if (code != 0 && code != 3)
        fail_msg("exit code %d: %s", code, output);
    free(output);
}

static void test_kills(void **state)
{
    static const enum delivery_state settled[] = {DELIVERY_SENT, DELIVERY_DELIVERED};
    static const enum delivery_state doubtful[] = {DELIVERY_UNKNOWN};
    struct sim_client *sim = sim_start("16");
    uint64_t seed = (uint64_t)getpid();
    struct taken taken;
    struct stage stage;
    int64_t caught, unknown;

    (void)state;
    stage_open(&stage);
    stage_write_office(
        &stage, &(struct stage_bank){.first_modem = sim_client_modem(sim, 0),
                                     .modems = MODEMS,
                                     .office = "limits = ( { id = \"all\"; per_hour = 1000000; "
                                               "per_day = 1000000; } );",
                                     .options = "grace_ms = 0; timeout_ms = 1000; "
                                                "limits = \"all\";"});
    world_write(&stage, 7200, MESSAGES, LONG_ONES);
    print_message("seed %llu\n", (unsigned long long)seed);
    caught = gateway_kill_often(&stage, sim, seed);
    run_to_the_end(&stage);
    assert_true(sim_client_tell(sim, "sync"));
    taken_read(&taken, sim_client_log(sim));
    unknown = check_books(&stage, sim, &taken, doubtful, 1);
    print_message("kills=%d agents=%d caught=%lld unknown=%lld\n", KILLS, KILLS * AGENT_KILLS,
                  (long long)caught, (long long)unknown);
    assert_int_equal(check_books(&stage, sim, &taken, settled, 2) + unknown, MESSAGES + LONG_ONES);
    assert_true(caught > 0); /* else no kill came when it mattered, and nothing is proved */
    assert_true(unknown <= caught + KILLS * AGENT_KILLS);
    taken_release(&taken);
    stage_close(&stage);
    sim_client_free(sim);
}

/* Kills it again and again until the window has nearly closed. */
static int gateway_kill_until(const struct stage *stage, struct sim_client *sim, int64_t end_ms,
                              uint64_t *seed)
{
    const char *const args[] = {"run", "-c", stage->conf, "--quiet", stage->campaign, NULL};
    int kills = 0;

    for (; clock_mono_ms() < end_ms; kills++) {
        size_t before = sim_accepted(sim);
        struct stage_child child;

        stage_spawn(stage, &child, args);
        while (sim_accepted(sim) <= before && clock_mono_ms() < end_ms)
            stage_pause();
        usleep((useconds_t)(random_next(seed) % 800000));
        stage_kill(&child);
    }
    return kills;
}

static void test_kills_within_limits(void **state)
{
    static const struct taken_limit limits[] = {
        {"modem 0", 0, 0, 0, PER_DAY, TAKEN_FREE},     {"modem 1", 1, 1, 0, PER_DAY, TAKEN_FREE},
        {"modem 2", 2, 2, 0, PER_DAY, TAKEN_FREE},     {"modem 3", 3, 3, 0, PER_DAY, TAKEN_FREE},
        {"group", 0, 3, 0, GROUP_PER_DAY, TAKEN_FREE},
    };
    struct sim_client *sim = sim_start("4");
    uint64_t seed = (uint64_t)getpid();
    struct taken taken;
    struct stage stage;
    int kills;

    (void)state;
    stage_open(&stage);
    stage_write_office(
        &stage, &(struct stage_bank){.first_modem = sim_client_modem(sim, 0),
                                     .modems = LIMITED,
                                     .office = "limits = ( { id = \"contract\"; per_day = 60; } );",
                                     .options = "grace_ms = 0; timeout_ms = 1000; per_day = 40; "
                                                "limits = \"contract\";"});
    world_write(&stage, LIMITED_S, LIMITED_SHORTS, LIMITED_LONG);
    kills = gateway_kill_until(&stage, sim, clock_mono_ms() + (LIMITED_S - 8) * 1000, &seed);
    run_to_the_end(&stage);
    assert_true(sim_client_tell(sim, "sync"));
    taken_read(&taken, sim_client_log(sim));
    print_message("kills=%d parts=%zu\n", kills, taken.n);
    check_books(&stage, sim, &taken, NULL, 0);
    taken_check(&taken, limits, sizeof limits / sizeof *limits);
    assert_true(taken.n * 2 >= GROUP_PER_DAY); /* a kill costs some, but most of it was used */
    taken_release(&taken);
    stage_close(&stage);
    sim_client_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kills),
                                       cmocka_unit_test(test_kills_within_limits)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
