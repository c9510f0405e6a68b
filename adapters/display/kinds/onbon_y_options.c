/* onbon_y_options: what an office says of an Onbon BX-Y card. See onbon_y_options.h.
 * Runs: any (plain data). */
#include "adapters/display/kinds/onbon_y_options.h"

const struct option_def onbon_y_options[] = {
    {.name = "user",
     .type = OPTION_STRING,
     .offset = offsetof(struct onbon_y_options, user),
     .min = 1,
     .max = 64,
     .preset = "guest",
     .help_en = "The card's user; customers only have guest.",
     .help_zh = "控制卡的用户名；客户只能用 guest。"},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct onbon_y_options, password),
     .secret = true,
     .min = 1,
     .max = 64,
     .preset = "guest",
     .help_en = "That user's password on the card; the default is the factory's, which should be "
                "changed.",
     .help_zh = "该用户在控制卡上的密码；默认为出厂密码，应予更换。"},
    {.name = "font",
     .type = OPTION_STRING,
     .offset = offsetof(struct onbon_y_options, font),
     .min = 1,
     .max = 64,
     .preset = "SimSun",
     .help_en = "A font that is installed on the card; every card has SimSun and SimHei.",
     .help_zh = "控制卡上已安装的字体；每张卡都有 SimSun（宋体）和 SimHei（黑体）。"},
    {.name = NULL},
};

static enum outcome_level onbon_y_level_most(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_SCREENSHOT;
}

static int onbon_y_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

const struct traits onbon_y_traits = {
    .charset = CHARSET_UNICODE,
    .window_s = onbon_y_window_s,
    .level_most = onbon_y_level_most,
};
