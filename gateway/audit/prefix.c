/* prefix: is one log the beginning of another? See prefix.h.
 * Runs: any. */
#include "gateway/audit/prefix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

/* ---- reading ---- */

struct prefix_walk {
    struct prefix_log *log;
    struct merkle run; /* of the run that isn't whole yet */
    size_t room;
};

static int prefix_take(void *ctx, const struct books_line *line)
{
    struct prefix_walk *walk = ctx;
    struct prefix_log *log = walk->log;
    uint64_t tile = log->size / MERKLE_TILE;
    struct merkle_hash leaf;

    if (!line->line || line->id != (int64_t)log->size + 1)
        return 1;
    merkle_leaf(line->line, line->length, &leaf);
    merkle_append(&walk->run, &leaf);
    log->size++;
    if (log->size % MERKLE_TILE)
        return 0;
    if (tile == walk->room) {
        walk->room = walk->room ? walk->room * 2 : 64;
        log->tiles = mem_grow(log->tiles, walk->room, sizeof *log->tiles);
    }
    merkle_root(&walk->run, &log->tiles[tile]);
    walk->run.size = 0;
    return 0;
}

static int prefix_take_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct prefix_log *log = ctx;
    struct checkpoint read;

    if (checkpoint_read(checkpoint->note, strlen(checkpoint->note), &read))
        return 0;
    free(log->note);
    log->note = mem_dup(checkpoint->note);
    log->last = read;
    return 0;
}

/* The leaves of a tree that is put together for one root. */
struct prefix_leaves {
    struct merkle tree;
    int64_t next;
};

static int prefix_leaf(void *ctx, const struct books_line *line)
{
    struct prefix_leaves *leaves = ctx;
    struct merkle_hash leaf;

    if (!line->line || line->id != leaves->next++)
        return -EUCLEAN;
    merkle_leaf(line->line, line->length, &leaf);
    merkle_append(&leaves->tree, &leaf);
    return 0;
}

/* merkle_range: the root of from..until-1, of whole runs as far as possible. */
static int prefix_range(void *ctx, uint64_t from, uint64_t until, struct merkle_hash *out)
{
    const struct prefix_log *log = ctx;
    struct prefix_leaves leaves = {.next = 0};
    int rc = 0;

    LOG_ASSERT(from < until && until <= log->size);
    if (from % MERKLE_TILE == 0)
        for (; until - from >= MERKLE_TILE; from += MERKLE_TILE)
            merkle_append_tile(&leaves.tree, &log->tiles[from / MERKLE_TILE]);
    leaves.next = (int64_t)from + 1;
    if (from < until)
        rc = log->source->lines(log->source->from, leaves.next, (int64_t)until, prefix_leaf,
                                &leaves);
    if (rc == 0 && leaves.next != (int64_t)until + 1)
        rc = -EUCLEAN;
    if (rc == 0)
        merkle_root(&leaves.tree, out);
    return rc;
}

static int prefix_root(const struct prefix_log *log, uint64_t size, struct merkle_hash *root)
{
    static const struct merkle empty;

    if (size)
        return prefix_range((void *)(uintptr_t)log, 0, size, root);
    merkle_root(&empty, root);
    return 0;
}

int prefix_read(struct prefix_log *log, const struct source *source)
{
    struct prefix_walk walk = {.log = log};
    struct books_log about;
    int rc;

    *log = (struct prefix_log){.source = source};
    rc = source->log(source->from, &about);
    if (rc)
        return rc;
    snprintf(log->origin, sizeof log->origin, "%s", about.origin);
    rc = source->lines(source->from, 1, INT64_MAX, prefix_take, &walk);
    if (rc == 0)
        rc = source->checkpoints(source->from, prefix_take_checkpoint, log);
    return rc ? rc : prefix_root(log, log->size, &log->root);
}

int prefix_read_note(struct prefix_log *log, const char *note, size_t length)
{
    *log = (struct prefix_log){0};
    if (checkpoint_read(note, length, &log->last) || log->last.size > INT64_MAX)
        return 1;
    memcpy(log->origin, log->last.origin, sizeof log->origin);
    log->size = log->last.size;
    log->root = log->last.root;
    return 0;
}

void prefix_release(struct prefix_log *log)
{
    free(log->tiles);
    free(log->note);
    log->tiles = NULL;
    log->note = NULL;
}

static bool prefix_is_by(const char *note, const struct sign_public *key)
{
    return key->type == SIGN_LOG && note_verify(note, strlen(note), key, NULL) == NOTE_GOOD;
}

static int prefix_try_key(void *ctx, const struct books_key *key)
{
    struct sign_public public;

    return sign_public_parse(key->public, &public) == 0 && prefix_is_by(ctx, &public);
}

