/* canvas: what pictures and papers are drawn on. See canvas.h.
 * Runs: any. Library: pango, cairo. */
#include "gateway/report/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cairo/cairo-pdf.h>
#include <pango/pangocairo.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

/* Pango goes on to any other font for what these don't have. */
static const char *const canvas_fonts[] = {
    [CANVAS_PLAIN] = "WenQuanYi Micro Hei,Noto Sans CJK SC,sans-serif",
    [CANVAS_CELLS] = "WenQuanYi Micro Hei Mono,Noto Sans Mono CJK SC,monospace",
};

#ifndef __has_feature /* clang's; gcc has a macro */
#define __has_feature(feature) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
/* What fontconfig has parsed it keeps, for good, behind pointers that no leak checker can follow.
 */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}
#endif

struct canvas {
    bool pdf;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    struct buffer file; /* of a PDF, as far as it is written */
};

/* ---- life ---- */

static cairo_status_t canvas_take(void *closure, const unsigned char *bytes, unsigned length)
{
    buffer_add(closure, bytes, length);
    return CAIRO_STATUS_SUCCESS;
}

static void canvas_begin(struct canvas *canvas)
{
    cairo_font_options_t *options = cairo_font_options_create();

    canvas->cairo = cairo_create(canvas->surface);
    if (canvas->pdf) {
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    } else {
        cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_NONE);
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_NONE);
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_FULL);
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
    }
    canvas->layout = pango_cairo_create_layout(canvas->cairo);
    pango_cairo_context_set_font_options(pango_layout_get_context(canvas->layout), options);
    if (canvas->pdf) /* a point is a point, whatever the screen's resolution */
        pango_cairo_context_set_resolution(pango_layout_get_context(canvas->layout), 72);
    cairo_font_options_destroy(options);
}

struct canvas *canvas_new_image(int width, int height)
{
    struct canvas *canvas = mem_new(struct canvas);

    canvas->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    canvas_begin(canvas);
    return canvas;
}

struct canvas *canvas_new_pdf(const char *title)
{
    struct canvas *canvas = mem_new(struct canvas);

    canvas->pdf = true;
    canvas->surface = cairo_pdf_surface_create_for_stream(canvas_take, &canvas->file, CANVAS_WIDTH,
                                                          CANVAS_HEIGHT);
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(canvas->surface, CAIRO_PDF_METADATA_CREATOR, "lawcast");
    canvas_begin(canvas);
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (!canvas)
        return;
    g_object_unref(canvas->layout);
    cairo_destroy(canvas->cairo);
    cairo_surface_finish(canvas->surface);
    cairo_surface_destroy(canvas->surface);
    buffer_free(&canvas->file);
    free(canvas);
}

int canvas_finish(struct canvas *canvas, struct buffer *out, const char **why)
{
    cairo_status_t status = cairo_status(canvas->cairo);

    if (!status && canvas->pdf) {
        cairo_show_page(canvas->cairo);
        cairo_surface_finish(canvas->surface);
        status = cairo_surface_status(canvas->surface);
    } else if (!status) {
        status = cairo_surface_write_to_png_stream(canvas->surface, canvas_take, &canvas->file);
    }
    *why = status ? cairo_status_to_string(status) : NULL;
    if (status)
        return 1;
    buffer_add(out, canvas->file.data, canvas->file.length);
    return 0;
}

void canvas_next_page(struct canvas *canvas)
{
    LOG_ASSERT(canvas->pdf);
    cairo_show_page(canvas->cairo);
}

/* ---- text ---- */

static void canvas_set_font(struct canvas *canvas, PangoFontDescription *font, double size)
{
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(canvas->layout, font);
    pango_font_description_free(font);
}

/* Of damaged books not all text is UTF-8; it would spoil the whole drawing. */
void canvas_set(struct canvas *canvas, enum canvas_font font, double size, const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);

    canvas_unwrap(canvas);
    pango_layout_set_attributes(canvas->layout, NULL);
    pango_layout_set_text(canvas->layout, valid, -1);
    g_free(valid);
    canvas_set_font(canvas, pango_font_description_from_string(canvas_fonts[font]), size);
}

void canvas_resize(struct canvas *canvas, double size)
{
    const PangoFontDescription *font = pango_layout_get_font_description(canvas->layout);

    canvas_set_font(canvas, pango_font_description_copy(font), size);
}

