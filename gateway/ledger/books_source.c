/* books_source: a campaign's file as the books know it. See books_source.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_source.h"

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

int books_source(struct books *books, int64_t campaign, char **source)
{
    int rc;

    db_start(books->db, BOOKS_SOURCE, campaign);
    rc = db_row(books->db, BOOKS_SOURCE);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    *source = mem_dup(db_text(books->db, BOOKS_SOURCE, 0));
    db_end(books->db, BOOKS_SOURCE);
    return 0;
}
