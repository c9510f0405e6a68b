/* steering: people's words to a running gateway: checked, put into the books, and spread to the
 * works, lanes and screens that they concern.
 * Runs: loop. The dispatcher's own; others say dispatch_steer (dispatch.h).
 *
 *   steering.c         which words are good, the books, the answer
 *   steering_spread.c  what they mean for works, lanes and screens
 *
 * A pause and a cancellation take effect at once, all others once the books have them. What the
 * books know of earlier runs is there before the first message is chosen: it is asked for before
 * anything else, and the books answer in order. */
#ifndef LAWCAST_DISPATCH_STEERING_H
#define LAWCAST_DISPATCH_STEERING_H

#include "gateway/dispatch/dispatch_inside.h"
#include "gateway/dispatch/standings.h"

struct steering {
    struct dispatch *dispatch;
    struct standings standings;
    int64_t number; /* of the newest word of this run, from 1; older ones are below 0 */
    bool recalled;  /* the books have answered what was said before */
    struct steering_rate *rates; /* a list; each stays where it is until the end */
    size_t open;                 /* operations that the books have not answered */
    struct ledger_op recall;
};

struct steering *steering_new(struct dispatch *dispatch);
void steering_free(struct steering *steering); /* NULL is fine */
/* Asks the books; first of all. */
void steering_recall(struct steering *steering);
/* Nothing is on its way to the books. */
bool steering_is_still(const struct steering *steering);
/* A work has paused its campaign by itself (leftover = "stop"), and posts that. */
void steering_note_pause(struct steering *steering, const struct work *work);

/* ---- steering_spread.c ---- */

/* To all that the word may concern. */
void steering_spread(struct steering *steering, const struct steer *steer);
void steering_spread_all(struct steering *steering);
/* To the modems, when they have begun. */
void steering_spread_lanes(struct steering *steering);
/* To the boards of a work, when they have joined. */
void steering_spread_boards(struct steering *steering, struct work *work);
void steering_free_rates(struct steering *steering);

#endif
