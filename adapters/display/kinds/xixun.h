/* xixun: what the files of the Xixun kind share.
 * Runs: any (pure).
 *
 * Two ways in (option mode): "gateway" posts to the vendor's RealtimeServer, to which the cards
 * connect; "lan" posts to a card's own port 2016, whose root path must never be asked: that clears
 * the screen's top layer. And two places for a slogan:
 *  - the player's programs (gateway, text): kept over a power cut, with a window of their own,
 * listed and named when they play. The set goes back as a whole (xixun_task.h);
 *  - the top layer (lan; and pictures by either way): over everything, no window, gone with the
 *    power. Of an urgent text the card tells the words, of a picture nothing. Behind a gateway the
 *    same commands go inside executeJsonCommand.
 * Sources: Sysolution, "XixunPlayer Solution", "System relative API", "Control interface design
 * document of Xixun controller"; the vendor's RealtimeServer for the errors of the gateway. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_KINDS_XIXUN_H
#define LAWCAST_ADAPTERS_DISPLAY_KINDS_XIXUN_H

#include "gateway/base/json.h"
#include "adapters/display/dialect.h"

enum { XIXUN_GATEWAY, XIXUN_LAN };

struct xixun_options {
    int mode;
    char *card, *path, *user, *password;
};

enum xixun_step {
    STEP_READ, /* what the card carries: each dialogue begins with it */
    STEP_SHOW,
    STEP_REMOVE,
    STEP_REREAD, /* is it gone? */
    /* questions, in the order in which they are asked; a card that can't answer one is fine */
    STEP_PLAYING,
    STEP_POWER,
    STEP_CLOCK,
    STEP_SIZE,
    STEP_LOGS,     /* where do play logs go? */
    STEP_LOGS_SET, /* to us */
    STEP_PICTURE,
    STEPS
};

enum xixun_logs { LOGS_UNKNOWN, LOGS_FREE, LOGS_OURS, LOGS_TAKEN };

struct xixun {
    struct jv *stored;        /* STEP_READ's, of the player; NULL: no programs */
    enum outcome_level level; /* proved so far in this job */
    unsigned lacks;           /* bit by step: the firmware doesn't know the question */
    enum xixun_logs logs;
    int64_t skew_ms;             /* of the card's clock when it last told it; 0: not told */
    char picture_up[SIGHT_NAME]; /* what we have put on the top layer as a picture */
    struct buffer picture;       /* the evidence, lent with a result */
};

/* What each step asks for, for messages. */
extern const char *const xixun_step_names[STEPS];

static inline const struct xixun_options *xixun_options_of(const struct talk *talk)
{
    return talk->board->options;
}

/* Is the slogan on the top layer? */
static inline bool xixun_is_layer(const struct talk *talk)
{
    return xixun_options_of(talk)->mode == XIXUN_LAN || talk->board->render == RENDER_PICTURE;
}

static inline bool xixun_is_wrapped(const struct talk *talk)
{
    return xixun_is_layer(talk) && xixun_options_of(talk)->mode == XIXUN_GATEWAY;
}

/* xixun_ask.c: the dialect's ask. */
void xixun_ask(const struct talk *talk, struct ask *ask);

/* xixun_talk.c: the dialect's hear. */
void xixun_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict);
/* May this question go without an answer? The others tell whether anybody sees the slogan. */
bool xixun_may_fail(int step);

/* xixun_call.c: the dialect's called: play logs and notices of downloads. */
bool xixun_called(struct talk *talk, const struct adapter_call *call, struct adapter_answer *answer,
                  void (*prove)(void *ctx, const struct board_proof *proof), void *ctx);

/* xixun_answer.c: an answer, out of its wrappings. */
struct xixun_answer {
    struct jv *outer, *inner; /* inner: of executeJsonCommand; else NULL */
    const struct jv *told;    /* the one that counts; NULL: it is a refusal */
    char words[80];           /* of a refusal */
    bool says_no;             /* it is one; else it can't be read */
};

void xixun_answer_read(const struct talk *talk, const struct reply *reply,
                       struct xixun_answer *answer);
void xixun_answer_free(struct xixun_answer *answer);
/* Is it this scalar that is no string: "true", "false", "null"? */
bool xixun_is(const struct jv *value, const char *scalar);

#endif
