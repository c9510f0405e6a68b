/* dialogue: one job, carried step by step: ask, reply, verdict. See dialect.h.
 * Runs: loop. */
#include "adapters/display/panel_inside.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"
#include "gateway/base/log.h"

/* ---- the end ---- */

static void dialogue_name_step(const struct panel *panel, struct outcome *outcome)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    buffer_printf(&text, "%s: %s", panel->dialect->steps[panel->step], outcome->detail);
    snprintf(outcome->detail, sizeof outcome->detail, "%s", buffer_text(&text));
    dialect_tidy(outcome->detail);
}

/* Whatever the board says about the last step: what an earlier one has put there may be seen, and
 * nobody would withdraw what the books call refused. */
static bool dialogue_leaves_doubt(const struct panel *panel, enum outcome_kind kind)
{
    return panel->job->verb == ADAPTER_SUBMIT && panel->touched &&
           (kind == OUTCOME_DEFERRED || kind == OUTCOME_REJECTED);
}

/* Names the step, and makes the outcome as sure as it is. */
static void dialogue_complete(const struct panel *panel, struct outcome *outcome,
                              const struct http_result *reply)
{
    bool doubt = dialogue_leaves_doubt(panel, outcome->kind);

    if (*outcome->detail)
        dialogue_name_step(panel, outcome);
    if (outcome->kind != OUTCOME_DEFERRED && !doubt)
        return;
    if (!outcome->wait_ms)
        outcome->wait_ms = PANEL_WAIT_MS;
    if (reply && reply->retry_after_ms > outcome->wait_ms)
        outcome->wait_ms = reply->retry_after_ms;
    if (doubt)
        outcome->kind = OUTCOME_UNKNOWN;
}

/* reply: the last one; NULL when none came. */
static void dialogue_end(struct panel *panel, struct verdict *verdict,
                         const struct http_result *reply)
{
    struct adapter_result *result = &verdict->result;
    struct digest digest;

    result->sight = panel->sight;
    dialogue_complete(panel, &result->outcome, reply);
    if (reply && panel->job->verb == ADAPTER_VERIFY && result->outcome.kind == OUTCOME_SENT &&
        !*result->evidence.digest) {
        digest = digest_of(DIGEST_SHA256, reply->body, reply->body_length);
        digest_hex(&digest, result->evidence.digest);
    }
    panel_settle(panel, result, verdict->healthy);
}

/* ---- a reply ---- */

/* What any device means by a status; see dialect.h. */
static void dialogue_judge_status(struct panel *panel, int status, struct verdict *verdict)
{
    bool submit = panel->job->verb == ADAPTER_SUBMIT && panel->changing;
    bool content = status == 400 || status == 413 || status == 415 || status == 422;

    if (dialect_is_doubtful(status))
        panel->touched = panel->touched || panel->changing;
    if (status == 401 || status == 403)
        verdict_fail(verdict, OUTCOME_DEFERRED, status,
                     "the board refuses our password or key (status %d)", status);
    else if (status >= 300 && status < 400)
        verdict_fail(verdict, OUTCOME_DEFERRED, status,
                     "the board sends us elsewhere (status %d): correct its url", status);
    else if (content && submit)
        verdict_fail(verdict, OUTCOME_REJECTED, status, "the board refuses it with status %d",
                     status);
    else
        verdict_fail(verdict, OUTCOME_DEFERRED, status, "the board answers with status %d", status);
    if (status == 425 || status == 429) /* it is well, and busy */
        verdict->healthy = true;
}

static const struct reply dialogue_nothing = {.type = "", .body = ""};

static bool dialogue_may_fail(const struct panel *panel)
{
    return panel->job->verb == ADAPTER_VERIFY && panel->dialect->may_fail &&
           panel->dialect->may_fail(panel->step);
}

static bool dialogue_hears(const struct panel *panel, int status)
{
    const struct dialect *dialect = panel->dialect;

    return (status >= 200 && status < 300) || dialect->hears_status ||
           (dialect->hears && dialect->hears(panel->step, status));
}

static void dialogue_judge(struct panel *panel, const struct http_result *result,
                           struct verdict *verdict)
{
    bool heard = dialogue_hears(panel, result->status);
    struct reply reply = {
        .status = result->status,
        .type = result->type,
        .body = result->body,
        .length = result->body_length,
    };
    struct talk talk;

    if (!heard && !dialogue_may_fail(panel)) {
        dialogue_judge_status(panel, result->status, verdict);
        return;
    }
    talk = panel_talk(panel);
    panel->dialect->hear(&talk, heard ? &reply : &dialogue_nothing, verdict);
}

static void dialogue_await(struct panel *panel, const struct verdict *verdict)
{
    if (panel->called) {
        dialogue_go(panel, verdict->step);
        return;
    }
    panel->doing = PANEL_AWAITS;
    panel->next_step = verdict->step;
    panel_wait(panel, verdict->wait_ms);
}

static void dialogue_renew(struct panel *panel, const struct http_result *reply)
{
    struct verdict verdict = {0};

    if (!panel->renewed) {
        panel->renewed = true;
        dialogue_go(panel, 0);
        return;
    }
    verdict_fail(&verdict, OUTCOME_DEFERRED, 0,
                 "the board refuses a session that it has just given");
    dialogue_end(panel, &verdict, reply);
}

