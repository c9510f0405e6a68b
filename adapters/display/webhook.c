/* webhook: any platform that takes a slogan by HTTP. See webhook.h.
 * Runs: loop. */
#include "adapters/display/webhook.h"

#include <errno.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
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

static void webhook_add_header(struct webhook *webhook, char *header)
{
    webhook->headers[webhook->n_headers++] = header;
}

static void webhook_fixed_headers(struct webhook *webhook)
{
    const struct webhook_options *options = webhook_options_of(webhook);
    size_t n = options->headers.n;

    webhook->headers = mem_array(WEBHOOK_JOB_HEADERS + n + 3, char *);
    webhook->n_headers = WEBHOOK_JOB_HEADERS;
    if (options->content_type && *options->content_type)
        webhook_add_header(webhook, mem_printf("Content-Type: %s", options->content_type));
    if (options->token && *options->token)
        webhook_add_header(webhook, mem_printf("Authorization: Bearer %s", options->token));
    for (size_t i = 0; i < n; i++)
        webhook_add_header(webhook, mem_dup(options->headers.items[i]));
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

/* The configuration has been checked by webhook_check already, but not every caller reads one. */
static int webhook_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct webhook *webhook = state;
    const struct webhook_options *options = env->board->options;
    int rc = panel_init(&webhook->panel, env, webhook_begin, why, why_size);

    if (rc)
        return rc;
    if (webhook_check(options, why, why_size))
        return -EINVAL;
    webhook_fixed_headers(webhook);
    for (int verb = 0; verb < WEBHOOK_CALLS; verb++)
        LOG_ASSERT(!webhook_call_init(&webhook->calls[verb], (enum adapter_verb)verb, options, why,
                                      why_size));
    return 0;
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
