/* huidu_options: what a board of kind "huidu" takes in the configuration. See huidu_wire.h.
 * Runs: any (pure). */
#include "adapters/display/huidu_wire.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"

const struct option_def huidu_options[] = {
    {.name = "key",
     .type = OPTION_STRING,
     .offset = offsetof(struct huidu_options, key),
     .required = true,
     .min = 1,
     .max = 64,
     .help_en = "The sdkKey that was burnt into the controller (issued by Huidu).",
     .help_zh = "写入控制卡的 sdkKey（由灰度公司发放）。"},
    {.name = "secret",
     .type = OPTION_STRING,
     .offset = offsetof(struct huidu_options, secret),
     .required = true,
     .secret = true,
     .min = 1,
     .max = 128,
     .help_en = "The sdkSecret that belongs to the key; requests are signed with it.",
     .help_zh = "与 sdkKey 配套的 sdkSecret，用于给请求签名。"},
    {.name = "device",
     .type = OPTION_STRING,
     .offset = offsetof(struct huidu_options, device),
     .min = 1,
     .max = HUIDU_DEVICE - 1,
     .help_en = "The controller's id, such as C16L-D00-A000F; needed when the URL is that of a "
                "gateway with several controllers.",
     .help_zh = "控制卡的编号，例如 C16L-D00-A000F；网址指向带多块控制卡的网关时必须填写。"},
    {.name = "font",
     .type = OPTION_STRING,
     .offset = offsetof(struct huidu_options, font),
     .min = 1,
     .max = 64,
     .preset = "宋体",
     .help_en = "The font's name on the controller.",
     .help_zh = "控制卡上的字体名称。"},
    {.name = NULL},
};

bool huidu_is_device(const char *text)
{
    size_t n = strlen(text);

    return n > 0 && n < HUIDU_DEVICE &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == n;
}

int huidu_check(const void *filled, char *why, size_t why_size)
{
    const struct huidu_options *options = filled;

    for (const char *c = options->key; *c; c++)
        if (*c <= ' ' || *c > '~') {
            snprintf(why, why_size, "%s",
                     lang("key: the key consists of visible ASCII characters without spaces.",
                          "key：sdkKey 只能由可见的 ASCII 字符组成，不含空格。"));
            return 1;
        }
    if (options->device && !huidu_is_device(options->device)) {
        snprintf(why, why_size, "%s",
                 lang("device: an id consists of letters, digits, - and _, such as C16L-D00-A000F.",
                      "device：控制卡编号只能由字母、数字、- 和 _ 组成，例如 C16L-D00-A000F。"));
        return 1;
    }
    return 0;
}
