/* pack_messages: an evidence pack's figures of messages, and their chart. See pack_data.h.
 * Runs: any (pure drawing). */
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/pack_data.h"
#include "gateway/report/paper.h"

/* ---- what became of them, in seven kinds ---- */

enum pack_kind {
    PACK_DELIVERED,
    PACK_SENT,
    PACK_UNDELIVERED,
    PACK_REJECTED,
    PACK_DOUBT,
    PACK_HELD, /* never sent, and never will be */
    PACK_OPEN,
    PACK_KINDS
};

struct pack_kinds {
    int64_t n[PACK_KINDS];
};

static const enum pack_kind pack_kind_of[STATEMENT_COLUMNS] = {
    [COLUMN_SENT] = PACK_SENT,
    [COLUMN_DELIVERED] = PACK_DELIVERED,
    [COLUMN_UNDELIVERED] = PACK_UNDELIVERED,
    [COLUMN_REJECTED] = PACK_REJECTED,
    [COLUMN_UNKNOWN] = PACK_DOUBT,
    [COLUMN_SUPPRESSED] = PACK_HELD,
    [COLUMN_EXPIRED] = PACK_HELD,
    [COLUMN_CANCELLED] = PACK_HELD,
    [COLUMN_OPEN] = PACK_OPEN,
};

/* Told apart in print, too: from dark to light, and each named with its figure. */
static const uint32_t pack_colors[PACK_KINDS] = {
    [PACK_DELIVERED] = 0x0b5394, [PACK_SENT] = 0x6fa8dc,  [PACK_UNDELIVERED] = 0xcc0000,
    [PACK_REJECTED] = 0xea9999,  [PACK_DOUBT] = 0xe69138, [PACK_HELD] = 0xb7b7b7,
    [PACK_OPEN] = 0xeeeeee,
};

static const char *pack_kind_label(enum pack_kind kind)
{
    switch (kind) {
    case PACK_DELIVERED:
        return lang("delivered", "已送达");
    case PACK_SENT:
        return lang("taken by the network, no report", "已发出，无回执");
    case PACK_UNDELIVERED:
        return lang("not delivered", "未送达");
    case PACK_REJECTED:
        return lang("rejected by the network", "被网络拒绝");
    case PACK_DOUBT:
        return lang("in doubt", "结果不明");
    case PACK_HELD:
        return lang("not sent: refused by the recipient, out of time, cancelled",
                    "未发：已拒收、过期、取消");
    case PACK_OPEN:
        return lang("open", "未完成");
    case PACK_KINDS:
        break;
    }
    return "";
}

static struct pack_kinds pack_count(const int64_t n[static STATEMENT_COLUMNS])
{
    struct pack_kinds kinds = {{0}};

    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        kinds.n[pack_kind_of[i]] += n[i];
    return kinds;
}

/* ---- the chart ---- */

#define PACK_BAR 14.0

/* most: what the whole width stands for. */
static void pack_bar(struct paper *paper, const struct statement_unit *unit, int64_t most,
                     const struct canvas_box *place)
{
    struct pack_kinds kinds = pack_count(unit->n);
    double scale = most > 0 ? place->width / (double)most : 0;
    struct canvas_box box = *place;

    for (int i = 0; i < PACK_KINDS; i++) {
        box.width = (double)kinds.n[i] * scale;
        if (box.width > 0)
            canvas_fill(paper->canvas, &box, pack_colors[i]);
        box.x += box.width;
    }
    box = (struct canvas_box){place->x, place->y, (double)unit->planned * scale, place->height};
    if (box.width > 0)
        canvas_frame(paper->canvas, &box, PAPER_FAINT);
    if (unit->quota > 0) {
        box = (struct canvas_box){place->x + (double)unit->quota * scale - 0.75, place->y - 3, 1.5,
                                  place->height + 6};
        canvas_fill(paper->canvas, &box, 0);
    }
}

static int64_t pack_most(const struct pack *pack)
{
    int64_t most = 0;

    for (size_t i = 0; i < pack->statement->n_units; i++) {
        const struct statement_unit *unit = &pack->statement->units[i];

        if (!pack->all && strcmp(unit->id, pack->members[0].unit) != 0)
            continue;
        most = unit->planned > most ? unit->planned : most;
        most = unit->quota > most ? unit->quota : most;
    }
    return most;
}

/* The name on the left, with the id below: long names begin alike. The bar, the share on the right.
 */
