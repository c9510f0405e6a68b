/* test_edit_diff: what may change in a campaign that is entered, and what may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/model/edit_diff.h"

#define FILE_OF(head, sms, orders)                                                                 \
    "campaign = { id = \"c\"; " head " sms = { text = \"a\"; " sms " }; orders = ( " orders " ); " \
                                                                                            "};"
#define ORDER "{ unit = \"city\"; quota = 10; recipients = \"a.csv\"; }"

static const char before[] = FILE_OF("windows = ( { from = \"x\"; to = \"y\"; } );", "", ORDER);

static void test_possible(void **state)
{
    static const char *const files[] = {
        FILE_OF("windows = ( { from = \"x;}\"; to = \"z\"; }, { from = \"1\"; } );", "", ORDER),
        FILE_OF("/* } */ leftover = \"stop\"; windows : ( );", "report_wait = 5;", ORDER),
        FILE_OF("windows = ( ) # ; {\n", "routing = \"own\",",
                "{ unit = \"city\"; quota = 20; reserve = \"b\\\".csv\"; recipients = \"c.csv\" }"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_true(edit_is_possible(before, files[i]));
}

static void test_impossible(void **state)
{
    static const char *const files[] = {
        "campaign = { id = \"c\"; sms = { text = \"b\"; }; orders = ( " ORDER " ); };",
        FILE_OF("", "refusal = \"no\";", ORDER),
        FILE_OF("", "", ORDER ", " ORDER),
        FILE_OF("", "", "{ unit = \"weather\"; quota = 10; recipients = \"a.csv\"; }"),
        FILE_OF("displays = ( );", "", ORDER),
        FILE_OF("quotation = 1;", "", ORDER),
        FILE_OF("", "", ""),
        "",
        "\"",
        "/*",
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_false(edit_is_possible(before, files[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_possible),
        cmocka_unit_test(test_impossible),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
