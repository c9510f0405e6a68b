/* books_optouts: who wants no messages, and how the books know. See books.h.
 * Runs: any (blocks). Works while a gateway is writing. */
#ifndef LAWCAST_LEDGER_BOOKS_OPTOUTS_H
#define LAWCAST_LEDGER_BOOKS_OPTOUTS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/ledger/books.h"

/* A number that refuses now. */
struct books_optout {
    int64_t address;
    int64_t since_ms;
    int64_t source;   /* enum refusal_source; damaged books may say anything */
    int64_t line;     /* of its record in the journal */
    int64_t events;   /* how often it has refused or taken that back */
    const char *note; /* lent during the call; "": none */
};
/* In the order of time. 0, what each answered unless 0, or -errno. */
int books_optouts(struct books *books, int (*each)(void *ctx, const struct books_optout *optout),
                  void *ctx);

/* One line of a number's history. */
struct books_refusal {
    bool refuses; /* false: it takes that back */
    int64_t at_ms, source, reply, line;
    const char *note; /* lent during the call; "": none */
};
/* Oldest first. */
int books_refusals(struct books *books, int64_t address,
                   int (*each)(void *ctx, const struct books_refusal *refusal), void *ctx);

/* How many attempts to send to the number the journal has between two of its lines, both not
 * included. Messages of campaigns that were erased are nobody's. 0 or -errno. */
int books_claimed(struct books *books, int64_t address, int64_t after, int64_t before, int64_t *n);

#endif
