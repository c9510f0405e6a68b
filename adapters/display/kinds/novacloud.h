/* novacloud: what the files of this kind share: NovaStar's Taurus players, by the NovaCloud (VNNOX)
 * Open Platform. Runs: any (pure).
 *
 * The ordinary program of a player is its owner's and is never touched: a slogan goes up as an
 * emergency page that pauses it for exactly as long as the slogan is wanted, and after which the
 * player goes on by itself. The platform lists no emergency pages, so what is up is kept in memory:
 *  - withdrawing cancels all emergency pages of the player (there is no other way), so it is done
 *    only while one of ours may be up: put there in this run, or, as the first thing that this run
 *    does to the player, by an earlier one whose time isn't over;
 *  - a check proves no more than that the platform took it and that the player is connected, unless
 *    the office has a listener: then a screen capture comes by a call.
 * Requests are signed: CheckSum = SHA-256(secret + Nonce + CurTime); answers name the players for
 * which a command was taken and those for which it wasn't.
 * Sources: NovaStar, VNNOX Open Platform (authentication, emergency-program, online-status,
 * running-status, screen-capture). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_NOVACLOUD_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_NOVACLOUD_H

#include "gateway/base/buffer.h"
#include "gateway/model/sight.h"
#include "adapters/display/dialect.h"

enum { NOVACLOUD_URL_MOST = 1024 };

struct novacloud_options {
    char *key, *secret, *player;
};

enum novacloud_step {
    STEP_BEGIN, /* asks nothing: is there anything to do? */
    STEP_ONLINE,
    STEP_PAGE,
    STEP_CANCEL,
    STEP_STATUS,
    STEP_TOLD, /* asks nothing: the status was called in, or not */
    STEP_CAPTURE,
    STEP_IMAGE,
    STEPS
};

struct novacloud_page {
    char name[SIGHT_NAME]; /* may be on the player until until_ms; "": nothing of ours */
    int64_t until_ms;
    bool accepted; /* the platform said yes to it */
    bool doubted;  /* an earlier request for it had no answer: it may come late */
    bool known;    /* we have changed something in this run, so this is all that there is */
};

struct novacloud {
    struct novacloud_page up;
    struct novacloud_page before; /* what up was when the last page was asked for; it still is,
                                     where the platform has refused that one */
    bool captures;                /* a picture is awaited */
    bool no_captures, no_status;  /* the platform refuses them to us */
    char image[NOVACLOUD_URL_MOST];
    enum sight_power power; /* as it was called in during this job */
    bool clock_known;
    int64_t skew_ms;
    struct buffer picture; /* the evidence, lent with a result */
};

extern const char *const novacloud_steps[STEPS];

/* novacloud_talk.c: the dialect's hear and called. */
void novacloud_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict);
bool novacloud_may_fail(int step);
bool novacloud_called(struct talk *talk, const struct adapter_call *call,
                      struct adapter_answer *answer,
                      void (*prove)(void *ctx, const struct board_proof *proof), void *ctx);

#endif
