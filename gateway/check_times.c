/* check_times: when a campaign sends and shows. See check_times.h.
 * Runs: any. */
#include "gateway/check_times.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/approval.h"
#include "gateway/model/calendar.h"
#include "gateway/model/contact.h"
#include "gateway/report/calendar_text.h"

#define CHECK_NIGHT "21:00-08:00"
#define CHECK_NAMES 12 /* of units or boards in one line */

/* ---- what can't be meant ---- */

static bool check_is_at_night(const struct order *order)
{
    struct calendar calendar = {0};
    struct quiet night = {0};
    int64_t open_ms;

    (void)quiet_add(&night, CHECK_NIGHT);
    for (size_t i = 0; i < order->n_windows; i++)
        calendar_add(&calendar, order->windows[i].from_ms, order->windows[i].to_ms);
    calendar_less_quiet(&calendar, &night);
    open_ms = calendar_open_ms(calendar.items, calendar.n);
    calendar_free(&calendar);
    quiet_free(&night);
    return open_ms < calendar_open_ms(order->windows, order->n_windows);
}

/* An office that has written quiet times knows what it wants. */
static void check_night(struct files *files, const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->n_orders && !files->office->quiet.n; i++)
        if (check_is_at_night(&campaign->orders[i])) {
            diag_warning(&files->diag, campaign->file, campaign->orders[i].line,
                         lang("People would get messages at night (" CHECK_NIGHT
                              "): shorten the windows, or write quiet = [ \"" CHECK_NIGHT
                              "\" ] in office in %s.",
                              "将在夜间（" CHECK_NIGHT
                              "）发送短信：请缩短时间窗，或在 %s 的 office 里填写 quiet = [ "
                              "\"" CHECK_NIGHT "\" ]。"),
                         files->office->file);
            return;
        }
}

static void check_approval(struct files *files, const struct campaign *campaign)
{
    const struct office *office = files->office;
    size_t others = 0;

    if (!office->approval)
        return;
    if (!campaign->prepared_by || !contact_is_person(campaign->prepared_by)) {
        diag_warning(&files->diag, campaign->file, 0, "%s",
                     lang("This campaign has to be approved, and doesn't say who has prepared it: "
                          "write prepared_by = \"...\"; in campaign.",
                          "本任务须经审批，但未写编制人：请在 campaign 里填写 prepared_by = "
                          "\"...\";"));
        return;
    }
    for (size_t i = 0; i < office->n_approvers; i++)
        others += !approval_is_same(office->approvers[i].name, campaign->prepared_by);
    if (!others)
        diag_warning(
            &files->diag, campaign->file, 0,
            lang("This campaign has to be approved, and nobody may: add approvers to "
                 "approval in %s (lawcast approve --new-key FILE makes a key). Whoever has "
                 "prepared it can't approve it.",
                 "本任务须经审批，但没有可以审批的人：请在 %s 的 approval 里填写 "
                 "approvers（用 lawcast approve --new-key 文件 "
                 "生成密钥）。编制人不能审批自己的任务。"),
            office->file);
}

void check_times(struct files *files)
{
    if (!files->office || files->diag.errors)
        return;
    for (size_t i = 0; i < files->n; i++) {
        check_night(files, files->campaigns[i]);
        check_approval(files, files->campaigns[i]);
    }
}

/* ---- the calendar ---- */

/* One line of it before the windows: who has them. */
struct check_row {
    const char *name;
    const struct window *windows;
    size_t n;
    bool told;
};

static bool check_is_same(const struct check_row *a, const struct check_row *b)
{
    return a->n == b->n && memcmp(a->windows, b->windows, a->n * sizeof *a->windows) == 0;
}

/* All rows with the windows of the first one that isn't told yet. */
static void check_tell_row(struct check_row *rows, size_t n, size_t first, struct buffer *out)
{
    size_t count = 0;

    buffer_add_text(out, "  ");
    for (size_t i = first; i < n; i++) {
        if (rows[i].told || !check_is_same(&rows[first], &rows[i]))
            continue;
        rows[i].told = true;
        if (count++ < CHECK_NAMES)
            buffer_printf(out, "%s%s", count > 1 ? ", " : "", rows[i].name);
    }
    if (count > CHECK_NAMES)
        buffer_printf(out, lang(" and %zu more", " 等，另有 %zu 个"), count - CHECK_NAMES);
    buffer_add_text(out, "\n");
    calendar_text(rows[first].windows, rows[first].n, "    ", out);
}

static void check_tell_rows(struct check_row *rows, size_t n, const char *heading,
                            struct buffer *out)
{
    if (n)
        buffer_printf(out, "%s\n", heading);
    for (size_t i = 0; i < n; i++)
        if (!rows[i].told)
            check_tell_row(rows, n, i, out);
}

static void check_tell_orders(const struct office *office, const struct campaign *campaign,
                              struct buffer *out)
{
    struct check_row *rows = mem_array(campaign->n_orders, struct check_row);

    for (size_t i = 0; i < campaign->n_orders; i++)
        rows[i] = (struct check_row){.name = office->units[campaign->orders[i].unit].id,
                                     .windows = campaign->orders[i].windows,
                                     .n = campaign->orders[i].n_windows};
    check_tell_rows(rows, campaign->n_orders, lang(" Messages:", " 短信："), out);
    free(rows);
}

static void check_tell_boards(const struct office *office, const struct campaign *campaign,
                              struct buffer *out)
{
    size_t n = 0, at = 0;
    struct check_row *rows;

    for (size_t i = 0; i < campaign->n_displays; i++)
        n += campaign->displays[i].n_boards;
    rows = mem_array(n, struct check_row);
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_boards; k++)
            rows[at++] =
                (struct check_row){.name = office->boards[campaign->displays[i].boards[k]].id,
                                   .windows = campaign->displays[i].windows,
                                   .n = campaign->displays[i].n_windows};
    check_tell_rows(rows, n, lang(" Slogans:", " 标语："), out);
    free(rows);
}

void check_times_print(const struct files *files, FILE *out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    if (!files->office || files->diag.errors)
        return;
    for (size_t i = 0; i < files->n; i++) {
        buffer_printf(&text, "%s\n", files->campaigns[i]->id);
        check_tell_orders(files->office, files->campaigns[i], &text);
        check_tell_boards(files->office, files->campaigns[i], &text);
    }
    fputs(buffer_text(&text), out);
}
