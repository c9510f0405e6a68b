/* onbon_k: Onbon BX-5K and BX-6K font cards (single or dual colour strips), over TCP.
 * Runs: any (pure, but for the process's time zone). Source: onbon_k_wire.h.
 *
 * A slogan is a dynamic area: it lies in the card's memory and not in its flash, which wears out,
 * and the card deletes it by itself after a number of seconds. So it is gone after the window, and
 * after a power cut.
 *
 * The card lists the ids of its areas and no names. The id that we use is the office's choice, for
 * us alone. Which slogan is in it is known as long as this process runs; after its start an area
 * with that id is taken for what VERIFY or WITHDRAW ask for, because those are asked of what the
 * books have published; SUBMIT doesn't take it, it may be another program's.
 *
 * That the id is listed is level 2. Text, screen and play log can't be read: there is no more. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/model/fit.h"
#include "adapters/display/dialect.h"
#include "adapters/display/kinds/onbon_k_wire.h"
#include "adapters/display/panel.h"

enum {
    K_TEXT_MOST = 460, /* bytes that fit a 5K beside codes for font and colour */
    K_SLOWEST = 24,
    K_FASTEST_PXS = 120, /* the document gives no speeds in pixels: a guess */
    K_STAY = 10          /* half seconds */
};

enum k_step { STEP_STATUS, STEP_UPDATE, STEP_DELETE, STEP_STATUS_AGAIN, STEPS };

static const char *const k_asked[STEPS] = {"status", "area", "deletion", "status"};

enum k_model { MODEL_5K, MODEL_6K };

static const char *const k_models[] = {[MODEL_5K] = "5k", [MODEL_6K] = "6k", NULL};

static const struct {
    int64_t areas;
    size_t room; /* bytes of one packet */
} k_limits[] = {[MODEL_5K] = {8, 512}, [MODEL_6K] = {5, 1024}};

struct onbon_k_options {
    int model;
    int64_t area, address;
};

static const struct option_def onbon_k_options[] = {
    {.name = "model",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct onbon_k_options, model),
     .choices = k_models,
     .preset = "6k",
     .help_en = "The card's generation.",
     .help_zh = "控制卡的代别。"},
    {.name = "area",
     .type = OPTION_INT,
     .offset = offsetof(struct onbon_k_options, area),
     .min = 0,
     .max = 7,
     .preset = "0",
     .help_en = "The dynamic area that is ours alone: 0 to 4 on a 6k, 0 to 7 on a 5k.",
     .help_zh = "专供本系统使用的动态区编号：6k 为 0 至 4，5k 为 0 至 7。"},
    {.name = "address",
     .type = OPTION_INT,
     .offset = offsetof(struct onbon_k_options, address),
     .min = 1,
     .max = 65534,
     .preset = "1",
     .help_en = "The card's address (screen number); 65534 is any card.",
     .help_zh = "控制卡的屏地址；65534 表示任意屏。"},
    {.name = NULL},
};

static int k_check(const void *filled, char *why, size_t why_size)
{
    const struct onbon_k_options *options = filled;

    if (options->area < k_limits[options->model].areas)
        return 0;
    snprintf(why, why_size,
             lang("area must be at most %d on a %s card.", "area 最大为 %d（%s 控制卡）。"),
             (int)k_limits[options->model].areas - 1, k_models[options->model]);
    return 1;
}

struct onbon_k {
    char name[SIGHT_NAME];   /* of the slogan in our area; "": not known */
    char before[SIGHT_NAME]; /* what name was before the update under way */
};

static unsigned k_area(const struct talk *talk)
{
    const struct onbon_k_options *options = talk->board->options;

    return (unsigned)options->area;
}

static void k_note(char name[static SIGHT_NAME], const char *value)
{
    snprintf(name, SIGHT_NAME, "%s", value);
}

/* ---- the update ---- */

