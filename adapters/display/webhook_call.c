/* webhook_call: one of a webhook's three calls. See webhook_call.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook_call.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/utf8.h"
#include "adapters/display/panel.h"

enum { WEBHOOK_QUOTE = 40 }; /* bytes of a template that a sentence repeats */

/* ---- templates ---- */

/* "2026-10-31T08:30:00+08:00" */
static void webhook_time(int64_t wall_ms, char text[static 32])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local;
    size_t length;

    LOG_ASSERT(localtime_r(&seconds, &local));
    length = strftime(text, 31, "%Y-%m-%dT%H:%M:%S%z", &local);
    LOG_ASSERT(length > 5);
    memmove(text + length - 1, text + length - 2, 3);
    text[length - 2] = ':';
}

void webhook_values_fill(struct webhook_values *values, const struct adapter_job *job,
                         const char *board)
{
    webhook_time(job->from_ms, values->from);
    webhook_time(job->until_ms, values->until);
    values->fields[WEBHOOK_NAME] = job->name;
    values->fields[WEBHOOK_TEXT] = job->text;
    values->fields[WEBHOOK_FROM] = values->from;
    values->fields[WEBHOOK_UNTIL] = values->until;
    values->fields[WEBHOOK_BOARD] = board;
}

/* As much of the text as a sentence bears, without half a character at its end. */
static int webhook_quote(const char *text, size_t length)
{
    if (length > WEBHOOK_QUOTE)
        length = utf8_bad_at(text, WEBHOOK_QUOTE);
    return (int)length;
}

static int webhook_template_check(const char *option, const char *text, enum webhook_escape preset,
                                  struct webhook_template **out, char *why, size_t why_size)
{
    const char *place;
    size_t at = 0;

    if (!text || !*text)
        return 0;
    switch (webhook_template_parse(text, preset, out, &at)) {
    case WEBHOOK_TEMPLATE_OK:
        return 0;
    case WEBHOOK_TEMPLATE_UNCLOSED:
        place = text + at;
        snprintf(why, why_size,
                 lang("%s: the place at \"%.*s\" has no closing \"}\"; write \"{{\" for a brace.",
                      "%s：“%.*s”处的占位符缺少“}”；要写花括号本身请写“{{”。"),
                 option, webhook_quote(place, strlen(place)), place);
        return 1;
    case WEBHOOK_TEMPLATE_UNKNOWN_FIELD:
    case WEBHOOK_TEMPLATE_UNKNOWN_ESCAPE:
        break;
    }
    place = text + at;
    snprintf(
        why, why_size,
        lang("%s: %.*s is unknown; there are {name} {text} {from} {until} {board}, with :json "
             ":url :base64 or :plain; write \"{{\" for a brace.",
             "%s：没有 %.*s；可用 {name} {text} {from} {until} {board}，可加 :json :url :base64 "
             ":plain；要写花括号本身请写“{{”。"),
        option, webhook_quote(place, strcspn(place, "}") + 1), place);
    return 1;
}

static bool webhook_is_json(const char *content_type)
{
    return content_type && strcasestr(content_type, "json");
}

/* Thousands of boards may have the presets, which are known to be JSON. */
static bool webhook_is_preset(const char *body, enum adapter_verb verb)
{
    return webhook_bodies[verb] && strcmp(body, webhook_bodies[verb]) == 0;
}

/* Tries the template with a nasty slogan: what isn't JSON now would be refused on the day. */
static int webhook_body_check(const struct webhook_call *call, const char *prefix, char *why,
                              size_t why_size)
{
    struct adapter_job job = {.text = "\"法\\\n", .name = "lawcast-check"};
    struct webhook_values values;
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    const char *wrong = "";
    struct jv *value;

    webhook_values_fill(&values, &job, "board");
    webhook_template_render(call->body, values.fields, &body);
    value = jv_parse(buffer_text(&body), body.length, &wrong);
    if (value) {
        jv_free(value);
        return 0;
    }
    snprintf(why, why_size,
             lang("%s_body does not become JSON (%s); put places between quotes and write a single "
                  "\"}\" for each closing brace.",
                  "%s_body 生成的不是合法 JSON（%s）；占位符要放在引号内，右花括号只写一个“}”。"),
             prefix, wrong);
    return 1;
}

