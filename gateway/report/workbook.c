/* workbook: a file of sheets for spreadsheets. See workbook.h.
 * Runs: any. */
#include "gateway/report/workbook.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "gateway/base/buffer.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/report/figure.h"

#define WORKBOOK_EXACT (INT64_C(1) << 53) /* a cell's number is a double */
#define WORKBOOK_NAMED (4 * WORKBOOK_NAME + 1)

#define WORKBOOK_TITLES 24
#define WORKBOOK_SPARE  (1 << 20) /* bytes of the disk, beside what is known to be needed */

struct workbook_sheet {
    struct workbook_sheet *next;
    struct workbook *workbook;
    lxw_worksheet *lxw; /* NULL: it couldn't be made; nothing is written then */
    char *name;         /* as wanted */
    const unsigned char *widths;
    size_t n_widths;
    lxw_row_t row;
    lxw_col_t column;
    bool frozen;
    char *titles[WORKBOOK_TITLES]; /* of the last table; a sheet that goes on repeats them */
    size_t n_titles;
};

struct workbook {
    lxw_workbook *lxw;
    lxw_format *bold, *title, *number, *share;
    struct workbook_sheet *sheets;
    char (*names)[WORKBOOK_NAMED]; /* of all sheets of the file */
    size_t n_names;
    char *path, *temporary;
    int failure; /* the first -errno; 0: none */
};

static void workbook_fail(struct workbook *workbook, lxw_error error)
{
    int code = errno;

    if (error == LXW_NO_ERROR || workbook->failure)
        return;
    log_warning("workbook=%s said=\"%s\"", workbook->path, lxw_strerror(error));
    workbook->failure = code ? -code : -EIO;
}

/* Its own folder takes what doesn't fit into memory: the file must find room there anyway. */
static lxw_workbook *workbook_begin(struct workbook *workbook)
{
    MEM_FREE_LATER char *copy = mem_dup(workbook->path);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = dirname(copy)};

    return workbook_new_opt(workbook->temporary, &options);
}

static void workbook_formats(struct workbook *workbook)
{
    workbook->bold = workbook_add_format(workbook->lxw);
    format_set_bold(workbook->bold);
    workbook->title = workbook_add_format(workbook->lxw);
    format_set_bold(workbook->title);
    format_set_bg_color(workbook->title, 0xD9E1F2);
    format_set_bottom(workbook->title, LXW_BORDER_THIN);
    workbook->number = workbook_add_format(workbook->lxw);
    format_set_num_format(workbook->number, "#,##0");
    workbook->share = workbook_add_format(workbook->lxw);
    format_set_num_format(workbook->share, "0.0%");
}

static void workbook_free(struct workbook *workbook)
{
    while (workbook->sheets) {
        struct workbook_sheet *sheet = workbook->sheets;

        workbook->sheets = sheet->next;
        for (size_t i = 0; i < sheet->n_titles; i++)
            free(sheet->titles[i]);
        free(sheet->name);
        free(sheet);
    }
    free(workbook->names);
    free(workbook->path);
    free(workbook->temporary);
    free(workbook);
}

/* The library makes the file anew as anybody's umask has it; one that is there keeps its mode. */
int workbook_start(struct workbook **out, const char *path)
{
    struct workbook *workbook = mem_new(struct workbook);
    int fd, rc;

    *out = NULL;
    workbook->path = mem_dup(path);
    workbook->temporary = mem_printf("%s.part", path);
    unlink(workbook->temporary);
    fd = open(workbook->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        rc = -errno;
        workbook_free(workbook);
        return rc;
    }
    close(fd);
    workbook->lxw = workbook_begin(workbook);
    if (!workbook->lxw)
        log_panic("no memory for a workbook");
    workbook_formats(workbook);
    *out = workbook;
    return 0;
}

static bool workbook_has(const struct workbook *workbook, const char *name)
{
    for (size_t i = 0; i < workbook->n_names; i++)
        if (strcasecmp(workbook->names[i], name) == 0)
            return true;
    return false;
}

/* -1: nothing that a file of this kind can hold. */
static int32_t workbook_next(const char *text, size_t length, size_t *at)
{
    int32_t code = utf8_next(text, length, at);

    if (code < 0)
        ++*at;
    return code < 0x20 || code == 0xFFFE || code == 0xFFFF ? -1 : code;
}

