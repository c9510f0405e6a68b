/* webhook_check: do the options of a webhook make sense together? See webhook.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "adapters/display/webhook_plan.h"
#include "adapters/display/webhook_sign.h"

static const char webhook_tokens[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/* Each check: 0, or 1 with a sentence in why. */
struct webhook_complaint {
    char *why;
    size_t size;
};

#define WEBHOOK_COMPLAIN(complaint, ...)                                                           \
    (snprintf((complaint).why, (complaint).size, __VA_ARGS__), 1)

/* ---- names and values that go into a request's head ---- */

/* RFC 9110, 5.5; a line end in a header would begin another header. */
static bool webhook_header_value_is_valid(const char *value)
{
    if (!value[strspn(value, " \t")])
        return false;
    for (const char *c = value; *c; c++)
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 127)
            return false;
    return true;
}

/* RFC 9110, 5.1 */
static bool webhook_header_is_valid(const char *header)
{
    size_t name = strspn(header, webhook_tokens);

    return name && header[name] == ':' && webhook_header_value_is_valid(header + name + 1);
}

static int webhook_check_values(const struct webhook_options *options,
                                struct webhook_complaint complaint)
{
    const char *const values[][2] = {
        {"content_type", options->content_type}, {"token", options->token}, {"user", options->user},
        {"password", options->password},         {"key", options->key},
    };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (webhook_given(values[i][1]) && !webhook_header_value_is_valid(values[i][1]))
            return WEBHOOK_COMPLAIN(
                complaint,
                lang("%s has a character that no header may have, or only blanks: correct it.",
                     "%s 含有请求头不允许的字符，或只有空格：请改正。"),
                values[i][0]);
    return 0;
}

static int webhook_check_names(const struct webhook_options *options,
                               struct webhook_complaint complaint)
{
    const char *const names[][2] = {
        {"key_header", options->key_header},
        {"key_query", options->key_query},
        {"sign_header", options->sign_header},
        {"sign_query", options->sign_query},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (webhook_given(names[i][1]) && names[i][1][strspn(names[i][1], webhook_tokens + 6)])
            return WEBHOOK_COMPLAIN(complaint,
                                    lang("%s must be a name of letters, digits, \"-\" and \"_\".",
                                         "%s 必须是由字母、数字、“-”和“_”组成的名称。"),
                                    names[i][0]);
    return 0;
}

static int webhook_check_headers(const struct webhook_options *options,
                                 struct webhook_complaint complaint)
{
    const struct option_strings *headers = &options->headers;

    for (size_t i = 0; i < headers->n; i++)
        if (!webhook_header_is_valid(headers->items[i]))
            return WEBHOOK_COMPLAIN(complaint,
                                    lang("headers: entry %zu must read \"Name: value\".",
                                         "headers 的第 %zu 项必须写成“名称: 值”。"),
                                    i + 1);
    return 0;
}

/* ---- who we are ---- */

static int webhook_check_login(const struct webhook_options *options,
                               struct webhook_complaint complaint)
{
    bool keyed = webhook_given(options->key_header) || webhook_given(options->key_query);

    if (webhook_given(options->user) && webhook_given(options->token))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("user and token can't be used together: both are sent as "
                                     "Authorization; leave one out.",
                                     "user 与 token 不能同时使用：两者都用 Authorization "
                                     "发送，请去掉一个。"));
    if (webhook_given(options->user) && strchr(options->user, ':'))
        return WEBHOOK_COMPLAIN(
            complaint, "%s",
            lang("user must not have a \":\" (RFC 7617).", "user 不能含有“:”（RFC 7617）。"));
    if (webhook_given(options->password) && !webhook_given(options->user))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("password needs user: give both or none.",
                                     "password 需要与 user 配合：请同时填写或同时省略。"));
    if (webhook_given(options->key) && !keyed)
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("key needs key_header or key_query: how is it to be sent?",
                                     "key 需要 key_header 或 key_query：请说明如何发送。"));
    if (keyed && !webhook_given(options->key))
        return WEBHOOK_COMPLAIN(
            complaint,
            lang("%s needs key: there is nothing to send.", "%s 需要 key：没有可发送的内容。"),
            webhook_given(options->key_header) ? "key_header" : "key_query");
    for (size_t i = 0; i < options->secret.n; i++)
        if (!webhook_secret_is_valid(options->secret.items[i]))
            return WEBHOOK_COMPLAIN(complaint,
                                    lang("secret: entry %zu is empty, or not base64 behind "
                                         "\"whsec_\".",
                                         "secret 的第 %zu 项为空，或“whsec_”之后不是 base64。"),
                                    i + 1);
    return 0;
}

