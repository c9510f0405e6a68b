/* statement_csv: a statement for spreadsheets. See statement_print.h.
 * Runs: any. */
#include <errno.h>
#include <inttypes.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/model/phone.h"
#include "gateway/model/rehearsed.h"
#include "adapters/modem/cms.h"
#include "gateway/report/figure.h"
#include "gateway/report/sheet.h"
#include "gateway/report/statement_print.h"

enum { FIGURES = STATEMENT_COLUMNS + 3, LINE_CELLS = FIGURES + 2 };

/* What a rehearsal has made, or what was erased since, says so first, in a section of its own. */
static void statement_csv_begin(const struct statement *statement, FILE *out)
{
    sheet_begin(out);
    if (statement->rehearsal)
        sheet_row(out, (const char *[]){rehearsed_banner()}, 1);
    if (statement->erased)
        sheet_row(out, (const char *[]){statement_erased_note()}, 1);
    if (statement->rehearsal || statement->erased)
        sheet_row(out, NULL, 0);
}

static void statement_csv_line(const struct statement_unit *line, const char *name, FILE *out)
{
    char text[FIGURES][FIGURE_ROOM];
    const char *cells[LINE_CELLS] = {line->id, name};

    snprintf(text[0], FIGURE_ROOM, "%" PRId64, line->quota);
    snprintf(text[1], FIGURE_ROOM, "%" PRId64, line->planned);
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        snprintf(text[2 + i], FIGURE_ROOM, "%" PRId64, line->n[i]);
    snprintf(text[FIGURES - 1], FIGURE_ROOM, "%" PRId64, line->parts);
    for (size_t i = 0; i < FIGURES; i++)
        cells[2 + i] = text[i];
    sheet_row(out, cells, LINE_CELLS);
}

static void statement_csv_head(const char *names, FILE *out)
{
    const char *cells[LINE_CELLS] = {lang("Unit id", "单位代号"), names, lang("Quota", "任务数"),
                                     lang("Planned", "计划")};

    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        cells[4 + i] = statement_column_label((enum statement_column)i);
    cells[LINE_CELLS - 1] = lang("Parts", "计费条");
    sheet_row(out, cells, LINE_CELLS);
}

static void statement_csv_units(const struct statement *statement, FILE *out)
{
    statement_csv_head(lang("Unit", "单位"), out);
    for (size_t i = 0; i < statement->n_units; i++)
        statement_csv_line(&statement->units[i], statement->units[i].name, out);
    statement_csv_line(&statement->totals, lang("Total", "合计"), out);
}

static void statement_csv_groups(const struct statement *statement, FILE *out)
{
    if (!statement->n_groups)
        return;
    sheet_row(out, NULL, 0);
    statement_csv_head(lang("With its districts", "含下属单位"), out);
    for (size_t i = 0; i < statement->n_groups; i++) {
        BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;

        statement_group_label(&statement->groups[i], &label);
        statement_csv_line(&statement->groups[i].sum, buffer_text(&label), out);
    }
}

static void statement_csv_dimension(const struct statement *statement,
                                    enum statement_dimension dimension, FILE *out)
{
    BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
    const struct statement_lines *lines = &statement->by[dimension];
    const char *head[STATEMENT_COLUMNS + 3] = {statement_dimension_label(dimension),
                                               lang("Planned", "计划")};

    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        head[2 + i] = statement_column_label((enum statement_column)i);
    head[STATEMENT_COLUMNS + 2] = lang("Parts", "计费条");
    sheet_row(out, NULL, 0);
    sheet_row(out, head, STATEMENT_COLUMNS + 3);
    for (size_t i = 0; i < lines->n; i++) {
        const struct statement_line *line = &lines->lines[i];
        char text[STATEMENT_COLUMNS + 2][FIGURE_ROOM];
        const char *cells[STATEMENT_COLUMNS + 3];

        statement_line_label(line, dimension, statement->with, &label);
        cells[0] = buffer_text(&label);
        snprintf(text[0], FIGURE_ROOM, "%" PRId64, line->planned);
        for (size_t c = 0; c < STATEMENT_COLUMNS; c++)
            snprintf(text[1 + c], FIGURE_ROOM, "%" PRId64, line->n[c]);
        snprintf(text[STATEMENT_COLUMNS + 1], FIGURE_ROOM, "%" PRId64, line->parts);
        for (size_t c = 0; c < STATEMENT_COLUMNS + 2; c++)
            cells[1 + c] = text[c];
        sheet_row(out, cells, STATEMENT_COLUMNS + 3);
    }
}

static void statement_csv_dimensions(const struct statement *statement, FILE *out)
{
    for (int i = 0; i < STATEMENT_DIMENSIONS; i++)
        if (statement->by[i].n)
            statement_csv_dimension(statement, (enum statement_dimension)i, out);
}

