/* fold: a long line of text in as many lines as a terminal needs.
 * Runs: any (pure).
 *
 * Widths are counted in terminal columns. Lines break at spaces and between Chinese characters, not
 * before a closing mark nor behind an opening one; a word that is wider than the terminal is left
 * whole, so that an address or a path can be copied. */
#ifndef LAWCAST_REPORT_FOLD_H
#define LAWCAST_REPORT_FOLD_H

#include <stddef.h>
#include <stdio.h>

#define FOLD_COLUMNS 80 /* of a terminal that nobody has asked */

/* Prints one line (no line break in it), and a line break. What doesn't fit into columns follows on
 * further lines, indented by so many spaces. */
void fold_print(const char *line, size_t columns, size_t indent, FILE *out);

#endif