/* In pango's units. */
static int canvas_width_units(PangoLayout *layout)
{
    int width;

    pango_layout_get_size(layout, &width, NULL);
    return width;
}

void canvas_tighten(struct canvas *canvas, double digit)
{
    const char *text = pango_layout_get_text(canvas->layout);
    PangoLayout *probe = pango_layout_copy(canvas->layout);
    PangoAttrList *list = pango_attr_list_new();
    int excess;

    pango_layout_set_text(probe, "0", -1);
    excess = canvas_width_units(probe) - (int)(digit * PANGO_SCALE);
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

/* A signature that is broken must not get a hyphen that isn't its own. */
static void canvas_no_hyphens(struct canvas *canvas)
{
    PangoAttrList *list = pango_attr_list_new();

    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(canvas->layout, list);
    pango_attr_list_unref(list);
}

void canvas_wrap(struct canvas *canvas, double width, bool by_words)
{
    if (by_words) {
        pango_layout_set_single_paragraph_mode(canvas->layout, FALSE);
        canvas_no_hyphens(canvas);
    }
    pango_layout_set_wrap(canvas->layout, by_words ? PANGO_WRAP_WORD_CHAR : PANGO_WRAP_CHAR);
    pango_layout_set_width(canvas->layout, (int)(width * PANGO_SCALE));
}

void canvas_unwrap(struct canvas *canvas)
{
    pango_layout_set_single_paragraph_mode(canvas->layout, TRUE);
    pango_layout_set_width(canvas->layout, -1);
}

uint32_t canvas_unknown(const struct canvas *canvas)
{
    PangoLayoutIter *at;
    uint32_t unknown = 0;

    if (pango_layout_get_unknown_glyphs_count(canvas->layout) == 0)
        return 0;
    at = pango_layout_get_iter(canvas->layout);
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

int canvas_lines(const struct canvas *canvas)
{
    return pango_layout_get_line_count(canvas->layout);
}

double canvas_text_width(const struct canvas *canvas)
{
    return (double)canvas_width_units(canvas->layout) / PANGO_SCALE;
}

void canvas_measure(const struct canvas *canvas, int line, struct canvas_line *out)
{
    PangoLayoutLine *from = pango_layout_get_line_readonly(canvas->layout, line);
    PangoRectangle ink, logical, exact;

    LOG_ASSERT(from);
    pango_layout_line_get_extents(from, NULL, &exact);
    pango_layout_line_get_pixel_extents(from, &ink, &logical);
    *out = (struct canvas_line){
        .x = logical.x,
        .width = logical.width,
        .ascent = PANGO_ASCENT(logical),
        .height = logical.height,
        .ink_top = ink.y,
        .ink_height = ink.height,
        .length = (double)exact.width / PANGO_SCALE,
        .leftwards = pango_layout_line_get_resolved_direction(from) == PANGO_DIRECTION_RTL,
    };
}

static void canvas_set_color(struct canvas *canvas, uint32_t color)
{
    cairo_set_source_rgb(canvas->cairo, (double)(color >> 16 & 0xFF) / 255,
                         (double)(color >> 8 & 0xFF) / 255, (double)(color & 0xFF) / 255);
}

void canvas_draw_line(struct canvas *canvas, int line, double x, double y, uint32_t color)
{
    canvas_set_color(canvas, color);
    cairo_move_to(canvas->cairo, x, y);
    pango_cairo_show_layout_line(canvas->cairo,
                                 pango_layout_get_line_readonly(canvas->layout, line));
}

/* ---- shapes ---- */

void canvas_fill(struct canvas *canvas, const struct canvas_box *box, uint32_t color)
{
    canvas_set_color(canvas, color);
    cairo_rectangle(canvas->cairo, box->x, box->y, box->width, box->height);
    cairo_fill(canvas->cairo);
}

void canvas_frame(struct canvas *canvas, const struct canvas_box *box, uint32_t color)
{
    canvas_set_color(canvas, color);
    cairo_set_line_width(canvas->cairo, 0.5);
    cairo_rectangle(canvas->cairo, box->x, box->y, box->width, box->height);
    cairo_stroke(canvas->cairo);
}

void canvas_rule(struct canvas *canvas, const struct canvas_box *ends, uint32_t color)
{
    canvas_set_color(canvas, color);
    cairo_set_line_width(canvas->cairo, 0.5);
    cairo_move_to(canvas->cairo, ends->x, ends->y);
    cairo_rel_line_to(canvas->cairo, ends->width, ends->height);
    cairo_stroke(canvas->cairo);
}

#define CANVAS_QUIET 4 /* modules around a code that stay white (ISO/IEC 18004, 9.1) */

/* One path: single squares would leave hair lines between them. */
void canvas_modules(struct canvas *canvas, const struct canvas_box *box, int width,
                    const unsigned char *modules)
{
    double room = box->width < box->height ? box->width : box->height;
    double side = room / (width + 2 * CANVAS_QUIET);

    for (int i = 0; i < width * width; i++)
        if (modules[i])
            cairo_rectangle(canvas->cairo, box->x + (i % width + CANVAS_QUIET) * side,
                            box->y + (i / width + CANVAS_QUIET) * side, side, side);
    canvas_set_color(canvas, 0);
    cairo_fill(canvas->cairo);
}

/* ---- pictures ---- */

struct canvas_reading {
    const unsigned char *bytes;
    size_t left;
};

static cairo_status_t canvas_give(void *closure, unsigned char *bytes, unsigned length)
{
    struct canvas_reading *reading = closure;

    if (length > reading->left)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(bytes, reading->bytes, length);
    reading->bytes += length;
    reading->left -= length;
    return CAIRO_STATUS_SUCCESS;
}

/* One pixel that is never painted stands for the picture: the PDF takes the file that hangs on it,
 * and its size from there. One of the picture's size would take hundreds of megabytes. */
static cairo_surface_t *canvas_carry_jpeg(const void *bytes, size_t length)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 1, 1);
    unsigned char *copy = mem_alloc(length, 1);

    memcpy(copy, bytes, length);
    if (cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_JPEG, copy, length, free, copy))
        free(copy);
    return surface;
}

