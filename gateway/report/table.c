/* table: aligned columns for people. See table.h.
 * Runs: any. */
#include "gateway/report/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#define TABLE_GAP 2

struct table {
    const struct table_column *columns;
    size_t n_columns, n_rows, room;
    char **cells; /* n_rows x n_columns; a row whose first cell is NULL is a rule */
};

struct table *table_new(const struct table_column *columns, size_t n)
{
    struct table *table = mem_new(struct table);

    table->columns = columns;
    table->n_columns = n;
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

static char **table_add(struct table *table)
{
    char **row;

    if (table->n_rows == table->room) {
        table->room = table->room ? table->room * 2 : 16;
        table->cells = mem_grow(table->cells, table->room * table->n_columns, sizeof *table->cells);
    }
    row = table->cells + table->n_rows++ * table->n_columns;
    memset(row, 0, table->n_columns * sizeof *row);
    return row;
}

static bool table_is_control(int32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

static char *table_clean(const char *text)
{
    struct buffer clean = BUFFER_NULL;
    size_t length = strlen(text), at = 0;

    while (at < length) {
        size_t from = at;
        int32_t code = utf8_next(text, length, &at);

        if (code < 0)
            at++;
        if (code < 0 || table_is_control(code))
            buffer_add_char(&clean, '?');
        else
            buffer_add(&clean, text + from, at - from);
    }
    return buffer_take(&clean);
}

void table_row(struct table *table, const char *const *cells)
{
    char **row = table_add(table);

    for (size_t i = 0; i < table->n_columns; i++)
        row[i] = table_clean(cells[i]);
}

void table_rule(struct table *table)
{
    table_add(table);
}

/* The width of a column, 0 when it is left out. */
static size_t table_width(const struct table *table, size_t column)
{
    size_t width = utf8_columns(table->columns[column].title);
    bool empty = table->columns[column].optional;

    for (size_t i = 0; i < table->n_rows; i++) {
        const char *cell = table->cells[i * table->n_columns + column];
        size_t columns = cell ? utf8_columns(cell) : 0;

        if (columns > width)
            width = columns;
        if (cell && *cell && strcmp(cell, "0") != 0)
            empty = false;
    }
    return empty ? 0 : width;
}

static void table_fill(FILE *out, const char *text, size_t count)
{
    while (count--)
        fputs(text, out);
}

static void table_line(const struct table *table, const size_t *widths, char *const *row, FILE *out)
{
    size_t owed = 0; /* spaces before the next cell: none are left at the end of a line */

    for (size_t i = 0; i < table->n_columns; i++) {
        const char *cell = row ? row[i] : table->columns[i].title;
        size_t pad = widths[i] - (widths[i] ? utf8_columns(cell) : 0);

        if (!widths[i])
            continue;
        table_fill(out, " ", owed + (table->columns[i].right ? pad : 0));
        fputs(cell, out);
        owed = TABLE_GAP + (table->columns[i].right ? 0 : pad);
    }
    fputc('\n', out);
}

static void table_rule_line(const struct table *table, const size_t *widths, FILE *out)
{
    bool first = true;

    for (size_t i = 0; i < table->n_columns; i++) {
        if (!widths[i])
            continue;
        table_fill(out, " ", first ? 0 : TABLE_GAP);
        table_fill(out, "-", widths[i]);
        first = false;
    }
    fputc('\n', out);
}

void table_print(const struct table *table, FILE *out)
{
    size_t *widths = mem_array(table->n_columns, size_t);

    for (size_t i = 0; i < table->n_columns; i++)
        widths[i] = table_width(table, i);
    table_line(table, widths, NULL, out);
    table_rule_line(table, widths, out);
    for (size_t i = 0; i < table->n_rows; i++) {
        char *const *row = table->cells + i * table->n_columns;

        if (row[0])
            table_line(table, widths, row, out);
        else
            table_rule_line(table, widths, out);
    }
    free(widths);
}

size_t table_put_text(struct buffer *out, const char *text, size_t columns, bool padded)
{
    MEM_FREE_LATER char *clean = table_clean(text);
    size_t length = strlen(clean), at = 0, used = 0;
    bool cut = utf8_columns(clean) > columns;

    while (at < length) {
        char piece[8] = "";
        size_t from = at, width;

        if (utf8_next(clean, length, &at) < 0)
            at++;
        memcpy(piece, clean + from, at - from);
        width = utf8_columns(piece);
        if (used + width + (cut ? 1 : 0) > columns)
            break;
        buffer_add_text(out, piece);
        used += width;
    }
    if (cut && columns > used) {
        buffer_add_text(out, "…");
        used++;
    }
    for (; padded && used < columns; used++)
        buffer_add_char(out, ' ');
    return used;
}
