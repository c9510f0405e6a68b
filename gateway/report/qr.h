/* qr: QR codes (ISO/IEC 18004), for paper and terminals; qr.c is the one file that includes
 * libqrencode.
 * Runs: any. */
#ifndef LAWCAST_REPORT_QR_H
#define LAWCAST_REPORT_QR_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buffer.h"

#define QR_QUIET 4    /* empty modules that must lie around a code */
#define QR_MOST  1200 /* bytes: more makes modules too small to be read from paper */

struct qr {
    int width;              /* modules of a side, without the quiet zone */
    unsigned char *modules; /* width * width, row by row; 1: dark */
};

/* Of bytes, as they are; a seventh of the code may be unreadable. 0, or 1: nothing, or too much. */
int qr_make(const char *data, size_t length, struct qr *out);
/* Of as many whole lines from the beginning as there is room for; 0, or 1: not even one. */
int qr_make_lines(const char *text, size_t length, struct qr *out);
void qr_free(struct qr *qr); /* of a zeroed one, too */
/* Adds the code with its quiet zone, two rows a line. coloured: for a terminal, dark on light
 * whatever its own colours are; else dark modules are ink, for paper and files. */
void qr_draw(const struct qr *qr, bool coloured, struct buffer *out);

#endif
