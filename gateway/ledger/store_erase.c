/* store_erase: numbers and personal texts of a campaign that is over.
 * Runs: ledger thread.
 *
 * What proves stays: each number and text leaves its tag behind (veil, veil_text), so that every
 * line of the journal can be written as before; then numbers, texts with fields, answers and the
 * campaign's key go, and nobody can tell any more whose tag it is. All of it is one transaction: a
 * crash leaves everything or nothing, and the next try begins at the beginning. What SQLite keeps
 * of deleted rows until it needs their room is scrub.h's business.
 *
 * Who refuses stays refused: optout and its history are not the campaign's. */
#include "gateway/ledger/store_inside.h"

#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"

/* Tables that are only added to, but for this. */
static const char *const store_erase_triggers[] = {"text_keeps", "inbound_keeps", "reply_keeps"};
#define STORE_ERASE_TRIGGERS (sizeof store_erase_triggers / sizeof *store_erase_triggers)

struct store_eraser {
    struct buffer triggers; /* what makes them again */
    struct record_key key;
    int64_t numbers;
};

/* 1: there, unless op->result says what is in the way; 0: not; -errno. */
static int store_erase_find(struct store *store, struct ledger_op *op)
{
    struct db *db = store->db;
    int rc;

    db_bind_text(db, SQL_ERASE_FIND, 1, op->erase.campaign);
    rc = db_row(db, SQL_ERASE_FIND);
    if (rc == 0)
        op->result = LEDGER_NONE;
    if (rc <= 0)
        return rc;
    op->campaign = db_int(db, SQL_ERASE_FIND, 0);
    if (db_int(db, SQL_ERASE_FIND, 2))
        op->result = LEDGER_KNOWN;
    else if (!db_int(db, SQL_ERASE_FIND, 1))
        op->result = LEDGER_OPEN;
    db_end(db, SQL_ERASE_FIND);
    return 1;
}

static int store_erase_judge(struct store *store, struct ledger_op *op)
{
    int rc = store_erase_find(store, op);

    if (rc <= 0 || op->result != LEDGER_OK)
        return rc < 0 ? rc : 0;
    db_start(store->db, SQL_ERASE_OPEN, op->campaign);
    rc = db_row(store->db, SQL_ERASE_OPEN);
    if (rc <= 0)
        return rc;
    db_end(store->db, SQL_ERASE_OPEN);
    op->result = LEDGER_OPEN;
    return 0;
}

static int store_erase_open(struct store *store, struct store_eraser *eraser)
{
    BUFFER_FREE_LATER struct buffer drop = BUFFER_NULL;

    for (size_t i = 0; i < STORE_ERASE_TRIGGERS; i++) {
        int rc;

        db_bind_text(store->db, SQL_TRIGGER, 1, store_erase_triggers[i]);
        rc = db_row(store->db, SQL_TRIGGER);
        if (rc == 0)
            log_panic("the books have no trigger=%s", store_erase_triggers[i]);
        if (rc < 0)
            return rc;
        buffer_printf(&eraser->triggers, "%s;", db_text(store->db, SQL_TRIGGER, 0));
        db_end(store->db, SQL_TRIGGER);
        buffer_printf(&drop, "DROP TRIGGER %s;", store_erase_triggers[i]);
    }
    return db_exec(store->db, buffer_text(&drop));
}

static int store_erase_veil(struct store *store, struct store_eraser *eraser, int64_t campaign)
{
    struct record_tag tag;
    char text[RECORD_TAG_TEXT];
    int rc, kept = 0;

    db_start(store->db, SQL_ERASE_NUMBERS, campaign);
    while (kept == 0 && (rc = db_row(store->db, SQL_ERASE_NUMBERS)) > 0) {
        record_tag_number(&eraser->key, db_int(store->db, SQL_ERASE_NUMBERS, 1), &tag, NULL);
        record_tag_hex(&tag, text);
        db_start(store->db, SQL_ERASE_VEIL, db_int(store->db, SQL_ERASE_NUMBERS, 0));
        db_bind_text(store->db, SQL_ERASE_VEIL, 2, text);
        kept = db_finish(store->db, SQL_ERASE_VEIL);
        eraser->numbers++;
    }
    if (kept < 0)
        db_end(store->db, SQL_ERASE_NUMBERS);
    return kept < 0 ? kept : rc;
}

