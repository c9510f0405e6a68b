/* books_texts: what was sent or shown, as far as it is the same for everybody.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_TEXTS_H
#define LAWCAST_LEDGER_BOOKS_TEXTS_H

#include <stdint.h>

#include "gateway/ledger/books.h"

/* Each text without fields of its recipient, once for each campaign, campaign by campaign. veil:
 * its tag, "" unless the campaign is erased. Lent during the call. 0, what each answered unless 0,
 * or -errno. */
int books_texts(struct books *books,
                int (*each)(void *ctx, int64_t campaign, const char *text, const char *veil),
                void *ctx);

#endif
