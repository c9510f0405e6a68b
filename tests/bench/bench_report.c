/* bench_report: how fast a report is made of millions of messages.
 * Runs: any (a program of its own).
 *
 * The books are written by SQL: BENCH_ROWS messages (5,000,000) of 30 units by 64 modems in two
 * days, all settled, one in fifty failed. One line a case, key=value: the statement with its check,
 * as `lawcast report --quick` makes it, from the table that a closed ledger leaves (sums=table) and
 * with the deliveries added up, as while a gateway is at work (sums=deliveries); and the workbook
 * with its rows. ms is the best of three. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>
#include <uv.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/ledger.h"
#include "gateway/report/statement_print.h"

#define BENCH_TRIES 3
/* 2026-10-31 09:00 in China, and so many milliseconds between two messages. */
#define BENCH_FILL                                                                                 \
    "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < %lld)"               \
    " INSERT INTO delivery(campaign, unit, channel, route, address, slot, text, parts, alphabet,"  \
    " state, cause, attempts, from_ms, until_ms, not_before_ms, device, taken_ms, sim, "           \
    "changed_ms)"                                                                                  \
    " SELECT 1, 1 + n %% 30, 1, 1 + n %% 3, 8613000000000 + n, 0, 1, 1 + n %% 2, 1,"               \
    " iif(n %% 50 = 0, 6, iif(n %% 20 = 1, 4, 5)), 5, 1, 1793408400000, 0, 1793408400000,"         \
    " 1 + n %% 64, 1793408400000 + (n %% 2) * 86400000 + n %% 9000000, 1 + n %% 64,"               \
    " 1793408400000 FROM i"

struct bench {
    char directory[64], path[96];
    int64_t rows;
    uv_loop_t loop;
};

static void bench_trouble(void *ctx, const char *message)
{
    (void)ctx;
    if (message)
        log_panic("%s", message);
}

static void bench_closed(void *ctx)
{
    (void)ctx;
}

static void bench_make_books(struct bench *bench)
{
    struct ledger_recovery recovery;
    struct ledger *ledger;
    char why[256];

    if (ledger_open(&ledger, &bench->loop, bench->path, bench_trouble, NULL, &recovery, why,
                    sizeof why))
        log_panic("%s", why);
    ledger_close(ledger, bench_closed, NULL);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
}

static void bench_sql(sqlite3 *raw, const char *sql)
{
    if (sqlite3_exec(raw, sql, NULL, NULL, NULL) != SQLITE_OK)
        log_panic("%s", sqlite3_errmsg(raw));
}

static void bench_names(sqlite3 *raw)
{
    bench_sql(raw, "INSERT INTO campaign(code, title, source, windows, targets, key, planned,"
                   " made_ms) VALUES('c', 'Law day', '', '[]', '[]', '', 1, 0);"
                   "INSERT INTO text(body) VALUES('x')");
    for (int i = 1; i <= 64; i++) {
        MEM_FREE_LATER char *sql =
            mem_printf("INSERT INTO device(name) VALUES('bank/%d');"
                       "INSERT INTO sim(name) VALUES('imsi:4600012345%05d');"
                       "INSERT INTO unit(code, name) SELECT 'u%d', 'Unit %d' WHERE %d <= 30;"
                       "INSERT INTO campaign_unit(campaign, unit, quota, position)"
                       " SELECT 1, %d, 100000, %d WHERE %d <= 30",
                       i, i, i, i, i, i, i, i);

        bench_sql(raw, sql);
    }
}

