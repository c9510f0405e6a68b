/* sha1: FIPS 180-4 in its plainest form. See sha1.h.
 * Runs: any (pure). */
#include "adapters/display/sha1.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SHA1_BLOCK = 64, SHA1_ROUNDS = 80 };

static uint32_t sha1_rotate(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

static uint32_t sha1_mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20)
        return ((b & c) | (~b & d)) + 0x5A827999U;
    if (round < 40)
        return (b ^ c ^ d) + 0x6ED9EBA1U;
    if (round < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDCU;
    return (b ^ c ^ d) + 0xCA62C1D6U;
}

static void sha1_block(uint32_t h[static 5], const unsigned char *p)
{
    uint32_t w[SHA1_ROUNDS], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

    for (unsigned t = 0; t < 16; t++, p += 4)
        w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (unsigned t = 16; t < SHA1_ROUNDS; t++)
        w[t] = sha1_rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    for (unsigned t = 0; t < SHA1_ROUNDS; t++) {
        uint32_t next = sha1_rotate(a, 5) + sha1_mix(t, b, c, d) + e + w[t];

        e = d;
        d = c;
        c = sha1_rotate(b, 30);
        b = a;
        a = next;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

void sha1_hex(const void *bytes, size_t length, char hex[static SHA1_HEX])
{
    uint32_t h[5] = {0x67452301U, 0xEFCDAB89U, 0x98BADCFEU, 0x10325476U, 0xC3D2E1F0U};
    unsigned char tail[2 * SHA1_BLOCK] = {0};
    const unsigned char *p = bytes;
    uint64_t bits = (uint64_t)length * 8;
    size_t left = length, end;

    for (; left >= SHA1_BLOCK; left -= SHA1_BLOCK, p += SHA1_BLOCK)
        sha1_block(h, p);
    if (left)
        memcpy(tail, p, left);
    tail[left] = 0x80;
    end = left + 9 <= SHA1_BLOCK ? SHA1_BLOCK : 2 * SHA1_BLOCK;
    for (unsigned i = 0; i < 8; i++)
        tail[end - 1 - i] = (unsigned char)(bits >> (8 * i));
    for (size_t at = 0; at < end; at += SHA1_BLOCK)
        sha1_block(h, tail + at);
    for (unsigned i = 0; i < 5; i++)
        snprintf(hex + (size_t)i * 8, 9, "%08x", (unsigned)h[i]);
}
