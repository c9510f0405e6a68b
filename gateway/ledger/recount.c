/* recount: do the counts, the deliveries and the journal say the same?
 * Runs: any (blocks).
 *
 * Three ways to the same figures. The deliveries are counted again and compared with the counts
 * that the ledger keeps. The journal is played from its first line: every line must go on where the
 * last one about the same delivery ended, by a change that the table of states allows, and must end
 * in the state that the delivery is in. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

enum { RECOUNT_FOREIGN = 0xff, RECOUNT_UNBORN = 0xfe }; /* beside the states, in played[] */

struct recount_group {
    int64_t unit, channel;
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES];
};

struct recount {
    struct books_recount *out;
    int64_t first, last;   /* numbers of the campaign's deliveries */
    unsigned char *played; /* by number - first: state after the journal so far */
    unsigned char *booked; /* the delivery's state */
    struct recount_group *groups;
    size_t n_groups;
};

/* Only the first difference is kept. */
__attribute__((format(printf, 2, 3))) static void recount_differ(struct recount *recount,
                                                                 const char *format, ...)
{
    va_list args;

    if (!recount->out->agrees)
        return;
    recount->out->agrees = false;
    va_start(args, format);
    vsnprintf(recount->out->difference, sizeof recount->out->difference, format, args);
    va_end(args);
}

static const char *recount_label(int64_t state)
{
    if (state == RECOUNT_UNBORN)
        return lang("not entered", "未登记");
    if (state < 0 || state >= DELIVERY_STATES)
        return lang("no such state", "无此状态");
    return delivery_state_label((enum delivery_state)state);
}

static struct recount_group *recount_group(struct recount *recount, int64_t unit, int64_t channel)
{
    for (size_t i = 0; i < recount->n_groups; i++)
        if (recount->groups[i].unit == unit && recount->groups[i].channel == channel)
            return &recount->groups[i];
    recount->groups = mem_grow(recount->groups, recount->n_groups + 1, sizeof *recount->groups);
    recount->groups[recount->n_groups] = (struct recount_group){.unit = unit, .channel = channel};
    return &recount->groups[recount->n_groups++];
}

static int recount_range(struct recount *recount, struct db *db, int64_t campaign)
{
    size_t span;
    int rc;

    db_start(db, BOOKS_RANGE, campaign);
    rc = db_row(db, BOOKS_RANGE);
    if (rc < 0)
        return rc;
    recount->first = db_int(db, BOOKS_RANGE, 0);
    recount->last = db_is_null(db, BOOKS_RANGE, 1) ? -1 : db_int(db, BOOKS_RANGE, 1);
    db_end(db, BOOKS_RANGE);
    span = (size_t)(recount->last - recount->first + 1);
    recount->played = mem_array(span, unsigned char);
    recount->booked = mem_array(span, unsigned char);
    memset(recount->played, RECOUNT_UNBORN, span);
    memset(recount->booked, RECOUNT_FOREIGN, span);
    return 0;
}

static int recount_deliveries(struct recount *recount, struct db *db, int64_t campaign)
{
    int rc;

    db_start(db, BOOKS_STATES, campaign);
    while ((rc = db_row(db, BOOKS_STATES)) > 0) {
        int64_t id = db_int(db, BOOKS_STATES, 0), state = db_int(db, BOOKS_STATES, 3);
        struct recount_group *group;

        recount->out->deliveries++;
        if (state < 0 || state >= DELIVERY_STATES) {
            recount_differ(recount,
                           lang("delivery %lld has no valid state", "第 %lld 条的状态无效"),
                           (long long)id);
            continue;
        }
        recount->booked[id - recount->first] = (unsigned char)state;
        group = recount_group(recount, db_int(db, BOOKS_STATES, 1), db_int(db, BOOKS_STATES, 2));
        group->n[state]++;
        group->parts[state] += db_int(db, BOOKS_STATES, 4);
    }
    return rc;
}

/* Takes the kept count away from the one that was made; what is left is the difference. */
static int recount_counts(struct recount *recount, struct db *db, int64_t campaign)
{
    int rc;

    db_start(db, BOOKS_COUNTS, campaign);
    while ((rc = db_row(db, BOOKS_COUNTS)) > 0) {
        int64_t state = db_int(db, BOOKS_COUNTS, 2);
        struct recount_group *group =
            recount_group(recount, db_int(db, BOOKS_COUNTS, 0), db_int(db, BOOKS_COUNTS, 1));

        if (state < 0 || state >= DELIVERY_STATES) {
            recount_differ(
                recount,
                lang("unit %lld has a count without a valid state", "单位 %lld 有状态无效的计数"),
                (long long)group->unit);
            continue;
        }
        group->n[state] -= db_int(db, BOOKS_COUNTS, 3);
        group->parts[state] -= db_int(db, BOOKS_COUNTS, 4);
    }
    return rc;
}