/* What has no meaning without a recipe. */
static const char *webhook_sign_stray(const struct webhook_options *options)
{
    if (webhook_given(options->sign_parts))
        return "sign_parts";
    if (webhook_given(options->sign_secret))
        return "sign_secret";
    if (webhook_given(options->sign_header))
        return "sign_header";
    return webhook_given(options->sign_query) ? "sign_query" : NULL;
}

static int webhook_check_sign(const struct webhook_options *options,
                              struct webhook_complaint complaint)
{
    const char *stray = webhook_sign_stray(options);
    bool header = webhook_given(options->sign_header), query = webhook_given(options->sign_query);

    if (!options->sign && !stray)
        return 0;
    if (!options->sign)
        return WEBHOOK_COMPLAIN(
            complaint,
            lang("%s needs sign: which kind of signature?", "%s 需要 sign：请说明签名算法。"),
            stray);
    if (!webhook_given(options->sign_parts))
        return WEBHOOK_COMPLAIN(
            complaint, "%s",
            lang("sign needs sign_parts: what is signed, such as \"{body}{secret}\"?",
                 "sign 需要 sign_parts：请说明签名内容，例如 \"{body}{secret}\"。"));
    if (header == query)
        return WEBHOOK_COMPLAIN(
            complaint, "%s",
            lang("sign needs either sign_header or sign_query: where does the signature go?",
                 "sign 需要 sign_header 或 sign_query 之一：请说明签名放在哪里。"));
    if (webhook_sign_is_keyed(options->sign) && !webhook_given(options->sign_secret))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("sign needs sign_secret: the hmac- kinds have a key.",
                                     "sign 需要 sign_secret：hmac- 类算法必须有密钥。"));
    return 0;
}

/* {secret} and {key} that nobody has given would be signed as nothing. */
static int webhook_check_parts(const struct webhook_plan *plan,
                               const struct webhook_options *options,
                               struct webhook_complaint complaint)
{
    if (webhook_template_has(plan->sign_parts, WEBHOOK_SECRET) &&
        !webhook_given(options->sign_secret))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("sign_parts has {secret}, but sign_secret is not given.",
                                     "sign_parts 中有 {secret}，但没有填写 sign_secret。"));
    if (webhook_template_has(plan->sign_parts, WEBHOOK_KEY) && !webhook_given(options->key))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("sign_parts has {key}, but key is not given.",
                                     "sign_parts 中有 {key}，但没有填写 key。"));
    return 0;
}

/* ---- rules of success ---- */

static int webhook_check_pointer(const char *prefix, const char *name, const char *pointer,
                                 struct webhook_complaint complaint)
{
    if (!webhook_given(pointer) || *pointer == '/')
        return 0;
    return WEBHOOK_COMPLAIN(
        complaint,
        lang("%s%s must begin with \"/\", such as /code.", "%s%s 必须以“/”开头，例如 /code。"),
        prefix, name);
}

static int webhook_check_statuses(const struct option_strings *statuses, const char *prefix,
                                  struct webhook_complaint complaint)
{
    for (size_t i = 0; i < statuses->n; i++) {
        const char *text = statuses->items[i];

        if (strlen(text) != 3 || text[0] != '2' || strspn(text, "0123456789") != 3)
            return WEBHOOK_COMPLAIN(complaint,
                                    lang("%sstatuses: entry %zu must be \"200\" to \"299\".",
                                         "%sstatuses 的第 %zu 项必须在 \"200\" 到 \"299\" 之间。"),
                                    prefix, i + 1);
    }
    return 0;
}

static int webhook_check_rule(const struct webhook_call_options *call, const char *prefix,
                              struct webhook_complaint complaint)
{
    const char *stray = NULL;
    bool pointer = webhook_given(call->pointer);
    bool value = webhook_given(call->equals) || call->any.n;

    if (webhook_check_pointer(prefix, "pointer", call->pointer, complaint) ||
        webhook_check_pointer(prefix, "error", call->error, complaint) ||
        webhook_check_statuses(&call->statuses, prefix, complaint))
        return 1;
    if (webhook_given(call->equals))
        stray = "equals";
    else if (call->any.n)
        stray = "any";
    else if (call->pending.n)
        stray = "pending";
    if (stray && !pointer)
        return WEBHOOK_COMPLAIN(complaint,
                                lang("%s%s needs %spointer: give both or none.",
                                     "%s%s 需要与 %spointer 配合：请同时填写或同时省略。"),
                                prefix, stray, prefix);
    if (pointer && !value)
        return WEBHOOK_COMPLAIN(complaint,
                                lang("%spointer needs %sequals or %sany: which value means "
                                     "success?",
                                     "%spointer 需要 %sequals 或 %sany：请说明哪个值表示成功。"),
                                prefix, prefix, prefix);
    if (webhook_given(call->path) && !strchr("/?", *call->path))
        return WEBHOOK_COMPLAIN(
            complaint,
            lang("%spath must begin with \"/\" or \"?\".", "%spath 必须以“/”或“?”开头。"), prefix);
    return 0;
}

