/* statement_check: do the figures of a statement add up? See statement.h.
 * Runs: any (pure).
 *
 * Every figure that can be printed is the sum of others, or one of several that make a sum:
 * whichever of them is wrong, some sum doesn't hold. The first one that doesn't is named. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/report/statement_inside.h"

struct statement_check {
    const struct statement *statement;
    char *why;
    size_t why_size;
};

/* What units and lines have in common. */
struct statement_figures {
    const char *name;
    int64_t planned, parts, parts_unknown;
    const int64_t *n;
    const struct statement_states *states;
};

static struct statement_figures statement_unit_figures(const struct statement_unit *unit,
                                                       const char *name)
{
    return (struct statement_figures){name,    unit->planned, unit->parts, unit->parts_unknown,
                                      unit->n, &unit->states};
}

#define STATEMENT_NAME 170

/* As people know it and as files do: "市法宣办 (city)". */
static const char *statement_call(const struct statement_unit *unit,
                                  char name[static STATEMENT_NAME])
{
    snprintf(name, STATEMENT_NAME, lang("%s (%s)", "%s（%s）"), unit->name, unit->id);
    return name;
}

static bool statement_check_signs(const struct statement_check *check,
                                  const struct statement_figures *line)
{
    for (int state = 0; state < DELIVERY_STATES; state++)
        if (line->states->n[state] < 0 || line->states->parts[state] < 0) {
            snprintf(check->why, check->why_size,
                     lang("%s: the state \"%s\" is negative.", "%s：状态“%s”为负数。"), line->name,
                     delivery_state_label((enum delivery_state)state));
            return false;
        }
    return true;
}

static bool statement_check_columns(const struct statement_check *check,
                                    const struct statement_figures *line)
{
    int64_t sum = 0;

    for (size_t i = 0; i < STATEMENT_COLUMNS; i++) {
        enum statement_column column = (enum statement_column)i;

        if (line->n[i] != statement_sum(line->states->n, statement_column_states(column))) {
            snprintf(check->why, check->why_size,
                     lang("%s: the column %s is not the sum of its states.",
                          "%s：“%s”一栏不等于其各状态之和。"),
                     line->name, statement_column_label(column));
            return false;
        }
        statement_add(&sum, line->n[i]);
    }
    if (sum == line->planned)
        return true;
    snprintf(check->why, check->why_size,
             lang("%s: the columns make %lld, but %lld messages are planned.",
                  "%s：各栏合计 %lld 条，但计划为 %lld 条。"),
             line->name, (long long)sum, (long long)line->planned);
    return false;
}

static bool statement_check_parts(const struct statement_check *check,
                                  const struct statement_figures *line)
{
    if (line->parts == statement_sum(line->states->parts, STATEMENT_BILLED) &&
        line->parts_unknown == statement_sum(line->states->parts, STATEMENT_DOUBTED))
        return true;
    snprintf(check->why, check->why_size,
             lang("%s: the parts are not the sum of those of the states.",
                  "%s：计费条不等于各状态计费条之和。"),
             line->name);
    return false;
}

static bool statement_check_line(const struct statement_check *check,
                                 const struct statement_figures *line)
{
    return statement_check_signs(check, line) && statement_check_columns(check, line) &&
           statement_check_parts(check, line);
}

static void statement_add_states(struct statement_states *sum,
                                 const struct statement_states *states)
{
    for (size_t state = 0; state < DELIVERY_STATES; state++) {
        statement_add(&sum->n[state], states->n[state]);
        statement_add(&sum->parts[state], states->parts[state]);
    }
}

/* where: "The lines by day". */
static bool statement_check_sum(const struct statement_check *check, const char *where,
                                const struct statement_states *sum,
                                const struct statement_states *whole)
{
    for (int state = 0; state < DELIVERY_STATES; state++) {
        if (sum->n[state] == whole->n[state] && sum->parts[state] == whole->parts[state])
            continue;
        snprintf(check->why, check->why_size,
                 lang("%s: of \"%s\" there are %lld messages in %lld parts, but it must be %lld "
                      "in %lld.",
                      "%s：“%s”合计 %lld 条（计费 %lld 条），应为 %lld 条（计费 %lld 条）。"),
                 where, delivery_state_label((enum delivery_state)state), (long long)sum->n[state],
                 (long long)sum->parts[state], (long long)whole->n[state],
                 (long long)whole->parts[state]);
        return false;
    }
    return true;
}

