/* hours: for how long sending is still allowed.
 * Runs: any (pure, but for the process's time zone).
 *
 * The windows of all campaigns in hand, merged: where two overlap, an hour counts once. */
#ifndef LAWCAST_DISPATCH_HOURS_H
#define LAWCAST_DISPATCH_HOURS_H

#include "gateway/model/window.h"

struct hours {
    struct window *windows; /* sorted, disjoint */
    size_t n;
};

/* Adds the windows of one campaign; a zeroed struct hours is empty. */
void hours_add(struct hours *hours, const struct window *windows, size_t n);
void hours_clear(struct hours *hours);
/* The time inside windows from now on, and before until_ms. */
int64_t hours_left_ms(const struct hours *hours, int64_t now_ms, int64_t until_ms);
/* The next instant after now at which the local clock shows that full hour (0..23). */
int64_t hours_next(int64_t now_ms, int hour);

#endif
