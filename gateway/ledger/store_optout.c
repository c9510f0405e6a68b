/* store_optout: numbers that want no messages, and what becomes of those that wait for them.
 * Runs: ledger thread.
 *
 * Once a refusal is committed, no message to its number is open: it is entered into a set that is
 * asked whenever one comes to wait (entered, or back from an attempt), so a claim never meets one.
 * Reserve rows of such a number are thrown away, so they are never drawn. Every refusal, and every
 * one that is taken back, is a record of the journal and a line of the history; taking back wakes
 * nothing that was suppressed. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"

/* What is said of a number, and by whom. */
struct store_saying {
    bool refuses;
    enum refusal_source source;
    int64_t reply; /* 0: none */
    const char *note;
    int64_t at_ms;
};

static int store_refused_read(struct store *store)
{
    struct numset *refused = numset_new();
    int rc;

    while ((rc = db_row(store->db, SQL_OPTOUT_ALL)) > 0)
        numset_add(refused, db_int(store->db, SQL_OPTOUT_ALL, 0));
    if (rc < 0)
        numset_free(refused);
    else
        store->refused = refused;
    return rc;
}

void store_refused_drop(struct store *store)
{
    numset_free(store->refused);
    store->refused = NULL;
}

int store_is_refused(struct store *store, int64_t address)
{
    int rc = store->refused ? 0 : store_refused_read(store);

    return rc < 0 ? rc : numset_has(store->refused, address);
}

static int store_suppress(struct store *store, struct store_item *item, int64_t at_ms)
{
    struct store_change change = STORE_CHANGE(DELIVERY_SUPPRESSED, CAUSE_REFUSAL, at_ms);

    change.to = store_unsent(item, DELIVERY_SUPPRESSED);
    return store_change(store, item, &change);
}

static int store_suppress_all(struct store *store, int64_t address, int64_t at_ms,
                              int64_t *suppressed)
{
    struct store_items list;
    int rc;

    db_start(store->db, SQL_ITEMS_NUMBER, address);
    rc = store_list(store, SQL_ITEMS_NUMBER, SIZE_MAX, &list);
    for (size_t i = 0; i < list.n && rc == 0; i++)
        rc = store_suppress(store, &list.items[i], at_ms);
    *suppressed = (int64_t)list.n;
    free(list.items);
    return rc;
}

/* Number and note stand in the record as tags by the books' own key, which outlives all campaigns:
 * records can't be erased, words about people must be. */
static int store_saying_record(struct store *store, int64_t address,
                               const struct store_saying *saying)
{
    struct jv *object;
    struct record_key key;
    struct record_tag tag;
    char who[RECORD_TAG_TEXT], note[RECORD_TAG_TEXT] = "";
    int rc = store_own_key(store, &key);

    LOG_ASSERT(rc <= 0);
    if (rc < 0)
        return rc;
    record_tag_number(&key, address, &tag, NULL);
    record_tag_hex(&tag, who);
    if (*saying->note) {
        record_tag_text(&key, saying->note, &tag, NULL);
        record_tag_hex(&tag, note);
    }
    explicit_bzero(&key, sizeof key);
    object = jv_object();
    jv_put(object, "who", jv_string(who));
    jv_put(object, "refuses", jv_bool(saying->refuses));
    jv_put(object, "source", jv_int(saying->source));
    jv_put(object, "reply", jv_int(saying->reply));
    jv_put(object, "note", jv_string(note));
    return store_fact(store, FACT_REFUSAL, object, saying->at_ms);
}

/* Into journal and history. *event: its number there. */
static int store_saying_add(struct store *store, int64_t address, const struct store_saying *saying,
                            int64_t *event)
{
    int rc = store_saying_record(store, address, saying);

    if (rc < 0)
        return rc;
    db_start(store->db, SQL_OPTOUT_EVENT, address, saying->at_ms, saying->refuses, saying->reply,
             saying->source, store_line(store));
    db_bind_text(store->db, SQL_OPTOUT_EVENT, 7, saying->note);
    rc = db_finish(store->db, SQL_OPTOUT_EVENT);
    *event = db_last_id(store->db);
    return rc;
}

/* 1: new; 0: it was refused before; or -errno. */
static int store_refuse_one(struct store *store, int64_t address, const struct store_saying *saying,
                            int64_t *suppressed)
{
    int64_t event;
    int rc = store_is_refused(store, address);

    *suppressed = 0;
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = store_saying_add(store, address, saying, &event);
    if (rc == 0)
        rc = db_run(store->db, SQL_OPTOUT_ADD, address, saying->at_ms, event);
    if (rc == 0)
        rc = store_suppress_all(store, address, saying->at_ms, suppressed);
    if (rc == 0)
        rc = db_run(store->db, SQL_RESERVE_REFUSED, address);
    if (rc < 0)
        return rc;
    numset_add(store->refused, address);
    return 1;
}

int store_refuse(struct store *store, int64_t address, int64_t reply, int64_t at_ms,
                 int64_t *suppressed)
{
    const struct store_saying saying = {
        .refuses = true, .source = REFUSAL_REPLY, .reply = reply, .note = "", .at_ms = at_ms};

    return store_refuse_one(store, address, &saying, suppressed);
}

/* Not by the set of those who refuse: it can't forget one of them. */
static int store_lift_one(struct store *store, int64_t address, const struct store_saying *saying)
{
    int64_t event;
    int rc;

    db_start(store->db, SQL_OPTOUT_FIND, address);
    rc = db_row(store->db, SQL_OPTOUT_FIND);
    if (rc <= 0)
        return rc;
    db_end(store->db, SQL_OPTOUT_FIND);
    rc = store_saying_add(store, address, saying, &event);
    if (rc == 0)
        rc = db_run(store->db, SQL_OPTOUT_LIFT, address);
    return rc < 0 ? rc : 1;
}

int store_refuse_numbers(struct store *store, struct ledger_op *op)
{
    const struct store_saying saying = {.refuses = !op->refuse.lift,
                                        .source = op->refuse.source,
                                        .note = op->refuse.note,
                                        .at_ms = op->at_ms};

    op->refuse.changed = 0;
    op->refuse.suppressed = 0;
    for (size_t i = 0; i < op->refuse.n; i++) {
        int64_t suppressed = 0;
        int rc = op->refuse.lift
                     ? store_lift_one(store, op->refuse.numbers[i], &saying)
                     : store_refuse_one(store, op->refuse.numbers[i], &saying, &suppressed);

        if (rc < 0)
            return rc;
        op->refuse.changed += (size_t)rc;
        op->refuse.suppressed += suppressed;
    }
    if (op->refuse.lift && op->refuse.changed)
        store_refused_drop(store);
    return 0;
}

/* A message in flight can't be called back: it is looked at again when its attempt has ended. */
int store_shun(struct store *store, struct store_item *item, int64_t at_ms)
{
    int rc;

    if (item->channel != CHANNEL_SMS ||
        (item->state != DELIVERY_PLANNED && item->state != DELIVERY_DEFERRED))
        return 0;
    rc = store_is_refused(store, item->address);
    return rc <= 0 ? rc : store_suppress(store, item, at_ms);
}
