/* onbon_k_kit: bytes as hexadecimal digits, and the status of a font card.
 * Runs: any (for tests that use cmocka). */
#ifndef LAWCAST_TESTS_UNIT_ONBON_K_KIT_H
#define LAWCAST_TESTS_UNIT_ONBON_K_KIT_H

#include "tests/unit/talk_kit.h"

#include "gateway/base/hex.h"
#include "adapters/display/kinds/onbon_k_wire.h"

static inline void k_bytes(const char *hex, struct buffer *out)
{
    struct buffer digits BUFFER_FREE_LATER = BUFFER_NULL;

    for (; *hex; hex++)
        if (*hex != ' ')
            buffer_add_char(&digits, *hex);
    assert_int_equal(hex_decode(out, buffer_text(&digits), digits.length), 0);
}

static inline void assert_bytes(const struct buffer *bytes, const char *hex)
{
    struct buffer wanted BUFFER_FREE_LATER = BUFFER_NULL;

    k_bytes(hex, &wanted);
    assert_int_equal(bytes->length, wanted.length);
    assert_memory_equal(bytes->data, wanted.data, wanted.length);
}

/* Screen on; 2026-10-31, a Saturday, 08:30:05; one program. */
#define HEAD  "A102000000 010F"
#define TIME  "2620103106083005"
#define FILE_ "0150303030"
#define TAIL  "00000000000000000000000000000000 000000000000000000000000"

#endif
