/* risks: what a rehearsal tells of the day. See risks.h.
 * Runs: any (pure). */
#include "gateway/report/risks.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/operators.h"
#include "gateway/report/fold.h"
#include "gateway/report/risks_limits.h"

#define RISKS_SHOWN 20 /* of ten thousand boards, each may have one */

__attribute__((format(printf, 3, 4))) static void risks_add(struct risks *risks, const char *name,
                                                            const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    risks->items = mem_grow(risks->items, risks->n + 1, sizeof *risks->items);
    risks->items[risks->n++] = (struct risk){name, mem_dup(text)};
}

/* ---- before the day ---- */

static void risks_approval(const struct risks_setup *setup, struct risks *risks)
{
    if (setup->unapproved)
        risks_add(risks, "approval", "%s",
                  lang("Nobody has approved this campaign: it won't run. Have a second person "
                       "approve it (lawcast approve).",
                       "本任务尚未审批，正式运行时不会发送。请由另一人审批（lawcast approve）。"));
}

static void risks_forecast(const struct risks_setup *setup, struct risks *risks)
{
    const struct campaign *campaign = setup->campaign;
    int64_t end_ms = campaign->n_windows ? campaign->windows[campaign->n_windows - 1].to_ms : 0;
    char end[20];

    if (setup->p95_ms <= end_ms)
        return;
    clock_format(end_ms, end);
    risks_add(risks, "forecast",
              lang("On a bad day (1 of 20) the forecast doesn't end before the last window closes "
                   "at %s. Open a window earlier or longer, or add SIMs.",
                   "按预测，较差情况下（20 次中 1 次）到 %s 最后一个时间窗结束时仍发不完。请提前或"
                   "延长时间窗，或增加 SIM 卡。"),
              end);
}

/* ---- messages ---- */

/* Numbers that could still count. */
static int64_t risks_good(const struct statement_unit *unit)
{
    return unit->planned - unit->n[COLUMN_UNDELIVERED] - unit->n[COLUMN_REJECTED] -
           unit->n[COLUMN_SUPPRESSED];
}

static void risks_quotas(const struct risks_setup *setup, struct risks *risks)
{
    for (size_t i = 0; i < setup->statement->n_units; i++) {
        const struct statement_unit *unit = &setup->statement->units[i];
        int64_t reached = unit->n[COLUMN_DELIVERED] + unit->n[COLUMN_SENT];

        if (risks_good(unit) < unit->quota)
            risks_add(
                risks, "lists",
                lang("%s: after what failed only %lld numbers are left for a quota of %lld. "
                     "Lengthen its reserve list.",
                     "%s：除去发送失败的，只剩 %lld 个号码，不足任务数 %lld。请补充备用名单。"),
                unit->name, (long long)risks_good(unit), (long long)unit->quota);
        else if (reached < unit->quota)
            risks_add(risks, "short",
                      lang("%s: %lld of %lld messages are missing when the windows close. Open "
                           "longer windows, or add SIMs.",
                           "%s：时间窗结束时还差 %lld 条（任务数 %lld 条）。请延长时间窗或增加 SIM "
                           "卡。"),
                      unit->name, (long long)(unit->quota - reached), (long long)unit->quota);
    }
}

static const struct statement_unit *risks_unit(const struct risks_setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->statement->n_units; i++)
        if (strcmp(setup->statement->units[i].id, id) == 0)
            return &setup->statement->units[i];
    return NULL;
}

static const struct order *risks_order(const struct risks_setup *setup, const char *unit)
{
    for (size_t i = 0; i < setup->campaign->n_orders; i++)
        if (strcmp(setup->office->units[setup->campaign->orders[i].unit].id, unit) == 0)
            return &setup->campaign->orders[i];
    return NULL;
}

/* The last window that counts for the unit. */
static const struct window *risks_last_window(const struct risks_setup *setup, const char *unit)
{
    const struct order *order = risks_order(setup, unit);
    const struct campaign *campaign = setup->campaign;

    if (order && order->n_windows)
        return &order->windows[order->n_windows - 1];
    return campaign->n_windows ? &campaign->windows[campaign->n_windows - 1] : NULL;
}

