/* plan_boards: for how long the boards would show a campaign's slogans, and whether that is enough.
 * Runs: any (pure).
 *
 * Slots are counted without the board's quiet times, and without the turns of other campaigns
 * (rivals) that have a slot of theirs open; whose turn it is is computed as on the day
 * (gateway/model/share.h). A target is planned by what would be shown at all: the day decides what
 * of it is proved. */
#ifndef LAWCAST_REPORT_PLAN_BOARDS_H
#define LAWCAST_REPORT_PLAN_BOARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/json.h"
#include "gateway/config/idmap.h"
#include "gateway/model/campaign.h"
#include "gateway/model/outcome.h"
#include "gateway/model/spans.h"

/* Another campaign on a board. */
struct plan_rival {
    const struct campaign *campaign;
    int64_t weight;
    struct spans slots;
};

struct plan_board {
    int64_t slots, slogans;
    int64_t shown_ms;              /* of the slots, as far as the board is ours then */
    int64_t weight;                /* of our display */
    enum outcome_level need, most; /* asked for, and what the board can prove */
    struct plan_rival *rivals;     /* ordered by the campaigns' ids, as on the day */
    size_t n_rivals, before;       /* before: those whose ids sort before ours */
};

/* What is planned of a target. */
struct plan_target {
    struct idmap *places_seen, *items_seen;
    int64_t places, items, shown_ms;
};

struct plan_boards {
    const struct campaign *campaign;
    const struct office *office;
    struct plan_board *boards;   /* one a board of the office */
    struct plan_target *targets; /* one a target of the campaign */
};

struct plan_boards *plan_boards_new(const struct campaign *campaign, const struct office *office);
void plan_boards_free(struct plan_boards *plan); /* NULL is fine */

/* A slot of any campaign, as gateway/dispatch/slots.h cuts it; texts are lent. */
struct plan_slot {
    const char *text;
    size_t board; /* index into office.boards */
    int64_t from_ms, until_ms;
};
/* All rivals' slots come before the first one of our own; less than SHARE_CLAIMS_MOST campaigns. */
void plan_boards_add_rival(struct plan_boards *plan, const struct campaign *rival,
                           const struct display *display, const struct plan_slot *slot);
void plan_boards_add(struct plan_boards *plan, const struct plan_slot *slot);

bool plan_target_is_met(const struct target *target, const struct plan_target *planned);
/* Is there a target that even the plan doesn't reach? */
bool plan_boards_are_short(const struct plan_boards *plan);

void plan_boards_print(const struct plan_boards *plan, FILE *out);
struct jv *plan_boards_json(const struct plan_boards *plan);
struct jv *plan_targets_json(const struct plan_boards *plan);

#endif
