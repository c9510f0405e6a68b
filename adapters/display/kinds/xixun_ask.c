/* xixun_ask: what a Xixun card or its gateway is asked. See xixun.h.
 * Runs: any (pure). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "adapters/display/kinds/xixun.h"
#include "adapters/display/kinds/xixun_task.h"

static struct jv *xixun_command(const struct talk *talk, const char *name)
{
    struct jv *command = jv_object();

    jv_put(command, "_id", jv_string(talk->nonce));
    jv_put(command, xixun_is_layer(talk) ? "_type" : "type", jv_string(name));
    return command;
}

static void xixun_put_base64(struct jv *command, const char *key, const void *data, size_t length)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    hex_encode_base64(&text, data, length);
    jv_put(command, key, jv_string(buffer_text(&text)));
}

/* "#rrggbb" as an opaque colour. */
static int64_t xixun_color(const char *color)
{
    unsigned rgb = 0;

    sscanf(color, "#%6x", &rgb);
    return (int64_t)(0xFF000000u | rgb);
}

static struct jv *xixun_set_text(const struct talk *talk)
{
    struct jv *command = xixun_command(talk, "SetEmergencyText");

    xixun_put_base64(command, "text", talk->job->text, strlen(talk->job->text));
    jv_put(command, "margin", jv_int(0));
    jv_put(command, "color", jv_int(xixun_color(talk->board->color)));
    jv_put(command, "background", jv_int(xixun_color("#000000")));
    jv_put(command, "show", jv_int(0)); /* show and hide 0: it doesn't blink */
    jv_put(command, "hide", jv_int(0));
    jv_put(command, "center", jv_bool(true));
    return command;
}

static struct jv *xixun_load_picture(const struct talk *talk)
{
    struct buffer html BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *command = xixun_command(talk, "LoadCodeHTML");

    buffer_add_text(&html, "<body style=\"margin:0\"><img src=\"data:image/png;base64,");
    hex_encode_base64(&html, talk->job->picture, talk->job->picture_length);
    buffer_add_text(&html, "\"></body>");
    xixun_put_base64(command, "code", buffer_text(&html), html.length);
    jv_put(command, "charSet", jv_string("UTF-8"));
    return command;
}

static struct jv *xixun_player_set(const struct talk *talk, bool ours)
{
    const struct xixun *card = talk->memory;
    struct jv *command = xixun_command(talk, "commandXixunPlayer");

    jv_put(command, "command", xixun_task_command(talk, card->stored, ours));
    return command;
}

static struct jv *xixun_player_show(const struct talk *talk)
{
    return xixun_player_set(talk, true);
}

/* clearPlayerTask takes everything: only when all of it is ours. */
static struct jv *xixun_player_remove(const struct talk *talk)
{
    const struct xixun *card = talk->memory;

    if (xixun_task_others(card->stored, talk->job->name) == 0)
        return xixun_command(talk, "clearPlayerTask");
    return xixun_player_set(talk, false);
}

static struct jv *xixun_player_shot(const struct talk *talk)
{
    struct jv *command = xixun_command(talk, "callCardService");

    jv_put(command, "fn", jv_string("screenshot"));
    jv_put(command, "arg1", jv_int(100)); /* quality and scale, per cent */
    jv_put(command, "arg2", jv_int(100));
    return command;
}

static struct jv *xixun_player_logs(const struct talk *talk)
{
    struct buffer url BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *command = xixun_command(talk, "setUploadLogUrl");

    buffer_printf(&url, "%s/logs", talk->callback);
    jv_put(command, "uploadurl", jv_string(buffer_text(&url)));
    jv_put(command, "interval", jv_string("1")); /* minutes */
    return command;
}

static struct jv *xixun_layer_show(const struct talk *talk)
{
    return talk->job->picture ? xixun_load_picture(talk) : xixun_set_text(talk);
}

/* Of either place: the command's name, or what writes it. Neither: it isn't asked there. */
static const struct xixun_asking {
    struct {
        const char *name;
        struct jv *(*write)(const struct talk *talk);
    } player, layer;
    bool changes;
} xixun_askings[STEPS] = {
    [STEP_READ] = {{"getProgramTask", NULL}, {"GetEmergencyText", NULL}, false},
    [STEP_SHOW] = {{NULL, xixun_player_show}, {NULL, xixun_layer_show}, true},
    [STEP_REMOVE] = {{NULL, xixun_player_remove}, {"CleanTopUI", NULL}, true},
    [STEP_REREAD] = {{"getProgramTask", NULL}, {"GetEmergencyText", NULL}, false},
    [STEP_PLAYING] = {{"getPlayingProgram", NULL}, {NULL, NULL}, false},
    [STEP_POWER] = {{"getCardInformation", NULL}, {"IsScreenOn", NULL}, false},
    [STEP_CLOCK] = {{"getControllerDate", NULL}, {"GetControllerDate", NULL}, false},
    [STEP_SIZE] = {{NULL, NULL}, {"GetScreenSize", NULL}, false},
    [STEP_LOGS] = {{"getUploadLogUrl", NULL}, {NULL, NULL}, false},
    [STEP_LOGS_SET] = {{NULL, xixun_player_logs}, {NULL, NULL}, false},
    [STEP_PICTURE] = {{NULL, xixun_player_shot}, {"GetScreenshotFull", NULL}, false},
};

static struct jv *xixun_document(const struct talk *talk)
{
    const struct xixun_asking *asking = &xixun_askings[talk->step];
    struct jv *(*write)(const struct talk *talk) =
        xixun_is_layer(talk) ? asking->layer.write : asking->player.write;
    const char *name = xixun_is_layer(talk) ? asking->layer.name : asking->player.name;

    LOG_ASSERT(write || name);
    return write ? write(talk) : xixun_command(talk, name);
}

/* The LAN command set through a gateway. */
static struct jv *xixun_wrap(const struct talk *talk, const struct jv *inner)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *outer = jv_object();

    jv_write(inner, false, &text);
    jv_put(outer, "_id", jv_string(talk->nonce));
    jv_put(outer, "type", jv_string("callCardService"));
    jv_put(outer, "fn", jv_string("executeJsonCommand"));
    jv_put(outer, "arg1", jv_string(buffer_text(&text)));
    return outer;
}

static void xixun_path(const struct xixun_options *options, struct buffer *path)
{
    static const char place[] = "{card}";
    const char *rest = options->path, *at;

    if (options->mode == XIXUN_LAN) {
        buffer_add_text(path, "/settings");
        return;
    }
    while ((at = strstr(rest, place))) {
        buffer_add(path, rest, (size_t)(at - rest));
        buffer_add_text(path, options->card);
        rest = at + sizeof place - 1;
    }
    buffer_add_text(path, rest);
}

static void xixun_log_in(const struct xixun_options *options, struct ask *ask)
{
    if (options->user)
        ask_basic(ask, options->user, options->password);
}

void xixun_ask(const struct talk *talk, struct ask *ask)
{
    struct jv *document = xixun_document(talk), *inner = document;

    if (xixun_is_wrapped(talk))
        document = xixun_wrap(talk, inner);
    xixun_path(xixun_options_of(talk), &ask->path);
    xixun_log_in(xixun_options_of(talk), ask);
    ask_json(ask, document);
    ask->changes = xixun_askings[talk->step].changes;
    if (talk->step == STEP_READ || talk->step == STEP_REREAD || talk->step == STEP_PICTURE)
        ask->reply_most = HTTP_PICTURE_MAX;
    if (document != inner)
        jv_free(inner);
    jv_free(document);
}
