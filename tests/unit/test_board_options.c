/* test_board_options: what the real kinds of boards say about their options when an office's file
 * is read, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "gateway/config/config.h"
#include "gateway/config/office_options.h"
#include "adapters/adapter.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

#define WEBHOOK "kind = \"webhook\";\n"
#define LONG50  "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"

/* The board begins in line 4; the kind stands there, the options from line 5 on. */
static struct office *read_board_at(const char *url, const char *options, struct diag *diag)
{
    struct office *office;
    struct stage stage;
    int rc;

    stage_open(&stage);
    stage_write(&stage, "lawcast.cfg",
                "office = { name = \"x\"; };\n"
                "ledger = { path = \"b\"; };\n"
                "units = ( { id = \"city\"; name = \"x\"; } );\n"
                "boards = ( { id = \"a\"; owner = \"city\"; %s width = 64; "
                "height = 32; %s } );\n",
                url, options);
    rc = config_read_office(stage.conf, adapter_board_kind, diag, &office);
    assert_int_equal(rc, diag->errors > 0);
    stage_close(&stage);
    return office;
}

static struct office *read_board(const char *options, struct diag *diag)
{
    return read_board_at("url = \"http://192.0.2.1\";", options, diag);
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
    {WEBHOOK "publish_pointer = \"/code\";", 5,
     "publish_pointer needs publish_equals or publish_any"},
    {WEBHOOK "headers = [ \"X: 1\",\n\"nocolon\" ];", 5, "entry 2 must read"},
    {WEBHOOK "headers = [ \"X: 1\\r\\nY: 2\" ];", 5, "entry 1 must read"},
    {WEBHOOK "token = \"a\\nX: 1\";", 5, "token has a character"},
    {WEBHOOK "\ncontent_type = \"  \";", 6, "content_type has a character"},
    {WEBHOOK "verify_path = \"/v/{name}\";", 5, "an HTTP status alone does not prove"},
    {WEBHOOK "verify_pointer = \"/a\";\nverify_equals = \"{name}\";", 5, "needs verify_path"},
    {WEBHOOK "verify_path = \"/v\";\nverify_pointer = \"/a\";\nverify_equals = \"playing\";", 7,
     "{name}, {text} or {id}"},
    {WEBHOOK "publish_body = \"{secret}\";", 5, "publish_body: {secret} is unknown here"},
    {WEBHOOK "publish_path = \"/{from:%Q}\";", 5, "publish_path: {from:%Q} is written"},
    {WEBHOOK "publish_body = \"{text:json:url}\";", 5, "is written in an unknown way"},
    {WEBHOOK "probe_path = \"x\";", 5, "probe_path must begin"},
    {WEBHOOK "publish_statuses = [ \"202\", \"404\" ];", 5, "publish_statuses: entry 2"},
    {WEBHOOK "withdraw_any = [ \"1\" ];", 5, "withdraw_any needs withdraw_pointer"},
    {WEBHOOK "publish_error = \"error\";", 5, "publish_error must begin"},
    {WEBHOOK "withdraw_path = \"/{id}\";", 4, "publish_id must be given for {id}"},
    {WEBHOOK "verify_by = \"call\";", 5, "verify_by needs verify_path"},
    {WEBHOOK "verify_path = \"/v\";\nverify_by = \"call\";", 6, "needs {callback}"},
    {WEBHOOK "picture_path = \"/p\"; verify_path = \"/{name}\"; verify_pointer = \"/a\"; "
             "verify_equals = \"1\";",
     5, "picture_path needs verify_picture"},
    {WEBHOOK "user = \"a\";\ntoken = \"b\";", 5, "user and token"},
    {WEBHOOK "password = \"a\";", 5, "password needs user"},
    {WEBHOOK "key = \"a\";", 5, "key needs key_header or key_query"},
    {WEBHOOK "key_query = \"a\";", 5, "key_query needs key"},
    {WEBHOOK "key = \"x\";\nkey_header = \"a b\";", 6, "key_header must be a name"},
    {WEBHOOK "secret = [ \"whsec_?\" ];", 5, "secret: entry 1"},
    {WEBHOOK "sign_parts = \"{body}\";", 5, "sign_parts needs sign"},
    {WEBHOOK "sign = \"md5\";", 5, "sign needs sign_parts"},
    {WEBHOOK "sign = \"md5\"; sign_parts = \"{body}\";", 5, "sign_header or sign_query"},
    {WEBHOOK "sign = \"hmac-sm3\"; sign_parts = \"{body}\"; sign_header = \"X\";", 5,
     "sign needs sign_secret"},
    {WEBHOOK "sign = \"sm3\"; sign_header = \"X\";\nsign_parts = \"{secret}\";", 6,
     "sign_parts has {secret}"},
    {"kind = \"onbon-k\";", 4, "url: boards of kind onbon-k are reached by tcp, not by \"http\""},
    {WEBHOOK "charset = \"gbk\";\npublish_body = \"ག\";", 6, "GBK does not have"},
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

static void test_schemes(void **state)
{
    static const struct {
        const char *url, *kind;
        bool fits;
    } cases[] = {
        {"tcp://192.0.2.1:5005", "onbon-k", true},    {"tcp://192.0.2.1", "xixun", false},
        {"tcp://192.0.2.1", "webhook", false},        {"https://192.0.2.1", "xixun", true},
        {"https://192.0.2.1:5005", "onbon-k", false}, {"http://192.0.2.1", "xixun", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag diag = DIAG_NULL;
        char options[128];
        struct office *office;

        snprintf(options, sizeof options, "kind = \"%s\"; %s\nurl = \"%s\";", cases[i].kind,
                 strcmp(cases[i].kind, "xixun") == 0 ? "card = \"c-1\";" : "", cases[i].url);
        office = read_board_at("", options, &diag);
        if (cases[i].fits)
            assert_int_equal(diag.n, 0);
        else
            findings_expect_one(&diag, "/lawcast.cfg", 5, "url: boards of kind");
        diag_free(&diag);
        if (office)
            office_free(office);
        free(office);
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
        "kind = \"onbon-y\";",
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
    config_print_office_options(out, adapter_board_kind);
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

/* A kind's options stand beside those of all boards: one name can't be in both. */
static void test_no_name_twice(void **state)
{
    const struct option_kind *kind;

    (void)state;
    for (size_t i = 0; (kind = adapter_board_kind(i)); i++)
        for (const struct option_def *own = kind->options; own->name; own++)
            for (const struct option_def *all = office_options_board; all->name; all++)
                if (strcmp(own->name, all->name) == 0)
                    fail_msg("%s: %s is an option of all boards", kind->name, own->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mistakes),      cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_fine_boards),   cmocka_unit_test(test_chinese_help),
        cmocka_unit_test(test_no_name_twice),
    };

    umask(077); /* some boards have passwords */
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
