/* image: picture files as devices send them. See image.h.
 * Runs: any (pure). */
#include "adapters/display/image.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/hex.h"

static const struct {
    const char *type, *magic;
    size_t length;
} image_kinds[] = {
    {"png", "\x89PNG\r\n\x1a\n", 8},
    {"jpg", "\xff\xd8\xff", 3},
    {"gif", "GIF8", 4},
};

const char *image_type(const void *bytes, size_t length)
{
    for (size_t i = 0; i < sizeof image_kinds / sizeof *image_kinds; i++)
        if (length > image_kinds[i].length &&
            memcmp(bytes, image_kinds[i].magic, image_kinds[i].length) == 0)
            return image_kinds[i].type;
    return NULL;
}

static bool image_is_blank(char c)
{
    return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

int image_decode(const char *text, size_t length, struct buffer *out)
{
    struct buffer tight BUFFER_FREE_LATER = BUFFER_NULL;
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;
    const char *comma =
        length > 5 && memcmp(text, "data:", 5) == 0 ? memchr(text, ',', length) : NULL;

    if (comma) {
        length -= (size_t)(comma + 1 - text);
        text = comma + 1;
    }
    for (size_t i = 0; i < length; i++)
        if (!image_is_blank(text[i]))
            buffer_add_char(&tight, text[i]);
    if (!tight.length || hex_decode_base64(&bytes, tight.data, tight.length) ||
        !image_type(bytes.data, bytes.length))
        return 1;
    buffer_add(out, bytes.data, bytes.length);
    return 0;
}
