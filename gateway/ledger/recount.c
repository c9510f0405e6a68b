/* recount: do the counts, the deliveries and the journal say the same?
 * Runs: any (blocks).
 *
 * Three ways to the same figures. The deliveries are counted again and compared with the counts
 * that the ledger keeps. The journal is played from its first line: every line must go on where the
 * last one about the same delivery ended, by a change that the table of states allows, and must end
 * in the state that the delivery is in, with the proof (level, time) that it has. The books may be
 * damaged in any way: nothing that they say is used as an index or a size. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

enum { RECOUNT_INVALID = 0xff, RECOUNT_UNBORN = 0xfe }; /* beside the states */

struct recount_group {
    int64_t unit, channel, route;
    char name[200];                                     /* of the unit: its code and name */
    int64_t n[DELIVERY_STATES], parts[DELIVERY_STATES]; /* as listed */
    int64_t counted[DELIVERY_STATES], counted_parts[DELIVERY_STATES]; /* as the ledger keeps them */
};

struct recount_proof {
    int64_t level, since_ms, shown_ms;
    bool closed; /* its report is awaited no longer */
};

struct recount_row {
    int64_t id;
    struct recount_proof booked, played; /* in the delivery; after the journal so far */
    unsigned char booked_state, played_state;
};

struct recount {
    struct books_recount *out;
    struct recount_row *rows; /* the campaign's deliveries, by id */
    size_t n_rows, room;
    struct recount_group *groups;
    size_t n_groups;
};

void recount_differ(struct books_recount *out, const char *format, ...)
{
    va_list args;

    if (!out->agrees)
        return;
    out->agrees = false;
    va_start(args, format);
    vsnprintf(out->difference, sizeof out->difference, format, args);
    va_end(args);
}

static bool recount_is_state(int64_t state)
{
    return state >= 0 && state < DELIVERY_STATES;
}

static const char *recount_label(int64_t state)
{
    if (state == RECOUNT_UNBORN)
        return lang("not entered", "未登记");
    if (!recount_is_state(state))
        return lang("no such state", "无此状态");
    return delivery_state_label((enum delivery_state)state);
}

static struct recount_group *recount_group(struct recount *recount, int64_t unit, int64_t channel,
                                           int64_t route)
{
    for (size_t i = 0; i < recount->n_groups; i++) {
        struct recount_group *group = &recount->groups[i];

        if (group->unit == unit && group->channel == channel && group->route == route)
            return group;
    }
    recount->groups = mem_grow(recount->groups, recount->n_groups + 1, sizeof *recount->groups);
    recount->groups[recount->n_groups] =
        (struct recount_group){.unit = unit, .channel = channel, .route = route};
    snprintf(recount->groups[recount->n_groups].name, sizeof recount->groups->name, "#%lld",
             (long long)unit);
    return &recount->groups[recount->n_groups++];
}

/* Wraps around instead of overflowing: a bent figure is a difference, not the end. */
static void recount_add(int64_t *sum, int64_t value, int64_t times)
{
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)value * (uint64_t)times);
}

static struct recount_row *recount_new_row(struct recount *recount)
{
    if (recount->n_rows == recount->room) {
        recount->room = recount->room ? recount->room * 2 : 1024;
        recount->rows = mem_grow(recount->rows, recount->room, sizeof *recount->rows);
    }
    return &recount->rows[recount->n_rows++];
}

static int recount_order(const void *id, const void *row)
{
    int64_t a = *(const int64_t *)id, b = ((const struct recount_row *)row)->id;

    return a < b ? -1 : a > b;
}

/* NULL: not one of this campaign's. Mostly ids follow one another. */
static struct recount_row *recount_find(struct recount *recount, int64_t id)
{
    uint64_t guess = (uint64_t)id - (uint64_t)recount->rows[0].id;

    if (guess < recount->n_rows && recount->rows[guess].id == id)
        return &recount->rows[guess];
    return bsearch(&id, recount->rows, recount->n_rows, sizeof *recount->rows, recount_order);
}

static void recount_read_row(struct recount *recount, const struct db *db, int64_t state)
{
    *recount_new_row(recount) = (struct recount_row){
        .id = db_int(db, BOOKS_STATES, 0),
        .booked = {.level = db_int(db, BOOKS_STATES, 5),
                   .since_ms = db_int(db, BOOKS_STATES, 6),
                   .shown_ms = db_int(db, BOOKS_STATES, 7),
                   .closed = db_int(db, BOOKS_STATES, 9) != 0},
        .booked_state = recount_is_state(state) ? (unsigned char)state : RECOUNT_INVALID,
        .played_state = RECOUNT_UNBORN,
    };
}

