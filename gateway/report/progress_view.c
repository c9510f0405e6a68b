/* progress_view: progress as text. See progress_view.h.
 * Runs: any. */
#include "gateway/report/progress_view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"
#include "gateway/report/fold.h"
#include "gateway/report/table.h"

#define PROGRESS_NAME_MAX 20
#define PROGRESS_LINE     FOLD_COLUMNS
#define PROGRESS_INDENT   20 /* under the first figure, behind date and time */
#define PROGRESS_BAR_MIN  6
#define PROGRESS_PERCENT  6 /* "100.0%" */
#define PROGRESS_BLUE     "\033[34m"
#define PROGRESS_INVERSE  "\033[7m"
#define PROGRESS_OFF      "\033[0m"

/* The messages of all campaigns together. */
static struct statement_unit progress_add_up(const struct progress_view *view)
{
    struct statement_unit sum = {0};

    for (size_t s = 0; s < view->n; s++) {
        const struct statement *statement = &view->statements[s];

        sum.quota += statement->totals.quota;
        sum.planned += statement->totals.planned;
        for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
            sum.n[i] += statement->totals.n[i];
    }
    return sum;
}

static int64_t progress_target(const struct statement_unit *line)
{
    return line->quota ? line->quota : line->planned;
}

void progress_view_cells(const struct statement_unit *line, size_t width, size_t cells[static 3])
{
    const int64_t steps[3] = {line->n[COLUMN_DELIVERED], line->n[COLUMN_SENT],
                              line->n[COLUMN_UNKNOWN]};
    int64_t whole = progress_target(line), sum = 0;
    size_t used = 0;

    for (size_t i = 0; i < 3; i++) {
        size_t until;

        sum += steps[i];
        until = whole > 0 ? (size_t)((__int128)sum * (int64_t)width / whole) : 0;
        if (until > width)
            until = width;
        cells[i] = until - used;
        used = until;
    }
}

static void progress_repeat(struct buffer *out, const char *text, size_t count)
{
    while (count--)
        buffer_add_text(out, text);
}

static void progress_bar(const struct progress_view *view, const struct statement_unit *line,
                         size_t width, struct buffer *out)
{
    size_t cells[3];

    progress_view_cells(line, width, cells);
    if (view->colour)
        buffer_add_text(out, PROGRESS_BLUE);
    progress_repeat(out, "█", cells[0]);
    progress_repeat(out, "▒", cells[1]);
    if (view->colour)
        buffer_add_text(out, PROGRESS_OFF);
    progress_repeat(out, "?", cells[2]);
    progress_repeat(out, "·", width - cells[0] - cells[1] - cells[2]);
}

/* Where the columns of the unit lines stand. */
struct progress_layout {
    size_t name, bar, counts;
};

static void progress_counts(const struct statement_unit *line, char text[static 2 * FIGURE_ROOM])
{
    char delivered[FIGURE_ROOM], target[FIGURE_ROOM];

    figure_count(line->n[COLUMN_DELIVERED], delivered);
    figure_count(progress_target(line), target);
    snprintf(text, 2 * (size_t)FIGURE_ROOM, "%s/%s", delivered, target);
}

static struct progress_layout progress_lay_out(const struct progress_view *view)
{
    struct statement_unit all = progress_add_up(view);
    struct progress_layout layout = {.name = utf8_columns(lang("Total", "合计"))};
    char counts[2 * FIGURE_ROOM];
    size_t used;

    progress_counts(&all, counts);
    layout.counts = strlen(counts);
    for (size_t s = 0; s < view->n; s++)
        for (size_t i = 0; i < view->statements[s].n_units; i++) {
            const struct statement_unit *unit = &view->statements[s].units[i];

            progress_counts(unit, counts);
            if (utf8_columns(unit->name) > layout.name)
                layout.name = utf8_columns(unit->name);
            if (strlen(counts) > layout.counts)
                layout.counts = strlen(counts);
        }
    if (layout.name > PROGRESS_NAME_MAX)
        layout.name = PROGRESS_NAME_MAX;
    if (layout.name > view->width / 2)
        layout.name = view->width / 2;
    used = 2 + layout.name + 2 + 2 + layout.counts + 2 + PROGRESS_PERCENT;
    layout.bar = view->width >= used + PROGRESS_BAR_MIN ? view->width - used : 0;
    return layout;
}

/* A line of plain text, cut to the terminal. */
static void progress_text_line(const struct progress_view *view, const char *text,
                               struct buffer *out)
{
    table_put_text(out, text, view->width, false);
    buffer_add_char(out, '\n');
}

