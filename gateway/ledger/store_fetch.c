/* store_fetch: the next deliveries for the dispatcher: planned, deferred and reserve -> due.
 * Runs: ledger thread.
 *
 * A fetch is about one queue: a unit's messages to one network, or a board's slogans. The quota is
 * the unit's: it is compared with all its messages, whichever network they go to.
 *
 * In this order: what is due already (first fetch after a start), slots that passed (expired), what
 * waited long enough, what is planned for now, and the reserve list while the unit's living
 * messages are fewer than its quota. "Living" is every message that may still be delivered or was:
 * dead states have no way back, so drawing only for the dead never oversteps the quota. Planned
 * messages are held to the quota too: should the books hold more of them than were ordered, those
 * above it stay planned.
 *
 * What has more parts than anybody can send at once is left where it is, and the fetch says so: in
 * the dispatcher it would only take the room of what can be sent. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"

#define STORE_PASSED_MAX 1000 /* slots expired by one fetch */

static struct store_queue store_queue_of(const struct ledger_op *op)
{
    bool sms = op->fetch.channel == CHANNEL_SMS;

    return (struct store_queue){
        .campaign = op->campaign,
        .key = sms ? op->fetch.unit : op->fetch.address,
        .route = sms ? op->fetch.route : 0,
        .sms = sms,
    };
}

static int64_t store_parts_most(const struct ledger_op *op)
{
    bool bounded = op->fetch.channel == CHANNEL_SMS && op->fetch.parts_most > 0;

    return bounded ? op->fetch.parts_most : INT64_MAX;
}

static size_t store_room(const struct ledger_op *op)
{
    return op->fetch.max - op->fetch.n;
}

/* A batch that was rolled back has handed out rows already. */
static void store_fetch_reset(struct ledger_op *op)
{
    for (size_t i = 0; i < op->fetch.n; i++)
        ledger_row_release(&op->fetch.rows[i]);
    op->fetch.n = 0;
    op->fetch.next_ms = INT64_MAX;
    op->fetch.awaiting = 0;
    op->fetch.open_parts = 0;
    op->fetch.taken = 0;
    op->fetch.oversize = false;
}

/* Hands one item out; it is due now. */
static int store_hand_out(struct store *store, struct ledger_op *op, const struct store_item *item)
{
    int rc = store_row(store, item, &op->fetch.rows[op->fetch.n]);

    if (rc == 0)
        op->fetch.n++;
    return rc;
}

static int store_pass(struct store *store, struct store_item *item, int64_t at_ms)
{
    const struct store_change passed = STORE_CHANGE(DELIVERY_EXPIRED, CAUSE_WINDOW, at_ms);

    return store_change(store, item, &passed);
}

/* Rows of one state whose slot is over. */
static int store_fetch_passed(struct store *store, struct ledger_op *op, enum delivery_state state,
                              int64_t after)
{
    struct store_queue queue = store_queue_of(op);
    struct store_items list;
    int rc;

    db_start(store->db, SQL_ITEMS_PASSED, queue.campaign, queue.key, state, op->at_ms, after,
             STORE_PASSED_MAX);
    rc = store_list(store, SQL_ITEMS_PASSED, STORE_PASSED_MAX, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++)
        rc = store_pass(store, &list.items[i], op->at_ms);
    free(list.items);
    return rc;
}

/* The queue's leftover, or NULL; again makes it anew, with everything still to hand out. */
static struct leftover_rows *store_leftover(struct store *store, const struct ledger_op *op)
{
    struct store_queue queue = store_queue_of(op);
    struct leftover_rows *found = leftovers_find(&store->leftovers, &queue);

    if (!op->fetch.again)
        return found;
    if (!found)
        found = leftovers_add(&store->leftovers, &queue);
    found->after = 0;
    return found;
}

/* Rows that were due before the start. While some wait for room nothing else becomes due, so "due
 * with a higher id" are exactly those that nobody holds. */
static int store_fetch_again(struct store *store, struct ledger_op *op,
                             struct leftover_rows *leftover)
{
    struct store_queue queue = leftover->queue;
    enum sql_statement s = queue.sms ? SQL_ITEMS_DUE_SMS : SQL_ITEMS_DUE_BOARD;
    struct store_items list;
    int rc = queue.sms ? 0 : store_fetch_passed(store, op, DELIVERY_DUE, leftover->after);

