/* test_digest: against the vectors of RFC 1321, RFC 3174, FIPS 180-2, RFC 2202, RFC 4231 and GB/T
 * 32905-2016. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/digest.h"

static void assert_digest(struct digest digest, const char *hex)
{
    char text[DIGEST_HEX_MOST];

    digest_hex(&digest, text);
    assert_string_equal(text, hex);
}

static void test_sums(void **state)
{
    static const struct {
        const char *name, *hex;
    } sums[] = {
        {"md5", "900150983cd24fb0d6963f7d28e17f72"},
        {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"sm3", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
    };
    enum digest_kind kind;

    (void)state;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        assert_int_equal(digest_find(sums[i].name, &kind), 0);
        assert_digest(digest_of(kind, "abc", 3), sums[i].hex);
    }
    assert_int_equal(digest_find("crc32", &kind), 1);
    assert_digest(digest_of(DIGEST_MD5, "", 0), "d41d8cd98f00b204e9800998ecf8427e");
}

static void test_macs(void **state)
{
    static const char data[] = "what do ya want for nothing?";

    (void)state;
    assert_digest(digest_hmac(DIGEST_MD5, "Jefe", 4, data, strlen(data)),
                  "750c783e6ab0b503eaa86e310a5db738");
    assert_digest(digest_hmac(DIGEST_SHA1, "Jefe", 4, data, strlen(data)),
                  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    assert_digest(digest_hmac(DIGEST_SHA256, "Jefe", 4, data, strlen(data)),
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* At every length around the ends of blocks, whole and in pieces. */
static void test_pieces(void **state)
{
    unsigned char data[600], key[DIGEST_SHA256_BYTES], out[DIGEST_SHA256_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 7 + 1);
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (unsigned char)(200 + i);
    for (size_t length = 0; length <= sizeof data; length++) {
        const struct digest_piece pieces[] = {
            {data, length / 3}, {NULL, 0}, {data + length / 3, length - length / 3}};
        struct digest sum = digest_of(DIGEST_SHA256, data, length);
        struct digest mac = digest_hmac(DIGEST_SHA256, key, sizeof key, data, length);

        digest_sha256(pieces, 3, out);
        assert_memory_equal(out, sum.bytes, sizeof out);
        digest_hmac_sha256(key, pieces, 3, out);
        assert_memory_equal(out, mac.bytes, sizeof out);
    }
    digest_sha256(NULL, 0, out);
    assert_memory_equal(out, digest_of(DIGEST_SHA256, "", 0).bytes, sizeof out);
}

static void test_secrets(void **state)
{
    unsigned char a[300] = {0}, b[300] = {0};

    (void)state;
    assert_true(digest_same_text("token", "token"));
    assert_false(digest_same_text("token", "token "));
    assert_false(digest_same_text("", "token"));
    digest_random(a, sizeof a);
    digest_random(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + 256, b + 256, 44);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_macs),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_secrets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
