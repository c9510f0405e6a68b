/* puppet_board: a board whose every move the test decides, and a tape of what it showed. Include in
 * one file of a test program.
 * Runs: loop.
 *
 * The loop's data is a struct puppet_boards. A puppet ends each job on the next turn of the loop;
 * it keeps what it was given until it is withdrawn or its until_ms is over, as devices do that know
 * windows. */
#ifndef LAWCAST_TESTS_UNIT_PUPPET_BOARD_H
#define LAWCAST_TESTS_UNIT_PUPPET_BOARD_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "adapters/adapter.h"

#define PUPPET_BOARDS 8
#define PUPPET_TAPE   400

/* A time in which people could see a slogan. */
struct puppet_scene {
    uint64_t id;
    int64_t from_ms, until_ms;
};

struct puppet_board {
    struct adapter_env env;
    uv_idle_t turn;
    struct adapter_job *job;
    bool started, stopping, cancelled;

    /* What the test sets. */
    bool hangs;        /* answers nothing until it is cancelled or stopped */
    bool lies;         /* says yes and shows nothing */
    bool asleep, mute; /* mute: only a probe tells how it stands */
    int64_t skew_ms;
    enum outcome_level level; /* what a reading proves */
    int fails;                /* so many requests to come are DEFERRED */
    int64_t wait_ms;          /* and say that they must wait so long */
    bool silent;              /* nothing tells how it stands */
    bool pictures;            /* each reading brings one */
    int doubts;               /* so many submits to come work, and the answer is lost */
    bool delays;              /* the next submit stays on its way until it lands */
    bool nameless;            /* it doesn't say what it plays */
    int64_t slow_ms;          /* the clock goes on so far while it answers */

    /* What is on it. */
    char name[SIGHT_NAME];
    uint64_t id;
    int64_t until_ms, limit_ms;

    struct adapter_job delayed;
    char withdrawn[SIGHT_NAME]; /* the first one */
    size_t n[ADAPTER_VERBS], cancels, hurries;
    struct puppet_scene tape[PUPPET_TAPE];
    size_t n_tape;
    bool on_tape; /* the last scene goes on */
};

struct puppet_boards {
    struct puppet_board all[PUPPET_BOARDS];
    size_t n;
};

static struct puppet_board *puppet_board_of(void *state)
{
    return *(struct puppet_board **)state;
}

/* The board's options are one byte: it doesn't end showings by itself. */
static bool puppet_board_stays(const struct puppet_board *puppet)
{
    return *(const char *)puppet->env.board->options != 0;
}

/* The tape is brought up to now: call it before anything changes, and at the end. */
static void puppet_board_roll(struct puppet_board *puppet)
{
    int64_t now = clock_wall_ms();
    bool over = puppet->id && now >= puppet->until_ms && !puppet_board_stays(puppet);

    if (puppet->on_tape) {
        struct puppet_scene *scene = &puppet->tape[puppet->n_tape - 1];

        scene->until_ms = over ? puppet->until_ms : now;
        if (over || puppet->asleep || !puppet->id || scene->id != puppet->id)
            puppet->on_tape = false;
    }
    if (over)
        puppet->id = 0;
    if (puppet->on_tape || !puppet->id || puppet->asleep)
        return;
    LOG_ASSERT(puppet->n_tape < PUPPET_TAPE);
    puppet->tape[puppet->n_tape++] = (struct puppet_scene){puppet->id, now, now};
    puppet->on_tape = true;
}

static inline void puppet_board_reboot(struct puppet_board *puppet)
{
    puppet_board_roll(puppet);
    puppet->id = 0;
    puppet_board_roll(puppet);
}

static void puppet_board_on_turn(uv_idle_t *turn);

static inline void puppet_board_go_on(struct puppet_board *puppet)
{
    puppet->hangs = false;
    if (!puppet->stopping)
        uv_idle_start(&puppet->turn, puppet_board_on_turn);
}

/* Its screen hears that it is down, or that it answers again. */
static inline void puppet_board_turns(struct puppet_board *puppet, bool ready)
{
    puppet->env.events->ready(puppet->env.ctx, ready, ready ? "" : "no answer");
}

