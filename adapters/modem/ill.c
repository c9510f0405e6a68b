/* ill: is it the modem or the message? See ill.h.
 * Runs: any (pure). */
#include "adapters/modem/ill.h"

#include "adapters/modem/cms.h"

/* Also the error that ended a message of which parts were taken. */
static bool ill_is_error(const struct outcome *outcome)
{
    return (outcome->kind == OUTCOME_DEFERRED || outcome->kind == OUTCOME_UNKNOWN) &&
           outcome->code > 0 && cms_find(outcome->code)->class == CMS_ILL;
}

bool ill_note(struct ill *ill, int64_t address, const struct outcome *outcome)
{
    if (outcome->kind == OUTCOME_RETURNED) /* the modem was not asked */
        return false;
    if (!ill_is_error(outcome)) {
        *ill = (struct ill){0};
        return false;
    }
    ill->proved = ill->proved || (ill->address != 0 && ill->address != address);
    ill->address = address;
    return ill->proved;
}
