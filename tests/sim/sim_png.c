/* sim_png: what a board's frame buffer looks like, as a picture file. See sim_png.h.
 * Runs: any. */
#include "tests/sim/sim_png.h"

#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"

enum { PNG_SIDE_MOST = 8192, PNG_BLOCK_MOST = 65535, PNG_COLUMN = 16 };

static void png_add_32(struct buffer *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buffer_add_char(out, (char)(value >> shift & 0xFF));
}

/* CRC-32, reflected, polynomial EDB88320. */
static uint32_t png_crc(const char *bytes, size_t n)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

static uint32_t png_adler(const char *bytes, size_t n)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < n; i++) {
        a = (a + (unsigned char)bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void png_chunk(struct buffer *out, const char type[static 4], const struct buffer *data)
{
    size_t start;

    png_add_32(out, (uint32_t)data->length);
    start = out->length;
    buffer_add(out, type, 4);
    buffer_add(out, buffer_text(data), data->length);
    png_add_32(out, png_crc(out->data + start, out->length - start));
}

/* A zlib stream of stored blocks. */
static void png_store(struct buffer *out, const struct buffer *raw)
{
    buffer_add(out, "\x78\x01", 2);
    for (size_t at = 0; at < raw->length;) {
        size_t n = raw->length - at < PNG_BLOCK_MOST ? raw->length - at : PNG_BLOCK_MOST;
        unsigned char head[5] = {at + n == raw->length, n & 0xFF, n >> 8 & 0xFF, ~n & 0xFF,
                                 ~n >> 8 & 0xFF};

        buffer_add(out, head, sizeof head);
        buffer_add(out, raw->data + at, n);
        at += n;
    }
    png_add_32(out, png_adler(raw->data, raw->length));
}

/* Bars as the bits of the text's fingerprint. */
static void png_draw(struct buffer *raw, int64_t width, int64_t height, const char *text)
{
    uint64_t bars = *text ? hex_fingerprint(text, strlen(text)) | 1 : 0;

    for (int64_t y = 0; y < height; y++) {
        buffer_add_char(raw, 0); /* no filter */
        for (int64_t x = 0; x < width; x += 8)
            buffer_add_char(raw, (char)(bars >> (x / PNG_COLUMN % 64) & 1 ? 0xFF : 0));
    }
}

void sim_png(struct buffer *out, int64_t width, int64_t height, const char *text)
{
    static const char signature[8] = "\x89PNG\r\n\x1a\n";
    static const char keyword[10] =
        "Title\0\0\0\0\0"; /* not compressed, no language, not translated */
    BUFFER_FREE_LATER struct buffer header = BUFFER_NULL, title = BUFFER_NULL, raw = BUFFER_NULL,
                                    data = BUFFER_NULL;

    LOG_ASSERT(width > 0 && width <= PNG_SIDE_MOST && height > 0 && height <= PNG_SIDE_MOST);
    png_add_32(&header, (uint32_t)width);
    png_add_32(&header, (uint32_t)height);
    buffer_add(&header, "\x01\0\0\0\0", 5); /* one bit of grey, nothing special */
    buffer_add(&title, keyword, sizeof keyword);
    buffer_add_text(&title, text);
    png_draw(&raw, width, height, text);
    png_store(&data, &raw);
    buffer_add(out, signature, sizeof signature);
    png_chunk(out, "IHDR", &header);
    png_chunk(out, "iTXt", &title);
    png_chunk(out, "IDAT", &data);
    png_chunk(out, "IEND", &BUFFER_NULL);
}
