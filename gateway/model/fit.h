/* fit: can people read this slogan on that board?
 * Runs: any (pure). Source: Unicode 14 EastAsianWidth.
 *
 * Boards draw characters in cells of font_px x font_px pixels, Latin letters and digits in half of
 * that; what Unicode calls ambiguous (quotation marks, dashes, arrows, Greek) takes a whole cell,
 * as in Chinese fonts. What is wider than the board runs through from right to left. */
#ifndef LAWCAST_MODEL_FIT_H
#define LAWCAST_MODEL_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/office.h"
#include "gateway/model/traits.h"

#define FIT_TEXT_MOST 2000 /* bytes that a device takes when its traits don't say */

struct fit {
    int64_t width_px; /* of the text in one line */
    bool runs;        /* it is wider than the board and not in as many lines as the board has */
    int64_t lines;    /* that it takes when it stands; 1 when it runs */
    int64_t pass_ms;  /* running: once through, from its first pixel coming to its last one leaving;
                         standing: the time that reading it takes (a quarter of a second a
                         character, at least 2 s) */
};

void fit_measure(const struct board *board, const char *text, struct fit *out);

/* The first thing that keeps people from reading it. Numbers are not stored. */
enum fit_flaw {
    FIT_FINE,
    FIT_TOO_LONG,   /* pass_ms is longer than it is shown */
    FIT_TOO_TALL,   /* a character is higher than the board */
    FIT_FOREIGN,    /* a character that the device's charset doesn't have; *at: it, UTF-8 */
    FIT_TOO_MUCH,   /* more bytes than the device takes */
    FIT_MINORITY,   /* a script that such devices have no fonts for (Tibetan, Uyghur, Mongolian,
                       Yi ...); *at: the first such character. A picture shows it */
    FIT_NO_PICTURE, /* render = "picture", which this kind doesn't take */
    FIT_CUT,        /* as a picture, which stands still, it is wider than the board */
};

/* shown_ms: how long it is shown at a time. *at: NULL where nothing is said above. */
enum fit_flaw fit_check(const struct board *board, const char *text, int64_t shown_ms,
                        const char **at);
/* Encodes UTF-8 as GB2312 (EUC-CN). 0, or 1: *bad is the offset of what it doesn't have. out may be
 * NULL; it grows by the bytes. Uses libc's iconv. */
struct buffer;
int fit_gb2312(const char *text, struct buffer *out, size_t *bad);

#endif
