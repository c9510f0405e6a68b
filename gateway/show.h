/* show: what a running gateway shows: on its own terminal or pipe, and to whoever asks on the
 * control socket. Runs: loop.
 *
 * Keeps the outlook (dispatch/outlook.h) but in rehearsals, whose time isn't real, and says once,
 * in the log and by the alarm, when a unit is going to miss its quota, and once when it no longer
 * is. */
#ifndef LAWCAST_SHOW_H
#define LAWCAST_SHOW_H

#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/dispatch/dispatch.h"
#include "gateway/alarm.h"

struct show; /* opaque */

struct show_setup {
    uv_loop_t *loop;
    const struct dispatch *dispatch;
    const struct campaign *const *campaigns;
    size_t n_campaigns;
    const struct office *office;
    struct alarm *alarm; /* NULL: nobody is told; outlives the show */
    const char *ledger_path;
    const int64_t *refused; /* rows of recipients files; lent */
    FILE *out;              /* NULL: nobody is shown anything */
    bool rehearsal;
};

struct show *show_open(const struct show_setup *setup);
/* The books can't be written, a sentence (copied); NULL: they can. */
void show_trouble(struct show *show, const char *message);
/* Makes room on the terminal for a message. */
void show_clear(struct show *show);
/* Adds what is shown to an answer on the control socket. */
void show_tell(const struct show *show, struct jv *answer);
/* Draws for the last time. Before the ledger closes, because it reads the books; frees itself once
 * the loop has closed its handles. NULL is fine. */
void show_close(struct show *show);

#endif
