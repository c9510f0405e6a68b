/* bench_ledger: how fast the books take a plan in and carry messages through, and how fast they
 * are verified afterwards.
 * Runs: any (a program of its own).
 *
 * One line a case, key=value. Disk-bound figures mean nothing without the disk: fsync_us is what
 * one 4 KiB write and fsync cost on the same file system just before. A pair is a claim and an
 * outcome, each durable before it is answered; cpu_us: CPU time a pair. Each speed is the median of
 * three rounds, 64 and 1,024 in flight in turn. BENCH_ROWS scales the plan.
 *
 * bench_ledger_plain is the same program without the log (log_off.c): lines of the journal as they
 * were before they became leaves. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/ledger.h"
#include "gateway/audit/verify.h"
#include "tests/bench/log_off.h"
#include "tests/bench/weigh.h"

#define BENCH_CHUNK     2000
#define BENCH_LANES     64
#define BENCH_MANY      1024
#define BENCH_FETCH     2000
#define BENCH_ROUNDS    3
#define BENCH_WINDOW_MS (INT64_C(24) * 3600 * 1000)

struct bench {
    uv_loop_t loop;
    struct ledger *ledger;
    char directory[64], path[96];
    int64_t campaign;
    int32_t unit, device, group, sims[BENCH_MANY];
    int64_t rows, posted; /* plan */
    int64_t from_ms;      /* of its window */
    bool personal;
    struct ledger_row waiting[BENCH_FETCH];
    size_t n_waiting, first; /* in the order of the books, as the dispatcher takes them */
    bool fetching, empty;
    int64_t settled;
    bool reports; /* each message is reported as delivered at once */
    bool log;     /* the books have it */
    struct ledger_op fetch;
};

struct bench_pace {
    double seconds, pairs_per_s, cpu_us, fsync_us;
};

struct bench_lane {
    struct bench *bench;
    struct ledger_op op;
    struct ledger_meters meters; /* a SIM of its own, and a group that all share */
    int64_t id, address;
};

static void bench_trouble(void *ctx, const char *message)
{
    (void)ctx;
    if (message)
        log_panic("%s", message);
}

static void bench_noted(struct ledger_op *op)
{
    (void)op;
}

static void bench_closed(void *ctx)
{
    (void)ctx;
}

/* A number that looks random and never comes twice: an odd factor permutes the low 30 bits. */
static int64_t bench_number(int64_t i)
{
    return INT64_C(8613000000000) + ((i * INT64_C(387420489)) & ((INT64_C(1) << 29) - 1));
}

static void bench_recall(struct bench *bench)
{
    const char *name = "bank/0";
    struct ledger_memory memory = {0};
    struct ledger_op op = {.kind = LEDGER_RECALL,
                           .done = bench_noted,
                           .recall = {.names = &name, .memories = &memory, .n = 1}};

    ledger_post(bench->ledger, &op);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    LOG_ASSERT(op.result == LEDGER_OK);
    bench->device = memory.device;
}

static int32_t bench_sim(struct bench *bench, const char *name, const char *group)
{
    struct ledger_op op = {
        .kind = LEDGER_SIM, .done = bench_noted, .sim = {.name = name, .group = group}};

    ledger_post(bench->ledger, &op);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    LOG_ASSERT(op.result == LEDGER_OK);
    free(op.sim.uses);
    return op.sim.number;
}

/* One for each that is in flight, and a group for all. */
static void bench_sims(struct bench *bench)
{
    bench->group = bench_sim(bench, "group:all", NULL);
    for (int i = 0; i < BENCH_MANY; i++) {
        MEM_FREE_LATER char *name = mem_printf("imsi:4600000000%05d", i);

        bench->sims[i] = bench_sim(bench, name, "group:all");
    }
}

