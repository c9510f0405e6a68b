/* panel: what all kinds of boards have in common. See panel.h.
 * Runs: loop. */
#include "adapters/display/panel.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "gateway/model/backoff.h"

static void panel_on_timer(uv_timer_t *timer);

/* A board's own words may be in it: the books take valid UTF-8 on one line, so a character that was
 * cut at the end goes, and control characters become spaces. */
static void panel_tidy(char *text)
{
    text[utf8_bad_at(text, strlen(text))] = '\0';
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            *c = ' ';
}

struct adapter_result panel_result(enum outcome_kind kind, int code, const char *format, ...)
{
    struct adapter_result result = {.outcome = {.kind = kind, .code = code}};
    va_list args;

    if (kind == OUTCOME_DEFERRED)
        result.outcome.wait_ms = PANEL_WAIT_MS;
    va_start(args, format);
    vsnprintf(result.outcome.detail, sizeof result.outcome.detail, format, args);
    va_end(args);
    panel_tidy(result.outcome.detail);
    return result;
}

void panel_url(const struct panel *panel, const char *path, struct buffer *out)
{
    size_t length = strlen(panel->env.board->url);

    while (length && panel->env.board->url[length - 1] == '/')
        length--;
    buffer_add(out, panel->env.board->url, length);
    buffer_add_text(out, path);
}

int panel_init(struct panel *panel, const struct adapter_env *env,
               void (*begin)(struct panel *panel), char *why, size_t why_size)
{
    const char *url = env->board->url;

    panel->env = *env;
    panel->begin = begin;
    if (http_url_is_valid(url) && !strpbrk(url, "?#"))
        return 0;
    snprintf(
        why, why_size,
        lang("The url \"%s\" must be http://host or https://host, with or without a path, and "
             "without \"?\" or \"#\".",
             "url“%s”必须写成 http://主机 或 https://主机，后面可以带路径，但不能有“?”或“#”。"),
        url);
    return -EINVAL;
}

int panel_start(void *state)
{
    struct panel *panel = state;

    LOG_ASSERT(panel->phase == PANEL_NEW);
    uv_timer_init(panel->env.loop, &panel->timer);
    panel->timer.data = panel;
    panel->phase = PANEL_STARTING;
    return uv_timer_start(&panel->timer, panel_on_timer, 0, 0);
}

/* ---- one job ---- */

static int panel_take(struct panel *panel, struct adapter_job *job)
{
    if (panel->phase != PANEL_READY || panel->job)
        return EAGAIN;
    panel->job = job;
    panel->touched = panel->changing = false;
    panel->finished = false;
    panel->begin(panel);
    LOG_ASSERT(panel->finished || panel->transfer);
    return 0;
}

int panel_submit(void *state, struct adapter_job *job)
{
    return panel_take(state, job);
}

int panel_withdraw(void *state, struct adapter_job *job)
{
    return panel_take(state, job);
}

int panel_verify(void *state, struct adapter_job *job)
{
    return panel_take(state, job);
}

static void panel_on_reply(void *ctx, const struct http_result *result)
{
    struct panel *panel = ctx;

    panel->transfer = NULL;
    if (result->fate != HTTP_NOT_SENT)
        panel->touched = panel->touched || panel->changing;
    panel->reply(panel, result);
    LOG_ASSERT(panel->finished || panel->transfer);
}

void panel_send(struct panel *panel, const struct http_request *request, bool changes,
                panel_reply *reply)
{
    LOG_ASSERT(panel->job && !panel->transfer && !panel->finished);
    panel->changing = changes;
    panel->reply = reply;
    panel->transfer = http_start(panel->env.http, request, panel_on_reply, panel);
}

/* Done is told from the timer, as begin runs inside an operation. */
void panel_finish(struct panel *panel, const struct adapter_result *result, bool healthy)
{
    LOG_ASSERT(panel->job && !panel->transfer && !panel->finished);
    panel->result = *result;
    panel->healthy = healthy;
    panel->finished = true;
    uv_timer_start(&panel->timer, panel_on_timer, 0, 0);
}