    if (rc < 0)
        return rc;
    /* One more than there is room for: its presence says that more are left. */
    db_start(store->db, s, queue.campaign, queue.key, queue.route, leftover->after,
             (int64_t)op->fetch.max + 1, store_parts_most(op));
    rc = store_list(store, s, op->fetch.max + 1, &list);
    for (size_t i = 0; i < list.n && rc == 0 && store_room(op); i++)
        rc = store_hand_out(store, op, &list.items[i]);
    leftover->after = list.n > op->fetch.max ? list.items[op->fetch.max - 1].id : INT64_MAX;
    if (list.n > op->fetch.max)
        op->fetch.next_ms = 0;
    free(list.items);
    return rc;
}

/* Rows that may go from some time on, be it only the campaign's. */
struct store_ready {
    enum delivery_state state;
    enum delivery_cause cause;
    int64_t at_ms;
    size_t room;
};

static int store_fetch_ready(struct store *store, struct ledger_op *op,
                             const struct store_ready *ready)
{
    const struct store_change due = STORE_CHANGE(DELIVERY_DUE, ready->cause, op->at_ms);
    struct store_queue queue = store_queue_of(op);
    enum sql_statement s = queue.sms ? SQL_ITEMS_READY_SMS : SQL_ITEMS_READY_BOARD;
    struct store_items list;
    int rc;

    db_start(store->db, s, queue.campaign, queue.key, queue.route, ready->state, ready->at_ms,
             (int64_t)ready->room, store_parts_most(op));
    rc = store_list(store, s, ready->room, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        rc = store_change(store, &list.items[i], &due);
        if (rc == 0)
            rc = store_hand_out(store, op, &list.items[i]);
    }
    free(list.items);
    return rc;
}

static int store_fetch_quota(struct store *store, const struct ledger_op *op,
                             struct store_quota *quota)
{
    const struct store_quota_ask ask = {op->campaign, op->fetch.unit, op->fetch.count_sent};

    return store_quota(store, &ask, quota);
}

static size_t store_least(size_t room, int64_t most)
{
    if (most <= 0)
        return 0;
    return (uint64_t)most < room ? (size_t)most : room;
}

/* Rows whose waiting time is over; of messages no more than the quota has room for, should it have
 * been lowered. */
static int store_fetch_deferred(struct store *store, struct ledger_op *op)
{
    struct store_ready ready = {DELIVERY_DEFERRED, CAUSE_RETRY, op->at_ms, .room = store_room(op)};
    struct store_quota quota;
    int rc = 0;

    if (op->fetch.channel == CHANNEL_SMS) {
        rc = store_fetch_quota(store, op, &quota);
        if (rc == 0 && quota.vacancies < 0)
            ready.room = store_least(ready.room, quota.vacancies + quota.deferred);
    }
    return rc < 0 || !ready.room ? rc : store_fetch_ready(store, op, &ready);
}

/* When the first window of a campaign opens that was edited: maybe earlier than its messages were
 * entered for, or later. INT64_MIN: it wasn't. 0 or -errno. */
static int store_fetch_opening(struct store *store, const struct ledger_op *op, int64_t *opening_ms)
{
    int rc;

    *opening_ms = INT64_MIN;
    if (op->fetch.channel != CHANNEL_SMS)
        return 0;
    db_start(store->db, SQL_OPENING, op->campaign);
    rc = db_row(store->db, SQL_OPENING);
    if (rc <= 0)
        return rc;
    *opening_ms = db_int(store->db, SQL_OPENING, 0);
    db_end(store->db, SQL_OPENING);
    return 0;
}

/* Planned rows, of messages no more than the quota has room for. */
static int store_fetch_planned(struct store *store, struct ledger_op *op)
{
    struct store_ready ready = {DELIVERY_PLANNED, CAUSE_WINDOW, op->at_ms, .room = store_room(op)};
    struct store_quota quota;
    int64_t opening_ms;
    int rc = store_fetch_opening(store, op, &opening_ms);

    if (rc < 0)
        return rc;
    if (opening_ms != INT64_MIN)
        ready.at_ms = opening_ms <= op->at_ms ? INT64_MAX : INT64_MIN + 1;
    if (op->fetch.channel == CHANNEL_SMS) {
        rc = store_fetch_quota(store, op, &quota);
        ready.room = rc == 0 ? store_least(ready.room, quota.vacancies) : 0;
    }
    return rc < 0 || !ready.room ? rc : store_fetch_ready(store, op, &ready);
}

