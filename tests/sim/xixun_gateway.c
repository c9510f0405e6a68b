/* xixun_gateway: the commands that a simulated Xixun card takes from its gateway. See xixun.c.
 * Runs: any (pure). */
#include "tests/sim/xixun_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

enum { NOTICE_DELAY_MS = 100 };

/* A download is told twice as complete. */
static void player_notify(struct xixun *card, const struct jv *command)
{
    const char *url = jv_text(jv_at(command, "/notificationURL"));
    char id[80], body[200];
    struct board_outcall call = {.method = "POST", .url = url, .delay_ms = NOTICE_DELAY_MS};

    if (!url || strncmp(url, "http://", 7) != 0)
        return;
    snprintf(id, sizeof id, "Card-Id: %s", card->card);
    snprintf(body, sizeof body, "{\"commandId\":\"%.64s\",\"taskItemId\":\"\",\"progress\":100}",
             jv_text(jv_at(command, "/id")));
    call.headers[0] = "Content-Type: application/json";
    call.headers[1] = id;
    call.body = body;
    call.length = strlen(body);
    for (int i = 0; i < 2; i++)
        card->screen.outcall(card->screen.ctx, &call, XIXUN_NOTICE_TAG);
}

static const char *player_play(struct xixun *card, const struct jv *command, struct jv *reply,
                               int64_t now_ms)
{
    const struct jv *inner = jv_at(command, "/command");
    const char *type = jv_text(jv_at(inner, "/_type")), *why;

    (void)reply;
    if (!type || strcmp(type, "PlayXixunTask") != 0)
        return "invalid command";
    why = xixun_play_task(card, inner, now_ms);
    if (!why)
        player_notify(card, inner);
    return why;
}

static const char *player_clear(struct xixun *card, const struct jv *command, struct jv *reply,
                                int64_t now_ms)
{
    (void)command;
    (void)reply;
    xixun_clear_task(card, now_ms);
    return NULL;
}

static const char *player_get(struct xixun *card, const struct jv *command, struct jv *reply,
                              int64_t now_ms)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *document, *task;

    (void)command;
    (void)now_ms;
    if (card->items) {
        document = jv_object();
        task = card->task ? xixun_copy(card->task) : jv_object();
        jv_put(task, "items", xixun_copy(card->items));
        jv_put(document, "task", task);
        jv_write(document, false, &text);
        jv_free(document);
    }
    jv_put(reply, "data", jv_string(buffer_text(&text)));
    return NULL;
}

static const char *player_playing(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    (void)command;
    (void)now_ms;
    jv_put(reply, "name", jv_string(reel_playing(card->reel)));
    return NULL;
}

static const char *player_information(struct xixun *card, const struct jv *command,
                                      struct jv *reply, int64_t now_ms)
{
    struct jv *told = jv_object();

    (void)command;
    (void)now_ms;
    jv_put(told, "screenStatus", jv_string(reel_is_asleep(card->reel) ? "off" : "on"));
    jv_put(told, "currentProgramName", jv_string(reel_playing(card->reel)));
    jv_put(told, "playerVersion", jv_string("10.9.9-22_5"));
    jv_put(told, "width", jv_int(card->spec->width));
    jv_put(told, "height", jv_int(card->spec->height));
    jv_put(reply, "card", told);
    return NULL;
}

static const char *player_set_log(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    const char *url = jv_text(jv_at(command, "/uploadurl"));
    const char *minutes = jv_text(jv_at(command, "/interval"));
    int64_t every =
        minutes ? strtoll(minutes, NULL, 10) : jv_number(jv_at(command, "/interval"), 0);

    (void)reply;
    if (!url || every < 1)
        return "uploadurl or interval is missing";
    free(card->log_url);
    card->log_url = *url ? mem_dup(url) : NULL;
    card->log_every_ms = every * 60000;
    card->log_next_ms = now_ms + card->log_every_ms;
    return NULL;
}

static const char *player_get_log(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    (void)command;
    (void)now_ms;
    jv_put(reply, "url", jv_string(card->log_url ? card->log_url : ""));
    jv_put(reply, "interval", jv_int(card->log_every_ms / 60000));
    return NULL;
}

static const char *player_service(struct xixun *card, const struct jv *command, struct jv *reply,
                                  int64_t now_ms)
{
    const char *fn = jv_text(jv_at(command, "/fn")), *arg = jv_text(jv_at(command, "/arg1"));
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *inner, *answer;

    if (fn && strcmp(fn, "screenshot") == 0) {
        xixun_put_shot(card, reply, "result");
        return NULL;
    }
    if (!fn || strcmp(fn, "executeJsonCommand") != 0 || !arg)
        return "invalid command";
    inner = jv_parse(arg, strlen(arg), NULL);
    answer = xixun_layer_answer(card, inner, now_ms);
    jv_write(answer, false, &text);
    jv_put(reply, "result", jv_string(buffer_text(&text)));
    jv_free(answer);
    jv_free(inner);
    return NULL;
}

static const char *player_date_now(struct xixun *card, const struct jv *command, struct jv *reply,
                                   int64_t now_ms)
{
    (void)command;
    xixun_put_date(card, reply, now_ms);
    return NULL;
}

/* typed: the answer carries "_type":"success". */
static const struct {
    const char *type;
    xixun_act *act;
    bool typed;
} player_acts[] = {
    {"commandXixunPlayer", player_play, true},
    {"clearPlayerTask", player_clear, true},
    {"getProgramTask", player_get, true},
    {"getPlayingProgram", player_playing, true},
    {"getCardInformation", player_information, true},
    {"getControllerDate", player_date_now, true},
    {"setUploadLogUrl", player_set_log, true},
    {"getUploadLogUrl", player_get_log, false},
    {"callCardService", player_service, false},
};

/* A refusal comes as "Error", which the gateway forwards as if all were well. */
struct jv *xixun_gateway_answer(struct xixun *card, const struct jv *command, int64_t now_ms)
{
    const char *type = jv_text(jv_at(command, "/type")), *why = "invalid command";
    const char *id = jv_text(jv_at(command, "/_id"));
    struct jv *reply = jv_object();
    bool typed = true;

    jv_put(reply, "_id", jv_string(id ? id : "made-up"));
    for (size_t i = 0; type && i < sizeof player_acts / sizeof *player_acts; i++)
        if (strcmp(type, player_acts[i].type) == 0) {
            why = player_acts[i].act(card, command, reply, now_ms);
            typed = player_acts[i].typed;
        }
    if (why)
        jv_put(reply, "message", jv_string(why));
    if (why || typed)
        jv_put(reply, "_type", jv_string(why ? "Error" : "success"));
    return reply;
}
