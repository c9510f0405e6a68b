/* xixun_talk: the course of a job on a Xixun card. See xixun.h.
 * Runs: any (pure).
 *
 * A question that a card's firmware doesn't know ("invalid command") isn't asked again. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/hex.h"
#include "adapters/display/image.h"
#include "adapters/display/kinds/xixun.h"
#include "adapters/display/kinds/xixun_task.h"

#define XIXUN_TIME_MOST 4102444800000 /* the year 2100: a clock that says more says nothing */

/* ---- questions ---- */

/* May the card be asked this for the job, and is it worth it? */
static bool xixun_asks(const struct talk *talk, enum xixun_step step)
{
    const struct xixun *card = talk->memory;
    bool layer = xixun_is_layer(talk), verify = talk->job->verb == ADAPTER_VERIFY;
    enum outcome_level want = talk->job->want;

    if (card->lacks & 1u << step)
        return false;
    switch (step) {
    case STEP_PLAYING:
        return !layer && verify && want >= LEVEL_PLAYING;
    case STEP_SIZE:
        return layer && !verify;
    case STEP_LOGS:
        return !layer && verify && want >= LEVEL_LOGGED && talk->callback &&
               card->logs == LOGS_UNKNOWN;
    case STEP_LOGS_SET:
        return !layer && verify && card->logs == LOGS_FREE && talk->callback;
    case STEP_PICTURE: /* also in place of a lower level that the layer can't prove */
        return verify && card->level < want && talk->sight->power != POWER_ASLEEP &&
               (layer || card->level >= LEVEL_PLAYING) &&
               (want <= LEVEL_SCREENSHOT || card->logs != LOGS_OURS);
    default:
        return true; /* power and clock */
    }
}

/* The question after this step; the job ends well after the last one. */
static void xixun_next(const struct talk *talk, struct verdict *verdict)
{
    const struct xixun *card = talk->memory;
    int step = talk->step < STEP_PLAYING ? STEP_PLAYING : talk->step + 1;

    while (step < STEPS && !xixun_asks(talk, (enum xixun_step)step))
        step++;
    if (step < STEPS)
        verdict_go(verdict, step);
    else
        verdict_sent(verdict, card->level);
}

/* What the card carries and what is said of it there. */
struct xixun_seen {
    bool ours, foreign; /* foreign: an urgent text of the owner's */
};

static int xixun_see_player(struct talk *talk, const struct xixun_answer *answer,
                            struct xixun_seen *seen, struct verdict *verdict)
{
    struct xixun *card = talk->memory;
    const char *why;

    jv_free(card->stored);
    if (xixun_task_read(answer->told, &card->stored, &why)) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "%s", why);
        return 1;
    }
    seen->ours = xixun_task_count(card->stored, talk->job->name) > 0;
    return 0;
}

/* base64 that may be broken into lines. */
static int xixun_decode(struct buffer *out, const char *base64)
{
    struct buffer tight BUFFER_FREE_LATER = BUFFER_NULL;

    for (; *base64; base64++)
        if (!strchr(" \t\r\n", *base64))
            buffer_add_char(&tight, *base64);
    return hex_decode_base64(out, buffer_text(&tight), tight.length);
}

static int xixun_see_layer(struct talk *talk, const struct xixun_answer *answer,
                           struct xixun_seen *seen, struct verdict *verdict)
{
    const struct xixun *card = talk->memory;
    const char *base64 = jv_text(jv_at(answer->told, "/text"));
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    if (base64 && xixun_decode(&text, base64)) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the urgent text is not base64");
        return 1;
    }
    if (talk->board->render == RENDER_PICTURE) {
        seen->ours = strcmp(card->picture_up, talk->job->name) == 0;
        seen->foreign = text.length > 0;
        return 0;
    }
    seen->ours =
        text.length > 0 && talk->job->text && strcmp(buffer_text(&text), talk->job->text) == 0;
    seen->foreign = text.length > 0 && !seen->ours;
    return 0;
}

/* The owner's urgent text is no fault of the board. */
static void xixun_give_way(struct verdict *verdict)
{
    verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the board carries its owner's urgent text");
    verdict->healthy = true;
}

static void xixun_read_for_withdraw(const struct talk *talk, const struct xixun_seen *seen,
                                    struct verdict *verdict)
{
    bool picture = talk->board->render == RENDER_PICTURE;

    if (picture && seen->foreign)
        xixun_give_way(verdict); /* cleaning would take it too, and ours may be below it */
    else if (seen->ours || picture)
        verdict_go(verdict, STEP_REMOVE);
    else
        verdict_sent(verdict, LEVEL_STORED);
}

static void xixun_read_for_verify(const struct talk *talk, const struct xixun_seen *seen,
                                  struct verdict *verdict)
{
    struct xixun *card = talk->memory;