static void statement_csv_boards(const struct statement *statement, FILE *out)
{
    enum { CELLS = 9 };

    sheet_row(out,
              (const char *[CELLS]){lang("Board", "显示屏"), lang("Owner", "所属单位"),
                                    lang("Slogans", "标语数"), lang("Showings", "已播次数"),
                                    lang("Planned", "计划次数"), lang("Seconds shown", "播放秒数"),
                                    lang("Proof", "证明"), lang("Asked proof", "要求的证明"),
                                    lang("Place", "地点")},
              CELLS);
    for (size_t i = 0; i < statement->n_boards; i++) {
        const struct statement_board *board = &statement->boards[i];
        const int64_t figures[4] = {board->slogans, board->showings, board->planned,
                                    board->shown_ms / 1000};
        char text[4][FIGURE_ROOM];

        for (size_t k = 0; k < 4; k++)
            snprintf(text[k], FIGURE_ROOM, "%" PRId64, figures[k]);
        sheet_row(out,
                  (const char *[CELLS]){board->id, board->owner, text[0], text[1], text[2], text[3],
                                        statement_level_label(board->level),
                                        statement_level_label(board->need), board->place},
                  CELLS);
    }
}

static void statement_csv_shown(const struct shown_days *shown, FILE *out)
{
    enum { CELLS = 6 };

    sheet_row(out,
              (const char *[CELLS]){lang("Board", "显示屏"), lang("Owner", "所属单位"),
                                    lang("Day", "日期"), lang("Slogan", "标语"),
                                    lang("Seconds shown", "播放秒数"), lang("Proof", "证明")},
              CELLS);
    for (size_t i = 0; i < shown->n; i++) {
        const struct shown_day *line = &shown->days[i];
        char seconds[FIGURE_ROOM];

        snprintf(seconds, sizeof seconds, "%" PRId64, line->seconds);
        sheet_row(out,
                  (const char *[CELLS]){line->board, line->owner, line->day, line->slogan, seconds,
                                        statement_level_label(line->level)},
                  CELLS);
    }
}

static void statement_csv_targets(const struct target_lines *targets, FILE *out)
{
    enum { CELLS = 8 };

    sheet_row(out,
              (const char *[CELLS]){lang("Target for", "考核对象"),
                                    lang("Places asked", "要求地点"), lang("Places", "已达地点"),
                                    lang("Slogans asked", "要求标语"), lang("Slogans", "已达标语"),
                                    lang("Minutes asked", "要求分钟"), lang("Minutes", "已达分钟"),
                                    lang("Met", "是否达标")},
              CELLS);
    for (size_t i = 0; i < targets->n; i++) {
        const struct target_line *line = &targets->lines[i];
        const int64_t figures[6] = {line->places,  line->places_reached,
                                    line->items,   line->items_reached,
                                    line->minutes, line->minutes_reached};
        char text[6][FIGURE_ROOM];

        for (size_t k = 0; k < 6; k++)
            snprintf(text[k], FIGURE_ROOM, "%" PRId64, figures[k]);
        sheet_row(out,
                  (const char *[CELLS]){line->unit, text[0], text[1], text[2], text[3], text[4],
                                        text[5], line->met ? lang("yes", "是") : lang("no", "否")},
                  CELLS);
    }
}

static void statement_csv_all_boards(const struct statement *statement, FILE *out)
{
    if (statement->n_units)
        sheet_row(out, NULL, 0);
    statement_csv_boards(statement, out);
    if (statement->shown.n) {
        sheet_row(out, NULL, 0);
        statement_csv_shown(&statement->shown, out);
    }
    if (statement->targets.n) {
        sheet_row(out, NULL, 0);
        statement_csv_targets(&statement->targets, out);
    }
}

void statement_print_csv(const struct statement *statement, FILE *out)
{
    statement_csv_begin(statement, out);
    if (statement->n_units || !statement->n_boards)
        statement_csv_units(statement, out);
    statement_csv_groups(statement, out);
    statement_csv_dimensions(statement, out);
    if (statement->n_boards)
        statement_csv_all_boards(statement, out);
    contact_lines_csv(&statement->contacts, out);
}

enum { DELIVERY_CELLS = 13 };

/* In words. After a report the code is the network's status, before that the error of the last
 * attempt; an error that stood there when a report came in another way says nothing about it. */
const char *statement_delivery_why(const struct books_delivery *delivery)
{
    int code = (int)delivery->code;

    if (delivery->channel != CHANNEL_SMS)
        return "";
    switch (delivery->state) {
    case DELIVERY_DELIVERED:
        return code <= 0xFF && cms_report_kind(code) == REPORT_DELIVERED ? cms_status_text(code)
                                                                         : "";
    case DELIVERY_UNDELIVERED:
        return code <= 0xFF && cms_report_kind(code) == REPORT_FAILED ? cms_status_text(code) : "";
    default:
        return code > 0 ? cms_text(code) : "";
    }
}

