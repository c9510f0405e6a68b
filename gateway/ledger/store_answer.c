/* store_answer: the one answer that a number gets when it refuses.
 * Runs: ledger thread.
 *
 * At most once, for ever: the claim is durable before the modem gets it, and one that was in flight
 * at a crash stays in doubt. It is sent by the modem that received the refusal; when that could not
 * for certain, it tries again a few times, and one that is a day old is not sent any more. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"

#define STORE_ANSWER_ATTEMPTS 5
#define STORE_ANSWER_MAX_MS   (INT64_C(24) * 3600 * 1000)

int store_answer_add(struct store *store, const struct ledger_op *op, int64_t reply)
{
    const char *body = op->receive.answer;
    int64_t text;
    bool fresh;
    int rc;

    texts_turn(&store->texts, 0);
    rc = texts_number(&store->texts, store->db, body, &text, &fresh);

    if (rc == 0)
        rc = db_run(store->db, SQL_ANSWER_ADD, reply, op->receive.device,
                    op->receive.inbound.address, text, op->at_ms);
    if (rc < 0 || db_changes(store->db) == 0)
        return rc;
    rc = fresh ? texts_add(&store->texts, store->db, text, body, false) : 0;
    return rc < 0 ? rc : 1;
}

int store_answer_recover(struct store *store, int64_t at_ms)
{
    return db_run(store->db, SQL_ANSWER_DOUBT, at_ms);
}

/* 1: there, op and text filled; 0: none; -errno. */
static int store_answer_find(struct store *store, struct ledger_op *op, int64_t *text)
{
    struct db *db = store->db;
    int rc;

    db_start(db, SQL_ANSWER_NEXT, op->answer.device);
    rc = db_row(db, SQL_ANSWER_NEXT);
    if (rc <= 0)
        return rc;
    op->answer.id = db_int(db, SQL_ANSWER_NEXT, 0);
    op->answer.address = db_int(db, SQL_ANSWER_NEXT, 1);
    *text = db_int(db, SQL_ANSWER_NEXT, 2);
    db_end(db, SQL_ANSWER_NEXT);
    return 1;
}

int store_answer_waits(struct store *store, int32_t device)
{
    int rc;

    db_start(store->db, SQL_ANSWER_NEXT, device);
    rc = db_row(store->db, SQL_ANSWER_NEXT);
    if (rc > 0)
        db_end(store->db, SQL_ANSWER_NEXT);
    return rc;
}

static int store_answer_text(struct store *store, struct ledger_op *op, int64_t text)
{
    int rc;

    db_start(store->db, SQL_TEXT_BODY, text);
    rc = db_row(store->db, SQL_TEXT_BODY);
    if (rc == 0)
        log_panic("the books have no text=%lld", (long long)text);
    if (rc < 0)
        return rc;
    op->answer.text = mem_dup(db_text(store->db, SQL_TEXT_BODY, 0));
    db_end(store->db, SQL_TEXT_BODY);
    return 0;
}

int store_answer(struct store *store, struct ledger_op *op)
{
    int64_t text;
    int rc;

    free(op->answer.text); /* of a batch that was rolled back */
    op->answer.text = NULL;
    op->answer.id = op->answer.address = 0;
    rc = db_run(store->db, SQL_ANSWER_LATE, op->answer.device, op->at_ms,
                op->at_ms - STORE_ANSWER_MAX_MS);
    if (rc < 0)
        return rc;
    rc = store_answer_find(store, op, &text);
    if (rc == 0)
        op->result = LEDGER_NONE;
    if (rc <= 0)
        return rc;
    rc = db_run(store->db, SQL_ANSWER_TAKE, op->answer.id, op->at_ms, op->answer.meters.sim,
                op->answer.meters.group);
    if (rc == 0)
        rc = store_answer_text(store, op, text);
    if (rc == 0)
        store_use(store, &op->answer.meters, 1);
    return rc;
}

int store_answered(struct store *store, struct ledger_op *op)
{
    static const enum books_answer ends[OUTCOME_KINDS] = {
        [OUTCOME_SENT] = ANSWER_SENT,      [OUTCOME_REJECTED] = ANSWER_FAILED,
        [OUTCOME_DEFERRED] = ANSWER_WAITS, [OUTCOME_UNKNOWN] = ANSWER_UNKNOWN,
        [OUTCOME_RETURNED] = ANSWER_WAITS,
    };
    const struct outcome *outcome = &op->answered.outcome;
    int rc;

    if ((unsigned)outcome->kind >= OUTCOME_KINDS)
        log_panic("no outcome has the number %d", (int)outcome->kind);
    db_start(store->db, SQL_ANSWER_END, op->answered.id, op->answered.device, ends[outcome->kind],
             op->at_ms, outcome->code, outcome->kind == OUTCOME_RETURNED, STORE_ANSWER_ATTEMPTS);
    db_bind_text(store->db, SQL_ANSWER_END, 8, outcome->detail[0] ? outcome->detail : NULL);
    rc = db_finish(store->db, SQL_ANSWER_END);
    if (rc == 0 && db_changes(store->db) != 1)
        log_panic("answer=%lld of device=%d is not in flight", (long long)op->answered.id,
                  (int)op->answered.device);
    if (rc == 0)
        store_used(store, &op->answered.meters, 1, outcome);
    return rc;
}
