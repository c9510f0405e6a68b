/* canvas: what pictures and papers are drawn on; canvas.c is the one file that includes pango and
 * cairo.
 * Runs: any; one thread at a time for each canvas.
 *
 * An image is black, and each of its pixels is lit or not: what a board shows. A PDF has A4 pages,
 * white, in points of 1/72 inch; fonts are embedded, so that Chinese reads the same everywhere and
 * can be searched. Text is set first (canvas_set), then drawn line by line, wherever the caller has
 * room for it. The first drawing takes a moment: fonts are looked up. */
#ifndef LAWCAST_REPORT_CANVAS_H
#define LAWCAST_REPORT_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/report/image.h"

#define CANVAS_WIDTH  595.276 /* of an A4 page, points */
#define CANVAS_HEIGHT 841.89
#define CANVAS_SIDE   32767 /* pixels of an image, at most */

struct canvas;

/* In pixels, 1..CANVAS_SIDE. */
struct canvas *canvas_new_image(int width, int height);
/* Its first page is there. title: in the file's properties. */
struct canvas *canvas_new_pdf(const char *title);
void canvas_free(struct canvas *canvas); /* NULL is fine */

/* The whole file, PNG or PDF; nothing may be drawn afterwards. 0; 1: it can't be made, and why is a
 * static word of the library's. */
int canvas_finish(struct canvas *canvas, struct buffer *out, const char **why);
void canvas_next_page(struct canvas *canvas); /* PDF */

/* ---- text ---- */

enum canvas_font { CANVAS_PLAIN, CANVAS_CELLS }; /* CELLS: all Latin letters are of one width */

/* Sets text in one line (a line break is a blank). */
void canvas_set(struct canvas *canvas, enum canvas_font font, double size, const char *text);
/* The same text, smaller or larger. */
void canvas_resize(struct canvas *canvas, double size);
/* Latin letters stand closer together, until a digit is as wide as this; not for what is wrapped by
 * words. */
void canvas_tighten(struct canvas *canvas, double digit);
/* Broken into lines of at most this width. by_words: not within a Latin word unless it is too long
 * for a line; line breaks of the text count. */
void canvas_wrap(struct canvas *canvas, double width, bool by_words);
void canvas_unwrap(struct canvas *canvas);
/* The first character that no font has; 0: there is none. */
uint32_t canvas_unknown(const struct canvas *canvas);
int canvas_lines(const struct canvas *canvas);
/* Of the longest line; never less than it is. */
double canvas_text_width(const struct canvas *canvas);

/* Of a line, in whole pixels or points from its baseline. */
struct canvas_line {
    int x, width, ascent, height; /* of the room that it takes */
    int ink_top, ink_height;      /* of what is drawn; top: below 0 is above the baseline */
    double length;                /* width, not rounded */
    bool leftwards;               /* a script that runs to the left */
};
void canvas_measure(const struct canvas *canvas, int line, struct canvas_line *out);
/* x: of the line's beginning, y: of its baseline. color: 0xRRGGBB. */
void canvas_draw_line(struct canvas *canvas, int line, double x, double y, uint32_t color);

/* ---- shapes ---- */

struct canvas_box {
    double x, y, width, height;
};
void canvas_fill(struct canvas *canvas, const struct canvas_box *box, uint32_t color);
void canvas_frame(struct canvas *canvas, const struct canvas_box *box, uint32_t color);
/* A horizontal or slanted line. */
void canvas_rule(struct canvas *canvas, const struct canvas_box *ends, uint32_t color);
/* A square code: modules of width x width, not 0 is dark, with its quiet zone of four modules. */
void canvas_modules(struct canvas *canvas, const struct canvas_box *box, int width,
                    const unsigned char *modules);
/* Can all of a PNG or JPEG be shown? A PNG is decoded, of a JPEG its parts are looked at (image.h).
 * 0, with what it is; 1: it isn't one, or cut off or damaged. */
int canvas_check_picture(const void *bytes, size_t length, struct image *out);
/* A PNG or JPEG as it is shown (image.h), stretched to the box. A JPEG goes into a PDF as it is;
 * bytes are copied. 0; 1: it can't be decoded, nothing is drawn. PDF only. */
int canvas_picture(struct canvas *canvas, const struct canvas_box *box, const void *bytes,
                   size_t length);

#endif