static int store_erase_veil_texts(struct store *store, struct store_eraser *eraser,
                                  int64_t campaign)
{
    struct record_tag tag;
    char text[RECORD_TAG_TEXT];
    int rc, kept = 0;

    db_start(store->db, SQL_ERASE_TEXTS, campaign);
    while (kept == 0 && (rc = db_row(store->db, SQL_ERASE_TEXTS)) > 0) {
        record_tag_text(&eraser->key, db_text(store->db, SQL_ERASE_TEXTS, 1), &tag, NULL);
        record_tag_hex(&tag, text);
        db_start(store->db, SQL_ERASE_VEIL_TEXT, campaign, db_int(store->db, SQL_ERASE_TEXTS, 0));
        db_bind_text(store->db, SQL_ERASE_VEIL_TEXT, 3, text);
        kept = db_finish(store->db, SQL_ERASE_VEIL_TEXT);
    }
    if (kept < 0)
        db_end(store->db, SQL_ERASE_TEXTS);
    return kept < 0 ? kept : rc;
}

static int store_erase_count(struct store *store, struct ledger_op *op)
{
    int rc;

    db_start(store->db, SQL_ERASE_STRANGERS, op->campaign, op->erase.strangers_ms);
    rc = db_row(store->db, SQL_ERASE_STRANGERS);
    if (rc <= 0)
        return rc;
    op->erase.strangers = db_int(store->db, SQL_ERASE_STRANGERS, 0);
    db_end(store->db, SQL_ERASE_STRANGERS);
    return 0;
}

static int store_erase_replies(struct store *store, struct ledger_op *op)
{
    static const enum sql_statement steps[] = {SQL_ERASE_ANSWERS, SQL_ERASE_INBOUND,
                                               SQL_ERASE_REPLIES};
    int rc = store_erase_count(store, op);

    for (size_t i = 0; i < sizeof steps / sizeof *steps && rc == 0; i++)
        rc = db_run(store->db, steps[i], op->campaign, op->erase.strangers_ms);
    return rc;
}

static int store_erase_rows(struct store *store, struct ledger_op *op)
{
    static const enum sql_statement steps[] = {SQL_ERASE_BODIES, SQL_ERASE_RESERVE,
                                               SQL_ERASE_AWAITING, SQL_ERASE_ADDRESSES};
    int rc = store_erase_replies(store, op);

    for (size_t i = 0; i < sizeof steps / sizeof *steps && rc == 0; i++)
        rc = db_run(store->db, steps[i], op->campaign);
    return rc < 0 ? rc : db_run(store->db, SQL_ERASE_KEY, op->campaign, op->at_ms);
}

static int store_erase_fact(struct store *store, const struct ledger_op *op)
{
    struct jv *object = jv_object();

    jv_put(object, "campaign", jv_int(op->campaign));
    jv_put(object, "deliveries", jv_int(op->erase.deliveries));
    jv_put(object, "reason", jv_string(op->erase.reason));
    jv_put(object, "by", jv_string(op->erase.by));
    return store_fact(store, FACT_ERASED, object, op->at_ms);
}

static int store_erase_all(struct store *store, struct ledger_op *op, struct store_eraser *eraser)
{
    int rc = store_campaign_key(store, op->campaign, &eraser->key);

    LOG_ASSERT(rc <= 0); /* it was not erased before */
    if (rc == 0)
        rc = store_erase_open(store, eraser);
    if (rc == 0)
        rc = store_erase_veil(store, eraser, op->campaign);
    if (rc == 0)
        rc = store_erase_veil_texts(store, eraser, op->campaign);
    if (rc == 0)
        rc = store_erase_rows(store, op);
    if (rc == 0)
        rc = db_exec(store->db, buffer_text(&eraser->triggers));
    op->erase.deliveries = eraser->numbers;
    return rc < 0 ? rc : store_erase_fact(store, op);
}

int store_erase(struct store *store, struct ledger_op *op)
{
    struct store_eraser eraser = {0};
    int rc = store_erase_judge(store, op);

    op->erase.deliveries = op->erase.strangers = 0;
    if (rc < 0 || op->result != LEDGER_OK)
        return rc;
    rc = store_erase_all(store, op, &eraser);
    texts_drop(&store->texts); /* what memory holds of them */
    store_keys_drop(store);
    explicit_bzero(&eraser.key, sizeof eraser.key);
    buffer_free(&eraser.triggers);
    return rc;
}
