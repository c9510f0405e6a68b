/* pace: how many parts a minute went out of late. See pace.h.
 * Runs: any (pure). */
#include "gateway/report/pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

#define PACE_LEAST_MS 5000 /* less says nothing */

struct pace_line {
    char campaign[65], unit[33];
    int64_t at_ms[PACE_STEPS], parts[PACE_STEPS]; /* oldest first */
    size_t n;
    int64_t now_ms, now_parts; /* of the last note */
};

struct pace {
    struct pace_line *lines;
    size_t n, room;
};

struct pace *pace_new(void)
{
    return mem_new(struct pace);
}

void pace_free(struct pace *pace)
{
    if (!pace)
        return;
    free(pace->lines);
    free(pace);
}

static struct pace_line *pace_find(const struct pace *pace, const char *campaign, const char *unit)
{
    for (size_t i = 0; pace && i < pace->n; i++)
        if (strcmp(pace->lines[i].unit, unit) == 0 &&
            strcmp(pace->lines[i].campaign, campaign) == 0)
            return &pace->lines[i];
    return NULL;
}

static struct pace_line *pace_add(struct pace *pace, const char *campaign, const char *unit)
{
    struct pace_line *line;

    if (pace->n == pace->room) {
        pace->room = pace->room ? 2 * pace->room : 16;
        pace->lines = mem_grow(pace->lines, pace->room, sizeof *pace->lines);
    }
    line = &pace->lines[pace->n++];
    *line = (struct pace_line){0};
    snprintf(line->campaign, sizeof line->campaign, "%s", campaign);
    snprintf(line->unit, sizeof line->unit, "%s", unit);
    return line;
}

void pace_note(struct pace *pace, const char *campaign, const char *unit, int64_t steady_ms,
               int64_t parts)
{
    struct pace_line *line = pace_find(pace, campaign, unit);

    if (!line)
        line = pace_add(pace, campaign, unit);
    line->now_ms = steady_ms;
    line->now_parts = parts;
    if (line->n && steady_ms - line->at_ms[line->n - 1] < PACE_STEP_MS)
        return;
    if (line->n == PACE_STEPS) {
        memmove(line->at_ms, line->at_ms + 1, (PACE_STEPS - 1) * sizeof *line->at_ms);
        memmove(line->parts, line->parts + 1, (PACE_STEPS - 1) * sizeof *line->parts);
        line->n--;
    }
    line->at_ms[line->n] = steady_ms;
    line->parts[line->n++] = parts;
}

int64_t pace_per_min(const struct pace *pace, const char *campaign, const char *unit)
{
    const struct pace_line *line = pace_find(pace, campaign, unit);
    int64_t span, parts;

    if (!line || line->now_ms - line->at_ms[0] < PACE_LEAST_MS)
        return -1;
    span = line->now_ms - line->at_ms[0];
    parts = line->now_parts - line->parts[0];
    return parts > 0 ? (int64_t)((__int128)parts * 60000 / span) : 0;
}
