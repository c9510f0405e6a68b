/* webhook_plan: the templates of one webhook, parsed and checked. See webhook_plan.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook_plan.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/utf8.h"
#include "adapters/display/webhook_charset.h"

enum { WEBHOOK_QUOTE = 40 }; /* bytes of a template that a sentence repeats */

/* As much of the text as a sentence bears, without half a character at its end. */
static int webhook_quote(const char *text, size_t length)
{
    if (length > WEBHOOK_QUOTE)
        length = utf8_bad_at(text, WEBHOOK_QUOTE);
    return (int)length;
}

static void webhook_template_complain(const char *option, const char *place, int error, char *why,
                                      size_t why_size)
{
    int length = webhook_quote(place, strcspn(place, "}") + 1);

    if (error == WEBHOOK_TEMPLATE_UNCLOSED)
        snprintf(why, why_size,
                 lang("%s: the place at \"%.*s\" has no closing \"}\"; write \"{{\" for a brace.",
                      "%s：“%.*s”处的占位符缺少“}”；要写花括号本身请写“{{”。"),
                 option, webhook_quote(place, strlen(place)), place);
    else if (error == WEBHOOK_TEMPLATE_UNKNOWN_FIELD)
        snprintf(why, why_size,
                 lang("%s: %.*s is unknown here; there are {name} {text} {from} {until} {now} "
                      "{board} {width} {height} {font} {speed} {color} {slot} {callback} {picture} "
                      "{nonce} {id}, and in sign_parts {body} {method} {path} {query} {key} "
                      "{secret}; write \"{{\" for a brace.",
                      "%s：此处没有 %.*s；可用 {name} {text} {from} {until} {now} {board} {width} "
                      "{height} {font} {speed} {color} {slot} {callback} {picture} {nonce} "
                      "{id}，sign_parts 中还可用 {body} {method} {path} {query} {key} "
                      "{secret}；要写花括号本身请写“{{”。"),
                 option, length, place);
    else
        snprintf(why, why_size,
                 lang("%s: %.*s is written in an unknown way; there are :json :url :form :html "
                      ":base64 :raw :gbk :gbk-url :gbk-form :gbk-base64, and for times before "
                      "that :s :ms :local or a pattern such as :%%Y-%%m-%%d.",
                      "%s：%.*s 的写法不对；可用 :json :url :form :html :base64 :raw :gbk :gbk-url "
                      ":gbk-form :gbk-base64，时间可在其前用 :s :ms :local 或 :%%Y-%%m-%%d "
                      "这样的格式。"),
                 option, length, place);
}

static int webhook_template_make(const char *option, const char *text,
                                 const struct webhook_setting *setting,
                                 struct webhook_template **out, char *why, size_t why_size)
{
    size_t at = 0;
    int error = webhook_given(text) ? webhook_template_parse(text, setting, out, &at) : 0;

    if (error)
        webhook_template_complain(option, text + at, error, why, why_size);
    return error != 0;
}

static bool webhook_is_json(const char *type)
{
    return type && strcasestr(type, "json");
}

static enum webhook_escape webhook_body_escape(const char *type)
{
    if (webhook_is_json(type))
        return WEBHOOK_JSON;
    if (type && strcasestr(type, "x-www-form-urlencoded"))
        return WEBHOOK_FORM;
    if (type && (strcasestr(type, "xml") || strcasestr(type, "html")))
        return WEBHOOK_HTML;
    return WEBHOOK_RAW;
}

/* Thousands of boards may have the presets, which are known to be JSON. */
static bool webhook_is_preset(const char *body, int verb)
{
    return webhook_bodies[verb] && strcmp(body, webhook_bodies[verb]) == 0;
}

/* Numbers may stand without quotes, so they are numbers here too. */
static void webhook_values_try(struct webhook_values *values)
{
    *values = (struct webhook_values){.times = {0}};
    for (int i = 0; i < WEBHOOK_FIELDS; i++)
        values->text[i] = "1";
    values->text[WEBHOOK_TEXT] = "\"法\\\n";
    values->text[WEBHOOK_NAME] = values->text[WEBHOOK_ID] = "lc-check";
    values->text[WEBHOOK_COLOR] = "#ff0000";
    values->text[WEBHOOK_CALLBACK] = "http://192.0.2.1/call";
}

