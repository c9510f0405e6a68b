/* test_operators_file: the table that comes with lawcast, and what can be wrong with others.
 * Run from the top of the tree, as make test does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/config/operators_file.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

/* As the published lists give them. */
static const struct {
    const char *prefixes;
    enum phone_operator id;
} lists[] = {
    {"1340 1341 1342 1343 1344 1345 1346 1347 1348 135 136 137 138 139 147 150 151 152 157 158 159 "
     "172 178 182 183 184 187 188 195 197 198 1703 1705 1706 165",
     OPERATOR_MOBILE},
    {"130 131 132 145 155 156 166 167 171 175 176 185 186 196 1704 1707 1708 1709",
     OPERATOR_UNICOM},
    {"133 149 153 162 173 177 180 181 189 190 191 193 199 1700 1701 1702", OPERATOR_TELECOM},
    {"192", OPERATOR_BROADNET},
};

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

static enum phone_operator listed_operator(const char *digits)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (is_listed(lists[i].prefixes, digits))
            return lists[i].id;
    return OPERATOR_UNKNOWN;
}

/* 1349 is a satellite's and never asked for: see phone.h. */
static void test_the_table_that_comes_with_lawcast(void **state)
{
    struct operators *operators = operators_new();
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_int_equal(operators_file_read("conf/operators.csv", operators, &diag), 0);
    assert_int_equal(diag.n, 0);
    for (int prefix = 1000; prefix <= 1999; prefix++) {
        char digits[8];
        enum phone_operator id =
            operators_find(operators, (INT64_C(860000) + prefix) * 10000000 + 1234);

        snprintf(digits, sizeof digits, "%d", prefix);
        if (prefix != 1349 && id != listed_operator(digits))
            fail_msg("%s: operator %s", digits, phone_operator_name(id));
    }
    operators_free(operators);
}

/* Writes text (length bytes) into a file and reads it; the result in *operators. */
static int read_text(const char *text, size_t length, bool ported, struct diag *diag,
                     struct operators **operators)
{
    struct stage stage;
    char path[128];
    FILE *file;
    int rc;

    stage_open(&stage);
    snprintf(path, sizeof path, "%s/table.csv", stage.dir);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    *operators = operators_new();
    rc = (ported ? operators_file_read_ported : operators_file_read)(path, *operators, diag);
    assert_int_equal(rc, diag->errors > 0);
    stage_close(&stage);
    return rc;
}

static const struct {
    const char *text;
    bool ported;
    size_t prefixes, numbers;
} good[] = {
    {"prefix,operator\n138,mobile\n", false, 1, 0},
    {"PREFIX;Operator;note\n138;China Mobile;x\n1303;unicom;\n", false, 2, 0},
    {"\xEF\xBB\xBF号段,运营商\r\n138,移动\r\n# 注释\r\n#, ,,,\r\n133,中国电信\r\n", false, 2, 0},
    {"备注\t前缀\t网络\n甲\t 138 \t联通\n\n乙\t1391234\t未知\n", false, 2, 0},
    /* 号段,运营商 and 移动 in GB18030 */
    {"\xBA\xC5\xB6\xCE,\xD4\xCB\xD3\xAA\xC9\xCC\n138,\xD2\xC6\xB6\xAF\n", false, 1, 0},
    {"number,operator\n13800001234,unicom\n+86 138-0000-1235,电信\n", true, 0, 2},
    {"号码,运营商\n13800001234,移动\n13800001234,移动\n", true, 0, 1},
    {"手机号,运营商\n", true, 0, 0},
};

static void test_files_that_are_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct diag diag = DIAG_NULL;
        struct operators *operators;

        if (read_text(good[i].text, strlen(good[i].text), good[i].ported, &diag, &operators)) {
            diag_print(&diag, stderr);
            fail_msg("case %zu", i);
        }
        assert_int_equal(diag.n, 0);
        assert_int_equal(operators_prefixes(operators), good[i].prefixes);
        assert_int_equal(operators_ported(operators), good[i].numbers);
        operators_free(operators);
        diag_free(&diag);
    }
}

