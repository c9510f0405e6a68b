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

#include "tests/sim/at.h"
#include "tests/sim/pdu.h"
#include "tests/sim/queue.h"

struct sim_log; /* opaque */

/* path NULL: nothing is written, but everything is still counted. NULL with errno when it can't be
 * opened. */
struct sim_log *sim_log_open(uv_loop_t *loop, const char *path);
void sim_log_flush(struct sim_log *log);
/* Flushes and closes the file; the memory goes when the loop has closed the timer. */
void sim_log_close(struct sim_log *log);

uint64_t sim_log_accepted_count(const struct sim_log *log);

struct sim_log_modem {
    unsigned index;
    const char *imsi;
};

/* Events, their keys in this order after "t" and "event":
 *   accepted   modem imsi number ref part parts concat vp (TP-VP, if it was sent) alphabet text
 *   rejected   modem number code kind (cms, cme, error: then code is 0)
 *   reported   modem number ref status
 *   stray      the same; a report of a message that nobody sent
 *   bad        modem why
 *   inbound    modem imsi number part parts stored place (0 when not stored) text
 *   deleted    modem imsi number place: AT+CMGD
 * number is the other side's: of inbound and deleted it may be a name. */
void sim_log_accepted(struct sim_log *log, const struct sim_log_modem *modem, unsigned reference,
                      const struct pdu_submit *submit);
void sim_log_rejected(struct sim_log *log, unsigned modem, const char *number,
                      const struct at_refusal *refusal);
void sim_log_reported(struct sim_log *log, const struct report *report);
void sim_log_bad(struct sim_log *log, unsigned modem, const char *why);

/* One part of a message that came. */
struct sim_log_inbound {
    const char *number;
    unsigned part, parts;
    size_t place;
    const char *text;
};
void sim_log_inbound(struct sim_log *log, const struct sim_log_modem *modem,
                     const struct sim_log_inbound *inbound);
void sim_log_deleted(struct sim_log *log, const struct sim_log_modem *modem, const char *number,
                     size_t place);

/* A text that became visible, or stopped being visible, at the virtual time t. */
struct sim_log_view {
    int64_t t;
    const char *board, *name, *text;
    bool shown; /* false: hidden */
    bool open;  /* hidden only because the simulator ends */
};
void sim_log_view(struct sim_log *log, const struct sim_log_view *view);

#endif
