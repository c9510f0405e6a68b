/* plan_boards_print: what is planned on the boards, for people and for programs. See plan_boards.h.
 * Runs: any (pure). */
#include "gateway/report/plan_boards.h"

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement.h"
#include "gateway/report/table.h"

#define PLAN_OWNER_COLUMNS 16 /* of an owner's name, which may be long */

static void plan_board_line(struct table *table, const struct plan_boards *plan, size_t i)
{
    const struct board *board = &plan->office->boards[i];
    const struct plan_board *line = &plan->boards[i];
    BUFFER_FREE_LATER struct buffer owner = BUFFER_NULL;
    char slogans[FIGURE_ROOM], slots[FIGURE_ROOM], shown[FIGURE_ROOM];

    table_put_text(&owner, plan->office->units[board->owner].name, PLAN_OWNER_COLUMNS, false);
    figure_count(line->slogans, slogans);
    figure_count(line->slots, slots);
    figure_span(line->shown_ms, shown);
    table_row(table, (const char *[]){board->id, buffer_text(&owner), slogans, slots, shown,
                                      statement_level_label((int)line->need),
                                      statement_level_label((int)line->most)});
}

static void plan_print_lines(const struct plan_boards *plan, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Board", "显示屏"), false, false},      {lang("Owner", "屏主"), false, false},
        {lang("Slogans", "标语数"), true, false},     {lang("Slots", "时段数"), true, false},
        {lang("h:mm:ss", "计划播放"), true, false},   {lang("Asked", "要求证明"), false, false},
        {lang("Provable", "可达证明"), false, false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < plan->office->n_boards; i++)
        if (plan->boards[i].slots)
            plan_board_line(table, plan, i);
    if (plan->campaign->n_orders) /* what is printed of them stands before it */
        fputc('\n', out);
    table_print(table, out);
    table_free(table);
    fputs(lang("h:mm:ss: so long slogans would be up, without the owners' quiet times and the\n"
               "turns of the campaigns that were named behind this one.\n",
               "计划播放时间已扣除屏主时段，以及命令中另列任务所占的轮次。\n"),
          out);
}

/* "2/3", or a dash when nothing is asked. */
static void plan_target_cell(int64_t planned, int64_t asked, char text[static FIGURE_ROOM])
{
    if (asked)
        snprintf(text, FIGURE_ROOM, "%lld/%lld", (long long)planned, (long long)asked);
    else
        snprintf(text, FIGURE_ROOM, "-");
}

static void plan_target_line(struct table *table, const struct plan_boards *plan, size_t i)
{
    const struct target *target = &plan->campaign->targets[i];
    const struct plan_target *planned = &plan->targets[i];
    BUFFER_FREE_LATER struct buffer unit = BUFFER_NULL;
    char text[3][FIGURE_ROOM];

    table_put_text(&unit,
                   target->unit < 0 ? lang("all", "全部") : plan->office->units[target->unit].name,
                   2 * PLAN_OWNER_COLUMNS, false);
    plan_target_cell(planned->places, target->places, text[0]);
    plan_target_cell(planned->items, target->items, text[1]);
    plan_target_cell(planned->shown_ms / 60000, target->minutes, text[2]);
    table_row(table, (const char *[]){buffer_text(&unit), text[0], text[1], text[2],
                                      plan_target_is_met(target, planned) ? lang("● yes", "● 是")
                                                                          : lang("✕ no", "✕ 否")});
}

static void plan_print_targets(const struct plan_boards *plan, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Target for", "考核对象"), false, false}, {lang("Places", "地点"), true, false},
        {lang("Slogans", "标语"), true, false},         {lang("Minutes", "分钟"), true, false},
        {lang("Enough", "计划够否"), false, false},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < plan->campaign->n_targets; i++)
        plan_target_line(table, plan, i);
    fputc('\n', out);
    table_print(table, out);
    table_free(table);
    fputs(lang("Planned/asked. Only what is proved on the day counts.\n",
               "计划/要求。执行当天只计核实过的播放。\n"),
          out);
}

void plan_boards_print(const struct plan_boards *plan, FILE *out)
{
    if (!plan->campaign->n_displays)
        return;
    plan_print_lines(plan, out);
    if (plan->campaign->n_targets)
        plan_print_targets(plan, out);
}

struct jv *plan_boards_json(const struct plan_boards *plan)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < plan->office->n_boards; i++) {
        const struct board *from = &plan->office->boards[i];
        const struct plan_board *line = &plan->boards[i];
        struct jv *board;

        if (!line->slots)
            continue;
        board = jv_object();
        jv_put(board, "board", jv_string(from->id));
        jv_put(board, "owner", jv_string(plan->office->units[from->owner].id));
        jv_put(board, "place", jv_string(from->place));
        jv_put(board, "slogans", jv_int(line->slogans));
        jv_put(board, "slots", jv_int(line->slots));
        jv_put(board, "shown_seconds", jv_int(line->shown_ms / 1000));
        jv_put(board, "level_asked", jv_int(line->need));
        jv_put(board, "level_most", jv_int(line->most));
        jv_push(list, board);
    }
    return list;
}

static struct jv *plan_pair(int64_t asked, int64_t planned)
{
    struct jv *pair = jv_object();

    jv_put(pair, "asked", jv_int(asked));
    jv_put(pair, "planned", jv_int(planned));
    return pair;
}

struct jv *plan_targets_json(const struct plan_boards *plan)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < plan->campaign->n_targets; i++) {
        const struct target *from = &plan->campaign->targets[i];
        const struct plan_target *planned = &plan->targets[i];
        struct jv *target = jv_object();

        jv_put(target, "unit",
               from->unit < 0 ? jv_null() : jv_string(plan->office->units[from->unit].id));
        jv_put(target, "places", plan_pair(from->places, planned->places));
        jv_put(target, "items", plan_pair(from->items, planned->items));
        jv_put(target, "minutes", plan_pair(from->minutes, planned->shown_ms / 60000));
        jv_put(target, "enough", jv_bool(plan_target_is_met(from, planned)));
        jv_push(list, target);
    }
    return list;
}
