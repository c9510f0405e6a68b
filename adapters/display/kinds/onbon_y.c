/* onbon_y: Onbon BX-Y full-colour cards, spoken to over HTTP on the card itself.
 * Runs: any (pure). Source: Onbon's open protocol YQ-COM2.
 *
 * Every job logs in first when there is no session, and reads the list of bulletins. Show: delete
 * our old copy if there is one, create the bulletin with its window, play. Withdraw: delete, then
 * read the list again. Verify: the list carries our name (2); the card doesn't say which bulletin
 * plays, so from level 3 on a picture of the frame buffer is fetched (4), unless the screen sleeps.
 * A card that can't make a picture proves what its list proves.
 *
 * A bulletin whose name isn't ours is never touched; when it has our place another is taken. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "adapters/display/dialect.h"
#include "adapters/display/image.h"
#include "adapters/display/kinds/onbon_y_options.h"
#include "adapters/display/kinds/onbon_y_wire.h"
#include "adapters/display/panel.h"

enum { ONBON_POLLS = 8 };

enum onbon_step {
    STEP_BEGIN, /* CODE without a session, else what comes after the login */
    STEP_CODE,
    STEP_LOGIN,
    STEP_QUERY,
    STEP_DELETE,
    STEP_CREATE,
    STEP_PLAY,
    STEP_QUERY_AGAIN, /* is it gone? */
    STEP_CLOCK,
    STEP_PROPERTIES,
    STEP_POWER, /* the card doesn't know all of the properties: the one that matters */
    STEP_CAPTURE,
    STEP_FIND,
    STEP_OPEN, /* the way for downloads */
    STEP_FETCH,
    STEP_CLOSE,
    STEPS
};

static const char *const onbon_y_asked[STEPS] = {
    [STEP_BEGIN] = "begin",
    [STEP_CODE] = "verification code",
    [STEP_LOGIN] = "login",
    [STEP_QUERY] = "list of bulletins",
    [STEP_DELETE] = "deletion",
    [STEP_CREATE] = "bulletin",
    [STEP_PLAY] = "start",
    [STEP_QUERY_AGAIN] = "list of bulletins",
    [STEP_CLOCK] = "clock",
    [STEP_PROPERTIES] = "properties",
    [STEP_POWER] = "screen's power",
    [STEP_CAPTURE] = "picture",
    [STEP_FIND] = "picture's file",
    [STEP_OPEN] = "way for the picture",
    [STEP_FETCH] = "picture's contents",
    [STEP_CLOSE] = "end of the picture",
};

struct onbon_y {
    char code[ONBON_TOKEN], session[ONBON_TOKEN]; /* session: "" while there is none */
    struct onbon_list list;
    struct onbon_window windows[ONBON_PIECES];
    unsigned orders[ONBON_PIECES], n, at; /* bulletins to create; the next one */
    char digest[DIGEST_HEX_MOST];         /* of the list that shows our name */
    struct onbon_capture capture;
    int64_t fresh_ms;       /* the card's time; an older file is an earlier picture. 0: not known */
    int polls;              /* questions for the file so far */
    struct buffer picture;  /* until the next job; empty: none came */
    const char *picture_as; /* its type */
};

static enum onbon_step onbon_y_after_login(const struct talk *talk)
{
    return talk->job->verb == ADAPTER_PROBE ? STEP_CLOCK : STEP_QUERY;
}

/* What step 0 stands for is told by the session: it doesn't change between question and answer. */
static enum onbon_step onbon_y_step(const struct talk *talk)
{
    const struct onbon_y *card = talk->memory;

    if (talk->step != STEP_BEGIN)
        return (enum onbon_step)talk->step;
    return card->session[0] ? onbon_y_after_login(talk) : STEP_CODE;
}

/* ---- ends ---- */

static void onbon_y_fail(const struct talk *talk, struct verdict *verdict, const char *why)
{
    enum onbon_step step = onbon_y_step(talk);
    bool doubt = talk->job->verb == ADAPTER_SUBMIT && (step == STEP_CREATE || step == STEP_PLAY);

    verdict_fail(verdict, doubt ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, 0, "%s: %s",
                 onbon_y_asked[step], why);
}

static void onbon_y_refused(const struct talk *talk, const struct onbon_reply *reply,
                            struct verdict *verdict)
{
    enum onbon_step step = onbon_y_step(talk);
    const char *name = onbon_error_name(reply->code);
    enum outcome_kind kind = OUTCOME_DEFERRED;

    if (step == STEP_CREATE)
        kind = onbon_error_outcome(reply->code);
    verdict_fail(verdict, kind, reply->code, "%s: error %d, %s (%s)", onbon_y_asked[step],
                 reply->code, name ? name : "not documented", reply->message);
}

