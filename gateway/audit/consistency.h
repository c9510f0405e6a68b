/* consistency: the proof that one checkpoint's log is the beginning of another's, as `lawcast audit
 * compare --proof` prints it: origin, the two sizes, the two roots, and the hashes of RFC 6962,
 * 2.1.2, in base64, a line each.
 * Runs: any (pure).
 *
 * It comes from whoever wants a signature: nothing in it is believed but what the hashes prove of
 * checkpoints that are known from elsewhere. */
#ifndef LAWCAST_AUDIT_CONSISTENCY_H
#define LAWCAST_AUDIT_CONSISTENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/merkle.h"
#include "gateway/base/note.h"

#define CONSISTENCY_MOST 8192 /* bytes of a text */

struct consistency {
    struct checkpoint early, late;
    struct merkle_proof proof;
};

/* 0, or 1: it is no such text, all of it. */
int consistency_read(const char *text, size_t length, struct consistency *out);
/* Is it about these two? */
bool consistency_is_of(const struct consistency *consistency, const struct checkpoint *early,
                       const struct checkpoint *late);
/* Does it prove what it says? */
bool consistency_holds(const struct consistency *consistency);

#endif
