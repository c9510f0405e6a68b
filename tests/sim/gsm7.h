/* gsm7: the default alphabet of SMS and its extension table.
 * Runs: any (pure). Source: 3GPP TS 23.038 6.2.1, 6.2.1.1. */
#ifndef LAWCAST_TESTS_SIM_GSM7_H
#define LAWCAST_TESTS_SIM_GSM7_H

#include <stdint.h>

enum { GSM7_ESCAPE = 0x1B };

/* The code point of a septet 0..127 (not GSM7_ESCAPE). */
int32_t gsm7_char(unsigned septet);
/* The code point of the septet after an escape, or -1: not assigned. */
int32_t gsm7_extension(unsigned septet);
/* The other way round: a septet, 0x100 and the septet after an escape, or -1: not in the alphabet.
 */
enum { GSM7_EXTENDED = 0x100 };
int gsm7_septet(int32_t code);

#endif
