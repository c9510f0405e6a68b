/* statement_print: a statement for people (table), spreadsheets (CSV) and programs (JSON).
 * Runs: any. The JSON is a contract: keys are only ever added. */
#ifndef LAWCAST_REPORT_STATEMENT_PRINT_H
#define LAWCAST_REPORT_STATEMENT_PRINT_H

#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/report/statement.h"

/* In the order in which people ask: what was reached, what is missing. */
extern const enum statement_column statement_order[STATEMENT_COLUMNS];

/* "Window: FROM to TO (UTC+08:00)", a line each. */
void statement_print_windows(const struct statement *statement, FILE *out);
/* What the boards showed day by day, and the targets, as tables; nothing where there is none. */
void statement_print_shown(const struct statement *statement, FILE *out);
void statement_print_targets(const struct statement *statement, FILE *out);
/* By network and by day; by modem and by SIM. A table each, nothing where there are no messages. */
void statement_print_dimensions(const struct statement *statement, FILE *out);
void statement_print_modems(const struct statement *statement, FILE *out);
void statement_print_table(const struct statement *statement, FILE *out);
void statement_print_csv(const struct statement *statement, FILE *out);
/* What the code of a message means, in the user's language; "": nothing, or it is none. */
const char *statement_delivery_why(const struct books_delivery *delivery);
/* One CSV line a delivery, numbers masked unless STATEMENT_NUMBERS. 0 or -errno. */
int statement_print_deliveries(struct books *books, const struct statement *statement, FILE *out);
/* One CSV line for each time in which a board was proved to show a slogan, board by board, also for
 * what doesn't count. 0 or -errno. */
int statement_print_showings(struct books *books, const struct statement *statement, FILE *out);
struct statement_workbook {
    struct books *books;               /* held since the statement was read */
    const struct statement *statement; /* read with STATEMENT_MODEMS and STATEMENT_UNIT_DAYS */
    const char *path;
    const char *unit;    /* only what is of this one; NULL: all */
    const char *refused; /* file of rows that were not taken (refused.h); NULL: none known */
};

/* Sheets of totals, of each unit, boards, days, modems, failed messages and rows that were not
 * taken. Numbers are masked unless STATEMENT_NUMBERS. 0, or 1: why says what is wrong. */
int statement_write_workbook(const struct statement_workbook *job, char *why, size_t why_size);
/* The whole document; the caller frees it. */
struct jv *statement_to_json(const struct statement *statement);

#endif
