/* store_fact: the journal's lines, those of deliveries and all others, and the keys of their tags.
 * Runs: ledger thread. */
#include "gateway/ledger/store_inside.h"

#include <string.h>

#include "gateway/base/log.h"

/* A DEL is none of JSON's control characters, but it is one of the record's. */
static void store_escape(const struct buffer *json, struct buffer *out)
{
    const char *at = buffer_text(json), *del;

    for (; (del = strchr(at, 0x7f)); at = del + 1) {
        buffer_add(out, at, (size_t)(del - at));
        buffer_add_text(out, "\\u007f");
    }
    buffer_add_text(out, at);
}

int store_fact(struct store *store, enum record_fact fact, struct jv *object, int64_t at_ms)
{
    BUFFER_FREE_LATER struct buffer json = BUFFER_NULL, text = BUFFER_NULL;
    struct record record = {.kind = RECORD_FACT, .at_ms = at_ms, .fact.fact = fact};

    jv_write(object, false, &json);
    jv_free(object);
    store_escape(&json, &text);
    record.fact.text = buffer_text(&text);
    return leaves_append(&store->leaves, store->db, &record);
}

int64_t store_line(const struct store *store)
{
    return (int64_t)store->leaves.now.tree.size;
}

/* 0; 1: the text is no key (it was erased). */
static int store_key_take(const char *text, struct record_key *key)
{
    struct record_tag bytes;

    if (record_tag_parse(text, strlen(text), &bytes))
        return 1;
    memcpy(key->bytes, bytes.bytes, sizeof key->bytes);
    return 0;
}

void store_key_make(char text[static RECORD_TAG_TEXT])
{
    struct record_tag random;

    digest_random(random.bytes, sizeof random.bytes);
    record_tag_hex(&random, text);
}

int store_own_key(struct store *store, struct record_key *key)
{
    int rc = db_row(store->db, SQL_META_READ);

    if (rc < 0)
        return rc;
    if (rc == 0 || store_key_take(db_text(store->db, SQL_META_READ, 1), key))
        log_panic("the books have no key of their own");
    db_end(store->db, SQL_META_READ);
    return 0;
}

int store_campaign_key(struct store *store, int64_t campaign, struct record_key *key)
{
    struct store_key *kept = &store->keys[(uint64_t)campaign % STORE_KEYS];
    int rc;

    if (kept->campaign == campaign) {
        *key = kept->key;
        return 0;
    }
    db_start(store->db, SQL_CAMPAIGN_KEY, campaign);
    rc = db_row(store->db, SQL_CAMPAIGN_KEY);
    if (rc == 0)
        log_panic("the books have no campaign=%lld", (long long)campaign);
    if (rc < 0)
        return rc;
    rc = store_key_take(db_text(store->db, SQL_CAMPAIGN_KEY, 0), key);
    db_end(store->db, SQL_CAMPAIGN_KEY);
    if (rc == 0)
        *kept = (struct store_key){campaign, *key};
    return rc;
}

void store_keys_drop(struct store *store)
{
    memset(store->keys, 0, sizeof store->keys);
    memset(store->tags, 0, sizeof store->tags);
    memset(store->text_tags, 0, sizeof store->text_tags);
}

/* The tag of a delivery whose campaign was erased. */
static int store_veil(struct store *store, int64_t delivery, struct record_tag *tag)
{
    const char *text;
    int rc;

    db_start(store->db, SQL_VEIL_READ, delivery);
    rc = db_row(store->db, SQL_VEIL_READ);
    if (rc < 0)
        return rc;
    text = rc > 0 ? db_text(store->db, SQL_VEIL_READ, 0) : "";
    if (record_tag_parse(text, strlen(text), tag))
        log_panic("the books have no tag of delivery=%lld", (long long)delivery);
    db_end(store->db, SQL_VEIL_READ);
    return 0;
}

