/* recipients: CSV files to ready messages. See recipients.h.
 * Runs: loop. */
#include "gateway/config/recipients.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/csvfile.h"
#include "gateway/model/numset.h"
#include "gateway/model/template.h"

#define RECIPIENTS_RAW_MAX 120 /* bytes of a number field that is shown */

struct recipients {
    const struct campaign *campaign;
    const struct office *office;
    struct numset *seen; /* all numbers that were handed out */
    int result;          /* what every further call answers: 0, 1 or -errno */

    /* The next source: orders in file order, recipients before reserve. */
    size_t order;
    bool reserve;
    int64_t accepted; /* of the order, from its recipients file */

    /* The open source; file NULL: none. */
    struct csvfile *file;
    struct template *template;
    bool *used; /* by the template; one a column */
    size_t number_column;

    /* Neighbours mostly get the same text: its layout is kept. */
    struct buffer text, last_text;
    struct sms_layout layout;
    int layout_error;
    struct buffer raw;
};

static const char *const recipients_number_columns[] = {
    "手机", "手机号", "手机号码", "电话", "联系电话", "号码", "phone", "mobile", "number", "msisdn",
};

static bool recipients_is_number_column(const char *name)
{
    size_t n = sizeof recipients_number_columns / sizeof *recipients_number_columns;

    for (size_t i = 0; i < n; i++)
        if (strcasecmp(name, recipients_number_columns[i]) == 0)
            return true;
    return false;
}

static int recipients_fail(struct diag *diag, const char *path, const char *message)
{
    diag_error(diag, path, 1, "%s", message);
    return -EINVAL;
}

/* A header must name one column of numbers, and no name twice. */
int recipients_find_number(const struct option_strings *columns, const char *path,
                           struct diag *diag, size_t *column)
{
    size_t found = columns->n;
    int64_t unused_number;

    for (size_t i = 0; i < columns->n; i++) {
        const char *name = columns->items[i];

        if (phone_parse(name, strlen(name), &unused_number) == PHONE_MOBILE)
            return recipients_fail(diag, path,
                                   lang("The first line holds a number: put a line with the column "
                                        "names before it, such as phone,name.",
                                        "第一行是号码：请在前面加一行列名，例如 手机号,姓名。"));
        for (size_t k = 0; k < i && *name; k++)
            if (strcmp(name, columns->items[k]) == 0) {
                diag_error(diag, path, 1,
                           lang("The column {%.60s} stands here twice: rename one of the two.",
                                "列名 {%.60s} 重复：请改名。"),
                           name);
                return -EINVAL;
            }
        if (!recipients_is_number_column(name))
            continue;
        if (found < columns->n) {
            diag_error(diag, path, 1,
                       lang("Both {%s} and {%s} could be the numbers: rename the one that isn't.",
                            "{%s} 和 {%s} 都像号码列：请把不是的那一列改名。"),
                       columns->items[found], name);
            return -EINVAL;
        }
        found = i;
    }
    if (found == columns->n)
        return recipients_fail(
            diag, path,
            lang("No column holds the numbers: name one 手机号, phone, mobile or "
                 "number in the first line.",
                 "没有号码列：请在第一行把号码列命名为 手机号、电话 或 phone。"));
    *column = found;
    return 0;
}

int recipients_read_header(const char *path, struct diag *diag, struct option_strings *columns)
{
    struct csvfile *file = NULL;
    const struct option_strings *names;
    size_t unused_column;
    int rc = csvfile_open(path, diag, &file);

    if (rc == 0)
        rc = recipients_find_number(csvfile_columns(file), path, diag, &unused_column);
    if (rc == 0) {
        names = csvfile_columns(file);
        columns->items = mem_array(names->n, char *);
        for (columns->n = 0; columns->n < names->n; columns->n++)
            columns->items[columns->n] = mem_dup(names->items[columns->n]);
    }
    csvfile_close(file);
    return rc < 0;
}

