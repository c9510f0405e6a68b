/* agent_health: how the modem stands: registration, signal, network.
 * Runs: agent. Sources: 3GPP TS 27.007 7.2 (+CREG), 10.1.22 (+CEREG), 8.5 (+CSQ), 7.3 (+COPS),
 * and agent_number.h.
 *
 * Asked in rounds of four short questions, one at a time, so that a message never waits for more
 * than one: about 50 ms a minute. The last one is whether the SIM is still the same: limits are
 * kept by SIM, and a modem may not notice that it was changed. A round a minute, and one every 5 s
 * while there is no network. */
#ifndef LAWCAST_MODEM_AGENT_HEALTH_H
#define LAWCAST_MODEM_AGENT_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/health.h"

#include "adapters/modem/agent_ask.h"

struct health {
    struct modem_health now;
    struct modem_health told; /* as health_fetch gave it last */
    int64_t told_ms;          /* mono; 0: never */
    bool fallen;              /* the last answer was: no network */
    bool swapped;             /* there is another SIM than the one that was told */
    int64_t lost_ms;          /* mono: no network since then; 0: there is */
    int64_t due_ms;           /* mono: the next question */
    size_t step;              /* in the round */
};

/* What is asked once, and the first round. */
void health_open(struct health *health, struct asker *asker);
/* When the next question is due, and asking it. */
int64_t health_due_ms(const struct health *health);
void health_step(struct health *health, struct asker *asker);
/* The next question is due within so long. */
void health_hurry(struct health *health, int64_t within_ms);
bool health_has_network(const struct health *health);
/* How long there has been no network, at mono time now_ms; 0: there is. */
int64_t health_lost_for_ms(const struct health *health, int64_t now_ms);
/* Is there something to tell, between two rounds? Then told is it. */
bool health_fetch(struct health *health, int64_t now_ms);
/* "not registered: the network refuses the SIM", ... */
const char *health_complaint(const struct health *health);

#endif
