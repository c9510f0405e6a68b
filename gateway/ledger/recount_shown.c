/* recount_shown: do the intervals, the deliveries and the journal tell the same showing time?
 * Runs: any (blocks).
 *
 * The intervals of a delivery are put together anew: what those that reached its need cover is its
 * time, each adds what no earlier one has covered, and the journal's line of the same number says
 * the sum so far. */
#include "gateway/base/lang.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/model/spans.h"

struct recount_showing {
    int64_t id, level, shown_ms, until_ms; /* as booked; id 0: none yet */
    int64_t counted_ms, best, last_ms;     /* of its intervals so far */
    struct spans spans;                    /* those that count */
};

static void recount_end_showing(struct recount_showing *showing, struct books_recount *out)
{
    int64_t covered_ms;

    spans_merge(&showing->spans);
    covered_ms = spans_within(&showing->spans, INT64_MIN, INT64_MAX);
    if (showing->id && (covered_ms != showing->shown_ms || covered_ms != showing->counted_ms))
        recount_differ(out,
                       lang("Delivery %lld was shown for %lld ms, its intervals cover %lld.",
                            "编号 %lld 显示时长为 %lld 毫秒，而各区间合计 %lld。"),
                       (long long)showing->id, (long long)showing->shown_ms, (long long)covered_ms);
    else if (showing->id &&
             (showing->last_ms != showing->until_ms || showing->best > showing->level))
        recount_differ(out,
                       lang("Delivery %lld and its intervals disagree about their end or level.",
                            "编号 %lld 与其区间的结束时间或级别不符。"),
                       (long long)showing->id);
    spans_clear(&showing->spans);
}

static void recount_begin_showing(struct recount_showing *showing, const struct db *db, int64_t id)
{
    struct spans spans = showing->spans;

    *showing = (struct recount_showing){.id = id,
                                        .level = db_int(db, BOOKS_PROOFS, 6),
                                        .shown_ms = db_int(db, BOOKS_PROOFS, 7),
                                        .until_ms = db_int(db, BOOKS_PROOFS, 8),
                                        .spans = spans};
}

/* One interval against its line in the journal. */
static void recount_interval(struct recount_showing *showing, const struct db *db,
                             struct books_recount *out)
{
    int64_t from_ms = db_int(db, BOOKS_PROOFS, 1), until_ms = db_int(db, BOOKS_PROOFS, 2);
    int64_t level = db_int(db, BOOKS_PROOFS, 4), need = db_int(db, BOOKS_PROOFS, 5);
    bool counts = until_ms > from_ms && level > 0 && level >= need;
    bool silent = db_is_null(db, BOOKS_PROOFS, 10);

    if (__builtin_add_overflow(showing->counted_ms, db_int(db, BOOKS_PROOFS, 3),
                               &showing->counted_ms))
        showing->counted_ms = INT64_MIN;
    if (level > showing->best)
        showing->best = level;
    if (counts)
        spans_add(&showing->spans, from_ms, until_ms);
    if (db_int(db, BOOKS_PROOFS, 3) > 0 && until_ms > showing->last_ms)
        showing->last_ms = until_ms;
    if (db_int(db, BOOKS_PROOFS, 9) != showing->id || silent == (until_ms > from_ms) ||
        (!silent && db_int(db, BOOKS_PROOFS, 10) != showing->counted_ms))
        recount_differ(out,
                       lang("Delivery %lld has an interval that its journal tells otherwise.",
                            "编号 %lld 有一个区间与记录不符。"),
                       (long long)showing->id);
}

static int recount_intervals(struct db *db, int64_t campaign, struct books_recount *out)
{
    struct recount_showing showing = {0};
    int rc;

    db_start(db, BOOKS_PROOFS, campaign);
    while ((rc = db_row(db, BOOKS_PROOFS)) > 0) {
        int64_t id = db_int(db, BOOKS_PROOFS, 0);

        if (id != showing.id) {
            recount_end_showing(&showing, out);
            recount_begin_showing(&showing, db, id);
        }
        recount_interval(&showing, db, out);
    }
    recount_end_showing(&showing, out);
    spans_free(&showing.spans);
    return rc;
}

/* Names the first delivery that a query finds. 0 or -errno. */
static int recount_named(struct db *db, enum books_statement s, const char *sentence,
                         struct books_recount *out)
{
    int rc = db_row(db, s);

    if (rc <= 0)
        return rc;
    if (out->agrees)
        recount_differ(out, lang("%s %lld.", "%s %lld。"), sentence, (long long)db_int(db, s, 0));
    db_end(db, s);
    return 0;
}

int recount_shown(struct db *db, int64_t campaign, struct books_recount *out)
{
    int rc = recount_intervals(db, campaign, out);

    if (rc == 0)
        rc = recount_named(db, BOOKS_UNPROVED,
                           lang("The journal tells a time that has no interval, of delivery",
                                "有显示时长没有对应的区间记录，编号"),
                           out);
    if (rc < 0)
        return rc;
    db_start(db, BOOKS_PROOFLESS, campaign);
    return recount_named(
        db, BOOKS_PROOFLESS,
        lang("There is no interval for the time of delivery", "没有区间可以证明其显示时长，编号"),
        out);
}
