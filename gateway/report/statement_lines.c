/* statement_lines: messages by network, modem, SIM and day. See statement.h.
 * Runs: any. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/operators.h"
#include "gateway/report/statement_inside.h"

#define STATEMENT_SIM_DIGITS 4 /* of a masked one */

static const struct {
    const char *list, *name, *english, *chinese;
} statement_dimensions[STATEMENT_DIMENSIONS] = {
    [BY_OPERATOR] = {"operators", "operator", "Network", "运营商"},
    [BY_MODEM] = {"modems", "modem", "Modem", "短信设备"},
    [BY_SIM] = {"sims", "sim", "SIM", "SIM卡"},
    [BY_DAY] = {"days", "day", "Day", "日期"},
};

static struct statement_line *statement_line_of(struct statement_lines *lines, const char *unit,
                                                const char *id)
{
    for (size_t i = lines->n; i-- > 0;)
        if (strcmp(lines->lines[i].id, id) == 0 && strcmp(lines->lines[i].unit, unit) == 0)
            return &lines->lines[i];
    lines->lines = mem_grow(lines->lines, lines->n + 1, sizeof *lines->lines);
    lines->lines[lines->n] = (struct statement_line){0};
    snprintf(lines->lines[lines->n].id, sizeof lines->lines->id, "%s", id);
    snprintf(lines->lines[lines->n].unit, sizeof lines->lines->unit, "%s", unit);
    return &lines->lines[lines->n++];
}

static void statement_line_add(struct statement_line *line, const int64_t *n, const int64_t *parts)
{
    for (size_t state = 0; state < DELIVERY_STATES; state++) {
        statement_add(&line->states.n[state], n[state]);
        statement_add(&line->states.parts[state], parts[state]);
    }
}

static void statement_lines_finish(struct statement_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        struct statement_line *line = &lines->lines[i];

        line->planned = statement_sum(line->states.n, STATEMENT_ALL);
        line->parts = statement_sum(line->states.parts, STATEMENT_BILLED);
        line->parts_unknown = statement_sum(line->states.parts, STATEMENT_DOUBTED);
        for (size_t c = 0; c < STATEMENT_COLUMNS; c++)
            line->n[c] =
                statement_sum(line->states.n, statement_column_states((enum statement_column)c));
    }
}

static void statement_operator_id(int32_t route, char id[static 33])
{
    if (route >= 0 && route < PHONE_OPERATORS)
        snprintf(id, 33, "%s", phone_operator_name((enum phone_operator)route));
    else
        snprintf(id, 33, "#%d", (int)route);
}

/* "unknown" and what can't be come last. */
static int statement_operator_rank(const char *id)
{
    int route = phone_operator_parse(id, strlen(id));

    return route > 0 ? route : PHONE_OPERATORS - route;
}

static int statement_order_operators(const void *left, const void *right)
{
    const struct statement_line *a = left, *b = right;
    int order = statement_operator_rank(a->id) - statement_operator_rank(b->id);

    return order ? order : strcmp(a->id, b->id);
}

/* What no modem took comes last. */
static int statement_order_ids(const void *left, const void *right)
{
    const struct statement_line *a = left, *b = right;

    if (!a->id[0] || !b->id[0])
        return !a->id[0] - !b->id[0];
    return strcmp(a->id, b->id);
}

static void statement_build_operators(struct statement *statement,
                                      const struct statement_source *source)
{
    struct statement_lines *all = &statement->by[BY_OPERATOR];

    for (size_t i = 0; i < source->n_routes; i++) {
        const struct books_route *route = &source->routes[i];
        char id[33];

        statement_operator_id(route->route, id);
        statement_line_add(statement_line_of(all, "", id), route->n, route->parts);
        statement_line_add(statement_line_of(&statement->unit_operators, route->unit, id), route->n,
                           route->parts);
    }
    if (all->n)
        qsort(all->lines, all->n, sizeof *all->lines, statement_order_operators);
}

static void statement_day_id(int32_t day, char id[static 33])
{
    id[0] = '\0';
    if (day)
        snprintf(id, 33, "%04d-%02d-%02d", (int)(day / 10000), (int)(day / 100 % 100),
                 (int)(day % 100));
}

