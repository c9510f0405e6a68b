/* tpdu: what all messages of a network to a phone are made of: octets, digits and times.
 * Runs: any (pure). Source: 3GPP TS 23.040 9.1.2.3 (semi-octets), 9.1.2.5 (addresses), 9.2.3.11
 * (TP-SCTS). */
#ifndef LAWCAST_MODEM_TPDU_H
#define LAWCAST_MODEM_TPDU_H

#include <stddef.h>
#include <stdint.h>

#define TPDU_DIGITS_MAX                                                                            \
    352 /* a service centre and a TPDU as a modem writes them: two digits a byte */
#define TPDU_TIME_BYTES   7
#define TPDU_ALPHANUMERIC 5 /* type of number */

enum tpdu_type { TPDU_DELIVER = 0, TPDU_STATUS_REPORT = 2 }; /* TP-MTI, network to phone */

/* What is left of it. */
struct tpdu {
    const uint8_t *at;
    size_t left;
};

/* The next n bytes, or NULL: there are not so many, and nothing is taken. */
const uint8_t *tpdu_take(struct tpdu *tpdu, size_t n);
/* Steps over the service centre. 0, or 1. */
int tpdu_skip_centre(struct tpdu *tpdu);
/* The semi-octet at a place of a run of swapped ones, 0..15. */
int tpdu_semi_octet(const uint8_t *bytes, size_t place);
/* TP-SCTS (TPDU_TIME_BYTES) in ms since 1970, or 0: it is none. */
int64_t tpdu_time_ms(const uint8_t *bytes);

#endif
