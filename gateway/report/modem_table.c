/* modem_table: how every modem and its SIM stands. See modem_table.h.
 * Runs: any. */
#include "gateway/report/modem_table.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/mask.h"
#include "gateway/config/idmap.h"
#include "gateway/report/figure.h"
#include "gateway/report/table.h"

#define MODEM_TABLE_COLUMNS 9 /* at most: the group is left out where there are none */
#define MODEM_TABLE_CELL    256

struct modem_table {
    const struct office *office;
    const struct modem_words *words;
    struct books_modem *rows;   /* one per modem of the office; id "" where the books have none */
    struct books_group *groups; /* one per limit group of the office */
    int64_t seen_ms;            /* the youngest of them; 0: none */
};

struct modem_table_search {
    struct modem_table *table;
    struct idmap *ids;
};

/* Modems that the configuration has no more are left out. */
static int modem_table_take(void *ctx, const struct books_modem *row)
{
    struct modem_table_search *search = ctx;
    int64_t i = idmap_find(search->ids, row->id);

    if (i < 0)
        return 0;
    search->table->rows[i] = *row;
    if (row->seen_ms > search->table->seen_ms)
        search->table->seen_ms = row->seen_ms;
    return 0;
}

static int modem_table_read_groups(struct modem_table *table, struct books *books, int64_t now_ms)
{
    const struct office *office = table->office;
    int rc = 0;

    for (size_t i = 0; i < office->n_groups && rc == 0; i++)
        rc = books_group(books, office->groups[i].id, now_ms, &table->groups[i]);
    return rc;
}

int modem_table_read(struct modem_table **out, const struct office *office, struct books *books,
                     const struct modem_words *words, int64_t now_ms)
{
    struct modem_table *table = mem_new(struct modem_table);
    struct modem_table_search search = {table, idmap_new()};
    int rc = 0;

    table->office = office;
    table->words = words;
    table->rows = mem_array(office->n_modems, struct books_modem);
    table->groups = mem_array(office->n_groups ? office->n_groups : 1, struct books_group);
    for (size_t i = 0; i < office->n_modems; i++)
        idmap_add(search.ids, office->modems[i].id, (int64_t)i);
    if (books)
        rc = books_modems(books, now_ms, modem_table_take, &search);
    if (books && rc == 0)
        rc = modem_table_read_groups(table, books, now_ms);
    idmap_free(search.ids);
    *out = table;
    if (rc) {
        modem_table_free(table);
        *out = NULL;
    }
    return rc;
}

void modem_table_free(struct modem_table *table)
{
    if (!table)
        return;
    free(table->rows);
    free(table->groups);
    free(table);
}

/* A state that nobody keeps up is none; a pause lasts. */
static const char *modem_table_state(const struct books_modem *row, bool live)
{
    if (!live || !row->id[0])
        return row->paused ? lane_state_label(LANE_PAUSED) : "-";
    if (row->paused && row->state == LANE_DOWN)
        return lang("down, paused", "不可用，暂停");
    return lane_state_label(row->state);
}

/* As the configuration says, else as the SIM says. */
static enum phone_operator modem_table_operator(const struct modem *modem, const char *imsi)
{
    if (modem->network < 0)
        return operators_of_imsi(imsi);
    return (enum phone_operator)modem->network;
}

/* "…3456 中国移动": enough to know which card it is. */
static void modem_table_put_sim(const struct modem *modem, const struct books_modem *row,
                                char text[static MODEM_TABLE_CELL])
{
    const char *imsi = row->health.imsi;
    size_t length = strlen(imsi);

    if (!length)
        snprintf(text, MODEM_TABLE_CELL, "-");
    else
        snprintf(text, MODEM_TABLE_CELL, "…%s %s", length > 4 ? imsi + length - 4 : imsi,
                 phone_operator_label(modem_table_operator(modem, imsi)));
}

static void modem_table_put_network(const struct books_modem *row,
                                    char text[static MODEM_TABLE_CELL])
{
    const struct modem_health *health = &row->health;

    if (health->cdma)
        snprintf(text, MODEM_TABLE_CELL, "CDMA");
    else if (!row->id[0] || (!health->network[0] && health->registration == REGISTRATION_UNKNOWN))
        snprintf(text, MODEM_TABLE_CELL, "-");
    else if (health->registration == REGISTRATION_HOME && health->network[0])
        snprintf(text, MODEM_TABLE_CELL, "%s", health->network);
    else
        snprintf(text, MODEM_TABLE_CELL, "%s%s%s", health->network, health->network[0] ? ", " : "",
                 registration_label(health->registration));
}

/* "123/200", "123" without a limit. */
static void modem_table_put_share(int64_t parts, int64_t limit, char text[static MODEM_TABLE_CELL])
{
    char used[FIGURE_ROOM], most[FIGURE_ROOM];

    figure_count(parts, used);
    figure_count(limit, most);
    snprintf(text, MODEM_TABLE_CELL, limit ? "%s/%s" : "%s", used, most);
}

