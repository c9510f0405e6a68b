/* calendar: windows from phases, quiet times and holidays. See calendar.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/calendar.h"

#include <stdlib.h>
#include <time.h>

#include "gateway/base/mem.h"

#define CALENDAR_DAY_S   INT64_C(86400)
#define CALENDAR_DAY_MIN 1440
#define CALENDAR_ZONE_S  (INT64_C(16) * 3600) /* no zone was ever further from UTC */
#define CALENDAR_LOOK_S  (INT64_C(6) * 3600)  /* no two moves of the clock are so close */
/* A quiet time that daylight saving skips once comes only in the week after: look again by then. */
#define CALENDAR_WEEK_MS (7 * CALENDAR_DAY_S * 1000)

void calendar_free(struct calendar *calendar)
{
    free(calendar->items);
    *calendar = (struct calendar){0};
}

static bool calendar_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int calendar_parse_date(const char *text, int64_t *day)
{
    static const char pattern[] = "0000-00-00";
    struct tm asked = {0}, found;
    time_t when;

    for (size_t i = 0; i < sizeof pattern; i++)
        if (pattern[i] == '0' ? !calendar_is_digit(text[i]) : text[i] != pattern[i])
            return 1;
    asked.tm_year = (int)strtol(text, NULL, 10) - 1900;
    asked.tm_mon = (int)strtol(text + 5, NULL, 10) - 1;
    asked.tm_mday = (int)strtol(text + 8, NULL, 10);
    found = asked;
    when = timegm(&found); /* moves what doesn't exist to what does: then it differs */
    if (asked.tm_year < 70 || found.tm_year != asked.tm_year || found.tm_mon != asked.tm_mon ||
        found.tm_mday != asked.tm_mday)
        return 1;
    *day = (int64_t)when / CALENDAR_DAY_S;
    return 0;
}

/* How far the wall is ahead of UTC. */
static int64_t calendar_offset(int64_t wall_s)
{
    time_t when = (time_t)wall_s;
    struct tm local = {0};

    localtime_r(&when, &local);
    return local.tm_gmtoff;
}

static int64_t calendar_floor(int64_t value, int64_t unit)
{
    return value / unit - (value % unit < 0);
}

int64_t calendar_day(int64_t wall_ms)
{
    int64_t wall_s = calendar_floor(wall_ms, 1000);

    return calendar_floor(wall_s + calendar_offset(wall_s), CALENDAR_DAY_S);
}

void calendar_add(struct calendar *calendar, int64_t from_ms, int64_t to_ms)
{
    if (from_ms >= to_ms)
        return;
    if (calendar->n == calendar->room) {
        calendar->room = calendar->room ? calendar->room * 2 : 8;
        calendar->items = mem_grow(calendar->items, calendar->room, sizeof *calendar->items);
    }
    calendar->items[calendar->n++] = (struct window){from_ms, to_ms};
}

static bool calendar_is_full(struct calendar *calendar)
{
    calendar->full = calendar->full || calendar->n > CALENDAR_MOST;
    return calendar->full;
}

/* The first instant at which the zone's offset differs from the one at at_s, or end_s. */
static int64_t calendar_change(int64_t at_s, int64_t end_s)
{
    int64_t offset = calendar_offset(at_s), before = at_s, after = at_s;

    while (after < end_s && calendar_offset(after) == offset) {
        before = after;
        after += CALENDAR_LOOK_S;
    }
    if (calendar_offset(after) == offset)
        return end_s;
    while (after - before > 1) {
        int64_t middle = before + (after - before) / 2;

        if (calendar_offset(middle) == offset)
            before = middle;
        else
            after = middle;
    }
    return after < end_s ? after : end_s;
}

static int64_t calendar_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t calendar_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* All instants at which the wall shows from..to, in seconds since its 1970: where the clock is
 * moved, that may be none or two stretches. */
static void calendar_add_wall(struct calendar *calendar, int64_t from_s, int64_t to_s)
{
    int64_t end = to_s + CALENDAR_ZONE_S, next;
    size_t first = calendar->n;

    for (int64_t at = from_s - CALENDAR_ZONE_S; at < end; at = next) {
        int64_t offset = calendar_offset(at), from, to;

        next = calendar_change(at, end);
        from = calendar_later(from_s - offset, at) * 1000;
        to = calendar_sooner(to_s - offset, next) * 1000;
        if (from >= to)
            continue;
        if (calendar->n > first && calendar->items[calendar->n - 1].to_ms == from)
            calendar->items[calendar->n - 1].to_ms = to;
        else
            calendar_add(calendar, from, to);
    }
}

