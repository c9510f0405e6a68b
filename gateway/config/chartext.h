/* chartext: which encoding a file is in, and its fields as UTF-8.
 * Runs: any. Library: iconv of libc (chartext.c only). */
#ifndef LAWCAST_CONFIG_CHARTEXT_H
#define LAWCAST_CONFIG_CHARTEXT_H

#include <stdbool.h>
#include <stddef.h>

enum chartext_encoding { CHARTEXT_ASCII, CHARTEXT_UTF8, CHARTEXT_GB18030, CHARTEXT_UTF16 };

/* Judges the first bytes of a file. A character that the end cuts is no fault, and a few bad
 * bytes among many good UTF-8 characters leave it UTF-8. ASCII: nothing else
 * was seen, so judge again when more is there. */
enum chartext_encoding chartext_detect(const char *bytes, size_t length);
bool chartext_is_ascii(const char *bytes, size_t length);

struct chartext; /* opaque: a converter from GB18030 */
/* NULL: this system can't convert GB18030. */
struct chartext *chartext_new(void);
void chartext_free(struct chartext *converter); /* NULL is fine */
/* Converts to out, which has room for 2 * length bytes. The bytes written, or -1: not GB18030. */
long chartext_convert(struct chartext *converter, const char *bytes, size_t length, char *out);

#endif
