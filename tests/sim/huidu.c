/* huidu: a Huidu controller with its HTTP interface: signatures, a playlist of programs,
 * properties. Runs: any (pure, but for the process's time zone). Source: the vendor's HTTP
 * interface document.
 *
 * Options: key, secret, device. A program's uuid is what it is known by; what the vendor leaves
 * open is decided strictly: append refuses a uuid that is there, update and remove one that isn't.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "tests/sim/huidu_room.h"
#include "tests/sim/sim_png.h"

struct huidu {
    const struct board_spec *spec;
    struct reel *reel;
};

static void *huidu_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct huidu *huidu = mem_new(struct huidu);

    huidu->spec = spec;
    huidu->reel = reel_new(screen);
    return huidu;
}

static void huidu_release(void *state)
{
    struct huidu *huidu = state;

    reel_free(huidu->reel);
    free(huidu);
}

static const char *huidu_device(const struct huidu *huidu)
{
    return board_option(huidu->spec, "device", "C16L-D00-A000F");
}

/* ---- who asks ---- */

static const char *huidu_given(const struct board_request *request, const char *name)
{
    const char *value = request->header(request, name);

    return value ? value : request->query(request, name);
}

static bool huidu_is_signed(const struct huidu *huidu, const struct board_request *request)
{
    const char *key = huidu_given(request, "sdkKey"), *date = huidu_given(request, "date");
    const char *sign = huidu_given(request, "sign");
    const char *secret = board_option(huidu->spec, "secret", "huidu-secret");
    struct buffer message BUFFER_FREE_LATER = BUFFER_NULL;
    char right[DIGEST_HEX_MOST];
    struct digest digest;

    if (!key || !date || !sign || strcmp(key, board_option(huidu->spec, "key", "huidu-key")) != 0)
        return false;
    buffer_add(&message, request->body, request->length);
    buffer_add_text(&message, key);
    buffer_add_text(&message, date);
    digest = digest_hmac(DIGEST_MD5, secret, strlen(secret), buffer_text(&message), message.length);
    digest_hex(&digest, right);
    return strcmp(sign, right) == 0;
}

/* ---- programs ---- */

static const char *huidu_uuid(const struct reel_item *item)
{
    const char *uuid = jv_text(jv_at(item->data, "/uuid"));

    return uuid ? uuid : item->name; /* the owner's */
}

static const struct reel_item *huidu_find(const struct huidu *huidu, const char *uuid)
{
    const struct reel_item *item;

    for (size_t i = 0; (item = reel_at(huidu->reel, i)); i++)
        if (strcmp(huidu_uuid(item), uuid) == 0)
            return item;
    return NULL;
}

/* Puts a program. again: under a uuid that is there. NULL, or the word for why not. */
static const char *huidu_put(struct huidu *huidu, const struct jv *program, bool again,
                             int64_t now_ms)
{
    const char *uuid = jv_text(jv_at(program, "/uuid")), *name = jv_text(jv_at(program, "/name"));
    const struct jv *area = jv_at(program, "/area/0");
    struct reel_item item = {
        .name = name, .text = huidu_text(huidu->spec, jv_at(area, "/item/0")), .data = program};
    const struct reel_item *old;

    if (!uuid || !*uuid || !name || !*name || !huidu_is(jv_at(program, "/type"), "normal") ||
        !huidu_is_area(huidu->spec, area) || !item.text ||
        huidu_read_window(jv_at(program, "/playControl"), &item.window))
        return "kInvalidParam";
    old = huidu_find(huidu, uuid);
    if (again != (old != NULL) || (!again && reel_find(huidu->reel, name)))
        return again ? "kNotFound" : "kAlreadyExists";
    if (old && strcmp(old->name, name) != 0)
        reel_remove(huidu->reel, old->name, now_ms);
    reel_put(huidu->reel, &item, now_ms);
    return NULL;
}

static const char *huidu_drop(struct huidu *huidu, const struct jv *program, int64_t now_ms)
{
    const char *uuid = jv_text(jv_at(program, "/uuid"));
    const struct reel_item *item = uuid ? huidu_find(huidu, uuid) : NULL;

    if (!item || !huidu_is(jv_at(program, "/name"), item->name))
        return "kNotFound";
    reel_remove(huidu->reel, item->name, now_ms);
    return NULL;
}

/* ---- methods: what goes into data, or NULL with a word for why not ---- */

static struct jv *huidu_change(struct huidu *huidu, const struct jv *body, int64_t now_ms,
                               const char **why)
{
    const struct jv *programs = jv_at(body, "/data"), *program;
    const char *method = jv_text(jv_at(body, "/method"));

    *why = jv_is_array(programs) && jv_size(programs) ? NULL : "kInvalidParam";
    while (strcmp(method, "replace") == 0 && !*why && reel_at(huidu->reel, 0))
        reel_remove(huidu->reel, reel_at(huidu->reel, 0)->name, now_ms);
    for (size_t i = 0; !*why && (program = jv_element(programs, i)); i++)
        *why = strcmp(method, "remove") == 0
                   ? huidu_drop(huidu, program, now_ms)
                   : huidu_put(huidu, program, strcmp(method, "update") == 0, now_ms);
    return *why ? NULL : jv_string("kSuccess");
}

