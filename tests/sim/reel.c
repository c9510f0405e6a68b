/* reel: what a board has stored, and when each item is on its screen. See reel.h.
 * Runs: any. */
#include "tests/sim/reel.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum { REEL_DAY_S = 86400 };

struct reel_entry {
    struct reel_item item; /* name, text and data are its own */
    bool own, faked;
    bool visible; /* as it was told */
    bool wanted;  /* visible, as it is about to be told */
};

struct reel {
    struct board_screen screen;
    struct reel_entry **entries; /* in the order of their first putting */
    size_t n;
    int64_t skew_ms;
    int64_t seen_ms, next_ms; /* from seen_ms on nothing changes by itself before next_ms */
    bool off;
    bool tricks[TRICKS];
};

/* ---- windows, in the device's time ---- */

/* Midnight at the beginning of the local day that holds the instant, days later. */
static int64_t reel_midnight(int64_t at_ms, int days)
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;

    LOG_ASSERT(localtime_r(&seconds, &tm));
    tm.tm_mday += days;
    tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

/* The instant of second_of_day on that day; not midnight plus so much, because days of 23 and of 25
 * hours exist. */
static int64_t reel_instant(int64_t midnight_ms, int second_of_day)
{
    time_t seconds = (time_t)(midnight_ms / 1000);
    struct tm tm;

    LOG_ASSERT(localtime_r(&seconds, &tm));
    tm.tm_sec += second_of_day;
    tm.tm_isdst = -1;
    return (int64_t)mktime(&tm) * 1000;
}

static bool reel_on_weekday(const struct reel_window *window, int64_t midnight_ms)
{
    time_t seconds = (time_t)(midnight_ms / 1000);
    struct tm tm;

    if (!window->weekdays)
        return true;
    LOG_ASSERT(localtime_r(&seconds, &tm));
    return window->weekdays >> ((tm.tm_wday + 6) % 7) & 1; /* tm_wday 0 is Sunday */
}

static bool reel_is_daily(const struct reel_window *window)
{
    return window->day_from_s || window->day_to_s || window->weekdays;
}

static int reel_day_end(const struct reel_window *window)
{
    return window->day_from_s || window->day_to_s ? window->day_to_s : REEL_DAY_S;
}

static bool reel_in_window(const struct reel_window *window, int64_t at_ms)
{
    int64_t midnight;

    if ((window->from_ms && at_ms < window->from_ms) ||
        (window->until_ms && at_ms >= window->until_ms))
        return false;
    if (!reel_is_daily(window))
        return true;
    midnight = reel_midnight(at_ms, 0);
    return reel_on_weekday(window, midnight) &&
           at_ms >= reel_instant(midnight, window->day_from_s) &&
           at_ms < reel_instant(midnight, reel_day_end(window));
}

/* The first beginning or end of a day's span after at_ms. */
static int64_t reel_daily_edge(const struct reel_window *window, int64_t at_ms)
{
    for (int day = 0; day <= 7; day++) {
        int64_t midnight = reel_midnight(at_ms, day);
        int64_t from, to;

        if (!reel_on_weekday(window, midnight))
            continue;
        from = reel_instant(midnight, window->day_from_s);
        to = reel_instant(midnight, reel_day_end(window));
        if (from > at_ms)
            return from;
        if (to > at_ms)
            return to;
    }
    return INT64_MAX;
}

/* The first instant after at_ms at which reel_in_window may change; INT64_MAX: none. */
static int64_t reel_edge(const struct reel_window *window, int64_t at_ms)
{
    int64_t edge;

    if (window->from_ms && at_ms < window->from_ms)
        return window->from_ms;
    if (window->until_ms && at_ms >= window->until_ms)
        return INT64_MAX;
    edge = reel_is_daily(window) ? reel_daily_edge(window, at_ms) : INT64_MAX;
    return window->until_ms && window->until_ms < edge ? window->until_ms : edge;
}

/* ---- what is on the screen ---- */

static bool reel_is_dark(const struct reel *reel)
{
    return reel->off || reel->tricks[TRICK_SLEEP];
}

static void reel_tell(const struct reel *reel, struct reel_entry *entry, struct board_view view)
{
    entry->visible = view.shown;
    view.name = entry->item.name;
    view.text = entry->item.text;
    reel->screen.view(reel->screen.ctx, &view);
}

/* Of what isn't the owner's: may it be seen, but for its priority? */
static bool reel_may_show(const struct reel *reel, const struct reel_entry *entry, int64_t at_ms)
{
    return !entry->own && !entry->faked && !reel_is_dark(reel) &&
           reel_in_window(&entry->item.window, at_ms + reel->skew_ms);
}

