/* verify_log: the records against their marks, runs, tree. See verify.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"
#include "gateway/model/record.h"
#include "gateway/ledger/leaves.h"
#include "gateway/audit/verify_inside.h"

#define VERIFY_GAP (1 << 20) /* so many records may be missing in a row */

struct verify_tiles {
    struct merkle_hash *roots;
    size_t n, room;
};

struct verify_walk {
    struct verify_result *result;
    struct replay *replay;
    struct verify_checkpoints *checkpoints;
    struct verify_tiles tiles;
    struct books_log log;
    struct merkle tree, tile; /* whole runs, and the one that isn't whole yet */
    size_t checkpoint;        /* the next one to reach */
    int64_t lines;            /* seen */
    int64_t wrong;            /* the first record that isn't what was written; 0: none so far */
    bool kept;                /* the source keeps the state of the tree: books do, bundles don't */
    struct buffer room;
};

/* "2026-10-31 08:31:02, delivery 5, sent -> delivered", or as much of it as can be read. */
static void verify_describe(struct verify_walk *walk, const struct books_line *line, char *text,
                            size_t size)
{
    struct record record;
    char time[20];

    text[0] = '\0';
    if (!line->line || record_read(line->line, line->length, &walk->room, &record))
        return; /* a time that can't be reads "?" */
    clock_format(record.at_ms, time);
    if (record.kind == RECORD_FACT)
        snprintf(text, size, lang(" (%s, %s)", "（%s，%s）"), time,
                 record_fact_name(record.fact.fact));
    else if (record.kind == RECORD_ENTRY)
        snprintf(text, size, lang(" (%s, delivery %lld is entered)", "（%s，登记第 %lld 条消息）"),
                 time, (long long)record.entry.delivery);
    else if (record.change.from >= 0 && record.change.from < DELIVERY_STATES &&
             record.change.to >= 0 && record.change.to < DELIVERY_STATES)
        snprintf(text, size,
                 lang(" (%s, delivery %lld, %s -> %s)", "（%s，第 %lld 条消息，%s → %s）"), time,
                 (long long)record.change.delivery,
                 delivery_state_label((enum delivery_state)record.change.from),
                 delivery_state_label((enum delivery_state)record.change.to));
}

static void verify_wrong(struct verify_walk *walk, int64_t id)
{
    if (!walk->wrong)
        walk->wrong = id;
}

static void verify_gap(struct verify_walk *walk, int64_t from, int64_t until)
{
    struct findings *findings = &walk->result->findings;

    verify_wrong(walk, from);
    if (until == from)
        findings_add(findings, FINDING_MISSING, from,
                     lang("Record %lld is missing.", "缺少第 %lld 条记录。"), (long long)from);
    else
        findings_add(findings, FINDING_MISSING, from,
                     lang("Records %lld to %lld are missing.", "缺少第 %lld 至 %lld 条记录。"),
                     (long long)from, (long long)until);
}

/* A row that was moved keeps the mark of where it stood. */
static int64_t verify_place_of(const struct verify_walk *walk, const struct merkle_hash *leaf,
                               const struct books_line *line)
{
    uint32_t place = (uint32_t)line->mark - (uint32_t)leaves_mark(leaf, 1) + 1;

    return place >= 1 && (int64_t)place <= walk->log.journal ? (int64_t)place : 0;
}

static void verify_altered(struct verify_walk *walk, const struct books_line *line,
                           const struct merkle_hash *leaf)
{
    struct findings *findings = &walk->result->findings;
    int64_t place = verify_place_of(walk, leaf, line);
    char what[256];

    verify_wrong(walk, line->id);
    verify_describe(walk, line, what, sizeof what);
    if (place)
        findings_add(findings, FINDING_REORDERED, line->id,
                     lang("Record %lld%s was moved here: it stood at place %lld.",
                          "第 %lld 条记录%s是移到这里的：它原在第 %lld 位。"),
                     (long long)line->id, what, (long long)place);
    else
        findings_add(findings, FINDING_ALTERED, line->id,
                     lang("Record %lld%s was altered.", "第 %lld 条记录%s被改动。"),
                     (long long)line->id, what);
}

/* Of a record whose delivery isn't in the books any more nothing can be hashed. */
static void verify_unreadable(struct verify_walk *walk, const struct books_line *line)
{
    verify_wrong(walk, line->id);
    findings_add(&walk->result->findings, FINDING_MISSING, line->id,
                 lang("What record %lld tells of (delivery %lld) isn't in the books any more.",
                      "第 %lld 条记录所说的消息（第 %lld 条）已不在账本中。"),
                 (long long)line->id, (long long)line->delivery);
}

/* The peaks of the whole runs and those of the last one are the peaks of the tree. */
static void verify_root(const struct verify_walk *walk, struct merkle_hash *root)
{
    struct merkle all = walk->tree;
    size_t n = merkle_peaks(walk->tree.size), rest = merkle_peaks(walk->tile.size);

    memcpy(all.peaks + n, walk->tile.peaks, rest * sizeof *all.peaks);
    all.size += walk->tile.size;
    merkle_root(&all, root);
}

