/* rehearsal_end: what a rehearsal has shown: report, comparison, finish, risks.
 * Runs: any (blocks), after rehearsal_run. */
#ifndef LAWCAST_REHEARSAL_END_H
#define LAWCAST_REHEARSAL_END_H

#include "gateway/report/plan_forecast.h"
#include "gateway/rehearsal.h"

struct rehearsal_ending {
    const struct rehearsal_setup *setup;
    const struct rehearsal_result *run;
    const struct plan_forecast *forecast; /* of the same day; NULL: none was made */
    bool unapproved; /* the office wants approvals, and the campaign has none */
};

/* Prints the report, the comparison with the simulator, when it was finished, the forecast's error
 * and the risks; writes report.json. An exit code of the command. */
int rehearsal_conclude(const struct rehearsal_ending *ending);

#endif
