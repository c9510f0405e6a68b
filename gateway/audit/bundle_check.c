/* bundle_check: what of a bundle is in no record. See bundle_read.h.
 * Runs: any. */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/audit/bundle_read_inside.h"

#define BUNDLE_SUM 64 /* digits, then two blanks */

struct bundle_names {
    char **names; /* sorted once all are there */
    size_t n, room;
};

struct bundle_look {
    struct bundle *bundle;
    struct bundle_names pictures; /* that the records name */
    struct buffer room;
    char *why;
    size_t why_size;
};

__attribute__((format(printf, 2, 3))) static int bundle_wrong(struct bundle_look *look,
                                                              const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(look->why, look->why_size, format, args);
    va_end(args);
    return 1;
}

/* ---- files ---- */

static int bundle_check_files(struct bundle_look *look)
{
    static const char *const lists[] = {"checkpoints.json", "texts.json"}, *const lines[] = {
                                                                               "tiles.txt",
                                                                               "keys.txt"};
    const char *missing = NULL;

    for (size_t i = 0; i < sizeof lists / sizeof *lists && !missing; i++) {
        struct jv *list = bundle_document(look->bundle, lists[i]);

        missing = jv_is_array(list) ? NULL : lists[i];
        jv_free(list);
    }
    for (size_t i = 0; i < sizeof lines / sizeof *lines && !missing; i++) {
        struct bundle_file file;

        missing = bundle_map(look->bundle, lines[i], &file) ? lines[i] : NULL;
        bundle_unmap(&file);
    }
    if (!missing)
        return 0;
    return bundle_wrong(look, lang("%s is missing or can't be read", "%s 缺失或无法读取"), missing);
}

/* ---- records ---- */

static int bundle_take_size(void *ctx, const struct books_checkpoint *checkpoint)
{
    int64_t *size = ctx;

    if (checkpoint->size > *size)
        *size = checkpoint->size;
    return 0;
}

/* Books may be ahead of their last checkpoint; a bundle ends with it. */
static int bundle_check_end(struct bundle_look *look)
{
    struct source source;
    int64_t size = 0;
    int rc;

    source_of_bundle(&source, look->bundle);
    rc = source.checkpoints(source.from, bundle_take_size, &size);
    if (rc || look->bundle->n_lines <= size)
        return rc;
    return bundle_wrong(look,
                        lang("record %lld and what follows isn't signed: records were added, or a "
                             "checkpoint was taken out",
                             "第 %lld 条记录起没有签名：记录是添加的，或检查点被删除"),
                        (long long)size + 1);
}

/* ---- texts ---- */

struct bundle_erased {
    struct bundle_look *look;
    int64_t campaign;
};

/* 1: this record says that the campaign was erased. */
static int bundle_find_erased(void *ctx, const struct books_line *line)
{
    const struct bundle_erased *erased = ctx;
    struct record record;
    struct jv *fact;
    int rc;

    if (line->delivery || record_read(line->line, line->length, &erased->look->room, &record) ||
        record.kind != RECORD_FACT || record.fact.fact != FACT_ERASED)
        return 0;
    fact = jv_parse(record.fact.text, strlen(record.fact.text), NULL);
    rc = jv_number(jv_at(fact, "/campaign"), 0) == erased->campaign;
    jv_free(fact);
    return rc;
}

/* What no salt opens is believed of erased campaigns only; last: the one that was looked up last.
 */
static bool bundle_fits(struct bundle_look *look, const struct bundle_tagged *text, int64_t *last)
{
    struct bundle_erased erased = {look, text->campaign};
    struct source source;

    if (text->opened || text->campaign == *last)
        return true;
    source_of_bundle(&source, look->bundle);
    if (source.lines(source.from, 1, INT64_MAX, bundle_find_erased, &erased) != 1)
        return false;
    *last = text->campaign;
    return true;
}

static int bundle_check_texts(struct bundle_look *look)
{
    struct jv *list = bundle_document(look->bundle, "texts.json");
    int64_t erased = 0;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < jv_size(list); i++) {
        struct bundle_tagged text;

        if (!bundle_read_text(jv_element(list, i), &text) || !bundle_fits(look, &text, &erased))
            rc = bundle_wrong(look,
                              lang("texts.json: entry %zu isn't what was sent or shown",
                                   "texts.json 第 %zu 项与实际发送或播放的不符"),
                              i + 1);
    }
    jv_free(list);
    return rc;
}

/* ---- pictures ---- */

static int bundle_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void bundle_add_name(struct bundle_names *names, const char *name)
{
    if (names->n == names->room) {
        names->room = names->room ? names->room * 2 : 64;
        names->names = mem_grow(names->names, names->room, sizeof *names->names);
    }
    names->names[names->n++] = mem_dup(name);
}

static int bundle_gather_picture(void *ctx, const struct books_line *line)
{
    struct bundle_look *look = ctx;
    struct record record;
    struct jv *fact = NULL;

    if (record_read(line->line, line->length, &look->room, &record))
        return 0;
    if (record.kind == RECORD_CHANGE && record.change.proof.there && *record.change.proof.file)
        bundle_add_name(&look->pictures, record.change.proof.file);
    if (record.kind == RECORD_FACT && record.fact.fact == FACT_PHOTO)
        fact = jv_parse(record.fact.text, strlen(record.fact.text), NULL);
    if (jv_text(jv_at(fact, "/file")))
        bundle_add_name(&look->pictures, jv_text(jv_at(fact, "/file")));
    jv_free(fact);
    return 0;
}

