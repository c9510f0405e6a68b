/* books_pictures: which pictures and photos the books name.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_PICTURES_H
#define LAWCAST_LEDGER_BOOKS_PICTURES_H

#include "gateway/ledger/books.h"

/* Each once, by its name in the folder of evidence, lent during the call. 0, what each answered
 * unless 0, or -errno. */
int books_pictures(struct books *books, int (*each)(void *ctx, const char *name), void *ctx);

#endif