static void progress_unit_line(const struct progress_view *view,
                               const struct progress_layout *layout, const char *name,
                               const struct statement_unit *line, struct buffer *out)
{
    char counts[2 * FIGURE_ROOM], percent[FIGURE_ROOM];
    BUFFER_FREE_LATER struct buffer tail = BUFFER_NULL;
    size_t head;

    progress_counts(line, counts);
    figure_percent(line->n[COLUMN_DELIVERED], progress_target(line), percent);
    buffer_printf(&tail, "  %*s  %*s", (int)layout->counts, counts, PROGRESS_PERCENT, percent);
    buffer_add_text(out, "  ");
    head = 2 + table_put_text(out, name, layout->name, true);
    if (layout->bar) {
        buffer_add_text(out, "  ");
        progress_bar(view, line, layout->bar, out);
        head += 2 + layout->bar;
    }
    table_put_text(out, buffer_text(&tail), view->width > head ? view->width - head : 0, false);
    buffer_add_char(out, '\n');
}

static size_t progress_campaign(const struct progress_view *view,
                                const struct progress_layout *layout,
                                const struct statement *statement, size_t most_units,
                                struct buffer *out)
{
    size_t n = statement->n_units < most_units ? statement->n_units : most_units, lines = 1 + n;
    MEM_FREE_LATER char *head = mem_printf("● %s", statement->title);

    progress_text_line(view, head, out);
    for (size_t i = 0; i < n; i++)
        progress_unit_line(view, layout, statement->units[i].name, &statement->units[i], out);
    if (n < statement->n_units) {
        MEM_FREE_LATER char *more =
            mem_printf(lang("  … %zu more units", "  …… 另有 %zu 个单位"), statement->n_units - n);

        progress_text_line(view, more, out);
        lines++;
    }
    return lines;
}

/* Adds " · about 8 min left", or nothing when it can't be said. */
static void progress_remaining(const struct progress_view *view, int64_t open, struct buffer *out)
{
    double rate = view->live->messages_per_s;
    int64_t minutes;

    if (!open || rate < 0.01 || (double)open / rate > 7 * 24 * 3600.0)
        return;
    minutes = (int64_t)((double)open / rate / 60.0) + 1;
    if (minutes >= 60)
        buffer_printf(out, lang(" · about %d h %d min left", " · 约需 %d 小时 %d 分"),
                      (int)(minutes / 60), (int)(minutes % 60));
    else
        buffer_printf(out, lang(" · about %d min left", " · 约需 %d 分"), (int)minutes);
}

/* Where nobody gets a message, figures about messages say nothing. */
static bool progress_has_messages(const struct progress_view *view,
                                  const struct statement_unit *sum)
{
    return sum->quota || sum->planned || !view->n;
}

static void progress_figures(const struct statement_unit *sum, struct buffer *out)
{
    char text[5][FIGURE_ROOM];

    figure_count(sum->n[COLUMN_DELIVERED], text[0]);
    figure_count(sum->n[COLUMN_SENT], text[1]);
    figure_count(sum->n[COLUMN_UNDELIVERED] + sum->n[COLUMN_REJECTED], text[2]);
    figure_count(sum->n[COLUMN_UNKNOWN], text[3]);
    figure_count(sum->n[COLUMN_OPEN], text[4]);
    buffer_printf(out,
                  lang("delivered %s · no report %s · failed %s · in doubt %s · open %s",
                       "已送达 %s · 等回执 %s · 失败 %s · 结果不明 %s · 未完成 %s"),
                  text[0], text[1], text[2], text[3], text[4]);
}

static void progress_devices(const struct progress_view *view, const struct statement_unit *sum,
                             struct buffer *out)
{
    const struct progress_live *live = view->live;

    if (progress_has_messages(view, sum)) {
        buffer_printf(out, lang("%.1f messages/s", "每秒 %.1f 条"), live->messages_per_s);
        progress_remaining(view, sum->n[COLUMN_OPEN], out);
        buffer_printf(out, lang(" · modems %zu/%zu", " · 短信设备 %zu/%zu"), live->modems_ready,
                      live->modems);
        buffer_add_text(out, live->boards ? " · " : "");
    }
    if (live->boards)
        buffer_printf(out, lang("boards %zu/%zu, showing %zu", "显示屏 %zu/%zu，播放中 %zu"),
                      live->boards_ready, live->boards, live->showing);
    else if (!progress_has_messages(view, sum))
        buffer_add_text(out, lang("showing nothing", "未在播放"));
    if (live->boards_paused)
        buffer_printf(out, lang(", %zu left to their owners", "，%zu 块归业主使用"),
                      live->boards_paused);
}

