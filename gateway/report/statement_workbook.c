/* statement_workbook: a statement as a file of sheets. See statement_print.h.
 * Runs: any (blocks while it reads and writes). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/phone.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/statement_print.h"
#include "gateway/report/statement_sheets.h"

static void sheets_columns(struct workbook_sheet *sheet, const int64_t *n, int64_t planned,
                           int64_t parts)
{
    workbook_number(sheet, planned);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        workbook_number(sheet, n[statement_order[i]]);
    workbook_number(sheet, parts);
}

size_t sheets_column_titles(const char **titles)
{
    size_t n = 0;

    titles[n++] = lang("Planned", "计划");
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        titles[n++] = statement_column_label(statement_order[i]);
    titles[n++] = lang("Parts", "计费条");
    return n;
}

static void sheets_line(struct workbook_sheet *sheet, const struct statement_line *line,
                        enum statement_dimension dimension, unsigned with)
{
    BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;

    statement_line_label(line, dimension, with, &label);
    workbook_text(sheet, buffer_text(&label));
    sheets_columns(sheet, line->n, line->planned, line->parts);
    workbook_end_row(sheet);
}

static void sheets_line_titles(struct workbook_sheet *sheet, enum statement_dimension dimension)
{
    const char *titles[SHEETS_COLUMNS] = {statement_dimension_label(dimension)};

    workbook_titles(sheet, titles, 1 + sheets_column_titles(titles + 1));
}

/* unit "": those of all. */
void sheets_lines(struct workbook_sheet *sheet, const struct statement *statement,
                  const struct statement_lines *lines, enum statement_dimension dimension,
                  const char *unit)
{
    sheets_line_titles(sheet, dimension);
    for (size_t i = 0; i < lines->n; i++)
        if (strcmp(lines->lines[i].unit, unit) == 0)
            sheets_line(sheet, &lines->lines[i], dimension, statement->with);
}

static void sheets_unit_titles(struct workbook_sheet *sheet, const char *names)
{
    const char *titles[SHEETS_COLUMNS] = {lang("Unit id", "单位代号"), names,
                                          lang("Quota", "任务数")};
    size_t n = 3 + sheets_column_titles(titles + 3);

    titles[n++] = lang("Reached", "完成率");
    workbook_titles(sheet, titles, n);
}

static void sheets_unit(struct workbook_sheet *sheet, const struct statement_unit *unit,
                        const char *name)
{
    workbook_text(sheet, unit->id);
    workbook_text(sheet, name);
    workbook_number(sheet, unit->quota);
    sheets_columns(sheet, unit->n, unit->planned, unit->parts);
    workbook_share(sheet, unit->n[COLUMN_DELIVERED], unit->quota);
    workbook_end_row(sheet);
}

/* unit NULL: those of all, below each other. */
static void sheets_groups(struct workbook_sheet *sheet, const struct statement *statement,
                          const char *unit)
{
    bool begun = false;

    for (size_t i = 0; i < statement->n_groups; i++) {
        BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
        const struct statement_group *group = &statement->groups[i];

        if (unit && strcmp(group->sum.id, unit) != 0)
            continue;
        if (!begun) {
            workbook_end_row(sheet);
            sheets_unit_titles(sheet, lang("With its districts", "含下属单位"));
        }
        begun = true;
        statement_group_label(group, &label);
        sheets_unit(sheet, &group->sum, buffer_text(&label));
    }
}

static void sheets_note(struct workbook_sheet *sheet, const char *label, const char *text)
{
    workbook_bold(sheet, label);
    workbook_text(sheet, text);
    workbook_end_row(sheet);
}

static void sheets_figure(struct workbook_sheet *sheet, const char *label, int64_t figure)
{
    workbook_bold(sheet, label);
    workbook_number(sheet, figure);
    workbook_end_row(sheet);
}

