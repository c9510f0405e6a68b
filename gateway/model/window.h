/* window: when sending is allowed.
 * Runs: any (pure, but for the process's time zone).
 *
 * Windows are half-open [from_ms, to_ms), wall time, sorted and disjoint (window_sort checks). */
#ifndef LAWCAST_MODEL_WINDOW_H
#define LAWCAST_MODEL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
    int64_t from_ms, to_ms;
};

/* "2026-10-31 08:30" or "2026-10-31 08:30:15" in the process's time zone. 0, or 1: not such a time
 * (31 February, an hour that daylight saving skips, trailing text). */
int window_parse_time(const char *text, int64_t *wall_ms);
/* Sorts. 0, or 1 when two overlap or one is empty; *at is then its index after sorting. */
int window_sort(struct window *windows, size_t n, size_t *at);
/* The window that holds the instant, or NULL. */
const struct window *window_at(const struct window *windows, size_t n, int64_t wall_ms);
/* The first window that begins after the instant, or NULL. */
const struct window *window_after(const struct window *windows, size_t n, int64_t wall_ms);

#endif
