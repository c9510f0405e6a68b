/* operators_file: prefixes and ported numbers as CSV files. See operators_file.h.
 * Runs: loop. */
#include "gateway/config/operators_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/lang.h"
#include "gateway/config/chartext.h"
#include "gateway/config/csvfile.h"
#include "gateway/model/phone.h"

#define OPERATORS_FILE_FINDINGS 1000 /* wrong rows that are told; more say nothing new */
#define OPERATORS_FILE_SHOWN    40   /* bytes of a field in a message */

struct operators_file {
    const char *path;
    struct operators *operators;
    struct diag *diag;
    struct csvfile *csv;
    size_t key, network; /* columns */
    void (*add)(struct operators_file *file, const struct csvfile_row *row, enum phone_operator id);
    size_t before; /* findings that were there */
};

static const char *const operators_file_prefixes[] = {"prefix", "号段", "前缀", NULL};
static const char *const operators_file_numbers[] = {
    "手机", "手机号", "手机号码", "号码", "phone", "mobile", "number", "msisdn", NULL};
static const char *const operators_file_networks[] = {"operator", "运营商", "network", "网络",
                                                      NULL};

/* The column that has one of the names; 0, or 1 with an error in diag. */
static int operators_file_column(struct operators_file *file, const char *const *names, size_t *at)
{
    const struct option_strings *columns = csvfile_columns(file->csv);

    for (*at = 0; *at < columns->n; ++*at)
        for (size_t i = 0; names[i]; i++)
            if (strcasecmp(columns->items[*at], names[i]) == 0)
                return 0;
    diag_error(file->diag, file->path, 1,
               lang("No column is called %s (or %s): the first line must name the columns.",
                    "没有名为 %s（或 %s）的列：第一行应为列名。"),
               names[0], names[1]);
    return 1;
}

#define operators_file_error(file, row, ...)                                                       \
    diag_error((file)->diag, (file)->path, (int)(row)->line, __VA_ARGS__)

/* For messages; the row's fields are UTF-8 here. */
static int operators_file_shown(const struct csvfile_row *row, size_t column)
{
    size_t length = row->lengths[column];

    if (length > OPERATORS_FILE_SHOWN)
        for (length = OPERATORS_FILE_SHOWN; (row->values[column][length] & 0xC0) == 0x80;)
            length--;
    return (int)length;
}

static void operators_file_add_prefix(struct operators_file *file, const struct csvfile_row *row,
                                      enum phone_operator id)
{
    char *prefix = chartext_trim(row->values[file->key], row->lengths[file->key]);
    int error = operators_add_prefix(file->operators, prefix, id);

    free(prefix);
    if (error == OPERATORS_PREFIX)
        operators_file_error(file, row,
                             lang("\"%.*s\" is no prefix: write 3 to 7 digits that begin with 1, "
                                  "such as 139 or 1703, one prefix a row.",
                                  "“%.*s”不是号段：请写以 1 开头的 3 到 7 位数字，例如 139 或 "
                                  "1703，每行一个。"),
                             operators_file_shown(row, file->key), row->values[file->key]);
    else if (error)
        operators_file_error(file, row,
                             lang("The prefix %.*s stands here for the second time: keep one row.",
                                  "号段 %.*s 重复：请只保留一行。"),
                             operators_file_shown(row, file->key), row->values[file->key]);
}

static void operators_file_add_number(struct operators_file *file, const struct csvfile_row *row,
                                      enum phone_operator id)
{
    int64_t number = 0;
    enum phone_class class = phone_parse(row->values[file->key], row->lengths[file->key], &number);

    if (class != PHONE_MOBILE) {
        operators_file_error(file, row, "%s", phone_class_reason(class));
        return;
    }
    /* The same again harms nothing. */
    if (operators_add_ported(file->operators, number, id) == OPERATORS_TWICE &&
        operators_find(file->operators, number) != id)
        operators_file_error(file, row, "%s",
                             lang("This number stands in an earlier row with another operator: "
                                  "keep the row that is right.",
                                  "该号码在前面的行里属于另一家运营商：请只保留正确的一行。"));
}

static void operators_file_take(struct operators_file *file, const struct csvfile_row *row)
{
    int id;

    if (row->n != csvfile_columns(file->csv)->n) {
        operators_file_error(file, row, "%s",
                             lang("This row has more or fewer fields than the first line: look for "
                                  "a stray or missing separator.",
                                  "本行的字段数与首行不同：请检查多余或缺少的分隔符。"));
        return;
    }
    if (row->bad) {
        operators_file_error(file, row, "%s",
                             lang("This row has damaged characters: correct it and save the file "
                                  "as CSV UTF-8.",
                                  "本行有损坏的字符：请改正后另存为“CSV UTF-8”。"));
        return;
    }
    id = phone_operator_parse(row->values[file->network], row->lengths[file->network]);
    if (id < 0)
        operators_file_error(file, row,
                             lang("\"%.*s\" is no operator: write mobile, unicom, telecom, "
                                  "broadnet or unknown.",
                                  "“%.*s”不是运营商：请写 移动、联通、电信、广电 或 未知。"),
                             operators_file_shown(row, file->network), row->values[file->network]);
    else
        file->add(file, row, (enum phone_operator)id);
}

static bool operators_file_is_comment(const struct csvfile_row *row)
{
    return row->n > 0 && row->lengths[0] > 0 && row->values[0][0] == '#';
}

/* 0: go on, 1: to the end, -errno. */
static int operators_file_next(struct operators_file *file)
{
    struct csvfile_row row;
    int rc = csvfile_next(file->csv, &row, file->diag);

    if (rc)
        return rc;
    if (!operators_file_is_comment(&row))
        operators_file_take(file, &row);
    if (file->diag->n - file->before < OPERATORS_FILE_FINDINGS)
        return 0;
    operators_file_error(file, &row, "%s",
                         lang("Too many rows are wrong: what follows was not looked at.",
                              "错误行太多：后面的内容未检查。"));
    return 1;
}

static int operators_file_run(struct operators_file *file, const char *const *keys)
{
    size_t errors = file->diag->errors;
    int rc;

    file->before = file->diag->n;
    if (csvfile_open(file->path, file->diag, &file->csv) < 0)
        return 1;
    if (operators_file_column(file, keys, &file->key) == 0 &&
        operators_file_column(file, operators_file_networks, &file->network) == 0)
        do
            rc = operators_file_next(file);
        while (rc == 0);
    csvfile_close(file->csv);
    return file->diag->errors > errors;
}

int operators_file_read(const char *path, struct operators *operators, struct diag *diag)
{
    struct operators_file file = {
        .path = path, .operators = operators, .diag = diag, .add = operators_file_add_prefix};

    return operators_file_run(&file, operators_file_prefixes);
}

int operators_file_read_ported(const char *path, struct operators *operators, struct diag *diag)
{
    struct operators_file file = {
        .path = path, .operators = operators, .diag = diag, .add = operators_file_add_number};

    return operators_file_run(&file, operators_file_numbers);
}
