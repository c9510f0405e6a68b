/* extent: how far a copy of the books goes, and whether it is whole.
 * Runs: any (blocks).
 *
 * Everything is computed from the records again: what the books say of their own tree is only
 * compared. */
#ifndef LAWCAST_EXTENT_H
#define LAWCAST_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/base/note.h"
#include "gateway/ledger/books.h"

struct extent {
    bool whole;
    char fault[240]; /* not whole: why, in the user's language */
    char origin[SIGN_NAME_MOST];
    int64_t records;           /* that are there; at most, when it isn't whole */
    int64_t first_ms, last_ms; /* of the records; 0: none */
    bool sealed;               /* the last record is the seal of a stop in order */
    struct merkle_hash root;   /* of all records */
    struct checkpoint last;    /* size 0: none */
    int64_t last_at_ms;
    struct buffer note;       /* its text */
    char key[SIGN_TEXT_MOST]; /* the public key that signed last; "": none is told */
};

/* Reads all of the books. 0 or -errno (then not even that they are damaged is known). */
int extent_read(struct books *books, struct extent *out);
void extent_release(struct extent *extent);
/* The root of the first records. 0; 1: there are fewer; or -errno. */
int extent_root(struct books *books, int64_t records, struct merkle_hash *root);
/* Did this public key sign the books once? */
bool extent_has_key(struct books *books, const char *key);

#endif
