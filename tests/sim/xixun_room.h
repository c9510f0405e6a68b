/* xixun_room: what the files of the simulated Xixun card share. See xixun.c.
 * Runs: any (pure). */
#ifndef LAWCAST_TESTS_SIM_XIXUN_ROOM_H
#define LAWCAST_TESTS_SIM_XIXUN_ROOM_H

#include "gateway/base/json.h"
#include "tests/sim/board.h"
#include "tests/sim/reel.h"

#define XIXUN_TEXT "emergency" /* the top layer's two kinds of content */
#define XIXUN_HTML "html"

enum { XIXUN_PLAYS = 4, XIXUN_NOTICE_TAG = -1 };

/* What is on the screen and not yet in the log. */
struct xixun_play {
    char name[64];
    int64_t since_ms;
};

struct xixun {
    const struct board_spec *spec;
    struct board_screen screen;
    struct reel *reel;
    bool lan, lies;
    const char *card;
    struct jv *items; /* of the player's task: an array; NULL: none */
    struct jv *task;  /* its other members */
    char *text;       /* the top layer's urgent text; NULL: none */
    bool html;
    /* the play log */
    char *log_url; /* NULL: nowhere */
    int64_t log_every_ms, log_next_ms, skew_ms;
    bool log_posted; /* and not answered yet */
    struct jv *log;  /* not yet taken by whoever answers at log_url */
    struct xixun_play plays[XIXUN_PLAYS];
};

/* A command: fills the answer; NULL, or what is wrong. */
typedef const char *xixun_act(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms);

/* xixun_layer.c */
struct jv *xixun_layer_answer(struct xixun *card, const struct jv *command, int64_t now_ms);
void xixun_layer_clean(struct xixun *card, int64_t now_ms);
void xixun_put_date(struct xixun *card, struct jv *reply, int64_t now_ms);
void xixun_put_shot(struct xixun *card, struct jv *reply, const char *key);

/* xixun_gateway.c */
struct jv *xixun_gateway_answer(struct xixun *card, const struct jv *command, int64_t now_ms);

/* xixun_player.c. Takes a PlayXixunTask command; NULL, or what is wrong with it. */
const char *xixun_play_task(struct xixun *card, const struct jv *command, int64_t now_ms);
void xixun_clear_task(struct xixun *card, int64_t now_ms);
void xixun_own_item(struct xixun *card, const char *name, const char *text);
struct jv *xixun_copy(const struct jv *value);

/* xixun_log.c: notes what the screen shows, and posts it. */
void xixun_log_view(struct xixun *card, const struct board_view *view);
void xixun_log_advance(struct xixun *card, int64_t now_ms);
void xixun_log_answered(struct xixun *card, int sent, unsigned status);

#endif
