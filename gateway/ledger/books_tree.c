/* books_tree: whose figures include whose. See books_tree.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_tree.h"

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

int books_tree(struct books *books, int64_t campaign, struct books_branch **out, size_t *n)
{
    struct db *db = books->db;
    int rc;

    *out = NULL;
    *n = 0;
    db_start(db, BOOKS_TREE, campaign);
    while ((rc = db_row(db, BOOKS_TREE)) > 0) {
        struct books_branch branch = {.number = db_int(db, BOOKS_TREE, 0),
                                      .parent = db_int(db, BOOKS_TREE, 1)};

        books_copy(branch.id, sizeof branch.id, db_text(db, BOOKS_TREE, 2));
        books_copy(branch.name, sizeof branch.name, db_text(db, BOOKS_TREE, 3));
        *out = mem_grow(*out, *n + 1, sizeof **out);
        (*out)[(*n)++] = branch;
    }
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}
