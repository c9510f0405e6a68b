/* store_settle: an attempt begins (claim) and ends (settle).
 * Runs: ledger thread.
 *
 * What the network reports about it later is store_report's. A message may be proved by a report
 * while its next attempt is in flight: that is kept until this one ends. */
#include "gateway/ledger/store_inside.h"

#include <errno.h>

#include "gateway/base/log.h"

/* The dispatcher may hold a row that was due and isn't any more: a report about an earlier attempt
 * has settled it, its recipient has refused, or a person has cancelled it. */
static bool store_is_over(const struct store_item *item)
{
    switch (item->state) {
    case DELIVERY_SUPPRESSED:
    case DELIVERY_CANCELLED:
        return true;
    case DELIVERY_UNKNOWN:
    case DELIVERY_DELIVERED:
    case DELIVERY_UNDELIVERED:
        return item->doubted;
    default:
        return false;
    }
}

int store_claim(struct store *store, struct ledger_op *op)
{
    struct store_change claim = STORE_CHANGE(DELIVERY_INFLIGHT, CAUSE_CLAIM, op->at_ms);
    struct store_item item;
    int rc = store_load(store, op->claim.id, &item);

    if (rc < 0)
        return rc;
    if (store_is_over(&item)) {
        op->result = -EALREADY;
        return 0;
    }
    store_use(store, &op->claim.meters, item.parts);
    claim.device = op->claim.device;
    claim.sim = op->claim.meters.sim;
    claim.pool = op->claim.meters.group;
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
    store_used(store, &op->settle.meters, item.parts, &op->settle.outcome);
    rc = endings[op->settle.outcome.kind](store, op, &item, &change);
    if (rc == 0)
        rc = store_settle_proved(store, op, &item);
    if (rc == 0)
        rc = store_shun(store, &item, op->at_ms);
    op->settle.state = (int32_t)item.state;
    return rc;
}
