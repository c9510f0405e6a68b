/* weigh: what the disk costs, and how many bytes of the books a message, in which tables.
 * Runs: any (blocks; for benches). */
#ifndef LAWCAST_TESTS_BENCH_WEIGH_H
#define LAWCAST_TESTS_BENCH_WEIGH_H

#include <stdint.h>

/* What it costs to write 4 KiB into a new file there and sync it. */
double weigh_fsync_us(const char *directory);
/* Prints a line of the whole file, and one for each table or index of more than a byte a message as
 * far as SQLite was built to tell (dbstat). log: "on" or "off". The books are closed. */
void weigh_books(const char *path, int64_t messages, const char *log);

#endif
