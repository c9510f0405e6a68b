/* store_report: what the network reports about messages that were sent.
 * Runs: ledger thread.
 *
 * A report names a number and an 8-bit reference of the modem's; both come round again, so of
 * several messages that still wait the one is meant that was sent when the report says, and without
 * a time the oldest. Some modems answer every message with the reference 0 and their reports bear
 * others: of those that never did better, number and time are enough. Nothing waits twice: a row of
 * awaiting goes with its report.
 *
 * A report comes to the SIM that sent the message, in whichever modem that is by now: modems may
 * change their ports at a restart. Only where the SIM isn't known, then or now, its modem stands
 * for it. The clock is that of the SIM's network; what references are worth is the habit of the
 * modem that sent the message.
 *
 * With on_unknown = "resend" two copies may be on their way, so rows of awaiting say which attempt
 * they are about: one attempt whose parts are all reported proves the message, and only when every
 * attempt that may have gone out is known to have failed is the message undelivered. A report that
 * comes while the next attempt waits takes the message out of the queue (the dispatcher may hold it
 * still: its claim is then refused); one that comes while the attempt is in flight is kept until
 * that ends. */
#include "gateway/ledger/store_inside.h"

#include <stdio.h>

#include "gateway/base/log.h"

#define STORE_FIT_MS (INT64_C(10) * 60 * 1000) /* so far may the network's clock be off */
#define STORE_TRUST  5

/* Longer than any sms.report_close: until then a missing report may still have to be closed. */
#define STORE_AWAIT_MS    (INT64_C(31) * 24 * 3600 * 1000)
#define STORE_SWEEP_MS    (INT64_C(60) * 1000)
#define STORE_SWEEP_CHUNK 1000

int64_t store_full_number(int64_t address)
{
    const int64_t mobile_from = INT64_C(10000000000), mobile_to = INT64_C(19999999999);

    if (address >= mobile_from && address <= mobile_to)
        return INT64_C(8600000000000) + address;
    return address;
}

struct store_awaited {
    int64_t row, delivery, attempt, reference;
    int64_t device, sim; /* that sent it; sim 0: not known */
    bool timely;         /* the report says that it was sent at that time */
};

#define STORE_SIM_NEW (-1) /* known by its IMSI, and the books have never heard of it */

/* The number of a SIM that is known by its IMSI. A modem may hand over its reports before the lane
 * has learnt that number. 0 or -errno. */
static int store_report_sim(struct store *store, const struct ledger_op *op, int64_t *sim)
{
    char name[sizeof "imsi:" + sizeof op->report.imsi];
    enum sql_statement find = op->report.sim ? SQL_SIM_KNOWN : SQL_SIM_FIND;
    int rc;

    *sim = 0;
    if (!op->report.sim && !*op->report.imsi)
        return 0;
    snprintf(name, sizeof name, "imsi:%s", op->report.imsi);
    if (op->report.sim)
        db_start(store->db, find, op->report.sim);
    else
        db_bind_text(store->db, find, 1, name);
    rc = db_row(store->db, find);
    if (rc > 0) {
        *sim = db_int(store->db, find, 0);
        db_end(store->db, find);
    } else if (rc == 0 && !op->report.sim) {
        *sim = STORE_SIM_NEW;
    }
    return rc < 0 ? rc : 0;
}

/* What the report fits best. 1: awaited; 0: not; -errno. */
static int store_report_find(struct store *store, const struct ledger_op *op, int64_t sim,
                             struct store_awaited *out)
{
    const struct status_report *report = &op->report.report;
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_AWAITING_FIND, store_full_number(report->address), op->report.device,
             report->reference, op->at_ms - STORE_REPORT_MAX_MS,
             report->sent_ms ? report->sent_ms : DB_NULL, STORE_FIT_MS, sim);
    rc = db_row(db, SQL_AWAITING_FIND);
    if (rc <= 0)
        return rc;
    out->row = db_int(db, SQL_AWAITING_FIND, 0);
    out->delivery = db_int(db, SQL_AWAITING_FIND, 1);
    out->attempt = db_int(db, SQL_AWAITING_FIND, 2);
    out->reference = db_int(db, SQL_AWAITING_FIND, 3);
    out->device = db_int(db, SQL_AWAITING_FIND, 4);
    out->sim = db_int(db, SQL_AWAITING_FIND, 5);
    out->timely = db_int(db, SQL_AWAITING_FIND, 6) != 0;
    db_end(db, SQL_AWAITING_FIND);
    return 1;
}

