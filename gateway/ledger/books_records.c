/* books_records: the journal as records, and what signs it. See books_records.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_records.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/mem.h"
#include "gateway/model/rehearsed.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/leaves.h"
#include "gateway/ledger/seal.h"

/* The columns of BOOKS_LINES. */
enum {
    LINE_ID,
    LINE_DELIVERY,
    LINE_AT,
    LINE_FROM,
    LINE_TO,
    LINE_CAUSE,
    LINE_DEVICE,
    LINE_SIM,
    LINE_CODE,
    LINE_LEVEL,
    LINE_SHOWN,
    LINE_MARK,
    LINE_DETAIL,
    LINE_CAMPAIGN,
    LINE_UNIT,
    LINE_CHANNEL,
    LINE_ROUTE,
    LINE_ADDRESS,
    LINE_SLOT,
    LINE_PARTS,
    LINE_ALPHABET,
    LINE_FROM_MS,
    LINE_UNTIL_MS,
    LINE_NEED,
    LINE_TEXT,
    LINE_PROOF_FROM,
    LINE_PROOF_UNTIL,
    LINE_PROOF_COUNTED,
    LINE_PROOF_LEVEL,
    LINE_PROOF_DIGEST,
    LINE_PROOF_FILE,
    LINE_VEIL,
};

/* A campaign's key, as far as it is there. */
struct lines_key {
    int64_t campaign;
    bool erased;
    struct record_key key;
};

struct lines {
    struct books *books;
    struct lines_key *keys;
    size_t n_keys;
    struct buffer line;
    /* The text of the last entry: neighbours mostly share one. */
    int64_t text, text_campaign;
    struct record_tag text_tag;
};

static int lines_read_keys(struct lines *lines)
{
    struct db *db = lines->books->db;
    int rc;

    while ((rc = db_row(db, BOOKS_CAMPAIGN_KEYS)) > 0) {
        const char *text = db_text(db, BOOKS_CAMPAIGN_KEYS, 1);
        struct record_tag bytes = {{0}};
        struct lines_key *key;

        lines->keys = mem_grow(lines->keys, lines->n_keys + 1, sizeof *lines->keys);
        key = &lines->keys[lines->n_keys++];
        key->campaign = db_int(db, BOOKS_CAMPAIGN_KEYS, 0);
        key->erased = record_tag_parse(text, strlen(text), &bytes) != 0;
        memcpy(key->key.bytes, bytes.bytes, sizeof key->key.bytes);
    }
    return rc;
}

static const struct lines_key *lines_key_of(const struct lines *lines, int64_t campaign)
{
    for (size_t i = 0; i < lines->n_keys; i++)
        if (lines->keys[i].campaign == campaign)
            return &lines->keys[i];
    return NULL;
}

static int64_t lines_maybe(const struct db *db, int column)
{
    return db_is_null(db, BOOKS_LINES, column) ? RECORD_NONE : db_int(db, BOOKS_LINES, column);
}

/* 0; 1: the books don't say. */
static int lines_number(const struct lines *lines, struct record_tag *tag)
{
    const struct db *db = lines->books->db;
    const struct lines_key *key = lines_key_of(lines, db_int(db, BOOKS_LINES, LINE_CAMPAIGN));
    const char *veil = db_text(db, BOOKS_LINES, LINE_VEIL);

    if (key && !key->erased) {
        record_tag_number(&key->key, db_int(db, BOOKS_LINES, LINE_ADDRESS), tag, NULL);
        return 0;
    }
    return record_tag_parse(veil, strlen(veil), tag);
}

/* 0; 1: the books don't say; -errno. */
static int lines_text_read(struct lines *lines, int64_t campaign, int64_t text)
{
    const struct lines_key *key = lines_key_of(lines, campaign);
    struct db *db = lines->books->db;
    enum books_statement s = key && !key->erased ? BOOKS_TEXT : BOOKS_VEIL_TEXT;
    int rc;

    db_start(db, s, text, campaign);
    rc = db_row(db, s);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    if (s == BOOKS_TEXT)
        record_tag_text(&key->key, db_text(db, s, 0), &lines->text_tag, NULL);
    rc = s == BOOKS_TEXT
             ? 0
             : record_tag_parse(db_text(db, s, 0), strlen(db_text(db, s, 0)), &lines->text_tag);
    db_end(db, s);
    lines->text = rc == 0 ? text : 0;
    lines->text_campaign = campaign;
    return rc;
}