static void puppet_board_submitted(struct puppet_board *puppet, const struct adapter_job *job)
{
    LOG_ASSERT(strncmp(job->name, "lc-", 3) == 0 && job->until_ms <= job->limit_ms);
    LOG_ASSERT(!puppet->id || puppet->id == job->id); /* one slogan at a time */
    if (puppet->lies)
        return;
    puppet->id = job->id;
    puppet->until_ms = job->until_ms;
    puppet->limit_ms = job->limit_ms;
    memcpy(puppet->name, job->name, sizeof puppet->name);
}

static inline void puppet_board_land(struct puppet_board *puppet)
{
    puppet_board_roll(puppet);
    puppet_board_submitted(puppet, &puppet->delayed);
    puppet_board_roll(puppet);
}

static void puppet_board_tell(const struct puppet_board *puppet, const struct adapter_job *job,
                              struct sight *sight)
{
    if (job->verb == ADAPTER_PROBE) /* who is well need not be asked for a sign of life */
        assert_int_equal(job->want, LEVEL_UNKNOWN);
    if (puppet->silent)
        return;
    if (puppet->mute && job->verb != ADAPTER_PROBE)
        return;
    sight->power = puppet->asleep ? POWER_ASLEEP : POWER_ON;
    sight->clock_known = true;
    sight->skew_ms = puppet->skew_ms;
    if (puppet->id && puppet->level >= LEVEL_PLAYING && !puppet->nameless)
        memcpy(sight->playing, puppet->name, sizeof puppet->name);
}

static void puppet_board_answer(struct puppet_board *puppet, const struct adapter_job *job,
                                struct adapter_result *result)
{
    bool there;

    puppet_board_roll(puppet);
    there = puppet->id == job->id && puppet->id;
    puppet_board_tell(puppet, job, &result->sight);
    if (job->verb == ADAPTER_SUBMIT)
        puppet_board_submitted(puppet, job);
    else if (job->verb == ADAPTER_WITHDRAW && there)
        puppet->id = 0;
    else if (job->verb == ADAPTER_VERIFY && !there)
        result->outcome.kind = OUTCOME_REJECTED;
    if (job->verb == ADAPTER_SUBMIT)
        result->level = LEVEL_ACCEPTED;
    else if (job->verb == ADAPTER_VERIFY && there)
        result->level = puppet->level < job->want ? puppet->level : job->want;
    memset(result->evidence.digest, 'a', 64);
    if (puppet->pictures && job->verb == ADAPTER_VERIFY && there)
        result->evidence.picture = result->evidence.picture_type = "png";
    result->evidence.picture_length = result->evidence.picture ? 3 : 0;
    puppet_board_roll(puppet);
}

static void puppet_board_delay(struct puppet_board *puppet, const struct adapter_job *job,
                               struct adapter_result *result)
{
    puppet->delays = false;
    puppet->delayed = *job;
    result->outcome.kind = OUTCOME_UNKNOWN;
}

static void puppet_board_on_turn(uv_idle_t *turn)
{
    struct puppet_board *puppet = turn->data;
    struct adapter_result result = {.outcome = {.kind = OUTCOME_SENT}};
    struct adapter_job *job = puppet->job;

    uv_idle_stop(turn);
    if (!puppet->started) {
        puppet->started = true;
        puppet->env.events->ready(puppet->env.ctx, true, "");
        return;
    }
    if (!job || (puppet->hangs && !puppet->cancelled))
        return;
    if (puppet->slow_ms)
        clock_set(clock_wall_ms() + puppet->slow_ms);
    if (puppet->cancelled)
        result.outcome.kind = OUTCOME_UNKNOWN;
    else if (puppet->fails && puppet->fails--)
        result.outcome = (struct outcome){.kind = OUTCOME_DEFERRED, .wait_ms = puppet->wait_ms};
    else if (job->verb == ADAPTER_SUBMIT && puppet->delays)
        puppet_board_delay(puppet, job, &result);
    else
        puppet_board_answer(puppet, job, &result);
    if (job->verb == ADAPTER_SUBMIT && puppet->doubts && puppet->doubts--)
        result.outcome.kind = OUTCOME_UNKNOWN;
    puppet->job = NULL;
    puppet->env.events->done(puppet->env.ctx, job, &result);
}

