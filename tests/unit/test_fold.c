/* test_fold: lines are folded where a reader would.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"
#include "gateway/report/fold.h"

static char *folded(const char *line, size_t columns, size_t indent)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    fold_print(line, columns, indent, out);
    fclose(out);
    return text;
}

static const struct {
    const char *line;
    size_t columns, indent;
    const char *folded;
} fold_cases[] = {
    {"", 10, 2, "\n"},
    {"one two", 10, 2, "one two\n"},
    {"one two six", 11, 2, "one two six\n"},
    {"one two six", 10, 2, "one two\n  six\n"},
    {"  one two six", 9, 4, "  one two\n    six\n"},
    {"one   two", 5, 1, "one\n two\n"},
    {"one two   ", 7, 1, "one two\n"},
    /* an address stays whole, also when it is too wide */
    {"at http://192.0.2.10/a/b now", 12, 2, "at\n  http://192.0.2.10/a/b\n  now\n"},
    {"http://192.0.2.10/a/b", 5, 2, "http://192.0.2.10/a/b\n"},
    {"弘扬宪法精神", 12, 2, "弘扬宪法精神\n"},
    {"弘扬宪法精神", 11, 2, "弘扬宪法精\n  神\n"},
    {"弘扬宪法，精神", 9, 0, "弘扬宪\n法，精神\n"},
    {"弘扬（宪法）", 7, 0, "弘扬\n（宪\n法）\n"},
    {"用lawcast查看", 8, 0, "用\nlawcast\n查看\n"},
};

static void lines_break_where_they_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fold_cases / sizeof *fold_cases; i++) {
        char *text = folded(fold_cases[i].line, fold_cases[i].columns, fold_cases[i].indent);

        assert_string_equal(text, fold_cases[i].folded);
        free(text);
    }
}

/* Whatever the width: nothing is lost but spaces, and it ends. */
static void nothing_is_lost(void **state)
{
    static const char line[] =
        "  一块 board 的 url（http://192.0.2.1）：\xff请, please, 改正 it now。";

    (void)state;
    for (size_t columns = 0; columns < 90; columns++)
        for (size_t indent = 0; indent < 12; indent += 3) {
            char *text = folded(line, columns, indent), *at = text;

            for (const char *c = line; *c; c++) {
                if (*c == ' ')
                    continue;
                at += strspn(at, " \n");
                assert_int_equal(*at++, *c);
            }
            assert_string_equal(at, "\n");
            free(text);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_break_where_they_may),
        cmocka_unit_test(nothing_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