static int lines_entry(struct lines *lines, struct record *record)
{
    const struct db *db = lines->books->db;
    int64_t text = db_int(db, BOOKS_LINES, LINE_TEXT);
    struct record_entry *entry = &record->entry;
    int rc = 0;

    record->kind = RECORD_ENTRY;
    *entry = (struct record_entry){
        .delivery = db_int(db, BOOKS_LINES, LINE_DELIVERY),
        .campaign = db_int(db, BOOKS_LINES, LINE_CAMPAIGN),
        .unit = db_int(db, BOOKS_LINES, LINE_UNIT),
        .channel = db_int(db, BOOKS_LINES, LINE_CHANNEL),
        .route = db_int(db, BOOKS_LINES, LINE_ROUTE),
        .board = db_int(db, BOOKS_LINES, LINE_ADDRESS),
        .slot = db_int(db, BOOKS_LINES, LINE_SLOT),
        .parts = db_int(db, BOOKS_LINES, LINE_PARTS),
        .alphabet = db_int(db, BOOKS_LINES, LINE_ALPHABET),
        .from_ms = db_int(db, BOOKS_LINES, LINE_FROM_MS),
        .until_ms = db_int(db, BOOKS_LINES, LINE_UNTIL_MS),
        .need = db_int(db, BOOKS_LINES, LINE_NEED),
        .cause = db_int(db, BOOKS_LINES, LINE_CAUSE),
    };
    if (entry->channel == CHANNEL_SMS)
        rc = lines_number(lines, &entry->number);
    if (rc == 0 && (text != lines->text || entry->campaign != lines->text_campaign))
        rc = lines_text_read(lines, entry->campaign, text);
    entry->text = lines->text_tag;
    return rc;
}

static int lines_change(struct lines *lines, struct record *record)
{
    const struct db *db = lines->books->db;
    struct record_change *change = &record->change;

    record->kind = RECORD_CHANGE;
    *change = (struct record_change){
        .delivery = db_int(db, BOOKS_LINES, LINE_DELIVERY),
        .campaign = db_int(db, BOOKS_LINES, LINE_CAMPAIGN),
        .unit = db_int(db, BOOKS_LINES, LINE_UNIT),
        .is_board = db_int(db, BOOKS_LINES, LINE_CHANNEL) != CHANNEL_SMS,
        .board = db_int(db, BOOKS_LINES, LINE_ADDRESS),
        .from = db_int(db, BOOKS_LINES, LINE_FROM),
        .to = db_int(db, BOOKS_LINES, LINE_TO),
        .cause = db_int(db, BOOKS_LINES, LINE_CAUSE),
        .device = lines_maybe(db, LINE_DEVICE),
        .sim = lines_maybe(db, LINE_SIM),
        .code = lines_maybe(db, LINE_CODE),
        .level = lines_maybe(db, LINE_LEVEL),
        .shown_ms = lines_maybe(db, LINE_SHOWN),
        .detail = db_text(db, BOOKS_LINES, LINE_DETAIL),
    };
    if (!db_is_null(db, BOOKS_LINES, LINE_PROOF_FROM))
        change->proof = (struct record_proof){
            .there = true,
            .from_ms = db_int(db, BOOKS_LINES, LINE_PROOF_FROM),
            .until_ms = db_int(db, BOOKS_LINES, LINE_PROOF_UNTIL),
            .counted_ms = db_int(db, BOOKS_LINES, LINE_PROOF_COUNTED),
            .level = db_int(db, BOOKS_LINES, LINE_PROOF_LEVEL),
            .digest = db_text(db, BOOKS_LINES, LINE_PROOF_DIGEST),
            .file = db_text(db, BOOKS_LINES, LINE_PROOF_FILE),
        };
    return change->is_board ? 0 : lines_number(lines, &change->number);
}

