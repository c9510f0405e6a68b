/* lane_state: what one modem is up to. See lane_state.h.
 * Runs: any (pure). */
#include "gateway/model/lane_state.h"

#include <stdint.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

#define TO(state) (1u << LANE_##state)

static const struct {
    const char *name, *english, *chinese;
    uint32_t successors;
} lane_states[LANE_STATES] = {
    [LANE_DOWN] = {"down", "down", "不可用", TO(READY)},
    [LANE_READY] = {"ready", "ready", "就绪", TO(PAUSED) | TO(THROTTLED) | TO(DOWN)},
    [LANE_PAUSED] = {"paused", "paused", "暂停", TO(READY)},
    [LANE_THROTTLED] = {"throttled", "throttled", "限速", TO(READY)},
};

static void lane_state_check(enum lane_state state)
{
    if ((unsigned)state >= LANE_STATES)
        log_panic("no lane state has the number %d", (int)state);
}

bool lane_state_may_change(enum lane_state from, enum lane_state to)
{
    lane_state_check(from);
    lane_state_check(to);
    return lane_states[from].successors & 1u << to;
}

const char *lane_state_name(enum lane_state state)
{
    lane_state_check(state);
    return lane_states[state].name;
}

const char *lane_state_label(enum lane_state state)
{
    lane_state_check(state);
    return lang(lane_states[state].english, lane_states[state].chinese);
}
