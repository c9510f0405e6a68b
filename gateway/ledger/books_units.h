/* books_units: what units hand in, and who is responsible in them: reading it.
 * Runs: any (blocks). */
#ifndef LAWCAST_LEDGER_BOOKS_UNITS_H
#define LAWCAST_LEDGER_BOOKS_UNITS_H

#include <stdint.h>

#include "gateway/ledger/books.h"

struct books_contact {
    const char *unit, *unit_name;        /* lent during the call, as the next three */
    const char *name, *position, *phone; /* "": nobody is named, not told */
    int64_t named_ms; /* since when somebody is named without a break; 0: nobody is */
};
/* Units that owe messages in the campaign, or whose boards show its slogans, in the order of the
 * campaign file. 0, what each answered, or -errno. */
int books_contacts(struct books *books, int64_t campaign,
                   int (*each)(void *ctx, const struct books_contact *contact), void *ctx);
/* By when they had to be named for the campaign, 0: there is no deadline; and when the campaign
 * came into the books. 0; 1: no such campaign; or -errno. */
int books_deadline(struct books *books, int64_t campaign, int64_t *deadline_ms,
                   int64_t *entered_ms);

struct books_activity {
    const char *held, *place, *content; /* lent during the call; "": not told */
    int64_t participants;               /* -1: not told */
    int64_t at_ms;                      /* when it was handed in */
};
/* What the unit (by its code) handed in last. Calls each once, or not at all. */
int books_activity(struct books *books, int64_t campaign, const char *unit,
                   int (*each)(void *ctx, const struct books_activity *activity), void *ctx);

struct books_photo {
    const char *name; /* lent during the call, as the next one */
    const char *file; /* in the folder of evidence (evidence.h): SHA-256 and suffix */
    int64_t at_ms;
};
/* In the order in which they came. */
int books_photos(struct books *books, int64_t campaign, const char *unit,
                 int (*each)(void *ctx, const struct books_photo *photo), void *ctx);

#endif