static int recount_deliveries(struct recount *recount, struct db *db, int64_t campaign)
{
    int rc;

    db_start(db, BOOKS_STATES, campaign);
    while ((rc = db_row(db, BOOKS_STATES)) > 0) {
        int64_t state = db_int(db, BOOKS_STATES, 3);
        struct recount_group *group;

        recount->out->deliveries++;
        recount_read_row(recount, db, state);
        if (!recount_is_state(state)) {
            recount_differ(recount->out,
                           lang("Delivery %lld has no valid state.", "编号 %lld 的状态无效。"),
                           (long long)db_int(db, BOOKS_STATES, 0));
            continue;
        }
        group = recount_group(recount, db_int(db, BOOKS_STATES, 1), db_int(db, BOOKS_STATES, 2),
                              db_int(db, BOOKS_STATES, 8));
        group->n[state]++;
        recount_add(&group->parts[state], db_int(db, BOOKS_STATES, 4), 1);
    }
    return rc;
}

/* A unit is called as people know it; its number is all that is left of one that isn't there. */
static void recount_name(struct recount_group *group, const struct db *db)
{
    const char *name = db_text(db, BOOKS_COUNTS, 6);

    if (*name)
        snprintf(group->name, sizeof group->name, "%s", name);
}

static int recount_counts(struct recount *recount, struct db *db, int64_t campaign)
{
    int rc;

    db_start(db, BOOKS_COUNTS, campaign);
    while ((rc = db_row(db, BOOKS_COUNTS)) > 0) {
        int64_t state = db_int(db, BOOKS_COUNTS, 2);
        struct recount_group *group =
            recount_group(recount, db_int(db, BOOKS_COUNTS, 0), db_int(db, BOOKS_COUNTS, 1),
                          db_int(db, BOOKS_COUNTS, 5));

        recount_name(group, db);
        if (!recount_is_state(state)) {
            recount_differ(
                recount->out,
                lang("Unit %s has a count without a valid state.", "单位 %s 有状态无效的计数。"),
                group->name);
            continue;
        }
        recount_add(&group->counted[state], db_int(db, BOOKS_COUNTS, 3), 1);
        recount_add(&group->counted_parts[state], db_int(db, BOOKS_COUNTS, 4), 1);
    }
    return rc;
}

static void recount_compare_counts(struct recount *recount)
{
    for (size_t i = 0; i < recount->n_groups; i++) {
        const struct recount_group *group = &recount->groups[i];

        for (int state = 0; state < DELIVERY_STATES; state++)
            if (group->n[state] != group->counted[state] ||
                group->parts[state] != group->counted_parts[state])
                recount_differ(recount->out,
                               lang("Unit %s, \"%s\": the books count %lld messages (%lld parts), "
                                    "but list %lld (%lld parts).",
                                    "单位 %s“%s”：账本计数为 %lld 条（计费条 %lld），逐条清点为 "
                                    "%lld 条（计费条 %lld）。"),
                               group->name, recount_label(state), (long long)group->counted[state],
                               (long long)group->counted_parts[state], (long long)group->n[state],
                               (long long)group->parts[state]);
    }
}

/* Proved better or longer; taken down with its slot open; its report is awaited no longer. */
static bool recount_may_stay(int64_t state, int64_t cause)
{
    switch (cause) {
    case CAUSE_VERIFY:
        return state == DELIVERY_SHOWN || state == DELIVERY_WITHDRAWN;
    case CAUSE_WITHDRAW:
        return state == DELIVERY_SENT || state == DELIVERY_SHOWN;
    default:
        return state == DELIVERY_SENT && cause == CAUSE_CLOSED;
    }
}

static bool recount_may(int64_t from, int64_t to, int64_t cause)
{
    if (!recount_is_state(to))
        return false;
    if (from == RECOUNT_UNBORN)
        return to == DELIVERY_PLANNED;
    if (from == to)
        return recount_may_stay(from, cause);
    return cause != CAUSE_CLOSED &&
           delivery_may_change((enum delivery_state)from, (enum delivery_state)to);
}

static void recount_play(struct recount *recount, struct recount_row *row, int64_t from, int64_t to,
                         int64_t cause)
{
    recount->out->journal++;
    if (from != row->played_state)
        recount_differ(recount->out,
                       lang("Delivery %lld: the journal goes on from \"%s\", but was at \"%s\".",
                            "编号 %lld ：记录从“%s”继续，而此前是“%s”。"),
                       (long long)row->id, recount_label(from), recount_label(row->played_state));
    else if (!recount_may(from, to, cause))
        recount_differ(
            recount->out,
            lang("Delivery %lld: the journal goes from \"%s\" to \"%s\", which can't be.",
                 "编号 %lld ：记录从“%s”变为“%s”，这不可能发生。"),
            (long long)row->id, recount_label(from), recount_label(to));
    if (recount_is_state(to))
        row->played_state = (unsigned char)to;
}

static void recount_prove(const struct db *db, struct recount_proof *proof, int64_t from,
                          int64_t to)
{
    if (to == DELIVERY_SHOWN && from != DELIVERY_SHOWN)
        proof->since_ms = db_int(db, BOOKS_JOURNAL, 3);
    if (!db_is_null(db, BOOKS_JOURNAL, 4))
        proof->level = db_int(db, BOOKS_JOURNAL, 4);
    if (!db_is_null(db, BOOKS_JOURNAL, 5))
        proof->shown_ms = db_int(db, BOOKS_JOURNAL, 5);
    proof->closed = db_int(db, BOOKS_JOURNAL, 6) == CAUSE_CLOSED;
}

