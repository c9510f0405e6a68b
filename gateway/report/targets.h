/* targets: what the assessment asks of the slogans, and how far it is reached.
 * Runs: any (blocks while it reads the books).
 *
 * "3 places, 8 items": different places, different slogans and minutes, counted over the boards of
 * one owner or of all. Only what was proved as far as the campaign asks counts. Boards without a
 * place stand for themselves. */
#ifndef LAWCAST_REPORT_TARGETS_H
#define LAWCAST_REPORT_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/books.h"

struct target_line {
    char unit[33]; /* "": boards of all owners */
    int64_t places, items, minutes;
    int64_t places_reached, items_reached, minutes_reached;
    bool met;
};

struct target_lines {
    struct target_line *lines;
    size_t n;
};

/* Of campaign->targets, what can't be read is left out. boards: the campaign's,
 * for their time. 0 or -errno. */
int targets_read(struct books *books, const struct books_campaign *campaign,
                 const struct books_board *boards, size_t n_boards, struct target_lines *out);
void targets_release(struct target_lines *lines);

#endif