static bool statement_check_units(const struct statement_check *check)
{
    const struct statement *statement = check->statement;
    const struct statement_unit *totals = &statement->totals;
    struct statement_figures line = statement_unit_figures(totals, lang("Total", "合计"));
    struct statement_states sum = {0};
    int64_t quota = 0;

    for (size_t u = 0; u < statement->n_units; u++) {
        const struct statement_unit *unit = &statement->units[u];
        char name[STATEMENT_NAME];
        struct statement_figures figures = statement_unit_figures(unit, statement_call(unit, name));

        if (!statement_check_line(check, &figures))
            return false;
        statement_add(&quota, unit->quota);
        statement_add_states(&sum, &unit->states);
    }
    if (!statement_check_line(check, &line) ||
        !statement_check_sum(check, lang("The units", "各单位"), &sum, &totals->states))
        return false;
    if (quota == totals->quota &&
        memcmp(statement->by_state, sum.n, sizeof statement->by_state) == 0)
        return true;
    snprintf(check->why, check->why_size, "%s",
             lang("The totals are not the sum of the units.", "合计不等于各单位之和。"));
    return false;
}

static bool statement_check_group(const struct statement_check *check,
                                  const struct statement_group *group)
{
    BUFFER_FREE_LATER struct buffer label = BUFFER_NULL;
    struct statement_states sum = {0};
    struct statement_figures figures;
    int64_t quota = 0;

    statement_group_label(group, &label);
    figures = statement_unit_figures(&group->sum, buffer_text(&label));
    for (size_t i = 0; i < group->n_units; i++) {
        const struct statement_unit *unit = &check->statement->units[group->units[i]];

        statement_add(&quota, unit->quota);
        statement_add_states(&sum, &unit->states);
    }
    if (!statement_check_line(check, &figures) ||
        !statement_check_sum(check, figures.name, &sum, &group->sum.states))
        return false;
    if (quota == group->sum.quota)
        return true;
    snprintf(
        check->why, check->why_size,
        lang("%s: the quotas make %lld, but %lld is told.", "%s：任务数合计 %lld，但所列为 %lld。"),
        figures.name, (long long)quota, (long long)group->sum.quota);
    return false;
}

static bool statement_check_groups(const struct statement_check *check)
{
    const struct statement *statement = check->statement;

    for (size_t i = 0; i < statement->n_groups; i++)
        if (!statement_check_group(check, &statement->groups[i]))
            return false;
    if (!statement->stray[0])
        return true;
    snprintf(check->why, check->why_size,
             lang("The books say that the unit %s is below itself, or below a unit that isn't "
                  "there.",
                  "账本称单位 %s 隶属于自身，或隶属于不存在的单位。"),
             statement->stray);
    return false;
}

/* Lines of one unit, or of all. */
static bool statement_check_lines(const struct statement_check *check,
                                  const struct statement_lines *lines,
                                  enum statement_dimension dimension, const char *unit,
                                  struct statement_states *sum)
{
    BUFFER_FREE_LATER struct buffer name = BUFFER_NULL;

    for (size_t i = 0; i < lines->n; i++) {
        const struct statement_line *line = &lines->lines[i];
        struct statement_figures figures = {
            NULL, line->planned, line->parts, line->parts_unknown, line->n, &line->states};

        if (strcmp(line->unit, unit) != 0)
            continue;
        statement_line_label(line, dimension, 0, &name);
        if (unit[0])
            buffer_printf(&name, " (%s)", unit);
        figures.name = buffer_text(&name);
        if (!statement_check_line(check, &figures))
            return false;
        statement_add_states(sum, &line->states);
    }
    return true;
}

