/* conftext: a configuration file's text, safe to give to libconfig. See conftext.h.
 * Runs: loop. */
#include "gateway/config/conftext.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/list.h"
#include "gateway/base/mem.h"
#include "gateway/config/confscan.h"

/* From its first line on, expanded lines come from this file. */
struct conftext_segment {
    int line;      /* of the expanded text */
    int file_line; /* the same line in its file */
    int main_line; /* where the main file includes it; 0: it is the main file */
    size_t file;   /* index into files */
};

struct conftext {
    struct buffer source, clean;
    struct conftext_segment *segments; /* sorted by line */
    size_t n_segments;
    char **files;
    size_t n_files;
    int line; /* of the end of both texts */
};

/* One file being read; parents form the chain of includes. */
struct conftext_file {
    struct confscan scan;
    struct conftext *out;
    const struct conftext_file *parent; /* NULL: the main file */
    size_t file;
    int main_line; /* see conftext_segment */
    unsigned depth;
    dev_t device;
    ino_t inode;
};

static void conftext_mark(const struct conftext_file *file)
{
    struct conftext *out = file->out;

    out->segments = mem_grow(out->segments, out->n_segments + 1, sizeof *out->segments);
    out->segments[out->n_segments++] =
        (struct conftext_segment){out->line, file->scan.line, file->main_line, file->file};
}

/* Errors about a file as a whole stand at the line that includes it. */
static struct conf_place conftext_blame(const struct conftext_file *file)
{
    if (file->parent)
        return (struct conf_place){file->parent->scan.path, file->parent->scan.line};
    return (struct conf_place){file->scan.path, 0};
}

static int conftext_check_file(struct conftext_file *file)
{
    const char *path = file->scan.path;
    struct conf_place place = conftext_blame(file);
    struct stat status;

    if (stat(path, &status) < 0) {
        diag_error(file->scan.diag, place.file, place.line,
                   lang("%s can't be read (%s): check its name and its rights.",
                        "无法读取 %s（%s）：请检查文件名和权限。"),
                   path, strerror(errno));
        return 1;
    }
    if (!S_ISREG(status.st_mode)) {
        diag_error(file->scan.diag, place.file, place.line,
                   lang("%s is a directory or a device: name a configuration file.",
                        "%s 是目录或设备：请写配置文件的路径。"),
                   path);
        return 1;
    }
    file->device = status.st_dev;
    file->inode = status.st_ino;
    for (const struct conftext_file *up = file->parent; up; up = up->parent)
        if (up->device == file->device && up->inode == file->inode) {
            diag_error(file->scan.diag, place.file, place.line,
                       lang("%s includes itself: take this @include out.",
                            "%s 包含了它自己：请删除这个 @include。"),
                       path);
            return 1;
        }
    return 0;
}

static int conftext_read_bytes(struct conftext_file *file, struct buffer *bytes)
{
    struct conf_place place = conftext_blame(file);
    size_t used = file->out->source.length;
    int rc = -EFBIG;

    if (used < CONFTEXT_LIMIT)
        rc = buffer_read_stream(bytes, file->scan.path, CONFTEXT_LIMIT - used);
    if (rc == -EFBIG)
        diag_error(file->scan.diag, place.file, place.line,
                   lang("With %s the configuration is larger than 16 MiB: name a smaller file.",
                        "加上 %s 后配置超过 16 MiB：请改用较小的文件。"),
                   file->scan.path);
    else if (rc < 0)
        diag_error(file->scan.diag, place.file, place.line,
                   lang("%s can't be read (%s): check its name and its rights.",
                        "无法读取 %s（%s）：请检查文件名和权限。"),
                   file->scan.path, strerror(-rc));
    return rc < 0;
}

