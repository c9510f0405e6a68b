/* colorlight: a Colorlight player in its local network: programs, one schedule, what it plays.
 * Runs: any (pure, but for the process's time zone). Sources: the vendor's RESTful interface
 * specification 1.7 and playerSDK pages.
 *
 * Options: user, password (none: nothing is asked for). A program is a file X.vsn, known here as X.
 * It is seen when the schedule says so, or, sent without autoplay=0, always. A schedule in which a
 * priority stands twice doesn't run: nothing of it is seen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "tests/sim/colorlight_room.h"
#include "tests/sim/sim_png.h"

enum { COLORLIGHT_ROTATION = 200 };

struct colorlight {
    const struct board_spec *spec;
    struct reel *reel;
    struct jv *schedule;
};

static struct jv *colorlight_parse(const char *text)
{
    return jv_parse(text, strlen(text), NULL);
}

static void *colorlight_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct colorlight *player = mem_new(struct colorlight);

    player->spec = spec;
    player->reel = reel_new(screen);
    player->schedule = colorlight_parse("{\"contentsSchedule\":[],\"commandSchedule\":[]}");
    return player;
}

static void colorlight_release(void *state)
{
    struct colorlight *player = state;

    reel_free(player->reel);
    jv_free(player->schedule);
    free(player);
}

/* ---- who asks ---- */

static bool colorlight_knows(const struct colorlight *player, const struct board_request *request)
{
    const char *password = board_option(player->spec, "password", NULL);
    const char *given = request->header(request, "Authorization");
    struct buffer right BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer base64 BUFFER_FREE_LATER = BUFFER_NULL;

    if (!password)
        return true;
    buffer_printf(&right, "%s:%s", board_option(player->spec, "user", "admin"), password);
    hex_encode_base64(&base64, right.data, right.length);
    return given && strncmp(given, "Basic ", 6) == 0 &&
           strcmp(given + 6, buffer_text(&base64)) == 0;
}

/* ---- what is to be seen when ---- */

/* The first entry for this program; NULL: there is none. */
static const struct jv *colorlight_entry(const struct colorlight *player, const char *name)
{
    const struct jv *entries = jv_at(player->schedule, "/contentsSchedule"), *entry;

    for (size_t i = 0; (entry = jv_element(entries, i)); i++) {
        const char *vsn = jv_text(jv_at(entry, "/operation/vsn"));
        size_t n = strlen(name);

        if (vsn && strncmp(vsn, name, n) == 0 && strcmp(vsn + n, ".vsn") == 0)
            return entry;
    }
    return NULL;
}

static void colorlight_place(const struct colorlight *player, struct reel_item *item)
{
    const struct jv *entry = colorlight_entry(player, item->name);
    bool autoplay = jv_number(jv_at(item->data, "/autoplay"), 0) != 0;

    item->window = (struct reel_window){0};
    item->priority = 0;
    if (entry && colorlight_runs(player->schedule)) {
        colorlight_read_window(entry, &item->window);
        item->priority =
            COLORLIGHT_ROTATION - jv_number(jv_at(entry, "/type_priority"), COLORLIGHT_ROTATION);
    } else if (!autoplay) {
        item->window.until_ms = 1; /* stored, and never seen */
    }
}

static bool colorlight_is_same(const struct reel_item *a, const struct reel_item *b)
{
    const struct reel_window *x = &a->window, *y = &b->window;

    return x->from_ms == y->from_ms && x->until_ms == y->until_ms &&
           x->day_from_s == y->day_from_s && x->day_to_s == y->day_to_s &&
           x->weekdays == y->weekdays && a->priority == b->priority;
}

/* The schedule has changed. */
static void colorlight_replace(struct colorlight *player, int64_t now_ms)
{
    const struct reel_item *old;

    for (size_t i = 0; (old = reel_at(player->reel, i)); i++) {
        struct reel_item item = *old;

        colorlight_place(player, &item);
        if (!reel_is_own(player->reel, item.name) && !colorlight_is_same(&item, old))
            reel_put(player->reel, &item, now_ms);
    }
}

/* ---- requests ---- */

static void colorlight_say(struct board_reply *reply, struct jv *document)
{
    reply->status = 200;
    jv_write(document, false, &reply->body);
    jv_free(document);
}

