/* novacloud_talk: the course of a job on the NovaCloud platform, and its calls. See novacloud.h.
 * Runs: any (pure, but for the process's time zone). */
#include "adapters/display/kinds/novacloud.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/display/http.h"
#include "adapters/display/image.h"
#include "adapters/display/kinds/novacloud_call.h"

enum {
    NOVACLOUD_CALL_MS = 15000, /* how long a call is waited for */
    NOVACLOUD_BUSY_MS = 60000, /* the platform counts calls by the hour */
};

/* ---- what may be up ---- */

static bool novacloud_may_be(const struct talk *talk, const struct novacloud_page *page)
{
    return *page->name && page->until_ms > talk->now_ms && strcmp(page->name, talk->job->name) == 0;
}

static bool novacloud_is_up(const struct talk *talk)
{
    const struct novacloud *player = talk->memory;

    return player->up.accepted && novacloud_may_be(talk, &player->up);
}

/* Must all emergency pages go? A first withdrawal in this run is about a page that an earlier run
 * has put there. */
static bool novacloud_must_cancel(const struct talk *talk)
{
    const struct novacloud *player = talk->memory;

    if (!player->up.known)
        return talk->job->until_ms > talk->now_ms;
    if (!player->up.accepted && novacloud_may_be(talk, &player->before))
        return true; /* nobody knows whether the page in doubt has taken its place */
    return novacloud_may_be(talk, &player->up);
}

/* From the moment at which it may be taken; whatever happens to the request. */
static void novacloud_note_page(struct talk *talk)
{
    struct novacloud *player = talk->memory;

    player->before = player->up;
    player->up.doubted = strcmp(player->up.name, talk->job->name) == 0 &&
                         (!player->up.accepted || player->up.doubted);
    memcpy(player->up.name, talk->job->name, sizeof player->up.name);
    player->up.until_ms = talk->job->until_ms;
    player->up.accepted = false;
    player->up.known = true;
}

/* The platform has certainly not taken it, which says nothing of the page before it. */
static void novacloud_note_refused(struct talk *talk)
{
    struct novacloud *player = talk->memory;

    player->up = player->before;
}

/* A page in doubt may still be on its way: whoever withdraws it again cancels again. */
static void novacloud_note_gone(struct talk *talk)
{
    struct novacloud *player = talk->memory;

    player->before = (struct novacloud_page){.known = true};
    if (player->up.known && (!player->up.accepted || player->up.doubted))
        player->up.accepted = false;
    else
        player->up = player->before;
}

/* ---- answers ---- */

static bool novacloud_lists(const struct jv *told, const char *place, const char *id)
{
    const struct jv *list = jv_at(told, place), *entry;

    for (size_t i = 0; jv_is_array(list) && (entry = jv_element(list, i)); i++)
        if (jv_text(entry) && strcmp(jv_text(entry), id) == 0)
            return true;
    return false;
}

/* 1: taken for our player; 0: refused for it; -1: the answer says neither. */
static int novacloud_taken(const struct talk *talk, const struct jv *told)
{
    const struct novacloud_options *options = talk->board->options;

    if (novacloud_lists(told, "/fail", options->player))
        return 0;
    return novacloud_lists(told, "/success", options->player) ? 1 : -1;
}

/* There is nothing between "accepted" and a picture, so whoever wants more gets one. */
static bool novacloud_captures(const struct talk *talk)
{
    const struct novacloud *player = talk->memory;

    return talk->job->verb == ADAPTER_VERIFY && talk->job->want > LEVEL_ACCEPTED &&
           talk->callback && !player->no_captures;
}

static bool novacloud_asks_status(const struct talk *talk)
{
    const struct novacloud *player = talk->memory;

    return talk->callback && !player->no_status &&
           (talk->job->verb == ADAPTER_PROBE || novacloud_captures(talk));
}

static void novacloud_capture(struct talk *talk, struct verdict *verdict)
{
    struct novacloud *player = talk->memory;

    player->image[0] = '\0';
    player->captures = true;
    verdict_go(verdict, STEP_CAPTURE);
}

static void novacloud_end(const struct talk *talk, struct verdict *verdict)
{
    verdict_sent(verdict, talk->job->verb == ADAPTER_PROBE ? LEVEL_UNKNOWN : LEVEL_ACCEPTED);
}

static void novacloud_hear_begin(struct talk *talk, struct verdict *verdict)
{
    struct novacloud *player = talk->memory;

    player->power = POWER_UNKNOWN;
    player->clock_known = false;
    player->captures = false;
    player->image[0] = '\0';
    if (talk->job->verb == ADAPTER_WITHDRAW) {
        if (novacloud_must_cancel(talk))
            verdict_go(verdict, STEP_CANCEL);
        else
            verdict_sent(verdict, LEVEL_ACCEPTED);
    } else if (talk->job->verb == ADAPTER_VERIFY && !novacloud_is_up(talk)) {
        verdict_missing(verdict, "not known to be up; the platform has no list of such pages");
    } else {
        verdict_go(verdict, STEP_ONLINE);
    }
}

