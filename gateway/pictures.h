/* pictures: are those that the books tell of in the folder beside them?
 * Runs: any (blocks). */
#ifndef LAWCAST_PICTURES_H
#define LAWCAST_PICTURES_H

#include <stdio.h>

/* Says on out which pictures and photos the books at path name that aren't there: how many, and the
 * first ones. Nothing when all are there, or the books can't be read. */
void pictures_tell_missing(const char *path, FILE *out);

#endif
