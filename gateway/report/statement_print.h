/* statement_print: a statement for people (table), spreadsheets (CSV) and programs (JSON).
 * Runs: any. The JSON is a contract: keys are only ever added. */
#ifndef LAWCAST_REPORT_STATEMENT_PRINT_H
#define LAWCAST_REPORT_STATEMENT_PRINT_H

#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/report/statement.h"

/* "Window: FROM to TO (UTC+08:00)", a line each. */
void statement_print_windows(const struct statement *statement, FILE *out);
/* What the boards showed day by day, and the targets, as tables; nothing where there is none. */
void statement_print_shown(const struct statement *statement, FILE *out);
void statement_print_targets(const struct statement *statement, FILE *out);
void statement_print_table(const struct statement *statement, FILE *out);
void statement_print_csv(const struct statement *statement, FILE *out);
/* One CSV line a delivery, numbers masked. 0 or -errno. */
int statement_print_deliveries(struct books *books, const struct statement *statement, FILE *out);
/* One CSV line for each time in which a board was proved to show a slogan, board by board, also for
 * what doesn't count. 0 or -errno. */
int statement_print_showings(struct books *books, const struct statement *statement, FILE *out);
/* The whole document; the caller frees it. */
struct jv *statement_to_json(const struct statement *statement);

#endif
