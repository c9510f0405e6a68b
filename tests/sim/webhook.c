/* webhook: a publishing platform. See webhook.h.
 * Runs: any (pure, but for the process's time zone). */
#include "tests/sim/webhook.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/sim/sim_png.h"

/* Whom to tell of a slogan. */
struct platform_listener {
    char *name, *url;
    int64_t from_ms; /* on the screen since; 0: it isn't */
};

struct platform {
    const struct board_spec *spec;
    struct board_screen screen;
    struct reel *reel;
    struct platform_login login;
    struct platform_calls calls;
    struct platform_listener *listeners;
    size_t n_listeners;
    char seen[PLATFORM_SEEN][PLATFORM_NAME_MAX + 1]; /* the ids of publications */
    size_t n_seen;                                   /* ever */
};

/* ---- what it tells by itself ---- */

static struct platform_listener *platform_listener(struct platform *platform, const char *name)
{
    for (size_t i = 0; i < platform->n_listeners; i++)
        if (strcmp(platform->listeners[i].name, name) == 0)
            return &platform->listeners[i];
    return NULL;
}

static struct jv *platform_event(const char *name, const char *event)
{
    struct jv *document = jv_object();

    jv_put(document, "name", jv_string(name));
    jv_put(document, "event", jv_string(event));
    return document;
}

static void platform_tell(struct platform *platform, const char *url, struct jv *document,
                          int64_t now_ms)
{
    platform_call(&platform->calls, url, document, reel_clock(platform->reel, now_ms));
}

static void platform_view(void *ctx, const struct board_view *view)
{
    struct platform *platform = ctx;
    struct platform_listener *listener = platform_listener(platform, view->name);
    struct jv *document;

    platform->screen.view(platform->screen.ctx, view);
    if (!listener)
        return;
    if (view->shown) {
        listener->from_ms = view->t;
        platform_tell(platform, listener->url, platform_event(view->name, "shown"), view->t);
    } else if (!view->open && listener->from_ms && view->t > listener->from_ms) {
        document = platform_event(view->name, "playlog");
        jv_put(document, "from", jv_int(listener->from_ms));
        jv_put(document, "until", jv_int(view->t));
        platform_tell(platform, listener->url, document, view->t);
        listener->from_ms = 0;
    }
}

static void platform_listen(struct platform *platform, const char *name, const char *url)
{
    struct platform_listener *listener = platform_listener(platform, name);

    if (!listener) {
        platform->listeners =
            mem_grow(platform->listeners, platform->n_listeners + 1, sizeof *platform->listeners);
        listener = &platform->listeners[platform->n_listeners++];
        *listener = (struct platform_listener){.name = mem_dup(name)};
    }
    free(listener->url);
    listener->url = mem_dup(url);
}

/* ---- life ---- */

static void *platform_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct platform *platform = mem_new(struct platform);
    struct board_screen own = {.view = platform_view, .ctx = platform};

    platform->spec = platform->login.spec = platform->calls.spec = spec;
    platform->screen = *screen;
    platform->calls.screen = &platform->screen;
    platform->reel = reel_new(&own);
    return platform;
}

static void platform_release(void *state)
{
    struct platform *platform = state;

    for (size_t i = 0; i < platform->n_listeners; i++) {
        free(platform->listeners[i].name);
        free(platform->listeners[i].url);
    }
    free(platform->listeners);
    reel_free(platform->reel);
    free(platform);
}

/* ---- bodies ---- */

/* As UTF-8, to be freed; NULL: it is no text. */
static char *platform_text(const struct board_request *request)
{
    const char *type = request->header(request, "Content-Type");
    bool gbk = type && strcasestr(type, "charset=gb");
    char *at = (char *)(uintptr_t)request->body; /* iconv only reads it */
    size_t left = request->length, room = 2 * left + 4;
    MEM_FREE_LATER char *decoded = mem_alloc(room, 1);
    char *end = decoded;
    iconv_t converter;

    if (left == 0 || strlen(request->body) != left)
        return NULL;
    if (!gbk)
        return utf8_is_valid(at, left) ? mem_dup(at) : NULL;
    converter = iconv_open("UTF-8", "GBK");
    LOG_ASSERT(converter != (iconv_t)-1);
    if (iconv(converter, &at, &left, &end, &room) == (size_t)-1)
        left = 1;
    iconv_close(converter);
    return left ? NULL : mem_dup_n(decoded, (size_t)(end - decoded));
}

