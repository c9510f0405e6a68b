/* pack_boards: an evidence pack's boards, slogans and pictures. See pack_data.h.
 * Runs: any (pure drawing). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/pack_data.h"
#include "gateway/report/paper.h"

bool pack_has_board(const struct pack *pack, const struct statement_board *board)
{
    return pack->all || strcmp(board->owner, pack->members[0].unit) == 0;
}

/* ---- the boards ---- */

static void pack_board_row(struct paper *paper, const struct paper_table *table,
                           const struct statement_board *board)
{
    char showings[FIGURE_ROOM], planned[FIGURE_ROOM], span[FIGURE_ROOM], slogans[FIGURE_ROOM];
    char times[2 * FIGURE_ROOM + 4];

    figure_count(board->slogans, slogans);
    figure_count(board->showings, showings);
    figure_count(board->planned, planned);
    figure_span(board->shown_ms, span);
    snprintf(times, sizeof times, "%s / %s", showings, planned);
    paper_table_row(paper, table,
                    (const char *[]){board->id, board->place, board->owner_name, slogans, times,
                                     span, statement_level_label(board->level),
                                     statement_level_label(board->need)},
                    false);
}

static void pack_left_out(struct paper *paper, size_t n)
{
    char count[FIGURE_ROOM], text[200];

    figure_count((int64_t)n, count);
    snprintf(text, sizeof text,
             lang("%s more lines are left out here; \"lawcast report\" has them all.",
                  "另有 %s 行未列出，全部内容见 lawcast report。"),
             count);
    paper_text(paper, &paper_small, text);
}

static size_t pack_board_table(const struct pack *pack, struct paper *paper)
{
    const struct paper_column columns[] = {
        {lang("Board", "显示屏"), 1.5, false},
        {lang("Place", "地点"), 1.8, false},
        {lang("Owner", "所属单位"), 1.5, false},
        {lang("Slogans", "标语数"), 0.9, true},
        {lang("Shown / planned", "已播/计划"), 1.1, true},
        {lang("h:mm:ss", "播放时长"), 1.1, true},
        {lang("Proof", "证明"), 1.3, false},
        {lang("Asked", "要求"), 1.3, false},
    };
    const struct paper_table table = {columns, sizeof columns / sizeof *columns};
    size_t n = 0;

    for (size_t i = 0; i < pack->statement->n_boards; i++) {
        if (!pack_has_board(pack, &pack->statement->boards[i]))
            continue;
        if (n++ == 0)
            paper_table_begin(paper, &table);
        if (n <= PACK_BOARDS)
            pack_board_row(paper, &table, &pack->statement->boards[i]);
    }
    if (n > PACK_BOARDS)
        pack_left_out(paper, n - PACK_BOARDS);
    return n;
}

/* ---- the slogans ---- */

static bool pack_has_day(const struct pack *pack, const struct shown_day *day)
{
    return pack->all || strcmp(day->owner, pack->members[0].unit) == 0;
}

static void pack_slogan_row(struct paper *paper, const struct paper_table *table,
                            const struct shown_day *day)
{
    char span[FIGURE_ROOM];

    figure_span(day->seconds * 1000, span);
    paper_table_row(paper, table,
                    (const char *[]){day->day, day->board, day->slogan, span,
                                     statement_level_label(day->level)},
                    false);
}

static void pack_slogans(const struct pack *pack, struct paper *paper)
{
    const struct paper_column columns[] = {
        {lang("Day", "日期"), 1.2, false},
        {lang("Board", "显示屏"), 1.6, false},
        {lang("Slogan", "标语"), 4, false},
        {lang("h:mm:ss", "播放时长"), 1, true},
        {lang("Proof, lowest", "最低证明"), 1.3, false},
    };
    const struct paper_table table = {columns, sizeof columns / sizeof *columns};
    const struct shown_days *days = &pack->statement->shown;
    size_t n = 0;

    for (size_t i = 0; i < days->n; i++) {
        if (!pack_has_day(pack, &days->days[i]) || n++ >= PACK_SHOWINGS)
            continue;
        if (n == 1) {
            paper_heading(paper, lang("Slogans by day", "逐日标语"));
            paper_table_begin(paper, &table);
        }
        pack_slogan_row(paper, &table, &days->days[i]);
    }
    if (n > PACK_SHOWINGS)
        pack_left_out(paper, n - PACK_SHOWINGS);
}

/* ---- what was asked ---- */

static void pack_target_row(struct paper *paper, const struct target_line *line)
{
    const struct {
        int64_t asked, reached;
        const char *label;
    } parts[] = {{line->places, line->places_reached, lang("places", "处")},
                 {line->items, line->items_reached, lang("slogans", "条标语")},
                 {line->minutes, line->minutes_reached, lang("minutes", "分钟")}};
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].asked)
            buffer_printf(&text, lang("%s%lld of %lld %s", "%s%lld / %lld %s"),
                          text.length ? lang(", ", "，") : "", (long long)parts[i].reached,
                          (long long)parts[i].asked, parts[i].label);
    buffer_add_text(&text, line->met ? lang(": reached", "：达标") : lang(": short", "：未达标"));
    paper_pair(paper, *line->unit ? line->unit : lang("All boards", "全部显示屏"),
               buffer_text(&text));
}

static void pack_targets(const struct pack *pack, struct paper *paper)
{
    const struct target_lines *targets = &pack->statement->targets;
    bool begun = false;

    for (size_t i = 0; i < targets->n; i++) {
        const char *unit = targets->lines[i].unit;

        if (!pack->all && *unit && strcmp(unit, pack->members[0].unit) != 0)
            continue;
        if (!begun)
            paper_heading(paper, lang("What was asked of the slogans", "标语考核指标"));
        begun = true;
        pack_target_row(paper, &targets->lines[i]);
    }
}

