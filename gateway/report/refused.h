/* refused: the rows that were not taken, in a file that goes back to the unit.
 * Runs: any (writes through the page cache; one fsync at the end).
 *
 * CSV with the columns 文件,行,号码,原因. File, line and reason say enough for the unit to find
 * them: numbers are masked (mask.h) unless they are asked for. Readable by its owner only. It
 * appears under its name whole or not at all. */
#ifndef LAWCAST_REPORT_REFUSED_H
#define LAWCAST_REPORT_REFUSED_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/config/recipients.h"

struct refused;

/* numbers: written whole. 0 or -errno. */
int refused_open(struct refused **out, const char *path, bool numbers);
void refused_add(struct refused *refused, const struct recipient *row);
/* Puts the file in its place. How many rows it has, or -errno of the first failure since the
 * opening (then an older file of that name is untouched). Frees either way. */
int64_t refused_close(struct refused *refused);
/* Throws the rows away; NULL is fine. */
void refused_abandon(struct refused *refused);
/* "DIR/ID-refused.csv"; free it. */
char *refused_path(const char *directory, const char *campaign_id);

#endif