static const struct {
    const char *text;
    bool ported;
    int line;
    const char *says;
} wrong[] = {
    {"", false, 0, "empty"},
    {"138,mobile\n139,mobile\n", false, 1, "No column is called prefix"},
    {"prefix,carriers\n138,mobile\n", false, 1, "No column is called operator"},
    {"prefix,operator\n138,mobile\n13,mobile\n", false, 3, "\"13\" is no prefix"},
    {"prefix,operator\n238,mobile\n", false, 2, "is no prefix"},
    {"prefix,operator\n,mobile\n", false, 2, "is no prefix"},
    {"prefix,operator\n138/139,mobile\n", false, 2, "one prefix a row"},
    {"prefix,operator\n138,mobile\n# x\n\n138,unicom\n", false, 5, "second time"},
    {"prefix,operator\n138,移动公司\n", false, 2, "is no operator"},
    {"prefix,operator\n138,\n", false, 2, "is no operator"},
    {"prefix,operator\n138\n", false, 2, "more or fewer fields"},
    {"prefix,operator\n138,mobile,x\n", false, 2, "more or fewer fields"},
    {"号段,operator\n138,mobile\n139,\xFF\xFF\n", false, 3, "damaged"},
    {"号码,运营商\n13800001234,移动\n010-12345678,移动\n", true, 3, "landline"},
    {"号码,运营商\n1.38E+10,移动\n", true, 2, "scientific"},
    {"号码,运营商\n13800001234,移动\n+8613800001234,联通\n", true, 3, "another operator"},
    {"号段,运营商\n138,移动\n", true, 1, "No column is called"},
};

static void test_each_wrong_row_has_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct diag diag = DIAG_NULL;
        struct operators *operators;

        assert_int_equal(
            read_text(wrong[i].text, strlen(wrong[i].text), wrong[i].ported, &diag, &operators), 1);
        findings_expect_one(&diag, "/table.csv", wrong[i].line, wrong[i].says);
        operators_free(operators);
        diag_free(&diag);
    }
}

static void test_all_wrong_rows_are_told_but_not_without_end(void **state)
{
    struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct operators *operators;

    (void)state;
    assert_int_equal(setenv("LC_ALL", "zh_CN.UTF-8", 1), 0);
    buffer_add_text(&text, "号段,运营商\n138,移动\nx,移动\n139,谁\n");
    assert_int_equal(read_text(text.data, text.length, false, &diag, &operators), 1);
    assert_int_equal(diag.errors, 2);
    assert_true(findings_are_chinese(&diag));
    operators_free(operators);
    diag_free(&diag);
    for (int i = 0; i < 5000; i++)
        buffer_add_text(&text, "x,移动\n");
    assert_int_equal(read_text(text.data, text.length, false, &diag, &operators), 1);
    assert_int_equal(diag.errors, 1001);
    operators_free(operators);
    diag_free(&diag);
    buffer_free(&text);
    assert_int_equal(setenv("LC_ALL", "C", 1), 0);
}

static void test_missing_file(void **state)
{
    struct operators *operators = operators_new();
    struct diag diag = DIAG_NULL;

    (void)state;
    assert_int_equal(operators_file_read("/nonexistent/operators.csv", operators, &diag), 1);
    findings_expect_one(&diag, "/nonexistent/operators.csv", 0, "can't be read");
    diag_free(&diag);
    operators_free(operators);
}

/* A province's list; 0.2 s measured without the sanitizers. */
static void test_many_ported_numbers(void **state)
{
    const int n = 300000;
    struct buffer text = BUFFER_NULL;
    struct diag diag = DIAG_NULL;
    struct operators *operators;
    int64_t start = clock_mono_ms();

    (void)state;
    buffer_add_text(&text, "号码,运营商\n");
    for (int i = 0; i < n; i++)
        buffer_printf(&text, "1380%07d,%s\n", i, i % 2 ? "联通" : "电信");
    assert_int_equal(read_text(text.data, text.length, true, &diag, &operators), 0);
    assert_int_equal(operators_ported(operators), n);
    assert_int_equal(operators_find(operators, INT64_C(8613800000007)), OPERATOR_UNICOM);
    assert_int_equal(operators_find(operators, INT64_C(8613800299998)), OPERATOR_TELECOM);
    assert_in_range(clock_mono_ms() - start, 0, 20000);
    operators_free(operators);
    buffer_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_that_comes_with_lawcast),
        cmocka_unit_test(test_files_that_are_right),
        cmocka_unit_test(test_each_wrong_row_has_its_line),
        cmocka_unit_test(test_all_wrong_rows_are_told_but_not_without_end),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_many_ported_numbers),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