/* Copies at most so many UTF-16 units of what a sheet may be called. */
static void workbook_clean_name(const char *wanted, size_t units, char *name)
{
    size_t length = strlen(wanted), at = 0, end = 0, used = 0;

    while (at < length) {
        int32_t code = workbook_next(wanted, length, &at);

        if (code < 0 || (code < 0x80 && strchr("[]:*?/\\'", code)))
            code = '_';
        used += code > 0xFFFF ? 2 : 1;
        if (used > units)
            break;
        end += utf8_put(code, name + end);
    }
    name[end] = '\0';
}

/* A second one of a name becomes "name (2)". "History" is what spreadsheets keep for themselves. */
static const char *workbook_name(struct workbook *workbook, const char *wanted)
{
    char name[WORKBOOK_NAMED], tail[16];

    if (!wanted[0])
        wanted = "_";
    else if (strcasecmp(wanted, "History") == 0)
        wanted = "History_";
    workbook_clean_name(wanted, WORKBOOK_NAME, name);
    for (unsigned i = 2; workbook_has(workbook, name); i++) {
        snprintf(tail, sizeof tail, " (%u)", i);
        workbook_clean_name(wanted, WORKBOOK_NAME - strlen(tail), name);
        strcat(name, tail);
    }
    workbook->names = mem_grow(workbook->names, workbook->n_names + 1, sizeof *workbook->names);
    memcpy(workbook->names[workbook->n_names], name, sizeof name);
    return workbook->names[workbook->n_names++];
}

/* It needs a file of its own until the end, which may not be had. */
static void workbook_open_sheet(struct workbook_sheet *sheet)
{
    struct workbook *workbook = sheet->workbook;

    errno = 0;
    sheet->lxw = workbook_add_worksheet(workbook->lxw, workbook_name(workbook, sheet->name));
    sheet->row = 0;
    sheet->column = 0;
    if (!sheet->lxw) {
        workbook_fail(workbook, LXW_ERROR_CREATING_TMPFILE);
        return;
    }
    for (size_t i = 0; i < sheet->n_widths; i++)
        worksheet_set_column(sheet->lxw, (lxw_col_t)i, (lxw_col_t)i, sheet->widths[i], NULL);
}

struct workbook_sheet *workbook_sheet(struct workbook *workbook, const char *name,
                                      const unsigned char *widths, size_t n)
{
    struct workbook_sheet *sheet = mem_new(struct workbook_sheet);

    sheet->workbook = workbook;
    sheet->name = mem_dup(name);
    sheet->widths = widths;
    sheet->n_widths = n;
    workbook_open_sheet(sheet);
    sheet->next = workbook->sheets;
    workbook->sheets = sheet;
    return sheet;
}

static void workbook_clean_text(const char *text, struct buffer *clean)
{
    size_t length = strlen(text), at = 0, n = 0;
    char bytes[4];

    while (at < length && n++ < WORKBOOK_TEXT) {
        int32_t code = workbook_next(text, length, &at);

        buffer_add(clean, bytes, utf8_put(code < 0 ? '?' : code, bytes));
    }
}

static void workbook_write(struct workbook_sheet *sheet, const char *text, lxw_format *format)
{
    BUFFER_FREE_LATER struct buffer clean = BUFFER_NULL;

    workbook_clean_text(text, &clean);
    if (sheet->lxw && clean.length)
        workbook_fail(sheet->workbook, worksheet_write_string(sheet->lxw, sheet->row, sheet->column,
                                                              buffer_text(&clean), format));
    sheet->column++;
}

void workbook_text(struct workbook_sheet *sheet, const char *text)
{
    workbook_write(sheet, text, NULL);
}

void workbook_bold(struct workbook_sheet *sheet, const char *text)
{
    workbook_write(sheet, text, sheet->workbook->bold);
}

static void workbook_write_number(struct workbook_sheet *sheet, double number, lxw_format *format)
{
    if (sheet->lxw)
        workbook_fail(sheet->workbook, worksheet_write_number(sheet->lxw, sheet->row, sheet->column,
                                                              number, format));
    sheet->column++;
}

/* One that a cell can't hold exactly is text. */
void workbook_number(struct workbook_sheet *sheet, int64_t number)
{
    char text[24];

    if (number >= -WORKBOOK_EXACT && number <= WORKBOOK_EXACT) {
        workbook_write_number(sheet, (double)number, sheet->workbook->number);
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)number);
    workbook_text(sheet, text);
}

