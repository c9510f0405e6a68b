/* cds: a status report as the modem hands it out: the line after +CDS.
 * Runs: any (pure). Source: 3GPP TS 27.005 3.4.1; TS 23.040 9.2.2.3.
 *
 * Not left to libgammu, which decodes it into 300 bytes whatever its length is. */
#ifndef LAWCAST_MODEM_CDS_H
#define LAWCAST_MODEM_CDS_H

#include <stddef.h>

#include "gateway/model/outcome.h"

#include "adapters/modem/tpdu.h"

/* 0, or 1: it is no SMS-STATUS-REPORT about a number. A time that is none becomes 0 (not given).
 * Longer than TPDU_DIGITS_MAX: refused. */
int cds_parse(const char *digits, size_t length, struct status_report *report);

#endif
