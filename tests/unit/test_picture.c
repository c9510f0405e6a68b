/* test_picture: what is lit on a board of so many pixels, lines, missing fonts, the cache,
 * previews. Needs a Chinese font (fonts-wqy-microhei). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cairo/cairo.h>

#include "gateway/base/buffer.h"
#include "gateway/report/picture.h"

#define NO_FONT "\xF0\x90\x8C\xB0" /* U+10330, Gothic */

static struct board board_of(int64_t width, int64_t height, int64_t font_px)
{
    return (struct board){.id = (char *)"b",
                          .width = width,
                          .height = height,
                          .font_px = font_px,
                          .speed_pxs = 40,
                          .color = (char *)"#ff8000"};
}

/* The lamps of a picture: where the outermost ones are. */
struct lamps {
    int width, height, lit;
    int left, right, top, bottom;
};

struct reading {
    const struct picture *picture;
    size_t at;
};

static cairo_status_t read_some(void *closure, unsigned char *bytes, unsigned length)
{
    struct reading *reading = closure;

    if (reading->picture->length - reading->at < length)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(bytes, reading->picture->bytes + reading->at, length);
    reading->at += length;
    return CAIRO_STATUS_SUCCESS;
}

static void note_lamp(struct lamps *lamps, int x, int y)
{
    lamps->left = !lamps->lit || x < lamps->left ? x : lamps->left;
    lamps->right = !lamps->lit || x > lamps->right ? x : lamps->right;
    lamps->top = !lamps->lit || y < lamps->top ? y : lamps->top;
    lamps->bottom = !lamps->lit || y > lamps->bottom ? y : lamps->bottom;
    lamps->lit++;
}

/* Fails when a lamp is neither off nor in the board's color. */
static struct lamps look(const struct picture *picture)
{
    struct reading reading = {picture, 0};
    cairo_surface_t *surface = cairo_image_surface_create_from_png_stream(read_some, &reading);
    struct lamps lamps = {0};

    assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
    lamps.width = cairo_image_surface_get_width(surface);
    lamps.height = cairo_image_surface_get_height(surface);
    for (int y = 0; y < lamps.height; y++)
        for (int x = 0; x < lamps.width; x++) {
            uint32_t pixel;

            memcpy(&pixel,
                   cairo_image_surface_get_data(surface) +
                       y * cairo_image_surface_get_stride(surface) + 4 * x,
                   4);
            pixel &= 0xFFFFFF;
            assert_true(pixel == 0 || pixel == 0xFF8000);
            if (pixel)
                note_lamp(&lamps, x, y);
        }
    cairo_surface_destroy(surface);
    return lamps;
}

