/* test_canvas: text and pictures in a PDF: fonts embedded, a JPEG as it is, what can't be decoded
 * refused. What images look like is test_picture's. Needs a Chinese font (fonts-wqy-microhei).
 * Runs: any. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/report/canvas.h"
#include "gateway/report/picture.h"
#include "tests/unit/jpeg_kit.h"

static void finish(struct canvas *canvas, struct buffer *pdf)
{
    const char *why;

    assert_int_equal(canvas_finish(canvas, pdf, &why), 0);
    assert_null(why);
    canvas_free(canvas);
    assert_true(pdf->length > 500 && memcmp(pdf->data, "%PDF-1.", 7) == 0);
}

/* How often the PDF's bytes hold these. */
static size_t count(const struct buffer *pdf, const void *bytes, size_t length)
{
    const char *at = pdf->data, *end = pdf->data + pdf->length;
    size_t n = 0;

    while ((at = memmem(at, (size_t)(end - at), bytes, length))) {
        at++;
        n++;
    }
    return n;
}

static void test_fonts(void **state)
{
    BUFFER_FREE_LATER struct buffer pdf = BUFFER_NULL;
    struct canvas *canvas = canvas_new_pdf("弘扬宪法");

    (void)state;
    canvas_set(canvas, CANVAS_PLAIN, 10, "弘扬宪法精神");
    assert_int_equal(canvas_unknown(canvas), 0);
    canvas_draw_line(canvas, 0, 50, 50, 0x123456);
    canvas_next_page(canvas);
    canvas_draw_line(canvas, 0, 50, 50, 0);
    finish(canvas, &pdf);
    assert_true(count(&pdf, "/FontFile2", 10) == 1); /* embedded, once */
    assert_true(count(&pdf, "/ToUnicode", 10) >= 1); /* can be searched */
    assert_int_equal(count(&pdf, "/Count 2", 8), 1); /* pages */
}

static void test_wrap(void **state)
{
    static const struct {
        const char *text;
        double width;
        bool by_words;
        int lines;
    } cases[] = {
        {"", 100, true, 1},
        {"宪法宪法宪法", 100, true, 1},
        {"宪法宪法宪法", 40, true, 2},
        {"宪法宪法宪法", 11, true, 6},
        {"a\nb\nc", 100, true, 3},
        {"a\nb\nc", 100, false, 1},
        {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 100, true, 3},
    };
    struct canvas *canvas = canvas_new_pdf("");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        canvas_set(canvas, CANVAS_PLAIN, 10, cases[i].text);
        canvas_wrap(canvas, cases[i].width, cases[i].by_words);
        if (canvas_lines(canvas) != cases[i].lines)
            fail_msg("case %zu: %d lines", i, canvas_lines(canvas));
        for (int k = 0; k < canvas_lines(canvas); k++) {
            struct canvas_line line;

            canvas_measure(canvas, k, &line);
            assert_true(line.length <= cases[i].width);
        }
    }
    canvas_set(canvas, CANVAS_PLAIN, 10, "a\xFF\xE5\x86z"); /* of damaged books */
    assert_true(canvas_text_width(canvas) > 10);
    canvas_set(canvas, CANVAS_PLAIN, 10, "宪法宪法宪法");
    assert_true(canvas_text_width(canvas) > 55 && canvas_text_width(canvas) < 65);
    canvas_resize(canvas, 20);
    assert_true(canvas_text_width(canvas) > 110 && canvas_text_width(canvas) < 130);
    canvas_free(canvas);
}

/* The file's bytes are in the PDF as they are: nothing is decoded, nothing lost. */
static void test_jpeg(void **state)
{
    BUFFER_FREE_LATER struct buffer pdf = BUFFER_NULL, file = BUFFER_NULL;
    const struct canvas_box box = {50, 50, 100, 75};
    const struct jpeg_kit jpeg = {.frame = 0xC0,
                                  .bits = 8,
                                  .width = 12000,
                                  .height = 8000,
                                  .components = 3,
                                  .orientation = 6};
    struct canvas *canvas = canvas_new_pdf("");

    (void)state;
    jpeg_kit_write(&jpeg, &file);
    assert_int_equal(canvas_picture(canvas, &box, file.data, file.length), 0);
    finish(canvas, &pdf);
    assert_int_equal(count(&pdf, file.data, file.length), 1);
    assert_true(count(&pdf, "/DCTDecode", 10) == 1);
    assert_true(count(&pdf, "/Width 12000", 12) == 1);
}

static void test_png(void **state)
{
    BUFFER_FREE_LATER struct buffer pdf = BUFFER_NULL;
    struct board board = {.id = (char *)(uintptr_t) "b",
                          .width = 64,
                          .height = 16,
                          .font_px = 16,
                          .color = (char *)(uintptr_t) "#ff0000"};
    const struct canvas_box box = {50, 50, 64, 16};
    struct canvas *canvas = canvas_new_pdf("");
    char why[200];
    struct picture *picture = picture_draw(&board, "宪法", why, sizeof why);
    struct image image;

    (void)state;
    assert_non_null(picture);
    assert_int_equal(canvas_picture(canvas, &box, picture->bytes, picture->length), 0);
    assert_int_equal(canvas_picture(canvas, &box, picture->bytes, 60), 1); /* cut */
    assert_int_equal(canvas_picture(canvas, &box, "GIF89a", 6), 1);
    assert_int_equal(canvas_check_picture(picture->bytes, picture->length, &image), 0);
    assert_int_equal(canvas_check_picture(picture->bytes, picture->length - 4, &image), 1);
    ((unsigned char *)picture->bytes)[60] ^= 1; /* within the data: its check sum */
    assert_int_equal(canvas_check_picture(picture->bytes, picture->length, &image), 1);
    finish(canvas, &pdf); /* what was refused has spoiled nothing */
    assert_true(count(&pdf, "/Width 64", 9) == 1);
    picture_free(picture);
}

static void test_shapes(void **state)
{
    static const unsigned char modules[] = {1, 0, 1, 0, 1, 0, 1, 0, 1};
    BUFFER_FREE_LATER struct buffer pdf = BUFFER_NULL, empty = BUFFER_NULL;
    const struct canvas_box box = {50, 50, 110, 110};
    struct canvas *canvas = canvas_new_pdf("");

    (void)state;
    finish(canvas, &empty);
    canvas = canvas_new_pdf("");
    canvas_fill(canvas, &box, 0xff0000);
    canvas_frame(canvas, &box, 0);
    canvas_rule(canvas, &box, 0);
    canvas_modules(canvas, &box, 3, modules);
    finish(canvas, &pdf);
    assert_true(pdf.length > empty.length);
    canvas_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fonts), cmocka_unit_test(test_wrap),   cmocka_unit_test(test_jpeg),
        cmocka_unit_test(test_png),   cmocka_unit_test(test_shapes),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
