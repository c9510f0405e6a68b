/* books_names: what things that go by number are called.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_NAMES_H
#define LAWCAST_LEDGER_BOOKS_NAMES_H

#include <stdint.h>

#include "gateway/ledger/books.h"

struct books_unit_name {
    char code[33], name[128];
};
/* 0; 1: no such unit; or -errno. */
int books_unit_name(struct books *books, int64_t unit, struct books_unit_name *out);

#endif
