/* fake: a modem that follows a script. See fake.h.
 * Runs: loop. */
#include "adapters/fake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"

enum fake_phase { FAKE_NEW, FAKE_STARTING, FAKE_READY, FAKE_LOST, FAKE_STOPPING, FAKE_STOPPED };

struct fake {
    struct adapter_env env;
    const char *script, *at; /* at: the next job's letter */
    uv_idle_t turn;          /* runs only while something is owed to the caller */
    enum fake_phase phase;
    struct adapter_job *job;
    struct status_report report; /* owed when has_report */
    bool has_report;
    int reference; /* of the last message, 0..255 */
};

static const struct fake_step {
    char letter;
    enum outcome_kind kind;
    int code;
    int64_t wait_ms;
    const char *detail;
} fake_steps[] = {
    {'S', OUTCOME_SENT, 0, 0, ""},
    {'s', OUTCOME_SENT, 0, 0, ""},
    {'N', OUTCOME_SENT, 0, 0, ""},
    {'R', OUTCOME_REJECTED, 500, 0, "the script says rejected"},
    {'D', OUTCOME_DEFERRED, 515, 10, "the script says deferred"},
    {'U', OUTCOME_UNKNOWN, 0, 0, "the script says unknown"},
    {'X', OUTCOME_RETURNED, 0, 0, "the script says that the device is lost"},
};

static const struct fake_step *fake_step_of(char letter)
{
    for (size_t i = 0; i < sizeof fake_steps / sizeof *fake_steps; i++)
        if (fake_steps[i].letter == letter)
            return &fake_steps[i];
    return NULL;
}

static void fake_owe_report(struct fake *fake, const struct adapter_job *job, bool failed)
{
    if (!job->want_report)
        return;
    LOG_ASSERT(!fake->has_report);
    fake->report = (struct status_report){
        .kind = failed ? REPORT_FAILED : REPORT_DELIVERED,
        .address = job->address,
        .reference = fake->reference,
        .status = failed ? 0x41 : 0, /* 3GPP TS 23.040 9.2.3.15: 0x41 incompatible destination */
        .sent_ms = clock_wall_ms(),
    };
    fake->has_report = true;
}

static void fake_settle(struct fake *fake)
{
    const struct fake_step *step = fake_step_of(*fake->at);
    struct adapter_result result = {
        .outcome = {.kind = step->kind, .code = step->code, .wait_ms = step->wait_ms}};
    struct adapter_job *job = fake->job;

    fake->at = fake->at[1] ? fake->at + 1 : fake->script;
    snprintf(result.outcome.detail, sizeof result.outcome.detail, "%s", step->detail);
    if (step->kind == OUTCOME_SENT) {
        fake->reference = (fake->reference + 1) & 255;
        result.outcome.n_references = 1;
        result.outcome.references[0] = fake->reference;
        if (step->letter != 's')
            fake_owe_report(fake, job, step->letter == 'N');
    }
    fake->job = NULL;
    if (step->letter == 'X') {
        fake->phase = FAKE_LOST;
        fake->env.events->ready(fake->env.ctx, false, step->detail);
    }
    fake->env.events->done(fake->env.ctx, job, &result);
}

/* One step a turn; a report goes before the next job, as there is room for one only. */
static void fake_on_turn(uv_idle_t *turn)
{
    struct fake *fake = turn->data;
    const struct adapter_events *events = fake->env.events;

    if (fake->has_report) {
        struct status_report report = fake->report;

        fake->has_report = false;
        events->report(fake->env.ctx, &report);
    } else if (fake->job) {
        fake_settle(fake);
    } else if (fake->phase == FAKE_STARTING || fake->phase == FAKE_LOST) {
        fake->phase = FAKE_READY;
        events->ready(fake->env.ctx, true, "");
    } else if (fake->phase == FAKE_READY) {
        uv_idle_stop(turn);
    }
}

static int fake_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    struct fake *fake = state;
    const char *device = env->modem->device;

    fake->env = *env;
    if (strncmp(device, FAKE_PREFIX, strlen(FAKE_PREFIX)) != 0 || !device[strlen(FAKE_PREFIX)]) {
        snprintf(why, why_size,
                 lang("Device \"%s\" has no script; write %sS.", "设备“%s”没有脚本,请写成 %sS。"),
                 device, FAKE_PREFIX);
        return -EINVAL;
    }
    fake->script = fake->at = device + strlen(FAKE_PREFIX);
    for (const char *c = fake->script; *c; c++)
        if (!fake_step_of(*c)) {
            snprintf(why, why_size,
                     lang("The script \"%s\" has an unknown letter '%c'; use S s N R D U X.",
                          "脚本“%s”中有未知字母“%c”,只能用 S s N R D U X。"),
                     fake->script, *c);
            return -EINVAL;
        }
    return 0;
}

static int fake_start(void *state)
{
    struct fake *fake = state;

    LOG_ASSERT(fake->phase == FAKE_NEW);
    uv_idle_init(fake->env.loop, &fake->turn);
    fake->turn.data = fake;
    fake->phase = FAKE_STARTING;
    return uv_idle_start(&fake->turn, fake_on_turn);
}

static int fake_submit(void *state, struct adapter_job *job)
{
    struct fake *fake = state;

    if (fake->phase != FAKE_READY || fake->job)
        return EAGAIN;
    fake->job = job;
    return uv_idle_start(&fake->turn, fake_on_turn);
}

/* A report that is still owed is lost with the device, as a real one would be. */
static void fake_on_closed(uv_handle_t *handle)
{
    struct fake *fake = handle->data;
    struct adapter_job *job = fake->job;
    struct adapter_result result = {
        .outcome = {.kind = OUTCOME_RETURNED, .detail = "stopped before it was touched"}};

    fake->phase = FAKE_STOPPED;
    fake->job = NULL;
    if (job)
        fake->env.events->done(fake->env.ctx, job, &result);
    fake->env.events->stopped(fake->env.ctx);
}

static void fake_stop(void *state)
{
    struct fake *fake = state;

    LOG_ASSERT(fake->phase != FAKE_NEW && fake->phase < FAKE_STOPPING);
    fake->phase = FAKE_STOPPING;
    uv_close((uv_handle_t *)&fake->turn, fake_on_closed);
}

static void fake_fini(void *state)
{
    const struct fake *fake = state;

    LOG_ASSERT(fake->phase == FAKE_NEW || fake->phase == FAKE_STOPPED);
    LOG_ASSERT(!fake->job);
}

const struct adapter adapter_fake = {
    .kind = {.name = "fake"},
    .channel = CHANNEL_SMS,
    .caps = ADAPTER_REPORTS,
    .state_size = sizeof(struct fake),
    .init = fake_init,
    .start = fake_start,
    .submit = fake_submit,
    .stop = fake_stop,
    .fini = fake_fini,
};
