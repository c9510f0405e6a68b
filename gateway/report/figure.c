/* figure: numbers as people read them. See figure.h.
 * Runs: any. */
#include "gateway/report/figure.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

void figure_count(int64_t count, char text[static FIGURE_ROOM])
{
    char digits[FIGURE_ROOM];
    size_t length, to = 0;
    const char *from = digits;

    snprintf(digits, sizeof digits, "%lld", (long long)count);
    if (*from == '-')
        text[to++] = *from++;
    length = strlen(from);
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[to++] = ',';
        text[to++] = from[i];
    }
    text[to] = '\0';
}

int64_t figure_permille(int64_t part, int64_t whole)
{
    __int128 rounded = ((__int128)part * 1000 + whole / 2) / whole;

    if (part < whole && rounded >= 1000)
        return 999;
    return rounded > INT64_MAX ? INT64_MAX : (int64_t)rounded;
}

void figure_percent(int64_t part, int64_t whole, char text[static FIGURE_ROOM])
{
    int64_t permille;

    if (whole <= 0 || part < 0) {
        snprintf(text, FIGURE_ROOM, "-");
        return;
    }
    permille = figure_permille(part, whole);
    snprintf(text, FIGURE_ROOM, "%lld.%d%%", (long long)(permille / 10), (int)(permille % 10));
}

void figure_span(int64_t ms, char text[static FIGURE_ROOM])
{
    int64_t s = ms < 0 ? 0 : ms / 1000;

    snprintf(text, FIGURE_ROOM, "%lld:%02d:%02d", (long long)(s / 3600), (int)(s / 60 % 60),
             (int)(s % 60));
}

void figure_iso(int64_t wall_ms, char text[static FIGURE_ROOM])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    size_t length;

    if (!localtime_r(&seconds, &tm) ||
        !(length = strftime(text, FIGURE_ROOM - 1, "%Y-%m-%dT%H:%M:%S%z", &tm)) || length < 5) {
        snprintf(text, FIGURE_ROOM, "?");
        return;
    }
    /* strftime writes +0800; RFC 3339 wants +08:00. */
    memmove(text + length - 1, text + length - 2, 3);
    text[length - 2] = ':';
}
