/* campaign_texts: are the templates of a campaign fit for its files?
 * Runs: loop. Private to campaign_file. */
#ifndef LAWCAST_CONFIG_CAMPAIGN_TEXTS_H
#define LAWCAST_CONFIG_CAMPAIGN_TEXTS_H

#include "gateway/config/conffile.h"
#include "gateway/model/campaign.h"

/* Where the parts of an order stand. */
struct campaign_places {
    conf_setting order, text;
    const struct unit *unit; /* NULL: not known, which has its error already */
};

/* Checks each order's files and its template against their columns. places[i] belongs to orders[i].
 */
void campaign_texts_check(const struct conffile *conf, const struct office *office,
                          const struct campaign *campaign, const struct campaign_places *places);

#endif