static void pack_bar_line(const struct pack *pack, struct paper *paper,
                          const struct statement_unit *unit)
{
    static const struct paper_style style = {.size = 8, .color = PAPER_INK};
    static const struct paper_style faint = {.size = 7, .color = PAPER_FAINT};
    static const struct paper_style right = {.size = 8, .color = PAPER_INK, .right = true};
    struct canvas_box box = {PAPER_LEFT, 0, 0, PACK_BAR};
    char share[FIGURE_ROOM];

    paper_need(paper, PACK_BAR + 10);
    box.y = paper->y + 1;
    box.width = 108;
    paper_put(paper, &style, &box, unit->name);
    box.y += 10;
    paper_put(paper, &faint, &box, unit->id);
    box.y -= 10;
    figure_percent(unit->n[COLUMN_DELIVERED], unit->quota, share);
    box.width = PAPER_WIDTH;
    paper_put(paper, &right, &box, share);
    box = (struct canvas_box){PAPER_LEFT + 114, paper->y, PAPER_WIDTH - 160, PACK_BAR};
    pack_bar(paper, unit, pack_most(pack), &box);
    paper_gap(paper, PACK_BAR + 10);
}

static void pack_legend_line(struct paper *paper, int kind, const struct pack_kinds *kinds,
                             int64_t planned)
{
    struct canvas_box box = {PAPER_LEFT + 114, 0, 9, 9};
    static const struct paper_style right = {.size = 9, .color = PAPER_INK, .right = true};
    static const struct paper_style style = {.size = 9, .color = PAPER_INK};
    char count[FIGURE_ROOM], share[FIGURE_ROOM];

    figure_count(kinds->n[kind], count);
    figure_percent(kinds->n[kind], planned, share);
    paper_need(paper, 14);
    box.y = paper->y + 2;
    canvas_fill(paper->canvas, &box, pack_colors[kind]);
    canvas_frame(paper->canvas, &box, PAPER_FAINT);
    box = (struct canvas_box){PAPER_LEFT + 130, paper->y, 230, 0};
    paper_put(paper, &style, &box, pack_kind_label((enum pack_kind)kind));
    box = (struct canvas_box){PAPER_LEFT + 114, paper->y, PAPER_WIDTH - 214, 0};
    paper_put(paper, &right, &box, count);
    box.width = PAPER_WIDTH - 160;
    paper_put(paper, &right, &box, share);
    paper_gap(paper, 14);
}

static void pack_chart(const struct pack *pack, struct paper *paper,
                       const struct statement_unit *sum)
{
    struct pack_kinds kinds = pack_count(sum->n);

    paper_gap(paper, 6);
    for (size_t i = 0; i < pack->statement->n_units; i++)
        if (pack->all || &pack->statement->units[i] == sum)
            pack_bar_line(pack, paper, &pack->statement->units[i]);
    for (int i = 0; i < PACK_KINDS; i++)
        pack_legend_line(paper, i, &kinds, sum->planned);
    paper_text(
        paper, &paper_small,
        lang("The black mark is the quota; the percentage beside the bar is what was "
             "delivered of it. \"Delivered\" means that the network reported delivery to the "
             "handset, not that a person read it.",
             "黑线为任务数，条形右侧的百分比为送达数占任务数的比例。“已送达”指网络回执表明送到"
             "手机，不代表有人阅读。"));
}

/* ---- figures ---- */

enum { PACK_FIGURES = 10 };

/* Name, quota, planned, the kinds but for the open ones... and parts. */
static void pack_figures(struct paper *paper, const struct paper_table *table, const char *name,
                         const struct statement_unit *unit, bool sum)
{
    struct pack_kinds kinds = pack_count(unit->n);
    const int64_t figures[PACK_FIGURES] = {
        unit->quota,
        unit->planned,
        kinds.n[PACK_DELIVERED],
        kinds.n[PACK_SENT],
        kinds.n[PACK_UNDELIVERED],
        kinds.n[PACK_REJECTED],
        kinds.n[PACK_DOUBT],
        kinds.n[PACK_HELD],
        kinds.n[PACK_OPEN],
        unit->parts,
    };
    char text[PACK_FIGURES][FIGURE_ROOM];
    const char *cells[1 + PACK_FIGURES] = {name};

    for (int i = 0; i < PACK_FIGURES; i++) {
        figure_count(figures[i], text[i]);
        cells[1 + i] = text[i];
    }
    paper_table_row(paper, table, cells, sum);
}

