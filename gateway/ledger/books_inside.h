/* books_inside: what the files of books share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_LEDGER_BOOKS_INSIDE_H
#define LAWCAST_LEDGER_BOOKS_INSIDE_H

#include "gateway/ledger/books.h"
#include "gateway/ledger/db.h"
#include "gateway/ledger/store_sql.h"

enum books_statement {
    BOOKS_CAMPAIGNS,
    BOOKS_CAMPAIGN,
    BOOKS_UNITS,
    BOOKS_UNIT_COUNTS,
    BOOKS_BOARDS,
    BOOKS_BOARD_STATES,
    BOOKS_DELIVERIES,
    BOOKS_STATES,
    BOOKS_JOURNAL,
    BOOKS_DANGLING,
    BOOKS_ORPHAN,
    BOOKS_COUNTS,
    BOOKS_STATEMENTS
};

struct books {
    struct db *db;
};

/* books_recount inside one transaction. 0 or -errno. */
int recount_run(struct books *books, int64_t campaign, struct books_recount *out);

#endif
