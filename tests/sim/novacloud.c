/* novacloud: a simulated NovaCloud platform with one player, after NovaStar's VNNOX Open Platform.
 * Runs: any (pure, but for the process's time zone).
 *
 * Signatures, nonces and times are checked for every request; how far a time may be off isn't
 * documented: five minutes here. A new emergency page takes the place of the one before. The
 * owner's own content whose name begins with "emergency" goes with a cancellation, as all such
 * pages do. Option limit: so many requests a second are answered, more get 429; 0: all. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"
#include "tests/sim/board.h"
#include "tests/sim/reel.h"
#include "tests/sim/sim_png.h"

enum { NOVA_NONCES = 512, NOVA_NONCE = 65, NOVA_SKEW_S = 300, NOVA_PLAYERS_MOST = 100 };
enum { NOVA_STATUS_MS = 20, NOVA_CAPTURE_MS = 50 };

struct nova {
    const struct board_spec *spec;
    struct board_screen screen;
    struct reel *reel;
    char nonces[NOVA_NONCES][NOVA_NONCE]; /* the last ones, in a ring */
    size_t next_nonce;
    int64_t second, in_second, limit;
    unsigned shots;
};

static const char *nova_player(const struct nova *nova)
{
    return board_option(nova->spec, "player", "player");
}

static void *nova_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct nova *nova = mem_new(struct nova);

    nova->spec = spec;
    nova->screen = *screen;
    nova->limit = strtoll(board_option(spec, "limit", "0"), NULL, 10);
    nova->reel = reel_new(screen);
    return nova;
}

static void nova_release(void *state)
{
    struct nova *nova = state;

    reel_free(nova->reel);
    free(nova);
}

static void nova_refuse(struct board_reply *reply, unsigned status, const char *why)
{
    reply->status = status;
    reply->type = "application/json";
    buffer_printf(&reply->body, "{\"error\":\"%s\"}", why);
}

/* ---- who asks ---- */

static bool nova_is_nonce(const char *nonce)
{
    size_t n = nonce ? strlen(nonce) : 0;

    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)nonce[i]))
            return false;
    return n >= 8 && n <= 64;
}

static bool nova_is_used(struct nova *nova, const char *nonce)
{
    for (size_t i = 0; i < NOVA_NONCES; i++)
        if (strcmp(nova->nonces[i], nonce) == 0)
            return true;
    snprintf(nova->nonces[nova->next_nonce], NOVA_NONCE, "%s", nonce);
    nova->next_nonce = (nova->next_nonce + 1) % NOVA_NONCES;
    return false;
}

/* NULL, or why it isn't let in. */
static const char *nova_check(struct nova *nova, const struct board_request *request,
                              int64_t now_ms)
{
    const char *key = request->header(request, "AppKey"), *sum, *nonce, *time;
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    char expected[DIGEST_HEX_MOST];
    struct digest digest;
    int64_t off;

    nonce = request->header(request, "Nonce");
    time = request->header(request, "CurTime");
    sum = request->header(request, "CheckSum");
    if (!key || strcmp(key, board_option(nova->spec, "key", "key")) != 0)
        return "unknown AppKey";
    if (!nova_is_nonce(nonce))
        return "Nonce must be 8 to 64 letters and digits";
    if (!time || strlen(time) != 10 || time[strspn(time, "0123456789")])
        return "CurTime must be seconds since 1970";
    buffer_printf(&text, "%s%s%s", board_option(nova->spec, "secret", "secret"), nonce, time);
    digest = digest_of(DIGEST_SHA256, text.data, text.length);
    digest_hex(&digest, expected);
    if (!sum || strcmp(sum, expected) != 0)
        return "wrong CheckSum";
    off = strtoll(time, NULL, 10) - now_ms / 1000;
    if (off > NOVA_SKEW_S || off < -NOVA_SKEW_S)
        return "CurTime is too far off";
    return nova_is_used(nova, nonce) ? "Nonce was used before" : NULL;
}

static bool nova_is_busy(struct nova *nova, int64_t now_ms)
{
    if (nova->second != now_ms / 1000) {
        nova->second = now_ms / 1000;
        nova->in_second = 0;
    }
    return nova->limit > 0 && ++nova->in_second > nova->limit;
}