static void progress_planning(const struct progress_live *live, struct buffer *out)
{
    char rows[FIGURE_ROOM], refused[FIGURE_ROOM];

    figure_count(live->rows_read, rows);
    figure_count(live->rows_refused, refused);
    if (!live->rows_read)
        buffer_add_text(out, lang("entering the campaigns in the books", "正在登记任务"));
    else
        buffer_printf(out,
                      lang("entering the lists: %s rows read, %s refused",
                           "正在登记名单：已读 %s 行，拒绝 %s 行"),
                      rows, refused);
}

/* Trouble stands out by its mark; inverse video repeats it. */
static void progress_trouble(const struct progress_view *view, struct buffer *out)
{
    MEM_FREE_LATER char *text = mem_printf("▲ %s", view->live->trouble);

    if (view->colour)
        buffer_add_text(out, PROGRESS_INVERSE);
    table_put_text(out, text, view->width, false);
    if (view->colour)
        buffer_add_text(out, PROGRESS_OFF);
    buffer_add_char(out, '\n');
}

static size_t progress_foot(const struct progress_view *view, const struct statement_unit *sum,
                            struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    size_t lines = 1;
    char now[20];

    clock_format(view->live->now_ms, now);
    if (progress_has_messages(view, sum)) {
        progress_figures(sum, &line);
        progress_text_line(view, buffer_text(&line), out);
        buffer_clear(&line);
        lines++;
    }
    buffer_printf(&line, "%s  ", now);
    if (view->live->planning)
        progress_planning(view->live, &line);
    else
        progress_devices(view, sum, &line);
    progress_text_line(view, buffer_text(&line), out);
    if (view->live->trouble) {
        progress_trouble(view, out);
        lines++;
    }
    return lines;
}

size_t progress_view_block(const struct progress_view *view, struct buffer *out)
{
    const size_t foot = 4; /* figures, devices, trouble, total */
    struct statement_unit sum = progress_add_up(view);
    struct progress_layout layout = progress_lay_out(view);
    size_t n = view->n ? view->n : 1, most_units = 1, lines = 0;

    if (view->height > foot + 4 * n)
        most_units = (view->height - foot - 3 * n) / n;
    for (size_t s = 0; s < view->n; s++)
        lines += progress_campaign(view, &layout, &view->statements[s], most_units, out);
    if (view->n && progress_has_messages(view, &sum)) {
        progress_unit_line(view, &layout, lang("Total", "合计"), &sum, out);
        lines++;
    }
    return lines + progress_foot(view, &sum, out);
}

/* What doesn't fit into a line follows under it; it breaks between two figures. */
static void progress_fold(const char *text, struct buffer *out)
{
    static const char between[] = " · ";
    size_t used = PROGRESS_INDENT;

    while (*text) {
        const char *end = strstr(text, between);
        size_t length = end ? (size_t)(end - text) : strlen(text);
        MEM_FREE_LATER char *figure = mem_printf("%.*s", (int)length, text);
        size_t columns = utf8_columns(figure);

        if (used > PROGRESS_INDENT && used + 3 + columns > PROGRESS_LINE) {
            buffer_printf(out, "\n%*s", PROGRESS_INDENT, "");
            used = PROGRESS_INDENT;
        } else if (used > PROGRESS_INDENT) {
            buffer_add_text(out, between);
            used += 3;
        }
        buffer_add_text(out, figure);
        used += columns;
        text += length + (end ? strlen(between) : 0);
    }
    buffer_add_char(out, '\n');
}

/* The mark stands at the front: somebody looks for it. */
static void progress_fold_trouble(const char *trouble, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char *text = NULL;
    size_t size;
    FILE *folded = open_memstream(&text, &size);

    if (!folded)
        return;
    buffer_add_text(&line, "▲ ");
    table_put_text(&line, trouble, 400, false);
    fold_print(buffer_text(&line), PROGRESS_LINE, 2, folded);
    fclose(folded);
    buffer_add_text(out, text);
    free(text);
}

void progress_view_line(const struct progress_view *view, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct statement_unit sum = progress_add_up(view);
    char now[20];

    clock_format(view->live->now_ms, now);
    buffer_printf(out, "%s ", now);
    if (view->live->planning) {
        progress_planning(view->live, &line);
    } else {
        if (progress_has_messages(view, &sum)) {
            progress_figures(&sum, &line);
            buffer_add_text(&line, " · ");
        }
        progress_devices(view, &sum, &line);
    }
    progress_fold(buffer_text(&line), out);
    if (view->live->trouble)
        progress_fold_trouble(view->live->trouble, out);
}