static void bench_fill(struct bench *bench)
{
    MEM_FREE_LATER char *fill = mem_printf(BENCH_FILL, (long long)bench->rows);
    sqlite3 *raw;

    if (sqlite3_open(bench->path, &raw) != SQLITE_OK)
        log_panic("no books");
    bench_sql(raw, "PRAGMA synchronous = OFF; BEGIN");
    bench_names(raw);
    bench_sql(raw, fill);
    bench_sql(raw, "INSERT INTO count(campaign, unit, channel, route, state, n, parts)"
                   " SELECT campaign, unit, 1, route, state, count(*), sum(parts) FROM delivery"
                   " GROUP BY unit, route, state;"
                   "INSERT INTO summary(campaign, device, sim, day, state, n, parts)"
                   " SELECT campaign, device, sim, 20261031 + (taken_ms > 1793462400000) * 70,"
                   " state, count(*), sum(parts) FROM delivery"
                   " GROUP BY device, sim, taken_ms > 1793462400000, state;"
                   "UPDATE meta SET summed = (SELECT coalesce(max(id), 0) FROM journal);"
                   "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(raw);
}

static struct books *bench_open(const struct bench *bench)
{
    struct books *books;
    char why[256];

    if (books_open(&books, bench->path, why, sizeof why))
        log_panic("%s", why);
    return books;
}

/* With the opening of the books, as a command does it. */
static double bench_statement(const struct bench *bench, unsigned with)
{
    int64_t start = clock_mono_us();
    struct books *books = bench_open(bench);
    struct statement statement;
    struct buffer text = BUFFER_NULL;
    struct jv *document;
    char why[STATEMENT_WHY];

    if (statement_read_with(books, "c", with, &statement) ||
        !statement_adds_up(&statement, why, sizeof why))
        log_panic("no statement: %s", why);
    document = statement_to_json(&statement);
    jv_write(document, true, &text);
    jv_free(document);
    buffer_free(&text);
    statement_release(&statement);
    books_close(books);
    return (double)(clock_mono_us() - start) / 1000;
}

static void bench_time(const struct bench *bench, const char *sums, unsigned with)
{
    double best = bench_statement(bench, with);

    for (int i = 1; i < BENCH_TRIES; i++) {
        double ms = bench_statement(bench, with);

        best = ms < best ? ms : best;
    }
    printf("bench=report messages=%lld sums=%s ms=%.1f\n", (long long)bench->rows, sums, best);
    fflush(stdout);
}

static void bench_workbook(const struct bench *bench)
{
    MEM_FREE_LATER char *path = mem_printf("%s/report.xlsx", bench->directory);
    struct books *books = bench_open(bench);
    struct statement statement;
    struct statement_workbook job = {.books = books, .statement = &statement, .path = path};
    int64_t start;
    struct stat file;
    char why[STATEMENT_WHY];

    if (statement_read_with(books, "c", STATEMENT_MODEMS | STATEMENT_UNIT_DAYS, &statement))
        log_panic("no statement");
    start = clock_mono_us();
    if (statement_write_workbook(&job, why, sizeof why) || stat(path, &file))
        log_panic("%s", why);
    printf("bench=report case=workbook rows=%lld ms=%.0f bytes=%lld\n",
           (long long)(bench->rows / 50), (double)(clock_mono_us() - start) / 1000,
           (long long)file.st_size);
    statement_release(&statement);
    books_close(books);
    unlink(path);
}

/* A line of the journal that the table doesn't know, as a gateway at work writes them. */
static void bench_go_on(const struct bench *bench)
{
    sqlite3 *raw;

    if (sqlite3_open(bench->path, &raw) != SQLITE_OK)
        log_panic("no books");
    bench_sql(raw, "INSERT INTO journal(delivery, at_ms, to_state, cause, mark)"
                   " VALUES(1, 0, 0, 0, 0)");
    sqlite3_close(raw);
}

static void bench_remove(const struct bench *bench)
{
    static const char *const suffixes[] = {"",     "-wal",      "-shm",           ".lock",
                                           ".key", ".evidence", ".key.checkpoint"};

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        MEM_FREE_LATER char *path = mem_printf("%s%s", bench->path, suffixes[i]);

        remove(path);
    }
    rmdir(bench->directory);
}

int main(void)
{
    const char *base = getenv("TMPDIR"), *rows = getenv("BENCH_ROWS");
    static struct bench bench;

    setenv("TZ", "CST-8", 1);
    tzset();
    bench.rows = rows ? atoll(rows) : 5000000;
    snprintf(bench.directory, sizeof bench.directory, "%.40s/bench-report-XXXXXX",
             base ? base : "/tmp");
    if (!mkdtemp(bench.directory) || uv_loop_init(&bench.loop))
        log_panic("no place to work in");
    snprintf(bench.path, sizeof bench.path, "%s/books.db", bench.directory);
    bench_make_books(&bench);
    bench_fill(&bench);
    bench_time(&bench, "table", STATEMENT_MODEMS);
    bench_workbook(&bench);
    bench_go_on(&bench);
    bench_time(&bench, "deliveries", STATEMENT_MODEMS);
    if (uv_loop_close(&bench.loop))
        log_panic("loop not empty");
    bench_remove(&bench);
    return 0;
}