/* Of loop and ledger thread together: unlike the clock it hardly feels its neighbours. */
static int64_t bench_cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void bench_enter(struct bench *bench)
{
    const char *unit = "unit", *name = "Unit";
    int64_t quota = bench->rows;
    struct ledger_op op = {
        .kind = LEDGER_CAMPAIGN,
        .done = bench_noted,
        .campaign_is = {.id = bench->personal ? "personal" : "same",
                        .title = "",
                        .source = "",
                        .windows = "[]",
                        .n_units = 1,
                        .unit_ids = &unit,
                        .unit_names = &name,
                        .quotas = &quota,
                        .unit_numbers = &bench->unit},
    };

    ledger_post(bench->ledger, &op);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    bench->campaign = op.campaign;
}

static void bench_chunk(struct bench *bench);

static void bench_chunk_done(struct ledger_op *op)
{
    struct bench *bench = op->owner;

    LOG_ASSERT(op->insert.inserted == op->insert.n);
    for (size_t i = 0; i < op->insert.n; i++)
        free(op->insert.rows[i].text);
    free(op->insert.rows);
    free(op);
    bench_chunk(bench);
}

static void bench_chunk(struct bench *bench)
{
    struct ledger_op *op;

    if (bench->posted == bench->rows)
        return;
    op = mem_new(struct ledger_op);
    *op = (struct ledger_op){.kind = LEDGER_INSERT,
                             .done = bench_chunk_done,
                             .owner = bench,
                             .campaign = bench->campaign,
                             .insert.rows = mem_array(BENCH_CHUNK, struct ledger_new)};
    for (; op->insert.n < BENCH_CHUNK && bench->posted < bench->rows; op->insert.n++) {
        int64_t number = bench_number(bench->posted++);

        op->insert.rows[op->insert.n] = (struct ledger_new){
            .unit = bench->unit,
            .channel = CHANNEL_SMS,
            .address = number,
            .text = mem_printf("【法宣办】%lld 弘扬宪法精神，共建文明城市。拒收请回复R",
                               bench->personal ? (long long)number : 0LL),
            .parts = 1,
            .alphabet = 1,
            .from_ms = bench->from_ms,
            .until_ms = bench->from_ms + 2 * BENCH_WINDOW_MS,
        };
    }
    ledger_post(bench->ledger, op);
}

static void bench_plan(struct bench *bench)
{
    double fsync_us = weigh_fsync_us(bench->directory);
    int64_t start, took;

    bench_enter(bench);
    bench->posted = 0;
    start = clock_mono_us();
    for (int i = 0; i < 4; i++) /* on their way at a time, as the intake does it */
        bench_chunk(bench);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    took = clock_mono_us() - start;
    printf("bench=ledger case=insert_%s log=%s rows=%lld seconds=%.2f rows_per_s=%.0f "
           "fsync_us=%.0f\n",
           bench->personal ? "personal" : "same", bench->log ? "on" : "off", (long long)bench->rows,
           (double)took / 1e6, (double)bench->rows * 1e6 / (double)took, fsync_us);
    fflush(stdout);
}

static void bench_lane_next(struct bench_lane *lane);

static void bench_fetched(struct ledger_op *op)
{
    struct bench *bench = op->owner;

    bench->n_waiting = op->fetch.n;
    bench->first = 0;
    bench->fetching = false;
    bench->empty = op->fetch.n == 0;
}

static void bench_reported(struct ledger_op *op)
{
    struct bench_lane *lane = op->owner;

    LOG_ASSERT(op->result == LEDGER_OK);
    lane->bench->settled++;
    bench_lane_next(lane);
}

static void bench_settled(struct ledger_op *op)
{
    struct bench_lane *lane = op->owner;

    if (!lane->bench->reports) {
        lane->bench->settled++;
        bench_lane_next(lane);
        return;
    }
    lane->op = (struct ledger_op){
        .kind = LEDGER_REPORT,
        .done = bench_reported,
        .owner = lane,
        .report = {.device = lane->bench->device,
                   .report = {.kind = REPORT_DELIVERED,
                              .address = lane->address,
                              .reference = (int)(lane->id & 255)}},
    };
    ledger_post(lane->bench->ledger, &lane->op);
}

