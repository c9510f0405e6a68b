/* bundle: writing one. See bundle.h.
 * Runs: any. */
#include "gateway/audit/bundle.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"
#include "gateway/base/note.h"
#include "gateway/model/record.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/books_texts.h"
#include "gateway/ledger/evidence.h"
#include "gateway/ledger/leaves.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"
#include "gateway/audit/bundle_out.h"

#define BUNDLE_PICTURE_MOST ((size_t)64 << 20)

/* The tree over the records while they are written. */
struct bundle_tree {
    struct merkle tree; /* of the whole runs */
    struct merkle run;  /* of the one that isn't whole yet */
    struct merkle_hash leaves[MERKLE_TILE];
    struct buffer tiles; /* the text of tiles.txt */
};

struct bundle_job {
    const struct bundle_setup *setup;
    struct bundle_result *result;
    struct bundle_out out;
    struct books_log log;
    struct checkpoint last;
    struct bundle_tree tree;
    struct buffer text, room; /* of what is being written, read */
    struct buffer pictures;   /* names that records gave, a line each */
    char *evidence;           /* the folder of pictures */
    char *why;
    size_t why_size;
};

__attribute__((format(printf, 2, 3))) static int bundle_refuse(struct bundle_job *job,
                                                               const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(job->why, job->why_size, format, args);
    va_end(args);
    return 1;
}

/* ---- records ---- */

static void bundle_grow(struct bundle_tree *tree, const struct merkle_hash *leaf)
{
    struct digest digest = {.n = MERKLE_HASH};
    char hex[DIGEST_HEX_MOST];
    struct merkle_hash root;

    tree->leaves[tree->run.size] = *leaf;
    merkle_append(&tree->run, leaf);
    if (tree->run.size < MERKLE_TILE)
        return;
    merkle_root(&tree->run, &root);
    merkle_append_tile(&tree->tree, &root);
    memcpy(digest.bytes, root.bytes, digest.n);
    digest_hex(&digest, hex);
    buffer_printf(&tree->tiles, "%s\n", hex);
    tree->run.size = 0;
}

static void bundle_root(struct bundle_tree *tree, struct merkle_hash *root)
{
    for (size_t i = 0; i < tree->run.size; i++)
        merkle_append(&tree->tree, &tree->leaves[i]);
    merkle_root(&tree->tree, root);
}

/* Names that a record may give to pictures, a line each. */
static void bundle_note_picture(struct bundle_job *job, const char *line, size_t length)
{
    const char *file = "";
    struct jv *fact = NULL;
    struct record record;

    if (record_read(line, length, &job->room, &record))
        return;
    if (record.kind == RECORD_CHANGE && record.change.proof.there)
        file = record.change.proof.file;
    if (record.kind == RECORD_FACT && record.fact.fact == FACT_PHOTO)
        fact = jv_parse(record.fact.text, strlen(record.fact.text), NULL);
    if (jv_text(jv_at(fact, "/file")))
        file = jv_text(jv_at(fact, "/file"));
    if (*file && strspn(file, "0123456789abcdefghijklmnopqrstuvwxyz.") == strlen(file))
        buffer_printf(&job->pictures, "%s\n", file);
    jv_free(fact);
}

static int bundle_take_line(void *ctx, const struct books_line *line)
{
    struct bundle_job *job = ctx;
    struct merkle_hash leaf;
    char mark[16];

    if (line->line)
        merkle_leaf(line->line, line->length, &leaf);
    if (!line->line || line->id != job->result->records + 1 ||
        line->mark != leaves_mark(&leaf, line->id))
        return bundle_refuse(
            job,
            lang("record %lld of the books isn't what was once written: see "
                 "\"lawcast audit verify\"",
                 "账本的第 %lld 条记录与当初写入的不符：请运行 lawcast audit verify"),
            (long long)job->result->records + 1);
    snprintf(mark, sizeof mark, "%08x\t", (unsigned)(uint32_t)line->mark);
    bundle_out_add(&job->out, mark, strlen(mark));
    bundle_out_add(&job->out, line->line, line->length);
    bundle_out_add(&job->out, "\n", 1);
    bundle_grow(&job->tree, &leaf);
    job->result->records++;
    if (job->setup->pictures)
        bundle_note_picture(job, line->line, line->length);
    return job->out.rc;
}

static int bundle_records(struct bundle_job *job)
{
    struct merkle_hash root;
    int rc;

    if (!bundle_out_file(&job->out, "records.txt"))
        return job->out.rc;
    rc = books_lines(job->setup->books, 1, (int64_t)job->last.size, bundle_take_line, job);
    if (rc)
        return rc;
    bundle_root(&job->tree, &root);
    if ((uint64_t)job->result->records != job->last.size || !merkle_same(&root, &job->last.root))
        return bundle_refuse(job, "%s",
                             lang("the records aren't those that were signed: see \"lawcast audit "
                                  "verify\"",
                                  "记录与已签名的内容不符：请运行 lawcast audit verify"));
    bundle_out_text(&job->out, "tiles.txt", &job->tree.tiles);
    return job->out.rc;
}

