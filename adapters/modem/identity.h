/* identity: is this the modem, and the SIM, that is meant?
 * Runs: any (pure). */
#ifndef LAWCAST_MODEM_IDENTITY_H
#define LAWCAST_MODEM_IDENTITY_H

#include <stdbool.h>

#include "gateway/model/health.h"
#include "gateway/model/office.h"

#define IDENTITY_WHY_MAX 160

enum identity {
    IDENTITY_FITS,
    IDENTITY_UNTOLD,  /* the modem doesn't say; perhaps the next time */
    IDENTITY_STRANGE, /* it says that it is another */
};

/* What the configuration says of modem has to fit. known is the SIM that was here last, "" when
 * there was none: one has to be told then, since limits are kept by SIM, and at a device that isn't
 * the modem's own it has to be the same. Not FITS: why is a sentence, with IMSIs masked. */
enum identity identity_judge(const struct modem *modem, const char *known, bool own,
                             const struct modem_health *health, char why[static IDENTITY_WHY_MAX]);

#endif
