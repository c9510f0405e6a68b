/* books: reading the ledger, for reports, status and tests. Read-only; never the gateway's writer.
 * Runs: any (blocks; used by commands, not on a gateway's loop). Works while a gateway is writing.
 *
 * Figures come from the counts that the ledger keeps; books_recount compares them with the
 * deliveries and with the journal. A transaction is held only within one call. */
#ifndef LAWCAST_LEDGER_BOOKS_H
#define LAWCAST_LEDGER_BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/delivery.h"
#include "gateway/model/health.h"
#include "gateway/model/lane_state.h"
#include "gateway/model/outcome.h"
#include "gateway/model/sight.h"

struct books;

/* 0, or -errno with a sentence in the user's language in why. Local times are then those of the
 * zone that the books count their days in (base/zone.h). */
int books_open(struct books **out, const char *path, char *why, size_t why_size);
void books_close(struct books *books);

/* Is a gateway at work on the books at path? It holds a lock on the file until it ends, however it
 * ends. Ask before books_open and never in a process that writes them: closing the file ends the
 * locks that SQLite has on it here. */
bool books_in_use(const char *path);

/* From here until books_let_go all calls read one and the same state of the books; pairs may be
 * nested. What a gateway writes meanwhile stays in its log, so let go soon. 0 or -errno (then don't
 * let go). */
int books_hold(struct books *books);
void books_let_go(struct books *books);

struct books_campaign {
    int64_t number;
    char id[65];
    char *title, *windows; /* owned by the caller: books_campaign_release */
    char *targets;         /* same: JSON, see campaign_is in ledger.h */
    bool planned;
    int counts, leftover; /* enum counting, enum leftover; any number in damaged books */
    int64_t edited_ms;    /* the last edit; 0: none */
};

/* Calls each for every campaign, newest last; stops when each returns non-zero and returns that. */
int books_campaigns(struct books *books,
                    int (*each)(void *ctx, const struct books_campaign *campaign), void *ctx);
/* 0, 1: no such campaign. */
int books_find_campaign(struct books *books, const char *id, struct books_campaign *out);
void books_campaign_release(struct books_campaign *campaign);

/* One unit's line of the statement. Messages by state, and parts by state. */
struct books_unit {
    char id[33];
    char name[128];
    int64_t quota;
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};
/* Of damaged books (states or levels that there are not) the units and boards leave out what they
 * can't name, books_deliveries ends with -EUCLEAN, and books_recount says what is wrong. */
/* Units with messages or a quota in this campaign, in the order of the campaign file. */
int books_units(struct books *books, int64_t campaign, struct books_unit **out, size_t *n);

struct books_board {
    char id[65], owner[33];
    char owner_name[128];
    char place[128];  /* where people see it; "": not known */
    int64_t slogans;  /* different texts that have time that counts */
    int64_t showings; /* slots that have */
    int64_t planned;  /* slots in all */
    int64_t shown_ms; /* proved time that counts */
    int level;        /* the lowest level among the showings that were up, else of those that
                         were taken; 0: none */
    int need;         /* the highest need among the slots */
    int64_t n[DELIVERY_STATES];
    int64_t resting; /* shown, but taken down while its slot is open: not showing now */
};
int books_boards(struct books *books, int64_t campaign, struct books_board **out, size_t *n);
/* A slogan that has time that counts on a board, each once. Lent during the call. */
struct books_reached {
    const char *board, *owner, *place, *slogan;
};
int books_reached(struct books *books, int64_t campaign,
                  int (*each)(void *ctx, const struct books_reached *reached), void *ctx);
/* The number of the campaign that a delivery belongs to. 0; 1: there is no such delivery; -errno.
 */
int books_owner(struct books *books, int64_t delivery, int64_t *campaign);

struct books_delivery {
    int64_t id;
    char unit[33];
    enum delivery_channel channel;
    int64_t address;
    char board[65]; /* display */
    enum delivery_state state;
    int32_t parts, attempts, slot, code;
    char device[65];  /* last one that took it; "" none */
    const char *text; /* lent during the call */
    int64_t changed_ms;
    int64_t shown_ms;
    int level, need;           /* display: enum outcome_level */
    int64_t from_ms, until_ms; /* display: when its slot begins and ends; until 0: it doesn't */
};
int books_deliveries(struct books *books, int64_t campaign,
                     int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx);

/* Those of them that are messages which were rejected or not delivered. */
int books_failed(struct books *books, int64_t campaign,
                 int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx);

/* Messages of a unit by the network that they were entered for: the rows behind books_units. */
struct books_route {
    char unit[33]; /* "#7" where the books don't say which */
    int32_t route; /* enum phone_operator; any number in damaged books */
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};
/* In the order of the campaign file, then of the routes. */
int books_routes(struct books *books, int64_t campaign, struct books_route **out, size_t *n);

/* Messages by what carried them: the device of the last attempt, the SIM and the local day of the
 * last claim. */
struct books_tally {
    char device[65]; /* "": no modem ever took them */
    char sim[97];    /* as in ledger_op.sim; "": as above, or it wasn't known */
    int32_t day;     /* YYYYMMDD; 0: as above */
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};
/* By device (bank-a/9 before bank-a/10), SIM and day. Takes the table that the ledger made when it
 * was closed, if nothing has changed since; else adds the deliveries up (seconds for millions). */
