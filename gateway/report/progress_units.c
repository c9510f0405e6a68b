/* progress_units: a line per unit: bar, figures, rate, when it will be done. See progress_view.h.
 * Runs: any (pure, but for the process's time zone and language). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"
#include "gateway/report/progress_inside.h"
#include "gateway/report/table.h"

#define PROGRESS_NAME_MAX 20
#define PROGRESS_NAME_MIN 4
#define PROGRESS_BAR_MIN  6
#define PROGRESS_PERCENT  6 /* "100.0%" */
#define PROGRESS_BLUE     "\033[34m"

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

static void progress_counts(const struct statement_unit *line, char text[static 2 * FIGURE_ROOM])
{
    char delivered[FIGURE_ROOM], target[FIGURE_ROOM];

    figure_count(line->n[COLUMN_DELIVERED], delivered);
    figure_count(progress_target(line), target);
    snprintf(text, 2 * (size_t)FIGURE_ROOM, "%s/%s", delivered, target);
}

static const struct prospect_unit *progress_prospect(const struct progress_view *view,
                                                     const struct statement *statement,
                                                     const struct statement_unit *unit)
{
    const struct prospect *prospect = view->live->prospect;

    for (size_t i = 0; prospect && i < prospect->n_units; i++)
        if (strcmp(prospect->units[i].unit, unit->id) == 0 &&
            strcmp(prospect->units[i].campaign, statement->id) == 0)
            return &prospect->units[i];
    return NULL;
}

/* "10:41", "1,240 short", "paused"; nothing when it isn't known. */
static void progress_end(const struct progress_view *view, const struct prospect_line *line,
                         bool paused, struct buffer *out)
{
    char missing[FIGURE_ROOM];

    if (paused) {
        buffer_add_text(out, lang("paused", "已暂停"));
    } else if (line->missing > 0) {
        figure_count(line->missing, missing);
        buffer_printf(out, lang("%s short", "缺 %s"), missing);
    } else if (line->finish_p50_ms > 0 && line->finish_p50_ms < INT64_MAX) {
        progress_clock(view->live->now_ms, line->finish_p50_ms, out);
    }
}

static void progress_put_end(const struct progress_view *view, const struct statement *statement,
                             const struct statement_unit *unit, struct buffer *out)
{
    const struct prospect *prospect = view->live->prospect;
    const struct prospect_unit *known = unit ? progress_prospect(view, statement, unit) : NULL;

    if (known)
        progress_end(view, &known->line, known->paused, out);
    else if (!unit && prospect)
        progress_end(view, &prospect->total, false, out);
}

static int64_t progress_pace(const struct progress_view *view, const struct statement *statement,
                             const struct statement_unit *unit)
{
    int64_t sum = -1;

    if (unit)
        return pace_per_min(view->pace, statement->id, unit->id);
    for (size_t s = 0; s < view->n; s++)
        for (size_t i = 0; i < view->statements[s].n_units; i++) {
            int64_t rate =
                pace_per_min(view->pace, view->statements[s].id, view->statements[s].units[i].id);

            sum = rate < 0 ? sum : (sum < 0 ? 0 : sum) + rate;
        }
    return sum;
}

/* "620/min": parts; nothing when it isn't known. */
static void progress_put_pace(const struct progress_view *view, const struct statement *statement,
                              const struct statement_unit *unit, struct buffer *out)
{
    int64_t rate = progress_pace(view, statement, unit);
    char count[FIGURE_ROOM];

    if (rate < 0)
        return;
    figure_count(rate, count);
    buffer_printf(out, lang("%s/min", "%s/分"), count);
}

static void progress_widen(size_t *column, size_t columns)
{
    if (columns > *column)
        *column = columns;
}

static void progress_measure(const struct progress_view *view, const struct statement *statement,
                             const struct statement_unit *unit, struct progress_layout *layout)
{
    BUFFER_FREE_LATER struct buffer end = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer pace = BUFFER_NULL;
    struct statement_unit all = progress_add_up(view);
    char counts[2 * FIGURE_ROOM];

    progress_counts(unit ? unit : &all, counts);
    progress_put_pace(view, statement, unit, &pace);
    progress_put_end(view, statement, unit, &end);
    progress_widen(&layout->name, utf8_columns(unit ? unit->name : lang("Total", "合计")));
    progress_widen(&layout->counts, strlen(counts));
    progress_widen(&layout->pace, utf8_columns(buffer_text(&pace)));
    progress_widen(&layout->end, utf8_columns(buffer_text(&end)));
}

