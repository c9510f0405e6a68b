/* attach_books: what the books know already of what a unit hands in.
 * Runs: any (blocks; read-only). */
#ifndef LAWCAST_ATTACH_BOOKS_H
#define LAWCAST_ATTACH_BOOKS_H

#include <stddef.h>

#include "gateway/ledger/ledger.h"

/* How many of the op's photos (LEDGER_ATTACH) the unit has handed in before whose file is missing
 * or was altered since: handing them in again puts them back. */
size_t attach_books_lost(const char *ledger, const struct ledger_op *op);
/* The op's campaign or unit isn't there: says which, and lists what is, on standard error.
 * COMMAND_REFUSED. */
int attach_books_explain(const char *ledger, const struct ledger_op *op);

#endif