/* Whose network's clock it is. */
struct store_clock {
    int64_t id;
    enum sql_statement read, write;
};

static struct store_clock store_report_clock(const struct ledger_op *op,
                                             const struct store_awaited *awaited, int64_t sim)
{
    if (sim <= 0)
        sim = awaited->sim;
    if (sim > 0)
        return (struct store_clock){sim, SQL_SIM_TRUST, SQL_SIM_TRUSTED};
    return (struct store_clock){op->report.device, SQL_DEVICE_TRUST, SQL_DEVICE_TRUSTED};
}

/* How many untimely reports in a row this network is still disbelieved. 0 or -errno. */
static int store_report_trust(struct store *store, const struct store_clock *clock, int64_t *trust)
{
    int rc;

    db_start(store->db, clock->read, clock->id);
    rc = db_row(store->db, clock->read);
    if (rc == 0)
        log_panic("the books have no %s=%lld", clock->read == SQL_SIM_TRUST ? "sim" : "device",
                  (long long)clock->id);
    if (rc < 0)
        return rc;
    *trust = db_int(store->db, clock->read, 0);
    db_end(store->db, clock->read);
    return 0;
}

/* A report that names another time than the message's is about another message, as far as its
 * network's clock has agreed with ours before: then it is the second copy of one that came, or of
 * an old one. Should the clock have gone wrong since, that is found out after a few. 1: believed;
 * 0: not; -errno. */
static int store_report_believe(struct store *store, const struct ledger_op *op,
                                const struct store_awaited *awaited, int64_t sim)
{
    struct store_clock clock = store_report_clock(op, awaited, sim);
    int64_t trust;
    int rc;

    if (!op->report.report.sent_ms)
        return 1;
    if (awaited->timely) {
        rc = db_run(store->db, clock.write, clock.id, STORE_TRUST);
        if (rc == 0 && awaited->reference > 0)
            rc = db_run(store->db, SQL_DEVICE_REFERS, awaited->device);
        return rc < 0 ? rc : 1;
    }
    rc = store_report_trust(store, &clock, &trust);
    if (rc < 0 || trust == 0)
        return rc < 0 ? rc : 1;
    return db_run(store->db, clock.write, clock.id, trust - 1);
}

/* 1: a message is meant; 0: none; -errno. */
static int store_report_match(struct store *store, const struct ledger_op *op,
                              struct store_awaited *out)
{
    int64_t sent_ms = op->report.report.sent_ms, sim;
    int rc;

    if (sent_ms && sent_ms <= op->at_ms - STORE_REPORT_MAX_MS)
        return 0;
    rc = store_report_sim(store, op, &sim);
    if (rc == 0)
        rc = store_report_find(store, op, sim, out);
    return rc <= 0 ? rc : store_report_believe(store, op, out, sim);
}

/* How many reports of an attempt are still missing; attempt 0: of all. 0 or -errno. */
static int store_report_left(struct store *store, const struct store_item *item, int64_t attempt,
                             int64_t *left)
{
    int rc;

    db_start(store->db, SQL_AWAITING_LEFT, item->campaign, item->unit, item->route, item->id,
             attempt);
    rc = db_row(store->db, SQL_AWAITING_LEFT);
    if (rc < 0)
        return rc;
    *left = db_int(store->db, SQL_AWAITING_LEFT, 0);
    db_end(store->db, SQL_AWAITING_LEFT);
    return 0;
}

static int store_report_end(struct store *store, const struct ledger_op *op,
                            const struct store_awaited *awaited, struct store_item *item,
                            enum delivery_state to)
{
    struct store_change change = STORE_CHANGE(to, CAUSE_REPORT, op->at_ms);

