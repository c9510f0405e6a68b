/* at_room: the inside of struct at, shared by at.c (bytes, lines, prompt) and at_commands.c.
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_AT_ROOM_H
#define LAWCAST_TESTS_SIM_AT_ROOM_H

#include "tests/sim/at.h"

enum {
    AT_LINE_MAX = 512,  /* a command, or a PDU in hexadecimal; longer lines are errors */
    AT_SLOTS = 20,      /* places for stored messages */
    AT_CENTRE_MAX = 24, /* +CSCA, digits and + */
};

enum at_state {
    AT_COMMAND, /* a line is being read */
    AT_PROMPT,  /* a PDU is being read */
    AT_WAITING, /* the host owes the answer to a PDU */
};

enum at_route { AT_ROUTE_MT = 1, AT_ROUTE_DS = 3 }; /* places in AT+CNMI=mode,mt,bm,ds,bfr */

struct at_slot {
    bool used, read;
    struct pdu_bytes pdu;
};

struct at {
    struct at_host host;
    unsigned serial; /* the modem's number in the bank */
    enum at_state state;
    bool echo, text_mode;
    int cmee;
    int cnmi[5];
    size_t announced; /* by AT+CMGS */
    char centre[AT_CENTRE_MAX];
    struct at_slot slots[AT_SLOTS];
    char line[AT_LINE_MAX];
    size_t length; /* of line; AT_LINE_MAX: it was too long */
    struct buffer out, held;
};

/* Runs the line (without its CR), which begins with AT. */
void at_run(struct at *at, const char *line);

#endif
