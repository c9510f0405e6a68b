/* books_names: what things that go by number are called. See books_names.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_names.h"

#include "gateway/ledger/books_inside.h"

int books_unit_name(struct books *books, int64_t unit, struct books_unit_name *out)
{
    int rc;

    *out = (struct books_unit_name){0};
    db_start(books->db, BOOKS_UNIT_CODE, unit);
    rc = db_row(books->db, BOOKS_UNIT_CODE);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    books_copy(out->code, sizeof out->code, db_text(books->db, BOOKS_UNIT_CODE, 0));
    books_copy(out->name, sizeof out->name, db_text(books->db, BOOKS_UNIT_CODE, 1));
    db_end(books->db, BOOKS_UNIT_CODE);
    return 0;
}
