/* onbon_y_wire: what is said to an Onbon BX-Y card, and what its answers mean. See onbon_y_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/onbon_y_wire.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/sha1.h"

enum { ONBON_FONT_MIN = 16, ONBON_FONT_MAX = 64 };

/* Errors that another try can't mend: what we said is wrong for this card. All others pass or are
 * mended by people (a password, a full disk), so the slogan waits. */
static const int onbon_permanent[] = {
    2,  /* method */
    3,  /* not parsed */
    4,  /* protocol name */
    5,  /* protocol version */
    14, /* unknown parameter */
    17, /* no such command */
    18, /* empty parameter */
    20, /* parameter value */
};

enum outcome_kind onbon_error_outcome(int code)
{
    for (size_t i = 0; i < sizeof onbon_permanent / sizeof *onbon_permanent; i++)
        if (onbon_permanent[i] == code)
            return OUTCOME_REJECTED;
    return OUTCOME_DEFERRED;
}

/* ---- commands ---- */

static void onbon_put(struct jv *object, const char *key, const char *value)
{
    jv_put(object, key, jv_string(value));
}

static void onbon_put_number(struct jv *object, const char *key, int64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%lld", (long long)value);
    onbon_put(object, key, digits);
}

/* Wraps the input (NULL: none), which becomes the envelope's. */
static void onbon_command(struct buffer *out, const char *name, struct jv *input)
{
    struct jv *envelope = jv_object(), *protocol = jv_object(), *function = jv_object();

    onbon_put(function, "name", name);
    if (input)
        jv_put(function, "input", input);
    onbon_put(protocol, "name", "YQ-COM2");
    onbon_put(protocol, "version", "1.0");
    jv_put(protocol, "remotefunction", function);
    jv_put(envelope, "protocol", protocol);
    jv_write(envelope, false, out);
    jv_free(envelope);
}

void onbon_ask_code(struct buffer *out, const char *user)
{
    struct jv *input = jv_object();

    onbon_put(input, "username", user);
    onbon_command(out, "getVerificationCode", input);
}

void onbon_log_in(struct buffer *out, const char *user, const char *password, const char *code)
{
    struct jv *input = jv_object();
    char inner[SHA1_HEX], proof[SHA1_HEX];
    MEM_FREE_LATER char *both = NULL;

    sha1_hex(password, strlen(password), inner);
    both = mem_printf("%s%s", code, inner);
    sha1_hex(both, strlen(both), proof);
    onbon_put(input, "username", user);
    onbon_put(input, "verificationcode", code);
    onbon_put(input, "password", proof);
    onbon_command(out, "userLogin", input);
}

void onbon_query(struct buffer *out)
{
    onbon_command(out, "queryBulletin", NULL);
}

void onbon_play(struct buffer *out)
{
    onbon_command(out, "playBulletin", NULL);
}

void onbon_delete(struct buffer *out, const bool orders[static ONBON_ORDERS])
{
    struct jv *input = jv_object(), *items = jv_array();
    char digits[12];

    for (unsigned i = 0; i < ONBON_ORDERS; i++)
        if (orders[i]) {
            snprintf(digits, sizeof digits, "%u", i);
            jv_push(items, jv_string(digits));
        }
    jv_put(input, "items", items);
    onbon_command(out, "deleteBulletin", input);
}

static void onbon_local(int64_t wall_ms, struct tm *local)
{
    time_t seconds = (time_t)(wall_ms / 1000);

    LOG_ASSERT(localtime_r(&seconds, local));
}

static void onbon_put_date(struct jv *input, const char *key, const struct tm *local)
{
    char text[16];

    LOG_ASSERT(strftime(text, sizeof text, "%Y-%m-%d", local));
    onbon_put(input, key, text);
}

static void onbon_put_time(struct jv *input, const char *key, const struct tm *local)
{
    char text[16];

    LOG_ASSERT(strftime(text, sizeof text, "%H:%M:%S", local));
    onbon_put(input, key, text);
}

/* The card knows a range of days and one span of hours for each of them; 23:59:59 is the end of a
 * day. A slot that crosses midnight doesn't fit: then it gets the whole days, and the gateway's own
 * withdrawal ends it. */
static void onbon_put_window(struct jv *input, int64_t from_ms, int64_t until_ms)
{
    struct tm from, last, until;
    bool one_day;

    onbon_local(from_ms, &from);
    onbon_local(until_ms > from_ms ? until_ms - 1 : from_ms, &last);
    onbon_local(until_ms, &until);
    one_day = from.tm_year == last.tm_year && from.tm_yday == last.tm_yday;
    onbon_put_date(input, "startDate", &from);
    onbon_put_date(input, "stopDate", &last);
    if (one_day)
        onbon_put_time(input, "startTime", &from);
    else
        onbon_put(input, "startTime", "00:00:00");
    if (one_day && until.tm_yday == last.tm_yday)
        onbon_put_time(input, "stopTime", &until);
    else
        onbon_put(input, "stopTime", "23:59:59");
    onbon_put_number(input, "weekFlag", 127);
}

static int64_t onbon_font_size(int64_t height)
{
    if (height < ONBON_FONT_MIN)
        return ONBON_FONT_MIN;
    return height > ONBON_FONT_MAX ? ONBON_FONT_MAX : height;
}

static void onbon_put_look(struct jv *input, const struct board *board)
{
    onbon_put(input, "layoutMode", "custom");
    onbon_put_number(input, "xcoord", 0);
    onbon_put_number(input, "ycoord", 0);
    onbon_put_number(input, "width", board->width);
    onbon_put_number(input, "height", board->height);
    onbon_put_number(input, "transparency", 100);
    onbon_put(input, "bgColor", "0xFF000000");
    onbon_put(input, "fontColor", "0xFFFF0000");
    onbon_put(input, "fontName", "SimSun");
    onbon_put_number(input, "fontSize", onbon_font_size(board->height));
    onbon_put(input, "fontSizeType", "pixel");
    onbon_put(input, "fontAttributes", "normal");
    onbon_put_number(input, "stuntType", 52); /* moves smoothly to the left */
    onbon_put_number(input, "stuntSpeed", 4);
    onbon_put_number(input, "stayTime", 2);
}

void onbon_create(struct buffer *out, const struct adapter_job *job, const struct board *board,
                  unsigned order)
{
    struct jv *input = jv_object();
    struct buffer content = BUFFER_NULL;

    hex_encode_base64(&content, job->text, strlen(job->text));
    onbon_put_number(input, "order", order);
    onbon_put(input, "name", job->name);
    onbon_put_look(input, board);
    onbon_put_window(input, job->from_ms, job->until_ms);
    onbon_put(input, "content", buffer_text(&content));
    onbon_command(out, "createBulletin", input);
    buffer_free(&content);
}

/* ---- answers ---- */

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

int onbon_list_choose(const struct onbon_list *list, unsigned wished)
{
    for (int i = 0; i < ONBON_ORDERS; i++)
        if (list->ours[i])
            return i;
    if (wished < ONBON_ORDERS && !list->used[wished])
        return (int)wished;
    for (int i = 0; i < ONBON_ORDERS; i++)
        if (!list->used[i])
            return i;
    return -1;
}
