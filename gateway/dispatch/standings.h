/* standings: what all words of people about campaigns, units, modems and boards come to.
 * Runs: any (pure).
 *
 * A word about a unit in all campaigns and one about it in a single campaign count in the order in
 * which they were said, and so do those about a modem and its whole bank. Words are numbered as
 * they go to the books: one that is heard of later takes its place among the others. Words of
 * earlier runs have numbers below 0. */
#ifndef LAWCAST_DISPATCH_STANDINGS_H
#define LAWCAST_DISPATCH_STANDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/steer.h"

struct standings_word {
    int64_t number;
    struct steer steer;
};

/* Zeroed: nothing was said. */
struct standings {
    struct {
        struct standings_word *words; /* by number */
        size_t n, room;
    } of[STEER_SCOPES];
};

void standings_add(struct standings *standings, const struct steer *steer, int64_t number);
void standings_fini(struct standings *standings);

struct standings_key {
    enum steer_scope scope;
    const char *name, *bank; /* bank: of a modem, else NULL; scope campaign: "" */
    const char *campaign;    /* "": words about a single one don't count */
};
struct steer_standing standings_find(const struct standings *standings,
                                     const struct standings_key *key);

#endif
