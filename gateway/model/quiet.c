/* quiet: times of the day at which something is left alone. See quiet.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/quiet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/mem.h"

#define QUIET_DAY_MIN   1440
#define QUIET_EVERY_DAY 0x7Fu
#define QUIET_AHEAD_S   (INT64_C(8) * 86400)

static const char *const quiet_days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* "07:30", at most 24:00, and moves *text behind it. */
static bool quiet_read_time(const char **text, int *min)
{
    static const char pattern[] = "00:00";
    const char *at = *text;

    for (size_t i = 0; pattern[i]; i++)
        if (pattern[i] == '0' ? at[i] < '0' || at[i] > '9' : at[i] != pattern[i])
            return false;
    if (at[3] > '5')
        return false;
    *min = ((at[0] - '0') * 10 + (at[1] - '0')) * 60 + (at[3] - '0') * 10 + (at[4] - '0');
    *text += strlen(pattern);
    return *min <= QUIET_DAY_MIN;
}

static bool quiet_read_day(const char **text, unsigned *day)
{
    for (*day = 0; *day < 7; ++*day)
        if (strncasecmp(*text, quiet_days[*day], 3) == 0) {
            *text += 3;
            return true;
        }
    return false;
}

/* "mon", "mon-fri", "fri-mon", several with commas between them. */
static bool quiet_read_days(const char **text, unsigned *days)
{
    *days = 0;
    for (;;) {
        unsigned from, to;

        if (!quiet_read_day(text, &from))
            return false;
        to = from;
        if (**text == '-') {
            ++*text;
            if (!quiet_read_day(text, &to))
                return false;
        }
        for (unsigned day = from;; day = (day + 1) % 7) {
            *days |= 1u << day;
            if (day == to)
                break;
        }
        if (**text != ',')
            return true;
        ++*text;
    }
}

int quiet_add(struct quiet *quiet, const char *text)
{
    struct quiet_span span = {.days = QUIET_EVERY_DAY};

    if (*text < '0' || *text > '9') {
        if (!quiet_read_days(&text, &span.days) || *text != ' ')
            return 1;
        text += strspn(text, " ");
    }
    if (!quiet_read_time(&text, &span.from_min) || *text++ != '-' ||
        !quiet_read_time(&text, &span.to_min) || *text || span.from_min == QUIET_DAY_MIN)
        return 1;
    quiet->spans = mem_grow(quiet->spans, quiet->n + 1, sizeof *quiet->spans);
    quiet->spans[quiet->n++] = span;
    return 0;
}

void quiet_free(struct quiet *quiet)
{
    free(quiet->spans);
    *quiet = (struct quiet){0};
}

static struct tm quiet_local(int64_t wall_s)
{
    time_t when = (time_t)wall_s;
    struct tm local = {0};

    localtime_r(&when, &local);
    return local;
}

static int64_t quiet_seconds(int64_t wall_ms)
{
    return wall_ms / 1000 - (wall_ms % 1000 < 0);
}

static bool quiet_holds(const struct quiet_span *span, unsigned day, int min)
{
    bool begins_today = span->days >> day & 1, began_yesterday = span->days >> (day + 6) % 7 & 1;

    if (span->to_min > span->from_min)
        return begins_today && min >= span->from_min && min < span->to_min;
    return (begins_today && min >= span->from_min) || (began_yesterday && min < span->to_min);
}

static bool quiet_at_s(const struct quiet *quiet, int64_t wall_s)
{
    struct tm local = quiet_local(wall_s);
    unsigned day = (unsigned)(local.tm_wday + 6) % 7;
    int min = local.tm_hour * 60 + local.tm_min;

    for (size_t i = 0; i < quiet->n; i++)
        if (quiet_holds(&quiet->spans[i], day, min))
            return true;
    return false;
}

bool quiet_at(const struct quiet *quiet, int64_t wall_ms)
{
    return quiet->n && quiet_at_s(quiet, quiet_seconds(wall_ms));
}

/* Seconds to the next end or beginning of a span, or midnight, if the zone's offset stays. */
static int64_t quiet_distance(const struct quiet *quiet, const struct tm *local)
{
    int now = local->tm_hour * 60 + local->tm_min, next = QUIET_DAY_MIN;

    for (size_t i = 0; i < quiet->n; i++) {
        int from = quiet->spans[i].from_min, to = quiet->spans[i].to_min;

        if (from > now && from < next)
            next = from;
        if (to > now && to < next)
            next = to;
    }
    return (int64_t)(next - now) * 60 - (local->tm_sec < 60 ? local->tm_sec : 59);
}

/* The next instant after wall_s at which quiet_at may change: no later than the next change. */
static int64_t quiet_step(const struct quiet *quiet, int64_t wall_s)
{
    struct tm local = quiet_local(wall_s);
    int64_t before = wall_s, next = wall_s + quiet_distance(quiet, &local);

    if (quiet_local(next).tm_gmtoff == local.tm_gmtoff)
        return next;
    while (next - before > 1) { /* the clock is moved in between: that is the next instant */
        int64_t middle = before + (next - before) / 2;

        if (quiet_local(middle).tm_gmtoff == local.tm_gmtoff)
            before = middle;
        else
            next = middle;
    }
    return next;
}

int64_t quiet_next_ms(const struct quiet *quiet, int64_t wall_ms)
{
    int64_t from = quiet_seconds(wall_ms);
    bool now;

    if (!quiet->n)
        return INT64_MAX;
    now = quiet_at_s(quiet, from);
    for (int64_t at = from; at < from + QUIET_AHEAD_S;) {
        at = quiet_step(quiet, at);
        if (quiet_at_s(quiet, at) != now)
            return at * 1000;
    }
    return INT64_MAX;
}