/* 0; 1: what it tells of isn't in the books; -errno. */
static int lines_make(struct lines *lines)
{
    const struct db *db = lines->books->db;
    struct record record = {.at_ms = db_int(db, BOOKS_LINES, LINE_AT)};
    int rc = 0;

    if (db_int(db, BOOKS_LINES, LINE_DELIVERY) == 0) {
        int64_t fact = db_int(db, BOOKS_LINES, LINE_TO); /* altered, it may be any number */

        if (fact < 1 || fact >= FACTS)
            return 1;
        record.kind = RECORD_FACT;
        record.fact.fact = (enum record_fact)fact;
        record.fact.text = db_text(db, BOOKS_LINES, LINE_DETAIL);
    } else if (db_is_null(db, BOOKS_LINES, LINE_CAMPAIGN)) {
        rc = 1;
    } else {
        rc = db_is_null(db, BOOKS_LINES, LINE_FROM) ? lines_entry(lines, &record)
                                                    : lines_change(lines, &record);
    }
    if (rc == 0)
        record_write(&record, &lines->line);
    return rc;
}

static int lines_hand_out(struct lines *lines,
                          int (*each)(void *ctx, const struct books_line *line), void *ctx)
{
    const struct db *db = lines->books->db;
    struct books_line line = {.id = db_int(db, BOOKS_LINES, LINE_ID),
                              .mark = db_int(db, BOOKS_LINES, LINE_MARK),
                              .delivery = db_int(db, BOOKS_LINES, LINE_DELIVERY)};
    int rc = lines_make(lines);

    if (rc < 0)
        return rc;
    if (rc == 0) {
        line.line = buffer_text(&lines->line);
        line.length = lines->line.length;
    }
    return each(ctx, &line);
}

int books_lines(struct books *books, int64_t first, int64_t last,
                int (*each)(void *ctx, const struct books_line *line), void *ctx)
{
    struct lines lines = {.books = books};
    int rc = lines_read_keys(&lines);

    if (rc == 0) {
        db_start(books->db, BOOKS_LINES, first, last);
        while ((rc = db_row(books->db, BOOKS_LINES)) > 0) {
            rc = lines_hand_out(&lines, each, ctx);
            if (rc == 0)
                continue;
            db_end(books->db, BOOKS_LINES);
            break;
        }
    }
    if (lines.keys)
        explicit_bzero(lines.keys, lines.n_keys * sizeof *lines.keys);
    free(lines.keys);
    buffer_free(&lines.line);
    return rc;
}

int books_log(struct books *books, struct books_log *out)
{
    struct db *db = books->db;
    int64_t size;
    int rc;

    *out = (struct books_log){0};
    rc = db_row(db, BOOKS_LOG);
    if (rc <= 0)
        return rc;
    books_copy(out->origin, sizeof out->origin, db_text(db, BOOKS_LOG, 0));
    out->journal = db_int(db, BOOKS_LOG, 1);
    out->lines = db_int(db, BOOKS_LOG, 2);
    size = db_int(db, BOOKS_LOG, 3);
    out->at_ms = db_int(db, BOOKS_LOG, 4);
    out->readable = !db_is_null(db, BOOKS_LOG, 3) &&
                    leaves_peaks_parse(db_text(db, BOOKS_LOG, 5), size, &out->tree) == 0;
    db_end(db, BOOKS_LOG);
    if (!out->readable)
        out->tree = (struct merkle){0};
    return 0;
}

int books_is_rehearsal(struct books *books)
{
    int rc = db_row(books->db, BOOKS_LOG);

    if (rc <= 0)
        return rc;
    rc = rehearsed_is(db_text(books->db, BOOKS_LOG, 0));
    db_end(books->db, BOOKS_LOG);
    return rc;
}

int books_last_line(struct books *books, int64_t *out)
{
    int rc = db_row(books->db, BOOKS_LAST_LINE);

    *out = 0;
    if (rc <= 0)
        return rc;
    *out = db_int(books->db, BOOKS_LAST_LINE, 0);
    db_end(books->db, BOOKS_LAST_LINE);
    return 0;
}

