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
#include "gateway/report/progress_inside.h"
#include "gateway/report/standing.h"
#include "gateway/report/table.h"

#define PROGRESS_LINE   FOLD_COLUMNS
#define PROGRESS_INDENT 20 /* under the first figure, behind date and time */
#define PROGRESS_UNITS  4  /* so many have a line before other things have theirs */

struct statement_unit progress_add_up(const struct progress_view *view)
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

bool progress_has_messages(const struct progress_view *view, const struct statement_unit *sum)
{
    return sum->quota || sum->planned || !view->n;
}

void progress_text_line(const struct progress_view *view, const char *text, struct buffer *out)
{
    table_put_text(out, text, view->width, false);
    buffer_add_char(out, '\n');
}

/* ---- a campaign ---- */

/* The boards aren't read, so of slogans alone only the windows say how they stand. */
static const char *progress_standing(const struct progress_view *view,
                                     const struct statement *statement)
{
    const struct progress_live *live = view->live;
    enum standing standing = standing_of(statement, live->now_ms, live->now_ms);

    if (live->paused_id && strcmp(live->paused_id, statement->id) == 0)
        return lang("‖ paused by a person", "‖ 已由人工暂停");
    if (statement->planned && !statement->totals.planned)
        standing = window_at(statement->windows, statement->n_windows, live->now_ms)
                       ? STANDING_RUNNING
                       : STANDING_WAITING;
    return standing_label(live->absent ? standing_without_gateway(standing) : standing);
}

/* "10-31 08:30-11:00, 0:58 left"; nothing when no window is open or to come. */
static void progress_window(const struct progress_view *view, const struct statement *statement,
                            struct buffer *out)
{
    int64_t now = view->live->now_ms;
    const struct window *open = window_at(statement->windows, statement->n_windows, now);
    const struct window *window =
        open ? open : window_after(statement->windows, statement->n_windows, now);
    char from[20], to[20], left[FIGURE_ROOM];

    if (!window)
        return;
    clock_format(window->from_ms, from);
    clock_format(window->to_ms, to);
    buffer_printf(out, " · %.5s %.5s-%.5s", from + 5, from + 11, to + 11);
    figure_span((open ? window->to_ms : window->from_ms) - now, left);
    buffer_printf(out, open ? lang(", %s left", "，剩余 %s") : lang(", in %s", "，%s 后开始"),
                  left);
}

static void progress_head(const struct progress_view *view, const struct statement *statement,
                          bool two_lines, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer head = BUFFER_NULL;

    buffer_printf(&head, "● %s", statement->title);
    if (two_lines) {
        progress_text_line(view, buffer_text(&head), out);
        buffer_clear(&head);
        buffer_add_char(&head, ' ');
    }
    buffer_printf(&head, " %s", progress_standing(view, statement));
    if (two_lines)
        progress_window(view, statement, &head);
    progress_text_line(view, buffer_text(&head), out);
}

static size_t progress_campaign(const struct progress_view *view,
                                const struct progress_layout *layout,
                                const struct statement *statement, size_t most, struct buffer *out)
{
    bool *shown = mem_array(statement->n_units + 1, bool);
    size_t lines = 0;

    progress_choose(view, statement, most, shown);
    for (size_t i = 0; i < statement->n_units; i++)
        if (shown[i]) {
            progress_unit_line(view, layout, statement, &statement->units[i], out);
            lines++;
        }
    free(shown);
    if (lines < statement->n_units) {
        MEM_FREE_LATER char *more = mem_printf(lang("  … %zu more units", "  …… 另有 %zu 个单位"),
                                               statement->n_units - lines);

        progress_text_line(view, more, out);
        lines++;
    }
    return lines;
}

/* ---- which lines there are ---- */

struct progress_plan {
    bool messages, planning, expected;
    bool windows, strip, legend, boards; /* these and troubles are shown where there is room */
    size_t troubles;
    size_t campaigns; /* from the first */
    size_t units;     /* lines for all of them */
};

