/* test_utf8: good sequences are read, every kind of bad one is refused where it begins. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/utf8.h"

static void test_every_scalar_value_survives(void **state)
{
    (void)state;
    for (int32_t code = 0; code <= 0x10FFFF; code++) {
        char bytes[4];
        size_t n, at = 0;

        if (code == 0xD800)
            code = 0xE000;
        n = utf8_put(code, bytes);
        assert_int_equal(utf8_next(bytes, n, &at), code);
        assert_int_equal(at, n);
        for (size_t cut = 0; cut < n; cut++) {
            at = 0;
            assert_int_equal(utf8_next(bytes, cut, &at), -1);
            assert_int_equal(at, 0);
        }
    }
}

static void test_bad_sequences(void **state)
{
    static const struct {
        const char *text;
        size_t bad_at;
    } cases[] = {
        {"\x80", 0},      /* continuation without a start */
        {"a\xC0\xAF", 1}, /* overlong, 2 bytes */
        {"\xC1\xBF", 0},
        {"ab\xE0\x80\xAF", 2}, /* overlong, 3 bytes */
        {"\xE0\x9F\xBF", 0},
        {"\xF0\x80\x80\xAF", 0}, /* overlong, 4 bytes */
        {"\xF0\x8F\xBF\xBF", 0},
        {"\xED\xA0\x80", 0}, /* surrogates */
        {"\xED\xBF\xBF", 0},
        {"\xF4\x90\x80\x80", 0}, /* above U+10FFFF */
        {"\xF5\x80\x80\x80", 0},
        {"\xF8\x88\x80\x80\x80", 0},
        {"\xFF", 0},
        {"\xE4\xBD", 0}, /* cut */
        {"\xE4\xBD"
         "a",
         0}, /* interrupted */
        {"\xE4\xBD\xA0\xE5", 3},
        {"\xF0\x9F\x98", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].text);

        assert_int_equal(utf8_bad_at(cases[i].text, length), cases[i].bad_at);
        assert_false(utf8_is_valid(cases[i].text, length));
    }
}

static void test_good_text(void **state)
{
    static const char *const cases[] = {
        "", "a", "宪法", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD", "\xC2\x80"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(utf8_is_valid(cases[i], strlen(cases[i])));
        assert_int_equal(utf8_bad_at(cases[i], strlen(cases[i])), strlen(cases[i]));
    }
    assert_true(utf8_is_valid("a\0b", 3));
}

static void test_columns(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"宪法", 4},
        {"（）", 4},
        {"１２", 4},
        {"e\xCC\x81", 1}, /* combining acute */
        {"a\xE2\x80\x8B"
         "b",
         2},                     /* zero-width space */
        {"\xF0\x9F\x98\x80", 2}, /* emoji */
        {"\xF0\xA0\x80\x80", 2}, /* U+20000 */
        {"a\xFFz", 3},           /* a bad byte counts 1 */
        {"한국", 4},
        {"é", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(utf8_columns(cases[i].text), cases[i].columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_scalar_value_survives),
        cmocka_unit_test(test_bad_sequences),
        cmocka_unit_test(test_good_text),
        cmocka_unit_test(test_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
