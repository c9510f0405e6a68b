/* agent_talk: the agent's side of the conversation with the loop.
 * Runs: agent. */
#ifndef LAWCAST_MODEM_AGENT_TALK_H
#define LAWCAST_MODEM_AGENT_TALK_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

#include "adapters/modem/line.h"

/* How the program ends. */
enum agent_exit { AGENT_GOES_ON = -1, AGENT_DONE = 0, AGENT_LOST = 1, AGENT_NONSENSE = 2 };

struct talk {
    struct buffer in, out;
    struct line line; /* the last that was taken off in */
    bool ended;       /* no more input */
    int64_t said_ms;  /* mono: when something was said last */
};

/* Says what is in out. */
void talk_flush(struct talk *talk);
/* Reads what waits on standard input. */
void talk_hear(struct talk *talk);
bool talk_has_line(const struct talk *talk);
/* Waits for the first line, which has to be of this kind. */
int talk_await(struct talk *talk, enum line_kind kind);
/* The last word was said ("down", "barred"): says it, and gives back what has crossed it until the
 * loop closes our input. */
int talk_part(struct talk *talk);
/* A line is nonsense: complains. */
int talk_refuse(void);
/* Overwrites the PIN wherever it was. */
void talk_wipe(struct talk *talk);

#endif
