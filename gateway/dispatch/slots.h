/* slots: the rotation of slogans on a board as a row of slots.
 * Runs: any (pure).
 *
 * Every window of a display is cut into slots of every_s seconds (the last one may be shorter,
 * but not under a second); slot k shows slogan k modulo their number. With display.after the
 * owner's own items have the board between two slots, so many of them, as long as the board shows
 * one. A slot's number says when it begins: it means the same after a restart, and after other
 * windows, quiet times or displays were added or taken away. Slots that lie in the owner's quiet
 * times are left out. */
#ifndef LAWCAST_DISPATCH_SLOTS_H
#define LAWCAST_DISPATCH_SLOTS_H

#include "gateway/model/campaign.h"

struct slot {
    size_t display, board; /* indexes: campaign.displays, office.boards */
    const char *text;      /* lent by the campaign */
    int64_t from_ms, until_ms;
    int32_t number; /* among those of its board and campaign */
};

struct slots_walk {
    size_t display, window, board; /* where the walk stands */
    int64_t step;
};

/* The next slot of the campaign; *walk starts zeroed. false: no more. */
bool slots_next(const struct campaign *campaign, const struct office *office,
                struct slots_walk *walk, struct slot *slot);

#endif
