/* timetext: what is wrong with a time that can't be taken, and how it is written.
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_CONFIG_TIMETEXT_H
#define LAWCAST_CONFIG_TIMETEXT_H

#include "gateway/base/buffer.h"

/* Adds a sentence in the user's language about text, which window_parse_time has refused. */
void timetext_explain(const char *text, struct buffer *out);
/* Same for a date, which calendar_parse_date has refused. */
void timetext_explain_date(const char *text, struct buffer *out);

#endif