static int webhook_rule_check(const struct webhook_call_options *options, const char *prefix,
                              char *why, size_t why_size)
{
    bool pointer = options->pointer && *options->pointer;
    bool equals = options->equals && *options->equals;

    if (pointer && *options->pointer != '/')
        snprintf(why, why_size,
                 lang("%s_pointer must begin with \"/\", such as /code.",
                      "%s_pointer 必须以“/”开头，例如 /code。"),
                 prefix);
    else if (pointer != equals)
        snprintf(why, why_size,
                 lang("%s_%s needs %s_%s: give both or none.",
                      "%s_%s 需要与 %s_%s 配合：请同时填写或同时省略。"),
                 prefix, pointer ? "pointer" : "equals", prefix, pointer ? "equals" : "pointer");
    else if (options->path && *options->path && !strchr("/?", *options->path))
        snprintf(why, why_size,
                 lang("%s_path must begin with \"/\" or \"?\".", "%s_path 必须以“/”或“?”开头。"),
                 prefix);
    else
        return 0;
    return 1;
}

static bool webhook_names_slogan(const struct webhook_template *template)
{
    return template && (webhook_template_has(template, WEBHOOK_NAME) ||
                        webhook_template_has(template, WEBHOOK_TEXT));
}

/* What verify would find true whatever is on the screen is no proof. */
static int webhook_proof_check(const struct webhook_call *call, char *why, size_t why_size)
{
    const char *sentence = NULL;

    if (call->equals && !call->path)
        sentence = lang("verify_pointer needs verify_path: without it the board is never asked.",
                        "verify_pointer 需要与 verify_path 配合：没有后者就不会去核实。");
    else if (call->path && !call->equals)
        sentence = lang("verify_path needs verify_pointer and verify_equals: an HTTP status alone "
                        "does not prove that the slogan is on the screen. Leave verify_path out if "
                        "the platform can't tell.",
                        "verify_path 需要与 verify_pointer、verify_equals 配合：仅凭 HTTP "
                        "状态码不能证明标语已经上屏。平台无法回答时请不要填写 verify_path。");
    else if (call->path && !webhook_names_slogan(call->equals) &&
             !webhook_names_slogan(call->path) && !webhook_names_slogan(call->body))
        sentence = lang("verify_equals must contain {name} or {text}, unless verify_path or "
                        "verify_body does: else one answer would prove every slogan.",
                        "verify_equals 必须含有 {name} 或 {text}（verify_path 或 verify_body "
                        "已含有时除外）：否则同一个回复会证明所有标语。");
    if (!sentence)
        return 0;
    snprintf(why, why_size, "%s", sentence);
    return 1;
}

int webhook_call_init(struct webhook_call *call, enum adapter_verb verb,
                      const struct webhook_options *options, char *why, size_t why_size)
{
    const char *prefix = webhook_prefixes[verb];
    const struct webhook_call_options *mine = &options->calls[verb];
    bool json = webhook_is_json(options->content_type);
    char name[32];
    int rc;

    call->options = mine;
    rc = webhook_rule_check(mine, prefix, why, why_size);
    snprintf(name, sizeof name, "%s_path", prefix);
    if (!rc)
        rc = webhook_template_check(name, mine->path, WEBHOOK_URL, &call->path, why, why_size);
    snprintf(name, sizeof name, "%s_body", prefix);
    if (!rc)
        rc = webhook_template_check(name, mine->body, json ? WEBHOOK_JSON : WEBHOOK_PLAIN,
                                    &call->body, why, why_size);
    snprintf(name, sizeof name, "%s_equals", prefix);
    if (!rc)
        rc =
            webhook_template_check(name, mine->equals, WEBHOOK_PLAIN, &call->equals, why, why_size);
    if (!rc && json && call->body && !webhook_is_preset(mine->body, verb))
        rc = webhook_body_check(call, prefix, why, why_size);
    if (!rc && verb == ADAPTER_VERIFY)
        rc = webhook_proof_check(call, why, why_size);
    return rc;
}

void webhook_call_free(struct webhook_call *call)
{
    webhook_template_free(call->path);
    webhook_template_free(call->body);
    webhook_template_free(call->equals);
    *call = (struct webhook_call){0};
}

/* ---- what the answer means ---- */

static struct webhook_verdict webhook_verdict_of(struct adapter_result result, bool healthy)
{
    return (struct webhook_verdict){.result = result, .healthy = healthy};
}

static struct webhook_verdict webhook_success(enum outcome_level level)
{
    struct adapter_result result = panel_result(OUTCOME_SENT, 0, "%s", "");

    result.level = level;
    return webhook_verdict_of(result, true);
}

