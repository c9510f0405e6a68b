/* books_source: a campaign's file as the books know it.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_SOURCE_H
#define LAWCAST_LEDGER_BOOKS_SOURCE_H

#include "gateway/ledger/books.h"

/* As of the last edit (model/campaign.h, source); *source is to be freed. 0, 1: no such campaign;
 * -errno. */
int books_source(struct books *books, int64_t campaign, char **source);

#endif
