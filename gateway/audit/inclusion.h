/* inclusion: proofs about the log in the books, from the hashes that they keep.
 * Runs: any (blocks).
 *
 * Hashes of whole runs come from the table of tiles, so that a proof costs a few hundred records
 * whatever the size of the log. Nothing is checked here: a proof from books that were tampered with
 * is wrong, and whoever makes one checks it before giving it away. */
#ifndef LAWCAST_AUDIT_INCLUSION_H
#define LAWCAST_AUDIT_INCLUSION_H

#include <stdint.h>

#include "gateway/base/merkle.h"
#include "gateway/ledger/books.h"

struct inclusion; /* the tiles of some books, read once */

/* 0 or -errno. */
int inclusion_open(struct inclusion **out, struct books *books);
void inclusion_close(struct inclusion *inclusion); /* NULL is fine */
/* That record index + 1 is one of the first size. 0; 1: a record or tile is missing; or -errno. */
int inclusion_prove(struct inclusion *inclusion, uint64_t index, uint64_t size,
                    struct merkle_proof *out);

#endif
