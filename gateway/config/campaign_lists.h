/* campaign_lists: every list of a campaign, read to its end before anything is entered.
 * Runs: loop. Private to campaign_file. */
#ifndef LAWCAST_CONFIG_CAMPAIGN_LISTS_H
#define LAWCAST_CONFIG_CAMPAIGN_LISTS_H

#include "gateway/base/diag.h"
#include "gateway/model/campaign.h"

/* Adds what is wrong with any list to diag, and a line for each list to campaign->source: the books
 * then know the campaign with these lists only. from: diag's entries from there on are about this
 * campaign; one about the campaign file itself puts the reading off. */
void campaign_lists_read(struct campaign *campaign, struct diag *diag, size_t from);

#endif
