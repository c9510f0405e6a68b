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
    BOOKS_MODEMS,
    BOOKS_SIM,
    BOOKS_USAGE,
    BOOKS_REPLIES,
    BOOKS_NOTES,
    BOOKS_STATEMENTS
};

struct books {
    struct db *db;
};

/* All calls that make more than one query read one and the same state of the books. 0 or -errno. */
int books_begin(struct books *books);
/* Ends it and hands rc on. */
int books_end(struct books *books, int rc);
/* Copies as much as fits, without cutting a character in two. */
void books_copy(char *to, size_t room, const char *from);

/* books_recount inside one transaction. 0 or -errno. */
int recount_run(struct books *books, int64_t campaign, struct books_recount *out);

#endif
