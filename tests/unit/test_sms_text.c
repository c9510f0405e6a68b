/* test_sms_text: the alphabet character by character, the limits, and where parts may end. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/utf8.h"
#include "gateway/model/sms_text.h"

/* A text as pieces: each string so many times. */
struct piece {
    const char *text;
    size_t times;
};

static void build(const struct piece *pieces, struct buffer *out)
{
    buffer_clear(out);
    for (; pieces->text; pieces++)
        for (size_t i = 0; i < pieces->times; i++)
            buffer_add_text(out, pieces->text);
}

#define EMOJI  "\xF0\x9F\x98\x80"                             /* 2 units */
#define FAMILY "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9" /* 5 units */
#define ACUTE  "\xCC\x81"
#define FLAG   "\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3" /* 4 units */

static void test_alphabet(void **state)
{
    /* 3GPP TS 23.038 6.2.1, row by row; the escape itself is no character. */
    static const char basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    static const char extended[] = "\f^{}\\[~]|€";
    static unsigned char septets[0x110000];
    size_t n[3] = {0};

    (void)state;
    for (size_t at = 0; at < sizeof basic - 1;)
        septets[utf8_next(basic, sizeof basic - 1, &at)] = 1;
    for (size_t at = 0; at < sizeof extended - 1;)
        septets[utf8_next(extended, sizeof extended - 1, &at)] = 2;
    for (int32_t code = 0; code < 0x110000; code++) {
        if (sms_text_septets(code) != septets[code])
            fail_msg("U+%04X: %u septets", (unsigned)code, sms_text_septets(code));
        n[septets[code]]++;
    }
    assert_int_equal(n[1], 127);
    assert_int_equal(n[2], 10);
    assert_int_equal(sms_text_septets(-1), 0);
    assert_int_equal(sms_text_septets(0x00B9), 0);
    assert_int_equal(sms_text_septets(0x00E7), 0);
}

static const struct {
    struct piece pieces[4];
    enum sms_alphabet alphabet;
    size_t units, parts, first; /* units of the first part */
} layouts[] = {
    {{{"", 1}}, SMS_GSM7, 0, 0, 0},
    {{{"a", 1}}, SMS_GSM7, 1, 1, 1},
    {{{"a", 160}}, SMS_GSM7, 160, 1, 160},
    {{{"a", 161}}, SMS_GSM7, 161, 2, 153},
    {{{"a", 306}}, SMS_GSM7, 306, 2, 153},
    {{{"a", 307}}, SMS_GSM7, 307, 3, 153},
    {{{"a", 158}, {"€", 1}}, SMS_GSM7, 160, 1, 160},
    {{{"a", 159}, {"€", 1}}, SMS_GSM7, 161, 2, 153},
    {{{"a", 152}, {"€", 1}, {"a", 20}}, SMS_GSM7, 174, 2, 152},
    {{{"a", 151}, {"€", 1}, {"a", 20}}, SMS_GSM7, 173, 2, 153},
    {{{"[]", 80}}, SMS_GSM7, 320, 3, 152},
    {{{"ç", 1}}, SMS_UCS2, 1, 1, 1},
    {{{"Ç", 70}}, SMS_GSM7, 70, 1, 70},
    {{{"法", 70}}, SMS_UCS2, 70, 1, 70},
    {{{"法", 71}}, SMS_UCS2, 71, 2, 67},
    {{{"法", 134}}, SMS_UCS2, 134, 2, 67},
    {{{"法", 135}}, SMS_UCS2, 135, 3, 67},
    {{{"a", 70}, {"法", 1}}, SMS_UCS2, 71, 2, 67},
    {{{"法", 68}, {EMOJI, 1}}, SMS_UCS2, 70, 1, 70},
    {{{"法", 69}, {EMOJI, 1}}, SMS_UCS2, 71, 2, 67},
    {{{"法", 66}, {EMOJI, 1}, {"法", 9}}, SMS_UCS2, 77, 2, 66},
    {{{"法", 65}, {EMOJI, 1}, {"法", 9}}, SMS_UCS2, 76, 2, 67},
    {{{"法", 64}, {FAMILY, 1}, {"法", 9}}, SMS_UCS2, 78, 2, 64},
    {{{"法", 62}, {FAMILY, 1}, {"法", 9}}, SMS_UCS2, 76, 2, 67},
    {{{"法", 66}, {"e" ACUTE, 1}, {"法", 9}}, SMS_UCS2, 77, 2, 66},
    {{{"法", 64}, {FLAG, 1}, {"法", 9}}, SMS_UCS2, 77, 2, 64},
    {{{"法", 61}, {FLAG, 2}, {"法", 9}}, SMS_UCS2, 78, 2, 65},
    {{{"e", 1}, {ACUTE, 99}}, SMS_UCS2, 100, 2, 67}, /* longer than a part: torn apart */
    {{{"法", 60}, {ACUTE, 70}}, SMS_UCS2, 130, 2, 67},
    {{{"法", 1072}}, SMS_UCS2, 1072, 16, 67},
    {{{"a", 2448}}, SMS_GSM7, 2448, 16, 153},
};

