/* standings: what all words of people come to. See standings.h.
 * Runs: any (pure). */
#include "gateway/dispatch/standings.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static enum steer_verb standings_class(const struct steer *steer)
{
    return steer->verb == STEER_RESUME ? STEER_PAUSE : steer->verb;
}

/* Takes the one the place of the other, whichever was first? */
static bool standings_are_alike(const struct steer *a, const struct steer *b)
{
    return standings_class(a) == standings_class(b) && strcmp(a->name, b->name) == 0 &&
           strcmp(a->campaign, b->campaign) == 0;
}

void standings_add(struct standings *standings, const struct steer *steer, int64_t number)
{
    struct standings_word *words = standings->of[steer->scope].words;
    size_t n = standings->of[steer->scope].n, at = n;

    LOG_ASSERT(steer_is_possible(steer->scope, steer->verb));
    for (size_t i = 0; i < n; i++) {
        if (!standings_are_alike(&words[i].steer, steer))
            continue;
        if (words[i].number > number)
            return;
        memmove(&words[i], &words[i + 1], (--n - i) * sizeof *words);
        break;
    }
    if (n == standings->of[steer->scope].room) {
        standings->of[steer->scope].room = n ? 2 * n : 16;
        words = mem_grow(words, standings->of[steer->scope].room, sizeof *words);
        standings->of[steer->scope].words = words;
    }
    for (at = n; at && words[at - 1].number > number; at--)
        words[at] = words[at - 1];
    words[at] = (struct standings_word){number, *steer};
    standings->of[steer->scope].n = n + 1;
}

void standings_fini(struct standings *standings)
{
    for (int scope = 0; scope < STEER_SCOPES; scope++)
        free(standings->of[scope].words);
    *standings = (struct standings){0};
}

static bool standings_concern(const struct steer *steer, const struct standings_key *key)
{
    if (strcmp(steer->name, key->name) != 0 && (!key->bank || strcmp(steer->name, key->bank) != 0))
        return false;
    return !*steer->campaign || strcmp(steer->campaign, key->campaign) == 0;
}

struct steer_standing standings_find(const struct standings *standings,
                                     const struct standings_key *key)
{
    struct steer_standing standing = {0};

    for (size_t i = 0; i < standings->of[key->scope].n; i++) {
        const struct steer *steer = &standings->of[key->scope].words[i].steer;

        /* What was said after a cancellation of something wider changes nothing. */
        if (standings_concern(steer, key))
            (void)steer_apply(&standing, steer);
    }
    return standing;
}