static bool bundle_is_named(const struct bundle_names *names, const char *name)
{
    return names->n &&
           bsearch(&name, names->names, names->n, sizeof *names->names, bundle_order) != NULL;
}

static int bundle_sum(struct bundle *bundle, const char *name, char sum[static DIGEST_HEX_MOST])
{
    struct bundle_file file;
    int rc = bundle_map(bundle, name, &file);

    if (rc == 0) {
        struct digest digest = digest_of(DIGEST_SHA256, file.bytes, file.length);

        digest_hex(&digest, sum);
    }
    bundle_unmap(&file);
    return rc;
}

static int bundle_check_picture(struct bundle_look *look, const char *file)
{
    MEM_FREE_LATER char *name = mem_printf("evidence/%s", file);
    char sum[DIGEST_HEX_MOST] = "";

    if (bundle_is_named(&look->pictures, file) && bundle_sum(look->bundle, name, sum) == 0 &&
        strncmp(sum, file, strlen(sum)) == 0)
        return 0;
    return bundle_wrong(
        look,
        lang("evidence/%s isn't the picture that a record names", "evidence/%s 不是记录中的图片"),
        file);
}

static int bundle_check_folder(struct bundle_look *look, DIR *folder)
{
    const struct dirent *entry;
    struct source source;
    int rc;

    source_of_bundle(&source, look->bundle);
    rc = source.lines(source.from, 1, INT64_MAX, bundle_gather_picture, look);
    if (look->pictures.n)
        qsort(look->pictures.names, look->pictures.n, sizeof *look->pictures.names, bundle_order);
    while (rc == 0 && (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = bundle_check_picture(look, entry->d_name);
    return rc;
}

static int bundle_check_pictures(struct bundle_look *look)
{
    MEM_FREE_LATER char *path = mem_printf("%s/evidence", look->bundle->folder);
    DIR *folder = opendir(path);
    int rc;

    if (!folder)
        return errno == ENOENT ? 0 : -errno;
    rc = bundle_check_folder(look, folder);
    closedir(folder);
    return rc;
}

/* ---- sums ---- */

/* A name in the list, or in a folder of the list; not one that leads out of the bundle. */
static bool bundle_is_inside(const char *name)
{
    return *name && *name != '/' && !strstr(name, "..");
}

static int bundle_check_sum(struct bundle_look *look, const char *line, size_t length)
{
    MEM_FREE_LATER char *name = mem_dup_n(length > BUNDLE_SUM + 2 ? line + BUNDLE_SUM + 2 : "",
                                          length > BUNDLE_SUM + 2 ? length - BUNDLE_SUM - 2 : 0);
    char sum[DIGEST_HEX_MOST] = "";

    if (bundle_is_inside(name) && memcmp(line + BUNDLE_SUM, "  ", 2) == 0 &&
        bundle_sum(look->bundle, name, sum) == 0 && memcmp(sum, line, BUNDLE_SUM) == 0)
        return 0;
    return bundle_wrong(look,
                        lang("%s isn't what SHA256SUMS says: the file or that list was altered",
                             "%s 与 SHA256SUMS 不符：该文件或该清单被改动"),
                        *name ? name : "SHA256SUMS");
}

static int bundle_check_sums(struct bundle_look *look)
{
    static const char *const needed[] = {"records.txt", "tiles.txt",  "checkpoints.json",
                                         "keys.txt",    "texts.json", "bundle.json",
                                         "README.txt"};
    struct bundle_file file;
    size_t listed = 0;
    int rc = bundle_map(look->bundle, "SHA256SUMS", &file);

    for (size_t at = 0; rc == 0 && at < file.length;) {
        const char *line = file.bytes + at, *end = memchr(line, '\n', file.length - at);
        size_t length = end ? (size_t)(end - line) : file.length - at;

        rc = bundle_check_sum(look, line, length);
        for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
            listed += length == BUNDLE_SUM + 2 + strlen(needed[i]) &&
                      memcmp(line + BUNDLE_SUM + 2, needed[i], strlen(needed[i])) == 0;
        at += length + 1;
        if (!end)
            rc = rc ? rc
                    : bundle_wrong(look, "%s", lang("SHA256SUMS is cut off", "SHA256SUMS 不完整"));
    }
    bundle_unmap(&file);
    if (rc == 0 && listed != sizeof needed / sizeof *needed)
        return bundle_wrong(look, "%s",
                            lang("SHA256SUMS doesn't list all files", "SHA256SUMS 未列出全部文件"));
    if (rc == -ENOENT)
        return bundle_wrong(look, "%s", lang("SHA256SUMS is missing", "缺少 SHA256SUMS"));
    return rc;
}

int bundle_check(struct bundle *bundle, char *why, size_t why_size)
{
    struct bundle_look look = {.bundle = bundle, .why = why, .why_size = why_size};
    int rc = bundle_check_files(&look);

    if (rc == 0)
        rc = bundle_check_end(&look);
    if (rc == 0)
        rc = bundle_check_texts(&look);
    if (rc == 0)
        rc = bundle_check_pictures(&look);
    if (rc == 0)
        rc = bundle_check_sums(&look);
    for (size_t i = 0; i < look.pictures.n; i++)
        free(look.pictures.names[i]);
    free(look.pictures.names);
    buffer_free(&look.room);
    return rc;
}
