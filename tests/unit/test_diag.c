/* test_diag: findings keep their order, their places and their language. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/diag.h"
#include "gateway/base/lang.h"

static char *printed(const struct diag *diag)
{
    char *text = NULL;
    size_t length;
    FILE *f = open_memstream(&text, &length);

    assert_non_null(f);
    diag_print(diag, f);
    assert_int_equal(fclose(f), 0);
    return text;
}

static void fill(struct diag *diag)
{
    diag_error(diag, "a.cfg", 3, "No unit has the id \"%s\".", "x");
    diag_warning(diag, "a.cfg", 0, "warned");
    diag_error(diag, NULL, 9, "nowhere");
}

static void test_print(void **state)
{
    static const char *const cases[][2] = {
        {"C",
         "a.cfg:3: error: No unit has the id \"x\".\na.cfg: warning: warned\nerror: nowhere\n"},
        {"zh_CN.UTF-8",
         "a.cfg:3: 错误: No unit has the id \"x\".\na.cfg: 警告: warned\n错误: nowhere\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = DIAG_NULL;
        char *text;

        assert_int_equal(setenv("LC_ALL", cases[i][0], 1), 0);
        fill(&diag);
        assert_int_equal(diag.n, 3);
        assert_int_equal(diag.errors, 2);
        text = printed(&diag);
        assert_string_equal(text, cases[i][1]);
        free(text);
        diag_free(&diag);
        assert_int_equal(diag.n, 0);
        assert_int_equal(diag.errors, 0);
    }
}

static void test_many(void **state)
{
    struct diag diag = DIAG_NULL;
    char file[] = "made.cfg";

    (void)state;
    for (int i = 0; i < 1000; i++)
        diag_warning(&diag, file, i, "%d", i);
    memset(file, 'x', sizeof file - 1); /* diag keeps a copy */
    assert_int_equal(diag.errors, 0);
    for (int i = 0; i < 1000; i++) {
        char expected[16];

        snprintf(expected, sizeof expected, "%d", i);
        assert_string_equal(diag.entries[i].message, expected);
        assert_string_equal(diag.entries[i].file, "made.cfg");
        assert_int_equal(diag.entries[i].line, i);
    }
    diag_free(&diag);
}

static void test_nearest(void **state)
{
    static const char *const names[] = {"recipients", "reserve", "quota", "unit", "text", NULL};
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        {"quota", "quota"},
        {"qouta", "quota"},
        {"quot", "quota"},
        {"recipient", "recipients"},
        {"recpients", "recipients"},
        {"units", "unit"},
        {"test", "text"},
        {"zzzzz", NULL},
        {"", NULL},
        {"reciepent", NULL},
        {"q", NULL},
        {"te", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest = diag_nearest(cases[i].word, names);

        if (cases[i].nearest)
            assert_string_equal(nearest, cases[i].nearest);
        else
            assert_null(nearest);
    }
}

static void test_nearest_of_long_words(void **state)
{
    char word[200], candidate[64];
    const char *names[] = {word, candidate, NULL};

    (void)state;
    memset(word, 'a', sizeof word);
    word[sizeof word - 1] = '\0';
    memset(candidate, 'a', sizeof candidate);
    candidate[sizeof candidate - 1] = '\0';
    assert_null(diag_nearest(word, names));
    assert_ptr_equal(diag_nearest(candidate, names), candidate);
}

static void errors_of_the_machine_are_told_in_chinese(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_string_equal(lang_error(-ENOENT), "没有这个文件或目录");
    assert_string_equal(lang_error(ENOSPC), "磁盘空间已满");
    setenv("LC_ALL", "C", 1);
    assert_string_equal(lang_error(-ENOENT), "No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_the_machine_are_told_in_chinese),
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_of_long_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
