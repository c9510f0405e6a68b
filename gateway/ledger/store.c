/* store: the transaction, and the operations by kind. See store.h.
 * Runs: ledger thread. */
#include "gateway/ledger/store.h"

#include "gateway/base/log.h"
#include "gateway/ledger/store_inside.h"
#include "gateway/ledger/store_keys.h"

static int (*const store_operations[LEDGER_OPS])(struct store *store, struct ledger_op *op) = {
    [LEDGER_CAMPAIGN] = store_campaign,   [LEDGER_INSERT] = store_insert,
    [LEDGER_PLANNED] = store_planned,     [LEDGER_FETCH] = store_fetch,
    [LEDGER_CLAIM] = store_claim,         [LEDGER_SETTLE] = store_settle,
    [LEDGER_REPORT] = store_report,       [LEDGER_SHOW] = store_show,
    [LEDGER_WITHDRAW] = store_withdraw,   [LEDGER_SHOWINGS] = store_showings,
    [LEDGER_EXPIRE] = store_expire,       [LEDGER_SIM] = store_sim,
    [LEDGER_MODEM] = store_modem,         [LEDGER_RECEIVE] = store_receive,
    [LEDGER_ANSWER] = store_answer,       [LEDGER_ANSWERED] = store_answered,
    [LEDGER_CLOSE] = store_close_reports, [LEDGER_RECALL] = store_recall,
    [LEDGER_BOARDS] = store_boards,       [LEDGER_BOARD] = store_board,
    [LEDGER_RELEASE] = store_release,     [LEDGER_REFUSE] = store_refuse_numbers,
    [LEDGER_ATTACH] = store_attach,       [LEDGER_CONTACTS] = store_contacts,
    [LEDGER_ERASE] = store_erase,         [LEDGER_COSIGNED] = store_cosigned,
    [LEDGER_ROTATE] = store_rotate,       [LEDGER_STEER] = store_steer,
    [LEDGER_STEERED] = store_steered,     [LEDGER_CANCEL] = store_cancel,
    [LEDGER_APPROVE] = store_approve,     [LEDGER_EDIT] = store_edit,
};

int store_run(struct store *store, struct ledger_op *op)
{
    if ((unsigned)op->kind >= LEDGER_OPS)
        log_panic("no ledger operation has the number %d", (int)op->kind);
    op->result = LEDGER_OK;
    store->at_ms = op->at_ms;
    return store_operations[op->kind](store, op);
}

int store_begin(struct store *store)
{
    return db_begin(store->db);
}

/* Before the commit: no line may tell of a picture that a power cut takes away. A batch that is
 * tried again keeps its pictures anew. */
static int store_sync_pictures(struct store *store)
{
    bool pictured = store->pictured;

    store->pictured = false;
    return pictured ? evidence_sync(store->evidence) : 0;
}

int store_commit(struct store *store)
{
    int rc = store_sync_pictures(store);

    if (rc == 0)
        rc = tally_flush(&store->tally, store->db);
    if (rc == 0)
        rc = usage_flush(&store->usage, store->db);
    if (rc == 0)
        rc = leaves_flush(&store->leaves, store->db);
    if (rc == 0)
        rc = db_in_place(store->db);
    if (rc == 0)
        rc = db_commit(store->db);
    if (rc < 0)
        return rc;
    leftovers_commit(&store->leftovers);
    leaves_commit(&store->leaves);
    store_keys_commit(store);
    return 0;
}

void store_rollback(struct store *store)
{
    db_rollback(store->db);
    tally_drop(&store->tally);
    texts_drop(&store->texts);
    store_refused_drop(store);
    store->closing = (struct store_closing){0};
    usage_drop(&store->usage);
    leftovers_rollback(&store->leftovers);
    leaves_rollback(&store->leaves);
    store_keys_drop(store);
    store_keys_rollback(store);
}

void store_checkpoint(struct store *store)
{
    db_checkpoint(store->db);
}

bool store_make_room(struct store *store)
{
    return db_cut_log(store->db) == 0;
}

const char *store_copied(const struct store *store)
{
    return store->copied;
}

const char *store_why(const struct store *store)
{
    return db_why(store->db);
}

static int store_tell_device(struct store *store, int32_t number, const char *name)
{
    struct jv *object = jv_object();

    jv_put(object, "device", jv_int(number));
    jv_put(object, "name", jv_string(name));
    return store_fact(store, FACT_DEVICE, object, store->at_ms);
}

int store_device(struct store *store, const char *name, int32_t *number)
{
    int rc;

    db_bind_text(store->db, SQL_DEVICE_FIND, 1, name);
    rc = db_row(store->db, SQL_DEVICE_FIND);
    if (rc > 0) {
        *number = (int32_t)db_int(store->db, SQL_DEVICE_FIND, 0);
        db_end(store->db, SQL_DEVICE_FIND);
        return 0;
    }
    if (rc < 0)
        return rc;
    db_bind_text(store->db, SQL_DEVICE_ADD, 1, name);
    rc = db_finish(store->db, SQL_DEVICE_ADD);
    *number = (int32_t)db_last_id(store->db);
    return rc < 0 ? rc : store_tell_device(store, *number, name);
}
