/* jpeg_kit: JPEG files of a few bytes, for tests: right up to the frame that tells their size, with
 * nothing to see in them. Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_JPEG_KIT_H
#define LAWCAST_TESTS_UNIT_JPEG_KIT_H

#include <stdbool.h>

#include "gateway/base/buffer.h"

struct jpeg_kit {
    unsigned frame; /* marker: 0xC0, 0xC2, ... */
    unsigned bits, width, height, components;
    unsigned orientation; /* 0: no Exif */
    bool big;             /* Exif in big-endian order */
    bool fill;            /* with a fill byte before the frame */
};

static inline void jpeg_kit_16(struct buffer *out, unsigned n)
{
    buffer_add_char(out, (char)(n >> 8 & 0xFF));
    buffer_add_char(out, (char)(n & 0xFF));
}

/* TIFF's own order. */
static inline void jpeg_kit_tiff(struct buffer *out, unsigned n, bool big)
{
    jpeg_kit_16(out, big ? n : (n & 0xFF) << 8 | n >> 8);
}

static inline void jpeg_kit_exif(struct buffer *out, const struct jpeg_kit *jpeg)
{
    jpeg_kit_16(out, 0xFFE1);
    jpeg_kit_16(out, 2 + 6 + 8 + 2 + 12);
    buffer_add(out, "Exif\0\0", 6);
    buffer_add(out, jpeg->big ? "MM\0*\0\0\0\x08" : "II*\0\x08\0\0\0", 8);
    jpeg_kit_tiff(out, 1, jpeg->big);
    jpeg_kit_tiff(out, 0x0112, jpeg->big);
    jpeg_kit_tiff(out, 3, jpeg->big);
    buffer_add(out, jpeg->big ? "\0\0\0\x01" : "\x01\0\0\0", 4);
    jpeg_kit_tiff(out, jpeg->orientation, jpeg->big);
    jpeg_kit_16(out, 0);
}

static inline void jpeg_kit_fill(struct buffer *out, size_t n, char byte)
{
    while (n--)
        buffer_add_char(out, byte);
}

/* A table of each kind, and as much data as so large a picture has at least. */
static inline void jpeg_kit_scan(struct buffer *out, const struct jpeg_kit *jpeg)
{
    size_t blocks = (size_t)((jpeg->width + 7) / 8) * ((jpeg->height + 7) / 8);

    jpeg_kit_16(out, 0xFFDB);
    jpeg_kit_16(out, 2 + 65);
    jpeg_kit_fill(out, 65, 1);
    jpeg_kit_16(out, 0xFFC4);
    jpeg_kit_16(out, 2 + 17 + 1);
    jpeg_kit_fill(out, 18, 1);
    jpeg_kit_16(out, 0xFFDA);
    jpeg_kit_16(out, 6 + 2 * jpeg->components);
    jpeg_kit_fill(out, 4 + 2 * jpeg->components, 0);
    jpeg_kit_fill(out, (blocks + 7) / 8, 0x55);
}

static inline void jpeg_kit_write(const struct jpeg_kit *jpeg, struct buffer *out)
{
    jpeg_kit_16(out, 0xFFD8);
    if (jpeg->orientation)
        jpeg_kit_exif(out, jpeg);
    buffer_add(out,
               "\xFF\xFE\0\x05"
               "abc",
               7); /* a comment */
    if (jpeg->fill)
        buffer_add_char(out, '\xFF');
    jpeg_kit_16(out, 0xFF00 | jpeg->frame);
    jpeg_kit_16(out, 8 + 3 * jpeg->components);
    buffer_add_char(out, (char)jpeg->bits);
    jpeg_kit_16(out, jpeg->height);
    jpeg_kit_16(out, jpeg->width);
    buffer_add_char(out, (char)jpeg->components);
    for (unsigned i = 0; i < jpeg->components; i++)
        buffer_add(out, "\x01\x11\0", 3);
    jpeg_kit_scan(out, jpeg);
    jpeg_kit_16(out, 0xFFD9);
}

#endif
