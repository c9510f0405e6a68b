/* plan_forecast_draw: planned against possible, as a picture in the terminal. See plan_forecast.h.
 * Runs: any (pure, but for the process's time zone and language).
 *
 * From left to right goes sending time; closed hours are left out, and marked below. Up to the full
 * blocks parts are sent, up to the light ones they could be; the figure at the side is all that is
 * planned. */
#include "gateway/report/plan_forecast.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/fold.h"

enum { DRAW_ROWS = 10, DRAW_EIGHTHS = 8, DRAW_LABEL = 9, DRAW_WIDTH = FORECAST_STEPS / 2 };

struct plan_draw {
    const struct plan_forecast *view;
    bool blocks;
    int64_t top;     /* parts */
    int planned_row; /* up to which planned parts reach */
    int64_t begin_ms, ends_ms[DRAW_WIDTH], sent[DRAW_WIDTH], possible[DRAW_WIDTH];
    bool breaks[DRAW_WIDTH]; /* there is a closed time in it */
};

bool plan_forecast_has_blocks(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

/* Steps are equally long: where the wall's time goes on further, sending was closed. */
static void draw_find_breaks(struct plan_draw *draw, const struct forecast_result *result)
{
    int64_t step_ms = INT64_MAX;

    for (size_t i = 1; i < FORECAST_STEPS; i++) {
        int64_t ms = result->step_ends_ms[i] - result->step_ends_ms[i - 1];

        step_ms = ms < step_ms ? ms : step_ms;
    }
    for (size_t i = 1; i < FORECAST_STEPS; i++)
        if (result->step_ends_ms[i] - result->step_ends_ms[i - 1] > step_ms + 60000)
            draw->breaks[i / 2] = true;
    draw->begin_ms = result->step_ends_ms[0] - step_ms;
}

static void draw_fill(struct plan_draw *draw)
{
    const struct forecast_result *result = draw->view->result;

    for (size_t i = 0; i < DRAW_WIDTH; i++) {
        draw->ends_ms[i] = result->step_ends_ms[2 * i + 1];
        draw->sent[i] = result->sent[2 * i + 1];
        draw->possible[i] = result->possible[2 * i + 1];
    }
    draw_find_breaks(draw, result);
    draw->top = result->possible[FORECAST_STEPS - 1];
    if (draw->top > result->total.parts / 3 * 4) /* of what nobody needs a little is enough */
        draw->top = result->total.parts / 3 * 4;
    if (draw->top < result->total.parts)
        draw->top = result->total.parts;
    draw->planned_row =
        (int)((__int128)(result->total.parts - 1) * DRAW_ROWS / (draw->top > 0 ? draw->top : 1));
}

/* The eighth of a row up to which value reaches, from the bottom. */
static int draw_height(const struct plan_draw *draw, int64_t value)
{
    if (value >= draw->top)
        return DRAW_ROWS * DRAW_EIGHTHS;
    return (int)((__int128)value * DRAW_ROWS * DRAW_EIGHTHS / draw->top);
}

static const char *draw_cell(const struct plan_draw *draw, size_t column, int row)
{
    static const char *const eighths[DRAW_EIGHTHS + 1] = {" ", "▁", "▂", "▃", "▄",
                                                          "▅", "▆", "▇", "█"};
    int sent = draw_height(draw, draw->sent[column]) - row * DRAW_EIGHTHS;
    int possible = draw_height(draw, draw->possible[column]) - row * DRAW_EIGHTHS;

    if (!draw->blocks)
        return sent >= DRAW_EIGHTHS / 2 ? "#" : possible >= DRAW_EIGHTHS / 2 ? "." : " ";
    if (sent > 0)
        return eighths[sent < DRAW_EIGHTHS ? sent : DRAW_EIGHTHS];
    return possible >= DRAW_EIGHTHS / 2 ? "░" : " ";
}

static void draw_rows(const struct plan_draw *draw, FILE *out)
{
    for (int row = DRAW_ROWS - 1; row >= 0; row--) {
        char label[FIGURE_ROOM] = "";
        BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

        if (row == draw->planned_row)
            figure_count(draw->view->result->total.parts, label);
        buffer_printf(&line, "%*s %s", DRAW_LABEL, label, draw->blocks ? "┤" : "|");
        for (size_t i = 0; i < DRAW_WIDTH; i++)
            buffer_add_text(&line, draw_cell(draw, i, row));
        while (line.length && line.data[line.length - 1] == ' ')
            line.length--;
        fprintf(out, "%.*s\n", (int)line.length, line.data);
    }
}

static void draw_axis(const struct plan_draw *draw, FILE *out)
{
    fprintf(out, "%*s %s", DRAW_LABEL, "0", draw->blocks ? "└" : "+");
    for (size_t i = 0; i < DRAW_WIDTH; i++)
        if (draw->breaks[i])
            fputs(draw->blocks ? "╫" : "/", out);
        else
            fputs(draw->blocks ? "─" : "-", out);
    fputc('\n', out);
}

/* When sending goes on in a column with a break. */
static int64_t draw_reopens_ms(const struct plan_draw *draw, size_t column)
{
    const struct forecast_setup *setup = draw->view->setup;
    int64_t from_ms = draw->ends_ms[column];

    for (size_t i = 0; i < setup->n_orders; i++)
        for (size_t k = 0; k < setup->orders[i].n_windows; k++) {
            int64_t at_ms = setup->orders[i].windows[k].from_ms;

            if (at_ms > draw->ends_ms[column - 1] && at_ms < from_ms)
                from_ms = at_ms;
        }
    return from_ms;
}

/* When sending begins, goes on behind a break, and ends; where there is room. */
static void draw_times(const struct plan_draw *draw, FILE *out)
{
    char line[DRAW_WIDTH + 33], text[32];
    size_t used = 0, length;

    memset(line, ' ', sizeof line);
    plan_forecast_time(draw->view, draw->ends_ms[DRAW_WIDTH - 1], text);
    length = strlen(text);
    memcpy(line + DRAW_WIDTH - length, text, length);
    for (size_t i = 0; i < DRAW_WIDTH; i++) {
        if (i && !draw->breaks[i])
            continue;
        plan_forecast_time(draw->view, i ? draw_reopens_ms(draw, i) : draw->begin_ms, text);
        length = strlen(text);
        if (i < used || i + 2 * length + 2 > DRAW_WIDTH)
            continue;
        memcpy(line + i, text, length);
        used = i + length + 1;
    }
    fprintf(out, "%*s%.*s\n", DRAW_LABEL + 2, "", (int)DRAW_WIDTH, line);
}

void plan_forecast_draw(const struct plan_forecast *view, bool blocks, FILE *out)
{
    struct plan_draw draw = {.view = view, .blocks = blocks};

    if (view->result->n_steps != FORECAST_STEPS || view->result->total.parts <= 0)
        return;
    draw_fill(&draw);
    fputc('\n', out);
    draw_rows(&draw, out);
    draw_axis(&draw, out);
    draw_times(&draw, out);
    fprintf(
        out, "%*s%s\n", DRAW_LABEL + 2, "",
        blocks ? lang("█ parts that are planned   ░ possible", "█ 计划发送（计费条）  ░ 还可发送")
               : lang("# parts that are planned   . possible", "# 计划发送（计费条）  . 还可发送"));
}