/* What GBK doesn't have can't be sent on the day. */
static int webhook_literal_check(const char *option, const struct webhook_template *template,
                                 struct buffer *out, char *why, size_t why_size)
{
    struct webhook_values values;
    const char *bad = NULL;

    webhook_values_try(&values);
    if (!template || !webhook_template_render(template, &values, out, &bad))
        return 0;
    snprintf(
        why, why_size,
        lang("%s: GBK does not have the character at \"%.*s\".", "%s：GBK 中没有“%.*s”处的字符。"),
        option, bad ? webhook_quote(bad, strlen(bad)) : 1, bad ? bad : "?");
    return 1;
}

/* Tries the body with a nasty slogan: what isn't JSON now would be refused on the day. */
static int webhook_json_check(const char *option, const struct buffer *body, bool gbk, char *why,
                              size_t why_size)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    const char *wrong = "GBK";
    struct jv *value = NULL;

    if (!gbk)
        buffer_add(&text, body->data, body->length);
    if (!gbk || !webhook_gbk_decode(buffer_text(body), body->length, &text))
        value = jv_parse(buffer_text(&text), text.length, &wrong);
    if (value) {
        jv_free(value);
        return 0;
    }
    snprintf(why, why_size,
             lang("%s does not become JSON (%s); put places between quotes and write a single "
                  "\"}\" for each closing brace.",
                  "%s 生成的不是合法 JSON（%s）；占位符要放在引号内，右花括号只写一个“}”。"),
             option, wrong);
    return 1;
}

static int webhook_body_make(struct webhook_call *call, int verb,
                             const struct webhook_options *options, char *why, size_t why_size)
{
    const char *body = options->calls[verb].body;
    struct webhook_setting setting = {.escape = webhook_body_escape(options->content_type),
                                      .gbk = options->charset == WEBHOOK_GBK};
    struct buffer tried BUFFER_FREE_LATER = BUFFER_NULL;
    char name[32];
    int rc;

    snprintf(name, sizeof name, "%s_body", webhook_prefixes[verb]);
    rc = webhook_template_make(name, body, &setting, &call->body, why, why_size);
    if (rc || !call->body || webhook_is_preset(body, verb))
        return rc;
    rc = webhook_literal_check(name, call->body, &tried, why, why_size);
    if (!rc && setting.escape == WEBHOOK_JSON)
        rc = webhook_json_check(name, &tried, setting.gbk, why, why_size);
    return rc;
}

static int webhook_call_make(struct webhook_call *call, int verb,
                             const struct webhook_options *options, char *why, size_t why_size)
{
    const struct webhook_call_options *mine = &options->calls[verb];
    const struct webhook_setting path = {.escape = WEBHOOK_URL,
                                         .gbk = options->charset == WEBHOOK_GBK};
    const struct webhook_setting plain = {.escape = WEBHOOK_RAW};
    struct buffer tried BUFFER_FREE_LATER = BUFFER_NULL;
    char name[32];
    int rc;

    snprintf(name, sizeof name, "%s_path", webhook_prefixes[verb]);
    rc = webhook_template_make(name, mine->path, &path, &call->path, why, why_size);
    if (!rc)
        rc = webhook_literal_check(name, call->path, &tried, why, why_size);
    if (!rc)
        rc = webhook_body_make(call, verb, options, why, why_size);
    snprintf(name, sizeof name, "%s_equals", webhook_prefixes[verb]);
    if (!rc)
        rc = webhook_template_make(name, mine->equals, &plain, &call->equals, why, why_size);
    return rc;
}

static bool webhook_call_has(const struct webhook_call *call, enum webhook_field field)
{
    return webhook_template_has(call->path, field) || webhook_template_has(call->body, field);
}

static bool webhook_names_slogan(const struct webhook_template *template)
{
    return webhook_template_has(template, WEBHOOK_NAME) ||
           webhook_template_has(template, WEBHOOK_TEXT) ||
           webhook_template_has(template, WEBHOOK_ID);
}

