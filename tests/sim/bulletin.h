/* bulletin: the bulletins that an onbon-y board stores, and when each is on the screen.
 * Runs: any (pure, but for the process's time zone). Source: the vendor's open protocol,
 * createBulletin.
 *
 * A bulletin is visible while it plays, the screen is on, and the time is inside its window: from
 * startDate to stopDate (both inclusive), each day whose bit is in weekFlag (bit 0 is Monday), from
 * startTime up to stopTime. 23:59:59 stands for the end of the day. */
#ifndef LAWCAST_TESTS_SIM_BULLETIN_H
#define LAWCAST_TESTS_SIM_BULLETIN_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/json.h"
#include "tests/sim/board.h"

enum { BULLETIN_ORDERS = 100 };

struct bulletin {
    char *name, *text; /* NULL: the place is free */
    bool playing, visible;
    int64_t first_ms, end_ms; /* midnight of startDate, midnight after stopDate */
    int from_s, to_s;         /* of the day; to_s up to 86,400 */
    unsigned week;
};

/* The memory of one board. Zeroed: empty, and dark until screen_on is set. */
struct bulletins {
    struct bulletin items[BULLETIN_ORDERS];
    bool screen_on;
    int64_t seen_ms; /* up to here everything was told */
    struct board_screen screen;
};

/* Reads createBulletin's input. 0 with *order and *out, or a code of the protocol: 14 key, 18
 * empty, 20 value. *out is released by the caller in every case. */
int bulletin_read(const struct jv *input, unsigned *order, struct bulletin *out);
void bulletin_release(struct bulletin *bulletin);
bool bulletin_in_window(const struct bulletin *bulletin, int64_t at_ms);
/* The first instant after at_ms at which bulletin_in_window may change; INT64_MAX: none. */
int64_t bulletin_next_edge(const struct bulletin *bulletin, int64_t at_ms);

/* Takes the bulletin over (out becomes empty). */
void bulletins_put(struct bulletins *all, unsigned order, struct bulletin *bulletin);
/* Hides and frees the place; a free place stays free. */
void bulletins_remove(struct bulletins *all, unsigned order, int64_t now_ms);
void bulletins_play(struct bulletins *all, bool playing, int64_t now_ms);
void bulletins_switch(struct bulletins *all, bool screen_on, int64_t now_ms);
/* Tells everything that happened since the last call, in the order of time. */
void bulletins_advance(struct bulletins *all, int64_t now_ms);
int64_t bulletins_next_change(const struct bulletins *all, int64_t now_ms);
/* Everything visible is told as hidden, open. */
void bulletins_finish(struct bulletins *all, int64_t now_ms);
void bulletins_release(struct bulletins *all);

#endif
