/* log: one line per event, key=value, to standard error.
 * Runs: any.
 *
 * Logs are for operators and programs: English, one line, never a full phone number. Under systemd
 * (JOURNAL_STREAM set) each line starts with the <n> priority that journald reads; else it starts
 * with the time. What a user must act on is a message to the user, not a log line: on a terminal
 * there are none before somebody asks for them, only, once, a sentence that there were.
 *
 * Logging never waits for whoever reads it (outlet.h): lines that do not fit are dropped, and the
 * next one that fits is preceded by a line that counts them. */
#ifndef LAWCAST_BASE_LOG_H
#define LAWCAST_BASE_LOG_H

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Lines above this level are dropped before they are formatted. Default: warning. Set once, at
 * start, by who asks for lines: then they appear on a terminal, too. */
void log_set_level(enum log_level level);
/* Takes standard error as it is now; a terminal is a person. Call it at start, while nobody else
 * logs; without it the first line does the same, and all lines are written. */
void log_open(void);
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* A broken invariant: says where and what, and ends the process. The books are whole on disk. */
_Noreturn void log_panic_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define log_panic(...) log_panic_at(__FILE__, __LINE__, __VA_ARGS__)
#define LOG_ASSERT(condition)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            log_panic("broken invariant: %s", #condition);                                         \
    } while (0)

#endif
