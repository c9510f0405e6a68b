/* webhook_judge: what a platform's reply to a call means. See webhook_judge.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/webhook_judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/utf8.h"
#include "adapters/display/webhook_charset.h"
#include "adapters/display/webhook_time.h"

struct jv *webhook_document(const struct webhook_options *options, const struct reply *reply)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    bool gbk = options->charset == WEBHOOK_GBK || strcasestr(reply->type, "charset=gb");

    if (!gbk || utf8_is_valid(reply->body, reply->length))
        return jv_parse(reply->body, reply->length, NULL);
    if (webhook_gbk_decode(reply->body, reply->length, &text))
        return NULL;
    return jv_parse(buffer_text(&text), text.length, NULL);
}

static bool webhook_status_is_good(const struct webhook_call_options *call, int status)
{
    if (status == call->status)
        return true;
    for (size_t i = 0; i < call->statuses.n; i++)
        if (atoi(call->statuses.items[i]) == status)
            return true;
    return false;
}

static bool webhook_in(const struct option_strings *values, const char *text)
{
    for (size_t i = 0; i < values->n; i++)
        if (strcmp(values->items[i], text) == 0)
            return true;
    return false;
}

/* Is there something that says "error"? */
static bool webhook_has_error(const char *pointer, const struct jv *document, struct buffer *what)
{
    static const char *const none[] = {"", "0", "false", "null"};
    const struct jv *member = webhook_given(pointer) ? jv_at(document, pointer) : NULL;
    size_t before = what->length;

    if (!member)
        return false;
    if (!jv_scalar(member, what)) {
        buffer_add_text(what, "a list or an object");
        return jv_size(member) > 0;
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (strcmp(buffer_text(what) + before, none[i]) == 0)
            return false;
    return true;
}

static enum webhook_finding webhook_judge_scalar(const struct webhook_call_options *call,
                                                 const char *expected, const struct jv *value,
                                                 struct buffer *what)
{
    buffer_clear(what);
    if (!jv_scalar(value, what)) {
        buffer_add_text(what, "a list or an object");
        return WEBHOOK_NO;
    }
    if (expected && strcmp(buffer_text(what), expected) == 0)
        return WEBHOOK_YES;
    if (webhook_in(&call->any, buffer_text(what)))
        return WEBHOOK_YES;
    return webhook_in(&call->pending, buffer_text(what)) ? WEBHOOK_NOT_YET : WEBHOOK_NO;
}

static enum webhook_finding webhook_judge_list(const struct webhook_call_options *call,
                                               const char *expected, const struct jv *list,
                                               struct buffer *what)
{
    enum webhook_finding best = WEBHOOK_NO;
    const struct jv *element;

    for (size_t i = 0; best != WEBHOOK_YES && (element = jv_element(list, i)); i++) {
        enum webhook_finding one = webhook_judge_scalar(call, expected, element, what);

        if (one < best)
            best = one;
    }
    buffer_clear(what);
    buffer_add_text(what, "a list without it");
    return best;
}

enum webhook_finding webhook_judge(const struct webhook_call_options *call, bool lists,
                                   const char *expected, int status, const struct jv *document,
                                   struct buffer *what)
{
    const struct jv *value;

    if (!webhook_status_is_good(call, status))
        return WEBHOOK_OTHER_STATUS;
    if (!document)
        return webhook_given(call->pointer) || webhook_given(call->error) ? WEBHOOK_UNREADABLE
                                                                          : WEBHOOK_YES;
    if (webhook_has_error(call->error, document, what))
        return WEBHOOK_ERROR;
    if (!webhook_given(call->pointer))
        return WEBHOOK_YES;
    value = jv_at(document, call->pointer);
    if (!value)
        return WEBHOOK_ABSENT;
    return lists && jv_is_array(value) ? webhook_judge_list(call, expected, value, what)
                                       : webhook_judge_scalar(call, expected, value, what);
}

/* ---- the board ---- */

static bool webhook_is_asleep(const struct option_strings *values, const char *text)
{
    static const char *const usual[] = {"false", "0", "off", "sleep", "asleep", "standby"};

    if (values->n)
        return webhook_in(values, text);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (strcasecmp(text, usual[i]) == 0)
            return true;
    return false;
}

static const struct jv *webhook_at(const struct jv *document, const char *pointer)
{
    return webhook_given(pointer) ? jv_at(document, pointer) : NULL;
}

void webhook_look(const struct webhook_options *options, const struct jv *document, int64_t now_ms,
                  struct sight *sight)
{
    const struct jv *power = webhook_at(document, options->power_pointer);
    const struct jv *clock = webhook_at(document, options->clock_pointer);
    const struct jv *playing = webhook_at(document, options->playing_pointer);
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    int64_t its_ms;

    if (power && jv_scalar(power, &text))
        sight->power =
            webhook_is_asleep(&options->power_asleep, buffer_text(&text)) ? POWER_ASLEEP : POWER_ON;
    if (clock && webhook_time_read(clock, &its_ms)) {
        sight->clock_known = true;
        sight->skew_ms = its_ms - now_ms;
    }
    buffer_clear(&text);
    if (playing && jv_scalar(playing, &text)) {
        snprintf(sight->playing, sizeof sight->playing, "%s", buffer_text(&text));
        sight->playing[utf8_bad_at(sight->playing, strlen(sight->playing))] = '\0';
    }
}
