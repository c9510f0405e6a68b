/* campaign: what is to be sent and shown, for whom, when. See campaign.h.
 * Runs: any (plain data). */
#include "gateway/model/campaign.h"

#include <stdlib.h>

static void campaign_free_order(struct order *order)
{
    free(order->recipients);
    free(order->reserve);
    free(order->text);
    free(order->windows);
}

static void campaign_free_display(struct display *display)
{
    free(display->boards);
    for (size_t i = 0; i < display->slogans.n; i++)
        free(display->slogans.items[i]);
    free(display->slogans.items);
    free(display->windows);
}

void campaign_free(struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->n_orders; i++)
        campaign_free_order(&campaign->orders[i]);
    for (size_t i = 0; i < campaign->n_displays; i++)
        campaign_free_display(&campaign->displays[i]);
    free(campaign->orders);
    free(campaign->displays);
    free(campaign->targets);
    free(campaign->windows);
    free(campaign->sms.text);
    free(campaign->sms.refusal);
    free(campaign->file);
    free(campaign->source);
    free(campaign->id);
    free(campaign->title);
    free(campaign->prepared_by);
    *campaign = (struct campaign){0};
}

bool campaign_uses_board(const struct campaign *campaign, size_t board)
{
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_boards; k++)
            if (campaign->displays[i].boards[k] == board)
                return true;
    return false;
}

void campaign_message_windows(const struct campaign *campaign, struct calendar *out)
{
    for (size_t i = 0; i < campaign->n_orders; i++)
        for (size_t k = 0; k < campaign->orders[i].n_windows; k++)
            calendar_add(out, campaign->orders[i].windows[k].from_ms,
                         campaign->orders[i].windows[k].to_ms);
    calendar_merge(out);
}
