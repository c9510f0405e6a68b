/* store_settle: an attempt begins (claim), ends (settle), and is reported on by the network.
 * Runs: ledger thread.
 *
 * A report names a number and an 8-bit reference of the modem's; both come round again, so the
 * oldest message that still waits is meant. Nothing waits twice: a row of awaiting goes with its
 * report. */
#include "gateway/ledger/store_inside.h"

#include "gateway/base/log.h"

int store_claim(struct store *store, struct ledger_op *op)
{
    struct store_change claim = STORE_CHANGE(DELIVERY_INFLIGHT, CAUSE_CLAIM, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->claim.id, &item);

    if (rc < 0)
        return rc;
    claim.device = op->claim.device;
    item.attempts++;
    item.reported = 0;
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
    for (int i = 0; i < outcome->n_references && rc == 0; i++)
        rc = store_await(store, item, i, outcome->references[i], op->at_ms);
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
static int store_settle_unknown(struct store *store, struct ledger_op *op, struct store_item *item,
                                struct store_change *change)
{
    struct store_change resend = STORE_CHANGE(DELIVERY_DEFERRED, CAUSE_RESEND, op->at_ms);
    int rc;

    change->to = DELIVERY_UNKNOWN;
    if (item->channel == CHANNEL_DISPLAY)
        change->up = 1;
    rc = store_change(store, item, change);
    if (rc < 0)
        return rc;
    if (op->settle.resend && !store_used_up(op, item)) {
        resend.not_before_ms = op->at_ms + op->settle.outcome.wait_ms;
        return store_change(store, item, &resend);
    }
    return item->channel == CHANNEL_SMS ? store_await_all(store, item, op->at_ms) : 0;
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
    change->to = DELIVERY_REJECTED;
    return store_change(store, item, change);
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

/* 1: awaited, *row and *delivery set; 0: not; -errno. */
static int store_report_find(struct store *store, const struct ledger_op *op, int64_t *row,
                             int64_t *delivery)
{
    const int references[] = {op->report.report.reference, -1};
    int64_t address = store_full_number(op->report.report.address);
    struct db *db = store->db;
    int rc = 0;

    for (size_t i = 0; i < 2 && rc == 0; i++) {
        db_start(db, SQL_AWAITING_FIND, address, op->report.device, references[i]);
        rc = db_row(db, SQL_AWAITING_FIND);
    }
    if (rc <= 0)
        return rc;
    *row = db_int(db, SQL_AWAITING_FIND, 0);
    *delivery = db_int(db, SQL_AWAITING_FIND, 1);
    db_end(db, SQL_AWAITING_FIND);
    return 1;
}

static int store_report_end(struct store *store, const struct ledger_op *op,
                            struct store_item *item, enum delivery_state to)
{
    struct store_change change = STORE_CHANGE(to, CAUSE_REPORT, op->at_ms);
    int rc = db_run(store->db, SQL_AWAITING_CLEAR, item->id);

    change.device = op->report.device;
    change.code = op->report.report.status;
    return rc < 0 ? rc : store_change(store, item, &change);
}

static int store_report_delivered(struct store *store, const struct ledger_op *op, int64_t row,
                                  struct store_item *item)
{
    int rc;

    item->reported++;
    if (item->reported >= item->parts)
        return store_report_end(store, op, item, DELIVERY_DELIVERED);
    rc = db_run(store->db, SQL_AWAITING_DROP, row);
    return rc < 0 ? rc : db_run(store->db, SQL_DELIVERY_REPORTED, item->id, item->reported);
}

static int store_report_unmatched(struct store *store, struct ledger_op *op)
{
    op->result = LEDGER_UNMATCHED;
    return db_run(store->db, SQL_UNMATCHED_ADD, op->report.device, op->at_ms,
                  op->report.report.reference, op->report.report.status);
}

int store_report(struct store *store, struct ledger_op *op)
{
    struct store_item item;
    int64_t row;
    int rc;

    op->report.id = op->report.state = 0;
    rc = store_report_find(store, op, &row, &op->report.id);
    if (rc == 0)
        return store_report_unmatched(store, op);
    if (rc > 0)
        rc = store_load(store, op->report.id, &item);
    if (rc < 0)
        return rc;
    switch (op->report.report.kind) {
    case REPORT_DELIVERED:
        rc = store_report_delivered(store, op, row, &item);
        break;
    case REPORT_FAILED:
        rc = store_report_end(store, op, &item, DELIVERY_UNDELIVERED);
        break;
    case REPORT_PENDING:
        op->result = LEDGER_PENDING;
        break;
    }
    op->report.state = (int32_t)item.state;
    return rc;
}
