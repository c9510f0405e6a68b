/* statement_sheets: the sheets of boards and of rows. See statement_sheets.h.
 * Runs: any (blocks while it reads). */
#include "gateway/report/statement_sheets.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/diag.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/phone.h"
#include "gateway/config/csvfile.h"

bool sheets_has_boards(const struct statement *statement, const char *owner)
{
    for (size_t i = 0; i < statement->n_boards; i++)
        if (!owner || strcmp(statement->boards[i].owner, owner) == 0)
            return true;
    return false;
}

static void sheets_board(struct workbook_sheet *sheet, const struct statement_board *board)
{
    workbook_text(sheet, board->id);
    workbook_text(sheet, board->place);
    workbook_text(sheet, board->owner_name);
    workbook_number(sheet, board->slogans);
    workbook_number(sheet, board->showings);
    workbook_number(sheet, board->planned);
    workbook_number(sheet, board->shown_ms / 1000);
    workbook_text(sheet, statement_level_label(board->level));
    workbook_text(sheet, statement_level_label(board->need));
    workbook_end_row(sheet);
}

static void sheets_board_titles(struct workbook_sheet *sheet)
{
    const char *const titles[] = {
        lang("Board", "显示屏"),           lang("Place", "地点"),
        lang("Owner", "所属单位"),         lang("Slogans", "标语数"),
        lang("Showings", "已播次数"),      lang("Planned", "计划次数"),
        lang("Seconds shown", "播放秒数"), lang("Proof", "证明"),
        lang("Asked proof", "要求的证明"),
    };

    workbook_titles(sheet, titles, sizeof titles / sizeof *titles);
}

void sheets_boards(struct workbook_sheet *sheet, const struct statement *statement,
                   const char *owner)
{
    sheets_board_titles(sheet);
    for (size_t i = 0; i < statement->n_boards; i++)
        if (!owner || strcmp(statement->boards[i].owner, owner) == 0)
            sheets_board(sheet, &statement->boards[i]);
}

/* As the sheet of boards calls whoever owns it. */
static const char *sheets_owner(const struct statement *statement, const struct shown_day *day)
{
    for (size_t i = 0; i < statement->n_boards; i++)
        if (strcmp(statement->boards[i].id, day->board) == 0)
            return statement->boards[i].owner_name;
    return day->owner;
}

static void sheets_shown(struct workbook *workbook, const struct statement *statement)
{
    static const unsigned char widths[] = {12, 24, 24, 50, 12, 12};
    const struct shown_days *shown = &statement->shown;
    const char *const titles[] = {
        lang("Day", "日期"),    lang("Board", "显示屏"),           lang("Owner", "所属单位"),
        lang("Slogan", "标语"), lang("Seconds shown", "播放秒数"), lang("Proof", "证明"),
    };
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, lang("Shown by day", "每日播放"), widths, sizeof widths);

    workbook_titles(sheet, titles, sizeof titles / sizeof *titles);
    workbook_freeze(sheet);
    for (size_t i = 0; i < shown->n; i++) {
        workbook_text(sheet, shown->days[i].day);
        workbook_text(sheet, shown->days[i].board);
        workbook_text(sheet, sheets_owner(statement, &shown->days[i]));
        workbook_text(sheet, shown->days[i].slogan);
        workbook_number(sheet, shown->days[i].seconds);
        workbook_text(sheet, statement_level_label(shown->days[i].level));
        workbook_end_row(sheet);
    }
}

void sheets_board_lists(struct workbook *workbook, const struct statement *statement)
{
    static const unsigned char widths[] = {24, 30, 24, 10, 10, 10, 12, 12, 12};
    struct workbook_sheet *sheet =
        workbook_sheet(workbook, lang("Boards", "显示屏"), widths, sizeof widths);

    sheets_board_titles(sheet);
    workbook_freeze(sheet);
    for (size_t i = 0; i < statement->n_boards; i++)
        sheets_board(sheet, &statement->boards[i]);
    sheets_shown(workbook, statement);
}

static void sheets_time(struct workbook_sheet *sheet, int64_t wall_ms)
{
    char text[20] = "";

    if (wall_ms)
        clock_format(wall_ms, text);
    workbook_text(sheet, text);
}

