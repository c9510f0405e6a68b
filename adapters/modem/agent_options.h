/* agent_options: what the agent is told on its command line.
 * Runs: agent. */
#ifndef LAWCAST_MODEM_AGENT_OPTIONS_H
#define LAWCAST_MODEM_AGENT_OPTIONS_H

#include <stdbool.h>

#include "adapters/modem/agent_gammu.h"

struct agent_options {
    struct gammu_options gammu; /* but for doubt */
    int gap_ms;
    bool pin; /* the loop knows the PIN */
};

/* false, after saying how it should be. The strings are argv's. */
bool agent_options_read(struct agent_options *options, int argc, char **argv);

#endif
