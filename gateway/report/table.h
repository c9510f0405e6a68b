/* table: aligned columns for people, on a terminal or on paper.
 * Runs: any.
 *
 * Widths are counted in terminal columns, so that Chinese and Latin text line up. Control
 * characters in cells are shown as "?": a name from a file can't drive the terminal. */
#ifndef LAWCAST_REPORT_TABLE_H
#define LAWCAST_REPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gateway/base/buffer.h"

struct table_column {
    const char *title;
    bool right;    /* figures */
    bool optional; /* left out while all of its cells are "0" or "" */
};

struct table;

/* Lends columns, which lie as long as the table. */
struct table *table_new(const struct table_column *columns, size_t n);
void table_free(struct table *table); /* NULL is fine */
/* Copies one cell a column. */
void table_row(struct table *table, const char *const *cells);
/* A line before the next row: what follows is a sum. */
void table_rule(struct table *table);
void table_print(const struct table *table, FILE *out);

/* Adds text without control characters, cut to at most columns (a cut text ends in "…"); padded:
 * filled up with spaces. Returns the columns used. */
size_t table_put_text(struct buffer *out, const char *text, size_t columns, bool padded);

#endif
