/* foresight: what the files and the books say, made into a forecast.
 * Runs: any (blocks for about a second; before or without a gateway).
 *
 * The first plan's campaign is foretold; the orders of the others share the modems with it and are
 * played along. A modem's air time is the configured one; else as measured in the books; else
 * FORECAST_PART_MS. Its network is the configured one; else that of the SIM which the books
 * remember; else it isn't known, and the modem may carry anything. */
#ifndef LAWCAST_FORESIGHT_H
#define LAWCAST_FORESIGHT_H

#include "gateway/base/diag.h"
#include "gateway/report/plan_forecast.h"
#include "gateway/report/plan_table.h"

struct foresight_setup {
    const struct office *office;
    struct plan *const *plans; /* with all rows read; lent, as their campaigns */
    size_t n_plans;            /* at least one */
    const char *books;         /* to be asked for what was measured; NULL: nothing is */
    int64_t now_ms;            /* INT64_MIN: just before the campaign's first window */
    int64_t air_ms;            /* of modems without air_ms; < 0: as measured */
    const struct forecast_chances *chances; /* NULL: as measured */
    int64_t network; /* of modems of which nothing is known: enum phone_operator, or -1: any */
    int64_t seed;
};

/* All rows of the campaign's lists. NULL, with errors in diag: they can't be read. opted_out is
 * lent as long as the plan. */
struct plan *foresight_read(const struct campaign *campaign, const struct office *office,
                            const struct numset *opted_out, struct diag *diag);

struct foresight; /* opaque */

struct foresight *foresight_new(const struct foresight_setup *setup);
void foresight_free(struct foresight *foresight); /* NULL is fine */
/* Lent. */
const struct plan_forecast *foresight_view(const struct foresight *foresight);

#endif