/* ---- pictures ---- */

#define PACK_PICTURE_WIDTH ((PAPER_WIDTH - 16) / 2)
#define PACK_PICTURE_MOST  190.0 /* points high */

static const char *pack_picture_fault(enum pack_picture_state state)
{
    switch (state) {
    case PACK_PICTURE_GONE:
        return lang("The file is missing from the folder of evidence.", "证据文件夹中没有该文件。");
    case PACK_PICTURE_ALTERED:
        return lang("The file was altered: it isn't what the books tell of.",
                    "文件已被改动，与账本记录不符。");
    case PACK_PICTURE_OTHER:
    case PACK_PICTURE_FINE:
        break;
    }
    return lang("This file can't be shown here: it is damaged, or no ordinary picture. It is in "
                "the folder of evidence.",
                "此处无法显示该文件（已损坏或不是普通图片），请见证据文件夹。");
}

/* As large as there is room, and never distorted. What can't be shown has a small box. */
static struct canvas_box pack_picture_box(const struct pack_picture *picture)
{
    struct canvas_box box = {.width = PACK_PICTURE_WIDTH, .height = 40};
    double width, height, scale;

    if (picture->state != PACK_PICTURE_FINE)
        return box;
    width = image_shown_width(&picture->image);
    height = image_shown_height(&picture->image);
    scale = PACK_PICTURE_WIDTH / width;
    scale = scale * height > PACK_PICTURE_MOST ? PACK_PICTURE_MOST / height : scale;
    box.width = width * scale;
    box.height = height * scale < 1 ? 1 : height * scale; /* a strip that is a thousand times as
                                                             wide as high */
    return box;
}

static void pack_place_picture(struct paper *paper, const struct pack_picture *picture, double x,
                               double height)
{
    struct canvas_box box = pack_picture_box(picture);
    struct canvas_box inside;
    bool drawn = false;

    box.x = x;
    box.y = paper->y;
    if (picture->state == PACK_PICTURE_FINE)
        drawn =
            canvas_picture(paper->canvas, &box, picture->bytes.data, picture->bytes.length) == 0;
    canvas_frame(paper->canvas, &box, PAPER_HAIR);
    inside = (struct canvas_box){x + 6, paper->y + 6, PACK_PICTURE_WIDTH - 12, 0};
    if (!drawn)
        paper_put(paper, &paper_small, &inside, pack_picture_fault(picture->state));
    inside = (struct canvas_box){x, paper->y + height + 3, PACK_PICTURE_WIDTH, 0};
    paper_put(paper, &paper_small, &inside, picture->caption);
}

/* Of the row that begins with picture i. */
static double pack_row_height(const struct pack_picture *pictures, size_t n, size_t i)
{
    double left = i < n ? pack_picture_box(&pictures[i]).height : 0;
    double right = i + 1 < n ? pack_picture_box(&pictures[i + 1]).height : 0;

    return left > right ? left : right;
}

#define PACK_CAPTION 22.0 /* with what is left blank below */
#define PACK_HEADING 44.0

void pack_draw_pictures(struct paper *paper, const char *heading,
                        const struct pack_picture *pictures, size_t n)
{
    paper_need(paper, PACK_HEADING + pack_row_height(pictures, n, 0) + PACK_CAPTION);
    paper_heading(paper, heading);
    for (size_t i = 0; i < n; i += 2) {
        double height = pack_row_height(pictures, n, i);

        paper_need(paper, height + PACK_CAPTION);
        pack_place_picture(paper, &pictures[i], PAPER_LEFT, height);
        if (i + 1 < n)
            pack_place_picture(paper, &pictures[i + 1], PAPER_LEFT + PACK_PICTURE_WIDTH + 16,
                               height);
        paper_gap(paper, height + PACK_CAPTION);
    }
}

static void pack_board_pictures(const struct pack *pack, struct paper *paper)
{
    char count[FIGURE_ROOM], text[200];

    pack_draw_pictures(paper, lang("Pictures of the boards", "显示屏画面"), pack->pictures,
                       pack->n_pictures);
    if (!pack->n_pictures)
        paper_text(paper, &paper_body,
                   lang("There are no pictures: no board gave one that counts.",
                        "没有画面：没有显示屏提供可计入的截屏。"));
    if (!pack->left_out)
        return;
    figure_count((int64_t)pack->left_out, count);
    snprintf(text, sizeof text,
             lang("Pictures of %s more boards are in the folder of evidence.",
                  "另有 %s 块显示屏的画面在证据文件夹中。"),
             count);
    paper_text(paper, &paper_small, text);
}

void pack_draw_boards(const struct pack *pack, struct paper *paper)
{
    paper_heading(paper, lang("Slogans on boards", "显示屏标语"));
    if (!pack_board_table(pack, paper)) {
        paper_text(paper, &paper_body,
                   pack->all ? lang("No board showed slogans in this campaign.",
                                    "本次活动没有使用显示屏。")
                             : lang("The unit had no board in this campaign.",
                                    "本单位在本次活动中没有显示屏。"));
        return;
    }
    paper_text(paper, &paper_small,
               lang("Only time that was read back from the device as far as the campaign asks "
                    "counts.",
                    "只计从设备读回、达到任务要求的播放时间。"));
    pack_slogans(pack, paper);
    pack_targets(pack, paper);
    pack_board_pictures(pack, paper);
}
