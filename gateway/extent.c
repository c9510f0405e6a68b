/* extent: how far a copy of the books goes. See extent.h.
 * Runs: any (blocks). */
#include "gateway/extent.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/copy.h"
#include "gateway/ledger/leaves.h"

struct extent_reading {
    struct extent *extent;
    struct merkle tree;
    int64_t wrong;              /* the first record that isn't what it was; 0: none */
    struct merkle_hash at_last; /* root at the last checkpoint */
};

static void extent_fail(struct extent *extent, const char *text)
{
    if (!extent->fault[0])
        snprintf(extent->fault, sizeof extent->fault, "%s", text);
}

/* "E<tab>1793406600000<tab>..." */
static int64_t extent_time(const struct books_line *line)
{
    long long at_ms = 0;

    return sscanf(line->line, "%*c\t%lld", &at_ms) == 1 ? at_ms : 0;
}

static bool extent_is_seal(const struct books_line *line)
{
    const char *kind = memchr(line->line + 2, '\t', line->length > 2 ? line->length - 2 : 0);

    return line->line[0] == 'F' && kind && strncmp(kind, "\tseal\t", 6) == 0;
}

static int extent_take(void *ctx, const struct books_line *line)
{
    struct extent_reading *reading = ctx;
    struct extent *extent = reading->extent;
    struct merkle_hash leaf;

    if (!line->line || line->id != (int64_t)reading->tree.size + 1) {
        reading->wrong = (int64_t)reading->tree.size + 1;
        return 1;
    }
    merkle_leaf(line->line, line->length, &leaf);
    if (!reading->wrong && leaves_mark(&leaf, line->id) != line->mark)
        reading->wrong = line->id;
    merkle_append(&reading->tree, &leaf);
    if (!extent)
        return 0;
    extent->records = line->id;
    extent->last_ms = extent_time(line);
    if (line->id == 1)
        extent->first_ms = extent->last_ms;
    extent->sealed = extent_is_seal(line);
    if (reading->tree.size == extent->last.size)
        merkle_root(&reading->tree, &reading->at_last);
    return 0;
}

static int extent_keep_last(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct extent *extent = ctx;

    if (checkpoint_read(checkpoint->note, strlen(checkpoint->note), &extent->last)) {
        extent_fail(extent, lang("a checkpoint can't be read", "有检查点无法读取"));
        return 0;
    }
    extent->last_at_ms = checkpoint->at_ms;
    buffer_clear(&extent->note);
    buffer_add_text(&extent->note, checkpoint->note);
    return 0;
}

static int extent_keep_key(void *ctx, const struct books_key *key)
{
    struct extent *extent = ctx;

    snprintf(extent->key, sizeof extent->key, "%s", key->public);
    return 0;
}

static int extent_same_key(void *ctx, const struct books_key *key)
{
    return strcmp(key->public, ctx) == 0;
}

bool extent_has_key(struct books *books, const char *key)
{
    return books_keys(books, extent_same_key, (void *)(uintptr_t)key) > 0;
}

struct extent_signed {
    const struct buffer *note;
    bool good;
};

static int extent_try_key(void *ctx, const struct books_key *key)
{
    struct extent_signed *tried = ctx;
    struct sign_public public;

    tried->good |= sign_public_parse(key->public, &public) == 0 &&
                   note_verify(tried->note->data, tried->note->length, &public, NULL) == NOTE_GOOD;
    return 0;
}

/* Was this checkpoint signed by a key of these books? */
static bool extent_has_signed(struct books *books, const struct buffer *note)
{
    struct extent_signed tried = {.note = note};

    return note->length && books_keys(books, extent_try_key, &tried) == 0 && tried.good;
}

static void extent_judge(struct extent *extent, const struct books_log *log,
                         const struct extent_reading *reading)
{
    struct merkle_hash kept;
    char text[160];

    merkle_root(&reading->tree, &extent->root);
    merkle_root(&log->tree, &kept);
    if (reading->wrong) {
        snprintf(text, sizeof text,
                 lang("record %lld was altered or is missing", "第 %lld 条记录被改动或缺失"),
                 (long long)reading->wrong);
        extent_fail(extent, text);
    }
    if (!log->readable || log->tree.size != reading->tree.size ||
        !merkle_same(&kept, &extent->root))
        extent_fail(extent, lang("its records and its tree don't agree", "记录与哈希树不一致"));
    if (extent->last.size > reading->tree.size ||
        (extent->last.size && !merkle_same(&reading->at_last, &extent->last.root)))
        extent_fail(extent, lang("its records are not those that were signed last",
                                 "记录与最后一次签名的内容不一致"));
}

static int extent_records(struct books *books, struct extent *out)
{
    struct extent_reading reading = {.extent = out};
    struct books_log log;
    int rc = books_log(books, &log);

    if (rc == 0)
        rc = books_checkpoints(books, extent_keep_last, out);
    if (rc == 0)
        rc = books_keys(books, extent_keep_key, out);
    if (rc == 0)
        rc = books_lines(books, 1, INT64_MAX, extent_take, &reading);
    if (rc < 0)
        return rc;
    snprintf(out->origin, sizeof out->origin, "%s", log.origin);
    extent_judge(out, &log, &reading);
    if (out->last.size && !extent_has_signed(books, &out->note))
        extent_fail(
            out, lang("the signature of its last checkpoint is wrong", "最后一个检查点的签名有误"));
    return 0;
}

int extent_read(struct books *books, struct extent *out)
{
    int rc;

    *out = (struct extent){0};
    rc = copy_check(books);
    if (rc > 0)
        extent_fail(out, lang("its pages are damaged", "文件页面已损坏"));
    if (rc >= 0)
        rc = extent_records(books, out);
    if (rc == -EUCLEAN) {
        extent_fail(out, lang("its pages are damaged", "文件页面已损坏"));
        rc = 0;
    }
    out->whole = rc == 0 && !out->fault[0];
    if (rc < 0)
        extent_release(out);
    return rc;
}

void extent_release(struct extent *extent)
{
    buffer_free(&extent->note);
}

int extent_root(struct books *books, int64_t records, struct merkle_hash *root)
{
    struct extent_reading reading = {0};
    int rc = records > 0 ? books_lines(books, 1, records, extent_take, &reading) : 0;

    if (rc < 0)
        return rc;
    merkle_root(&reading.tree, root);
    return reading.tree.size < (uint64_t)records;
}