static void colorlight_put_program(struct colorlight *player, const struct board_request *request,
                                   const char *name, int64_t now_ms, struct board_reply *reply)
{
    const char *autoplay = request->query(request, "autoplay");
    struct jv *data = jv_object();
    struct reel_item item = {.name = name, .data = data};
    char *text = colorlight_read_program(player->spec, request, name);

    item.text = text;
    jv_put(data, "size", jv_int((int64_t)request->length));
    jv_put(data, "autoplay", jv_int(!autoplay || strcmp(autoplay, "0") != 0));
    colorlight_place(player, &item);
    if (text)
        reel_put(player->reel, &item, now_ms);
    reply->status = text ? 200 : 400;
    jv_free(data);
    free(text);
}

static void colorlight_get_list(const struct colorlight *player, struct board_reply *reply)
{
    struct jv *document = jv_object(), *playing = jv_object(), *contents = jv_array();
    struct jv *lan = jv_object(), *list = jv_array();
    const struct reel_item *item;
    const char *now = reel_playing(player->reel);
    char *file MEM_FREE_LATER = *now ? mem_printf("%s.vsn", now) : mem_dup("");

    for (size_t i = 0; (item = reel_at(player->reel, i)); i++) {
        char *name MEM_FREE_LATER = mem_printf("%s.vsn", item->name);
        struct jv *entry = jv_object();

        jv_put(entry, "name", jv_string(name));
        jv_put(entry, "size", jv_int(jv_number(jv_at(item->data, "/size"), 0)));
        jv_put(entry, "md5", jv_string(""));
        jv_push(list, entry);
    }
    jv_put(playing, "type", jv_string(*now ? "lan" : "stop"));
    jv_put(playing, "name", jv_string(file));
    jv_put(lan, "type", jv_string("lan"));
    jv_put(lan, "content", list);
    jv_push(contents, lan);
    jv_put(document, "playing", playing);
    jv_put(document, "contents", contents);
    colorlight_say(reply, document);
}

static void colorlight_get_power(const struct colorlight *player, struct board_reply *reply)
{
    struct jv *document = jv_object();

    jv_put(document, "powerstatus", jv_int(!reel_is_asleep(player->reel)));
    colorlight_say(reply, document);
}

static void colorlight_get_clock(const struct colorlight *player, int64_t now_ms,
                                 struct board_reply *reply)
{
    struct jv *document = jv_object();
    char time[20];

    clock_format(reel_clock(player->reel, now_ms), time);
    jv_put(document, "time", jv_string(time));
    jv_put(document, "timezone", jv_string("Asia/Shanghai"));
    colorlight_say(reply, document);
}

static void colorlight_get_size(const struct colorlight *player, struct board_reply *reply)
{
    struct jv *document = jv_object();

    jv_put(document, "width", jv_int(player->spec->width));
    jv_put(document, "height", jv_int(player->spec->height));
    colorlight_say(reply, document);
}

static void colorlight_get_info(struct board_reply *reply)
{
    struct jv *document = jv_object(), *info = jv_object();

    jv_put(info, "vername", jv_string("1.64.6"));
    jv_put(info, "model", jv_string("c4"));
    jv_put(document, "info", info);
    colorlight_say(reply, document);
}

static void colorlight_get_picture(const struct colorlight *player, struct board_reply *reply)
{
    const struct reel_item *item = reel_find(player->reel, reel_playing(player->reel));

    reply->status = 200;
    reply->type = "image/png";
    sim_png(&reply->body, player->spec->width, player->spec->height, item ? item->text : "");
}

static void colorlight_get(struct colorlight *player, const char *path, int64_t now_ms,
                           struct board_reply *reply)
{
    if (strcmp(path, "/api/vsns.json") == 0)
        colorlight_get_list(player, reply);
    else if (strcmp(path, "/api/lanschedule.json") == 0 || strcmp(path, "/api/lanschedule") == 0) {
        reply->status = 200;
        jv_write(player->schedule, false, &reply->body);
    } else if (strcmp(path, "/api/powerstatus.json") == 0)
        colorlight_get_power(player, reply);
    else if (strcmp(path, "/api/rtc.json") == 0)
        colorlight_get_clock(player, now_ms, reply);
    else if (strcmp(path, "/api/dimension.json") == 0)
        colorlight_get_size(player, reply);
    else if (strcmp(path, "/api/info.json") == 0)
        colorlight_get_info(reply);
    else if (strcmp(path, "/api/screenshot") == 0)
        colorlight_get_picture(player, reply);
}

