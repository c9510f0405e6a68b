/* known: a checkpoint that was handed out before, as somebody has kept it: the file, or the one
 * line that was written down or printed ("7303 c9320eeb808489df 2026-10-31"). Runs: any (blocks
 * while it reads a file). */
#ifndef LAWCAST_AUDIT_KNOWN_H
#define LAWCAST_AUDIT_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#define KNOWN_DIGITS 16 /* of the root, in hexadecimal, in a line */

struct known {
    int64_t size;                  /* of the log */
    char digits[KNOWN_DIGITS + 1]; /* of a line: how the root begins; else "" */
    char *note;                    /* owned: the whole note, or the line */
};

/* A line: size, digits, and a day or none. 0, or 1: it is none. note stays NULL. */
int known_parse(const char *text, size_t length, struct known *out);
/* word: a line, or a file with a line or a note. 0; 1: it is none of them; or -errno. */
int known_read(const char *word, struct known *out);
void known_release(struct known *known);

#endif
