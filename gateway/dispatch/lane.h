/* lane: one modem at work: it pulls a message, claims it, sends it, and books the outcome.
 * Runs: loop.
 *
 * The claim is durable before the modem is asked.
 * Work is pulled by the lane that is free, so a hung or slow modem never holds messages that
 * another could send. The claim of the next message and the outcome of the last one share a commit.
 */
#ifndef LAWCAST_DISPATCH_LANE_H
#define LAWCAST_DISPATCH_LANE_H

#include "adapters/adapter.h"
#include "gateway/dispatch/work.h"

/* A message on its way, and where it came from. */
struct lane_task {
    struct work *work;
    struct queue *queue;
    struct ledger_row row;
};

struct lane_events {
    /* The next message for this lane; false: nothing now (lane_pull is called when there is). */
    bool (*next)(void *ctx, struct lane_task *task);
    /* An outcome or a report is in the books. */
    void (*settled)(void *ctx, struct queue *queue, enum delivery_state state);
    void (*reported)(void *ctx, int result, enum delivery_state state);
    void (*stopped)(void *ctx);
};

struct lane; /* opaque */

/* NULL with a sentence in why when the adapter refuses its configuration. */
struct lane *lane_new(const struct adapter *adapter, const struct adapter_env *env,
                      struct ledger *ledger, char *why, size_t why_size);
/* false: it can't be started (logged); stopped does not follow then. */
bool lane_start(struct lane *lane, const struct lane_events *events, void *ctx);
/* Takes the next message if it is free. */
void lane_pull(struct lane *lane);
void lane_stop(struct lane *lane); /* stopped follows */
void lane_free(struct lane *lane); /* after stopped, or never started */
bool lane_is_ready(const struct lane *lane);
const char *
lane_why(const struct lane *lane); /* why it is not ready; "" when it is, and while it starts */
/* Nothing is lent to the modem, nothing of this lane is on its way to the books. */
bool lane_is_quiet(const struct lane *lane);

#endif
