/* forecast_inside: what the files of forecast share; nobody else includes it.
 * Runs: any (pure, but for the process's time zone).
 *
 *   forecast.c         the runs, one after the other, in slices
 *   forecast_plan.c    what all runs start from
 *   forecast_hours.c   sending time: the windows of all orders together
 *   forecast_run.c     one run: from event to event
 *   forecast_choice.c  which message a free lane takes, and what that comes to
 *   forecast_queue.c   what is open, and the reserve
 *   forecast_result.c  quantiles and reasons
 *   forecast_cure.c    what would mend it
 *   forecast_label.c   words */
#ifndef LAWCAST_MODEL_FORECAST_INSIDE_H
#define LAWCAST_MODEL_FORECAST_INSIDE_H

#include "gateway/model/fair.h"
#include "gateway/model/forecast.h"
#include "gateway/model/route.h"

#define FORECAST_DAY_MS      (24 * 3600 * INT64_C(1000))
#define FORECAST_ROOM        512 /* of the reserve are drawn at once, as dispatch does */
#define FORECAST_ANY         (OUTCOME_PARTS_MAX + 1) /* fewer parts than these: any message */
#define FORECAST_MILLION     1000000
#define FORECAST_EXACT       400000 /* messages that the first run plays one by one */
#define FORECAST_RUN_COST    500    /* events: what beginning a run is worth */
#define FORECAST_LANES_EVENT 8      /* lanes whose capacity is as dear as an event */
/* Of a lane after a try that is to be repeated: as a modem rests when the network is busy. */
#define FORECAST_REST_MS 1000

/* A stretch of sending time inside one local day. */
struct forecast_span {
    int64_t from_ms, to_ms;
    int64_t before_ms;  /* sending time before it */
    int64_t day_end_ms; /* sending time up to the end of its day */
};

struct forecast_hours {
    struct window *windows; /* of all orders, from now on, merged */
    size_t n_windows;
    struct forecast_span *spans; /* the same, cut at midnight */
    size_t n;
    int64_t total_ms;
};

/* Of the orders that aren't paused. */
void forecast_hours_init(struct forecast_hours *hours, const struct forecast_order *orders,
                         size_t n, int64_t now_ms);
void forecast_hours_fini(struct forecast_hours *hours);
/* Sending time up to an instant, and the other way round. */
int64_t forecast_hours_gone(const struct forecast_hours *hours, int64_t wall_ms);
int64_t forecast_hours_wall(const struct forecast_hours *hours, int64_t gone_ms);
/* Sending time that is left on that day. */
int64_t forecast_hours_today(const struct forecast_hours *hours, int64_t wall_ms);

/* What all runs start from. */
struct forecast_plan {
    int64_t now_ms, end_ms; /* end: of the last window */
    uint64_t seed;
    struct forecast_lane *lanes;
    size_t n_lanes;
    struct forecast_group *groups;
    size_t n_groups;
    struct forecast_order *orders;
    size_t n_orders;
    struct forecast_chances chances;
    struct meter **lane_meters, **group_meters; /* NULL: it has no limits */
    struct forecast_hours hours;
    int64_t *edges; /* instants at which some window begins or ends, in order, no one twice */
    size_t n_edges;
    int64_t owed; /* messages */
    bool prefer;  /* an order may go by other networks once its own are exhausted */
    bool certain; /* chance has no part in it: one run is all */
};

struct forecast_plan *forecast_plan_new(const struct forecast_setup *setup);
void forecast_plan_free(struct forecast_plan *plan);
/* What the lanes could send if there were always something. To be freed. */
struct forecast_plan *forecast_plan_possible(const struct forecast_plan *plan);
int64_t forecast_plan_owes(const struct forecast_order *order);

/* One unit's messages to one network. */
struct forecast_queue {
    int64_t open[OUTCOME_PARTS_MAX + 1];
    int64_t reserve[OUTCOME_PARTS_MAX + 1];
    int64_t share[OUTCOME_PARTS_MAX + 1]; /* what both were at first */
    uint32_t mask;                        /* of parts that are open */
    int64_t n_open, n_reserve;
    int64_t deferred_rest, rejected_rest, undelivered_rest; /* chance at its mean */
    int64_t messages, parts, finish_ms;                     /* that were sent */
};

struct forecast_owing {
    struct fair_claim claim;
    int64_t quota;
    int64_t living; /* counts, or is on its way */
    int64_t n_open, n_reserve;
    size_t next_window;
    bool open;
    int64_t end_ms; /* of the open window */
    struct meter *rate;
    int64_t rate_until_ms; /* nothing goes before */
    int64_t rated_ms;      /* sending time for which the rate has held it up */
};

enum forecast_doing { FORECAST_IDLE, FORECAST_WAITS, FORECAST_SENDS, FORECAST_OUT };

struct forecast_bundle {
    size_t queue;
    int64_t parts, n, slot;
    int64_t deferred, rejected, undelivered;
};

struct forecast_runner {
    struct meter *meter;
    int64_t part_ms, gap_ms;
    int64_t lost_ms;        /* INT64_MAX: never */
    int64_t spent_until_ms; /* at the limit of an hour or a day */
    int64_t largest;
    enum phone_operator network;
    enum forecast_doing doing;
    size_t idle_at; /* its place among those of its network */
    struct forecast_bundle bundle;
};

