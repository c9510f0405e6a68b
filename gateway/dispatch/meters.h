/* meters: what every SIM and every limit group has sent, and who holds which SIM.
 * Runs: loop.
 *
 * A gauge is one SIM or one group: its number in the books and its meter. The books are asked once
 * for what was sent lately; from then on the meter in memory goes along with what is claimed and
 * given back here. A SIM has one holder at a time, because it can't be in two modems. */
#ifndef LAWCAST_DISPATCH_METERS_H
#define LAWCAST_DISPATCH_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/model/meter.h"
#include "gateway/ledger/ledger.h"
#include "gateway/dispatch/rate.h"

struct gauge {
    char name[96];       /* in the books: "imsi:460...", "modem:bank-a/17", "group:pool" */
    int32_t number;      /* in the books; 0: not known yet */
    struct meter *meter; /* NULL until the books have answered */
    void *holder;        /* of a SIM: the lane; NULL: nobody */
    struct gauge *group; /* of a SIM: whose meter counts its parts too; NULL: none */
    size_t open;         /* claims and outcomes that the books have not answered */
    int64_t day_from_ms, day_to_ms; /* the local day of the last question */
    uint32_t day;                   /* which of those that were asked about */
    int64_t flying, late;           /* parts in flight: claimed on that day; before it */
    size_t lanes;                   /* that may send with it, as of the last tick */
    struct meter_limits limits;
    struct meters *meters;
    bool asking;
    struct ledger_op op;
};

struct meters; /* opaque */

/* loaded: a gauge has its meter now. */
struct meters *meters_new(struct ledger *ledger, void (*loaded)(void *ctx, struct gauge *gauge),
                          void *ctx);
void meters_free(struct meters *meters); /* asserts that nothing is on its way; NULL is fine */
/* Nothing is on its way to the books. */
bool meters_are_quiet(const struct meters *meters);

struct meters_card {
    const char *name;
    const struct meter_limits *limits;
    struct gauge *group; /* NULL: none */
};

/* This SIM, held by holder from now on; its meter may come later. NULL: somebody else has it;
 * *other is then who. What it has sent lately counts for a group that it joins. */
struct gauge *meters_take_sim(struct meters *meters, const struct meters_card *card, void *holder,
                              void **other);
void meters_release_sim(struct gauge *gauge, const void *holder); /* NULL is fine */
struct gauge *meters_group(struct meters *meters, const char *id,
                           const struct meter_limits *limits);

/* Other limits, of a SIM or (if it is known here) of a group, for the next message. */
void meters_limit_sim(struct gauge *gauge, const struct meter_limits *limits);
void meters_limit_group(struct meters *meters, const char *id, const struct meter_limits *limits);

#define TAB_RATES       4 /* the modem's own, its bank's, the message's campaign's, its unit's */
#define TAB_RATES_MODEM 2 /* of these, the modem's */

/* What one claim has booked, on a SIM, its group (NULL: none) and rates (NULL: none). */
struct tab {
    struct gauge *sim, *group;
    struct rate *rates[TAB_RATES];
    struct rate_use used[TAB_RATES];
    int64_t slot;
    int32_t parts;
    uint32_t sim_day, group_day; /* the gauge's at the claim */
};

/* What forbids parts now: the meter of the SIM, of its group or of a rate, whichever lasts longest;
 * *which is its gauge, NULL: it is a rate. */
enum meter_bound tab_ask(const struct tab *tab, int64_t now_ms, int64_t open_ms, int64_t *again_ms,
                         const struct gauge **which);
/* Books, for an operation that is about to be posted with tab_meters. */
void tab_open(struct tab *tab, int64_t now_ms);
/* After that: the rates that its message stands under (NULL: none). */
void tab_add_rates(struct tab *tab, struct rate *const rates[static TAB_RATES - TAB_RATES_MODEM]);
struct ledger_meters tab_meters(const struct tab *tab);
/* The attempt is over: gives back or moves what it booked, by the rule of the books (ledger.h,
 * settle.meters), which *meters is for. */
void tab_end(const struct tab *tab, const struct outcome *outcome, int64_t now_ms,
             struct ledger_meters *meters);
void tab_give_back(const struct tab *tab); /* nothing was claimed */
/* The books have answered the last operation about it. */
void tab_close(struct tab *tab);

#endif