/* ---- commands ---- */

static void nova_say(struct board_reply *reply, struct jv *document)
{
    reply->status = 200;
    reply->type = "application/json;charset=UTF-8";
    jv_write(document, false, &reply->body);
    jv_free(document);
}

/* Is our player among those that are meant? The others fail. */
static bool nova_split(const struct nova *nova, const struct jv *body, struct jv *taken)
{
    const struct jv *players = jv_at(body, "/playerIds"), *player;
    struct jv *success = jv_array(), *fail = jv_array();
    bool meant = false;

    for (size_t i = 0; (player = jv_element(players, i)); i++) {
        const char *id = jv_text(player);
        bool ours = id && strcmp(id, nova_player(nova)) == 0;

        jv_push(ours ? success : fail, jv_string(id ? id : ""));
        meant = meant || ours;
    }
    jv_put(taken, "success", success);
    jv_put(taken, "fail", fail);
    return meant;
}

static void nova_online(struct nova *nova, const struct board_request *request,
                        const struct jv *body, int64_t now_ms, struct board_reply *reply)
{
    struct jv *rows = jv_array(), *row, *taken = jv_object();

    (void)request;
    if (nova_split(nova, body, taken)) {
        row = jv_object();
        jv_put(row, "playerId", jv_string(nova_player(nova)));
        jv_put(row, "sn", jv_string("BZSA00000000000001"));
        jv_put(row, "onlineStatus", jv_int(1));
        jv_put(row, "lastOnlineTime", jv_int(now_ms / 1000));
        jv_push(rows, row);
    }
    jv_free(taken);
    nova_say(reply, rows);
}

static void nova_date(const struct nova *nova, int64_t now_ms, char text[32])
{
    time_t seconds = (time_t)(reel_clock(nova->reel, now_ms) / 1000);
    struct tm tm;

    localtime_r(&seconds, &tm);
    strftime(text, 32, "%Y-%m-%d %H:%M:%S", &tm);
}

static void nova_call(const struct nova *nova, const char *url, struct jv *document, int64_t delay)
{
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    struct board_outcall call = {.method = "POST", .url = url, .delay_ms = delay};

    jv_write(document, false, &body);
    call.headers[0] = "Content-Type: application/json";
    call.body = buffer_text(&body);
    call.length = body.length;
    nova->screen.outcall(nova->screen.ctx, &call, 0);
    jv_free(document);
}

static const char *nova_notice(const struct jv *body)
{
    const char *url = jv_text(jv_at(body, "/noticeUrl"));

    return url && strncmp(url, "http://", 7) == 0 ? url : NULL;
}

static void nova_running(struct nova *nova, const struct board_request *request,
                         const struct jv *body, int64_t now_ms, struct board_reply *reply)
{
    struct jv *taken, *told;
    char date[32];

    (void)request;
    if (!nova_notice(body) || jv_size(jv_at(body, "/commands")) == 0) {
        nova_refuse(reply, 400, "commands or noticeUrl is missing");
        return;
    }
    taken = jv_object();
    if (nova_split(nova, body, taken)) {
        nova_date(nova, now_ms, date);
        told = jv_object();
        jv_put(told, "playerId", jv_string(nova_player(nova)));
        jv_put(told, "screenPowerStatus", jv_string(reel_is_asleep(nova->reel) ? "CLOSE" : "OPEN"));
        jv_put(told, "timeValue", jv_string(date));
        nova_call(nova, nova_notice(body), told, NOVA_STATUS_MS);
    }
    nova_say(reply, taken);
}

/* The picture is taken now, and lies where it can be fetched. */
static void nova_capture(struct nova *nova, const struct board_request *request,
                         const struct jv *body, int64_t now_ms, struct board_reply *reply)
{
    const char *host = request->header(request, "Host");
    struct buffer url BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *taken, *told;
    char date[32];

    if (!nova_notice(body)) {
        nova_refuse(reply, 400, "noticeUrl is missing");
        return;
    }
    taken = jv_object();
    if (nova_split(nova, body, taken)) {
        buffer_printf(&url, "http://%s/novacloud/%s/shots/%u.png", host ? host : "127.0.0.1",
                      nova->spec->id, ++nova->shots);
        nova_date(nova, now_ms, date);
        told = jv_object();
        jv_put(told, "playerId", jv_string(nova_player(nova)));
        jv_put(told, "playerTime", jv_string(date));
        jv_put(told, "screenShotUrl", jv_string(buffer_text(&url)));
        nova_call(nova, nova_notice(body), told, NOVA_CAPTURE_MS);
    }
    nova_say(reply, taken);
}

