/* plan_forecast_words: the forecast in sentences. See plan_forecast.h.
 * Runs: any (pure, but for the process's time zone and language). */
#include "gateway/report/plan_forecast.h"

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/fold.h"

static void plan_say_line(struct buffer *text, FILE *out)
{
    fold_print(buffer_text(text), FOLD_COLUMNS, 0, out);
    buffer_clear(text);
}

/* ---- the verdict ---- */

static void plan_say_fits(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    const struct forecast_line *total = &view->total;
    char finish[32], latest[32];

    plan_forecast_time(view, total->finish_p50_ms, finish);
    plan_forecast_time(view, total->finish_p95_ms, latest);
    if (total->finish_p95_ms == INT64_MAX || total->finish_p95_ms <= total->finish_p50_ms)
        buffer_printf(
            text, lang("It fits: the last message goes at %s.", "可以完成：最后一条预计 %s 发出。"),
            finish);
    else
        buffer_printf(text,
                      lang("It fits: the last message goes at %s (at the latest %s).",
                           "可以完成：最后一条预计 %s 发出（最迟 %s）。"),
                      finish, latest);
    plan_say_line(text, out);
}

/* In one day of twenty it doesn't fit. */
static void plan_say_close(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    char messages[FIGURE_ROOM], parts[FIGURE_ROOM];

    figure_count(view->total.short_p95, messages);
    figure_count(view->total.short_parts_p95, parts);
    buffer_printf(
        text,
        lang("But it is close: on one of twenty such days %s messages (%s parts) or more "
             "are left when the last window closes.",
             "但余量不足：二十次中约有一次，时间窗结束时仍有 %s 条短信（计费 %s 条）或更多"
             "未发出。"),
        messages, parts);
    plan_say_line(text, out);
}

/* "add 4 SIMs, or open until 11:40" */
static bool plan_add_cure(const struct plan_forecast *view, struct buffer *text)
{
    const struct forecast_cure *cure = &view->cure;
    const char *between = "";
    char time[32];

    if (cure->sims) {
        buffer_printf(text, lang("add %lld SIMs", "增加 %lld 张 SIM 卡"), (long long)cure->sims);
        between = lang(", or ", "，或");
    }
    if (cure->until_ms) {
        plan_forecast_time(view, cure->until_ms, time);
        buffer_printf(text, lang("%sopen until %s", "%s开放至 %s"), between, time);
        between = lang(", or ", "，或");
    }
    if (cure->from_ms) {
        plan_forecast_time(view, cure->from_ms, time);
        buffer_printf(text, lang("%sbegin at %s", "%s提前到 %s 开始"), between, time);
        between = lang(", or ", "，或");
    }
    return *between != '\0';
}

static size_t plan_count_short(const struct plan_forecast *view)
{
    size_t n = 0;

    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        n += view->networks[k].short_p50 > 0;
    return n;
}

static void plan_say_networks(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    bool alone = plan_count_short(view) == 1;

    for (size_t k = 0; k < PHONE_OPERATORS; k++) {
        const struct forecast_line *line = &view->networks[k];
        BUFFER_FREE_LATER struct buffer cure = BUFFER_NULL;
        bool mends = alone && plan_add_cure(view, &cure);
        char parts[FIGURE_ROOM];

        if (line->short_p50 <= 0)
            continue;
        figure_count(line->short_parts_p50, parts);
        buffer_printf(
            text, lang("short by %s parts on %s (%s)%s%s", "缺 %s 条（计费条），%s（%s）%s%s"),
            parts, phone_operator_label((enum phone_operator)k), forecast_bound_label(line->bound),
            mends ? lang(": ", "：") : "", buffer_text(&cure));
        plan_say_line(text, out);
    }
}

static void plan_say_lists(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    int64_t missing = view->total.short_p50;
    char count[FIGURE_ROOM];

    for (size_t k = 0; k < PHONE_OPERATORS; k++)
        missing -= view->networks[k].short_p50;
    if (missing <= 0)
        return;
    figure_count(missing, count);
    buffer_printf(text,
                  lang("Short by %s messages for want of numbers: add numbers, or lower the quota.",
                       "名单号码不足，缺 %s 条短信：请补充名单或调低任务数。"),
                  count);
    plan_say_line(text, out);
}