struct statement_csv_sheet {
    FILE *out;
    bool numbers;
};

/* The text of a message may hold a citizen's name: only slogans, which hang in public, are given.
 */
static int statement_csv_delivery(void *ctx, const struct books_delivery *delivery)
{
    const struct statement_csv_sheet *sheet = ctx;
    FILE *out = sheet->out;
    bool sms = delivery->channel == CHANNEL_SMS;
    char figures[5][FIGURE_ROOM], number[24] = "", when[20];

    snprintf(figures[0], FIGURE_ROOM, "%" PRId64, delivery->id);
    snprintf(figures[1], FIGURE_ROOM, "%" PRId32, delivery->parts);
    snprintf(figures[2], FIGURE_ROOM, "%" PRId32, delivery->attempts);
    snprintf(figures[3], FIGURE_ROOM, "%" PRId32, delivery->code);
    snprintf(figures[4], FIGURE_ROOM, "%" PRId64, delivery->shown_ms / 1000);
    if (sms && sheet->numbers && delivery->address > 0)
        snprintf(number, sizeof number, "%" PRId64, delivery->address);
    else if (sms)
        phone_mask(delivery->address, number);
    clock_format(delivery->changed_ms, when);
    sheet_row(out,
              (const char *[DELIVERY_CELLS]){figures[0], delivery->unit, sms ? "sms" : "display",
                                             sms ? number : delivery->board,
                                             delivery_state_label(delivery->state),
                                             sms ? figures[1] : "", figures[2], delivery->device,
                                             figures[3], statement_delivery_why(delivery), when,
                                             sms ? "" : figures[4], sms ? "" : delivery->text},
              DELIVERY_CELLS);
    return ferror(out) ? -EIO : 0;
}

/* Into how many segments a message is split; what the network took and bills is in the statement:
 * the two don't add up where messages were refused or tried again. */
int statement_print_deliveries(struct books *books, const struct statement *statement, FILE *out)
{
    struct statement_csv_sheet sheet = {out, (statement->with & STATEMENT_NUMBERS) != 0};

    statement_csv_begin(statement, out);
    sheet_row(out,
              (const char *[DELIVERY_CELLS]){
                  lang("Delivery", "编号"), lang("Unit", "单位代号"), lang("Channel", "渠道"),
                  lang("Number or board", "号码或显示屏"), lang("State", "状态"),
                  lang("Segments", "拆分条数"), lang("Attempts", "尝试次数"),
                  lang("Device", "设备"), lang("Code", "代码"),
                  lang("Meaning of the code", "代码含义"), lang("Changed at", "最后变动时间"),
                  lang("Seconds shown", "播放秒数"), lang("Slogan", "标语")},
              DELIVERY_CELLS);
    return books_deliveries(books, statement->number, statement_csv_delivery, &sheet);
}

enum { SHOWING_CELLS = 11 };

static int statement_csv_showing(void *ctx, const struct books_shown *shown)
{
    FILE *out = ctx;
    char from[20], until[20], seconds[FIGURE_ROOM];
    int64_t ms;

    if (__builtin_sub_overflow(shown->until_ms, shown->from_ms, &ms))
        return -EUCLEAN;
    clock_format(shown->from_ms, from);
    clock_format(shown->until_ms, until);
    snprintf(seconds, sizeof seconds, "%" PRId64 ".%03d", ms / 1000, (int)(ms % 1000));
    sheet_row(out,
              (const char *[SHOWING_CELLS]){
                  shown->board, shown->place, shown->owner_name, shown->text, from, until, seconds,
                  statement_level_label(shown->level),
                  shown->counts ? lang("yes", "是") : lang("no", "否"), shown->digest, shown->file},
              SHOWING_CELLS);
    return ferror(out) ? -EIO : 0;
}

int statement_print_showings(struct books *books, const struct statement *statement, FILE *out)
{
    statement_csv_begin(statement, out);
    sheet_row(out,
              (const char *[SHOWING_CELLS]){
                  lang("Board", "显示屏"), lang("Place", "地点"), lang("Owner", "所属单位"),
                  lang("Slogan", "标语"), lang("From", "开始"), lang("Until", "结束"),
                  lang("Seconds", "秒数"), lang("Proof", "证明"), lang("Counts", "计入"),
                  lang("SHA-256 of the reply", "应答的 SHA-256"), lang("Picture", "截屏文件")},
              SHOWING_CELLS);
    return books_shown_by_board(books, statement->number, statement_csv_showing, out);
}
