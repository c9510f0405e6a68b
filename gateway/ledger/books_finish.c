/* books_finish: when the units were done. See books_finish.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_finish.h"

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

int books_finishes(struct books *books, int64_t campaign, struct books_finish **out, size_t *n)
{
    int rc;

    *out = NULL;
    *n = 0;
    db_start(books->db, BOOKS_FINISHES, campaign);
    while ((rc = db_row(books->db, BOOKS_FINISHES)) > 0) {
        struct books_finish *finish;

        *out = mem_grow(*out, *n + 1, sizeof **out);
        finish = &(*out)[(*n)++];
        *finish = (struct books_finish){.at_ms = db_int(books->db, BOOKS_FINISHES, 1)};
        books_copy(finish->unit, sizeof finish->unit, db_text(books->db, BOOKS_FINISHES, 0));
    }
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}