/* 0: scanned to its end, with or without errors; 1: given up, with an error. */
static int conftext_scan(struct conftext_file *file)
{
    struct buffer bytes BUFFER_FREE_LATER = BUFFER_NULL;

    if (conftext_check_file(file) || conftext_read_bytes(file, &bytes))
        return 1;
    file->scan.text = buffer_text(&bytes);
    file->scan.length = bytes.length;
    file->scan.line = 1;
    if (confscan_check(&file->scan))
        return 1;
    conftext_mark(file);
    return confscan_run(&file->scan);
}

static size_t conftext_add_file(struct conftext *out, char *path)
{
    out->files = mem_grow(out->files, out->n_files + 1, sizeof *out->files);
    out->files[out->n_files] = path;
    return out->n_files++;
}

static void conftext_end_line(struct conftext *out)
{
    buffer_add_char(&out->source, '\n');
    buffer_add_char(&out->clean, '\n');
    out->line++;
}

/* The included file begins on a line of its own, and so does what follows it. */
static int conftext_include(struct confscan *scan, const char *name)
{
    struct conftext_file *outer = LIST_ELEMENT(scan, struct conftext_file, scan);
    struct conftext_file inner = {
        .scan = *scan, .out = outer->out, .parent = outer, .depth = outer->depth + 1};
    int rc;

    if (outer->depth == CONFTEXT_DEPTH || outer->out->n_files > CONFTEXT_INCLUDES) {
        diag_error(scan->diag, scan->path, scan->line, "%s",
                   lang("Too many @include inside each other: at most 10 deep and 1000 in all.",
                        "@include 太多：嵌套最多 10 层，总共最多 1000 个。"));
        return 1;
    }
    inner.file = conftext_add_file(outer->out, conftext_beside(scan->path, name));
    inner.scan.path = outer->out->files[inner.file];
    inner.scan.at = 0;
    inner.main_line = outer->main_line ? outer->main_line : scan->line;
    conftext_end_line(outer->out);
    rc = conftext_scan(&inner);
    conftext_end_line(outer->out);
    conftext_mark(outer);
    return rc;
}

int conftext_read(const char *path, struct diag *diag, struct conftext **out)
{
    struct conftext *text = mem_new(struct conftext);
    size_t errors = diag->errors;
    struct conftext_file file = {.out = text};

    *out = NULL;
    text->line = 1;
    file.file = conftext_add_file(text, mem_dup(path));
    file.scan = (struct confscan){.diag = diag,
                                  .path = text->files[file.file],
                                  .source = &text->source,
                                  .clean = &text->clean,
                                  .out_line = &text->line,
                                  .include = conftext_include};
    if (conftext_scan(&file) || diag->errors > errors) {
        conftext_free(text);
        return 1;
    }
    *out = text;
    return 0;
}

char *conftext_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');

    if (*name == '/' || !slash)
        return mem_dup(name);
    return mem_printf("%.*s/%s", (int)(slash - path), path, name);
}

void conftext_free(struct conftext *text)
{
    if (!text)
        return;
    for (size_t i = 0; i < text->n_files; i++)
        free(text->files[i]);
    free(text->files);
    free(text->segments);
    buffer_free(&text->source);
    buffer_free(&text->clean);
    free(text);
}

const char *conftext_source(const struct conftext *text)
{
    return buffer_text(&text->source);
}

const char *conftext_clean(const struct conftext *text)
{
    return buffer_text(&text->clean);
}

static const struct conftext_segment *conftext_segment(const struct conftext *text, int line)
{
    size_t low = 0, high = text->n_segments;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (text->segments[middle].line <= line)
            low = middle;
        else
            high = middle;
    }
    return &text->segments[low];
}

struct conf_place conftext_place(const struct conftext *text, int line)
{
    const struct conftext_segment *segment = conftext_segment(text, line);
    int ahead = line > segment->line ? line - segment->line : 0;

    return (struct conf_place){text->files[segment->file], segment->file_line + ahead};
}

int conftext_main_line(const struct conftext *text, int line)
{
    const struct conftext_segment *segment = conftext_segment(text, line);

    return segment->main_line ? segment->main_line : conftext_place(text, line).line;
}