static void sheets_contact(struct workbook_sheet *sheet, const struct contact_line *line,
                           int64_t deadline_ms)
{
    workbook_text(sheet, line->unit);
    workbook_text(sheet, line->unit_name);
    workbook_text(sheet, line->person);
    workbook_text(sheet, line->position);
    workbook_text(sheet, contact_standing_label(line->standing));
    sheets_time(sheet, line->named_ms);
    sheets_time(sheet, deadline_ms);
    workbook_text(sheet, line->held);
    workbook_text(sheet, line->place);
    if (line->participants >= 0)
        workbook_number(sheet, line->participants);
    else
        workbook_skip(sheet);
    workbook_text(sheet, line->content);
    sheets_time(sheet, line->handed_in_ms);
    workbook_end_row(sheet);
}

void sheets_contacts(struct workbook *workbook, const struct contact_lines *contacts)
{
    static const unsigned char widths[] = {18, 30, 14, 18, 14, 20, 20, 24, 24, 12, 50, 20};
    const char *const titles[] = {
        lang("Unit id", "单位代号"),   lang("Unit", "单位"),
        lang("Responsible", "责任人"), lang("Position", "职务"),
        lang("Named", "报送"),         lang("In the books since", "记入账本"),
        lang("Deadline", "截止时间"),  lang("Time of the activity", "活动时间"),
        lang("Place", "地点"),         lang("Participants", "参加人数"),
        lang("Content", "内容"),       lang("Handed in", "报送时间"),
    };
    struct workbook_sheet *sheet;

    if (!contact_lines_matter(contacts))
        return;
    sheet = workbook_sheet(workbook, lang("Activities", "责任人与活动"), widths, sizeof widths);
    workbook_titles(sheet, titles, sizeof titles / sizeof *titles);
    workbook_freeze(sheet);
    for (size_t i = 0; i < contacts->n; i++)
        sheets_contact(sheet, &contacts->lines[i], contacts->deadline_ms);
}

struct sheets_failed {
    struct workbook_sheet *sheet;
    const char *unit; /* NULL: all */
    bool numbers;
};

static int sheets_fail(void *ctx, const struct books_delivery *delivery)
{
    const struct sheets_failed *failed = ctx;
    struct workbook_sheet *sheet = failed->sheet;
    char number[24], when[20];

    if (failed->unit && strcmp(delivery->unit, failed->unit) != 0)
        return 0;
    if (failed->numbers && delivery->address > 0)
        snprintf(number, sizeof number, "%lld", (long long)delivery->address);
    else
        phone_mask(delivery->address, number);
    clock_format(delivery->changed_ms, when);
    workbook_number(sheet, delivery->id);
    workbook_text(sheet, delivery->unit);
    workbook_text(sheet, number);
    workbook_text(sheet, delivery_state_label(delivery->state));
    workbook_number(sheet, delivery->code);
    workbook_text(sheet, statement_delivery_why(delivery));
    workbook_number(sheet, delivery->parts);
    workbook_number(sheet, delivery->attempts);
    workbook_text(sheet, delivery->device);
    workbook_text(sheet, when);
    workbook_end_row(sheet);
    return 0;
}

static int sheets_write_failed(struct workbook *workbook, const struct statement_workbook *job)
{
    static const unsigned char widths[] = {12, 18, 14, 12, 8, 44, 8, 10, 18, 20};
    const char *const titles[] = {
        lang("Delivery", "编号"),     lang("Unit id", "单位代号"),
        lang("Number", "号码"),       lang("State", "状态"),
        lang("Code", "代码"),         lang("Reason", "原因"),
        lang("Segments", "拆分条数"), lang("Attempts", "尝试次数"),
        lang("Modem", "短信设备"),    lang("Changed at", "最后变动时间"),
    };
    struct sheets_failed failed = {
        .sheet =
            workbook_sheet(workbook, lang("Failed messages", "失败短信"), widths, sizeof widths),
        .unit = job->unit,
        .numbers = (job->statement->with & STATEMENT_NUMBERS) != 0,
    };

    workbook_titles(failed.sheet, titles, sizeof titles / sizeof *titles);
    workbook_freeze(failed.sheet);
    return books_failed(job->books, job->statement->number, sheets_fail, &failed);
}