/* The name as the campaign file has it, so that a moved folder keeps its campaigns. */
static const char *recipients_name(const struct campaign *campaign, const char *path)
{
    const char *slash = campaign->file ? strrchr(campaign->file, '/') : NULL;
    size_t folder = slash ? (size_t)(slash - campaign->file) + 1 : 0;

    return strncmp(path, campaign->file ? campaign->file : "", folder) == 0 ? path + folder : path;
}

/* digest NULL: only what the line begins with. */
static void recipients_write_line(const struct campaign *campaign, const char *path,
                                  const struct csvfile_digest *digest, struct buffer *line)
{
    buffer_printf(line, "# list %s bytes=", recipients_name(campaign, path));
    if (digest)
        buffer_printf(line, "%" PRId64 " fingerprint=%016" PRIx64 "\n", digest->bytes,
                      digest->fingerprint);
}

int recipients_read_list(const struct campaign *campaign, const char *path, struct diag *diag,
                         struct buffer *line)
{
    struct csvfile *file = NULL;
    struct csvfile_row unused_row;
    struct csvfile_digest digest;
    int rc = csvfile_open(path, diag, &file);

    while (rc == 0)
        rc = csvfile_next(file, &unused_row, diag);
    if (rc > 0) {
        digest = csvfile_digest(file);
        recipients_write_line(campaign, path, &digest, line);
    }
    csvfile_close(file);
    return rc < 0;
}

struct recipients *recipients_open(const struct campaign *campaign, const struct office *office)
{
    struct recipients *reader = mem_new(struct recipients);

    reader->campaign = campaign;
    reader->office = office;
    reader->seen = numset_new();
    return reader;
}

static void recipients_close_source(struct recipients *reader)
{
    csvfile_close(reader->file);
    template_free(reader->template);
    free(reader->used);
    reader->file = NULL;
    reader->template = NULL;
    reader->used = NULL;
}

void recipients_close(struct recipients *reader)
{
    if (!reader)
        return;
    recipients_close_source(reader);
    numset_free(reader->seen);
    buffer_free(&reader->text);
    buffer_free(&reader->last_text);
    buffer_free(&reader->raw);
    free(reader);
}

static const char *recipients_path(const struct recipients *reader)
{
    const struct order *order = &reader->campaign->orders[reader->order];

    return reader->reserve ? order->reserve : order->recipients;
}

/* Steps to the next source: the order's reserve, if it has one, then the next order. */
static void recipients_step(struct recipients *reader)
{
    recipients_close_source(reader);
    if (!reader->reserve && reader->campaign->orders[reader->order].reserve) {
        reader->reserve = true;
        return;
    }
    reader->reserve = false;
    reader->order++;
    reader->accepted = 0;
}

/* A column is used when its field makes a difference to the message. */
static void recipients_find_used(struct recipients *reader, size_t columns)
{
    struct buffer empty BUFFER_FREE_LATER = BUFFER_NULL, text BUFFER_FREE_LATER = BUFFER_NULL;
    const char **values = mem_array(columns, const char *);
    size_t *lengths = mem_array(columns, size_t);

    for (size_t i = 0; i < columns; i++)
        values[i] = "x";
    template_render(reader->template, values, lengths, &empty);
    reader->used = mem_array(columns, bool);
    for (size_t i = 0; i < columns; i++) {
        lengths[i] = 1;
        template_render(reader->template, values, lengths, &text);
        lengths[i] = 0;
        reader->used[i] = strcmp(buffer_text(&text), buffer_text(&empty)) != 0;
    }
    free(values);
    free(lengths);
}

/* Spaces alone leave the same gap in the message as nothing. */
static bool recipients_is_blank(const char *text, size_t length)
{
    static const char wide[] = "\xE3\x80\x80";
    size_t at = 0;

    while (at < length) {
        if (text[at] == ' ')
            at++;
        else if (length - at >= 3 && memcmp(text + at, wide, 3) == 0)
            at += 3;
        else
            return false;
    }
    return true;
}

