/* webhook_options: what a board of kind "webhook" takes in the configuration. See webhook.h.
 * Runs: any (constants). */
#include "adapters/display/webhook.h"

const char *const webhook_methods[] = {"POST", "PUT", "GET", "PATCH", "DELETE", NULL};

static const char *const webhook_levels[] = {"stored", "playing", NULL};
static const char *const webhook_proofs[] = {"reply", "call", NULL};
static const char *const webhook_charsets[] = {"utf-8", "gbk", NULL};
const char *const webhook_signs[] = {"none",     "md5",      "sha1",      "sha256",
                                            "sm3",      "hmac-md5", "hmac-sha1", "hmac-sha256",
                                            "hmac-sm3", NULL};
static const char *const webhook_sign_formats[] = {"hex", "HEX", "base64", NULL};

const char *const webhook_events[ADAPTER_VERBS] = {
    [ADAPTER_SUBMIT] = "slogan.publish",
    [ADAPTER_WITHDRAW] = "slogan.withdraw",
    [ADAPTER_VERIFY] = "slogan.verify",
    [ADAPTER_PROBE] = "board.probe",
};

const char *const webhook_prefixes[ADAPTER_VERBS] = {
    [ADAPTER_SUBMIT] = "publish",
    [ADAPTER_WITHDRAW] = "withdraw",
    [ADAPTER_VERIFY] = "verify",
    [ADAPTER_PROBE] = "probe",
};

#define EVENT_BODY(event)                                                                          \
    "{\"event\":\"" event "\",\"name\":\"{name}\",\"text\":\"{text}\",\"from\":\"{from}\","        \
    "\"until\":\"{until}\",\"board\":\"{board}\"}"

const char *const webhook_bodies[ADAPTER_VERBS] = {
    [ADAPTER_SUBMIT] = EVENT_BODY("slogan.publish"),
    [ADAPTER_WITHDRAW] = EVENT_BODY("slogan.withdraw"),
};

#define FIELD(verb, member) offsetof(struct webhook_options, calls[verb].member)

/* clang-format off */
#define TEXT_OPTION(option, most, field, en, zh)                                                   \
    {.name = option, .type = OPTION_STRING, .offset = field, .max = most,                          \
     .help_en = en, .help_zh = zh}
#define SECRET_OPTION(option, field, en, zh)                                                       \
    {.name = option, .type = OPTION_STRING, .offset = field, .max = 4096, .secret = true,          \
     .help_en = en, .help_zh = zh}
#define LIST_OPTION(option, most, field, en, zh)                                                   \
    {.name = option, .type = OPTION_STRINGS, .offset = field, .max = most,                         \
     .help_en = en, .help_zh = zh}
#define CHOICE_OPTION(option, which, wanted, field, en, zh)                                        \
    {.name = option, .type = OPTION_CHOICE, .offset = field, .choices = which, .preset = wanted,   \
     .help_en = en, .help_zh = zh}

