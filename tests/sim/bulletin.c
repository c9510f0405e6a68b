/* bulletin: what an onbon-y board stores and shows. See bulletin.h.
 * Runs: any. */
#include "tests/sim/bulletin.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BULLETIN_DAY_S = 86400 };

/* Midnight at the beginning of the local day that holds the instant, days later; noon is the anchor
 * because days of 23 or 25 hours exist. */
static int64_t bulletin_midnight(int64_t at_ms, int days)
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;

    localtime_r(&seconds, &tm);
    tm.tm_mday += days;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

/* The instant of second_of_day on that day. */
static int64_t bulletin_instant(int64_t midnight_ms, int second_of_day)
{
    time_t seconds = (time_t)(midnight_ms / 1000);
    struct tm tm;

    localtime_r(&seconds, &tm);
    tm.tm_sec += second_of_day;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

static bool bulletin_on_day(const struct bulletin *bulletin, int64_t midnight_ms)
{
    time_t seconds = (time_t)(midnight_ms / 1000);
    struct tm tm;

    if (midnight_ms < bulletin->first_ms || midnight_ms >= bulletin->end_ms)
        return false;
    localtime_r(&seconds, &tm);
    return bulletin->week >> ((tm.tm_wday + 6) % 7) & 1; /* tm_wday 0 is Sunday */
}

bool bulletin_in_window(const struct bulletin *bulletin, int64_t at_ms)
{
    int64_t midnight = bulletin_midnight(at_ms, 0);

    return bulletin_on_day(bulletin, midnight) &&
           at_ms >= bulletin_instant(midnight, bulletin->from_s) &&
           at_ms < bulletin_instant(midnight, bulletin->to_s);
}

int64_t bulletin_next_edge(const struct bulletin *bulletin, int64_t at_ms)
{
    int64_t start = at_ms > bulletin->first_ms ? at_ms : bulletin->first_ms;

    if (start >= bulletin->end_ms)
        return INT64_MAX;
    for (int day = 0; day <= 7; day++) {
        int64_t midnight = bulletin_midnight(start, day);
        int64_t from, to;

        if (!bulletin_on_day(bulletin, midnight))
            continue;
        from = bulletin_instant(midnight, bulletin->from_s);
        to = bulletin_instant(midnight, bulletin->to_s);
        if (from > at_ms)
            return from;
        if (to > at_ms)
            return to;
    }
    return INT64_MAX;
}

void bulletin_release(struct bulletin *bulletin)
{
    free(bulletin->name);
    free(bulletin->text);
    *bulletin = (struct bulletin){0};
}

static void bulletins_show(const struct bulletins *all, struct bulletin *bulletin,
                           struct board_view view)
{
    bulletin->visible = view.shown;
    view.name = bulletin->name;
    view.text = bulletin->text;
    all->screen.view(all->screen.ctx, &view);
}

/* Brings what is told into line with what is so at the instant. */
static void bulletins_settle(struct bulletins *all, int64_t at_ms)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++) {
        struct bulletin *bulletin = &all->items[i];
        bool visible = bulletin->name && bulletin->playing && all->screen_on &&
                       bulletin_in_window(bulletin, at_ms);

        if (visible != bulletin->visible)
            bulletins_show(all, bulletin, (struct board_view){.t = at_ms, .shown = visible});
    }
    all->seen_ms = at_ms;
}

int64_t bulletins_next_change(const struct bulletins *all, int64_t now_ms)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < BULLETIN_ORDERS && all->screen_on; i++) {
        const struct bulletin *bulletin = &all->items[i];
        int64_t edge;

        if (!bulletin->name || !bulletin->playing)
            continue;
        edge = bulletin_next_edge(bulletin, now_ms);
        if (edge < next)
            next = edge;
    }
    return next;
}

void bulletins_advance(struct bulletins *all, int64_t now_ms)
{
    int64_t edge;

    while (now_ms > all->seen_ms && (edge = bulletins_next_change(all, all->seen_ms)) <= now_ms)
        bulletins_settle(all, edge);
    bulletins_settle(all, now_ms);
}

void bulletins_put(struct bulletins *all, unsigned order, struct bulletin *bulletin)
{
    all->items[order] = *bulletin;
    *bulletin = (struct bulletin){0};
}

void bulletins_remove(struct bulletins *all, unsigned order, int64_t now_ms)
{
    struct bulletin *bulletin = &all->items[order];

    if (bulletin->visible)
        bulletins_show(all, bulletin, (struct board_view){.t = now_ms});
    bulletin_release(bulletin);
}

void bulletins_play(struct bulletins *all, bool playing, int64_t now_ms)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        all->items[i].playing = playing && all->items[i].name;
    bulletins_settle(all, now_ms);
}

void bulletins_switch(struct bulletins *all, bool screen_on, int64_t now_ms)
{
    all->screen_on = screen_on;
    bulletins_settle(all, now_ms);
}

void bulletins_finish(struct bulletins *all, int64_t now_ms)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        if (all->items[i].visible)
            bulletins_show(all, &all->items[i], (struct board_view){.t = now_ms, .open = true});
}

void bulletins_release(struct bulletins *all)
{
    for (size_t i = 0; i < BULLETIN_ORDERS; i++)
        bulletin_release(&all->items[i]);
}