/* The end of a VERIFY whose list carries our name. */
static void onbon_y_proved(const struct onbon_y *card, struct verdict *verdict)
{
    bool seen = card->picture.length > 0;

    verdict_sent(verdict, seen ? LEVEL_SCREENSHOT : LEVEL_STORED);
    memcpy(verdict->result.evidence.digest, card->digest, sizeof card->digest);
    if (!seen)
        return;
    verdict->result.evidence.picture = card->picture.data;
    verdict->result.evidence.picture_length = card->picture.length;
    verdict->result.evidence.picture_type = card->picture_as;
}

/* ---- steps, each taking the card's good answer ---- */

static void onbon_y_on_code(struct talk *talk, const struct onbon_reply *reply,
                            struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    if (onbon_reply_token(reply, "verificationcode", card->code))
        onbon_y_fail(talk, verdict, "the card gave no verification code");
    else
        verdict_go(verdict, STEP_LOGIN);
}

static void onbon_y_on_login(struct talk *talk, const struct onbon_reply *reply,
                             struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    if (onbon_reply_token(reply, "sessionID", card->session))
        onbon_y_fail(talk, verdict, "the card gave no session");
    else
        verdict_go(verdict, (int)onbon_y_after_login(talk));
}

/* Places for all pieces before anything is changed. */
static void onbon_y_plan(struct talk *talk, struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    card->n = onbon_windows(talk->job, card->windows);
    card->at = 0;
    for (unsigned i = 0; i < card->n; i++) {
        int order = onbon_list_take(&card->list, talk->job->slot + i);

        if (order < 0) {
            verdict_fail(verdict, OUTCOME_DEFERRED, 0,
                         "all %d places on the card carry other bulletins", ONBON_ORDERS);
            verdict->healthy = true;
            return;
        }
        card->orders[i] = (unsigned)order;
    }
    verdict_go(verdict, card->list.n_ours ? STEP_DELETE : STEP_CREATE);
}

static void onbon_y_on_query(struct talk *talk, const struct onbon_reply *reply,
                             struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    if (onbon_list_read(reply, talk->job->name, &card->list))
        onbon_y_fail(talk, verdict, "the answer is no list of bulletins");
    else if (talk->job->verb == ADAPTER_SUBMIT)
        onbon_y_plan(talk, verdict);
    else if (talk->job->verb == ADAPTER_WITHDRAW && card->list.n_ours)
        verdict_go(verdict, STEP_DELETE);
    else if (talk->job->verb == ADAPTER_WITHDRAW)
        verdict_sent(verdict, LEVEL_STORED);
    else if (card->list.n_ours)
        verdict_go(verdict, STEP_CLOCK);
    else
        verdict_missing(verdict, "not in the card's list");
}

static void onbon_y_on_delete(struct talk *talk, const struct onbon_reply *reply,
                              struct verdict *verdict)
{
    (void)reply;
    verdict_go(verdict, talk->job->verb == ADAPTER_SUBMIT ? STEP_CREATE : STEP_QUERY_AGAIN);
}

static void onbon_y_on_create(struct talk *talk, const struct onbon_reply *reply,
                              struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    (void)reply;
    verdict_go(verdict, ++card->at < card->n ? STEP_CREATE : STEP_PLAY);
}

static void onbon_y_on_play(struct talk *talk, const struct onbon_reply *reply,
                            struct verdict *verdict)
{
    (void)talk;
    (void)reply;
    verdict_sent(verdict, LEVEL_ACCEPTED);
}

static void onbon_y_on_query_again(struct talk *talk, const struct onbon_reply *reply,
                                   struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    if (onbon_list_read(reply, talk->job->name, &card->list))
        onbon_y_fail(talk, verdict, "the answer is no list of bulletins");
    else if (card->list.n_ours)
        onbon_y_fail(talk, verdict, "still there after its deletion");
    else
        verdict_sent(verdict, LEVEL_STORED);
}

static void onbon_y_on_clock(struct talk *talk, const struct onbon_reply *reply,
                             struct verdict *verdict)
{
    onbon_reply_clock(reply, talk->now_ms, talk->sight);
    verdict_go(verdict, STEP_PROPERTIES);
}

static void onbon_y_on_properties(struct talk *talk, const struct onbon_reply *reply,
                                  struct verdict *verdict)
{
    const struct adapter_job *job = talk->job;

    onbon_reply_properties(reply, talk->sight);
    if (job->verb == ADAPTER_PROBE)
        verdict_sent(verdict, LEVEL_UNKNOWN);
    else if (job->want > LEVEL_STORED && talk->sight->power != POWER_ASLEEP)
        verdict_go(verdict, STEP_CAPTURE);
    else
        onbon_y_proved(talk->memory, verdict);
}

/* ---- the picture ---- */

