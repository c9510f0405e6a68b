/* statement: what one campaign owed, what became of it, and whether the figures add up.
 * Runs: any (blocks while it reads the books).
 *
 * The columns are disjoint: every message is in exactly one of them, so that they add up to
 * planned, for each unit and in all. "sent" is what the network took and has not (yet) reported on;
 * "open" is planned, due, in flight and deferred together. Parts are what the network took and
 * bills: parts of sent, delivered and undelivered messages; those in doubt are counted beside them.
 * Of boards, only what was proved as far as the campaign asks counts; the time of the days adds up
 * to the boards'.
 *
 * The same messages are told again by network, by modem, by SIM and by day. Each of these ways adds
 * up to the totals by itself, in every state, in messages and in parts. */
#ifndef LAWCAST_REPORT_STATEMENT_H
#define LAWCAST_REPORT_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/model/window.h"
#include "gateway/ledger/books.h"
#include "gateway/ledger/books_tree.h"
#include "gateway/report/contact_lines.h"
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

/* What the columns are made of. */
struct statement_states {
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};

struct statement_unit {
    char id[33];
    char name[128];
    int64_t quota;
    int64_t planned; /* messages in the books, whatever their state */
    int64_t n[STATEMENT_COLUMNS];
    int64_t parts, parts_unknown;
    struct statement_states states;
};

/* A unit with those below it, directly or not, all of their figures together: city = its own +
 * districts. Units that owe nothing in the campaign and have no messages aren't counted. */
struct statement_group {
    struct statement_unit sum; /* id and name: of the unit on top */
    size_t *units;             /* of which it is the sum: places in units, rising */
    size_t n_units;
    size_t below; /* so many of them are below it; the top itself may have no messages */
};

/* Ways to tell the same messages again. */
enum statement_dimension {
    BY_OPERATOR, /* the network of the number, when it was entered */
    BY_MODEM,    /* of the last attempt */
    BY_SIM,      /* of the last claim, as the next one */
    BY_DAY,
    STATEMENT_DIMENSIONS
};

struct statement_line {
    char id[97];   /* "mobile", "bank-a/3", "imsi:460...", "2026-10-31"; "": no modem took them */
    char unit[33]; /* of a single unit; else "" */
    int64_t planned;
    int64_t n[STATEMENT_COLUMNS];
    int64_t parts, parts_unknown;
    struct statement_states states;
};

struct statement_lines {
    struct statement_line *lines;
    size_t n;
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
    bool planned;   /* completely entered into the books */
    int counts;     /* for the quota: enum counting */
    bool erased;    /* numbers and texts were deleted by rule; false after statement_build */
    bool rehearsal; /* nothing was sent; false after statement_build */
    struct window *windows;
    size_t n_windows;
    struct statement_unit *units;
    size_t n_units;
    struct statement_unit totals;   /* id and name are empty */
    struct statement_group *groups; /* of units with others below: those above come first */
    size_t n_groups;
    char stray[33]; /* a unit below itself or below nobody, by its id; "": none */
    unsigned with;  /* STATEMENT_... */
    struct statement_lines by[STATEMENT_DIMENSIONS];
    struct statement_lines unit_operators, unit_days; /* units in their order */
    struct statement_board *boards;
    size_t n_boards;
    int64_t by_state[DELIVERY_STATES]; /* messages of all units */
    struct books_notes notes;          /* zeroed by statement_build, as the next three */
    struct shown_days shown;
    struct target_lines targets;
    struct contact_lines contacts;
};

/* What a statement is made of, as the books lend it. */
struct statement_source {
    const struct books_campaign *campaign;
    const struct books_unit *units;
    size_t n_units;
    const struct books_branch *tree;
    size_t n_tree;
    const struct books_board *boards;
    size_t n_boards;
    const struct books_route *routes;
    size_t n_routes;
    unsigned with;
    const struct books_tally *tallies;
    size_t n_tallies;
    const struct books_unit_day *unit_days;
    size_t n_unit_days;
};

/* Pure. Windows that can't be read are left out. */
void statement_build(struct statement *statement, const struct statement_source *source);
#define STATEMENT_MODEMS    1u /* read by modem, SIM and day, too: see books_tallies */
#define STATEMENT_UNIT_DAYS 2u /* and by unit and day: see books_unit_days */
#define STATEMENT_NUMBERS   4u /* print SIMs and people's numbers in full */

/* All of one and the same state of the books. 0, 1: no such campaign, or -errno. */
int statement_read_with(struct books *books, const char *campaign_id, unsigned with,
                        struct statement *statement);
/* With STATEMENT_MODEMS: everything that --json tells. */
int statement_read(struct books *books, const char *campaign_id, struct statement *statement);
void statement_release(struct statement *statement);

/* The add-up check of everything that was read. false: why says in the user's language where it
 * doesn't, and which figures disagree. */
bool statement_adds_up(const struct statement *statement, char *why, size_t why_size);
#define STATEMENT_WHY 512 /* room for the sentence */
/* Why the books can't be read, as a sentence: rc of what read them. */
const char *statement_unreadable(int rc);
/* One sentence about a campaign that was erased; in the user's language. */
const char *statement_erased_note(void);

/* Column names in --json, and in the user's language. */
const char *statement_column_name(enum statement_column column);
const char *statement_column_label(enum statement_column column);
/* In --json: of the list ("modems") and of a line's name ("modem"). */
const char *statement_dimension_list(enum statement_dimension dimension);
const char *statement_dimension_name(enum statement_dimension dimension);
const char *statement_dimension_label(enum statement_dimension dimension);
/* "City office and 3 below it", in the user's language. */
void statement_group_label(const struct statement_group *group, struct buffer *label);
/* What a line goes by, in the user's language. Of a SIM only the last digits, unless with has
 * STATEMENT_NUMBERS. */
void statement_line_label(const struct statement_line *line, enum statement_dimension dimension,
                          unsigned with, struct buffer *label);
/* The same for programs: never translated, "" of what no modem took. */
void statement_line_id(const struct statement_line *line, enum statement_dimension dimension,
                       unsigned with, struct buffer *id);
/* enum outcome_level in the user's language. */
const char *statement_level_label(int level);

#endif
