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

enum send_end {
    SEND_GOES_ON,
    SEND_DOWN,   /* the modem can't go on */
    SEND_BARRED, /* nor will it soon */
};

struct sender {
    struct gammu *gammu;
    struct send_counters counters;
    int gap_ms; /* at least so long between two parts */
};

void send_counters_init(struct send_counters *counters);
/* Sends it. Not SEND_GOES_ON: why (120 bytes) says why. */
enum send_end send_message(struct sender *sender, const struct line_send *send,
                           struct outcome *outcome, char why[static 120]);

#endif
