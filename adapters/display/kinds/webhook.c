/* webhook: the kind of board that its configuration describes. See adapters/display/webhook.h.
 * Runs: any (pure). */
#include "adapters/display/webhook.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "adapters/display/panel.h"
#include "adapters/display/webhook_room.h"

static const char *const webhook_steps[WEBHOOK_STEPS] = {
    [WEBHOOK_STEP_CALL] = "request",
    [WEBHOOK_STEP_PICTURE] = "picture",
    [WEBHOOK_STEP_TOLD] = "call",
};

/* The configuration has been checked already, but not every caller reads one. */
static int webhook_open(struct talk *talk, char *why, size_t why_size)
{
    struct webhook_memory *memory = talk->memory;

    if (webhook_check(talk->board->options, why, why_size))
        return -EINVAL;
    return webhook_plan_init(&memory->plan, talk->board->options, why, why_size) ? -EINVAL : 0;
}

static void webhook_close(struct talk *talk)
{
    struct webhook_memory *memory = talk->memory;

    webhook_plan_free(&memory->plan);
    webhook_notes_free(&memory->notes);
    buffer_free(&memory->picture);
}

static bool webhook_tells_callback(const struct webhook_options *options)
{
    for (int verb = 0; verb < ADAPTER_VERBS; verb++) {
        const struct webhook_call_options *call = &options->calls[verb];

        if ((call->path && strstr(call->path, "{callback")) ||
            (call->body && strstr(call->body, "{callback")))
            return true;
    }
    for (size_t i = 0; i < options->headers.n; i++)
        if (strstr(options->headers.items[i], "{callback"))
            return true;
    return false;
}

/* A platform that can call may send its play log. */
static enum outcome_level webhook_level_most(const void *filled, bool listening)
{
    const struct webhook_options *options = filled;

    if (listening && webhook_tells_callback(options))
        return LEVEL_LOGGED;
    if (!webhook_given(options->calls[ADAPTER_VERIFY].path) ||
        options->verify_by == WEBHOOK_BY_CALL)
        return LEVEL_ACCEPTED;
    if (webhook_given(options->verify_picture))
        return LEVEL_SCREENSHOT;
    return options->verify_level ? LEVEL_PLAYING : LEVEL_STORED;
}

/* A platform that isn't told the end can't keep to it. */
static int webhook_window_s(const void *filled, bool picture)
{
    const struct webhook_options *options = filled;
    const struct webhook_call_options *publish = &options->calls[ADAPTER_SUBMIT];
    bool told = (publish->path && strstr(publish->path, "{until")) ||
                (publish->body && strstr(publish->body, "{until"));

    (void)picture;
    for (size_t i = 0; i < options->headers.n; i++)
        told = told || strstr(options->headers.items[i], "{until");
    return told;
}

static const char *webhook_cure(const void *filled)
{
    const struct webhook_options *options = filled;

    if (webhook_given(options->calls[ADAPTER_VERIFY].path))
        return NULL;
    return lang("write verify_path for it, and with which reply the platform says that it is there",
                "为其填写 verify_path，以及平台表示“已有”的回复");
}

const struct traits webhook_traits = {
    .charset = CHARSET_UNICODE,
    .pictures = true,
    .window_s = webhook_window_s,
    .calls = true,
    .level_most = webhook_level_most,
    .cure = webhook_cure,
};

static bool webhook_may_fail(int step)
{
    return step == WEBHOOK_STEP_PICTURE;
}

static const struct dialect webhook_dialect = {
    .memory = sizeof(struct webhook_memory),
    .steps = webhook_steps,
    .n_steps = WEBHOOK_STEPS,
    .hears_status = true,
    .open = webhook_open,
    .may_fail = webhook_may_fail,
    .close = webhook_close,
    .ask = webhook_ask,
    .hear = webhook_hear,
    .called = webhook_called,
};

static const struct adapter adapter_webhook =
    DIALECT_ADAPTER("webhook", webhook_options, sizeof(struct webhook_options), webhook_check,
                    &webhook_traits, &webhook_dialect);
ADAPTER_REGISTER(adapter_webhook);
