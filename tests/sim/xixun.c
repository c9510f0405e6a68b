/* xixun: a simulated Xixun card, behind the vendor's gateway program (option mode = "gateway") or
 * by itself ("lan"), after the vendor's documents and the gateway's source. Runs: any (pure).
 *
 * The player's programs are kept over a power cut; the top layer (urgent text, HTML) isn't. The
 * device knows no names of what is on the top layer: the screen's log has "emergency" and "html".
 * The owner's own content named "emergency" is an urgent text. */
#include "tests/sim/xixun_room.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"

/* ---- life ---- */

static void xixun_on_view(void *ctx, const struct board_view *view)
{
    struct xixun *card = ctx;

    xixun_log_view(card, view);
    card->screen.view(card->screen.ctx, view);
}

static void *xixun_create(const struct board_spec *spec, const struct board_screen *screen)
{
    struct xixun *card = mem_new(struct xixun);
    struct board_screen inner = {.view = xixun_on_view, .outcall = screen->outcall, .ctx = card};

    card->spec = spec;
    card->screen = *screen;
    card->lan = strcmp(board_option(spec, "mode", "gateway"), "lan") == 0;
    card->card = board_option(spec, "card", spec->id);
    card->log = jv_array();
    card->reel = reel_new(&inner);
    return card;
}

static void xixun_release(void *state)
{
    struct xixun *card = state;

    reel_free(card->reel);
    jv_free(card->items);
    jv_free(card->task);
    jv_free(card->log);
    free(card->text);
    free(card->log_url);
    free(card);
}

/* ---- HTTP ---- */

static void xixun_say(struct board_reply *reply, unsigned status, const char *text)
{
    reply->status = status;
    reply->type = "text/plain";
    buffer_add_text(&reply->body, text);
}

static bool xixun_may(const struct xixun *card, const struct board_request *request)
{
    struct buffer pair BUFFER_FREE_LATER = BUFFER_NULL, text BUFFER_FREE_LATER = BUFFER_NULL;
    const char *given = request->header(request, "Authorization");

    if (!*board_option(card->spec, "user", ""))
        return true;
    buffer_printf(&pair, "%s:%s", board_option(card->spec, "user", ""),
                  board_option(card->spec, "password", ""));
    buffer_add_text(&text, "Basic ");
    hex_encode_base64(&text, pair.data, pair.length);
    return given && strcmp(given, buffer_text(&text)) == 0;
}

/* The id in a path of the template's form; NULL: it has another. */
static const char *xixun_path_id(const struct xixun *card, const char *path)
{
    const char *form = board_option(card->spec, "path", "/command/{card}");
    const char *at = strstr(form, "{card}");
    size_t before = at ? (size_t)(at - form) : 0;

    return at && !at[6] && strncmp(path, form, before) == 0 ? path + before : NULL;
}

static void xixun_post(struct xixun *card, const struct board_request *request, int64_t now_ms,
                       struct board_reply *reply)
{
    struct jv *command = jv_parse(request->body, request->length, NULL), *answer;

    if (!jv_is_object(command)) {
        xixun_say(reply, 500, "SyntaxError: Unexpected token in JSON");
    } else {
        answer = card->lan ? xixun_layer_answer(card, command, now_ms)
                           : xixun_gateway_answer(card, command, now_ms);
        reply->status = 200;
        reply->type = "application/json; charset=utf-8";
        jv_write(answer, false, &reply->body);
        jv_free(answer);
    }
    jv_free(command);
}

static void xixun_request(void *state, const struct board_request *request, int64_t now_ms,
                          struct board_reply *reply)
{
    struct xixun *card = state;
    const char *id;

    if (card->lan && strcmp(request->path, "/") == 0) {
        xixun_layer_clean(card, now_ms); /* whoever looks in clears the layer */
        xixun_say(reply, 200, "");
    } else if (card->lan && strcmp(request->path, "/settings") == 0) {
        xixun_post(card, request, now_ms, reply);
    } else if (card->lan || !(id = xixun_path_id(card, request->path))) {
        xixun_say(reply, 404, "Not Found");
    } else if (!xixun_may(card, request)) {
        xixun_say(reply, 401, "Unauthorized");
    } else if (strcmp(id, card->card) != 0) {
        xixun_say(reply, 500, id);
        buffer_add_text(&reply->body, " does not exist!");
    } else if (strcmp(request->method, "POST") != 0) {
        xixun_say(reply, 404, "Not Found");
    } else {
        xixun_post(card, request, now_ms, reply);
    }
}

/* ---- time, power, tricks ---- */

static void xixun_advance(void *state, int64_t now_ms)
{
    struct xixun *card = state;

    reel_advance(card->reel, now_ms);
    xixun_log_advance(card, now_ms);
}

static int64_t xixun_next_change(const void *state, int64_t now_ms)
{
    const struct xixun *card = state;
    int64_t next = reel_next_change(card->reel, now_ms);

    return card->log_url && card->log_next_ms > now_ms && card->log_next_ms < next
               ? card->log_next_ms
               : next;
}

static void xixun_answered(void *state, int tag, unsigned status, const char *body, int64_t now_ms)
{
    (void)body;
    (void)now_ms;
    if (tag != XIXUN_NOTICE_TAG)
        xixun_log_answered(state, tag, status);
}

static void xixun_power_off(void *state, int64_t now_ms)
{
    struct xixun *card = state;

    reel_power(card->reel, false, now_ms);
    xixun_layer_clean(card, now_ms);
}

static void xixun_power_on(void *state, int64_t now_ms)
{
    struct xixun *card = state;

    reel_power(card->reel, true, now_ms);
}

static void xixun_trick(void *state, enum board_trick trick, bool on, int64_t now_ms)
{
    struct xixun *card = state;

    if (trick == TRICK_LIE)
        card->lies = on;
    reel_trick(card->reel, trick, on, now_ms);
}

static void xixun_skew(void *state, int64_t skew_ms, int64_t now_ms)
{
    struct xixun *card = state;

    card->skew_ms = skew_ms;
    reel_skew(card->reel, skew_ms, now_ms);
}

static void xixun_own(void *state, const char *name, const char *text, int64_t now_ms)
{
    struct xixun *card = state;

    if (strcmp(name, XIXUN_TEXT) == 0) {
        xixun_layer_clean(card, now_ms);
        card->text = mem_dup(text);
    } else if (!card->lan) {
        xixun_own_item(card, name, text);
    }
    reel_own(card->reel, name, text, now_ms);
}

static void xixun_list(const void *state, struct jv *names)
{
    reel_list(((const struct xixun *)state)->reel, names);
}

static void xixun_finish(void *state, int64_t now_ms)
{
    reel_finish(((struct xixun *)state)->reel, now_ms);
}

const struct board_kind board_xixun = {
    .name = "xixun",
    .root = "xixun",
    .create = xixun_create,
    .release = xixun_release,
    .request = xixun_request,
    .answered = xixun_answered,
    .advance = xixun_advance,
    .next_change = xixun_next_change,
    .power_off = xixun_power_off,
    .power_on = xixun_power_on,
    .trick = xixun_trick,
    .skew = xixun_skew,
    .own = xixun_own,
    .list = xixun_list,
    .finish = xixun_finish,
};
