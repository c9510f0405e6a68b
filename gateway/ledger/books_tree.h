/* books_tree: whose figures include whose.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_TREE_H
#define LAWCAST_LEDGER_BOOKS_TREE_H

#include "gateway/ledger/books.h"

/* A unit that the campaign knows, with or without messages. */
struct books_branch {
    int64_t number, parent; /* of units in the books; parent 0: none */
    char id[33];
    char name[128];
};
/* In the order of books_units. 0 or -errno; free *out. */
int books_tree(struct books *books, int64_t campaign, struct books_branch **out, size_t *n);

#endif
