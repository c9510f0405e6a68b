/* stage: a folder with an office, a campaign and recipients, for end-to-end tests; and lawcast run
 * on it.
 *
 * Everything lies below one mkdtemp folder that stage_close removes. Programs are found next to the
 * test's build folder (../../lawcast) or through LAWCAST. Failures end the test with a message. */
#ifndef LAWCAST_TESTS_STAGE_H
#define LAWCAST_TESTS_STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/base/buffer.h"

struct stage {
    char dir[64];
    char conf[96], campaign[96], books[96];
    const char *program; /* what stage_spawn runs: "lawcast" */
};

void stage_open(struct stage *stage);
void stage_close(struct stage *stage);
/* Writes a file below the folder; name without a slash. */
void stage_write(const struct stage *stage, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* n recipients with the numbers first, first + 1, ... (86 left out), columns 手机号,姓名. */
void stage_write_numbers(const struct stage *stage, const char *name, int64_t first, size_t n);
/* "2026-10-31 08:30:00" for now + seconds, in Asia/Shanghai. */
void stage_time(int64_t seconds, char text[static 20]);

#define STAGE_FIRST INT64_C(13800000000) /* the number of the first recipient */

/* One bank "m" of simulated modems. */
struct stage_bank {
    const char *first_modem; /* its link; the others follow it */
    int modems;
    const char *options; /* more settings of the bank; NULL: none */
    const char *office;  /* more settings of the office; NULL: none */
};
/* lawcast.cfg, with the units city and weather. */
void stage_write_office(const struct stage *stage, const struct stage_bank *bank);
/* campaign.cfg: "c1" with one window from now + from_s to now + to_s, and city.csv: so many
 * messages of the unit city. sms: the settings of the group sms. */
void stage_write_campaign(const struct stage *stage, int64_t from_s, int64_t to_s, const char *sms,
                          size_t messages);

/* The path of one of our programs. */
const char *stage_program(const char *name, char *path, size_t size);

struct stage_child {
    pid_t pid;
    int out;            /* its stdout and stderr, together */
    struct buffer said; /* what was read of it; freed by stage_wait and stage_kill */
};

/* Runs lawcast with the arguments (ended by NULL); LANG=C, TZ unset. */
void stage_spawn(const struct stage *stage, struct stage_child *child, const char *const *args);
/* Waits until it has said text; fails the test when it ends, or falls silent for 20 s, before. */
void stage_hear(struct stage_child *child, const char *text);
/* Waits until the books hold the campaign with all its messages; same. */
void stage_await(const struct stage *stage, struct stage_child *child, const char *campaign);
void stage_signal(const struct stage_child *child, int number);
/* Waits for it, at most timeout_s; *output (if not NULL) is all that it printed, to be freed. The
 * exit status, or 128 + the signal. Fails the test at the time-out, after killing it. */
int stage_wait(struct stage_child *child, int timeout_s, char **output);
void stage_kill(struct stage_child *child); /* SIGKILL, and waits */
/* spawn and wait. */
int stage_lawcast(const struct stage *stage, char **output, const char *const *args);
/* The same, which must end with this code: what it says; to be freed. */
char *stage_ends(const struct stage *stage, int code, const char *const *args);
/* And must say this. */
void stage_says(const struct stage *stage, int code, const char *says, const char *const *args);
/* Between two looks at something that only time can bring. */
void stage_pause(void);
/* Has the child ended? (doesn't wait) */
bool stage_has_ended(struct stage_child *child, int *status);

#endif
