/* bench_ledger: how fast the books take a plan in and carry messages through.
 * Runs: any (a program of its own).
 *
 * One line a case, key=value. Disk-bound figures mean nothing without the disk: fsync_us is what
 * one 4 KiB write and fsync cost on the same file system just before. cpu_us: CPU time a message.
 * BENCH_ROWS scales the plan. */
#include <fcntl.h>
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

#define BENCH_CHUNK 2000
#define BENCH_LANES 64
#define BENCH_FETCH 2000

struct bench {
    uv_loop_t loop;
    struct ledger *ledger;
    char directory[64], path[96];
    int64_t campaign;
    int32_t unit, device;
    int64_t rows, posted; /* plan */
    bool personal;
    struct ledger_row waiting[BENCH_FETCH];
    size_t n_waiting;
    bool fetching, empty;
    int64_t settled;
    struct ledger_op fetch;
};

struct bench_lane {
    struct bench *bench;
    struct ledger_op op;
    struct ledger_meters meters; /* a SIM of its own, and a group that all share */
    int64_t id;
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

static double bench_fsync_us(const struct bench *bench)
{
    MEM_FREE_LATER char *path = mem_printf("%s/fsync", bench->directory);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    static const char page[4096];
    int64_t start = clock_mono_us();

    for (int i = 0; i < 200; i++)
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fsync(fd))
            log_panic("no fsync");
    close(fd);
    unlink(path);
    return (double)(clock_mono_us() - start) / 200;
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
        };
    }
    ledger_post(bench->ledger, op);
}

static void bench_plan(struct bench *bench)
{
    double fsync_us = bench_fsync_us(bench);
    int64_t start, took;

    bench_enter(bench);
    bench->posted = 0;
    start = clock_mono_us();
    bench_chunk(bench); /* four on their way, as the intake does it */
    bench_chunk(bench);
    bench_chunk(bench);
    bench_chunk(bench);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    took = clock_mono_us() - start;
    printf("bench=ledger case=insert_%s rows=%lld seconds=%.2f rows_per_s=%.0f fsync_us=%.0f\n",
           bench->personal ? "personal" : "same", (long long)bench->rows, (double)took / 1e6,
           (double)bench->rows * 1e6 / (double)took, fsync_us);
}

static void bench_lane_next(struct bench_lane *lane);

static void bench_fetched(struct ledger_op *op)
{
    struct bench *bench = op->owner;

    bench->n_waiting = op->fetch.n;
    bench->fetching = false;
    bench->empty = op->fetch.n == 0;
}

static void bench_settled(struct ledger_op *op)
{
    struct bench_lane *lane = op->owner;

    lane->bench->settled++;
    bench_lane_next(lane);
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

    if (!bench->n_waiting)
        return;
    bench->n_waiting--;
    lane->id = bench->waiting[bench->n_waiting].id;
    ledger_row_release(&bench->waiting[bench->n_waiting]);
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

static void bench_carry(struct bench *bench, int64_t messages, size_t lanes)
{
    struct bench_lane *lane = mem_array(lanes, struct bench_lane);
    double fsync_us = bench_fsync_us(bench);
    int64_t start = clock_mono_us(), cpu = bench_cpu_us(), took;

    bench->settled = 0;
    while (bench->settled < messages) {
        bench_fetch(bench);
        LOG_ASSERT(!bench->empty);
        for (size_t i = 0; i < lanes; i++) {
            lane[i].bench = bench;
            lane[i].meters = (struct ledger_meters){
                .sim = (int32_t)i + 2, .group = 1, .slot = meter_slot(clock_wall_ms())};
            bench_lane_next(&lane[i]);
        }
        uv_run(&bench->loop, UV_RUN_DEFAULT);
    }
    took = clock_mono_us() - start;
    printf("bench=ledger case=claim_settle in_flight=%zu messages=%lld seconds=%.2f "
           "messages_per_s=%.0f cpu_us=%.1f fsync_us=%.0f\n",
           lanes, (long long)bench->settled, (double)took / 1e6,
           (double)bench->settled * 1e6 / (double)took,
           (double)(bench_cpu_us() - cpu) / (double)bench->settled, fsync_us);
    free(lane);
}

int main(void)
{
    const char *base = getenv("TMPDIR"), *rows = getenv("BENCH_ROWS");
    static struct bench bench;
    struct ledger_recovery recovery;
    char why[256];

    bench.rows = rows ? atoll(rows) : 1000000;
    snprintf(bench.directory, sizeof bench.directory, "%.40s/bench-ledger-XXXXXX",
             base ? base : "/tmp");
    if (!mkdtemp(bench.directory) || uv_loop_init(&bench.loop))
        log_panic("no place to work in");
    snprintf(bench.path, sizeof bench.path, "%s/books.db", bench.directory);
    if (ledger_open(&bench.ledger, &bench.loop, bench.path, bench_trouble, NULL, &recovery, why,
                    sizeof why))
        log_panic("%s", why);
    bench_recall(&bench);
    bench_plan(&bench);
    bench_carry(&bench, 1000, 1);
    bench_carry(&bench, 100000 < bench.rows / 4 ? 100000 : bench.rows / 4, BENCH_LANES);
    bench.personal = true;
    bench_plan(&bench);
    ledger_close(bench.ledger, bench_closed, NULL);
    uv_run(&bench.loop, UV_RUN_DEFAULT);
    if (uv_loop_close(&bench.loop))
        log_panic("loop not empty");
    unlink(bench.path);
    strcat(bench.path, ".lock");
    unlink(bench.path);
    rmdir(bench.directory);
    return 0;
}
