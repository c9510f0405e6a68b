/* campaign_windows: lists of windows and phases into plain windows. See campaign_inside.h.
 * Runs: loop.
 *
 * A list is read once, where it is written, and resolved once for each of its uses: messages keep
 * the office's quiet times, slogans don't. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/campaign_inside.h"
#include "gateway/config/campaign_options.h"
#include "gateway/config/daytimes.h"
#include "gateway/config/timetext.h"

#define CAMPAIGN_LONGEST_DAYS 3660
#define CAMPAIGN_DAY_MS       INT64_C(86400000)

/* One window of a list, and which group it came from. */
struct campaign_piece {
    struct window window;
    size_t element;
};

static void campaign_tell_time(struct campaign_reader *reader, conf_setting place, const char *name,
                               const char *text)
{
    BUFFER_FREE_LATER struct buffer why = BUFFER_NULL;
    int64_t unused;
    bool date = calendar_parse_date(text, &unused) == 0;

    timetext_explain(text, &why);
    conffile_error(reader->conf, place,
                   lang("%s: \"%.40s\" is not a time. %s%s", "%s：\"%.40s\" 不是有效时间。%s%s"),
                   name, text, buffer_text(&why),
                   date ? lang(" Or, for so many days, add daily = [ \"08:30-11:00\" ].",
                               "若要按天重复，请加写 daily = [ \"08:30-11:00\" ]。")
                        : "");
}

static void campaign_tell_backward(struct campaign_reader *reader, conf_setting group)
{
    conffile_error(reader->conf, group, "%s",
                   lang("The window ends before it begins: correct from or to.",
                        "时间窗的结束不晚于开始：请改正 from 或 to。"));
}

static void campaign_tell_long(struct campaign_reader *reader, conf_setting group)
{
    conffile_error(reader->conf, group,
                   lang("This window is longer than %d days: is a year wrong?",
                        "这个时间窗超过 %d 天：年份是否写错？"),
                   CAMPAIGN_LONGEST_DAYS);
}

/* Is one of the two bounds there and good? *bound is set then. */
static bool campaign_read_time(struct campaign_reader *reader, conf_setting group, const char *name,
                               const char *text, int64_t *bound)
{
    if (!text) /* told as missing */
        return false;
    if (window_parse_time(text, bound) == 0)
        return true;
    campaign_tell_time(reader, conffile_member(group, name), name, text);
    return false;
}

static bool campaign_read_date(struct campaign_reader *reader, conf_setting group, const char *name,
                               const char *text, int64_t *day)
{
    BUFFER_FREE_LATER struct buffer why = BUFFER_NULL;

    if (!text)
        return false;
    if (calendar_parse_date(text, day) == 0)
        return true;
    timetext_explain_date(text, &why);
    conffile_error(reader->conf, conffile_member(group, name),
                   lang("%s: \"%.40s\" is not a date, which daily wants. %s",
                        "%s：\"%.40s\" 不是日期；写了 daily 时应为日期。%s"),
                   name, text, buffer_text(&why));
    return false;
}

/* from = "2026-10-31 08:30"; to = "2026-10-31 11:00"; */
static void campaign_read_one(struct campaign_reader *reader, conf_setting group,
                              const struct campaign_window *read, struct calendar *calendar)
{
    int64_t from_ms, to_ms;
    bool from = campaign_read_time(reader, group, "from", read->from, &from_ms);
    bool to = campaign_read_time(reader, group, "to", read->to, &to_ms);

    if (!from || !to)
        return;
    if (from_ms >= to_ms)
        campaign_tell_backward(reader, group);
    else if (to_ms - from_ms > CAMPAIGN_LONGEST_DAYS * CAMPAIGN_DAY_MS)
        campaign_tell_long(reader, group);
    else
        calendar_add(calendar, from_ms, to_ms);
}

/* from = "2026-04-13"; to = "2026-06-20"; daily = [ "mon-fri 08:30-11:00" ]; */
static void campaign_read_phase(struct campaign_reader *reader, conf_setting group,
                                const struct campaign_window *read, struct calendar *calendar)
{
    int64_t from_day, to_day;
    bool from = campaign_read_date(reader, group, "from", read->from, &from_day);
    bool to = campaign_read_date(reader, group, "to", read->to, &to_day);
    struct quiet daily = {0};
    bool times = daytimes_read(reader->conf, group, "daily", &read->daily, &daily);

    if (from && to && from_day > to_day)
        campaign_tell_backward(reader, group);
    else if (from && to && to_day - from_day >= CAMPAIGN_LONGEST_DAYS)
        campaign_tell_long(reader, group);
    else if (from && to && times && daily.n) {
        calendar_add_phase(calendar, from_day, to_day, &daily);
        if (!calendar->n)
            conffile_warning(reader->conf, group, "%s",
                             lang("This window never opens: no day between from and to is one that "
                                  "daily names.",
                                  "这个时间窗不会开放：from 到 to 之间没有 daily 所写的星期。"));
    }
    quiet_free(&daily);
}

