/* reload_diff: what a new configuration changes, in people's words.
 * Runs: any (pure). */
#ifndef LAWCAST_RELOAD_DIFF_H
#define LAWCAST_RELOAD_DIFF_H

#include "gateway/base/json.h"
#include "gateway/model/office.h"

struct reload_diff {
    struct jv *changes; /* sentences: from now on */
    struct jv *later;   /* what counts only after a restart */
    size_t n_changes, n_later;
    bool boards, units, listen; /* these stay as they were: their change is one for later */
};

/* first: what the gateway was started with, which is what can't be changed; now: what holds. Fills
 * diff, whose lists are empty arrays (the caller's). */
void reload_compare(const struct office *first, const struct office *now, const struct office *next,
                    struct reload_diff *diff);

#endif