/* A step that ended the job, or the session, has told itself whether it changed something. */
static void dialogue_follow(struct panel *panel, struct verdict *verdict,
                            const struct http_result *reply)
{
    switch (verdict->kind) {
    case VERDICT_GO:
        panel->touched = panel->touched || panel->changing;
        dialogue_go(panel, verdict->step);
        break;
    case VERDICT_AWAIT:
        panel->touched = panel->touched || panel->changing;
        dialogue_await(panel, verdict);
        break;
    case VERDICT_RENEW:
        dialogue_renew(panel, reply);
        break;
    case VERDICT_END:
        dialogue_end(panel, verdict, reply);
        break;
    }
}

static void dialogue_on_reply(void *ctx, const struct http_result *result)
{
    struct panel *panel = ctx;
    struct verdict verdict = {0};

    panel->transfer = NULL;
    if (result->fate == HTTP_ANSWERED) {
        dialogue_judge(panel, result, &verdict);
        dialogue_follow(panel, &verdict, result);
        return;
    }
    if (dialogue_may_fail(panel)) {
        dialogue_know(panel);
        return;
    }
    if (result->fate == HTTP_IN_DOUBT)
        panel->touched = panel->touched || panel->changing;
    verdict_fail(&verdict, OUTCOME_DEFERRED, 0, "%s", result->why);
    dialogue_end(panel, &verdict, NULL);
}

void dialogue_know(struct panel *panel)
{
    struct verdict verdict = {0};
    struct talk talk = panel_talk(panel);

    panel->dialect->hear(&talk, &dialogue_nothing, &verdict);
    dialogue_follow(panel, &verdict, NULL);
}

/* ---- a request ---- */

/* Own authorities of the office sign for its boards, not for what a board points at elsewhere. */
static const char *dialogue_ca_file(const struct panel *panel, const char *url)
{
    const struct board *board = panel->env.board;

    return dialect_is_under(url, board->url) ? board->ca_file : NULL;
}

static void dialogue_url(const struct panel *panel, const struct ask *ask, struct buffer *out)
{
    size_t length = strlen(panel->env.board->url);

    while (length && panel->env.board->url[length - 1] == '/')
        length--;
    if (!ask->absolute)
        buffer_add(out, panel->env.board->url, length);
    if (!panel->dialect->whole)
        buffer_add(out, ask->path.data, ask->path.length);
}

/* A board that is hurried is asked again instead of being waited for; but one that is only slow
 * must be heard too. */
static int64_t dialogue_timeout(const struct panel *panel)
{
    int64_t timeout_ms = panel->env.board->timeout_ms;
    bool short_one = panel->job == &panel->own && panel->hurried &&
                     panel->pauses % PANEL_HURRY_PATIENT != PANEL_HURRY_PATIENT - 1;

    return short_one && timeout_ms > PANEL_HURRY_MS ? PANEL_HURRY_MS : timeout_ms;
}

static void dialogue_send(struct panel *panel, const struct ask *ask)
{
    struct buffer url BUFFER_FREE_LATER = BUFFER_NULL;
    struct http_request request = {
        .method = ask->method ? ask->method : "POST",
        .headers = (const char *const *)ask->headers,
        .body = ask->has_body ? buffer_text(&ask->body) : NULL,
        .body_length = ask->body.length,
        .timeout_ms = dialogue_timeout(panel),
        .reply_most = ask->reply_most,
        .whole = panel->dialect->whole,
    };

    dialogue_url(panel, ask, &url);
    request.url = buffer_text(&url);
    request.ca_file = dialogue_ca_file(panel, request.url);
    panel->requests++;
    panel->asked = true;
    panel->doing = PANEL_ASKS;
    panel->changing = ask->changes;
    panel->transfer = http_start(panel->env.http, &request, dialogue_on_reply, panel);
}

static void dialogue_make_nonce(struct panel *panel)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[(sizeof panel->nonce - 1) / 2];

    digest_random(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        panel->nonce[2 * i] = digits[bytes[i] >> 4];
        panel->nonce[2 * i + 1] = digits[bytes[i] & 15];
    }
}

void dialogue_ask(struct panel *panel, bool rested)
{
    struct ask ask = {0};
    struct talk talk;

    dialogue_make_nonce(panel);
    panel->called = false;
    talk = panel_talk(panel);
    panel->dialect->ask(&talk, &ask);
    if (ask.wait_ms > 0 && !rested) {
        panel->changing = false;
        panel->doing = PANEL_RESTS;
        panel_wait(panel, ask.wait_ms);
    } else if (ask.nothing) {
        panel->changing = false;
        panel->requests++;
        panel->doing = PANEL_KNOWS;
        panel_wait(panel, 0);
    } else {
        dialogue_send(panel, &ask);
    }
    ask_free(&ask);
}

void dialogue_go(struct panel *panel, int step)
{
    struct verdict verdict = {0};

    LOG_ASSERT(step >= 0 && step < panel->dialect->n_steps);
    if (panel->requests == PANEL_STEPS_MOST) {
        verdict_fail(&verdict, OUTCOME_DEFERRED, 0, "%d requests and no end", PANEL_STEPS_MOST);
        dialogue_end(panel, &verdict, NULL);
        return;
    }
    panel->step = step;
    dialogue_ask(panel, false);
}

/* ---- the beginning ---- */

void dialogue_begin(struct panel *panel, struct adapter_job *job)
{
    panel->job = job;
    panel->requests = 0;
    panel->asked = panel->renewed = panel->touched = panel->changing = false;
    panel->sight = (struct sight){0};
    dialogue_go(panel, 0);
}
