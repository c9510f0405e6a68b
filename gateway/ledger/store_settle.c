/* store_settle: an attempt begins (claim), ends (settle), and is reported on by the network.
 * Runs: ledger thread.
 *
 * A report names a number and an 8-bit reference of the modem's; both come round again, so the
 * oldest message that still waits is meant. Nothing waits twice: a row of awaiting goes with its
 * report.
 *
 * With on_unknown = "resend" two copies may be on their way, so rows of awaiting say which attempt
 * they are about: one attempt whose parts are all reported proves the message, and only when every
 * attempt that may have gone out is known to have failed is the message undelivered. A report that
 * comes while the next attempt waits takes the message out of the queue (the dispatcher may hold it
 * still: its claim is then refused); one that comes while the attempt is in flight is kept until
 * that ends. */
#include "gateway/ledger/store_inside.h"

#include <errno.h>

#include "gateway/base/log.h"

int store_claim(struct store *store, struct ledger_op *op)
{
    struct store_change claim = STORE_CHANGE(DELIVERY_INFLIGHT, CAUSE_CLAIM, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->claim.id, &item);

    if (rc < 0)
        return rc;
    if (item.doubted && (item.state == DELIVERY_DELIVERED || item.state == DELIVERY_UNDELIVERED)) {
        op->result = -EALREADY;
        return 0;
    }
    claim.device = op->claim.device;
    item.attempts++;
    return store_change(store, &item, &claim);
}

static int store_settle_sent(struct store *store, struct ledger_op *op, struct store_item *item,
                             struct store_change *change)
{
    const struct outcome *outcome = &op->settle.outcome;
    int rc;

    LOG_ASSERT(outcome->n_references >= 0 && outcome->n_references <= OUTCOME_PARTS_MAX);
    change->to = DELIVERY_SENT;
    change->level = op->settle.level;
    if (item->channel == CHANNEL_DISPLAY)
        change->up = 1;
    rc = store_change(store, item, change);
    for (int i = 0; outcome->n_references && i < item->parts && rc == 0; i++)
        rc = store_await(store, item, i, i < outcome->n_references ? outcome->references[i] : -1,
                         op->at_ms);
    return rc;
}

static bool store_used_up(const struct ledger_op *op, const struct store_item *item)
{
    return op->settle.attempts_max > 0 && item->attempts >= op->settle.attempts_max;
}

static int store_settle_deferred(struct store *store, struct ledger_op *op, struct store_item *item,
                                 struct store_change *change)
{
    int rc;

    if (item->doubted && store_used_up(op, item)) {
        change->to = DELIVERY_UNKNOWN;
        return store_change(store, item, change);
    }
    change->to = DELIVERY_DEFERRED;
    change->not_before_ms = op->at_ms + op->settle.outcome.wait_ms;
    rc = store_change(store, item, change);
    if (rc < 0 || !store_used_up(op, item))
        return rc;
    change->to = DELIVERY_EXPIRED;
    change->not_before_ms = DB_NULL;
    return store_change(store, item, change);
}

/* Even a campaign that sends again leaves the last attempt in doubt: to call it expired would say
 * that it was not sent. */
/* Of a message that went out in part, only the parts that were taken can be reported on; the others
 * are awaited in vain, so that reports on some of them, or on one of them twice, never make it
 * delivered. When it isn't known what was taken, any report may be for any part. */
static int store_await_doubtful(struct store *store, const struct store_item *item,
                                const struct outcome *outcome, int64_t at_ms)
{
    int rc = 0;

    if (!outcome->n_references)
        return store_await_all(store, item, at_ms);
    for (int part = 0; part < item->parts && rc == 0; part++)
        rc = store_await(
            store, item, part,
            part < outcome->n_references ? outcome->references[part] : STORE_REFERENCE_NONE, at_ms);
    return rc;
}

