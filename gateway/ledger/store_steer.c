/* store_steer: what people say to a campaign, a unit, a modem or a board, and what they approve.
 * Runs: ledger thread.
 *
 * Words and approvals are kept for ever, each with its record in the journal: who held a campaign
 * up, and who let it go, is part of what it has done. What they come to is the dispatcher's. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static bool store_steer_has_value(const struct steer *steer)
{
    return steer->verb == STEER_EXTEND || steer->verb == STEER_RATE;
}

static int store_steer_row(struct store *store, const struct ledger_op *op)
{
    const struct steer *steer = &op->steer.steer;
    struct db *db = store->db;

    db_start(db, SQL_STEER_ADD, op->at_ms, store_steer_has_value(steer) ? steer->value : DB_NULL);
    db_bind_text(db, SQL_STEER_ADD, 3, steer_scope_name(steer->scope));
    db_bind_text(db, SQL_STEER_ADD, 4, steer_verb_name(steer->verb));
    db_bind_text(db, SQL_STEER_ADD, 5, steer->campaign);
    db_bind_text(db, SQL_STEER_ADD, 6, steer->name);
    db_bind_text(db, SQL_STEER_ADD, 7, op->steer.by);
    return db_finish(db, SQL_STEER_ADD);
}

static int store_steer_fact(struct store *store, const struct ledger_op *op)
{
    const struct steer *steer = &op->steer.steer;
    struct jv *object = jv_object();

    jv_put(object, "scope", jv_string(steer_scope_name(steer->scope)));
    jv_put(object, "verb", jv_string(steer_verb_name(steer->verb)));
    jv_put(object, "campaign", jv_string(steer->campaign));
    jv_put(object, "name", jv_string(steer->name));
    jv_put(object, "value", store_steer_has_value(steer) ? jv_int(steer->value) : jv_null());
    jv_put(object, "by", jv_string(op->steer.by));
    return store_fact(store, FACT_STEERED, object, op->at_ms);
}

/* 1: the campaign is there, or none is named; 0: no such campaign; -errno. */
static int store_steer_campaign(struct store *store, struct ledger_op *op)
{
    struct db *db = store->db;
    int rc;

    op->campaign = 0;
    if (!*op->steer.steer.campaign)
        return 1;
    db_bind_text(db, SQL_CAMPAIGN_FIND, 1, op->steer.steer.campaign);
    rc = db_row(db, SQL_CAMPAIGN_FIND);
    if (rc <= 0)
        return rc;
    op->campaign = db_int(db, SQL_CAMPAIGN_FIND, 0);
    db_end(db, SQL_CAMPAIGN_FIND);
    return 1;
}

/* An extension may lay the campaign into a time that the books have lost: see store_edit. */
int store_steer(struct store *store, struct ledger_op *op)
{
    int rc, lost = 0;

    LOG_ASSERT(steer_is_possible(op->steer.steer.scope, op->steer.steer.verb));
    rc = store_steer_campaign(store, op);
    if (rc == 0)
        op->result = LEDGER_NONE;
    if (rc <= 0)
        return rc;
    if (op->campaign)
        lost = store_is_lost(store, op->campaign);
    if (lost < 0)
        return lost;
    rc = store_steer_row(store, op);
    if (rc == 0)
        rc = store_steer_fact(store, op);
    if (rc == 0 && op->campaign && !lost)
        rc = store_lose_again(store, op->campaign, op->at_ms);
    return rc;
}

static void store_steer_read(const struct db *db, struct steer *steer)
{
    const unsigned s = SQL_STEERED;

    *steer = (struct steer){.scope = steer_scope_find(db_text(db, s, 0)),
                            .verb = steer_verb_find(db_text(db, s, 1)),
                            .value = db_int(db, s, 4),
                            .at_ms = db_int(db, s, 5)};
    memccpy(steer->campaign, db_text(db, s, 2), '\0', sizeof steer->campaign - 1);
    memccpy(steer->name, db_text(db, s, 3), '\0', sizeof steer->name - 1);
}

int store_steered(struct store *store, struct ledger_op *op)
{
    struct steer *steers = NULL;
    size_t n = 0;
    int rc;

    op->steered.steers = NULL;
    op->steered.n = 0;
    db_start(store->db, SQL_STEERED, op->campaign);
    while ((rc = db_row(store->db, SQL_STEERED)) > 0) {
        steers = mem_grow(steers, n + 1, sizeof *steers);
        store_steer_read(store->db, &steers[n]);
        n += steer_is_possible(steers[n].scope, steers[n].verb); /* damaged books hold anything */
    }
    if (rc < 0) {
        free(steers);
        return rc;
    }
    op->steered.steers = steers;
    op->steered.n = n;
    return 0;
}

