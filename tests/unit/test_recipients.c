/* test_recipients: gateway/config/recipients: which rows become messages, and which are refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/recipients_kit.h"

/* The same four rows however they are written. */
static const struct {
    const char *name;
    const char *bytes;
} spellings[] = {
    {"plain", "手机号,姓名\n13800000001,张三\n13800000002,李四\n"},
    {"no last line end", "手机号,姓名\n13800000001,张三\n13800000002,李四"},
    {"mark", "\xEF\xBB\xBF手机号,姓名\n13800000001,张三\n13800000002,李四\n"},
    {"crlf", "手机号,姓名\r\n13800000001,张三\r\n13800000002,李四\r\n"},
    {"cr", "手机号,姓名\r13800000001,张三\r13800000002,李四\r"},
    {"semicolons", "手机号;姓名;x,y\n13800000001;张三;1\n13800000002;李四;2\n"},
    {"tabs", "手机号\t姓名\n13800000001\t张三\n13800000002\t李四\n"},
    {"quotes", "\"手机号\",\"姓名\"\n\"13800000001\",\"张三\"\n\"13800000002\",\"李四\"\n"},
    {"spaces", " 手机号 , 姓名\xE3\x80\x80\n 13800000001 , 张三 \n13800000002,李四\n"},
    {"order", "姓名,手机号\n张三,+86 138-0000-0001\n李四,１３８０００００００２\n"},
    {"english", "Phone,姓名\n13800000001,张三\n13800000002,李四\n"},
    {"gbk", "\xCA\xD6\xBB\xFA\xBA\xC5,\xD0\xD5\xC3\xFB\n13800000001,\xD5\xC5\xC8\xFD\n"
            "13800000002,\xC0\xEE\xCB\xC4\n"},
};

static void test_spellings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        struct scene scene;

        scene_open(&scene, "{姓名}好", spellings[i].bytes, strlen(spellings[i].bytes));
        expect_good(&scene, 2, INT64_C(8613800000001), "【甲】张三好");
        expect_good(&scene, 3, INT64_C(8613800000002), "【甲】李四好");
        expect_end(&scene);
        scene_close(&scene);
    }
}

/* GB18030 beyond GBK: four bytes a character (U+20000 and an e with acute). */
static void test_gb18030(void **state)
{
    static const char bytes[] = "\xCA\xD6\xBB\xFA,name\n13800000001,\x95\x32\x82\x36\xA8\xA6\n"
                                "13800000002,\xFF\xFF\n";
    struct scene scene;

    (void)state;
    OPEN(&scene, "{name}", bytes);
    expect_good(&scene, 2, INT64_C(8613800000001), "【甲】\xF0\xA0\x80\x80é");
    expect_refused(&scene, 3, REFUSAL_TEXT, "13800000002");
    expect_end(&scene);
    scene_close(&scene);
}

/* A damaged byte in a UTF-8 file costs its row, not the meaning of all others. */
static void test_damaged_utf8(void **state)
{
    static const char bytes[] = "手机号,姓名\n13800000001,张三李四王五赵六\n13800000002,李\xE5\n"
                                "13800000003,钱七\n\xFF,孙八\n";
    struct scene scene;

    (void)state;
    OPEN(&scene, "{姓名}", bytes);
    expect_good(&scene, 2, INT64_C(8613800000001), "【甲】张三李四王五赵六");
    expect_refused(&scene, 3, REFUSAL_TEXT, "13800000002");
    expect_good(&scene, 4, INT64_C(8613800000003), "【甲】钱七");
    expect_refused(&scene, 5, REFUSAL_TEXT, "?");
    expect_end(&scene);
    scene_close(&scene);
}

static void test_refusals(void **state)
{
    static const char bytes[] =
        "phone,name\n13800000001,a\n13800000001,b\n,c\n0564-3330000,d\n13800000002\n"
        "13800000003,e,f\n\n  \n13800000004,"
        "学宪法守宪法学宪法守宪法学宪法守宪法学宪法守宪法学宪法守宪法学宪法守宪法学宪法守宪法学宪法"
        "守宪法"
        "学宪法守宪法学宪法守宪法学宪法守宪法学宪法守宪法\n13800000004,g\n";
    struct scene scene;
    struct recipient row;

    (void)state;
    OPEN(&scene, "{name}", bytes);
    expect_good(&scene, 2, INT64_C(8613800000001), "【甲】a");
    expect_refused(&scene, 3, REFUSAL_DUPLICATE, "13800000001");
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.why, REFUSAL_NUMBER);
    assert_int_equal(row.phone_class, PHONE_EMPTY);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.phone_class, PHONE_LANDLINE);
    expect_refused(&scene, 6, REFUSAL_COLUMNS, "13800000002");
    expect_refused(&scene, 7, REFUSAL_COLUMNS, "13800000003");
    expect_refused(&scene, 10, REFUSAL_TOO_LONG, "13800000004");
    /* a number that was refused is not handed out: it may come again */
    expect_good(&scene, 11, INT64_C(8613800000004), "【甲】g");
    expect_end(&scene);
    scene_close(&scene);
}