/* Modems stay in the order of the books, which knows that 9 comes before 10. */
static void statement_build_tallies(struct statement *statement,
                                    const struct statement_source *source)
{
    for (int taken = 1; taken >= 0; taken--)
        for (size_t i = 0; i < source->n_tallies; i++) {
            const struct books_tally *tally = &source->tallies[i];

            if ((tally->device[0] != '\0') == (taken == 1))
                statement_line_add(statement_line_of(&statement->by[BY_MODEM], "", tally->device),
                                   tally->n, tally->parts);
        }
    for (size_t i = 0; i < source->n_tallies; i++) {
        const struct books_tally *tally = &source->tallies[i];
        char day[33];

        statement_day_id(tally->day, day);
        statement_line_add(statement_line_of(&statement->by[BY_SIM], "", tally->sim), tally->n,
                           tally->parts);
        statement_line_add(statement_line_of(&statement->by[BY_DAY], "", day), tally->n,
                           tally->parts);
    }
    for (int i = BY_SIM; i <= BY_DAY; i++)
        if (statement->by[i].n)
            qsort(statement->by[i].lines, statement->by[i].n, sizeof *statement->by[i].lines,
                  statement_order_ids);
}

/* In the order of the units, whatever order the books have; strays stay behind them. */
static void statement_build_unit_days(struct statement *statement,
                                      const struct statement_source *source)
{
    struct statement_lines *lines = &statement->unit_days;

    for (size_t u = 0; u <= statement->n_units; u++) {
        size_t first = lines->n;

        for (size_t i = 0; i < source->n_unit_days; i++) {
            const struct books_unit_day *day = &source->unit_days[i];
            char id[33];

            if (u < statement->n_units ? strcmp(day->unit, statement->units[u].id) != 0
                                       : statement_has_unit(statement, day->unit))
                continue;
            statement_day_id(day->day, id);
            statement_line_add(statement_line_of(lines, day->unit, id), day->n, day->parts);
        }
        if (lines->n > first)
            qsort(lines->lines + first, lines->n - first, sizeof *lines->lines,
                  statement_order_ids);
    }
}

void statement_build_lines(struct statement *statement, const struct statement_source *source)
{
    statement_build_operators(statement, source);
    statement_build_tallies(statement, source);
    statement_build_unit_days(statement, source);
    for (size_t i = 0; i < STATEMENT_DIMENSIONS; i++)
        statement_lines_finish(&statement->by[i]);
    statement_lines_finish(&statement->unit_operators);
    statement_lines_finish(&statement->unit_days);
}

void statement_release_lines(struct statement *statement)
{
    for (size_t i = 0; i < STATEMENT_DIMENSIONS; i++)
        free(statement->by[i].lines);
    free(statement->unit_operators.lines);
    free(statement->unit_days.lines);
}

const char *statement_dimension_list(enum statement_dimension dimension)
{
    return statement_dimensions[dimension].list;
}

const char *statement_dimension_name(enum statement_dimension dimension)
{
    return statement_dimensions[dimension].name;
}

const char *statement_dimension_label(enum statement_dimension dimension)
{
    return lang(statement_dimensions[dimension].english, statement_dimensions[dimension].chinese);
}

/* "imsi:****0042": it is a SIM's number, as telling as the telephone's. */
void statement_line_id(const struct statement_line *line, enum statement_dimension dimension,
                       unsigned with, struct buffer *id)
{
    static const char imsi[] = "imsi:";
    size_t length = strlen(line->id), head = sizeof imsi - 1;

    buffer_clear(id);
    if (with & STATEMENT_NUMBERS || dimension != BY_SIM || strncmp(line->id, imsi, head) != 0) {
        buffer_add_text(id, line->id);
        return;
    }
    buffer_add_text(id, "imsi:****");
    if (length >= head + 2 * STATEMENT_SIM_DIGITS)
        buffer_add_text(id, line->id + length - STATEMENT_SIM_DIGITS);
}

void statement_line_label(const struct statement_line *line, enum statement_dimension dimension,
                          unsigned with, struct buffer *label)
{
    int route = dimension == BY_OPERATOR ? phone_operator_parse(line->id, strlen(line->id)) : -1;

    statement_line_id(line, dimension, with, label);
    if (route >= 0) {
        buffer_clear(label);
        buffer_add_text(label, phone_operator_label((enum phone_operator)route));
    } else if (!line->id[0]) {
        buffer_add_text(label, dimension == BY_DAY ? lang("not sent", "未发送")
                                                   : lang("no modem yet", "尚未交设备"));
    }
}
