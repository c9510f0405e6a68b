/* shown: what each board showed of each slogan, day by day.
 * Runs: any (blocks while it reads the books).
 *
 * Only time that was proved as far as the campaign asks is here, once, however many proofs tell of
 * it; days begin at local midnight. Computed from the single intervals, so that it can be held
 * against the time that the books keep for each board. */
#ifndef LAWCAST_REPORT_SHOWN_H
#define LAWCAST_REPORT_SHOWN_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/books.h"

struct shown_day {
    char board[65], owner[33];
    char day[11]; /* "2026-12-04" */
    char *slogan;
    int64_t ms;
    int64_t seconds; /* rounded so that the lines of a board add up to its whole seconds */
    int level;       /* the lowest among the showings of that day, of each the best proof */
};

struct shown_days {
    struct shown_day *days; /* boards in the order of the books, then by day */
    size_t n, room;
};

/* 0 or -errno. Times that no campaign can have (damaged books) are left out. */
int shown_read(struct books *books, int64_t campaign, struct shown_days *out);
void shown_release(struct shown_days *days);

#endif
