/* sim_sha1: SHA-1. See sim_sha1.h.
 * Runs: any (pure). */
#include "tests/sim/sim_sha1.h"

#include <stdint.h>
#include <stdio.h>

#include "gateway/base/buffer.h"

static uint32_t sim_sha1_turn(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

static uint32_t sim_sha1_mix(int t, const uint32_t v[static 5])
{
    if (t < 20)
        return ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5A827999u;
    if (t < 40)
        return (v[1] ^ v[2] ^ v[3]) + 0x6ED9EBA1u;
    if (t < 60)
        return ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) + 0x8F1BBCDCu;
    return (v[1] ^ v[2] ^ v[3]) + 0xCA62C1D6u;
}

static void sim_sha1_block(uint32_t state[static 5], const unsigned char *block)
{
    uint32_t w[80], v[5];

    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 80; t++)
        w[t] = sim_sha1_turn(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    for (int i = 0; i < 5; i++)
        v[i] = state[i];
    for (int t = 0; t < 80; t++) {
        uint32_t next = sim_sha1_turn(v[0], 5) + sim_sha1_mix(t, v) + v[4] + w[t];

        v[4] = v[3];
        v[3] = v[2];
        v[2] = sim_sha1_turn(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (int i = 0; i < 5; i++)
        state[i] += v[i];
}

void sim_sha1_hex(const void *bytes, size_t length, char digits[static 41])
{
    uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
    BUFFER_FREE_LATER struct buffer padded = BUFFER_NULL;

    buffer_add(&padded, bytes, length);
    buffer_add_char(&padded, (char)0x80);
    while (padded.length % 64 != 56)
        buffer_add_char(&padded, '\0');
    for (int shift = 56; shift >= 0; shift -= 8)
        buffer_add_char(&padded, (char)((uint64_t)length * 8 >> shift));
    for (size_t at = 0; at < padded.length; at += 64)
        sim_sha1_block(state, (const unsigned char *)padded.data + at);
    for (int i = 0; i < 5; i++)
        snprintf(digits + 8 * i, 9, "%08x", (unsigned)state[i]);
}
