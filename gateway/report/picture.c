/* picture: a slogan as a board shows it. See picture.h.
 * Runs: any. Library: pango, cairo. */
#include "gateway/report/picture.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <pango/pangocairo.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"

#define PICTURE_PIXELS (INT64_C(16) << 20) /* of a board: four bytes each */
#define PICTURE_WIDTH  32767               /* cairo's limit */

/* Fonts whose Latin letters are all of one width; pango goes on to any other font for what they
 * don't have. */
#define PICTURE_FONTS "WenQuanYi Micro Hei Mono,Noto Sans Mono CJK SC,monospace"

#ifdef __SANITIZE_ADDRESS__
/* What fontconfig has parsed it keeps, for good, behind pointers that no leak checker can follow.
 */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif

struct picture_canvas {
    const struct board *board;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
};

static void picture_open(struct picture_canvas *canvas, const struct board *board)
{
    cairo_font_options_t *options = cairo_font_options_create();

    canvas->board = board;
    canvas->surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)board->width, (int)board->height);
    canvas->cairo = cairo_create(canvas->surface);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_NONE);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_FULL);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    canvas->layout = pango_cairo_create_layout(canvas->cairo);
    pango_cairo_context_set_font_options(pango_layout_get_context(canvas->layout), options);
    cairo_font_options_destroy(options);
}

static void picture_close(struct picture_canvas *canvas)
{
    g_object_unref(canvas->layout);
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
}

static void picture_set_font(const struct picture_canvas *canvas, int64_t px)
{
    PangoFontDescription *font = pango_font_description_from_string(PICTURE_FONTS);

    pango_font_description_set_absolute_size(font, (double)px * PANGO_SCALE);
    pango_layout_set_font_description(canvas->layout, font);
    pango_font_description_free(font);
}

/* The first character that no font has; 0: there is none. */
static unsigned picture_unknown(PangoLayout *layout)
{
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    unsigned unknown = 0;

    do {
        const PangoLayoutRun *run = pango_layout_iter_get_run_readonly(at);

        for (int i = 0; run && i < run->glyphs->num_glyphs && !unknown; i++)
            if (run->glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG &&
                run->glyphs->glyphs[i].glyph != PANGO_GLYPH_EMPTY)
                unknown = run->glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
    } while (!unknown && pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
    return unknown;
}

static int picture_check_glyphs(const struct picture_canvas *canvas, char *why, size_t why_size)
{
    char character[5] = "";
    unsigned unknown;

    if (pango_layout_get_unknown_glyphs_count(canvas->layout) == 0)
        return 0;
    unknown = picture_unknown(canvas->layout);
    utf8_put((int32_t)unknown, character);
    snprintf(why, why_size,
             lang("No font here has \"%s\" (U+%04X): install fonts-wqy-microhei or fonts-noto-cjk "
                  "for Chinese, fonts-noto-core for other scripts.",
                  "本机没有“%s”（U+%04X）的字体：中文请安装 fonts-wqy-microhei 或 "
                  "fonts-noto-cjk，其他文字请安装 fonts-noto-core。"),
             character, unknown);
    return 1;
}

static int picture_width(PangoLayout *layout)
{
    int width;

    pango_layout_get_size(layout, &width, NULL);
    return width;
}

/* Boards give a Latin letter half of a cell; in most fonts it is a little wider. So letters move
 * closer together. */
static void picture_pack_latin(const struct picture_canvas *canvas, const char *text)
{
    PangoLayout *probe = pango_layout_copy(canvas->layout);
    PangoAttrList *list = pango_attr_list_new();
    int excess;

    pango_layout_set_text(probe, "0", -1);
    excess = picture_width(probe) - (int)canvas->board->font_px * PANGO_SCALE / 2;
    g_object_unref(probe);
    for (size_t from = 0, to; text[from] && excess > 0; from = to) {
        bool latin = (unsigned char)text[from] < 0x80;

        for (to = from; text[to] && ((unsigned char)text[to] < 0x80) == latin;)
            to++;
        if (latin) {
            PangoAttribute *spacing = pango_attr_letter_spacing_new(-excess);

            spacing->start_index = (guint)from;
            spacing->end_index = (guint)to;
            pango_attr_list_insert(list, spacing);
        }
    }
    pango_layout_set_attributes(canvas->layout, list);
    pango_attr_list_unref(list);
}

/* One line, or as many as the board has room for. Says whether only the beginning fits. */
static bool picture_break_lines(const struct picture_canvas *canvas)
{
    const struct board *board = canvas->board;

    if (picture_width(canvas->layout) <= board->width * PANGO_SCALE)
        return false;
    pango_layout_set_wrap(canvas->layout, PANGO_WRAP_CHAR);
    pango_layout_set_width(canvas->layout, (int)board->width * PANGO_SCALE);
    if (pango_layout_get_line_count(canvas->layout) <= board->height / board->font_px)
        return false;
    pango_layout_set_width(canvas->layout, -1);
    return true;
}

/* Where the baseline stands in a cell of font_px, so that what the line draws is in it. */
static int picture_baseline(const struct picture_canvas *canvas, const PangoRectangle *ink)
{
    int cell = (int)canvas->board->font_px, top = cell * 7 / 8 + ink->y;

    if (top + ink->height > cell)
        top = cell - ink->height;
    return (top < 0 ? 0 : top) - ink->y;
}

static void picture_draw_line(const struct picture_canvas *canvas, PangoLayoutLine *line, int top)
{
    PangoRectangle ink, logical;
    int x;

    pango_layout_line_get_pixel_extents(line, &ink, &logical);
    x = ((int)canvas->board->width - logical.width) / 2;
    if (x < 0) /* its beginning: on the right in scripts that run to the left */
        x = pango_layout_line_get_resolved_direction(line) == PANGO_DIRECTION_RTL ? 2 * x : 0;
    cairo_move_to(canvas->cairo, x - logical.x, top + picture_baseline(canvas, &ink));
    pango_cairo_show_layout_line(canvas->cairo, line);
}

static void picture_draw_lines(const struct picture_canvas *canvas)
{
    const struct board *board = canvas->board;
    int n = pango_layout_get_line_count(canvas->layout);
    int top = (int)(board->height - n * board->font_px) / 2;
    unsigned long color = strtoul(board->color + 1, NULL, 16);

    cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_NONE);
    cairo_set_source_rgb(canvas->cairo, (double)(color >> 16 & 0xFF) / 255,
                         (double)(color >> 8 & 0xFF) / 255, (double)(color & 0xFF) / 255);
    for (int i = 0; i < n; i++)
        picture_draw_line(canvas, pango_layout_get_line_readonly(canvas->layout, i),
                          top + i * (int)board->font_px);
}