/* Trouble that passes: a repetition is safe, as the platform knows it by its webhook-id. */
static bool webhook_status_passes(int status)
{
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

static struct webhook_verdict webhook_later(const struct http_result *reply)
{
    struct adapter_result result = panel_result(
        OUTCOME_DEFERRED, reply->status, "the platform answers with status %d", reply->status);

    if (reply->retry_after_ms > result.outcome.wait_ms)
        result.outcome.wait_ms = reply->retry_after_ms;
    return webhook_verdict_of(result, reply->status == 425 || reply->status == 429);
}

/* A 4xx: no to this slogan when it was to be shown; gone or not there for the other two. */
static struct webhook_verdict webhook_refusal(enum adapter_verb verb, int status)
{
    bool gone = status == 404 || status == 410;

    if (verb == ADAPTER_WITHDRAW && gone)
        return webhook_success(LEVEL_ACCEPTED);
    if (verb == ADAPTER_VERIFY && !gone)
        return webhook_verdict_of(
            panel_result(OUTCOME_DEFERRED, status, "the platform refuses the question: %d", status),
            true);
    return webhook_verdict_of(
        panel_result(OUTCOME_REJECTED, status, "the platform refuses with status %d", status),
        true);
}

static struct webhook_verdict webhook_other_status(const struct webhook_call *call,
                                                   enum adapter_verb verb,
                                                   const struct http_result *reply)
{
    int status = reply->status;

    if (webhook_status_passes(status))
        return webhook_later(reply);
    if (status >= 400)
        return webhook_refusal(verb, status);
    if (status >= 300)
        return webhook_verdict_of(panel_result(OUTCOME_DEFERRED, status,
                                               "the platform redirects (%d): correct its url",
                                               status),
                                  false);
    return webhook_verdict_of(panel_result(OUTCOME_UNKNOWN, status,
                                           "the platform answers %d, %s_status is %d", status,
                                           webhook_prefixes[verb], (int)call->options->status),
                              true);
}

static bool webhook_scalar_is(const struct jv *value, const char *expected, struct buffer *found)
{
    buffer_clear(found);
    return jv_scalar(value, found) && strcmp(buffer_text(found), expected) == 0;
}

static bool webhook_value_is(const struct jv *value, enum adapter_verb verb, const char *expected,
                             struct buffer *found)
{
    const struct jv *element;

    if (verb != ADAPTER_VERIFY || !jv_is_array(value))
        return webhook_scalar_is(value, expected, found);
    for (size_t i = 0; (element = jv_element(value, i)) != NULL; i++)
        if (webhook_scalar_is(element, expected, found))
            return true;
    buffer_clear(found);
    buffer_add_text(found, "a list without it");
    return false;
}

/* The status is right, the value isn't: a clear no, unless the value isn't there at all. */
static struct webhook_verdict webhook_mismatch(const struct webhook_call *call,
                                               enum adapter_verb verb, const char *found)
{
    enum outcome_kind kind = OUTCOME_REJECTED;

    if (verb == ADAPTER_WITHDRAW)
        kind = OUTCOME_DEFERRED;
    return webhook_verdict_of(panel_result(kind, 0, "the platform says no: %.40s is %.60s",
                                           call->options->pointer, found),
                              true);
}

static struct webhook_verdict webhook_judge_value(const struct webhook_call *call,
                                                  enum adapter_verb verb, const char *expected,
                                                  const struct http_result *reply)
{
    struct buffer found BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document = jv_parse(reply->body, reply->body_length, NULL);
    const struct jv *value = document ? jv_at(document, call->options->pointer) : NULL;
    struct webhook_verdict verdict;

    if (value && webhook_value_is(value, verb, expected, &found))
        verdict = webhook_success(verb == ADAPTER_VERIFY ? LEVEL_PLAYING : LEVEL_ACCEPTED);
    else if (value || (document && verb == ADAPTER_VERIFY))
        verdict = webhook_mismatch(call, verb, found.length ? buffer_text(&found) : "not there");
    else
        verdict = webhook_verdict_of(panel_result(OUTCOME_UNKNOWN, reply->status,
                                                  "the reply is not JSON with %.40s",
                                                  call->options->pointer),
                                     true);
    jv_free(document);
    return verdict;
}

struct webhook_verdict webhook_call_judge(const struct webhook_call *call, enum adapter_verb verb,
                                          const struct webhook_values *values,
                                          const struct http_result *reply)
{
    struct buffer expected BUFFER_FREE_LATER = BUFFER_NULL;

    if (reply->fate == HTTP_NOT_SENT)
        return webhook_verdict_of(panel_result(OUTCOME_DEFERRED, 0, "%s", reply->why), false);
    if (reply->fate == HTTP_IN_DOUBT)
        return webhook_verdict_of(panel_result(OUTCOME_UNKNOWN, 0, "%s", reply->why), false);
    if (reply->status != call->options->status)
        return webhook_other_status(call, verb, reply);
    if (!call->equals) /* a bare status is not "on the screen" */
        return webhook_success(LEVEL_ACCEPTED);
    webhook_template_render(call->equals, values->fields, &expected);
    return webhook_judge_value(call, verb, buffer_text(&expected), reply);
}
