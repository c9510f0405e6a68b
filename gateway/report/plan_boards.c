/* plan_boards: for how long the boards would show a campaign's slogans. See plan_boards.h.
 * Runs: any (pure). */
#include "gateway/report/plan_boards.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/quiet.h"
#include "gateway/model/share.h"
#include "gateway/model/traits.h"

/* The most that this board can prove; LEVEL_LOGGED when its kind doesn't say. */
static enum outcome_level plan_level_most(const struct board *board, bool listening)
{
    const struct traits *traits = board->kind ? board->kind->traits : NULL;

    return traits && traits->level_most ? traits->level_most(board->options, listening)
                                        : LEVEL_LOGGED;
}

struct plan_boards *plan_boards_new(const struct campaign *campaign, const struct office *office)
{
    struct plan_boards *plan = mem_new(struct plan_boards);

    plan->campaign = campaign;
    plan->office = office;
    plan->boards = mem_array(office->n_boards + 1, struct plan_board);
    plan->targets = mem_array(campaign->n_targets + 1, struct plan_target);
    for (size_t i = 0; i < campaign->n_displays; i++)
        for (size_t k = 0; k < campaign->displays[i].n_boards; k++) {
            const struct display *display = &campaign->displays[i];
            struct plan_board *board = &plan->boards[display->boards[k]];

            board->slogans = (int64_t)display->slogans.n;
            board->weight = display->weight;
            board->need = (enum outcome_level)display->level;
            board->most = plan_level_most(&office->boards[display->boards[k]],
                                          office->listen.address != NULL);
        }
    for (size_t i = 0; i < campaign->n_targets; i++)
        plan->targets[i] =
            (struct plan_target){.places_seen = idmap_new(), .items_seen = idmap_new()};
    return plan;
}

void plan_boards_free(struct plan_boards *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->office->n_boards; i++) {
        for (size_t k = 0; k < plan->boards[i].n_rivals; k++)
            spans_free(&plan->boards[i].rivals[k].slots);
        free(plan->boards[i].rivals);
    }
    for (size_t i = 0; i < plan->campaign->n_targets; i++) {
        idmap_free(plan->targets[i].places_seen);
        idmap_free(plan->targets[i].items_seen);
    }
    free(plan->boards);
    free(plan->targets);
    free(plan);
}

/* ---- rivals ---- */

static struct plan_rival *plan_rival_of(struct plan_board *board, const struct campaign *rival)
{
    size_t at = 0;

    while (at < board->n_rivals && strcmp(board->rivals[at].campaign->id, rival->id) < 0)
        at++;
    if (at < board->n_rivals && board->rivals[at].campaign == rival)
        return &board->rivals[at];
    LOG_ASSERT(board->n_rivals + 1 < SHARE_CLAIMS_MOST);
    board->rivals = mem_grow(board->rivals, board->n_rivals + 1, sizeof *board->rivals);
    memmove(board->rivals + at + 1, board->rivals + at,
            (board->n_rivals++ - at) * sizeof *board->rivals);
    board->rivals[at] = (struct plan_rival){.campaign = rival};
    return &board->rivals[at];
}

void plan_boards_add_rival(struct plan_boards *plan, const struct campaign *rival,
                           const struct display *display, const struct plan_slot *slot)
{
    struct plan_board *board = &plan->boards[slot->board];
    struct plan_rival *entry;

    LOG_ASSERT(slot->board < plan->office->n_boards && !board->slots);
    if (!board->slogans) /* not one of ours */
        return;
    entry = plan_rival_of(board, rival);
    entry->weight = display->weight;
    spans_add(&entry->slots, slot->from_ms, slot->until_ms);
}

/* Once, before the first slot of our own. */
static void plan_rank_rivals(const struct plan_boards *plan, struct plan_board *board)
{
    for (size_t i = 0; i < board->n_rivals; i++) {
        spans_merge(&board->rivals[i].slots);
        board->before += strcmp(board->rivals[i].campaign->id, plan->campaign->id) < 0;
    }
}

