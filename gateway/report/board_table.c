/* board_table: how every board stands and what is on it. See board_table.h.
 * Runs: any. */
#include "gateway/report/board_table.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/idmap.h"
#include "gateway/model/quiet.h"
#include "adapters/display/board_why.h"
#include "gateway/report/figure.h"
#include "gateway/report/fold.h"
#include "gateway/report/statement.h"
#include "gateway/report/table.h"

#define BOARD_TABLE_CELL   512
#define BOARD_TABLE_INDENT 2 /* of what is said below a board's line */

enum {
    BOARD_TABLE_OWNER = 8,    /* the least columns of an owner's name, which may be long */
    BOARD_TABLE_FIGURES = 19, /* shown today, last answer */
    BOARD_TABLE_GAPS = 10,    /* between six columns */
};

struct board_row {
    struct books_board_state state; /* id "" where the books have none */
    char *up;                       /* the slogan that is on it, or NULL */
};

struct board_table {
    const struct office *office;
    struct board_row *rows; /* one per board of the office */
    int64_t told_ms;        /* the youngest of them; 0: none */
    int64_t now_ms;
};

struct board_table_search {
    struct board_table *table;
    struct idmap *ids;
};

/* Boards that the configuration has no more are left out. */
static int board_table_take(void *ctx, const struct books_board_state *state)
{
    struct board_table_search *search = ctx;
    int64_t i = idmap_find(search->ids, state->id);
    struct board_row *row;

    if (i < 0)
        return 0;
    row = &search->table->rows[i];
    row->state = *state;
    row->up = *state->up ? mem_dup(state->up) : NULL;
    row->state.up = NULL;
    if (state->told_ms > search->table->told_ms)
        search->table->told_ms = state->told_ms;
    return 0;
}

int board_table_read(struct board_table **out, const struct office *office, struct books *books,
                     int64_t now_ms)
{
    struct board_table *table = mem_new(struct board_table);
    struct board_table_search search = {table, idmap_new()};
    int rc = 0;

    table->office = office;
    table->now_ms = now_ms;
    table->rows = mem_array(office->n_boards ? office->n_boards : 1, struct board_row);
    for (size_t i = 0; i < office->n_boards; i++)
        idmap_add(search.ids, office->boards[i].id, (int64_t)i);
    if (books)
        rc = books_board_states(books, now_ms, board_table_take, &search);
    idmap_free(search.ids);
    *out = table;
    if (rc) {
        board_table_free(table);
        *out = NULL;
    }
    return rc;
}

void board_table_free(struct board_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->office->n_boards; i++)
        free(table->rows[i].up);
    free(table->rows);
    free(table);
}

static bool board_table_is_quiet(const struct board_table *table, size_t i)
{
    return quiet_at(&table->office->boards[i].quiet, table->now_ms);
}

/* A state that nobody keeps up is none; a release lasts, and so do the clock's quiet times. */
static const char *board_table_state(const struct board_table *table, size_t i, bool live)
{
    const struct books_board_state *state = &table->rows[i].state;

    if (state->released)
        return live && state->state == LANE_DOWN ? lang("released, down", "已交还，无应答")
                                                 : lang("released", "已交还屏主");
    if (!live || !state->told_ms)
        return "-";
    if (state->state == LANE_DOWN)
        return lang("down", "无应答");
    if (state->sight.power == POWER_ASLEEP)
        return lang("asleep", "熄屏");
    if (board_table_is_quiet(table, i))
        return lang("quiet time", "屏主时段");
    return lane_state_label(state->state);
}

static bool board_table_is_skewed(const struct sight *sight)
{
    return sight->clock_known &&
           (sight->skew_ms > SIGHT_SKEW_MS || sight->skew_ms < -SIGHT_SKEW_MS);
}

