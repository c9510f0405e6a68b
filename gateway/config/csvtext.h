/* csvtext: lines and separators of CSV text.
 * Runs: any (pure). Private to csvfile. */
#ifndef LAWCAST_CONFIG_CSVTEXT_H
#define LAWCAST_CONFIG_CSVTEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the text up to and with its first line end. */
size_t csvtext_line_length(const char *text, size_t length);
bool csvtext_is_blank(const char *text, size_t length);
/* The separator that the first line has most of, outside of quotation marks. */
unsigned char csvtext_separator(const char *text, size_t length);

#endif