static void test_parts(void **state)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        struct sms_layout layout;
        size_t units = 0, at = 0;

        build(layouts[i].pieces, &text);
        assert_int_equal(sms_text_layout(buffer_text(&text), text.length, 16, &layout), 0);
        assert_int_equal(layout.alphabet, layouts[i].alphabet);
        assert_int_equal(layout.units, layouts[i].units);
        if (layout.n_parts != layouts[i].parts || layout.parts[0].units != layouts[i].first)
            fail_msg("case %zu: %zu parts, the first of %zu", i, layout.n_parts,
                     layout.parts[0].units);
        for (size_t k = 0; k < layout.n_parts; k++) {
            assert_int_equal(layout.parts[k].from, at);
            at = layout.parts[k].to;
            units += layout.parts[k].units;
        }
        assert_int_equal(at, text.length);
        assert_int_equal(units, layout.units);
    }
}

static void test_max_parts(void **state)
{
    static const struct {
        struct piece pieces[2];
        size_t max_parts;
        int rc;
    } cases[] = {
        {{{"法", 70}}, 1, SMS_TEXT_OK},
        {{{"法", 71}}, 1, SMS_TEXT_TOO_LONG},
        {{{"法", 134}}, 2, SMS_TEXT_OK},
        {{{"法", 135}}, 2, SMS_TEXT_TOO_LONG},
        {{{"a", 2448}}, 16, SMS_TEXT_OK},
        {{{"a", 2449}}, 16, SMS_TEXT_TOO_LONG},
        {{{"法", 100000}}, 16, SMS_TEXT_TOO_LONG},
        {{{ACUTE, 1073}}, 16, SMS_TEXT_TOO_LONG},
    };
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sms_layout layout;

        build(cases[i].pieces, &text);
        assert_int_equal(sms_text_layout(text.data, text.length, cases[i].max_parts, &layout),
                         cases[i].rc);
        assert_int_equal(layout.n_parts > 0, cases[i].rc == SMS_TEXT_OK);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        int rc;
    } cases[] = {
        {"\xFF", 1, SMS_TEXT_BAD_UTF8},
        {"法\xE6\xB3", 5, SMS_TEXT_BAD_UTF8},
        {"a\xED\xA0\x80", 4, SMS_TEXT_BAD_UTF8}, /* a lone surrogate */
        {"a\0b", 3, SMS_TEXT_CONTROL},
        {"a\tb", 3, SMS_TEXT_CONTROL},
        {"a\fb", 3, SMS_TEXT_CONTROL},
        {"\x1B", 1, SMS_TEXT_CONTROL},
        {"\x7F", 1, SMS_TEXT_CONTROL},
        {"\xC2\x85", 2, SMS_TEXT_CONTROL},
        {"\xC2\x9F", 2, SMS_TEXT_CONTROL},
        {"\xC2\xA0", 2, SMS_TEXT_OK},
        {"a\r\nb", 4, SMS_TEXT_OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sms_layout layout;

        assert_int_equal(sms_text_layout(cases[i].text, cases[i].length, 16, &layout), cases[i].rc);
        assert_int_equal(layout.n_parts, cases[i].rc == SMS_TEXT_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alphabet),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_max_parts),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
