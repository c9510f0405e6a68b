/* replay: the records of a log played from the first to the last, and every figure that follows.
 * Runs: any (pure, but for the process's time zone).
 *
 * It asks no table: what it knows, the records have told. Each record is held against the rules (a
 * delivery goes on from where it was, by a change that delivery_may_change lists and for a cause
 * that there is; times never go back unless a record says so; nobody refers to what isn't entered;
 * intervals of a showing add up), and what can't be becomes a finding. Whether the records are
 * those that were once written is not its question: that is the tree's.
 *
 * A delivery costs about 100 bytes and its records none, so a log of any length is played in the
 * memory that its deliveries need. Records before FACT_LOG are of books that were upgraded: they
 * may refer to what is told later, and their times are those of older programs. */
#ifndef LAWCAST_AUDIT_REPLAY_H
#define LAWCAST_AUDIT_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/delivery.h"
#include "gateway/model/record.h"
#include "gateway/model/spans.h"
#include "gateway/audit/finding.h"

/* Was a message ever unknown? A failed report may have settled that while the next attempt was in
 * flight, which no record tells. */
enum replay_doubt { REPLAY_NONE, REPLAY_SURE, REPLAY_MAYBE };

struct replay_delivery {
    int64_t line; /* of the last record about it */
    uint64_t who; /* the board, or the first bytes of the number's tag */
    int64_t changed_ms, taken_ms;
    int32_t group;   /* in groups: campaign, unit, channel, route */
    int32_t showing; /* in showings; -1: a message */
    int32_t device, sim, code;
    int32_t parts, claims;
    int32_t returns; /* claims that may not have been charged as an attempt */
    unsigned char state, cause, level, doubted;
    bool there, closed;
    bool early; /* its last claim was recorded by an older program, without the SIM */
};

struct replay_interval {
    int64_t from_ms, until_ms;
    int level;
};

/* The rest of a slogan's. */
struct replay_showing {
    int64_t delivery, board;
    struct record_tag text;
    int64_t slot, since_ms, shown_ms, until_ms;
    int need;
    struct spans counted; /* as they came; only those that reach the need */
    struct replay_interval *intervals;
    size_t n_intervals, room;
};

struct replay_group {
    int32_t campaign, unit, channel, route;
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};

struct replay_fact {
    int64_t line, at_ms;
    int64_t key, key2; /* what it is about, of those that a later one replaces */
    int64_t first_ms;  /* of the first record about that */
    char *text;        /* its JSON; NULL: not told (yet) */
};

/* Units, boards and the like: what the last fact said, place key - 1. Events: all of them. */
struct replay_facts {
    struct replay_fact *items;
    size_t n, room;
};

struct replay_figures {
    int64_t records, last_ms;
    int64_t log;                        /* number of the FACT_LOG record; 0: none */
    bool sealed;                        /* the last record is a seal */
    struct replay_delivery *deliveries; /* id - 1 */
    size_t n_deliveries, deliveries_room;
    struct replay_showing *showings;
    size_t n_showings, showings_room;
    struct replay_group *groups;
    size_t n_groups, groups_room;
    struct replay_facts facts[FACTS];
};

struct replay;

struct replay *replay_new(struct findings *findings);
void replay_free(struct replay *replay);
/* Record number id; the numbers come in their order. */
void replay_line(struct replay *replay, int64_t id, const char *line, size_t length);
/* After the last one: what may be said only then. */
void replay_end(struct replay *replay);
const struct replay_figures *replay_figures(const struct replay *replay);

/* An older program didn't record by which SIM its claims went; the books know. Only of deliveries
 * that are early. */
void replay_set_sim(struct replay *replay, int64_t delivery, int64_t sim);

/* Place in groups of the one with the same campaign, unit, channel and route; -1: there is none. */
int64_t replay_find_group(const struct replay *replay, const struct replay_group *wanted);

/* What the records tell of a unit, board, ...; NULL: nothing. */
const struct replay_fact *replay_told(const struct replay_figures *figures, enum record_fact fact,
                                      int64_t key, int64_t key2);

/* Is the campaign completely entered, also since its last edit? */
bool replay_is_planned(const struct replay_figures *figures, int64_t campaign);
/* "/counts" or "/leftover" of a campaign; 0 when no record tells. */
int replay_rule(const struct replay_figures *figures, int64_t campaign, const char *pointer);

#endif
