/* image: picture files as devices send them, recognized by how they begin.
 * Runs: any (pure). */
#ifndef LAWCAST_ADAPTERS_DISPLAY_IMAGE_H
#define LAWCAST_ADAPTERS_DISPLAY_IMAGE_H

#include <stddef.h>

#include "gateway/base/buffer.h"

/* "png", "jpg" or "gif"; NULL: none of them. */
const char *image_type(const void *bytes, size_t length);
/* Adds the file that a text holds: base64, with or without line breaks and a "data:...;base64,"
 * before it. 0, or 1 when it is no such picture: then nothing is added. */
int image_decode(const char *text, size_t length, struct buffer *out);

#endif