static void recount_compare_counts(struct recount *recount)
{
    for (size_t i = 0; i < recount->n_groups; i++) {
        const struct recount_group *group = &recount->groups[i];

        for (int state = 0; state < DELIVERY_STATES; state++)
            if (group->n[state] || group->parts[state])
                recount_differ(recount,
                               lang("unit %lld, \"%s\": the deliveries are %+lld (parts %+lld) "
                                    "against the count",
                                    "单位 %lld“%s”：明细比计数多 %+lld 条（%+lld 段）"),
                               (long long)group->unit, recount_label(state),
                               (long long)group->n[state], (long long)group->parts[state]);
    }
}

static bool recount_may(int64_t from, int64_t to)
{
    if (to < 0 || to >= DELIVERY_STATES)
        return false;
    if (from == RECOUNT_UNBORN)
        return to == DELIVERY_PLANNED;
    return delivery_may_change((enum delivery_state)from, (enum delivery_state)to);
}

static void recount_play(struct recount *recount, int64_t id, int64_t from, int64_t to)
{
    unsigned char *state = &recount->played[id - recount->first];

    recount->out->journal++;
    if (from != *state)
        recount_differ(recount,
                       lang("delivery %lld: the journal goes on from \"%s\", but was at \"%s\"",
                            "第 %lld 条：流水从“%s”继续，而此前是“%s”"),
                       (long long)id, recount_label(from), recount_label(*state));
    else if (!recount_may(from, to))
        recount_differ(recount,
                       lang("delivery %lld: the journal goes from \"%s\" to \"%s\", which can't be",
                            "第 %lld 条：流水从“%s”变为“%s”，这不可能发生"),
                       (long long)id, recount_label(from), recount_label(to));
    if (to >= 0 && to < DELIVERY_STATES)
        *state = (unsigned char)to;
}

static int recount_journal(struct recount *recount, struct db *db)
{
    int rc;

    db_start(db, BOOKS_JOURNAL, recount->first, recount->last);
    while ((rc = db_row(db, BOOKS_JOURNAL)) > 0) {
        int64_t id = db_int(db, BOOKS_JOURNAL, 0);
        int64_t from = db_is_null(db, BOOKS_JOURNAL, 1) ? (int64_t)RECOUNT_UNBORN
                                                        : db_int(db, BOOKS_JOURNAL, 1);

        if (recount->booked[id - recount->first] != RECOUNT_FOREIGN)
            recount_play(recount, id, from, db_int(db, BOOKS_JOURNAL, 2));
    }
    return rc;
}

static void recount_compare_journal(struct recount *recount)
{
    for (int64_t at = 0; at <= recount->last - recount->first; at++)
        if (recount->booked[at] != RECOUNT_FOREIGN && recount->booked[at] != recount->played[at])
            recount_differ(recount,
                           lang("delivery %lld is \"%s\", but its journal ends at \"%s\"",
                                "第 %lld 条是“%s”，而流水止于“%s”"),
                           (long long)(recount->first + at), recount_label(recount->booked[at]),
                           recount_label(recount->played[at]));
}

/* A delivery that was taken out of the books is still in the journal; whose it was can't be said.
 */
static int recount_orphans(struct recount *recount, struct db *db)
{
    int rc = db_row(db, BOOKS_ORPHAN);

    if (rc <= 0)
        return rc;
    recount_differ(recount,
                   lang("delivery %lld is in the journal, but not in the books",
                        "第 %lld 条在流水中有记录，账本中却没有"),
                   (long long)db_int(db, BOOKS_ORPHAN, 0));
    db_end(db, BOOKS_ORPHAN);
    return 0;
}

int recount_run(struct books *books, int64_t campaign, struct books_recount *out)
{
    struct recount recount = {.out = out};
    int rc = recount_range(&recount, books->db, campaign);

    out->agrees = true;
    if (rc == 0)
        rc = recount_deliveries(&recount, books->db, campaign);
    if (rc == 0)
        rc = recount_counts(&recount, books->db, campaign);
    if (rc == 0)
        rc = recount_journal(&recount, books->db);
    if (rc == 0)
        rc = recount_orphans(&recount, books->db);
    if (rc == 0) {
        recount_compare_counts(&recount);
        recount_compare_journal(&recount);
    }
    free(recount.played);
    free(recount.booked);
    free(recount.groups);
    return rc;
}
