/* agent_number: the number that a SIM or a modem has. See agent_number.c for what can go wrong.
 * Runs: agent. Sources: 3GPP TS 27.007 5.4 (+CGSN), 5.6 (+CIMI); TS 23.003 2.2 (IMSI), 6.2 (IMEI).
 *
 * Limits are kept by IMSI: a wrong one gives a SIM a meter that is empty. So a number counts only
 * when it stands alone on its line, is complete, and was told twice. */
#ifndef LAWCAST_MODEM_AGENT_NUMBER_H
#define LAWCAST_MODEM_AGENT_NUMBER_H

#include <stdbool.h>

#include "adapters/modem/agent_ask.h"

#define NUMBER_SIZE 24 /* as in struct modem_health */

enum number_kind { NUMBER_IMSI, NUMBER_IMEI };

/* Asks until two answers agree, a few times. false, "": it isn't told. */
bool number_ask(struct asker *asker, enum number_kind kind, char value[static NUMBER_SIZE]);
/* One question: true unless another number than this comes as the answer. */
bool number_seems(struct asker *asker, enum number_kind kind, const char *value);

#endif
