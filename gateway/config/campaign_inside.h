/* campaign_inside: what the files that read a campaign file share.
 * Runs: loop. Private to the files campaign_*.c. */
#ifndef LAWCAST_CONFIG_CAMPAIGN_INSIDE_H
#define LAWCAST_CONFIG_CAMPAIGN_INSIDE_H

#include "gateway/config/campaign_texts.h"
#include "gateway/config/conffile.h"
#include "gateway/config/idmap.h"
#include "gateway/model/calendar.h"
#include "gateway/model/campaign.h"

/* Messages keep the office's quiet times; slogans the boards', on the day. */
enum campaign_use { CAMPAIGN_MESSAGES, CAMPAIGN_SLOGANS, CAMPAIGN_USES };

/* One group of a list of windows: as written, before anything is taken off. */
struct campaign_element {
    struct calendar calendar;
    bool holidays; /* keeps the office's */
};

/* One list of windows. Zeroed: there is none. */
struct campaign_times {
    conf_setting list;
    struct campaign_element *elements;
    size_t n;
    bool written, good; /* good: without errors */
    bool used[CAMPAIGN_USES];
    struct calendar resolved[CAMPAIGN_USES]; /* what is left of it */
};

/* What an order or a display takes: zeroed but for use. */
struct campaign_open {
    enum campaign_use use;
    struct window *windows;
    size_t n;
};

struct campaign_reader {
    const struct conffile *conf;
    const struct office *office;
    struct campaign *campaign;
    struct idmap *units, *boards; /* id -> index into the office's */
    struct campaign_places *places;
    struct campaign_times times, sms_times; /* of the campaign, and of sms */
    conf_setting text;                      /* of sms, or NULL */
    conf_setting *unit_places;              /* the order of unit i, or NULL */
    conf_setting *board_places;             /* the display that shows board i, or NULL */
};

/* So many of a kind that the record which tells of the campaign stays within RECORD_MOST. */
#define CAMPAIGN_WINDOWS_MOST 1000
#define CAMPAIGN_TARGETS_MOST 200

/* Error at the first one that is too many. */
void campaign_check_number(const struct campaign_reader *reader, conf_setting list, size_t n,
                           size_t most);
/* Reads the member windows of a group, if there is one. */
void campaign_times_read(struct campaign_reader *reader, conf_setting group,
                         struct campaign_times *times);
void campaign_times_free(struct campaign_times *times);
/* The windows of the order or display that group is: the innermost that are written, less quiet
 * times and holidays. own: what is written there itself. An error when there are none. */
void campaign_take_windows(struct campaign_reader *reader, conf_setting group,
                           struct campaign_times *own, struct campaign_open *out);
/* All of them together, as the campaign's. */
void campaign_join_windows(struct campaign_reader *reader, conf_setting group);
/* Each reads its part of the group campaign, windows before displays before targets. */
void campaign_read_displays(struct campaign_reader *reader, conf_setting group);
void campaign_read_targets(struct campaign_reader *reader, conf_setting group);
/* Can the boards of this display, which was read from group, do what it asks of them? */
void campaign_judge_display(struct campaign_reader *reader, conf_setting group,
                            const struct display *display);

#endif