/* 0, or 1 with the verdict: this card can't show it. */
static int k_encode(const struct talk *talk, struct buffer *text, struct verdict *verdict)
{
    const struct onbon_k_options *options = talk->board->options;
    struct onbon_k_look look = {.font_px = talk->board->font_px, .color = talk->board->color};
    size_t room = k_limits[options->model].room - ONBON_K_OVERHEAD, bad = 0;

    if (onbon_k_text(text, &look, talk->job->text, &bad)) {
        verdict_fail(verdict, OUTCOME_REJECTED, 0,
                     "the card has no font for the character at byte %zu", bad);
        return 1;
    }
    if (text->length > room) {
        verdict_fail(verdict, OUTCOME_REJECTED, 0,
                     "the text takes %zu bytes, the card has room for %zu", text->length, room);
        return 1;
    }
    return 0;
}

static unsigned k_timeout(const struct talk *talk)
{
    int64_t seconds = (talk->job->until_ms - talk->now_ms) / 1000;

    if (seconds < 1)
        return 1;
    return seconds > ONBON_K_TIMEOUT_MOST ? ONBON_K_TIMEOUT_MOST : (unsigned)seconds;
}

static unsigned k_speed(int64_t pxs)
{
    int64_t capped = pxs > K_FASTEST_PXS ? K_FASTEST_PXS : pxs;

    return (unsigned)(K_SLOWEST - K_SLOWEST * capped / K_FASTEST_PXS);
}

static void k_write_update(const struct talk *talk, struct buffer *data)
{
    const struct board *board = talk->board;
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct verdict unused;
    struct fit fit;

    fit_measure(board, talk->job->text, &fit);
    k_encode(talk, &text, &unused); /* it was tried before */
    onbon_k_update(data, &(struct onbon_k_area){.id = k_area(talk),
                                                .width = (unsigned)board->width,
                                                .height = (unsigned)board->height,
                                                .run = ONBON_K_UNTIL_TIMEOUT,
                                                .timeout_s = k_timeout(talk),
                                                .clears = true,
                                                .lines = fit.lines > 1,
                                                .breaks = fit.lines > 1,
                                                .show = fit.runs ? ONBON_K_LEFT : ONBON_K_STILL,
                                                .speed = k_speed(board->speed_pxs),
                                                .stay = K_STAY,
                                                .text = &text});
}

/* ---- the status, for each verb ---- */

static void k_submit(struct talk *talk, bool listed, struct verdict *verdict)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    struct onbon_k *card = talk->memory;

    if (k_encode(talk, &text, verdict))
        return;
    if (listed && !card->name[0]) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0,
                     "dynamic area %u is in use, and not known to be ours", k_area(talk));
        verdict->healthy = true;
        return;
    }
    /* From here on what is in the area is ours, whether the answer comes or not. */
    k_note(card->before, card->name);
    k_note(card->name, talk->job->name);
    verdict_go(verdict, STEP_UPDATE);
}

static void k_withdraw(struct talk *talk, bool listed, struct verdict *verdict)
{
    const struct onbon_k *card = talk->memory;

    if (listed && (!card->name[0] || strcmp(card->name, talk->job->name) == 0))
        verdict_go(verdict, STEP_DELETE);
    else
        verdict_sent(verdict, LEVEL_STORED);
}

static void k_verify(struct talk *talk, bool listed, struct verdict *verdict)
{
    struct onbon_k *card = talk->memory;

    if (!listed) {
        verdict_missing(verdict, "its area is not in the card's list");
    } else if (card->name[0] && strcmp(card->name, talk->job->name) != 0) {
        verdict_missing(verdict, "its area carries another slogan of ours");
    } else {
        k_note(card->name, talk->job->name);
        verdict_sent(verdict, LEVEL_STORED);
    }
}

static void k_see(const struct onbon_k_status *status, struct talk *talk)
{
    talk->sight->power = status->on ? POWER_ON : POWER_ASLEEP;
    if (!status->clock_ms)
        return;
    talk->sight->clock_known = true;
    talk->sight->skew_ms = status->clock_ms - talk->now_ms / 1000 * 1000;
}

static void k_on_status(struct talk *talk, const struct onbon_k_answer *answer,
                        struct verdict *verdict)
{
    struct onbon_k *card = talk->memory;
    struct onbon_k_status status;
    bool listed;