static void test_draw(void **state)
{
    static const struct {
        int64_t width, height, font_px;
        const char *text;
        bool cut;
        int left, right, top, bottom; /* nothing is lit outside of these */
    } cases[] = {
        {64, 16, 16, "宪法", false, 16, 48, 0, 16},
        {64, 64, 16, "宪法", false, 16, 48, 24, 40},
        {64, 32, 16, "宪法宪法宪法", false, 0, 64, 0, 32},
        {64, 31, 16, "宪法宪法宪法", true, 0, 64, 7, 24},
        {64, 16, 16, "国国国国", false, 0, 64, 0, 16},
        {64, 16, 16, "12348", false, 12, 52, 0, 16},
        {24, 8, 8, "gjy", false, 0, 24, 0, 8},
        {64, 16, 16, "", false, 0, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board board = board_of(cases[i].width, cases[i].height, cases[i].font_px);
        char why[300];
        struct picture *picture = picture_draw(&board, cases[i].text, why, sizeof why);
        struct lamps lamps;

        assert_non_null(picture);
        assert_string_equal(why, "");
        lamps = look(picture);
        assert_int_equal(lamps.width, cases[i].width);
        assert_int_equal(lamps.height, cases[i].height);
        assert_int_equal(picture->cut, cases[i].cut);
        assert_int_equal(lamps.lit > 0, *cases[i].text != '\0');
        if (lamps.lit && (lamps.left < cases[i].left || lamps.right >= cases[i].right ||
                          lamps.top < cases[i].top || lamps.bottom >= cases[i].bottom))
            fail_msg("case %zu: %d..%d x %d..%d", i, lamps.left, lamps.right, lamps.top,
                     lamps.bottom);
        picture_free(picture);
    }
}

/* A cut text begins at the left; all that a character has is on the board. */
static void test_beginning(void **state)
{
    struct board board = board_of(32, 16, 16);
    char why[300];
    struct picture *cut = picture_draw(&board, "国宪法", why, sizeof why);
    struct picture *whole = picture_draw(&board, "国宪", why, sizeof why);

    (void)state;
    assert_true(cut && whole && cut->cut && !whole->cut);
    assert_int_equal(cut->length, whole->length);
    assert_memory_equal(cut->bytes, whole->bytes, whole->length);
    picture_free(cut);
    picture_free(whole);
}

static void test_no_font(void **state)
{
    struct board board = board_of(64, 16, 16);
    char why[300];

    (void)state;
    assert_null(picture_draw(&board, "宪法" NO_FONT, why, sizeof why));
    assert_non_null(strstr(why, NO_FONT "\" (U+10330)"));
    assert_non_null(strstr(why, "fonts-noto"));
    board.width = board.height = 16384;
    assert_null(picture_draw(&board, "宪法", why, sizeof why));
    assert_non_null(strstr(why, "too large"));
}

static void test_cache(void **state)
{
    struct board a = board_of(64, 16, 16), same = a, other = board_of(64, 32, 16), red = a;
    struct picture_cache *cache = picture_cache_new();
    const void *first, *found;
    char why[300], text[32];
    size_t length;

    (void)state;
    red.color = (char *)"#ff0000";
    same.id = (char *)"elsewhere";
    assert_null(picture_cache_find(cache, &a, "宪法", &length));
    assert_int_equal(picture_cache_add(cache, &a, "宪法", why, sizeof why), 0);
    first = picture_cache_find(cache, &a, "宪法", &length);
    assert_non_null(first);
    assert_true(length > 50 && memcmp(first, "\x89PNG", 4) == 0);
    assert_int_equal(picture_cache_add(cache, &same, "宪法", why, sizeof why), 0);
    assert_ptr_equal(picture_cache_find(cache, &same, "宪法", &length), first);
    assert_null(picture_cache_find(cache, &other, "宪法", &length));
    assert_null(picture_cache_find(cache, &red, "宪法", &length));
    assert_int_equal(length, 0);
    assert_int_equal(picture_cache_add(cache, &a, NO_FONT, why, sizeof why), 1);
    assert_null(picture_cache_find(cache, &a, NO_FONT, &length));
    for (int i = 0; i < 100; i++) { /* it grows, and keeps what it has lent */
        snprintf(text, sizeof text, "宪法 %d", i);
        assert_int_equal(picture_cache_add(cache, &other, text, why, sizeof why), 0);
    }
    found = picture_cache_find(cache, &other, "宪法 7", &length);
    assert_true(found && found != picture_cache_find(cache, &other, "宪法 8", &length));
    assert_ptr_equal(picture_cache_find(cache, &a, "宪法", &length), first);
    picture_cache_free(cache);
    picture_cache_free(NULL);
}

static int write_preview(const struct board *board, const char *text, const char *path, bool strip,
                         char why[static 300])
{
    struct preview preview = {.board = board, .text = text, .path = path, .strip = strip};
    int rc = preview_write(&preview, why, 300);

    if (rc == 0) {
        assert_true(strip ? preview.width >= board->width : preview.width == board->width);
        assert_int_equal(preview.height, board->height);
    }
    return rc;
}

static void test_preview(void **state)
{
    struct board board = board_of(64, 16, 16);
    char folder[] = "/tmp/lawcast-picture-XXXXXX", path[64], why[300];
    struct buffer file = BUFFER_NULL;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    assert_int_equal(write_preview(&board, "宪法", path, false, why), 0);
    assert_string_equal(why, "");
    assert_int_equal(buffer_read_file(&file, path, 1 << 20), 0);
    assert_true(file.length > 50 && memcmp(file.data, "\x89PNG", 4) == 0);
    assert_int_equal(write_preview(&board, "宪法", path, true, why), 0);
    assert_string_equal(why, "");
    assert_int_equal(write_preview(&board, "宪法宪法宪法", path, false, why), 0);
    assert_non_null(strstr(why, "96 pixels wide and runs through in 4.0 s at 40 px/s; this is"));
    assert_int_equal(write_preview(&board, "宪法宪法宪法", path, true, why), 0);
    assert_non_null(strstr(why, "96 pixels wide and runs through in 4.0 s at 40 px/s."));
    board.render = RENDER_PICTURE;
    assert_int_equal(write_preview(&board, "宪法宪法宪法", path, false, why), 0);
    assert_non_null(strstr(why, "pictures stand still"));
    assert_int_equal(write_preview(&board, NO_FONT, path, false, why), 1);
    assert_int_equal(write_preview(&board, NO_FONT, path, true, why), 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(write_preview(&board, "宪法", path, false, why), 1);
    assert_non_null(strstr(why, "can't be written"));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
    buffer_free(&file);
}

/* The whole text in one line, also where the board would have it in several. */
static void test_strip(void **state)
{
    static const struct {
        int64_t width, height;
        const char *text;
        int strip, left, right; /* the strip's width; what is lit lies within */
    } cases[] = {
        {64, 16, "宪法", 64, 16, 48},
        {64, 16, "宪法宪法宪法", 96, 0, 96},
        {32, 64, "国宪国宪", 64, 0, 64},
        {32, 16, "宪法12348日", 88, 0, 88},
        {16, 16, "宪法宣传宪法宣传", 128, 0, 128},
    };
    char why[300], longest[3 * 3000 + 1] = "";

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct board board = board_of(cases[i].width, cases[i].height, 16);
        struct picture *picture = picture_draw_strip(&board, cases[i].text, why, sizeof why);
        struct lamps lamps;

        assert_non_null(picture);
        lamps = look(picture);
        assert_false(picture->cut);
        assert_int_equal(lamps.width, cases[i].strip);
        assert_int_equal(picture->width, cases[i].strip);
        assert_int_equal(lamps.height, cases[i].height);
        assert_in_range(lamps.bottom - lamps.top, 8, 16); /* one line */
        assert_in_range(lamps.left, cases[i].left, cases[i].left + 8);
        assert_in_range(lamps.right, cases[i].right - 9, cases[i].right - 1);
        picture_free(picture);
    }
    for (size_t i = 0; i < 3000; i++)
        memcpy(longest + 3 * i, "法", 3);
    assert_null(picture_draw_strip(&(struct board){.id = (char *)"b",
                                                   .width = 64,
                                                   .height = 16,
                                                   .font_px = 16,
                                                   .color = (char *)"#ff0000"},
                                   longest, why, sizeof why));
    assert_non_null(strstr(why, "48000 x 16"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draw),    cmocka_unit_test(test_beginning),
        cmocka_unit_test(test_no_font), cmocka_unit_test(test_cache),
        cmocka_unit_test(test_preview), cmocka_unit_test(test_strip),
    };

    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
