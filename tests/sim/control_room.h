/* control_room: what commands share: control.c (the rest), control_board.c (boards),
 * control_modem.c (modems' faults and settings), control_inbound.c (messages for SIMs),
 * control_quiet.c (how a frozen clock goes on). Runs: loop. */
#ifndef LAWCAST_TESTS_SIM_CONTROL_ROOM_H
#define LAWCAST_TESTS_SIM_CONTROL_ROOM_H

#include "gateway/base/json.h"
#include "tests/sim/control.h"

enum { CONTROL_WORDS = 5 }; /* after the command's name */

struct control_call {
    struct control *control;
    struct modem *modem;       /* of commands in the modems' tables */
    struct board_place *board; /* of commands in the boards' table */
    char *words[CONTROL_WORDS];
    size_t n;
    struct jv *answer; /* keys beside "ok" */
    bool later;        /* it is not answered now */
};

/* A command's function returns NULL, or what is wrong. The last of the most words takes the rest of
 * the line. */
struct control_command {
    const char *name, *words; /* words: for people */
    size_t least, most;
    const char *(*run)(struct control_call *call);
};

/* Tables end with a command without a name; the first word of these is a board's id, or a modem's
 * index. */
extern const struct control_command control_board_commands[], control_modem_commands[],
    control_inbound_commands[];

/* control_quiet.c */
const char *control_quiet(struct control_call *call);
void control_tell_bank(struct control_call *call);

/* A whole number in range. 0 or 1. */
int control_number(const char *text, int64_t most, int64_t *out);
/* on or off: 1 or 0; -1: neither. */
int control_switched(const char *text);
bool control_is_phone(const char *text);

#endif
