/* weigh: what the disk costs, and how many bytes of it a message. See weigh.h.
 * Runs: any. */
#include "tests/bench/weigh.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define WEIGH_WRITES 200

double weigh_fsync_us(const char *directory)
{
    MEM_FREE_LATER char *path = mem_printf("%s/fsync", directory);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    static const char page[4096];
    int64_t start = clock_mono_us();

    for (int i = 0; i < WEIGH_WRITES; i++)
        if (write(fd, page, sizeof page) != (ssize_t)sizeof page || fsync(fd))
            log_panic("no fsync");
    close(fd);
    unlink(path);
    return (double)(clock_mono_us() - start) / WEIGH_WRITES;
}

/* unused: of its pages, which were split because rows grew or came in no order. */
static const char weigh_tables[] =
    "SELECT name, sum(pgsize) / ?1, sum(unused) / ?1 FROM dbstat GROUP BY name"
    " HAVING sum(pgsize) > ?1 ORDER BY 2 DESC";

static void weigh_each(sqlite3 *raw, int64_t messages, const char *log)
{
    sqlite3_stmt *tables;

    if (sqlite3_prepare_v2(raw, weigh_tables, -1, &tables, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_double(tables, 1, (double)messages);
    while (sqlite3_step(tables) == SQLITE_ROW)
        printf("bench=ledger case=size log=%s table=%s bytes_per_message=%.1f unused=%.1f\n", log,
               (const char *)sqlite3_column_text(tables, 0), sqlite3_column_double(tables, 1),
               sqlite3_column_double(tables, 2));
    sqlite3_finalize(tables);
}

void weigh_books(const char *path, int64_t messages, const char *log)
{
    struct stat file;
    sqlite3 *raw;

    if (stat(path, &file) || sqlite3_open_v2(path, &raw, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        log_panic("no books");
    printf("bench=ledger case=size log=%s messages=%lld bytes_per_message=%.0f\n", log,
           (long long)messages, (double)file.st_size / (double)messages);
    weigh_each(raw, messages, log);
    sqlite3_close(raw);
}
