/* meter: how many parts one SIM, or a group of SIMs, has sent, and how many more it may. See
 * meter.h.
 * Runs: any (pure, but for the process's time zone).
 *
 * The slots stand in their order with running sums, so that "how much since" is a binary search.
 * Sums reach to the newest slot, also when it lies in the future: whatever the clock does, a claim
 * in slot s has seen every slot from s - METER_SLOTS + 1 on, and that is why no hour, on the clock
 * that stamped it, holds more than the limit.
 *
 * The pace is one instant: due_us, from when on the next message may be claimed. A message moves
 * it on by what its parts cost; it falls back behind the present by METER_KEEP_MS at most, and not
 * at all after an hour of silence, or every window would open with a burst. */
#include "gateway/model/meter.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"

#define METER_HOUR_MS  ((int64_t)METER_SLOTS * METER_SLOT_MS)
#define METER_DAY_MOST (26 * 3600 * INT64_C(1000) / METER_SLOT_MS) /* slots; no day is longer */

#define METER_PRICED_MAX 10000 /* parts in one go */
#define METER_FAR_MS     (366 * 24 * 3600 * INT64_C(1000))

struct meter_entry {
    int32_t slot; /* until the year 4011 */
    int32_t upto; /* parts of all slots that are kept, up to this one */
};

struct meter_span {
    int64_t from, to; /* slots, half-open */
};

struct meter {
    struct meter_limits limits;
    struct meter_entry *entries; /* by slot, no slot twice */
    size_t n, room;
    struct meter_span day;
    bool paced; /* due_us is known; else it is worked out from the slots */
    int64_t due_us;
    int64_t cost_us;    /* of one part when it was last asked; 0: no pace */
    int64_t last_parts; /* of the last message */
};

struct meter *meter_new(const struct meter_limits *limits)
{
    struct meter *meter = mem_new(struct meter);

    LOG_ASSERT(limits->per_hour >= 0 && limits->per_day >= 0);
    meter->limits = *limits;
    return meter;
}

void meter_free(struct meter *meter)
{
    if (!meter)
        return;
    free(meter->entries);
    free(meter);
}

struct meter *meter_copy(const struct meter *meter)
{
    struct meter *copy = mem_new(struct meter);

    *copy = *meter;
    copy->entries = NULL;
    if (meter->room) {
        copy->entries = mem_array(meter->room, struct meter_entry);
        memcpy(copy->entries, meter->entries, meter->n * sizeof *copy->entries);
    }
    return copy;
}

const struct meter_limits *meter_limits(const struct meter *meter)
{
    return &meter->limits;
}

void meter_limit(struct meter *meter, const struct meter_limits *limits)
{
    LOG_ASSERT(limits->per_hour >= 0 && limits->per_day >= 0);
    meter->limits = *limits;
}

int64_t meter_slot(int64_t wall_ms)
{
    int64_t slot = wall_ms / METER_SLOT_MS;

    return wall_ms % METER_SLOT_MS < 0 ? slot - 1 : slot;
}

