/* csvfile: one CSV file, row by row. See csvfile.h.
 * Runs: loop.
 *
 * libcsv is fed one physical line at a time, so that the line of every row and field is known. The
 * rows of a piece queue up as spans of one run of bytes; a row that the piece cuts stays at its end
 * and is moved to the front before the next piece. */
#include "gateway/config/csvfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csv.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/chartext.h"
#include "gateway/config/csvtext.h"
#include "gateway/config/filekind.h"

#define CSVFILE_PIECE  ((size_t)64 << 10)
#define CSVFILE_SAMPLE ((size_t)1 << 20) /* the encoding is judged by so many bytes */

struct csvfile_cell {
    size_t at, length; /* in bytes */
};

struct csvfile_line {
    int64_t line;
    size_t first, kept, n; /* cells */
};

struct csvfile {
    char *path;
    int fd;
    bool ended;
    char *piece;
    enum chartext_encoding encoding;
    struct chartext *converter; /* made when first needed */
    struct csv_parser parser;
    bool parsing; /* parser is to be freed */
    struct csvfile_digest digest;
    struct option_strings columns;
    size_t cells_limit; /* cells kept of one row */

    /* The queue: rows that are whole. */
    struct buffer bytes;
    struct csvfile_cell *cells;
    size_t n_cells, cells_room;
    struct csvfile_line *rows;
    size_t n_rows, rows_room, next_row;

    /* The row that the parser is in. */
    struct csvfile_line row;
    bool in_row, row_ended;
    int64_t long_line;  /* where a field that is too long began; 0: none */
    int64_t line;       /* of the next byte to be parsed */
    int64_t field_line; /* where the next field begins */
    char last;          /* byte parsed */

    /* The row last handed out. */
    const char **values;
    size_t *lengths;
    char *converted;
    size_t converted_room;
};

static int csvfile_fail(struct csvfile *file, struct diag *diag, int64_t line, const char *message)
{
    diag_error(diag, file->path, (int)line, "%s", message);
    return -EINVAL;
}

static void csvfile_on_field(void *text, size_t length, void *data)
{
    struct csvfile *file = data;

    if (length > CSVFILE_FIELD_MAX && !file->long_line)
        file->long_line = file->field_line;
    file->field_line = file->line;
    file->row.n++;
    if (file->row.kept >= file->cells_limit)
        return;
    if (file->n_cells == file->cells_room) {
        file->cells_room = file->cells_room ? file->cells_room * 2 : 4096;
        file->cells = mem_grow(file->cells, file->cells_room, sizeof *file->cells);
    }
    file->cells[file->n_cells++] = (struct csvfile_cell){file->bytes.length, length};
    file->row.kept++;
    buffer_add(&file->bytes, text, length);
}

static void csvfile_on_row(int unused_end, void *data)
{
    struct csvfile *file = data;

    (void)unused_end;
    if (file->n_rows == file->rows_room) {
        file->rows_room = file->rows_room ? file->rows_room * 2 : 1024;
        file->rows = mem_grow(file->rows, file->rows_room, sizeof *file->rows);
    }
    file->rows[file->n_rows++] = file->row;
    file->row = (struct csvfile_line){.first = file->n_cells};
    file->row_ended = true;
}

/* One physical line, or the piece of one. */
static int csvfile_parse_line(struct csvfile *file, const char *text, size_t length,
                              struct diag *diag)
{
    char last = text[length - 1];

    if (!file->in_row) {
        file->row.line = file->line;
        file->field_line = file->line;
    }
    file->row_ended = false;
    if (csv_parse(&file->parser, text, length, csvfile_on_field, csvfile_on_row, file) != length)
        return csvfile_fail(
            file, diag, file->line,
            lang("A quotation mark stands inside a field here, or one is missing "
                 "before: put the field in \" \" and write \" twice inside it.",
                 "这里的字段中有单独的引号，或前面少了引号：请用 \" \" 括起该字段，其中的 "
                 "\" 写两次。"));
    file->in_row = !file->row_ended && (file->in_row || !csvtext_is_blank(text, length));
    if (file->parser.entry_pos > CSVFILE_FIELD_MAX && !file->long_line)
        file->long_line = file->field_line;
    if (file->long_line)
        return csvfile_fail(
            file, diag, file->long_line,
            lang("The field that begins here is longer than 64 KiB: a closing \" may "
                 "be missing.",
                 "从这里开始的字段超过 64 KiB：可能缺少结尾的引号 \"。"));
    if (last == '\r' || (last == '\n' && !(length == 1 && file->last == '\r')))
        file->line++;
    file->last = last;
    return 0;
}

