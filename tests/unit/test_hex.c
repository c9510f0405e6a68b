/* test_hex: encodings against known answers and against each other. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/hex.h"

static void test_hex_both_ways(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer back = BUFFER_NULL;
    unsigned char all[256];

    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)i;
    hex_encode(&text, all, sizeof all);
    assert_int_equal(text.length, 512);
    assert_memory_equal(text.data, "000102030405060708090A0B0C", 26);
    assert_string_equal(text.data + 506, "FDFEFF");
    assert_int_equal(hex_decode(&back, text.data, text.length), 0);
    assert_int_equal(back.length, sizeof all);
    assert_memory_equal(back.data, all, sizeof all);
    buffer_clear(&back);
    assert_int_equal(hex_decode(&back, "aAfF", 4), 0);
    assert_string_equal(buffer_text(&back), "\xAA\xFF");
}

static void test_what_is_not_hex_adds_nothing(void **state)
{
    static const char *const cases[] = {"0",    "4",      "4g",       "g4", "41 2", "414",
                                        "41zz", "4142:0", "\xC1\xC1", "@@", "``",   "0x41"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

        buffer_add_text(&b, "x");
        assert_int_equal(hex_decode(&b, cases[i], strlen(cases[i])), 1);
        assert_int_equal(b.length, 1);
        assert_string_equal(buffer_text(&b), "x");
    }
}

static void test_base64_known_answers(void **state)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xFB\xFF\xBF", "+/+/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

        hex_encode_base64(&b, cases[i][0], strlen(cases[i][0]));
        assert_string_equal(buffer_text(&b), cases[i][1]);
        buffer_clear(&b);
        assert_int_equal(hex_decode_base64(&b, cases[i][1], strlen(cases[i][1])), 0);
        assert_string_equal(buffer_text(&b), cases[i][0]);
    }
}

static void test_what_is_not_base64_adds_nothing(void **state)
{
    static const char *const cases[] = {
        "Z",    "Zg",       "Zg=",      "====",     "Z===",   "Zg=a",
        "Z=g=", "Zm9v!m9v", "Zg==Zg==", "Zm9vZ g=", "Zm9v\n", "Zm-_"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer b = BUFFER_NULL;

        buffer_add_text(&b, "x");
        assert_int_equal(hex_decode_base64(&b, cases[i], strlen(cases[i])), 1);
        assert_int_equal(b.length, 1);
        assert_string_equal(buffer_text(&b), "x");
    }
}

static void test_fingerprint_known_answers(void **state)
{
    (void)state;
    assert_true(hex_fingerprint("", 0) == 0xcbf29ce484222325u);
    assert_true(hex_fingerprint("a", 1) == 0xaf63dc4c8601ec8cu);
    assert_true(hex_fingerprint("foobar", 6) == 0x85944171f73967e8u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex_both_ways),
        cmocka_unit_test(test_what_is_not_hex_adds_nothing),
        cmocka_unit_test(test_base64_known_answers),
        cmocka_unit_test(test_what_is_not_base64_adds_nothing),
        cmocka_unit_test(test_fingerprint_known_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
