/* store_restore: going on from a copy that was put back.
 * Runs: ledger thread (opening: the loop, while there is no thread).
 *
 * Between the copy and its putting back there is a time that the books have lost. Who was sent
 * something in it nobody knows, so nothing that may have gone out then goes out by itself again:
 *
 * - open messages of campaigns that had a window in that time are in doubt from now on, as those
 * are that a crash finds in flight. Reports that still come settle them, from whichever modem;
 * - their reserve rows may have been drawn: they are thrown away;
 * - what such a campaign enters later (it may have been entered first in that time) is in doubt at
 *   once: the table restored remembers the time for good;
 * - an edit or an extension that comes later and lays a campaign into that time has the same
 * effect;
 * - slogans are idempotent: they only count as what may be on the board;
 * - answers to refusals that wait are in doubt.
 *
 * The restoring notes the time in the copy before it gets its place (gateway/restore.h), and the
 * next opening does the rest in one transaction, so no crash can come between. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define STORE_LOST_CHUNK 256

struct store_lost {
    int64_t id, from_ms, until_ms, at_ms;
    const char *note, *mark; /* lent */
    int64_t messages;        /* in doubt now */
};

/* planned -> due -> unknown: the table of states knows no shorter way. */
static int store_lose_message(struct store *store, struct store_item *item, int64_t at_ms)
{
    const struct store_change due = STORE_CHANGE(DELIVERY_DUE, CAUSE_RESTART, at_ms);
    const struct store_change doubt = STORE_CHANGE(DELIVERY_UNKNOWN, CAUSE_RESTART, at_ms);
    int rc = item->state == DELIVERY_PLANNED ? store_change(store, item, &due) : 0;

    if (rc == 0)
        rc = store_change(store, item, &doubt);
    item->device = 0; /* whichever sent it */
    return rc < 0 ? rc : store_await_all(store, item, at_ms);
}

static int store_lose_messages(struct store *store, int64_t campaign, struct store_lost *lost)
{
    size_t found = STORE_LOST_CHUNK;
    int rc = 0;

    while (rc == 0 && found == STORE_LOST_CHUNK) {
        struct store_items list;

        db_start(store->db, SQL_ITEMS_OPEN_SMS, campaign, STORE_LOST_CHUNK);
        rc = store_list(store, SQL_ITEMS_OPEN_SMS, STORE_LOST_CHUNK, &list);
        for (size_t i = 0; i < list.n && rc == 0; i++)
            rc = store_lose_message(store, &list.items[i], lost->at_ms);
        found = list.n;
        lost->messages += (int64_t)list.n;
        free(list.items);
    }
    return rc;
}

static int store_lose_campaign(struct store *store, int64_t campaign, struct store_lost *lost)
{
    int rc = store_lose_messages(store, campaign, lost);

    if (rc == 0)
        rc = db_run(store->db, SQL_LOST_RESERVE, campaign);
    return rc < 0 ? rc
                  : db_run(store->db, SQL_LOST_BOARDS, campaign, lost->from_ms, lost->until_ms);
}

static int store_lose_campaigns(struct store *store, struct store_lost *lost)
{
    int64_t *campaigns = NULL;
    size_t n = 0;
    int rc;

    while ((rc = db_row(store->db, SQL_LOST_CAMPAIGNS)) > 0) {
        campaigns = mem_grow(campaigns, n + 1, sizeof *campaigns);
        campaigns[n++] = db_int(store->db, SQL_LOST_CAMPAIGNS, 0);
    }
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = store_lose_campaign(store, campaigns[i], lost);
    free(campaigns);
    return rc < 0 ? rc : db_run(store->db, SQL_LOST_ANSWERS, lost->at_ms);
}

