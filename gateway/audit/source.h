/* source: where a log comes from: the books, or a bundle that was exported from them.
 * Runs: any (blocks).
 *
 * One interface for whoever checks a log (verify.h) or compares two. What it hands out is
 * unchecked: whether it is what was once written, the tree tells. The structures are those of
 * books_records.h; a bundle fills in what its files say: mark is the number that stands before the
 * record, id the number of its line in the file. */
#ifndef LAWCAST_AUDIT_SOURCE_H
#define LAWCAST_AUDIT_SOURCE_H

#include "gateway/base/json.h"
#include "gateway/ledger/books_records.h"

typedef int source_line(void *ctx, const struct books_line *line);
typedef int source_checkpoint(void *ctx, const struct books_checkpoint *checkpoint);
typedef int source_key(void *ctx, const struct books_key *key);
typedef int source_tile(void *ctx, int64_t number, const struct merkle_hash *root);
/* A text that a campaign showed on boards, and its tag in the records. Lent during the call. */
typedef int source_text(void *ctx, int64_t campaign, const struct record_tag *tag,
                        const char *text);
/* A report as `lawcast report --json` prints it. Lent during the call. */
typedef int source_report(void *ctx, const char *campaign, const struct jv *report);

/* All functions: 0, what the callback answered unless 0, or -errno. */
struct source {
    void *from; /* the first argument of the functions */
    /* Records first..last (ids from 1) in their order, as far as they are there. */
    int (*lines)(void *from, int64_t first, int64_t last, source_line *each, void *ctx);
    int (*log)(void *from, struct books_log *out); /* tree.size 0: not kept there (a bundle) */
    int (*checkpoints)(void *from, source_checkpoint *each, void *ctx);
    int (*keys)(void *from, source_key *each, void *ctx); /* line 0: not kept there (a bundle) */
    int (*tiles)(void *from, source_tile *each, void *ctx);
    int (*texts)(void *from, source_text *each, void *ctx);     /* NULL: see the books */
    int (*reports)(void *from, source_report *each, void *ctx); /* NULL: see the books */
};

/* Of the books, all but texts and reports. */
void source_of_books(struct source *source, struct books *books);

#endif
