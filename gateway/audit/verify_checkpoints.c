/* verify_checkpoints: what was signed, and is it this log? See verify.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/audit/verify_inside.h"

static struct verify_checkpoint *verify_checkpoint_new(struct verify_checkpoints *list)
{
    if (list->n == list->room) {
        list->room = list->room ? list->room * 2 : 64;
        list->items = mem_grow(list->items, list->room, sizeof *list->items);
    }
    list->items[list->n] = (struct verify_checkpoint){0};
    return &list->items[list->n++];
}

static int verify_take_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct verify_checkpoint *item = verify_checkpoint_new(ctx);

    item->size = checkpoint->size;
    item->kept_ms = checkpoint->at_ms;
    item->note = mem_dup(checkpoint->note);
    return 0;
}

static int verify_by_size(const void *left, const void *right)
{
    const struct verify_checkpoint *a = left, *b = right;

    return (a->size > b->size) - (a->size < b->size);
}

void verify_checkpoints_know(struct verify_checkpoints *list, const char *file, bool kept,
                             struct findings *findings)
{
    struct verify_checkpoint *item;
    struct known known;

    if (known_read(file, &known)) {
        findings_add(findings, FINDING_CHECKPOINT, 0,
                     lang("%s is no checkpoint, or can't be read.", "%s 不是检查点，或无法读取。"),
                     file);
        return;
    }
    item = verify_checkpoint_new(list);
    item->size = known.size;
    item->file = file;
    item->kept = kept;
    item->note = known.note; /* its own from here on */
    memcpy(item->digits, known.digits, sizeof item->digits);
}

int verify_checkpoints_read(struct verify_checkpoints *list, const struct source *source,
                            struct verify_result *result)
{
    size_t known = list->n;
    int rc = source->checkpoints(source->from, verify_take_checkpoint, list);

    result->checkpoints = (int64_t)(list->n - known);
    list->dated = !source->reports;
    if (list->n)
        qsort(list->items, list->n, sizeof *list->items, verify_by_size);
    return rc;
}

void verify_checkpoints_free(struct verify_checkpoints *checkpoints)
{
    for (size_t i = 0; i < checkpoints->n; i++)
        free(checkpoints->items[i].note);
    free(checkpoints->items);
    *checkpoints = (struct verify_checkpoints){0};
}

/* ---- checkpoints ---- */

/* What a sentence calls it. */
static const char *verify_name(const struct verify_checkpoint *item, char *text, size_t size)
{
    if (*item->digits)
        snprintf(text, size, lang("The checkpoint \"%s\"", "检查点“%s”"), item->note);
    else if (item->file)
        snprintf(text, size,
                 lang("The checkpoint in %s (%lld records)", "%s 中的检查点（%lld 条记录）"),
                 item->file, (long long)item->size);
    else
        snprintf(text, size, lang("The checkpoint at %lld records", "第 %lld 条记录处的检查点"),
                 (long long)item->size);
    return text;
}

static void verify_beyond(const struct verify_checkpoint *item, struct verify_result *result)
{
    char name[512];

    verify_name(item, name, sizeof name);
    findings_add(&result->findings, item->file ? FINDING_OLDER_COPY : FINDING_MISSING,
                 result->records + 1,
                 lang("%s was signed, but there are only %lld records: this is an older copy, or "
                      "its end was cut off.",
                      "%s已签名，但现在只有 %lld 条记录：这是较旧的副本，或末尾被截去。"),
                 name, (long long)result->records);
}

static bool verify_signature(struct verify_checkpoint *item, const struct verify_ring *ring,
                             struct checkpoint *checkpoint, struct findings *findings)
{
    const struct sign_public *key = verify_key_at(ring, item->size);
    size_t length = strlen(item->note);
    char name[512];

    if (checkpoint_read(item->note, length, checkpoint) == 0 && key &&
        checkpoint->size == (uint64_t)item->size && strcmp(checkpoint->origin, key->name) == 0 &&
        note_verify(item->note, length, key, NULL) == NOTE_GOOD) {
        item->by = key;
        return true;
    }
    findings_add(findings, FINDING_CHECKPOINT, item->size,
                 lang("%s isn't what was signed: its signature is wrong, or by another key.",
                      "%s与签名不符：签名错误，或出自其他密钥。"),
                 verify_name(item, name, sizeof name));
    return false;
}

