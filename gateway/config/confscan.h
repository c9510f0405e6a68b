/* confscan: one configuration file's tokens, checked, copied into an expanded text.
 * Runs: any (pure). Private to conftext.
 *
 * The scanner knows names, numbers, strings, comments and @include as libconfig's own grammar has
 * them; all other characters are passed on for libconfig to judge. Both texts (source, clean) have
 * the same line ends at all times, so one line number serves both. */
#ifndef LAWCAST_CONFIG_CONFSCAN_H
#define LAWCAST_CONFIG_CONFSCAN_H

#include "gateway/base/buffer.h"
#include "gateway/base/diag.h"

struct confscan {
    struct diag *diag;
    const char *path;
    const char *text; /* of the file; ends with a NUL */
    size_t length, at;
    int line;                      /* in this file, from 1 */
    struct buffer *source, *clean; /* text is added as it is; with comments as spaces */
    int *out_line;                 /* counts the line ends added */
    /* @include "name": 0, or 1 to give up. */
    int (*include)(struct confscan *scan, const char *name);
};

/* Is it text, and in UTF-8? Skips a byte-order mark. 0, or 1 with an error in diag. */
int confscan_check(struct confscan *scan);
/* Scans all of it. 0: to the end, with or without errors in diag; 1: include gave up. */
int confscan_run(struct confscan *scan);

#endif
