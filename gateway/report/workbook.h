/* workbook: a file of sheets for spreadsheets (XLSX).
 * Runs: any. Library: libxlsxwriter (workbook.c only). Source: ECMA-376 (ISO/IEC 29500).
 *
 * Rows are written one after another and leave memory at once, on several sheets in turn if need
 * be; a sheet that is full goes on in a new one. Numbers are numbers; text is never a formula,
 * whatever it begins with. What XML can't hold becomes "?".
 *
 * The file appears under its name whole or not at all, readable by its owner only. Failures are
 * kept and told by workbook_finish. */
#ifndef LAWCAST_REPORT_WORKBOOK_H
#define LAWCAST_REPORT_WORKBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORKBOOK_NAME 31   /* UTF-16 units that the name of a sheet may have */
#define WORKBOOK_TEXT 2000 /* characters of a cell; what is longer is cut */
#define WORKBOOK_ROWS 1048576

struct workbook;
struct workbook_sheet;

/* 0 or -errno. */
int workbook_start(struct workbook **out, const char *path);
/* A sheet of that name, or one like it: without []:*?/\, not longer than WORKBOOK_NAME, unlike
 * those before it. widths: of the first n columns, in digits; they lie as long as the workbook.
 * Lent. */
struct workbook_sheet *workbook_sheet(struct workbook *workbook, const char *name,
                                      const unsigned char *widths, size_t n);

/* Cells of the row that is being written, from the left. */
void workbook_text(struct workbook_sheet *sheet, const char *text);
void workbook_bold(struct workbook_sheet *sheet, const char *text);
void workbook_number(struct workbook_sheet *sheet, int64_t number);
void workbook_share(struct workbook_sheet *sheet, int64_t part, int64_t whole); /* "62.5%" */
void workbook_skip(struct workbook_sheet *sheet);
/* The titles of a table, as the whole row. */
void workbook_titles(struct workbook_sheet *sheet, const char *const *titles, size_t n);
void workbook_end_row(struct workbook_sheet *sheet); /* an empty one, too */
/* The rows so far stay in sight, and come again at the top of a sheet that goes on: titles as they
 * were given last. */
void workbook_freeze(struct workbook_sheet *sheet);

/* Puts the file in its place. 0, or -errno of the first failure: then an older file of that name is
 * untouched. Frees either way. */
int workbook_finish(struct workbook *workbook);
void workbook_abandon(struct workbook *workbook); /* NULL is fine */

#endif
