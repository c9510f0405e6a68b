/* store_show: what boards show, and what nobody will send any more.
 * Runs: ledger thread.
 *
 * Time counts once: an interval adds to a delivery's shown_ms what no earlier interval that counts
 * has covered, so that a reading and the device's own play log may tell of the same minutes. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/model/spans.h"

#define STORE_SHOWING_MOST_MS (INT64_C(7) * 24 * 3600 * 1000) /* one interval */

static const char *store_detail(const struct ledger_op *op)
{
    return op->show.detail[0] ? op->show.detail : NULL;
}

/* What was in doubt and is read back was sent after all. */
static int store_show_doubted(struct store *store, const struct ledger_op *op,
                              struct store_item *item)
{
    const struct store_change sent = STORE_CHANGE(DELIVERY_SENT, CAUSE_VERIFY, op->at_ms);

    return item->state == DELIVERY_UNKNOWN ? store_change(store, item, &sent) : 0;
}

/* Of a message, or of a slogan that no board was ever given, a board can tell nothing. */
static int store_load_slogan(struct store *store, int64_t id, struct store_item *item)
{
    int rc = store_load(store, id, item);

    if (rc == 0 && (item->channel != CHANNEL_DISPLAY || item->state == DELIVERY_PLANNED))
        log_panic("delivery=%lld state=%s was never on a board", (long long)id,
                  delivery_state_name(item->state));
    return rc;
}

/* Nothing is on the screen that isn't sent. A device may call before its answer to the publication
 * is booked; the next reading proves the same. */
static bool store_is_out(const struct store_item *item)
{
    switch (item->state) {
    case DELIVERY_SENT:
    case DELIVERY_UNKNOWN:
    case DELIVERY_SHOWN:
    case DELIVERY_WITHDRAWN:
        return true;
    default:
        log_info("ledger proof=ignored delivery=%lld state=%s", (long long)item->id,
                 delivery_state_name(item->state));
        return false;
    }
}

/* What a proof adds to the books. */
struct store_proof {
    enum outcome_level level;
    bool interval; /* a new one; false: only the level is proved */
    int64_t from_ms, until_ms, counted_ms;
    char file[EVIDENCE_NAME];
};

/* A picture that can't be kept proves nothing: only that the device says that it plays. */
static void store_keep_picture(struct store *store, const struct ledger_op *op,
                               struct store_proof *proof)
{
    int rc;

    if (!op->show.evidence.picture)
        return;
    rc = evidence_keep(store->evidence, &op->show.evidence, proof->file);
    store->pictured = store->pictured || rc == 0;
    if (rc == 0)
        return;
    log_error("ledger picture=lost delivery=%lld error=%d", (long long)op->show.id, -rc);
    proof->file[0] = '\0';
    if (proof->level > LEVEL_PLAYING)
        proof->level = LEVEL_PLAYING;
}

/* 1: the interval is in the books; 0: not; -errno. */
static int store_is_known(struct store *store, int64_t id, const struct store_proof *proof)
{
    int rc;

    db_start(store->db, SQL_SHOWN_KNOWN, id, proof->from_ms, proof->level);
    rc = db_row(store->db, SQL_SHOWN_KNOWN);
    if (rc > 0)
        db_end(store->db, SQL_SHOWN_KNOWN);
    return rc;
}

/* Adds what has counted before and overlaps with the interval. 0 or -errno. */
static int store_overlap(struct store *store, int64_t id, const struct store_proof *proof,
                         int64_t need, struct spans *counted)
{
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_SHOWN_OVERLAP, id, proof->from_ms, proof->until_ms, need);
    while ((rc = db_row(db, SQL_SHOWN_OVERLAP)) > 0)
        spans_add(counted, db_int(db, SQL_SHOWN_OVERLAP, 0), db_int(db, SQL_SHOWN_OVERLAP, 1));
    return rc;
}

/* How much of the interval hasn't been counted yet. Mostly intervals follow one another. */
static int store_count_interval(struct store *store, const struct store_item *item,
                                struct store_proof *proof)
{
    int64_t need = item->need > LEVEL_ACCEPTED ? item->need : LEVEL_ACCEPTED;
    struct spans counted = {0};
    int rc = 0;

    if ((int64_t)proof->level < need)
        return 0;
    proof->counted_ms = proof->until_ms - proof->from_ms;
    if (proof->from_ms < item->shown_until_ms) {
        rc = store_overlap(store, item->id, proof, need, &counted);
        spans_merge(&counted);
        proof->counted_ms -= spans_within(&counted, proof->from_ms, proof->until_ms);
    }
    spans_free(&counted);
    return rc;
}