static bool statement_check_dimension(const struct statement_check *check,
                                      enum statement_dimension dimension)
{
    struct statement_states sum = {0};
    char where[96];

    snprintf(where, sizeof where, lang("The lines by \"%s\"", "按“%s”统计"),
             statement_dimension_label(dimension));
    return statement_check_lines(check, &check->statement->by[dimension], dimension, "", &sum) &&
           statement_check_sum(check, where, &sum, &check->statement->totals.states);
}

static bool statement_check_unit(const struct statement_check *check,
                                 const struct statement_unit *unit,
                                 const struct statement_lines *lines,
                                 enum statement_dimension dimension)
{
    struct statement_states sum = {0};
    char where[256], name[STATEMENT_NAME];

    snprintf(where, sizeof where, lang("%s by \"%s\"", "%s按“%s”统计"), statement_call(unit, name),
             statement_dimension_label(dimension));
    return statement_check_lines(check, lines, dimension, unit->id, &sum) &&
           statement_check_sum(check, where, &sum, &unit->states);
}

static bool statement_check_unit_lines(const struct statement_check *check,
                                       const struct statement_lines *lines,
                                       enum statement_dimension dimension)
{
    const struct statement *statement = check->statement;

    for (size_t u = 0; u < statement->n_units; u++)
        if (!statement_check_unit(check, &statement->units[u], lines, dimension))
            return false;
    for (size_t i = 0; i < lines->n; i++)
        if (!statement_has_unit(statement, lines->lines[i].unit)) {
            snprintf(check->why, check->why_size,
                     lang("There are messages of %s, which is no unit of this campaign.",
                          "有 %s 的短信，但它不是本任务的单位。"),
                     lines->lines[i].unit);
            return false;
        }
    return true;
}

/* Units come first: where one of their figures is wrong, the totals are wrong too. */
static bool statement_check_dimensions(const struct statement_check *check)
{
    const struct statement *statement = check->statement;

    if (!statement_check_unit_lines(check, &statement->unit_operators, BY_OPERATOR))
        return false;
    if (statement->with & STATEMENT_UNIT_DAYS &&
        !statement_check_unit_lines(check, &statement->unit_days, BY_DAY))
        return false;
    for (int i = 0; i < STATEMENT_DIMENSIONS; i++)
        if ((i == BY_OPERATOR || statement->with & STATEMENT_MODEMS) &&
            !statement_check_dimension(check, (enum statement_dimension)i))
            return false;
    return true;
}

/* The days of a board, and its line. */
static bool statement_check_board(const struct statement_check *check,
                                  const struct statement_board *board, size_t *at)
{
    const struct shown_days *shown = &check->statement->shown;
    int64_t sum = 0;

    for (; *at < shown->n && strcmp(shown->days[*at].board, board->id) == 0; ++*at)
        statement_add(&sum, shown->days[*at].ms);
    if (sum == board->shown_ms)
        return true;
    snprintf(check->why, check->why_size,
             lang("%s: the days make %lld ms of shown time, but the books count %lld.",
                  "%s：各日播放时长合计 %lld 毫秒，但账本为 %lld 毫秒。"),
             board->id, (long long)sum, (long long)board->shown_ms);
    return false;
}

/* Both come in the order of the books. */
static bool statement_check_boards(const struct statement_check *check)
{
    const struct statement *statement = check->statement;
    size_t at = 0;

    for (size_t i = 0; i < statement->n_boards; i++)
        if (!statement_check_board(check, &statement->boards[i], &at))
            return false;
    if (at == statement->shown.n)
        return true;
    snprintf(check->why, check->why_size,
             lang("%s has shown something and is no board of this campaign.",
                  "%s 有播放记录，但不是本任务的显示屏。"),
             statement->shown.days[at].board);
    return false;
}

bool statement_adds_up(const struct statement *statement, char *why, size_t why_size)
{
    const struct statement_check check = {statement, why, why_size};

    return statement_is_sane(statement, why, why_size) && statement_check_units(&check) &&
           statement_check_groups(&check) && statement_check_dimensions(&check) &&
           statement_check_boards(&check);
}
