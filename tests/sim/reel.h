/* reel: what a board has stored, and when each item is on its screen. The part that all kinds
 * share. Runs: any (pure, but for the process's time zone).
 *
 * An item is visible while the power is on, the screen isn't asleep, it isn't faked (lie, pretend),
 * and the device's clock is inside its window. Items of the owner's own are stored and never told.
 */
#ifndef LAWCAST_TESTS_SIM_REEL_H
#define LAWCAST_TESTS_SIM_REEL_H

#include "gateway/base/json.h"
#include "tests/sim/board.h"

struct reel;

/* When an item may be seen, by the device's clock. Zeroed: always. */
struct reel_window {
    int64_t from_ms, until_ms; /* instants; 0: open */
    int day_from_s, day_to_s;  /* each day, seconds since midnight; both 0: all day. day_to_s up to
                                  86,400; not before day_from_s */
    unsigned weekdays;         /* bit 0 is Monday; 0: all */
};

struct reel_item {
    const char *name, *text;
    struct reel_window window;
    int64_t priority; /* of several that may be seen, those with the greatest one are; ties: all */
    bool volatile_;   /* lost when the power goes */
    const struct jv *data; /* what the kind wants to get back; lent; may be NULL */
};

struct reel *reel_new(const struct board_screen *screen);
void reel_free(struct reel *reel);
/* Puts or replaces the item of that name. With TRICK_LIE nothing is stored; with TRICK_PRETEND it
 * is stored and never visible. */
void reel_put(struct reel *reel, const struct reel_item *item, int64_t now_ms);
/* false: there is none. */
bool reel_remove(struct reel *reel, const char *name, int64_t now_ms);
void reel_own(struct reel *reel, const char *name, const char *text, int64_t now_ms);
/* Items in the order of their first putting, the owner's included. NULL past the end. Lent. */
const struct reel_item *reel_at(const struct reel *reel, size_t i);
const struct reel_item *reel_find(const struct reel *reel, const char *name);
bool reel_is_own(const struct reel *reel, const char *name);
/* Is it on the screen now (also the owner's: when nothing else of greater priority is)? */
bool reel_is_visible(const struct reel *reel, const char *name);
/* The name of what is on the screen, ours first; "" when it is dark or empty. */
const char *reel_playing(const struct reel *reel);

void reel_advance(struct reel *reel, int64_t now_ms);
int64_t reel_next_change(const struct reel *reel, int64_t now_ms);
void reel_power(struct reel *reel, bool on, int64_t now_ms);
void reel_trick(struct reel *reel, enum board_trick trick, bool on, int64_t now_ms);
bool reel_is_asleep(const struct reel *reel);
void reel_skew(struct reel *reel, int64_t skew_ms, int64_t now_ms);
int64_t reel_clock(const struct reel *reel, int64_t now_ms); /* the device's */
void reel_list(const struct reel *reel, struct jv *names);
void reel_finish(struct reel *reel, int64_t now_ms);

#endif
