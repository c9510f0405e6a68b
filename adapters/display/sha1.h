/* sha1: the digest that an Onbon BX-Y card asks for when we log in, and nothing else.
 * Runs: any (pure).
 *
 * Ours because no library that lawcast already links offers it, and sixty lines weigh less than one
 * more dependency. SHA-1 protects nothing here: the card's recipe fixes it. FIPS 180-4,
 * section 6.1. */
#ifndef LAWCAST_ADAPTERS_DISPLAY_SHA1_H
#define LAWCAST_ADAPTERS_DISPLAY_SHA1_H

#include <stddef.h>

#define SHA1_HEX 41 /* 40 digits and a NUL */

/* The digest of length bytes as lower-case hexadecimal digits. */
void sha1_hex(const void *bytes, size_t length, char hex[static SHA1_HEX]);

#endif
