/* standing: the word for how a campaign stands, computed from its statement, never stored.
 * Runs: any (pure).
 *
 * "Completed" is said only when nothing is open or in doubt, every unit's quota is delivered or
 * sent, and every slot of every board was proved to be shown; everything else that has ended is
 * "ended short", with figures. A campaign that should move and doesn't is "stalled". */
#ifndef LAWCAST_REPORT_STANDING_H
#define LAWCAST_REPORT_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/report/statement.h"

enum standing {
    STANDING_ENTERING, /* not yet completely in the books */
    STANDING_WAITING,  /* before a window */
    STANDING_RUNNING,
    STANDING_IDLE,    /* open, in its window, and no gateway is at work */
    STANDING_STALLED, /* open, in its window, and nothing has moved for a while */
    STANDING_REPORTS, /* all is sent, the windows are over not long ago, reports are awaited */
    STANDING_SHORT,
    STANDING_COMPLETED,
    STANDING_CANCELLED,
    STANDINGS
};

/* last_ms: the last change in the books, 0: none. */
enum standing standing_of(const struct statement *statement, int64_t now_ms, int64_t last_ms);
/* Should a gateway that carries this out have taken it long ago? It takes each slot of a board when
 * its time comes, also for a board that doesn't answer. So it is not at this campaign, though it may
 * be at another in the same books. */
bool standing_is_missed(const struct books_delivery *delivery, int64_t now_ms);
/* The same when no gateway is at work: what would move by itself doesn't. */
enum standing standing_without_gateway(enum standing standing);
const char *standing_name(enum standing standing);  /* "running": for --json */
const char *standing_label(enum standing standing); /* in the user's language, with its mark */
/* Messages still owed to the quotas: neither delivered nor sent. */
int64_t standing_missing(const struct statement *statement);
/* Slots of boards that were not proved to be on the screen as far as is asked. */
int64_t standing_missing_showings(const struct statement *statement);
/* Deliveries that wait for something: messages, and slots of boards. */
int64_t standing_open(const struct statement *statement);

#endif