/* "2026-10-31T08:30:00+08:00", or milliseconds; 0: neither. */
static int64_t platform_instant(const struct jv *value)
{
    const char *text = value ? jv_text(value) : NULL;
    struct tm tm = {0};
    int hours, minutes;
    const char *rest;

    if (!text)
        return value ? jv_number(value, 0) : 0;
    rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
    if (!rest || sscanf(rest + (*rest ? 1 : 0), "%d:%d", &hours, &minutes) != 2)
        return 0;
    minutes += 60 * hours;
    return ((int64_t)timegm(&tm) - (*rest == '-' ? -60 : 60) * minutes) * 1000;
}

/* ---- events: 0, or the HTTP status of a refusal ---- */

struct platform_request {
    struct platform *platform;
    const struct board_request *request;
    const char *name;
    struct jv *document; /* the body's JSON, or NULL */
    const char *callback;
    int64_t now_ms;
};

/* Was this very message here before? Notes it. */
static bool platform_repeats(struct platform *platform, const struct board_request *request)
{
    size_t known = platform->n_seen < PLATFORM_SEEN ? platform->n_seen : PLATFORM_SEEN;
    const char *id = request->header(request, "webhook-id");

    if (!id || !request->header(request, "lawcast-name"))
        return false;
    for (size_t i = 0; i < known; i++)
        if (strcmp(platform->seen[i], id) == 0)
            return true;
    snprintf(platform->seen[platform->n_seen++ % PLATFORM_SEEN], PLATFORM_NAME_MAX + 1, "%s", id);
    return false;
}

static unsigned platform_publish(const struct platform_request *asked)
{
    struct platform *platform = asked->platform;
    MEM_FREE_LATER char *text = platform_text(asked->request);
    struct reel_item item = {.name = asked->name, .text = text};

    if (!text)
        return 400;
    if (reel_at(platform->reel, PLATFORM_ITEMS_MAX - 1) && !reel_find(platform->reel, asked->name))
        return 507;
    if (platform_repeats(platform, asked->request))
        return 0;
    if (asked->document) {
        item.window.from_ms = platform_instant(jv_at(asked->document, "/from"));
        item.window.until_ms = platform_instant(jv_at(asked->document, "/until"));
    }
    if (asked->callback)
        platform_listen(platform, asked->name, asked->callback);
    reel_put(platform->reel, &item, asked->now_ms);
    return 0;
}

static unsigned platform_withdraw(const struct platform_request *asked)
{
    reel_remove(asked->platform->reel, asked->name, asked->now_ms);
    return 0;
}

static unsigned platform_verify(const struct platform_request *asked)
{
    struct reel *reel = asked->platform->reel;
    bool shown = reel_is_visible(reel, asked->name);
    const struct board_spec *spec = asked->platform->spec;
    BUFFER_FREE_LATER struct buffer png = BUFFER_NULL, text = BUFFER_NULL;
    struct jv *document;

    if (asked->callback) {
        bool picture = shown && jv_at(asked->document, "/picture");

        document = platform_event(asked->name, picture ? "screenshot" : shown ? "shown" : "failed");
        if (picture) {
            sim_png(&png, spec->width, spec->height, reel_find(reel, asked->name)->text);
            hex_encode_base64(&text, png.data, png.length);
            jv_put(document, "picture", jv_string(buffer_text(&text)));
        }
        platform_tell(asked->platform, asked->callback, document, asked->now_ms);
        return 0;
    }
    return reel_find(reel, asked->name) ? 0 : 404;
}

static const struct {
    const char *event;
    unsigned (*act)(const struct platform_request *asked);
} platform_verbs[BOARD_VERBS] = {
    [BOARD_PUBLISH] = {"slogan.publish", platform_publish},
    [BOARD_WITHDRAW] = {"slogan.withdraw", platform_withdraw},
    [BOARD_VERIFY] = {"slogan.verify", platform_verify},
};

/* ---- replies ---- */

/* The value of the place, or NULL when it is none. */
static const char *platform_value(const struct platform_request *asked, const char *at,
                                  size_t length, struct buffer *room)
{
    struct platform *platform = asked->platform;
    BUFFER_FREE_LATER struct buffer png = BUFFER_NULL;
    const char *playing = reel_playing(platform->reel);
    const struct reel_item *item = reel_find(platform->reel, playing);

    if (length == 6 && memcmp(at, "{name}", 6) == 0)
        return asked->name;
    if (length == 9 && memcmp(at, "{playing}", 9) == 0)
        return playing;
    if (length == 7 && memcmp(at, "{power}", 7) == 0)
        return reel_is_asleep(platform->reel) ? "off" : "on";
    buffer_clear(room);
    if (length == 7 && memcmp(at, "{clock}", 7) == 0) {
        buffer_printf(room, "%lld", (long long)(reel_clock(platform->reel, asked->now_ms) / 1000));
        return buffer_text(room);
    }
    if (length != 9 || memcmp(at, "{picture}", 9) != 0)
        return NULL;
    sim_png(&png, platform->spec->width, platform->spec->height, item ? item->text : "");
    hex_encode_base64(room, png.data, png.length);
    return buffer_text(room);
}

