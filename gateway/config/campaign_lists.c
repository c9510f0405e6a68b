/* campaign_lists: every list of a campaign, read to its end. See campaign_lists.h.
 * Runs: loop. */
#include "gateway/config/campaign_lists.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/config/idmap.h"
#include "gateway/config/recipients.h"

struct campaign_lists {
    struct campaign *campaign;
    struct diag *diag;
    struct idmap *told; /* lists whose header had an error already */
    struct idmap *seen; /* orders may share a list: it is read once */
    struct buffer source;
};

static void campaign_lists_add(struct campaign_lists *lists, const char *path)
{
    if (path && idmap_add(lists->seen, path, 0) < 0 && idmap_find(lists->told, path) < 0)
        (void)recipients_read_list(lists->campaign, path, lists->diag, &lists->source);
}

static bool campaign_lists_has(const struct campaign *campaign, const char *path)
{
    for (size_t i = 0; path && i < campaign->n_orders; i++) {
        const struct order *order = &campaign->orders[i];

        if ((order->recipients && strcmp(order->recipients, path) == 0) ||
            (order->reserve && strcmp(order->reserve, path) == 0))
            return true;
    }
    return false;
}

/* false: the campaign file itself has an error. It is mended first, for lists may be long. */
static bool campaign_lists_find_told(struct campaign_lists *lists, size_t from)
{
    for (size_t i = from; i < lists->diag->n; i++) {
        const struct diag_entry *entry = &lists->diag->entries[i];

        if (entry->kind != DIAG_ERROR)
            continue;
        if (!campaign_lists_has(lists->campaign, entry->file))
            return false;
        (void)idmap_add(lists->told, entry->file, 0);
    }
    return true;
}

void campaign_lists_read(struct campaign *campaign, struct diag *diag, size_t from)
{
    struct campaign_lists lists = {
        .campaign = campaign, .diag = diag, .told = idmap_new(), .seen = idmap_new()};

    buffer_add_text(&lists.source, campaign->source);
    if (lists.source.length && lists.source.data[lists.source.length - 1] != '\n')
        buffer_add_char(&lists.source, '\n');
    if (campaign_lists_find_told(&lists, from))
        for (size_t i = 0; i < campaign->n_orders; i++) {
            campaign_lists_add(&lists, campaign->orders[i].recipients);
            campaign_lists_add(&lists, campaign->orders[i].reserve);
        }
    idmap_free(lists.told);
    idmap_free(lists.seen);
    free(campaign->source);
    campaign->source = buffer_take(&lists.source);
}
