/* sim_log: the ground truth: what the network took and what the boards showed.
 * Runs: loop.
 *
 * One JSON object a line, keys in a fixed order. Lines are gathered and written every 64 KiB, after
 * 50 ms of quiet, and by sim_log_flush. A log that can't be written ends the process: a witness
 * that forgets is worse than none. */
#ifndef LAWCAST_TESTS_SIM_SIM_LOG_H
#define LAWCAST_TESTS_SIM_SIM_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "tests/sim/pdu.h"

struct sim_log; /* opaque */

/* path NULL: nothing is written, but everything is still counted. NULL with errno when it can't be
 * opened. */
struct sim_log *sim_log_open(uv_loop_t *loop, const char *path);
void sim_log_flush(struct sim_log *log);
/* Flushes and closes the file; the memory goes when the loop has closed the timer. */
void sim_log_close(struct sim_log *log);

uint64_t sim_log_accepted_count(const struct sim_log *log);

void sim_log_accepted(struct sim_log *log, unsigned modem, unsigned reference,
                      const struct pdu_submit *submit);
void sim_log_rejected(struct sim_log *log, unsigned modem, const char *number, int code);
void sim_log_reported(struct sim_log *log, unsigned modem, const char *number, unsigned reference,
                      unsigned status);
void sim_log_bad(struct sim_log *log, unsigned modem, const char *why);

/* A text that became visible, or stopped being visible, at the virtual time t. */
struct sim_log_view {
    int64_t t;
    const char *board, *name, *text;
    bool shown; /* false: hidden */
    bool open;  /* hidden only because the simulator ends */
};
void sim_log_view(struct sim_log *log, const struct sim_log_view *view);

#endif
