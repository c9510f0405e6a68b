/* progress_view: the progress of campaigns as text: a block for a terminal, a line for a pipe.
 * Runs: any (pure, but for the process's time zone and language).
 *
 *   progress_view.c   which lines there are, for how high a terminal; the plain line
 *   progress_units.c  a line per unit: bar, figures, rate, when it will be done
 *   progress_foot.c   modems, boards, what is to be expected, troubles
 *
 * A bar shows what is proved: delivered in full blocks, sent and waiting for a report in grey ones,
 * in doubt as "?"; it is full only when the quota is reached. Colour repeats what shape says. */
#ifndef LAWCAST_REPORT_PROGRESS_VIEW_H
#define LAWCAST_REPORT_PROGRESS_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buffer.h"
#include "gateway/report/pace.h"
#include "gateway/report/progress.h"
#include "gateway/report/statement.h"

struct progress_view {
    const struct statement *statements; /* of the campaigns that are in the books */
    size_t n;
    const struct progress_live *live;
    const struct pace *pace; /* NULL: no rates */
    size_t width, height;    /* of the terminal; a plain line needs neither */
    bool colour;
};

/* Adds lines, each ended by "\n" and at most width columns wide; fewer than height. How many. */
size_t progress_view_block(const struct progress_view *view, struct buffer *out);
/* Adds all figures, beginning with date and time: one line, or more of 80 columns where they don't
 * fit into one; trouble has its own. */
void progress_view_line(const struct progress_view *view, struct buffer *out);
/* A bar of width cells: how many are delivered, sent, in doubt. The rest is empty. */
void progress_view_cells(const struct statement_unit *line, size_t width, size_t cells[static 3]);

#endif
