/* progress: what a running gateway shows to the person in front of it.
 * Runs: loop (short read-only queries on the books; one write a drawing).
 *
 * On a terminal the display is redrawn in place; on a pipe, or when TERM is "dumb", a plain line is
 * written at most every 10 s, and at once when something important changes: planning ends, trouble
 * comes or goes, the last modem is lost, everything is settled. NO_COLOR is respected. */
#ifndef LAWCAST_REPORT_PROGRESS_H
#define LAWCAST_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/ledger/books.h"

struct progress_live {
    int64_t now_ms; /* wall time: a rehearsal's may run fast */
    size_t modems_ready, modems, boards_ready, boards;
    bool planning;
    int64_t rows_read, rows_refused;
    const char *trouble; /* a sentence, or NULL */
    double messages_per_s;
};

struct progress;

/* Lends out and books; copies the ids. */
struct progress *progress_open(FILE *out, struct books *books, const char *const *campaign_ids,
                               size_t n);
void progress_draw(struct progress *progress, const struct progress_live *live);
/* Shows the final state and leaves the cursor below it. */
void progress_close(struct progress *progress);

#endif