static void verify_end_tile(struct verify_walk *walk)
{
    uint64_t number = walk->tree.size / MERKLE_TILE;
    int64_t first = (int64_t)walk->tree.size + 1;
    struct merkle_hash root;

    merkle_root(&walk->tile, &root);
    merkle_append_tile(&walk->tree, &root);
    walk->tile.size = 0;
    if (walk->wrong >= first)
        return;
    if (number >= walk->tiles.n)
        findings_add(&walk->result->findings, FINDING_TREE, first,
                     lang("The hash of the records %lld to %lld is missing.",
                          "缺少第 %lld 至 %lld 条记录的校验值。"),
                     (long long)first, (long long)first + MERKLE_TILE - 1);
    else if (!merkle_same(&root, &walk->tiles.roots[number]))
        findings_add(&walk->result->findings, FINDING_TREE, first,
                     lang("The hash of the records %lld to %lld isn't theirs: it, or one of them, "
                          "was altered.",
                          "第 %lld 至 %lld 条记录的校验值与记录不符：校验值或其中某条记录被改动。"),
                     (long long)first, (long long)first + MERKLE_TILE - 1);
}

static void verify_reach(struct verify_walk *walk)
{
    int64_t size = (int64_t)(walk->tree.size + walk->tile.size);

    for (; walk->checkpoint < walk->checkpoints->n; walk->checkpoint++) {
        struct verify_checkpoint *checkpoint = &walk->checkpoints->items[walk->checkpoint];

        if (checkpoint->size > size)
            return;
        if (checkpoint->size < size)
            continue; /* nonsense, such as 0 */
        verify_root(walk, &checkpoint->root);
        checkpoint->at_ms = replay_figures(walk->replay)->last_ms;
        checkpoint->reached = true;
        checkpoint->doubtful = walk->wrong != 0;
    }
}

static void verify_leaf(struct verify_walk *walk, const struct merkle_hash *leaf)
{
    merkle_append(&walk->tile, leaf);
    if (walk->tile.size == MERKLE_TILE)
        verify_end_tile(walk);
    verify_reach(walk);
}

/* So that what follows a gap stands at its own place again. */
static void verify_skip(struct verify_walk *walk, int64_t until)
{
    static const struct merkle_hash nothing;

    while ((int64_t)(walk->tree.size + walk->tile.size) < until)
        verify_leaf(walk, &nothing);
}

/* What no log can have: nothing behind it is looked at. */
static int verify_far(struct verify_walk *walk, const struct books_line *line, int64_t last)
{
    verify_wrong(walk, last + 1);
    findings_add(&walk->result->findings, FINDING_INSERTED, line->id,
                 lang("Record %lld stands far behind the last one, %lld: it was added.",
                      "第 %lld 条记录远在末条（第 %lld 条）之后：是添加的。"),
                 (long long)line->id, (long long)last);
    return 1;
}

static int verify_line(void *ctx, const struct books_line *line)
{
    struct verify_walk *walk = ctx;
    int64_t expected = (int64_t)(walk->tree.size + walk->tile.size) + 1;
    struct merkle_hash leaf = {0};

    walk->lines++;
    if (line->id < expected)
        return 0;
    if (line->id - expected > VERIFY_GAP)
        return verify_far(walk, line, expected - 1);
    if (line->id > expected) {
        verify_gap(walk, expected, line->id - 1);
        verify_skip(walk, line->id - 1);
    }
    if (!line->line) {
        verify_unreadable(walk, line);
    } else {
        merkle_leaf(line->line, line->length, &leaf);
        if (leaves_mark(&leaf, line->id) != line->mark)
            verify_altered(walk, line, &leaf);
        replay_line(walk->replay, line->id, line->line, line->length);
    }
    verify_leaf(walk, &leaf);
    return 0;
}

static int verify_take_tile(void *ctx, int64_t number, const struct merkle_hash *root)
{
    struct verify_walk *walk = ctx;
    struct verify_tiles *tiles = &walk->tiles;

    if (number != (int64_t)tiles->n) {
        findings_add(&walk->result->findings, FINDING_TREE, 0,
                     lang("The list of hashes has number %lld in the place of %zu.",
                          "校验值列表中，%lld 号出现在 %zu 号的位置。"),
                     (long long)number, tiles->n);
        return 1;
    }
    if (tiles->n == tiles->room) {
        tiles->room = tiles->room ? tiles->room * 2 : 64;
        tiles->roots = mem_grow(tiles->roots, tiles->room, sizeof *tiles->roots);
    }
    tiles->roots[tiles->n++] = *root;
    return 0;
}

