/* identity: is this the modem, and the SIM, that is meant? See identity.h.
 * Runs: any (pure). */
#include "adapters/modem/identity.h"

#include <stdio.h>
#include <string.h>

#define IDENTITY_HEAD 5 /* country and network: says which operator's SIM it is */
#define IDENTITY_TAIL 4

/* "46000******0017": it takes the middle to bill somebody. */
static void identity_mask(const char *imsi, char text[static 24])
{
    size_t length = strlen(imsi);

    snprintf(text, 24, "%.23s", imsi);
    for (size_t i = IDENTITY_HEAD; i + IDENTITY_TAIL < length && i < 23; i++)
        text[i] = '*';
}

static enum identity identity_judge_imei(const char *wanted, const char *found,
                                         char why[static IDENTITY_WHY_MAX])
{
    if (!wanted || !*wanted || strcmp(wanted, found) == 0)
        return IDENTITY_FITS;
    if (!*found) {
        snprintf(why, IDENTITY_WHY_MAX, "the modem doesn't tell its IMEI, which has to be %.23s",
                 wanted);
        return IDENTITY_UNTOLD;
    }
    snprintf(why, IDENTITY_WHY_MAX,
             "the modem's IMEI is %s and has to be %.23s: change it, or set imei", found, wanted);
    return IDENTITY_STRANGE;
}

/* any: another one may be here, too. */
static enum identity identity_judge_sim(const char *wanted, const char *found, bool any,
                                        char why[static IDENTITY_WHY_MAX])
{
    char masked[24], meant[24];
    bool alike;

    if (!*wanted || strcmp(wanted, found) == 0 || (any && *found))
        return IDENTITY_FITS;
    identity_mask(found, masked);
    identity_mask(wanted, meant);
    alike = strcmp(masked, meant) == 0;
    if (!*found) {
        snprintf(why, IDENTITY_WHY_MAX, "the modem doesn't tell its IMSI, which %s %s",
                 any ? "was" : "has to be", meant);
        return IDENTITY_UNTOLD;
    }
    snprintf(why, IDENTITY_WHY_MAX, "the SIM is %s and has to be %s%s: change it, or set imsi",
             masked, meant, alike ? " (with another middle)" : "");
    return IDENTITY_STRANGE;
}

enum identity identity_judge(const struct modem *modem, const char *known, bool own,
                             const struct modem_health *health, char why[static IDENTITY_WHY_MAX])
{
    bool named = modem->imsi && *modem->imsi;
    enum identity identity = identity_judge_imei(modem->imei, health->imei, why);

    if (identity != IDENTITY_FITS)
        return identity;
    return identity_judge_sim(named ? modem->imsi : known, health->imsi, own && !named, why);
}
