/* status_words: what people have said about campaigns and what was approved, for `lawcast status`.
 * Runs: any (blocks). */
#ifndef LAWCAST_STATUS_WORDS_H
#define LAWCAST_STATUS_WORDS_H

#include "gateway/base/json.h"
#include "gateway/ledger/books.h"

/* Who has paused, cancelled, extended or limited what still is so: a line each. 0 or -errno. */
int status_print_words(struct books *books);
/* The same: [{"scope","name","campaign","paused","cancelled","until","rate","by","at"}, ...]. NULL:
 * the books can't be read. */
struct jv *status_words_json(struct books *books);
/* The last approval of a campaign, in a line; nothing when there is none. 0 or -errno. */
int status_print_approval(struct books *books, const char *campaign);
/* The same: {"prepared","approver","content","at"}, or null. NULL: the books can't be read. */
struct jv *status_approval_json(struct books *books, const char *campaign);

#endif
