/* paper: text, tables and pictures on A4 pages. See paper.h.
 * Runs: any. */
#include "gateway/report/paper.h"

#include <stdio.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"

#define PAPER_TOP     72.0
#define PAPER_BOTTOM  (CANVAS_HEIGHT - 68.0)
#define PAPER_LEADING 1.5 /* from baseline to baseline, of the size: fonts of two scripts meet */
#define PAPER_ASCENT  1.1 /* from the top of a line to its baseline */
#define PAPER_LABEL   96.0
#define PAPER_PADDING 3.0 /* around a cell */

const struct paper_style paper_body = {.size = 10, .color = PAPER_INK};
const struct paper_style paper_small = {.size = 8, .color = PAPER_FAINT};
const struct paper_style paper_alarm = {.size = 10, .color = PAPER_ALARM};

static const struct paper_style paper_strong = {.size = 10, .color = 0};
static const struct paper_style paper_cell = {.size = 9, .color = PAPER_INK};
static const struct paper_style paper_faint = {.size = 10, .color = PAPER_FAINT};

/* ---- lines ---- */

static double paper_leading(const struct paper_style *style)
{
    return style->size * PAPER_LEADING;
}

/* How many lines it has. */
static int paper_set(struct paper *paper, const struct paper_style *style, double width,
                     const char *text)
{
    canvas_set(paper->canvas, style->cells ? CANVAS_CELLS : CANVAS_PLAIN, style->size, text);
    canvas_wrap(paper->canvas, width, true);
    return canvas_lines(paper->canvas);
}

double paper_height(struct paper *paper, const struct paper_style *style, double width,
                    const char *text)
{
    return paper_set(paper, style, width, text) * paper_leading(style);
}

/* Line i of what is set, in a column whose line begins at the top y. */
static void paper_line(struct paper *paper, const struct paper_style *style, int i,
                       const struct canvas_box *box)
{
    struct canvas_line line;
    double x = box->x;

    canvas_measure(paper->canvas, i, &line);
    if (style->right)
        x += box->width - line.length;
    canvas_draw_line(paper->canvas, i, x, box->y + style->size * PAPER_ASCENT, style->color);
}

void paper_put(struct paper *paper, const struct paper_style *style, const struct canvas_box *box,
               const char *text)
{
    if (!*text)
        return;
    paper_set(paper, style, box->width, text);
    paper_line(paper, style, 0, box);
}

/* ---- pages ---- */

static void paper_furnish(struct paper *paper)
{
    static const struct paper_style right = {.size = 8, .color = PAPER_FAINT, .right = true};
    struct canvas_box box = {PAPER_LEFT, 40, PAPER_WIDTH, 0};
    char page[64];

    paper_put(paper, &paper_small, &box, paper->head);
    box.y = 56;
    canvas_rule(paper->canvas, &box, PAPER_HAIR);
    box.y = CANVAS_HEIGHT - 56;
    canvas_rule(paper->canvas, &box, PAPER_HAIR);
    box.y += 4;
    box.width -= 90;
    paper_put(paper, &paper_small, &box, paper->foot);
    if (paper->pages)
        snprintf(page, sizeof page, lang("page %d of %d", "第 %d 页，共 %d 页"), paper->page,
                 paper->pages);
    else
        snprintf(page, sizeof page, "%d", paper->page);
    box.width = PAPER_WIDTH;
    paper_put(paper, &right, &box, page);
    paper->y = PAPER_TOP;
}

void paper_begin(struct paper *paper, struct canvas *canvas, const char *head, const char *foot,
                 int pages)
{
    *paper =
        (struct paper){.canvas = canvas, .head = head, .foot = foot, .page = 1, .pages = pages};
    paper_furnish(paper);
}

static void paper_turn(struct paper *paper)
{
    canvas_next_page(paper->canvas);
    paper->page++;
    paper_furnish(paper);
}

void paper_need(struct paper *paper, double height)
{
    if (paper->y + height > PAPER_BOTTOM && paper->y > PAPER_TOP)
        paper_turn(paper);
}

void paper_gap(struct paper *paper, double height)
{
    paper->y += height;
}

/* ---- blocks ---- */

/* In a column; a text that is longer than the page goes on with the next one. */
static void paper_flow(struct paper *paper, const struct paper_style *style,
                       const struct canvas_box *column, const char *text)
{
    int n = *text ? paper_set(paper, style, column->width, text) : 0;

    for (int i = 0; i < n; i++) {
        struct canvas_box box = {column->x, 0, column->width, 0};

        if (paper->y + paper_leading(style) > PAPER_BOTTOM) {
            paper_turn(paper); /* has set the head and the foot */
            paper_set(paper, style, column->width, text);
        }
        box.y = paper->y;
        paper_line(paper, style, i, &box);
        paper->y += paper_leading(style);
    }
}

