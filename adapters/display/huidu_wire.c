/* huidu_wire: what a Huidu controller takes and gives. See huidu_wire.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/huidu_wire.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/digest.h"
#include "gateway/base/mem.h"
#include "gateway/model/fit.h"

enum {
    HUIDU_STEADY = 0,     /* effect: there at once */
    HUIDU_RUN_LEFT = 26,  /* effect: runs to the left, its end followed by its beginning */
    HUIDU_SPEED_MOST = 8, /* the slowest */
    HUIDU_SPEED_PXS = 20, /* pixels a second from one speed to the next: our estimate, as the vendor
                             gives none */
    HUIDU_TURN_MOST_S = 3600,
};

/* RFC 4122, 4.3: by MD5 of a name, but without a name space, as it must only be ours. */
void huidu_uuid(const char *text, char uuid[static HUIDU_UUID])
{
    struct digest d = digest_of(DIGEST_MD5, text, strlen(text));
    const unsigned char *b = d.bytes;

    snprintf(uuid, HUIDU_UUID,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], (b[6] & 0x0fU) | 0x30U, b[7], (b[8] & 0x3fU) | 0x80U, b[9],
             b[10], b[11], b[12], b[13], b[14], b[15]);
}

/* RFC 9110, 5.6.7. The vendor's own samples write it in three ways; the controller signs what it
 * gets. */
static void huidu_date(int64_t now_ms, char text[static 40])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm t;

    gmtime_r(&seconds, &t);
    snprintf(text, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * (t.tm_wday % 7),
             t.tm_mday % 32, months + 3 * (t.tm_mon % 12), (t.tm_year + 1900) % 10000,
             t.tm_hour % 24, t.tm_min % 60, t.tm_sec % 61);
}

/* sign = HMAC-MD5 over body, key and date, keyed with the secret. */
void huidu_sign(const struct talk *talk, struct ask *ask)
{
    const struct huidu_options *options = talk->board->options;
    struct buffer message BUFFER_FREE_LATER = BUFFER_NULL;
    char date[40], sign[DIGEST_HEX_MOST];
    struct digest digest;
    const char *n = talk->nonce;

    huidu_date(talk->now_ms, date);
    buffer_add(&message, buffer_text(&ask->body), ask->body.length);
    buffer_add_text(&message, options->key);
    buffer_add_text(&message, date);
    digest = digest_hmac(DIGEST_MD5, options->secret, strlen(options->secret),
                         buffer_text(&message), message.length);
    digest_hex(&digest, sign);
    ask_header(ask, "requestId: %.8s-%.4s-%.4s-%.4s-%.12s", n, n + 8, n + 12, n + 16, n + 20);
    ask_header(ask, "sdkKey: %s", options->key);
    ask_header(ask, "date: %s", date);
    ask_header(ask, "sign: %s", sign);
}

/* ---- the program ---- */

static struct jv *huidu_span(const char *start, const char *end)
{
    struct jv *span = jv_object(), *list = jv_array();

    jv_put(span, "start", jv_string(start));
    jv_put(span, "end", jv_string(end));
    jv_push(list, span);
    return list;
}

int huidu_day(int64_t wall_ms)
{
    struct dialect_time t = dialect_time(wall_ms);

    return (t.year * 100 + t.month) * 100 + t.day;
}

static void huidu_clock(int64_t wall_ms, char text[static 20])
{
    struct dialect_time t = dialect_time(wall_ms);

    snprintf(text, 20, "%02d:%02d:%02d", t.hour % 24, t.minute % 60, t.second % 61);
}

/* Days and times of day are kept apart, so a span over midnight can't be said: it ends there, and
 * the next reading finds it over (huidu_past). It begins a little early, so that a clock that is
 * slow within what is tolerated shows it at once. */
static struct jv *huidu_play_control(const struct talk *talk, const struct fit *fit)
{
    const struct adapter_job *job = talk->job;
    int64_t from_ms = job->from_ms < talk->now_ms ? job->from_ms : talk->now_ms;
    int64_t turn_s = talk->board->item_s;
    struct jv *control = jv_object(), *week = jv_object();
    char date[16], from[20] = "00:00:00", until[20] = "23:59:59", turn[20];
    int today = huidu_day(talk->now_ms);

    snprintf(date, sizeof date, "%04d-%02d-%02d", today / 10000 % 10000, today / 100 % 100,
             today % 100);
    if (huidu_day(from_ms - SIGHT_SKEW_MS) == today)
        huidu_clock(from_ms - SIGHT_SKEW_MS, from);
    if (huidu_day(job->until_ms) <= today)
        huidu_clock(job->until_ms, until);
    if (fit->pass_ms > turn_s * 1000)
        turn_s = (fit->pass_ms + 999) / 1000;
    if (turn_s > HUIDU_TURN_MOST_S)
        turn_s = HUIDU_TURN_MOST_S;
    snprintf(turn, sizeof turn, "%02d:%02d:%02d", (int)(turn_s / 3600), (int)(turn_s / 60 % 60),
             (int)(turn_s % 60));
    jv_put(control, "duration", jv_string(turn));
    jv_put(week, "enable", jv_string("Mon,Tue,Wed,Thur,Fri,Sat,Sun"));
    jv_put(control, "week", week);
    jv_put(control, "date", huidu_span(date, date));
    jv_put(control, "time", huidu_span(from, until));
    return control;
}

