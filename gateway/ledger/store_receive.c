/* store_receive: what people write to us: parts into the books, put together, refusals heeded.
 * Runs: ledger thread.
 *
 * A part is deleted from its SIM only after the commit, so after a crash it comes again: it is
 * known by what the network said of it, whichever modem it comes from; without a time from the
 * network, the same words on another day are another message. Parts of one message bear
 * one reference and times that are near each other, come in any order, and belong to the first of
 * them that came; without times, for a day. What is never completed stands as it is. */
#include "gateway/ledger/store_inside.h"

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/model/refusal.h"

#define STORE_DAY_MS    (INT64_C(24) * 3600 * 1000)
#define STORE_GATHER_MS STORE_DAY_MS
#define STORE_APART_MS  (INT64_C(10) * 60 * 1000) /* parts of one message, by the network's clock  \
                                                   */

struct store_reply {
    int64_t id;
    int64_t got; /* parts, with the one that came now */
};

/* Has somebody written to this number, or may yet? 1, 0 or -errno. */
static int store_number_is_known(struct store *store, int64_t address)
{
    int rc;

    db_start(store->db, SQL_NUMBER_KNOWN, address);
    rc = db_row(store->db, SQL_NUMBER_KNOWN);
    if (rc < 0)
        return rc;
    LOG_ASSERT(rc > 0);
    rc = db_int(store->db, SQL_NUMBER_KNOWN, 0) != 0;
    db_end(store->db, SQL_NUMBER_KNOWN);
    return rc;
}

/* A sender whose country code was left out is taken as the number that we know. 0 or -errno. */
static int store_inbound_complete(struct store *store, struct ledger_op *op)
{
    int64_t *address = &op->receive.inbound.address, full = store_full_number(*address);
    int rc;

    if (full == *address)
        return 0;
    rc = store_number_is_known(store, *address);
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = store_number_is_known(store, full);
    if (rc > 0)
        *address = full;
    return rc < 0 ? rc : 0;
}

/* The number of a part is the network's word: what can't be is a message of its own. */
static struct inbound store_inbound(const struct ledger_op *op)
{
    struct inbound in = op->receive.inbound;

    if (in.reference < 0 || in.total < 2 || in.total > INBOUND_PARTS_MAX || in.seq < 1 ||
        in.seq > in.total) {
        in.reference = -1;
        in.total = in.seq = 1;
    }
    return in;
}

static int64_t store_inbound_day(const struct ledger_op *op, const struct inbound *in)
{
    return in->sent_ms ? 0 : op->at_ms / STORE_DAY_MS;
}

/* 1: it came before; 0: not; -errno. */
static int store_inbound_find(struct store *store, const struct ledger_op *op,
                              const struct inbound *in)
{
    int rc;

    db_start(store->db, SQL_INBOUND_FIND, in->sent_ms, in->reference, in->seq,
             store_inbound_day(op, in));
    db_bind_text(store->db, SQL_INBOUND_FIND, 5, in->sender);
    db_bind_text(store->db, SQL_INBOUND_FIND, 6, in->text);
    rc = db_row(store->db, SQL_INBOUND_FIND);
    if (rc > 0)
        db_end(store->db, SQL_INBOUND_FIND);
    return rc;
}

static int store_inbound_add(struct store *store, const struct ledger_op *op,
                             const struct inbound *in, int64_t reply)
{
    db_start(store->db, SQL_INBOUND_ADD, reply, op->receive.device, op->at_ms, in->sent_ms,
             in->address, in->reference, in->total, in->seq, store_inbound_day(op, in));
    db_bind_text(store->db, SQL_INBOUND_ADD, 10, in->sender);
    db_bind_text(store->db, SQL_INBOUND_ADD, 11, in->text);
    return db_finish(store->db, SQL_INBOUND_ADD);
}

