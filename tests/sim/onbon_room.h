/* onbon_room: the inside of an onbon-y board, shared by onbon_y.c (envelope, commands) and
 * onbon_login.c (codes and sessions).
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_ONBON_ROOM_H
#define LAWCAST_TESTS_SIM_ONBON_ROOM_H

#include "gateway/base/json.h"
#include "tests/sim/bulletin.h"
#include "tests/sim/onbon_y.h"

enum { ONBON_CODES = 16, ONBON_SESSIONS = 16, ONBON_CODE_DIGITS = 20, ONBON_SESSION_DIGITS = 32 };

struct onbon {
    const struct board_spec *spec;
    struct bulletins bulletins;
    char codes[ONBON_CODES][ONBON_CODE_DIGITS + 1]; /* issued and not used; "": free */
    char sessions[ONBON_SESSIONS][ONBON_SESSION_DIGITS + 1];
    unsigned issued; /* of codes and sessions: makes each unlike all before */
    bool lies, reboots;
};

/* One command while it is answered. */
struct onbon_call {
    struct onbon *onbon;
    struct jv *document;    /* NULL: it is no JSON */
    const char *name;       /* as the client wrote it; "" while unknown */
    const struct jv *input; /* NULL when absent */
    const char *session;    /* NULL at the root */
    bool expired;           /* a session was named that doesn't exist */
    int64_t now_ms;
    struct jv *output; /* NULL: none; becomes part of the reply */
};

/* Adds a string to the output. */
void onbon_put(struct onbon_call *call, const char *key, const char *text);
/* A member of the input, a string; NULL when it is missing or something else. */
const char *onbon_text(const struct onbon_call *call, const char *key);

/* Commands; 0 or an enum onbon_error. */
int onbon_get_code(struct onbon_call *call);
int onbon_login(struct onbon_call *call);
int onbon_logout(struct onbon_call *call);
/* Our copy of the session's name, or NULL: there is no such session. */
const char *onbon_find_session(const struct onbon *onbon, const char *session);

#endif
