/* fake: a modem that follows a script. See fake.h.
 * Runs: loop. */
#include "adapters/fake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"

#include "adapters/modem/pin.h"

#define FAKE_BAD_PIN "0000"

enum fake_phase {
    FAKE_NEW,
    FAKE_STARTING,
    FAKE_READY,
    FAKE_LOST,
    FAKE_LOCKED, /* for ever: the SIM refused its PIN */
    FAKE_STOPPING,
    FAKE_STOPPED,
};

/* A place in the SIM's memory. */
struct fake_place {
    int64_t address, sent_ms; /* address 0: free */
    const char *text;
    bool told; /* since it was ready last */
};

struct fake {
    struct adapter_env env;
    const char *script, *at; /* at: the next job's letter */
    uv_idle_t turn;          /* runs only while something is owed to the caller */
    enum fake_phase phase;
    struct adapter_job *job;
    struct status_report report; /* owed when has_report */
    bool has_report;
    int reference; /* of the last message, 0..255 */
    struct fake_place places[FAKE_PLACES];
    uint32_t incarnation; /* how often it was made ready */
    struct modem_health health;
    bool has_health; /* same */
    int64_t pin_mark;
};

static const struct fake_step {
    char letter;
    enum outcome_kind kind;
    int code;
    int64_t wait_ms, rest_ms;
    const char *detail;
    const char *answer; /* of the recipient */
} fake_steps[] = {
    {'S', OUTCOME_SENT, 0, 0, 0, "", NULL},
    {'s', OUTCOME_SENT, 0, 0, 0, "", NULL},
    {'N', OUTCOME_SENT, 0, 0, 0, "", NULL},
    {'I', OUTCOME_SENT, 0, 0, 0, "", "TD"},
    {'Q', OUTCOME_SENT, 0, 0, 0, "", "收到"},
    {'H', OUTCOME_SENT, 0, 0, 0, "", NULL},
    {'R', OUTCOME_REJECTED, 500, 0, 0, "the script says rejected", NULL},
    {'D', OUTCOME_DEFERRED, 515, 10, 0, "the script says deferred", NULL},
    {'B', OUTCOME_DEFERRED, 42, 10, 20, "the script says busy", NULL},
    {'U', OUTCOME_UNKNOWN, 0, 0, 0, "the script says unknown", NULL},
    {'X', OUTCOME_RETURNED, 0, 0, 0, "the script says that the device is lost", NULL},
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

static void fake_store(struct fake *fake, int64_t address, const char *text)
{
    for (size_t i = 0; i < FAKE_PLACES; i++) {
        if (fake->places[i].address == 0) {
            fake->places[i] = (struct fake_place){address, clock_wall_ms(), text, false};
            return;
        }
    }
}

static void fake_send(struct fake *fake, const struct fake_step *step, struct outcome *outcome)
{
    fake->reference = (fake->reference + 1) & 255;
    outcome->n_references = 1;
    outcome->references[0] = fake->reference;
    if (step->letter == 'S' || step->letter == 'N')
        fake_owe_report(fake, fake->job, step->letter == 'N');
    if (step->answer)
        fake_store(fake, fake->job->address, step->answer);
    if (step->letter == 'H') {
        fake->health.signal_dbm = fake->health.signal_dbm == -73 ? -97 : -73;
        fake->has_health = true;
    }
}

static void fake_settle(struct fake *fake)
{
    const struct fake_step *step = fake_step_of(*fake->at);
    struct adapter_result result = {.outcome = {.kind = step->kind,
                                                .code = step->code,
                                                .wait_ms = step->wait_ms,
                                                .advice = step->rest_ms ? ADVICE_REST : ADVICE_NONE,
                                                .rest_ms = step->rest_ms}};
    struct adapter_job *job = fake->job;

    fake->at = fake->at[1] ? fake->at + 1 : fake->script;
    snprintf(result.outcome.detail, sizeof result.outcome.detail, "%s", step->detail);
    if (step->kind == OUTCOME_SENT)
        fake_send(fake, step, &result.outcome);
    fake->job = NULL;
    if (step->letter == 'X') {
        fake->phase = FAKE_LOST;
        fake->env.events->ready(fake->env.ctx, false, step->detail);
    }
    fake->env.events->done(fake->env.ctx, job, &result);
}

/* Hands over one message that wasn't since it was ready last; false: there is none. */
static bool fake_receive(struct fake *fake)
{
    for (size_t i = 0; i < FAKE_PLACES; i++) {
        struct fake_place *place = &fake->places[i];
        struct inbound inbound = {.ticket = (uint64_t)fake->incarnation << 32 | i,
                                  .address = place->address,
                                  .sent_ms = place->sent_ms,
                                  .reference = -1,
                                  .total = 1,
                                  .seq = 1};

        if (place->address == 0 || place->told)
            continue;
        place->told = true;
        snprintf(inbound.sender, sizeof inbound.sender, "+%lld", (long long)place->address);
        snprintf(inbound.text, sizeof inbound.text, "%s", place->text);
        fake->env.events->received(fake->env.ctx, &inbound);
        return true;
    }
    return false;
}

static void fake_tell_health(struct fake *fake)
{
    struct modem_health health = fake->health;

    fake->has_health = false;
    fake->env.events->health(fake->env.ctx, &health);
}

static void fake_get_ready(struct fake *fake)
{
    fake->incarnation++;
    for (size_t i = 0; i < FAKE_PLACES; i++)
        fake->places[i].told = false;
    fake->phase = FAKE_READY;
    fake_tell_health(fake);
    if (fake->phase == FAKE_READY) /* nobody has stopped it meanwhile */
        fake->env.events->ready(fake->env.ctx, true, "");
}

static void fake_lock(struct fake *fake)
{
    int64_t mark = modem_pin_mark(fake->env.modem->id, FAKE_BAD_PIN);
    bool known = fake->pin_mark == mark;

    fake->phase = FAKE_LOCKED;
    uv_idle_stop(&fake->turn);
    fake->pin_mark = mark;
    if (!known)
        fake->env.events->pin_refused(fake->env.ctx, mark);
    fake->env.events->ready(fake->env.ctx, false, "the SIM refused its PIN");
}

static void fake_start_up(struct fake *fake)
{
    const char *pin = fake->env.modem->pin;

    if (pin && strcmp(pin, FAKE_BAD_PIN) == 0)
        fake_lock(fake);
    else
        fake_get_ready(fake);
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
    } else if (fake->phase == FAKE_READY && fake_receive(fake)) {
        return;
    } else if (fake->phase == FAKE_READY && fake->has_health) {
        fake_tell_health(fake);
    } else if (fake->job) {
        fake_settle(fake);
    } else if (fake->phase == FAKE_STARTING || fake->phase == FAKE_LOST) {
        fake_start_up(fake);
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
            snprintf(
                why, why_size,
                lang("The script \"%s\" has an unknown letter '%c'; use S s N I Q H R D B U X.",
                     "脚本“%s”中有未知字母“%c”，只能用 S s N I Q H R D B U X。"),
                fake->script, *c);
            return -EINVAL;
        }
    fake->health = (struct modem_health){.registration = REGISTRATION_HOME, .signal_dbm = -73};
    if (env->modem->imsi)
        snprintf(fake->health.imsi, sizeof fake->health.imsi, "%s", env->modem->imsi);
    return 0;
}

