/* septets: text in the network's default alphabet, packed seven bits a character.
 * Runs: any (pure). Source: 3GPP TS 23.038 6.1.2.1 (packing), 6.2.1 (the alphabet and its extension
 * table). */
#ifndef LAWCAST_MODEM_SEPTETS_H
#define LAWCAST_MODEM_SEPTETS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"

/* The septet at a place of packed bytes; the caller knows that they reach so far. */
unsigned septets_at(const uint8_t *bytes, size_t place);
/* Adds the septets [from, to) as UTF-8. What the extension table doesn't have is shown as the
 * default alphabet has it; an escape without anything, or before another, is a space. */
void septets_decode(struct buffer *out, const uint8_t *bytes, size_t from, size_t to);

#endif