static int webhook_check_verify(const struct webhook_options *options,
                                struct webhook_complaint complaint)
{
    const struct webhook_call_options *verify = &options->calls[ADAPTER_VERIFY];
    bool path = webhook_given(verify->path), pointer = webhook_given(verify->pointer);
    const char *stray = pointer ? "verify_pointer" : NULL;

    if (webhook_given(options->verify_picture) || webhook_given(options->picture_path))
        stray = stray ? stray : "verify_picture";
    if (options->verify_by == WEBHOOK_BY_CALL)
        stray = stray ? stray : "verify_by";
    if (!path && stray)
        return WEBHOOK_COMPLAIN(complaint,
                                lang("%s needs verify_path: without it the board is never asked.",
                                     "%s 需要与 verify_path 配合：没有后者就不会去核实。"),
                                stray);
    if (path && !pointer && options->verify_by == WEBHOOK_BY_REPLY)
        return WEBHOOK_COMPLAIN(
            complaint, "%s",
            lang("verify_path needs verify_pointer and verify_equals: an HTTP status alone "
                 "does not prove that the slogan is on the screen. Leave verify_path out if "
                 "the platform can't tell.",
                 "verify_path 需要与 verify_pointer、verify_equals 配合：仅凭 HTTP "
                 "状态码不能证明标语已经上屏。平台无法回答时请不要填写 verify_path。"));
    return 0;
}

static int webhook_check_picture(const struct webhook_options *options,
                                 struct webhook_complaint complaint)
{
    const char *picture = options->verify_picture, *path = options->picture_path;
    bool body = picture && strcmp(picture, "body") == 0;

    if (webhook_given(path) && *path != '/' && *path != '?')
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("picture_path must begin with \"/\" or \"?\".",
                                     "picture_path 必须以“/”或“?”开头。"));
    if (webhook_given(path) && !webhook_given(picture))
        return WEBHOOK_COMPLAIN(complaint, "%s",
                                lang("picture_path needs verify_picture: where in the reply is "
                                     "the picture (\"body\": the reply is the picture)?",
                                     "picture_path 需要 verify_picture：请说明截图在回复中的位置"
                                     "（回复本身就是图片时写 \"body\"）。"));
    if (body && !webhook_given(path))
        return WEBHOOK_COMPLAIN(
            complaint, "%s",
            lang("verify_picture = \"body\" needs picture_path: the reply to verifying can't be "
                 "both a picture and a value to compare.",
                 "verify_picture = \"body\" 需要 picture_path：核实的回复不能既是图片又含有要比较的"
                 "值。"));
    return body ? 0 : webhook_check_pointer("verify_", "picture", picture, complaint);
}

static int webhook_check_rules(const struct webhook_options *options,
                               struct webhook_complaint complaint)
{
    char prefix[16];

    for (int verb = 0; verb < ADAPTER_VERBS; verb++) {
        snprintf(prefix, sizeof prefix, "%s_", webhook_prefixes[verb]);
        if (webhook_check_rule(&options->calls[verb], prefix, complaint))
            return 1;
    }
    return webhook_check_pointer("publish_", "id", options->publish_id, complaint) ||
           webhook_check_pointer("power_", "pointer", options->power_pointer, complaint) ||
           webhook_check_pointer("clock_", "pointer", options->clock_pointer, complaint) ||
           webhook_check_pointer("playing_", "pointer", options->playing_pointer, complaint) ||
           webhook_check_verify(options, complaint) || webhook_check_picture(options, complaint);
}

int webhook_check(const void *filled, char *why, size_t why_size)
{
    const struct webhook_options *options = filled;
    struct webhook_complaint complaint = {why, why_size};
    struct webhook_plan plan;
    int rc;

    if (webhook_check_values(options, complaint) || webhook_check_names(options, complaint) ||
        webhook_check_headers(options, complaint) || webhook_check_login(options, complaint) ||
        webhook_check_sign(options, complaint) || webhook_check_rules(options, complaint))
        return 1;
    rc = webhook_plan_init(&plan, options, why, why_size);
    if (!rc)
        rc = webhook_check_parts(&plan, options, complaint);
    webhook_plan_free(&plan);
    return rc;
}