/* ---- cancelling ---- */

/* All rows between two numbers: 0 stands for every one. */
struct store_span {
    int64_t from, to;
};

static struct store_span store_span_of(int64_t number)
{
    return number ? (struct store_span){number, number} : (struct store_span){0, INT64_MAX};
}

static int store_cancel_some(struct store *store, struct ledger_op *op, enum sql_statement open)
{
    struct store_change change = STORE_CHANGE(DELIVERY_CANCELLED, CAUSE_CANCEL, op->at_ms);
    struct store_span unit = store_span_of(op->cancel.unit);
    struct store_span board = store_span_of(op->cancel.address);
    size_t room = op->cancel.max - op->cancel.n;
    struct store_items list;
    int rc;

    if (open == SQL_ITEMS_CANCEL_SMS)
        db_start(store->db, open, op->campaign, unit.from, unit.to, (int64_t)room);
    else
        db_start(store->db, open, op->campaign, unit.from, unit.to, (int64_t)room, board.from,
                 board.to);
    rc = store_list(store, open, room, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        change.to = store_unsent(&list.items[i], DELIVERY_CANCELLED);
        rc = store_change(store, &list.items[i], &change);
    }
    op->cancel.n += list.n;
    free(list.items);
    return rc;
}

/* The reserve first: what is cancelled makes vacancies, and none of them is to be filled. */
static int store_cancel_sms(struct store *store, struct ledger_op *op)
{
    struct store_span unit = store_span_of(op->cancel.unit);
    int rc = db_run(store->db, SQL_RESERVE_CANCEL, op->campaign, unit.from, unit.to);

    return rc < 0 ? rc : store_cancel_some(store, op, SQL_ITEMS_CANCEL_SMS);
}

int store_cancel(struct store *store, struct ledger_op *op)
{
    int rc = 0;

    LOG_ASSERT(op->cancel.max > 0);
    op->cancel.n = 0;
    if (op->cancel.channel != CHANNEL_DISPLAY)
        rc = store_cancel_sms(store, op);
    if (rc == 0 && op->cancel.channel != CHANNEL_SMS && op->cancel.n < op->cancel.max)
        rc = store_cancel_some(store, op, SQL_ITEMS_CANCEL_BOARD);
    return rc;
}

/* ---- approving ---- */

/* 1, 0 or -errno. */
static int store_approval_is_known(struct store *store, const struct ledger_op *op)
{
    struct db *db = store->db;
    int rc;

    db_bind_text(db, SQL_APPROVAL_FIND, 1, op->approve.campaign);
    db_bind_text(db, SQL_APPROVAL_FIND, 2, op->approve.content);
    db_bind_text(db, SQL_APPROVAL_FIND, 3, op->approve.approver);
    rc = db_row(db, SQL_APPROVAL_FIND);
    if (rc > 0)
        db_end(db, SQL_APPROVAL_FIND);
    return rc;
}

static int store_approval_row(struct store *store, const struct ledger_op *op)
{
    struct db *db = store->db;

    db_start(db, SQL_APPROVAL_ADD, op->at_ms);
    db_bind_text(db, SQL_APPROVAL_ADD, 2, op->approve.campaign);
    db_bind_text(db, SQL_APPROVAL_ADD, 3, op->approve.content);
    db_bind_text(db, SQL_APPROVAL_ADD, 4, op->approve.prepared);
    db_bind_text(db, SQL_APPROVAL_ADD, 5, op->approve.approver);
    db_bind_text(db, SQL_APPROVAL_ADD, 6, op->approve.note);
    return db_finish(db, SQL_APPROVAL_ADD);
}

int store_approve(struct store *store, struct ledger_op *op)
{
    int rc = store_approval_is_known(store, op);
    struct jv *object;

    if (rc > 0)
        op->result = LEDGER_KNOWN;
    if (rc == 0)
        rc = store_approval_row(store, op);
    if (rc < 0 || op->result == LEDGER_KNOWN)
        return rc < 0 ? rc : 0;
    object = jv_object();
    jv_put(object, "campaign", jv_string(op->approve.campaign));
    jv_put(object, "content", jv_string(op->approve.content));
    jv_put(object, "prepared", jv_string(op->approve.prepared));
    jv_put(object, "approver", jv_string(op->approve.approver));
    jv_put(object, "note", jv_string(op->approve.note));
    return store_fact(store, FACT_APPROVED, object, op->at_ms);
}