int canvas_check_picture(const void *bytes, size_t length, struct image *out)
{
    struct canvas_reading reading = {bytes, length};
    cairo_surface_t *surface;
    int rc;

    if (image_look(bytes, length, out))
        return 1;
    if (out->kind == IMAGE_JPEG)
        return image_is_whole_jpeg(bytes, length) ? 0 : 1;
    surface = cairo_image_surface_create_from_png_stream(canvas_give, &reading);
    rc = cairo_surface_status(surface) ? 1 : 0;
    cairo_surface_destroy(surface);
    return rc;
}

/* The unit square becomes the picture as it is shown, in its box. */
static void canvas_turn(cairo_t *cairo, const struct image *image, const struct canvas_box *box)
{
    cairo_translate(cairo, box->x, box->y);
    cairo_scale(cairo, box->width, box->height);
    cairo_translate(cairo, 0.5, 0.5);
    cairo_rotate(cairo, image->quarters * M_PI / 2);
    cairo_scale(cairo, image->mirrored ? -1 : 1, 1);
    cairo_translate(cairo, -0.5, -0.5);
    if (image->kind != IMAGE_JPEG) /* which is one pixel here */
        cairo_scale(cairo, 1.0 / image->width, 1.0 / image->height);
}

int canvas_picture(struct canvas *canvas, const struct canvas_box *box, const void *bytes,
                   size_t length)
{
    struct canvas_reading reading = {bytes, length};
    cairo_surface_t *surface;
    struct image image;
    int rc;

    LOG_ASSERT(canvas->pdf);
    if (image_look(bytes, length, &image))
        return 1;
    surface = image.kind == IMAGE_JPEG
                  ? canvas_carry_jpeg(bytes, length)
                  : cairo_image_surface_create_from_png_stream(canvas_give, &reading);
    rc = cairo_surface_status(surface) ? 1 : 0;
    if (!rc) {
        cairo_save(canvas->cairo);
        canvas_turn(canvas->cairo, &image, box);
        cairo_set_source_surface(canvas->cairo, surface, 0, 0);
        cairo_paint(canvas->cairo);
        cairo_restore(canvas->cairo);
    }
    cairo_surface_destroy(surface);
    return rc;
}