static void sheets_head(struct workbook_sheet *sheet, const struct statement *statement)
{
    if (statement->rehearsal) {
        workbook_bold(sheet, rehearsed_banner());
        workbook_end_row(sheet);
    }
    sheets_note(sheet, lang("Campaign", "任务"), statement->title);
    sheets_note(sheet, lang("Id", "代号"), statement->id);
    for (size_t i = 0; i < statement->n_windows; i++) {
        char from[20], to[20], both[64];

        clock_format(statement->windows[i].from_ms, from);
        clock_format(statement->windows[i].to_ms, to);
        snprintf(both, sizeof both, lang("%s to %s", "%s 至 %s"), from, to);
        sheets_note(sheet, lang("Window", "时间窗"), both);
    }
    if (statement->erased)
        sheets_note(sheet, lang("Erased", "已清除"), statement_erased_note());
    if (!statement->planned)
        sheets_note(sheet, lang("▲ Attention", "▲ 注意"),
                    lang("The campaign is not completely entered in the books: figures will "
                         "change.",
                         "任务尚未完整记入账本：数字还会变化。"));
    workbook_end_row(sheet);
}

static void sheets_targets(struct workbook_sheet *sheet, const struct target_lines *targets)
{
    const char *const titles[] = {
        lang("Target for", "考核对象"), lang("Places asked", "要求地点"),
        lang("Places", "已达地点"),     lang("Slogans asked", "要求标语"),
        lang("Slogans", "已达标语"),    lang("Minutes asked", "要求分钟"),
        lang("Minutes", "已达分钟"),    lang("Met", "是否达标"),
    };

    if (!targets->n)
        return;
    workbook_end_row(sheet);
    workbook_titles(sheet, titles, sizeof titles / sizeof *titles);
    for (size_t i = 0; i < targets->n; i++) {
        const struct target_line *line = &targets->lines[i];

        workbook_text(sheet, line->unit[0] ? line->unit : lang("all", "全部"));
        workbook_number(sheet, line->places);
        workbook_number(sheet, line->places_reached);
        workbook_number(sheet, line->items);
        workbook_number(sheet, line->items_reached);
        workbook_number(sheet, line->minutes);
        workbook_number(sheet, line->minutes_reached);
        workbook_text(sheet, line->met ? lang("yes", "是") : lang("no", "否"));
        workbook_end_row(sheet);
    }
}

static void sheets_totals(struct workbook *workbook, const struct statement *statement)
{
    static const unsigned char widths[] = {18, 30, 10, 10, 10, 12, 10, 10,
                                           10, 10, 10, 10, 10, 10, 10};
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, lang("Totals", "合计"), widths, sizeof widths);

    sheets_head(sheet, statement);
    if (statement->n_units) {
        sheets_unit_titles(sheet, lang("Unit", "单位"));
        for (size_t i = 0; i < statement->n_units; i++)
            sheets_unit(sheet, &statement->units[i], statement->units[i].name);
        sheets_unit(sheet, &statement->totals, lang("Total", "合计"));
        sheets_groups(sheet, statement, NULL);
        workbook_end_row(sheet);
        sheets_lines(sheet, statement, &statement->by[BY_OPERATOR], BY_OPERATOR, "");
        workbook_end_row(sheet);
        sheets_figure(sheet, lang("Parts in doubt", "结果不明的计费条"),
                      statement->totals.parts_unknown);
        sheets_figure(sheet, lang("Reports no longer awaited", "不再等待的回执"),
                      statement->notes.closed);
    }
    sheets_targets(sheet, &statement->targets);
}

static void sheets_one_unit(struct workbook *workbook, const struct statement *statement,
                            const struct statement_unit *unit)
{
    static const unsigned char widths[] = {18, 30, 10, 10, 10, 12, 10, 10,
                                           10, 10, 10, 10, 10, 10, 10};
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, unit->name[0] ? unit->name : unit->id, widths, sizeof widths);

    sheets_head(sheet, statement);
    sheets_unit_titles(sheet, lang("Unit", "单位"));
    sheets_unit(sheet, unit, unit->name);
    sheets_groups(sheet, statement, unit->id);
    workbook_end_row(sheet);
    sheets_lines(sheet, statement, &statement->unit_days, BY_DAY, unit->id);
    workbook_end_row(sheet);
    sheets_lines(sheet, statement, &statement->unit_operators, BY_OPERATOR, unit->id);
    if (sheets_has_boards(statement, unit->id)) {
        workbook_end_row(sheet);
        sheets_boards(sheet, statement, unit->id);
    }
}

