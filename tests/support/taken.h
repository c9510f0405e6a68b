/* taken: what the simulated network took, from the simulator's log: how many parts in an hour, on a
 * day, and when.
 * Runs: any (blocks; for tests).
 *
 * The judge of limits and windows: the books say what they believe, the log what was. */
#ifndef LAWCAST_TESTS_TAKEN_H
#define LAWCAST_TESTS_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAKEN_HOUR_MS INT64_C(3600000)
#define TAKEN_DAY_MS  (24 * TAKEN_HOUR_MS)

struct taken_part {
    int64_t t; /* when it was accepted */
    int modem;
};

/* In the order of time. */
struct taken {
    struct taken_part *items;
    size_t n, room;
};

enum taken_binds { TAKEN_FREE, TAKEN_HOUR, TAKEN_DAY };

/* Who shares a limit: modems from..to. 0: no such limit. binds: which of them must hold messages up
 * (nine tenths of it were used), else it was not tested. */
struct taken_limit {
    const char *name;
    int from, to;
    int per_hour, per_day;
    enum taken_binds binds;
};

/* Fails the test when the log can't be read. */
void taken_read(struct taken *taken, const char *log_path);
void taken_release(struct taken *taken);
/* Of modems from..to. */
size_t taken_count(const struct taken *taken, int from, int to);
/* The most in any span of so long; on one day in China. */
int taken_most_in(const struct taken *taken, const struct taken_limit *limit, int64_t span_ms);
int taken_most_a_day(const struct taken *taken, const struct taken_limit *limit);
/* Prints and asserts. */
void taken_check(const struct taken *taken, const struct taken_limit *limits, size_t n);

#endif
