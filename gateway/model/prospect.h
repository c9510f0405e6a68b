/* prospect: what is to be expected of the campaigns in hand: the last forecast of a running
 * gateway. Runs: any (plain data). Made by dispatch/outlook.h. */
#ifndef LAWCAST_MODEL_PROSPECT_H
#define LAWCAST_MODEL_PROSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/forecast.h"

#define PROSPECT_RATE_NONE (-1)

/* Of messages that lack to the quota when the last window closes. */
struct prospect_line {
    int64_t finish_p50_ms, finish_p95_ms; /* as in struct forecast_line */
    int64_t missing;                      /* messages, p50 */
    enum forecast_bound bound;            /* what costs most of them; FITS: none is missing */
};

struct prospect_unit {
    char campaign[65], unit[33];
    bool paused; /* by a person, it or its campaign */
    bool known;  /* false: its queues were not read yet, or what was left of it was given up */
    struct prospect_line line;
};

struct prospect {
    int64_t at_ms; /* wall time of what was looked at; 0: nothing is known yet */
    struct prospect_line total;
    struct prospect_unit *units; /* who owns the prospect owns them */
    size_t n_units;
    int64_t
        per_min; /* messages that were settled a minute, lately; PROSPECT_RATE_NONE: not known */
    /* What is slowest: a network, and the bank that has most modems down on it. */
    int64_t network;             /* enum phone_operator; -1: nothing is to be sent */
    char bank[65];               /* "": none is down */
    size_t bank_down, bank_size; /* modems */
};

#endif
