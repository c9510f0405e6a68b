/* bundle_read: a bundle as a source. See bundle_read.h.
 * Runs: any. */
#include "gateway/audit/bundle_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/base/zone.h"
#include "gateway/audit/bundle.h"
#include "gateway/audit/bundle_read_inside.h"

#define BUNDLE_MARK 8   /* digits before a record, then a tab */
#define BUNDLE_STEP 256 /* lines between two that are remembered */

/* ---- files ---- */

int bundle_map(const struct bundle *bundle, const char *name, struct bundle_file *out)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", bundle->folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat there;
    int rc = 0;

    *out = (struct bundle_file){.bytes = ""};
    if (fd < 0)
        return -errno;
    if (fstat(fd, &there) < 0)
        rc = -errno;
    else if (!S_ISREG(there.st_mode))
        rc = -EINVAL;
    if (rc == 0 && there.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)there.st_size, PROT_READ, MAP_PRIVATE, fd, 0);

        if (bytes == MAP_FAILED)
            rc = -errno;
        else
            *out = (struct bundle_file){bytes, (size_t)there.st_size};
    }
    close(fd);
    return rc;
}

void bundle_unmap(struct bundle_file *file)
{
    if (file->length)
        munmap((void *)(uintptr_t)file->bytes, file->length);
    *file = (struct bundle_file){.bytes = ""};
}

struct jv *bundle_document(const struct bundle *bundle, const char *name)
{
    struct bundle_file file;
    struct jv *document = NULL;

    if (bundle_map(bundle, name, &file) == 0 && file.length <= BUNDLE_DOCUMENT_MOST)
        document = jv_parse(file.bytes, file.length, NULL);
    bundle_unmap(&file);
    return document;
}

/* ---- lines ---- */

/* The next line; without a line break at its end it is cut off, and none. */
struct bundle_text {
    const char *at, *end;
};

static bool bundle_next_line(struct bundle_text *text, const char **line, size_t *length,
                             bool *whole)
{
    const char *stop;

    if (text->at == text->end)
        return false;
    *line = text->at;
    stop = memchr(text->at, '\n', (size_t)(text->end - text->at));
    *whole = stop != NULL;
    *length = (size_t)((stop ? stop : text->end) - text->at);
    text->at = stop ? stop + 1 : text->end;
    return true;
}

static int bundle_nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* So many lower-case digits; false: they are not. */
static bool bundle_digits(const char *text, size_t n, unsigned char *bytes)
{
    for (size_t i = 0; i < n; i += 2) {
        int high = bundle_nibble(text[i]), low = bundle_nibble(text[i + 1]);

        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (unsigned char)(high << 4 | low);
    }
    return true;
}

/* The third field of an E or C record: for finding lines, never for believing them. */
static int64_t bundle_delivery(const char *line, size_t length)
{
    const char *end = line + length, *tab = memchr(line, '\t', length);
    int64_t number = 0;

    if (!tab || line[0] == 'F')
        return 0;
    tab = memchr(tab + 1, '\t', (size_t)(end - tab - 1));
    for (const char *p = tab ? tab + 1 : end; p < end && *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *p - '0', &number))
            return 0;
    return number;
}

void bundle_parse_line(const char *line, size_t length, struct books_line *out)
{
    unsigned char mark[BUNDLE_MARK / 2];

    *out = (struct books_line){.id = out->id, .line = line, .length = length};
    out->mark = BUNDLE_NO_MARK;
    if (length > BUNDLE_MARK + 1 + RECORD_MOST)
        out->length = RECORD_MOST;
    else if (length > BUNDLE_MARK + 1 && line[BUNDLE_MARK] == '\t' &&
             bundle_digits(line, BUNDLE_MARK, mark)) {
        out->line = line + BUNDLE_MARK + 1;
        out->length = length - BUNDLE_MARK - 1;
        out->mark = (int32_t)((uint32_t)mark[0] << 24 | (uint32_t)mark[1] << 16 |
                              (uint32_t)mark[2] << 8 | mark[3]);
    }
    out->delivery = bundle_delivery(out->line, out->length);
}

