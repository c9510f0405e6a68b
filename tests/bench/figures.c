/* figures: how well a bank of simulated modems was used. See figures.h.
 * Runs: any (blocks; for benches). */
#include "tests/bench/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define FIGURES_START_MS 60000
#define FIGURES_LOOK_US  20000
#define FIGURES_TAIL_MS  30000 /* without a new part: nothing more will come */

/* What of the log was read while it grows. */
struct figures_watch {
    const struct figures_case *which;
    struct sim_client *sim;
    FILE *log;
    bool *seen;
    int busy;
};

struct figures_span {
    int64_t from, to;
};

/* Have all of them ended? They are left to be waited for. */
static bool figures_are_gone(const struct figures_roots *roots)
{
    for (size_t i = 0; i < roots->n; i++) {
        siginfo_t info = {0};

        if (waitid(P_PID, (id_t)roots->pids[i], &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
            info.si_pid == 0)
            return false;
    }
    return true;
}

static int64_t figures_ask(struct sim_client *sim, int64_t *reports)
{
    struct jv *answer = sim_client_ask(sim, "sync");
    int64_t accepted = jv_number(jv_at(answer, "/accepted"), -1);

    LOG_ASSERT(accepted >= 0);
    *reports = jv_number(jv_at(answer, "/reports_pending"), 0);
    jv_free(answer);
    return accepted;
}

static void figures_read_line(struct figures_watch *watch, const char *line)
{
    struct jv *event = jv_parse(line, strlen(line), NULL);
    const char *kind = jv_text(jv_at(event, "/event"));
    int64_t modem = jv_number(jv_at(event, "/modem"), -1);

    if (kind && strcmp(kind, "accepted") == 0 && modem >= 0 && modem < watch->which->modems &&
        !watch->seen[modem]) {
        watch->seen[modem] = true;
        watch->busy++;
    }
    jv_free(event);
}

/* sync ends the log with a whole line. */
static void figures_read_on(struct figures_watch *watch)
{
    char *line = NULL;
    size_t room = 0;

    jv_free(sim_client_ask(watch->sim, "sync"));
    clearerr(watch->log);
    while (watch->busy < watch->which->modems && getline(&line, &room, watch->log) > 0)
        figures_read_line(watch, line);
    free(line);
}

static void figures_await_busy(const struct figures_case *which, struct sim_client *sim,
                               const struct figures_roots *roots)
{
    struct figures_watch watch = {.which = which,
                                  .sim = sim,
                                  .log = fopen(sim_client_log(sim), "re"),
                                  .seen = mem_array((size_t)which->modems, bool)};

    LOG_ASSERT(watch.log);
    for (;;) {
        figures_read_on(&watch);
        if (watch.busy == which->modems || clock_wall_ms() - roots->start_ms > FIGURES_START_MS ||
            figures_are_gone(roots))
            break;
        usleep(FIGURES_LOOK_US);
    }
    fclose(watch.log);
    free(watch.seen);
}

/* Waits until so many parts were taken, and if these are all, reported; or until limit_ms have
 * passed, or nothing happens any more. */
static void figures_await(struct sim_client *sim, const struct figures_roots *roots, int64_t parts,
                          bool all, int64_t limit_ms)
{
    int64_t begin = clock_mono_ms(), moved = begin, last = -1;

    for (;;) {
        int64_t reports, now, accepted = figures_ask(sim, &reports);

        now = clock_mono_ms();
        if (accepted != last)
            moved = now;
        last = accepted;
        if ((accepted >= parts && (reports == 0 || !all)) || now - moved > FIGURES_TAIL_MS ||
            (limit_ms && now - begin > limit_ms) || figures_are_gone(roots))
            return;
        usleep(FIGURES_LOOK_US);
    }
}

static bool figures_is_part(const struct sim_event *event, const struct figures_case *which)
{
    return strcmp(event->event, "accepted") == 0 && event->modem >= 0 &&
           event->modem < which->modems;
}

static struct figures_span figures_find_span(const struct figures_case *which,
                                             const struct sim_events *events, struct figures *out)
{
    bool *seen = mem_array((size_t)which->modems, bool);
    int64_t left = (int64_t)which->messages;
    struct figures_span span = {0};

    for (size_t i = 0; i < events->n; i++) {
        const struct sim_event *event = &events->items[i];

        if (!figures_is_part(event, which))
            continue;
        if (left >= which->modems)
            span.to = event->t;
        left--;
        out->accepted++;
        if (seen[event->modem])
            continue;
        seen[event->modem] = true;
        out->busy++;
        span.from = event->t - which->air_ms;
    }
    free(seen);
    return span;
}

/* How much of a part lies in the span: 0 to 1. */
static double figures_share(int64_t end, int64_t air_ms, const struct figures_span *span)
{
    int64_t begin = end - air_ms;

    if (air_ms == 0)
        return end > span->from && end <= span->to;
    begin = begin > span->from ? begin : span->from;
    end = end < span->to ? end : span->to;
    return end > begin ? (double)(end - begin) / (double)air_ms : 0;
}

static void figures_judge(const struct figures_case *which, struct sim_client *sim,
                          int64_t start_ms, struct figures *out)
{
    struct sim_events events = sim_client_events(sim);
    struct figures_span span = figures_find_span(which, &events, out);
    double parts = 0;

    for (size_t i = 0; i < events.n; i++)
        if (figures_is_part(&events.items[i], which))
            parts += figures_share(events.items[i].t, which->air_ms, &span);
    if (span.to > span.from)
        out->rate = parts * 1000 / (double)(span.to - span.from);
    out->use = out->rate * which->air_ms / 1000 / which->modems;
    out->ready_s = (double)(span.from - start_ms) / 1000;
    sim_events_free(&events);
}

void figures_take(const struct figures_case *which, struct sim_client *sim,
                  const struct figures_roots *roots, struct figures *out)
{
    int64_t all = (int64_t)which->messages, before, after, reports;
    double cpu_s;

    *out = (struct figures){0};
    figures_await_busy(which, sim, roots);
    cpu_s = tree_cpu_s(roots->pids, roots->n);
    before = figures_ask(sim, &reports);
    figures_await(sim, roots, all / 2, false, which->limit_ms / 2);
    tree_weigh(roots->pids, roots->n, &out->memory);
    figures_await(sim, roots, all, true, which->limit_ms / 2);
    cpu_s = tree_cpu_s(roots->pids, roots->n) - cpu_s;
    after = figures_ask(sim, &reports);
    if (after > before)
        out->cpu_s = cpu_s * 1000 / (double)(after - before);
    figures_judge(which, sim, roots->start_ms, out);
}
