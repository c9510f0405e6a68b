/* risks_limits: how much of the SIMs' limits was used. See risks.h.
 * Runs: any (pure). */
#ifndef LAWCAST_REPORT_RISKS_LIMITS_H
#define LAWCAST_REPORT_RISKS_LIMITS_H

#include "gateway/report/risks.h"

/* Parts that the tally's SIM has carried, or may have. */
int64_t risks_carried(const struct books_tally *tally);
/* SIMs that have used more than RISKS_LIMIT_PERCENT of what their own limits (not those of a group)
 * let pass in the windows of a day; first: the modem of the first of them, "" if there is none. */
size_t risks_count_spent(const struct risks_setup *setup, char first[static 97]);

#endif
