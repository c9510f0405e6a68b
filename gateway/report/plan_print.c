/* plan_print: the plan for people, spreadsheets and programs. See plan_table.h.
 * Runs: any. */
#include <inttypes.h>

#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/plan_table.h"
#include "gateway/report/sheet.h"
#include "gateway/report/table.h"

enum { PLAN_CELLS = 9 };

static void plan_table_line(struct table *table, const char *name, const struct plan_unit *line)
{
    const int64_t figures[6] = {line->quota,     line->good,         line->reserve,
                                line->opted_out, plan_refused(line), line->parts};
    char text[6][FIGURE_ROOM], parts[FIGURE_ROOM];

    for (size_t i = 0; i < 6; i++)
        figure_count(figures[i], text[i]);
    if (line->parts_least == line->parts_most)
        snprintf(parts, sizeof parts, "%" PRId64, line->parts_most);
    else
        snprintf(parts, sizeof parts, "%" PRId64 "-%" PRId64, line->parts_least, line->parts_most);
    table_row(table, (const char *[PLAN_CELLS]){name, text[0], text[1], text[2], text[3], text[4],
                                                parts, text[5], plan_alphabet(line)});
}

static void plan_print_units(const struct plan *plan, FILE *out)
{
    const struct table_column columns[PLAN_CELLS] = {
        {lang("Unit", "单位"), false, false},
        {lang("Quota", "任务数"), true, false},
        {lang("Good", "可用号码"), true, false},
        {lang("Reserve", "备用"), true, false},
        {lang("Opted out", "已拒收"), true, true},
        {lang("Refused", "被拒绝"), true, false},
        {lang("Parts each", "每条计费条"), true, false},
        {lang("Parts", "计费条"), true, false},
        {lang("Alphabet", "编码"), false, false},
    };
    struct table *table = table_new(columns, PLAN_CELLS);

    for (size_t i = 0; i < plan->campaign->n_orders; i++)
        plan_table_line(table, plan->units[i].name, &plan->units[i]);
    table_rule(table);
    plan_table_line(table, lang("Total", "合计"), &plan->totals);
    table_print(table, out);
    table_free(table);
}

/* Nobody has seen the messages yet: here each unit's first one stands as people will get it. */
static void plan_print_samples(const struct plan *plan, FILE *out)
{
    for (size_t i = 0; i < plan->campaign->n_orders; i++) {
        const struct plan_unit *unit = &plan->units[i];
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

        if (!unit->sample)
            continue;
        table_put_text(&text, unit->sample, SIZE_MAX, false);
        fprintf(out,
                lang("\n%s, first message (%zu characters; parts: %d):\n  %s\n",
                     "\n%s，第一条短信（%zu 字，计费 %d 条）：\n  %s\n"),
                unit->name, unit->sample_length, unit->sample_parts, buffer_text(&text));
    }
}

static void plan_print_refused(const struct plan *plan, FILE *out)
{
    struct table_column columns[1 + REFUSALS] = {{lang("Refused", "被拒绝的行"), false, false}};
    struct table *table;

    for (size_t i = 0; i < REFUSALS; i++)
        columns[1 + i] = (struct table_column){plan_refusal_label((enum refusal)i), true, true};
    table = table_new(columns, 1 + REFUSALS);
    for (size_t i = 0; i < plan->campaign->n_orders; i++) {
        const char *cells[1 + REFUSALS] = {plan->units[i].name};
        char text[REFUSALS][FIGURE_ROOM];

        for (size_t k = 0; k < REFUSALS; k++) {
            figure_count(plan->units[i].refused[k], text[k]);
            cells[1 + k] = text[k];
        }
        if (plan_refused(&plan->units[i]))
            table_row(table, cells);
    }
    fputc('\n', out);
    table_print(table, out);
    table_free(table);
}

void plan_print_table(const struct plan *plan, FILE *out)
{
    if (plan->campaign->n_orders) {
        plan_print_units(plan, out);
        if (plan_refused(&plan->totals))
            plan_print_refused(plan, out);
        plan_print_samples(plan, out);
    }
    plan_boards_print(plan->boards, out);
}