static void plan_say_short(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    BUFFER_FREE_LATER struct buffer cure = BUFFER_NULL;

    fputs(lang("It does not fit:\n", "无法按时完成：\n"), out);
    plan_say_networks(view, text, out);
    if (plan_count_short(view) > 1 && plan_add_cure(view, &cure)) {
        buffer_printf(text, lang("to mend all of it: %s", "补救办法：%s"), buffer_text(&cure));
        plan_say_line(text, out);
    }
    plan_say_lists(view, text, out);
}

void plan_forecast_say(const struct plan_forecast *view, FILE *out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    if (plan_forecast_is_short(view)) {
        plan_say_short(view, &text, out);
        return;
    }
    if (view->total.messages)
        plan_say_fits(view, &text, out);
    if (view->total.short_p95 > 0)
        plan_say_close(view, &text, out);
}

/* ---- what it rests on ---- */

static const char *plan_source_label(enum plan_source source)
{
    switch (source) {
    case PLAN_DEFAULT:
        return lang("assumed, nothing is measured yet", "默认值，尚无实测");
    case PLAN_CONFIGURED:
        return lang("as configured", "据配置");
    case PLAN_MEASURED:
        return lang("as measured", "据实测");
    default:
        return lang("as given", "据命令参数");
    }
}

static void plan_say_air(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    for (size_t i = 0; i < PLAN_SOURCES; i++) {
        const struct plan_air *air = &view->air[i];
        char least[FIGURE_ROOM], most[FIGURE_ROOM];

        if (!air->modems)
            continue;
        snprintf(least, sizeof least, "%.1f", (double)air->least_ms / 1000);
        snprintf(most, sizeof most, "-%.1f", (double)air->most_ms / 1000);
        buffer_printf(text,
                      lang("One part takes %s%s s (%s; modems: %lld).",
                           "每条（计费条）用时 %s%s 秒（%s；短信设备 %lld 台）。"),
                      least, air->least_ms == air->most_ms ? "" : most,
                      plan_source_label((enum plan_source)i), (long long)air->modems);
        plan_say_line(text, out);
    }
}

static void plan_say_odds(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    const struct forecast_chances *chances = &view->setup->chances;

    if (view->odds == PLAN_DEFAULT)
        return;
    buffer_printf(text,
                  lang("Of 1000 messages %lld are rejected, %lld not delivered, %lld tried again "
                       "(%s).",
                       "每 1000 条短信被拒 %lld 条、未送达 %lld 条、重试 %lld 次（%s）。"),
                  (long long)(chances->rejected / 1000), (long long)(chances->undelivered / 1000),
                  (long long)(chances->deferred / 1000), plan_source_label(view->odds));
    plan_say_line(text, out);
}

static void plan_say_cost(const struct plan_forecast *view, struct buffer *text, FILE *out)
{
    bool any = false;

    for (size_t k = 0; k < PHONE_OPERATORS && !any; k++)
        if (view->networks[k].messages)
            plan_forecast_price(view, k, &any);
    if (!any)
        return;
    buffer_printf(text, "%s",
                  lang("Modems of one network differ in price: the dearest one is taken.",
                       "同一运营商的设备单价不同，费用按最贵的计算。"));
    plan_say_line(text, out);
}

void plan_forecast_say_basis(const struct plan_forecast *view, FILE *out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    plan_say_air(view, &text, out);
    plan_say_odds(view, &text, out);
    plan_say_cost(view, &text, out);
    if (view->others) {
        buffer_printf(&text,
                      lang("Campaigns that share the modems: %zu; they are played along.",
                           "另有 %zu 个任务共用短信设备，已一并计算。"),
                      view->others);
        plan_say_line(&text, out);
    }
    if (view->past) {
        buffer_printf(&text, "%s",
                      lang("All windows are over: this is how it would have gone.",
                           "时间窗均已结束：以上为假设从头开始的结果。"));
        plan_say_line(&text, out);
    }
}
