/* statement_table: a statement for people. See statement_print.h.
 * Runs: any. */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/utf8.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"
#include "gateway/report/table.h"

const enum statement_column statement_order[STATEMENT_COLUMNS] = {
    COLUMN_DELIVERED,  COLUMN_SENT,    COLUMN_UNDELIVERED, COLUMN_REJECTED, COLUMN_UNKNOWN,
    COLUMN_SUPPRESSED, COLUMN_EXPIRED, COLUMN_CANCELLED,   COLUMN_OPEN,
};

enum {
    HEAD_COLUMNS = 3,
    TAIL_COLUMNS = 2,
    ALL_COLUMNS = HEAD_COLUMNS + STATEMENT_COLUMNS + TAIL_COLUMNS
};

static void statement_table_line(struct table *table, const char *name,
                                 const struct statement_unit *line)
{
    char text[ALL_COLUMNS][FIGURE_ROOM];
    const char *cells[ALL_COLUMNS] = {name};

    figure_count(line->quota, text[1]);
    figure_count(line->planned, text[2]);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        figure_count(line->n[statement_order[i]], text[HEAD_COLUMNS + i]);
    figure_count(line->parts, text[ALL_COLUMNS - 2]);
    figure_percent(line->n[COLUMN_DELIVERED], line->quota, text[ALL_COLUMNS - 1]);
    for (size_t i = 1; i < ALL_COLUMNS; i++)
        cells[i] = text[i];
    table_row(table, cells);
}

/* names: what the first column is of. */
static struct table *statement_unit_table(struct table_column columns[static ALL_COLUMNS],
                                          const char *names)
{
    columns[0] = (struct table_column){names, false, false};
    columns[1] = (struct table_column){lang("Quota", "任务数"), true, false};
    columns[2] = (struct table_column){lang("Planned", "计划"), true, false};
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        columns[HEAD_COLUMNS + i] =
            (struct table_column){statement_column_label(statement_order[i]), true,
                                  statement_order[i] != COLUMN_DELIVERED};
    columns[ALL_COLUMNS - 2] = (struct table_column){lang("Parts", "计费条"), true, false};
    columns[ALL_COLUMNS - 1] = (struct table_column){lang("Reached", "完成率"), true, false};
    return table_new(columns, ALL_COLUMNS);
}

static void statement_print_units(const struct statement *statement, FILE *out)
{
    struct table_column columns[ALL_COLUMNS];
    struct table *table = statement_unit_table(columns, lang("Unit", "单位"));

    for (size_t i = 0; i < statement->n_units; i++)
        statement_table_line(table, statement->units[i].name, &statement->units[i]);
    table_rule(table);
    statement_table_line(table, lang("Total", "合计"), &statement->totals);
    table_print(table, out);
    table_free(table);
}

/* A table of its own: nobody adds its lines to those of the units, and its names may be longer. */
static void statement_print_groups(const struct statement *statement, FILE *out)
{
    struct table_column columns[ALL_COLUMNS];
    struct table *table;

    if (!statement->n_groups)
        return;
    table = statement_unit_table(columns, lang("With its districts", "含下属单位"));
    for (size_t i = 0; i < statement->n_groups; i++) {
        BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;

        statement_group_label(&statement->groups[i], &label);
        statement_table_line(table, buffer_text(&label), &statement->groups[i].sum);
    }
    fputc('\n', out);
    table_print(table, out);
    table_free(table);
}

/* In words too: in a table of many boards one that stayed dark is easily overlooked. */
static void statement_print_dark(const struct statement *statement, FILE *out)
{
    int64_t showings = 0, planned = 0;
    char text[2][FIGURE_ROOM];

    for (size_t i = 0; i < statement->n_boards; i++) {
        showings += statement->boards[i].showings;
        planned += statement->boards[i].planned;
    }
    figure_count(showings, text[0]);
    figure_count(planned, text[1]);
    fprintf(out, lang("Shown %s of %s.\n", "共播放 %s 次，计划 %s 次。\n"), text[0], text[1]);
}

/* Said only where it isn't reached: the columns before count only what is. */
static const char *statement_asked(const struct statement_board *board)
{
    return board->need > board->level ? statement_level_label(board->need) : "";
}

/* A line of boards fits into 80 columns: two names and 52 for the rest, or 55 when it also says
 * what was asked and not how many slogans. */
#define STATEMENT_NAMES       28
#define STATEMENT_NAMES_ASKED 25
#define STATEMENT_OWNER_MIN   8

struct statement_widths {
    size_t board, owner;
    bool asked;
};

static struct statement_widths statement_widths(const struct statement *statement)
{
    struct statement_widths widths = {.board = utf8_columns(lang("Board", "显示屏"))};
    size_t names = STATEMENT_NAMES;

    for (size_t i = 0; i < statement->n_boards; i++) {
        size_t columns = utf8_columns(statement->boards[i].id);

        widths.board = columns > widths.board ? columns : widths.board;
        widths.asked = widths.asked || *statement_asked(&statement->boards[i]);
    }
    names = widths.asked ? STATEMENT_NAMES_ASKED : names;
    if (widths.board > names - STATEMENT_OWNER_MIN)
        widths.board = names - STATEMENT_OWNER_MIN;
    widths.owner = names - widths.board;
    return widths;
}

