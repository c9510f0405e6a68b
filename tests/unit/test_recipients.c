/* test_recipients: gateway/config/recipients with csvfile and chartext. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/config/chartext.h"
#include "gateway/config/csvfile.h"
#include "gateway/config/recipients.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static struct unit units[] = {{.id = "a", .signature = "甲"}, {.id = "b", .signature = "乙"}};
static const struct office office = {.units = units, .n_units = 2};

/* A campaign of one order whose recipients file is in the stage. */
struct scene {
    struct stage stage;
    char path[2][128];
    struct order orders[2];
    struct campaign campaign;
    struct recipients *reader;
    struct diag diag;
};

static void scene_open(struct scene *scene, const char *text, const void *bytes, size_t length)
{
    char *template = (char *)(uintptr_t)text;
    FILE *file;

    *scene = (struct scene){0};
    stage_open(&scene->stage);
    for (int i = 0; i < 2; i++)
        snprintf(scene->path[i], sizeof scene->path[i], "%s/%d.csv", scene->stage.dir, i);
    file = fopen(scene->path[0], "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    scene->orders[0] =
        (struct order){.quota = 1000000, .recipients = scene->path[0], .text = template};
    scene->orders[1] =
        (struct order){.unit = 1, .quota = 1000000, .recipients = scene->path[1], .text = template};
    scene->campaign = (struct campaign){.orders = scene->orders, .n_orders = 1};
    scene->campaign.sms.refusal = (char *)(uintptr_t) "";
    scene->campaign.sms.max_parts = 1;
    scene->reader = recipients_open(&scene->campaign, &office);
}

static void scene_close(struct scene *scene)
{
    recipients_close(scene->reader);
    stage_close(&scene->stage);
    diag_free(&scene->diag);
}

static int scene_next(struct scene *scene, struct recipient *row)
{
    return recipients_next(scene->reader, row, &scene->diag);
}

static void expect_good(struct scene *scene, int64_t line, int64_t number, const char *text)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 0);
    assert_false(row.refused);
    assert_int_equal(row.line, line);
    assert_int_equal(row.number, number);
    assert_string_equal(row.text, text);
    assert_int_equal(row.parts, 1);
}

static void expect_refused(struct scene *scene, int64_t line, enum refusal why, const char *raw)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 0);
    assert_true(row.refused);
    assert_int_equal(row.why, why);
    assert_int_equal(row.line, line);
    assert_string_equal(row.raw, raw);
    assert_true(*recipients_reason(&row));
}

static void expect_end(struct scene *scene)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 1);
    assert_int_equal(scene_next(scene, &row), 1);
    assert_int_equal(scene->diag.n, 0);
}

#define OPEN(scene, text, bytes) scene_open((scene), (text), (bytes), sizeof(bytes) - 1)

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

/* Rows, quotes and characters are cut anywhere by the 64 KiB pieces; ASCII may go on for longer
 * than the sample before the first Chinese character decides on the encoding. */
static void check_pieces(const char *text, size_t shift, bool gb)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    struct scene scene;
    int64_t line = 3;

    buffer_add_text(&bytes, "phone,name\n\"");
    for (size_t i = 0; i < shift; i++)
        buffer_add_char(&bytes, 'x');
    buffer_add_text(&bytes, "\",a\n");
    for (int i = 0; i < 120000; i++)
        buffer_printf(&bytes, "138%08d,\"n\nm\"\n", i);
    for (int i = 120000; i < 140000; i++)
        buffer_printf(&bytes, "138%08d,\"%s\"\r\n", i, text);
    scene_open(&scene, "{name}", bytes.data, bytes.length);
    expect_refused(&scene, 2, REFUSAL_NUMBER, &"xxxxxxxxx"[9 - shift]);
    for (int i = 0; i < 120000; i++, line += 2)
        expect_good(&scene, line, INT64_C(8613800000000) + i, "【甲】n m");
    for (int i = 120000; i < 140000; i++, line++)
        expect_good(&scene, line, INT64_C(8613800000000) + i, gb ? "【甲】张三" : "【甲】李四");
    expect_end(&scene);
    scene_close(&scene);
}

static void test_pieces(void **state)
{
    (void)state;
    check_pieces("李四", 1, false);
    check_pieces("李四", 2, false);
    check_pieces("\xD5\xC5\xC8\xFD", 3, true);
    check_pieces("\xD5\xC5\xC8\xFD", 4, true);
}

