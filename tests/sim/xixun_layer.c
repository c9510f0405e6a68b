/* xixun_layer: the top layer of a simulated Xixun card, and the LAN command set. See xixun.c.
 * Runs: any (pure). */
#include "tests/sim/xixun_room.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/sim/sim_png.h"

void xixun_layer_clean(struct xixun *card, int64_t now_ms)
{
    free(card->text);
    card->text = NULL;
    card->html = false;
    reel_remove(card->reel, XIXUN_TEXT, now_ms);
    reel_remove(card->reel, XIXUN_HTML, now_ms);
}

static void layer_put(struct xixun *card, const char *name, const char *text, int64_t now_ms)
{
    struct reel_item item = {.name = name, .text = text, .priority = 1, .volatile_ = true};

    reel_put(card->reel, &item, now_ms);
}

static const char *layer_decode(const struct jv *command, const char *place, struct buffer *out)
{
    const char *text = jv_text(jv_at(command, place));

    if (!text || hex_decode_base64(out, text, strlen(text)) ||
        !utf8_is_valid(buffer_text(out), out->length))
        return "not base64 of UTF-8";
    return NULL;
}

static const char *layer_set_text(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    const char *why = layer_decode(command, "/text", &text);

    (void)reply;
    if (why)
        return why;
    if (jv_number(jv_at(command, "/color"), -1) < 0)
        return "color is no number";
    if (card->lies)
        return NULL;
    free(card->text);
    card->text = mem_dup(buffer_text(&text));
    reel_remove(card->reel, XIXUN_TEXT, now_ms);
    layer_put(card, XIXUN_TEXT, card->text, now_ms);
    return NULL;
}

static const char *layer_get_text(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    (void)command;
    (void)now_ms;
    if (card->text)
        hex_encode_base64(&text, card->text, strlen(card->text));
    jv_put(reply, "text", jv_string(buffer_text(&text)));
    return NULL;
}

static const char *layer_load(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms)
{
    struct buffer html BUFFER_FREE_LATER = BUFFER_NULL;
    const char *why = layer_decode(command, "/code", &html), *charset;

    (void)reply;
    charset = jv_text(jv_at(command, "/charSet"));
    if (!why && (!charset || strcmp(charset, "UTF-8") != 0))
        why = "only UTF-8 is supported";
    if (!why && !card->lies) {
        card->html = true;
        reel_remove(card->reel, XIXUN_HTML, now_ms);
        layer_put(card, XIXUN_HTML,
                  strstr(buffer_text(&html), "data:image/png") ? "[picture]" : buffer_text(&html),
                  now_ms);
    }
    return why;
}

static const char *layer_clean_up(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    (void)command;
    (void)reply;
    xixun_layer_clean(card, now_ms);
    return NULL;
}

static const char *layer_screen_on(struct xixun *card, const struct jv *command, struct jv *reply,
                                   int64_t now_ms)
{
    (void)command;
    (void)now_ms;
    jv_put(reply, "on", jv_bool(!reel_is_asleep(card->reel)));
    return NULL;
}

void xixun_put_date(struct xixun *card, struct jv *reply, int64_t now_ms)
{
    int64_t clock_ms = reel_clock(card->reel, now_ms);
    time_t seconds = (time_t)(clock_ms / 1000);
    char text[32];
    struct tm tm;

    localtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    jv_put(reply, "date", jv_string(text));
    jv_put(reply, "millis", jv_int(clock_ms));
}

static const char *layer_date(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms)
{
    (void)command;
    xixun_put_date(card, reply, now_ms);
    return NULL;
}

static const char *layer_size(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms)
{
    (void)command;
    (void)now_ms;
    jv_put(reply, "width", jv_int(card->spec->width));
    jv_put(reply, "height", jv_int(card->spec->height));
    return NULL;
}

/* The frame buffer, dark or not: it is right even while the LEDs are off. */
void xixun_put_shot(struct xixun *card, struct jv *reply, const char *key)
{
    struct buffer png BUFFER_FREE_LATER = BUFFER_NULL, text BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer lines BUFFER_FREE_LATER = BUFFER_NULL;
    const char *playing = reel_playing(card->reel);
    const struct reel_item *item = *playing ? reel_find(card->reel, playing) : NULL;

    sim_png(&png, card->spec->width, card->spec->height, item ? item->text : "");
    hex_encode_base64(&text, png.data, png.length);
    for (size_t i = 0; i < text.length; i += 76) {
        buffer_add(&lines, text.data + i, text.length - i < 76 ? text.length - i : 76);
        buffer_add_char(&lines, '\n');
    }
    jv_put(reply, key, jv_string(buffer_text(&lines)));
}

static const char *layer_shot(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms)
{
    (void)command;
    (void)now_ms;
    xixun_put_shot(card, reply, "data");
    return NULL;
}

struct jv *xixun_layer_answer(struct xixun *card, const struct jv *command, int64_t now_ms)
{
    static const struct {
        const char *type;
        xixun_act *act;
    } acts[] = {
        {"SetEmergencyText", layer_set_text}, {"GetEmergencyText", layer_get_text},
        {"LoadCodeHTML", layer_load},         {"CleanTopUI", layer_clean_up},
        {"IsScreenOn", layer_screen_on},      {"GetControllerDate", layer_date},
        {"GetScreenSize", layer_size},        {"GetScreenshotFull", layer_shot},
    };
    const char *type = jv_text(jv_at(command, "/_type")), *why = "invalid command";
    const char *id = jv_text(jv_at(command, "/_id"));
    struct jv *reply = jv_object();

    jv_put(reply, "_id", jv_string(id ? id : ""));
    jv_put(reply, "_type", jv_string(type ? type : ""));
    for (size_t i = 0; type && i < sizeof acts / sizeof *acts; i++)
        if (strcmp(type, acts[i].type) == 0)
            why = acts[i].act(card, command, reply, now_ms);
    jv_put(reply, "success", jv_bool(!why));
    if (why)
        jv_put(reply, "error", jv_string(why));
    return reply;
}