/* Rows keep their physical lines though fields contain line ends. */
static void test_quoted_lines(void **state)
{
    static const char bytes[] =
        "phone,name\n13800000001,\"a\nb\r\nc\"\n\n13800000002,\"d \"\"e\"\"\"\n"
        "\"13800000003\n\",f\n13800000004,g\n";
    struct scene scene;

    (void)state;
    OPEN(&scene, "{name}", bytes);
    expect_good(&scene, 2, INT64_C(8613800000001), "【甲】a b  c");
    expect_good(&scene, 6, INT64_C(8613800000002), "【甲】d \"e\"");
    expect_good(&scene, 7, INT64_C(8613800000003), "【甲】f");
    expect_good(&scene, 9, INT64_C(8613800000004), "【甲】g");
    expect_end(&scene);
    scene_close(&scene);
}

static const struct {
    const char *bytes;
    size_t length; /* 0: strlen */
    int line;
    const char *part;
} broken[] = {
    {"", 0, 0, "empty"},
    {"\n\n", 0, 0, "empty"},
    {"name,street\n", 0, 1, "No column holds the numbers"},
    {"13800000001,a\n", 0, 1, "The first line holds a number"},
    {"phone,手机\n", 0, 1, "Both {phone} and {手机}"},
    {"phone,name,name\n", 0, 1, "{name} stands here twice"},
    {"phone,na\"me\n", 0, 1, "quotation mark"},
    {"phone,name\n1,\"a\"b\n", 0, 2, "quotation mark"},
    {"phone,name\n13800000001,a\n13800000002,\"b\n13800000003,c\n", 0, 3, "never ends"},
    {"phone,name\n\"x\ny\",\"b\nz", 0, 3, "never ends"},
    {"phone,name\n1\0,a\n", 15, 0, "NUL"},
    {"\xFF\xFEp\0h\0", 6, 0, "UTF-16"},
    {"\xFFphone\n", 0, 1, "neither UTF-8 nor GB18030"},
    {"手机号,a\n1,\xD5\xC5\n1,\xD5\xC5\n1,\xD5\xC5\n1,\xD5\xC5\n1,\xD5\xC5\n1,\xD5\xC5\n1,"
     "\xD5\xC5\n"
     "1,\xD5\xC5\n",
     0, 1, "column names are in UTF-8, but the rows are in GB18030"},
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        size_t length = broken[i].length ? broken[i].length : strlen(broken[i].bytes);
        struct recipient row;
        struct scene scene;
        int rc;

        scene_open(&scene, "x", broken[i].bytes, length);
        while ((rc = scene_next(&scene, &row)) == 0)
            continue;
        assert_true(rc < 0);
        assert_int_equal(scene_next(&scene, &row), rc);
        findings_expect_one(&scene.diag, "/0.csv", broken[i].line, broken[i].part);
        scene_close(&scene);
    }
}

static void test_missing_file(void **state)
{
    struct recipient row;
    struct scene scene;

    (void)state;
    OPEN(&scene, "x", "phone\n13800000001\n");
    scene.campaign.n_orders = 2;
    expect_good(&scene, 2, INT64_C(8613800000001), "【甲】x");
    assert_int_equal(scene_next(&scene, &row), -ENOENT);
    findings_expect_one(&scene.diag, "/1.csv", 0, "can't be read");
    scene_close(&scene);
}

/* The file was changed after the campaign was checked. */
static void test_changed_columns(void **state)
{
    struct recipient row;
    struct scene scene;

    (void)state;
    OPEN(&scene, "{gone}", "phone\n13800000001\n");
    assert_int_equal(scene_next(&scene, &row), -EINVAL);
    findings_expect_one(&scene.diag, "/0.csv", 1, "check the campaign again");
    scene_close(&scene);
}