static void panel_done(struct panel *panel)
{
    struct adapter_job *job = panel->job;
    struct adapter_result result = panel->result;

    panel->job = NULL;
    panel->finished = false;
    panel->env.events->done(panel->env.ctx, job, &result);
}

/* ---- ready and down ---- */

static void panel_pause(struct panel *panel)
{
    const char *id = panel->env.board->id;
    uint64_t seed;
    int64_t wait_ms;

    if (panel->pauses < INT_MAX)
        panel->pauses++;
    seed = hex_fingerprint(id, strlen(id)) + (unsigned)panel->pauses;
    wait_ms = backoff_ms(panel->pauses, PANEL_PAUSE_MIN_MS, PANEL_PAUSE_MAX_MS, seed);
    uv_timer_start(&panel->timer, panel_on_timer, (uint64_t)wait_ms, 0);
}

/* The phase changes first: done may bring the next job, which a board that is down must refuse. */
static void panel_settle(struct panel *panel)
{
    char why[sizeof panel->result.outcome.detail];

    panel->failures = panel->healthy ? 0 : panel->failures + 1;
    if (panel->failures < PANEL_FAILURES) {
        panel_done(panel);
        return;
    }
    memcpy(why, panel->result.outcome.detail, sizeof why);
    panel->phase = PANEL_DOWN;
    panel->pauses = 0;
    panel_pause(panel);
    panel_done(panel);
    if (panel->phase == PANEL_DOWN)
        panel->env.events->ready(panel->env.ctx, false, why);
}

static void panel_be_ready(struct panel *panel)
{
    panel->phase = PANEL_READY;
    panel->failures = 0;
    panel->env.events->ready(panel->env.ctx, true, "");
}

static void panel_on_probe(void *ctx, const struct http_result *result)
{
    struct panel *panel = ctx;

    panel->transfer = NULL;
    if (result->fate == HTTP_ANSWERED && result->status < 500)
        panel_be_ready(panel);
    else
        panel_pause(panel);
}

static void panel_probe(struct panel *panel)
{
    struct http_request request = {
        .method = "GET",
        .url = panel->env.board->url,
        .timeout_ms = panel->env.board->timeout_ms,
    };

    panel->transfer = http_start(panel->env.http, &request, panel_on_probe, panel);
}

static void panel_on_timer(uv_timer_t *timer)
{
    struct panel *panel = timer->data;

    switch (panel->phase) {
    case PANEL_STARTING:
        panel_be_ready(panel);
        break;
    case PANEL_READY:
        panel_settle(panel);
        break;
    case PANEL_DOWN:
        panel_probe(panel);
        break;
    case PANEL_NEW:
    case PANEL_STOPPING:
    case PANEL_STOPPED:
        log_panic("a board's timer in phase %d", (int)panel->phase);
    }
}

/* ---- the end ---- */

static void panel_on_closed(uv_handle_t *handle)
{
    struct panel *panel = handle->data;

    panel->phase = PANEL_STOPPED;
    if (panel->job)
        panel_done(panel);
    panel->env.events->stopped(panel->env.ctx);
}

/* A job that is broken off was never touched, or nobody knows. */
static void panel_break_off(struct panel *panel)
{
    bool nothing_left = true;

    if (panel->transfer)
        nothing_left = http_cancel(panel->transfer);
    panel->transfer = NULL;
    if (!panel->job || panel->finished)
        return;
    if (panel->touched || (panel->changing && !nothing_left))
        panel->result = panel_result(OUTCOME_UNKNOWN, 0, "stopped while the board was asked");
    else
        panel->result = panel_result(OUTCOME_RETURNED, 0, "stopped before the board was asked");
}

void panel_stop(void *state)
{
    struct panel *panel = state;

    LOG_ASSERT(panel->phase != PANEL_NEW && panel->phase < PANEL_STOPPING);
    panel_break_off(panel);
    panel->phase = PANEL_STOPPING;
    uv_close((uv_handle_t *)&panel->timer, panel_on_closed);
}

void panel_fini(void *state)
{
    const struct panel *panel = state;

    LOG_ASSERT(panel->phase == PANEL_NEW || panel->phase == PANEL_STOPPED);
    LOG_ASSERT(!panel->job && !panel->transfer);
}