static void reel_judge(struct reel *reel, int64_t at_ms)
{
    int64_t greatest = INT64_MIN;

    for (size_t i = 0; i < reel->n; i++) {
        struct reel_entry *entry = reel->entries[i];

        entry->wanted = reel_may_show(reel, entry, at_ms);
        if (entry->wanted && entry->item.priority > greatest)
            greatest = entry->item.priority;
    }
    for (size_t i = 0; i < reel->n; i++)
        reel->entries[i]->wanted &= reel->entries[i]->item.priority == greatest;
}

static int64_t reel_find_change(const struct reel *reel, int64_t at_ms)
{
    int64_t next = INT64_MAX;

    for (size_t i = 0; i < reel->n && !reel_is_dark(reel); i++) {
        const struct reel_entry *entry = reel->entries[i];
        int64_t edge;

        if (entry->own || entry->faked)
            continue;
        edge = reel_edge(&entry->item.window, at_ms + reel->skew_ms);
        if (edge != INT64_MAX && edge - reel->skew_ms < next)
            next = edge - reel->skew_ms;
    }
    return next;
}

/* Brings what is told into line with what is so at the instant. What goes is told first: one item
 * takes another's place at the same instant. */
static void reel_settle(struct reel *reel, int64_t at_ms)
{
    reel_judge(reel, at_ms);
    for (size_t i = 0; i < reel->n; i++)
        if (reel->entries[i]->visible && !reel->entries[i]->wanted)
            reel_tell(reel, reel->entries[i], (struct board_view){.t = at_ms});
    for (size_t i = 0; i < reel->n; i++)
        if (!reel->entries[i]->visible && reel->entries[i]->wanted)
            reel_tell(reel, reel->entries[i], (struct board_view){.t = at_ms, .shown = true});
    reel->seen_ms = at_ms;
    reel->next_ms = reel_find_change(reel, at_ms);
}

void reel_advance(struct reel *reel, int64_t now_ms)
{
    while (now_ms >= reel->next_ms)
        reel_settle(reel, reel->next_ms);
    if (now_ms < reel->seen_ms)
        reel_settle(reel, now_ms);
}

int64_t reel_next_change(const struct reel *reel, int64_t now_ms)
{
    if (now_ms >= reel->seen_ms && now_ms < reel->next_ms)
        return reel->next_ms;
    return reel_find_change(reel, now_ms);
}

/* ---- items ---- */

struct reel *reel_new(const struct board_screen *screen)
{
    struct reel *reel = mem_new(struct reel);

    reel->screen = *screen;
    reel->next_ms = INT64_MAX;
    return reel;
}

static struct jv *reel_copy(const struct jv *data)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *copy;

    if (!data)
        return NULL;
    jv_write(data, false, &text);
    copy = jv_parse(buffer_text(&text), text.length, NULL);
    LOG_ASSERT(copy);
    return copy;
}

static struct reel_entry *reel_entry_new(const struct reel_item *item)
{
    struct reel_entry *entry = mem_new(struct reel_entry);

    entry->item = *item;
    entry->item.name = mem_dup(item->name);
    entry->item.text = mem_dup(item->text);
    entry->item.data = reel_copy(item->data);
    return entry;
}

static void reel_entry_free(struct reel_entry *entry)
{
    free((char *)(uintptr_t)entry->item.name);
    free((char *)(uintptr_t)entry->item.text);
    jv_free((struct jv *)(uintptr_t)entry->item.data);
    free(entry);
}

void reel_free(struct reel *reel)
{
    if (!reel)
        return;
    for (size_t i = 0; i < reel->n; i++)
        reel_entry_free(reel->entries[i]);
    free(reel->entries);
    free(reel);
}

/* Index of the name, or n. */
static size_t reel_index(const struct reel *reel, const char *name)
{
    size_t i = 0;

    while (i < reel->n && strcmp(reel->entries[i]->item.name, name) != 0)
        i++;
    return i;
}

/* The same text again is no event as long as it stays visible; another text is: the old one goes.
 */
static void reel_replace(struct reel *reel, size_t i, struct reel_entry *entry, int64_t now_ms)
{
    struct reel_entry *old = reel->entries[i];

    if (old->visible && strcmp(old->item.text, entry->item.text) == 0)
        entry->visible = true;
    else if (old->visible)
        reel_tell(reel, old, (struct board_view){.t = now_ms});
    reel_entry_free(old);
    reel->entries[i] = entry;
}