static void risks_near(const struct risks_setup *setup, struct risks *risks)
{
    for (size_t i = 0; i < setup->n_finishes; i++) {
        const struct books_finish *finish = &setup->finishes[i];
        const struct statement_unit *unit = risks_unit(setup, finish->unit);
        const struct window *last = risks_last_window(setup, finish->unit);
        char at[20], end[20];

        if (!unit || !last || finish->at_ms > last->to_ms ||
            (last->to_ms - finish->at_ms) * 100 >=
                (last->to_ms - last->from_ms) * RISKS_NEAR_PERCENT)
            continue;
        clock_format(finish->at_ms, at);
        clock_format(last->to_ms, end);
        risks_add(risks, "near",
                  lang("%s is done only at %s, and its window closes at %s: less than %d %% are "
                       "left. Open longer, or add SIMs.",
                       "%s 到 %s 才发完，时间窗 %s 结束：余量不足 %d %%。请延长时间窗或增加 SIM "
                       "卡。"),
                  unit->name, at, end, RISKS_NEAR_PERCENT);
    }
}

static void risks_doubt(const struct risks_setup *setup, struct risks *risks)
{
    long long doubt = (long long)setup->statement->totals.n[COLUMN_UNKNOWN];
    long long silent = (long long)setup->statement->totals.n[COLUMN_SENT];

    if (doubt)
        risks_add(risks, "doubt",
                  lang("%lld messages ended in doubt. Decide beforehand who looks into them; "
                       "on_unknown in the campaign says whether they are sent again.",
                       "有 %lld 条短信结果不明。请事先确定由谁核实；任务文件中的 on_unknown "
                       "决定是否重发。"),
                  doubt);
    if (silent && setup->campaign->sms.report)
        risks_add(risks, "reports",
                  lang("%lld messages were sent and never reported on. Wait longer for reports "
                       "(report_wait), or count what was sent (counts = \"sent\").",
                       "有 %lld 条短信已发送但没有回执。请延长等待回执的时间（report_wait），"
                       "或按已发送计数（counts = \"sent\"）。"),
                  silent);
}

/* ---- modems ---- */

static void risks_modems(const struct risks_setup *setup, struct risks *risks)
{
    if (setup->modems_lost > 0)
        risks_add(risks, "modems",
                  lang("%lld modems stopped for good during the rehearsal. Keep spare modems and "
                       "SIMs at hand, and somebody who changes them.",
                       "演练中有 %lld 台短信设备停止工作。请备好备用设备和 SIM "
                       "卡，并安排人员更换。"),
                  (long long)setup->modems_lost);
}

/* By the SIMs, as the books name them: "imsi:46000...". */
static void risks_alone(const struct risks_setup *setup, struct risks *risks)
{
    int64_t parts[PHONE_OPERATORS] = {0}, sum = 0;

    for (size_t i = 0; i < setup->n_tallies; i++) {
        const struct books_tally *tally = &setup->tallies[i];
        int64_t carried = risks_carried(tally);

        if (strncmp(tally->sim, "imsi:", 5) == 0)
            parts[operators_of_imsi(tally->sim + 5)] += carried;
        sum += carried;
    }
    for (int i = 0; i < PHONE_OPERATORS; i++)
        if (i != OPERATOR_UNKNOWN && parts[i] * 100 > sum * RISKS_ALONE_PERCENT)
            risks_add(risks, "alone",
                      lang("SIMs of one network (%s) carry more than %d %% of the messages: if it "
                           "bars them, the campaign stands still. Add SIMs of another network.",
                           "一家运营商（%s）的 SIM 卡承担了超过 %d %% "
                           "的短信，一旦被限制，任务就会停顿。请增加其他运营商的 SIM 卡。"),
                      phone_operator_label((enum phone_operator)i), RISKS_ALONE_PERCENT);
}

static void risks_limits(const struct risks_setup *setup, struct risks *risks)
{
    char first[97];
    size_t n = risks_count_spent(setup, first);

    if (n)
        risks_add(risks, "limits",
                  lang("%zu SIMs, such as that of %s, used more than %d %% of what their limits "
                       "allow: a few that fail can't be made up for. Add SIMs, or open longer.",
                       "有 %zu 张 SIM 卡（如 %s 的）已用去限额的 %d %% "
                       "以上，少数失效就无法弥补。请增加 SIM 卡或延长时间窗。"),
                  n, first, RISKS_LIMIT_PERCENT);
}