/* A player that is offline gets the page when it is back, maybe after its time: not sent to. */
static void novacloud_hear_online(struct talk *talk, const struct jv *told, struct verdict *verdict)
{
    const struct novacloud_options *options = talk->board->options;
    const struct jv *row;
    const char *id;
    int64_t online = -1;

    for (size_t i = 0; jv_is_array(told) && (row = jv_element(told, i)); i++) {
        id = jv_text(jv_at(row, "/playerId"));
        if (id && strcmp(id, options->player) == 0)
            online = jv_number(jv_at(row, "/onlineStatus"), -1);
    }
    if (online < 0) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the platform doesn't know our player");
    } else if (online != 1) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the player is not connected to the platform");
    } else if (talk->job->verb == ADAPTER_SUBMIT) {
        novacloud_note_page(talk);
        verdict_go(verdict, STEP_PAGE);
    } else if (novacloud_asks_status(talk)) {
        verdict_go(verdict, STEP_STATUS);
    } else if (novacloud_captures(talk)) {
        novacloud_capture(talk, verdict);
    } else {
        novacloud_end(talk, verdict);
    }
}

static void novacloud_hear_page(struct talk *talk, int taken, struct verdict *verdict)
{
    struct novacloud *player = talk->memory;

    if (taken > 0) {
        player->up.accepted = true;
        verdict_sent(verdict, LEVEL_ACCEPTED);
    } else if (taken == 0) {
        novacloud_note_refused(talk);
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the platform could not hand it to the player");
    } else {
        verdict_fail(verdict, OUTCOME_UNKNOWN, 0, "the answer doesn't name our player");
    }
}

static void novacloud_hear_cancel(struct talk *talk, int taken, struct verdict *verdict)
{
    if (taken <= 0) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0,
                     taken == 0 ? "the platform could not hand it to the player"
                                : "the answer doesn't name our player");
        return;
    }
    novacloud_note_gone(talk);
    verdict_sent(verdict, LEVEL_ACCEPTED);
}

/* What is called in serves the reading; that it isn't is no fault of the player. */
static void novacloud_hear_queued(struct talk *talk, int taken, struct verdict *verdict)
{
    bool status = talk->step == STEP_STATUS;

    if (taken != 0)
        verdict_await(verdict, status ? STEP_TOLD : STEP_IMAGE, NOVACLOUD_CALL_MS);
    else if (status && novacloud_captures(talk))
        novacloud_capture(talk, verdict);
    else
        novacloud_end(talk, verdict);
}

static void novacloud_hear_told(struct talk *talk, struct verdict *verdict)
{
    const struct novacloud *player = talk->memory;

    talk->sight->power = player->power;
    talk->sight->clock_known = player->clock_known;
    talk->sight->skew_ms = player->skew_ms;
    if (novacloud_captures(talk) && player->power != POWER_ASLEEP)
        novacloud_capture(talk, verdict);
    else
        novacloud_end(talk, verdict);
}

static void novacloud_hear_image(struct talk *talk, const struct reply *reply,
                                 struct verdict *verdict)
{
    struct novacloud *player = talk->memory;
    const char *type = reply->status == 200 ? image_type(reply->body, reply->length) : NULL;

    player->captures = false;
    if (player->clock_known) {
        talk->sight->clock_known = true;
        talk->sight->skew_ms = player->skew_ms;
    }
    if (!type) {
        novacloud_end(talk, verdict);
        return;
    }
    buffer_clear(&player->picture);
    buffer_add(&player->picture, reply->body, reply->length);
    verdict_sent(verdict, LEVEL_SCREENSHOT);
    verdict->result.evidence.picture = player->picture.data;
    verdict->result.evidence.picture_length = player->picture.length;
    verdict->result.evidence.picture_type = type;
}

/* ---- statuses ---- */

static void novacloud_fail(struct talk *talk, int status, const char *why, struct verdict *verdict)
{
    bool page = talk->step == STEP_PAGE;
    bool content = page && (status == 400 || status == 406 || status == 413);
    bool doubt = page && dialect_is_doubtful(status);

    if (page && !doubt)
        novacloud_note_refused(talk);
    verdict_fail(verdict,
                 content ? OUTCOME_REJECTED
                 : doubt ? OUTCOME_UNKNOWN
                         : OUTCOME_DEFERRED,
                 status, "%s (status %d)", why, status);
    if (status == 429) {
        verdict->healthy = true;
        verdict->result.outcome.wait_ms = NOVACLOUD_BUSY_MS;
    }
}

