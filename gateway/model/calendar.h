/* calendar: windows from phases, quiet times and holidays.
 * Runs: any (pure, but for the process's time zone).
 *
 * Times of the day are the wall's, day by day: what daylight saving skips is skipped, what it
 * repeats is in twice. Lists grow to CALENDAR_MOST windows and a few; full then says that the rest
 * is missing. */
#ifndef LAWCAST_MODEL_CALENDAR_H
#define LAWCAST_MODEL_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/quiet.h"
#include "gateway/model/window.h"

#define CALENDAR_MOST 2000

/* Zeroed: empty. */
struct calendar {
    struct window *items; /* owned */
    size_t n, room;
    bool full;
};

void calendar_free(struct calendar *calendar);

/* "2026-10-31" as days since 1970-01-01. 0, or 1: not such a date. */
int calendar_parse_date(const char *text, int64_t *day);
/* The local date of an instant, same. */
int64_t calendar_day(int64_t wall_ms);

/* At the end; one that is empty isn't added. */
void calendar_add(struct calendar *calendar, int64_t from_ms, int64_t to_ms);
/* Whole local days, both inclusive. */
void calendar_add_days(struct calendar *calendar, int64_t from_day, int64_t to_day);
/* The times of the day that daily names, on every day from from_day to to_day; what goes past
 * midnight begins on one of them. In order of days, then of daily; not sorted, not merged. */
void calendar_add_phase(struct calendar *calendar, int64_t from_day, int64_t to_day,
                        const struct quiet *daily);
/* Sorts, and joins what overlaps or touches. */
void calendar_merge(struct calendar *calendar);
/* Takes sorted, disjoint windows off a sorted, disjoint calendar. */
void calendar_less(struct calendar *calendar, const struct window *windows, size_t n);
void calendar_less_quiet(struct calendar *calendar, const struct quiet *quiet);
/* The last window goes on until then, less quiet times and holidays; nothing happens when it ends
 * later, or when there is none. Sorted, disjoint. */
void calendar_extend(struct calendar *calendar, int64_t until_ms, const struct quiet *quiet,
                     const struct window *holidays, size_t n_holidays);

/* How long they are open, all together. */
int64_t calendar_open_ms(const struct window *windows, size_t n);

#endif