/* Times come from devices too (play logs): what can't be a time of a showing is none. */
static bool store_is_interval(const struct ledger_op *op)
{
    int64_t from = op->show.from_ms, until = op->show.until_ms;

    if (from == until)
        return false;
    if (from > 0 && from < until && until - from <= STORE_SHOWING_MOST_MS)
        return true;
    log_warning("ledger interval=refused delivery=%lld from=%lld until=%lld",
                (long long)op->show.id, (long long)from, (long long)until);
    return false;
}

static int store_proof(struct store *store, const struct ledger_op *op,
                       const struct store_item *item, struct store_proof *proof)
{
    int rc = 0;

    *proof = (struct store_proof){
        .level = op->show.level, .from_ms = op->show.from_ms, .until_ms = op->show.until_ms};
    store_keep_picture(store, op, proof);
    proof->interval = store_is_interval(op);
    if (proof->interval) {
        rc = store_is_known(store, item->id, proof);
        proof->interval = rc == 0;
    }
    if (rc >= 0 && proof->interval)
        rc = store_count_interval(store, item, proof);
    if (!proof->interval) {
        proof->from_ms = proof->until_ms = op->at_ms;
        proof->counted_ms = 0;
    }
    return rc < 0 ? rc : 0;
}

static void store_proof_change(const struct ledger_op *op, const struct store_item *item,
                               const struct store_proof *proof, struct store_change *change)
{
    change->code = op->show.code;
    change->detail = store_detail(op);
    if (proof->level > item->level)
        change->level = proof->level;
    if (!proof->interval)
        return;
    change->shown_ms = item->shown_ms + proof->counted_ms;
    if (proof->counted_ms && proof->until_ms > item->shown_until_ms)
        change->shown_until_ms = proof->until_ms;
}

/* The evidence, under the number of the line that the journal has just got. */
static int store_proof_add(struct store *store, const struct ledger_op *op,
                           const struct store_proof *proof)
{
    struct db *db = store->db;

    db_start(db, SQL_SHOWN_ADD, store_line(store), op->show.id, proof->from_ms, proof->until_ms,
             proof->counted_ms, proof->level);
    db_bind_text(db, SQL_SHOWN_ADD, 7, op->show.evidence.digest);
    db_bind_text(db, SQL_SHOWN_ADD, 8, proof->file);
    return db_finish(db, SQL_SHOWN_ADD);
}

/* The first proof makes it shown. Each further one adds an interval or a better level; what came
 * too late for that (it is withdrawn) changes no state either. */
static int store_show_proof(struct store *store, struct ledger_op *op, struct store_item *item,
                            const struct store_proof *proof)
{
    bool first = item->state == DELIVERY_SENT || item->state == DELIVERY_UNKNOWN;
    const struct record_proof told = {.there = true,
                                      .from_ms = proof->from_ms,
                                      .until_ms = proof->until_ms,
                                      .counted_ms = proof->counted_ms,
                                      .level = proof->level,
                                      .digest = op->show.evidence.digest,
                                      .file = proof->file};
    struct store_change change =
        STORE_CHANGE(first ? DELIVERY_SHOWN : item->state, CAUSE_VERIFY, op->at_ms);
    int rc;

    change.proof = &told;
    store_proof_change(op, item, proof, &change);
    if (!first) {
        if (!proof->interval && proof->level <= item->level)
            return 0;
        rc = store_improve(store, item, &change);
        return rc < 0 ? rc : store_proof_add(store, op, proof);
    }
    change.shown_since_ms = op->at_ms;
    rc = store_show_doubted(store, op, item);
    if (rc == 0)
        rc = store_change(store, item, &change);
    return rc < 0 ? rc : store_proof_add(store, op, proof);
}

int store_show(struct store *store, struct ledger_op *op)
{
    struct store_proof proof;
    struct store_item item;
    int rc = store_load_slogan(store, op->show.id, &item);

    LOG_ASSERT(op->show.level > LEVEL_UNKNOWN && op->show.level <= LEVEL_LOGGED);
    if (rc < 0 || !store_is_out(&item))
        return rc;
    rc = store_proof(store, op, &item, &proof);
    return rc < 0 ? rc : store_show_proof(store, op, &item, &proof);
}

