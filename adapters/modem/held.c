/* held: status reports that have to wait. See held.h.
 * Runs: loop. */
#include "adapters/modem/held.h"

#include <stdlib.h>

#include "gateway/base/mem.h"

bool held_add(struct held *held, const struct status_report *report)
{
    if (held->n == HELD_MAX) {
        held->lost++;
        return false;
    }
    if (held->n == held->room) {
        held->room = held->room ? held->room * 2 : 8;
        held->reports = mem_grow(held->reports, held->room, sizeof *held->reports);
    }
    held->reports[held->n++] = *report;
    return true;
}

void held_release(struct held *held, void (*report)(void *ctx, const struct status_report *report),
                  void *ctx)
{
    /* 3GPP TS 23.040 9.2.3.15: 255 is none of the status codes. */
    const struct status_report blank = {.kind = REPORT_FAILED, .status = 255};
    struct held now = *held;

    *held = (struct held){0};
    for (size_t i = 0; i < now.n; i++)
        report(ctx, &now.reports[i]);
    for (size_t i = 0; i < now.lost; i++)
        report(ctx, &blank);
    free(now.reports);
}