static struct jv *huidu_font(const struct talk *talk)
{
    struct jv *font = jv_object();

    jv_put(font, "name", jv_string(((const struct huidu_options *)talk->board->options)->font));
    jv_put(font, "size", jv_int(talk->board->font_px));
    jv_put(font, "bold", jv_bool(false));
    jv_put(font, "italic", jv_bool(false));
    jv_put(font, "underline", jv_bool(false));
    jv_put(font, "color", jv_string(talk->board->color));
    return font;
}

static struct jv *huidu_effect(const struct talk *talk, const struct fit *fit)
{
    int64_t speed = HUIDU_SPEED_MOST - talk->board->speed_pxs / HUIDU_SPEED_PXS;
    struct jv *effect = jv_object();

    jv_put(effect, "type", jv_int(fit->runs ? HUIDU_RUN_LEFT : HUIDU_STEADY));
    jv_put(effect, "speed", jv_int(speed < 0 ? 0 : speed));
    jv_put(effect, "hold", jv_int(fit->runs ? 0 : fit->pass_ms));
    return effect;
}

static struct jv *huidu_item(const struct talk *talk, const struct fit *fit)
{
    char *seed MEM_FREE_LATER = mem_printf("%s/text", talk->job->name);
    struct jv *item = jv_object();
    char uuid[HUIDU_UUID];

    huidu_uuid(seed, uuid);
    jv_put(item, "uuid", jv_string(uuid));
    jv_put(item, "type", jv_string("text"));
    jv_put(item, "string", jv_string(talk->job->text));
    jv_put(item, "multiLine", jv_bool(fit->lines > 1));
    jv_put(item, "PlayText", jv_bool(false));
    jv_put(item, "alignment", jv_string(fit->runs ? "left" : "center"));
    jv_put(item, "valignment", jv_string("middle"));
    jv_put(item, "font", huidu_font(talk));
    jv_put(item, "effect", huidu_effect(talk, fit));
    return item;
}

struct jv *huidu_program(const struct talk *talk, const char *uuid)
{
    struct jv *program = jv_object(), *areas = jv_array(), *area = jv_object();
    struct jv *items = jv_array(), *programs = jv_array();
    struct fit fit;

    fit_measure(talk->board, talk->job->text, &fit);
    jv_push(items, huidu_item(talk, &fit));
    jv_put(area, "x", jv_int(0));
    jv_put(area, "y", jv_int(0));
    jv_put(area, "width", jv_int(talk->board->width));
    jv_put(area, "height", jv_int(talk->board->height));
    jv_put(area, "item", items);
    jv_push(areas, area);
    jv_put(program, "name", jv_string(talk->job->name));
    jv_put(program, "type", jv_string("normal"));
    jv_put(program, "uuid", jv_string(uuid));
    jv_put(program, "playControl", huidu_play_control(talk, &fit));
    jv_put(program, "area", areas);
    jv_push(programs, program);
    return programs;
}

/* ---- answers ---- */

bool huidu_says(const struct jv *value, const char *word)
{
    const char *text = jv_text(value);

    return text && strcmp(text, word) == 0;
}

const char *huidu_words(const struct jv *answer)
{
    const char *data = jv_text(jv_at(answer, "/data")),
               *message = jv_text(jv_at(answer, "/message"));

    return data && *data ? data : message && *message ? message : "no reason given";
}

enum huidu_answer huidu_judge(const struct jv *document, bool done, const char **words)
{
    const struct jv *answers = jv_at(document, "/data"), *answer;
    bool ok = huidu_says(jv_at(document, "/message"), "ok");

    *words = "the reply is not in the controller's form";
    if (!jv_text(jv_at(document, "/message")) ||
        (ok && (!jv_is_array(answers) || !jv_size(answers))))
        return HUIDU_MALFORMED;
    for (size_t i = 0; (answer = jv_element(answers, i)); i++) {
        if (huidu_says(jv_at(answer, "/message"), "ok") &&
            (!done || huidu_says(jv_at(answer, "/data"), "kSuccess")))
            continue;
        if (done && huidu_says(jv_at(answer, "/message"), "ok") && !jv_text(jv_at(answer, "/data")))
            return HUIDU_MALFORMED;
        *words = huidu_words(answer);
        return HUIDU_REFUSED;
    }
    *words = huidu_words(document);
    return ok ? HUIDU_OK : HUIDU_REFUSED;
}