int store_withdraw(struct store *store, struct ledger_op *op)
{
    struct store_change change = STORE_CHANGE(DELIVERY_WITHDRAWN, CAUSE_WITHDRAW, op->at_ms);
    struct store_item item;
    int rc = store_load_slogan(store, op->show.id, &item);

    if (rc < 0)
        return rc;
    if (item.state != DELIVERY_SENT && item.state != DELIVERY_SHOWN)
        return db_run(store->db, SQL_DELIVERY_UP, item.id, 0);
    change.up = 0;
    change.code = op->show.code;
    change.detail = store_detail(op);
    if (!op->show.open)
        return store_change(store, &item, &change);
    change.to = item.state;
    return store_note_down(store, &item, &change);
}

/* Hands those out that the statement finds. What rests may be up from now on, if its slot is still
 * open: before anything is asked of the board. */
static int store_hand_out(struct store *store, struct ledger_op *op, enum sql_statement which)
{
    size_t room = op->showings.max - op->showings.n;
    struct store_items list;
    int rc;

    db_start(store->db, which, op->showings.address, op->campaign, (int64_t)room);
    rc = store_list(store, which, room, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        const struct store_item *item = &list.items[i];
        struct ledger_row *row = &op->showings.rows[op->showings.n];

        rc = store_row(store, item, row);
        if (rc < 0)
            break;
        op->showings.n++;
        row->up = which == SQL_ITEMS_UP;
        if (!row->up && item->until_ms > op->at_ms)
            rc = db_run(store->db, SQL_DELIVERY_UP, item->id, 1);
    }
    free(list.items);
    return rc;
}

static int store_campaign_code(struct store *store, struct ledger_row *row)
{
    int rc;

    db_start(store->db, SQL_CAMPAIGN_CODE, row->campaign);
    rc = db_row(store->db, SQL_CAMPAIGN_CODE);
    if (rc == 0)
        log_panic("the books have no campaign=%lld", (long long)row->campaign);
    if (rc < 0)
        return rc;
    row->code = mem_dup(db_text(store->db, SQL_CAMPAIGN_CODE, 0));
    db_end(store->db, SQL_CAMPAIGN_CODE);
    return 0;
}

/* Whatever may be up, and whose it is. What waits for another attempt of its own campaign, too. */
static int store_hand_out_any(struct store *store, struct ledger_op *op)
{
    struct store_items list;
    int rc;

    db_start(store->db, SQL_ITEMS_UP_ANY, op->showings.address, op->showings.after,
             (int64_t)op->showings.max);
    rc = store_list(store, SQL_ITEMS_UP_ANY, op->showings.max, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        struct ledger_row *row = &op->showings.rows[op->showings.n];

        rc = store_row(store, &list.items[i], row);
        if (rc < 0)
            break;
        op->showings.n++;
        row->up = true;
        row->campaign = list.items[i].campaign;
        rc = store_campaign_code(store, row);
    }
    free(list.items);
    return rc;
}

int store_showings(struct store *store, struct ledger_op *op)
{
    int rc;

    for (size_t i = 0; i < op->showings.n; i++) /* of a batch that was rolled back */
        ledger_row_release(&op->showings.rows[i]);
    op->showings.n = 0;
    if (!op->campaign)
        return store_hand_out_any(store, op);
    rc = store_hand_out(store, op, SQL_ITEMS_UP);
    if (rc == 0 && op->showings.n < op->showings.max)
        rc = store_hand_out(store, op, SQL_ITEMS_RESTING);
    return rc;
}

static int store_expire_some(struct store *store, struct ledger_op *op, enum sql_statement open)
{
    struct store_change change = STORE_CHANGE(DELIVERY_EXPIRED, CAUSE_WINDOW, op->at_ms);
    size_t room = op->expire.max - op->expire.n;
    struct store_items list;
    int rc;

    db_start(store->db, open, op->campaign, (int64_t)room);
    rc = store_list(store, open, room, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        change.to = store_unsent(&list.items[i], DELIVERY_EXPIRED);
        rc = store_change(store, &list.items[i], &change);
    }
    op->expire.n += list.n;
    free(list.items);
    return rc;
}

int store_expire(struct store *store, struct ledger_op *op)
{
    int rc;

    LOG_ASSERT(op->expire.max > 0);
    op->expire.n = 0;
    rc = store_expire_some(store, op, SQL_ITEMS_OPEN_SMS);
    if (rc == 0 && op->expire.n < op->expire.max)
        rc = store_expire_some(store, op, SQL_ITEMS_OPEN_BOARD);
    return rc;
}
