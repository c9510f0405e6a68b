/* sim_png: what a board's frame buffer looks like, as a picture file.
 * Runs: any (pure). Sources: W3C PNG (third edition), RFC 1950, RFC 1951. */
#ifndef LAWCAST_TESTS_SIM_SIM_PNG_H
#define LAWCAST_TESTS_SIM_SIM_PNG_H

#include <stdint.h>

#include "gateway/base/buffer.h"

/* Adds a PNG of width x height (1..8192 each) black and white pixels: all dark when text is "",
 * else a pattern that differs with it. The text (UTF-8) stands in it as "Title". */
void sim_png(struct buffer *out, int64_t width, int64_t height, const char *text);

#endif
