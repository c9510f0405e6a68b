/* campaign_options: the options of a campaign file, as tables.
 * Runs: any (plain data). */
#ifndef LAWCAST_CONFIG_CAMPAIGN_OPTIONS_H
#define LAWCAST_CONFIG_CAMPAIGN_OPTIONS_H

#include "gateway/model/campaign.h"

/* An order or a display before its names are indexes. */
struct campaign_order {
    struct order order;
    char *unit;
};

struct campaign_display {
    struct display display;
    struct option_strings boards;
    int level; /* below the one that it stands for by one: the first choice is LEVEL_ACCEPTED */
};

/* One window, or a phase when daily is written. */
struct campaign_window {
    char *from, *to;
    struct option_strings daily;
    bool holidays;
};

struct campaign_target {
    struct target target;
    char *unit;
};

extern const char *const campaign_levels[]; /* [level - 1] */

extern const struct option_def campaign_options_root[];     /* fills nothing */
extern const struct option_def campaign_options_campaign[]; /* struct campaign */
extern const struct option_def campaign_options_window[];   /* struct campaign_window */
extern const struct option_def campaign_options_sms[];      /* struct campaign */
extern const struct option_def campaign_options_order[];    /* struct campaign_order */
extern const struct option_def campaign_options_display[];  /* struct campaign_display */
extern const struct option_def campaign_options_target[];   /* struct campaign_target */

#endif
