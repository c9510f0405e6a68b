/* bank: all modems, and the network behind them that reports later.
 * Runs: loop. */
#ifndef LAWCAST_TESTS_SIM_BANK_H
#define LAWCAST_TESTS_SIM_BANK_H

#include "tests/sim/modem.h"
#include "tests/sim/spec.h"

struct bank; /* opaque */

struct bank *bank_new(uv_loop_t *loop, struct sim_log *log, const struct sim_spec *spec);
/* Makes the directory and plugs every modem in. 0, or -errno. */
int bank_start(struct bank *bank);
/* Unplugs, removes links (and the directory if it was made here); bank_free once the loop is empty.
 */
void bank_close(struct bank *bank);
void bank_free(struct bank *bank);

size_t bank_size(const struct bank *bank);
struct modem *bank_modem(struct bank *bank, size_t index);
/* Is there a modem with this link, plugged in or not? */
bool bank_has_link(const struct bank *bank, const char *path);
const char *bank_dir(const struct bank *bank);
struct fates *bank_fates(struct bank *bank);
/* The clock was set: says the reports that are due by now; frozen: ends what is in the air. */
void bank_advance(struct bank *bank);
/* Frozen: wall time of what happens next by itself; INT64_MAX: nothing. */
int64_t bank_next_ms(const struct bank *bank);
struct bank_view {
    int64_t air;  /* messages in the air, on a frozen clock */
    int64_t said; /* reports, until now */
    int64_t gone; /* modems that are unplugged */
};
struct bank_view bank_view(const struct bank *bank);
/* Reports promised and not yet said to a host. */
size_t bank_reports_pending(const struct bank *bank);

#endif
