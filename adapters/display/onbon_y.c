/* onbon_y: Onbon BX-Y full-colour cards. See onbon_y.h.
 * Runs: loop. */
#include "adapters/display/onbon_y.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "adapters/display/onbon_y_wire.h"
#include "adapters/display/panel.h"

enum onbon_step {
    STEP_CODE,
    STEP_LOGIN,
    STEP_QUERY,
    STEP_DELETE,
    STEP_CREATE,
    STEP_PLAY,
    STEP_QUERY_AGAIN, /* is it gone? */
    STEPS
};

struct onbon_y {
    struct panel panel;
    enum onbon_step step;
    char code[ONBON_TOKEN], session[ONBON_TOKEN]; /* session: "" while there is none */
    bool renewed;                                 /* the job has already logged in again */
    struct onbon_list list;
    unsigned order;
};

const struct option_def onbon_y_options[] = {
    {.name = "user",
     .type = OPTION_STRING,
     .offset = offsetof(struct onbon_y_options, user),
     .min = 1,
     .max = 64,
     .preset = "guest",
     .help_en = "The card's user; customers only have guest.",
     .help_zh = "控制卡的用户名；客户只能用 guest。"},
    {.name = "password",
     .type = OPTION_STRING,
     .offset = offsetof(struct onbon_y_options, password),
     .required = true,
     .secret = true,
     .min = 1,
     .max = 64,
     .help_en = "That user's password on the card.",
     .help_zh = "该用户在控制卡上的密码。"},
    {.name = NULL},
};

static void onbon_y_go(struct onbon_y *card, enum onbon_step step);

/* ---- ends ---- */

static void onbon_y_finish(struct onbon_y *card, struct adapter_result result, bool healthy)
{
    panel_finish(&card->panel, &result, healthy);
}

static void onbon_y_succeed(struct onbon_y *card, enum outcome_level level)
{
    struct adapter_result result = panel_result(OUTCOME_SENT, 0, "%s", "");

    result.level = level;
    onbon_y_finish(card, result, true);
}

/* From create on, a failure that is not a clear no leaves the slogan perhaps on the board. */
static bool onbon_y_is_in_doubt(const struct onbon_y *card, bool clear_no)
{
    if (card->panel.job->verb != ADAPTER_SUBMIT)
        return false;
    return card->step == STEP_PLAY || (card->step == STEP_CREATE && !clear_no);
}

static void onbon_y_fail(struct onbon_y *card, int code, bool clear_no, const char *why)
{
    static const char *const asked[STEPS] = {
        [STEP_CODE] = "verification code",
        [STEP_LOGIN] = "login",
        [STEP_QUERY] = "list of bulletins",
        [STEP_DELETE] = "deletion",
        [STEP_CREATE] = "bulletin",
        [STEP_PLAY] = "start",
        [STEP_QUERY_AGAIN] = "list of bulletins",
    };
    enum outcome_kind kind = OUTCOME_DEFERRED;

    if (onbon_y_is_in_doubt(card, clear_no))
        kind = OUTCOME_UNKNOWN;
    onbon_y_finish(card, panel_result(kind, code, "%s: %s", asked[card->step], why), false);
}

static void onbon_y_refused(struct onbon_y *card, const struct onbon_reply *reply)
{
    bool create = card->step == STEP_CREATE;

    if (create && onbon_error_outcome(reply->code) == OUTCOME_REJECTED)
        onbon_y_finish(card,
                       panel_result(OUTCOME_REJECTED, reply->code,
                                    "the card refuses it: error %d, %s", reply->code,
                                    reply->message),
                       true);
    else
        onbon_y_fail(card, reply->code, true, reply->message);
}

/* ---- steps, each taking the card's good answer ---- */

static void onbon_y_on_code(struct onbon_y *card, const struct onbon_reply *reply)
{
    if (onbon_reply_token(reply, "verificationcode", card->code))
        onbon_y_fail(card, 0, false, "the card gave no verification code");
    else
        onbon_y_go(card, STEP_LOGIN);
}

