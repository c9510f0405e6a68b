/* calendar_text: a list of windows as people would write it: "13 Apr - 20 Jun 2026, mon-fri
 * 08:30-11:00: 49 windows, 122 h 30 min".
 * Runs: any (pure, but for the process's time zone). */
#ifndef LAWCAST_REPORT_CALENDAR_TEXT_H
#define LAWCAST_REPORT_CALENDAR_TEXT_H

#include "gateway/base/buffer.h"
#include "gateway/model/window.h"

#define CALENDAR_TEXT_LINES 12 /* what follows is told as a number */

/* Adds lines, each with indent before it and a line break behind it. Windows are sorted. */
void calendar_text(const struct window *windows, size_t n, const char *indent, struct buffer *out);

#endif
