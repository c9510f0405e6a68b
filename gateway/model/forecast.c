/* forecast: the runs, one after the other, in slices. See forecast.h.
 * Runs: any (pure, but for the process's time zone). */
#include "gateway/model/forecast_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

/* The last turn of all: what would have been possible. */
#define FORECAST_TURNS (FORECAST_RUNS + 1)

struct forecast {
    struct forecast_plan *plan, *possible;
    struct forecast_run *run, *first; /* first: run 0 once it is over, for the reasons */
    size_t turn;
    struct forecast_tally *tallies; /* of each run */
    struct forecast_picture sent, could;
    struct forecast_result result;
};

static void forecast_open_picture(struct forecast *forecast)
{
    const struct forecast_hours *hours = &forecast->plan->hours;
    int64_t step_ms = hours->total_ms / FORECAST_STEPS;
    struct forecast_result *result = &forecast->result;

    forecast->sent.step_ms = forecast->could.step_ms = step_ms > 0 ? step_ms : 1;
    result->n_steps = hours->total_ms > 0 ? FORECAST_STEPS : 0;
    for (size_t i = 0; i < result->n_steps; i++)
        result->step_ends_ms[i] = forecast_hours_wall(
            hours, i + 1 < FORECAST_STEPS ? (int64_t)(i + 1) * step_ms : hours->total_ms);
}

static void forecast_begin(struct forecast *forecast)
{
    size_t turn = forecast->turn;
    bool last = turn == FORECAST_RUNS;
    uint64_t state = forecast->plan->seed + turn;
    struct forecast_run_setup setup = {
        .seed = forecast_random(&state),
        .mean = turn == 0 || last,
        .events = turn == 0 ? FORECAST_EXACT : FORECAST_EVENTS,
        .picture = turn == 0 ? &forecast->sent
                   : last    ? &forecast->could
                             : NULL,
    };

    if (last)
        forecast->possible = forecast_plan_possible(forecast->plan);
    forecast->run = forecast_run_new(last ? forecast->possible : forecast->plan, &setup);
}

struct forecast *forecast_new(const struct forecast_setup *setup)
{
    struct forecast *forecast = mem_new(struct forecast);
    size_t n = setup->n_orders;

    forecast->plan = forecast_plan_new(setup);
    forecast->tallies = mem_array(FORECAST_RUNS * FORECAST_TALLIES * n + 1, struct forecast_tally);
    forecast->result.orders = mem_array(n + 1, struct forecast_line);
    forecast->result.routes = mem_alloc(n + 1, sizeof *forecast->result.routes);
    forecast_open_picture(forecast);
    forecast_begin(forecast);
    return forecast;
}

static double forecast_lane_use(const struct forecast *forecast)
{
    const struct forecast_plan *plan = forecast->plan;
    struct forecast_tally first = {0};
    int64_t span_ms;

    for (size_t i = 0; i < plan->n_orders * FORECAST_TALLIES; i++)
        if (forecast->tallies[i].finish_ms > first.finish_ms)
            first.finish_ms = forecast->tallies[i].finish_ms;
    span_ms = forecast_hours_gone(&plan->hours, first.finish_ms);
    if (!plan->n_lanes || span_ms <= 0)
        return 0;
    return (double)forecast->sent.busy_ms / ((double)span_ms * (double)plan->n_lanes);
}

static void forecast_conclude(struct forecast *forecast)
{
    struct forecast_result *result = &forecast->result;
    int64_t sent = 0, could = 0;

    forecast_result_fill(result, forecast->plan, forecast->tallies,
                         forecast->plan->certain ? 1 : FORECAST_RUNS);
    forecast_result_bounds(result, forecast->first);
    for (size_t i = 0; i < result->n_steps; i++) {
        sent += forecast->sent.parts[i];
        could += forecast->could.parts[i];
        result->sent[i] = sent;
        /* That run takes bundles, and may be behind by one; what was sent was possible. */
        result->possible[i] = could > sent ? could : sent;
    }
    result->lane_use = forecast_lane_use(forecast);
}

static void forecast_end_run(struct forecast *forecast)
{
    size_t each = forecast->plan->n_orders * FORECAST_TALLIES, turn = forecast->turn++;

    if (turn < FORECAST_RUNS)
        forecast_run_tally(forecast->run, forecast->tallies + turn * each);
    if (turn == 0 && forecast->plan->certain)
        forecast->turn = FORECAST_RUNS;
    if (turn == 0)
        forecast->first = forecast->run;
    else
        forecast_run_free(forecast->run);
    forecast->run = NULL;
    if (forecast->turn < FORECAST_TURNS)
        forecast_begin(forecast);
    else
        forecast_conclude(forecast);
}

bool forecast_step(struct forecast *forecast, int64_t events)
{
    while (forecast->run && events > 0)
        if (forecast_run_step(forecast->run, &events)) {
            forecast_end_run(forecast);
            events -= FORECAST_RUN_COST;
        }
    return !forecast->run;
}

const struct forecast_result *forecast_result(const struct forecast *forecast)
{
    LOG_ASSERT(!forecast->run);
    return &forecast->result;
}

void forecast_free(struct forecast *forecast)
{
    if (!forecast)
        return;
    if (forecast->run)
        forecast_run_free(forecast->run);
    if (forecast->first)
        forecast_run_free(forecast->first);
    if (forecast->possible)
        forecast_plan_free(forecast->possible);
    forecast_plan_free(forecast->plan);
    free(forecast->tallies);
    free(forecast->result.orders);
    free(forecast->result.routes);
    free(forecast);
}
