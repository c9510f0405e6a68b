/* verify: is a log whole, and do the books say what it says?
 * Runs: any (blocks; a second thread of its own looks through the file meanwhile).
 *
 * Three rings. The records are hashed into the tree again, which must be the one that was signed at
 * every checkpoint, by the keys that followed one another. They are replayed (replay.h), which must
 * obey the rules. What the tables, counts and reports say must follow from them. A record is
 * believed only as far as a signature reaches: whoever holds the secret key can sign another
 * history, but not one that a checkpoint which was handed out before (known) agrees with. */
#ifndef LAWCAST_AUDIT_VERIFY_H
#define LAWCAST_AUDIT_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/sign.h"
#include "gateway/ledger/books_age.h"
#include "gateway/audit/finding.h"
#include "gateway/audit/replay.h"
#include "gateway/audit/source.h"

struct verify_options {
    const char *const
        *known; /* checkpoints that were handed out before: as known_read takes them */
    size_t n_known;
    const struct sign_public *keys; /* of the log: one must have signed; of witnesses: each must */
    size_t n_keys;                  /* 0: none is known */
};

struct verify_result {
    struct findings findings;
    int64_t records, checkpoints, campaigns, deliveries;
    int64_t keys;            /* that have signed, one after the other */
    int64_t lost_keys;       /* that were followed by one which they didn't sign */
    int64_t unchecked_lines; /* of other offices, whose keys weren't given */
    int64_t signed_size;     /* records that the last checkpoint covers */
    int64_t signed_ms;       /* time of the last of them; 0: nothing is signed */
    char origin[SIGN_NAME_MOST];
    bool sealed;     /* the books were closed in order: nothing in them is without proof */
    bool is_pending; /* they were put back, and nothing has begun to write since: as pending says */
    struct books_pending pending;
    bool unscrubbed; /* an erasing was broken off: scrub.h */
    bool unmarked;   /* no checkpoint lies beside the books: they may be an older copy */
};

/* The books at path. 0: looked through, see the findings; or -errno with why: they can't be read.
 */
int verify_books(const char *path, const struct verify_options *options,
                 struct verify_result *result, char *why, size_t why_size);
/* A log from elsewhere: the first two rings, and its reports. 0 or -errno. */
int verify_source(const struct source *source, const struct verify_options *options,
                  struct verify_result *result);
void verify_release(struct verify_result *result);

#endif