static void onbon_y_on_capture(struct talk *talk, const struct onbon_reply *reply,
                               struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;
    const struct sight *sight = talk->sight;

    card->polls = 0;
    if (onbon_reply_capture(reply, &card->capture)) {
        onbon_y_proved(card, verdict);
        return;
    }
    /* A second for what both clocks cut off, a second for the answer's way. */
    card->fresh_ms = sight->clock_known ? talk->now_ms + sight->skew_ms - 2000 : 0;
    verdict_go(verdict, STEP_FIND);
}

static void onbon_y_on_find(struct talk *talk, const struct onbon_reply *reply,
                            struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;
    int64_t changed_ms = onbon_reply_file(reply, card->capture.file);

    if (changed_ms && changed_ms >= card->fresh_ms)
        verdict_go(verdict, STEP_OPEN);
    else if (++card->polls <= ONBON_POLLS)
        verdict_go(verdict, STEP_FIND);
    else
        onbon_y_proved(card, verdict);
}

static void onbon_y_on_open(struct talk *talk, const struct onbon_reply *reply,
                            struct verdict *verdict)
{
    (void)talk;
    (void)reply;
    verdict_go(verdict, STEP_FETCH);
}

/* The way is closed whatever came; the picture is kept until then. */
static void onbon_y_on_fetch(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;

    card->picture_as = image_type(reply->body, reply->length);
    if (reply->status == 200 && card->picture_as)
        buffer_add(&card->picture, reply->body, reply->length);
    verdict_go(verdict, STEP_CLOSE);
}

static void onbon_y_on_close(struct talk *talk, const struct onbon_reply *reply,
                             struct verdict *verdict)
{
    (void)reply;
    onbon_y_proved(talk->memory, verdict);
}

static const struct onbon_y_step {
    const char *command;
    bool root; /* goes there and not to the session's path */
    bool changes;
    void (*on_ok)(struct talk *talk, const struct onbon_reply *reply, struct verdict *verdict);
} onbon_y_steps[STEPS] = {
    [STEP_CODE] = {"getVerificationCode", true, false, onbon_y_on_code},
    [STEP_LOGIN] = {"userLogin", true, false, onbon_y_on_login},
    [STEP_QUERY] = {"queryBulletin", false, false, onbon_y_on_query},
    [STEP_DELETE] = {"deleteBulletin", false, true, onbon_y_on_delete},
    [STEP_CREATE] = {"createBulletin", false, true, onbon_y_on_create},
    [STEP_PLAY] = {"playBulletin", false, true, onbon_y_on_play},
    [STEP_QUERY_AGAIN] = {"queryBulletin", false, false, onbon_y_on_query_again},
    [STEP_CLOCK] = {"getState", false, false, onbon_y_on_clock},
    [STEP_PROPERTIES] = {"getProperty", false, false, onbon_y_on_properties},
    [STEP_POWER] = {"getProperty", false, false, onbon_y_on_properties},
    [STEP_CAPTURE] = {"ScreenCapture", false, false, onbon_y_on_capture},
    [STEP_FIND] = {"findFile", false, false, onbon_y_on_find},
    [STEP_OPEN] = {"enableUploadDownload", false, false, onbon_y_on_open},
    [STEP_CLOSE] = {"enableUploadDownload", false, false, onbon_y_on_close},
};

static bool onbon_y_may_fail(int step)
{
    return step >= STEP_CAPTURE && step <= STEP_CLOSE;
}

/* Errors at steps that the level doesn't hang on. What the card will never tell is done without;
 * what it can't tell just now is asked for again with the next reading. true: dealt with. */
static bool onbon_y_does_without(struct talk *talk, const struct onbon_reply *reply,
                                 struct verdict *verdict)
{
    enum onbon_step step = onbon_y_step(talk);
    static const struct onbon_reply nothing = {.kind = ONBON_OK};

    if (onbon_y_may_fail((int)step)) {
        onbon_y_proved(talk->memory, verdict);
        return true;
    }
    if (step < STEP_CLOCK || !onbon_error_lasts(reply->code))
        return false;
    if (step == STEP_POWER)
        onbon_y_on_properties(talk, &nothing, verdict);
    else
        verdict_go(verdict, step == STEP_CLOCK ? STEP_PROPERTIES : STEP_POWER);
    return true;
}

/* ---- the dialect ---- */

