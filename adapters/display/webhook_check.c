/* webhook_check: do the options of a webhook make sense together? See webhook.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "adapters/display/webhook_call.h"

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
    size_t name = strspn(header, "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return name && header[name] == ':' && webhook_header_value_is_valid(header + name + 1);
}

static int webhook_check_value(const char *option, const char *value, char *why, size_t why_size)
{
    if (!value || !*value || webhook_header_value_is_valid(value))
        return 0;
    snprintf(why, why_size,
             lang("%s has a character that no header may have, or only blanks: correct it.",
                  "%s 含有请求头不允许的字符，或只有空格：请改正。"),
             option);
    return 1;
}

static int webhook_check_headers(const struct option_strings *headers, char *why, size_t why_size)
{
    for (size_t i = 0; i < headers->n; i++)
        if (!webhook_header_is_valid(headers->items[i])) {
            snprintf(why, why_size,
                     lang("headers: entry %zu must read \"Name: value\".",
                          "headers 的第 %zu 项必须写成“名称: 值”。"),
                     i + 1);
            return 1;
        }
    return 0;
}

int webhook_check(const void *filled, char *why, size_t why_size)
{
    const struct webhook_options *options = filled;
    int rc = webhook_check_value("content_type", options->content_type, why, why_size);

    if (!rc)
        rc = webhook_check_value("token", options->token, why, why_size);
    if (!rc)
        rc = webhook_check_headers(&options->headers, why, why_size);
    for (int verb = 0; !rc && verb < WEBHOOK_CALLS; verb++) {
        struct webhook_call call = {0};

        rc = webhook_call_init(&call, (enum adapter_verb)verb, options, why, why_size);
        webhook_call_free(&call);
    }
    return rc;
}
