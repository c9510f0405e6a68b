/* books_approvals: who has agreed to which content of a campaign: reading it.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_APPROVALS_H
#define LAWCAST_LEDGER_BOOKS_APPROVALS_H

#include "gateway/ledger/books.h"

struct books_approval {
    const char *campaign, *content, *prepared, *approver, *note; /* lent during the call */
    int64_t at_ms;
};
/* campaign: its code, "" for all; content: 64 hexadecimal digits, "" for any. Oldest first. 0, what
 * each answered, or -errno. */
int books_approvals(struct books *books, const char *campaign, const char *content,
                    int (*each)(void *ctx, const struct books_approval *approval), void *ctx);

#endif
