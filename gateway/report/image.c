/* image: what picture some bytes are, and how large. See image.h.
 * Runs: any (pure). */
#include "gateway/report/image.h"

#include <stdint.h>
#include <string.h>

struct image_bytes {
    const unsigned char *data;
    size_t length;
};

/* ---- numbers in bytes ---- */

static unsigned image_16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static uint32_t image_32(const unsigned char *at)
{
    return (uint32_t)image_16(at) << 16 | image_16(at + 2);
}

static bool image_fits(uint32_t width, uint32_t height)
{
    return width > 0 && height > 0 && width <= IMAGE_SIDE && height <= IMAGE_SIDE &&
           (long long)width * (long long)height <= IMAGE_PIXELS;
}

static int image_set_size(struct image *out, uint32_t width, uint32_t height)
{
    if (!image_fits(width, height))
        return 1;
    out->width = (int)width;
    out->height = (int)height;
    return 0;
}

/* ---- PNG ---- */

#define IMAGE_PNG_HEAD 33 /* signature, and IHDR with its length and check sum */

static int image_look_png(struct image_bytes bytes, struct image *out)
{
    if (bytes.length < IMAGE_PNG_HEAD || image_32(bytes.data + 8) != 13 ||
        memcmp(bytes.data + 12, "IHDR", 4) != 0)
        return 1;
    out->kind = IMAGE_PNG;
    if (image_set_size(out, image_32(bytes.data + 16), image_32(bytes.data + 20)))
        return 1;
    return (long long)out->width * out->height > IMAGE_PNG_PIXELS;
}

/* ---- orientation ---- */

/* TIFF tells its own byte order. */
struct image_tiff {
    struct image_bytes bytes;
    bool little;
};

static unsigned image_tiff_16(const struct image_tiff *tiff, size_t at)
{
    const unsigned char *data = tiff->bytes.data + at;

    return tiff->little ? (unsigned)data[1] << 8 | data[0] : image_16(data);
}

static size_t image_tiff_32(const struct image_tiff *tiff, size_t at)
{
    unsigned low = image_tiff_16(tiff, at + (tiff->little ? 0 : 2));
    unsigned high = image_tiff_16(tiff, at + (tiff->little ? 2 : 0));

    return (size_t)high << 16 | low;
}

#define IMAGE_ENTRY       12     /* bytes of an entry of a TIFF directory */
#define IMAGE_ORIENTATION 0x0112 /* its tag */
#define IMAGE_SHORT       3      /* its type */

/* 1..8, 0: it isn't told. */
static unsigned image_tiff_orientation(const struct image_tiff *tiff)
{
    size_t length = tiff->bytes.length, at, n;

    at = image_tiff_32(tiff, 4);
    if (at > length || length - at < 2)
        return 0;
    n = image_tiff_16(tiff, at);
    at += 2;
    for (; n > 0 && length - at >= IMAGE_ENTRY; n--, at += IMAGE_ENTRY)
        if (image_tiff_16(tiff, at) == IMAGE_ORIENTATION &&
            image_tiff_16(tiff, at + 2) == IMAGE_SHORT)
            return image_tiff_16(tiff, at + 8);
    return 0;
}

static void image_turn(struct image *out, unsigned orientation)
{
    static const struct {
        bool mirrored;
        int quarters;
    } turns[] = {{false, 0}, {true, 0},  {false, 2}, {true, 2},
                 {true, 3},  {false, 1}, {true, 1},  {false, 3}};

    if (orientation < 1 || orientation > sizeof turns / sizeof *turns)
        return;
    out->mirrored = turns[orientation - 1].mirrored;
    out->quarters = turns[orientation - 1].quarters;
}

/* The inside of an APP1 segment: "Exif", two NULs, TIFF. */
static void image_read_exif(struct image_bytes segment, struct image *out)
{
    struct image_tiff tiff = {.bytes = segment};

    if (segment.length < 14 || memcmp(segment.data, "Exif\0\0", 6) != 0)
        return;
    tiff.bytes.data += 6;
    tiff.bytes.length -= 6;
    if (memcmp(tiff.bytes.data, "II*\0", 4) == 0)
        tiff.little = true;
    else if (memcmp(tiff.bytes.data, "MM\0*", 4) != 0)
        return;
    image_turn(out, image_tiff_orientation(&tiff));
}

/* ---- JPEG ---- */

enum {
    JPEG_SOF0 = 0xC0,
    JPEG_SOF2 = 0xC2,
    JPEG_DHT = 0xC4,
    JPEG_JPG = 0xC8,
    JPEG_DAC = 0xCC,
    JPEG_SOF15 = 0xCF,
    JPEG_RST0 = 0xD0,
    JPEG_RST7 = 0xD7,
    JPEG_EOI = 0xD9,
    JPEG_SOS = 0xDA,
    JPEG_DQT = 0xDB,
    JPEG_APP1 = 0xE1,
    JPEG_TEM = 0x01,
};

