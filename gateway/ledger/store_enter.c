/* store_enter: campaigns and their planned deliveries into the books.
 * Runs: ledger thread.
 *
 * Entering is repeatable: what is there already is found, not doubled. So a planning that a crash
 * cut short is simply done again. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"

#define STORE_RESEND_CHUNK 256

/* 1: found, id and planned set; 0: new; -errno. *same: with this source. */
static int store_campaign_find(struct store *store, struct ledger_op *op, bool *same)
{
    struct db *db = store->db;
    int rc;

    db_bind_text(db, SQL_CAMPAIGN_FIND, 1, op->campaign_is.id);
    rc = db_row(db, SQL_CAMPAIGN_FIND);
    if (rc <= 0)
        return rc;
    op->campaign = db_int(db, SQL_CAMPAIGN_FIND, 0);
    *same = strcmp(db_text(db, SQL_CAMPAIGN_FIND, 1), op->campaign_is.source) == 0;
    op->campaign_is.planned = db_int(db, SQL_CAMPAIGN_FIND, 2) != 0;
    db_end(db, SQL_CAMPAIGN_FIND);
    return 1;
}

/* Both are JSON that this program has written. */
static struct jv *store_json(const char *text)
{
    struct jv *value = jv_parse(text, strlen(text), NULL);

    return value ? value : jv_string(text);
}

int store_tell_content(struct store *store, int64_t campaign, const struct store_content *content,
                       int64_t at_ms)
{
    struct digest source = digest_of(DIGEST_SHA256, content->source, strlen(content->source));
    struct jv *object = jv_object();
    char hex[DIGEST_HEX_MOST];

    digest_hex(&source, hex);
    jv_put(object, "campaign", jv_int(campaign));
    jv_put(object, "code", jv_string(content->code));
    jv_put(object, "title", jv_string(content->title));
    jv_put(object, "windows", store_json(content->windows));
    jv_put(object, "targets", store_json(content->targets));
    jv_put(object, "source", jv_string(hex));
    return store_fact(store, FACT_CAMPAIGN, object, at_ms);
}

int store_tell_rules(struct store *store, int64_t campaign, const struct store_content *content,
                     int64_t at_ms)
{
    struct jv *object = jv_object();

    jv_put(object, "campaign", jv_int(campaign));
    jv_put(object, "counts", jv_int(content->counts));
    jv_put(object, "leftover", jv_int(content->leftover));
    return store_fact(store, FACT_RULES, object, at_ms);
}

/* Rules that no record tells are 0, as they are in books of before. */
static int store_tell_campaign(struct store *store, const struct ledger_op *op,
                               const struct store_content *content)
{
    int rc = store_tell_content(store, op->campaign, content, op->at_ms);

    if (rc < 0 || (!content->counts && !content->leftover))
        return rc;
    return store_tell_rules(store, op->campaign, content, op->at_ms);
}

static int store_campaign_add(struct store *store, struct ledger_op *op)
{
    const struct store_content content = {
        .code = op->campaign_is.id,
        .title = op->campaign_is.title,
        .source = op->campaign_is.source,
        .windows = op->campaign_is.windows,
        .targets = op->campaign_is.targets ? op->campaign_is.targets : "[]",
        .counts = op->campaign_is.counts,
        .leftover = op->campaign_is.leftover};
    char key[RECORD_TAG_TEXT];
    struct db *db = store->db;
    int rc;

    store_key_make(key);
    db_start(db, SQL_CAMPAIGN_ADD, op->at_ms, content.counts, content.leftover);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 4, content.code);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 5, content.title);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 6, content.source);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 7, content.windows);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 8, content.targets);
    db_bind_text(db, SQL_CAMPAIGN_ADD, 9, key);
    rc = db_finish(db, SQL_CAMPAIGN_ADD);
    explicit_bzero(key, sizeof key);
    op->campaign = db_last_id(db);
    op->campaign_is.planned = false;
    return rc < 0 ? rc : store_tell_campaign(store, op, &content);
}

static int store_units(struct store *store, struct ledger_op *op)
{
    const struct store_orders orders = {.campaign = op->campaign,
                                        .at_ms = op->at_ms,
                                        .n = op->campaign_is.n_units,
                                        .ids = op->campaign_is.unit_ids,
                                        .names = op->campaign_is.unit_names,
                                        .quotas = op->campaign_is.quotas,
                                        .parents = op->campaign_is.parents,
                                        .numbers = op->campaign_is.unit_numbers};

    return store_orders(store, &orders);
}

