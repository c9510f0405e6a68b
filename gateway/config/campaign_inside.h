/* campaign_inside: what the files that read a campaign file share.
 * Runs: loop. Private to the files campaign_*.c. */
#ifndef LAWCAST_CONFIG_CAMPAIGN_INSIDE_H
#define LAWCAST_CONFIG_CAMPAIGN_INSIDE_H

#include "gateway/config/campaign_texts.h"
#include "gateway/config/conffile.h"
#include "gateway/config/idmap.h"
#include "gateway/model/campaign.h"

struct campaign_reader {
    const struct conffile *conf;
    const struct office *office;
    struct campaign *campaign;
    struct idmap *units, *boards; /* id -> index into the office's */
    struct campaign_places *places;
    conf_setting text;          /* of sms, or NULL */
    conf_setting *unit_places;  /* the order of unit i, or NULL */
    conf_setting *board_places; /* the display that shows board i, or NULL */
};

/* So many of a kind that the record which tells of the campaign stays within RECORD_MOST. */
#define CAMPAIGN_WINDOWS_MOST 1000
#define CAMPAIGN_TARGETS_MOST 200

/* Error at the first one that is too many. */
void campaign_check_number(const struct campaign_reader *reader, conf_setting list, size_t n,
                           size_t most);
/* Each reads its part of the group campaign, windows before displays before targets. */
void campaign_read_displays(struct campaign_reader *reader, conf_setting group);
void campaign_read_targets(struct campaign_reader *reader, conf_setting group);
/* Can the boards of this display, which was read from group, do what it asks of them? */
void campaign_judge_display(struct campaign_reader *reader, conf_setting group,
                            const struct display *display);

#endif
