/* log: one line per event. See log.h.
 * Runs: any. */
#include "gateway/base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/clock.h"

static _Atomic int log_level = LOG_LEVEL_WARNING;

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
}

__attribute__((format(printf, 2, 0))) static void log_line(enum log_level level, const char *format,
                                                           va_list args)
{
    char line[1024], when[20];

    vsnprintf(line, sizeof line, format, args);
    if (getenv("JOURNAL_STREAM")) {
        fprintf(stderr, "%s%s\n", log_levels[level].priority, line);
        return;
    }
    clock_format(clock_wall_ms(), when);
    fprintf(stderr, "%s %s %s\n", when, log_levels[level].word, line);
}

void log_write(enum log_level level, const char *format, ...)
{
    va_list args;

    if ((int)level > atomic_load(&log_level))
        return;
    va_start(args, format);
    log_line(level, format, args);
    va_end(args);
}

void log_panic_at(const char *file, int line, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: ", file, line);
    va_start(args, format);
    log_line(LOG_LEVEL_ERROR, format, args);
    va_end(args);
    abort();
}