/* Books keep size and peaks of the tree; a bundle has none. */
static void verify_end_tree(struct verify_walk *walk)
{
    int64_t size = (int64_t)(walk->tree.size + walk->tile.size);
    const struct merkle *kept = &walk->log.tree;
    struct findings *findings = &walk->result->findings;
    struct merkle_hash ours, theirs;

    if ((int64_t)kept->size > size) {
        verify_gap(walk, size + 1, (int64_t)kept->size);
    } else if ((int64_t)kept->size < size && walk->log.readable) {
        findings_add(findings, FINDING_INSERTED, (int64_t)kept->size + 1,
                     lang("The log has %lld records, but the journal holds %lld: record %lld and "
                          "what follows was added.",
                          "账本应有 %lld 条记录，实际却有 %lld 条：第 %lld 条起是添加的。"),
                     (long long)kept->size, (long long)size, (long long)kept->size + 1);
        verify_wrong(walk, (int64_t)kept->size + 1);
    } else if (!walk->wrong && walk->log.readable) {
        verify_root(walk, &ours);
        merkle_root(kept, &theirs);
        if (!merkle_same(&ours, &theirs) ||
            walk->log.at_ms != replay_figures(walk->replay)->last_ms)
            findings_add(findings, FINDING_TREE, 0, "%s",
                         lang("The state of the tree that the books keep isn't that of the "
                              "records.",
                              "账本所存的校验树状态与记录不符。"));
    }
}

static void verify_end_walk(struct verify_walk *walk)
{
    struct findings *findings = &walk->result->findings;
    uint64_t tiles = (walk->tree.size + walk->tile.size) / MERKLE_TILE;

    if (walk->log.lines > walk->lines)
        findings_add(findings, FINDING_INSERTED, 0,
                     lang("%lld lines of the journal have numbers that no record has.",
                          "记录表中有 %lld 行的编号不属于任何记录。"),
                     (long long)(walk->log.lines - walk->lines));
    if (walk->tiles.n > tiles && !walk->wrong)
        findings_add(
            findings, FINDING_TREE, 0, "%s",
            lang("There are more hashes than runs of records.", "校验值的个数多于记录段数。"));
    if (walk->log.readable)
        verify_end_tree(walk);
    else if (walk->kept)
        findings_add(
            findings, FINDING_TREE, 0, "%s",
            lang("The books don't tell the state of their tree.", "账本没有校验树的状态。"));
}

/* The first record says whose log it is, and which days are meant by its reports. */
static void verify_beginning(struct verify_walk *walk)
{
    const struct replay_facts *told = &replay_figures(walk->replay)->facts[FACT_LOG];
    MEM_FREE_LATER char *zone = zone_name();
    const char *origin, *days;
    struct jv *log;

    if (!told->n)
        return;
    log = jv_parse(told->items[0].text, strlen(told->items[0].text), NULL);
    origin = jv_text(jv_at(log, "/origin"));
    days = jv_text(jv_at(log, "/timezone"));
    if (!origin || strcmp(origin, walk->log.origin) != 0 || !days || strcmp(days, zone) != 0)
        findings_add(&walk->result->findings, FINDING_TABLE, told->items[0].line,
                     lang("Record %lld tells of the log %s with the days of %s, not of %s with "
                          "those of %s.",
                          "第 %lld 条记录所说的是账本 %s（时区 %s），而不是 %s（时区 %s）。"),
                     (long long)told->items[0].line, origin ? origin : "?", days ? days : "?",
                     walk->log.origin, zone);
    jv_free(log);
}

static void verify_sum_up(struct verify_walk *walk)
{
    const struct replay_figures *figures = replay_figures(walk->replay);
    struct verify_result *result = walk->result;

    result->records = walk->lines;
    result->deliveries = (int64_t)figures->n_deliveries;
    result->campaigns = (int64_t)figures->facts[FACT_CAMPAIGN].n;
    result->sealed = figures->sealed;
}

static int verify_walk_lines(struct verify_walk *walk, const struct source *source)
{
    int rc = source->log(source->from, &walk->log);

    if (rc == 0)
        rc = source->tiles(source->from, verify_take_tile, walk);
    if (rc >= 0)
        rc = source->lines(source->from, 1, INT64_MAX, verify_line, walk);
    return rc < 0 ? rc : 0;
}

int verify_log(const struct source *source, const struct verify_options *options,
               struct verify_checkpoints *checkpoints, struct replay *replay,
               struct verify_result *result)
{
    struct verify_walk walk = {
        .result = result, .replay = replay, .checkpoints = checkpoints, .kept = !source->reports};
    const struct replay_figures *figures = replay_figures(replay);
    int rc = verify_checkpoints_read(checkpoints, source, result);

    if (rc == 0)
        rc = verify_walk_lines(&walk, source);
    if (rc == 0) {
        replay_end(replay);
        verify_end_walk(&walk);
        verify_beginning(&walk);
        verify_sum_up(&walk);
        verify_checkpoints_judge(checkpoints, figures, options, result);
        rc = verify_keys(source, figures, result);
    }
    free(walk.tiles.roots);
    buffer_free(&walk.room);
    return rc;
}