/* ---- what signs them ---- */

static int bundle_take_checkpoint(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct bundle_job *job = ctx;

    if (checkpoint->size > job->log.journal)
        return 0;
    buffer_add_text(&job->text, job->result->checkpoints++ ? ",\n\"" : "[\n\"");
    jv_escape(checkpoint->note, &job->text);
    buffer_add_char(&job->text, '"');
    if (checkpoint_read(checkpoint->note, strlen(checkpoint->note), &job->last))
        return bundle_refuse(
            job,
            lang("the checkpoint of %lld records can't be read: see \"lawcast audit verify\"",
                 "第 %lld 条记录处的检查点无法读取：请运行 lawcast audit verify"),
            (long long)checkpoint->size);
    return 0;
}

static int bundle_checkpoints(struct bundle_job *job)
{
    int rc = books_checkpoints(job->setup->books, bundle_take_checkpoint, job);

    if (rc)
        return rc;
    if (!job->result->checkpoints)
        return bundle_refuse(job, "%s",
                             lang("nothing in the books is signed yet: let the gateway run once",
                                  "账本中尚无签名：请先运行一次网关"));
    job->result->unsigned_records = job->log.journal - (int64_t)job->last.size;
    buffer_add_text(&job->text, "\n]\n");
    bundle_out_text(&job->out, "checkpoints.json", &job->text);
    return job->out.rc;
}

static int bundle_take_key(void *ctx, const struct books_key *key)
{
    struct bundle_job *job = ctx;

    if (key->line <= (int64_t)job->last.size)
        buffer_printf(&job->text, "%s\n", key->public);
    return 0;
}

static int bundle_keys(struct bundle_job *job)
{
    int rc;

    buffer_clear(&job->text);
    rc = books_keys(job->setup->books, bundle_take_key, job);
    if (rc == 0)
        bundle_out_text(&job->out, "keys.txt", &job->text);
    return rc ? rc : job->out.rc;
}

/* ---- what people read ---- */

struct bundle_texts {
    struct bundle_job *job;
    struct jv *list;
    int64_t campaign;
    struct record_key key;
    bool open; /* the campaign's key is there: else nothing opens its tags any more */
};

/* salt NULL: the campaign is erased, and nothing opens the tag any more. */
static struct jv *bundle_text(int64_t campaign, const char *tag, const char *salt, const char *text)
{
    struct jv *entry = jv_object();

    jv_put(entry, "campaign", jv_int(campaign));
    jv_put(entry, "tag", jv_string(tag));
    jv_put(entry, "salt", salt ? jv_string(salt) : jv_null());
    jv_put(entry, "text", jv_string(text));
    return entry;
}

static int bundle_take_text(void *ctx, int64_t campaign, const char *text, const char *veil)
{
    struct bundle_texts *texts = ctx;
    char tag_text[RECORD_TAG_TEXT], salt_text[RECORD_TAG_TEXT];
    struct record_tag tag, salt;
    int rc;

    if (campaign != texts->campaign) {
        rc = books_tag_key(texts->job->setup->books, campaign, &texts->key);
        if (rc < 0)
            return rc;
        texts->open = rc == 0;
        texts->campaign = campaign;
    }
    if (!texts->open) {
        jv_push(texts->list, bundle_text(campaign, veil, NULL, text));
        return 0;
    }
    record_tag_text(&texts->key, text, &tag, &salt);
    record_tag_hex(&tag, tag_text);
    record_tag_hex(&salt, salt_text);
    jv_push(texts->list, bundle_text(campaign, tag_text, salt_text, text));
    return 0;
}

/* Adds the document as the file; consumes it. */
static int bundle_json(struct bundle_job *job, const char *name, struct jv *document)
{
    buffer_clear(&job->text);
    jv_write(document, true, &job->text);
    buffer_add_char(&job->text, '\n');
    jv_free(document);
    bundle_out_text(&job->out, name, &job->text);
    return job->out.rc;
}

static int bundle_texts(struct bundle_job *job)
{
    struct bundle_texts texts = {.job = job, .list = jv_array()};
    int rc = books_texts(job->setup->books, bundle_take_text, &texts);

    explicit_bzero(&texts.key, sizeof texts.key);
    if (rc == 0)
        return bundle_json(job, "texts.json", texts.list);
    jv_free(texts.list);
    return rc;
}

static int bundle_report(struct bundle_job *job, const char *id)
{
    MEM_FREE_LATER char *name = mem_printf("reports/%s.json", id);
    struct statement statement;
    char why[STATEMENT_WHY] = "";
    int rc;

    if (!*id || *id == '.' || strchr(id, '/'))
        return -EUCLEAN;
    rc = statement_read(job->setup->books, id, &statement);
    if (rc)
        return rc;
    if (statement_adds_up(&statement, why, sizeof why))
        rc = bundle_json(job, name, statement_to_json(&statement));
    else
        rc = bundle_refuse(
            job, lang("the report of %s doesn't add up: %s", "任务 %s 的报告账目不符：%s"), id,
            why);
    statement_release(&statement);
    job->result->reports += rc == 0;
    return rc;
}

