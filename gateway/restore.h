/* restore: putting a backup back without forking history silently.
 * Runs: any (blocks).
 *
 * First it is judged what would be lost: records that were signed (the checkpoint beside the books,
 * or in damaged books) and aren't in the backup, and messages that may have gone out since. Then,
 * if that is nothing or the user says so, the books that are there are moved aside, never thrown
 * away, and the backup takes their place. In it stands what the next opening has to do
 * (gateway/ledger/store_restore.c). */
#ifndef LAWCAST_RESTORE_H
#define LAWCAST_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/extent.h"
#include "gateway/ledger/copy.h"

enum restore_verdict {
    RESTORE_FINE,       /* nothing is lost */
    RESTORE_LOSES,      /* only when the user says so */
    RESTORE_NEEDLESS,   /* the books there are whole and go at least as far */
    RESTORE_BEHIND,     /* those there may be an older copy, too, but go further than the backup */
    RESTORE_EARLY,      /* the backup itself has records of after until_ms */
    RESTORE_FOREIGN,    /* the backup is of another log */
    RESTORE_MISSING,    /* there is no such backup */
    RESTORE_BAD,        /* the backup is damaged */
    RESTORE_USED,       /* a gateway has the books */
    RESTORE_UNREADABLE, /* why says it: the backup, or the books that are there */
};

/* The key beside the books, as the backup sees it. */
enum restore_key {
    RESTORE_KEY_RIGHT,  /* it signed the backup last, or nothing is known of it */
    RESTORE_KEY_LATER,  /* of the same log, after a rotation that the backup doesn't know */
    RESTORE_KEY_EARLIER /* one that was replaced before the backup */
};

struct restore {
    const char *file, *path; /* the backup; where the books belong */
    int64_t until_ms;        /* nothing was sent after this */
    bool until_now;          /* nobody said so: it is the time now */
    struct extent backup;
    /* what is there */
    bool there, there_whole;
    bool unmarked; /* they were signed, and nothing tells whether they are the newest */
    struct extent books;
    struct buffer mark; /* of the file beside the books; empty: none, or it is no checkpoint */
    struct checkpoint marked;
    int64_t marked_ms;
    bool has_key;                    /* the signing key lies beside the books */
    char key[SIGN_TEXT_MOST];        /* its public half; "": can't be read here */
    char key_origin[SIGN_NAME_MOST]; /* and its name */
    enum restore_key key_is;
    /* what would be lost */
    int64_t lost_records;      /* known ones */
    bool forked;               /* what is known isn't a continuation of the backup */
    int64_t lost_until_ms;     /* the time of the last one; 0: not known */
    const struct buffer *lost; /* the newest checkpoint that is given up; NULL: none */
    bool complete;             /* nothing can have been lost */
    int64_t messages;          /* open, and may have been sent since */
    char why[512];
    char foreign[SIGN_NAME_MOST]; /* the other log */
    /* what was done */
    char *aside; /* where the books that were there are now; NULL: there were none */
    struct copy_pictures pictures;
};

/* until_ms 0: now. restore_release in any case. */
enum restore_verdict restore_judge(struct restore *restore, const char *file, const char *path,
                                   int64_t until_ms);
/* After RESTORE_FINE or RESTORE_LOSES. 0 or -errno: then the books that were there are there, or at
 * aside. */
int restore_carry_out(struct restore *restore);
void restore_release(struct restore *restore);

#endif
