/* progress: what a running gateway shows to the person in front of it.
 * Runs: loop (short read-only queries on the books; one write a drawing, which never waits).
 *
 * On a terminal the display is redrawn in place; on a pipe, or when TERM is "dumb", a plain line is
 * written at most every 10 s, and at once when something important changes: planning ends, trouble
 * comes or goes, the last modem is lost. NO_COLOR is respected.
 *
 * Of the books only the counts of the units are read, and only for what is about to be drawn: their
 * boards are computed from every slot, which is too long for the loop. What boards show now comes
 * from progress_live, as all that a gateway knows and the books don't. When nobody reads the
 * output, drawings are dropped (gateway/base/outlet.h). Another size of the terminal is seen at the
 * next drawing. */
#ifndef LAWCAST_REPORT_PROGRESS_H
#define LAWCAST_REPORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/model/prospect.h"
#include "gateway/ledger/books.h"
#include "gateway/report/problems.h"

struct progress_live {
    int64_t now_ms; /* wall time: a rehearsal's may run fast */
    size_t modems_ready, modems, boards_ready, boards;
    size_t boards_paused; /* their owners' alone just now: neither ready nor in trouble */
    size_t showing;       /* slogans that are up now */
    bool planning;
    int64_t rows_read, rows_refused;
    const char *trouble; /* a sentence, or NULL */
    double messages_per_s;
    /* Lent until the next drawing, or the end of progress_close. */
    const char *lanes;               /* as strip.h draws them; NULL or "": not known */
    const char *paused_id;           /* a campaign that waits for resume, or NULL */
    const struct prospect *prospect; /* NULL: none is made */
    const struct problems *problems; /* NULL: trouble is all there is */
    const char *keys;                /* a sentence about keys for the last line, or NULL */
    bool absent;                     /* no gateway is at work: what the books say is all there is */
};

struct progress;

/* Flushes out, and writes past it from then on: until progress_close nobody else may write to it.
 * Lends books; copies the ids. */
struct progress *progress_open(FILE *out, struct books *books, const char *const *campaign_ids,
                               size_t n);
void progress_draw(struct progress *progress, const struct progress_live *live);
/* Takes the display off the terminal, so that something else can be written there; the next drawing
 * goes below that. */
void progress_clear(struct progress *progress);
/* Shows the final state and leaves the cursor below it. Waits a little for a slow terminal: the
 * loop has ended. */
void progress_close(struct progress *progress);

#endif
