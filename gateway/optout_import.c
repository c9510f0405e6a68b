/* optout_import: lists of numbers that want no messages. See optout.h.
 * Runs: any (blocks).
 *
 * A chunk of rows is one transaction, so that a list of thousands takes seconds and holds nobody
 * up. What was entered stays when a later row is wrong. */
#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/config/csvfile.h"
#include "gateway/config/recipients.h"
#include "gateway/optout.h"
#include "gateway/report/figure.h"

#define OPTOUT_CHUNK  1000
#define OPTOUT_WRONGS 20 /* told with their reasons */

struct optout_list {
    const struct optout_job *job;
    struct csvfile *file;
    size_t column;
    struct diag diag;
    struct optout_road road;
    int64_t numbers[OPTOUT_CHUNK];
    size_t n;
    int64_t fresh, known, wrong, suppressed;
};

static int optout_list_send(struct optout_list *list)
{
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = list->numbers,
                                      .n = list->n,
                                      .source = REFUSAL_IMPORT,
                                      .note = list->job->note ? list->job->note : ""}};
    int result = list->n ? optout_road_send(&list->road, &op) : COMMAND_FINE;

    if (result != COMMAND_FINE)
        return result;
    list->fresh += (int64_t)op.refuse.changed;
    list->known += (int64_t)(list->n - op.refuse.changed);
    list->suppressed += op.refuse.suppressed;
    list->n = 0;
    return COMMAND_FINE;
}

/* The line and the reason say enough: no number is printed. */
static void optout_list_refuse(struct optout_list *list, const struct csvfile_row *row,
                               const char *reason)
{
    if (list->wrong++ < OPTOUT_WRONGS)
        diag_warning(&list->diag, list->job->file, (int)row->line, "%s", reason);
}

static int optout_list_take(struct optout_list *list, const struct csvfile_row *row)
{
    enum phone_class class;
    int64_t number;

    if (row->n != csvfile_columns(list->file)->n || row->bad) {
        optout_list_refuse(list, row,
                           lang("This row is damaged, or has more or fewer fields than the first "
                                "line: correct it.",
                                "本行有损坏的字符，或字段数与首行不同：请改正。"));
        return COMMAND_FINE;
    }
    class = phone_parse(row->values[list->column], row->lengths[list->column], &number);
    if (class != PHONE_MOBILE) {
        optout_list_refuse(list, row, phone_class_reason(class));
        return COMMAND_FINE;
    }
    list->numbers[list->n++] = number;
    return list->n == OPTOUT_CHUNK ? optout_list_send(list) : COMMAND_FINE;
}

static int optout_list_read(struct optout_list *list)
{
    const char *path = list->job->file;
    struct csvfile_row row;
    int result = COMMAND_FINE, rc;

    if (csvfile_open(path, &list->diag, &list->file) < 0 ||
        recipients_find_number(csvfile_columns(list->file), path, &list->diag, &list->column) < 0)
        return COMMAND_REFUSED;
    while (result == COMMAND_FINE && (rc = csvfile_next(list->file, &row, &list->diag)) == 0)
        result = optout_list_take(list, &row);
    if (result == COMMAND_FINE)
        result = optout_list_send(list);
    return result == COMMAND_FINE && rc < 0 ? COMMAND_REFUSED : result;
}

static void optout_list_tell(const struct optout_list *list)
{
    const int64_t figures[] = {list->fresh, list->known, list->wrong, list->suppressed};
    char text[4][FIGURE_ROOM];

    for (size_t i = 0; i < 4; i++)
        figure_count(figures[i], text[i]);
    printf(lang("New: %s. Known before: %s. Wrong rows: %s. Open messages suppressed: %s.\n",
                "新登记 %s 个，此前已登记 %s 个，错误 %s 行，取消待发短信 %s 条。\n"),
           text[0], text[1], text[2], text[3]);
    if (list->wrong > OPTOUT_WRONGS)
        fprintf(stderr,
                lang("lawcast optout: only the first %d wrong rows were named.\n",
                     "lawcast optout：只列出了前 %d 个错误行。\n"),
                OPTOUT_WRONGS);
}

int optout_import(const struct optout_job *job)
{
    struct optout_list *list = mem_new(struct optout_list);
    int result;

    list->job = list->road.job = job;
    result = optout_list_read(list);
    optout_road_close(&list->road);
    diag_print(&list->diag, stderr);
    if (result == COMMAND_FINE || list->fresh || list->known)
        optout_list_tell(list);
    if (result == COMMAND_FINE && list->wrong)
        result = COMMAND_REFUSED;
    csvfile_close(list->file);
    diag_free(&list->diag);
    free(list);
    return result;
}
