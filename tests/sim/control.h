/* control: the commands on standard input, one a line, each answered by one line of JSON.
 * Runs: loop.
 *
 *   clock EPOCH_MS            sync                      quit (or the end of the input)
 *   unplug K                  replug K                  hang K before|after
 *   cms K CODE                deliver K NUMBER TEXT
 *   number DIGITS cms CODE    number DIGITS status S
 *   reboot BOARD              lie BOARD on|off          hangboard BOARD on|off   offline BOARD
 * on|off
 *
 * {"ok":"clock"}, or {"error":"..."} for what can't be done; sync adds accepted and
 * reports_pending. */
#ifndef LAWCAST_TESTS_SIM_CONTROL_H
#define LAWCAST_TESTS_SIM_CONTROL_H

#include "gateway/base/buffer.h"
#include "tests/sim/bank.h"
#include "tests/sim/boards.h"

/* What commands act on. */
struct control {
    struct bank *bank;
    struct boards *boards;
    struct sim_log *log;
    bool quit; /* was asked for */
};

/* Runs one line (changed in place) and adds its answer, a line with its end. */
void control_run(struct control *control, char *line, struct buffer *answer);

#endif
