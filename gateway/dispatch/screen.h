/* screen: one board at work: it publishes the slogan of the slot, reads it back, takes it down.
 * Runs: loop.
 *
 * A showing lives from its publication to its withdrawal:
 *
 *   publish -> read back (level), again every minute and just before the end -> withdraw -> books
 *
 * Only the time between successful readings counts as shown: what nobody read back did not happen.
 * One request is in flight per board. A board that can't be asked is asked again with back-off; a
 * withdrawal is tried until it succeeds, at most SCREEN_GIVE_UP_MS long (boards that know windows
 * have ended it by themselves then; the books go on saying "showing"). */
#ifndef LAWCAST_DISPATCH_SCREEN_H
#define LAWCAST_DISPATCH_SCREEN_H

#include "adapters/adapter.h"
#include "gateway/dispatch/work.h"

#define SCREEN_GIVE_UP_MS 600000 /* by the monotonic clock, from the moment when it had to go */

struct screen_events {
    bool (*next)(void *ctx, size_t board, struct work **work, struct queue **queue,
                 struct ledger_row *row);
    void (*stopped)(void *ctx);
};

struct screen; /* opaque */

struct screen *screen_new(const struct adapter *adapter, const struct adapter_env *env,
                          size_t board, struct ledger *ledger, char *why, size_t why_size);
/* false: it can't be started (logged); stopped does not follow then. */
bool screen_start(struct screen *screen, const struct screen_events *events, void *ctx);
/* Takes over what an earlier run of the gateway left on the board. */
void screen_adopt(struct screen *screen, struct work *work, struct queue *queue);
/* Does what is due now. Call after news and about every 200 ms. */
void screen_step(struct screen *screen);
/* Publishes nothing more, withdraws what is up. */
void screen_clear(struct screen *screen);
bool screen_is_clear(const struct screen *screen);
void screen_stop(
    struct screen *screen); /* stopped follows; what is still up stays in the books as it is */
void screen_free(struct screen *screen);
size_t screen_board(const struct screen *screen);
bool screen_is_ready(const struct screen *screen);
const char *screen_why(const struct screen *screen); /* why it is not ready; "" when it is */
bool screen_is_quiet(const struct screen *screen);   /* no request, no operation on its way */
size_t screen_showing(const struct screen *screen);  /* how many slogans are up and proved */
int64_t
screen_next_ms(const struct screen *screen); /* wall time of its next deed; INT64_MAX: none */

#endif
