/* conftext: a configuration file's text with its includes in place, safe to give to libconfig.
 * Runs: loop (reads whole files).
 *
 * libconfig wraps integers, lets an unclosed comment swallow the rest, reads @include from the
 * working directory and ends the process when it names a directory. So the text is scanned first:
 * what would be misread is an error here, includes are put in place here (relative to the including
 * file), and comments become spaces. libconfig then sees plain settings and never opens a file. */
#ifndef LAWCAST_CONFIG_CONFTEXT_H
#define LAWCAST_CONFIG_CONFTEXT_H

#include "gateway/base/diag.h"

#define CONFTEXT_LIMIT    ((size_t)16 << 20) /* bytes, includes counted in */
#define CONFTEXT_DEPTH    10                 /* of includes inside includes */
#define CONFTEXT_INCLUDES 1000

struct conftext; /* opaque */

struct conf_place {
    const char *file; /* lent by the conftext */
    int line;
};

/* 0, or 1 with errors in diag: then *out is NULL. */
int conftext_read(const char *path, struct diag *diag, struct conftext **out);
void conftext_free(struct conftext *text); /* NULL is fine */
/* What the files say, includes in place. */
const char *conftext_source(const struct conftext *text);
/* The same lines for libconfig. */
const char *conftext_clean(const struct conftext *text);
/* Where a line of the clean text stands. */
struct conf_place conftext_place(const struct conftext *text, int line);
/* Its line in the main file: for an included line that of the outermost @include. */
int conftext_main_line(const struct conftext *text, int line);
/* The path of name as the file at path means it: relative to that file. To be freed. */
char *conftext_beside(const char *path, const char *name);

#endif
