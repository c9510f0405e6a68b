/* fate: what the network does with a number.
 * Runs: any (plain data).
 *
 * A number's fate depends on the seed and the number alone, not on order or time, so that a run can
 * be repeated and a test can ask beforehand. Only "busy" has a memory: it strikes the first try, or
 * as many as were asked for. Fates given by hand come first. */
#ifndef LAWCAST_TESTS_SIM_FATE_H
#define LAWCAST_TESTS_SIM_FATE_H

#include <stdbool.h>
#include <stdint.h>

struct fate_odds {
    int64_t undelivered, rejected, busy, silent, twice; /* permille */
};

enum {
    FATE_CMS_UNASSIGNED = 1,      /* unassigned number, TS 24.011 annex E */
    FATE_CMS_BUSY = 42,           /* congestion */
    FATE_STATUS_DELIVERED = 0x00, /* TS 23.040 9.2.3.15 */
    FATE_STATUS_FAILED = 0x45,    /* permanent error, no interworking available */
};

enum { FATE_USUAL = -1 };

struct fate {
    int cms;         /* > 0: refused with this code */
    int status;      /* of the report */
    int reports;     /* 0, 1 or 2 */
    int64_t late_ms; /* of the report, or FATE_USUAL */
};

struct fates; /* opaque */

struct fates *fates_new(uint64_t seed, const struct fate_odds *odds);
void fates_free(struct fates *fates);
/* Digits only. By hand: from now on, refuse with code, or report with status. */
void fates_set_cms(struct fates *fates, const char *number, int code);
void fates_set_status(struct fates *fates, const char *number, int status);
/* By hand: its reports come late; never; its next tries are refused with FATE_CMS_BUSY. */
void fates_set_late(struct fates *fates, const char *number, int64_t late_ms);
void fates_set_silent(struct fates *fates, const char *number);
void fates_set_busy(struct fates *fates, const char *number, int tries);
/* One try to send to number. */
struct fate fates_try(struct fates *fates, const char *number);

#endif
