/* test_fit: pixels, lines and seconds of a slogan, and what keeps people from reading it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/model/fit.h"

static const struct traits unicode = {.charset = CHARSET_UNICODE, .pictures = true},
                           gb2312 = {.charset = CHARSET_GB2312, .text_most = 20};
static const struct option_kind unicode_kind = {.name = "u", .traits = &unicode},
                                gb2312_kind = {.name = "g", .traits = &gb2312},
                                unknown_kind = {.name = "x"};

static struct board board_of(int64_t width, int64_t height, int64_t font_px)
{
    return (struct board){.kind = &unicode_kind,
                          .width = width,
                          .height = height,
                          .font_px = font_px,
                          .speed_pxs = 40};
}

static void test_measure(void **state)
{
    static const struct {
        int64_t width, height, font_px;
        const char *text;
        int64_t width_px;
        bool runs;
        int64_t lines, pass_ms;
    } cases[] = {
        {128, 16, 16, "", 0, false, 1, 2000},
        {128, 16, 16, "宪法", 32, false, 1, 2000},
        {128, 16, 16, "弘扬宪法精神", 96, false, 1, 2000},
        {128, 16, 16, "弘扬宪法精神！！", 128, false, 1, 2000},
        {128, 16, 16, "弘扬宪法精神，建设法治国家", 208, true, 1, 8400},
        {128, 32, 16, "弘扬宪法精神，建设法治国家", 208, false, 2, 3250},
        {128, 31, 16, "弘扬宪法精神，建设法治国家", 208, true, 1, 8400},
        {256, 16, 16, "12.4 Constitution Day", 168, false, 1, 5250},
        {128, 16, 15, "abc", 23, false, 1, 2000},
        {128, 16, 16, "“法”—…·", 96, false, 1, 2000},              /* ambiguous ones fill a cell */
        {128, 16, 16, "e\xCC\x81\xEF\xB8\x8F", 8, false, 1, 2000}, /* marks take no room */
        {128, 16, 16, "ﾊﾟ", 16, false, 1, 2000},                   /* half-width */
        {16, 16, 24, "法", 24, true, 1, 1000},                     /* not one character */
        {40, 32, 16, "一a二b三", 64, false, 2, 2000},
        {40, 32, 16, "一二三四五", 80, true, 1, 3000}, /* would be a third line */
        {40, 48, 16, "一二三四五", 80, false, 3, 2000},
        {192, 64, 32, "弘扬宪法精神 共建文明城市", 400, false, 2, 3250},
        {128, 16, 16, "\xFF\xFE", 16, false, 1, 2000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board board = board_of(cases[i].width, cases[i].height, cases[i].font_px);
        struct fit fit;

        fit_measure(&board, cases[i].text, &fit);
        assert_int_equal(fit.width_px, cases[i].width_px);
        assert_int_equal(fit.runs, cases[i].runs);
        assert_int_equal(fit.lines, cases[i].lines);
        assert_int_equal(fit.pass_ms, cases[i].pass_ms);
    }
}

