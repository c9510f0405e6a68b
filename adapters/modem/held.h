/* held: status reports that have to wait, in the order in which they came.
 * Runs: loop.
 *
 * A zeroed one is valid and empty. */
#ifndef LAWCAST_MODEM_HELD_H
#define LAWCAST_MODEM_HELD_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/model/outcome.h"

#define HELD_MAX 4096

struct held {
    struct status_report *reports;
    size_t n, room;
    size_t lost; /* for which there was no room */
};

/* false: there are HELD_MAX already, and it is lost. */
bool held_add(struct held *held, const struct status_report *report);
/* Hands them all to report, and for each that was lost one about nobody (address 0), so that it is
 * counted; those that are added meanwhile wait for the next time. */
void held_release(struct held *held, void (*report)(void *ctx, const struct status_report *report),
                  void *ctx);

#endif