    change.device = awaited->device;
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
        rc = store_report_left(store, item, awaited->attempt, &left);
    if (rc < 0 || left > 0)
        return rc;
    if (item->state == DELIVERY_INFLIGHT)
        return store_report_doubt(store, item, DOUBT_PROVED);
    return store_report_end(store, op, awaited, item, DELIVERY_DELIVERED);
}

/* One failed part fails its attempt. */
static int store_report_failed(struct store *store, const struct ledger_op *op,
                               const struct store_awaited *awaited, struct store_item *item)
{
    int64_t left;
    int rc = db_run(store->db, SQL_AWAITING_FAIL, item->campaign, item->unit, item->route, item->id,
                    awaited->attempt);

    if (rc == 0)
        rc = store_report_left(store, item, 0, &left);
    if (rc < 0 || left > 0 || item->doubted == DOUBT_PROVED)
        return rc;
    if (item->state == DELIVERY_INFLIGHT) /* and only this attempt can still reach anybody */
        return store_report_doubt(store, item, DOUBT_NONE);
    return store_report_end(store, op, awaited, item, DELIVERY_UNDELIVERED);
}

static int store_report_unmatched(struct store *store, struct ledger_op *op)
{
    const struct status_report *report = &op->report.report;
    struct jv *object;
    int rc = db_run(store->db, SQL_UNMATCHED_ADD, op->report.device, op->at_ms, report->reference,
                    report->status);

    op->result = LEDGER_UNMATCHED;
    if (rc < 0)
        return rc;
    object = jv_object();
    jv_put(object, "device", jv_int(op->report.device));
    jv_put(object, "reference", jv_int(report->reference));
    jv_put(object, "status", jv_int(report->status));
    return store_fact(store, FACT_STRAY, object, op->at_ms);
}

int store_report(struct store *store, struct ledger_op *op)
{
    struct store_awaited awaited;
    struct store_item item;
    int rc;

    op->report.id = op->report.state = 0;
    rc = store_report_match(store, op, &awaited);
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

int store_awaiting_prune(struct store *store, int64_t at_ms)
{
    int64_t since = at_ms - store->swept_ms;

    if (since >= 0 && since < STORE_SWEEP_MS)
        return 0;
    store->swept_ms = at_ms;
    return db_run(store->db, SQL_AWAITING_PRUNE, at_ms - STORE_AWAIT_MS, STORE_SWEEP_CHUNK);
}

/* The next message of the campaign whose report came too late or never. 1: there; 0: no more;
 * -errno. */
static int store_close_next(struct store *store, const struct ledger_op *op, int64_t *delivery)
{
    struct store_closing *closing = &store->closing;
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_AWAITING_OLD, closing->campaign, op->close.before_ms, closing->after);
    rc = db_row(db, SQL_AWAITING_OLD);
    if (rc <= 0)
        return rc;
    closing->after = db_int(db, SQL_AWAITING_OLD, 0);
    *delivery = db_int(db, SQL_AWAITING_OLD, 1);
    db_end(db, SQL_AWAITING_OLD);
    return 1;
}

static int store_close_one(struct store *store, int64_t delivery, int64_t at_ms)
{
    const struct store_change closed = STORE_CHANGE(DELIVERY_SENT, CAUSE_CLOSED, at_ms);
    struct store_item item;
    int rc = store_load(store, delivery, &item);

    if (rc == 0)
        rc = store_await_none(store, &item);
    return rc < 0 ? rc : store_note_closed(store, &item, &closed);
}

/* The chunks of one closing go on where the last one ended: what stays awaited isn't looked at
 * again for each of them. */
int store_close_reports(struct store *store, struct ledger_op *op)
{
    struct store_closing *closing = &store->closing;
    int64_t delivery;
    int rc = 0;

    op->close.n = 0;
    if (closing->campaign != op->campaign || closing->before_ms != op->close.before_ms)
        *closing = (struct store_closing){op->campaign, op->close.before_ms, 0};
    while (op->close.n < op->close.max && (rc = store_close_next(store, op, &delivery)) > 0) {
        rc = store_close_one(store, delivery, op->at_ms);
        if (rc < 0)
            return rc;
        op->close.n++;
    }
    if (op->close.n < op->close.max) /* the next closing looks at everything */
        *closing = (struct store_closing){0};
    return rc;
}