/* It is dated by the last record that it covers. */
static void verify_date(const struct verify_checkpoint *item, struct findings *findings)
{
    char name[512];

    if (item->kept_ms != item->at_ms)
        findings_add(
            findings, FINDING_CHECKPOINT, item->size,
            lang("%s has another time than its last record.", "%s的时间与其最后一条记录不符。"),
            verify_name(item, name, sizeof name));
}

/* A line that was written down bears no signature: it says how the root begins. */
static void verify_brief(const struct verify_checkpoint *item, struct findings *findings)
{
    struct digest root = {.n = MERKLE_HASH};
    char text[DIGEST_HEX_MOST], name[512];

    memcpy(root.bytes, item->root.bytes, sizeof item->root.bytes);
    digest_hex(&root, text);
    if (!item->reached || item->doubtful || strncmp(text, item->digits, KNOWN_DIGITS) == 0)
        return;
    findings_add(
        findings, FINDING_CHECKPOINT, item->size,
        lang("%s is of other records: one of the first %lld was altered, it belongs to "
             "another log, or it was copied wrongly.",
             "%s对应的是另外的记录：前 %lld 条中有记录被改动，或它属于另一份账本，或抄写有误。"),
        verify_name(item, name, sizeof name), (long long)item->size);
}

/* after: up to there everything is proved. */
static void verify_one(struct verify_checkpoint *item, const struct verify_ring *ring,
                       int64_t *after, struct verify_result *result)
{
    struct checkpoint checkpoint;
    char name[512];

    if (item->size > result->records && !item->reached) {
        verify_beyond(item, result);
        return;
    }
    if (*item->digits) {
        verify_brief(item, &result->findings);
        return;
    }
    if (!verify_signature(item, ring, &checkpoint, &result->findings) || !item->reached ||
        item->doubtful)
        return;
    if (merkle_same(&checkpoint.root, &item->root)) {
        *after = item->size;
        result->signed_size = item->size;
        result->signed_ms = item->at_ms;
        return;
    }
    findings_add(
        &result->findings, FINDING_CHECKPOINT, *after + 1,
        lang("%s was signed over other records: one from %lld to %lld was altered, or it "
             "belongs to another log.",
             "%s签名的是另外的记录：第 %lld 至 %lld 条中有记录被改动，或它属于另一份账本。"),
        verify_name(item, name, sizeof name), (long long)*after + 1, (long long)item->size);
}

/* The table is written before the file. */
static void verify_in_table(const struct verify_checkpoints *checkpoints, size_t i,
                            struct findings *findings)
{
    const struct verify_checkpoint *items = checkpoints->items;
    char name[512];

    for (size_t j = 0; j < checkpoints->n; j++)
        if (!items[j].file && items[j].size == items[i].size)
            return;
    findings_add(findings, FINDING_CHECKPOINT, items[i].size,
                 lang("%s is missing in the table of checkpoints.", "检查点表中缺少：%s。"),
                 verify_name(&items[i], name, sizeof name));
}

static bool verify_is_repeated(const struct verify_checkpoints *checkpoints, size_t i)
{
    const struct verify_checkpoint *item = &checkpoints->items[i];

    return i > 0 && item->size == item[-1].size && strcmp(item->note, item[-1].note) == 0;
}

void verify_checkpoints_judge(struct verify_checkpoints *checkpoints,
                              const struct replay_figures *figures,
                              const struct verify_options *options, struct verify_result *result)
{
    struct verify_ring ring = {0};
    int64_t after = 0;

    verify_ring_read(&ring, figures, result);
    for (size_t i = 0; i < checkpoints->n; i++) {
        if (!verify_is_repeated(checkpoints, i))
            verify_one(&checkpoints->items[i], &ring, &after, result);
        if (checkpoints->items[i].kept)
            verify_in_table(checkpoints, i, &result->findings);
        if (checkpoints->dated && !checkpoints->items[i].file && checkpoints->items[i].reached &&
            !checkpoints->items[i].doubtful)
            verify_date(&checkpoints->items[i], &result->findings);
    }
    verify_trusted(checkpoints, &ring, options, result);
    if (ring.n && ring.keys[0].readable)
        snprintf(result->origin, sizeof result->origin, "%s", ring.keys[0].public.name);
    free(ring.keys);
}
