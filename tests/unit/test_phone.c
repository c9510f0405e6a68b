/* test_phone: what people write, sorted into its classes; masks. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "gateway/model/phone.h"

#define EXPECTED  INT64_C(8613800001234)
#define UNTOUCHED INT64_C(-77)

static void test_ways_to_write_a_mobile_number(void **state)
{
    static const char *const cases[] = {
        "13800001234",
        " 13800001234 ",
        "138 0000 1234",
        "138-0000-1234",
        "138.0000.1234",
        "138.00001234",
        "(138)00001234",
        "（138）0000－1234",
        "+8613800001234",
        "+86 138 0000 1234",
        "+86-138-0000-1234",
        "(+86) 138 0000 1234",
        "(86)13800001234",
        "＋８６１３８００００１２３４",
        "１３８００００１２３４",
        "008613800001234",
        "8613800001234",
        "86-138-0000-1234",
        "013800001234",
        "+86 (0) 138 0000 1234",
        "'13800001234",
        " '13800001234",
        "\t13800001234",
        "’13800001234",
        "13800001234\r\n",
        "138\xC2\xA0"
        "0000\xE3\x80\x80"
        "1234", /* U+00A0, U+3000 */
        "\xEF\xBB\xBF"
        "13800001234", /* U+FEFF */
        "\xE2\x80\x8B"
        "13800001234\xE2\x80\x8F", /* U+200B, U+200F */
        "\xE2\x80\xAA"
        "13800001234\xE2\x80\xAC", /* U+202A, U+202C */
        "\xE2\x81\xA8"
        "13800001234\xE2\x81\xA9", /* U+2068, U+2069 */
        "138\xE2\x80\x91"
        "0000\xE2\x80\x93"
        "1234", /* U+2011, U+2013 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t number = UNTOUCHED;

        if (phone_parse(cases[i], strlen(cases[i]), &number) != PHONE_MOBILE)
            fail_msg("\"%s\" was refused", cases[i]);
        assert_int_equal(number, EXPECTED);
    }
}

static const struct {
    const char *text;
    enum phone_class id;
} classes[] = {
    {"", PHONE_EMPTY},
    {"   ", PHONE_EMPTY},
    {"'", PHONE_EMPTY},
    {"\t\xE3\x80\x80\xE2\x80\x8B", PHONE_EMPTY},
    {"无", PHONE_NOT_A_NUMBER},
    {"-", PHONE_NOT_A_NUMBER},
    {"+", PHONE_NOT_A_NUMBER},
    {"00", PHONE_NOT_A_NUMBER},
    {"()", PHONE_NOT_A_NUMBER},
    {"0", PHONE_NOT_A_NUMBER},
    {"12", PHONE_NOT_A_NUMBER},
    {"1380000123", PHONE_NOT_A_NUMBER},
    {"138000012345", PHONE_NOT_A_NUMBER},
    {"1380000123a", PHONE_NOT_A_NUMBER},
    {"13800001234e", PHONE_NOT_A_NUMBER},
    {"E13800001234", PHONE_NOT_A_NUMBER},
    {"-13800001234", PHONE_NOT_A_NUMBER},
    {"13800001234-", PHONE_NOT_A_NUMBER},
    {"138+00001234", PHONE_NOT_A_NUMBER},
    {"++8613800001234", PHONE_NOT_A_NUMBER},
    {"138'00001234", PHONE_NOT_A_NUMBER},
    {"13800001234/13800005678", PHONE_NOT_A_NUMBER},
    {"13800001234 13800005678", PHONE_NOT_A_NUMBER},
    {"13800001234转12", PHONE_NOT_A_NUMBER},
    {"12345678901", PHONE_NOT_A_NUMBER},
    {"11800001234", PHONE_NOT_A_NUMBER},
    {"23800001234", PHONE_NOT_A_NUMBER},
    {"86", PHONE_NOT_A_NUMBER},
    {"+86", PHONE_NOT_A_NUMBER},
    {"+86138", PHONE_SHORT},
    {"\xFF"
     "13800001234",
     PHONE_NOT_A_NUMBER},
    {"13800001234\xE4", PHONE_NOT_A_NUMBER},
    {"########", PHONE_NOT_A_NUMBER},
    {"00000000000", PHONE_NOT_A_NUMBER},
    {"1.38E+10", PHONE_FLOAT},
    {"1.38E10", PHONE_FLOAT},
    {"1.380000123e+010", PHONE_FLOAT},
    {"138E+8", PHONE_FLOAT},
    {"1.E+10", PHONE_FLOAT},
    {"１．３８Ｅ＋１０", PHONE_FLOAT},
    {" 1.38E+10", PHONE_FLOAT},
    {"13800001234.0", PHONE_FLOAT},
    {"13800001234.00", PHONE_FLOAT},
    {"13800001234.", PHONE_FLOAT},
    {"8613800001234.5", PHONE_FLOAT},
    {"1.38E", PHONE_NOT_A_NUMBER},
    {"1.38E+", PHONE_NOT_A_NUMBER},
    {".38E+10", PHONE_NOT_A_NUMBER},
    {"1.38E+10x", PHONE_NOT_A_NUMBER},
    {"1.38E+10E", PHONE_NOT_A_NUMBER},
    {"0564-3333333", PHONE_LANDLINE},
    {"(0564)3333333", PHONE_LANDLINE},
    {"（0551）62345678", PHONE_LANDLINE},
    {"010-12345678", PHONE_LANDLINE},
    {"+86 564 3333333", PHONE_LANDLINE},
    {"+86 0564 3333333", PHONE_LANDLINE},
    {"+86 10 12345678", PHONE_LANDLINE},
    {"3333333", PHONE_LANDLINE},
    {"62345678", PHONE_LANDLINE},
    {"400-123-4567", PHONE_LANDLINE},
    {"800-123-4567", PHONE_LANDLINE},
    {"110", PHONE_SHORT},
    {"12348", PHONE_SHORT},
    {"10086", PHONE_SHORT},
    {"95533", PHONE_SHORT},
    {"95012345", PHONE_SHORT},
    {"963110", PHONE_SHORT},
    {"1069012345", PHONE_SHORT},
    {"1065712345678901", PHONE_SHORT},
    {"1064812345678", PHONE_MACHINE},
    {"1410012345678", PHONE_MACHINE},
    {"+861064812345678", PHONE_MACHINE},
    {"14600001234", PHONE_MACHINE},
    {"14800001234", PHONE_MACHINE},
    {"14100001234", PHONE_MACHINE},
    {"14400001234", PHONE_MACHINE},
    {"+86 148 0000 1234", PHONE_MACHINE},
    {"13490001234", PHONE_SATELLITE},
    {"17400001234", PHONE_SATELLITE},
    {"17450001234", PHONE_SATELLITE},
    {"017450001234", PHONE_SATELLITE},
    {"17460001234", PHONE_MOBILE},
    {"13480001234", PHONE_MOBILE},
    {"14110001234", PHONE_MOBILE},
    {"19200001234", PHONE_MOBILE},
    {"+13800001234", PHONE_FOREIGN}, /* North America's 1 */
    {"+852 5123 0000", PHONE_FOREIGN},
    {"+85351230000", PHONE_FOREIGN},
    {"00886912000000", PHONE_FOREIGN},
    {"+44 7700 900000", PHONE_FOREIGN},
    {"+4477", PHONE_NOT_A_NUMBER},
    {"+447700900000123456", PHONE_NOT_A_NUMBER},
    {"+0447700900000", PHONE_NOT_A_NUMBER},
};

