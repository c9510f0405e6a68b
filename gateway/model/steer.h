/* steer: what a person may say to a running gateway about a campaign, a unit, a modem or a board.
 * Runs: any (pure).
 *
 *              pause  resume  cancel  extend  set-rate
 *   campaign     x      x       x       x        x      rate: parts an hour
 *   unit         x      x       x       x        x      in one campaign, or in all
 *   modem        x      x                        x      one, or a whole bank
 *   board        x      x       x                       cancel: its slots that are left
 *
 * pause      nothing new is sent or shown; what is in flight ends, slogans come down
 * cancel     what was not sent is cancelled, for good; a second cancel changes nothing, and resume
 *            is refused
 * extend     sending goes on until value (wall ms), later than the last window's end: that window
 *            gets longer, for quiet times and holidays see config (they hold here, too)
 * set-rate   at most value parts an hour from now on, spread as a limit is; 0: no rate any more
 *
 * Every word goes into the books with who said it, and holds for later runs. */
#ifndef LAWCAST_MODEL_STEER_H
#define LAWCAST_MODEL_STEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored in the books: never renumber, only append. */
enum steer_verb {
    STEER_PAUSE = 1,
    STEER_RESUME = 2,
    STEER_CANCEL = 3,
    STEER_EXTEND = 4,
    STEER_RATE = 5,
    STEER_VERBS
};
enum steer_scope {
    STEER_CAMPAIGN = 1,
    STEER_UNIT = 2,
    STEER_MODEM = 3,
    STEER_BOARD = 4,
    STEER_SCOPES
};

#define STEER_NAME_MOST 97 /* "bank-a/17", with its NUL */
#define STEER_RATE_MOST 10000000
/* Past the end as it is: an extension can't be taken back, and a slip of the pen reaches far. */
#define STEER_EXTEND_MOST_MS INT64_C(604800000) /* 7 days */

struct steer {
    enum steer_scope scope;
    enum steer_verb verb;
    char campaign[65];          /* code; "": all (units, modems, boards) */
    char name[STEER_NAME_MOST]; /* of the unit, modem, bank or board; "": scope campaign */
    int64_t value;              /* extend: wall ms; set-rate: parts an hour; else 0 */
    int64_t at_ms;              /* when it was said; 0: not known */
};

/* What all words about one thing come to. Zeroed: nothing was said. */
struct steer_standing {
    bool paused, cancelled;
    bool resumed;       /* the last word about pausing was resume */
    int64_t resumed_ms; /* when that was said; 0: it wasn't, or not known */
    int64_t until_ms;   /* extended to; 0: not */
    int64_t rate;       /* parts an hour; 0: none */
};

const char *steer_verb_name(enum steer_verb verb); /* "set-rate"; in commands, protocol and books */
const char *steer_scope_name(enum steer_scope scope);
enum steer_verb steer_verb_find(const char *name);   /* 0: none */
enum steer_scope steer_scope_find(const char *name); /* 0: none */
/* Does the table above have it? */
bool steer_is_possible(enum steer_scope scope, enum steer_verb verb);
/* One word more. 0; 1: refused, because it was cancelled before. */
int steer_apply(struct steer_standing *standing, const struct steer *steer);
/* Of an extension to until_ms, where end_ms is the end as it is, extended or not; 0: not known. */
bool steer_is_early(int64_t until_ms, int64_t end_ms, int64_t now_ms); /* it extends nothing */
bool steer_is_far(int64_t until_ms, int64_t end_ms, int64_t now_ms);   /* not known: from now */

#endif
