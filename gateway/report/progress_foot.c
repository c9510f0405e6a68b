/* progress_foot: modems, boards, what is to be expected, troubles. See progress_view.h.
 * Runs: any (pure, but for the process's time zone and language). */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"
#include "gateway/report/progress_inside.h"
#include "gateway/report/strip.h"
#include "gateway/report/table.h"

void progress_clock(int64_t now_ms, int64_t at_ms, struct buffer *out)
{
    char now[20], at[20];

    clock_format(now_ms, now);
    clock_format(at_ms, at);
    if (strncmp(now, at, 10) == 0)
        buffer_add(out, at + 11, 5);
    else
        buffer_add(out, at + 5, 11);
}

void progress_figures(const struct statement_unit *sum, struct buffer *out)
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

void progress_planning(const struct progress_live *live, struct buffer *out)
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

void progress_modems(const struct progress_live *live, struct buffer *out)
{
    buffer_printf(out, lang("modems %zu/%zu", "短信设备 %zu/%zu"), live->modems_ready,
                  live->modems);
}

void progress_boards(const struct progress_live *live, struct buffer *out)
{
    size_t fine = live->boards_ready + live->boards_paused;

    buffer_printf(out, lang("boards %zu/%zu, showing %zu", "显示屏 %zu/%zu，播放中 %zu"),
                  live->boards_ready, live->boards, live->showing);
    if (live->boards_paused)
        buffer_printf(out, lang(", %zu left to their owners", "，%zu 块归业主使用"),
                      live->boards_paused);
    if (live->boards > fine)
        buffer_printf(out, lang(", %zu down", "，%zu 块不可用"), live->boards - fine);
}

/* "China Telecom, 12 of 64 modems of bank-a are down" */
static void progress_slowest(const struct prospect *prospect, struct buffer *out)
{
    if (prospect->network < 0 || prospect->network >= PHONE_OPERATORS)
        return;
    if (prospect->network != OPERATOR_UNKNOWN)
        buffer_printf(out, lang(" · slowest: %s", " · 瓶颈：%s"),
                      phone_operator_label((enum phone_operator)prospect->network));
    if (prospect->bank_down)
        buffer_printf(out, lang(" (%s: %zu of %zu modems down)", "（%s：%zu/%zu 台不可用）"),
                      prospect->bank, prospect->bank_down, prospect->bank_size);
}

void progress_expected(const struct progress_live *live, struct buffer *out)
{
    const struct prospect *prospect = live->prospect;
    char missing[FIGURE_ROOM];

    if (!prospect || !prospect->at_ms)
        return;
    if (prospect->total.missing > 0) {
        figure_count(prospect->total.missing, missing);
        buffer_printf(out, lang("%s messages will be missing: %s", "预计少 %s 条：%s"), missing,
                      forecast_bound_label(prospect->total.bound));
        progress_slowest(prospect, out);
    } else if (prospect->total.finish_p50_ms > 0 && prospect->total.finish_p50_ms < INT64_MAX) {
        buffer_add_text(out, lang("done at ", "预计 "));
        progress_clock(live->now_ms, prospect->total.finish_p50_ms, out);
        buffer_add_text(out, lang("", " 完成"));
        if (prospect->total.finish_p95_ms < INT64_MAX) {
            buffer_add_text(out, lang(", at worst ", "，最迟 "));
            progress_clock(live->now_ms, prospect->total.finish_p95_ms, out);
        }
        progress_slowest(prospect, out);
    }
}

void progress_strip_line(const struct progress_view *view, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    size_t used;

    progress_modems(view->live, &line);
    used = utf8_columns(buffer_text(&line)) + 2;
    buffer_add_text(&line, view->live->lanes ? "  " : "");
    if (view->live->lanes && used < view->width)
        strip_draw(view->live->lanes, view->width - used, &line);
    progress_text_line(view, buffer_text(&line), out);
}

void progress_legend_line(const struct progress_view *view, struct buffer *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    buffer_add_text(&line, "  ");
    strip_legend(view->live->lanes, &line);
    progress_text_line(view, buffer_text(&line), out);
}

size_t progress_troubles(const struct progress_view *view)
{
    const struct problems *problems = view->live->problems;

    if (!problems || !problems->n)
        return view->live->trouble ? 1 : 0;
    return problems->n < PROBLEMS_SHOWN ? problems->n : PROBLEMS_SHOWN;
}

static void progress_problem(const struct problem *problem, int64_t now_ms, struct buffer *out)
{
    buffer_add_text(out, problem->over ? "△ " : "▲ ");
    progress_clock(now_ms, problem->at_ms, out);
    buffer_add_char(out, ' ');
    if (problem->id[0])
        buffer_add_text(out, problem->id);
    if (problem->devices > 1)
        buffer_printf(out, " +%zu", problem->devices - 1);
    buffer_add_text(out, problem->id[0] ? lang(": ", "：") : "");
    buffer_add_text(out, problem->why);
    buffer_add_text(out, problem->over ? lang(" (over)", "（已恢复）") : "");
}

/* Trouble stands out by its mark; inverse video repeats it. */
void progress_trouble_line(const struct progress_view *view, size_t i, struct buffer *out)
{
    const struct problems *problems = view->live->problems;
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    bool holds = true;

    if (problems && problems->n) {
        progress_problem(&problems->items[i], view->live->now_ms, &line);
        holds = !problems->items[i].over;
    } else {
        buffer_printf(&line, "▲ %s", view->live->trouble);
    }
    if (view->colour && holds)
        buffer_add_text(out, PROGRESS_INVERSE);
    table_put_text(out, buffer_text(&line), view->width, false);
    if (view->colour && holds)
        buffer_add_text(out, PROGRESS_OFF);
    buffer_add_char(out, '\n');
}
