/* campaign_displays: what is to be shown where. See campaign_inside.h.
 * Runs: loop. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/campaign_inside.h"
#include "gateway/config/campaign_options.h"
#include "gateway/config/ident.h"

#define CAMPAIGN_SLOGAN_MAX 500 /* characters */

static void campaign_display_boards(struct campaign_reader *reader, conf_setting group,
                                    const struct option_strings *ids, struct display *display)
{
    display->boards = mem_array(ids->n, size_t);
    for (size_t i = 0; i < ids->n; i++) {
        conf_setting place = conffile_item(group, "boards", i);
        int64_t found = idmap_find(reader->boards, ids->items[i]);

        if (found < 0) {
            ident_unknown(reader->conf, place, reader->boards, ids->items[i]);
        } else if (reader->board_places[found]) {
            struct conf_place earlier = conffile_place(reader->conf, reader->board_places[found]);

            conffile_error(reader->conf, place,
                           lang("The board %s is in displays twice; the first is in %s:%d. Put its "
                                "slogans together.",
                                "显示屏 %s 出现两次；第一次在 %s:%d。请把标语写在一起。"),
                           ids->items[i], earlier.file, earlier.line);
        } else {
            reader->board_places[found] = place;
            display->boards[display->n_boards++] = (size_t)found;
        }
    }
}

static void campaign_check_slogan(struct campaign_reader *reader, conf_setting place,
                                  const char *text)
{
    size_t characters = 0, length = strlen(text), at = 0;
    bool control = false;

    while (at < length) {
        int32_t code = utf8_next(text, length, &at);

        control = control || code < 0x20 || code == 0x7F;
        characters++;
        if (code < 0)
            at++;
    }
    if (characters > CAMPAIGN_SLOGAN_MAX)
        conffile_error(reader->conf, place,
                       lang("This slogan has %zu characters; 500 are the most.",
                            "这条标语有 %zu 字；最多 500 字。"),
                       characters);
    if (control)
        conffile_error(
            reader->conf, place, "%s",
            lang("This slogan contains a line break, a tab or another control character: "
                 "write it in one line.",
                 "这条标语含有换行、制表符或其他控制字符：请写成一行。"));
}

static void campaign_display_slogans(struct campaign_reader *reader, conf_setting group,
                                     const struct option_strings *slogans)
{
    struct idmap *seen = idmap_new();

    for (size_t i = 0; i < slogans->n; i++) {
        conf_setting place = conffile_item(group, "slogans", i);

        campaign_check_slogan(reader, place, slogans->items[i]);
        if (idmap_add(seen, slogans->items[i], (int64_t)i) >= 0)
            conffile_warning(
                reader->conf, place,
                lang("This slogan stands here twice: %.120s", "这条标语重复出现：%.120s"),
                slogans->items[i]);
    }
    idmap_free(seen);
}

static void campaign_display_windows(struct campaign_reader *reader, conf_setting group,
                                     struct display *display)
{
    struct campaign_open open = {.use = CAMPAIGN_SLOGANS};
    struct campaign_times own;

    campaign_times_read(reader, group, &own);
    campaign_take_windows(reader, group, &own, &open);
    campaign_times_free(&own);
    display->windows = open.windows;
    display->n_windows = open.n;
}

void campaign_read_displays(struct campaign_reader *reader, conf_setting group)
{
    struct campaign *campaign = reader->campaign;
    size_t n;
    conf_setting list = conffile_list(reader->conf, group, "displays", &n);

    campaign->displays = mem_array(n, struct display);
    for (size_t i = 0; i < n; i++) {
        conf_setting element = conffile_element(list, i);
        struct campaign_display read = {0};
        struct conf_part part = {campaign_options_display, &read};
        size_t errors = conffile_diag(reader->conf)->errors;

        conffile_fill(reader->conf, element, &part, 1);
        read.display.level = read.level + 1;
        read.display.line = conffile_main_line(reader->conf, element);
        campaign_display_boards(reader, element, &read.boards, &read.display);
        campaign_display_slogans(reader, element, &read.display.slogans);
        conffile_release(&read.boards);
        campaign_display_windows(reader, element, &read.display);
        campaign->displays[campaign->n_displays++] = read.display;
        if (conffile_diag(reader->conf)->errors == errors)
            campaign_judge_display(reader, element, &campaign->displays[i]);
    }
}