static void bench_claimed(struct ledger_op *op)
{
    struct bench_lane *lane = op->owner;

    lane->op = (struct ledger_op){
        .kind = LEDGER_SETTLE,
        .done = bench_settled,
        .owner = lane,
        .settle = {.id = lane->id,
                   .device = lane->bench->device,
                   .meters = lane->meters,
                   .outcome = {.kind = OUTCOME_SENT,
                               .n_references = 1,
                               .references = {(int)(lane->id & 255)}}},
    };
    ledger_post(lane->bench->ledger, &lane->op);
}

static void bench_lane_next(struct bench_lane *lane)
{
    struct bench *bench = lane->bench;
    struct ledger_row *row = &bench->waiting[bench->first];

    if (!bench->n_waiting)
        return;
    bench->n_waiting--;
    bench->first++;
    lane->id = row->id;
    lane->address = row->address;
    ledger_row_release(row);
    lane->op = (struct ledger_op){
        .kind = LEDGER_CLAIM,
        .done = bench_claimed,
        .owner = lane,
        .claim = {.id = lane->id, .device = bench->device, .meters = lane->meters}};
    ledger_post(bench->ledger, &lane->op);
}

static void bench_fetch(struct bench *bench)
{
    bench->fetch = (struct ledger_op){.kind = LEDGER_FETCH,
                                      .done = bench_fetched,
                                      .owner = bench,
                                      .campaign = bench->campaign,
                                      .fetch = {.unit = bench->unit,
                                                .channel = CHANNEL_SMS,
                                                .max = BENCH_FETCH,
                                                .rows = bench->waiting}};
    ledger_post(bench->ledger, &bench->fetch);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static void bench_carry(struct bench *bench, int64_t messages, size_t lanes,
                        struct bench_pace *pace)
{
    struct bench_lane *lane = mem_array(lanes, struct bench_lane);
    double fsync_us = weigh_fsync_us(bench->directory);
    int64_t start = clock_mono_us(), cpu = bench_cpu_us(), took;

    bench->settled = 0;
    while (bench->settled < messages) {
        bench_fetch(bench);
        LOG_ASSERT(!bench->empty);
        for (size_t i = 0; i < lanes; i++) {
            lane[i].bench = bench;
            lane[i].meters.sim = bench->sims[i];
            lane[i].meters.group = bench->group;
            lane[i].meters.slot = meter_slot(clock_wall_ms());
            bench_lane_next(&lane[i]);
        }
        uv_run(&bench->loop, UV_RUN_DEFAULT);
    }
    took = clock_mono_us() - start;
    *pace = (struct bench_pace){
        .seconds = (double)took / 1e6,
        .pairs_per_s = (double)bench->settled * 1e6 / (double)took,
        .cpu_us = (double)(bench_cpu_us() - cpu) / (double)bench->settled,
        .fsync_us = fsync_us,
    };
    free(lane);
}

static int bench_faster(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double bench_median(const struct bench_pace *paces, size_t n, size_t field)
{
    double values[BENCH_ROUNDS];

    for (size_t i = 0; i < n; i++)
        memcpy(&values[i], (const char *)&paces[i] + field, sizeof *values);
    qsort(values, n, sizeof *values, bench_faster);
    return values[n / 2];
}

#define BENCH_MEDIAN(paces, n, field) bench_median((paces), (n), offsetof(struct bench_pace, field))

static void bench_tell(const struct bench *bench, size_t lanes, const struct bench_pace *paces,
                       size_t n)
{
    printf("bench=ledger inflight=%zu log=%s pairs_per_s=%.0f cpu_us=%.1f reports=%s rounds=%zu "
           "messages=%lld seconds=%.2f fsync_us=%.0f\n",
           lanes, bench->log ? "on" : "off", BENCH_MEDIAN(paces, n, pairs_per_s),
           BENCH_MEDIAN(paces, n, cpu_us), bench->reports ? "yes" : "no", n,
           (long long)bench->settled, BENCH_MEDIAN(paces, n, seconds),
           BENCH_MEDIAN(paces, n, fsync_us));
    fflush(stdout);
}

static void bench_open(struct bench *bench)
{
    struct ledger_recovery recovery;
    char why[256];

    if (ledger_open(&bench->ledger, &bench->loop, bench->path, bench_trouble, NULL, &recovery, why,
                    sizeof why))
        log_panic("%s", why);
    bench_recall(bench);
    bench_sims(bench);
}

static void bench_close(struct bench *bench)
{
    for (; bench->n_waiting; bench->n_waiting--)
        ledger_row_release(&bench->waiting[bench->first++]);
    ledger_close(bench->ledger, bench_closed, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static void bench_remove(const struct bench *bench)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock", ".key", ".key.checkpoint"};

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", bench->path, suffixes[i]);

        unlink(path);
    }
}

static void bench_verify(const struct bench *bench)
{
    const struct verify_options options = {0};
    struct verify_result result = {0};
    int64_t start = clock_mono_us(), cpu = bench_cpu_us(), took;
    char why[512] = "";

    if (verify_books(bench->path, &options, &result, why, sizeof why))
        log_panic("%s", why);
    took = clock_mono_us() - start;
    if (result.findings.n)
        log_panic("the books aren't whole: %s", result.findings.items[0].text);
    printf("bench=ledger case=verify records=%lld seconds=%.2f cpu_s=%.2f records_per_s=%.0f\n",
           (long long)result.records, (double)took / 1e6, (double)(bench_cpu_us() - cpu) / 1e6,
           (double)result.records * 1e6 / (double)took);
    verify_release(&result);
}

/* Entered, due, claimed, sent, delivered: five records a message. */
static void bench_whole(struct bench *bench)
{
    struct bench_pace pace;

    bench->rows /= 5;
    bench->personal = false;
    bench->reports = true;
    bench_open(bench);
    bench_plan(bench);
    bench_carry(bench, bench->rows, BENCH_LANES, &pace);
    bench_tell(bench, BENCH_LANES, &pace, 1);
    bench_close(bench);
    weigh_books(bench->path, bench->rows, bench->log ? "on" : "off");
    if (bench->log)
        bench_verify(bench);
    bench_remove(bench);
}

static void bench_speed(struct bench *bench)
{
    struct bench_pace one, lanes[BENCH_ROUNDS], many[BENCH_ROUNDS];
    int64_t most = bench->rows / (2 * BENCH_ROUNDS + 2);

    most = most < 50000 ? most : 50000;
    bench_open(bench);
    bench_plan(bench);
    bench_carry(bench, most < 1000 ? most : 1000, 1, &one);
    bench_tell(bench, 1, &one, 1);
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        bench_carry(bench, most, BENCH_LANES, &lanes[i]);
        bench_carry(bench, most, BENCH_MANY, &many[i]);
    }
    bench_tell(bench, BENCH_LANES, lanes, BENCH_ROUNDS);
    bench_tell(bench, BENCH_MANY, many, BENCH_ROUNDS);
    bench->personal = true;
    bench_plan(bench);
    bench_close(bench);
    bench_remove(bench);
}

int main(int argc, char **argv)
{
    const char *base = getenv("TMPDIR"), *rows = getenv("BENCH_ROWS");
    static struct bench bench;

    (void)argc;
    bench.log = !log_is_off(argv[0]);
    bench.from_ms = clock_wall_ms() - BENCH_WINDOW_MS;
    bench.rows = rows ? atoll(rows) : 1000000;
    snprintf(bench.directory, sizeof bench.directory, "%.40s/bench-ledger-XXXXXX",
             base ? base : "/tmp");
    if (!mkdtemp(bench.directory) || uv_loop_init(&bench.loop))
        log_panic("no place to work in");
    snprintf(bench.path, sizeof bench.path, "%s/books.db", bench.directory);
    bench_speed(&bench);
    bench_whole(&bench);
    if (uv_loop_close(&bench.loop))
        log_panic("loop not empty");
    rmdir(bench.directory);
    return 0;
}