/* ---- boards ---- */

static void risks_boards(const struct risks_setup *setup, struct risks *risks)
{
    for (size_t i = 0; i < setup->statement->n_boards; i++) {
        const struct statement_board *board = &setup->statement->boards[i];

        if (board->planned && board->level < board->need)
            risks_add(
                risks, "proof",
                lang("Board %s proved less than the campaign asks (%s instead of %s), so its "
                     "showings don't count. Ask for less (level), or set up what proves more.",
                     "显示屏 %s 的证明达不到任务要求（%s，要求 %s），播放不计入。请降低要求"
                     "（level）或配置更强的证明方式。"),
                board->id, statement_level_label(board->level), statement_level_label(board->need));
        else if (board->showings < board->planned)
            risks_add(risks, "showings",
                      lang("Board %s showed %lld of %lld slots. Look at when it was taken, quiet "
                           "or away.",
                           "显示屏 %s 只播放了 %lld 次，应播 %lld "
                           "次。请检查其被占用、静默或离线的时段。"),
                      board->id, (long long)board->showings, (long long)board->planned);
    }
}

static bool risks_is_quiet(const struct board *board, const struct window *windows, size_t n)
{
    for (size_t i = 0; i < n && board->quiet.n; i++)
        if (quiet_at(&board->quiet, windows[i].from_ms) ||
            quiet_next_ms(&board->quiet, windows[i].from_ms) < windows[i].to_ms)
            return true;
    return false;
}

static void risks_quiet(const struct risks_setup *setup, struct risks *risks)
{
    const struct campaign *campaign = setup->campaign;

    for (size_t i = 0; i < setup->office->n_boards; i++) {
        const struct board *board = &setup->office->boards[i];

        if (campaign_uses_board(campaign, i) &&
            risks_is_quiet(board, campaign->windows, campaign->n_windows))
            risks_add(risks, "quiet",
                      lang("Board %s has quiet times inside the campaign's windows: nothing is "
                           "shown then. Agree with its owner, or plan without them.",
                           "显示屏 %s 在任务时间窗内有静默时段，届时不播放。请与权属单位协商或"
                           "调整计划。"),
                      board->id);
    }
}

/* ---- all ---- */

void risks_find(const struct risks_setup *setup, struct risks *out)
{
    static void (*const looks[])(const struct risks_setup *, struct risks *) = {
        risks_approval, risks_quotas, risks_forecast, risks_near,   risks_doubt,
        risks_modems,   risks_limits, risks_alone,    risks_boards, risks_quiet};

    *out = (struct risks){0};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        looks[i](setup, out);
}

void risks_free(struct risks *risks)
{
    for (size_t i = 0; i < risks->n; i++)
        free(risks->items[i].text);
    free(risks->items);
    *risks = (struct risks){0};
}

void risks_print(const struct risks *risks, FILE *out)
{
    size_t shown = risks->n < RISKS_SHOWN ? risks->n : RISKS_SHOWN;

    if (!risks->n) {
        fputs(lang("No risks were found.\n", "未发现风险。\n"), out);
        return;
    }
    fprintf(out, lang("Risks: %zu\n", "风险：%zu 项\n"), risks->n);
    for (size_t i = 0; i < shown; i++) {
        MEM_FREE_LATER char *line = mem_printf("! %s", risks->items[i].text);

        fold_print(line, FOLD_COLUMNS, 2, out);
    }
    if (shown < risks->n)
        fprintf(out, lang("  and %zu more in report.json\n", "  另有 %zu 项见 report.json\n"),
                risks->n - shown);
}

struct jv *risks_to_json(const struct risks *risks)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < risks->n; i++) {
        struct jv *risk = jv_object();

        jv_put(risk, "risk", jv_string(risks->items[i].name));
        jv_put(risk, "text", jv_string(risks->items[i].text));
        jv_push(list, risk);
    }
    return list;
}
