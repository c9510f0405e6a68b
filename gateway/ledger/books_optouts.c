/* books_optouts: who wants no messages, and how the books know. See books_optouts.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_optouts.h"

#include "gateway/ledger/books_inside.h"

int books_optouts(struct books *books, int (*each)(void *ctx, const struct books_optout *optout),
                  void *ctx)
{
    struct db *db = books->db;
    int rc;

    while ((rc = db_row(db, BOOKS_OPTOUTS)) > 0) {
        const struct books_optout optout = {
            .address = db_int(db, BOOKS_OPTOUTS, 0),
            .since_ms = db_int(db, BOOKS_OPTOUTS, 1),
            .source = db_int(db, BOOKS_OPTOUTS, 2),
            .line = db_int(db, BOOKS_OPTOUTS, 3),
            .events = db_int(db, BOOKS_OPTOUTS, 4),
            .note = db_text(db, BOOKS_OPTOUTS, 5),
        };
        int answer = each(ctx, &optout);

        if (answer) {
            db_end(db, BOOKS_OPTOUTS);
            return answer;
        }
    }
    return rc;
}

int books_refusals(struct books *books, int64_t address,
                   int (*each)(void *ctx, const struct books_refusal *refusal), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_start(db, BOOKS_REFUSALS, address);
    while ((rc = db_row(db, BOOKS_REFUSALS)) > 0) {
        const struct books_refusal refusal = {
            .refuses = db_int(db, BOOKS_REFUSALS, 0) != 0,
            .at_ms = db_int(db, BOOKS_REFUSALS, 1),
            .source = db_int(db, BOOKS_REFUSALS, 2),
            .reply = db_int(db, BOOKS_REFUSALS, 3),
            .line = db_int(db, BOOKS_REFUSALS, 4),
            .note = db_text(db, BOOKS_REFUSALS, 5),
        };
        int answer = each(ctx, &refusal);

        if (answer) {
            db_end(db, BOOKS_REFUSALS);
            return answer;
        }
    }
    return rc;
}

int books_claimed(struct books *books, int64_t address, int64_t after, int64_t before, int64_t *n)
{
    int rc;

    *n = 0;
    db_start(books->db, BOOKS_CLAIMED, address, after, before);
    rc = db_row(books->db, BOOKS_CLAIMED);
    if (rc <= 0)
        return rc;
    *n = db_int(books->db, BOOKS_CLAIMED, 0);
    db_end(books->db, BOOKS_CLAIMED);
    return 0;
}
