/* puppet: a modem whose every move the test decides. Include in one file of a test program.
 * Runs: loop.
 *
 * The loop's data is a struct puppets. A puppet is ready at once unless the test holds it back, and
 * ends each job on the next turn with the outcome that decide gives it; jobs of one that hangs stay
 * until it is stopped. */
#ifndef LAWCAST_TESTS_UNIT_PUPPET_H
#define LAWCAST_TESTS_UNIT_PUPPET_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "adapters/adapter.h"

#define PUPPETS 600

struct puppet {
    struct adapter_env env;
    uv_idle_t turn;
    struct adapter_job *job;
    bool started, hangs, stopping;
    bool late; /* begins when the test lets it */
    size_t sent, forgotten;
    int64_t pin_mark;
    int64_t last_done_ms, least_gap_ms; /* steady: between two jobs */
    char imsi[24], remembered[24];
};

/* They outlast the dispatcher, so that a test can look at them afterwards. */
struct puppets {
    struct puppet all[PUPPETS];
    size_t n, submits;
    size_t late; /* index of the one that is late; 0: none */
    /* What becomes of a job; NULL: sent. */
    struct outcome (*decide)(struct puppet *puppet, const struct adapter_job *job, void *ctx);
    /* Before it is: the test may act. NULL: nothing. */
    void (*submitted)(struct puppet *puppet, const struct adapter_job *job, void *ctx);
    void *ctx;
};

static struct puppet *puppet_of(void *state)
{
    return *(struct puppet **)state;
}

static void puppet_be_ready(struct puppet *puppet)
{
    struct modem_health health = {.registration = REGISTRATION_HOME, .signal_dbm = -71};

    snprintf(health.imsi, sizeof health.imsi, "%s", puppet->imsi);
    puppet->env.events->health(puppet->env.ctx, &health);
    puppet->env.events->ready(puppet->env.ctx, true, "");
}

static void puppet_on_turn(uv_idle_t *turn)
{
    struct puppet *puppet = turn->data;
    struct puppets *puppets = puppet->env.loop->data;
    struct adapter_result result = {.outcome = {.kind = OUTCOME_SENT}};
    struct adapter_job *job = puppet->job;

    uv_idle_stop(turn);
    if (puppet->late)
        return;
    if (!puppet->started) {
        puppet->started = true;
        puppet_be_ready(puppet);
        return;
    }
    if (!job || puppet->hangs)
        return;
    if (puppets->decide)
        result.outcome = puppets->decide(puppet, job, puppets->ctx);
    puppet->sent += result.outcome.kind == OUTCOME_SENT;
    puppet->job = NULL;
    puppet->last_done_ms = clock_steady_ms();
    puppet->env.events->done(puppet->env.ctx, job, &result);
}

static int puppet_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct puppets *puppets = env->loop->data;
    struct puppet *puppet = &puppets->all[puppets->n++];

    (void)why;
    (void)why_size;
    LOG_ASSERT(puppets->n <= PUPPETS);
    *(struct puppet **)state = puppet;
    *puppet =
        (struct puppet){.env = *env, .late = puppets->late && puppets->late == puppets->n - 1};
    puppet->least_gap_ms = INT64_MAX;
    if (env->modem->imsi)
        snprintf(puppet->imsi, sizeof puppet->imsi, "%s", env->modem->imsi);
    return 0;
}

static int puppet_start(void *state)
{
    struct puppet *puppet = puppet_of(state);

    uv_idle_init(puppet->env.loop, &puppet->turn);
    puppet->turn.data = puppet;
    return uv_idle_start(&puppet->turn, puppet_on_turn);
}

static int puppet_submit(void *state, struct adapter_job *job)
{
    struct puppet *puppet = puppet_of(state);
    struct puppets *puppets = puppet->env.loop->data;
    int64_t gap_ms = clock_steady_ms() - puppet->last_done_ms;

    if (puppet->job || puppet->stopping)
        return EAGAIN;
    if (puppet->last_done_ms && gap_ms < puppet->least_gap_ms)
        puppet->least_gap_ms = gap_ms;
    puppet->job = job;
    puppets->submits++;
    if (puppets->submitted)
        puppets->submitted(puppet, job, puppets->ctx);
    return uv_idle_start(&puppet->turn, puppet_on_turn);
}

static void puppet_forget(void *state, uint64_t ticket)
{
    (void)ticket;
    puppet_of(state)->forgotten++;
}

static void puppet_remember(void *state, int64_t pin_mark, const char *imsi)
{
    struct puppet *puppet = puppet_of(state);

    puppet->pin_mark = pin_mark;
    snprintf(puppet->remembered, sizeof puppet->remembered, "%s", imsi);
}

static void puppet_closed(uv_handle_t *handle)
{
    static const struct adapter_result cut = {
        .outcome = {.kind = OUTCOME_RETURNED, .detail = "stopped"}};
    struct puppet *puppet = handle->data;
    struct adapter_job *job = puppet->job;

    puppet->job = NULL;
    if (job)
        puppet->env.events->done(puppet->env.ctx, job, &cut);
    puppet->env.events->stopped(puppet->env.ctx);
}

static void puppet_stop(void *state)
{
    struct puppet *puppet = puppet_of(state);

    puppet->stopping = true;
    uv_close((uv_handle_t *)&puppet->turn, puppet_closed);
}

static void puppet_fini(void *state)
{
    LOG_ASSERT(!puppet_of(state)->job);
}

static const struct adapter adapter_puppet = {
    .kind = {.name = "puppet"},
    .channel = CHANNEL_SMS,
    .caps = ADAPTER_REPORTS | ADAPTER_RECEIVES,
    .state_size = sizeof(struct puppet *),
    .init = puppet_init,
    .start = puppet_start,
    .submit = puppet_submit,
    .forget = puppet_forget,
    .remember = puppet_remember,
    .stop = puppet_stop,
    .fini = puppet_fini,
};

#endif