int prefix_knows(const struct prefix_log *log, const char *note, const struct prefix_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        if (prefix_is_by(note, &keys->keys[i]))
            return 1;
    if (keys->n)
        return 0;
    return log->source->keys(log->source->from, prefix_try_key, (void *)(uintptr_t)note);
}

int prefix_signature(const struct prefix_log *log, const struct prefix_keys *keys)
{
    struct merkle_hash root;
    int rc;

    if (!log->last.size || log->last.size > log->size)
        return PREFIX_OTHER_RECORDS;
    rc = prefix_root(log, log->last.size, &root);
    if (rc == 0 &&
        (!merkle_same(&root, &log->last.root) || strcmp(log->last.origin, log->origin) != 0))
        return PREFIX_OTHER_RECORDS;
    if (rc == 0)
        rc = prefix_knows(log, log->note, keys);
    if (rc < 0)
        return rc;
    return rc ? PREFIX_SIGNED : PREFIX_FORGED;
}

/* ---- comparing ---- */

/* The leaves of one run. */
struct prefix_run {
    struct merkle_hash leaves[MERKLE_TILE];
    size_t n;
};

static int prefix_take_leaf(void *ctx, const struct books_line *line)
{
    struct prefix_run *run = ctx;

    if (!line->line || run->n == MERKLE_TILE)
        return -EUCLEAN;
    merkle_leaf(line->line, line->length, &run->leaves[run->n++]);
    return 0;
}

static int prefix_read_run(const struct prefix_log *log, uint64_t from, uint64_t until,
                           struct prefix_run *run)
{
    run->n = 0;
    return log->source->lines(log->source->from, (int64_t)from + 1, (int64_t)until,
                              prefix_take_leaf, run);
}

/* Of two logs with records, within the first common ones. *record 0: none differs. */
static int prefix_find(const struct prefix_log *a, const struct prefix_log *b, uint64_t common,
                       int64_t *record)
{
    uint64_t from = 0, until;
    struct prefix_run runs[2];
    int rc;

    while (common - from >= MERKLE_TILE &&
           merkle_same(&a->tiles[from / MERKLE_TILE], &b->tiles[from / MERKLE_TILE]))
        from += MERKLE_TILE;
    until = common - from < MERKLE_TILE ? common : from + MERKLE_TILE;
    *record = 0;
    if (from == until)
        return 0;
    rc = prefix_read_run(a, from, until, &runs[0]);
    if (rc == 0)
        rc = prefix_read_run(b, from, until, &runs[1]);
    for (size_t i = 0; rc == 0 && i < until - from; i++) {
        if (merkle_same(&runs[0].leaves[i], &runs[1].leaves[i]))
            continue;
        *record = (int64_t)(from + i) + 1;
        break;
    }
    return rc;
}

/* late has records; the proof is checked as a stranger would. */
static int prefix_prove(const struct prefix_log *early, const struct prefix_log *late,
                        struct prefix_result *result, bool *proved)
{
    int rc = 0;

    *proved = early->size == 0;
    result->proof.n = 0;
    if (early->size == 0)
        return 0;
    rc = merkle_prove_consistency(early->size, late->size, prefix_range, (void *)(uintptr_t)late,
                                  &result->proof);
    *proved = rc == 0 && merkle_is_consistent(early->size, &early->root, late->size, &late->root,
                                              &result->proof);
    return rc;
}

static int prefix_judge_difference(const struct prefix_log *a, const struct prefix_log *b,
                                   struct prefix_result *result)
{
    uint64_t common = a->size < b->size ? a->size : b->size;
    int rc = 0;

    result->verdict = PREFIX_DIFFERS;
    result->record = 0;
    if (a->source && b->source)
        rc = prefix_find(a, b, common, &result->record);
    if (result->record == 1)
        result->verdict = PREFIX_OTHER_LOG;
    return rc;
}

int prefix_compare(const struct prefix_log *earlier, const struct prefix_log *later,
                   struct prefix_result *result)
{
    bool turned = earlier->size > later->size, proved = false;
    int rc;

    LOG_ASSERT(later->source);
    *result = (struct prefix_result){.verdict = PREFIX_OTHER_LOG};
    if (strcmp(earlier->origin, later->origin) != 0)
        return 0;
    result->verdict = turned ? PREFIX_OLDER : PREFIX_PROVED;
    if (turned && !earlier->source)
        return 0; /* nothing can be proved from a checkpoint alone */
    rc = turned ? prefix_prove(later, earlier, result, &proved)
                : prefix_prove(earlier, later, result, &proved);
    if (rc || proved)
        return rc;
    return prefix_judge_difference(earlier, later, result);
}
