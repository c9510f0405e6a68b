/* campaign_targets: what is asked of the slogans, and whether the campaign can reach it at all. See
 * campaign_inside.h.
 * Runs: loop. */
#include <inttypes.h>
#include <stdlib.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/config/campaign_inside.h"
#include "gateway/config/campaign_options.h"
#include "gateway/config/ident.h"

#define CAMPAIGN_QUIET_MS                                                                          \
    (INT64_C(60) * 86400000) /* quiet times of longer windows aren't summed                        \
                              */

/* The most that could ever be shown. */
struct campaign_reach {
    struct idmap *places, *items;
    int64_t n_places, n_items, shown_ms;
};

/* Of the window, without the board's quiet times. */
static int64_t campaign_open_ms(const struct board *board, const struct window *window)
{
    int64_t open = 0, at = window->from_ms;

    if (!board->quiet.n || window->to_ms - window->from_ms > CAMPAIGN_QUIET_MS)
        return window->to_ms - window->from_ms;
    while (at < window->to_ms) {
        bool quiet = quiet_at(&board->quiet, at);
        int64_t next = quiet_next_ms(&board->quiet, at);

        next = next < window->to_ms ? next : window->to_ms;
        open += quiet ? 0 : next - at;
        at = next;
    }
    return open;
}

/* Adds what one display can show on one board. Every window begins with the first slogan. */
static void campaign_reach_board(const struct display *display, const struct board *board,
                                 struct campaign_reach *reach)
{
    int64_t length = display->every_s * 1000, step = length + display->after * board->item_s * 1000;
    int64_t most = 0;

    for (size_t i = 0; i < display->n_windows; i++) {
        int64_t open = campaign_open_ms(board, &display->windows[i]);
        int64_t slots = (open + step - 1000) / step; /* the last one has a second at least */

        most = slots > most ? slots : most;
        reach->shown_ms += open / step * length + (open % step < length ? open % step : length);
    }
    if (most > 0)
        reach->n_places += idmap_add(reach->places, board->place, 0) < 0;
    for (size_t i = 0; i < display->slogans.n && (int64_t)i < most; i++)
        reach->n_items += idmap_add(reach->items, display->slogans.items[i], 0) < 0;
}

static void campaign_reach_all(struct campaign_reader *reader, const struct target *target,
                               struct campaign_reach *reach)
{
    const struct campaign *campaign = reader->campaign;

    *reach = (struct campaign_reach){.places = idmap_new(), .items = idmap_new()};
    for (size_t i = 0; i < campaign->n_displays; i++) {
        const struct display *display = &campaign->displays[i];

        for (size_t k = 0; k < display->n_boards; k++) {
            const struct board *board = &reader->office->boards[display->boards[k]];

            if (target->unit < 0 || (size_t)target->unit == board->owner)
                campaign_reach_board(display, board, reach);
        }
    }
    idmap_free(reach->places);
    idmap_free(reach->items);
}

static void campaign_judge_target(struct campaign_reader *reader, conf_setting group,
                                  const struct target *target)
{
    struct campaign_reach reach;

    campaign_reach_all(reader, target, &reach);
    if (target->places > reach.n_places)
        conffile_warning(reader->conf, conffile_member(group, "places"),
                         lang("%" PRId64 " places can't be reached: the displays have %" PRId64
                              " that count. Add boards.",
                              "达不到 %" PRId64 " 处：可计的显示屏地点只有 %" PRId64
                              " 处。请增加显示屏。"),
                         target->places, reach.n_places);
    if (target->items > reach.n_items)
        conffile_warning(reader->conf, conffile_member(group, "items"),
                         lang("%" PRId64 " different slogans can't be reached: %" PRId64
                              " come up in these windows. Add slogans, or lower every.",
                              "达不到 %" PRId64 " 条不同的标语：在这些时间窗内只轮到 %" PRId64
                              " 条。请增加标语，或减小 every。"),
                         target->items, reach.n_items);
    if (target->minutes > reach.shown_ms / 60000)
        conffile_warning(reader->conf, conffile_member(group, "minutes"),
                         lang("%" PRId64 " minutes can't be reached: in these windows all boards "
                              "together show slogans for %" PRId64 ". Add boards or time.",
                              "达不到 %" PRId64 " 分钟：这些时间窗内各屏合计最多播放 %" PRId64
                              " 分钟。请增加显示屏或时间。"),
                         target->minutes, reach.shown_ms / 60000);
}

static void campaign_read_target(struct campaign_reader *reader, conf_setting group,
                                 struct target *target)
{
    struct campaign_target read = {.target = {.unit = -1}};
    struct conf_part part = {campaign_options_target, &read};
    size_t errors = conffile_diag(reader->conf)->errors;

    conffile_fill(reader->conf, group, &part, 1);
    read.target.line = conffile_main_line(reader->conf, group);
    if (read.unit) {
        read.target.unit = idmap_find(reader->units, read.unit);
        if (read.target.unit < 0)
            ident_unknown(reader->conf, conffile_member(group, "unit"), reader->units, read.unit);
    }
    free(read.unit);
    *target = read.target;
    if (conffile_diag(reader->conf)->errors > errors)
        return;
    if (!target->places && !target->items && !target->minutes)
        conffile_error(reader->conf, group, "%s",
                       lang("This target asks nothing: write places, items or minutes.",
                            "这项指标没有内容：请写 places、items 或 minutes。"));
    else if (!reader->campaign->n_displays)
        conffile_error(reader->conf, group, "%s",
                       lang("There are targets, but no displays: nothing would be shown.",
                            "写了 targets，但没有 displays：不会播放任何标语。"));
}

void campaign_read_targets(struct campaign_reader *reader, conf_setting group)
{
    struct campaign *campaign = reader->campaign;
    size_t n, errors;
    conf_setting list = conffile_list(reader->conf, group, "targets", &n);

    campaign->targets = mem_array(n, struct target);
    for (size_t i = 0; i < n; i++)
        campaign_read_target(reader, conffile_element(list, i), &campaign->targets[i]);
    campaign->n_targets = n;
    campaign_check_number(reader, list, n, CAMPAIGN_TARGETS_MOST);
    errors = conffile_diag(reader->conf)->errors;
    for (size_t i = 0; i < n && !errors; i++) /* with errors the figures mean nothing */
        campaign_judge_target(reader, conffile_element(list, i), &campaign->targets[i]);
}
