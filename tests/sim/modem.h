/* modem: one AT modem with its SIM on a pseudo-terminal.
 * Runs: loop.
 *
 * DIR/modem-K is a link to the terminal's slave side. The modem keeps a slave descriptor of its
 * own, so that an agent's death is no hang-up; unplugging closes both sides and is one. Writes
 * never block and never lose bytes; while the host reads nothing, reports stay in the modem.
 *
 * A message is on air for air_ms; at the end of that time the network takes it or not. */
#ifndef LAWCAST_TESTS_SIM_MODEM_H
#define LAWCAST_TESTS_SIM_MODEM_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "tests/sim/fate.h"
#include "tests/sim/queue.h"
#include "tests/sim/sim_log.h"

struct modem; /* opaque */

/* What all modems of a bank share; outlives them. */
struct modem_env {
    uv_loop_t *loop;
    struct sim_log *log;
    struct fates *fates;
    const char *dir;
    int64_t air_ms;
    int64_t echo_delay_us; /* before anything is heard; rounded up to the loop's milliseconds */
    bool reference_zero;
    /* The network will report: hand it to modem_report when its time has come. */
    void (*promise)(void *ctx, const struct report *report);
    void *ctx;
};

enum modem_hang { MODEM_HANG_NONE, MODEM_HANG_BEFORE, MODEM_HANG_AFTER };

struct modem *modem_new(const struct modem_env *env, unsigned index);
/* A new terminal under the modem's link. 0, or -errno. */
int modem_plug(struct modem *modem);
void modem_unplug(struct modem *modem);
bool modem_is_plugged(const struct modem *modem);
/* Unplugs and closes its timers; modem_free once the loop has run them down. */
void modem_close(struct modem *modem);
void modem_free(struct modem *modem);

const char *modem_link(const struct modem *modem);
/* The next message on this modem gets no answer: not taken (BEFORE), or taken (AFTER). */
void modem_hang(struct modem *modem, enum modem_hang hang);
/* The next message is refused with this code. */
void modem_refuse(struct modem *modem, int cms);
/* Says the report as soon as the conversation allows. */
void modem_report(struct modem *modem, const struct report *report);
size_t modem_reports_waiting(const struct modem *modem);
/* A message for this SIM. 0, or 1: not one part of UTF-8, or too many wait already. */
int modem_deliver(struct modem *modem, const char *number, const char *text);

#endif
