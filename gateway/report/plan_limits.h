/* plan_limits: the most that the limits of all SIMs let through while a campaign's windows are
 * open. Runs: any (pure, but for the process's time zone).
 *
 * An upper bound: every SIM is there, none has sent anything yet on these days, and all of them may
 * carry every number. */
#ifndef LAWCAST_REPORT_PLAN_LIMITS_H
#define LAWCAST_REPORT_PLAN_LIMITS_H

#include <stdint.h>

#include "gateway/model/campaign.h"
#include "gateway/model/office.h"

/* Parts; INT64_MAX: some SIM has no limit. */
int64_t plan_limit_parts(const struct campaign *campaign, const struct office *office);

#endif
