/* store_edit: a campaign gets another content. See LEDGER_EDIT.
 * Runs: ledger thread.
 *
 * What was entered stays entered: the lists are read again afterwards, and what is new in them
 * joins (planned is 0 until then). The record "edited" comes first, the facts that it changes come
 * anew behind it, and whoever replays the journal takes no change of theirs without it.
 *
 * Messages don't know the windows: they are sent when the dispatcher finds one open, and a
 * beginning that is earlier now is asked of the campaign (store_fetch). A quota that is lower than
 * what is under way already holds the rest back: due messages above it are cancelled here (there
 * are never more than the dispatcher has in hand), deferred and planned ones aren't handed out any
 * more. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"

/* The place of a unit in the edit, n_units when it isn't in it. */
static size_t store_edit_place(const struct ledger_op *op, const char *code)
{
    size_t i = 0;

    while (i < op->edit.n_units && strcmp(op->edit.unit_ids[i], code) != 0)
        i++;
    return i;
}

/* Messages of the unit that went out, or may have. 0 or -errno. */
static int store_edit_spent(struct store *store, const struct ledger_op *op, int64_t unit,
                            int64_t *spent)
{
    static const enum delivery_state out[] = {DELIVERY_INFLIGHT, DELIVERY_SENT, DELIVERY_DELIVERED,
                                              DELIVERY_UNKNOWN, DELIVERY_UNDELIVERED};
    size_t n_out = sizeof out / sizeof *out - (op->edit.counts != COUNT_SENT);
    int64_t n[DELIVERY_STATES];
    int rc = store_unit_states(store, op->campaign, unit, n);

    *spent = 0;
    for (size_t i = 0; i < n_out && rc == 0; i++)
        *spent += n[out[i]];
    return rc;
}

/* 1: every order that is in the books can have its new quota; 0: one can't; -errno. */
static int store_edit_fits(struct store *store, const struct ledger_op *op)
{
    int rc, answer = 1;

    db_start(store->db, SQL_EDIT_ORDERS, op->campaign);
    while (answer == 1 && (rc = db_row(store->db, SQL_EDIT_ORDERS)) > 0) {
        size_t i = store_edit_place(op, db_text(store->db, SQL_EDIT_ORDERS, 0));
        int64_t spent = 0;

        rc = store_edit_spent(store, op, db_int(store->db, SQL_EDIT_ORDERS, 1), &spent);
        if (rc < 0)
            answer = rc;
        else if (i == op->edit.n_units || op->edit.quotas[i] == 0 || op->edit.quotas[i] < spent)
            answer = 0;
    }
    if (answer != 1)
        db_end(store->db, SQL_EDIT_ORDERS);
    return answer == 1 && rc < 0 ? rc : answer;
}

static int store_tell_edited(struct store *store, const struct ledger_op *op)
{
    struct jv *object = jv_object();

    jv_put(object, "campaign", jv_int(op->campaign));
    jv_put(object, "content", jv_string(op->edit.content));
    jv_put(object, "by", jv_string(op->edit.by));
    return store_fact(store, FACT_EDITED, object, op->at_ms);
}

static int store_edit_campaign(struct store *store, const struct ledger_op *op)
{
    const struct store_content content = {.code = op->edit.id,
                                          .title = op->edit.title,
                                          .source = op->edit.source,
                                          .windows = op->edit.windows,
                                          .targets = op->edit.targets ? op->edit.targets : "[]",
                                          .counts = op->edit.counts,
                                          .leftover = op->edit.leftover};
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_EDIT, op->campaign, content.counts, content.leftover, op->at_ms);
    db_bind_text(db, SQL_EDIT, 5, content.title);
    db_bind_text(db, SQL_EDIT, 6, content.source);
    db_bind_text(db, SQL_EDIT, 7, content.windows);
    db_bind_text(db, SQL_EDIT, 8, content.targets);
    rc = db_finish(db, SQL_EDIT);
    if (rc == 0)
        rc = store_tell_content(store, op->campaign, &content, op->at_ms);
    return rc < 0 ? rc : store_tell_rules(store, op->campaign, &content, op->at_ms);
}

/* Messages that are due above the quota; the dispatcher finds them gone when it claims them. */
static int store_edit_surplus(struct store *store, const struct ledger_op *op, int64_t unit)
{
    const struct store_quota_ask ask = {op->campaign, unit, op->edit.counts == COUNT_SENT};
    struct store_change change = STORE_CHANGE(DELIVERY_CANCELLED, CAUSE_CANCEL, op->at_ms);
    struct store_quota quota;
    struct store_items list;
    int64_t surplus;
    int rc = store_quota(store, &ask, &quota);

    surplus = rc == 0 ? -(quota.vacancies + quota.deferred) : 0;
    if (surplus <= 0)
        return rc;
    db_start(store->db, SQL_ITEMS_SURPLUS, op->campaign, unit, surplus);
    rc = store_list(store, SQL_ITEMS_SURPLUS, (size_t)surplus, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++) {
        change.to = store_unsent(&list.items[i], DELIVERY_CANCELLED);
        rc = store_change(store, &list.items[i], &change);
    }
    free(list.items);
    return rc;
}

/* All facts of the edit first, then what follows from them. */
static int store_edit_orders(struct store *store, const struct ledger_op *op)
{
    MEM_FREE_LATER int32_t *units = mem_array(op->edit.n_units + 1, int32_t);
    const struct store_orders orders = {.campaign = op->campaign,
                                        .at_ms = op->at_ms,
                                        .n = op->edit.n_units,
                                        .ids = op->edit.unit_ids,
                                        .names = op->edit.unit_names,
                                        .quotas = op->edit.quotas,
                                        .parents = op->edit.parents,
                                        .edit = true,
                                        .numbers = units};
    int rc = store_orders(store, &orders);

    for (size_t i = 0; i < op->edit.n_units && rc == 0; i++)
        rc = store_edit_surplus(store, op, units[i]);
    return rc;
}

/* 1: there, unless op->result says what is in the way; 0: no such campaign, or it was erased;
 * -errno. */
static int store_edit_find(struct store *store, struct ledger_op *op)
{
    int rc;

    db_bind_text(store->db, SQL_EDIT_FIND, 1, op->edit.id);
    rc = db_row(store->db, SQL_EDIT_FIND);
    if (rc <= 0)
        return rc;
    op->campaign = db_int(store->db, SQL_EDIT_FIND, 0);
    db_end(store->db, SQL_EDIT_FIND);
    rc = store_edit_fits(store, op);
    if (rc == 0)
        op->result = LEDGER_FULL;
    return rc < 0 ? rc : 1;
}

static int store_edit_all(struct store *store, const struct ledger_op *op)
{
    int rc = store_tell_edited(store, op);

    if (rc == 0)
        rc = store_edit_campaign(store, op);
    return rc < 0 ? rc : store_edit_orders(store, op);
}

/* New windows may lie in a time that the books have lost, in which the same edit was made: what is
 * open may have gone out then. */
int store_edit(struct store *store, struct ledger_op *op)
{
    int rc = store_edit_find(store, op), lost;

    if (rc == 0)
        op->result = LEDGER_NONE;
    if (rc <= 0 || op->result != LEDGER_OK)
        return rc < 0 ? rc : 0;
    lost = store_is_lost(store, op->campaign);
    if (lost < 0)
        return lost;
    rc = store_edit_all(store, op);
    return rc < 0 || lost ? rc : store_lose_again(store, op->campaign, op->at_ms);
}
