/* leaves: the journal, and the tree over its lines. See leaves.h.
 * Runs: ledger thread. */
#include "gateway/ledger/leaves.h"

#include <errno.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/json.h"
#include "gateway/base/log.h"
#include "gateway/model/delivery.h"
#include "gateway/ledger/store_sql.h"

int64_t leaves_mark(const struct merkle_hash *leaf, int64_t line)
{
    uint32_t mark = (uint32_t)leaf->bytes[0] << 24 | (uint32_t)leaf->bytes[1] << 16 |
                    (uint32_t)leaf->bytes[2] << 8 | leaf->bytes[3];

    mark += (uint32_t)line - 1;
    return mark <= INT32_MAX ? (int64_t)mark : (int64_t)mark - (INT64_C(1) << 32);
}

void leaves_peaks_text(const struct merkle *tree, struct buffer *text)
{
    size_t n = merkle_peaks(tree->size);

    buffer_clear(text);
    hex_encode(text, tree->peaks, n * sizeof *tree->peaks);
}

int leaves_peaks_parse(const char *text, int64_t size, struct merkle *tree)
{
    BUFFER_FREE_LATER struct buffer peaks = BUFFER_NULL;

    *tree = (struct merkle){.size = (uint64_t)size};
    if (size < 0 || hex_decode(&peaks, text, strlen(text)) ||
        peaks.length != merkle_peaks((uint64_t)size) * sizeof *tree->peaks)
        return 1;
    if (peaks.length)
        memcpy(tree->peaks, peaks.data, peaks.length);
    return 0;
}

int leaves_read(struct leaves *leaves, struct db *db)
{
    int64_t journal, size;
    bool right;
    int rc = db_ask(db, "SELECT coalesce(max(id), 0) FROM journal", &journal);

    if (rc == 0)
        rc = db_row(db, SQL_TREE_READ);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    size = db_int(db, SQL_TREE_READ, 0);
    leaves->now = (struct leaves_state){.at_ms = db_int(db, SQL_TREE_READ, 1)};
    right = size == journal &&
            leaves_peaks_parse(db_text(db, SQL_TREE_READ, 2), size, &leaves->now.tree) == 0;
    db_end(db, SQL_TREE_READ);
    if (!right)
        return 1;
    leaves->committed = leaves->now;
    return 0;
}

/* The text that ends the line: stored as it is hashed, or nobody could tell whether it was altered.
 */
static const char *leaves_text(const struct leaves *leaves)
{
    const char *text = strrchr(buffer_text(&leaves->line), '\t') + 1;

    return strcmp(text, "-") == 0 ? NULL : text;
}

static int leaves_put_line(const struct leaves *leaves, struct db *db, const struct record *record,
                           int64_t mark)
{
    const struct record_change *change = &record->change;
    int64_t line = (int64_t)leaves->now.tree.size + 1;
    int rc;

    switch (record->kind) {
    case RECORD_ENTRY:
        db_start(db, SQL_JOURNAL_ADD, line, record->entry.delivery, record->at_ms, DB_NULL,
                 DELIVERY_PLANNED, record->entry.cause, DB_NULL, DB_NULL, DB_NULL, DB_NULL, DB_NULL,
                 mark);
        break;
    case RECORD_CHANGE:
        db_start(db, SQL_JOURNAL_ADD, line, change->delivery, record->at_ms, change->from,
                 change->to, change->cause, change->device, change->sim, change->code,
                 change->level, change->shown_ms, mark);
        db_bind_text(db, SQL_JOURNAL_ADD, 13, leaves_text(leaves));
        break;
    case RECORD_FACT:
        db_start(db, SQL_JOURNAL_ADD, line, 0, record->at_ms, DB_NULL, record->fact.fact, 0,
                 DB_NULL, DB_NULL, DB_NULL, DB_NULL, DB_NULL, mark);
        db_bind_text(db, SQL_JOURNAL_ADD, 13, leaves_text(leaves));
        break;
    }
    rc = db_finish(db, SQL_JOURNAL_ADD);
    return rc == 0 && db_changes(db) != 1
               ? db_damaged(db, "another program has written into the journal")
               : rc;
}

static int leaves_put_tile(const struct leaves *leaves, struct db *db,
                           const struct merkle_hash *root)
{
    BUFFER_FREE_LATER struct buffer hex = BUFFER_NULL;

    hex_encode(&hex, root, sizeof *root);
    db_start(db, SQL_TILE_ADD, (int64_t)(leaves->now.tree.size / MERKLE_TILE) - 1);
    db_bind_text(db, SQL_TILE_ADD, 2, buffer_text(&hex));
    return db_finish(db, SQL_TILE_ADD);
}

static int leaves_append_one(struct leaves *leaves, struct db *db, const struct record *record)
{
    int64_t line = (int64_t)leaves->now.tree.size + 1;
    struct merkle_hash leaf, tile;
    int rc;

    record_write(record, &leaves->line);
    if (leaves->line.length > RECORD_MOST) { /* nobody could read it: who asks must see to it */
        log_error("ledger record=too-long bytes=%zu", leaves->line.length);
        return -EMSGSIZE;
    }
    merkle_leaf(leaves->line.data, leaves->line.length, &leaf);
    rc = leaves_put_line(leaves, db, record, leaves_mark(&leaf, line));
    leaves->now.at_ms = record->at_ms;
    if (merkle_append_noting(&leaves->now.tree, &leaf, &tile) && rc == 0)
        rc = leaves_put_tile(leaves, db, &tile);
    return rc;
}

static int leaves_tell_step(struct leaves *leaves, struct db *db, int64_t at_ms)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct record step = {.kind = RECORD_FACT, .at_ms = at_ms, .fact.fact = FACT_CLOCK};

    buffer_printf(&text, "{\"from\":%lld}", (long long)leaves->now.at_ms);
    step.fact.text = buffer_text(&text);
    log_warning("ledger clock=back from_ms=%lld to_ms=%lld", (long long)leaves->now.at_ms,
                (long long)at_ms);
    return leaves_append_one(leaves, db, &step);
}

int leaves_append(struct leaves *leaves, struct db *db, const struct record *record)
{
    int rc = record->at_ms < leaves->now.at_ms ? leaves_tell_step(leaves, db, record->at_ms) : 0;

    return rc < 0 ? rc : leaves_append_one(leaves, db, record);
}

int leaves_flush(struct leaves *leaves, struct db *db)
{
    BUFFER_FREE_LATER struct buffer peaks = BUFFER_NULL;

    if (leaves->now.tree.size == leaves->committed.tree.size)
        return 0;
    leaves_peaks_text(&leaves->now.tree, &peaks);
    db_start(db, SQL_TREE_PUT, (int64_t)leaves->now.tree.size, leaves->now.at_ms);
    db_bind_text(db, SQL_TREE_PUT, 3, buffer_text(&peaks));
    return db_finish(db, SQL_TREE_PUT);
}

void leaves_commit(struct leaves *leaves)
{
    if (leaves->now.tree.size != leaves->committed.tree.size)
        leaves->committed = leaves->now;
}

void leaves_rollback(struct leaves *leaves)
{
    leaves->now = leaves->committed;
}

void leaves_free(struct leaves *leaves)
{
    buffer_free(&leaves->line);
    *leaves = (struct leaves){0};
}