static void campaign_tell_many(struct campaign_reader *reader, conf_setting place)
{
    conffile_error(reader->conf, place,
                   lang("More than %d windows come of this: make several campaigns of it, or "
                        "fewer and longer times.",
                        "由此得出的时间窗超过 %d 个：请分成几个任务，或写少而长的时段。"),
                   CALENDAR_MOST);
}

static void campaign_read_element(struct campaign_reader *reader, struct campaign_times *times,
                                  size_t i)
{
    conf_setting group = conffile_element(times->list, i);
    struct campaign_element *element = &times->elements[i];
    struct campaign_window read = {0};
    struct conf_part part = {campaign_options_window, &read};

    conffile_fill(reader->conf, group, &part, 1);
    element->holidays = read.holidays;
    if (conffile_member(group, "daily"))
        campaign_read_phase(reader, group, &read, &element->calendar);
    else
        campaign_read_one(reader, group, &read, &element->calendar);
    option_release(campaign_options_window, &read);
}

/* ---- do they overlap? ---- */

static int campaign_compare_pieces(const void *a, const void *b)
{
    const struct campaign_piece *x = a, *y = b;

    if (x->window.from_ms != y->window.from_ms)
        return x->window.from_ms < y->window.from_ms ? -1 : 1;
    return (x->element > y->element) - (x->element < y->element);
}

static struct campaign_piece *campaign_pieces(const struct campaign_times *times, size_t n)
{
    struct campaign_piece *pieces = mem_array(n, struct campaign_piece);
    size_t at = 0;

    for (size_t i = 0; i < times->n; i++)
        for (size_t k = 0; k < times->elements[i].calendar.n; k++)
            pieces[at++] = (struct campaign_piece){times->elements[i].calendar.items[k], i};
    if (n)
        qsort(pieces, n, sizeof *pieces, campaign_compare_pieces);
    return pieces;
}

/* The first two of a list that overlap are told, at the one that begins later. */
static void campaign_check_overlap(struct campaign_reader *reader,
                                   const struct campaign_times *times, size_t n)
{
    struct campaign_piece *pieces = campaign_pieces(times, n);
    bool told = false;

    for (size_t i = 1; i < n && !told; i++) {
        told = pieces[i - 1].window.to_ms > pieces[i].window.from_ms;
        if (told)
            conffile_error(reader->conf, conffile_element(times->list, pieces[i].element), "%s",
                           pieces[i - 1].element == pieces[i].element
                               ? lang("The times in daily overlap: make them one, or part them.",
                                      "daily 里的时段相互重叠：请合并或错开。")
                               : lang("This window overlaps another one: make them one, or part "
                                      "them.",
                                      "这个时间窗与另一个时间窗重叠：请合并或错开。"));
    }
    free(pieces);
}

void campaign_times_read(struct campaign_reader *reader, conf_setting group,
                         struct campaign_times *times)
{
    size_t errors = conffile_diag(reader->conf)->errors, n = 0;

    *times = (struct campaign_times){.written = conffile_member(group, "windows") != NULL};
    times->list = conffile_list(reader->conf, group, "windows", &times->n);
    if (!times->list)
        return;
    times->elements = mem_array(times->n, struct campaign_element);
    for (size_t i = 0; i < times->n && n <= CALENDAR_MOST; i++) {
        campaign_read_element(reader, times, i);
        n += times->elements[i].calendar.n;
        if (n > CALENDAR_MOST)
            campaign_tell_many(reader, conffile_element(times->list, i));
    }
    if (times->n == 0)
        conffile_error(reader->conf, times->list, "%s",
                       lang("windows is empty: nothing could ever be sent.",
                            "windows 是空的：没有允许发送的时间窗。"));
    campaign_check_number(reader, times->list, times->n, CAMPAIGN_WINDOWS_MOST);
    times->good = conffile_diag(reader->conf)->errors == errors;
    if (times->good)
        campaign_check_overlap(reader, times, n);
    times->good = conffile_diag(reader->conf)->errors == errors;
}

void campaign_times_free(struct campaign_times *times)
{
    for (size_t i = 0; i < times->n; i++)
        calendar_free(&times->elements[i].calendar);
    for (size_t i = 0; i < CAMPAIGN_USES; i++)
        calendar_free(&times->resolved[i]);
    free(times->elements);
    *times = (struct campaign_times){0};
}

/* ---- what is left of them ---- */