static void statement_board_line(struct table *table, const struct statement_board *board,
                                 const struct statement_widths *widths)
{
    BUFFER_FREE_LATER struct buffer id = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer owner = BUFFER_NULL;
    char text[4][FIGURE_ROOM];

    table_put_text(&id, board->id, widths->board, false);
    table_put_text(&owner, board->owner_name, widths->owner, false);
    figure_count(board->slogans, text[0]);
    figure_count(board->showings, text[1]);
    figure_count(board->planned, text[2]);
    figure_span(board->shown_ms, text[3]);
    table_row(table, (const char *[]){buffer_text(&id), buffer_text(&owner),
                                      widths->asked ? "" : text[0], text[1], text[2], text[3],
                                      statement_level_label(board->level), statement_asked(board)});
}

static void statement_print_boards(const struct statement *statement, FILE *out)
{
    struct table_column columns[] = {
        {lang("Board", "显示屏"), false, false},    {lang("Owner", "所属单位"), false, false},
        {lang("Slogans", "标语数"), true, true},    {lang("Showings", "已播次数"), true, false},
        {lang("Planned", "计划次数"), true, false}, {lang("h:mm:ss", "播放时长"), true, false},
        {lang("Proof", "证明"), false, false},      {lang("Asked", "要求"), false, true},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);
    struct statement_widths widths = statement_widths(statement);

    for (size_t i = 0; i < statement->n_boards; i++)
        statement_board_line(table, &statement->boards[i], &widths);
    table_print(table, out);
    table_free(table);
    statement_print_dark(statement, out);
}

/* Months of windows in one line. */
#define STATEMENT_WINDOWS 6

static void statement_print_span(const struct statement *statement, FILE *out)
{
    const struct window *windows = statement->windows;
    size_t n = statement->n_windows;
    char from[20], to[20];
    int64_t open_ms = 0;

    for (size_t i = 0; i < n; i++)
        open_ms += windows[i].to_ms - windows[i].from_ms;
    clock_format(windows[0].from_ms, from);
    clock_format(windows[n - 1].to_ms, to);
    fprintf(out,
            lang("Windows: %zu, %.1f hours, from %s to %s\n",
                 "时间窗：%zu 个，共 %.1f 小时，%s 至 %s\n"),
            n, (double)open_ms / 3600000, from, to);
}

void statement_print_windows(const struct statement *statement, FILE *out)
{
    if (statement->n_windows > STATEMENT_WINDOWS) {
        statement_print_span(statement, out);
        return;
    }
    for (size_t i = 0; i < statement->n_windows; i++) {
        char from[20], to[20], zone[FIGURE_ROOM];

        clock_format(statement->windows[i].from_ms, from);
        clock_format(statement->windows[i].to_ms, to);
        figure_iso(statement->windows[i].from_ms, zone);
        fprintf(out, lang("Window: %s to %s (UTC%s)\n", "时间窗：%s 至 %s（UTC%s）\n"), from, to,
                strlen(zone) > 6 ? zone + strlen(zone) - 6 : "");
    }
}

static void statement_print_head(const struct statement *statement, FILE *out)
{
    BUFFER_FREE_LATER struct buffer head = BUFFER_NULL;

    if (statement->rehearsal)
        fprintf(out, "%s\n", rehearsed_banner());
    table_put_text(&head, statement->title, 200, false);
    fprintf(out, "%s (%s)\n", buffer_text(&head), statement->id);
    statement_print_windows(statement, out);
    if (statement->erased)
        fprintf(out, "● %s\n", statement_erased_note());
    if (!statement->planned)
        fputs(lang("▲ The campaign is not completely entered in the books: either it is just being "
                   "entered, or\n  the entering was cut short and \"lawcast run\" goes on with it. "
                   "Figures will change.\n",
                   "▲ 任务尚未完整记入账本：可能正在登记，也可能登记中断（再次运行 lawcast run "
                   "即可继续）。数字还会变化。\n"),
              out);
    fputc('\n', out);
}

void statement_print_table(const struct statement *statement, FILE *out)
{
    char count[FIGURE_ROOM];

    statement_print_head(statement, out);
    if (statement->n_units)
        statement_print_units(statement, out);
    statement_print_groups(statement, out);
    if (statement->totals.parts_unknown) {
        figure_count(statement->totals.parts_unknown, count);
        fprintf(
            out,
            lang("Parts are what the network took; up to %s more belong to messages in doubt.\n",
                 "计费条为网络已接受的条数；结果不明的短信最多另有 %s 条。\n"),
            count);
    }
    if (statement->notes.closed) {
        figure_count(statement->notes.closed, count);
        fprintf(out,
                lang("Of the messages that were sent, no report came in time for %s; it is awaited "
                     "no longer.\n",
                     "已发送的短信中，有 %s 条逾期未收到回执，不再等待。\n"),
                count);
    }
    statement_print_dimensions(statement, out);
    if (statement->n_units && statement->n_boards)
        fputc('\n', out);
    if (statement->n_boards)
        statement_print_boards(statement, out);
    statement_print_shown(statement, out);
    statement_print_targets(statement, out);
    contact_lines_print(&statement->contacts, out);
}
