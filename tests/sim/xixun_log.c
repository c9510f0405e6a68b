/* xixun_log: the play log of a simulated Xixun card. See xixun.c.
 * Runs: any (pure).
 *
 * What is on the screen is written down in whole seconds, at the latest when the log is posted.
 * Entries are kept until somebody answers 200. */
#include "tests/sim/xixun_room.h"

#include <stdio.h>
#include <string.h>

enum { LOG_MOST = 1000 };

static void log_write(struct xixun *card, struct xixun_play *play, int64_t now_ms)
{
    int64_t seconds = (now_ms - play->since_ms) / 1000;
    struct jv *entry;

    if (seconds <= 0 || !card->log_url)
        return;
    entry = jv_object();
    jv_put(entry, "beginAt", jv_int(play->since_ms + card->skew_ms));
    jv_put(entry, "duration", jv_int(seconds));
    jv_put(entry, "name", jv_string(play->name));
    jv_put(entry, "pid", jv_string(play->name));
    jv_put(entry, "type", jv_string("program"));
    jv_push(card->log, entry);
    play->since_ms += seconds * 1000;
}

void xixun_log_view(struct xixun *card, const struct board_view *view)
{
    struct xixun_play *free_play = NULL;

    for (size_t i = 0; i < XIXUN_PLAYS; i++) {
        struct xixun_play *play = &card->plays[i];

        if (!*play->name)
            free_play = play;
        if (strcmp(play->name, view->name) != 0)
            continue;
        if (!view->shown) {
            log_write(card, play, view->t);
            play->name[0] = '\0';
        }
        return;
    }
    if (view->shown && free_play) {
        snprintf(free_play->name, sizeof free_play->name, "%s", view->name);
        free_play->since_ms = view->t;
    }
}

static void log_post(struct xixun *card)
{
    struct buffer body BUFFER_FREE_LATER = BUFFER_NULL;
    struct jv *some = jv_array();
    const struct jv *entry;
    char id[80];
    struct board_outcall call = {.method = "POST", .url = card->log_url};

    for (size_t i = 0; i < LOG_MOST && (entry = jv_element(card->log, i)); i++)
        jv_push(some, xixun_copy(entry));
    snprintf(id, sizeof id, "Card-Id: %s", card->card);
    call.headers[0] = "Content-Type: application/json";
    call.headers[1] = id;
    jv_write(some, false, &body);
    call.body = buffer_text(&body);
    call.length = body.length;
    card->log_posted = true;
    card->screen.outcall(card->screen.ctx, &call, (int)jv_size(some));
    jv_free(some);
}

void xixun_log_advance(struct xixun *card, int64_t now_ms)
{
    if (!card->log_url ||
        (now_ms < card->log_next_ms && now_ms >= card->log_next_ms - card->log_every_ms))
        return;
    for (size_t i = 0; i < XIXUN_PLAYS; i++)
        if (*card->plays[i].name)
            log_write(card, &card->plays[i], now_ms);
    card->log_next_ms = now_ms + card->log_every_ms;
    if (jv_size(card->log) && !card->log_posted)
        log_post(card);
}

/* sent: how many of the oldest entries the post held. */
void xixun_log_answered(struct xixun *card, int sent, unsigned status)
{
    struct jv *rest;
    const struct jv *entry;

    card->log_posted = false;
    if (status != 200)
        return;
    rest = jv_array();
    for (size_t i = (size_t)sent; (entry = jv_element(card->log, i)); i++)
        jv_push(rest, xixun_copy(entry));
    jv_free(card->log);
    card->log = rest;
}
