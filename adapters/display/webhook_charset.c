/* webhook_charset: text of platforms that speak GBK. See webhook_charset.h.
 * Runs: any (pure). */
#include "adapters/display/webhook_charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/log.h"

/* Converts as far as it goes; returns how many bytes of text were taken. */
static size_t webhook_convert(const char *to, const char *from, const char *text, size_t length,
                              struct buffer *out)
{
    iconv_t converter = iconv_open(to, from);
    char *at = (char *)(uintptr_t)text; /* iconv only reads it */
    size_t left = length, refused = 0;

    if (converter == (iconv_t)-1)
        log_panic("the C library can't convert %s to %s", from, to);
    while (left && !refused) {
        char room[512], *end = room;
        size_t free_bytes = sizeof room;

        if (iconv(converter, &at, &left, &end, &free_bytes) == (size_t)-1)
            refused = errno != E2BIG;
        buffer_add(out, room, (size_t)(end - room));
    }
    iconv_close(converter);
    return length - left;
}

int webhook_gbk_encode(const char *text, struct buffer *out, size_t *bad)
{
    size_t length = strlen(text);

    *bad = webhook_convert("GBK", "UTF-8", text, length, out);
    return *bad < length;
}

int webhook_gbk_decode(const char *bytes, size_t length, struct buffer *out)
{
    struct buffer text BUFFER_FREE_LATER = BUFFER_NULL;

    if (webhook_convert("UTF-8", "GB18030", bytes, length, &text) < length)
        return 1;
    buffer_add(out, text.data, text.length);
    return 0;
}
