/* statement_sheets: what the files of statement_workbook share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_REPORT_STATEMENT_SHEETS_H
#define LAWCAST_REPORT_STATEMENT_SHEETS_H

#include "gateway/report/statement_print.h"
#include "gateway/report/workbook.h"

#define SHEETS_COLUMNS (STATEMENT_COLUMNS + 8)

/* Titles of planned, the columns and parts; how many. */
size_t sheets_column_titles(const char **titles);
/* A table of lines; unit "": those of all. */
void sheets_lines(struct workbook_sheet *sheet, const struct statement *statement,
                  const struct statement_lines *lines, enum statement_dimension dimension,
                  const char *unit);
/* Boards of an owner, NULL: of all, as a table. */
bool sheets_has_boards(const struct statement *statement, const char *owner);
void sheets_boards(struct workbook_sheet *sheet, const struct statement *statement,
                   const char *owner);
/* Sheets of the boards, and of what they showed day by day. */
/* Who is responsible, by when that had to be told, and what the units did. */
void sheets_contacts(struct workbook *workbook, const struct contact_lines *contacts);
void sheets_board_lists(struct workbook *workbook, const struct statement *statement);
/* Sheets of messages that failed, and of rows that were not taken. 0, or 1: why says what is wrong.
 */
int sheets_lists(struct workbook *workbook, const struct statement_workbook *job, char *why,
                 size_t why_size);

#endif
