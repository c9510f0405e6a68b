/* novacloud: NovaStar's Taurus players by their cloud: options, requests, registration. See
 * novacloud.h.
 * Runs: any (pure). */
#include "adapters/display/kinds/novacloud.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "adapters/display/panel.h"

const char *const novacloud_steps[STEPS] = {
    [STEP_BEGIN] = "player",           [STEP_ONLINE] = "player",
    [STEP_PAGE] = "emergency page",    [STEP_CANCEL] = "cancellation",
    [STEP_STATUS] = "running status",  [STEP_TOLD] = "running status",
    [STEP_CAPTURE] = "screen capture", [STEP_IMAGE] = "picture",
};

/* ---- requests ---- */

static struct jv *novacloud_document(const struct talk *talk)
{
    const struct novacloud_options *options = talk->board->options;
    struct jv *document = jv_object(), *players = jv_array();

    jv_push(players, jv_string(options->player));
    jv_put(document, "playerIds", players);
    return document;
}

static struct jv *novacloud_lines(const struct talk *talk)
{
    struct jv *lines = jv_array(), *line = jv_object(), *runs = jv_array(), *run = jv_object();

    jv_put(run, "content", jv_string(talk->job->text));
    jv_put(run, "fontSize", jv_int(talk->board->font_px));
    jv_put(run, "textColor", jv_string(talk->board->color));
    jv_put(run, "isBold", jv_bool(false));
    jv_put(run, "isUnderline", jv_bool(false));
    jv_push(runs, run);
    jv_put(line, "textAttributes", runs);
    jv_push(lines, line);
    return lines;
}

static struct jv *novacloud_widget(const struct talk *talk, int64_t duration_ms)
{
    struct jv *widget = jv_object(), *scroll = jv_object(), *layout = jv_object();

    jv_put(scroll, "animation", jv_string("MARQUEE_LEFT"));
    jv_put(scroll, "speed", jv_int(3));
    jv_put(scroll, "isHeadTail", jv_bool(true));
    jv_put(layout, "x", jv_string("0%"));
    jv_put(layout, "y", jv_string("0%"));
    jv_put(layout, "width", jv_string("100%"));
    jv_put(layout, "height", jv_string("100%"));
    jv_put(widget, "type", jv_string("ARCH_TEXT"));
    jv_put(widget, "displayType", jv_string("SCROLL"));
    jv_put(widget, "backgroundColor", jv_string("#000000"));
    jv_put(widget, "scrollAttribute", scroll);
    jv_put(widget, "duration", jv_int(duration_ms));
    jv_put(widget, "lines", novacloud_lines(talk));
    jv_put(widget, "zIndex", jv_int(1));
    jv_put(widget, "layout", layout);
    return widget;
}

static void novacloud_put_page(const struct talk *talk, struct jv *document)
{
    int64_t duration_ms = talk->job->until_ms - talk->now_ms;
    struct jv *attribute = jv_object(), *page = jv_object(), *widgets = jv_array();

    if (duration_ms < 1000)
        duration_ms = 1000;
    jv_put(attribute, "spotsType", jv_string("IMMEDIATELY"));
    jv_put(attribute, "normalProgramStatus", jv_string("PAUSE"));
    jv_put(attribute, "duration", jv_int(duration_ms));
    jv_put(attribute, "backgroundColor", jv_string("#000000"));
    jv_push(widgets, novacloud_widget(talk, duration_ms));
    jv_put(page, "name", jv_string(talk->job->name));
    jv_put(page, "widgets", widgets);
    jv_put(document, "attribute", attribute);
    jv_put(document, "page", page);
}

static void novacloud_put_notice(const struct talk *talk, struct jv *document, const char *path)
{
    struct buffer url BUFFER_FREE_LATER = BUFFER_NULL;

    buffer_printf(&url, "%s%s", talk->callback, path);
    jv_put(document, "noticeUrl", jv_string(buffer_text(&url)));
}

static void novacloud_put_status(const struct talk *talk, struct jv *document)
{
    struct jv *commands = jv_array();

    jv_push(commands, jv_string("screenPowerStatus"));
    jv_push(commands, jv_string("timeValue"));
    jv_put(document, "commands", commands);
    novacloud_put_notice(talk, document, "/status");
}

static void novacloud_put_capture(const struct talk *talk, struct jv *document)
{
    novacloud_put_notice(talk, document, "/capture");
}

static const struct {
    const char *path; /* NULL: asks nothing */
    void (*fill)(const struct talk *talk, struct jv *document);
    bool changes;
} novacloud_askings[STEPS] = {
    [STEP_ONLINE] = {"/v2/player/current/online-status", NULL, false},
    [STEP_PAGE] = {"/v2/player/emergency-program/page", novacloud_put_page, true},
    [STEP_CANCEL] = {"/v2/player/emergency-program/cancel", NULL, true},
    [STEP_STATUS] = {"/v2/player/current/running-status", novacloud_put_status, false},
    [STEP_CAPTURE] = {"/v2/player/real-time-control/screen-capture", novacloud_put_capture, false},
};