static int bundle_take_campaign(void *ctx, const struct books_campaign *campaign)
{
    buffer_printf(ctx, "%s\n", campaign->id);
    return 0;
}

/* Each line of a list. */
static int bundle_each(struct bundle_job *job, const struct buffer *list,
                       int (*each)(struct bundle_job *job, const char *word))
{
    const char *at = buffer_text(list);
    int rc = 0;

    while (*at && rc == 0) {
        size_t length = strcspn(at, "\n");
        MEM_FREE_LATER char *word = mem_dup_n(at, length);

        rc = each(job, word);
        at += length + 1;
    }
    return rc;
}

static int bundle_reports(struct bundle_job *job)
{
    BUFFER_FREE_LATER struct buffer ids = BUFFER_NULL;
    int rc;

    if (job->result->unsigned_records)
        return 0;
    rc = books_campaigns(job->setup->books, bundle_take_campaign, &ids);
    return rc ? rc : bundle_each(job, &ids, bundle_report);
}

/* A picture gets into the bundle only as what the records say that it is. */
static int bundle_picture(struct bundle_job *job, const char *file)
{
    MEM_FREE_LATER char *name = mem_printf("evidence/%s", file);
    MEM_FREE_LATER char *path = mem_printf("%s/%s", job->evidence, file);
    BUFFER_FREE_LATER struct buffer picture = BUFFER_NULL;
    char digest[DIGEST_HEX_MOST] = "";

    if (bundle_out_has(&job->out, name))
        return 0;
    if (buffer_read_file(&picture, path, BUNDLE_PICTURE_MOST) == 0) {
        struct digest sum = digest_of(DIGEST_SHA256, buffer_text(&picture), picture.length);

        digest_hex(&sum, digest);
    }
    if (!digest[0] || strncmp(digest, file, strlen(digest)) != 0) {
        job->result->pictures_missing++;
        return 0;
    }
    bundle_out_text(&job->out, name, &picture);
    job->result->pictures += job->out.rc == 0;
    return job->out.rc;
}

/* ---- the whole ---- */

static int bundle_about(struct bundle_job *job)
{
    MEM_FREE_LATER char *zone = zone_name();
    struct jv *about = jv_object();
    char made[FIGURE_ROOM];

    figure_iso(clock_wall_ms(), made);
    jv_put(about, "format", jv_int(BUNDLE_FORMAT));
    jv_put(about, "origin", jv_string(job->last.origin));
    jv_put(about, "records", jv_int(job->result->records));
    jv_put(about, "timezone", jv_string(zone));
    jv_put(about, "made", jv_string(made));
    return bundle_json(job, "bundle.json", about);
}

static int bundle_explain(struct bundle_job *job)
{
    buffer_clear(&job->text);
    bundle_readme(&job->text);
    bundle_out_text(&job->out, "README.txt", &job->text);
    return job->out.rc;
}

static int bundle_write(struct bundle_job *job)
{
    static int (*const steps[])(struct bundle_job *) = {
        bundle_checkpoints, bundle_records, bundle_keys,   bundle_texts,
        bundle_reports,     bundle_about,   bundle_explain};
    int rc = books_log(job->setup->books, &job->log);

    for (size_t i = 0; i < sizeof steps / sizeof *steps && rc == 0; i++)
        rc = steps[i](job);
    return rc ? rc : bundle_each(job, &job->pictures, bundle_picture);
}

/* What is wrong with the folder, in words. */
static int bundle_tell(struct bundle_job *job, int rc)
{
    const char *folder = job->setup->folder;

    if (rc == -ENOTEMPTY)
        return bundle_refuse(
            job,
            lang("%s holds something already: name a new folder", "%s 中已有内容：请指定新目录"),
            folder);
    if (rc == -ENOTDIR)
        return bundle_refuse(
            job, lang("%s isn't a folder: name a new one", "%s 不是目录：请指定新目录"), folder);
    return rc;
}

int bundle_export(const struct bundle_setup *setup, struct bundle_result *result, char *why,
                  size_t why_size)
{
    struct bundle_job job = {.setup = setup,
                             .result = result,
                             .evidence = evidence_folder(setup->ledger_path),
                             .why = why,
                             .why_size = why_size};
    int rc;

    *result = (struct bundle_result){0};
    rc = bundle_out_begin(&job.out, setup->folder);
    if (rc == 0)
        rc = books_hold(setup->books);
    if (rc == 0) {
        rc = bundle_write(&job);
        books_let_go(setup->books);
    }
    rc = bundle_tell(&job, bundle_out_end(&job.out, rc));
    buffer_free(&job.tree.tiles);
    buffer_free(&job.pictures);
    buffer_free(&job.text);
    buffer_free(&job.room);
    free(job.evidence);
    return rc;
}