static struct jv *huidu_get_all(struct huidu *huidu, const struct jv *body, int64_t now_ms,
                                const char **why)
{
    struct jv *data = jv_object(), *list = jv_array();
    const struct reel_item *item;

    (void)body;
    (void)now_ms;
    (void)why;
    for (size_t i = 0; (item = reel_at(huidu->reel, i)); i++) {
        struct jv *entry = jv_object();

        jv_put(entry, "uuid", jv_string(huidu_uuid(item)));
        jv_put(entry, "name", jv_string(item->name));
        jv_push(list, entry);
    }
    jv_put(data, "item", list);
    return data;
}

static struct jv *huidu_status(struct huidu *huidu, const struct jv *body, int64_t now_ms,
                               const char **why)
{
    struct jv *data = jv_object();

    (void)body;
    (void)now_ms;
    (void)why;
    jv_put(data, "screen.openStatus", jv_string(reel_is_asleep(huidu->reel) ? "false" : "true"));
    jv_put(data, "eth.valid", jv_string("true"));
    return data;
}

static void huidu_put_number(struct jv *object, const char *key, int64_t value)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)value);
    jv_put(object, key, jv_string(text));
}

static struct jv *huidu_property(struct huidu *huidu, const struct jv *body, int64_t now_ms,
                                 const char **why)
{
    struct jv *data = jv_object();
    char time[20];

    (void)body;
    (void)why;
    clock_format(reel_clock(huidu->reel, now_ms), time);
    jv_put(data, "name", jv_string("BoxPlayer"));
    huidu_put_number(data, "screen.width", huidu->spec->width);
    huidu_put_number(data, "screen.height", huidu->spec->height);
    jv_put(data, "version.app", jv_string("7.10.78.1"));
    jv_put(data, "time", jv_string(time));
    jv_put(data, "time.sync", jv_string("none"));
    jv_put(data, "luminance", jv_string("100"));
    return data;
}

static void huidu_draw(const struct huidu *huidu, struct buffer *png)
{
    const struct reel_item *item = reel_find(huidu->reel, reel_playing(huidu->reel));

    sim_png(png, huidu->spec->width, huidu->spec->height, item ? item->text : "");
}

static struct jv *huidu_screenshot(struct huidu *huidu, const struct jv *body, int64_t now_ms,
                                   const char **why)
{
    struct buffer png BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer base64 BUFFER_FREE_LATER = BUFFER_NULL;

    (void)body;
    (void)now_ms;
    (void)why;
    huidu_draw(huidu, &png);
    hex_encode_base64(&base64, png.data, png.length);
    return jv_string(buffer_text(&base64));
}

static const struct {
    const char *what, *method;
    struct jv *(*act)(struct huidu *huidu, const struct jv *body, int64_t now_ms, const char **why);
} huidu_methods[] = {
    {"program", "append", huidu_change},
    {"program", "update", huidu_change},
    {"program", "replace", huidu_change},
    {"program", "remove", huidu_change},
    {"program", "getAll", huidu_get_all},
    {"device", "getDeviceStatus", huidu_status},
    {"device", "getDeviceProperty", huidu_property},
    {"device", "screenshot", huidu_screenshot},
};

/* ---- requests ---- */

static void huidu_say(struct board_reply *reply, unsigned status, struct jv *document)
{
    reply->status = status;
    jv_write(document, false, &reply->body);
    jv_free(document);
}

static void huidu_refuse(struct board_reply *reply, unsigned status, const char *words)
{
    struct jv *document = jv_object();

    jv_put(document, "message", jv_string("failed"));
    jv_put(document, "data", jv_string(words));
    huidu_say(reply, status, document);
}

/* The answer of this device: data, which is consumed, or why not. */
static void huidu_answer(const struct huidu *huidu, struct board_reply *reply, const char *method,
                         struct jv *data, const char *why)
{
    struct jv *document = jv_object(), *list = jv_array(), *entry = jv_object();

    jv_put(document, "method", jv_string(method));
    jv_put(document, "message", jv_string("ok"));
    jv_put(entry, "id", jv_string(huidu_device(huidu)));
    jv_put(entry, "message", jv_string(data ? "ok" : "failed"));
    jv_put(entry, "data", data ? data : jv_string(why));
    jv_push(list, entry);
    jv_put(document, "data", list);
    huidu_say(reply, 200, document);
}

static void huidu_act(struct huidu *huidu, const char *what, const struct jv *body, int64_t now_ms,
                      struct board_reply *reply)
{
    const char *method = jv_text(jv_at(body, "/method")), *why = NULL;

