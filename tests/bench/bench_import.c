/* bench_import: 1,000,000 recipients from a CSV file into the books, and what the loop feels of it.
 *
 *   bench=import rows=... seconds=... rows_per_s=... loop_gap_ms=... cpu_s=... rss_mib=...
 *
 * loop_gap_ms is the longest time between two calls of a 1 ms timer on the same loop. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/dispatch/intake.h"

struct bench {
    uv_loop_t loop;
    uv_timer_t timer;
    struct ledger *ledger;
    struct intake *intake;
    int64_t last_us, gap_us, start_us, end_us, refused;
    enum intake_result result;
};

static void bench_tick(uv_timer_t *timer)
{
    struct bench *bench = timer->data;
    int64_t now = clock_mono_us();

    if (bench->last_us && now - bench->last_us > bench->gap_us)
        bench->gap_us = now - bench->last_us;
    bench->last_us = now;
}

static void bench_refused(void *ctx, const struct recipient *row)
{
    (void)row;
    ((struct bench *)ctx)->refused++;
}

static void bench_ledger_closed(void *ctx)
{
    ((struct bench *)ctx)->ledger = NULL;
}

static void bench_finished(void *ctx, enum intake_result result)
{
    struct bench *bench = ctx;

    bench->end_us = clock_mono_us();
    bench->result = result;
    uv_close((uv_handle_t *)&bench->timer, NULL);
    ledger_close(bench->ledger, bench_ledger_closed, bench);
}

static void bench_read(void *ctx)
{
    (void)ctx;
}

static const struct intake_events bench_events = {bench_refused, bench_read, bench_finished};

static void bench_write_rows(const char *path, int64_t rows)
{
    FILE *file = fopen(path, "w");

    LOG_ASSERT(file);
    fputs("手机号,姓名,街道\n", file);
    /* Lists are in no order: 7,368,787 and 10^8 have no common factor, so no number comes twice. */
    for (int64_t i = 0; i < rows; i++)
        fprintf(file, "138%08lld,张%lld,第%lld社区\n", (long long)(i * 7368787 % 100000000),
                (long long)(i % 5000), (long long)(i % 97));
    LOG_ASSERT(fclose(file) == 0);
}

static void bench_run(const char *dir, const char *text, const char *name)
{
    char csv[128], books[128], why[256];
    struct unit unit = {.id = "city", .name = "市法宣办", .signature = "市法宣办", .parent = -1};
    struct office office = {.file = "office", .units = &unit, .n_units = 1};
    struct window window = {clock_wall_ms(), clock_wall_ms() + 1000};
    struct order order = {.quota = 1000000,
                          .recipients = csv,
                          .text = (char *)(uintptr_t)text,
                          .windows = &window,
                          .n_windows = 1};
    struct campaign campaign = {.file = "campaign",
                                .source = "x",
                                .id = (char *)(uintptr_t)name,
                                .title = "t",
                                .windows = &window,
                                .n_windows = 1,
                                .orders = &order,
                                .n_orders = 1};
    struct ledger_recovery recovery;
    struct bench bench = {0};
    struct rusage usage;

    campaign.sms.refusal = "拒收请回复R";
    campaign.sms.max_parts = 4;
    snprintf(csv, sizeof csv, "%s/rows.csv", dir);
    snprintf(books, sizeof books, "%s/%s.db", dir, name);
    uv_loop_init(&bench.loop);
    LOG_ASSERT(ledger_open(&bench.ledger, &bench.loop, books, NULL, NULL, &recovery, why,
                           sizeof why) == 0);
    uv_timer_init(&bench.loop, &bench.timer);
    bench.timer.data = &bench;
    uv_timer_start(&bench.timer, bench_tick, 1, 1);
    bench.intake = intake_new(&bench.loop, bench.ledger, &office, &campaign);
    bench.start_us = clock_mono_us();
    intake_start(bench.intake, &bench_events, &bench);
    uv_run(&bench.loop, UV_RUN_DEFAULT);
    LOG_ASSERT(uv_loop_close(&bench.loop) == 0 && bench.result == INTAKE_DONE);
    getrusage(RUSAGE_SELF, &usage);
    printf("bench=import text=%s rows=%lld refused=%lld seconds=%.2f rows_per_s=%.0f "
           "loop_gap_ms=%.1f turn_ms=%.1f "
           "rss_mib=%ld\n",
           name, (long long)intake_rows(bench.intake), (long long)bench.refused,
           (double)(bench.end_us - bench.start_us) / 1e6,
           (double)intake_rows(bench.intake) * 1e6 / (double)(bench.end_us - bench.start_us),
           (double)bench.gap_us / 1000, (double)intake_longest_turn_us(bench.intake) / 1000,
           usage.ru_maxrss / 1024);
    intake_free(bench.intake);
}

int main(void)
{
    char dir[] = "/tmp/lawcast-bench-XXXXXX", command[160];

    LOG_ASSERT(mkdtemp(dir));
    snprintf(command, sizeof command, "%s/rows.csv", dir);
    bench_write_rows(command, 1000000);
    bench_run(dir, "学法守法，共建文明城市。", "same");
    bench_run(dir, "{姓名}您好，{街道}邀您学法守法。", "personal");
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command) ? 1 : 0;
}
