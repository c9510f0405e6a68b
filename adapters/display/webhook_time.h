/* webhook_time: instants as platforms write them.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TIME_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"

/* Is it a format of webhook_time_write? "" is ISO 8601 with the offset; "s" and "ms" count since
 * 1970; "local" is 2026-10-31 08:30:00; one with "%" is made of %Y %y %m %d %H %M %S %j %% and
 * other characters, at most 60 bytes, and tells local time. */
bool webhook_time_is_format(const char *format, size_t length);
/* Adds the instant; the format is one. */
void webhook_time_write(int64_t wall_ms, const char *format, size_t length, struct buffer *out);
/* Reads seconds or milliseconds since 1970 (a number or digits), or a date and time, local when no
 * offset follows. False: it is none of them. */
bool webhook_time_read(const struct jv *value, int64_t *wall_ms);

#endif
