/* sheet: CSV for spreadsheets.
 * Runs: any. Source: RFC 4180.
 *
 * UTF-8 with a byte-order mark, because Excel guesses the encoding otherwise. A cell that a
 * spreadsheet would take for a formula gets an apostrophe in front: what a stranger wrote into a
 * recipients file must not run on an officer's computer. Errors of the stream are the caller's to
 * check (ferror). */
#ifndef LAWCAST_REPORT_SHEET_H
#define LAWCAST_REPORT_SHEET_H

#include <stddef.h>
#include <stdio.h>

/* The byte-order mark; once, before the first row. */
void sheet_begin(FILE *out);
void sheet_row(FILE *out, const char *const *cells, size_t n);

#endif