/* What there is to say of it, "" nothing. */
static void board_table_put_note(const struct board_row *row, bool live,
                                 char text[static BOARD_TABLE_CELL])
{
    const struct books_board_state *state = &row->state;
    char when[20];

    text[0] = '\0';
    if (!state->told_ms && !state->released) {
        snprintf(text, BOARD_TABLE_CELL, "%s",
                 lang("never used with these books", "此账本中尚未用过"));
    } else if (state->released) {
        clock_format(state->released_ms, when);
        snprintf(text, BOARD_TABLE_CELL, lang("since %s, by %s", "自 %s，操作者 %s"), when + 5,
                 state->released_by);
    } else if (live && state->state == LANE_DOWN) {
        snprintf(text, BOARD_TABLE_CELL, "%s", board_why_label(state->why));
    } else if (board_table_is_skewed(&state->sight)) {
        snprintf(text, BOARD_TABLE_CELL,
                 lang("its clock is wrong by %lld s: set it", "控制卡时钟偏差 %lld 秒，请校时"),
                 (long long)(state->sight.skew_ms / 1000));
    } else if (live && state->state == LANE_READY && *state->why) {
        snprintf(text, BOARD_TABLE_CELL, "%s", board_why_label(state->why));
    }
}

/* The time of day, of today; else the day and the minute. */
static void board_table_put_contact(const struct board_table *table,
                                    const struct books_board_state *state,
                                    char text[static BOARD_TABLE_CELL])
{
    char when[20], today[20];

    snprintf(text, BOARD_TABLE_CELL, "-");
    if (!state->seen_ms)
        return;
    clock_format(state->seen_ms, when);
    clock_format(table->now_ms, today);
    if (strncmp(when, today, 10) == 0)
        snprintf(text, BOARD_TABLE_CELL, "%s", when + 11);
    else
        snprintf(text, BOARD_TABLE_CELL, "%.11s", when + 5);
}

/* What the other columns leave to the owner's name. */
static size_t board_table_owner_room(const struct board_table *table,
                                     const struct table_column *columns, bool live)
{
    size_t most[3] = {utf8_columns(columns[0].title), utf8_columns(columns[2].title),
                      utf8_columns(columns[3].title)};
    size_t used = BOARD_TABLE_FIGURES + BOARD_TABLE_GAPS;

    for (size_t i = 0; i < table->office->n_boards; i++) {
        const struct board *board = &table->office->boards[i];
        const char *const cells[3] = {board->id, board->kind->name,
                                      board_table_state(table, i, live)};

        for (size_t k = 0; k < 3; k++)
            if (utf8_columns(cells[k]) > most[k])
                most[k] = utf8_columns(cells[k]);
    }
    used += most[0] + most[1] + most[2];
    return used + BOARD_TABLE_OWNER < FOLD_COLUMNS ? FOLD_COLUMNS - used : BOARD_TABLE_OWNER;
}

static void board_table_add_row(struct table *out, const struct board_table *table, size_t i,
                                bool live, size_t owner_room)
{
    const struct board *board = &table->office->boards[i];
    const struct books_board_state *state = &table->rows[i].state;
    BUFFER_FREE_LATER struct buffer owner = BUFFER_NULL;
    char contact[BOARD_TABLE_CELL], today[FIGURE_ROOM];

    table_put_text(&owner, table->office->units[board->owner].name, owner_room, false);
    board_table_put_contact(table, state, contact);
    figure_span(state->today_ms, today);
    table_row(out, (const char *[]){board->id, buffer_text(&owner), board->kind->name,
                                    board_table_state(table, i, live), today, contact});
}

/* The slogan and the note stand below the line: they may be long. */
static void board_table_print_below(const struct board_table *table, size_t i, bool live, FILE *out)
{
    const struct board_row *row = &table->rows[i];
    BUFFER_FREE_LATER struct buffer up = BUFFER_NULL, line = BUFFER_NULL;
    char note[BOARD_TABLE_CELL];

    if (row->up) {
        table_put_text(&up, row->up, SIZE_MAX, false);
        buffer_printf(&line, lang("%*son it: %s (%s)", "%*s屏上：%s（%s）"), BOARD_TABLE_INDENT, "",
                      buffer_text(&up), statement_level_label(row->state.up_level));
        fold_print(buffer_text(&line), FOLD_COLUMNS, 2 * BOARD_TABLE_INDENT, out);
    }
    board_table_put_note(row, live, note);
    if (!*note)
        return;
    buffer_clear(&line);
    buffer_printf(&line, "%*s", BOARD_TABLE_INDENT, "");
    table_put_text(&line, note, SIZE_MAX, false);
    fold_print(buffer_text(&line), FOLD_COLUMNS, 2 * BOARD_TABLE_INDENT, out);
}