static int store_settle_unknown(struct store *store, struct ledger_op *op, struct store_item *item,
                                struct store_change *change)
{
    struct store_change resend = STORE_CHANGE(DELIVERY_DEFERRED, CAUSE_RESEND, op->at_ms);
    int rc;

    change->to = DELIVERY_UNKNOWN;
    if (item->channel == CHANNEL_DISPLAY)
        change->up = 1;
    rc = store_change(store, item, change);
    if (rc == 0 && item->channel == CHANNEL_SMS)
        rc = store_await_doubtful(store, item, &op->settle.outcome, op->at_ms);
    if (rc < 0 || !op->settle.resend || store_used_up(op, item))
        return rc;
    resend.not_before_ms = op->at_ms + op->settle.outcome.wait_ms;
    return store_change(store, item, &resend);
}

static int store_settle_returned(struct store *store, struct ledger_op *op, struct store_item *item,
                                 struct store_change *change)
{
    item->attempts--;
    change->to = DELIVERY_DEFERRED;
    change->not_before_ms = op->at_ms;
    return store_change(store, item, change);
}

static int store_settle_rejected(struct store *store, struct ledger_op *op, struct store_item *item,
                                 struct store_change *change)
{
    (void)op;
    change->to = store_unsent(item, DELIVERY_REJECTED);
    return store_change(store, item, change);
}

/* What was reported while the attempt was in flight. */
static int store_settle_proved(struct store *store, const struct ledger_op *op,
                               struct store_item *item)
{
    const struct store_change proved = STORE_CHANGE(DELIVERY_DELIVERED, CAUSE_REPORT, op->at_ms);

    return item->doubted == DOUBT_PROVED ? store_conclude(store, item, &proved) : 0;
}

int store_settle(struct store *store, struct ledger_op *op)
{
    static int (*const endings[OUTCOME_KINDS])(struct store *, struct ledger_op *,
                                               struct store_item *, struct store_change *) = {
        [OUTCOME_SENT] = store_settle_sent,         [OUTCOME_REJECTED] = store_settle_rejected,
        [OUTCOME_DEFERRED] = store_settle_deferred, [OUTCOME_UNKNOWN] = store_settle_unknown,
        [OUTCOME_RETURNED] = store_settle_returned,
    };
    struct store_change change = STORE_CHANGE(DELIVERY_SENT, CAUSE_OUTCOME, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->settle.id, &item);

    if (rc < 0)
        return rc;
    if ((unsigned)op->settle.outcome.kind >= OUTCOME_KINDS)
        log_panic("no outcome has the number %d", (int)op->settle.outcome.kind);
    LOG_ASSERT(item.state == DELIVERY_INFLIGHT && item.device == op->settle.device);
    change.device = op->settle.device;
    change.code = op->settle.outcome.code;
    change.detail = op->settle.outcome.detail[0] ? op->settle.outcome.detail : NULL;
    rc = endings[op->settle.outcome.kind](store, op, &item, &change);
    if (rc == 0)
        rc = store_settle_proved(store, op, &item);
    op->settle.state = (int32_t)item.state;
    return rc;
}

/* Networks leave the country code out as they like; the books never do. */
static int64_t store_full_number(int64_t address)
{
    const int64_t mobile_from = INT64_C(10000000000), mobile_to = INT64_C(19999999999);

    if (address >= mobile_from && address <= mobile_to)
        return INT64_C(8600000000000) + address;
    return address;
}

struct store_awaited {
    int64_t row, delivery, attempt;
};

/* 1: awaited; 0: not; -errno. */
static int store_report_find(struct store *store, const struct ledger_op *op,
                             struct store_awaited *out)
{
    const int references[] = {op->report.report.reference, -1};
    int64_t address = store_full_number(op->report.report.address);
    struct db *db = store->db;
    int rc = 0;