static void fake_remember(void *state, int64_t pin_mark, const char *imsi)
{
    struct fake *fake = state;

    (void)imsi; /* it has no other device */
    LOG_ASSERT(fake->phase == FAKE_NEW);
    fake->pin_mark = pin_mark;
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

static void fake_forget(void *state, uint64_t ticket)
{
    struct fake *fake = state;
    size_t place = (uint32_t)ticket;

    if (ticket >> 32 == fake->incarnation && place < FAKE_PLACES && fake->places[place].told)
        fake->places[place] = (struct fake_place){0};
}

/* A report that is still owed is lost with the device, as a real one would be. What has come in is
 * told. */
static void fake_on_closed(uv_handle_t *handle)
{
    struct fake *fake = handle->data;
    struct adapter_job *job = fake->job;
    struct adapter_result result = {
        .outcome = {.kind = OUTCOME_RETURNED, .detail = "stopped before it was touched"}};

    fake->job = NULL;
    while (fake_receive(fake))
        continue;
    if (job)
        fake->env.events->done(fake->env.ctx, job, &result);
    fake->phase = FAKE_STOPPED;
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
    .caps = ADAPTER_REPORTS | ADAPTER_RECEIVES,
    .state_size = sizeof(struct fake),
    .init = fake_init,
    .start = fake_start,
    .submit = fake_submit,
    .forget = fake_forget,
    .remember = fake_remember,
    .stop = fake_stop,
    .fini = fake_fini,
};

ADAPTER_REGISTER(adapter_fake);