/* The table's own lines, and below each what belongs to it. */
static void board_table_weave(const struct board_table *table, char *lines, bool live, FILE *out)
{
    enum { HEAD = 2 };
    char *at = lines;

    for (size_t n = 0; *at; n++) {
        size_t length = strcspn(at, "\n");

        fprintf(out, "%.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
        if (n >= HEAD)
            board_table_print_below(table, n - HEAD, live, out);
    }
}

static void board_table_print_sum(const struct board_table *table, bool live, FILE *out)
{
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    char when[20];

    if (live)
        return;
    buffer_add_text(&line, lang("No gateway is at work on these books, so no board has a state "
                                "now.",
                                "目前没有网关在此账本上工作，故不显示状态。"));
    if (table->told_ms) {
        clock_format(table->told_ms, when);
        buffer_printf(&line, lang(" What is known of them is from %s.", "其余信息截至 %s。"), when);
    }
    fold_print(buffer_text(&line), FOLD_COLUMNS, 0, out);
}

void board_table_print(const struct board_table *table, bool live, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Board", "显示屏"), false, false},  {lang("Owner", "屏主"), false, false},
        {lang("Kind", "类型"), false, false},     {lang("State", "状态"), false, false},
        {lang("Today", "今日播放"), true, false}, {lang("Last answer", "最近应答"), false, false},
    };
    struct table *rows = table_new(columns, sizeof columns / sizeof *columns);
    size_t owner_room = board_table_owner_room(table, columns, live), size;
    MEM_FREE_LATER char *lines = NULL;
    FILE *page = open_memstream(&lines, &size);

    LOG_ASSERT(page);
    for (size_t i = 0; i < table->office->n_boards; i++)
        board_table_add_row(rows, table, i, live, owner_room);
    table_print(rows, page);
    table_free(rows);
    LOG_ASSERT(fclose(page) == 0);
    board_table_weave(table, lines, live, out);
    board_table_print_sum(table, live, out);
}

static struct jv *board_table_text(const char *text)
{
    return text && *text ? jv_string(text) : jv_null();
}

static struct jv *board_table_time(int64_t wall_ms)
{
    char text[FIGURE_ROOM];

    if (!wall_ms)
        return jv_null();
    figure_iso(wall_ms, text);
    return jv_string(text);
}

static const char *board_table_power(enum sight_power power)
{
    return power == POWER_ON ? "on" : power == POWER_ASLEEP ? "asleep" : NULL;
}

static struct jv *board_table_entry(const struct board_table *table, size_t i, bool live)
{
    const struct board *board = &table->office->boards[i];
    const struct board_row *row = &table->rows[i];
    const struct books_board_state *state = &row->state;
    const struct sight *sight = &state->sight;
    struct jv *entry = jv_object();

    jv_put(entry, "board", jv_string(board->id));
    jv_put(entry, "owner", jv_string(table->office->units[board->owner].id));
    jv_put(entry, "place", jv_string(board->place));
    jv_put(entry, "kind", jv_string(board->kind->name));
    jv_put(entry, "state",
           live && state->told_ms ? jv_string(lane_state_name(state->state)) : jv_null());
    jv_put(entry, "why", live ? board_table_text(state->why) : jv_null());
    jv_put(entry, "released", jv_bool(state->released));
    jv_put(entry, "released_by",
           state->released ? board_table_text(state->released_by) : jv_null());
    jv_put(entry, "quiet", jv_bool(board_table_is_quiet(table, i)));
    jv_put(entry, "slogan", board_table_text(row->up));
    jv_put(entry, "level", row->up ? jv_int(state->up_level) : jv_null());
    jv_put(entry, "power", board_table_text(board_table_power(sight->power)));
    jv_put(entry, "clock_skew_seconds",
           sight->clock_known ? jv_int(sight->skew_ms / 1000) : jv_null());
    jv_put(entry, "firmware", board_table_text(sight->firmware));
    jv_put(entry, "seen_at", board_table_time(state->seen_ms));
    jv_put(entry, "shown_today_seconds", jv_int(state->today_ms / 1000));
    return entry;
}

struct jv *board_table_json(const struct board_table *table, bool live)
{
    struct jv *document = jv_object(), *list = jv_array();

    jv_put(document, "gateway", jv_bool(live));
    for (size_t i = 0; i < table->office->n_boards; i++)
        jv_push(list, board_table_entry(table, i, live));
    jv_put(document, "boards", list);
    return document;
}
