/* log_off: the ledger without its log, for comparison.
 * Runs: ledger thread.
 *
 * A program that is linked with --wrap of the functions below writes plain lines into the journal:
 * no tags, no leaves, no tree, no seal and no signature. Its books are good for nothing else. */
#ifndef LAWCAST_TESTS_BENCH_LOG_OFF_H
#define LAWCAST_TESTS_BENCH_LOG_OFF_H

#include <stdbool.h>

/* Is this the program that was linked so (bench_..._plain)? */
bool log_is_off(const char *program);

#endif
