/* onbon_room: the inside of an onbon-y board, shared by onbon_y.c (envelope, state of the device),
 * onbon_bulletins.c, onbon_picture.c (captures and downloads) and onbon_login.c (codes, sessions).
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_ONBON_ROOM_H
#define LAWCAST_TESTS_SIM_ONBON_ROOM_H

#include "gateway/base/json.h"
#include "tests/sim/bulletin.h"
#include "tests/sim/onbon_y.h"
#include "tests/sim/reel.h"

enum {
    ONBON_CODES = 16,
    ONBON_SESSIONS = 16,
    ONBON_CODE_DIGITS = 20,
    ONBON_SESSION_DIGITS = 32,
    ONBON_TIME = 80,   /* room for a time */
    ONBON_LEAST_S = 1, /* a capture's waiting times */
    ONBON_MOST_S = 3
};

/* What one order carries. */
struct onbon_place {
    struct bulletin bulletin; /* name NULL: free */
    char *key;                /* in the reel: the name, or name#order when another order has it */
};

/* The one file that captures go to; the last one stays until the next is ready. */
struct onbon_picture {
    struct buffer file, next;
    int64_t changed_ms, ready_ms; /* of file (0: there is none) and of next (0: none is made) */
};

struct onbon {
    const struct board_spec *spec;
    struct reel *reel; /* bulletins that play, and the owner's */
    struct onbon_place places[BULLETIN_ORDERS];
    struct onbon_picture picture;
    char codes[ONBON_CODES][ONBON_CODE_DIGITS + 1]; /* issued and not used; "": free */
    char sessions[ONBON_SESSIONS][ONBON_SESSION_DIGITS + 1];
    unsigned issued; /* of codes and sessions: makes each unlike all before */
    bool lies, reboots;
    bool download; /* the way is open */
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
/* As the card writes times: "2018-3-20 9:50:38". */
void onbon_time(int64_t device_ms, char text[static ONBON_TIME]);

/* Commands; 0 or an enum onbon_error. */
int onbon_get_code(struct onbon_call *call);
int onbon_login(struct onbon_call *call);
int onbon_logout(struct onbon_call *call);
int onbon_create_bulletin(struct onbon_call *call);
int onbon_play_bulletin(struct onbon_call *call);
int onbon_stop_bulletin(struct onbon_call *call);
int onbon_query_bulletin(struct onbon_call *call);
int onbon_delete_bulletin(struct onbon_call *call);
int onbon_capture_screen(struct onbon_call *call);
int onbon_find_file(struct onbon_call *call);
int onbon_enable_download(struct onbon_call *call);

/* Our copy of the session's name, or NULL: there is no such session. */
const char *onbon_find_session(const struct onbon *onbon, const char *session);
void onbon_end_sessions(struct onbon *onbon);
/* All that is stored plays. */
void onbon_play_all(struct onbon *onbon, int64_t now_ms);
/* The owner's bulletin, in the first free order. */
void onbon_own(struct onbon *onbon, const char *name, const char *text, int64_t now_ms);
/* Does an order carry it? */
bool onbon_has_key(const struct onbon *onbon, const char *key);
void onbon_free_places(struct onbon *onbon);
/* GET /download/...; path is what follows. false: no such file, or the way is closed. */
bool onbon_send_file(struct onbon *onbon, const char *path, int64_t now_ms,
                     struct board_reply *reply);

#endif
