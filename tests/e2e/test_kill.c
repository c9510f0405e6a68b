/* test_kill: kill -9 of the gateway, 20 times at random instants of one run, on 16 modems.
 *
 * The simulator lives through it and knows what the network took. In the end: no number got the
 * message twice, none was lost, and what is in doubt is in the books as unknown. After each kill at
 * most one message per modem has joined those in doubt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "tests/support/sim_client.h"
#include "tests/support/stage.h"

#define KILLS    20
#define MODEMS   16
#define MESSAGES 2000
#define FIRST    INT64_C(13800000000)

struct count {
    int accepted[MESSAGES];
    int64_t unknown, unknown_accepted, lost, twice, unrecorded, settled;
};

/* What the books say right after a kill. */
struct doubt {
    int64_t inflight, unknown;
};

static uint64_t random_next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static void world_write(const struct stage *stage, const struct sim_client *sim)
{
    char from[20], to[20];
    MEM_FREE_LATER char *devices = mem_dup(sim_client_modem(sim, 0));

    *strrchr(devices, '-') = '\0';
    stage_time(-3600, from);
    stage_time(7200, to);
    stage_write(stage, "lawcast.cfg",
                "office = { name = \"test\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                "modems = ( { id = \"m\"; devices = \"%s-[0-%d]\"; grace_ms = 0; } );\n",
                stage->books, devices, MODEMS - 1);
    stage_write(stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\";\n"
                "  windows = ( { from = \"%s\"; to = \"%s\"; } );\n"
                "  sms = { text = \"学法守法\"; report_wait = 3; };\n"
                "  orders = ( { unit = \"city\"; quota = %d; recipients = \"city.csv\"; } );\n"
                "};\n",
                from, to, MESSAGES);
    stage_write_numbers(stage, "city.csv", FIRST, MESSAGES);
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

/* Lets the gateway run until the network took at least so many in all, then kills it. The instant
 * is random with respect to everything that goes on inside. */
static void gateway_kill_at(const struct stage *stage, struct sim_client *sim, size_t accepted,
                            useconds_t spread_us)
{
    const char *const args[] = {"run", "-c", stage->conf, "--quiet", stage->campaign, NULL};
    struct stage_child child;
    int status;

    stage_spawn(stage, &child, args);
    while (sim_accepted(sim) < accepted)
        assert_false(stage_has_ended(&child, &status));
    usleep(spread_us); /* not to be right: to kill at any instant */
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

/* Returns how many messages were in flight at some kill. */
static int64_t gateway_kill_often(const struct stage *stage, struct sim_client *sim, uint64_t seed)
{
    int64_t before = 0, caught = 0;

    for (size_t kill = 0; kill < KILLS; kill++) {
        struct doubt doubt;

        gateway_kill_at(stage, sim, kill * (MESSAGES / (KILLS + 2)),
                        (useconds_t)(random_next(&seed) % 30000));
        doubt = books_doubt(stage);
        assert_in_range(doubt.inflight, 0, MODEMS);
        assert_true(doubt.inflight + doubt.unknown <= before + MODEMS);
        before = doubt.inflight + doubt.unknown;
        caught += doubt.inflight;
    }
    return caught;
}

static void count_accepted(struct sim_client *sim, struct count *count)
{
    struct sim_events events = sim_client_events(sim);

    for (size_t i = 0; i < events.n; i++) {
        int64_t index = events.items[i].number - INT64_C(8600000000000) - FIRST;

        if (strcmp(events.items[i].event, "bad") == 0)
            fail_msg("the modem got a PDU that it could not read");
        if (strcmp(events.items[i].event, "accepted") != 0)
            continue;
        assert_in_range(index, 0, MESSAGES - 1);
        count->accepted[index]++;
    }
    sim_events_free(&events);
}

static int count_delivery(void *ctx, const struct books_delivery *delivery)
{
    struct count *count = ctx;
    int accepted = count->accepted[delivery->address - INT64_C(8600000000000) - FIRST];

    count->twice += accepted > 1;
    switch (delivery->state) {
    case DELIVERY_SENT:
    case DELIVERY_DELIVERED:
        count->settled++;
        count->lost += accepted == 0;
        break;
    case DELIVERY_UNKNOWN:
        count->unknown++;
        count->unknown_accepted += accepted;
        break;
    default:
        count->unrecorded += accepted;
        count->lost++;
        break;
    }
    return 0;
}

static void books_count(const struct stage *stage, struct count *count)
{
    struct books_campaign campaign;
    struct books_recount recount;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, stage->books, why, sizeof why), 0);
    assert_int_equal(books_find_campaign(books, "c1", &campaign), 0);
    assert_int_equal(books_deliveries(books, campaign.number, count_delivery, count), 0);
    assert_int_equal(books_recount(books, campaign.number, &recount), 0);
    if (!recount.agrees)
        fail_msg("%s", recount.difference);
    books_campaign_release(&campaign);
    books_close(books);
}

static void test_twenty_kills(void **state)
{
    const char *const options[] = {"--modems", "16", "--report-ms", "20", NULL};
    const char *args[] = {"run", "-c", NULL, "--quiet", NULL, NULL};
    char program[512];
    struct sim_client *sim =
        sim_client_start(stage_program("lawcast-sim", program, sizeof program), options);
    struct count *count = mem_new(struct count);
    uint64_t seed = (uint64_t)getpid();
    struct stage stage;
    int64_t caught;
    char *output;
    int code;

    (void)state;
    assert_non_null(sim);
    stage_open(&stage);
    world_write(&stage, sim);
    print_message("seed %llu\n", (unsigned long long)seed);
    caught = gateway_kill_often(&stage, sim, seed);
    args[2] = stage.conf;
    args[4] = stage.campaign;
    code = stage_lawcast(&stage, &output, args);
    count_accepted(sim, count);
    books_count(&stage, count);
    print_message("kills=%d caught=%lld settled=%lld unknown=%lld unknown_accepted=%lld twice=%lld "
                  "lost=%lld\n",
                  KILLS, (long long)caught, (long long)count->settled, (long long)count->unknown,
                  (long long)count->unknown_accepted, (long long)count->twice,
                  (long long)count->lost);
    if (code != 0 && code != 3)
        fail_msg("exit code %d: %s", code, output);
    assert_int_equal(count->twice, 0);
    assert_int_equal(count->lost, 0);
    assert_int_equal(count->unrecorded, 0);
    assert_int_equal(count->settled + count->unknown, MESSAGES);
    assert_true(caught > 0); /* else no kill came when it mattered, and nothing is proved */
    assert_true(count->unknown <= caught);
    free(output);
    free(count);
    stage_close(&stage);
    sim_client_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_twenty_kills)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