/* The first row of the unit's reserve for this network. 1: there; 0: none; -errno. */
static int store_reserve_next(struct store *store, const struct ledger_op *op, int64_t *id,
                              struct ledger_new *row, struct store_item *item)
{
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_RESERVE_NEXT, op->campaign, op->fetch.unit, op->fetch.route,
             store_parts_most(op));
    rc = db_row(db, SQL_RESERVE_NEXT);
    if (rc <= 0)
        return rc;
    *id = db_int(db, SQL_RESERVE_NEXT, 0);
    *item = (struct store_item){.campaign = op->campaign, .text = db_int(db, SQL_RESERVE_NEXT, 2)};
    *row = (struct ledger_new){
        .unit = op->fetch.unit,
        .channel = CHANNEL_SMS,
        .route = op->fetch.route,
        .address = db_int(db, SQL_RESERVE_NEXT, 1),
        .parts = (int32_t)db_int(db, SQL_RESERVE_NEXT, 3),
        .alphabet = (int32_t)db_int(db, SQL_RESERVE_NEXT, 4),
        .from_ms = db_int(db, SQL_RESERVE_NEXT, 5),
        .until_ms = db_int(db, SQL_RESERVE_NEXT, 6),
    };
    db_end(db, SQL_RESERVE_NEXT);
    return 1;
}

/* Draws one. A number that has become a delivery in the meantime is struck off without being used.
 * 1: drawn or struck off; 0: none may be drawn now, and next_ms says when; -errno. */
static int store_draw(struct store *store, struct ledger_op *op)
{
    const struct store_change plan = STORE_CHANGE(DELIVERY_PLANNED, CAUSE_RESERVE, op->at_ms);
    const struct store_change due = STORE_CHANGE(DELIVERY_DUE, CAUSE_RESERVE, op->at_ms);
    struct store_item item;
    struct ledger_new row;
    int64_t id, opening_ms;
    int rc = store_reserve_next(store, op, &id, &row, &item);

    if (rc <= 0)
        return rc;
    rc = store_fetch_opening(store, op, &opening_ms);
    if (rc < 0)
        return rc;
    if (opening_ms != INT64_MIN)
        row.from_ms = opening_ms;
    if (row.from_ms > op->at_ms || !store_room(op)) {
        if (row.from_ms < op->fetch.next_ms)
            op->fetch.next_ms = row.from_ms;
        return 0;
    }
    rc = db_run(store->db, SQL_RESERVE_DROP, id);
    if (rc == 0)
        rc = store_enter(store, &row, &item, &plan);
    if (rc != 0)
        return rc;
    rc = store_change(store, &item, &due);
    if (rc == 0)
        rc = store_hand_out(store, op, &item);
    return rc < 0 ? rc : 1;
}

static int store_fetch_reserve(struct store *store, struct ledger_op *op)
{
    struct store_quota quota;
    int rc;

    do {
        rc = store_fetch_quota(store, op, &quota);
        if (rc == 0 && quota.vacancies > quota.planned)
            rc = store_draw(store, op);
        else if (rc == 0)
            return 0;
    } while (rc > 0);
    return rc;
}

static int store_fetch_first(struct store *store, struct ledger_op *op, enum delivery_state state)
{
    struct store_queue queue = store_queue_of(op);
    enum sql_statement s = queue.sms ? SQL_NEXT_SMS : SQL_NEXT_BOARD;
    int64_t first;
    int rc;

    db_start(store->db, s, queue.campaign, queue.key, queue.route, state, store_parts_most(op));
    rc = db_row(store->db, s);
    if (rc < 0)
        return rc;
    LOG_ASSERT(rc > 0);
    first = db_is_null(store->db, s, 0) ? INT64_MAX : db_int(store->db, s, 0);
    db_end(store->db, s);
    if (first < op->fetch.next_ms)
        op->fetch.next_ms = first;
    return 0;
}

/* Of an edited campaign planned messages wait for its first window. */
static int store_fetch_first_planned(struct store *store, struct ledger_op *op)
{
    int64_t before_ms = op->fetch.next_ms, opening_ms;
    int rc = store_fetch_opening(store, op, &opening_ms);

    if (rc == 0 && opening_ms != INT64_MIN)
        op->fetch.next_ms = INT64_MAX;
    if (rc == 0)
        rc = store_fetch_first(store, op, DELIVERY_PLANNED);
    if (rc < 0 || opening_ms == INT64_MIN)
        return rc;
    if (op->fetch.next_ms != INT64_MAX)
        op->fetch.next_ms = opening_ms;
    if (before_ms < op->fetch.next_ms)
        op->fetch.next_ms = before_ms;
    return 0;
}

/* next_ms also covers what found no room, but not what is above the quota: only a message that
 * fails makes a vacancy, and then the dispatcher asks anew. */