/* Takes cost lines off what is there beside those that units should have. */
static bool progress_afford(size_t *room, size_t cost, size_t kept)
{
    if (!cost || *room < cost + kept)
        return false;
    *room -= cost;
    return true;
}

static struct progress_plan progress_plan(const struct progress_view *view,
                                          const struct statement_unit *sum)
{
    const struct progress_live *live = view->live;
    BUFFER_FREE_LATER struct buffer expected = BUFFER_NULL;
    struct progress_plan plan = {.messages = progress_has_messages(view, sum),
                                 .planning = live->planning,
                                 .campaigns = view->n};
    size_t room = view->height > 1 ? view->height - 1 : 1, kept = 0, more;
    size_t troubles = progress_troubles(view), lanes = live->lanes ? strlen(live->lanes) : 0;

    progress_expected(live, &expected);
    /* The foot, figures, the total. */
    more = 1 + (plan.messages ? (size_t)1 + (view->n > 0) : 0);
    room -= room > more ? more : room;
    if (plan.campaigns > room / 2 && plan.campaigns > 1)
        plan.campaigns = room / 2 ? room / 2 : 1;
    for (size_t s = 0; s < plan.campaigns; s++)
        kept += view->statements[s].n_units;
    if (kept > PROGRESS_UNITS + plan.campaigns)
        kept = PROGRESS_UNITS + plan.campaigns;
    kept += plan.campaigns;
    plan.troubles = progress_afford(&room, troubles ? 1 : 0, plan.campaigns + 1);
    plan.expected = progress_afford(&room, expected.length ? 1 : 0, kept);
    plan.strip = progress_afford(&room, plan.messages && live->modems ? 1 : 0, kept);
    plan.boards = progress_afford(&room, live->boards ? 1 : 0, kept);
    plan.windows = progress_afford(&room, plan.campaigns, kept);
    while (plan.troubles && plan.troubles < troubles && progress_afford(&room, 1, kept))
        plan.troubles++;
    plan.legend = plan.strip && lanes && progress_afford(&room, 1, kept);
    plan.units = room > plan.campaigns ? room - plan.campaigns : 0;
    return plan;
}

/* How many units each campaign shows, one more in turn as long as there are lines. */
static void progress_deal(const struct progress_view *view, const struct progress_plan *plan,
                          size_t *most)
{
    size_t left = plan->units;
    bool dealt = true;

    for (size_t s = 0; s < plan->campaigns; s++)
        left -=
            view->statements[s].n_units && left ? 1 : 0; /* the line of those that aren't shown */
    while (left && dealt) {
        dealt = false;
        for (size_t s = 0; s < plan->campaigns && left; s++) {
            size_t n = view->statements[s].n_units;

            if (most[s] >= n)
                continue;
            most[s]++;
            left--;
            /* With one missing its own line is as good as the one that says so. */
            if (most[s] + 1 == n)
                most[s] = n;
            dealt = true;
        }
    }
}

static size_t progress_campaigns(const struct progress_view *view, const struct progress_plan *plan,
                                 struct buffer *out)
{
    struct progress_layout layout = progress_lay_out(view);
    size_t *most = mem_array(view->n + 1, size_t), lines = 0;

    progress_deal(view, plan, most);
    for (size_t s = 0; s < plan->campaigns; s++) {
        progress_head(view, &view->statements[s], plan->windows, out);
        lines += plan->windows ? 2 : 1;
        if (plan->units)
            lines += progress_campaign(view, &layout, &view->statements[s], most[s], out);
    }
    if (view->n && plan->messages) {
        progress_unit_line(view, &layout, NULL, NULL, out);
        lines++;
    }
    free(most);
    return lines;
}

/* Date and time; what has no line of its own; which keys do what. */
static void progress_foot(const struct progress_view *view, const struct progress_plan *plan,
                          struct buffer *out)
{
    const struct progress_live *live = view->live;
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char now[20];

