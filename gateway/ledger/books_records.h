/* books_records: the journal as records, and what signs it.
 * Runs: any (blocks).
 *
 * The lines of record.h, put together from the tables as they are now: whether that is what was
 * once written is for the caller to find out, by the tree. Nothing here checks anything. */
#ifndef LAWCAST_LEDGER_BOOKS_RECORDS_H
#define LAWCAST_LEDGER_BOOKS_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/merkle.h"
#include "gateway/base/sign.h"
#include "gateway/ledger/books.h"
#include "gateway/model/record.h"

struct books_line {
    int64_t id;       /* of the journal; the leaf's index is one less if none is missing */
    const char *line; /* lent during the call; NULL: what it tells of isn't in the books */
    size_t length;
    int64_t mark;     /* as kept; leaves_mark tells what it should be */
    int64_t delivery; /* 0: a fact */
};
/* Lines first..last (ids, from 1) in their order, as far as they are there. 0, what each answered
 * unless 0, or -errno. */
int books_lines(struct books *books, int64_t first, int64_t last,
                int (*each)(void *ctx, const struct books_line *line), void *ctx);

/* The log as the books know it. */
struct books_log {
    char origin[SIGN_NAME_MOST];
    int64_t journal;    /* greatest id in the journal; 0: none */
    int64_t lines;      /* how many there are */
    struct merkle tree; /* as kept with the last transaction; size 0: none, or unreadable */
    bool readable;      /* the tree's row could be read */
    int64_t at_ms;      /* of the last line, as kept */
};
int books_log(struct books *books, struct books_log *out);
/* Are these the books of a rehearsal (rehearsed.h)? 1, 0 or -errno. */
int books_is_rehearsal(struct books *books);
/* The journal's greatest id, without counting; 0: none. 0 or -errno. */
int books_last_line(struct books *books, int64_t *out);

struct books_checkpoint {
    int64_t size, at_ms;
    const char *note; /* lent during the call */
};
/* Oldest first. */
int books_checkpoints(struct books *books,
                      int (*each)(void *ctx, const struct books_checkpoint *checkpoint), void *ctx);
struct books_key {
    int64_t line;       /* of its record */
    const char *public; /* lent during the call */
};
int books_keys(struct books *books, int (*each)(void *ctx, const struct books_key *key), void *ctx);
/* Roots of whole runs of MERKLE_TILE leaves, as kept; number from 0. */
int books_tiles(struct books *books,
                int (*each)(void *ctx, int64_t number, const struct merkle_hash *root), void *ctx);

/* The key that a campaign's tags are made with, 0: the books' own. 0; 1: erased, or no such
 * campaign; or -errno. */
int books_tag_key(struct books *books, int64_t campaign, struct record_key *key);
/* Everything that the seal covers, hashed now: the JSON text of a FACT_SEAL record. */
int books_seal(struct books *books, struct buffer *text);
/* Messages to a number: ids of their deliveries and campaigns. 0, what each answered, or -errno. */
int books_messages(struct books *books, int64_t number,
                   int (*each)(void *ctx, int64_t delivery, int64_t campaign), void *ctx);
/* Ids of the journal's lines about a delivery, in their order. Searches the whole journal. */
int books_lines_of(struct books *books, int64_t delivery, int (*each)(void *ctx, int64_t line),
                   void *ctx);

#endif
