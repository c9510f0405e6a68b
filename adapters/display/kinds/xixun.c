/* xixun: Xixun (Sysolution, LedOK) cards, behind their gateway program or in the local network:
 * options, traits, registration. See xixun.h.
 * Runs: any (pure). */
#include "adapters/display/kinds/xixun.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "adapters/display/panel.h"

const char *const xixun_step_names[STEPS] = {
    [STEP_READ] = "contents",     [STEP_SHOW] = "publication",        [STEP_REMOVE] = "removal",
    [STEP_REREAD] = "contents",   [STEP_PLAYING] = "what is playing", [STEP_POWER] = "screen state",
    [STEP_CLOCK] = "clock",       [STEP_SIZE] = "screen size",        [STEP_LOGS] = "play log",
    [STEP_LOGS_SET] = "play log", [STEP_PICTURE] = "screenshot",
};

static const char *const xixun_modes[] = {"gateway", "lan", NULL};

static const struct option_def xixun_options[] = {
    {.name = "mode",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct xixun_options, mode),
     .choices = xixun_modes,
     .preset = "gateway",
     .help_en = "Does url lead to the vendor's gateway program (RealtimeServer), or to the card "
                "itself (port 2016)? In the local network slogans take the card's urgent text, "
                "which the card itself does not end when this program is dead. With level = "
                "\"log\" a card behind a gateway whose play log goes nowhere is told to send it to "
                "our listen.url, and goes on doing so afterwards: tell its owner.",
     .help_zh =
         "url 指向厂家的网关程序（RealtimeServer，gateway），还是控制卡本身（2016 端口，lan）？"
         "局域网方式使用控制卡的紧急文字；本程序若中断，控制卡不会自行撤下它。网关方式下，如任务要"
         "求 "
         "level = \"log\" 而控制卡尚未设置播放日志的上报地址，则改为上报到本网关的 "
         "listen.url，之后一直如此：请告知屏主。"},
    {.name = "card",
     .type = OPTION_STRING,
     .offset = offsetof(struct xixun_options, card),
     .min = 1,
     .max = 64,
     .help_en = "The card's id, for example y10-817-01926; needed with mode = \"gateway\".",
     .help_zh = "控制卡的编号，例如 y10-817-01926；mode = \"gateway\" 时必填。"},
    {.name = "path",
     .type = OPTION_STRING,
     .offset = offsetof(struct xixun_options, path),
     .min = 1,
     .max = 200,
     .preset = "/command/{card}",
     .help_en = "The gateway's path for commands; {card} stands for the card's id. Some versions "
                "want \"/cmd/{card}\".",
     .help_zh = "网关接收命令的路径，{card} 代表控制卡编号；有的版本是 \"/cmd/{card}\"。"},
    {.name = "user",
     .type = OPTION_STRING,
     .offset = offsetof(struct xixun_options, user),
     .min = 1,
     .max = 64,
     .help_en = "User for the web server in front of the gateway, if there is one.",
     .help_zh = "网关前面的 Web 服务器的用户名；没有则不填。"},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct xixun_options, password),
     .secret = true,
     .min = 1,
     .max = 64,
     .help_en = "That user's password.",
     .help_zh = "该用户的密码。"},
    {.name = NULL},
};

/* A path goes into a request as it is: what is visible ASCII, and no query. */
static bool xixun_is_path(const char *path)
{
    if (*path != '/' || !strstr(path, "{card}"))
        return false;
    for (; *path; path++)
        if (*path <= ' ' || *path > '~' || strchr("?#\"<>\\", *path))
            return false;
    return true;
}

static int xixun_check(const void *filled, char *why, size_t why_size)
{
    static const char in_id[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const struct xixun_options *options = filled;

    if (options->mode == XIXUN_GATEWAY && !options->card)
        snprintf(why, why_size,
                 lang("card is missing: the gateway must know which card is meant.",
                      "缺少 card：网关需要知道是哪一块控制卡。"));
    else if (options->card && options->card[strspn(options->card, in_id)])
        snprintf(why, why_size,
                 lang("card may have letters, digits, - and _ only.",
                      "card 只能由字母、数字、- 和 _ 组成。"));
    else if (options->mode == XIXUN_GATEWAY && !xixun_is_path(options->path))
        snprintf(why, why_size,
                 lang("path must begin with / and have {card} in it, without spaces, ? and #.",
                      "path 必须以 / 开头并含有 {card}，不能有空格、? 和 #。"));
    else if (!options->user != !options->password)
        snprintf(why, why_size,
                 lang("user and password belong together: give both or neither.",
                      "user 和 password 必须同时填写或都不填写。"));
    else if (options->user && strchr(options->user, ':'))
        snprintf(why, why_size, lang("user may have no colon in it.", "user 中不能有冒号。"));
    else
        return 0;
    return 1;
}

static enum outcome_level xixun_level_most(const void *filled, bool listening)
{
    const struct xixun_options *options = filled;

    return options->mode == XIXUN_GATEWAY && listening ? LEVEL_LOGGED : LEVEL_SCREENSHOT;
}

/* Programs have a window of their own, in minutes; the top layer has none (xixun_is_layer). */
static int xixun_window_s(const void *filled, bool picture)
{
    const struct xixun_options *options = filled;

    return options->mode == XIXUN_GATEWAY && !picture ? 60 : 0;
}

static const struct traits xixun_traits = {
    .charset = CHARSET_UNICODE,
    .pictures = true,
    .window_s = xixun_window_s,
    .calls = true,
    .level_most = xixun_level_most,
};

static void xixun_close(struct talk *talk)
{
    struct xixun *card = talk->memory;

    jv_free(card->stored);
    card->stored = NULL;
    buffer_free(&card->picture);
}

static const struct dialect xixun_dialect = {
    .memory = sizeof(struct xixun),
    .steps = xixun_step_names,
    .n_steps = STEPS,
    .hears_status = true,
    .may_fail = xixun_may_fail,
    .close = xixun_close,
    .ask = xixun_ask,
    .hear = xixun_hear,
    .called = xixun_called,
};

static const struct adapter adapter_xixun =
    DIALECT_ADAPTER("xixun", xixun_options, sizeof(struct xixun_options), xixun_check,
                    &xixun_traits, &xixun_dialect);
ADAPTER_REGISTER(adapter_xixun);
