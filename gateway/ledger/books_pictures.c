/* books_pictures: which pictures and photos the books name. See books_pictures.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_pictures.h"

#include "gateway/ledger/books_inside.h"

int books_pictures(struct books *books, int (*each)(void *ctx, const char *name), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_PICTURES)) > 0) {
        int answer = each(ctx, db_text(books->db, BOOKS_PICTURES, 0));

        if (answer) {
            db_end(books->db, BOOKS_PICTURES);
            return answer;
        }
    }
    return rc;
}
