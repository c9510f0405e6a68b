/* lane_state: what one modem is up to, as people see it.
 * Runs: any (pure).
 *
 *   ready      takes messages
 *   paused     a person said so; lasts until a person says otherwise
 *   throttled  a limit, the pace, a pause between messages, or the network asked for patience
 *   down       the modem can't be used; the adapter works on it
 *
 * Only ready reaches every state; the others reach only ready: whatever ends a pause has to look
 * again at everything. */
#ifndef LAWCAST_MODEL_LANE_STATE_H
#define LAWCAST_MODEL_LANE_STATE_H

#include <stdbool.h>

/* Stored in the books: never renumber. */
enum lane_state { LANE_DOWN = 0, LANE_READY = 1, LANE_PAUSED = 2, LANE_THROTTLED = 3, LANE_STATES };

bool lane_state_may_change(enum lane_state from, enum lane_state to);
const char *lane_state_name(enum lane_state state);  /* "ready" */
const char *lane_state_label(enum lane_state state); /* in the user's language */

#endif