    clock_format(live->now_ms, now);
    buffer_printf(&line, "%s", now);
    if (plan->planning) {
        buffer_add_text(&line, "  ");
        progress_planning(live, &line);
    } else if (!live->absent) {
        if (plan->messages && !plan->strip) {
            buffer_add_text(&line, " · ");
            progress_modems(live, &line);
        }
        if (live->boards && !plan->boards) {
            buffer_add_text(&line, " · ");
            progress_boards(live, &line);
        } else if (!live->boards && !plan->messages) {
            buffer_printf(&line, " · %s", lang("showing nothing", "未在播放"));
        }
    } else {
        buffer_printf(&line, " · %s", lang("no gateway is at work", "没有网关在运行"));
    }
    if (live->keys)
        buffer_printf(&line, " · %s", live->keys);
    progress_text_line(view, buffer_text(&line), out);
}

static size_t progress_rest(const struct progress_view *view, const struct progress_plan *plan,
                            const struct statement_unit *sum, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    if (plan->messages) {
        progress_figures(sum, &line);
        progress_text_line(view, buffer_text(&line), out);
        buffer_clear(&line);
    }
    if (plan->expected) {
        progress_expected(view->live, &line);
        progress_text_line(view, buffer_text(&line), out);
        buffer_clear(&line);
    }
    if (plan->strip)
        progress_strip_line(view, out);
    if (plan->legend)
        progress_legend_line(view, out);
    if (plan->boards) {
        progress_boards(view->live, &line);
        progress_text_line(view, buffer_text(&line), out);
    }
    for (size_t i = 0; i < plan->troubles; i++)
        progress_trouble_line(view, i, out);
    progress_foot(view, plan, out);
    return 1u + plan->messages + plan->expected + plan->strip + plan->legend + plan->boards +
           plan->troubles;
}

/* Lines at the end of a terminal that is too low for them are not drawn. */
static size_t progress_cut(struct buffer *text, size_t lines, size_t most)
{
    const char *at = text->data;

    if (lines <= most || !at)
        return lines;
    for (size_t i = 0; i < most; i++)
        at = strchr(at, '\n') + 1;
    text->length = (size_t)(at - text->data);
    text->data[text->length] = '\0';
    return most;
}

size_t progress_view_block(const struct progress_view *view, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer block = BUFFER_NULL;
    struct statement_unit sum = progress_add_up(view);
    struct progress_plan plan = progress_plan(view, &sum);
    size_t lines = progress_campaigns(view, &plan, &block);

    lines += progress_rest(view, &plan, &sum, &block);
    lines = progress_cut(&block, lines, view->height > 2 ? view->height - 1 : 1);
    buffer_add_text(out, buffer_text(&block));
    return lines;
}

/* ---- the plain line ---- */

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

static void progress_devices(const struct progress_view *view, const struct statement_unit *sum,
                             struct buffer *out)
{
    const struct progress_live *live = view->live;
    BUFFER_FREE_LATER struct buffer expected = BUFFER_NULL;

    if (progress_has_messages(view, sum)) {
        buffer_printf(out, lang("%.1f messages/s", "每秒 %.1f 条"), live->messages_per_s);
        progress_expected(live, &expected);
        if (expected.length)
            buffer_printf(out, " · %s", buffer_text(&expected));
        else
            progress_remaining(view, sum->n[COLUMN_OPEN], out);
        buffer_add_text(out, " · ");
        progress_modems(live, out);
        buffer_add_text(out, live->boards ? " · " : "");
    }
    if (live->boards)
        progress_boards(live, out);
    else if (!progress_has_messages(view, sum))
        buffer_add_text(out, lang("showing nothing", "未在播放"));
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
        if (view->live->absent)
            buffer_add_text(&line, lang("no gateway is at work", "没有网关在运行"));
        else
            progress_devices(view, &sum, &line);
    }
    progress_fold(buffer_text(&line), out);
    if (view->live->trouble)
        progress_fold_trouble(view->live->trouble, out);
}
