/* statement_json: a statement for programs. See statement_print.h.
 * Runs: any. */
#include "gateway/model/campaign.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"

static void statement_put_columns(struct jv *object, const int64_t *n, int64_t planned,
                                  int64_t parts)
{
    jv_put(object, "planned", jv_int(planned));
    for (size_t i = 0; i < STATEMENT_COLUMNS; i++)
        jv_put(object, statement_column_name((enum statement_column)i), jv_int(n[i]));
    jv_put(object, "parts", jv_int(parts));
}

static void statement_put_figures(struct jv *object, const struct statement_unit *line)
{
    jv_put(object, "quota", jv_int(line->quota));
    statement_put_columns(object, line->n, line->planned, line->parts);
}

static struct jv *statement_json_lines(const struct statement *statement,
                                       enum statement_dimension dimension)
{
    BUFFER_FREE_LATER struct buffer id = BUFFER_NULL;
    const struct statement_lines *lines = &statement->by[dimension];
    struct jv *list = jv_array();

    for (size_t i = 0; i < lines->n; i++) {
        const struct statement_line *from = &lines->lines[i];
        struct jv *line = jv_object();

        statement_line_id(from, dimension, statement->with, &id);
        jv_put(line, statement_dimension_name(dimension), jv_string(buffer_text(&id)));
        statement_put_columns(line, from->n, from->planned, from->parts);
        jv_push(list, line);
    }
    return list;
}

static struct jv *statement_json_windows(const struct statement *statement)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < statement->n_windows; i++) {
        struct jv *window = jv_object();
        char text[FIGURE_ROOM];

        figure_iso(statement->windows[i].from_ms, text);
        jv_put(window, "from", jv_string(text));
        figure_iso(statement->windows[i].to_ms, text);
        jv_put(window, "to", jv_string(text));
        jv_push(list, window);
    }
    return list;
}

static struct jv *statement_json_units(const struct statement *statement)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < statement->n_units; i++) {
        struct jv *unit = jv_object();

        jv_put(unit, "unit", jv_string(statement->units[i].id));
        jv_put(unit, "name", jv_string(statement->units[i].name));
        statement_put_figures(unit, &statement->units[i]);
        jv_push(list, unit);
    }
    return list;
}

static struct jv *statement_json_groups(const struct statement *statement)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < statement->n_groups; i++) {
        const struct statement_group *from = &statement->groups[i];
        struct jv *group = jv_object(), *units = jv_array();

        jv_put(group, "unit", jv_string(from->sum.id));
        jv_put(group, "name", jv_string(from->sum.name));
        for (size_t k = 0; k < from->n_units; k++)
            jv_push(units, jv_string(statement->units[from->units[k]].id));
        jv_put(group, "units", units);
        statement_put_figures(group, &from->sum);
        jv_push(list, group);
    }
    return list;
}

static struct jv *statement_json_boards(const struct statement *statement)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < statement->n_boards; i++) {
        const struct statement_board *from = &statement->boards[i];
        struct jv *board = jv_object();

        jv_put(board, "board", jv_string(from->id));
        jv_put(board, "owner", jv_string(from->owner));
        jv_put(board, "slogans", jv_int(from->slogans));
        jv_put(board, "shown_seconds", jv_int(from->shown_ms / 1000));
        jv_put(board, "level", jv_int(from->level));
        jv_put(board, "showings", jv_int(from->showings));
        jv_put(board, "planned", jv_int(from->planned));
        jv_put(board, "place", jv_string(from->place));
        jv_put(board, "need", jv_int(from->need));
        jv_push(list, board);
    }
    return list;
}

static struct jv *statement_json_shown(const struct shown_days *shown)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < shown->n; i++) {
        const struct shown_day *from = &shown->days[i];
        struct jv *line = jv_object();

        jv_put(line, "board", jv_string(from->board));
        jv_put(line, "owner", jv_string(from->owner));
        jv_put(line, "slogan", jv_string(from->slogan));
        jv_put(line, "day", jv_string(from->day));
        jv_put(line, "seconds", jv_int(from->seconds));
        jv_put(line, "level", jv_int(from->level));
        jv_push(list, line);
    }
    return list;
}

static struct jv *statement_json_targets(const struct target_lines *targets)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < targets->n; i++) {
        const struct target_line *from = &targets->lines[i];
        struct jv *line = jv_object();

        jv_put(line, "unit", jv_string(from->unit));
        jv_put(line, "places", jv_int(from->places));
        jv_put(line, "places_reached", jv_int(from->places_reached));
        jv_put(line, "items", jv_int(from->items));
        jv_put(line, "items_reached", jv_int(from->items_reached));
        jv_put(line, "minutes", jv_int(from->minutes));
        jv_put(line, "minutes_reached", jv_int(from->minutes_reached));
        jv_put(line, "met", jv_bool(from->met));
        jv_push(list, line);
    }
    return list;
}

static struct jv *statement_json_notes(const struct books_notes *notes)
{
    struct jv *object = jv_object();

    jv_put(object, "reports_closed", jv_int(notes->closed));
    jv_put(object, "reports_unmatched", jv_int(notes->unmatched));
    jv_put(object, "refusing_numbers", jv_int(notes->refusals));
    return object;
}

struct jv *statement_to_json(const struct statement *statement)
{
    struct jv *document = jv_object(), *totals = jv_object();

    statement_put_figures(totals, &statement->totals);
    jv_put(document, "campaign", jv_string(statement->id));
    jv_put(document, "title", jv_string(statement->title));
    jv_put(document, "entered", jv_bool(statement->planned));
    jv_put(document, "counts", jv_string(statement->counts == COUNT_SENT ? "sent" : "delivered"));
    jv_put(document, "windows", statement_json_windows(statement));
    jv_put(document, "units", statement_json_units(statement));
    jv_put(document, "groups", statement_json_groups(statement));
    for (int i = 0; i < STATEMENT_DIMENSIONS; i++)
        if (i == BY_OPERATOR || statement->with & STATEMENT_MODEMS)
            jv_put(document, statement_dimension_list((enum statement_dimension)i),
                   statement_json_lines(statement, (enum statement_dimension)i));
    jv_put(document, "boards", statement_json_boards(statement));
    jv_put(document, "shown", statement_json_shown(&statement->shown));
    jv_put(document, "targets", statement_json_targets(&statement->targets));
    jv_put(document, "totals", totals);
    jv_put(document, "notes", statement_json_notes(&statement->notes));
    return document;
}
