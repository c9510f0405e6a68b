/* books_steer: what people have said about campaigns, units, modems and boards: reading it.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_STEER_H
#define LAWCAST_LEDGER_BOOKS_STEER_H

#include "gateway/model/steer.h"
#include "gateway/ledger/books.h"

struct books_word {
    struct steer steer; /* of damaged books scope and verb may be 0 */
    const char *by;     /* lent during the call */
    int64_t at_ms;
};
/* About a campaign (its code) and about all of them; "": every word there is. Oldest first. 0, what
 * each answered, or -errno. */
int books_words(struct books *books, const char *campaign,
                int (*each)(void *ctx, const struct books_word *word), void *ctx);

/* How a thing stands by all that was said, and who said the word that holds. */
struct books_stand {
    struct steer_standing standing;
    char by[80];   /* of the last word that was not refused; "": nothing was said */
    int64_t at_ms; /* of that one */
};
/* Of one thing: a campaign by its code (name ""), a unit in one campaign or in all (campaign ""), a
 * modem, a bank or a board. 0 or -errno. */
int books_standing(struct books *books, enum steer_scope scope, const char *campaign,
                   const char *name, struct books_stand *out);

#endif
