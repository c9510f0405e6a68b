/* agent_sim: is there a SIM that may be used, and for which network?
 * Runs: agent. Sources: 3GPP TS 27.007 8.3 (+CPIN); ITU-T V.250 6.1.9 (+GCAP);
 * manuals of Huawei and ZTE (^SYSINFO) and Quectel (+QNWINFO).
 *
 * Before libgammu says anything. A PIN is entered once in the life of an agent and never again
 * after anything but its acceptance: three tries lock a SIM. */
#ifndef LAWCAST_MODEM_AGENT_SIM_H
#define LAWCAST_MODEM_AGENT_SIM_H

#include "gateway/model/health.h"

#include "adapters/modem/agent_ask.h"

enum sim_state {
    SIM_READY,
    SIM_LOST,    /* why: perhaps soon */
    SIM_BARRED,  /* why: only a person can mend it */
    SIM_BAD_PIN, /* why: barred, and the configured PIN is the reason */
};

/* Where the PIN comes from, when the SIM asks for it. */
struct sim_safe {
    const char *(*fetch)(void *ctx); /* 4 to 8 digits; NULL: nobody tells it any more */
    void (*taken)(void *ctx);        /* it is the right one */
    void *ctx;
};

/* safe NULL: there is no PIN. */
enum sim_state sim_unlock(struct asker *asker, const struct sim_safe *safe, char why[static 120]);
/* Fills in IMSI ("": it isn't told) and CDMA. */
enum sim_state sim_identify(struct asker *asker, struct modem_health *health, char why[static 120]);

#endif