static int puppet_board_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct puppet_boards *puppets = env->loop->data;
    struct puppet_board *puppet = &puppets->all[puppets->n++];

    (void)why;
    (void)why_size;
    LOG_ASSERT(puppets->n <= PUPPET_BOARDS);
    *(struct puppet_board **)state = puppet;
    puppet->env = *env;
    if (!puppet->level)
        puppet->level = LEVEL_PLAYING;
    return 0;
}

static int puppet_board_start(void *state)
{
    struct puppet_board *puppet = puppet_board_of(state);

    uv_idle_init(puppet->env.loop, &puppet->turn);
    puppet->turn.data = puppet;
    return uv_idle_start(&puppet->turn, puppet_board_on_turn);
}

static int puppet_board_take(void *state, struct adapter_job *job)
{
    struct puppet_board *puppet = puppet_board_of(state);

    LOG_ASSERT(!puppet->job);
    if (puppet->stopping)
        return EAGAIN;
    puppet->job = job;
    puppet->cancelled = false;
    if (job->verb == ADAPTER_WITHDRAW && !puppet->n[job->verb])
        memcpy(puppet->withdrawn, job->name, sizeof puppet->withdrawn);
    puppet->n[job->verb]++;
    return uv_idle_start(&puppet->turn, puppet_board_on_turn);
}

static void puppet_board_cancel(void *state)
{
    struct puppet_board *puppet = puppet_board_of(state);

    puppet->cancelled = puppet->job != NULL;
    puppet->cancels++;
    uv_idle_start(&puppet->turn, puppet_board_on_turn);
}

/* The body is the name of what is proved; it was on the screen from a minute ago until now. */
static void puppet_board_hurry(void *state)
{
    puppet_board_of(state)->hurries++;
}

static void puppet_board_hear(void *state, const struct adapter_call *call,
                              struct adapter_answer *answer)
{
    struct puppet_board *puppet = puppet_board_of(state);
    struct board_proof proof = {
        .level = LEVEL_LOGGED, .from_ms = clock_wall_ms() - 60000, .until_ms = clock_wall_ms()};

    snprintf(proof.name, sizeof proof.name, "%s", call->body);
    answer->status = 200;
    puppet->env.events->proved(puppet->env.ctx, &proof);
}

static void puppet_board_closed(uv_handle_t *handle)
{
    static const struct adapter_result cut = {.outcome = {.kind = OUTCOME_UNKNOWN}};
    struct puppet_board *puppet = handle->data;
    struct adapter_job *job = puppet->job;

    puppet->job = NULL;
    if (job)
        puppet->env.events->done(puppet->env.ctx, job, &cut);
    puppet->env.events->stopped(puppet->env.ctx);
}

static void puppet_board_stop(void *state)
{
    struct puppet_board *puppet = puppet_board_of(state);

    puppet->stopping = true;
    uv_close((uv_handle_t *)&puppet->turn, puppet_board_closed);
}

static void puppet_board_fini(void *state)
{
    LOG_ASSERT(!puppet_board_of(state)->job);
}

static enum outcome_level puppet_board_level(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_LOGGED;
}

static int puppet_board_window_s(const void *options, bool picture)
{
    (void)picture;
    return *(const char *)options ? 0 : 1;
}

static const struct traits puppet_board_traits = {.window_s = puppet_board_window_s,
                                                  .level_most = puppet_board_level};
static const struct option_def puppet_board_options[] = {{0}};

static const struct adapter adapter_puppet_board = {
    .kind = {.name = "puppet-board",
             .options = puppet_board_options,
             .size = 1,
             .traits = &puppet_board_traits},
    .channel = CHANNEL_DISPLAY,
    .caps = ADAPTER_IDEMPOTENT,
    .state_size = sizeof(struct puppet_board *),
    .init = puppet_board_init,
    .start = puppet_board_start,
    .submit = puppet_board_take,
    .withdraw = puppet_board_take,
    .verify = puppet_board_take,
    .probe = puppet_board_take,
    .cancel = puppet_board_cancel,
    .hurry = puppet_board_hurry,
    .hear = puppet_board_hear,
    .stop = puppet_board_stop,
    .fini = puppet_board_fini,
};

ADAPTER_REGISTER(adapter_puppet_board);

#endif