static void onbon_y_on_login(struct onbon_y *card, const struct onbon_reply *reply)
{
    if (onbon_reply_token(reply, "sessionID", card->session))
        onbon_y_fail(card, 0, false, "the card gave no session");
    else
        onbon_y_go(card, STEP_QUERY);
}

static void onbon_y_query_for_submit(struct onbon_y *card)
{
    int order = onbon_list_choose(&card->list, card->panel.job->slot);

    if (order < 0) {
        onbon_y_finish(card,
                       panel_result(OUTCOME_DEFERRED, 0,
                                    "all %d places on the card carry other bulletins",
                                    ONBON_ORDERS),
                       true);
        return;
    }
    card->order = (unsigned)order;
    onbon_y_go(card, card->list.n_ours ? STEP_DELETE : STEP_CREATE);
}

static void onbon_y_on_query(struct onbon_y *card, const struct onbon_reply *reply)
{
    const struct adapter_job *job = card->panel.job;

    if (onbon_list_read(reply, job->name, &card->list)) {
        onbon_y_fail(card, 0, false, "the answer is no list of bulletins");
        return;
    }
    switch (job->verb) {
    case ADAPTER_SUBMIT:
        onbon_y_query_for_submit(card);
        break;
    case ADAPTER_WITHDRAW:
        if (card->list.n_ours)
            onbon_y_go(card, STEP_DELETE);
        else
            onbon_y_succeed(card, LEVEL_STORED);
        break;
    case ADAPTER_VERIFY:
        if (card->list.n_ours)
            onbon_y_succeed(card, LEVEL_STORED);
        else
            onbon_y_finish(card, panel_result(OUTCOME_REJECTED, 0, "not in the card's list"), true);
        break;
    }
}

static void onbon_y_on_delete(struct onbon_y *card, const struct onbon_reply *reply)
{
    (void)reply;
    onbon_y_go(card, card->panel.job->verb == ADAPTER_SUBMIT ? STEP_CREATE : STEP_QUERY_AGAIN);
}

static void onbon_y_on_create(struct onbon_y *card, const struct onbon_reply *reply)
{
    (void)reply;
    onbon_y_go(card, STEP_PLAY);
}

static void onbon_y_on_play(struct onbon_y *card, const struct onbon_reply *reply)
{
    (void)reply;
    onbon_y_succeed(card, LEVEL_ACCEPTED);
}

static void onbon_y_on_query_again(struct onbon_y *card, const struct onbon_reply *reply)
{
    if (onbon_list_read(reply, card->panel.job->name, &card->list))
        onbon_y_fail(card, 0, false, "the answer is no list of bulletins");
    else if (card->list.n_ours)
        onbon_y_fail(card, 0, false, "still there after its deletion");
    else
        onbon_y_succeed(card, LEVEL_STORED);
}

static const struct onbon_y_step {
    const char *command;
    bool session; /* goes to the session's path */
    bool changes;
    void (*on_ok)(struct onbon_y *card, const struct onbon_reply *reply);
} onbon_y_steps[STEPS] = {
    [STEP_CODE] = {"getVerificationCode", false, false, onbon_y_on_code},
    [STEP_LOGIN] = {"userLogin", false, false, onbon_y_on_login},
    [STEP_QUERY] = {"queryBulletin", true, false, onbon_y_on_query},
    [STEP_DELETE] = {"deleteBulletin", true, true, onbon_y_on_delete},
    [STEP_CREATE] = {"createBulletin", true, true, onbon_y_on_create},
    [STEP_PLAY] = {"playBulletin", true, true, onbon_y_on_play},
    [STEP_QUERY_AGAIN] = {"queryBulletin", true, false, onbon_y_on_query_again},
};

/* ---- the dialogue ---- */