/* Past the quota, and from the reserve file, rows are reserve; duplicates count across orders. */
static void test_orders(void **state)
{
    static const struct {
        size_t order;
        bool reserve, refused;
        int64_t number;
    } want[] = {
        {0, false, false, 1}, {0, false, true, 0}, {0, false, false, 2}, {0, true, false, 3},
        {0, true, true, 0},   {0, true, false, 4}, {1, false, true, 0},  {1, false, false, 5},
    };
    struct recipient row;
    struct scene scene;
    char reserve[128];

    (void)state;
    OPEN(&scene, "x", "phone\n13800000001\nabc\n13800000002\n13800000003\n");
    snprintf(reserve, sizeof reserve, "%s/r.csv", scene.stage.dir);
    stage_write(&scene.stage, "r.csv", "%s", "phone\n13800000002\n13800000004\n");
    stage_write(&scene.stage, "1.csv", "%s", "phone\n13800000004\n13800000005\n");
    scene.orders[0].quota = 2;
    scene.orders[1].quota = 1; /* counted anew */
    scene.orders[0].reserve = reserve;
    scene.campaign.n_orders = 2;
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        assert_int_equal(scene_next(&scene, &row), 0);
        assert_int_equal(row.order, want[i].order);
        assert_int_equal(row.reserve, want[i].reserve);
        assert_int_equal(row.refused, want[i].refused);
        if (!row.refused)
            assert_int_equal(row.number, INT64_C(8613800000000) + want[i].number);
    }
    assert_string_equal(row.text, "【乙】x");
    assert_string_equal(row.file, scene.path[1]);
    expect_end(&scene);
    scene_close(&scene);
}

static void test_header(void **state)
{
    struct option_strings columns = {0};
    struct diag diag = DIAG_NULL;
    struct scene scene;

    (void)state;
    OPEN(&scene, "x", " 姓名 ,\"联系电话\",,\n");
    assert_int_equal(recipients_read_header(scene.path[0], &diag, &columns), 0);
    assert_int_equal(diag.n, 0);
    assert_int_equal(columns.n, 4);
    assert_string_equal(columns.items[0], "姓名");
    assert_string_equal(columns.items[1], "联系电话");
    assert_string_equal(columns.items[3], "");
    for (size_t i = 0; i < columns.n; i++)
        free(columns.items[i]);
    free(columns.items);
    columns = (struct option_strings){0};
    assert_int_equal(recipients_read_header(scene.path[1], &diag, &columns), 1);
    assert_int_equal(recipients_read_header(scene.stage.dir, &diag, &columns), 1);
    assert_int_equal(diag.errors, 2);
    assert_null(columns.items);
    diag_free(&diag);
    scene_close(&scene);
}

/* A field that the text doesn't use may be empty; one of spaces alone counts as empty. */
/* Each row says which network its number belongs to, as the office's table has it. */
static void test_routes(void **state)
{
    struct office routed = office;
    struct scene scene;
    struct recipient row;

    (void)state;
    OPEN(&scene, "x", "手机\n13800000001\n13000000001\n13800000002\n12345\n18900000001\n");
    routed.operators = operators_new();
    assert_int_equal(operators_add_prefix(routed.operators, "138", OPERATOR_MOBILE), 0);
    assert_int_equal(operators_add_prefix(routed.operators, "130", OPERATOR_UNICOM), 0);
    assert_int_equal(
        operators_add_ported(routed.operators, INT64_C(8613800000002), OPERATOR_TELECOM), 0);
    recipients_close(scene.reader);
    scene.reader = recipients_open(&scene.campaign, &routed);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.route, OPERATOR_MOBILE);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.route, OPERATOR_UNICOM);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.route, OPERATOR_TELECOM);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_true(row.refused);
    assert_int_equal(scene_next(&scene, &row), 0);
    assert_int_equal(row.route, OPERATOR_UNKNOWN);
    expect_end(&scene);
    scene_close(&scene);
    operators_free(routed.operators);
}

static void test_gaps(void **state)
{
    static const struct {
        const char *text, *row;
        bool gap;
    } cases[] = {
        {"{姓名}好", "13800000001,张三,\n", false},
        {"{姓名}好", "13800000001,,北街\n", true},
        {"{姓名}好", "13800000001, \u3000,北街\n", true},
        {"{街}的{姓名}", "13800000001,张三,\n", true},
        {"学法", "13800000001,,\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char bytes[128];
        struct scene scene;
        struct recipient row;

        snprintf(bytes, sizeof bytes, "手机号,姓名,街\n%s", cases[i].row);
        scene_open(&scene, cases[i].text, bytes, strlen(bytes));
        assert_int_equal(scene_next(&scene, &row), 0);
        assert_false(row.refused);
        assert_int_equal(row.has_gap, cases[i].gap);
        scene_close(&scene);
    }
}

static void test_reasons_in_chinese(void **state)
{
    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    for (enum refusal why = 0; why < REFUSALS; why++) {
        struct recipient row = {.refused = true, .why = why, .phone_class = PHONE_EMPTY};

        assert_true((unsigned char)*recipients_reason(&row) >= 0x80);
    }
    setenv("LC_ALL", "C", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_gb18030),
        cmocka_unit_test(test_damaged_utf8),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_quoted_lines),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_missing_file),
        cmocka_unit_test(test_changed_columns),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_reasons_in_chinese),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
