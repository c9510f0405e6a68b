/* books_inside: what the files of books share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_LEDGER_BOOKS_INSIDE_H
#define LAWCAST_LEDGER_BOOKS_INSIDE_H

#include "gateway/ledger/books.h"
#include "gateway/ledger/db.h"
#include "gateway/ledger/store_sql.h"

enum books_statement {
    BOOKS_CAMPAIGNS,
    BOOKS_CAMPAIGN,
    BOOKS_UNITS,
    BOOKS_UNIT_COUNTS,
    BOOKS_BOARDS,
    BOOKS_BOARD_COUNTS,
    BOOKS_REACHED,
    BOOKS_SHOWN,
    BOOKS_SHOWN_BOARDS,
    BOOKS_BOARD_STATES,
    BOOKS_BOARD_UP,
    BOOKS_BOARD_TODAY,
    BOOKS_BOARD_NIGHT,
    BOOKS_RELEASES,
    BOOKS_OWNER,
    BOOKS_DELIVERIES,
    BOOKS_STATES,
    BOOKS_JOURNAL,
    BOOKS_DANGLING,
    BOOKS_ORPHAN,
    BOOKS_PROOFS,
    BOOKS_UNPROVED,
    BOOKS_PROOFLESS,
    BOOKS_COUNTS,
    BOOKS_MODEMS,
    BOOKS_SIM,
    BOOKS_USAGE,
    BOOKS_REPLIES,
    BOOKS_NOTES,
    BOOKS_OPTOUTS,
    BOOKS_REFUSALS,
    BOOKS_CLAIMED,
    BOOKS_TEXTS,
    BOOKS_FAILED,
    BOOKS_ROUTES,
    BOOKS_SUMMED,
    BOOKS_SUMMARY,
    BOOKS_MESSAGES,
    BOOKS_UNIT_DAYS,
    BOOKS_FINISHES,
    BOOKS_DEVICE_NAME,
    BOOKS_SIM_NAME,
    BOOKS_UNIT_CODE,
    BOOKS_CONTACTS,
    BOOKS_DEADLINE,
    BOOKS_ACTIVITY,
    BOOKS_PHOTOS,
    BOOKS_LINES,
    BOOKS_ZONE,
    BOOKS_CAMPAIGN_KEYS,
    BOOKS_TEXT,
    BOOKS_VEIL_TEXT,
    BOOKS_LOG,
    BOOKS_LAST_LINE,
    BOOKS_CHECKPOINTS,
    BOOKS_KEYS,
    BOOKS_TILES,
    BOOKS_TAG_KEY,
    BOOKS_NUMBER,
    BOOKS_LINES_OF,
    BOOKS_CHECKPOINT,
    BOOKS_PENDING,
    BOOKS_GAVE_UP,
    BOOKS_STEERED,
    BOOKS_APPROVALS,
    BOOKS_PICTURES,
    BOOKS_PACE,
    BOOKS_TREE,
    BOOKS_SOURCE,
    BOOKS_STATEMENTS
};

extern const char *const books_sql[BOOKS_STATEMENTS];

struct books {
    struct db *db;
    char *pictures; /* the folder of evidence, seen from that of the books */
    unsigned held;  /* calls of books_hold that wait for their books_let_go */
};

/* All calls that make more than one query read one and the same state of the books. 0 or -errno. */
int books_begin(struct books *books);
/* Ends it and hands rc on. */
int books_end(struct books *books, int rc);
/* Damaged books: levels and states that there are not. */
bool books_is_state(int64_t state);
int books_level(int64_t level);
/* Frees what a reading that failed has gathered, and hands rc on. */
int books_keep(int rc, void *items, size_t *n);
/* Copies as much as fits, without cutting a character in two. */
void books_copy(char *to, size_t room, const char *from);

/* books_recount inside one transaction. 0 or -errno. */
int recount_run(struct books *books, int64_t campaign, struct books_recount *out);
/* Notes a difference; only the first one is kept. */
__attribute__((format(printf, 2, 3))) void recount_differ(struct books_recount *out,
                                                          const char *format, ...);
/* Its part about what was shown: intervals, deliveries and journal. 0 or -errno. */
int recount_shown(struct db *db, int64_t campaign, struct books_recount *out);

#endif
