/* reload_diff: what a new configuration changes. See reload_diff.h.
 * Runs: any (pure). */
#include "gateway/reload_diff.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/modem_change.h"

__attribute__((format(printf, 2, 3))) static void reload_tell(struct reload_diff *diff,
                                                              const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    jv_push(diff->changes, jv_string(text));
    diff->n_changes++;
}

static void reload_tell_later(struct reload_diff *diff, const char *text)
{
    jv_push(diff->later, jv_string(text));
    diff->n_later++;
}

static bool reload_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* ---- modems ---- */

static void reload_compare_modems(const struct office *now, const struct office *next,
                                  struct reload_diff *diff)
{
    for (size_t i = 0; i < now->n_modems; i++) {
        const struct modem *old = &now->modems[i], *new = modem_find(next, old->id);
        enum modem_change change = new ? modem_compare(old, now, new, next) : MODEM_SAME;

        if (!new)
            reload_tell(diff,
                        lang("Modem %s: finishes what it has and is used no longer.",
                             "短信设备 %s：发完手上的短信后停用。"),
                        old->id);
        else if (change == MODEM_ANEW)
            reload_tell(diff,
                        lang("Modem %s: finishes what it has and begins anew as it is written now.",
                             "短信设备 %s：发完手上的短信后按新配置重新启用。"),
                        old->id);
        else if (change == MODEM_LIMITS)
            reload_tell(diff,
                        lang("Modem %s: %lld an hour, %lld a day, with its group's limits as they "
                             "are written now (0: no limit).",
                             "短信设备 %s：每小时 %lld 条、每日 %lld "
                             "条，所在组的限额也按新配置（0 表示不限）。"),
                        old->id, (long long)new->limits.per_hour, (long long)new->limits.per_day);
    }
    for (size_t i = 0; i < next->n_modems; i++)
        if (!modem_find(now, next->modems[i].id))
            reload_tell(diff, lang("Modem %s: is used from now on.", "短信设备 %s：自此启用。"),
                        next->modems[i].id);
}

/* ---- units ---- */

static bool reload_same_people(const struct unit *a, const struct unit *b)
{
    return reload_same_text(a->contact.name, b->contact.name) &&
           reload_same_text(a->contact.position, b->contact.position) &&
           reload_same_text(a->contact.phone, b->contact.phone);
}

/* Campaigns know units by their places: new ones come last, and none can go. */
static bool reload_units_stay(const struct office *now, const struct office *next)
{
    if (next->n_units < now->n_units)
        return false;
    for (size_t i = 0; i < now->n_units; i++)
        if (strcmp(now->units[i].id, next->units[i].id) != 0)
            return false;
    return true;
}

static void reload_compare_units(const struct office *now, const struct office *next,
                                 struct reload_diff *diff)
{
    diff->units = !reload_units_stay(now, next);
    if (diff->units) {
        reload_tell_later(diff, lang("Units were taken out, or stand in another order.",
                                     "删去了单位，或调整了单位的顺序。"));
        return;
    }
    for (size_t i = 0; i < now->n_units; i++) {
        const struct unit *a = &now->units[i], *b = &next->units[i];

        if (!reload_same_text(a->name, b->name) || !reload_same_people(a, b))
            reload_tell(
                diff,
                lang("Unit %s: its name or who is responsible.", "单位 %s：名称或责任人有改动。"),
                a->id);
        if (!reload_same_text(a->token, b->token))
            reload_tell(diff,
                        lang("Unit %s: its token; the old one is turned away.",
                             "单位 %s：令牌已更换，旧令牌失效。"),
                        a->id);
        if (!reload_same_text(a->signature, b->signature))
            reload_tell(diff,
                        lang("Unit %s: its signature, for campaigns that are entered from now on.",
                             "单位 %s：短信签名，只用于此后入账的任务。"),
                        a->id);
    }
    for (size_t i = now->n_units; i < next->n_units; i++)
        reload_tell(diff, lang("Unit %s: is known from now on.", "单位 %s：新增。"),
                    next->units[i].id);
}

/* ---- boards ---- */

static bool reload_same_quiet(const struct quiet *a, const struct quiet *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (a->spans[i].from_min != b->spans[i].from_min ||
            a->spans[i].to_min != b->spans[i].to_min || a->spans[i].days != b->spans[i].days)
            return false;
    return true;
}

static bool reload_same_kind(const struct board *a, const struct board *b)
{
    const struct option_def *option = a->kind ? a->kind->options : NULL;

    if (a->kind != b->kind)
        return false;
    for (; option && option->name; option++) {
        const char *x = (const char *)a->options + option->offset;
        const char *y = (const char *)b->options + option->offset;

        if (option->type == OPTION_STRING ? !reload_same_text(*(char *const *)x, *(char *const *)y)
            : option->type == OPTION_INT || option->type == OPTION_TIME
                ? *(const int64_t *)x != *(const int64_t *)y
            : option->type == OPTION_BOOL   ? *(const bool *)x != *(const bool *)y
            : option->type == OPTION_CHOICE ? *(const int *)x != *(const int *)y
                                            : false)
            return false;
    }
    return true;
}