static bool recipients_has_gap(const struct recipients *reader, const struct csvfile_row *from)
{
    for (size_t i = 0; i < from->n; i++)
        if (reader->used[i] && recipients_is_blank(from->values[i], from->lengths[i]))
            return true;
    return false;
}

static bool recipients_is_personal(const struct recipients *reader)
{
    for (size_t i = 0; i < csvfile_columns(reader->file)->n; i++)
        if (reader->used[i])
            return true;
    return false;
}

/* The header and the template were checked when the campaign was read, but files change. */
static int recipients_open_source(struct recipients *reader, struct diag *diag)
{
    const struct order *order = &reader->campaign->orders[reader->order];
    const char *path = recipients_path(reader);
    const struct option_strings *columns;
    int rc = csvfile_open(path, diag, &reader->file);

    if (rc < 0)
        return rc;
    columns = csvfile_columns(reader->file);
    rc = recipients_find_number(columns, path, diag, &reader->number_column);
    if (rc < 0)
        return rc;
    rc = template_parse(order->text, reader->office->units[order->unit].signature,
                        reader->campaign->sms.refusal, (const char *const *)columns->items,
                        columns->n, &reader->template, NULL);
    if (rc)
        return recipients_fail(
            diag, path,
            lang("The columns don't fit the message any more: check the campaign "
                 "again.",
                 "列名与短信内容不符（文件已改动）：请重新检查任务。"));
    recipients_find_used(reader, columns->n);
    return 0;
}

/* The whole list was read: is it the one that the campaign was checked with? */
static int recipients_check_list(const struct recipients *reader, struct diag *diag)
{
    struct buffer known BUFFER_FREE_LATER = BUFFER_NULL, line BUFFER_FREE_LATER = BUFFER_NULL;
    struct csvfile_digest digest = csvfile_digest(reader->file);
    const char *source = reader->campaign->source, *path = recipients_path(reader);

    recipients_write_line(reader->campaign, path, NULL, &known);
    recipients_write_line(reader->campaign, path, &digest, &line);
    if (!source || !strstr(source, buffer_text(&known)) || strstr(source, buffer_text(&line)))
        return 0;
    diag_error(diag, path, 0, "%s",
               lang("The list was changed while it was read: put it back as it was, or check the "
                    "campaign again.",
                    "读取期间名单被改动：请恢复原样，或重新检查任务。"));
    return -EINVAL;
}

/* The number field for people: valid UTF-8, not long. */
static const char *recipients_raw(struct recipients *reader, const struct csvfile_row *from)
{
    size_t at = 0, length;
    const char *text;

    buffer_clear(&reader->raw);
    if (reader->number_column >= from->n)
        return "";
    text = from->values[reader->number_column];
    length = from->lengths[reader->number_column];
    while (at < length && reader->raw.length < RECIPIENTS_RAW_MAX) {
        size_t start = at;

        if (utf8_next(text, length, &at) < 0) {
            buffer_add_char(&reader->raw, '?');
            at++;
        } else {
            buffer_add(&reader->raw, text + start, at - start);
        }
    }
    return buffer_text(&reader->raw);
}

static void recipients_refuse(struct recipients *reader, const struct csvfile_row *from,
                              enum refusal why, struct recipient *row)
{
    row->refused = true;
    row->why = why;
    row->raw = recipients_raw(reader, from);
}

/* Renders and lays out the row's message into text and layout; 0 or an enum sms_text_error. */
static int recipients_render(struct recipients *reader, const struct csvfile_row *from)
{
    struct buffer spare = reader->last_text;

    reader->last_text = reader->text;
    reader->text = spare;
    template_render(reader->template, from->values, from->lengths, &reader->text);
    if (reader->text.length == reader->last_text.length && reader->text.length > 0 &&
        memcmp(reader->text.data, reader->last_text.data, reader->text.length) == 0)
        return reader->layout_error;
    reader->layout_error =
        sms_text_layout(buffer_text(&reader->text), reader->text.length,
                        (size_t)reader->campaign->sms.max_parts, &reader->layout);
    return reader->layout_error;
}

