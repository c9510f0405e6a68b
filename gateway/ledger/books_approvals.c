/* books_approvals: see books_approvals.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_approvals.h"

#include "gateway/ledger/books_inside.h"

int books_approvals(struct books *books, const char *campaign, const char *content,
                    int (*each)(void *ctx, const struct books_approval *approval), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_bind_text(db, BOOKS_APPROVALS, 1, campaign);
    db_bind_text(db, BOOKS_APPROVALS, 2, content);
    while ((rc = db_row(db, BOOKS_APPROVALS)) > 0) {
        const struct books_approval approval = {
            .at_ms = db_int(db, BOOKS_APPROVALS, 0),
            .campaign = db_text(db, BOOKS_APPROVALS, 1),
            .content = db_text(db, BOOKS_APPROVALS, 2),
            .prepared = db_text(db, BOOKS_APPROVALS, 3),
            .approver = db_text(db, BOOKS_APPROVALS, 4),
            .note = db_text(db, BOOKS_APPROVALS, 5),
        };
        int answer = each(ctx, &approval);

        if (answer) {
            db_end(db, BOOKS_APPROVALS);
            return answer;
        }
    }
    return rc;
}
