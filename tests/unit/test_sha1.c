/* test_sha1: against the examples of FIPS 180 and of the card's own recipe. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/buffer.h"
#include "adapters/display/sha1.h"

static void test_known_answers(void **state)
{
    static const struct {
        const char *text, *digest;
    } cases[] = {
        {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
        {"guest", "35675e68f4b5af7b995d9205ad0fc43842f16450"},
        {"2018051709342946277335675e68f4b5af7b995d9205ad0fc43842f16450",
         "05c83b5baf44bf36c1340fa87845d8043a46a225"},
    };
    char hex[SHA1_HEX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sha1_hex(cases[i].text, strlen(cases[i].text), hex);
        assert_string_equal(hex, cases[i].digest);
    }
}

static void test_a_million_letters(void **state)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;
    char hex[SHA1_HEX];

    (void)state;
    for (int i = 0; i < 10000; i++)
        buffer_add(
            &text,
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
            "aaaaaaaaaaaaaaaa",
            100);
    sha1_hex(text.data, text.length, hex);
    assert_string_equal(hex, "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

/* Lengths around a block's end, where the padding takes one block or two; one digest over all
 * digests, computed with another implementation. */
static void test_every_padding(void **state)
{
    struct buffer all BUFFER_FREE_LATER = BUFFER_NULL;
    char text[200], hex[SHA1_HEX];

    (void)state;
    memset(text, 'x', sizeof text);
    for (size_t length = 0; length < sizeof text; length++) {
        sha1_hex(text, length, hex);
        buffer_add_text(&all, hex);
    }
    sha1_hex(all.data, all.length, hex);
    assert_string_equal(hex, "f024a06f9df4db3a81e536a8d16895eb9a9defb5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_a_million_letters),
        cmocka_unit_test(test_every_padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