/* Of whatever a unit wrote into the column of numbers, the first three digits and the last four may
 * be seen. */
static void sheets_hide_digits(char *text)
{
    size_t digits = 0, seen = 0;

    for (const char *c = text; *c; c++)
        digits += isdigit((unsigned char)*c) != 0;
    for (char *c = text; *c; c++)
        if (isdigit((unsigned char)*c) && ++seen > 3 && seen + 4 <= digits)
            *c = '*';
}

/* The columns of refused.h. */
enum { REFUSED_FILE, REFUSED_LINE, REFUSED_NUMBER, REFUSED_REASON, REFUSED_COLUMNS };

static void sheets_refused_row(struct workbook_sheet *sheet, const struct csvfile_row *row,
                               bool numbers)
{
    for (size_t i = 0; i < row->n && i < REFUSED_COLUMNS; i++) {
        MEM_FREE_LATER char *cell = mem_dup_n(row->values[i], row->lengths[i]);
        long long line = i == REFUSED_LINE ? atoll(cell) : 0;

        if (i == REFUSED_NUMBER && !numbers)
            sheets_hide_digits(cell);
        if (line > 0)
            workbook_number(sheet, line);
        else
            workbook_text(sheet, cell);
    }
    workbook_end_row(sheet);
}

static bool sheets_is_refused(const struct csvfile *file)
{
    static const char *const names[REFUSED_COLUMNS] = {"文件", "行", "号码", "原因"};
    const struct option_strings *columns = csvfile_columns(file);

    for (size_t i = 0; i < REFUSED_COLUMNS; i++)
        if (columns->n != REFUSED_COLUMNS || strcmp(columns->items[i], names[i]) != 0)
            return false;
    return true;
}

static int sheets_copy_refused(struct workbook *workbook, const struct statement_workbook *job,
                               struct csvfile *file, struct diag *diag)
{
    static const unsigned char widths[] = {40, 8, 18, 50};
    const char *const titles[] = {lang("File", "文件"), lang("Line", "行"), lang("Number", "号码"),
                                  lang("Reason", "原因")};
    bool numbers = (job->statement->with & STATEMENT_NUMBERS) != 0;
    struct workbook_sheet *sheet;
    struct csvfile_row row;
    int rc;

    if (!sheets_is_refused(file)) {
        diag_error(diag, job->refused, 1,
                   lang("this is no list of rows that were not taken: name the "
                        "<campaign>-refused.csv that \"lawcast run\" or \"lawcast plan\" wrote",
                        "这不是未采用名单：请指定 lawcast run 或 lawcast plan "
                        "写出的“任务代号-refused.csv”"));
        return -EINVAL;
    }
    sheet = workbook_sheet(workbook, lang("Rows not taken", "未采用名单"), widths, sizeof widths);
    workbook_titles(sheet, titles, REFUSED_COLUMNS);
    workbook_freeze(sheet);
    while ((rc = csvfile_next(file, &row, diag)) == 0)
        sheets_refused_row(sheet, &row, numbers);
    return rc < 0 ? rc : 0;
}

/* The first thing that is wrong with the file. */
static void sheets_explain(const struct diag *diag, const char *path, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s: %s", path, diag->n ? diag->entries[0].message : "");
}

static int sheets_write_refused(struct workbook *workbook, const struct statement_workbook *job,
                                char *why, size_t why_size)
{
    struct diag diag = DIAG_NULL;
    struct csvfile *file = NULL;
    int rc = csvfile_open(job->refused, &diag, &file);

    if (rc == 0)
        rc = sheets_copy_refused(workbook, job, file, &diag);
    if (rc < 0)
        sheets_explain(&diag, job->refused, why, why_size);
    csvfile_close(file);
    diag_free(&diag);
    return rc < 0 ? 1 : 0;
}

int sheets_lists(struct workbook *workbook, const struct statement_workbook *job, char *why,
                 size_t why_size)
{
    int rc = job->statement->n_units ? sheets_write_failed(workbook, job) : 0;

    if (rc) {
        snprintf(why, why_size, "%s", statement_unreadable(rc));
        return 1;
    }
    if (!job->refused || job->unit)
        return 0;
    return sheets_write_refused(workbook, job, why, why_size);
}
