/* webhook_charset: text of platforms that speak GBK.
 * Runs: any (pure). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_CHARSET_H
#define LAWCAST_ADAPTERS_DISPLAY_WEBHOOK_CHARSET_H

#include <stddef.h>

#include "gateway/base/buffer.h"

/* Adds the GBK bytes of UTF-8. 0, or 1: *bad is the offset of a character that GBK doesn't have;
 * out then has what stands before it. */
int webhook_gbk_encode(const char *text, struct buffer *out, size_t *bad);
/* Adds the UTF-8 of GBK (GB18030) bytes. 0, or 1 when they are none: then nothing is added. */
int webhook_gbk_decode(const char *bytes, size_t length, struct buffer *out);

#endif