void workbook_share(struct workbook_sheet *sheet, int64_t part, int64_t whole)
{
    if (whole > 0)
        workbook_write_number(sheet, (double)figure_permille(part, whole) / 1000,
                              sheet->workbook->share);
    else
        workbook_text(sheet, "-");
}

void workbook_skip(struct workbook_sheet *sheet)
{
    sheet->column++;
}

static void workbook_write_titles(struct workbook_sheet *sheet)
{
    for (size_t i = 0; i < sheet->n_titles; i++)
        workbook_write(sheet, sheet->titles[i], sheet->workbook->title);
    sheet->row++;
    sheet->column = 0;
}

void workbook_titles(struct workbook_sheet *sheet, const char *const *titles, size_t n)
{
    LOG_ASSERT(n <= WORKBOOK_TITLES);
    while (sheet->n_titles)
        free(sheet->titles[--sheet->n_titles]);
    for (; sheet->n_titles < n; sheet->n_titles++)
        sheet->titles[sheet->n_titles] = mem_dup(titles[sheet->n_titles]);
    workbook_write_titles(sheet);
}

void workbook_freeze(struct workbook_sheet *sheet)
{
    sheet->frozen = true;
    if (sheet->lxw)
        worksheet_freeze_panes(sheet->lxw, sheet->row, 0);
}

/* The next sheet of the same name begins with the titles. */
static void workbook_go_on(struct workbook_sheet *sheet)
{
    workbook_open_sheet(sheet);
    workbook_write_titles(sheet);
    if (sheet->frozen)
        workbook_freeze(sheet);
}

void workbook_end_row(struct workbook_sheet *sheet)
{
    sheet->row++;
    sheet->column = 0;
    if (sheet->row == WORKBOOK_ROWS)
        workbook_go_on(sheet);
}

/* The library doesn't look whether its own files took what it wrote, so it is done here: what is on
 * disk so far, and the room for as much again. */
static int workbook_check_room(const struct workbook *workbook)
{
    MEM_FREE_LATER char *copy = mem_dup(workbook->path);
    uint64_t bytes = WORKBOOK_SPARE;
    struct statvfs disk;
    lxw_worksheet *sheet;

    STAILQ_FOREACH(sheet, workbook->lxw->worksheets, list_pointers)
    {
        long length;

        errno = 0;
        if (fflush(sheet->optimize_tmpfile) || ferror(sheet->optimize_tmpfile))
            return errno ? -errno : -EIO;
        length = ftell(sheet->optimize_tmpfile);
        bytes += length > 0 ? 2 * (uint64_t)length : 0;
    }
    if (statvfs(dirname(copy), &disk) == 0 &&
        (uint64_t)disk.f_bavail * (uint64_t)disk.f_frsize < bytes)
        return -ENOSPC;
    return 0;
}

static int workbook_sync(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC), rc = 0;

    if (fd < 0)
        return -errno;
    if (fsync(fd) && errno != EINVAL)
        rc = -errno;
    close(fd);
    return rc;
}

/* A rename survives a power cut only when the folder is on disk too. */
static int workbook_publish(const struct workbook *workbook)
{
    MEM_FREE_LATER char *copy = mem_dup(workbook->path);
    int rc = workbook_sync(workbook->temporary, O_RDWR);

    if (rc == 0 && rename(workbook->temporary, workbook->path))
        rc = -errno;
    return rc < 0 ? rc : workbook_sync(dirname(copy), O_RDONLY | O_DIRECTORY);
}

int workbook_finish(struct workbook *workbook)
{
    int rc = workbook->failure;

    if (rc == 0)
        rc = workbook_check_room(workbook);
    errno = 0;
    workbook_fail(workbook, workbook_close(workbook->lxw)); /* frees it, whatever it says */
    if (rc == 0)
        rc = workbook->failure;
    if (rc == 0)
        rc = workbook_publish(workbook);
    if (rc < 0)
        unlink(workbook->temporary);
    workbook_free(workbook);
    return rc;
}

void workbook_abandon(struct workbook *workbook)
{
    if (!workbook)
        return;
    workbook_close(workbook->lxw); /* only that puts its own files away */
    unlink(workbook->temporary);
    workbook_free(workbook);
}
