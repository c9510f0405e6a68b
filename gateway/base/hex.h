/* hex: bytes as text.
 * Runs: any (pure). */
#ifndef LAWCAST_BASE_HEX_H
#define LAWCAST_BASE_HEX_H

#include <stdbool.h>

#include "gateway/base/buffer.h"

/* Adds two upper-case hexadecimal digits a byte. */
void hex_encode(struct buffer *out, const void *bytes, size_t length);
/* Adds the bytes of length digits (any case). 0, or 1 when it is not hex: then nothing is added. */
int hex_decode(struct buffer *out, const char *digits, size_t length);
/* RFC 4648 base64 with padding. */
void hex_encode_base64(struct buffer *out, const void *bytes, size_t length);
/* Same; 0, or 1 when it is not base64: then nothing is added. */
int hex_decode_base64(struct buffer *out, const char *text, size_t length);
/* FNV-1a, 64 bits: a fingerprint for comparing, never for proving. */
uint64_t hex_fingerprint(const void *bytes, size_t length);

#endif