/* FNV-1a as in hex_fingerprint, piece by piece. */
static void csvfile_digest_more(struct csvfile *file, const char *bytes, size_t length)
{
    uint64_t h = file->digest.fingerprint;

    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)bytes[i]) * 1099511628211u;
    file->digest.fingerprint = h;
    file->digest.bytes += (int64_t)length;
}

static int csvfile_parse(struct csvfile *file, const char *text, size_t length, struct diag *diag)
{
    for (size_t at = 0; at < length;) {
        size_t n = csvtext_line_length(text + at, length - at);
        int rc = csvfile_parse_line(file, text + at, n, diag);

        if (rc < 0)
            return rc;
        at += n;
    }
    return 0;
}

static int csvfile_finish(struct csvfile *file, struct diag *diag)
{
    file->ended = true;
    if (csv_fini(&file->parser, csvfile_on_field, csvfile_on_row, file) == 0)
        return 0;
    return csvfile_fail(file, diag, file->field_line,
                        lang("The field that begins here never ends: a closing \" is missing.",
                             "从这里开始的字段没有结束：缺少结尾的引号 \"。"));
}

/* Drops the rows that were handed out; the row that was cut moves to the front. */
static void csvfile_clear_queue(struct csvfile *file)
{
    size_t first = file->row.first, kept = file->n_cells - first;
    size_t start = kept ? file->cells[first].at : file->bytes.length;

    if (kept)
        memmove(file->cells, file->cells + first, kept * sizeof *file->cells);
    for (size_t i = 0; i < kept; i++)
        file->cells[i].at -= start;
    buffer_consume(&file->bytes, start);
    file->n_cells = kept;
    file->row.first = 0;
    file->n_rows = file->next_row = 0;
}

/* Judges the encoding by what follows the offset, a sample of at most 1 MiB. */
static enum chartext_encoding csvfile_judge(const struct csvfile *file, off_t offset,
                                            struct buffer *sample)
{
    char piece[4096];
    ssize_t got;

    while (sample->length < CSVFILE_SAMPLE &&
           (got = pread(file->fd, piece, sizeof piece, offset + (off_t)sample->length)) > 0)
        buffer_add(sample, piece, (size_t)got);
    return chartext_detect(buffer_text(sample), sample->length);
}

/* While all was ASCII the encoding is open. The piece alone can't settle it: its first Chinese
 * character may be cut by its end. */
static int csvfile_check_piece(struct csvfile *file, size_t length, struct diag *diag)
{
    if (file->encoding == CHARTEXT_ASCII && !chartext_is_ascii(file->piece, length)) {
        struct buffer sample BUFFER_FREE_LATER = BUFFER_NULL;

        file->encoding = csvfile_judge(file, lseek(file->fd, 0, SEEK_CUR) - (off_t)length, &sample);
    }
    if (memchr(file->piece, '\0', length))
        return csvfile_fail(
            file, diag, 0,
            lang("The file contains NUL bytes: it is not a CSV file. Save it from the "
                 "spreadsheet as \"CSV UTF-8\".",
                 "文件里有空字节（NUL），不是 CSV 文件：请在表格软件中另存为“CSV "
                 "UTF-8”。"));
    return 0;
}

