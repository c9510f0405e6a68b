/* status_json: what a gateway shows, on its way to a command: the answer to "status" on the control
 * socket. Runs: any (pure). lawcast-control(7) documents the members. */
#ifndef LAWCAST_REPORT_STATUS_JSON_H
#define LAWCAST_REPORT_STATUS_JSON_H

#include "gateway/base/json.h"
#include "gateway/report/progress.h"

#define STATUS_UNITS_MOST 200 /* so many fit into an answer */

void status_put(struct jv *answer, const struct progress_live *live);

/* The same on the other side; what live points to lies here. */
struct status_live {
    struct progress_live live;
    struct prospect prospect;
    struct problems problems;
    char *lanes, *trouble, *paused_id;
};

/* What is missing or has another form is taken for not known. */
void status_take(const struct jv *answer, struct status_live *out);
void status_release(struct status_live *status);

#endif