static void recipients_judge(struct recipients *reader, const struct csvfile_row *from,
                             struct recipient *row)
{
    int error;

    if (from->n != csvfile_columns(reader->file)->n) {
        recipients_refuse(reader, from, REFUSAL_COLUMNS, row);
        return;
    }
    if (from->bad) {
        recipients_refuse(reader, from, REFUSAL_TEXT, row);
        return;
    }
    row->phone_class = phone_parse(from->values[reader->number_column],
                                   from->lengths[reader->number_column], &row->number);
    if (row->phone_class != PHONE_MOBILE) {
        recipients_refuse(reader, from, REFUSAL_NUMBER, row);
        return;
    }
    if (numset_has(reader->seen, row->number)) {
        recipients_refuse(reader, from, REFUSAL_DUPLICATE, row);
        return;
    }
    error = recipients_render(reader, from);
    if (error) {
        recipients_refuse(reader, from,
                          error == SMS_TEXT_TOO_LONG ? REFUSAL_TOO_LONG : REFUSAL_TEXT, row);
        return;
    }
    (void)numset_add(reader->seen, row->number);
    row->route = operators_find(reader->office->operators, row->number);
    row->text = buffer_text(&reader->text);
    row->alphabet = reader->layout.alphabet;
    row->parts = (int)reader->layout.n_parts;
    row->has_gap = recipients_has_gap(reader, from);
    row->personal = recipients_is_personal(reader);
}

/* The next row of any source: 0, 1: no more, -errno. */
static int recipients_read(struct recipients *reader, struct csvfile_row *row, struct diag *diag)
{
    while (reader->order < reader->campaign->n_orders) {
        int rc = reader->file ? 0 : recipients_open_source(reader, diag);

        if (rc == 0)
            rc = csvfile_next(reader->file, row, diag);
        if (rc > 0)
            rc = recipients_check_list(reader, diag) ? -EINVAL : 1;
        if (rc <= 0)
            return rc;
        recipients_step(reader);
    }
    return 1;
}

int recipients_next(struct recipients *reader, struct recipient *row, struct diag *diag)
{
    struct csvfile_row from;

    *row = (struct recipient){0};
    if (reader->result == 0)
        reader->result = recipients_read(reader, &from, diag);
    if (reader->result != 0)
        return reader->result;
    row->order = reader->order;
    row->file = recipients_path(reader);
    row->line = from.line;
    row->reserve =
        reader->reserve || reader->accepted >= reader->campaign->orders[reader->order].quota;
    recipients_judge(reader, &from, row);
    if (!row->refused && !reader->reserve)
        reader->accepted++;
    return 0;
}

const char *recipients_reason(const struct recipient *row)
{
    switch (row->why) {
    case REFUSAL_NUMBER:
        return phone_class_reason(row->phone_class);
    case REFUSAL_DUPLICATE:
        return lang("This number is already among the recipients: nobody gets the message twice.",
                    "该号码前面已经出现过：同一号码只发一次。");
    case REFUSAL_TOO_LONG:
        return lang(
            "With this row's fields the message takes more parts than sms.max_parts allows: "
            "shorten the fields.",
            "代入本行内容后短信超过 sms.max_parts 条：请缩短该行内容。");
    case REFUSAL_TEXT:
        return lang(
            "A field of this row is damaged or contains control characters: correct the row "
            "and save the file as CSV UTF-8.",
            "本行有损坏的字符或控制字符：请改正后另存为“CSV UTF-8”。");
    case REFUSAL_COLUMNS:
        return lang("This row has more or fewer fields than the first line: look for a stray or "
                    "missing separator.",
                    "本行的字段数与首行不同：请检查多余或缺少的分隔符。");
    case REFUSALS:
        break;
    }
    return "";
}