static void test_classes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        int64_t number = UNTOUCHED;
        enum phone_class id = phone_parse(classes[i].text, strlen(classes[i].text), &number);

        if (id != classes[i].id)
            fail_msg("\"%s\" is of class %d, not %d", classes[i].text, (int)id, (int)classes[i].id);
        assert_int_equal(number != UNTOUCHED, id == PHONE_MOBILE);
    }
}

static void test_length_counts_not_the_end_of_the_string(void **state)
{
    int64_t number = UNTOUCHED;
    char spaces[100000];

    (void)state;
    assert_int_equal(phone_parse("138000012345", 11, &number), PHONE_MOBILE);
    assert_int_equal(number, EXPECTED);
    assert_int_equal(phone_parse("13800001234", 10, &number), PHONE_NOT_A_NUMBER);
    assert_int_equal(phone_parse("13800001234\0", 12, &number), PHONE_NOT_A_NUMBER);
    memset(spaces, ' ', sizeof spaces);
    assert_int_equal(phone_parse(spaces, sizeof spaces, &number), PHONE_EMPTY);
    memcpy(spaces + 50000, "13800001234", 11);
    assert_int_equal(phone_parse(spaces, sizeof spaces, &number), PHONE_MOBILE);
    memset(spaces, '1', sizeof spaces);
    assert_int_equal(phone_parse(spaces, sizeof spaces, &number), PHONE_NOT_A_NUMBER);
}

