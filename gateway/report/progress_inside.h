/* progress_inside: what the files of progress_view share; nobody else includes it.
 * Runs: any (pure). */
#ifndef LAWCAST_REPORT_PROGRESS_INSIDE_H
#define LAWCAST_REPORT_PROGRESS_INSIDE_H

#include "gateway/report/progress_view.h"

#define PROGRESS_INVERSE "\033[7m"
#define PROGRESS_OFF     "\033[0m"

/* The messages of all campaigns together. */
struct statement_unit progress_add_up(const struct progress_view *view);
/* Where nobody gets a message, figures about messages say nothing. */
bool progress_has_messages(const struct progress_view *view, const struct statement_unit *sum);
/* A line of plain text, cut to the terminal. */
void progress_text_line(const struct progress_view *view, const char *text, struct buffer *out);

/* ---- progress_units.c ---- */

/* Where the columns of the unit lines stand; 0: left out. */
struct progress_layout {
    size_t name, bar, counts, percent, pace, end;
};

struct progress_layout progress_lay_out(const struct progress_view *view);
/* unit NULL: of all campaigns together. */
void progress_unit_line(const struct progress_view *view, const struct progress_layout *layout,
                        const struct statement *statement, const struct statement_unit *unit,
                        struct buffer *out);
/* Which units of a campaign are shown where only count of them fit: those that will lack most, then
 * those that are furthest behind. shown has n_units places. */
void progress_choose(const struct progress_view *view, const struct statement *statement,
                     size_t count, bool *shown);

/* ---- progress_foot.c ---- */

void progress_figures(const struct statement_unit *sum, struct buffer *out);
void progress_planning(const struct progress_live *live, struct buffer *out);
/* "modems 63/64"; "boards 1/2, showing 1". */
void progress_modems(const struct progress_live *live, struct buffer *out);
void progress_boards(const struct progress_live *live, struct buffer *out);
/* "done at 10:41 (10:52 at worst)", "1,240 short: modems are busy all the time"; nothing when
 * nothing is known. */
void progress_expected(const struct progress_live *live, struct buffer *out);
/* A time as people say it today: "10:41", of another day "11-02 10:41". */
void progress_clock(int64_t now_ms, int64_t at_ms, struct buffer *out);
void progress_strip_line(const struct progress_view *view, struct buffer *out);
void progress_legend_line(const struct progress_view *view, struct buffer *out);
/* How many troubles there are to show, and the i-th of them. */
size_t progress_troubles(const struct progress_view *view);
void progress_trouble_line(const struct progress_view *view, size_t i, struct buffer *out);

#endif