/* A limit group, and the lanes that wait for it, longest first. */
struct forecast_pool {
    struct meter *meter;
    uint32_t *waiters; /* ring of n_lanes */
    size_t head, n_waiters;
    int64_t again_ms; /* INT64_MAX: it doesn't wait */
    int64_t share;    /* what each usable lane can have of it, as of the last look */
};

struct forecast_idle {
    uint32_t *lanes;
    size_t n;
};

struct forecast_due {
    int64_t at_ms;
    uint32_t lane;
};

/* Messages whose report will say that they failed: all after the same time, so in their order. */
struct forecast_failed {
    struct forecast_failure {
        int64_t at_ms, n;
        size_t order;
    } * items;
    size_t head, n, room;
};

/* Of the first run only. */
struct forecast_picture {
    int64_t step_ms; /* sending time */
    int64_t parts[FORECAST_STEPS];
    int64_t busy_ms;
    int64_t waited_ms[PHONE_OPERATORS][FORECAST_LISTS + 1]; /* by reason: air, hour, day */
};

struct forecast_run {
    const struct forecast_plan *plan;
    int64_t now_ms;
    uint64_t random;
    bool mean; /* chance doesn't play */
    int64_t bundle;
    struct forecast_runner *lanes;
    struct forecast_pool *groups;
    struct forecast_owing *orders;
    struct forecast_queue *queues; /* PHONE_OPERATORS of each order */
    struct route_load loads[PHONE_OPERATORS];
    int64_t route_open[PHONE_OPERATORS]; /* messages */
    int64_t look_ms; /* how often what is open is weighed against what lanes can carry */
    int64_t looked_ms, look_at_ms, rate_at_ms;
    int64_t toll; /* events that the last one was worth beside itself */
    size_t next_edge;
    struct forecast_idle idle[PHONE_OPERATORS];
    size_t n_idle, n_sending, n_opened; /* opened: orders */
    struct forecast_due *heap;
    size_t n_heap;
    struct forecast_failed failed;
    struct forecast_picture *picture; /* NULL: none is wanted */
};

struct forecast_run_setup {
    uint64_t seed;
    bool mean;
    int64_t events; /* about */
    struct forecast_picture *picture;
};

struct forecast_run *forecast_run_new(const struct forecast_plan *plan,
                                      const struct forecast_run_setup *setup);
/* true: it is over; *events is what is left of them. */
bool forecast_run_step(struct forecast_run *run, int64_t *events);
void forecast_run_free(struct forecast_run *run);
uint64_t forecast_random(uint64_t *state);

/* forecast_run.c, for forecast_choice.c */
void forecast_run_push(struct forecast_run *run, size_t lane, int64_t at_ms);
void forecast_run_wake(struct forecast_run *run, size_t queue);
void forecast_run_fails(struct forecast_run *run, size_t queue, int64_t n); /* its report says so */
/* So many of the order count no more: the reserve takes their place. */
void forecast_run_replace(struct forecast_run *run, size_t order, int64_t n);

/* forecast_choice.c. true: it sends, or waits for a known time; false: there is nothing for it. */
bool forecast_lane_try(struct forecast_run *run, size_t lane);
/* What it sent is over. */
void forecast_lane_end(struct forecast_run *run, size_t lane);
/* Weighs what is open on each network against what its lanes can carry. */
void forecast_look(struct forecast_run *run);
bool forecast_is_exhausted(const struct forecast_run *run, size_t route);

/* forecast_queue.c */
void forecast_queues_init(struct forecast_run *run);
/* Parts of the message that is next, of those with fewer parts than below; 0: none. */
int64_t forecast_queue_next(const struct forecast_queue *queue, int64_t below);
void forecast_queue_take(struct forecast_run *run, size_t at, int64_t parts, int64_t n);
void forecast_queue_put_back(struct forecast_run *run, size_t at, int64_t parts, int64_t n);
/* Draws the reserve where there is room and need. true: something more is open. */
bool forecast_queue_draw(struct forecast_run *run, size_t at);

/* forecast_result.c */
struct forecast_tally {
    int64_t finish_ms; /* INT64_MAX: not in time; 0: nothing was to be sent */
    int64_t left, left_parts;
    int64_t messages, parts;
};

/* What one run came to. For each order PHONE_OPERATORS tallies, then one of what no list has a
 * number for. */
#define FORECAST_TALLIES (PHONE_OPERATORS + 1)
void forecast_run_tally(const struct forecast_run *run, struct forecast_tally *tallies);
/* Messages that could have been sent with more time or lanes: not paused, and there are numbers. */
int64_t forecast_run_left(const struct forecast_run *run);
/* tallies: of n_runs runs, one after the other. */
void forecast_result_fill(struct forecast_result *result, const struct forecast_plan *plan,
                          const struct forecast_tally *tallies, size_t n_runs);
/* Why, as the first run shows it. */
void forecast_result_bounds(struct forecast_result *result, const struct forecast_run *first);

#endif