static void onbon_y_write(const struct talk *talk, enum onbon_step step, struct buffer *body)
{
    const struct onbon_y_options *options = talk->board->options;
    const struct onbon_y *card = talk->memory;

    if (step == STEP_CODE)
        onbon_ask_code(body, options->user);
    else if (step == STEP_LOGIN)
        onbon_log_in(body, options->user, options->password, card->code);
    else if (step == STEP_QUERY || step == STEP_QUERY_AGAIN)
        onbon_query(body);
    else if (step == STEP_DELETE)
        onbon_delete(body, card->list.ours);
    else if (step == STEP_CREATE)
        onbon_create(body, talk->job, talk->board,
                     &(struct onbon_bulletin){.order = card->orders[card->at],
                                              .font = options->font,
                                              .window = &card->windows[card->at]});
    else if (step == STEP_PLAY)
        onbon_play(body);
    else if (step == STEP_CLOCK)
        onbon_clock(body);
    else if (step == STEP_PROPERTIES || step == STEP_POWER)
        onbon_properties(body, step == STEP_PROPERTIES);
    else if (step == STEP_CAPTURE)
        onbon_capture(body, talk->board->width, talk->board->height);
    else if (step == STEP_FIND)
        onbon_find(body, card->capture.file);
    else
        onbon_download(body, step == STEP_OPEN);
}

/* From the least to the most of the times that the card gave, and half as long again. */
static int64_t onbon_y_find_wait(const struct onbon_y *card)
{
    int64_t each = (card->capture.most_s - card->capture.least_s) * INT64_C(1500) / ONBON_POLLS;

    if (card->polls == 0)
        return card->capture.least_s * INT64_C(1000);
    return each < 500 ? 500 : each;
}

static void onbon_y_ask(const struct talk *talk, struct ask *ask)
{
    struct onbon_y *card = talk->memory;
    enum onbon_step step = onbon_y_step(talk);

    if (talk->step == STEP_BEGIN)
        buffer_free(&card->picture);
    if (step == STEP_FETCH) {
        ask->method = "GET";
        ask->reply_most = HTTP_PICTURE_MAX;
        buffer_printf(&ask->path, "/download/%s", card->capture.file);
        return;
    }
    if (onbon_y_steps[step].root)
        buffer_add_text(&ask->path, "/");
    else
        buffer_printf(&ask->path, "/;stok=%s/", card->session);
    if (step == STEP_FIND)
        ask->wait_ms = onbon_y_find_wait(card);
    ask->changes = onbon_y_steps[step].changes;
    ask_header(ask, "Content-Type: application/json; charset=utf-8");
    onbon_y_write(talk, step, &ask->body);
    ask->has_body = true;
}

static void onbon_y_keep_digest(struct onbon_y *card, const struct reply *reply)
{
    struct digest digest = digest_of(DIGEST_SHA256, reply->body, reply->length);

    digest_hex(&digest, card->digest);
}

static void onbon_y_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct onbon_y *card = talk->memory;
    enum onbon_step step = onbon_y_step(talk);
    struct onbon_reply answer;

    if (step == STEP_FETCH) {
        onbon_y_on_fetch(talk, reply, verdict);
        return;
    }
    if (!reply->status) {
        onbon_y_proved(card, verdict);
        return;
    }
    if (step == STEP_QUERY)
        onbon_y_keep_digest(card, reply);
    onbon_reply_parse(reply->body, reply->length, onbon_y_steps[step].command, &answer);
    if (answer.kind == ONBON_OK) {
        onbon_y_steps[step].on_ok(talk, &answer, verdict);
    } else if (answer.kind == ONBON_MALFORMED && onbon_y_may_fail((int)step)) {
        onbon_y_proved(card, verdict);
    } else if (answer.kind == ONBON_MALFORMED) {
        onbon_y_fail(talk, verdict, answer.message);
    } else if (answer.code == ONBON_ERROR_EXPIRED) {
        onbon_y_refused(talk, &answer, verdict); /* for the second time in a job */
        card->session[0] = '\0';
        verdict->kind = VERDICT_RENEW;
    } else if (!onbon_y_does_without(talk, &answer, verdict)) {
        onbon_y_refused(talk, &answer, verdict);
    }
    onbon_reply_free(&answer);
}

/* A picture that isn't there is no fault of the board. */
static bool onbon_y_hears(int step, int status)
{
    (void)status;
    return step == STEP_FETCH;
}

static void onbon_y_close(struct talk *talk)
{
    struct onbon_y *card = talk->memory;

    buffer_free(&card->picture);
}

static const struct dialect onbon_y_dialect = {
    .memory = sizeof(struct onbon_y),
    .steps = onbon_y_asked,
    .n_steps = STEPS,
    .ask = onbon_y_ask,
    .hear = onbon_y_hear,
    .hears = onbon_y_hears,
    .may_fail = onbon_y_may_fail,
    .close = onbon_y_close,
};

static const struct adapter adapter_onbon_y =
    DIALECT_ADAPTER("onbon-y", onbon_y_options, sizeof(struct onbon_y_options), NULL,
                    &onbon_y_traits, &onbon_y_dialect);
ADAPTER_REGISTER(adapter_onbon_y);