static void novacloud_sign(const struct talk *talk, struct ask *ask)
{
    const struct novacloud_options *options = talk->board->options;
    struct buffer signed_text BUFFER_FREE_LATER = BUFFER_NULL;
    char sum[DIGEST_HEX_MOST];
    struct digest digest;

    buffer_printf(&signed_text, "%s%s%" PRId64, options->secret, talk->nonce, talk->now_ms / 1000);
    digest = digest_of(DIGEST_SHA256, signed_text.data, signed_text.length);
    digest_hex(&digest, sum);
    ask_header(ask, "AppKey: %s", options->key);
    ask_header(ask, "Nonce: %s", talk->nonce);
    ask_header(ask, "CurTime: %" PRId64, talk->now_ms / 1000);
    ask_header(ask, "CheckSum: %s", sum);
}

/* The picture lies on some other host, which must not see our key. */
static void novacloud_fetch(const struct novacloud *player, struct ask *ask)
{
    ask->nothing = !*player->image;
    ask->method = "GET";
    ask->absolute = true;
    buffer_add_text(&ask->path, player->image);
    ask->reply_most = HTTP_PICTURE_MAX;
}

static void novacloud_ask(const struct talk *talk, struct ask *ask)
{
    struct jv *document;

    if (talk->step == STEP_IMAGE) {
        novacloud_fetch(talk->memory, ask);
        return;
    }
    ask->nothing = !novacloud_askings[talk->step].path;
    if (ask->nothing)
        return;
    document = novacloud_document(talk);
    if (novacloud_askings[talk->step].fill)
        novacloud_askings[talk->step].fill(talk, document);
    buffer_add_text(&ask->path, novacloud_askings[talk->step].path);
    novacloud_sign(talk, ask);
    ask_json(ask, document);
    ask->changes = novacloud_askings[talk->step].changes;
    jv_free(document);
}

/* ---- options ---- */

static const struct option_def novacloud_options[] = {
    {.name = "key",
     .type = OPTION_STRING,
     .offset = offsetof(struct novacloud_options, key),
     .required = true,
     .secret = true,
     .min = 1,
     .max = 128,
     .help_en = "The AppKey that the platform has given to this account. It takes about 1,500 "
                "requests an hour: about 8 players that are read once a minute with pictures, 25 "
                "without.",
     .help_zh = "平台分配给本账号的 AppKey。平台每小时约受理 1500 次请求："
                "每分钟读取一次时，带截图约够 8 块屏，不带截图约够 25 块屏。"},
    {.name = "secret",
     .type = OPTION_STRING,
     .offset = offsetof(struct novacloud_options, secret),
     .required = true,
     .secret = true,
     .min = 1,
     .max = 128,
     .help_en = "The AppSecret that belongs to the key.",
     .help_zh = "与该 AppKey 对应的 AppSecret。"},
    {.name = "player",
     .type = OPTION_STRING,
     .offset = offsetof(struct novacloud_options, player),
     .required = true,
     .min = 1,
     .max = 64,
     .help_en =
         "The player's id (playerId). Slogans pause its ordinary program as emergency pages; "
         "taking one down before its time cancels every emergency page on this player.",
     .help_zh = "播放器编号（playerId）。标语以紧急插播方式暂停普通节目；"
                "提前撤下标语时会取消该播放器上的全部紧急插播。"},
    {.name = NULL},
};

/* They go into headers as they are. */
static bool novacloud_is_plain(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static int novacloud_check(const void *filled, char *why, size_t why_size)
{
    const struct novacloud_options *options = filled;
    const char *bad = !novacloud_is_plain(options->key)      ? "key"
                      : !novacloud_is_plain(options->secret) ? "secret"
                      : !novacloud_is_plain(options->player) ? "player"
                                                             : NULL;

    if (!bad)
        return 0;
    snprintf(why, why_size,
             lang("%s may have visible ASCII characters only, without spaces: copy it again from "
                  "the platform.",
                  "%s 只能由可见的 ASCII 字符组成，不能有空格：请从平台重新复制。"),
             bad);
    return 1;
}

static enum outcome_level novacloud_level_most(const void *filled, bool listening)
{
    (void)filled;
    return listening ? LEVEL_SCREENSHOT : LEVEL_ACCEPTED;
}

static int novacloud_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

static const struct traits novacloud_traits = {
    .charset = CHARSET_UNICODE,
    .window_s = novacloud_window_s,
    .calls = true,
    .level_most = novacloud_level_most,
};

/* ---- the dialect ---- */

static void novacloud_close(struct talk *talk)
{
    struct novacloud *player = talk->memory;

    buffer_free(&player->picture);
}

static const struct dialect novacloud_dialect = {
    .memory = sizeof(struct novacloud),
    .steps = novacloud_steps,
    .n_steps = STEPS,
    .hears_status = true,
    .may_fail = novacloud_may_fail,
    .close = novacloud_close,
    .ask = novacloud_ask,
    .hear = novacloud_hear,
    .called = novacloud_called,
};

static const struct adapter adapter_novacloud =
    DIALECT_ADAPTER("novacloud", novacloud_options, sizeof(struct novacloud_options),
                    novacloud_check, &novacloud_traits, &novacloud_dialect);
ADAPTER_REGISTER(adapter_novacloud);
