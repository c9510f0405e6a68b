/* webhook_options: what a board of kind "webhook" takes in the configuration. See webhook.h.
 * Runs: any (constants). */
#include "adapters/display/webhook.h"

#include "adapters/display/webhook_call.h"

const char *const webhook_methods[] = {"POST", "PUT", "GET", "PATCH", "DELETE", NULL};

const char *const webhook_events[WEBHOOK_CALLS] = {
    [ADAPTER_SUBMIT] = "slogan.publish",
    [ADAPTER_WITHDRAW] = "slogan.withdraw",
    [ADAPTER_VERIFY] = "slogan.verify",
};

const char *const webhook_prefixes[WEBHOOK_CALLS] = {
    [ADAPTER_SUBMIT] = "publish",
    [ADAPTER_WITHDRAW] = "withdraw",
    [ADAPTER_VERIFY] = "verify",
};

#define EVENT_BODY(event)                                                                          \
    "{\"event\":\"" event "\",\"name\":\"{name}\",\"text\":\"{text}\",\"from\":\"{from}\","        \
    "\"until\":\"{until}\",\"board\":\"{board}\"}"

const char *const webhook_bodies[WEBHOOK_CALLS] = {
    [ADAPTER_SUBMIT] = EVENT_BODY("slogan.publish"),
    [ADAPTER_WITHDRAW] = EVENT_BODY("slogan.withdraw"),
};

#define FIELD(verb, member) offsetof(struct webhook_options, calls[verb].member)

#define CALL_OPTIONS(prefix, verb, method_preset, body_preset, what_en, what_zh)                   \
    {.name = prefix "_method",                                                                     \
     .type = OPTION_CHOICE,                                                                        \
     .offset = FIELD(verb, method),                                                                \
     .preset = method_preset,                                                                      \
     .choices = webhook_methods,                                                                   \
     .help_en = "HTTP method " what_en ".",                                                        \
     .help_zh = what_zh "时使用的 HTTP 方法。"},                                                   \
        {.name = prefix "_path",                                                                   \
         .type = OPTION_STRING,                                                                    \
         .offset = FIELD(verb, path),                                                              \
         .max = 1024,                                                                              \
         .help_en = "Path " what_en ", put behind url; may have places such as {name}.",           \
         .help_zh = what_zh "时的路径，接在 url 之后，可用 {name} 等占位符。"},                    \
        {.name = prefix "_body",                                                                   \
         .type = OPTION_STRING,                                                                    \
         .offset = FIELD(verb, body),                                                              \
         .preset = body_preset,                                                                    \
         .help_en = "Body " what_en "; places: {name} {text} {from} {until} {board}.",             \
         .help_zh = what_zh "时的正文，占位符：{name} {text} {from} {until} {board}。"},           \
        {.name = prefix "_status",                                                                 \
         .type = OPTION_INT,                                                                       \
         .offset = FIELD(verb, status),                                                            \
         .min = 200,                                                                               \
         .max = 299,                                                                               \
         .preset = "200",                                                                          \
         .help_en = "HTTP status that means success " what_en ".",                                 \
         .help_zh = what_zh "成功时的 HTTP 状态码。"},                                             \
        {.name = prefix "_pointer",                                                                \
         .type = OPTION_STRING,                                                                    \
         .offset = FIELD(verb, pointer),                                                           \
         .max = 256,                                                                               \
         .help_en = "JSON pointer (RFC 6901) into the reply " what_en ", such as /code.",          \
         .help_zh = what_zh "时回复中要检查的 JSON 指针（RFC 6901），例如 /code。"},               \
    {                                                                                              \
        .name = prefix "_equals", .type = OPTION_STRING, .offset = FIELD(verb, equals),            \
        .max = 256, .help_en = "Value there that means success " what_en ".",                      \
        .help_zh = what_zh "成功时该处的值。"                                              \
    }

const struct option_def webhook_options[] = {
    CALL_OPTIONS("publish", ADAPTER_SUBMIT, "POST", EVENT_BODY("slogan.publish"),
                 "for showing a slogan", "发布标语"),
    CALL_OPTIONS("withdraw", ADAPTER_WITHDRAW, "POST", EVENT_BODY("slogan.withdraw"),
                 "for taking a slogan off", "撤下标语"),
    CALL_OPTIONS("verify", ADAPTER_VERIFY, "GET", NULL, "for asking whether a slogan is shown",
                 "核实标语"),
    {.name = "content_type",
     .type = OPTION_STRING,
     .offset = offsetof(struct webhook_options, content_type),
     .max = 128,
     .preset = "application/json; charset=utf-8",
     .help_en = "Content type of the bodies; places in a JSON body are escaped for JSON.",
     .help_zh = "正文的内容类型；类型为 JSON 时占位符按 JSON 规则转义。"},
    {.name = "headers",
     .type = OPTION_STRINGS,
     .offset = offsetof(struct webhook_options, headers),
     .max = 32,
     .help_en = "More request headers, each as \"Name: value\".",
     .help_zh = "附加的请求头，每项写成“名称: 值”。"},
    {.name = "token",
     .type = OPTION_STRING,
     .offset = offsetof(struct webhook_options, token),
     .secret = true,
     .max = 4096,
     .help_en = "Sent as \"Authorization: Bearer <token>\".",
     .help_zh = "以“Authorization: Bearer <token>”发送。"},
    {.name = NULL},
};
