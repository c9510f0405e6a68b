/* alarm: tells another system, by POST, that a unit is going to miss its quota, and when that is
 * cured.
 * Runs: loop. Never blocks.
 *
 * What is raised waits in a line and goes out one by one, oldest first. Any 2xx is an answer; all
 * else is tried again, after ALARM_FIRST_MS doubled up to ALARM_MOST_MS, or later when the reply
 * asks for it. After ALARM_GIVE_UP_MS it is given up, with a line in the log, as is the oldest when
 * more than ALARM_WAITING_MOST wait. The address may hold a key: it is never logged. */
#ifndef LAWCAST_ALARM_H
#define LAWCAST_ALARM_H

#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "adapters/display/http.h"

#define ALARM_WAITING_MOST 64
#define ALARM_FIRST_MS     5000
#define ALARM_MOST_MS      (300 * 1000)
#define ALARM_GIVE_UP_MS   (3600 * INT64_C(1000))
#define ALARM_STOP_MS      2000 /* at a stop what waits gets so long, all together */

struct alarm; /* opaque */

struct alarm_setup {
    uv_loop_t *loop;
    struct http *http;                              /* lent until closed */
    int64_t first_ms, most_ms, give_up_ms, stop_ms; /* 0: as above */
};

struct alarm_news {
    const char *event; /* "forecast", "cured" */
    const char *campaign, *unit, *name;
    int64_t missing;   /* messages */
    int64_t finish_ms; /* INT64_MAX or 0: not in time, or not known */
    const char *bound;
    int64_t at_ms;
};

struct alarm *alarm_new(const struct alarm_setup *setup);
/* Where to; copied. What waits goes to the new address; NULL: nowhere, and it is dropped. */
void alarm_aim(struct alarm *alarm, const char *url);
void alarm_raise(struct alarm *alarm, const struct alarm_news *news);
size_t alarm_waiting(const struct alarm *alarm);
/* What waits is tried once more, without back-off; then closed is called, never from inside, and
 * the alarm is gone. */
void alarm_close(struct alarm *alarm, void (*closed)(void *ctx), void *ctx);

#endif
