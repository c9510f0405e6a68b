/* utf8: the encoding of all text inside lawcast.
 * Runs: any (pure). Source: RFC 3629. */
#ifndef LAWCAST_BASE_UTF8_H
#define LAWCAST_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one code point from text[*at..length) and moves *at past it. Returns it, or -1 for a byte
 * sequence that is not UTF-8 (overlong, surrogate, above U+10FFFF, cut): *at is then not moved. */
int32_t utf8_next(const char *text, size_t length, size_t *at);
bool utf8_is_valid(const char *text, size_t length);
/* Offset of the first bad byte, or length. */
size_t utf8_bad_at(const char *text, size_t length);
/* Writes code (a valid scalar value) and returns the number of bytes, 1..4. */
size_t utf8_put(int32_t code, char out[static 4]);
/* Columns on a terminal: East Asian wide and full-width characters are 2, combining marks and
 * zero-width characters 0, all else 1. Bad bytes count 1 each. */
size_t utf8_columns(const char *text);

#endif