    for (size_t i = 0; i < 2 && rc == 0; i++) {
        db_start(db, SQL_AWAITING_FIND, address, op->report.device, references[i],
                 op->at_ms - STORE_REPORT_MAX_MS);
        rc = db_row(db, SQL_AWAITING_FIND);
    }
    if (rc <= 0)
        return rc;
    out->row = db_int(db, SQL_AWAITING_FIND, 0);
    out->delivery = db_int(db, SQL_AWAITING_FIND, 1);
    out->attempt = db_int(db, SQL_AWAITING_FIND, 2);
    db_end(db, SQL_AWAITING_FIND);
    return 1;
}

/* How many reports of an attempt are still missing; attempt 0: of all. 0 or -errno. */
static int store_report_left(struct store *store, int64_t delivery, int64_t attempt, int64_t *left)
{
    int rc;

    db_start(store->db, SQL_AWAITING_LEFT, delivery, attempt);
    rc = db_row(store->db, SQL_AWAITING_LEFT);
    if (rc < 0)
        return rc;
    *left = db_int(store->db, SQL_AWAITING_LEFT, 0);
    db_end(store->db, SQL_AWAITING_LEFT);
    return 0;
}

static int store_report_end(struct store *store, const struct ledger_op *op,
                            struct store_item *item, enum delivery_state to)
{
    struct store_change change = STORE_CHANGE(to, CAUSE_REPORT, op->at_ms);

    change.device = op->report.device;
    change.code = op->report.report.status;
    return store_conclude(store, item, &change);
}

static int store_report_doubt(struct store *store, struct store_item *item, enum store_doubt doubt)
{
    return db_run(store->db, SQL_DELIVERY_DOUBTED, item->id, doubt);
}

static int store_report_delivered(struct store *store, const struct ledger_op *op,
                                  const struct store_awaited *awaited, struct store_item *item)
{
    int64_t left;
    int rc = db_run(store->db, SQL_AWAITING_DROP, awaited->row);

    if (rc == 0)
        rc = store_report_left(store, item->id, awaited->attempt, &left);
    if (rc < 0 || left > 0)
        return rc;
    if (item->state == DELIVERY_INFLIGHT)
        return store_report_doubt(store, item, DOUBT_PROVED);
    return store_report_end(store, op, item, DELIVERY_DELIVERED);
}

/* One failed part fails its attempt. */
static int store_report_failed(struct store *store, const struct ledger_op *op,
                               const struct store_awaited *awaited, struct store_item *item)
{
    int64_t left;
    int rc = db_run(store->db, SQL_AWAITING_FAIL, item->id, awaited->attempt);

    if (rc == 0)
        rc = store_report_left(store, item->id, 0, &left);
    if (rc < 0 || left > 0 || item->doubted == DOUBT_PROVED)
        return rc;
    if (item->state == DELIVERY_INFLIGHT) /* and only this attempt can still reach anybody */
        return store_report_doubt(store, item, DOUBT_NONE);
    return store_report_end(store, op, item, DELIVERY_UNDELIVERED);
}

static int store_report_unmatched(struct store *store, struct ledger_op *op)
{
    op->result = LEDGER_UNMATCHED;
    return db_run(store->db, SQL_UNMATCHED_ADD, op->report.device, op->at_ms,
                  op->report.report.reference, op->report.report.status);
}

int store_report(struct store *store, struct ledger_op *op)
{
    struct store_awaited awaited;
    struct store_item item;
    int rc;

    op->report.id = op->report.state = 0;
    rc = store_report_find(store, op, &awaited);
    if (rc == 0)
        return store_report_unmatched(store, op);
    if (rc > 0)
        rc = store_load(store, awaited.delivery, &item);
    if (rc < 0)
        return rc;
    op->report.id = item.id;
    switch (op->report.report.kind) {
    case REPORT_DELIVERED:
        rc = store_report_delivered(store, op, &awaited, &item);
        break;
    case REPORT_FAILED:
        rc = store_report_failed(store, op, &awaited, &item);
        break;
    case REPORT_PENDING:
        op->result = LEDGER_PENDING;
        break;
    }
    op->report.state = (int32_t)item.state;
    return rc;
}
