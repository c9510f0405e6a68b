/* books_age: are these the newest books that were signed?
 * Runs: any (blocks).
 *
 * Beside the books lies the last checkpoint that their key has signed (store_keys.h). Books that
 * lack it are an older copy, unless who put them back has given it up. */
#ifndef LAWCAST_LEDGER_BOOKS_AGE_H
#define LAWCAST_LEDGER_BOOKS_AGE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/ledger/books.h"

/* A copy that was put back with a loss and hasn't been opened by a writer since. */
struct books_pending {
    int64_t from_ms, until_ms; /* what was recorded, or sent, between these is lost */
    uint64_t lost;             /* records of the checkpoint that is given up; 0: none is known */
};
/* 1: there is one; 0 or -errno. */
int books_pending(struct books *books, struct books_pending *out);
/* Has who put a copy back given up the checkpoint with this text? 1, 0 or -errno. */
int books_gave_up(struct books *books, const char *note);

struct books_age {
    bool older;      /* than the checkpoint at mark */
    bool unknown;    /* they were signed, but mark isn't there, or can't be read as a checkpoint */
    int64_t records; /* that the books have; older only, as the next one */
    uint64_t signed_records;
    char mark[512]; /* the file, as much of its name as fits */
};
/* Don't hold the books before: a gateway may write them and the file meanwhile. 0 or -errno. */
int books_age(struct books *books, const char *path, struct books_age *out);

#endif
