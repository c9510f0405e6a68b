/* steer: what a person may say to a running gateway. See steer.h.
 * Runs: any (pure). */
#include "gateway/model/steer.h"

#include <string.h>

#include "gateway/base/log.h"

#define FOR(scope) (1u << STEER_##scope)

static const struct {
    const char *name;
    uint32_t scopes;
} steer_verbs[STEER_VERBS] = {
    [STEER_PAUSE] = {"pause", FOR(CAMPAIGN) | FOR(UNIT) | FOR(MODEM) | FOR(BOARD)},
    [STEER_RESUME] = {"resume", FOR(CAMPAIGN) | FOR(UNIT) | FOR(MODEM) | FOR(BOARD)},
    [STEER_CANCEL] = {"cancel", FOR(CAMPAIGN) | FOR(UNIT) | FOR(BOARD)},
    [STEER_EXTEND] = {"extend", FOR(CAMPAIGN) | FOR(UNIT)},
    [STEER_RATE] = {"set-rate", FOR(CAMPAIGN) | FOR(UNIT) | FOR(MODEM)},
};

static const char *const steer_scopes[STEER_SCOPES] = {
    [STEER_CAMPAIGN] = "campaign",
    [STEER_UNIT] = "unit",
    [STEER_MODEM] = "modem",
    [STEER_BOARD] = "board",
};

const char *steer_verb_name(enum steer_verb verb)
{
    if (verb < STEER_PAUSE || verb >= STEER_VERBS)
        log_panic("no word of steering has the number %d", (int)verb);
    return steer_verbs[verb].name;
}

const char *steer_scope_name(enum steer_scope scope)
{
    if (scope < STEER_CAMPAIGN || scope >= STEER_SCOPES)
        log_panic("nothing that is steered has the number %d", (int)scope);
    return steer_scopes[scope];
}

enum steer_verb steer_verb_find(const char *name)
{
    for (int verb = STEER_PAUSE; verb < STEER_VERBS; verb++)
        if (strcmp(steer_verbs[verb].name, name) == 0)
            return (enum steer_verb)verb;
    return 0;
}

enum steer_scope steer_scope_find(const char *name)
{
    for (int scope = STEER_CAMPAIGN; scope < STEER_SCOPES; scope++)
        if (strcmp(steer_scopes[scope], name) == 0)
            return (enum steer_scope)scope;
    return 0;
}

bool steer_is_possible(enum steer_scope scope, enum steer_verb verb)
{
    return scope >= STEER_CAMPAIGN && scope < STEER_SCOPES && verb >= STEER_PAUSE &&
           verb < STEER_VERBS && steer_verbs[verb].scopes & 1u << scope;
}

bool steer_is_early(int64_t until_ms, int64_t end_ms, int64_t now_ms)
{
    return until_ms <= now_ms || until_ms <= end_ms;
}

bool steer_is_far(int64_t until_ms, int64_t end_ms, int64_t now_ms)
{
    return until_ms - STEER_EXTEND_MOST_MS > (end_ms ? end_ms : now_ms);
}

int steer_apply(struct steer_standing *standing, const struct steer *steer)
{
    LOG_ASSERT(steer_is_possible(steer->scope, steer->verb));
    if (standing->cancelled && steer->verb != STEER_CANCEL)
        return 1;
    if (steer->verb == STEER_CANCEL)
        standing->cancelled = true;
    else if (steer->verb == STEER_EXTEND)
        standing->until_ms = steer->value;
    else if (steer->verb == STEER_RATE)
        standing->rate = steer->value;
    if (steer->verb == STEER_PAUSE || steer->verb == STEER_RESUME) {
        standing->paused = steer->verb == STEER_PAUSE;
        standing->resumed = !standing->paused;
        standing->resumed_ms = standing->resumed ? steer->at_ms : 0;
    }
    return 0;
}