/* Why it takes nothing, or the last error and when. */
static void modem_table_put_trouble(const struct modem_table *table, const struct books_modem *row,
                                    bool live, char text[static MODEM_TABLE_CELL])
{
    char when[20];

    text[0] = '\0';
    if (!row->id[0]) {
        snprintf(text, MODEM_TABLE_CELL, "%s",
                 lang("never used with these books", "此账本中尚未用过"));
    } else if (live && row->state != LANE_READY && row->why[0]) {
        snprintf(text, MODEM_TABLE_CELL, "%s", table->words->why(row->why));
    } else if (row->error < 0) {
        clock_format(row->error_ms, when);
        snprintf(text, MODEM_TABLE_CELL, "%s %s", when + 5, table->words->error_text(row->error));
    } else if (row->error) {
        clock_format(row->error_ms, when);
        snprintf(text, MODEM_TABLE_CELL, lang("%s error %d: %s", "%s 错误 %d：%s"), when + 5,
                 (int)row->error, table->words->error_text(row->error));
    }
}

/* Its id; NULL: none. */
static const char *modem_table_group(const struct modem_table *table, const struct modem *modem)
{
    bool grouped = modem->group >= 0 && (size_t)modem->group < table->office->n_groups;

    return grouped ? table->office->groups[modem->group].id : NULL;
}

static void modem_table_add_row(struct table *out, const struct modem_table *table, size_t i,
                                bool live)
{
    const struct modem *modem = &table->office->modems[i];
    const struct books_modem *row = &table->rows[i];
    char sim[MODEM_TABLE_CELL], network[MODEM_TABLE_CELL], trouble[MODEM_TABLE_CELL];
    char hour[MODEM_TABLE_CELL], day[MODEM_TABLE_CELL], signal[FIGURE_ROOM] = "";
    const char *group = modem_table_group(table, modem), *cells[MODEM_TABLE_COLUMNS];
    size_t n = 0;

    modem_table_put_sim(modem, row, sim);
    modem_table_put_network(row, network);
    modem_table_put_share(row->hour_parts, modem->limits.per_hour, hour);
    modem_table_put_share(row->day_parts, modem->limits.per_day, day);
    modem_table_put_trouble(table, row, live, trouble);
    if (row->health.signal_dbm)
        snprintf(signal, sizeof signal, "%d", row->health.signal_dbm);
    cells[n++] = modem->id;
    cells[n++] = modem_table_state(row, live);
    cells[n++] = sim;
    cells[n++] = network;
    cells[n++] = signal;
    cells[n++] = hour;
    cells[n++] = day;
    if (table->office->n_groups)
        cells[n++] = group ? group : "-";
    cells[n++] = trouble;
    table_row(out, cells);
}

static void modem_table_print_sum(const struct modem_table *table, bool live, FILE *out)
{
    size_t n[LANE_STATES] = {0};
    char when[20];

    for (size_t i = 0; i < table->office->n_modems; i++)
        n[table->rows[i].state]++;
    if (live) {
        fprintf(out,
                lang("%zu modems: %zu ready, %zu throttled, %zu paused, %zu down.\n",
                     "短信设备 %zu 台：就绪 %zu，限速 %zu，暂停 %zu，不可用 %zu。\n"),
                table->office->n_modems, n[LANE_READY], n[LANE_THROTTLED], n[LANE_PAUSED],
                n[LANE_DOWN]);
        return;
    }
    fprintf(out, "%s",
            lang("No gateway is at work on these books, so no modem has a state now.",
                 "目前没有网关在此账本上工作，故不显示状态。"));
    if (table->seen_ms) {
        clock_format(table->seen_ms, when);
        fprintf(out, lang(" What is known of them is from %s.", "其余信息截至 %s。"), when);
    }
    fputc('\n', out);
}

/* What the modems of each group may send together. */
static void modem_table_print_groups(const struct modem_table *table, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Group", "限额组"), false, false},
        {lang("Last hour", "近一小时"), true, false},
        {lang("Today", "今日"), true, false},
    };
    struct table *rows;

    if (!table->office->n_groups)
        return;
    rows = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < table->office->n_groups; i++) {
        const struct limit_group *group = &table->office->groups[i];
        char hour[MODEM_TABLE_CELL], day[MODEM_TABLE_CELL];

        modem_table_put_share(table->groups[i].hour_parts, group->limits.per_hour, hour);
        modem_table_put_share(table->groups[i].day_parts, group->limits.per_day, day);
        table_row(rows, (const char *[]){group->id, hour, day});
    }
    fputc('\n', out);
    table_print(rows, out);
    fputc('\n', out);
    table_free(rows);
}

static size_t modem_table_head(const struct modem_table *table,
                               struct table_column columns[static MODEM_TABLE_COLUMNS])
{
    const struct table_column all[MODEM_TABLE_COLUMNS] = {
        {lang("Modem", "设备"), false, false},
        {lang("State", "状态"), false, false},
        {"SIM", false, false},
        {lang("Network", "网络"), false, false},
        {"dBm", true, false},
        {lang("Last hour", "近一小时"), true, false},
        {lang("Today", "今日"), true, false},
        {lang("Group", "限额组"), false, false},
        {lang("Why, or last error", "原因或最近的错误"), false, true},
    };
    const size_t n = MODEM_TABLE_COLUMNS;