static void onbon_y_write(const struct onbon_y *card, enum onbon_step step, struct buffer *body)
{
    const struct board *board = card->panel.env.board;
    const struct onbon_y_options *options = board->options;

    switch (step) {
    case STEP_CODE:
        onbon_ask_code(body, options->user);
        break;
    case STEP_LOGIN:
        onbon_log_in(body, options->user, options->password, card->code);
        break;
    case STEP_QUERY:
    case STEP_QUERY_AGAIN:
        onbon_query(body);
        break;
    case STEP_DELETE:
        onbon_delete(body, card->list.ours);
        break;
    case STEP_CREATE:
        onbon_create(body, card->panel.job, board, card->order);
        break;
    case STEP_PLAY:
        onbon_play(body);
        break;
    case STEPS:
        log_panic("no such step");
    }
}

/* A session may end at any step. Starting over from the login repeats nothing that shows twice, as
 * the list is read again first. */
static bool onbon_y_renews(struct onbon_y *card, const struct onbon_reply *reply)
{
    if (reply->kind != ONBON_ERROR || reply->code != ONBON_ERROR_EXPIRED || card->renewed)
        return false;
    card->renewed = true;
    card->session[0] = '\0';
    onbon_y_go(card, STEP_CODE);
    return true;
}

static void onbon_y_on_reply(struct panel *panel, const struct http_result *result)
{
    struct onbon_y *card = (struct onbon_y *)panel;
    const struct onbon_y_step *step = &onbon_y_steps[card->step];
    struct onbon_reply reply;
    char why[32];

    if (result->fate != HTTP_ANSWERED) {
        onbon_y_fail(card, 0, result->fate == HTTP_NOT_SENT, result->why);
        return;
    }
    if (result->status != 200) {
        snprintf(why, sizeof why, "HTTP status %d", result->status);
        onbon_y_fail(card, result->status, false, why);
        return;
    }
    onbon_reply_parse(result->body, result->body_length, step->command, &reply);
    if (!onbon_y_renews(card, &reply)) {
        if (reply.kind == ONBON_OK)
            step->on_ok(card, &reply);
        else if (reply.kind == ONBON_ERROR)
            onbon_y_refused(card, &reply);
        else
            onbon_y_fail(card, 0, false, reply.message);
    }
    onbon_reply_free(&reply);
}

static void onbon_y_go(struct onbon_y *card, enum onbon_step step)
{
    static const char *const headers[] = {"Content-Type: application/json; charset=utf-8", NULL};
    char path[ONBON_TOKEN + 16] = "/";
    struct buffer url BUFFER_FREE_LATER = BUFFER_NULL, body BUFFER_FREE_LATER = BUFFER_NULL;
    struct http_request request = {
        .method = "POST", .headers = headers, .timeout_ms = card->panel.env.board->timeout_ms};

    card->step = step;
    if (onbon_y_steps[step].session)
        snprintf(path, sizeof path, "/;stok=%s/", card->session);
    panel_url(&card->panel, path, &url);
    onbon_y_write(card, step, &body);
    request.url = buffer_text(&url);
    request.body = buffer_text(&body);
    request.body_length = body.length;
    panel_send(&card->panel, &request, onbon_y_steps[step].changes, onbon_y_on_reply);
}

static void onbon_y_begin(struct panel *panel)
{
    struct onbon_y *card = (struct onbon_y *)panel;

    card->renewed = false;
    onbon_y_go(card, card->session[0] ? STEP_QUERY : STEP_CODE);
}

static int onbon_y_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct onbon_y *card = state;

    return panel_init(&card->panel, env, onbon_y_begin, why, why_size);
}

const struct adapter adapter_onbon_y = {
    .kind = ONBON_Y_KIND,
    .channel = CHANNEL_DISPLAY,
    .caps = ADAPTER_IDEMPOTENT | ADAPTER_WINDOW,
    .state_size = sizeof(struct onbon_y),
    .init = onbon_y_init,
    .start = panel_start,
    .submit = panel_submit,
    .withdraw = panel_withdraw,
    .verify = panel_verify,
    .stop = panel_stop,
    .fini = panel_fini,
};
