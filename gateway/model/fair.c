/* fair: which unit's message goes next. See fair.h.
 * Runs: any (pure). */
#include "gateway/model/fair.h"

/* taken and quota stay below 2^31 (a quota is at most 10,000,000), so the products fit. */
bool fair_before(struct fair_claim a, struct fair_claim b)
{
    if (a.deadline_ms != b.deadline_ms)
        return a.deadline_ms < b.deadline_ms;
    return a.taken * b.quota < b.taken * a.quota;
}