static void campaign_resolve_element(struct campaign_reader *reader, struct campaign_times *times,
                                     size_t i, enum campaign_use use)
{
    const struct campaign_element *element = &times->elements[i];
    const struct office *office = reader->office;
    struct calendar left = {0}, *out = &times->resolved[use];

    for (size_t k = 0; k < element->calendar.n; k++)
        calendar_add(&left, element->calendar.items[k].from_ms, element->calendar.items[k].to_ms);
    (void)window_sort(left.items, left.n, &(size_t){0});
    if (element->holidays)
        calendar_less(&left, office->holidays, office->n_holidays);
    if (use == CAMPAIGN_MESSAGES)
        calendar_less_quiet(&left, &office->quiet);
    if (!left.n && element->calendar.n)
        conffile_warning(
            reader->conf, conffile_element(times->list, i),
            use == CAMPAIGN_MESSAGES
                ? lang("Nothing of this window is left for messages: the quiet times and holidays "
                       "in %s take all of it.",
                       "这个时间窗不能发送短信：全部落在 %s 的 quiet（免打扰时段）或 "
                       "holidays（节假日）里。")
                : lang("Nothing of this window is left for slogans: the holidays in %s take all "
                       "of it.",
                       "这个时间窗不能播放标语：全部落在 %s 的 holidays（节假日）里。"),
            office->file);
    out->full = out->full || left.full;
    for (size_t k = 0; k < left.n; k++)
        calendar_add(out, left.items[k].from_ms, left.items[k].to_ms);
    calendar_free(&left);
}

static void campaign_resolve(struct campaign_reader *reader, struct campaign_times *times,
                             enum campaign_use use)
{
    struct calendar *out = &times->resolved[use];

    if (times->used[use])
        return;
    times->used[use] = true;
    for (size_t i = 0; i < times->n; i++)
        campaign_resolve_element(reader, times, i, use);
    (void)window_sort(out->items, out->n, &(size_t){0});
    if (out->full || out->n > CALENDAR_MOST)
        campaign_tell_many(reader, times->list);
    else if (!out->n)
        conffile_error(
            reader->conf, times->list, "%s",
            use == CAMPAIGN_MESSAGES
                ? lang("No window is left in which messages may be sent: open others, or "
                       "write holidays = false in the window that is meant.",
                       "没有任何可以发送短信的时间窗：请改写时间窗，或在确需发送的时间窗"
                       "里写 holidays = false。")
                : lang("No window is left in which slogans may be shown: open others, or "
                       "write holidays = false in the window that is meant.",
                       "没有任何可以播放标语的时间窗：请改写时间窗，或在确需播放的时间窗"
                       "里写 holidays = false。"));
}

void campaign_take_windows(struct campaign_reader *reader, conf_setting group,
                           struct campaign_times *own, struct campaign_open *out)
{
    struct campaign_times *times = own->written ? own : &reader->times;
    const struct calendar *resolved;

    if (!own->written && out->use == CAMPAIGN_MESSAGES && reader->sms_times.written)
        times = &reader->sms_times;
    if (!times->written) {
        conffile_error(
            reader->conf, group, "%s",
            lang("windows is missing here. Write windows = ( { from = ...; to = ...; } ) "
                 "in the campaign, or here.",
                 "这里缺少 windows。请在 campaign 里或这里写 windows = ( { from = ...; "
                 "to = ...; } )。"));
        return;
    }
    if (!times->good)
        return;
    campaign_resolve(reader, times, out->use);
    resolved = &times->resolved[out->use];
    out->n = resolved->n;
    out->windows = mem_array(resolved->n, struct window);
    if (resolved->n)
        memcpy(out->windows, resolved->items, resolved->n * sizeof *out->windows);
}

/* ---- all together ---- */

static void campaign_warn_unused(struct campaign_reader *reader, const struct campaign_times *times)
{
    bool used = times->used[CAMPAIGN_MESSAGES] || times->used[CAMPAIGN_SLOGANS];

    if (times->good && !used)
        conffile_warning(reader->conf, times->list, "%s",
                         lang("Nothing uses these windows: all that is below has windows of its "
                              "own. Remove them.",
                              "没有内容使用这些时间窗：下面各项都写了自己的 windows。请删除。"));
}

void campaign_join_windows(struct campaign_reader *reader, conf_setting group)
{
    struct campaign *campaign = reader->campaign;
    struct calendar all = {0};

    campaign_warn_unused(reader, &reader->times);
    campaign_warn_unused(reader, &reader->sms_times);
    campaign_message_windows(campaign, &all);
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_windows; k++)
            calendar_add(&all, campaign->displays[i].windows[k].from_ms,
                         campaign->displays[i].windows[k].to_ms);
    calendar_merge(&all);
    if (all.n > CAMPAIGN_WINDOWS_MOST)
        conffile_error(reader->conf, group,
                       lang("The windows of this campaign are %zu, and %d at most fit into the "
                            "books. Make several campaigns of it.",
                            "这个任务的时间窗共 %zu 个，账本最多容纳 %d 个。请分成几个任务。"),
                       all.n, CAMPAIGN_WINDOWS_MOST);
    campaign->windows = mem_array(all.n, struct window);
    campaign->n_windows = all.n;
    if (all.n)
        memcpy(campaign->windows, all.items, all.n * sizeof *campaign->windows);
    calendar_free(&all);
}