static size_t progress_room(size_t column)
{
    return column ? 2 + column : 0;
}

/* What doesn't fit is left out: the rate first, then the bar, then the percentage. */
struct progress_layout progress_lay_out(const struct progress_view *view)
{
    struct progress_layout layout = {.percent = PROGRESS_PERCENT};
    size_t used;

    progress_measure(view, NULL, NULL, &layout);
    for (size_t s = 0; s < view->n; s++)
        for (size_t i = 0; i < view->statements[s].n_units; i++)
            progress_measure(view, &view->statements[s], &view->statements[s].units[i], &layout);
    used = 2 + progress_room(layout.counts) + progress_room(layout.end);
    if (layout.name > PROGRESS_NAME_MAX)
        layout.name = PROGRESS_NAME_MAX;
    if (layout.name > PROGRESS_NAME_MIN && used + layout.name > view->width)
        layout.name =
            view->width > used + PROGRESS_NAME_MIN ? view->width - used : PROGRESS_NAME_MIN;
    used += layout.name;
    if (used + progress_room(layout.percent) > view->width)
        layout.percent = 0;
    used += progress_room(layout.percent);
    if (used + progress_room(layout.pace) + 2 + PROGRESS_BAR_MIN > view->width)
        layout.pace = 0;
    used += progress_room(layout.pace);
    layout.bar = view->width >= used + 2 + PROGRESS_BAR_MIN ? view->width - used - 2 : 0;
    return layout;
}

/* At the right edge of its column. */
static void progress_put_right(const char *text, size_t column, struct buffer *out)
{
    size_t columns = utf8_columns(text);

    if (column)
        buffer_printf(out, "  %*s%s", (int)(column > columns ? column - columns : 0), "", text);
}

void progress_unit_line(const struct progress_view *view, const struct progress_layout *layout,
                        const struct statement *statement, const struct statement_unit *unit,
                        struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer pace = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer end = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer tail = BUFFER_NULL;
    struct statement_unit all = progress_add_up(view);
    const struct statement_unit *line = unit ? unit : &all;
    char counts[2 * FIGURE_ROOM], percent[FIGURE_ROOM];
    size_t head;

    progress_counts(line, counts);
    figure_percent(line->n[COLUMN_DELIVERED], progress_target(line), percent);
    progress_put_pace(view, statement, unit, &pace);
    progress_put_end(view, statement, unit, &end);
    progress_put_right(counts, layout->counts, &tail);
    progress_put_right(percent, layout->percent, &tail);
    progress_put_right(buffer_text(&pace), layout->pace, &tail);
    progress_put_right(buffer_text(&end), layout->end, &tail);
    buffer_add_text(out, "  ");
    head = 2 + table_put_text(out, unit ? unit->name : lang("Total", "合计"), layout->name, true);
    if (layout->bar) {
        buffer_add_text(out, "  ");
        progress_bar(view, line, layout->bar, out);
        head += 2 + layout->bar;
    }
    table_put_text(out, buffer_text(&tail), view->width > head ? view->width - head : 0, false);
    buffer_add_char(out, '\n');
}

/* Is a further behind than b? */
static bool progress_is_behind(const struct progress_view *view, const struct statement *statement,
                               size_t a, size_t b)
{
    const struct statement_unit *units = statement->units;
    const struct prospect_unit *first = progress_prospect(view, statement, &units[a]);
    const struct prospect_unit *second = progress_prospect(view, statement, &units[b]);
    int64_t lacks[2] = {first ? first->line.missing : 0, second ? second->line.missing : 0};
    __int128 here = units[a].n[COLUMN_DELIVERED] + units[a].n[COLUMN_SENT];
    __int128 there = units[b].n[COLUMN_DELIVERED] + units[b].n[COLUMN_SENT];

    if (lacks[0] != lacks[1])
        return lacks[0] > lacks[1];
    return here * progress_target(&units[b]) < there * progress_target(&units[a]);
}

void progress_choose(const struct progress_view *view, const struct statement *statement,
                     size_t count, bool *shown)
{
    memset(shown, count >= statement->n_units, statement->n_units * sizeof *shown);
    if (count >= statement->n_units)
        return;
    while (count--) {
        size_t worst = SIZE_MAX;

        for (size_t i = 0; i < statement->n_units; i++)
            if (!shown[i] && (worst == SIZE_MAX || progress_is_behind(view, statement, i, worst)))
                worst = i;
        shown[worst] = true;
    }
}
