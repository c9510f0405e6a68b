/* picture: a slogan as a board shows it, as a PNG.
 * Runs: any.
 *
 * Of the board's size in pixels, black, in the board's color, one lamp on or off for each pixel. A
 * text that is wider than the board stands in as many lines as there is room for; when there are
 * too many, only the beginning is in the picture. The same board, text and fonts give the same
 * bytes. The first drawing takes a moment (fonts are looked up). */
#ifndef LAWCAST_REPORT_PICTURE_H
#define LAWCAST_REPORT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/office.h"

struct picture {
    char *bytes; /* owned */
    size_t length;
    bool cut;              /* only the beginning of the text is in it */
    int64_t width, height; /* pixels */
};

/* NULL: it can't be drawn; why is a sentence in the user's language. */
struct picture *picture_draw(const struct board *board, const char *text, char *why,
                             size_t why_size);
/* The whole text in one line, as it runs through: as wide as the text when that is wider than the
 * board. NULL as above. */
struct picture *picture_draw_strip(const struct board *board, const char *text, char *why,
                                   size_t why_size);
void picture_free(struct picture *picture); /* NULL is fine */

/* Pictures that are drawn before they are wanted; boards that show a text alike share them. */
struct picture_cache;
struct picture_cache *picture_cache_new(void);
void picture_cache_free(struct picture_cache *cache); /* NULL is fine */
/* 0, also when it is there already; 1: it can't be drawn, and why. text: copied. */
int picture_cache_add(struct picture_cache *cache, const struct board *board, const char *text,
                      char *why, size_t why_size);
/* Lent until the cache is freed; NULL: never added. Returns at once. */
const void *picture_cache_find(const struct picture_cache *cache, const struct board *board,
                               const char *text, size_t *length);

struct preview {
    const struct board *board;
    const char *text, *path;
    bool strip;            /* picture_draw_strip in place of what the board shows at a time */
    int64_t width, height; /* of the picture; filled in */
};

/* Writes the picture to a file, in place of what was there. 0: why is "", or says what the picture
 * doesn't show; 1: why says what is wrong. */
int preview_write(struct preview *preview, char *why, size_t why_size);

#endif
