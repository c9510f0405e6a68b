/* test_template: fields, braces, signature and refusal hint. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/model/template.h"

static const char *const columns[] = {"手机", " 姓名 ", "社区", "姓名", "a b"};
static const char *const values[] = {"13800000000", "甲", "红旗", "乙", "ab"};

#define COLUMNS (sizeof columns / sizeof *columns)

static void render(const char *text, const char *signature, const char *refusal, struct buffer *out)
{
    struct template *template = NULL;
    size_t lengths[COLUMNS];
    char *word = NULL;

    for (size_t i = 0; i < COLUMNS; i++)
        lengths[i] = strlen(values[i]);
    assert_int_equal(template_parse(text, signature, refusal, columns, COLUMNS, &template, &word),
                     0);
    assert_null(word);
    template_render(template, values, lengths, out);
    template_free(template);
}

static void test_render(void **state)
{
    static const struct {
        const char *text, *signature, *refusal, *message;
    } cases[] = {
        {"", NULL, NULL, ""},
        {"abc", NULL, NULL, "abc"},
        {"{姓名}同志", NULL, NULL, "甲同志"}, /* the first column of that name */
        {"{ 姓名 }、{\xE3\x80\x80社区\xC2\xA0}", "", "", "甲、红旗"},
        {"{姓名}{姓名}{社区}", NULL, NULL, "甲甲红旗"},
        {"{a b}", NULL, NULL, "ab"},
        {"{{姓名}}", NULL, NULL, "{姓名}"},
        {"{{{姓名}}}", NULL, NULL, "{甲}"},
        {"}}{{", NULL, NULL, "}{"},
        {"学法", "六安市法宣办", NULL, "【六安市法宣办】学法"},
        {"学法", "六安市法宣办", "拒收请回复R", "【六安市法宣办】学法拒收请回复R"},
        {"【物价局】学法", "六安市法宣办", "", "【物价局】学法"},
        {"学【法】", "办", NULL, "【办】学【法】"},
        {"学法，拒收请回复R。", NULL, "拒收请回复R", "学法，拒收请回复R。"},
        {"学法，拒收请回复。", NULL, "拒收请回复R", "学法，拒收请回复。拒收请回复R"},
        {"", "办", "R", "【办】R"},
        {"学", "拒收请回复R", "拒收请回复R",
         "【拒收请回复R】学拒收请回复R"}, /* the text, not the signature */
        {"100%s %n {社区}", "%d", "%s", "【%d】100%s %n 红旗"},
    };
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    (void)state;
    buffer_add_text(&out, "what was there before");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        render(cases[i].text, cases[i].signature, cases[i].refusal, &out);
        assert_string_equal(buffer_text(&out), cases[i].message);
        assert_int_equal(out.length, strlen(cases[i].message));
    }
}

static void test_errors(void **state)
{
    static const struct {
        const char *text;
        int rc;
        const char *word;
    } cases[] = {
        {"{单位}", TEMPLATE_UNKNOWN_FIELD, "单位"},
        {"{姓名}的{ 地址 }{", TEMPLATE_UNKNOWN_FIELD, "地址"},
        {"{姓 名}", TEMPLATE_UNKNOWN_FIELD, "姓 名"},
        {"{ab}", TEMPLATE_UNKNOWN_FIELD, "ab"},
        {"{", TEMPLATE_UNCLOSED, NULL},
        {"{姓名", TEMPLATE_UNCLOSED, NULL},
        {"{姓{名}}", TEMPLATE_UNCLOSED, NULL},
        {"{{{", TEMPLATE_UNCLOSED, NULL},
        {"}", TEMPLATE_STRAY_BRACE, NULL},
        {"a}b", TEMPLATE_STRAY_BRACE, NULL},
        {"{姓名}}", TEMPLATE_STRAY_BRACE, NULL},
        {"{{姓名}", TEMPLATE_STRAY_BRACE, NULL},
        {"{}", TEMPLATE_EMPTY_FIELD, NULL},
        {"{ \xE3\x80\x80}", TEMPLATE_EMPTY_FIELD, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template *template = NULL;
        char *word = NULL;

        assert_int_equal(
            template_parse(cases[i].text, "办", "R", columns, COLUMNS, &template, &word),
            cases[i].rc);
        assert_null(template);
        if (cases[i].word)
            assert_string_equal(word, cases[i].word);
        else
            assert_null(word);
        free(word);
        assert_int_equal(
            template_parse(cases[i].text, "办", "R", columns, COLUMNS, &template, NULL),
            cases[i].rc);
    }
    template_free(NULL);
}

/* One column, one value: the value's own bytes. */
static void test_values(void **state)
{
    static const struct {
        const char *text, *value;
        size_t length;
        const char *message;
        size_t message_length;
    } cases[] = {
        {"<{x}>", "", 0, "【办】<>", 11},
        {"<{x}>", "a\tb\r\nc", 6, "【办】<a b  c>", 17},
        {"<{x}>", "\x01\x1F\x7F", 3, "【办】<   >", 14},
        {"<{x}>", "a\0b", 3, "【办】<a b>", 14},
        {"<{x}>", "\xC2\x85\xC2\x9F\xC2\xA0", 6, "【办】<  \xC2\xA0>", 15},
        {"<{x}>", "a\xC2", 2, "【办】<a\xC2>", 13}, /* bad UTF-8 stays: the layout refuses it */
        {"<{x}>", "{x}}{", 5, "【办】<{x}}{>", 16}, /* a value is never read as a template */
        {"<{x}>", "abcdef", 3, "【办】<abc>", 14},
        {"{x}", "【甲】乙", 12, "【甲】乙", 12},
        {"\t{x}\n", "a", 1, "【办】\ta\n", 12}, /* only values are cleaned */
    };
    static const char *const column[] = {"x"};
    BUFFER_FREE_LATER struct buffer out = BUFFER_NULL;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct template *template = NULL;

        assert_int_equal(template_parse(cases[i].text, "办", "", column, 1, &template, NULL), 0);
        template_render(template, &cases[i].value, &cases[i].length, &out);
        assert_int_equal(out.length, cases[i].message_length);
        assert_memory_equal(out.data, cases[i].message, cases[i].message_length + 1);
        template_free(template);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_render),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
