/* test_board_options: what the real kinds of boards say about their options when an office's file
 * is read, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/config/config.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

#define WEBHOOK "kind = \"webhook\";\n"
#define LONG50  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"

/* The board begins in line 4; the kind stands there, the options from line 5 on. */
static struct office *read_board(const char *options, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(
        &stage, "lawcast.cfg",
        "office = { name = \"x\"; };\n"
        "ledger = { path = \"b\"; };\n"
        "units = ( { id = \"city\"; name = \"x\"; } );\n"
        "boards = ( { id = \"a\"; owner = \"city\"; url = \"http://192.0.2.1\"; width = 64; "
        "height = 32; %s } );\n",
        options);
    rc = config_read_office(stage.conf, adapter_board_kinds(), diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    stage_close(&stage);
    return office;
}

static const struct {
    const char *options;
    int line;
    const char *part;
} mistakes[] = {
    {WEBHOOK "publish_body = \"{foo}\";", 5, "publish_body: {foo} is unknown"},
    {WEBHOOK "publish_body = \"{foo" LONG50 "}\";", 5, "{fooaaa"},
    {WEBHOOK "publish_body = \"{text\";", 5, "no closing"},
    {WEBHOOK "publish_body = \"{{\\\"a\\\":\\\"{text}\\\"}}\";", 5, "does not become JSON"},
    {WEBHOOK "withdraw_path = \"x\";", 5, "withdraw_path must begin"},
    {WEBHOOK "publish_equals = \"0\";\npublish_pointer = \"code\";", 6, "such as /code"},
    {WEBHOOK "\npublish_equals = \"0\";", 6, "publish_equals needs publish_pointer"},
    {WEBHOOK "publish_pointer = \"/code\";", 5, "publish_pointer needs publish_equals"},
    {WEBHOOK "headers = [ \"X: 1\",\n\"nocolon\" ];", 5, "entry 2 must read"},
    {WEBHOOK "headers = [ \"X: 1\\r\\nY: 2\" ];", 5, "entry 1 must read"},
    {WEBHOOK "token = \"a\\nX: 1\";", 5, "token has a character"},
    {WEBHOOK "\ncontent_type = \"  \";", 6, "content_type has a character"},
    {WEBHOOK "verify_path = \"/v/{name}\";", 5, "an HTTP status alone does not prove"},
    {WEBHOOK "verify_pointer = \"/a\";\nverify_equals = \"{name}\";", 5, "needs verify_path"},
    {WEBHOOK "verify_path = \"/v\";\nverify_pointer = \"/a\";\nverify_equals = \"playing\";", 7,
     "{name} or {text}"},
};

static void check_mistakes(bool chinese)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct diag diag = DIAG_NULL;

        assert_null(read_board(mistakes[i].options, &diag));
        if (chinese)
            assert_true(diag.errors == 1 && diag.entries[0].line == mistakes[i].line &&
                        findings_are_chinese(&diag) &&
                        !findings_are_half_width(diag.entries[0].message));
        else
            findings_expect_one(&diag, "/lawcast.cfg", mistakes[i].line, mistakes[i].part);
        diag_free(&diag);
    }
}

static void test_mistakes(void **state)
{
    (void)state;
    check_mistakes(false);
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    check_mistakes(true);
    setenv("LC_ALL", "C", 1);
}

static void test_fine_boards(void **state)
{
    static const char *const fine[] = {
        "kind = \"onbon-y\"; password = \"x\";",
        WEBHOOK,
        WEBHOOK "publish_path = \"/s?t={text}\"; publish_pointer = \"/code\"; publish_equals = "
                "\"0\"; verify_path = \"/s/{name}\"; verify_pointer = \"/id\"; verify_equals = "
                "\"{name}\"; headers = [ \"X-Office: 1\" ]; token = \"made up\";",
        WEBHOOK "content_type = \"text/plain\"; publish_body = \"{text}\";",
        WEBHOOK "content_type = \"\"; publish_body = \"{text}\"; withdraw_body = \"{name}\";",
    };

    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct diag diag = DIAG_NULL;
        struct office *office = read_board(fine[i], &diag);

        diag_print(&diag, stderr);
        assert_non_null(office);
        assert_int_equal(diag.n, 0);
        office_free(office);
        free(office);
    }
}

/* What "lawcast help conf" says to a Chinese reader. */
static void test_chinese_help(void **state)
{
    char *text = NULL;
    const char *kinds;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    config_print_office_options(out, adapter_board_kinds());
    setenv("LC_ALL", "C", 1);
    assert_int_equal(fclose(out), 0);
    assert_non_null(strstr(text, "0..1000000 计费条，默认 0"));
    assert_non_null(strstr(text, "100..120000 毫秒，默认 10000"));
    assert_non_null(strstr(text, "1..16384 像素，必填"));
    kinds = strstr(text, "kind = \"onbon-y\"");
    assert_non_null(kinds);
    assert_false(findings_are_half_width(kinds));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_fine_boards),
        cmocka_unit_test(test_chinese_help),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