/* The first character that isn't ASCII stands late, and the end of its piece cuts it. */
static void check_late(const char *name, size_t at)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    struct scene scene;

    buffer_add_text(&bytes, "phone,name\n");
    while (bytes.length < at - strlen("13800000001,"))
        buffer_add_char(&bytes, '\n');
    buffer_printf(&bytes, "13800000001,%s\n", name);
    scene_open(&scene, "{name}", bytes.data, bytes.length);
    expect_good(&scene, (int64_t)(at - strlen("13800000001,") - strlen("phone,name")) + 1,
                INT64_C(8613800000001), "【甲】张三");
    expect_end(&scene);
    scene_close(&scene);
}

static void test_late_encoding(void **state)
{
    const size_t piece = (size_t)64 << 10, late = piece * 20;

    (void)state;
    for (size_t back = 0; back < 4; back++) {
        check_late("\xD5\xC5\xC8\xFD", late - back);
        check_late("张三", late - back);
        check_late("\xD5\xC5\xC8\xFD", piece - back);
        check_late("张三", piece - back);
    }
}

/* 64 KiB are the most that a field may have. */
static void check_long_field(size_t length, bool closed, int rc)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    struct recipient row;
    struct scene scene;

    buffer_add_text(&bytes, "phone,name\n13800000001,\"");
    for (size_t i = 0; i < length; i++)
        buffer_add_char(&bytes, i % 50 ? 'a' : '\n');
    buffer_add_text(&bytes, closed ? "\"\n" : "");
    scene_open(&scene, "x", bytes.data, bytes.length);
    assert_int_equal(scene_next(&scene, &row), rc);
    if (rc < 0)
        findings_expect_one(&scene.diag, "/0.csv", 2, "longer than 64 KiB");
    scene_close(&scene);
}

static void test_long_field(void **state)
{
    (void)state;
    check_long_field(CSVFILE_FIELD_MAX, true, 0);
    check_long_field(CSVFILE_FIELD_MAX + 1, true, -EINVAL);
    check_long_field(CSVFILE_FIELD_MAX * 20, false, -EINVAL);
}

static void test_many_columns(void **state)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    struct recipient row;
    struct scene scene;

    (void)state;
    buffer_add_text(&bytes, "phone");
    for (int i = 1; i < CSVFILE_COLUMNS_MAX; i++)
        buffer_printf(&bytes, ",c%d", i);
    buffer_add_text(&bytes, "\n13800000001");
    for (int i = 1; i < 100000; i++)
        buffer_add_char(&bytes, ',');
    buffer_add_char(&bytes, '\n');
    scene_open(&scene, "x", bytes.data, bytes.length);
    expect_refused(&scene, 2, REFUSAL_COLUMNS, "13800000001");
    expect_end(&scene);
    scene_close(&scene);
    buffer_consume(&bytes, 5);
    scene_open(&scene, "x", bytes.data, bytes.length);
    scene_close(&scene);
    buffer_clear(&bytes);
    buffer_add_text(&bytes, "phone");
    for (int i = 0; i < CSVFILE_COLUMNS_MAX; i++)
        buffer_add_char(&bytes, ',');
    scene_open(&scene, "x", bytes.data, bytes.length);
    assert_int_equal(scene_next(&scene, &row), -EINVAL);
    findings_expect_one(&scene.diag, "/0.csv", 1, "more than 256 columns");
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

static void test_detect(void **state)
{
    static const struct {
        const char *bytes;
        enum chartext_encoding encoding;
    } cases[] = {
        {"", CHARTEXT_ASCII},
        {"plain ascii, longer than a word", CHARTEXT_ASCII},
        {"中", CHARTEXT_UTF8},
        {"a中\xE4\xB8", CHARTEXT_UTF8}, /* cut by the end of the sample */
        {"\xF0\xA0\x80", CHARTEXT_UTF8},
        {"\xD6\xD0\xCE\xC4", CHARTEXT_GB18030},
        {"\xCA\xD6\xBB\xFA\xBA\xC5", CHARTEXT_GB18030},
        {"\xC1\xAA\xCD\xA8\xD6\xD0", CHARTEXT_GB18030}, /* begins like UTF-8 */
        {"\xFE\xFF\x01", CHARTEXT_UTF16},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(chartext_detect(cases[i].bytes, strlen(cases[i].bytes)),
                         cases[i].encoding);
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
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_late_encoding),
        cmocka_unit_test(test_long_field),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_header),
        cmocka_unit_test(test_reasons_in_chinese),
        cmocka_unit_test(test_detect),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