#define CALL_OPTIONS(prefix, verb, method_preset, body_preset, what_en, what_zh)                   \
    CHOICE_OPTION(prefix "_method", webhook_methods, method_preset, FIELD(verb, method),           \
        "HTTP method " what_en ".", what_zh "时使用的 HTTP 方法。"),                               \
    TEXT_OPTION(prefix "_path", 1024, FIELD(verb, path),                                           \
        "Path " what_en ", put behind url; may have places such as {name}.",                       \
        what_zh "时的路径，接在 url 之后，可用 {name} 等占位符。"),                                \
    {.name = prefix "_body", .type = OPTION_STRING, .offset = FIELD(verb, body),                   \
     .preset = body_preset,                                                                        \
     .help_en = "Body " what_en "; may have places such as {name} and {text}.",                    \
     .help_zh = what_zh "时的正文，可用 {name}、{text} 等占位符。"},                               \
    {.name = prefix "_status", .type = OPTION_INT, .offset = FIELD(verb, status), .min = 200,      \
     .max = 299, .preset = "200",                                                                  \
     .help_en = "HTTP status that means success " what_en ".",                                     \
     .help_zh = what_zh "成功时的 HTTP 状态码。"},                                                 \
    LIST_OPTION(prefix "_statuses", 16, FIELD(verb, statuses),                                     \
        "Further HTTP statuses that mean success " what_en ", each as a text.",                    \
        what_zh "成功时其他可能的 HTTP 状态码，每项写成文字。"),                                   \
    TEXT_OPTION(prefix "_pointer", 256, FIELD(verb, pointer),                                      \
        "JSON pointer (RFC 6901) into the reply " what_en ", such as /code.",                      \
        what_zh "时回复中要检查的 JSON 指针（RFC 6901），例如 /code。"),                           \
    TEXT_OPTION(prefix "_equals", 256, FIELD(verb, equals),                                        \
        "Value there that means success " what_en ".", what_zh "成功时该处的值。"),                \
    LIST_OPTION(prefix "_any", 32, FIELD(verb, any),                                               \
        "Further values there that mean success " what_en ".",                                     \
        what_zh "成功时该处其他可能的值。"),                                                       \
    LIST_OPTION(prefix "_pending", 32, FIELD(verb, pending),                                       \
        "Values there that mean: taken, but not done yet, " what_en ".",                           \
        what_zh "时该处表示“已接收、尚未完成”的值。"),                                             \
    TEXT_OPTION(prefix "_error", 256, FIELD(verb, error),                                          \
        "JSON pointer to what is only there (and not null, false, 0 or \"\") when it failed, "     \
        what_en ".",                                                                               \
        what_zh "失败时才会出现的内容的 JSON 指针（null、false、0、空文字视为没有）。")

#define HERE(member) offsetof(struct webhook_options, member)

