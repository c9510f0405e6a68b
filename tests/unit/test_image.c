/* test_image: the size of a picture out of its first bytes, whatever the rest is. Runs: any. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/report/image.h"
#include "tests/unit/jpeg_kit.h"

#define JPEG(marker, precision, w, h, n)                                                           \
    {                                                                                              \
        .frame = (marker), .bits = (precision), .width = (w), .height = (h), .components = (n)     \
    }

static void test_jpeg(void **state)
{
    static const struct {
        struct jpeg_kit jpeg;
        int rc;
    } cases[] = {
        {JPEG(0xC0, 8, 800, 600, 3), 0},    {JPEG(0xC1, 8, 1, 1, 1), 0},
        {JPEG(0xC2, 8, 4000, 3000, 3), 0},  {JPEG(0xC0, 8, 20000, 5000, 3), 0},
        {JPEG(0xC0, 8, 20000, 5001, 3), 1}, {JPEG(0xC0, 8, 20001, 1, 3), 1},
        {JPEG(0xC0, 8, 0, 600, 3), 1},      {JPEG(0xC0, 8, 800, 0, 3), 1}, /* told by a later DNL */
        {JPEG(0xC1, 12, 800, 600, 3), 1},   {JPEG(0xC3, 8, 800, 600, 3), 1}, /* lossless */
        {JPEG(0xC9, 8, 800, 600, 3), 1},    {JPEG(0xC0, 8, 800, 600, 2), 1},
        {JPEG(0xC0, 8, 800, 600, 4), 1},                                     /* arithmetic */
        {JPEG(0xC0, 8, 800, 600, 0), 1},    {JPEG(0xC4, 8, 800, 600, 3), 1}, /* no frame at all */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
        struct image image;

        jpeg_kit_write(&cases[i].jpeg, &file);
        if (image_look(file.data, file.length, &image) != cases[i].rc)
            fail_msg("case %zu", i);
        if (cases[i].rc)
            continue;
        assert_int_equal(image.kind, IMAGE_JPEG);
        assert_int_equal(image.width, cases[i].jpeg.width);
        assert_int_equal(image.height, cases[i].jpeg.height);
        assert_string_equal(image_suffix(image.kind), "jpg");
    }
}

static void test_orientation(void **state)
{
    static const struct {
        unsigned orientation;
        bool mirrored;
        int quarters;
    } cases[] = {{1, false, 0}, {2, true, 0}, {3, false, 2}, {4, true, 2}, {5, true, 3},
                 {6, false, 1}, {7, true, 1}, {8, false, 3}, {9, false, 0}};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
        BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
        struct jpeg_kit jpeg = {0xC0, 8, 800, 600, 3, cases[i / 2].orientation, i % 2, false};
        struct image image;

        jpeg_kit_write(&jpeg, &file);
        assert_int_equal(image_look(file.data, file.length, &image), 0);
        assert_int_equal(image.mirrored, cases[i / 2].mirrored);
        assert_int_equal(image.quarters, cases[i / 2].quarters);
        assert_int_equal(image_shown_width(&image), cases[i / 2].quarters % 2 ? 600 : 800);
        assert_int_equal(image_shown_height(&image), cases[i / 2].quarters % 2 ? 800 : 600);
    }
}

/* Every cut before the frame's end is refused, and nothing is read behind it (a copy of just that
 * length, for the sanitizer). */
static void test_cut(void **state)
{
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
    struct jpeg_kit jpeg = JPEG(0xC0, 8, 800, 600, 3);
    size_t frame_end;

    (void)state;
    jpeg.orientation = 6;
    jpeg_kit_write(&jpeg, &file);
    frame_end = (size_t)((const char *)memmem(file.data, file.length, "\xFF\xDB", 2) - file.data);
    for (size_t i = 1; i <= file.length; i++) {
        MEM_FREE_LATER char *copy = mem_alloc(i, 1);
        struct image image;

        memcpy(copy, file.data, i);
        assert_int_equal(image_look(copy, i, &image), i < frame_end);
        assert_int_equal(image_is_whole_jpeg(copy, i), i == file.length);
    }
}

/* An end that comes too early, or before the data; what follows the end does no harm. */
static void test_whole(void **state)
{
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
    struct jpeg_kit jpeg = JPEG(0xC0, 8, 800, 600, 3);
    char *scan;

    (void)state;
    jpeg_kit_write(&jpeg, &file);
    buffer_add(&file, "maker's note", 12);
    assert_true(image_is_whole_jpeg(file.data, file.length));
    scan = memmem(file.data, file.length, "\xFF\xDA", 2);
    memcpy(scan + 20, "\xFF\xD9", 2);
    assert_false(image_is_whole_jpeg(file.data, file.length));
    memcpy(scan, "\xFF\xD9", 2);
    assert_false(image_is_whole_jpeg(file.data, file.length));
}

/* Legal, but cairo doesn't understand them. */
static void test_fill_bytes(void **state)
{
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;
    struct jpeg_kit jpeg = JPEG(0xC0, 8, 800, 600, 3);
    struct image image;

    (void)state;
    jpeg.fill = true;
    jpeg_kit_write(&jpeg, &file);
    assert_int_equal(image_look(file.data, file.length, &image), 1);
}

static void test_png(void **state)
{
    static const char head[] = "\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\1\0\0\0\0\x40\x08\x02\0\0\0";
    char file[33] = {0};
    struct image image;

    (void)state;
    memcpy(file, head, sizeof head - 1);
    assert_int_equal(image_look(file, sizeof file, &image), 0);
    assert_int_equal(image.kind, IMAGE_PNG);
    assert_int_equal(image.width, 256);
    assert_int_equal(image.height, 64);
    assert_string_equal(image_suffix(image.kind), "png");
    assert_int_equal(image_look(file, sizeof file - 1, &image), 1);
    file[18] = 0x20; /* 8,192 x 4,896 is just too much */
    file[19] = 0;
    file[22] = 0x13;
    file[23] = 0x20;
    assert_int_equal(image_look(file, sizeof file, &image), 1);
    file[23] = 0;
    assert_int_equal(image_look(file, sizeof file, &image), 0);
    file[16] = 1; /* more than 16,777,216 pixels wide */
    assert_int_equal(image_look(file, sizeof file, &image), 1);
    file[16] = 0;
    file[12] = 'J';
    assert_int_equal(image_look(file, sizeof file, &image), 1);
}

static void test_others(void **state)
{
    static const char *const others[] = {"",
                                         "G",
                                         "GIF89a",
                                         "BM",
                                         "%PDF-1.5",
                                         "\xFF\xD8\xFF",
                                         "\x89PNG\r\n\x1a\n",
                                         "<svg xmlns=\"\"/>"};
    struct image image;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(image_look(others[i], strlen(others[i]), &image), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jpeg),  cmocka_unit_test(test_orientation),
        cmocka_unit_test(test_cut),   cmocka_unit_test(test_fill_bytes),
        cmocka_unit_test(test_png),   cmocka_unit_test(test_others),
        cmocka_unit_test(test_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