static bool image_is_frame(unsigned marker)
{
    return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT &&
           marker != JPEG_JPG && marker != JPEG_DAC;
}

/* Precision, height, width, components: Huffman coded and 8 bits is what PDF takes. Of four
 * components nobody can tell whether they are inverted. */
static int image_read_frame(unsigned marker, struct image_bytes segment, struct image *out)
{
    unsigned components;

    if (marker > JPEG_SOF2 || segment.length < 6 || segment.data[0] != 8)
        return 1;
    components = segment.data[5];
    if ((components != 1 && components != 3) || segment.length != 6 + 3 * (size_t)components)
        return 1;
    return image_set_size(out, image_16(segment.data + 3), image_16(segment.data + 1));
}

/* Segments, each with its length, until the frame. Those without one don't come before it; nor may
 * fill bytes, which are legal and rare: cairo gets lost in them and would draw a black picture. */
static int image_look_jpeg(struct image_bytes bytes, struct image *out)
{
    size_t at = 2;

    out->kind = IMAGE_JPEG;
    while (bytes.length - at >= 4) {
        unsigned marker = bytes.data[at + 1];
        struct image_bytes segment;
        size_t size;

        if (bytes.data[at] != 0xFF || marker == 0xFF || marker <= JPEG_TEM ||
            (marker >= JPEG_RST0 && marker <= JPEG_SOS))
            return 1;
        size = image_16(bytes.data + at + 2);
        if (size < 2 || size > bytes.length - at - 2)
            return 1;
        segment = (struct image_bytes){bytes.data + at + 4, size - 2};
        if (image_is_frame(marker))
            return image_read_frame(marker, segment, out);
        if (marker == JPEG_APP1)
            image_read_exif(segment, out);
        at += 2 + size;
    }
    return 1;
}

int image_look(const void *data, size_t length, struct image *out)
{
    struct image_bytes bytes = {data, length};

    *out = (struct image){0};
    if (length >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return image_look_png(bytes, out);
    if (length >= 4 && memcmp(data, "\xFF\xD8\xFF", 3) == 0)
        return image_look_jpeg(bytes, out);
    return 1;
}

/* ---- is all of a JPEG there? ---- */

/* What was met on the way to its end. */
struct image_parts {
    bool dqt, dht, sos;
    size_t scanned; /* bytes of data, in all scans */
};

/* The first byte behind the data of a scan (T.81, B.1.1.5): a marker that is neither a stuffed zero
 * nor a restart, or the end of all. */
static size_t image_skip_scan(struct image_bytes bytes, size_t at)
{
    while (at + 1 < bytes.length) {
        unsigned next = bytes.data[at + 1];

        if (bytes.data[at] == 0xFF && next != 0 && next != 0xFF &&
            !(next >= JPEG_RST0 && next <= JPEG_RST7))
            return at;
        at++;
    }
    return bytes.length;
}

static void image_note_part(struct image_parts *parts, unsigned marker)
{
    parts->dqt = parts->dqt || marker == JPEG_DQT;
    parts->dht = parts->dht || marker == JPEG_DHT;
    parts->sos = parts->sos || marker == JPEG_SOS;
}

/* False: it breaks off before the end of the picture. */
static bool image_walk_jpeg(struct image_bytes bytes, struct image_parts *parts)
{
    size_t at = 2;

    while (at < bytes.length && bytes.length - at >= 2) {
        unsigned marker = bytes.data[at + 1];
        size_t size;

        if (bytes.data[at] != 0xFF)
            return false;
        if (marker == 0xFF) { /* a fill byte */
            at++;
            continue;
        }
        if (marker == JPEG_EOI)
            return true;
        size = bytes.length - at >= 4 ? image_16(bytes.data + at + 2) : 0;
        if (size < 2 || size > bytes.length - at - 2)
            return false;
        image_note_part(parts, marker);
        at += 2 + size;
        if (marker == JPEG_SOS) {
            size_t end = image_skip_scan(bytes, at);

            parts->scanned += end - at;
            at = end;
        }
    }
    return false;
}

/* No code is shorter than a bit, and each block of 8 x 8 has at least one. */
bool image_is_whole_jpeg(const void *data, size_t length)
{
    struct image_bytes bytes = {data, length};
    struct image_parts parts = {0};
    struct image image;
    size_t blocks;

    if (image_look(data, length, &image) || image.kind != IMAGE_JPEG)
        return false;
    blocks = (size_t)((image.width + 7) / 8) * (size_t)((image.height + 7) / 8);
    return image_walk_jpeg(bytes, &parts) && parts.dqt && parts.dht && parts.sos &&
           parts.scanned >= (blocks + 7) / 8;
}

const char *image_suffix(enum image_kind kind)
{
    return kind == IMAGE_PNG ? "png" : "jpg";
}

int image_shown_width(const struct image *image)
{
    return image->quarters % 2 ? image->height : image->width;
}

int image_shown_height(const struct image *image)
{
    return image->quarters % 2 ? image->width : image->height;
}