const struct option_def webhook_options[] = {
    CALL_OPTIONS("publish", ADAPTER_SUBMIT, "POST", EVENT_BODY("slogan.publish"),
                 "for showing a slogan", "发布标语"),
    CALL_OPTIONS("withdraw", ADAPTER_WITHDRAW, "POST", EVENT_BODY("slogan.withdraw"),
                 "for taking a slogan off", "撤下标语"),
    CALL_OPTIONS("verify", ADAPTER_VERIFY, "GET", NULL, "for asking whether a slogan is shown",
                 "核实标语"),
    CALL_OPTIONS("probe", ADAPTER_PROBE, "GET", NULL, "for asking how the board stands",
                 "查询显示屏状态"),
    TEXT_OPTION("publish_id", 256, HERE(publish_id),
        "JSON pointer to the platform's own id of the slogan in the reply to publishing, for {id}; "
        "it is forgotten by a restart, so use {name} where the platform takes it.",
        "发布回复中平台自编代号的 JSON 指针，供 {id} 使用；重启后不再记得，平台支持时请用 {name}。"),
    CHOICE_OPTION("verify_level", webhook_levels, "stored", HERE(verify_level),
        "What a good reply to verifying proves: in the platform's list, or on the screen now.",
        "核实成功证明什么：stored 表示已在平台列表中，playing 表示正在屏上播放。"),
    CHOICE_OPTION("verify_by", webhook_proofs, "reply", HERE(verify_by),
        "Where the proof stands: in the reply, or in a call of the platform to {callback}.",
        "证明来自何处：reply 为回复本身，call 为平台随后对 {callback} 的回调。"),
    {.name = "verify_wait", .type = OPTION_INT, .offset = HERE(verify_wait_s), .min = 1,
     .max = 120, .preset = "15", .unit = "s",
     .help_en = "How long to wait for that call.", .help_zh = "等待该回调的时间。"},
    TEXT_OPTION("verify_picture", 256, HERE(verify_picture),
        "JSON pointer to a picture of the screen (base64) in the reply to verifying, or to "
        "picture_path; \"body\" when the reply to picture_path is the picture itself.",
        "核实回复（或 picture_path 的回复）中屏幕截图（base64）的 JSON 指针；picture_path "
        "的回复本身就是图片时写 \"body\"。"),
    TEXT_OPTION("picture_path", 1024, HERE(picture_path),
        "Path for fetching a picture of the screen with GET.", "用 GET 获取屏幕截图的路径。"),
    TEXT_OPTION("power_pointer", 256, HERE(power_pointer),
        "JSON pointer to whether the screen is lit, in replies to verifying and probing.",
        "核实、查询回复中屏幕是否点亮的 JSON 指针。"),
    LIST_OPTION("power_asleep", 16, HERE(power_asleep),
        "Values there that mean dark; without it: false, 0, off, sleep, asleep, standby.",
        "该处表示熄屏的值；不写则为 false、0、off、sleep、asleep、standby。"),
    TEXT_OPTION("clock_pointer", 256, HERE(clock_pointer),
        "JSON pointer to the platform's clock in the same replies: seconds or milliseconds since "
        "1970, or date and time.",
        "同样回复中平台时钟的 JSON 指针：1970 年以来的秒或毫秒，或日期时间。"),
    TEXT_OPTION("playing_pointer", 256, HERE(playing_pointer),
        "JSON pointer to the name of what is on the screen, in the same replies.",
        "同样回复中正在播放内容名称的 JSON 指针。"),
    {.name = "content_type", .type = OPTION_STRING, .offset = HERE(content_type), .max = 128,
     .preset = "application/json; charset=utf-8",
     .help_en = "Content type of the bodies; places are escaped for JSON, forms, XML or HTML.",
     .help_zh = "正文的内容类型；占位符按 JSON、表单、XML 或 HTML 的规则转义。"},
    CHOICE_OPTION("charset", webhook_charsets, "utf-8", HERE(charset),
        "What text is written in; a slogan with a character that GBK doesn't have is refused.",
        "文字编码；含有 GBK 没有的字符的标语会被拒绝。"),
    LIST_OPTION("headers", WEBHOOK_HEADERS, HERE(headers),
        "More request headers, each as \"Name: value\"; may have places.",
        "附加的请求头，每项写成“名称: 值”，可用占位符。"),
    SECRET_OPTION("token", HERE(token), "Sent as \"Authorization: Bearer <token>\".",
        "以“Authorization: Bearer <token>”发送。"),
    TEXT_OPTION("user", 256, HERE(user), "Name for HTTP Basic authentication.",
        "HTTP Basic 认证的用户名。"),
    SECRET_OPTION("password", HERE(password), "Its password.", "对应的密码。"),
    SECRET_OPTION("key", HERE(key), "API key, sent by key_header or key_query.",
        "接口密钥，用 key_header 或 key_query 发送。"),
    TEXT_OPTION("key_header", 64, HERE(key_header), "Name of the header that carries the key.",
        "携带密钥的请求头名称。"),
    TEXT_OPTION("key_query", 64, HERE(key_query),
        "Name of the query parameter that carries the key.", "携带密钥的查询参数名称。"),
    {.name = "secret", .type = OPTION_STRINGS, .offset = HERE(secret), .max = WEBHOOK_SECRETS,
     .secret = true,
     .help_en = "Signs requests and checks calls after Standard Webhooks (webhook-signature); two "
                "while a secret is being changed, the new one first.",
     .help_zh = "按 Standard Webhooks 签名请求并核对回调（webhook-signature）；更换期间可写两个，"
                "新的在前。"},
    CHOICE_OPTION("sign", webhook_signs, "none", HERE(sign),
        "How the platform wants requests signed; over sign_parts.",
        "平台要求的签名算法，对 sign_parts 计算。"),
    TEXT_OPTION("sign_parts", 1024, HERE(sign_parts),
        "What is signed, such as \"{method}{path}{now:s}{nonce}{body}{secret}\".",
        "签名内容，例如 \"{method}{path}{now:s}{nonce}{body}{secret}\"。"),
    SECRET_OPTION("sign_secret", HERE(sign_secret), "Key of the hmac- kinds, and {secret}.",
        "hmac- 类算法的密钥，也是 {secret} 的值。"),
    CHOICE_OPTION("sign_format", webhook_sign_formats, "hex", HERE(sign_format),
        "How the signature is written.", "签名的写法。"),
    TEXT_OPTION("sign_header", 64, HERE(sign_header), "Name of the header that carries it.",
        "携带签名的请求头名称。"),
    TEXT_OPTION("sign_query", 64, HERE(sign_query),
        "Name of the query parameter that carries it.", "携带签名的查询参数名称。"),
    {.name = NULL},
};
/* clang-format on */