static void test_flaws(void **state)
{
    static const struct {
        const struct option_kind *kind;
        int render;
        const char *text;
        int64_t shown_ms;
        enum fit_flaw flaw;
        long at; /* -1: NULL */
    } cases[] = {
        {&unicode_kind, RENDER_TEXT, "弘扬宪法精神", 2000, FIT_FINE, -1},
        {&unicode_kind, RENDER_TEXT, "弘扬宪法精神", 1999, FIT_TOO_LONG, -1},
        {&unicode_kind, RENDER_TEXT, "弘扬宪法精神，建设法治国家", 8400, FIT_FINE, -1},
        {&unicode_kind, RENDER_TEXT, "弘扬宪法精神，建设法治国家", 8399, FIT_TOO_LONG, -1},
        {&unicode_kind, RENDER_TEXT, "宪法ཁྲིམས", 9000, FIT_MINORITY, 6},
        {&unicode_kind, RENDER_TEXT, "قانۇن", 9000, FIT_MINORITY, 0},
        {&unicode_kind, RENDER_TEXT, "ᠬᠠᠤᠯᠢ", 9000, FIT_MINORITY, 0},
        {&unicode_kind, RENDER_TEXT, "ꆈꌠ", 9000, FIT_MINORITY, 0},
        {&unicode_kind, RENDER_TEXT, "헌법", 9000, FIT_MINORITY, 0},
        {&unicode_kind, RENDER_TEXT, "“宪法”—ü①镕€", 9000, FIT_FINE, -1},
        {&unicode_kind, RENDER_PICTURE, "ཁྲིམས", 9000, FIT_FINE, -1},
        {&unicode_kind, RENDER_PICTURE, "弘扬宪法精神，建设法治国家", 9000, FIT_CUT, -1},
        {&gb2312_kind, RENDER_PICTURE, "宪法", 9000, FIT_NO_PICTURE, -1},
        {&gb2312_kind, RENDER_TEXT, "宪法宣传周", 9000, FIT_FINE, -1},
        {&gb2312_kind, RENDER_TEXT, "宪法镕", 9000, FIT_FOREIGN, 6},
        {&gb2312_kind, RENDER_TEXT, "12345678901234567890", 7199, FIT_TOO_LONG, -1},
        {&gb2312_kind, RENDER_TEXT, "一二三四五六七八九十", 10000, FIT_FINE, -1},
        {&gb2312_kind, RENDER_TEXT, "一二三四五六七八九十1", 99000, FIT_TOO_MUCH, -1},
        {&unknown_kind, RENDER_TEXT, "宪法", 9000, FIT_FINE, -1},
        {&unknown_kind, RENDER_PICTURE, "宪法", 9000, FIT_FINE, -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board board = board_of(128, 16, 16);
        const char *at = cases[i].text;
        enum fit_flaw flaw;

        board.kind = cases[i].kind;
        board.render = cases[i].render;
        flaw = fit_check(&board, cases[i].text, cases[i].shown_ms, &at);
        if (flaw != cases[i].flaw)
            fail_msg("case %zu: flaw %d", i, flaw);
        if (cases[i].at < 0)
            assert_null(at);
        else
            assert_ptr_equal(at, cases[i].text + cases[i].at);
    }
}

static void test_limits(void **state)
{
    struct board board = board_of(128, 16, 17);
    char text[FIT_TEXT_MOST + 2];
    const char *at;

    (void)state;
    assert_int_equal(fit_check(&board, "宪法", 9000, &at), FIT_TOO_TALL);
    board.font_px = 16;
    memset(text, 'a', sizeof text - 1);
    text[FIT_TEXT_MOST + 1] = '\0';
    assert_int_equal(fit_check(&board, text, INT64_MAX, &at), FIT_TOO_MUCH);
    text[FIT_TEXT_MOST] = '\0';
    assert_int_equal(fit_check(&board, text, INT64_MAX, &at), FIT_FINE);
}

static void test_gb2312(void **state)
{
    static const struct {
        const char *text, *bytes; /* NULL: it can't */
        size_t bad;
    } cases[] = {
        {"", "", 0},
        {"欢迎光临", "\xBB\xB6\xD3\xAD\xB9\xE2\xC1\xD9", 0},
        {"A1 宪", "A1 \xCF\xDC", 0},
        {"·—…“”", "\xA1\xA4\xA1\xAA\xA1\xAD\xA1\xB0\xA1\xB1", 0},
        {"宪镕", NULL, 3},
        {"€", NULL, 0},
        {"法\xFF", NULL, 3},
        {"法\xF0\x9F\x98\x80", NULL, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = BUFFER_NULL;
        size_t bad = 99;
        int rc = fit_gb2312(cases[i].text, &out, &bad);

        assert_int_equal(rc, cases[i].bytes == NULL);
        if (cases[i].bytes)
            assert_string_equal(buffer_text(&out), cases[i].bytes);
        else
            assert_int_equal(bad, cases[i].bad);
        assert_int_equal(fit_gb2312(cases[i].text, NULL, &bad), rc);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measure),
        cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_gb2312),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