static int store_tell_restored(struct store *store, const struct store_lost *lost)
{
    struct digest digest = digest_of(DIGEST_SHA256, lost->mark, strlen(lost->mark));
    struct jv *object = jv_object();
    char mark[DIGEST_HEX_MOST];

    digest_hex(&digest, mark);
    jv_put(object, "lost", jv_string(lost->note));
    jv_put(object, "mark", jv_string(mark));
    jv_put(object, "from", jv_int(lost->from_ms));
    jv_put(object, "until", jv_int(lost->until_ms));
    return store_fact(store, FACT_RESTORED, object, lost->at_ms);
}

/* 1: done; 0: nothing was put back since the last opening; -errno. */
static int store_restore_next(struct store *store, int64_t at_ms)
{
    struct store_lost lost = {.at_ms = at_ms};
    int rc = db_row(store->db, SQL_RESTORED_PENDING);
    int64_t line;

    if (rc <= 0)
        return rc;
    lost.id = db_int(store->db, SQL_RESTORED_PENDING, 0);
    lost.from_ms = db_int(store->db, SQL_RESTORED_PENDING, 1);
    lost.until_ms = db_int(store->db, SQL_RESTORED_PENDING, 2);
    lost.note = db_text(store->db, SQL_RESTORED_PENDING, 3);
    lost.mark = db_text(store->db, SQL_RESTORED_PENDING, 4);
    rc = store_tell_restored(store, &lost);
    db_end(store->db, SQL_RESTORED_PENDING);
    line = store_line(store);
    if (rc == 0)
        rc = store_lose_campaigns(store, &lost);
    if (rc == 0)
        rc = db_run(store->db, SQL_RESTORED_TOLD, lost.id, line);
    if (rc == 0)
        log_warning("ledger restored from_ms=%lld until_ms=%lld unknown=%lld",
                    (long long)lost.from_ms, (long long)lost.until_ms, (long long)lost.messages);
    return rc < 0 ? rc : 1;
}

/* The file beside the books is written anew with the next checkpoint: a crash before that finds it
 * as it was when the copy was put back, and the journal tells already. */
static int store_may_give_up(struct store *store, const char *given_up)
{
    int rc;

    db_bind_text(store->db, SQL_RESTORED_MARK, 1, given_up);
    rc = db_row(store->db, SQL_RESTORED_MARK);
    if (rc > 0)
        db_end(store->db, SQL_RESTORED_MARK);
    return rc;
}

int store_restored(struct store *store, const char *given_up, int64_t at_ms)
{
    int rc = given_up ? store_may_give_up(store, given_up) : 1;

    if (rc <= 0)
        return rc < 0 ? rc : 1;
    while ((rc = store_restore_next(store, at_ms)) > 0)
        ;
    return rc;
}

int store_is_lost(struct store *store, int64_t campaign)
{
    int rc;

    db_start(store->db, SQL_LOST_CAMPAIGN, campaign);
    rc = db_row(store->db, SQL_LOST_CAMPAIGN);
    if (rc > 0)
        db_end(store->db, SQL_LOST_CAMPAIGN);
    return rc;
}

/* Its slogans go out again, as they do whenever the books are in doubt. */
int store_lose_again(struct store *store, int64_t campaign, int64_t at_ms)
{
    struct store_lost lost = {.at_ms = at_ms};
    int rc = store_is_lost(store, campaign);

    if (rc <= 0)
        return rc;
    rc = store_lose_messages(store, campaign, &lost);
    if (rc == 0)
        rc = db_run(store->db, SQL_LOST_RESERVE, campaign);
    if (rc == 0)
        log_warning("ledger campaign=%lld reaches=lost-time unknown=%lld", (long long)campaign,
                    (long long)lost.messages);
    return rc;
}

int store_lose(struct store *store, struct store_item *item, int64_t at_ms)
{
    if (item->channel == CHANNEL_DISPLAY)
        return db_run(store->db, SQL_DELIVERY_UP, item->id, 1);
    return item->state == DELIVERY_PLANNED ? store_lose_message(store, item, at_ms) : 0;
}
