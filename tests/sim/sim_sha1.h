/* sim_sha1: SHA-1, for the login of onbon-y boards.
 * Runs: any (pure). Source: FIPS 180-4, 6.1.
 *
 * The gateway has one too. The simulator doesn't use it: a witness that shares code with what it
 * judges would share its mistakes. */
#ifndef LAWCAST_TESTS_SIM_SIM_SHA1_H
#define LAWCAST_TESTS_SIM_SIM_SHA1_H

#include <stddef.h>

/* Lower-case hexadecimal digest of length bytes. */
void sim_sha1_hex(const void *bytes, size_t length, char digits[static 41]);

#endif