    card->level = talk->board->render == RENDER_PICTURE ? LEVEL_ACCEPTED : LEVEL_STORED;
    if (!seen->ours)
        verdict_missing(verdict, seen->foreign ? "the board carries its owner's urgent text"
                                               : "not on the card any more");
    else if (talk->board->render == RENDER_PICTURE && seen->foreign)
        verdict_missing(verdict, "the owner's urgent text is over it");
    else
        xixun_next(talk, verdict);
}

static int xixun_see(struct talk *talk, const struct xixun_answer *answer, struct xixun_seen *seen,
                     struct verdict *verdict)
{
    return xixun_is_layer(talk) ? xixun_see_layer(talk, answer, seen, verdict)
                                : xixun_see_player(talk, answer, seen, verdict);
}

static void xixun_hear_read(struct talk *talk, const struct xixun_answer *answer,
                            struct verdict *verdict)
{
    struct xixun *card = talk->memory;
    struct xixun_seen seen = {0};

    card->level = LEVEL_UNKNOWN;
    if (xixun_see(talk, answer, &seen, verdict))
        return;
    switch (talk->job->verb) {
    case ADAPTER_SUBMIT:
        if (seen.foreign)
            xixun_give_way(verdict);
        else
            verdict_go(verdict, STEP_SHOW);
        break;
    case ADAPTER_WITHDRAW:
        xixun_read_for_withdraw(talk, &seen, verdict);
        break;
    case ADAPTER_VERIFY:
        xixun_read_for_verify(talk, &seen, verdict);
        break;
    case ADAPTER_PROBE:
        xixun_next(talk, verdict);
        break;
    }
}

static void xixun_hear_reread(struct talk *talk, const struct xixun_answer *answer,
                              struct verdict *verdict)
{
    struct xixun_seen seen = {0};

    if (xixun_see(talk, answer, &seen, verdict))
        return;
    if (seen.ours)
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "still there after its removal");
    else
        verdict_sent(verdict, LEVEL_STORED);
}

static void xixun_hear_show(struct talk *talk, struct verdict *verdict)
{
    struct xixun *card = talk->memory;

    if (talk->job->picture)
        memcpy(card->picture_up, talk->job->name, sizeof card->picture_up);
    verdict_sent(verdict, LEVEL_ACCEPTED);
}

static void xixun_hear_remove(struct talk *talk, struct verdict *verdict)
{
    struct xixun *card = talk->memory;

    card->picture_up[0] = '\0';
    verdict_go(verdict, STEP_REREAD);
}

/* Cut at a character's end. */
static void xixun_tell(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
    dialect_tidy(out);
}

static void xixun_hear_playing(struct talk *talk, const struct jv *told)
{
    struct xixun *card = talk->memory;
    const char *name = jv_text(jv_at(told, "/name"));

    if (!name)
        return;
    xixun_tell(talk->sight->playing, sizeof talk->sight->playing, name);
    if (strcmp(name, talk->job->name) == 0)
        card->level = LEVEL_PLAYING;
}

static void xixun_hear_power(struct talk *talk, const struct jv *told)
{
    const char *status = jv_text(jv_at(told, "/card/screenStatus"));
    const char *version = jv_text(jv_at(told, "/card/playerVersion"));

    if (xixun_is(jv_at(told, "/on"), "true") || (status && strcasecmp(status, "on") == 0))
        talk->sight->power = POWER_ON;
    else if (xixun_is(jv_at(told, "/on"), "false") || (status && strcasecmp(status, "off") == 0))
        talk->sight->power = POWER_ASLEEP;
    if (version)
        xixun_tell(talk->sight->firmware, sizeof talk->sight->firmware, version);
    talk->sight->width = jv_number(jv_at(told, "/card/width"), talk->sight->width);
    talk->sight->height = jv_number(jv_at(told, "/card/height"), talk->sight->height);
}

static void xixun_hear_clock(struct talk *talk, const struct jv *told)
{
    struct xixun *card = talk->memory;
    int64_t millis = jv_number(jv_at(told, "/millis"), -1);

    if (millis < 0 || millis > XIXUN_TIME_MOST)
        return;
    talk->sight->clock_known = true;
    talk->sight->skew_ms = card->skew_ms = millis - talk->now_ms;
}

/* A log that goes to the owner's platform stays there. */
static void xixun_hear_logs(struct talk *talk, const struct jv *told)
{
    struct xixun *card = talk->memory;
    const char *url = jv_text(jv_at(told, "/url"));
    size_t ours = strlen(talk->callback);

    if (!url || !*url)
        card->logs = LOGS_FREE;
    else if (strncmp(url, talk->callback, ours) == 0 && strcmp(url + ours, "/logs") == 0)
        card->logs = LOGS_OURS;
    else
        card->logs = LOGS_TAKEN;
}

static void xixun_hear_picture(struct talk *talk, const struct jv *told, struct verdict *verdict)
{
    struct xixun *card = talk->memory;
    const char *text = jv_text(jv_at(told, xixun_is_layer(talk) ? "/data" : "/result"));

    buffer_clear(&card->picture);
    if (!text || image_decode(text, strlen(text), &card->picture)) {
        verdict_sent(verdict, card->level);
        return;
    }
    verdict_sent(verdict, LEVEL_SCREENSHOT);
    verdict->result.evidence.picture = card->picture.data;
    verdict->result.evidence.picture_length = card->picture.length;
    verdict->result.evidence.picture_type = image_type(card->picture.data, card->picture.length);
}

