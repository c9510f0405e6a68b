/* test_refusal: what counts as a refusal, and what only looks like one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/model/refusal.h"

static char word_cancel[] = "取消", word_zero[] = "0000", word_latin[] = "No More.";
static char *words_of_the_office[] = {word_cancel, word_zero, word_latin};
static const struct option_strings office_words = {words_of_the_office, 3};

static const struct {
    const char *text;
    bool alone, office; /* without and with the office's words */
} cases[] = {
    {"TD", true, true},
    {"td", true, true},
    {"Td", true, true},
    {"T", true, true},
    {"t", true, true},
    {"R", true, true},
    {"r", true, true},
    {"退订", true, true},
    {"拒收", true, true},
    {"STOP", true, true},
    {"stop", true, true},
    {" TD ", true, true},
    {"TD\r\n", true, true},
    {"\tTD", true, true},
    {"T D", true, true},
    {"T.D", true, true},
    {"TD.", true, true},
    {"“TD”", true, true},
    {"ＴＤ", true, true},
    {"ｔｄ。", true, true},
    {" ＴＤ。", true, true},
    {"【退订】", true, true},
    {"[退订]", true, true},
    {"《退订》！", true, true},
    {"拒 收", true, true},
    {"拒　收", true, true},
    {"退·订", true, true},
    {"退\xE2\x80\x8B订", true, true}, /* a zero-width space */
    {"\xEF\xBB\xBFTD", true, true},   /* a byte-order mark */
    {"R!!!", true, true},
    {"…R…", true, true},
    {"取消", false, true},
    {"【取消】。", false, true},
    {"0000", false, true},
    {"００００", false, true},
    {"NO MORE", false, true},
    {"nomore!", false, true},
    {"请勿退订", false, false},
    {"退订吗", false, false},
    {"怎么退订？", false, false},
    {"TD1", false, false},
    {"TDTD", false, false},
    {"TT", false, false},
    {"RE", false, false},
    {"收到", false, false},
    {"stopped", false, false},
    {"S", false, false},
    {"", false, false},
    {" ", false, false},
    {"。。。", false, false},
    {"👍", false, false},
    {"TD👍", false, false},
    {"000", false, false},
    {"00000", false, false},
    {"退订退订退订退订退订退订退订退订退订退订", false, false},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t length = strlen(cases[i].text);

        if (refusal_is(cases[i].text, length, NULL) != cases[i].alone ||
            refusal_is(cases[i].text, length, &office_words) != cases[i].office)
            fail_msg("\"%s\"", cases[i].text);
    }
}

static void test_only_length_bytes_count(void **state)
{
    char spaces[5000];

    (void)state;
    assert_true(refusal_is("TD or not TD", 2, NULL));
    assert_false(refusal_is("T\0X", 3, NULL));
    assert_true(refusal_is("T\0D", 3, NULL));
    memset(spaces, ' ', sizeof spaces);
    memcpy(spaces + 4000, "TD", 2);
    assert_true(refusal_is(spaces, sizeof spaces, NULL));
    /* What is no UTF-8 is nothing that we could know. */
    assert_false(refusal_is("TD\xFF", 3, NULL));
    assert_false(refusal_is("\xE9\x80", 2, NULL));
}

static void test_words_of_the_configuration(void **state)
{
    (void)state;
    assert_true(refusal_word_is_valid("取消"));
    assert_true(refusal_word_is_valid("N"));
    assert_true(refusal_word_is_valid("No, thank you."));
    assert_true(refusal_word_is_valid("12345678901234567890123456789012"));
    assert_false(refusal_word_is_valid("123456789012345678901234567890123"));
    assert_false(refusal_word_is_valid(""));
    assert_false(refusal_word_is_valid(" 。【】"));
    assert_false(refusal_word_is_valid("\xFF"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_only_length_bytes_count),
        cmocka_unit_test(test_words_of_the_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
