/* tree: what a program and all its descendants cost, from /proc.
 * Runs: any (for benches). */
#ifndef LAWCAST_TESTS_BENCH_TREE_H
#define LAWCAST_TESTS_BENCH_TREE_H

#include <stddef.h>
#include <sys/types.h>

struct tree_memory {
    double pss_mib;           /* of the whole tree: shared pages are split between their owners */
    double child_private_mib; /* mean of the roots' children, 0 without any */
};

/* Every process that is there now: the roots first, then their descendants. To be freed. */
pid_t *tree_list(const pid_t *roots, size_t n_roots, size_t *n);
/* Seconds of processor time of all of them, with those descendants that have ended and were waited
 * for. The scheduler counts the living threads exactly; clock ticks, which know the ended ones too,
 * would be wrong by up to 20 ms for each process. The larger of both is taken. */
double tree_cpu_s(const pid_t *roots, size_t n_roots);
void tree_weigh(const pid_t *roots, size_t n_roots, struct tree_memory *memory);

#endif
