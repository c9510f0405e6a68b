/* manroff: text as the source of a manual page (mdoc).
 * Runs: any (pure).
 *
 * Whatever a text says, it stands on the page as it is: nothing in it is taken for a request.
 * Chinese has no spaces, so places where a line may break are marked between its characters; groff
 * and mandoc both know that mark. */
#ifndef LAWCAST_MANROFF_H
#define LAWCAST_MANROFF_H

#include <stdio.h>

/* A line of text, and a line break. */
void manroff_put_line(FILE *out, const char *text);
/* The same within a line: an argument of a macro, in quotes. */
void manroff_put_argument(FILE *out, const char *text);
/* Text as it is, line by line; long lines are folded. */
void manroff_put_literal(FILE *out, const char *text);
/* Paragraphs, as help has them: what has indented lines stays as it is, the rest is filled. */
void manroff_put_text(FILE *out, const char *text);
/* A line that is mdoc already. */
void manroff_put_source(FILE *out, const char *line);

#endif
