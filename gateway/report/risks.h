/* risks: what a rehearsal tells of the day: what was close, what failed, what hangs by one thread.
 * Runs: any (pure).
 *
 * Each risk is one sentence that says what it is and what to do, in the user's language. Nothing is
 * a risk only because it could happen: each has a figure of this campaign behind it. */
#ifndef LAWCAST_REPORT_RISKS_H
#define LAWCAST_REPORT_RISKS_H

#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/model/campaign.h"
#include "gateway/ledger/books_finish.h"
#include "gateway/report/statement.h"

#define RISKS_NEAR_PERCENT  10 /* of a window: what ends so shortly before its end is close */
#define RISKS_ALONE_PERCENT 80 /* of the messages: what one network's SIMs carry more than that */
#define RISKS_LIMIT_PERCENT 90 /* of a limit: more than that is used */

struct risks_setup {
    const struct office *office;
    const struct campaign *campaign;
    const struct statement *statement;
    const struct books_finish *finishes;
    size_t n_finishes;
    const struct books_tally *tallies; /* for the SIMs' limits and networks */
    size_t n_tallies;
    int64_t modems_lost; /* that stopped for good */
    int64_t p95_ms;      /* the forecast's finish; 0: none was made, INT64_MAX: not in time */
    bool unapproved;     /* the office wants approvals, and this campaign has none */
};

struct risk {
    const char *name; /* "near", for --json */
    char *text;
};

/* A zeroed one is valid and empty. */
struct risks {
    struct risk *items;
    size_t n;
};

/* The gravest first. */
void risks_find(const struct risks_setup *setup, struct risks *out);
void risks_free(struct risks *risks);
void risks_print(const struct risks *risks, FILE *out);
/* [{"risk":"near","text":"..."}] */
struct jv *risks_to_json(const struct risks *risks);

#endif