static void plan_csv_line(const struct plan_unit *line, const char *name, FILE *out)
{
    enum { FIGURES = 6 + REFUSALS, CELLS = FIGURES + 4 };
    int64_t figures[FIGURES] = {line->quota, line->good, line->reserve};
    char text[FIGURES][FIGURE_ROOM], opted_out[FIGURE_ROOM];
    const char *cells[CELLS] = {line->id, name, [CELLS - 2] = plan_alphabet(line),
                                [CELLS - 1] = opted_out};

    snprintf(opted_out, sizeof opted_out, "%" PRId64, line->opted_out);

    for (size_t i = 0; i < REFUSALS; i++)
        figures[3 + i] = line->refused[i];
    figures[FIGURES - 3] = line->parts_least;
    figures[FIGURES - 2] = line->parts_most;
    figures[FIGURES - 1] = line->parts;
    for (size_t i = 0; i < FIGURES; i++) {
        snprintf(text[i], FIGURE_ROOM, "%" PRId64, figures[i]);
        cells[2 + i] = text[i];
    }
    sheet_row(out, cells, CELLS);
}

void plan_print_csv(const struct plan *plan, FILE *out)
{
    const char *cells[10 + REFUSALS] = {lang("Unit id", "单位代号"), lang("Unit", "单位"),
                                        lang("Quota", "任务数"), lang("Good", "可用号码"),
                                        lang("Reserve", "备用")};

    for (size_t i = 0; i < REFUSALS; i++)
        cells[5 + i] = plan_refusal_label((enum refusal)i);
    cells[5 + REFUSALS] = lang("Parts, least", "最少计费条");
    cells[6 + REFUSALS] = lang("Parts, most", "最多计费条");
    cells[7 + REFUSALS] = lang("Parts", "计费条");
    cells[8 + REFUSALS] = lang("Alphabet", "编码");
    cells[9 + REFUSALS] = lang("Opted out", "已拒收");
    sheet_begin(out);
    sheet_row(out, cells, 10 + REFUSALS);
    for (size_t i = 0; i < plan->campaign->n_orders; i++)
        plan_csv_line(&plan->units[i], plan->units[i].name, out);
    plan_csv_line(&plan->totals, lang("Total", "合计"), out);
}

static void plan_put_figures(struct jv *object, const struct plan_unit *line)
{
    struct jv *refused = jv_object();

    for (size_t i = 0; i < REFUSALS; i++)
        jv_put(refused, plan_refusal_name((enum refusal)i), jv_int(line->refused[i]));
    jv_put(object, "quota", jv_int(line->quota));
    jv_put(object, "good", jv_int(line->good));
    jv_put(object, "reserve", jv_int(line->reserve));
    jv_put(object, "opted_out", jv_int(line->opted_out));
    jv_put(object, "refused", refused);
    jv_put(object, "parts_min", jv_int(line->parts_least));
    jv_put(object, "parts_max", jv_int(line->parts_most));
    jv_put(object, "parts", jv_int(line->parts));
    jv_put(object, "alphabet", jv_string(plan_alphabet(line)));
    jv_put(object, "empty_fields", jv_int(line->gaps));
    jv_put(object, "double_refusals", jv_int(line->double_refusals));
}

static struct jv *plan_json_sample(const struct plan_unit *unit)
{
    struct jv *sample;

    if (!unit->sample)
        return jv_null();
    sample = jv_object();
    jv_put(sample, "text", jv_string(unit->sample));
    jv_put(sample, "characters", jv_int((int64_t)unit->sample_length));
    jv_put(sample, "parts", jv_int(unit->sample_parts));
    return sample;
}

struct jv *plan_to_json(const struct plan *plan)
{
    struct jv *document = jv_object(), *units = jv_array(), *totals = jv_object();

    for (size_t i = 0; i < plan->campaign->n_orders; i++) {
        struct jv *unit = jv_object();

        jv_put(unit, "unit", jv_string(plan->units[i].id));
        jv_put(unit, "name", jv_string(plan->units[i].name));
        plan_put_figures(unit, &plan->units[i]);
        jv_put(unit, "sample", plan_json_sample(&plan->units[i]));
        jv_push(units, unit);
    }
    plan_put_figures(totals, &plan->totals);
    jv_put(document, "campaign", jv_string(plan->campaign->id));
    jv_put(document, "title", jv_string(plan->campaign->title));
    jv_put(document, "units", units);
    jv_put(document, "boards", plan_boards_json(plan->boards));
    jv_put(document, "targets", plan_targets_json(plan->boards));
    jv_put(document, "totals", totals);
    jv_put(document, "modems", jv_int((int64_t)plan->office->n_modems));
    jv_put(document, "window_seconds", jv_int(plan_window_ms(plan) / 1000));
    return document;
}