static void platform_fill(const struct platform_request *asked, const char *body,
                          struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;

    while (*body) {
        size_t length = *body == '{' ? strcspn(body, "}") + 1 : 0;
        const char *value = length ? platform_value(asked, body, length, &room) : NULL;

        if (value) {
            buffer_add_text(out, value);
            body += length;
        } else {
            buffer_add_char(out, *body++);
        }
    }
}

static void platform_refuse(struct board_reply *reply, unsigned status)
{
    reply->status = status;
    buffer_add_text(&reply->body, "{}");
}

/* A name goes into JSON and into the log as it is. */
static bool platform_is_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;

    for (size_t i = 0; i < length; i++)
        if (name[i] <= ' ' || name[i] == '"' || name[i] == '\\' || name[i] == 0x7F)
            return false;
    return length > 0 && length <= PLATFORM_NAME_MAX;
}

static void platform_act(struct platform_request *asked, size_t verb, struct board_reply *reply)
{
    const struct board_rule *rule = &asked->platform->spec->rules[verb];
    const struct board_request *request = asked->request;
    unsigned refused = 0;

    asked->document = jv_parse(request->body, request->length, NULL);
    if (asked->document)
        asked->callback = jv_text(jv_at(asked->document, "/callback"));
    if (strcmp(rule->method, request->method) != 0)
        refused = 405;
    else if (rule->status >= 200 && rule->status < 300)
        refused = platform_verbs[verb].act(asked);
    if (refused) {
        platform_refuse(reply, refused);
    } else {
        reply->status = (unsigned)rule->status;
        platform_fill(asked, rule->body, &reply->body);
    }
    jv_free(asked->document);
}

static void platform_request(void *state, const struct board_request *request, int64_t now_ms,
                             struct board_reply *reply)
{
    struct platform *platform = state;
    const char *event = request->header(request, "lawcast-event");
    const char *name = request->header(request, "lawcast-name");
    struct platform_request asked = {.platform = platform, .request = request, .now_ms = now_ms};
    size_t verb = 0;

    reply->type = "application/json; charset=utf-8";
    asked.name = name ? name : request->header(request, "webhook-id");
    while (verb < BOARD_VERBS && strcmp(event ? event : "", platform_verbs[verb].event) != 0)
        verb++;
    if (!platform_login(&platform->login, request, name ? name : "",
                        reel_clock(platform->reel, now_ms)))
        platform_refuse(reply, 401);
    else if (strcmp(request->method, "OPTIONS") == 0)
        reply->status = 204;
    else if (event && strcmp(event, "board.probe") == 0) {
        reply->status = 200;
        platform_fill(&asked, "{\"power\":\"{power}\",\"clock\":{clock},\"playing\":\"{playing}\"}",
                      &reply->body);
    } else if (verb == BOARD_VERBS || !platform_is_name(asked.name))
        platform_refuse(reply, 400);
    else
        platform_act(&asked, verb, reply);
}

/* ---- handed through ---- */

static void platform_advance(void *state, int64_t now_ms)
{
    reel_advance(((struct platform *)state)->reel, now_ms);
}

static int64_t platform_next_change(const void *state, int64_t now_ms)
{
    return reel_next_change(((const struct platform *)state)->reel, now_ms);
}

/* The screen goes dark and comes back; the platform has forgotten nothing. */
static void platform_power_off(void *state, int64_t now_ms)
{
    reel_power(((struct platform *)state)->reel, false, now_ms);
}

static void platform_power_on(void *state, int64_t now_ms)
{
    reel_power(((struct platform *)state)->reel, true, now_ms);
}

static void platform_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    reel_trick(((struct platform *)state)->reel, trick, on, now_ms);
}

static void platform_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    reel_skew(((struct platform *)state)->reel, skew_ms, now_ms);
}

static void platform_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    reel_own(((struct platform *)state)->reel, name, text, now_ms);
}

static void platform_list(const void *state, struct jv *names)
{
    reel_list(((const struct platform *)state)->reel, names);
}

static void platform_finish(void *state, int64_t now_ms)
{
    reel_finish(((struct platform *)state)->reel, now_ms);
}

const struct board_kind board_webhook = {
    .name = "webhook",
    .root = "webhook",
    .create = platform_create,
    .release = platform_release,
    .request = platform_request,
    .advance = platform_advance,
    .next_change = platform_next_change,
    .power_off = platform_power_off,
    .power_on = platform_power_on,
    .trick = platform_trick,
    .skew = platform_skew,
    .own = platform_own,
    .list = platform_list,
    .finish = platform_finish,
};
