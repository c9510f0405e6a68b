/* outlook: what is to be expected, played ahead from how lanes and works stand now.
 * Runs: loop.
 *
 * A forecast (model/forecast.h) is made every OUTLOOK_EVERY_MS of real time, and soon after news: a
 * pause, a modem that is lost or back, other windows. It is played in slices of OUTLOOK_SLICE_MS a
 * turn of the loop. Only windows of the next OUTLOOK_AHEAD_MS are played (from the next one on);
 * what is left behind them is taken to go on at the same rate.
 *
 * What the books have not told yet is left out: a unit whose queues were never filled, and what the
 * reserve could still give. Not for rehearsals: it runs by real time. */
#ifndef LAWCAST_DISPATCH_OUTLOOK_H
#define LAWCAST_DISPATCH_OUTLOOK_H

#include "gateway/model/lane_state.h"
#include "gateway/model/prospect.h"
#include "gateway/dispatch/dispatch.h"

#define OUTLOOK_EVERY_MS 30000
#define OUTLOOK_SLICE_MS 4
#define OUTLOOK_AHEAD_MS (48 * 3600 * INT64_C(1000))

struct outlook; /* opaque */

/* fresh: a forecast is done; may be NULL. */
struct outlook *outlook_open(uv_loop_t *loop, const struct dispatch *dispatch,
                             void (*fresh)(void *ctx, const struct prospect *prospect), void *ctx);
/* The last one; lent until the loop runs again. */
const struct prospect *outlook_prospect(const struct outlook *outlook);
/* Before the dispatcher is freed; frees itself once the loop has closed its handles. NULL is fine.
 */
void outlook_close(struct outlook *outlook);

/* Every modem and board of the run, for displays: why is "" or in English. */
typedef void outlook_device(void *ctx, const char *id, enum lane_state state, const char *why);
void outlook_each_modem(const struct dispatch *dispatch, outlook_device *each, void *ctx);
void outlook_each_board(const struct dispatch *dispatch, outlook_device *each, void *ctx);

#endif