static void reel_store(struct reel *reel, struct reel_entry *entry, int64_t now_ms)
{
    size_t i = reel_index(reel, entry->item.name);

    reel_advance(reel, now_ms);
    if (i < reel->n) {
        reel_replace(reel, i, entry, now_ms);
    } else {
        reel->entries = mem_grow(reel->entries, reel->n + 1, sizeof *reel->entries);
        reel->entries[reel->n++] = entry;
    }
    reel_settle(reel, now_ms);
}

void reel_put(struct reel *reel, const struct reel_item *item, int64_t now_ms)
{
    struct reel_entry *entry;

    if (reel->tricks[TRICK_LIE])
        return;
    entry = reel_entry_new(item);
    entry->faked = reel->tricks[TRICK_PRETEND];
    reel_store(reel, entry, now_ms);
}

void reel_own(struct reel *reel, const char *name, const char *text, int64_t now_ms)
{
    struct reel_entry *entry = reel_entry_new(&(struct reel_item){.name = name, .text = text});

    entry->own = true;
    reel_store(reel, entry, now_ms);
}

static void reel_drop(struct reel *reel, size_t i)
{
    reel_entry_free(reel->entries[i]);
    reel->n--;
    memmove(reel->entries + i, reel->entries + i + 1, (reel->n - i) * sizeof *reel->entries);
}

bool reel_remove(struct reel *reel, const char *name, int64_t now_ms)
{
    size_t i;

    reel_advance(reel, now_ms);
    i = reel_index(reel, name);
    if (i == reel->n)
        return false;
    if (reel->entries[i]->visible)
        reel_tell(reel, reel->entries[i], (struct board_view){.t = now_ms});
    reel_drop(reel, i);
    reel_settle(reel, now_ms);
    return true;
}

const struct reel_item *reel_at(const struct reel *reel, size_t i)
{
    return i < reel->n ? &reel->entries[i]->item : NULL;
}

const struct reel_item *reel_find(const struct reel *reel, const char *name)
{
    return reel_at(reel, reel_index(reel, name));
}

bool reel_is_own(const struct reel *reel, const char *name)
{
    size_t i = reel_index(reel, name);

    return i < reel->n && reel->entries[i]->own;
}

/* The owner's are of priority 0 and hide nothing. */
static bool reel_entry_shows(const struct reel *reel, const struct reel_entry *entry)
{
    if (!entry->own)
        return entry->visible;
    for (size_t i = 0; i < reel->n; i++)
        if (reel->entries[i]->visible && reel->entries[i]->item.priority > 0)
            return false;
    return !reel_is_dark(reel);
}

bool reel_is_visible(const struct reel *reel, const char *name)
{
    size_t i = reel_index(reel, name);

    return i < reel->n && reel_entry_shows(reel, reel->entries[i]);
}

const char *reel_playing(const struct reel *reel)
{
    for (size_t i = 0; i < reel->n; i++)
        if (reel->entries[i]->visible)
            return reel->entries[i]->item.name;
    for (size_t i = 0; i < reel->n; i++)
        if (reel_entry_shows(reel, reel->entries[i]))
            return reel->entries[i]->item.name;
    return "";
}

void reel_list(const struct reel *reel, struct jv *names)
{
    for (size_t i = 0; i < reel->n; i++)
        jv_push(names, jv_string(reel->entries[i]->item.name));
}

/* ---- the device ---- */

void reel_power(struct reel *reel, bool on, int64_t now_ms)
{
    reel_advance(reel, now_ms);
    reel->off = !on;
    reel_settle(reel, now_ms);
    for (size_t i = reel->n; !on && i > 0; i--)
        if (reel->entries[i - 1]->item.volatile_)
            reel_drop(reel, i - 1);
}

void reel_trick(struct reel *reel, enum board_trick trick, bool on, int64_t now_ms)
{
    reel_advance(reel, now_ms);
    reel->tricks[trick] = on;
    reel_settle(reel, now_ms);
}

bool reel_is_asleep(const struct reel *reel)
{
    return reel->tricks[TRICK_SLEEP];
}

void reel_skew(struct reel *reel, int64_t skew_ms, int64_t now_ms)
{
    reel_advance(reel, now_ms);
    reel->skew_ms = skew_ms;
    reel_settle(reel, now_ms);
}

int64_t reel_clock(const struct reel *reel, int64_t now_ms)
{
    return now_ms + reel->skew_ms;
}

void reel_finish(struct reel *reel, int64_t now_ms)
{
    reel_advance(reel, now_ms);
    for (size_t i = 0; i < reel->n; i++)
        if (reel->entries[i]->visible)
            reel_tell(reel, reel->entries[i], (struct board_view){.t = now_ms, .open = true});
}
