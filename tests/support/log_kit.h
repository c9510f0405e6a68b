/* log_kit: is the log of books whole? For tests.
 * Runs: any. */
#ifndef LAWCAST_TESTS_SUPPORT_LOG_KIT_H
#define LAWCAST_TESTS_SUPPORT_LOG_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/ledger/books.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/leaves.h"
#include "gateway/model/record.h"

#define LOG_CHECKPOINTS 64
#define LOG_TILES       64

/* What is read of a log before its lines are. */
struct log_check {
    struct sign_public key;
    struct checkpoint checkpoints[LOG_CHECKPOINTS]; /* in the order of their sizes */
    size_t n_checkpoints, passed;
    struct merkle_hash tiles[LOG_TILES];
    size_t n_tiles;
    struct merkle tree, tile;
    int64_t at_ms;
    bool stepped; /* the line before tells of a clock that was put back */
};

static inline int log_key(void *ctx, const struct books_key *key)
{
    struct log_check *check = ctx;

    assert_int_equal(sign_public_parse(key->public, &check->key), 0);
    return 0;
}

static inline int log_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct log_check *check = ctx;
    struct checkpoint *place = &check->checkpoints[check->n_checkpoints++];
    size_t length = strlen(checkpoint->note);

    assert_in_range(check->n_checkpoints, 1, LOG_CHECKPOINTS);
    assert_int_equal(checkpoint_read(checkpoint->note, length, place), 0);
    assert_int_equal(place->size, checkpoint->size);
    assert_int_equal(note_verify(checkpoint->note, length, &check->key, NULL), NOTE_GOOD);
    return 0;
}

static inline int log_tile(void *ctx, int64_t number, const struct merkle_hash *root)
{
    struct log_check *check = ctx;

    assert_int_equal(number, check->n_tiles);
    assert_in_range(number, 0, LOG_TILES - 1);
    check->tiles[check->n_tiles++] = *root;
    return 0;
}

/* Roots, as they are told and as they are. */
static inline void log_compare_roots(struct log_check *check)
{
    struct merkle_hash root;

    if (check->tree.size % MERKLE_TILE == 0) {
        merkle_root(&check->tile, &root);
        assert_in_range(check->tree.size / MERKLE_TILE, 1, check->n_tiles);
        assert_true(merkle_same(&root, &check->tiles[check->tree.size / MERKLE_TILE - 1]));
        check->tile = (struct merkle){0};
    }
    if (check->passed < check->n_checkpoints &&
        check->checkpoints[check->passed].size == check->tree.size) {
        merkle_root(&check->tree, &root);
        assert_true(merkle_same(&root, &check->checkpoints[check->passed++].root));
    }
}

static inline int log_line(void *ctx, const struct books_line *line)
{
    struct log_check *check = ctx;
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct merkle_hash leaf;
    struct record record;

    assert_int_equal(line->id, check->tree.size + 1);
    assert_non_null(line->line);
    assert_int_equal(record_read(line->line, line->length, &room, &record), 0);
    merkle_leaf(line->line, line->length, &leaf);
    if (line->mark != leaves_mark(&leaf, line->id))
        fail_msg("line %lld isn't what was written: %s", (long long)line->id, line->line);
    merkle_append(&check->tree, &leaf);
    merkle_append(&check->tile, &leaf);
    log_compare_roots(check);
    check->stepped = record.kind == RECORD_FACT && record.fact.fact == FACT_CLOCK;
    if (record.at_ms < check->at_ms)
        assert_true(check->stepped);
    check->at_ms = record.at_ms;
    return 0;
}

/* Lines without gaps, each as it was hashed; tree, tiles and checkpoints are those of the lines; no
 * checkpoint is of more. Returns how many lines. */
static inline int64_t assert_log_whole(const char *path)
{
    struct log_check *check = mem_new(struct log_check);
    struct merkle_hash kept, found;
    struct books_log log;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, path, why, sizeof why), 0);
    assert_int_equal(books_log(books, &log), 0);
    assert_int_equal(books_keys(books, log_key, check), 0);
    assert_int_equal(books_checkpoints(books, log_checkpoint, check), 0);
    assert_int_equal(books_tiles(books, log_tile, check), 0);
    assert_int_equal(books_lines(books, 1, INT64_MAX, log_line, check), 0);
    books_close(books);
    assert_true(log.readable);
    assert_int_equal(check->tree.size, log.lines);
    assert_int_equal(log.tree.size, log.lines);
    assert_int_equal(log.journal, log.lines);
    assert_int_equal(check->passed, check->n_checkpoints);
    assert_int_equal(check->n_tiles, log.lines / MERKLE_TILE);
    merkle_root(&check->tree, &found);
    merkle_root(&log.tree, &kept);
    assert_true(merkle_same(&found, &kept));
    free(check);
    return log.lines;
}

#endif
