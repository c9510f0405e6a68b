/* sim_log: the ground truth. See sim_log.h.
 * Runs: loop. */
#include "tests/sim/sim_log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

enum { SIM_LOG_FULL = 64 * 1024, SIM_LOG_QUIET_MS = 50, SIM_LOG_LINE_MAX = 256 };

struct sim_log {
    uv_timer_t quiet;
    struct buffer pending;
    int fd; /* -1: nothing is written */
    uint64_t accepted;
};

struct sim_log *sim_log_open(uv_loop_t *loop, const char *path)
{
    struct sim_log *log;
    int fd = -1;

    if (path) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0)
            return NULL;
    }
    log = mem_new(struct sim_log);
    log->fd = fd;
    uv_timer_init(loop, &log->quiet);
    log->quiet.data = log;
    return log;
}

void sim_log_flush(struct sim_log *log)
{
    size_t at = 0;

    while (log->fd >= 0 && at < log->pending.length) {
        ssize_t n = write(log->fd, log->pending.data + at, log->pending.length - at);

        if (n < 0 && errno != EINTR)
            log_panic("the simulator's log can't be written: %s", strerror(errno));
        if (n > 0)
            at += (size_t)n;
    }
    buffer_clear(&log->pending);
    uv_timer_stop(&log->quiet);
}

static void sim_log_on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void sim_log_close(struct sim_log *log)
{
    sim_log_flush(log);
    if (log->fd >= 0)
        close(log->fd);
    buffer_free(&log->pending);
    uv_close((uv_handle_t *)&log->quiet, sim_log_on_closed);
}

uint64_t sim_log_accepted_count(const struct sim_log *log)
{
    return log->accepted;
}

static void sim_log_on_quiet(uv_timer_t *timer)
{
    sim_log_flush(timer->data);
}

/* Formatted on the stack: one line per message must not cost an allocation. */
__attribute__((format(printf, 2, 3))) static void sim_log_add(struct sim_log *log,
                                                              const char *format, ...)
{
    char text[SIM_LOG_LINE_MAX];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    LOG_ASSERT(length >= 0 && length < SIM_LOG_LINE_MAX);
    buffer_add(&log->pending, text, (size_t)length);
}

/* Adds text as a JSON string with its quotes; text is UTF-8. */
static void sim_log_add_string(struct sim_log *log, const char *text)
{
    buffer_add_char(&log->pending, '"');
    while (*text) {
        size_t plain = 0;

        while ((unsigned char)text[plain] >= ' ' && text[plain] != '"' && text[plain] != '\\')
            plain++;
        buffer_add(&log->pending, text, plain);
        text += plain;
        if (!*text)
            break;
        if (*text == '"' || *text == '\\')
            sim_log_add(log, "\\%c", *text);
        else
            sim_log_add(log, "\\u%04x", (unsigned)(unsigned char)*text);
        text++;
    }
    buffer_add_char(&log->pending, '"');
}

static void sim_log_begin(struct sim_log *log, int64_t t, const char *event)
{
    sim_log_add(log, "{\"t\":%" PRId64 ",\"event\":\"%s\"", t, event);
}

static void sim_log_end(struct sim_log *log)
{
    buffer_add(&log->pending, "}\n", 2);
    if (log->pending.length >= SIM_LOG_FULL)
        sim_log_flush(log);
    else if (!uv_is_active((uv_handle_t *)&log->quiet))
        uv_timer_start(&log->quiet, sim_log_on_quiet, SIM_LOG_QUIET_MS, 0);
}

void sim_log_accepted(struct sim_log *log, const struct sim_log_modem *modem, unsigned reference,
                      const struct pdu_submit *submit)
{
    log->accepted++;
    sim_log_begin(log, clock_wall_ms(), "accepted");
    sim_log_add(log, ",\"modem\":%u,\"imsi\":\"%s\",\"number\":\"%s\",\"ref\":%u", modem->index,
                modem->imsi, submit->number, reference);
    sim_log_add(log, ",\"part\":%u,\"parts\":%u,\"concat\":%u", submit->part, submit->parts,
                submit->concat);
    if (submit->vp != PDU_NO_VP)
        sim_log_add(log, ",\"vp\":%d", submit->vp);
    sim_log_add(log,
                ",\"alphabet\":\"%s\",\"text\":", submit->alphabet == PDU_GSM7 ? "gsm7" : "ucs2");
    sim_log_add_string(log, submit->text);
    sim_log_end(log);
}

void sim_log_rejected(struct sim_log *log, unsigned modem, const char *number,
                      const struct at_refusal *refusal)
{
    static const char *const kinds[] = {
        [AT_ERROR_CMS] = "cms", [AT_ERROR_CME] = "cme", [AT_ERROR_PLAIN] = "error"};

    sim_log_begin(log, clock_wall_ms(), "rejected");
    sim_log_add(log, ",\"modem\":%u,\"number\":\"%s\",\"code\":%d,\"kind\":\"%s\"", modem, number,
                refusal->code, kinds[refusal->kind]);
    sim_log_end(log);
}

void sim_log_reported(struct sim_log *log, const struct report *report)
{
    sim_log_begin(log, clock_wall_ms(), report->stray ? "stray" : "reported");
    sim_log_add(log, ",\"modem\":%u,\"number\":\"%s\",\"ref\":%u,\"status\":%u", report->modem,
                report->number, report->reference, report->status);
    sim_log_end(log);
}

/* What events about a card's memory begin with. */
static void sim_log_begin_stored(struct sim_log *log, const char *event,
                                 const struct sim_log_modem *modem, const char *number)
{
    sim_log_begin(log, clock_wall_ms(), event);
    sim_log_add(log, ",\"modem\":%u,\"imsi\":\"%s\",\"number\":", modem->index, modem->imsi);
    sim_log_add_string(log, number);
}

void sim_log_inbound(struct sim_log *log, const struct sim_log_modem *modem,
                     const struct sim_log_inbound *inbound)
{
    sim_log_begin_stored(log, "inbound", modem, inbound->number);
    sim_log_add(log,
                ",\"part\":%u,\"parts\":%u,\"stored\":%s,\"place\":%zu,\"text\":", inbound->part,
                inbound->parts, inbound->place ? "true" : "false", inbound->place);
    sim_log_add_string(log, inbound->text);
    sim_log_end(log);
}

void sim_log_deleted(struct sim_log *log, const struct sim_log_modem *modem, const char *number,
                     size_t place)
{
    sim_log_begin_stored(log, "deleted", modem, number);
    sim_log_add(log, ",\"place\":%zu", place);
    sim_log_end(log);
}

void sim_log_bad(struct sim_log *log, unsigned modem, const char *why)
{
    sim_log_begin(log, clock_wall_ms(), "bad");
    sim_log_add(log, ",\"modem\":%u,\"why\":\"%s\"", modem, why);
    sim_log_end(log);
}

void sim_log_view(struct sim_log *log, const struct sim_log_view *view)
{
    sim_log_begin(log, view->t, view->shown ? "shown" : "hidden");
    buffer_add_text(&log->pending, ",\"board\":");
    sim_log_add_string(log, view->board);
    buffer_add_text(&log->pending, ",\"name\":");
    sim_log_add_string(log, view->name);
    buffer_add_text(&log->pending, ",\"text\":");
    sim_log_add_string(log, view->text);
    if (view->open)
        buffer_add_text(&log->pending, ",\"open\":true");
    sim_log_end(log);
}