static ssize_t csvfile_read(int fd, char *into, size_t room)
{
    ssize_t got;

    do
        got = read(fd, into, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Reads and parses one piece. */
static int csvfile_fill(struct csvfile *file, struct diag *diag)
{
    ssize_t got = csvfile_read(file->fd, file->piece, CSVFILE_PIECE);
    int rc;

    csvfile_clear_queue(file);
    if (got < 0) {
        rc = -errno;
        diag_error(diag, file->path, 0, lang("The file can't be read: %s.", "无法读取文件：%s。"),
                   lang_error(rc));
        return rc;
    }
    if (got == 0)
        return csvfile_finish(file, diag);
    csvfile_digest_more(file, file->piece, (size_t)got);
    rc = csvfile_check_piece(file, (size_t)got, diag);
    return rc < 0 ? rc : csvfile_parse(file, file->piece, (size_t)got, diag);
}

static int csvfile_convert(struct csvfile *file, const struct csvfile_line *line)
{
    size_t total = 0;
    char *to;

    if (!file->converter)
        file->converter = chartext_new();
    for (size_t i = 0; i < line->kept; i++)
        total += file->lengths[i];
    if (total * 2 > file->converted_room) {
        file->converted_room = total * 4;
        file->converted = mem_grow(file->converted, file->converted_room, 1);
    }
    to = file->converted;
    for (size_t i = 0; i < line->kept; i++) {
        long n;

        if (chartext_is_ascii(file->values[i], file->lengths[i]))
            continue;
        n = file->converter
                ? chartext_convert(file->converter, file->values[i], file->lengths[i], to)
                : -1;
        if (n < 0)
            return 1;
        file->values[i] = to;
        file->lengths[i] = (size_t)n;
        to += n;
    }
    return 0;
}

/* Chinese in UTF-8 would turn into other Chinese if it were read as GB18030. */
static bool csvfile_is_utf8(const struct csvfile *file, size_t fields)
{
    bool chinese = false;

    for (size_t i = 0; i < fields; i++) {
        enum chartext_look look = chartext_look(file->values[i], file->lengths[i]);

        if (look == CHARTEXT_LOOKS_BAD)
            return false;
        chinese = chinese || look == CHARTEXT_LOOKS_CHINESE;
    }
    return chinese;
}

/* 0, or 1: a field is not text. */
static int csvfile_decode(struct csvfile *file, const struct csvfile_line *line)
{
    const struct csvfile_cell *cells = file->cells + line->first;

    for (size_t i = 0; i < line->kept; i++) {
        file->values[i] = buffer_text(&file->bytes) + cells[i].at;
        file->lengths[i] = cells[i].length;
    }
    if (file->encoding == CHARTEXT_ASCII)
        return 0;
    if (file->encoding == CHARTEXT_GB18030)
        return csvfile_is_utf8(file, line->kept) || csvfile_convert(file, line);
    for (size_t i = 0; i < line->kept; i++)
        if (!utf8_is_valid(file->values[i], file->lengths[i]))
            return 1;
    return 0;
}

int csvfile_next(struct csvfile *file, struct csvfile_row *row, struct diag *diag)
{
    const struct csvfile_line *line;

    while (file->next_row == file->n_rows) {
        int rc = file->ended ? 1 : csvfile_fill(file, diag);

        if (rc)
            return rc;
    }
    line = &file->rows[file->next_row++];
    row->line = line->line;
    row->n = line->n;
    row->bad = csvfile_decode(file, line) != 0;
    row->values = file->values;
    row->lengths = file->lengths;
    return 0;
}

/* Judges encoding and separator by the file's first bytes, and steps over a byte-order mark. */
static int csvfile_sample(struct csvfile *file, struct diag *diag)
{
    struct buffer sample BUFFER_FREE_LATER = BUFFER_NULL;

    file->encoding = csvfile_judge(file, 0, &sample);
    if (filekind_is_workbook(buffer_text(&sample), sample.length))
        return csvfile_fail(
            file, diag, 0,
            lang(
                "This is an Excel workbook: save it from the spreadsheet as \"CSV UTF-8\" and name "
                "that file.",
                "这是 Excel 工作簿：请在表格软件中另存为“CSV UTF-8”，并改写文件名。"));
    if (file->encoding == CHARTEXT_UTF16)
        return csvfile_fail(
            file, diag, 0,
            lang("The file is in UTF-16: save it from the spreadsheet as \"CSV UTF-8\".",
                 "文件是 UTF-16（“Unicode 文本”）编码：请另存为“CSV UTF-8”。"));
    if (sample.length >= 3 && memcmp(sample.data, "\xEF\xBB\xBF", 3) == 0) {
        file->encoding = CHARTEXT_UTF8;
        csvfile_digest_more(file, sample.data, 3);
        (void)lseek(file->fd, 3, SEEK_SET);
    }
    csv_set_delim(&file->parser, csvtext_separator(buffer_text(&sample), sample.length));
    return 0;
}

static int csvfile_fail_names(struct csvfile *file, const struct csvfile_row *row,
                              struct diag *diag)
{
    if (file->encoding == CHARTEXT_GB18030 && csvfile_is_utf8(file, row->n))
        return csvfile_fail(
            file, diag, row->line,
            lang("The column names are in UTF-8, but the rows are in GB18030: save the file from "
                 "the spreadsheet as \"CSV UTF-8\".",
                 "列名是 UTF-8 编码，而下面各行是 GB18030 编码：请另存为“CSV UTF-8”。"));
    return csvfile_fail(file, diag, row->line,
                        lang("The column names are neither UTF-8 nor GB18030: save the file from "
                             "the spreadsheet as \"CSV UTF-8\".",
                             "列名既不是 UTF-8 也不是 GB18030 编码：请另存为“CSV UTF-8”。"));
}

static int csvfile_read_header(struct csvfile *file, struct diag *diag)
{
    struct csvfile_row row;
    int rc;

    file->cells_limit = CSVFILE_COLUMNS_MAX;
    file->values = mem_array(CSVFILE_COLUMNS_MAX + 1, const char *);
    file->lengths = mem_array(CSVFILE_COLUMNS_MAX + 1, size_t);
    rc = csvfile_next(file, &row, diag);
    if (rc == 1)
        return csvfile_fail(file, diag, 0,
                            lang("The file is empty: the first line must name the columns.",
                                 "文件是空的：第一行应为列名。"));
    if (rc < 0)
        return rc;
    if (row.n > CSVFILE_COLUMNS_MAX)
        return csvfile_fail(
            file, diag, row.line,
            lang("The file has more than 256 columns: remove those that aren't needed.",
                 "文件超过 256 列：请删除不需要的列。"));
    if (row.bad)
        return csvfile_fail_names(file, &row, diag);
    file->columns.items = mem_array(row.n, char *);
    for (; file->columns.n < row.n; file->columns.n++)
        file->columns.items[file->columns.n] =
            chartext_trim(row.values[file->columns.n], row.lengths[file->columns.n]);
    file->cells_limit = row.n + 1;
    return 0;
}

int csvfile_open(const char *path, struct diag *diag, struct csvfile **out)
{
    struct csvfile *file = mem_new(struct csvfile);
    struct stat status;
    int rc = 0;

    *out = NULL;
    file->path = mem_dup(path);
    file->line = 1;
    file->digest.fingerprint = 14695981039346656037u;
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0 || fstat(file->fd, &status) < 0)
        rc = -errno;
    else if (!S_ISREG(status.st_mode))
        rc = -EISDIR;
    if (rc < 0)
        diag_error(diag, path, 0,
                   lang("The file can't be read (%s): check its name and its rights.",
                        "无法读取文件（%s）：请检查文件名和权限。"),
                   lang_error(rc));
    if (rc == 0) {
        /* The disk reads ahead, so that the loop seldom waits for it. */
        (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
        (void)posix_fadvise(file->fd, 0, 0, POSIX_FADV_WILLNEED);
        csv_init(&file->parser, CSV_STRICT | CSV_STRICT_FINI);
        file->parsing = true;
        file->piece = mem_alloc(CSVFILE_PIECE, 1);
        rc = csvfile_sample(file, diag);
    }
    if (rc == 0)
        rc = csvfile_read_header(file, diag);
    if (rc < 0)
        csvfile_close(file);
    else
        *out = file;
    return rc;
}

void csvfile_close(struct csvfile *file)
{
    if (!file)
        return;
    if (file->fd >= 0)
        close(file->fd);
    if (file->parsing)
        csv_free(&file->parser);
    for (size_t i = 0; i < file->columns.n; i++)
        free(file->columns.items[i]);
    free(file->columns.items);
    chartext_free(file->converter);
    buffer_free(&file->bytes);
    free(file->cells);
    free(file->rows);
    free(file->values);
    free(file->lengths);
    free(file->converted);
    free(file->piece);
    free(file->path);
    free(file);
}

const struct option_strings *csvfile_columns(const struct csvfile *file)
{
    return &file->columns;
}

struct csvfile_digest csvfile_digest(const struct csvfile *file)
{
    LOG_ASSERT(file->ended);
    return file->digest;
}
