/* strip: all modems in one line of a terminal.
 * Runs: any (pure).
 *
 * A lane is one character: what it is up to. Where there are more lanes than columns a character
 * stands for several, and shows the worst of them. */
#ifndef LAWCAST_REPORT_STRIP_H
#define LAWCAST_REPORT_STRIP_H

#include <stddef.h>

#include "gateway/base/buffer.h"
#include "gateway/model/lane_state.h"

/* One byte a lane, in this order from fine to bad; what a gateway tells its display. */
#define STRIP_LETTERS "rtpd"

char strip_letter(enum lane_state state);
/* The columns used, at most columns (>= 1). Letters that there are not are shown as "?". */
size_t strip_draw(const char *lanes, size_t columns, struct buffer *out);
/* "▮ ready 60 · ✕ down 4": what the characters mean and how many there are. */
void strip_legend(const char *lanes, struct buffer *out);

#endif
