/* log: one line per event. See log.h.
 * Runs: any. */
#include "gateway/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/outlet.h"

static _Atomic int log_level = LOG_LEVEL_WARNING;
/* Where lines go, opened once and kept until the process ends; and how many did not fit. */
static struct outlet *_Atomic log_outlet;
static _Atomic int64_t log_dropped;
/* A person reads standard error, who has asked for no lines; and whether it was said that there
 * were some. */
static _Atomic bool log_muted, log_told;

static const struct {
    const char *word;
    const char *priority; /* sd-daemon(3) */
} log_levels[] = {
    [LOG_LEVEL_ERROR] = {"error", "<3>"},
    [LOG_LEVEL_WARNING] = {"warning", "<4>"},
    [LOG_LEVEL_INFO] = {"info", "<6>"},
    [LOG_LEVEL_DEBUG] = {"debug", "<7>"},
};

void log_set_level(enum log_level level)
{
    atomic_store(&log_level, (int)level);
    atomic_store(&log_muted, false);
}

void log_open(void)
{
    struct outlet *old = atomic_exchange(&log_outlet, outlet_open(STDERR_FILENO));

    atomic_store(&log_muted, isatty(STDERR_FILENO) && !getenv("JOURNAL_STREAM"));
    if (old)
        outlet_close(old);
}

/* The line as it is written, with what stands before it and its "\n". */
struct log_text {
    char bytes[1100];
    size_t length;
};

static void log_compose(enum log_level level, const char *line, struct log_text *text)
{
    char when[20];
    int length;

    if (getenv("JOURNAL_STREAM")) {
        length =
            snprintf(text->bytes, sizeof text->bytes, "%s%s\n", log_levels[level].priority, line);
    } else {
        clock_format(clock_wall_ms(), when);
        length = snprintf(text->bytes, sizeof text->bytes, "%s %s %s\n", when,
                          log_levels[level].word, line);
    }
    text->length = length > 0 ? (size_t)length : 0;
}

static bool log_put(const struct log_text *text)
{
    return outlet_write(atomic_load(&log_outlet), text->bytes, text->length);
}

/* A gap in the log is told in the log, before the first line that fits again. */
static void log_tell_dropped(void)
{
    int64_t dropped = atomic_exchange(&log_dropped, 0);
    struct log_text text;
    char line[64];

    if (!dropped)
        return;
    snprintf(line, sizeof line, "log lines_dropped=%lld", (long long)dropped);
    log_compose(LOG_LEVEL_WARNING, line, &text);
    if (!log_put(&text))
        atomic_fetch_add(&log_dropped, dropped);
}

static void log_open_first(void)
{
    struct outlet *fresh, *none = NULL;

    if (atomic_load(&log_outlet))
        return;
    fresh = outlet_open(STDERR_FILENO);
    if (!atomic_compare_exchange_strong(&log_outlet, &none, fresh))
        outlet_close(fresh);
}

/* In the reader's own language, and once: what follows is more of the same. */
static void log_tell_muted(void)
{
    const char *text = lang(
        "lawcast: something unusual was noted in the log, which isn't shown on a terminal. See "
        "lawcast modems and lawcast boards; to read it, add 2>log.txt to the command.\n",
        "lawcast：有异常情况记入日志（终端上不显示）。请用 lawcast modems、lawcast boards "
        "查看；要看日志，请在命令后加 2>log.txt。\n");

    if (!atomic_exchange(&log_told, true))
        (void)outlet_write(atomic_load(&log_outlet), text, strlen(text));
}

void log_write(enum log_level level, const char *format, ...)
{
    struct log_text text;
    char line[1024];
    va_list args;

    if ((int)level > atomic_load(&log_level))
        return;
    if (atomic_load(&log_muted)) {
        log_tell_muted();
        return;
    }
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log_open_first();
    log_tell_dropped();
    log_compose(level, line, &text);
    if (!log_put(&text))
        atomic_fetch_add(&log_dropped, 1);
}

/* May wait: nothing else runs any more, and these words must not get lost. */
void log_panic_at(const char *file, int line, const char *format, ...)
{
    struct log_text text;
    char words[1024];
    va_list args;
    int length = snprintf(words, sizeof words, "%s:%d: ", file, line);
    size_t used = length > 0 ? strlen(words) : 0;

    va_start(args, format);
    vsnprintf(words + used, sizeof words - used, format, args);
    va_end(args);
    log_compose(LOG_LEVEL_ERROR, words, &text);
    fwrite(text.bytes, 1, text.length, stderr);
    abort();
}
