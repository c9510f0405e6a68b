/* replay_shown: what slogans were shown, interval by interval. See replay.h.
 * Runs: any. */
#include <stdlib.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/outcome.h"
#include "gateway/audit/replay_inside.h"

int32_t replay_add_showing(struct replay *replay, const struct record_entry *entry)
{
    struct replay_figures *figures = &replay->figures;

    if (figures->n_showings == figures->showings_room) {
        figures->showings_room = figures->showings_room ? figures->showings_room * 2 : 64;
        figures->showings =
            mem_grow(figures->showings, figures->showings_room, sizeof *figures->showings);
    }
    figures->showings[figures->n_showings] = (struct replay_showing){
        .delivery = entry->delivery,
        .board = entry->board,
        .text = entry->text,
        .slot = entry->slot,
        .need = (int)entry->need,
    };
    return (int32_t)figures->n_showings++;
}

static void replay_add_interval(struct replay_showing *showing, const struct record_proof *proof)
{
    if (showing->n_intervals == showing->room) {
        showing->room = showing->room ? showing->room * 2 : 8;
        showing->intervals =
            mem_grow(showing->intervals, showing->room, sizeof *showing->intervals);
    }
    showing->intervals[showing->n_intervals++] =
        (struct replay_interval){proof->from_ms, proof->until_ms, (int)proof->level};
}

/* What of the interval no earlier one that counts has covered. */
static int64_t replay_uncovered(struct replay_showing *showing, const struct record_proof *proof)
{
    int need = showing->need > LEVEL_ACCEPTED ? showing->need : LEVEL_ACCEPTED;
    int64_t fresh_ms = proof->until_ms - proof->from_ms;

    if (proof->level < need)
        return 0;
    if (proof->from_ms < showing->until_ms) {
        spans_merge(&showing->counted);
        fresh_ms -= spans_within(&showing->counted, proof->from_ms, proof->until_ms);
    }
    spans_add(&showing->counted, proof->from_ms, proof->until_ms);
    return fresh_ms;
}

static bool replay_is_interval(const struct record_proof *proof)
{
    return proof->from_ms >= 0 && proof->until_ms >= proof->from_ms &&
           proof->until_ms <= REPLAY_LAST_MS &&
           proof->until_ms - proof->from_ms <= REPLAY_SHOWN_MS && proof->level > LEVEL_UNKNOWN &&
           proof->level <= LEVEL_LOGGED;
}

static void replay_refuse_proof(struct replay *replay, int64_t id, int64_t delivery)
{
    findings_add(replay->findings, FINDING_RULE, id,
                 lang("Record %lld counts another showing time of delivery %lld than its intervals "
                      "make.",
                      "第 %lld 条记录所计的第 %lld 条标语播放时长与各区间之和不符。"),
                 (long long)id, (long long)delivery);
}

void replay_take_proof(struct replay *replay, int64_t id, struct replay_showing *showing,
                       const struct record_change *change)
{
    const struct record_proof *proof = &change->proof;
    bool longer = proof->there && proof->until_ms > proof->from_ms;
    int64_t counted_ms, sum_ms = showing->shown_ms;
    bool fine;

    if (!proof->there) {
        if (change->shown_ms != RECORD_NONE)
            replay_refuse_proof(replay, id, showing->delivery);
        return;
    }
    fine = change->cause == CAUSE_VERIFY && replay_is_interval(proof) &&
           longer == (change->shown_ms != RECORD_NONE);
    if (!fine) {
        replay_refuse_proof(replay, id, showing->delivery);
        return;
    }
    if (!longer) {
        if (proof->counted_ms)
            replay_refuse_proof(replay, id, showing->delivery);
        return;
    }
    counted_ms = replay_uncovered(showing, proof);
    if (counted_ms != proof->counted_ms || __builtin_add_overflow(sum_ms, counted_ms, &sum_ms) ||
        sum_ms != change->shown_ms)
        replay_refuse_proof(replay, id, showing->delivery);
    showing->shown_ms = sum_ms;
    if (!counted_ms)
        return;
    replay_add_interval(showing, proof);
    if (proof->until_ms > showing->until_ms)
        showing->until_ms = proof->until_ms;
}

void replay_free_showings(struct replay *replay)
{
    struct replay_figures *figures = &replay->figures;

    for (size_t i = 0; i < figures->n_showings; i++) {
        spans_free(&figures->showings[i].counted);
        free(figures->showings[i].intervals);
    }
    free(figures->showings);
}
