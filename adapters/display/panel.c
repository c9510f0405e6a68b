/* panel: a board's life: ready, down, jobs, calls, the end. See panel.h.
 * Runs: loop. */
#include "adapters/display/panel_inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/backoff.h"

enum { PANEL_REST_MOST_MS = 120000 }; /* whatever a device asks for */

static void panel_on_timer(uv_timer_t *timer);

static bool panel_is_lent(const struct panel *panel)
{
    return panel->job && panel->job != &panel->own;
}

void panel_wait(struct panel *panel, int64_t wait_ms)
{
    if (wait_ms > PANEL_REST_MOST_MS)
        wait_ms = PANEL_REST_MOST_MS;
    uv_timer_start(&panel->timer, panel_on_timer, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

struct talk panel_talk(struct panel *panel)
{
    struct talk talk = {
        .board = panel->env.board,
        .job = panel->job,
        .callback = panel->env.callback,
        .memory = panel->memory,
        .step = panel->step,
        .now_ms = clock_wall_ms(),
        .sight = &panel->sight,
    };

    memcpy(talk.nonce, panel->nonce, sizeof talk.nonce);
    return talk;
}

/* ---- the beginning ---- */

static bool panel_url_is_valid(const struct panel *panel)
{
    const char *url = panel->env.board->url;

    if (panel->dialect->whole)
        return http_tcp_url_is_valid(url);
    return http_url_is_valid(url) && !strpbrk(url, "?#");
}

static void panel_url_rule(const struct panel *panel, char *why, size_t why_size)
{
    const char *url = panel->env.board->url;

    if (panel->dialect->whole)
        snprintf(why, why_size,
                 lang("The url \"%s\" must be tcp://host:port and nothing more.",
                      "url“%s”必须写成 tcp://主机:端口，后面不能再有别的内容。"),
                 url);
    else
        snprintf(why, why_size,
                 lang("The url \"%s\" must be http://host or https://host, with or without a path, "
                      "and without \"?\" or \"#\".",
                      "url“%s”必须写成 http://主机 或 "
                      "https://主机，后面可以带路径，但不能有“?”或“#”。"),
                 url);
}

int panel_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct panel *panel = state;
    struct talk talk;
    int rc = 0;

    panel->env = *env;
    if (!panel->dialect)
        panel->dialect = adapter_find(env->board->kind->name)->dialect;
    LOG_ASSERT(panel->dialect && panel->dialect->n_steps <= DIALECT_STEPS_MOST);
    if (!panel_url_is_valid(panel)) {
        panel_url_rule(panel, why, why_size);
        return -EINVAL;
    }
    if (panel->dialect->memory)
        panel->memory = mem_alloc(1, panel->dialect->memory);
    talk = panel_talk(panel);
    if (panel->dialect->open)
        rc = panel->dialect->open(&talk, why, why_size);
    panel->opened = rc == 0;
    return rc;
}

/* ---- ready and down ---- */

/* An answer to the panel's own question says only that something is there, maybe under the wrong
 * address: until a job has ended well, the next failure means that it is down still. */
static void panel_be_ready(struct panel *panel)
{
    panel->failures = panel->phase == PANEL_DOWN ? PANEL_FAILURES - 1 : 0;
    panel->phase = PANEL_READY;
    panel->hurried = false;
    panel->env.events->ready(panel->env.ctx, true, "");
}

static void panel_on_turn(struct http_turn *turn)
{
    panel_be_ready(LIST_ELEMENT(turn, struct panel, turn));
}

int panel_start(void *state)
{
    struct panel *panel = state;

    LOG_ASSERT(panel->phase == PANEL_NEW && panel->opened);
    uv_timer_init(panel->env.loop, &panel->timer);
    panel->timer.data = panel;
    panel->phase = PANEL_STARTING;
    panel->turn.due = panel_on_turn;
    http_turn_take(panel->env.http, &panel->turn);
    return 0;
}

static int64_t panel_hurried_pause(const struct panel *panel)
{
    uint64_t passed = uv_now(panel->env.loop) - panel->asked_ms;

    return passed < PANEL_HURRY_MS ? PANEL_HURRY_MS - (int64_t)passed : 0;
}

/* Its seed is the board's id: boards that failed together ask at different times. */
static void panel_pause(struct panel *panel)
{
    const char *id = panel->env.board->id;
    int64_t wait_ms;
    uint64_t seed;

    if (panel->pauses < INT_MAX)
        panel->pauses++;
    seed = hex_fingerprint(id, strlen(id)) + (unsigned)panel->pauses;
    wait_ms = backoff_ms(panel->pauses, PANEL_PAUSE_MIN_MS, PANEL_PAUSE_MAX_MS, seed);
    panel_wait(panel, panel->hurried ? panel_hurried_pause(panel) : wait_ms);
}

/* ---- a job's end ---- */

/* The phase changes first: done may bring the next job, which a board that is down must refuse. */
void panel_settle(struct panel *panel, const struct adapter_result *result, bool healthy)
{
    struct adapter_job *job = panel->job;
    bool down = false;

    panel->job = NULL;
    panel->doing = PANEL_IDLE;
    if (job == &panel->own) {
        if (healthy)
            panel_be_ready(panel);
        else
            panel_pause(panel);
        return;
    }
    if (panel->asked)
        panel->failures = healthy ? 0 : panel->failures + 1;
    if (!panel->failures)
        panel->pauses = 0;
    if (panel->failures >= PANEL_FAILURES) {
        down = true;
        panel->phase = PANEL_DOWN;
        panel_pause(panel);
    }
    panel->env.events->done(panel->env.ctx, job, result);
    if (down && panel->phase == PANEL_DOWN)
        panel->env.events->ready(panel->env.ctx, false, result->outcome.detail);
}

/* ---- a job ---- */

static int panel_take(struct panel *panel, struct adapter_job *job, enum adapter_verb verb)
{
    if (panel->phase != PANEL_READY || panel->job)
        return EAGAIN;
    job->verb = verb;
    dialogue_begin(panel, job);
    return 0;
}

int panel_submit(void *state, struct adapter_job *job)
{
    return panel_take(state, job, ADAPTER_SUBMIT);
}

int panel_withdraw(void *state, struct adapter_job *job)
{
    return panel_take(state, job, ADAPTER_WITHDRAW);
}

int panel_verify(void *state, struct adapter_job *job)
{
    return panel_take(state, job, ADAPTER_VERIFY);
}

int panel_probe(void *state, struct adapter_job *job)
{
    return panel_take(state, job, ADAPTER_PROBE);
}

static void panel_ask_after(struct panel *panel)
{
    panel->own = (struct adapter_job){.verb = ADAPTER_PROBE, .text = "", .want = LEVEL_ACCEPTED};
    panel->asked_ms = uv_now(panel->env.loop);
    dialogue_begin(panel, &panel->own);
}

/* ---- calls of the device ---- */

static void panel_prove(void *ctx, const struct board_proof *proof)
{
    const struct panel *panel = ctx;

    panel->env.events->proved(panel->env.ctx, proof);
}

/* The call may be faster than the reply which says that it will come. */
void panel_hear(void *state, const struct adapter_call *call, struct adapter_answer *answer)
{
    struct panel *panel = state;
    struct talk talk = panel_talk(panel);

    if (!panel->dialect->called)
        return;
    if (panel->doing != PANEL_ASKS && panel->doing != PANEL_AWAITS)
        talk.job = NULL;
    if (!panel->dialect->called(&talk, call, answer, panel_prove, panel))
        return;
    panel->called = true;
    if (panel->doing == PANEL_AWAITS)
        panel_wait(panel, 0);
}

/* ---- time ---- */

static void panel_on_broken(struct panel *panel)
{
    struct adapter_job *job = panel->job;

    panel->job = NULL;
    panel->doing = PANEL_IDLE;
    panel->env.events->done(panel->env.ctx, job, &panel->result);
}

static void panel_on_work_timer(struct panel *panel)
{
    switch (panel->doing) {
    case PANEL_IDLE:
        LOG_ASSERT(panel->phase == PANEL_DOWN);
        panel_ask_after(panel);
        break;
    case PANEL_RESTS:
        dialogue_ask(panel, true);
        break;
    case PANEL_KNOWS:
        dialogue_know(panel);
        break;
    case PANEL_AWAITS:
        dialogue_go(panel, panel->next_step);
        break;
    case PANEL_BROKEN:
        panel_on_broken(panel);
        break;
    case PANEL_ASKS:
        log_panic("a board's timer while it is asked");
    }
}

static void panel_on_timer(uv_timer_t *timer)
{
    struct panel *panel = timer->data;

    switch (panel->phase) {
    case PANEL_READY:
    case PANEL_DOWN:
        panel_on_work_timer(panel);
        break;
    case PANEL_NEW:
    case PANEL_STARTING:
    case PANEL_STOPPING:
    case PANEL_STOPPED:
        log_panic("a board's timer in phase %d", (int)panel->phase);
    }
}

/* ---- breaking off, and the end ---- */

/* A job that is broken off was never touched, or nobody knows. */
static void panel_break_off(struct panel *panel, const char *why)
{
    struct outcome *outcome = &panel->result.outcome;
    bool nothing_left = true;

    if (panel->doing == PANEL_BROKEN)
        return;
    if (panel->transfer)
        nothing_left = http_cancel(panel->transfer);
    panel->transfer = NULL;
    if (panel->changing && !nothing_left)
        panel->touched = true;
    panel->doing = PANEL_BROKEN;
    panel->result = (struct adapter_result){.sight = panel->sight};
    outcome->kind = panel->touched ? OUTCOME_UNKNOWN : OUTCOME_RETURNED;
    snprintf(outcome->detail, sizeof outcome->detail, "%s %s the board was asked", why,
             panel->touched ? "while" : "before");
}

void panel_cancel(void *state)
{
    struct panel *panel = state;

    if (!panel_is_lent(panel) || panel->phase >= PANEL_STOPPING)
        return;
    panel_break_off(panel, "broken off");
    panel_wait(panel, 0);
}

/* A question that hangs already says nothing about the board as it is now. */
void panel_hurry(void *state)
{
    struct panel *panel = state;

    if (panel->phase != PANEL_DOWN || panel->hurried)
        return;
    panel->hurried = true;
    if (panel->transfer)
        http_cancel(panel->transfer);
    panel->transfer = NULL;
    panel->job = NULL;
    panel->doing = PANEL_IDLE;
    panel_wait(panel, 0);
}

static void panel_on_closed(uv_handle_t *handle)
{
    struct panel *panel = handle->data;

    panel->phase = PANEL_STOPPED;
    if (panel_is_lent(panel))
        panel_on_broken(panel);
    panel->job = NULL;
    panel->env.events->stopped(panel->env.ctx);
}

void panel_stop(void *state)
{
    struct panel *panel = state;

    LOG_ASSERT(panel->phase != PANEL_NEW && panel->phase < PANEL_STOPPING);
    if (panel->phase == PANEL_STARTING)
        http_turn_leave(&panel->turn);
    if (panel->job)
        panel_break_off(panel, "stopped");
    panel->phase = PANEL_STOPPING;
    uv_close((uv_handle_t *)&panel->timer, panel_on_closed);
}

void panel_fini(void *state)
{
    struct panel *panel = state;
    struct talk talk = panel_talk(panel);

    LOG_ASSERT(panel->phase == PANEL_NEW || panel->phase == PANEL_STOPPED);
    LOG_ASSERT(!panel->job && !panel->transfer);
    if (panel->opened && panel->dialect->close)
        panel->dialect->close(&talk);
    free(panel->memory);
}