/* Letters that are piled up (Tibetan) are higher than a cell: then all is drawn smaller. */
static void picture_fit_height(const struct picture_canvas *canvas)
{
    int64_t cell = canvas->board->font_px;

    for (int64_t px = cell; px > 1;) {
        PangoRectangle ink;

        pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(canvas->layout, 0), &ink,
                                            NULL);
        if (ink.height <= cell)
            return;
        px = px * cell / ink.height < px ? px * cell / ink.height : px - 1;
        picture_set_font(canvas, px > 0 ? px : 1);
    }
}

static cairo_status_t picture_take(void *closure, const unsigned char *bytes, unsigned length)
{
    buffer_add(closure, bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

static struct picture *picture_finish(const struct picture_canvas *canvas, bool cut, char *why,
                                      size_t why_size)
{
    struct buffer png = BUFFER_NULL;
    cairo_status_t status = cairo_status(canvas->cairo);
    struct picture *picture;

    if (!status)
        status = cairo_surface_write_to_png_stream(canvas->surface, picture_take, &png);
    if (status) {
        buffer_free(&png);
        snprintf(why, why_size, lang("The slogan can't be drawn: %s.", "无法绘制标语：%s。"),
                 cairo_status_to_string(status));
        return NULL;
    }
    picture = mem_new(struct picture);
    picture->length = png.length;
    picture->bytes = buffer_take(&png);
    picture->cut = cut;
    picture->width = canvas->board->width;
    picture->height = canvas->board->height;
    return picture;
}

/* 0, or 1: it can't be drawn, and why. */
static int picture_set_text(const struct picture_canvas *canvas, const char *text, char *why,
                            size_t why_size)
{
    pango_layout_set_single_paragraph_mode(canvas->layout, TRUE);
    pango_layout_set_text(canvas->layout, text, -1);
    picture_set_font(canvas, canvas->board->font_px);
    if (picture_check_glyphs(canvas, why, why_size))
        return 1;
    picture_fit_height(canvas);
    picture_pack_latin(canvas, text);
    return 0;
}

static bool picture_has_room(const struct board *board, char *why, size_t why_size)
{
    LOG_ASSERT(board->width > 0 && board->height > 0 && board->font_px > 0);
    *why = '\0';
    if (board->width <= PICTURE_WIDTH && board->width * board->height <= PICTURE_PIXELS)
        return true;
    snprintf(why, why_size,
             lang("%s is too large for pictures: %" PRId64 " x %" PRId64 " pixels.",
                  "%s 太大，无法使用图片：%" PRId64 " x %" PRId64 " 像素。"),
             board->id, board->width, board->height);
    return false;
}

struct picture *picture_draw(const struct board *board, const char *text, char *why,
                             size_t why_size)
{
    struct picture_canvas canvas;
    struct picture *picture = NULL;

    if (!picture_has_room(board, why, why_size))
        return NULL;
    picture_open(&canvas, board);
    if (picture_set_text(&canvas, text, why, why_size) == 0) {
        bool cut = picture_break_lines(&canvas);

        picture_draw_lines(&canvas);
        picture = picture_finish(&canvas, cut, why, why_size);
    }
    picture_close(&canvas);
    return picture;
}

struct picture *picture_draw_strip(const struct board *board, const char *text, char *why,
                                   size_t why_size)
{
    struct board as_wide = *board;
    struct picture_canvas canvas;
    int64_t width = 0;

    if (!picture_has_room(board, why, why_size))
        return NULL;
    picture_open(&canvas, board);
    if (picture_set_text(&canvas, text, why, why_size) == 0)
        width = (picture_width(canvas.layout) + PANGO_SCALE - 1) / PANGO_SCALE;
    picture_close(&canvas);
    if (*why)
        return NULL;
    if (width > as_wide.width)
        as_wide.width = width;
    return picture_draw(&as_wide, text, why, why_size); /* has room for it in one line */
}

void picture_free(struct picture *picture)
{
    if (!picture)
        return;
    free(picture->bytes);
    free(picture);
}