void calendar_add_days(struct calendar *calendar, int64_t from_day, int64_t to_day)
{
    calendar_add_wall(calendar, from_day * CALENDAR_DAY_S, (to_day + 1) * CALENDAR_DAY_S);
}

void calendar_add_phase(struct calendar *calendar, int64_t from_day, int64_t to_day,
                        const struct quiet *daily)
{
    for (int64_t day = from_day; day <= to_day && !calendar_is_full(calendar); day++) {
        int64_t weekday = (day + 3) % 7; /* 1970 began on a Thursday; bit 0 is Monday */

        for (size_t i = 0; i < daily->n; i++) {
            const struct quiet_span *span = &daily->spans[i];
            int64_t over = span->to_min <= span->from_min ? CALENDAR_DAY_MIN : 0;

            if (span->days >> weekday & 1)
                calendar_add_wall(calendar, day * CALENDAR_DAY_S + span->from_min * INT64_C(60),
                                  day * CALENDAR_DAY_S + (span->to_min + over) * 60);
        }
    }
}

static int calendar_compare(const void *a, const void *b)
{
    const struct window *x = a, *y = b;

    return (x->from_ms > y->from_ms) - (x->from_ms < y->from_ms);
}

void calendar_merge(struct calendar *calendar)
{
    size_t kept = 0;

    if (!calendar->n)
        return;
    qsort(calendar->items, calendar->n, sizeof *calendar->items, calendar_compare);
    for (size_t i = 1; i < calendar->n; i++) {
        struct window *last = &calendar->items[kept], *next = &calendar->items[i];

        if (next->from_ms > last->to_ms)
            calendar->items[++kept] = *next;
        else
            last->to_ms = calendar_later(last->to_ms, next->to_ms);
    }
    calendar->n = kept + 1;
}

static void calendar_replace(struct calendar *calendar, struct calendar *with)
{
    with->full = with->full || calendar->full;
    calendar_free(calendar);
    *calendar = *with;
}

void calendar_less(struct calendar *calendar, const struct window *windows, size_t n)
{
    struct calendar left = {0};
    size_t hole = 0;

    for (size_t i = 0; i < calendar->n && !calendar_is_full(&left); i++) {
        int64_t at = calendar->items[i].from_ms, end = calendar->items[i].to_ms;

        while (hole < n && windows[hole].to_ms <= at)
            hole++;
        for (size_t k = hole; k < n && windows[k].from_ms < end; k++) {
            calendar_add(&left, at, windows[k].from_ms);
            at = windows[k].to_ms;
        }
        calendar_add(&left, at, end);
    }
    calendar_replace(calendar, &left);
}

void calendar_less_quiet(struct calendar *calendar, const struct quiet *quiet)
{
    struct calendar left = {0};

    if (!quiet->n)
        return;
    for (size_t i = 0; i < calendar->n; i++) {
        int64_t end = calendar->items[i].to_ms, at = calendar->items[i].from_ms, from = at, next;

        for (; at < end && !calendar_is_full(&left); at = next) {
            next = calendar_sooner(quiet_next_ms(quiet, at), at + CALENDAR_WEEK_MS);
            next = calendar_sooner(next, end);
            if (quiet_at(quiet, at)) {
                calendar_add(&left, from, at);
                from = next;
            }
        }
        calendar_add(&left, from, at);
    }
    calendar_replace(calendar, &left);
}

void calendar_extend(struct calendar *calendar, int64_t until_ms, const struct quiet *quiet,
                     const struct window *holidays, size_t n_holidays)
{
    struct calendar more = {0};

    if (!calendar->n || calendar->items[calendar->n - 1].to_ms >= until_ms)
        return;
    calendar_add(&more, calendar->items[calendar->n - 1].to_ms, until_ms);
    calendar_less(&more, holidays, n_holidays);
    calendar_less_quiet(&more, quiet);
    for (size_t i = 0; i < more.n; i++)
        if (calendar->items[calendar->n - 1].to_ms == more.items[i].from_ms)
            calendar->items[calendar->n - 1].to_ms = more.items[i].to_ms;
        else
            calendar_add(calendar, more.items[i].from_ms, more.items[i].to_ms);
    calendar_free(&more);
}

int64_t calendar_open_ms(const struct window *windows, size_t n)
{
    int64_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += windows[i].to_ms - windows[i].from_ms;
    return sum;
}
