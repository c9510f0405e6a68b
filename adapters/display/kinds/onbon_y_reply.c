/* onbon_y_reply: what the answers of an Onbon BX-Y card mean. See onbon_y_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/onbon_y_wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "adapters/display/dialect.h"

enum { ONBON_WAIT_MOST_S = 120 };

static int onbon_number(const struct jv *value, int other)
{
    const char *text = jv_text(value);
    int64_t number = jv_number(value, -1);
    char *end;

    if (text && isdigit((unsigned char)*text)) {
        number = strtol(text, &end, 10);
        if (*end)
            return other;
    }
    return number >= 0 && number <= 99999 ? (int)number : other;
}

static void onbon_malformed(struct onbon_reply *reply, const char *what)
{
    reply->kind = ONBON_MALFORMED;
    snprintf(reply->message, sizeof reply->message, "%s", what);
}

static void onbon_reply_error(const struct jv *error, struct onbon_reply *reply)
{
    const char *message = jv_text(jv_member(error, "mesg"));

    reply->kind = ONBON_ERROR;
    reply->code = onbon_number(jv_member(error, "code"), 0);
    snprintf(reply->message, sizeof reply->message, "%s", message ? message : "no reason given");
}

void onbon_reply_parse(const char *text, size_t length, const char *command,
                       struct onbon_reply *reply)
{
    const struct jv *function, *error;
    const char *name;

    *reply = (struct onbon_reply){.kind = ONBON_OK};
    reply->document = jv_parse(text, length, NULL);
    if (!reply->document) {
        onbon_malformed(reply, "not JSON");
        return;
    }
    function = jv_is_object(reply->document) ? jv_member(reply->document, "remotefunction") : NULL;
    if (!function || !jv_is_object(function)) {
        onbon_malformed(reply, "no remotefunction");
        return;
    }
    name = jv_text(jv_member(function, "name"));
    error = jv_member(function, "error");
    if (error && jv_is_object(error)) {
        onbon_reply_error(error, reply);
        return;
    }
    if (error || !name || strcasecmp(name, command) != 0) {
        onbon_malformed(reply, error ? "an error without contents" : "an answer to something else");
        return;
    }
    reply->output = jv_member(function, "output");
}

void onbon_reply_free(struct onbon_reply *reply)
{
    jv_free(reply->document);
    *reply = (struct onbon_reply){.kind = ONBON_MALFORMED};
}

int onbon_reply_token(const struct onbon_reply *reply, const char *key,
                      char token[static ONBON_TOKEN])
{
    const char *text = reply->output && jv_is_object(reply->output)
                           ? jv_text(jv_member(reply->output, key))
                           : NULL;
    size_t length = text ? strlen(text) : 0;

    if (!length || length >= ONBON_TOKEN)
        return 1;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]))
            return 1;
    memcpy(token, text, length + 1);
    return 0;
}

/* "0".."99" without decoration, or -1. */
static int onbon_order_of(const char *key)
{
    size_t length = strlen(key);

    if (length < 1 || length > 2 || strspn(key, "0123456789") != length)
        return -1;
    return atoi(key);
}

int onbon_list_read(const struct onbon_reply *reply, const char *name, struct onbon_list *list)
{
    const char *key, *found;
    const struct jv *value;

    *list = (struct onbon_list){0};
    if (!reply->output)
        return 0;
    if (!jv_is_object(reply->output))
        return 1;
    for (size_t i = 0; (value = jv_entry(reply->output, i, &key)) != NULL; i++) {
        int order = onbon_order_of(key);

        found = jv_text(value);
        if (order < 0 || !found)
            return 1;
        list->used[order] = true;
        if (strcmp(found, name) == 0 && !list->ours[order]) {
            list->ours[order] = true;
            list->n_ours++;
        }
    }
    return 0;
}