int books_tallies(struct books *books, int64_t campaign, struct books_tally **out, size_t *n);

/* Messages of a unit by the local day of their last claim. Adds the deliveries up. */
struct books_unit_day {
    char unit[33];
    int32_t day;
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};
/* By unit, then by day. */
int books_unit_days(struct books *books, int64_t campaign, struct books_unit_day **out, size_t *n);

/* A time in which a slogan was on a screen, and what proves it. */
struct books_shown {
    int64_t delivery;
    char board[65], unit[33];  /* unit: the board's owner */
    const char *text;          /* lent during the call, as the next two */
    const char *digest;        /* SHA-256 of the device's reply; "": none */
    const char *file;          /* of a picture, relative to the books' folder; "": none */
    int64_t from_ms, until_ms; /* equal: nothing but the level is proved */
    int level;
    bool counts; /* it reached what the campaign asks for, and no other counted interval of the
                    delivery covers it already */
    const char *owner_name, *place; /* lent, too */
};
/* In the order of time. campaign 0: all. Those that end after since_ms. */
int books_shown(struct books *books, int64_t campaign, int64_t since_ms,
                int (*each)(void *ctx, const struct books_shown *shown), void *ctx);

/* The same of one campaign, board by board, delivery by delivery, each in the order of time. */
int books_shown_by_board(struct books *books, int64_t campaign,
                         int (*each)(void *ctx, const struct books_shown *shown), void *ctx);

/* How a board stood when the gateway last said so. */
struct books_board_state {
    char id[65], owner[33];
    enum lane_state state;
    char why[160];
    struct sight sight;
    int64_t seen_ms; /* the last answer of the device; 0: never */
    int64_t told_ms; /* when the gateway last wrote this line; 0: never */
    bool released;
    char released_by[80];
    int64_t released_ms; /* since when; 0: never released or given back */
    bool clear;          /* released or quiet, and nothing of ours is on it any longer */
    const char *up;      /* the slogan that is on it as far as the books know, "" none; lent */
    int up_level;        /* what is proved of that one */
    int64_t today_ms;    /* counted time since local midnight, all campaigns */
};
/* Every board that the books know, by id. */
int books_board_states(struct books *books, int64_t now_ms,
                       int (*each)(void *ctx, const struct books_board_state *board), void *ctx);
/* Releases and resumptions, oldest first. */
struct books_release {
    char board[65], by[80];
    int64_t at_ms;
    bool released;
};
int books_releases(struct books *books, int (*each)(void *ctx, const struct books_release *release),
                   void *ctx);

/* How a modem stood when the gateway last said so. */
struct books_modem {
    char id[65];
    enum lane_state state;
    char why[160];
    struct modem_health health;
    bool paused;
    int32_t error;
    int64_t error_ms;
    int64_t seen_ms;               /* when the gateway last wrote this line */
    int64_t hour_parts, day_parts; /* of its SIM, as its meter counts them (model/meter.h) */
};
/* now_ms: what "this hour" and "today" mean. Calls each in the order of the ids. */
int books_modems(struct books *books, int64_t now_ms,
                 int (*each)(void *ctx, const struct books_modem *modem), void *ctx);

/* What the SIMs of a limit group have sent together, by the same rules. */
struct books_group {
    int64_t hour_parts, day_parts;
};
int books_group(struct books *books, const char *id, int64_t now_ms, struct books_group *out);

/* What somebody wrote to us, put together from its parts. */
struct books_reply {
    int64_t id, at_ms, sent_ms;
    char sender[44];
    int64_t address;             /* 0: no mainland mobile number */
    const char *text;            /* lent during the call; parts that are missing read "[...]" */
    bool whole;                  /* every part came */
    bool refusal;                /* the number gets nothing any more */
    char campaign[65], unit[33]; /* of the last message that it got before; "" none */
    char device[65];
    int answer; /* enum books_answer */
};
enum books_answer { ANSWER_NONE, ANSWER_WAITS, ANSWER_SENT, ANSWER_FAILED, ANSWER_UNKNOWN };
/* campaign: "" for all. Oldest first. */
int books_replies(struct books *books, const char *campaign,
                  int (*each)(void *ctx, const struct books_reply *reply), void *ctx);

/* Numbers of the statement's small print. */
struct books_notes {
    int64_t unmatched; /* reports that belonged to no message, of all campaigns */
    int64_t closed;    /* messages of this campaign that are "sent" and whose report is awaited no
                          longer */
    int64_t refusals;  /* numbers that want nothing, of all campaigns */
};
int books_notes(struct books *books, int64_t campaign, struct books_notes *out);

struct books_recount {
    bool agrees;
    int64_t deliveries, journal;
    char difference[200]; /* the first one found, in the user's language */
};
/* Recomputes every count from the deliveries, and every state, level and showing time from the
 * journal; looks for what deliveries refer to. 0 or -errno. */
int books_recount(struct books *books, int64_t campaign, struct books_recount *out);

#endif
