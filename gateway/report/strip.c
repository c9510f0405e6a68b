/* strip: all modems in one line of a terminal. See strip.h.
 * Runs: any (pure). */
#include "gateway/report/strip.h"

#include <string.h>

#include "gateway/base/lang.h"

#define STRIP_KINDS (sizeof STRIP_LETTERS - 1)

static const struct {
    const char *mark;
    enum lane_state state;
    const char *label_en, *label_zh;
} strip_kinds[STRIP_KINDS] = {
    {"▮", LANE_READY, "ready", "可用"},
    {"▯", LANE_THROTTLED, "waiting", "等候"},
    {"‖", LANE_PAUSED, "paused", "暂停"},
    {"✕", LANE_DOWN, "down", "不可用"},
};

char strip_letter(enum lane_state state)
{
    for (size_t i = 0; i < STRIP_KINDS; i++)
        if (strip_kinds[i].state == state)
            return STRIP_LETTERS[i];
    return '?';
}

static size_t strip_kind(char letter)
{
    const char *at = strchr(STRIP_LETTERS, letter);

    return at && letter ? (size_t)(at - STRIP_LETTERS) : STRIP_KINDS;
}

/* Of lanes[from..to) the worst; STRIP_KINDS: unknown. */
static size_t strip_worst(const char *lanes, size_t from, size_t to)
{
    size_t worst = 0;

    for (size_t i = from; i < to; i++)
        if (strip_kind(lanes[i]) > worst)
            worst = strip_kind(lanes[i]);
    return worst;
}

size_t strip_draw(const char *lanes, size_t columns, struct buffer *out)
{
    size_t n = strlen(lanes), each = (n + columns - 1) / columns, used = 0;

    for (size_t i = 0; i < n; i += each, used++) {
        size_t kind = strip_worst(lanes, i, i + each < n ? i + each : n);

        buffer_add_text(out, kind < STRIP_KINDS ? strip_kinds[kind].mark : "?");
    }
    return used;
}

void strip_legend(const char *lanes, struct buffer *out)
{
    size_t counts[STRIP_KINDS + 1] = {0};
    const char *between = "";

    for (const char *at = lanes; *at; at++)
        counts[strip_kind(*at)]++;
    for (size_t i = 0; i < STRIP_KINDS; i++)
        if (counts[i]) {
            buffer_printf(out, "%s%s %s %zu", between, strip_kinds[i].mark,
                          lang(strip_kinds[i].label_en, strip_kinds[i].label_zh), counts[i]);
            between = " · ";
        }
}