/* ---- our own slots ---- */

static int64_t plan_sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Is the instant in one of the merged spans? *next_ms: when that changes. */
static bool plan_is_open(const struct spans *spans, int64_t at_ms, int64_t *next_ms)
{
    size_t low = 0, high = spans->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (spans->items[middle].until_ms <= at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *next_ms = INT64_MAX;
    if (low == spans->n)
        return false;
    *next_ms = spans->items[low].from_ms;
    if (*next_ms > at_ms)
        return false;
    *next_ms = spans->items[low].until_ms;
    return true;
}

/* Is the board ours at that instant, a slot of ours being open? *next_ms: so long that holds. */
static bool plan_is_ours(const struct board *board, const struct plan_board *line, int64_t at_ms,
                         int64_t *next_ms)
{
    int64_t weights[SHARE_CLAIMS_MOST], change;
    size_t n = 0, own = 0, winner;

    *next_ms = quiet_next_ms(&board->quiet, at_ms);
    if (quiet_at(&board->quiet, at_ms))
        return false;
    for (size_t i = 0; i <= line->n_rivals; i++) {
        if (i == line->before) {
            own = n;
            weights[n++] = line->weight;
        }
        if (i == line->n_rivals)
            break;
        if (plan_is_open(&line->rivals[i].slots, at_ms, &change))
            weights[n++] = line->rivals[i].weight;
        *next_ms = plan_sooner(*next_ms, change);
    }
    if (n == 1)
        return true;
    winner = share_turn(weights, n, board->turn_s * 1000, at_ms, &change);
    *next_ms = plan_sooner(*next_ms, change);
    return winner == own;
}

static int64_t plan_shown(const struct board *board, const struct plan_board *line,
                          const struct plan_slot *slot)
{
    int64_t sum = 0;

    if (!board->quiet.n && !line->n_rivals)
        return slot->until_ms - slot->from_ms;
    for (int64_t at = slot->from_ms, next; at < slot->until_ms; at = next) {
        bool ours = plan_is_ours(board, line, at, &next);

        next = plan_sooner(next, slot->until_ms);
        sum += ours ? next - at : 0;
    }
    return sum;
}

static void plan_note_targets(struct plan_boards *plan, const struct plan_slot *slot,
                              int64_t shown_ms)
{
    const struct board *board = &plan->office->boards[slot->board];

    for (size_t i = 0; i < plan->campaign->n_targets; i++) {
        const struct target *target = &plan->campaign->targets[i];
        struct plan_target *planned = &plan->targets[i];

        if (target->unit >= 0 && (size_t)target->unit != board->owner)
            continue;
        planned->places += idmap_add(planned->places_seen, board->place, 0) < 0;
        planned->items += idmap_add(planned->items_seen, slot->text, 0) < 0;
        planned->shown_ms += shown_ms;
    }
}

void plan_boards_add(struct plan_boards *plan, const struct plan_slot *slot)
{
    struct plan_board *line = &plan->boards[slot->board];
    int64_t shown_ms;

    LOG_ASSERT(slot->board < plan->office->n_boards && slot->from_ms < slot->until_ms);
    if (!line->slots++)
        plan_rank_rivals(plan, line);
    shown_ms = plan_shown(&plan->office->boards[slot->board], line, slot);
    line->shown_ms += shown_ms;
    if (shown_ms)
        plan_note_targets(plan, slot, shown_ms);
}

bool plan_target_is_met(const struct target *target, const struct plan_target *planned)
{
    return planned->places >= target->places && planned->items >= target->items &&
           planned->shown_ms / 60000 >= target->minutes;
}

bool plan_boards_are_short(const struct plan_boards *plan)
{
    for (size_t i = 0; i < plan->campaign->n_targets; i++)
        if (!plan_target_is_met(&plan->campaign->targets[i], &plan->targets[i]))
            return true;
    return false;
}
