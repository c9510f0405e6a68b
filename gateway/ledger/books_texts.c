/* books_texts: texts that name nobody. See books_texts.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_texts.h"

#include "gateway/ledger/books_inside.h"

int books_texts(struct books *books,
                int (*each)(void *ctx, int64_t campaign, const char *text, const char *veil),
                void *ctx)
{
    struct db *db = books->db;
    int rc;

    while ((rc = db_row(db, BOOKS_TEXTS)) > 0) {
        int answer = each(ctx, db_int(db, BOOKS_TEXTS, 0), db_text(db, BOOKS_TEXTS, 2),
                          db_text(db, BOOKS_TEXTS, 3));

        if (answer) {
            db_end(db, BOOKS_TEXTS);
            return answer;
        }
    }
    return rc;
}
