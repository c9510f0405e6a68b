/* compare: the books held against what the simulated network and boards say that they took.
 * Runs: any (blocks; after a rehearsal, in tests).
 *
 * What must hold: a message that the books call sent, delivered or undelivered was accepted, once,
 * with its text whole; one that they call in doubt at most once; all others never; nothing was
 * accepted that isn't in the books; delivered means that each part was reported delivered,
 * undelivered that one was reported failed, sent that neither is so yet, and rejected that the
 * network refused the number with that code; no modem got what it could not read; a showing's
 * proved time is not more than the board really showed it (1 s), nor 6 s less: a reading takes a
 * second or two at either end, and several with a picture (6 s more). Boards are read once a
 * minute: where a showing was cut short, a minute more may be missing, and a gap shorter than that
 * may have gone unnoticed. Boards that know no names are held by text and time. A showing that was
 * proved less than its campaign asks counts no time, and so none is missing. A message of several
 * parts that was in doubt may be called undelivered by a report about its first part alone: it
 * needs one accepted part, not all. */
#ifndef LAWCAST_REPORT_COMPARE_H
#define LAWCAST_REPORT_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/ledger/books.h"

#define COMPARE_FIRST      10
#define COMPARE_UNDER_MS   3000
#define COMPARE_PICTURE_MS 9000  /* more, where pictures are asked for */
#define COMPARE_READING_MS 60000 /* between two readings of a board */

struct compare_unit {
    char id[33], name[128];
    int64_t books;    /* accepted, as the books say: sent, delivered, undelivered */
    int64_t in_doubt; /* unknown, in flight */
    int64_t accepted; /* numbers of this unit that the log says were accepted, wholly or in part */
};

struct compare {
    bool agrees;
    struct compare_unit *units;
    size_t n_units;
    int64_t accepted, parts; /* in the log: numbers, and single SMS */
    int64_t duplicates;      /* SMS that were accepted once more */
    int64_t lost;            /* accepted in the books, not or not wholly in the log */
    int64_t unrecorded;      /* accepted in the log, not in the books */
    int64_t invented;        /* numbers in the log that the books don't know */
    int64_t wrong_text;
    int64_t reports;                     /* the books and the network's status reports disagree */
    int64_t rejections;                  /* rejected in the books, not by the network */
    int64_t bad;                         /* what the modems could not read */
    int64_t in_doubt, in_doubt_accepted; /* not differences: what the books call unknown */
    int64_t showings;                    /* in the books or the log */
    int64_t unproved;                    /* of them, not differences: less than is asked */
    int64_t boards_over, boards_under;   /* the books claim more, or less, than was shown */
    int64_t books_shown_ms, log_shown_ms;
    int64_t differences; /* of all kinds */
    char first[COMPARE_FIRST][256];
    size_t n_first;
};

/* 0 (see agrees), or -errno: the books or the log can't be read (first[0] then says what). Free
 * with compare_release either way. lossy: reports may have been given and never read, because a
 * gateway or an agent was killed or didn't wait for them: then "sent" may have more of them. */
int compare_log(struct books *books, int64_t campaign, const char *log_path, bool lossy,
                struct compare *out);
void compare_release(struct compare *compare);
void compare_print(const struct compare *compare, FILE *out);

#endif