/* Where the lines begin, one in BUNDLE_STEP. */
static void bundle_index(struct bundle *bundle)
{
    struct bundle_text text = {bundle->records.bytes,
                               bundle->records.bytes + bundle->records.length};
    size_t room = 0, length;
    const char *line;
    bool whole;

    while (bundle_next_line(&text, &line, &length, &whole)) {
        size_t step = (size_t)bundle->n_lines / BUNDLE_STEP;

        if (bundle->n_lines++ % BUNDLE_STEP)
            continue;
        if (step == room) {
            room = room ? room * 2 : 64;
            bundle->starts = mem_grow(bundle->starts, room, sizeof *bundle->starts);
        }
        bundle->starts[step] = line;
    }
}

static int bundle_lines(void *from, int64_t first, int64_t last, source_line *each, void *ctx)
{
    const struct bundle *bundle = from;
    struct bundle_text text = {.end = bundle->records.bytes + bundle->records.length};
    int64_t id;
    size_t length;
    const char *line;
    bool whole;
    int rc = 0;

    if (first < 1 || first > bundle->n_lines)
        return 0;
    id = (first - 1) / BUNDLE_STEP * BUNDLE_STEP + 1;
    text.at = bundle->starts[(first - 1) / BUNDLE_STEP];
    for (; id <= last && rc == 0 && bundle_next_line(&text, &line, &length, &whole); id++) {
        struct books_line out = {.id = id};

        if (id < first)
            continue;
        bundle_parse_line(line, length, &out);
        if (!whole)
            out.mark = BUNDLE_NO_MARK;
        rc = each(ctx, &out);
    }
    return rc;
}

/* ---- what else a source tells ---- */

/* A file that can't be read is empty here: bundle_check names it, and what it should have told is
 * missed where it is needed. */
static void bundle_map_some(const struct bundle *bundle, const char *name, struct bundle_file *out)
{
    if (bundle_map(bundle, name, out))
        *out = (struct bundle_file){.bytes = ""};
}

static int bundle_log(void *from, struct books_log *out)
{
    const struct bundle *bundle = from;

    *out = (struct books_log){.journal = bundle->n_lines, .lines = bundle->n_lines};
    snprintf(out->origin, sizeof out->origin, "%s", bundle->origin);
    return 0;
}

static int bundle_checkpoints(void *from, source_checkpoint *each, void *ctx)
{
    struct jv *notes = bundle_document(from, "checkpoints.json");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < jv_size(notes); i++) {
        struct books_checkpoint out = {.note = jv_text(jv_element(notes, i))};
        struct checkpoint checkpoint;

        if (!out.note)
            out.note = "";
        if (checkpoint_read(out.note, strlen(out.note), &checkpoint) == 0 &&
            checkpoint.size <= INT64_MAX)
            out.size = (int64_t)checkpoint.size;
        rc = each(ctx, &out);
    }
    jv_free(notes);
    return rc;
}

static int bundle_keys(void *from, source_key *each, void *ctx)
{
    struct bundle_file file;
    struct bundle_text text;
    const char *line;
    size_t length;
    bool whole;
    int rc = 0;

    bundle_map_some(from, "keys.txt", &file);
    text = (struct bundle_text){file.bytes, file.bytes + file.length};
    while (rc == 0 && bundle_next_line(&text, &line, &length, &whole)) {
        MEM_FREE_LATER char *public = mem_dup_n(line, length < SIGN_TEXT_MOST ? length : 0);
        const struct books_key key = {.public = public};

        rc = each(ctx, &key);
    }
    bundle_unmap(&file);
    return rc;
}

static int bundle_tiles(void *from, source_tile *each, void *ctx)
{
    struct bundle_file file;
    struct bundle_text text;
    const char *line;
    size_t length;
    bool whole;
    int rc = 0;

    bundle_map_some(from, "tiles.txt", &file);
    text = (struct bundle_text){file.bytes, file.bytes + file.length};
    for (int64_t n = 0; rc == 0 && bundle_next_line(&text, &line, &length, &whole); n++) {
        struct merkle_hash root;

        if (!whole || length != 2 * MERKLE_HASH || !bundle_digits(line, length, root.bytes))
            memset(&root, 0, sizeof root);
        rc = each(ctx, n, &root);
    }
    bundle_unmap(&file);
    return rc;
}

bool bundle_read_text(const struct jv *entry, struct bundle_tagged *out)
{
    const char *tag = jv_text(jv_at(entry, "/tag")), *salt = jv_text(jv_at(entry, "/salt"));

    out->campaign = jv_number(jv_at(entry, "/campaign"), 0);
    out->text = jv_text(jv_at(entry, "/text"));
    out->opened = salt != NULL;
    if (!tag || !out->text || record_tag_parse(tag, strlen(tag), &out->tag))
        return false;
    return !salt || (!record_tag_parse(salt, strlen(salt), &out->salt) &&
                     record_opens_text(&out->tag, &out->salt, out->text));
}

