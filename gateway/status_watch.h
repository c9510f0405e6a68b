/* status_watch: `lawcast status --watch`: the display of a running gateway in another terminal.
 * Runs: a command (blocks until q, Ctrl-C, SIGTERM, or the end of its output's reader). */
#ifndef LAWCAST_STATUS_WATCH_H
#define LAWCAST_STATUS_WATCH_H

#include "gateway/ledger/books.h"
#include "gateway/report/status_json.h"

/* Asks the gateway of these books how it stands. false: none answers; out is then only the time. To
 * be released. */
bool status_ask(const char *ledger, struct status_live *out);

/* Redraws every second; the terminal is as before when it comes back. 0, or -errno: the books can't
 * be read. */
int status_watch(struct books *books, const char *ledger);

#endif
