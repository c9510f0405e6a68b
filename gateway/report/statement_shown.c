/* statement_shown: what boards showed day by day, and the targets, for people. See
 * statement_print.h.
 * Runs: any. */
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"
#include "gateway/report/table.h"

#define STATEMENT_DAYS_MOST 60 /* lines that somebody still reads on a screen */

/* What is left of 80 columns for a board and its slogan. */
#define STATEMENT_DAY_NAMES 44
#define STATEMENT_DAY_BOARD 24

static void statement_shown_line(struct table *table, const struct shown_day *line, size_t columns)
{
    BUFFER_FREE_LATER struct buffer board = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer slogan = BUFFER_NULL;
    char time[FIGURE_ROOM];

    table_put_text(&board, line->board, columns, false);
    table_put_text(&slogan, line->slogan, STATEMENT_DAY_NAMES - columns, false);
    figure_span(line->seconds * 1000, time);
    table_row(table, (const char *[]){line->day, buffer_text(&board), buffer_text(&slogan), time,
                                      statement_level_label(line->level)});
}

/* The widest name of a board, as far as there is room. */
static size_t statement_shown_columns(const struct shown_days *shown)
{
    size_t widest = utf8_columns(lang("Board", "显示屏"));

    for (size_t i = 0; i < shown->n; i++) {
        size_t columns = utf8_columns(shown->days[i].board);

        widest = columns > widest ? columns : widest;
    }
    return widest < STATEMENT_DAY_BOARD ? widest : STATEMENT_DAY_BOARD;
}

void statement_print_shown(const struct statement *statement, FILE *out)
{
    const struct shown_days *shown = &statement->shown;
    size_t n = shown->n < STATEMENT_DAYS_MOST ? shown->n : STATEMENT_DAYS_MOST;
    const struct table_column columns[] = {
        {lang("Day", "日期"), false, false},    {lang("Board", "显示屏"), false, false},
        {lang("Slogan", "标语"), false, false}, {lang("h:mm:ss", "播放时长"), true, false},
        {lang("Proof", "证明"), false, false},
    };
    size_t board = statement_shown_columns(shown);
    struct table *table;

    if (!n)
        return;
    fputc('\n', out);
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n; i++)
        statement_shown_line(table, &shown->days[i], board);
    table_print(table, out);
    table_free(table);
    if (shown->n > n)
        fprintf(out,
                lang("… and %zu more lines: \"lawcast report --csv\" has all of them.\n",
                     "……另有 %zu 行：可用 lawcast report --csv 查看全部。\n"),
                shown->n - n);
}

/* "2 of 3", or a dash when nothing is asked. */
static void statement_target_cell(int64_t reached, int64_t asked, char text[static FIGURE_ROOM])
{
    if (asked)
        snprintf(text, FIGURE_ROOM, "%lld/%lld", (long long)reached, (long long)asked);
    else
        snprintf(text, FIGURE_ROOM, "-");
}

static const char *statement_target_name(const struct statement *statement, const char *id)
{
    if (!*id)
        return lang("all", "全部");
    for (size_t i = 0; i < statement->n_units; i++)
        if (strcmp(statement->units[i].id, id) == 0)
            return statement->units[i].name;
    for (size_t i = 0; i < statement->n_boards; i++)
        if (strcmp(statement->boards[i].owner, id) == 0)
            return statement->boards[i].owner_name;
    return id;
}

void statement_print_targets(const struct statement *statement, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Target for", "考核对象"), false, false},
        {lang("Places", "地点"), true, false},
        {lang("Slogans", "标语"), true, false},
        {lang("Minutes", "分钟"), true, false},
        {lang("Met", "达标"), false, false},
    };
    struct table *table;

    if (!statement->targets.n)
        return;
    fputc('\n', out);
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < statement->targets.n; i++) {
        const struct target_line *line = &statement->targets.lines[i];
        char text[3][FIGURE_ROOM];

        statement_target_cell(line->places_reached, line->places, text[0]);
        statement_target_cell(line->items_reached, line->items, text[1]);
        statement_target_cell(line->minutes_reached, line->minutes, text[2]);
        table_row(table, (const char *[]){
                             statement_target_name(statement, line->unit), text[0], text[1],
                             text[2], line->met ? lang("● yes", "● 是") : lang("✕ no", "✕ 否")});
    }
    table_print(table, out);
    table_free(table);
}