/* The message that a further part belongs to. 1: found; 0: it is the first; -errno. */
static int store_reply_find(struct store *store, const struct ledger_op *op,
                            const struct inbound *in, struct store_reply *out)
{
    struct db *db = store->db;
    int rc;

    if (in->total == 1)
        return 0;
    db_start(db, SQL_REPLY_OPEN, in->reference, in->total, in->seq, op->at_ms - STORE_GATHER_MS,
             in->sent_ms, DB_NULL, STORE_APART_MS);
    db_bind_text(db, SQL_REPLY_OPEN, 6, in->sender);
    rc = db_row(db, SQL_REPLY_OPEN);
    if (rc <= 0)
        return rc;
    out->id = db_int(db, SQL_REPLY_OPEN, 0);
    out->got = db_int(db, SQL_REPLY_OPEN, 1) + 1;
    db_end(db, SQL_REPLY_OPEN);
    return 1;
}

/* Which campaign and unit the sender heard of last. 0 or -errno. */
static int store_reply_about(struct store *store, int64_t address, int64_t *campaign, int64_t *unit)
{
    struct db *db = store->db;
    int rc;

    *campaign = *unit = 0;
    if (!address)
        return 0;
    db_start(db, SQL_REPLY_ABOUT, address);
    rc = db_row(db, SQL_REPLY_ABOUT);
    if (rc <= 0)
        return rc;
    *campaign = db_int(db, SQL_REPLY_ABOUT, 0);
    *unit = db_int(db, SQL_REPLY_ABOUT, 1);
    db_end(db, SQL_REPLY_ABOUT);
    return 0;
}

static int store_reply_make(struct store *store, const struct ledger_op *op,
                            const struct inbound *in, struct store_reply *out)
{
    struct db *db = store->db;
    int64_t campaign, unit;
    int rc = store_reply_about(store, in->address, &campaign, &unit);

    if (rc < 0)
        return rc;
    db_start(db, SQL_REPLY_ADD, op->at_ms, in->sent_ms, op->receive.device, in->address,
             in->reference, in->total, campaign, unit);
    db_bind_text(db, SQL_REPLY_ADD, 9, in->sender);
    rc = db_finish(db, SQL_REPLY_ADD);
    *out = (struct store_reply){db_last_id(db), 1};
    return rc;
}

static int store_take_part(struct store *store, const struct ledger_op *op,
                           const struct inbound *in, struct store_reply *reply)
{
    int rc = store_reply_find(store, op, in, reply);

    if (rc == 0)
        rc = store_reply_make(store, op, in, reply);
    else if (rc > 0)
        rc = db_run(store->db, SQL_REPLY_PART, reply->id);
    return rc < 0 ? rc : store_inbound_add(store, op, in, reply->id);
}

/* The whole text. 0 or -errno. */
static int store_reply_text(struct store *store, int64_t reply, struct buffer *out)
{
    int rc;

    db_start(store->db, SQL_INBOUND_TEXTS, reply);
    while ((rc = db_row(store->db, SQL_INBOUND_TEXTS)) > 0)
        buffer_add_text(out, db_text(store->db, SQL_INBOUND_TEXTS, 0));
    return rc;
}

/* Also of who refused before: an answer that wasn't configured then is owed still. */
static int store_heed(struct store *store, struct ledger_op *op, int64_t reply)
{
    int rc =
        store_refuse(store, op->receive.inbound.address, reply, op->at_ms, &op->receive.suppressed);

    if (rc >= 0)
        rc = db_run(store->db, SQL_REPLY_REFUSES, reply);
    if (rc == 0 && op->receive.answer)
        rc = store_answer_add(store, op, reply);
    op->receive.refusal = true;
    op->receive.answered = rc > 0;
    return rc < 0 ? rc : 0;
}

int store_receive(struct store *store, struct ledger_op *op)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct store_reply reply = {0};
    int rc = store_inbound_complete(store, op);
    struct inbound in = store_inbound(op);

    op->receive.refusal = op->receive.answered = false;
    op->receive.suppressed = 0;
    if (rc == 0)
        rc = store_inbound_find(store, op, &in);
    if (rc > 0)
        op->result = LEDGER_KNOWN;
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = store_take_part(store, op, &in, &reply);
    if (rc < 0 || reply.got < in.total || !in.address)
        return rc;
    rc = store_reply_text(store, reply.id, &text);
    if (rc == 0 && refusal_is(buffer_text(&text), text.length, op->receive.refusal_words))
        rc = store_heed(store, op, reply.id);
    return rc;
}
