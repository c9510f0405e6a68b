/* dispatch_reload: another configuration for a dispatcher that runs. See dispatch_reload.h.
 * Runs: loop. */
#include "gateway/dispatch/dispatch_reload.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/modem_change.h"
#include "gateway/dispatch/dispatch_inside.h"

static void dispatch_adopt_lane(struct lane *lane, const struct office *office)
{
    const struct modem *modem = modem_find(office, lane_modem(lane)->id);

    if (lane_is_leaving(lane))
        return;
    if (modem && modem_compare(lane_modem(lane), lane_office(lane), modem, office) != MODEM_ANEW)
        lane_adopt(lane, office, modem);
    else
        lane_stop(lane);
}

void dispatch_reload(struct dispatch *dispatch, const struct office *office)
{
    dispatch->setup.office = office;
    for (size_t i = 0; i < office->n_groups; i++)
        meters_limit_group(dispatch->meters, office->groups[i].id, &office->groups[i].limits);
    for (size_t i = 0; i < dispatch->setup.n_campaigns; i++)
        dispatch->works[i].office = office;
    if (dispatch->phase != DISPATCH_RUNNING)
        return;
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        dispatch_adopt_lane(dispatch->lanes[i], office);
    dispatch->reconciling = dispatch_has_messages(dispatch);
}

/* ---- going ---- */

static void dispatch_forget_lane(struct dispatch *dispatch, size_t at)
{
    struct lane *gone = dispatch->lanes[at];

    log_info("modem=%s is used no longer", lane_modem(gone)->id);
    dispatch->n_lanes--;
    for (size_t i = at; i < dispatch->n_lanes; i++)
        dispatch->lanes[i] = dispatch->lanes[i + 1];
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        lane_forget_rival(dispatch->lanes[i], gone);
    dispatch->choice.n_lanes = dispatch->n_lanes;
    lane_free(gone);
}

/* The number of those that are on their way out. */
static size_t dispatch_reap_lanes(struct dispatch *dispatch)
{
    size_t leaving = 0;

    for (size_t i = dispatch->n_lanes; i-- > 0;) {
        struct lane *lane = dispatch->lanes[i];
        bool wanted = modem_find(dispatch->setup.office, lane_modem(lane)->id) == lane_modem(lane);

        if (wanted)
            continue;
        lane_stop(lane);
        if (lane_is_over(lane))
            dispatch_forget_lane(dispatch, i);
        else
            leaving++;
    }
    return leaving;
}

/* ---- coming ---- */

static bool dispatch_has_lane(const struct dispatch *dispatch, const char *id)
{
    for (size_t i = 0; i < dispatch->n_lanes; i++)
        if (strcmp(lane_modem(dispatch->lanes[i])->id, id) == 0)
            return true;
    return false;
}

static void dispatch_make_lane(struct dispatch *dispatch, const struct modem *modem)
{
    char why[256] = "";

    if (dispatch_has_lane(dispatch, modem->id))
        return;
    if (dispatch_add_lane(dispatch, modem, why, sizeof why))
        log_info("modem=%s is used from now on", modem->id);
    else
        log_error("modem=%s can't be used: %s", modem->id, why);
}

void dispatch_reconcile(struct dispatch *dispatch)
{
    const struct office *office = dispatch->setup.office;
    size_t before;

    if (!dispatch->reconciling || dispatch->recalling || dispatch->phase != DISPATCH_RUNNING)
        return;
    dispatch->reconciling = dispatch_reap_lanes(dispatch) > 0;
    before = dispatch->n_lanes;
    dispatch->lanes =
        mem_grow(dispatch->lanes, before + office->n_modems + 1, sizeof(struct lane *));
    for (size_t i = 0; i < office->n_modems; i++)
        dispatch_make_lane(dispatch, &office->modems[i]);
    dispatch->choice.lanes = dispatch->lanes;
    dispatch->choice.n_lanes = dispatch->n_lanes;
    dispatch_recall(dispatch, before);
}
