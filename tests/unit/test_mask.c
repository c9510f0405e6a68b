/* test_mask: numbers in other people's texts are unreadable, and nothing else is.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/model/mask.h"

struct pair {
    const char *text, *masked;
};

static void check(void (*mask)(const char *, struct buffer *), const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buffer out BUFFER_FREE_LATER = BUFFER_NULL;

        mask(pairs[i].text, &out);
        assert_string_equal(buffer_text(&out), pairs[i].masked);
    }
}

static void test_texts(void **state)
{
    static const struct pair pairs[] = {
        {"", ""},
        {"宪法宣传周 12348 热线", "宪法宣传周 12348 热线"},
        {"2026年12月4日 08:30", "2026年12月4日 08:30"},
        {"号码13800001234，", "号码138****1234，"},
        {"+8613800001234", "+86138****1234"},
        {"138 0000 1234", "138****1234"},
        {"138-0000-1234", "138****1234"},
        {"(138)00001234", "(138****1234"},
        {"１３８００００１２３４", "１３８****１２３４"},
        {"138　0000　1234。", "138****1234。"},
        {"13800001234和13800005678", "138****1234和138****5678"},
        {"340101199001011234", "340****1234"},
        {"1234567890", "1234567890"},
        {"12345678901", "123****8901"},
        {"138   00001234", "138   00001234"},
        {"\xFF"
         "13800001234\xFF",
         "\xFF"
         "138****1234\xFF"},
        {"13800001234-", "138****1234-"},
    };

    (void)state;
    check(mask_text, pairs, sizeof pairs / sizeof *pairs);
}

static void test_fields(void **state)
{
    static const struct pair pairs[] = {
        {"", ""},
        {"12348", "12348"},
        {"123456", "123456"},
        {"1234567", "123****67"},
        {"1380000123", "138****23"},
        {"13800001234", "138****1234"},
        {"+86 138 0000 1234", "+86****1234"},
        {"1.38E+10", "1.3****10"},
        {"１３８００００１２３４", "１３８****１２３４"},
        {"张三13800001234", "张三1****1234"},
        {"一三八零零零零一二三四", "一三八****一二三四"},
        {"13800001234/13800005678", "138****5678"},
        {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\xFF\xFF\xFF****\xFF\xFF"},
    };

    (void)state;
    check(mask_field, pairs, sizeof pairs / sizeof *pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