void paper_text(struct paper *paper, const struct paper_style *style, const char *text)
{
    paper_indented(paper, style, 0, text);
}

void paper_indented(struct paper *paper, const struct paper_style *style, double indent,
                    const char *text)
{
    const struct canvas_box column = {.x = PAPER_LEFT + indent, .width = PAPER_WIDTH - indent};

    paper_flow(paper, style, &column, text);
}

void paper_title(struct paper *paper, const char *text)
{
    static const struct paper_style style = {.size = 20, .color = 0};

    paper_text(paper, &style, text);
}

void paper_heading(struct paper *paper, const char *text)
{
    static const struct paper_style style = {.size = 13, .color = 0};
    struct canvas_box rule = {PAPER_LEFT, 0, PAPER_WIDTH, 0};

    paper_gap(paper, 14);
    paper_need(paper, 90);
    paper_text(paper, &style, text);
    rule.y = paper->y;
    canvas_rule(paper->canvas, &rule, PAPER_INK);
    paper_gap(paper, 6);
}

void paper_pair(struct paper *paper, const char *label, const char *text)
{
    struct canvas_box box = {PAPER_LEFT, 0, PAPER_LABEL - 6, 0};

    paper_need(paper, paper_leading(&paper_body));
    box.y = paper->y;
    paper_put(paper, &paper_faint, &box, label);
    paper_indented(paper, &paper_body, PAPER_LABEL, text);
    paper_gap(paper, 2);
}

/* ---- tables ---- */

/* Of the column: without its padding. */
static struct canvas_box paper_column_box(const struct paper_table *table, size_t at)
{
    struct canvas_box box = {.x = PAPER_LEFT};
    double sum = 0;

    for (size_t i = 0; i < table->n; i++)
        sum += table->columns[i].share;
    for (size_t i = 0; i < at; i++)
        box.x += table->columns[i].share / sum * PAPER_WIDTH;
    box.x += PAPER_PADDING;
    box.width = table->columns[at].share / sum * PAPER_WIDTH - 2 * PAPER_PADDING;
    return box;
}

static double paper_row_height(struct paper *paper, const struct paper_table *table,
                               const char *const *cells)
{
    double height = paper_leading(&paper_cell);

    for (size_t i = 0; i < table->n; i++) {
        struct canvas_box box = paper_column_box(table, i);
        double cell = paper_height(paper, &paper_cell, box.width, cells[i]);

        height = cell > height ? cell : height;
    }
    return height + PAPER_PADDING;
}

static void paper_draw_row(struct paper *paper, const struct paper_table *table,
                           const char *const *cells, double height, uint32_t color)
{
    struct canvas_box rule = {PAPER_LEFT, paper->y + height, PAPER_WIDTH, 0};

    for (size_t i = 0; i < table->n; i++) {
        struct paper_style style = paper_cell;
        struct canvas_box box = paper_column_box(table, i);
        int n = *cells[i] ? paper_set(paper, &style, box.width, cells[i]) : 0;

        style.right = table->columns[i].right;
        style.color = color;
        box.y = paper->y + PAPER_PADDING / 2;
        for (int k = 0; k < n; k++, box.y += paper_leading(&style))
            paper_line(paper, &style, k, &box);
    }
    canvas_rule(paper->canvas, &rule, PAPER_HAIR);
    paper->y += height;
}

static void paper_draw_titles(struct paper *paper, const struct paper_table *table)
{
    const char *titles[PAPER_COLUMNS];

    LOG_ASSERT(table->n <= PAPER_COLUMNS);
    for (size_t i = 0; i < table->n; i++)
        titles[i] = table->columns[i].title;
    paper_draw_row(paper, table, titles, paper_row_height(paper, table, titles), PAPER_FAINT);
}

void paper_table_begin(struct paper *paper, const struct paper_table *table)
{
    paper_need(paper, 3 * paper_leading(&paper_body));
    paper_draw_titles(paper, table);
}

void paper_table_row(struct paper *paper, const struct paper_table *table, const char *const *cells,
                     bool strong)
{
    double height = paper_row_height(paper, table, cells);

    if (paper->y + height > PAPER_BOTTOM) {
        paper_turn(paper);
        paper_draw_titles(paper, table);
    }
    paper_draw_row(paper, table, cells, height, strong ? paper_strong.color : PAPER_INK);
}