/* A message has three changes within seconds: its tag is made once for all of them. */
static int store_number_tag(struct store *store, const struct store_item *item,
                            struct record_tag *tag)
{
    struct store_tag *kept = &store->tags[(uint64_t)item->id % STORE_TAGS];
    struct record_key key;
    int rc;

    if (kept->delivery == item->id) {
        *tag = kept->tag;
        return 0;
    }
    rc = store_campaign_key(store, item->campaign, &key);
    if (rc > 0)
        return store_veil(store, item->id, tag);
    if (rc < 0)
        return rc;
    record_tag_number(&key, item->address, tag, NULL);
    *kept = (struct store_tag){item->id, *tag};
    return 0;
}

/* Of a text that isn't at hand, the body is read. */
static int store_text_tag_make(struct store *store, const struct store_item *item, const char *body,
                               struct record_tag *tag)
{
    struct record_key key;
    int rc = store_campaign_key(store, item->campaign, &key);

    if (rc != 0 || body) {
        LOG_ASSERT(rc <= 0); /* nothing is entered into a campaign that was erased */
        if (rc == 0)
            record_tag_text(&key, body, tag, NULL);
        return rc;
    }
    db_start(store->db, SQL_TEXT_BODY, item->text);
    rc = db_row(store->db, SQL_TEXT_BODY);
    if (rc == 0)
        log_panic("the books have no text=%lld", (long long)item->text);
    if (rc < 0)
        return rc;
    record_tag_text(&key, db_text(store->db, SQL_TEXT_BODY, 0), tag, NULL);
    db_end(store->db, SQL_TEXT_BODY);
    return 0;
}

static int store_text_tag(struct store *store, const struct store_item *item, const char *body,
                          struct record_tag *tag)
{
    struct store_text_tag *kept = &store->text_tags[(uint64_t)item->text % STORE_TEXT_TAGS];
    int rc = 0;

    if (kept->campaign != item->campaign || kept->text != item->text) {
        kept->campaign = 0;
        rc = store_text_tag_make(store, item, body, &kept->tag);
        if (rc < 0)
            return rc;
        kept->campaign = item->campaign;
        kept->text = item->text;
    }
    *tag = kept->tag;
    return rc;
}

int store_journal_entry(struct store *store, const struct store_item *item,
                        const struct ledger_new *row, const struct store_change *change)
{
    struct record record = {
        .kind = RECORD_ENTRY,
        .at_ms = change->at_ms,
        .entry = {.delivery = item->id,
                  .campaign = item->campaign,
                  .unit = item->unit,
                  .channel = item->channel,
                  .route = item->route,
                  .board = item->address,
                  .slot = item->slot,
                  .parts = item->parts,
                  .alphabet = row->alphabet,
                  .from_ms = item->from_ms,
                  .until_ms = item->until_ms,
                  .need = item->need,
                  .cause = change->cause},
    };
    int rc = 0;

    if (item->channel == CHANNEL_SMS)
        rc = store_number_tag(store, item, &record.entry.number);
    if (rc == 0)
        rc = store_text_tag(store, item, row->text, &record.entry.text);
    return rc < 0 ? rc : leaves_append(&store->leaves, store->db, &record);
}

int store_journal_change(struct store *store, const struct store_item *item,
                         enum delivery_state from, const struct store_change *change)
{
    struct record record = {
        .kind = RECORD_CHANGE,
        .at_ms = change->at_ms,
        .change = {.delivery = item->id,
                   .campaign = item->campaign,
                   .unit = item->unit,
                   .is_board = item->channel != CHANNEL_SMS,
                   .board = item->address,
                   .from = from,
                   .to = change->to,
                   .cause = change->cause,
                   .device = change->device,
                   .sim = change->sim,
                   .code = change->code,
                   .level = change->level,
                   .shown_ms = change->shown_ms,
                   .detail = change->detail},
    };
    int rc = 0;

    if (change->proof)
        record.change.proof = *change->proof;
    if (!record.change.is_board)
        rc = store_number_tag(store, item, &record.change.number);
    return rc < 0 ? rc : leaves_append(&store->leaves, store->db, &record);
}