/* ---- emergency pages ---- */

static void nova_drop_pages(struct nova *nova, bool owners_too, const char *but, int64_t now_ms)
{
    const struct reel_item *item;

    for (size_t i = 0; (item = reel_at(nova->reel, i));) {
        bool own = reel_is_own(nova->reel, item->name);
        bool page = !own || strncmp(item->name, "emergency", 9) == 0;

        if (!page || (own && !owners_too) || strcmp(item->name, but) == 0)
            i++;
        else
            reel_remove(nova->reel, item->name, now_ms);
    }
}

static void nova_read_lines(const struct jv *widget, struct buffer *out)
{
    const struct jv *line, *run;

    for (size_t i = 0; (line = jv_element(jv_at(widget, "/lines"), i)); i++)
        for (size_t k = 0; (run = jv_element(jv_at(line, "/textAttributes"), k)); k++)
            if (jv_text(jv_at(run, "/content")))
                buffer_add_text(out, jv_text(jv_at(run, "/content")));
}

static const char *nova_check_page(const struct jv *body)
{
    const char *type = jv_text(jv_at(body, "/page/widgets/0/type"));
    const char *spots = jv_text(jv_at(body, "/attribute/spotsType"));
    const char *normal = jv_text(jv_at(body, "/attribute/normalProgramStatus"));
    const char *width = jv_text(jv_at(body, "/page/widgets/0/layout/width"));

    if (!spots || strcmp(spots, "IMMEDIATELY") != 0)
        return "spotsType";
    if (!normal || strcmp(normal, "PAUSE") != 0)
        return "normalProgramStatus";
    if (jv_number(jv_at(body, "/attribute/duration"), 0) < 1)
        return "duration";
    if (!jv_text(jv_at(body, "/page/name")) || !*jv_text(jv_at(body, "/page/name")))
        return "name";
    if (!type || strcmp(type, "ARCH_TEXT") != 0)
        return "widget";
    if (jv_number(jv_at(body, "/page/widgets/0/duration"), 0) < 1)
        return "widget duration";
    return width && strchr(width, '%') ? NULL : "layout";
}

static void nova_page(struct nova *nova, const struct board_request *request, const struct jv *body,
                      int64_t now_ms, struct board_reply *reply)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *taken;
    struct reel_item item = {.priority = 1};
    const char *why = nova_check_page(body);

    (void)request;
    if (why) {
        nova_refuse(reply, 406, why);
        return;
    }
    taken = jv_object();
    if (nova_split(nova, body, taken)) {
        nova_read_lines(jv_at(body, "/page/widgets/0"), &text);
        item.name = jv_text(jv_at(body, "/page/name"));
        item.text = buffer_text(&text);
        item.window.until_ms =
            reel_clock(nova->reel, now_ms) + jv_number(jv_at(body, "/attribute/duration"), 0);
        nova_drop_pages(nova, false, item.name, now_ms);
        reel_put(nova->reel, &item, now_ms);
    }
    nova_say(reply, taken);
}

static void nova_cancel(struct nova *nova, const struct board_request *request,
                        const struct jv *body, int64_t now_ms, struct board_reply *reply)
{
    struct jv *taken = jv_object();

    (void)request;
    if (nova_split(nova, body, taken))
        nova_drop_pages(nova, true, "", now_ms);
    nova_say(reply, taken);
}

/* ---- HTTP ---- */

static const struct {
    const char *path;
    void (*act)(struct nova *nova, const struct board_request *request, const struct jv *body,
                int64_t now_ms, struct board_reply *reply);
} nova_acts[] = {
    {"/v2/player/current/online-status", nova_online},
    {"/v2/player/current/running-status", nova_running},
    {"/v2/player/real-time-control/screen-capture", nova_capture},
    {"/v2/player/emergency-program/page", nova_page},
    {"/v2/player/emergency-program/cancel", nova_cancel},
};