static bool is_listed(const char *list, const char *digits)
{
    for (; *list; list += strspn(list, " ")) {
        size_t length = strcspn(list, " ");

        if (strncmp(list, digits, length) == 0)
            return true;
        list += length;
    }
    return false;
}

/* The classes of all mobile prefixes, as the published lists give them. */
static void test_classes_of_all_prefixes(void **state)
{
    (void)state;
    for (int prefix = 1300; prefix <= 1999; prefix++) {
        char digits[] = "00000001234";
        int64_t number = UNTOUCHED;
        enum phone_class id;
        int special;

        for (int i = 3, rest = prefix; i >= 0; i--, rest /= 10)
            digits[i] = (char)('0' + rest % 10);
        special = is_listed("1349 1740 1741 1742 1743 1744 1745", digits) ? PHONE_SATELLITE
                  : is_listed("146 148 1410 1440", digits)                ? PHONE_MACHINE
                                                                          : PHONE_MOBILE;
        id = phone_parse(digits, 11, &number);
        assert_int_equal(id, special);
        if (id == PHONE_MOBILE)
            assert_int_equal(number, INT64_C(8600000001234) + prefix * INT64_C(10000000));
        else
            assert_int_equal(number, UNTOUCHED);
    }
}

static void test_reasons(void **state)
{
    (void)state;
    for (int i = 0; i < PHONE_CLASSES; i++) {
        const char *english, *chinese;

        assert_int_equal(setenv("LC_ALL", "C", 1), 0);
        english = phone_class_reason((enum phone_class)i);
        assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
        chinese = phone_class_reason((enum phone_class)i);
        assert_int_equal(english[strlen(english) - 1], '.');
        assert_string_equal(chinese + strlen(chinese) - strlen("。"), "。");
        assert_true(utf8_is_valid(chinese, strlen(chinese)));
    }
    assert_non_null(strstr(phone_class_reason(PHONE_FLOAT), "科学计数法"));
}

/* A number on a command line stands in no row. */
static void test_faults(void **state)
{
    char text[PHONE_FAULT];

    (void)state;
    for (int i = 0; i < PHONE_CLASSES; i++) {
        assert_int_equal(setenv("LC_ALL", "C", 1), 0);
        phone_class_fault((enum phone_class)i, text);
        assert_null(strstr(text, "row"));
        assert_non_null(strstr(text, "11 digits."));
        assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
        phone_class_fault((enum phone_class)i, text);
        assert_null(strstr(text, "该行"));
        assert_true(utf8_is_valid(text, strlen(text)));
    }
    phone_class_fault(PHONE_LANDLINE, text);
    assert_string_equal(text, "这是固定电话或服务热线，收不到短信：请写一个 11 位的大陆手机号码。");
    assert_int_equal(unsetenv("LC_ALL"), 0);
}

static void test_mask(void **state)
{
    static const struct {
        int64_t number;
        const char *masked;
    } cases[] = {
        {EXPECTED, "138****1234"},
        {INT64_C(8613800000000), "138****0000"},
        {INT64_C(13800001234), "138****1234"},
        {INT64_C(85251230000), "852****0000"},
        {12348, "12348"},
        {3333333, "333****33"},
        {0, "0"},
        {INT64_MAX, "922****5807"},
        {INT64_MIN, "****"},
    };
    char text[24];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        phone_mask(cases[i].number, text);
        assert_string_equal(text, cases[i].masked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways_to_write_a_mobile_number),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_length_counts_not_the_end_of_the_string),
        cmocka_unit_test(test_classes_of_all_prefixes),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_mask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
