/* books_deliveries: one delivery after the other. See books.h.
 * Runs: any (blocks). */
#include <errno.h>

#include "gateway/ledger/books_inside.h"

static void books_read_delivery(const struct books *books, enum books_statement s,
                                struct books_delivery *out)
{
    const struct db *db = books->db;

    *out = (struct books_delivery){
        .id = db_int(db, s, 0),
        .channel = (enum delivery_channel)db_int(db, s, 2),
        .address = db_int(db, s, 3),
        .state = (enum delivery_state)db_int(db, s, 5),
        .parts = (int32_t)db_int(db, s, 6),
        .attempts = (int32_t)db_int(db, s, 7),
        .slot = (int32_t)db_int(db, s, 8),
        .code = (int32_t)db_int(db, s, 9),
        .text = db_text(db, s, 11),
        .changed_ms = db_int(db, s, 12),
        .shown_ms = db_int(db, s, 13),
        .level = books_level(db_int(db, s, 14)),
        .from_ms = db_int(db, s, 15),
        .need = books_level(db_int(db, s, 16)),
        .until_ms = db_int(db, s, 17),
    };
    books_copy(out->unit, sizeof out->unit, db_text(db, s, 1));
    books_copy(out->board, sizeof out->board, db_text(db, s, 4));
    books_copy(out->device, sizeof out->device, db_text(db, s, 10));
}

/* Of the statement that was started. */
static int books_each_delivery(struct books *books, enum books_statement s,
                               int (*each)(void *ctx, const struct books_delivery *delivery),
                               void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, s)) > 0) {
        bool valid = books_is_state(db_int(books->db, s, 5));
        struct books_delivery delivery;
        int answer = -EUCLEAN;

        books_read_delivery(books, s, &delivery);
        if (valid)
            answer = each(ctx, &delivery);
        if (answer) {
            db_end(books->db, s);
            return answer;
        }
    }
    return rc;
}

int books_deliveries(struct books *books, int64_t campaign,
                     int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx)
{
    db_start(books->db, BOOKS_DELIVERIES, campaign);
    return books_each_delivery(books, BOOKS_DELIVERIES, each, ctx);
}

int books_failed(struct books *books, int64_t campaign,
                 int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx)
{
    db_start(books->db, BOOKS_FAILED, campaign);
    return books_each_delivery(books, BOOKS_FAILED, each, ctx);
}