/* Captures need a permission that not every account has; the reading goes on without. */
static bool novacloud_goes_on(struct talk *talk, int status, struct verdict *verdict)
{
    struct novacloud *player = talk->memory;
    bool status_step = talk->step == STEP_STATUS;

    if (!status_step && talk->step != STEP_CAPTURE)
        return false;
    if (status >= 500 && talk->job->verb == ADAPTER_VERIFY) {
        novacloud_end(talk, verdict);
        return true;
    }
    if (status != 400 && status != 403 && status != 404 && status != 406)
        return false;
    if (status_step)
        player->no_status = true;
    else
        player->no_captures = true;
    if (status_step && novacloud_captures(talk))
        novacloud_capture(talk, verdict);
    else
        novacloud_end(talk, verdict);
    return true;
}

static void novacloud_hear_status(struct talk *talk, int status, struct verdict *verdict)
{
    static const struct {
        int status;
        const char *means;
    } meanings[] = {
        {400, "the platform refuses the request"},
        {401, "AppKey or AppSecret is wrong, or our clock is"},
        {403, "our AppKey has no permission for this"},
        {406, "the platform refuses the content"},
        {429, "too many requests for our AppKey"},
    };
    const char *why = "the platform fails";

    if (novacloud_goes_on(talk, status, verdict))
        return;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].status == status)
            why = meanings[i].means;
    novacloud_fail(talk, status, why, verdict);
}

/* ---- hear ---- */

bool novacloud_may_fail(int step)
{
    return step == STEP_STATUS || step == STEP_CAPTURE || step == STEP_IMAGE;
}

static void novacloud_hear_answer(struct talk *talk, const struct jv *told, struct verdict *verdict)
{
    int taken = novacloud_taken(talk, told);

    switch ((enum novacloud_step)talk->step) {
    case STEP_ONLINE:
        novacloud_hear_online(talk, told, verdict);
        break;
    case STEP_PAGE:
        novacloud_hear_page(talk, taken, verdict);
        break;
    case STEP_CANCEL:
        novacloud_hear_cancel(talk, taken, verdict);
        break;
    default:
        novacloud_hear_queued(talk, taken, verdict);
    }
}

void novacloud_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct jv *told;

    if (talk->step == STEP_BEGIN) {
        novacloud_hear_begin(talk, verdict);
    } else if (talk->step == STEP_TOLD) {
        novacloud_hear_told(talk, verdict);
    } else if (talk->step == STEP_IMAGE) {
        novacloud_hear_image(talk, reply, verdict);
    } else if (!reply->status) {
        novacloud_end(talk, verdict);
    } else if (reply->status < 200 || reply->status > 299) {
        novacloud_hear_status(talk, reply->status, verdict);
    } else {
        told = jv_parse(reply->body, reply->length, NULL);
        novacloud_hear_answer(talk, told, verdict);
        jv_free(told);
    }
}

/* ---- calls ---- */

static void novacloud_called_clock(struct talk *talk, const struct jv *value)
{
    struct novacloud *player = talk->memory;
    int64_t told_ms;

    if (!value || novacloud_time(value, &told_ms))
        return;
    player->clock_known = true;
    player->skew_ms = told_ms - talk->now_ms;
}

static bool novacloud_called_status(struct talk *talk, const struct jv *told)
{
    struct novacloud *player = talk->memory;

    player->power = novacloud_power(told);
    novacloud_called_clock(talk, novacloud_find(told, "timeValue"));
    return talk->job && talk->step == STEP_STATUS;
}

static bool novacloud_called_capture(struct talk *talk, const struct jv *told)
{
    const struct novacloud_options *options = talk->board->options;
    struct novacloud *player = talk->memory;
    const char *id = jv_text(novacloud_find(told, "playerId"));
    const char *url = jv_text(novacloud_find(told, "screenShotUrl"));

    if (!player->captures || !id || strcmp(id, options->player) != 0)
        return false;
    if (!url || strlen(url) >= sizeof player->image || !http_url_is_valid(url))
        return false;
    snprintf(player->image, sizeof player->image, "%s", url);
    novacloud_called_clock(talk, novacloud_find(told, "playerTime"));
    return talk->job && talk->step == STEP_CAPTURE;
}

/* The platform wants "ok", within three seconds, or calls again. */
bool novacloud_called(struct talk *talk, const struct adapter_call *call,
                      struct adapter_answer *answer,
                      void (*prove)(void *ctx, const struct board_proof *proof), void *ctx)
{
    bool status = strcmp(call->path, "/status") == 0, awaited = false;
    struct jv *told;

    (void)prove; /* a picture is proof only when it was fetched */
    (void)ctx;
    if (!status && strcmp(call->path, "/capture") != 0)
        return false;
    if (strcmp(call->method, "POST") != 0) {
        answer->status = 405;
        return false;
    }
    told = jv_parse(call->body, call->length, NULL);
    answer->status = told ? 200 : 400;
    answer->type = "text/plain";
    buffer_add_text(&answer->body, told ? "ok" : "not JSON");
    if (told)
        awaited =
            status ? novacloud_called_status(talk, told) : novacloud_called_capture(talk, told);
    jv_free(told);
    return awaited;
}
