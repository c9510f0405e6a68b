/* agent_send: one message, part by part, into one outcome.
 * Runs: agent.
 *
 * Parts go in order and the first refusal ends the message. Before the first part is taken the
 * refusal decides; after it the message is in doubt, because a recipient may already read half of
 * it. */
#ifndef LAWCAST_MODEM_AGENT_SEND_H
#define LAWCAST_MODEM_AGENT_SEND_H

#include <stdbool.h>

#include "adapters/modem/agent_gammu.h"
#include "adapters/modem/line.h"

/* What ties the parts of a long message together is told apart by its recipient: so it counts up
 * for each recipient, in 256 heaps, from a start that differs from one agent to the next. */
struct send_counters {
    unsigned char next[256];
};

void send_counters_init(struct send_counters *counters);
/* Sends it. true: the modem can't go on; why (120 bytes) says so. */
bool send_message(struct gammu *gammu, struct send_counters *counters, const struct line_send *send,
                  struct outcome *outcome, char why[static 120]);

#endif