    if (!method) {
        huidu_refuse(reply, 400, "kInvalidParam");
        return;
    }
    for (size_t i = 0; i < sizeof huidu_methods / sizeof *huidu_methods; i++)
        if (strcmp(huidu_methods[i].what, what) == 0 &&
            strcmp(huidu_methods[i].method, method) == 0) {
            struct jv *data = huidu_methods[i].act(huidu, body, now_ms, &why);

            huidu_answer(huidu, reply, method, data, why);
            return;
        }
    huidu_answer(huidu, reply, method, NULL, "kUnsupportMethod");
}

/* The device that is meant: in the path, the query or the body; none is this one. */
static bool huidu_is_meant(const struct huidu *huidu, const struct board_request *request,
                           const char *tail, const struct jv *body)
{
    const char *query = request->query(request, "id"), *inside = jv_text(jv_at(body, "/id"));
    const char *device = huidu_device(huidu);

    return (!*tail || strcmp(tail, device) == 0) && (!query || strcmp(query, device) == 0) &&
           (!inside || strcmp(inside, device) == 0);
}

static void huidu_post(struct huidu *huidu, const struct board_request *request, int64_t now_ms,
                       struct board_reply *reply)
{
    static const char *const whats[] = {"device", "program"};
    struct jv *body = jv_parse(request->body, request->length, NULL);
    const char *path = request->path;
    size_t i = 0, n = 0;

    for (; i < 2; i++) {
        n = strlen(whats[i]);
        if (strncmp(path, "/api/", 5) == 0 && strncmp(path + 5, whats[i], n) == 0 &&
            path[5 + n] == '/')
            break;
    }
    if (i == 2)
        huidu_refuse(reply, 404, "kNotFound");
    else if (!jv_is_object(body))
        huidu_refuse(reply, 400, "kInvalidParam");
    else if (!huidu_is_meant(huidu, request, path + 6 + n, body))
        huidu_refuse(reply, 200, "kDeviceOffline");
    else
        huidu_act(huidu, whats[i], body, now_ms, reply);
    jv_free(body);
}

static void huidu_get(struct huidu *huidu, const struct board_request *request,
                      struct board_reply *reply)
{
    static const char shot[] = "/api/screenshot/";
    struct jv *document, *list;

    if (strncmp(request->path, shot, sizeof shot - 1) == 0 &&
        huidu_is_meant(huidu, request, request->path + sizeof shot - 1, NULL)) {
        reply->type = "image/png";
        reply->status = 200;
        huidu_draw(huidu, &reply->body);
        return;
    }
    if (strcmp(request->path, "/api/device/list/") != 0) {
        huidu_refuse(reply, 404, "kNotFound");
        return;
    }
    document = jv_object();
    list = jv_array();
    jv_push(list, jv_string(huidu_device(huidu)));
    jv_put(document, "total", jv_string("1"));
    jv_put(document, "message", jv_string("ok"));
    jv_put(document, "data", list);
    huidu_say(reply, 200, document);
}

static void huidu_request(void *state, const struct board_request *request, int64_t now_ms,
                          struct board_reply *reply)
{
    struct huidu *huidu = state;

    reply->type = "application/json";
    if (!huidu_is_signed(huidu, request))
        huidu_refuse(reply, 401, "kSignError");
    else if (strcmp(request->method, "GET") == 0)
        huidu_get(huidu, request, reply);
    else if (strcmp(request->method, "POST") == 0)
        huidu_post(huidu, request, now_ms, reply);
    else
        huidu_refuse(reply, 405, "kUnsupportMethod");
}

/* ---- what happens to it ---- */

static void huidu_advance(void *state, int64_t now_ms)
{
    reel_advance(((struct huidu *)state)->reel, now_ms);
}

static int64_t huidu_next_change(const void *state, int64_t now_ms)
{
    return reel_next_change(((const struct huidu *)state)->reel, now_ms);
}

static void huidu_power_off(void *state, int64_t now_ms)
{
    reel_power(((struct huidu *)state)->reel, false, now_ms);
}

static void huidu_power_on(void *state, int64_t now_ms)
{
    reel_power(((struct huidu *)state)->reel, true, now_ms);
}

static void huidu_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    reel_trick(((struct huidu *)state)->reel, trick, on, now_ms);
}

static void huidu_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    reel_skew(((struct huidu *)state)->reel, skew_ms, now_ms);
}

static void huidu_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    reel_own(((struct huidu *)state)->reel, name, text, now_ms);
}

static void huidu_list(const void *state, struct jv *names)
{
    reel_list(((const struct huidu *)state)->reel, names);
}

static void huidu_finish(void *state, int64_t now_ms)
{
    reel_finish(((struct huidu *)state)->reel, now_ms);
}

const struct board_kind board_huidu = {
    .name = "huidu",
    .root = "huidu",
    .create = huidu_create,
    .release = huidu_release,
    .request = huidu_request,
    .advance = huidu_advance,
    .next_change = huidu_next_change,
    .power_off = huidu_power_off,
    .power_on = huidu_power_on,
    .trick = huidu_trick,
    .skew = huidu_skew,
    .own = huidu_own,
    .list = huidu_list,
    .finish = huidu_finish,
};