/* A text that doesn't open its tag is none: bundle_check says so. */
static int bundle_texts(void *from, source_text *each, void *ctx)
{
    struct jv *list = bundle_document(from, "texts.json");
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < jv_size(list); i++) {
        struct bundle_tagged text;

        if (bundle_read_text(jv_element(list, i), &text))
            rc = each(ctx, text.campaign, &text.tag, text.text);
    }
    jv_free(list);
    return rc;
}

/* The report in a file; what is none is one with nothing in it, which no records make. */
static int bundle_tell_report(struct bundle *bundle, const char *file, source_report *each,
                              void *ctx)
{
    size_t length = strlen(file), suffix = strlen(".json");
    bool named = length > suffix && strcmp(file + length - suffix, ".json") == 0;
    MEM_FREE_LATER char *id = mem_dup_n(file, named ? length - suffix : length);
    MEM_FREE_LATER char *name = mem_printf("reports/%s", file);
    struct jv *report = bundle_document(bundle, name);
    int rc;

    if (!report)
        report = jv_object();
    rc = each(ctx, id, report);
    jv_free(report);
    return rc;
}

static int bundle_reports(void *from, source_report *each, void *ctx)
{
    struct bundle *bundle = from;
    MEM_FREE_LATER char *path = mem_printf("%s/reports", bundle->folder);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int rc = 0;

    if (!folder)
        return errno == ENOENT ? 0 : -errno;
    while (rc == 0 && (entry = readdir(folder)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = bundle_tell_report(bundle, entry->d_name, each, ctx);
    closedir(folder);
    return rc;
}

void source_of_bundle(struct source *source, struct bundle *bundle)
{
    *source = (struct source){.from = bundle,
                              .lines = bundle_lines,
                              .log = bundle_log,
                              .checkpoints = bundle_checkpoints,
                              .keys = bundle_keys,
                              .tiles = bundle_tiles,
                              .texts = bundle_texts,
                              .reports = bundle_reports};
}

/* ---- opening ---- */

/* The zone comes from a stranger, and libc opens files by its name. */
static bool bundle_is_zone(const char *zone)
{
    return zone && *zone && strlen(zone) < 64 && *zone != '/' && !strstr(zone, "..") &&
           strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                        "/_+-<>,.:") == strlen(zone) &&
           *zone != ':';
}

static bool bundle_read_about(struct bundle *bundle)
{
    struct jv *about = bundle_document(bundle, "bundle.json");
    const char *zone = jv_text(jv_at(about, "/timezone"));
    const char *origin = jv_text(jv_at(about, "/origin"));
    bool fine = about && jv_number(jv_at(about, "/format"), 0) == BUNDLE_FORMAT && origin &&
                strlen(origin) < sizeof bundle->origin && bundle_is_zone(zone);

    if (fine) {
        snprintf(bundle->origin, sizeof bundle->origin, "%s", origin);
        zone_use(zone);
    }
    jv_free(about);
    return fine;
}

int bundle_open(struct bundle **out, const char *folder, char *why, size_t why_size)
{
    struct bundle *bundle = mem_new(struct bundle);

    *out = NULL;
    bundle->folder = mem_dup(folder);
    bundle->records.bytes = "";
    if (!bundle_read_about(bundle))
        snprintf(why, why_size,
                 lang("%s is no bundle of \"lawcast audit export\" that this program reads: its "
                      "bundle.json is missing or altered",
                      "%s 不是本程序能读取的 lawcast audit export 导出目录：bundle.json "
                      "缺失或被改动"),
                 folder);
    else if (bundle_map(bundle, "records.txt", &bundle->records))
        snprintf(why, why_size,
                 lang("%s has no records.txt that can be read", "%s 中没有可读取的 records.txt"),
                 folder);
    else {
        bundle_index(bundle);
        *out = bundle;
        return 0;
    }
    bundle_close(bundle);
    return 1;
}

void bundle_close(struct bundle *bundle)
{
    if (!bundle)
        return;
    bundle_unmap(&bundle->records);
    free(bundle->starts);
    free(bundle->folder);
    free(bundle);
}