    memcpy(columns, all, sizeof all);
    if (table->office->n_groups)
        return n;
    columns[n - 2] = all[n - 1];
    return n - 1;
}

void modem_table_print(const struct modem_table *table, bool live, FILE *out)
{
    struct table_column columns[MODEM_TABLE_COLUMNS];
    struct table *rows = table_new(columns, modem_table_head(table, columns));

    for (size_t i = 0; i < table->office->n_modems; i++)
        modem_table_add_row(rows, table, i, live);
    table_print(rows, out);
    table_free(rows);
    modem_table_print_groups(table, out);
    modem_table_print_sum(table, live, out);
}

static struct jv *modem_table_text(const char *text)
{
    return text[0] ? jv_string(text) : jv_null();
}

static struct jv *modem_table_time(int64_t wall_ms)
{
    char text[FIGURE_ROOM];

    if (!wall_ms)
        return jv_null();
    figure_iso(wall_ms, text);
    return jv_string(text);
}

/* A number that names a SIM or a device, as it may be seen. */
static struct jv *modem_table_number(const char *number, bool whole)
{
    BUFFER_FREE_LATER struct buffer masked = BUFFER_NULL;

    if (whole || !number[0])
        return modem_table_text(number);
    mask_field(number, &masked);
    return jv_string(buffer_text(&masked));
}

static void modem_table_put_health(struct jv *entry, const struct modem *modem,
                                   const struct modem_health *health, bool numbers)
{
    jv_put(entry, "imsi", modem_table_number(health->imsi, numbers));
    jv_put(entry, "imei", modem_table_number(health->imei, numbers));
    jv_put(entry, "operator",
           jv_string(phone_operator_name(modem_table_operator(modem, health->imsi))));
    jv_put(entry, "network", modem_table_text(health->network));
    jv_put(entry, "registration", jv_string(registration_name(health->registration)));
    jv_put(entry, "signal_dbm", health->signal_dbm ? jv_int(health->signal_dbm) : jv_null());
    jv_put(entry, "smsc", modem_table_number(health->smsc, numbers));
    jv_put(entry, "model", modem_table_text(health->model));
    jv_put(entry, "cdma", jv_bool(health->cdma));
}

static struct jv *modem_table_entry(const struct modem_table *table, size_t i, bool live,
                                    bool numbers)
{
    const struct modem *modem = &table->office->modems[i];
    const struct books_modem *row = &table->rows[i];
    const char *group = modem_table_group(table, modem);
    struct jv *entry = jv_object();

    jv_put(entry, "modem", jv_string(modem->id));
    jv_put(entry, "device", jv_string(modem->device));
    jv_put(entry, "state", live && row->id[0] ? jv_string(lane_state_name(row->state)) : jv_null());
    jv_put(entry, "paused", jv_bool(row->paused));
    jv_put(entry, "why", live ? modem_table_text(row->why) : jv_null());
    modem_table_put_health(entry, modem, &row->health, numbers);
    jv_put(entry, "hour_parts", jv_int(row->hour_parts));
    jv_put(entry, "per_hour", modem->limits.per_hour ? jv_int(modem->limits.per_hour) : jv_null());
    jv_put(entry, "day_parts", jv_int(row->day_parts));
    jv_put(entry, "per_day", modem->limits.per_day ? jv_int(modem->limits.per_day) : jv_null());
    jv_put(entry, "group", group ? jv_string(group) : jv_null());
    jv_put(entry, "last_error", row->error ? jv_int(row->error) : jv_null());
    jv_put(entry, "last_error_text",
           row->error ? jv_string(table->words->error_english(row->error)) : jv_null());
    jv_put(entry, "last_error_at", modem_table_time(row->error_ms));
    jv_put(entry, "seen_at", modem_table_time(row->seen_ms));
    return entry;
}

static struct jv *modem_table_limit(int64_t limit)
{
    return limit ? jv_int(limit) : jv_null();
}

static struct jv *modem_table_groups(const struct modem_table *table)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < table->office->n_groups; i++) {
        const struct limit_group *group = &table->office->groups[i];
        struct jv *entry = jv_object();

        jv_put(entry, "group", jv_string(group->id));
        jv_put(entry, "hour_parts", jv_int(table->groups[i].hour_parts));
        jv_put(entry, "per_hour", modem_table_limit(group->limits.per_hour));
        jv_put(entry, "day_parts", jv_int(table->groups[i].day_parts));
        jv_put(entry, "per_day", modem_table_limit(group->limits.per_day));
        jv_push(list, entry);
    }
    return list;
}

struct jv *modem_table_json(const struct modem_table *table, bool live, bool numbers)
{
    struct jv *document = jv_object(), *list = jv_array();

    jv_put(document, "gateway", jv_bool(live));
    for (size_t i = 0; i < table->office->n_modems; i++)
        jv_push(list, modem_table_entry(table, i, live, numbers));
    jv_put(document, "modems", list);
    jv_put(document, "groups", modem_table_groups(table));
    return document;
}