/* The first entry of that slot or a later one, or n. */
static size_t meter_find(const struct meter *meter, int64_t slot)
{
    size_t low = 0, high = meter->n;

    /* Claims come in the newest slot. */
    if (high > 0 && meter->entries[high - 1].slot < slot)
        return high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (meter->entries[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Parts of all entries before entry i. */
static int64_t meter_before(const struct meter *meter, size_t i)
{
    return i > 0 ? meter->entries[i - 1].upto : 0;
}

static int64_t meter_since(const struct meter *meter, int64_t slot)
{
    return meter_before(meter, meter->n) - meter_before(meter, meter_find(meter, slot));
}

static int64_t meter_parts_of(const struct meter *meter, size_t i)
{
    return meter->entries[i].upto - meter_before(meter, i);
}

/* Makes room for one more entry. What no hour and no day can hold any more, seen from slot, goes;
 * only when there is no room, and with a day to spare, so that a clock that is wrong for a while
 * loses nothing. */
static void meter_make_room(struct meter *meter, int64_t slot)
{
    size_t old = meter_find(meter, slot - 2 * METER_LOAD_MS / METER_SLOT_MS);
    int32_t dropped = (int32_t)meter_before(meter, old);

    if (meter->n < meter->room)
        return;
    for (size_t i = old; i < meter->n; i++)
        meter->entries[i - old] =
            (struct meter_entry){meter->entries[i].slot, meter->entries[i].upto - dropped};
    meter->n -= old;
    if (meter->n < meter->room / 2)
        return;
    meter->room = meter->room ? meter->room * 2 : 16;
    meter->entries = mem_grow(meter->entries, meter->room, sizeof *meter->entries);
}

static void meter_count(struct meter *meter, int64_t slot, int64_t parts)
{
    size_t at = meter_find(meter, slot);

    LOG_ASSERT(slot >= 0 && slot <= INT32_MAX);
    LOG_ASSERT(parts >= 0 && parts <= INT32_MAX - meter_before(meter, meter->n));
    if (at == meter->n || meter->entries[at].slot != slot) {
        meter_make_room(meter, slot);
        at = meter_find(meter, slot);
        for (size_t i = meter->n; i > at; i--)
            meter->entries[i] = meter->entries[i - 1];
        meter->n++;
        meter->entries[at] = (struct meter_entry){(int32_t)slot, (int32_t)meter_before(meter, at)};
    }
    for (size_t i = at; i < meter->n; i++)
        meter->entries[i].upto += (int32_t)parts;
}

static int meter_compare(const void *a, const void *b)
{
    const struct meter_use *x = a, *y = b;

    return (x->slot > y->slot) - (x->slot < y->slot);
}

void meter_load(struct meter *meter, const struct meter_use *uses, size_t n)
{
    struct meter_use *sorted = mem_array(n ? n : 1, struct meter_use);

    for (size_t i = 0; i < n; i++)
        sorted[i] = uses[i];
    qsort(sorted, n, sizeof *sorted, meter_compare);
    for (size_t i = 0; i < n; i++)
        meter_count(meter, sorted[i].slot, sorted[i].parts);
    free(sorted);
    meter->paced = false;
}

/* How far a message of so many parts moves the pace; bounded, so that nothing overflows. */
static int64_t meter_price(const struct meter *meter, int64_t parts)
{
    return (parts < METER_PRICED_MAX ? parts : METER_PRICED_MAX) * meter->cost_us;
}

void meter_add(struct meter *meter, int64_t slot, int64_t parts)
{
    meter_count(meter, slot, parts);
    meter->last_parts = parts;
    meter->due_us += meter_price(meter, parts);
}

void meter_take_back(struct meter *meter, int64_t slot, int64_t parts)
{
    size_t at = meter_find(meter, slot);

    LOG_ASSERT(parts >= 0);
    if (at == meter->n || meter->entries[at].slot != slot)
        return; /* so old that it doesn't count any more */
    LOG_ASSERT(meter_parts_of(meter, at) >= parts);
    for (size_t i = at; i < meter->n; i++)
        meter->entries[i].upto -= (int32_t)parts;
    meter->due_us -= meter_price(meter, parts);
}

/* The local date of an instant as a number that grows with it. */
static int64_t meter_date(int64_t slot)
{
    time_t when = (time_t)(slot * (METER_SLOT_MS / 1000));
    struct tm local;

    if (!localtime_r(&when, &local))
        log_panic("no calendar has slot %lld", (long long)slot);
    return (int64_t)local.tm_year * 400 + local.tm_yday;
}

/* The first slot from low on, below high, whose date is date or later; high: none. Asking for the
 * date finds midnight also where daylight saving skips it. */
static int64_t meter_date_begin(int64_t low, int64_t high, int64_t date)
{
    while (low < high) {
        int64_t middle = low + (high - low) / 2;

        if (meter_date(middle) < date)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The same, from where it is on most days. */
static int64_t meter_date_edge(int64_t guess, int64_t low, int64_t high, int64_t date)
{
    if (guess > low && guess <= high && meter_date(guess) >= date && meter_date(guess - 1) < date)
        return guess;
    return meter_date_begin(low, high, date);
}

static struct meter_span meter_day_of(const struct meter *meter, int64_t slot)
{
    const int64_t usual = 24 * 3600 * INT64_C(1000) / METER_SLOT_MS;
    struct meter_span day = meter->day;
    int64_t date, guess;

    if (slot >= day.from && slot < day.to)
        return day;
    date = meter_date(slot);
    guess = day.to + (slot - day.to) / usual * usual;
    day.from = meter_date_edge(guess, slot - METER_DAY_MOST, slot, date);
    day.to = meter_date_edge(day.from + usual, slot, slot + METER_DAY_MOST, date + 1);
    return day;
}

int64_t meter_hour_parts(const struct meter *meter, int64_t now_ms)
{
    return meter_since(meter, meter_slot(now_ms) - METER_SLOTS + 1);
}

int64_t meter_day_parts(const struct meter *meter, int64_t now_ms)
{
    return meter_since(meter, meter_day_of(meter, meter_slot(now_ms)).from);
}

static int64_t meter_divide_up(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* What one part costs: the time in which the limits earn it; 0: nothing. */
static int64_t meter_cost(const struct meter *meter, int64_t day_left, int64_t open_ms)
{
    int64_t hour = 0, day = 0;

    if (meter->limits.per_hour > 0)
        hour = meter_divide_up(METER_HOUR_MS * 1000, meter->limits.per_hour);
    if (meter->limits.per_day > 0 && open_ms > 0 && day_left > 0)
        day = (open_ms < METER_LOAD_MS ? open_ms : METER_LOAD_MS) * 1000 / day_left;
    return hour > day ? hour : day;
}

/* What the pace would be if it had been kept since the oldest slot of the hour. */
static void meter_pace_replay(struct meter *meter, int64_t slot)
{
    size_t first = meter_find(meter, slot - METER_SLOTS + 1);

    meter->paced = true;
    meter->due_us = INT64_MIN;
    meter->last_parts = 0;
    for (size_t i = first; i < meter->n; i++) {
        int64_t parts = meter_parts_of(meter, i);
        int64_t at_us = (int64_t)meter->entries[i].slot * METER_SLOT_MS * 1000;
        int64_t floor_us = i == first ? at_us : at_us - METER_KEEP_MS * 1000;

        if (meter->due_us < floor_us)
            meter->due_us = floor_us;
        meter->due_us += meter_price(meter, parts);
        meter->last_parts = parts;
    }
    /* The slot holds all of its messages; the clock may have been set back behind them. */
    if (meter->cost_us > 0 && meter->last_parts > OUTCOME_PARTS_MAX) {
        int64_t slot_parts = METER_SLOT_MS * INT64_C(1000) / meter->cost_us;

        if (meter->last_parts > slot_parts)
            meter->last_parts = slot_parts > OUTCOME_PARTS_MAX ? slot_parts : OUTCOME_PARTS_MAX;
    }
}

/* Brings due_us to the present. It lies in the future by one message at most, unless the clock was
 * set back or the limits' price has fallen: then that much is enough, too. */
static void meter_pace(struct meter *meter, int64_t now_ms, int64_t hour_parts)
{
    int64_t now_us = now_ms * 1000;
    int64_t least = hour_parts > 0 ? now_us - METER_KEEP_MS * 1000 : now_us;
    int64_t most;

    if (!meter->paced)
        meter_pace_replay(meter, meter_slot(now_ms));
    most = now_us + meter_price(meter, meter->last_parts);
    if (meter->due_us > most)
        meter->due_us = most;
    if (meter->due_us < least)
        meter->due_us = least;
}

/* When the slots have left the hour that stand in the way of so many parts. */
static int64_t meter_hour_again(const struct meter *meter, int64_t parts)
{
    int64_t leave = meter_before(meter, meter->n) + parts - meter->limits.per_hour;
    size_t low = 0, high = meter->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (meter->entries[middle].upto < leave)
            low = middle + 1;
        else
            high = middle;
    }
    LOG_ASSERT(low < meter->n);
    return ((int64_t)meter->entries[low].slot + METER_SLOTS) * METER_SLOT_MS;
}

static bool meter_is_never(const struct meter_limits *limits, int64_t parts)
{
    return (limits->per_hour > 0 && parts > limits->per_hour) ||
           (limits->per_day > 0 && parts > limits->per_day);
}

enum meter_bound meter_ask(struct meter *meter, int64_t now_ms, int64_t open_ms, int64_t parts,
                           int64_t *again_ms)
{
    const struct meter_limits *limits = &meter->limits;
    int64_t hour, day = 0;

    LOG_ASSERT(parts > 0);
    *again_ms = now_ms;
    if (limits->per_hour == 0 && limits->per_day == 0)
        return METER_FREE;
    *again_ms = INT64_MAX;
    if (meter_is_never(limits, parts))
        return METER_NEVER;
    hour = meter_hour_parts(meter, now_ms);
    if (limits->per_day > 0) {
        meter->day = meter_day_of(meter, meter_slot(now_ms));
        day = meter_since(meter, meter->day.from);
        *again_ms = meter->day.to * METER_SLOT_MS;
        if (day + parts > limits->per_day)
            return METER_DAY;
    }
    /* Before the hour is looked at: a meter that waits for its hour goes on earning. */
    meter->cost_us = meter_cost(meter, limits->per_day - day, open_ms);
    meter_pace(meter, now_ms, hour);
    if (limits->per_hour > 0 && hour + parts > limits->per_hour) {
        *again_ms = meter_hour_again(meter, parts);
        return METER_HOUR;
    }
    *again_ms = now_ms;
    if (meter->cost_us == 0 || meter->due_us <= now_ms * 1000)
        return METER_FREE;
    *again_ms = meter_divide_up(meter->due_us, 1000);
    return METER_PACE;
}

static int64_t meter_hour_capacity(const struct meter *meter, int64_t now_ms, int64_t open_ms)
{
    int64_t limit = meter->limits.per_hour;
    int64_t hours = open_ms / METER_HOUR_MS, rest = open_ms % METER_HOUR_MS;
    int64_t held = meter_since(meter, meter_slot(now_ms + rest) - METER_SLOTS + 1);
    int64_t hard = hours * limit + (held < limit ? limit - held : 0);
    /* What is earned from now on, with what may have been kept. */
    int64_t earned = (open_ms + METER_KEEP_MS) * limit / METER_HOUR_MS + 1;

    return hard < earned ? hard : earned;
}

static int64_t meter_day_capacity(const struct meter *meter, int64_t now_ms, int64_t open_ms)
{
    int64_t limit = meter->limits.per_day, end = meter_slot(now_ms + open_ms);
    struct meter_span day = meter_day_of(meter, meter_slot(now_ms));
    int64_t used = meter_since(meter, day.from);
    int64_t later = end < day.to ? 0 : 1 + (end - day.to) * METER_SLOT_MS / (24 * 3600 * 1000);

    return later * limit + (used < limit ? limit - used : 0);
}

int64_t meter_capacity(const struct meter *meter, int64_t now_ms, int64_t open_ms)
{
    int64_t hour = INT64_MAX, day = INT64_MAX;

    if (open_ms < 0)
        open_ms = 0;
    if (open_ms > METER_FAR_MS)
        open_ms = METER_FAR_MS;
    if (meter->limits.per_hour > 0)
        hour = meter_hour_capacity(meter, now_ms, open_ms);
    if (meter->limits.per_day > 0)
        day = meter_day_capacity(meter, now_ms, open_ms);
    return hour < day ? hour : day;
}
