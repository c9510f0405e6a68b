/* statement_table_lines: messages by network, day, modem and SIM, for people. See
 * statement_print.h.
 * Runs: any. */
#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"
#include "gateway/report/table.h"

#define STATEMENT_LABEL_WIDTH 24

enum { LINE_CELLS = STATEMENT_COLUMNS + 3 };

static void statement_table_row(struct table *table, const struct statement_line *line,
                                enum statement_dimension dimension, unsigned with)
{
    BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;
    char text[LINE_CELLS][FIGURE_ROOM];
    const char *cells[LINE_CELLS];

    statement_line_label(line, dimension, with, &label);
    table_put_text(&name, buffer_text(&label), STATEMENT_LABEL_WIDTH, false);
    figure_count(line->planned, text[1]);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        figure_count(line->n[statement_order[i]], text[2 + i]);
    figure_count(line->parts, text[LINE_CELLS - 1]);
    cells[0] = buffer_text(&name);
    for (size_t i = 1; i < LINE_CELLS; i++)
        cells[i] = text[i];
    table_row(table, cells);
}

static void statement_print_lines(const struct statement *statement,
                                  enum statement_dimension dimension, FILE *out)
{
    const struct statement_lines *lines = &statement->by[dimension];
    struct table_column columns[LINE_CELLS] = {
        {statement_dimension_label(dimension), false, false},
        {lang("Messages", "短信"), true, false},
        [LINE_CELLS - 1] = {lang("Parts", "计费条"), true, false},
    };
    struct table *table;

    if (!lines->n)
        return;
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        columns[2 + i] = (struct table_column){statement_column_label(statement_order[i]), true,
                                               statement_order[i] != COLUMN_DELIVERED};
    fputc('\n', out);
    table = table_new(columns, LINE_CELLS);
    for (size_t i = 0; i < lines->n; i++)
        statement_table_row(table, &lines->lines[i], dimension, statement->with);
    table_print(table, out);
    table_free(table);
}

void statement_print_dimensions(const struct statement *statement, FILE *out)
{
    statement_print_lines(statement, BY_OPERATOR, out);
    statement_print_lines(statement, BY_DAY, out);
}

void statement_print_modems(const struct statement *statement, FILE *out)
{
    statement_print_lines(statement, BY_MODEM, out);
    statement_print_lines(statement, BY_SIM, out);
}
