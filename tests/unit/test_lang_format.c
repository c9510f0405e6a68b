/* test_lang_format: which translations may stand in for a printf format, and in which languages the
 * user is spoken to. Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/lang.h"
#include "gateway/base/langfmt.h"
#include "gateway/base/langlist.h"
#include "gateway/base/mem.h"

static const struct {
    const char *original, *translation;
    bool fits;
} formats[] = {
    {"plain", "任何", true},
    {"plain", "%s", false},
    {"plain", "%%", true},
    {"plain", "50%", false},
    {"%s: %d", "%s：%d", true},
    {"%s: %d", "%d：%s", false},
    {"%s: %d", "%2$d：%1$s", true},
    {"%s: %d", "%1$s", false},
    {"%s: %d", "%1$s %1$s %2$d", true},
    {"%s: %d", "%1$s %d", false},
    {"%s: %d", "%s", false},
    {"%s: %d", "%s %d %s", false},
    {"%s: %d", "%3$s %2$d %1$s", false},
    {"%s: %d", "%0$s %2$d", false},
    {"%s: %d", "%1$d %2$s", false},
    {"%s: %d", "%99$s", false},
    {"%s", "%1$s", true},
    {"%s", "%d", false},
    {"%s", "%ls", false},
    {"%s", "%n", false},
    {"%s", "%m", false},
    {"%s", "%", false},
    {"%d", "%ld", false},
    {"%lld", "%ld", false},
    {"%zu", "%zu", true},
    {"%zu", "%u", false},
    {"%.16s", "%s", false}, /* the bytes may have no end */
    {"%.16s", "%.16s", true},
    {"%-10s|", "%-12s|", false},
    {"%.*s", "%.*s", true},
    {"%.*s", "%s", false},
    {"%.*s %d", "%2$d %1$.*s", false},
    {"%.*s", "%1$.*s", false},
    {"%1$s", "%1$s", false}, /* ours have no positions */
    {"100%% of %d", "%d 中的 100%%", true},
    {"patterns such as %Y-%m", "%s", true}, /* no format, so it isn't printed as one */
    {"80 % of it", "其中 80 %", false},     /* "% o" is a directive */
};

static void formats_must_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (langfmt_fits(formats[i].original, formats[i].translation) != formats[i].fits)
            fail_msg("\"%s\" for \"%s\"", formats[i].translation, formats[i].original);
}

static void too_many_directives(void **state)
{
    char text[3 * 200 + 1];

    (void)state;
    for (size_t i = 0; i < 200; i++)
        memcpy(text + 3 * i, "%d ", 4);
    assert_true(langfmt_fits(text, "anything: it was not understood as a format"));
    assert_false(langfmt_fits("%d", text));
}

static const struct {
    const char *language, *locale;
    const char *names; /* with commas */
    bool chinese;
} lists[] = {
    {NULL, NULL, "", false},
    {NULL, "", "", false},
    {NULL, "C", "", false},
    {NULL, "zh_CN.UTF-8", "zh_CN,zh", true},
    {NULL, "zh", "zh", true},
    {NULL, "zh-Hans", "", true},
    {NULL, "en_US.UTF-8", "en_US,en", false},
    {NULL, "ug_CN.UTF-8", "ug_CN,ug", false},
    {NULL, "mn_CN.UTF-8@cyrillic", "mn_CN@cyrillic,mn@cyrillic,mn_CN,mn", false},
    {"ug", "C", "", false},
    {"ug", "POSIX", "", false},
    {"ug", "C.UTF-8", "ug", false},
    {"ug", NULL, "ug", false},
    {"ug", "zh_CN.UTF-8", "ug", true},
    {"bo:ug_CN", "zh_CN", "bo,ug_CN,ug", true},
    {"bo:zh_CN:ug", "en_US", "bo,zh_CN,zh", true},
    {"bo:en:ug", "zh_CN", "bo,en", false},
    {"", "zh_CN", "zh_CN,zh", true},
    {":::", "zh_CN", "", true},
    {"../x:ug/..:/etc:UG:ug_../x", "en", "", false},
    {"toolongaword:u:ug_ABCDEFGHIJ:ug@abcdefghijkl", "en", "", false},
    {"aa:ab:ac:ad:ae:af:ag:ah:ai:aj:ak:al:am:an:ao:ap:aq:ar", "en",
     "aa,ab,ac,ad,ae,af,ag,ah,ai,aj,ak,al,am,an,ao,ap", false},
};

static void languages_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct langlist list;
        char names[512] = "";

        langlist_read(&list, lists[i].language, lists[i].locale);
        for (size_t n = 0; n < list.n; n++) {
            strcat(names, n ? "," : "");
            strcat(names, list.names[n]);
        }
        if (strcmp(names, lists[i].names) != 0 || list.chinese != lists[i].chinese)
            fail_msg("LANGUAGE=%s, locale %s: %s, %s", lists[i].language, lists[i].locale, names,
                     list.chinese ? "Chinese" : "English");
    }
}

static void machine_errors_are_told(void **state)
{
    (void)state;
    setenv("LC_ALL", "C", 1);
    for (int error = 1; error < 134; error++) {
        char *told = mem_dup(lang_error(-error)); /* strerror may use its room again */

        assert_string_equal(told, strerror(error));
        free(told);
    }
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    assert_string_equal(lang_error(2), "没有这个文件或目录");
    setenv("LC_ALL", "C", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_must_fit),
        cmocka_unit_test(too_many_directives),
        cmocka_unit_test(languages_are_found),
        cmocka_unit_test(machine_errors_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
