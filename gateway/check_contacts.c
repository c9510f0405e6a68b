/* check_contacts: units of a campaign that have named nobody responsible. See check_contacts.h.
 * Runs: any. */
#include "gateway/check_contacts.h"

#include <stdlib.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/contact.h"

#define CHECK_NAMES 12 /* of units in one sentence */

/* takes_part[i]: unit i owes messages, or a board of its shows slogans. To be freed. */
static bool *check_units(const struct office *office, const struct campaign *campaign)
{
    bool *takes_part = mem_array(office->n_units, bool);

    for (size_t i = 0; i < campaign->n_orders; i++)
        takes_part[campaign->orders[i].unit] = true;
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_boards; k++)
            takes_part[office->boards[campaign->displays[i].boards[k]].owner] = true;
    return takes_part;
}

/* "a, b, ..." of those that have named nobody; how many. */
static size_t check_list(const struct office *office, const struct campaign *campaign,
                         struct buffer *names)
{
    bool *takes_part = check_units(office, campaign);
    size_t n = 0;

    for (size_t i = 0; i < office->n_units; i++) {
        if (!takes_part[i] || contact_is_person(office->units[i].contact.name))
            continue;
        if (n < CHECK_NAMES)
            buffer_printf(names, "%s%s", n ? ", " : "", office->units[i].id);
        else if (n == CHECK_NAMES)
            buffer_add_text(names, ", ...");
        n++;
    }
    free(takes_part);
    return n;
}

static void check_campaign_contacts(struct files *files, const struct campaign *campaign)
{
    BUFFER_FREE_LATER struct buffer names = BUFFER_NULL;
    size_t n = check_list(files->office, campaign, &names);
    bool over = campaign->contacts_by_ms < clock_wall_ms();
    char deadline[20];

    if (!n)
        return;
    clock_format(campaign->contacts_by_ms, deadline);
    diag_warning(
        &files->diag, campaign->file, 0,
        over ? lang("Units without a responsible person: %zu (%s). The deadline was %.16s: "
                    "fill in their contact in %s.",
                    "未报责任人的单位：%zu 个（%s）。截止时间 %.16s 已过：请在 %s 填写其 "
                    "contact。")
             : lang("Units without a responsible person: %zu (%s). They have to be named by "
                    "%.16s: fill in their contact in %s.",
                    "未报责任人的单位：%zu 个（%s）。须在 %.16s 前报送：请在 %s 填写其 "
                    "contact。"),
        n, buffer_text(&names), deadline, files->office->file);
}

/* A deadline behind the last window asks nobody in time. */
static void check_deadline(struct files *files, const struct campaign *campaign)
{
    const struct window *last = &campaign->windows[campaign->n_windows - 1];
    char deadline[20], over[20];

    if (campaign->contacts_by_ms <= last->to_ms)
        return;
    clock_format(campaign->contacts_by_ms, deadline);
    clock_format(last->to_ms, over);
    diag_warning(&files->diag, campaign->file, 0,
                 lang("contacts_by is %.16s, after the last window ends (%.16s): name an earlier "
                      "time.",
                      "contacts_by 为 %.16s，晚于最后一个时间窗的结束时间 %.16s：请改早。"),
                 deadline, over);
}

void check_contacts(struct files *files)
{
    if (!files->office || files->diag.errors)
        return;
    for (size_t i = 0; i < files->n; i++)
        if (files->campaigns[i]->contacts_by_ms) {
            check_campaign_contacts(files, files->campaigns[i]);
            check_deadline(files, files->campaigns[i]);
        }
}