/* NULL: the campaign has no such unit. */
static const struct statement_unit *sheets_find_unit(const struct statement *statement,
                                                     const char *id)
{
    for (size_t i = 0; i < statement->n_units; i++)
        if (strcmp(statement->units[i].id, id) == 0)
            return &statement->units[i];
    return NULL;
}

/* As the other sheets call it; the lines of all units have no id. */
static const char *sheets_unit_name(const struct statement *statement, const char *id)
{
    const struct statement_unit *unit = sheets_find_unit(statement, id);

    return unit ? unit->name : *id ? id : lang("Total", "合计");
}

static void sheets_days(struct workbook *workbook, const struct statement *statement)
{
    static const unsigned char widths[] = {14, 18, 30, 10, 10, 12, 10, 10, 10, 10, 10, 10, 10, 10};
    const char *titles[SHEETS_COLUMNS] = {statement_dimension_label(BY_DAY),
                                          lang("Unit id", "单位代号"), lang("Unit", "单位")};
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, lang("By day", "按日"), widths, sizeof widths);
    const struct statement_lines *both[] = {&statement->by[BY_DAY], &statement->unit_days};

    workbook_titles(sheet, titles, 3 + sheets_column_titles(titles + 3));
    workbook_freeze(sheet);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n; i++) {
            BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
            const struct statement_line *line = &both[k]->lines[i];

            statement_line_label(line, BY_DAY, statement->with, &label);
            workbook_text(sheet, buffer_text(&label));
            workbook_text(sheet, line->unit);
            workbook_text(sheet, sheets_unit_name(statement, line->unit));
            sheets_columns(sheet, line->n, line->planned, line->parts);
            workbook_end_row(sheet);
        }
}

static void sheets_modems(struct workbook *workbook, const struct statement *statement)
{
    static const unsigned char widths[] = {26, 10, 10, 12, 10, 10, 10, 10, 10, 10, 10, 10};
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, lang("Modems", "短信设备"), widths, sizeof widths);

    sheets_line_titles(sheet, BY_MODEM);
    workbook_freeze(sheet);
    for (size_t i = 0; i < statement->by[BY_MODEM].n; i++)
        sheets_line(sheet, &statement->by[BY_MODEM].lines[i], BY_MODEM, statement->with);
    workbook_end_row(sheet);
    sheets_lines(sheet, statement, &statement->by[BY_SIM], BY_SIM, "");
}

static void sheets_all(struct workbook *workbook, const struct statement *statement)
{
    sheets_totals(workbook, statement);
    for (size_t i = 0; i < statement->n_units; i++)
        sheets_one_unit(workbook, statement, &statement->units[i]);
    if (statement->n_boards)
        sheets_board_lists(workbook, statement);
    if (statement->n_units) {
        sheets_days(workbook, statement);
        sheets_modems(workbook, statement);
    }
    sheets_contacts(workbook, &statement->contacts);
}

static int sheets_why(const char *path, int rc, char *why, size_t why_size)
{
    snprintf(why, why_size,
             lang("%s can't be written (%s): check the folder, its rights and the space on the "
                  "disk.",
                  "无法写入 %s（%s）：请检查目录、权限和磁盘空间。"),
             path, lang_error(rc));
    return 1;
}

int statement_write_workbook(const struct statement_workbook *job, char *why, size_t why_size)
{
    const struct statement *statement = job->statement;
    const struct statement_unit *unit = job->unit ? sheets_find_unit(statement, job->unit) : NULL;
    struct workbook *workbook;
    int rc;

    if (job->unit && !unit) {
        snprintf(
            why, why_size,
            lang("The campaign %s has no unit \"%s\" with messages.", "任务 %s 没有短信单位“%s”。"),
            statement->id, job->unit);
        return 1;
    }
    rc = workbook_start(&workbook, job->path);
    if (rc < 0)
        return sheets_why(job->path, rc, why, why_size);
    if (unit)
        sheets_one_unit(workbook, statement, unit);
    else
        sheets_all(workbook, statement);
    if (sheets_lists(workbook, job, why, why_size)) {
        workbook_abandon(workbook);
        return 1;
    }
    rc = workbook_finish(workbook);
    return rc < 0 ? sheets_why(job->path, rc, why, why_size) : 0;
}