static int store_campaign_boards(struct store *store, struct ledger_op *op)
{
    for (size_t i = 0; i < op->campaign_is.n_boards; i++) {
        int32_t owner = op->campaign_is.board_owners[i];
        int rc;

        LOG_ASSERT(owner >= 0 && (size_t)owner < op->campaign_is.n_units);
        rc = store_board_number(
            store, op->campaign_is.board_ids[i], op->campaign_is.unit_numbers[owner],
            op->campaign_is.board_places ? op->campaign_is.board_places[i] : NULL,
            &op->campaign_is.board_numbers[i]);
        if (rc < 0)
            return rc;
    }
    return 0;
}

/* Only what a restart left in doubt: another doubt was settled by the campaign's word at the time.
 * Reports about the attempt that is in doubt are still awaited. */
static int store_resend(struct store *store, const struct ledger_op *op)
{
    struct store_change change = STORE_CHANGE(DELIVERY_DEFERRED, CAUSE_RESEND, op->at_ms);
    size_t found = STORE_RESEND_CHUNK;
    int rc = 0;

    change.not_before_ms = op->at_ms;
    while (rc == 0 && found == STORE_RESEND_CHUNK) {
        struct store_items list;

        db_start(store->db, SQL_ITEMS_RESTARTED, op->campaign, op->campaign_is.attempts_max,
                 STORE_RESEND_CHUNK);
        rc = store_list(store, SQL_ITEMS_RESTARTED, STORE_RESEND_CHUNK, &list);
        for (size_t i = 0; i < list.n && rc == 0; i++)
            rc = store_change(store, &list.items[i], &change);
        found = list.n;
        free(list.items);
    }
    return rc;
}

int store_campaign(struct store *store, struct ledger_op *op)
{
    bool same = true;
    int rc = store_campaign_find(store, op, &same);

    if (rc > 0 && !same) {
        op->result = LEDGER_CHANGED;
        return 0;
    }
    if (rc == 0)
        rc = store_campaign_add(store, op);
    if (rc >= 0)
        rc = store_units(store, op);
    if (rc == 0)
        rc = store_campaign_boards(store, op);
    if (rc == 0 && op->campaign_is.resend)
        rc = store_resend(store, op);
    return rc;
}

/* lost: it may have gone out before: nothing is drawn from the reserve then. 0: entered; 1: it was
 * there already, or isn't wanted; -errno. */
static int store_insert_row(struct store *store, const struct ledger_op *op,
                            const struct ledger_new *row, int64_t text, bool lost)
{
    const struct store_change plan = STORE_CHANGE(DELIVERY_PLANNED, CAUSE_PLAN, op->at_ms);
    struct store_item item = {.campaign = op->campaign, .text = text};
    int rc;

    if (!row->reserve) {
        rc = store_enter(store, row, &item, &plan);
        if (rc == 0)
            rc = store_shun(store, &item, op->at_ms);
        return rc || !lost ? rc : store_lose(store, &item, op->at_ms);
    }
    LOG_ASSERT(row->channel == CHANNEL_SMS && row->slot == 0);
    rc = lost ? 1 : store_is_refused(store, row->address);
    if (rc != 0)
        return rc;
    rc = db_run(store->db, SQL_RESERVE_ADD, op->campaign, row->unit, row->address, text, row->parts,
                row->alphabet, row->from_ms, row->until_ms, row->route);
    return rc < 0 ? rc : db_changes(store->db) == 0;
}

int store_insert(struct store *store, struct ledger_op *op)
{
    int lost = store_is_lost(store, op->campaign);

    op->insert.inserted = 0;
    if (lost < 0)
        return lost;
    texts_turn(&store->texts, op->campaign);
    for (size_t i = 0; i < op->insert.n; i++) {
        const struct ledger_new *row = &op->insert.rows[i];
        int64_t text;
        bool fresh;
        int rc = texts_number(&store->texts, store->db, row->text, &text, &fresh);

        if (rc == 0)
            rc = store_insert_row(store, op, row, text, lost);
        if (rc < 0)
            return rc;
        if (rc > 0)
            continue;
        op->insert.inserted++;
        rc = fresh ? texts_add(&store->texts, store->db, text, row->text, row->personal) : 0;
        if (rc < 0)
            return rc;
    }
    return 0;
}

int store_planned(struct store *store, struct ledger_op *op)
{
    int rc = db_run(store->db, SQL_CAMPAIGN_PLANNED, op->campaign);
    struct jv *object;

    if (rc < 0)
        return rc;
    if (db_changes(store->db) != 1)
        log_panic("the books have no campaign=%lld", (long long)op->campaign);
    object = jv_object();
    jv_put(object, "campaign", jv_int(op->campaign));
    return store_fact(store, FACT_PLANNED, object, op->at_ms);
}
