/* screen: one board at work: it brings the device to what should be on it now, and keeps it there.
 * Runs: loop.
 *
 * What should be on it is computed from the campaigns (desired.h). The device is compared with that
 * again and again, by one request at a time:
 *
 *   nothing of ours yet     claim -> publish -> books -> read back
 *   not what it should be   withdraw, then publish what should be there
 *   what it should be       read back every minute and just before it goes; published again when
 *                           the device says that it isn't there
 *   slot over               withdraw -> books
 *
 * A slogan that goes off in the middle of its slot (released, quiet, another's turn) isn't over: it
 * comes back without a new claim. Only the time between good readings counts (showing.h).
 *
 * A board that can't be asked is asked again with back-off; a withdrawal at a slot's end is tried
 * until it succeeds. Boards that know windows have ended it by themselves meanwhile: there it is
 * given up after SCREEN_GIVE_UP_MS (the books go on saying "showing"). When the gateway stops, what
 * is taken down with its slot open stays open in the books: the next start shows it again.
 *
 * A request that hangs is broken off when something must go. Pictures that prove a showing are kept
 * of its first and last reading and every ten minutes between (showing.h), one at a time; of the
 * others only the digest.
 *
 * There may be ten thousand: a screen knows when it is due next, and costs nothing before. */
#ifndef LAWCAST_DISPATCH_SCREEN_H
#define LAWCAST_DISPATCH_SCREEN_H

#include "adapters/adapter.h"
#include "gateway/dispatch/work.h"

#define SCREEN_GIVE_UP_MS 600000 /* by the monotonic clock, from the moment when it had to go */
#define SCREEN_PROBE_MS   600000 /* how often the device is asked how it stands, at most so long */
#define SCREEN_HUNG_MS    5000   /* a request that is in the way is broken off when it is so old */

struct screen_setup {
    const struct adapter *adapter;
    struct adapter_env env; /* callback is owned by the screen from now on */
    size_t board;           /* index into office.boards */
    const struct office *office;
    struct ledger *ledger;
    const struct campaign *const *campaigns; /* of this run; what others left is taken down */
    size_t n_campaigns;
    bool leftover; /* none of them uses the board: it is only to be cleared */
    const void *(*picture_of)(void *ctx, const struct board *board, const char *text,
                              size_t *length); /* as in dispatch_setup; NULL: none */
    void *picture_ctx;
};

struct screen; /* opaque */

/* NULL with a sentence in why when the adapter refuses its configuration. */
struct screen *screen_new(const struct screen_setup *setup, char *why, size_t why_size);
/* false: it can't be started (logged); stopped does not follow then. Until then nothing is asked of
 * the device. */
bool screen_start(struct screen *screen, const struct ledger_board *known,
                  void (*stopped)(void *ctx), void *ctx);
/* From now on the campaign has a share of the board; what an earlier run of the gateway left there
 * of it is taken over first. */
void screen_join(struct screen *screen, struct work *work, struct queue *queue, int64_t weight);
/* Does what is due now. Call when it is due, and after news. */
void screen_step(struct screen *screen);
bool screen_is_due(const struct screen *screen, int64_t steady_ms);
void screen_wake(struct screen *screen); /* it is due at once: a clock was set */
/* The owner wants the board for itself: what is lent is broken off, what is up withdrawn. false:
 * the board may be used again. */
void screen_release(struct screen *screen, bool released);
/* The same at the word of a person of ours: nothing of ours is to be on it until resumed. */
void screen_pause(struct screen *screen, bool paused);

enum screen_bar {
    SCREEN_OPEN,
    SCREEN_BARRED,    /* nothing of the campaign is on the board; open slots come back later */
    SCREEN_CANCELLED, /* and they don't: what was up is over */
};
/* What a person has said of the campaign there, which has joined; the screen is due then. Its queue
 * there if that is news, else NULL: what is cancelled stays so. */
struct queue *screen_bar(struct screen *screen, const struct work *work, enum screen_bar bar);
/* Publishes nothing more, withdraws what is up. */
void screen_clear(struct screen *screen);
bool screen_is_clear(const struct screen *screen);
/* stopped follows; what is still up stays in the books as it is. */
void screen_stop(struct screen *screen);
void screen_free(struct screen *screen);
void screen_hear(struct screen *screen, const struct adapter_call *call,
                 struct adapter_answer *answer);

const struct board *screen_board(const struct screen *screen);
/* down: it doesn't answer, released or not; paused: it does, and is released, quiet, or paused by a
 * person. */
enum lane_state screen_state(const struct screen *screen);
const char *screen_why(const struct screen *screen); /* "" when all is well; English */
bool screen_is_leftover(const struct screen *screen);
bool screen_is_released(const struct screen *screen);
bool screen_is_paused(const struct screen *screen); /* by a person of ours */
bool screen_is_quiet_time(const struct screen *screen);
bool screen_is_up(const struct screen *screen);     /* something of ours is on it, or may be */
bool screen_is_skewed(const struct screen *screen); /* its clock is wrong by too much */
/* The books haven't said yet what other campaigns left there. */
bool screen_is_unsure(const struct screen *screen);
/* A leftover that is clear: stop it. */
bool screen_is_spent(const struct screen *screen);
size_t screen_showing(const struct screen *screen); /* how many slogans are up and proved: 0, 1 */
bool screen_is_still(const struct screen *screen);  /* no request, no operation on its way */
/* Wall time of its next deed, but for looking how the device stands; INT64_MAX: none. */
int64_t screen_next_ms(const struct screen *screen);

#endif