/* What verify would find true whatever is on the screen is no proof. A call names its slogan. */
static int webhook_proof_check(const struct webhook_plan *plan,
                               const struct webhook_options *options, char *why, size_t why_size)
{
    const struct webhook_call *call = &plan->calls[ADAPTER_VERIFY];
    const char *sentence = NULL;

    if (options->verify_by == WEBHOOK_BY_CALL && !webhook_call_has(call, WEBHOOK_CALLBACK) &&
        !webhook_call_has(&plan->calls[ADAPTER_SUBMIT], WEBHOOK_CALLBACK))
        sentence = lang("verify_by = \"call\" needs {callback} in a path or body of verify_ or "
                        "publish_: else the platform does not know whom to call.",
                        "verify_by = \"call\" 需要在 verify_ 或 publish_ 的路径或正文中写 "
                        "{callback}，否则平台不知道回调地址。");
    else if (options->verify_by == WEBHOOK_BY_REPLY && call->path &&
             !webhook_names_slogan(call->equals) && !webhook_names_slogan(call->path) &&
             !webhook_names_slogan(call->body))
        sentence = lang("verify_equals must contain {name}, {text} or {id}, unless verify_path or "
                        "verify_body does: else one answer would prove every slogan.",
                        "verify_equals 必须含有 {name}、{text} 或 {id}（verify_path 或 "
                        "verify_body 已含有时除外）：否则同一个回复会证明所有标语。");
    else if (!webhook_given(options->publish_id) &&
             (webhook_call_has(call, WEBHOOK_ID) ||
              webhook_call_has(&plan->calls[ADAPTER_WITHDRAW], WEBHOOK_ID)))
        sentence =
            lang("publish_id must be given for {id}: the pointer to the platform's id in the "
                 "reply to publishing.",
                 "publish_id 必须填写才能使用 {id}：即发布回复中平台代号的 JSON 指针。");
    if (!sentence)
        return 0;
    snprintf(why, why_size, "%s", sentence);
    return 1;
}

static int webhook_headers_make(struct webhook_plan *plan, const struct webhook_options *options,
                                char *why, size_t why_size)
{
    const struct webhook_setting setting = {.escape = WEBHOOK_URL};
    int rc = 0;

    for (size_t i = 0; !rc && i < options->headers.n && i < WEBHOOK_HEADERS; i++) {
        rc = webhook_template_make("headers", options->headers.items[i], &setting,
                                   &plan->headers[i], why, why_size);
        if (!rc)
            plan->n_headers++;
    }
    return rc;
}

int webhook_plan_init(struct webhook_plan *plan, const struct webhook_options *options, char *why,
                      size_t why_size)
{
    const struct webhook_setting path = {.escape = WEBHOOK_URL,
                                         .gbk = options->charset == WEBHOOK_GBK};
    const struct webhook_setting parts = {.escape = WEBHOOK_RAW, .signs = true};
    int rc = 0;

    *plan = (struct webhook_plan){0};
    for (int verb = 0; !rc && verb < ADAPTER_VERBS; verb++)
        rc = webhook_call_make(&plan->calls[verb], verb, options, why, why_size);
    if (!rc)
        rc = webhook_proof_check(plan, options, why, why_size);
    if (!rc)
        rc = webhook_template_make("picture_path", options->picture_path, &path,
                                   &plan->picture_path, why, why_size);
    if (!rc)
        rc = webhook_template_make("sign_parts", options->sign_parts, &parts, &plan->sign_parts,
                                   why, why_size);
    if (!rc)
        rc = webhook_headers_make(plan, options, why, why_size);
    return rc;
}

void webhook_plan_free(struct webhook_plan *plan)
{
    for (int verb = 0; verb < ADAPTER_VERBS; verb++) {
        webhook_template_free(plan->calls[verb].path);
        webhook_template_free(plan->calls[verb].body);
        webhook_template_free(plan->calls[verb].equals);
    }
    webhook_template_free(plan->picture_path);
    webhook_template_free(plan->sign_parts);
    for (size_t i = 0; i < plan->n_headers; i++)
        webhook_template_free(plan->headers[i]);
    *plan = (struct webhook_plan){0};
}
