/* texts: the bodies of messages, stored once where many rows in a row share them.
 * Runs: ledger thread.
 *
 * The rows of a unit mostly share one text, the slots of a board a few; personalised messages share
 * none and must stay fast. So the last ones are remembered and nothing is looked up on disk: the
 * same body may be stored again after a restart, which costs a few bytes and no figure. */
#ifndef LAWCAST_LEDGER_TEXTS_H
#define LAWCAST_LEDGER_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/ledger/db.h"

#define TEXTS_KEPT 64

struct texts {
    int64_t next;     /* number of the next new text; 0: not read yet */
    int64_t campaign; /* whose the remembered ones are */
    struct {
        int64_t number;
        uint64_t fingerprint;
        char *body;
    } kept[TEXTS_KEPT];
};

/* The number of body: a known one, or the next, and *fresh says which. 0 or -errno. A fresh one is
 * stored by texts_add, which the caller leaves out when the row turned out to be there already. */
int texts_number(struct texts *texts, struct db *db, const char *body, int64_t *number,
                 bool *fresh);
/* personal: it goes when its campaign is erased. */
int texts_add(struct texts *texts, struct db *db, int64_t number, const char *body, bool personal);
/* From now on texts are another campaign's: none are shared between two, so that one of them can be
 * erased. 0: nobody's (answers). */
void texts_turn(struct texts *texts, int64_t campaign);
void texts_drop(struct texts *texts);

#endif