static void xixun_hear_question(struct talk *talk, const struct jv *told, struct verdict *verdict)
{
    struct xixun *card = talk->memory;

    switch ((enum xixun_step)talk->step) {
    case STEP_PLAYING:
        xixun_hear_playing(talk, told);
        break;
    case STEP_POWER:
        xixun_hear_power(talk, told);
        break;
    case STEP_CLOCK:
        xixun_hear_clock(talk, told);
        break;
    case STEP_SIZE:
        talk->sight->width = jv_number(jv_at(told, "/width"), 0);
        talk->sight->height = jv_number(jv_at(told, "/height"), 0);
        break;
    case STEP_LOGS:
        xixun_hear_logs(talk, told);
        break;
    case STEP_LOGS_SET:
        card->logs = LOGS_OURS;
        break;
    default:
        xixun_hear_picture(talk, told, verdict);
        return;
    }
    xixun_next(talk, verdict);
}

/* ---- refusals ---- */

/* What the gateway says in place of the card, with status 500; and what both say of old firmware.
 */
static const struct {
    const char *words, *means;
    bool acted; /* the card may have done it all the same */
} xixun_refusals[] = {
    {"does not exist", "the gateway has never seen the card: check its id and its realtime address",
     false},
    {"not opened", "the card is not connected to its gateway", false},
    {"timeout", "the card does not answer its gateway", true},
};

bool xixun_may_fail(int step)
{
    return step >= STEP_LOGS;
}

/* A firmware that can't say what it carries isn't written to: its owner's programs would be lost.
 */
static void xixun_old(struct talk *talk, const char *words, struct verdict *verdict)
{
    struct xixun *card = talk->memory;

    if (talk->step >= STEP_PLAYING) {
        card->lacks |= 1u << talk->step;
        xixun_next(talk, verdict);
        return;
    }
    verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the card's firmware is too old (%s)", words);
}

/* certain: the device itself says no, so that nothing was done. */
static void xixun_refused(struct talk *talk, const char *words, int code, bool certain,
                          struct verdict *verdict)
{
    for (size_t i = 0; i < sizeof xixun_refusals / sizeof *xixun_refusals; i++)
        if (strcasestr(words, xixun_refusals[i].words) && !xixun_may_fail(talk->step)) {
            bool doubt = xixun_refusals[i].acted && talk->step == STEP_SHOW;

            verdict_fail(verdict, doubt ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, code, "%s",
                         xixun_refusals[i].means);
            return;
        }
    if (strcasestr(words, "invalid command"))
        xixun_old(talk, words, verdict);
    else if (talk->step >= STEP_PLAYING)
        xixun_next(talk, verdict);
    else
        verdict_fail(verdict,
                     talk->step == STEP_SHOW && !certain ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, code,
                     "refused: %s", words);
}

static void xixun_hear_status(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    char words[80];

    if (reply->status != 500 && xixun_may_fail(talk->step)) {
        xixun_next(talk, verdict);
    } else if (reply->status == 500) {
        snprintf(words, sizeof words, "%s", reply->length ? reply->body : "HTTP status 500");
        xixun_refused(talk, words, 500, false, verdict);
    } else if (reply->status == 401 || reply->status == 403) {
        verdict_fail(verdict, OUTCOME_DEFERRED, reply->status,
                     "our user or password is refused (HTTP status %d)", reply->status);
    } else {
        bool doubt = talk->step == STEP_SHOW && dialect_is_doubtful(reply->status);

        verdict_fail(verdict, doubt ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, reply->status,
                     "HTTP status %d", reply->status);
    }
}

/* ---- the dialect ---- */

static void xixun_hear_answer(struct talk *talk, const struct xixun_answer *answer,
                              struct verdict *verdict)
{
    switch ((enum xixun_step)talk->step) {
    case STEP_READ:
        xixun_hear_read(talk, answer, verdict);
        break;
    case STEP_SHOW:
        xixun_hear_show(talk, verdict);
        break;
    case STEP_REMOVE:
        xixun_hear_remove(talk, verdict);
        break;
    case STEP_REREAD:
        xixun_hear_reread(talk, answer, verdict);
        break;
    default:
        xixun_hear_question(talk, answer->told, verdict);
    }
}

void xixun_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct xixun_answer answer;

    if (reply->status < 200 || reply->status > 299) {
        xixun_hear_status(talk, reply, verdict);
        return;
    }
    xixun_answer_read(talk, reply, &answer);
    if (answer.told)
        xixun_hear_answer(talk, &answer, verdict);
    else
        xixun_refused(talk, answer.words, 0, answer.says_no, verdict);
    xixun_answer_free(&answer);
}
