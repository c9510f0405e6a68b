/* outlook_setup: how lanes and works stand now, as a forecast wants it; and what it says, as people
 * want it.
 * Runs: loop. Only outlook.c includes it. */
#ifndef LAWCAST_DISPATCH_OUTLOOK_SETUP_H
#define LAWCAST_DISPATCH_OUTLOOK_SETUP_H

#include "gateway/model/prospect.h"
#include "gateway/dispatch/dispatch_inside.h"

/* What one order of the forecast is about. */
struct outlook_order {
    const struct work *work;
    const struct work_order *order;
    struct window *windows; /* those that are played */
    int64_t open_ms;        /* how long these are open from now on */
    int64_t beyond_ms;      /* and those after them */
};

struct outlook_setup {
    struct forecast_setup forecast; /* its arrays are owned */
    struct outlook_order *orders;
};

void outlook_setup_fill(struct outlook_setup *setup, const struct dispatch *dispatch,
                        int64_t now_ms, int64_t ahead_ms);
void outlook_setup_free(struct outlook_setup *setup);
/* Fills all but per_min; prospect->units is made anew. */
void outlook_setup_tell(const struct outlook_setup *setup, const struct dispatch *dispatch,
                        const struct forecast_result *result, struct prospect *prospect);

#endif
