/* forecast: will it fit? The sending of messages, played ahead on paper.
 * Runs: any (pure, but for the process's time zone); in slices, so that a loop can do it too.
 *
 * The same decisions as on the day, with the same functions: which unit is next (fair.h), which
 * network may carry what (route.h), what the limits let through and when (meter.h), windows. Time
 * goes from event to event; nothing is sent. What chance decides (numbers that fail and call the
 * reserve, air times, modems that are lost) is drawn from a seeded generator, in FORECAST_RUNS
 * runs; p50 and p95 are quantiles over these. The first run takes every chance at its mean, and is
 * the only one when all chances are 0.
 *
 * A big campaign is played in bundles of messages, so that a run has no more than about
 * FORECAST_EVENTS events; the first run goes message by message up to 400,000. All of it takes
 * about half a second for 130,000 messages and 320 SIMs. */
#ifndef LAWCAST_MODEL_FORECAST_H
#define LAWCAST_MODEL_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/campaign.h"
#include "gateway/model/meter.h"
#include "gateway/model/operators.h"
#include "gateway/model/outcome.h"

#define FORECAST_PART_MS 3000 /* of a modem of which nothing is known: 2 to 6 s are usual */
#define FORECAST_RUNS    20
#define FORECAST_EVENTS  50000
#define FORECAST_STEPS   120 /* of the picture */

struct forecast_lane {
    struct meter_limits limits;
    const struct meter *meter; /* what it has sent already; lent until forecast_new is back; NULL:
                                  nothing */
    int64_t group;             /* index into groups; -1: none */
    int64_t network;           /* enum phone_operator; -1: not known, it may carry any */
    int64_t part_ms, gap_ms;
    int64_t free_ms; /* wall time from which on it can take messages; INT64_MAX: it is out */
};

struct forecast_group {
    struct meter_limits limits;
    const struct meter *meter; /* as above */
};

/* What one unit still has to send. */
struct forecast_order {
    const struct window *windows; /* lent as long as the forecast lives */
    size_t n_windows;
    int64_t quota, taken; /* taken: messages that count already (sent, in flight, in doubt): quota -
                             taken are to be sent, of open, topped up from reserve */
    int64_t rate;         /* parts an hour; 0: none */
    bool paused;
    int routing; /* enum routing */
    /* Messages that wait, by network and parts; reserve: behind them. */
    int64_t open[PHONE_OPERATORS][OUTCOME_PARTS_MAX + 1];
    int64_t reserve[PHONE_OPERATORS][OUTCOME_PARTS_MAX + 1];
};

/* Of a million. */
struct forecast_chances {
    int64_t rejected; /* messages that the network refuses: their place is taken from the reserve */
    int64_t undelivered; /* that count as failed afterwards (0 with COUNT_SENT) */
    int64_t deferred;    /* attempts that are repeated later */
    int64_t lanes_lost;  /* lanes that fail for good at some time */
    int64_t report_ms;   /* after which an undelivered one is known */
    int64_t air_spread;  /* standard deviation of a lane's part_ms, of a million of it */
};

struct forecast_setup {
    int64_t now_ms;
    uint64_t seed;
    const struct forecast_lane *lanes; /* all four copied */
    size_t n_lanes;
    const struct forecast_group *groups;
    size_t n_groups;
    const struct forecast_order *orders;
    size_t n_orders;
    struct forecast_chances chances;
};

/* What stands in the way of what doesn't fit. */
enum forecast_bound {
    FORECAST_FITS,
    FORECAST_AIR,    /* modems are busy all the time */
    FORECAST_HOUR,   /* the SIMs' hourly limits */
    FORECAST_DAY,    /* their daily limits */
    FORECAST_ROUTE,  /* no SIM may carry this network's messages */
    FORECAST_RATE,   /* a rate that a person has set */
    FORECAST_PAUSED, /* a pause */
    FORECAST_WINDOW, /* there is no window, or none is left */
    FORECAST_LISTS   /* numbers (reserve included) are fewer than the quota */
};

struct forecast_line {
    int64_t messages, parts; /* to be sent, also in vain, and left: as in the first run */
    int64_t finish_p50_ms, finish_p95_ms; /* wall time of the last message; INT64_MAX: not in time
                                             (some that could be sent are left); 0: there is nothing
                                             to send */
    int64_t short_p50, short_p95;         /* messages that lack to the quota when the last window
                                             closes. Those that no list has a number for are in the
                                             lines of orders and total only */
    int64_t short_parts_p50, short_parts_p95;
    enum forecast_bound
        bound; /* FITS: short_p50 is 0. Of several reasons the one that costs most */
};

/* What would mend a shortfall, each one alone, so that the run in which every chance takes its mean
 * leaves nothing that could be sent (short_p50 is then 0, or next to it). */
struct forecast_cure {
    int64_t network;  /* enum phone_operator that is short; -1: whichever */
    int64_t sims;     /* as the ones of that network are (or the usual one); 0: they don't help */
    int64_t until_ms; /* leave the last window open until then; 0: doesn't help within a day */
    int64_t from_ms;  /* or open the first one at this time; 0: doesn't help */
};

struct forecast_result {
    struct forecast_line total;
    struct forecast_line *orders;                    /* n_orders */
    struct forecast_line (*routes)[PHONE_OPERATORS]; /* of each order */
    struct forecast_line networks[PHONE_OPERATORS];
    /* The picture, first run: parts that are sent by the end of each of n_steps equal steps of
     * sending time (closed hours are left out), and parts that the lanes could have sent. */
    size_t n_steps;
    int64_t step_ends_ms[FORECAST_STEPS];
    int64_t sent[FORECAST_STEPS], possible[FORECAST_STEPS];
    double lane_use; /* of the sending time up to the last message, how much lanes sent; 0..1 */
};

struct forecast; /* opaque */

struct forecast *forecast_new(const struct forecast_setup *setup);
/* Goes on for about so many events; 5,000 take 1 to 3 ms. true: it is done. */
bool forecast_step(struct forecast *forecast, int64_t events);
/* When it is done; lent. */
const struct forecast_result *forecast_result(const struct forecast *forecast);
void forecast_free(struct forecast *forecast); /* NULL is fine */

/* Only for what is short. setup is the one that the forecast was made of, with what it has lent.
 * Plays further days: 0.5 s for a big campaign. Zeros where nothing helps (a pause, short lists).
 * 0; 1: it isn't short. */
int forecast_cure(const struct forecast_setup *setup, const struct forecast_result *result,
                  struct forecast_cure *cure);

/* "the SIMs' hourly limits", in the user's language; for --json: "hour". */
const char *forecast_bound_label(enum forecast_bound bound);
const char *forecast_bound_name(enum forecast_bound bound);

#endif