/* Pictures lie open; a key that comes here was told to a stranger. */
static void nova_shot(const struct nova *nova, const struct board_request *request,
                      struct board_reply *reply)
{
    const char *playing = reel_playing(nova->reel);
    const struct reel_item *item = *playing ? reel_find(nova->reel, playing) : NULL;

    if (request->header(request, "AppKey") || strcmp(request->method, "GET") != 0) {
        nova_refuse(reply, 400, "no such request");
        return;
    }
    reply->status = 200;
    reply->type = "image/png";
    sim_png(&reply->body, nova->spec->width, nova->spec->height, item ? item->text : "");
}

static void nova_post(struct nova *nova, const struct board_request *request, int64_t now_ms,
                      struct board_reply *reply)
{
    struct jv *body = jv_parse(request->body, request->length, NULL);
    size_t players = jv_size(jv_at(body, "/playerIds")), i = 0;
    size_t n = sizeof nova_acts / sizeof *nova_acts;

    while (i < n && strcmp(request->path, nova_acts[i].path) != 0)
        i++;
    if (i == n)
        nova_refuse(reply, 404, "no such path");
    else if (players < 1 || players > NOVA_PLAYERS_MOST)
        nova_refuse(reply, 400, "playerIds");
    else
        nova_acts[i].act(nova, request, body, now_ms, reply);
    jv_free(body);
}

static void nova_request(void *state, const struct board_request *request, int64_t now_ms,
                         struct board_reply *reply)
{
    struct nova *nova = state;
    const char *why;

    if (strncmp(request->path, "/shots/", 7) == 0) {
        nova_shot(nova, request, reply);
    } else if (nova_is_busy(nova, now_ms)) {
        nova_refuse(reply, 429, "too many requests");
    } else if ((why = nova_check(nova, request, now_ms))) {
        nova_refuse(reply, 401, why);
    } else if (strcmp(request->method, "POST") != 0) {
        nova_refuse(reply, 405, "POST only");
    } else {
        nova_post(nova, request, now_ms, reply);
    }
}

/* ---- time, power, tricks ---- */

/* An emergency page is gone from the player when its time is over. */
static void nova_advance(void *state, int64_t now_ms)
{
    struct reel *reel = ((struct nova *)state)->reel;
    const struct reel_item *item;

    reel_advance(reel, now_ms);
    for (size_t i = 0; (item = reel_at(reel, i));) {
        if (item->window.until_ms && item->window.until_ms <= reel_clock(reel, now_ms))
            reel_remove(reel, item->name, now_ms);
        else
            i++;
    }
}

static int64_t nova_next_change(const void *state, int64_t now_ms)
{
    return reel_next_change(((const struct nova *)state)->reel, now_ms);
}

static void nova_power_off(void *state, int64_t now_ms)
{
    reel_power(((struct nova *)state)->reel, false, now_ms);
}

static void nova_power_on(void *state, int64_t now_ms)
{
    reel_power(((struct nova *)state)->reel, true, now_ms);
}

static void nova_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    reel_trick(((struct nova *)state)->reel, trick, on, now_ms);
}

static void nova_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    reel_skew(((struct nova *)state)->reel, skew_ms, now_ms);
}

static void nova_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    reel_own(((struct nova *)state)->reel, name, text, now_ms);
}

static void nova_list(const void *state, struct jv *names)
{
    reel_list(((const struct nova *)state)->reel, names);
}

static void nova_finish(void *state, int64_t now_ms)
{
    reel_finish(((struct nova *)state)->reel, now_ms);
}

const struct board_kind board_novacloud = {
    .name = "novacloud",
    .root = "novacloud",
    .create = nova_create,
    .release = nova_release,
    .request = nova_request,
    .advance = nova_advance,
    .next_change = nova_next_change,
    .power_off = nova_power_off,
    .power_on = nova_power_on,
    .trick = nova_trick,
    .skew = nova_skew,
    .own = nova_own,
    .list = nova_list,
    .finish = nova_finish,
};