int onbon_list_take(struct onbon_list *list, unsigned wished)
{
    int found = -1;

    for (int i = ONBON_ORDERS - 1; i >= 0; i--)
        if (!list->used[i] && !list->taken[i])
            found = i;
    if (wished < ONBON_ORDERS && !list->used[wished] && !list->taken[wished])
        found = (int)wished;
    for (int i = ONBON_ORDERS - 1; i >= 0; i--)
        if (list->ours[i] && !list->taken[i])
            found = i;
    if (found >= 0)
        list->taken[found] = true;
    return found;
}

/* ---- what the card tells of itself ---- */

static const char *onbon_output_text(const struct onbon_reply *reply, const char *key)
{
    return reply->output && jv_is_object(reply->output) ? jv_text(jv_member(reply->output, key))
                                                        : NULL;
}

/* "2018-3-20 9:50:38", with or without leading zeros. 0: it is no time. */
static int64_t onbon_instant(const char *text)
{
    struct tm local = {.tm_isdst = -1};
    const char *end = text ? strptime(text, "%Y-%m-%d %H:%M:%S", &local) : NULL;
    time_t seconds;

    if (!end || *end || local.tm_year < 70 || local.tm_year > 8000)
        return 0;
    seconds = mktime(&local);
    return seconds > 0 ? (int64_t)seconds * 1000 : 0;
}

void onbon_reply_clock(const struct onbon_reply *reply, int64_t now_ms, struct sight *sight)
{
    int64_t clock = onbon_instant(onbon_output_text(reply, "rtctime"));

    if (!clock)
        return;
    sight->clock_known = true;
    sight->skew_ms = clock - now_ms / 1000 * 1000;
}

/* The list of properties says on and off; the sample of the command says 1. */
static enum sight_power onbon_power(const char *text)
{
    if (text && (strcasecmp(text, "on") == 0 || strcmp(text, "1") == 0))
        return POWER_ON;
    if (text && (strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0))
        return POWER_ASLEEP;
    return POWER_UNKNOWN;
}

void onbon_reply_properties(const struct onbon_reply *reply, struct sight *sight)
{
    const char *firmware = onbon_output_text(reply, "firmwareversion");

    if (!reply->output || !jv_is_object(reply->output))
        return;
    sight->power = onbon_power(onbon_output_text(reply, "screenonoffstatus"));
    sight->width = onbon_number(jv_member(reply->output, "width"), 0);
    sight->height = onbon_number(jv_member(reply->output, "height"), 0);
    if (firmware && strlen(firmware) < sizeof sight->firmware)
        snprintf(sight->firmware, sizeof sight->firmware, "%s", firmware);
}

/* The path goes into a URL: nothing in it may mean more than itself. */
static bool onbon_is_path(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    return length > 0 && length < ONBON_FILE && text[0] != '/' && !strstr(text, "..") &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
               length;
}

int onbon_reply_capture(const struct onbon_reply *reply, struct onbon_capture *capture)
{
    const char *file = onbon_output_text(reply, "filepath");

    if (!onbon_is_path(file))
        return 1;
    snprintf(capture->file, sizeof capture->file, "%s", file);
    capture->least_s = onbon_number(jv_member(reply->output, "minwaittime"), 0);
    capture->most_s = onbon_number(jv_member(reply->output, "maxwaittime"), 0);
    if (capture->most_s > ONBON_WAIT_MOST_S)
        capture->most_s = ONBON_WAIT_MOST_S;
    if (capture->least_s > capture->most_s)
        capture->least_s = capture->most_s;
    return 0;
}

int64_t onbon_reply_file(const struct onbon_reply *reply, const char *file)
{
    const struct jv *items =
        reply->output && jv_is_object(reply->output) ? jv_member(reply->output, "items") : NULL;
    size_t n = items && jv_is_array(items) ? jv_size(items) : 0;

    for (size_t i = 0; i < n; i++) {
        const struct jv *item = jv_element(items, i);
        const char *name = jv_is_object(item) ? jv_text(jv_member(item, "filename")) : NULL;

        if (name && strcmp(name, file) == 0)
            return onbon_instant(jv_text(jv_member(item, "mtime")));
    }
    return 0;
}