int books_checkpoints(struct books *books,
                      int (*each)(void *ctx, const struct books_checkpoint *checkpoint), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_CHECKPOINTS)) > 0) {
        const struct books_checkpoint checkpoint = {
            .size = db_int(books->db, BOOKS_CHECKPOINTS, 0),
            .at_ms = db_int(books->db, BOOKS_CHECKPOINTS, 1),
            .note = db_text(books->db, BOOKS_CHECKPOINTS, 2)};
        int answer = each(ctx, &checkpoint);

        if (answer) {
            db_end(books->db, BOOKS_CHECKPOINTS);
            return answer;
        }
    }
    return rc;
}

int books_keys(struct books *books, int (*each)(void *ctx, const struct books_key *key), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_KEYS)) > 0) {
        const struct books_key key = {.line = db_int(books->db, BOOKS_KEYS, 0),
                                      .public = db_text(books->db, BOOKS_KEYS, 1)};
        int answer = each(ctx, &key);

        if (answer) {
            db_end(books->db, BOOKS_KEYS);
            return answer;
        }
    }
    return rc;
}

/* One that can't be read is handed out as zeros: no tile hashes to that. */
int books_tiles(struct books *books,
                int (*each)(void *ctx, int64_t number, const struct merkle_hash *root), void *ctx)
{
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;
    int rc;

    while ((rc = db_row(books->db, BOOKS_TILES)) > 0) {
        const char *hex = db_text(books->db, BOOKS_TILES, 1);
        struct merkle_hash root = {{0}};
        int answer;

        buffer_clear(&bytes);
        if (hex_decode(&bytes, hex, strlen(hex)) == 0 && bytes.length == sizeof root)
            memcpy(&root, bytes.data, sizeof root);
        answer = each(ctx, db_int(books->db, BOOKS_TILES, 0), &root);
        if (answer) {
            db_end(books->db, BOOKS_TILES);
            return answer;
        }
    }
    return rc;
}

int books_tag_key(struct books *books, int64_t campaign, struct record_key *key)
{
    struct record_tag bytes;
    const char *text;
    int rc;

    db_start(books->db, BOOKS_TAG_KEY, campaign);
    rc = db_row(books->db, BOOKS_TAG_KEY);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    text = db_text(books->db, BOOKS_TAG_KEY, 0);
    rc = record_tag_parse(text, strlen(text), &bytes);
    if (rc == 0)
        memcpy(key->bytes, bytes.bytes, sizeof key->bytes);
    db_end(books->db, BOOKS_TAG_KEY);
    return rc;
}

int books_seal(struct books *books, struct buffer *text)
{
    struct jv *seal;
    int rc = seal_make(books->db, &seal);

    buffer_clear(text);
    if (rc == 0)
        jv_write(seal, false, text);
    jv_free(seal);
    return rc;
}

int books_messages(struct books *books, int64_t number,
                   int (*each)(void *ctx, int64_t delivery, int64_t campaign), void *ctx)
{
    int rc;

    db_start(books->db, BOOKS_NUMBER, number);
    while ((rc = db_row(books->db, BOOKS_NUMBER)) > 0) {
        int answer =
            each(ctx, db_int(books->db, BOOKS_NUMBER, 0), db_int(books->db, BOOKS_NUMBER, 1));

        if (answer) {
            db_end(books->db, BOOKS_NUMBER);
            return answer;
        }
    }
    return rc;
}

int books_lines_of(struct books *books, int64_t delivery, int (*each)(void *ctx, int64_t line),
                   void *ctx)
{
    int rc;

    db_start(books->db, BOOKS_LINES_OF, delivery);
    while ((rc = db_row(books->db, BOOKS_LINES_OF)) > 0) {
        int answer = each(ctx, db_int(books->db, BOOKS_LINES_OF, 0));

        if (answer) {
            db_end(books->db, BOOKS_LINES_OF);
            return answer;
        }
    }
    return rc;
}
