/* finding: what is wrong with a log or with the books, and at which record.
 * Runs: any.
 *
 * A log that was tampered with may be wrong in a million places: the first FINDINGS_KEPT are kept,
 * the others counted. */
#ifndef LAWCAST_AUDIT_FINDING_H
#define LAWCAST_AUDIT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDINGS_KEPT 256

enum finding_kind {
    FINDING_ALTERED,    /* a record isn't what was once written */
    FINDING_MISSING,    /* a record that was written isn't there */
    FINDING_INSERTED,   /* one is there that was never written */
    FINDING_REORDERED,  /* one stands where another was written */
    FINDING_BACK_DATED, /* its time lies before that of the record before it */
    FINDING_RULE,       /* it says what can't have happened */
    FINDING_TREE,       /* the hashes beside the records aren't theirs */
    FINDING_CHECKPOINT, /* what was signed is another log, or the signature is wrong */
    FINDING_KEY,        /* the keys don't follow one another */
    FINDING_OLDER_COPY, /* a later checkpoint is known */
    FINDING_TABLE,      /* a table tells otherwise than the records */
    FINDING_FIGURE,     /* a figure does */
    FINDING_SEAL,       /* what is in no record was changed since the last stop */
    FINDING_DAMAGED,    /* the file itself, or one that belongs to it */
    FINDING_PICTURE,    /* one is missing or was altered; no figure follows from it */
    FINDING_KINDS
};

struct finding {
    enum finding_kind kind;
    int64_t record; /* 0: it can't be said, or it is no record's fault */
    char *text;     /* a sentence in the user's language */
};

struct findings {
    struct finding items[FINDINGS_KEPT];
    size_t n, more; /* more: found and not kept */
};

const char *finding_name(enum finding_kind kind); /* "back-dated"; in --json */
void findings_add(struct findings *findings, enum finding_kind kind, int64_t record,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* What is wrong with the records first (kinds before FINDING_TABLE), then the rest; each by record,
 * those of none at the end; else in the order of finding. */
void findings_sort(struct findings *findings);
void findings_free(struct findings *findings);

#endif
