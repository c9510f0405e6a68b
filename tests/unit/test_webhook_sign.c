/* test_webhook_sign: signatures of requests and calls, against vectors from elsewhere. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "adapters/display/webhook_sign.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

/* The public vector of Standard Webhooks' signing scheme, and the same with another secret. */
#define WITH_SECRET "v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI="
#define WITH_OLD    "v1,2fOhhbH9/bMeeJ6ZfOXVFU5ZbPnjF4vMzxjQATtedoI="

static const struct webhook_message message = {
    .id = "msg_1", .timestamp = 1700000000, .body = "{}", .length = 2};

static void test_standard_webhooks(void **state)
{
    char *items[] = {TEXT("secret"), TEXT("old")};
    char *encoded[] = {TEXT("whsec_c2VjcmV0")}; /* base64 of the first */
    struct option_strings secrets = {.items = items, .n = 1};
    const struct option_strings same = {.items = encoded, .n = 1};
    struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;

    (void)state;
    webhook_sign_message(&secrets, &message, &out);
    assert_string_equal(buffer_text(&out), WITH_SECRET);
    buffer_clear(&out);
    webhook_sign_message(&same, &message, &out);
    assert_string_equal(buffer_text(&out), WITH_SECRET);
    buffer_clear(&out);
    secrets.n = 2;
    webhook_sign_message(&secrets, &message, &out);
    assert_string_equal(buffer_text(&out), WITH_SECRET " " WITH_OLD);
}

static void test_whose_signature(void **state)
{
    static const struct {
        const char *signatures;
        size_t secrets;
        bool fits;
    } cases[] = {
        {WITH_SECRET, 1, true},
        {WITH_OLD, 1, false},
        {WITH_OLD, 2, true},
        {"v1,AAAA " WITH_SECRET, 1, true},
        {"v1a,AAAA  " WITH_OLD, 2, true},
        {"", 2, false},
        {"v1,", 2, false},
        {"A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI=", 1, false},
        {"v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI", 1, false},
    };
    char *items[] = {TEXT("secret"), TEXT("old")};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct option_strings secrets = {.items = items, .n = cases[i].secrets};

        assert_int_equal(webhook_message_is_signed(&secrets, &message, cases[i].signatures),
                         cases[i].fits);
    }
}

static void test_secrets(void **state)
{
    (void)state;
    assert_true(webhook_secret_is_valid("x"));
    assert_true(webhook_secret_is_valid("whsec_c2VjcmV0"));
    assert_false(webhook_secret_is_valid(""));
    assert_false(webhook_secret_is_valid("whsec_"));
    assert_false(webhook_secret_is_valid("whsec_c2VjcmV"));
}

static void test_recipes(void **state)
{
    static const struct {
        int sign, format;
        const char *expected;
    } cases[] = {
        {1, WEBHOOK_HEX, "900150983cd24fb0d6963f7d28e17f72"},
        {1, WEBHOOK_HEX_UPPER, "900150983CD24FB0D6963F7D28E17F72"},
        {2, WEBHOOK_HEX, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {2, WEBHOOK_SIGN_BASE64, "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="},
        {3, WEBHOOK_HEX, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {4, WEBHOOK_HEX, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
        {5, WEBHOOK_HEX, "a4d8cfc91b4eb81d25d252d1d5f34d62"},
        {6, WEBHOOK_HEX, "bef36b57f8fac095b0c588b487bdd48186acc0b3"},
        {7, WEBHOOK_HEX, "9319d3dbf5b9b852051a6a36a97de7aaae7b7bfca4dc4d0044a2db6868896eec"},
        {8, WEBHOOK_HEX, "80ee5e2f49474c561a3bf5cdf34cc9a850718b0f00b54543e66e8ab5552de38f"},
    };
    const struct buffer parts = {.data = TEXT("abc"), .length = 3};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct webhook_options options = {
            .sign = cases[i].sign, .sign_format = cases[i].format, .sign_secret = TEXT("made-up")};
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;

        webhook_sign_recipe(&options, &parts, &out);
        assert_string_equal(buffer_text(&out), cases[i].expected);
        assert_int_equal(webhook_sign_is_keyed(cases[i].sign), cases[i].sign >= 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standard_webhooks),
        cmocka_unit_test(test_whose_signature),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_recipes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
