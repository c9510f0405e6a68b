/* figures: how well a bank of simulated modems was used, and what that cost.
 * Runs: any (blocks; for benches).
 *
 * The judge is the simulator's log: the instants at which the network took each part. Everything is
 * counted in a span that starts when the last modem has begun its first part, and ends when fewer
 * parts are left than there are modems (or at the time limit): in it every modem could be at work
 * all the time, so ramping up and down don't count, and a modem that stands still does.
 *
 *   rate     parts in the span / its length; of one that is cut by an end of it, the share inside
 *   use      the air time that these parts took / (modems x the length of the span)
 *   cpu_s    processor time of the whole tree for 1,000 parts, from the instant at which all modems
 *            have had a part taken, to the end of the last one and its status report
 *   ready_s  from the start of the program to the beginning of the span */
#ifndef LAWCAST_TESTS_BENCH_FIGURES_H
#define LAWCAST_TESTS_BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "tests/bench/tree.h"
#include "tests/support/sim_client.h"

struct figures_case {
    int modems, air_ms;
    size_t messages;
    int64_t limit_ms; /* of the span; 0: until all messages are taken */
};

struct figures {
    int busy;         /* modems that have had a part taken */
    int64_t accepted; /* in all */
    double rate, use, cpu_s, ready_s;
    struct tree_memory memory;
};

/* The programs that are measured. */
struct figures_roots {
    const pid_t *pids;
    size_t n;
    int64_t start_ms; /* when they were started: clock_wall_ms */
};

/* Waits for the run of these programs and measures it; they may still run afterwards. When not all
 * modems have had a part taken after a minute, the span begins with those that have. */
void figures_take(const struct figures_case *which, struct sim_client *sim,
                  const struct figures_roots *roots, struct figures *out);

#endif
