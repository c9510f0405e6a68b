/* chartext: which encoding a file is in, and its fields as UTF-8.
 * Runs: any. Library: iconv of libc (chartext.c only). */
#ifndef LAWCAST_CONFIG_CHARTEXT_H
#define LAWCAST_CONFIG_CHARTEXT_H

#include <stdbool.h>
#include <stddef.h>

enum chartext_encoding { CHARTEXT_ASCII, CHARTEXT_UTF8, CHARTEXT_GB18030, CHARTEXT_UTF16 };

/* Judges the first bytes of a file. A character that the end cuts is no fault, and a few lines that
 * are not UTF-8 among others that are leave it UTF-8. ASCII: nothing else was seen, so judge again
 * when more is there. */
enum chartext_encoding chartext_detect(const char *bytes, size_t length);
bool chartext_is_ascii(const char *bytes, size_t length);

/* CHINESE: UTF-8 with a character of three bytes or more, which GB18030 can hardly look like.
 * PLAIN: other UTF-8, ASCII too (two words that GB18030 spells alike exist). */
enum chartext_look { CHARTEXT_LOOKS_BAD, CHARTEXT_LOOKS_PLAIN, CHARTEXT_LOOKS_CHINESE };
enum chartext_look chartext_look(const char *bytes, size_t length);

/* A copy without spaces, no-break and ideographic spaces at both ends, to be freed. */
char *chartext_trim(const char *text, size_t length);

struct chartext; /* opaque: a converter from GB18030 */
/* NULL: this system can't convert GB18030. */
struct chartext *chartext_new(void);
void chartext_free(struct chartext *converter); /* NULL is fine */
/* Converts to out, which has room for 2 * length bytes. The bytes written, or -1: not GB18030. */
long chartext_convert(struct chartext *converter, const char *bytes, size_t length, char *out);

#endif