static int recount_journal(struct recount *recount, struct db *db)
{
    int rc;

    if (!recount->n_rows)
        return 0;
    db_start(db, BOOKS_JOURNAL, recount->rows[0].id, recount->rows[recount->n_rows - 1].id);
    while ((rc = db_row(db, BOOKS_JOURNAL)) > 0) {
        struct recount_row *row = recount_find(recount, db_int(db, BOOKS_JOURNAL, 0));
        int64_t from = db_is_null(db, BOOKS_JOURNAL, 1) ? (int64_t)RECOUNT_UNBORN
                                                        : db_int(db, BOOKS_JOURNAL, 1);
        int64_t to = db_int(db, BOOKS_JOURNAL, 2);

        if (!row)
            continue;
        recount_play(recount, row, from, to, db_int(db, BOOKS_JOURNAL, 6));
        recount_prove(db, &row->played, from, to);
    }
    return rc;
}

static void recount_compare_proof(struct recount *recount, const struct recount_row *row)
{
    if (row->booked.level != row->played.level || row->booked.since_ms != row->played.since_ms)
        recount_differ(recount->out,
                       lang("Delivery %lld has a proof of level %lld, and its journal another.",
                            "编号 %lld 的证明级别为 %lld，与记录不符。"),
                       (long long)row->id, (long long)row->booked.level);
    if (row->booked.shown_ms != row->played.shown_ms)
        recount_differ(recount->out,
                       lang("Delivery %lld was shown for %lld ms, its journal says %lld.",
                            "编号 %lld 显示时长为 %lld 毫秒，而记录为 %lld。"),
                       (long long)row->id, (long long)row->booked.shown_ms,
                       (long long)row->played.shown_ms);
}

static void recount_compare_closed(struct recount *recount, const struct recount_row *row)
{
    if (row->booked.closed != row->played.closed)
        recount_differ(recount->out,
                       lang("Delivery %lld and its journal disagree whether its report is still "
                            "awaited.",
                            "编号 %lld 是否仍等待回执，与记录不符。"),
                       (long long)row->id);
}

static void recount_compare_journal(struct recount *recount)
{
    for (size_t i = 0; i < recount->n_rows; i++) {
        const struct recount_row *row = &recount->rows[i];

        if (row->booked_state != row->played_state)
            recount_differ(recount->out,
                           lang("Delivery %lld is \"%s\", but its journal ends at \"%s\".",
                                "编号 %lld 是“%s”，而记录止于“%s”。"),
                           (long long)row->id, recount_label(row->booked_state),
                           recount_label(row->played_state));
        recount_compare_proof(recount, row);
        recount_compare_closed(recount, row);
    }
}

/* A delivery whose unit, text or board is missing drops out of the lists. */
static int recount_dangling(struct recount *recount, struct db *db, int64_t campaign)
{
    int rc;

    db_start(db, BOOKS_DANGLING, campaign);
    rc = db_row(db, BOOKS_DANGLING);
    if (rc <= 0)
        return rc;
    recount_differ(recount->out,
                   lang("Delivery %lld has no unit, text or board in the books.",
                        "编号 %lld 在账本中没有对应的单位、正文或屏幕。"),
                   (long long)db_int(db, BOOKS_DANGLING, 0));
    db_end(db, BOOKS_DANGLING);
    return 0;
}

/* A delivery that was taken out of the books is still in the journal; whose it was can't be said.
 */
static int recount_orphans(struct recount *recount, struct db *db)
{
    int rc = db_row(db, BOOKS_ORPHAN);

    if (rc <= 0)
        return rc;
    recount_differ(recount->out,
                   lang("Delivery %lld is in the journal, but not in the books.",
                        "编号 %lld 在记录中有记录，账本中却没有。"),
                   (long long)db_int(db, BOOKS_ORPHAN, 0));
    db_end(db, BOOKS_ORPHAN);
    return 0;
}

int recount_run(struct books *books, int64_t campaign, struct books_recount *out)
{
    struct recount recount = {.out = out};
    int rc;

    out->agrees = true;
    rc = recount_deliveries(&recount, books->db, campaign);
    if (rc == 0)
        rc = recount_counts(&recount, books->db, campaign);
    if (rc == 0)
        rc = recount_journal(&recount, books->db);
    if (rc == 0)
        rc = recount_orphans(&recount, books->db);
    if (rc == 0)
        rc = recount_dangling(&recount, books->db, campaign);
    if (rc == 0)
        rc = recount_shown(books->db, campaign, out);
    if (rc == 0) {
        recount_compare_counts(&recount);
        recount_compare_journal(&recount);
    }
    free(recount.rows);
    free(recount.groups);
    return rc;
}
