/* test_csvfile: gateway/config/csvfile with chartext: pieces, widths, encodings. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/base/buffer.h"
#include "gateway/config/chartext.h"
#include "gateway/config/csvfile.h"
#include "tests/unit/recipients_kit.h"

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

/* Two columns, and a row that goes on over several pieces: its first fields were read before the
 * header was known, so that more of them than the header has are already kept. */
static void test_wide_row(void **state)
{
    static const size_t widths[] = {2, 3, 255, 256, 257, 32000, 40000, 200000};

    (void)state;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
        struct scene scene;

        buffer_add_text(&bytes, "手机号,姓名\n13800000001");
        for (size_t k = 1; k < widths[i]; k++)
            buffer_add_text(&bytes, ",x");
        buffer_add_text(&bytes, "\n13800000002,y\n");
        scene_open(&scene, "{姓名}", bytes.data, bytes.length);
        if (widths[i] == 2)
            expect_good(&scene, 2, INT64_C(8613800000001), "【甲】x");
        else
            expect_refused(&scene, 2, REFUSAL_COLUMNS, "13800000001");
        expect_good(&scene, 3, INT64_C(8613800000002), "【甲】y");
        expect_end(&scene);
        scene_close(&scene);
    }
}

/* Rows pasted from a file in another encoding are refused where they stand; the others keep their
 * names. Few of the one kind, many of the other: neither may turn into other names. */
static void check_mixed(size_t utf8, size_t gb, const char *header)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    bool is_utf8 = utf8 > gb / 8;
    struct scene scene;
    size_t refused = 0;

    buffer_printf(&bytes, "%s\n", header);
    for (size_t i = 0; i < utf8 + gb; i++)
        buffer_printf(&bytes, "138%08zu,%s\n", i, i < utf8 ? "张三" : "\xD5\xC5\xC8\xFD");
    scene_open(&scene, "{name}", bytes.data, bytes.length);
    for (size_t i = 0; i < utf8 + gb; i++) {
        struct recipient row;

        assert_int_equal(scene_next(&scene, &row), 0);
        assert_int_equal(row.line, i + 2);
        assert_int_equal(row.refused, (i < utf8) != is_utf8);
        if (!row.refused)
            assert_string_equal(row.text, "【甲】张三");
        else
            assert_int_equal(row.why, REFUSAL_TEXT);
        refused += row.refused;
    }
    assert_int_equal(refused, is_utf8 ? gb : utf8);
    expect_end(&scene);
    scene_close(&scene);
}

static void test_mixed_encodings(void **state)
{
    (void)state;
    check_mixed(3, 1, "手机号,name");
    check_mixed(2, 1, "手机号,name");
    check_mixed(1, 1, "phone,name");
    check_mixed(2, 5, "phone,name");
    check_mixed(1, 20, "phone,name");
    check_mixed(1, 20, "\xCA\xD6\xBB\xFA,name");
}

/* Line ends of one byte must not make judging the encoding slower than reading. */
static void test_old_line_ends(void **state)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    struct scene scene;

    (void)state;
    buffer_add_text(&bytes, "手机号,姓名\r");
    for (int i = 0; i < 100000; i++)
        buffer_printf(&bytes, "138%08d,张\r", i);
    scene_open(&scene, "{姓名}", bytes.data, bytes.length);
    for (int i = 0; i < 100000; i++)
        expect_good(&scene, i + 2, INT64_C(8613800000000) + i, "【甲】张");
    expect_end(&scene);
    scene_close(&scene);
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
        {"中\n\xD6\xD0\n\xD6\xD0\n", CHARTEXT_UTF8},
        {"中\r\xD6\xD0\r\xD6\xD0\r", CHARTEXT_UTF8},
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
        cmocka_unit_test(test_pieces),        cmocka_unit_test(test_late_encoding),
        cmocka_unit_test(test_long_field),    cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_wide_row),      cmocka_unit_test(test_mixed_encodings),
        cmocka_unit_test(test_old_line_ends), cmocka_unit_test(test_detect),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
