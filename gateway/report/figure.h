/* figure: numbers, shares, durations and times as people read them.
 * Runs: any (pure, but for the process's time zone).
 *
 * One form everywhere: thousands with ",", percent with one decimal, rounded, but 99.96 % is
 * never printed as 100 %, and a dash where a figure would have no meaning. */
#ifndef LAWCAST_REPORT_FIGURE_H
#define LAWCAST_REPORT_FIGURE_H

#include <stdint.h>

#define FIGURE_ROOM 32

void figure_count(int64_t count, char text[static FIGURE_ROOM]); /* "130,000" */
void figure_percent(int64_t part, int64_t whole,
                    char text[static FIGURE_ROOM]);              /* "62.5%" or "-" */
int64_t figure_permille(int64_t part, int64_t whole);            /* 625; whole > 0 */
void figure_span(int64_t ms, char text[static FIGURE_ROOM]);     /* "2:29:59", hours unbounded */
void figure_iso(int64_t wall_ms, char text[static FIGURE_ROOM]); /* "2026-10-31T08:30:00+08:00" */

#endif
