/* draw: small campaigns that are drawn by chance: 1 to 4 units, 1 to 12 modems in up to three
 * banks, limits, 0.5 to 4 s a part, reserve lists, faults, one or two windows. Some are too big for
 * them. Runs: any (for benches). */
#ifndef LAWCAST_TESTS_BENCH_DRAW_H
#define LAWCAST_TESTS_BENCH_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/model/forecast.h"
#include "tests/support/stage.h"

#define DRAW_UNITS 4
#define DRAW_BANKS 3

struct draw_bank {
    int modems, network; /* enum phone_operator */
    int64_t air_ms, gap_ms, per_hour, per_day;
};

struct draw_unit {
    int64_t open[PHONE_OPERATORS], reserve[PHONE_OPERATORS]; /* numbers */
    int parts;
};

struct draw {
    uint64_t seed;
    struct draw_bank banks[DRAW_BANKS];
    int n_banks;
    struct draw_unit units[DRAW_UNITS];
    int n_units;
    struct window windows[2];
    int n_windows;
    int routing;                     /* enum routing */
    int undelivered, rejected, busy; /* of 1000 */
};

void draw_make(struct draw *draw, uint64_t seed);
bool draw_has_faults(const struct draw *draw);
int64_t draw_planned(const struct draw *draw); /* messages */
/* Sending time up to an instant. */
int64_t draw_gone(const struct draw *draw, int64_t wall_ms);
/* lawcast.cfg, campaign.cfg, operators.csv and the lists. */
void draw_write(const struct draw *draw, const struct stage *stage);
/* The same as figures. */
void draw_setup(const struct draw *draw, struct forecast_setup *setup);
void draw_setup_free(struct forecast_setup *setup);

#endif