    if (onbon_k_status(answer, &status)) {
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "the answer is no status");
        return;
    }
    k_see(&status, talk);
    listed = status.areas[k_area(talk)];
    if (!listed)
        k_note(card->name, "");
    if (talk->step == STEP_STATUS_AGAIN && listed)
        verdict_fail(verdict, OUTCOME_DEFERRED, 0, "still there after its deletion");
    else if (talk->job->verb == ADAPTER_SUBMIT)
        k_submit(talk, listed, verdict);
    else if (talk->job->verb == ADAPTER_WITHDRAW)
        k_withdraw(talk, listed, verdict);
    else if (talk->job->verb == ADAPTER_VERIFY)
        k_verify(talk, listed, verdict);
    else
        verdict_sent(verdict, LEVEL_UNKNOWN);
}

/* ---- the dialect ---- */

static void k_ask(const struct talk *talk, struct ask *ask)
{
    const struct onbon_k_options *options = talk->board->options;
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;

    if (talk->step == STEP_UPDATE)
        k_write_update(talk, &data);
    else if (talk->step == STEP_DELETE)
        onbon_k_delete(&data, k_area(talk));
    else
        onbon_k_ask_status(&data);
    ask->changes = talk->step == STEP_UPDATE || talk->step == STEP_DELETE;
    onbon_k_frame(&ask->body, (unsigned)options->address, talk->step == STEP_UPDATE, &data);
    ask->has_body = true;
}

/* Certainly refused: the area carries what it did before. */
static void k_refused(struct talk *talk, int error, struct verdict *verdict)
{
    const char *name = onbon_k_error_name(error);
    enum outcome_kind kind = OUTCOME_DEFERRED;
    struct onbon_k *card = talk->memory;

    if (talk->step == STEP_UPDATE) {
        kind = onbon_k_error_outcome(error);
        k_note(card->name, card->before);
    }
    verdict_fail(verdict, kind, error, "%s: error %d, %s", k_asked[talk->step], error,
                 name ? name : "not documented");
}

static void k_fail(const struct talk *talk, const char *why, struct verdict *verdict)
{
    verdict_fail(verdict, talk->step == STEP_UPDATE ? OUTCOME_UNKNOWN : OUTCOME_DEFERRED, 0,
                 "%s: the answer can't be read: %s", k_asked[talk->step], why);
}

static void k_hear(struct talk *talk, const struct reply *reply, struct verdict *verdict)
{
    struct buffer data BUFFER_FREE_LATER = BUFFER_NULL;
    struct onbon_k_answer answer;
    const char *why = NULL;

    if (onbon_k_open(reply->body, reply->length, &data, &why))
        k_fail(talk, why, verdict);
    else if (onbon_k_answer(&data, &answer))
        k_fail(talk, "it is too short", verdict);
    else if (onbon_k_is_nack(&answer))
        k_refused(talk, answer.error, verdict);
    else if (talk->step == STEP_STATUS || talk->step == STEP_STATUS_AGAIN)
        k_on_status(talk, &answer, verdict);
    else if (!onbon_k_is_ack(&answer))
        k_fail(talk, "it is neither yes nor no", verdict);
    else if (talk->step == STEP_UPDATE)
        verdict_sent(verdict, LEVEL_ACCEPTED);
    else
        verdict_go(verdict, STEP_STATUS_AGAIN);
}

static enum outcome_level k_level_most(const void *options, bool listening)
{
    (void)options;
    (void)listening;
    return LEVEL_STORED;
}

static int k_window_s(const void *options, bool picture)
{
    (void)options;
    (void)picture;
    return 1;
}

static const struct traits onbon_k_traits = {
    .schemes = "tcp",
    .charset = CHARSET_GB2312,
    .text_most = K_TEXT_MOST,
    .window_s = k_window_s,
    .level_most = k_level_most,
};

static const struct dialect onbon_k_dialect = {
    .memory = sizeof(struct onbon_k),
    .steps = k_asked,
    .n_steps = STEPS,
    .ask = k_ask,
    .hear = k_hear,
    .whole = onbon_k_whole,
};

static const struct adapter adapter_onbon_k =
    DIALECT_ADAPTER("onbon-k", onbon_k_options, sizeof(struct onbon_k_options), k_check,
                    &onbon_k_traits, &onbon_k_dialect);
ADAPTER_REGISTER(adapter_onbon_k);
