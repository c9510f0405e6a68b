/* webhook: any platform that takes a slogan by HTTP. See webhook.h.
 * Runs: loop. */
#include "adapters/display/webhook.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "adapters/display/panel.h"
#include "adapters/display/webhook_call.h"

enum { WEBHOOK_JOB_HEADERS = 3 }; /* webhook-id, webhook-timestamp, lawcast-event */

struct webhook {
    struct panel panel;
    struct webhook_call calls[WEBHOOK_CALLS];
    struct webhook_values values; /* of the job */
    char **headers; /* ours first, rewritten for each job, then the fixed ones, NULL */
    size_t n_headers;
};

static const struct webhook_options *webhook_options_of(const struct webhook *webhook)
{
    return webhook->panel.env.board->options;
}

/* ---- headers ---- */

/* RFC 9110, 5.1 and 5.5; a line end in a header would begin another header. */
static bool webhook_header_is_valid(const char *header)
{
    size_t name = strspn(header, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    if (!name || header[name] != ':' || !header[name + 1 + strspn(header + name + 1, " \t")])
        return false;
    for (const char *c = header; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127)
            return false;
    return true;
}

static int webhook_add_header(struct webhook *webhook, char *header)
{
    webhook->headers[webhook->n_headers++] = header;
    return webhook_header_is_valid(header) ? 0 : -EINVAL;
}

static int webhook_fixed_headers(struct webhook *webhook, char *why, size_t why_size)
{
    const struct webhook_options *options = webhook_options_of(webhook);
    size_t n = options->headers.n;

    webhook->headers = mem_array(WEBHOOK_JOB_HEADERS + n + 3, char *);
    webhook->n_headers = WEBHOOK_JOB_HEADERS;
    if (options->content_type && *options->content_type &&
        webhook_add_header(webhook, mem_printf("Content-Type: %s", options->content_type))) {
        snprintf(why, why_size, "%s",
                 lang("content_type has a character that no header may have.",
                      "content_type 含有请求头不允许的字符。"));
        return -EINVAL;
    }
    if (options->token && *options->token &&
        webhook_add_header(webhook, mem_printf("Authorization: Bearer %s", options->token))) {
        snprintf(why, why_size, "%s",
                 lang("token has a character that no header may have.",
                      "token 含有请求头不允许的字符。"));
        return -EINVAL;
    }
    for (size_t i = 0; i < n; i++)
        if (webhook_add_header(webhook, mem_dup(options->headers.items[i]))) {
            snprintf(why, why_size,
                     lang("Entry %zu of headers must read \"Name: value\".",
                          "headers 的第 %zu 项必须写成“名称: 值”。"),
                     i + 1);
            return -EINVAL;
        }
    return 0;
}

static void webhook_set_header(struct webhook *webhook, size_t i, char *header)
{
    free(webhook->headers[i]);
    webhook->headers[i] = header;
}

static void webhook_job_headers(struct webhook *webhook, const struct adapter_job *job)
{
    long long seconds = (long long)(clock_wall_ms() / 1000);

    webhook_set_header(webhook, 0, mem_printf("webhook-id: %s", job->name));
    webhook_set_header(webhook, 1, mem_printf("webhook-timestamp: %lld", seconds));
    webhook_set_header(webhook, 2, mem_printf("lawcast-event: %s", webhook_events[job->verb]));
}

/* ---- one job ---- */

static void webhook_on_reply(struct panel *panel, const struct http_result *reply)
{
    const struct webhook *webhook = (struct webhook *)panel;
    enum adapter_verb verb = panel->job->verb;
    struct webhook_verdict verdict =
        webhook_call_judge(&webhook->calls[verb], verb, &webhook->values, reply);

    panel_finish(panel, &verdict.result, verdict.healthy);
}

static void webhook_begin(struct panel *panel)
{
    struct webhook *webhook = (struct webhook *)panel;
    const struct adapter_job *job = panel->job;
    const struct webhook_call *call = &webhook->calls[job->verb];
    struct buffer path BUFFER_FREE_LATER = BUFFER_NULL, url BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    struct http_request request = {.method = webhook_methods[call->options->method],
                                   .timeout_ms = panel->env.board->timeout_ms};

    if (job->verb == ADAPTER_VERIFY && !call->path) {
        struct adapter_result result = panel_result(OUTCOME_DEFERRED, 0, "not configured");

        panel_finish(panel, &result, true);
        return;
    }
    webhook_values_fill(&webhook->values, job, panel->env.board->id);
    webhook_job_headers(webhook, job);
    if (call->path)
        webhook_template_render(call->path, webhook->values.fields, &path);
    panel_url(panel, buffer_text(&path), &url);
    if (call->body) {
        webhook_template_render(call->body, webhook->values.fields, &body);
        request.body = buffer_text(&body);
        request.body_length = body.length;
    }
    request.url = buffer_text(&url);
    request.headers = (const char *const *)webhook->headers;
    panel_send(panel, &request, job->verb != ADAPTER_VERIFY, webhook_on_reply);
}

/* ---- life ---- */

static int webhook_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct webhook *webhook = state;
    int rc = panel_init(&webhook->panel, env, webhook_begin, why, why_size);

    if (!rc)
        rc = webhook_fixed_headers(webhook, why, why_size);
    for (int verb = 0; !rc && verb < WEBHOOK_CALLS; verb++)
        rc = webhook_call_init(&webhook->calls[verb], (enum adapter_verb)verb,
                               webhook_options_of(webhook), why, why_size);
    return rc;
}

static void webhook_fini(void *state)
{
    struct webhook *webhook = state;

    panel_fini(&webhook->panel);
    for (int verb = 0; verb < WEBHOOK_CALLS; verb++)
        webhook_call_free(&webhook->calls[verb]);
    for (size_t i = 0; i < webhook->n_headers; i++)
        free(webhook->headers[i]);
    free(webhook->headers);
}

const struct adapter adapter_webhook = {
    .kind = WEBHOOK_KIND,
    .channel = CHANNEL_DISPLAY,
    .caps = ADAPTER_IDEMPOTENT,
    .state_size = sizeof(struct webhook),
    .init = webhook_init,
    .start = panel_start,
    .submit = panel_submit,
    .withdraw = panel_withdraw,
    .verify = panel_verify,
    .stop = panel_stop,
    .fini = webhook_fini,
};