static void pack_figures_table(const struct pack *pack, struct paper *paper,
                               const struct statement_unit *sum)
{
    const struct paper_column columns[1 + PACK_FIGURES] = {
        {lang("Unit", "单位"), 2.4, false},    {lang("Quota", "任务数"), 1, true},
        {lang("Planned", "计划"), 1, true},    {lang("Deliv.", "已送达"), 1, true},
        {lang("No rep.", "无回执"), 1, true},  {lang("Undeliv.", "未送达"), 1, true},
        {lang("Rejected", "被拒绝"), 1, true}, {lang("Doubt", "不明"), 1, true},
        {lang("Not sent", "未发"), 1, true},   {lang("Open", "未完成"), 1, true},
        {lang("Parts", "计费条"), 1, true},
    };
    const struct paper_table table = {columns, 1 + PACK_FIGURES};

    paper_table_begin(paper, &table);
    for (size_t i = 0; i < pack->statement->n_units; i++)
        if (pack->all || &pack->statement->units[i] == sum)
            pack_figures(paper, &table, pack->statement->units[i].name, &pack->statement->units[i],
                         false);
    if (pack->all)
        pack_figures(paper, &table, lang("Total", "合计"), sum, true);
    for (size_t i = 0; i < pack->statement->n_groups; i++) {
        BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
        const struct statement_group *group = &pack->statement->groups[i];

        statement_group_label(group, &label);
        if (pack->all || strcmp(group->sum.id, sum->id) == 0)
            pack_figures(paper, &table, buffer_text(&label), &group->sum, false);
    }
}

/* ---- by day ---- */

static void pack_day(struct paper *paper, const struct paper_table *table,
                     const struct statement_line *line)
{
    struct pack_kinds kinds = pack_count(line->n);
    const int64_t figures[] = {line->planned,
                               kinds.n[PACK_DELIVERED],
                               kinds.n[PACK_SENT],
                               kinds.n[PACK_UNDELIVERED],
                               kinds.n[PACK_REJECTED],
                               kinds.n[PACK_DOUBT],
                               kinds.n[PACK_HELD],
                               kinds.n[PACK_OPEN],
                               line->parts};
    char text[sizeof figures / sizeof *figures][FIGURE_ROOM];
    const char *cells[1 + sizeof figures / sizeof *figures] = {
        *line->id ? line->id : lang("not sent", "未发送")};

    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        figure_count(figures[i], text[i]);
        cells[1 + i] = text[i];
    }
    paper_table_row(paper, table, cells, false);
}

static void pack_days(const struct pack *pack, struct paper *paper)
{
    const struct paper_column columns[] = {
        {lang("Day of the last attempt", "最后发送日期"), 2, false},
        {lang("Messages", "条数"), 1, true},
        {lang("Deliv.", "已送达"), 1, true},
        {lang("No rep.", "无回执"), 1, true},
        {lang("Undeliv.", "未送达"), 1, true},
        {lang("Rejected", "被拒绝"), 1, true},
        {lang("Doubt", "不明"), 1, true},
        {lang("Not sent", "未发"), 1, true},
        {lang("Open", "未完成"), 1, true},
        {lang("Parts", "计费条"), 1, true},
    };
    const struct paper_table table = {columns, sizeof columns / sizeof *columns};
    const struct statement_lines *days =
        pack->all ? &pack->statement->by[BY_DAY] : &pack->statement->unit_days;
    bool begun = false;

    for (size_t i = 0; i < days->n; i++) {
        if (!pack->all && strcmp(days->lines[i].unit, pack->members[0].unit) != 0)
            continue;
        if (!begun) {
            paper_heading(paper, lang("Messages by day", "逐日短信"));
            paper_table_begin(paper, &table);
        }
        begun = true;
        pack_day(paper, &table, &days->lines[i]);
    }
}

/* ---- all of it ---- */

static const struct statement_unit *pack_sum(const struct pack *pack)
{
    if (pack->all)
        return &pack->statement->totals;
    for (size_t i = 0; i < pack->statement->n_units; i++)
        if (strcmp(pack->statement->units[i].id, pack->members[0].unit) == 0)
            return &pack->statement->units[i];
    return NULL;
}

void pack_draw_messages(const struct pack *pack, struct paper *paper)
{
    const struct statement_unit *sum = pack_sum(pack);

    paper_heading(paper, lang("Messages: quota and delivered", "短信：任务与送达"));
    if (!sum || (!sum->planned && !sum->quota)) {
        paper_text(paper, &paper_body,
                   lang("The unit had no messages to send in this campaign.",
                        "本单位在本次活动中没有短信任务。"));
        return;
    }
    pack_figures_table(pack, paper, sum);
    pack_chart(pack, paper, sum);
    pack_days(pack, paper);
}