static bool reload_same_board(const struct board *a, const struct board *b)
{
    return strcmp(a->id, b->id) == 0 && a->owner == b->owner && reload_same_kind(a, b) &&
           reload_same_text(a->url, b->url) && reload_same_text(a->place, b->place) &&
           reload_same_text(a->ca_file, b->ca_file) && reload_same_text(a->color, b->color) &&
           a->width == b->width && a->height == b->height && a->timeout_ms == b->timeout_ms &&
           a->font_px == b->font_px && a->speed_pxs == b->speed_pxs && a->render == b->render &&
           a->turn_s == b->turn_s && a->item_s == b->item_s &&
           reload_same_quiet(&a->quiet, &b->quiet);
}

static void reload_compare_boards(const struct office *now, const struct office *next,
                                  struct reload_diff *diff)
{
    size_t most = now->n_boards > next->n_boards ? now->n_boards : next->n_boards;

    for (size_t i = 0; i < most; i++) {
        const struct board *board = i < now->n_boards ? &now->boards[i] : &next->boards[i];
        MEM_FREE_LATER char *text =
            mem_printf(lang("Board %s, and what stands behind it in the list.",
                            "显示屏 %s（及列表中其后的改动）。"),
                       board->id);

        if (i < now->n_boards && i < next->n_boards &&
            reload_same_board(&now->boards[i], &next->boards[i]))
            continue;
        diff->boards = true;
        reload_tell_later(diff, text);
        return;
    }
}

/* ---- the office ---- */

static bool reload_same_windows(const struct window *a, size_t n, const struct window *b, size_t m)
{
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++)
        if (a[i].from_ms != b[i].from_ms || a[i].to_ms != b[i].to_ms)
            return false;
    return true;
}

static bool reload_same_words(const struct option_strings *a, const struct option_strings *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static void reload_compare_fixed(const struct office *first, const struct office *next,
                                 struct reload_diff *diff)
{
    const struct listen *a = &first->listen, *b = &next->listen;

    diff->listen = !reload_same_text(a->address, b->address) || a->port != b->port ||
                   !reload_same_text(a->url, b->url) || !reload_same_text(a->key, b->key);
    if (diff->listen)
        reload_tell_later(diff, lang("listen: until then tokens stay as they were, too.",
                                     "listen：在此之前令牌也保持不变。"));
    if (!reload_same_text(first->timezone, next->timezone))
        reload_tell_later(diff, lang("timezone.", "timezone（时区）。"));
    if (!reload_same_text(first->ledger_path, next->ledger_path))
        reload_tell_later(diff, lang("The path of the books.", "账本的路径。"));
}

static void reload_compare_office(const struct office *now, const struct office *next,
                                  struct reload_diff *diff)
{
    if (!reload_same_quiet(&now->quiet, &next->quiet) ||
        !reload_same_windows(now->holidays, now->n_holidays, next->holidays, next->n_holidays))
        reload_tell(diff, "%s",
                    lang("Quiet times or holidays: for extensions and for campaigns that are read "
                         "from now on. The windows of those that run are part of what was "
                         "approved: start them again when they shall follow.",
                         "安静时段或节假日：用于此后的延长和此后读取的任务。正在执行的任务其时间窗"
                         "属于已审批的内容，如需跟随请重新启动。"));
    if (!reload_same_words(&now->refusal_words, &next->refusal_words) ||
        !reload_same_text(now->refusal_answer, next->refusal_answer))
        reload_tell(diff, "%s",
                    lang("The words of refusals or the answer to them.", "拒收用语或其答复。"));
    if (!reload_same_text(now->alarm_url, next->alarm_url))
        reload_tell(diff, "%s", lang("Where alarms go.", "告警地址。"));
    if (now->drain_s != next->drain_s)
        reload_tell(diff, lang("drain: %lld s.", "drain：%lld 秒。"), (long long)next->drain_s);
    if (now->approval != next->approval || now->n_approvers != next->n_approvers)
        reload_tell(diff, "%s", lang("Who has to approve.", "审批要求或审批人。"));
}

void reload_compare(const struct office *first, const struct office *now, const struct office *next,
                    struct reload_diff *diff)
{
    reload_compare_modems(now, next, diff);
    reload_compare_units(now, next, diff);
    reload_compare_boards(now, next, diff);
    reload_compare_fixed(first, next, diff);
    reload_compare_office(now, next, diff);
}