static int store_fetch_next(struct store *store, struct ledger_op *op)
{
    struct store_quota quota = {.vacancies = 1};
    int rc = 0;

    if (op->fetch.channel == CHANNEL_SMS)
        rc = store_fetch_quota(store, op, &quota);
    if (rc == 0 && quota.vacancies + quota.deferred > 0)
        rc = store_fetch_first(store, op, DELIVERY_DEFERRED);
    if (rc == 0 && quota.vacancies > 0)
        rc = store_fetch_first_planned(store, op);
    if (op->fetch.next_ms <= op->at_ms)
        op->fetch.next_ms = 0;
    return rc;
}

/* Are there open messages that are larger than anybody can send? 0 or -errno. */
static int store_fetch_oversize(struct store *store, struct ledger_op *op)
{
    int rc;

    if (op->fetch.parts_most <= 0)
        return 0;
    db_start(store->db, SQL_OVERSIZE, op->campaign, op->fetch.unit, op->fetch.route,
             op->fetch.parts_most);
    rc = db_row(store->db, SQL_OVERSIZE);
    if (rc > 0)
        db_end(store->db, SQL_OVERSIZE);
    op->fetch.oversize = rc > 0;
    return rc < 0 ? rc : 0;
}

static int store_fetch_board(struct store *store, struct ledger_op *op)
{
    int rc = store_fetch_passed(store, op, DELIVERY_PLANNED, 0);

    return rc < 0 ? rc : store_fetch_passed(store, op, DELIVERY_DEFERRED, 0);
}

/* Messages of the queue on which a report is awaited and may still come; those in doubt, too, so
 * never more than were sent. 0 or -errno. */
static int store_fetch_awaiting(struct store *store, struct ledger_op *op, int64_t sent)
{
    int64_t n;
    int rc;

    db_start(store->db, SQL_AWAITING_COUNT, op->campaign, op->fetch.unit, op->fetch.route,
             op->at_ms - STORE_REPORT_MAX_MS);
    rc = db_row(store->db, SQL_AWAITING_COUNT);
    if (rc < 0)
        return rc;
    LOG_ASSERT(rc > 0);
    n = db_int(store->db, SQL_AWAITING_COUNT, 0);
    db_end(store->db, SQL_AWAITING_COUNT);
    op->fetch.awaiting = (size_t)(n < sent ? n : sent);
    return 0;
}

/* What the unit has had of the modems' time, over all runs. 0 or -errno. */
static int store_fetch_taken(struct store *store, struct ledger_op *op)
{
    static const enum delivery_state tried[] = {DELIVERY_INFLIGHT,    DELIVERY_SENT,
                                                DELIVERY_DELIVERED,   DELIVERY_UNKNOWN,
                                                DELIVERY_UNDELIVERED, DELIVERY_REJECTED};
    int64_t n[DELIVERY_STATES];
    int rc = store_unit_states(store, op->campaign, op->fetch.unit, n);

    for (size_t i = 0; i < sizeof tried / sizeof *tried && rc == 0; i++)
        op->fetch.taken += n[tried[i]];
    return rc;
}

static int store_fetch_sms(struct store *store, struct ledger_op *op)
{
    static const enum delivery_state open[] = {DELIVERY_PLANNED, DELIVERY_DUE, DELIVERY_INFLIGHT,
                                               DELIVERY_DEFERRED};
    const struct tally_group key = {.campaign = op->campaign,
                                    .unit = op->fetch.unit,
                                    .channel = CHANNEL_SMS,
                                    .route = op->fetch.route};
    struct tally_group *group;
    int rc = store_fetch_reserve(store, op);

    if (rc == 0)
        rc = store_fetch_oversize(store, op);
    if (rc == 0)
        rc = store_fetch_taken(store, op);
    if (rc == 0)
        rc = tally_group(&store->tally, store->db, &key, &group);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        op->fetch.open_parts += group->parts[open[i]];
    op->fetch.awaiting = (size_t)group->n[DELIVERY_SENT];
    return op->fetch.max ? 0 : store_fetch_awaiting(store, op, group->n[DELIVERY_SENT]);
}

int store_fetch(struct store *store, struct ledger_op *op)
{
    struct leftover_rows *leftover = op->fetch.max ? store_leftover(store, op) : NULL;
    int rc = 0;

    store_fetch_reset(op);
    if (leftover && leftover->after != INT64_MAX)
        rc = store_fetch_again(store, op, leftover);
    if (rc == 0 && op->fetch.channel == CHANNEL_DISPLAY && op->fetch.max)
        rc = store_fetch_board(store, op);
    if (rc == 0 && store_room(op))
        rc = store_fetch_deferred(store, op);
    if (rc == 0 && store_room(op))
        rc = store_fetch_planned(store, op);
    if (rc == 0 && op->fetch.channel == CHANNEL_SMS)
        rc = store_fetch_sms(store, op);
    return rc < 0 ? rc : store_fetch_next(store, op);
}