static void colorlight_put_schedule(struct colorlight *player, const struct board_request *request,
                                    int64_t now_ms, struct board_reply *reply)
{
    struct jv *document = jv_parse(request->body, request->length, NULL);

    reply->status = 400;
    if (!colorlight_is_schedule(document)) {
        jv_free(document);
        return;
    }
    jv_free(player->schedule);
    player->schedule = document;
    colorlight_replace(player, now_ms);
    reply->status = 200;
}

/* X of a path that ends with X.vsn, after a prefix; freed by the caller. NULL: it is no such path.
 */
static char *colorlight_name(const char *path, const char *prefix)
{
    size_t before = strlen(prefix), n = strlen(path);

    if (strncmp(path, prefix, before) != 0 || n <= before + 4 ||
        strcmp(path + n - 4, ".vsn") != 0 || n - before - 4 > 16)
        return NULL;
    return mem_dup_n(path + before, n - before - 4);
}

static void colorlight_request(void *state, const struct board_request *request, int64_t now_ms,
                               struct board_reply *reply)
{
    struct colorlight *player = state;
    const char *path = request->path;
    char *program MEM_FREE_LATER = colorlight_name(path, "/api/program/");
    char *file MEM_FREE_LATER = colorlight_name(path, "/api/vsns/sources/lan/vsns/");

    reply->type = "application/json";
    reply->status = 404;
    if (!colorlight_knows(player, request)) {
        reply->status = 401;
        reply->headers[0] = "WWW-Authenticate: Basic realm=\"player\"";
    } else if (strcmp(request->method, "GET") == 0)
        colorlight_get(player, path, now_ms, reply);
    else if (strcmp(request->method, "POST") == 0 && program)
        colorlight_put_program(player, request, program, now_ms, reply);
    else if (strcmp(request->method, "PUT") == 0 && strncmp(path, "/api/lanschedule", 16) == 0)
        colorlight_put_schedule(player, request, now_ms, reply);
    else if (strcmp(request->method, "DELETE") == 0 && file &&
             reel_remove(player->reel, file, now_ms))
        reply->status = 200;
}

/* ---- what happens to it ---- */

static void colorlight_advance(void *state, int64_t now_ms)
{
    reel_advance(((struct colorlight *)state)->reel, now_ms);
}

static int64_t colorlight_next_change(const void *state, int64_t now_ms)
{
    return reel_next_change(((const struct colorlight *)state)->reel, now_ms);
}

static void colorlight_power_off(void *state, int64_t now_ms)
{
    reel_power(((struct colorlight *)state)->reel, false, now_ms);
}

static void colorlight_power_on(void *state, int64_t now_ms)
{
    reel_power(((struct colorlight *)state)->reel, true, now_ms);
}

static void colorlight_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    reel_trick(((struct colorlight *)state)->reel, trick, on, now_ms);
}

static void colorlight_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    reel_skew(((struct colorlight *)state)->reel, skew_ms, now_ms);
}

/* The owner's program takes part in the rotation, all day. */
static void colorlight_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    struct colorlight *player = state;

    reel_own(player->reel, name, text, now_ms);
    colorlight_add(&player->schedule, name);
}

static void colorlight_list(const void *state, struct jv *names)
{
    reel_list(((const struct colorlight *)state)->reel, names);
}

static void colorlight_finish(void *state, int64_t now_ms)
{
    reel_finish(((struct colorlight *)state)->reel, now_ms);
}

const struct board_kind board_colorlight = {
    .name = "colorlight",
    .root = "colorlight",
    .create = colorlight_create,
    .release = colorlight_release,
    .request = colorlight_request,
    .advance = colorlight_advance,
    .next_change = colorlight_next_change,
    .power_off = colorlight_power_off,
    .power_on = colorlight_power_on,
    .trick = colorlight_trick,
    .skew = colorlight_skew,
    .own = colorlight_own,
    .list = colorlight_list,
    .finish = colorlight_finish,
};
