/* strict: a fake modem that notes what reaches it, and whether it came in time. Include in one file
 * of a test program. Runs: loop.
 *
 * The loop's data is a struct strict_log, which all modems of the loop share. */
#ifndef LAWCAST_TESTS_UNIT_STRICT_H
#define LAWCAST_TESTS_UNIT_STRICT_H

#include "gateway/base/clock.h"
#include "gateway/model/campaign.h"
#include "adapters/fake.h"

struct strict_log {
    const struct window *window;
    int64_t submits, late; /* jobs that modems took; those of them at or after the window's end, or
                              valid for longer (answers, which want no report, may be) */
    size_t lent;           /* jobs that modems have now */
};

struct strict {
    struct strict_log *log;
    const struct adapter_events *events;
    void *ctx;
    max_align_t fake[]; /* adapter_fake's own state */
};

static void strict_on_ready(void *ctx, bool ready, const char *why)
{
    const struct strict *strict = ctx;

    strict->events->ready(strict->ctx, ready, why);
}

static void strict_on_done(void *ctx, struct adapter_job *job, const struct adapter_result *result)
{
    const struct strict *strict = ctx;

    strict->log->lent--;
    strict->events->done(strict->ctx, job, result);
}

static void strict_on_report(void *ctx, const struct status_report *report)
{
    const struct strict *strict = ctx;

    strict->events->report(strict->ctx, report);
}

static void strict_on_health(void *ctx, const struct modem_health *health)
{
    const struct strict *strict = ctx;

    strict->events->health(strict->ctx, health);
}

static void strict_on_received(void *ctx, const struct inbound *inbound)
{
    const struct strict *strict = ctx;

    strict->events->received(strict->ctx, inbound);
}

static void strict_on_pin_refused(void *ctx, int64_t mark)
{
    const struct strict *strict = ctx;

    strict->events->pin_refused(strict->ctx, mark);
}

static void strict_on_stopped(void *ctx)
{
    const struct strict *strict = ctx;

    strict->events->stopped(strict->ctx);
}

static int strict_init(void *state, const struct adapter_env *env, char *why, size_t why_size)
{
    static const struct adapter_events events = {
        .ready = strict_on_ready,
        .done = strict_on_done,
        .report = strict_on_report,
        .health = strict_on_health,
        .received = strict_on_received,
        .pin_refused = strict_on_pin_refused,
        .stopped = strict_on_stopped,
    };
    struct strict *strict = state;
    struct adapter_env inner = *env;

    strict->log = env->loop->data;
    strict->events = env->events;
    strict->ctx = env->ctx;
    inner.events = &events;
    inner.ctx = strict;
    return adapter_fake.init(strict->fake, &inner, why, why_size);
}

static int strict_start(void *state)
{
    return adapter_fake.start(((struct strict *)state)->fake);
}

static int strict_submit(void *state, struct adapter_job *job)
{
    struct strict *strict = state;
    struct strict_log *log = strict->log;
    int rc = adapter_fake.submit(strict->fake, job);

    if (rc)
        return rc;
    log->submits++;
    log->lent++;
    log->late += clock_wall_ms() >= log->window->to_ms;
    log->late += job->want_report && job->until_ms != log->window->to_ms;
    return 0;
}

static void strict_forget(void *state, uint64_t ticket)
{
    adapter_fake.forget(((struct strict *)state)->fake, ticket);
}

static void strict_remember(void *state, int64_t pin_mark, const char *imsi)
{
    adapter_fake.remember(((struct strict *)state)->fake, pin_mark, imsi);
}

static void strict_stop(void *state)
{
    adapter_fake.stop(((struct strict *)state)->fake);
}

static void strict_fini(void *state)
{
    adapter_fake.fini(((struct strict *)state)->fake);
}

static inline struct adapter strict_adapter(void)
{
    struct adapter strict = adapter_fake;

    strict.state_size += sizeof(struct strict);
    strict.init = strict_init;
    strict.start = strict_start;
    strict.submit = strict_submit;
    strict.forget = strict_forget;
    strict.remember = strict_remember;
    strict.stop = strict_stop;
    strict.fini = strict_fini;
    return strict;
}

#endif
