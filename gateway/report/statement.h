/* statement: what one campaign owed, what became of it, and whether the figures add up.
 * Runs: any (blocks while it reads the books).
 *
 * The columns are disjoint: every message is in exactly one of them, so that they add up to
 * planned, for each unit and in all. "sent" is what the network took and has not (yet) reported on;
 * "open" is planned, due, in flight and deferred together. Parts are what the network took and
 * bills: parts of sent, delivered and undelivered messages; those in doubt are counted beside them.
 * Of boards, only what was proved as far as the campaign asks counts; the time of the days adds up
 * to the boards'. */
#ifndef LAWCAST_REPORT_STATEMENT_H
#define LAWCAST_REPORT_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/ledger/books.h"
#include "gateway/model/window.h"
#include "gateway/report/shown.h"
#include "gateway/report/targets.h"

/* In the order of --json. */
enum statement_column {
    COLUMN_SENT,
    COLUMN_DELIVERED,
    COLUMN_UNDELIVERED,
    COLUMN_REJECTED,
    COLUMN_UNKNOWN,
    COLUMN_SUPPRESSED,
    COLUMN_EXPIRED,
    COLUMN_CANCELLED,
    COLUMN_OPEN,
    STATEMENT_COLUMNS
};

struct statement_unit {
    char id[33];
    char name[128];
    int64_t quota;
    int64_t planned; /* messages in the books, whatever their state */
    int64_t n[STATEMENT_COLUMNS];
    int64_t parts, parts_unknown;
};

struct statement_board {
    char id[65], owner[33], owner_name[128], place[128];
    int64_t slogans, showings, planned, shown_ms, showing, open;
    int level, need;
};

struct statement {
    int64_t number;
    char id[65];
    char *title;
    bool planned; /* completely entered into the books */
    struct window *windows;
    size_t n_windows;
    struct statement_unit *units;
    size_t n_units;
    struct statement_unit totals; /* id and name are empty */
    struct statement_board *boards;
    size_t n_boards;
    int64_t by_state[DELIVERY_STATES]; /* messages of all units */
    struct books_notes notes;          /* zeroed by statement_build, as the next two */
    struct shown_days shown;
    struct target_lines targets;
};

/* What a statement is made of, as the books lend it. */
struct statement_source {
    const struct books_campaign *campaign;
    const struct books_unit *units;
    size_t n_units;
    const struct books_board *boards;
    size_t n_boards;
};

/* Pure. Windows that can't be read are left out. */
void statement_build(struct statement *statement, const struct statement_source *source);
/* 0, 1: no such campaign, or -errno. */
int statement_read(struct books *books, const char *campaign_id, struct statement *statement);
void statement_release(struct statement *statement);

/* The add-up check. false: why says in the user's language which figures disagree. */
bool statement_adds_up(const struct statement *statement, char *why, size_t why_size);

/* Column names in --json, and in the user's language. */
const char *statement_column_name(enum statement_column column);
const char *statement_column_label(enum statement_column column);
/* enum outcome_level in the user's language. */
const char *statement_level_label(int level);

#endif
