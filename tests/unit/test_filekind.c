/* test_filekind: gateway/config/filekind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/config/filekind.h"

static void test_workbooks(void **state)
{
    (void)state;
    assert_true(filekind_is_workbook("PK\3\4....", 8));
    assert_true(filekind_is_workbook("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8));
    assert_false(filekind_is_workbook("PK\3\4", 3));
    assert_false(filekind_is_workbook("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 7));
    assert_false(filekind_is_workbook("PKphone,name\n", 13));
    assert_false(filekind_is_workbook("", 0));
}

static void test_lists(void **state)
{
    static const struct {
        const char *path, *bytes;
        bool csv;
    } cases[] = {
        {"x.cfg", "phone,name\n13800000001,a\n", true},
        {"x.cfg", "\xEF\xBB\xBF手机号,姓名\n", true},
        {"x.cfg", "\xCA\xD6\xBB\xFA,\xD0\xD5\n13800000001,a", true}, /* GBK */
        {"x.cfg", "\r\n\nphone\tname\n", true},
        {"x.CSV", "phone\n13800000001\n", true},
        {"x.cfg", "phone\n13800000001\n", false},
        {"x.csv", "# a configuration, though its name is odd\noffice = { };\n", false},
        {"x.cfg", "campaign = { id = \"a\", title = \"b\"; };\n", false},
        {"x.cfg", "campaign { id = \"a\",\n", false},
        {"x.cfg", "// one, two\n", false},
        {"x.cfg", "/* one, two */\n", false},
        {"x.cfg", "@include \"a,b\"\n", false},
        {"x.cfg", "campaign\n=\n{ a, b };\n", false},
        {"x.csv", "", false},
        {"csv", "\n\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (filekind_is_csv(cases[i].path, cases[i].bytes, strlen(cases[i].bytes)) != cases[i].csv)
            fail_msg("case %zu: %s", i, cases[i].bytes);
    assert_false(filekind_is_csv("x.cfg", "a\0,b", 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_workbooks),
        cmocka_unit_test(test_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
