/* tamper_kit: one random edit of the books' tables, as somebody with a database browser makes it.
 * Runs: any.
 *
 * An edit is drawn again when the database refuses it, or when it alters nothing that the books
 * say: counts of nothing, and what is made anew whenever it is read. */
#ifndef LAWCAST_TESTS_TAMPER_KIT_H
#define LAWCAST_TESTS_TAMPER_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "gateway/base/mem.h"

#define TAMPER_COLUMNS 40

struct tamper {
    sqlite3 *db;
    uint64_t seed;
    int64_t record;  /* that must be named first; 0: none */
    char what[1024]; /* for people */
};

/* A table as it is. */
struct tamper_table {
    char name[64];
    char columns[TAMPER_COLUMNS][64];
    bool text[TAMPER_COLUMNS], key[TAMPER_COLUMNS];
    int n, keys;
    int64_t rows;
};

static inline uint64_t tamper_random(struct tamper *tamper, uint64_t below)
{
    tamper->seed ^= tamper->seed << 13;
    tamper->seed ^= tamper->seed >> 7;
    tamper->seed ^= tamper->seed << 17;
    return tamper->seed % below;
}

static inline sqlite3_stmt *tamper_query(struct tamper *tamper, const char *sql)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(tamper->db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(tamper->db));
    return statement;
}

static inline int64_t tamper_ask(struct tamper *tamper, const char *sql)
{
    sqlite3_stmt *statement = tamper_query(tamper, sql);
    int64_t answer = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;

    sqlite3_finalize(statement);
    return answer;
}

/* Did the database let it pass? */
static inline bool tamper_do(struct tamper *tamper, const char *sql)
{
    bool done = sqlite3_exec(tamper->db, sql, NULL, NULL, NULL) == SQLITE_OK &&
                sqlite3_changes(tamper->db) > 0;

    snprintf(tamper->what, sizeof tamper->what, "%s", sql);
    return done;
}

/* What makes all triggers again; to be freed. */
static inline char *tamper_no_triggers(struct tamper *tamper)
{
    sqlite3_stmt *list =
        tamper_query(tamper, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
    char *all = mem_dup(""), *made = mem_dup("");

    while (sqlite3_step(list) == SQLITE_ROW) {
        char *more = mem_printf("%sDROP TRIGGER %s;", all, sqlite3_column_text(list, 0));
        char *again = mem_printf("%s%s;", made, sqlite3_column_text(list, 1));

        free(all);
        free(made);
        all = more;
        made = again;
    }
    sqlite3_finalize(list);
    assert_int_equal(sqlite3_exec(tamper->db, all, NULL, NULL, NULL), SQLITE_OK);
    free(all);
    return made;
}

static inline void tamper_describe(struct tamper *tamper, struct tamper_table *table)
{
    char sql[256];
    sqlite3_stmt *info;

    snprintf(sql, sizeof sql, "PRAGMA table_info(%s)", table->name);
    info = tamper_query(tamper, sql);
    while (sqlite3_step(info) == SQLITE_ROW) {
        assert_true(table->n < TAMPER_COLUMNS);
        snprintf(table->columns[table->n], sizeof table->columns[0], "%s",
                 sqlite3_column_text(info, 1));
        table->text[table->n] = strcmp((const char *)sqlite3_column_text(info, 2), "TEXT") == 0;
        table->key[table->n] = sqlite3_column_int(info, 5) > 0;
        table->keys += table->key[table->n++];
    }
    sqlite3_finalize(info);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table->name);
    table->rows = tamper_ask(tamper, sql);
}

/* Half of the edits go where the records are. */
static inline void tamper_choose(struct tamper *tamper, struct tamper_table *table)
{
    static const char *const records[] = {"journal", "journal", "delivery", "shown"};
    int64_t n = tamper_ask(tamper, "SELECT count(*) FROM sqlite_schema WHERE type = 'table'");

    do {
        char sql[256];
        sqlite3_stmt *pick;

        *table = (struct tamper_table){0};
        snprintf(sql, sizeof sql,
                 "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 1"
                 " OFFSET %d",
                 (int)tamper_random(tamper, (uint64_t)n));
        pick = tamper_query(tamper, sql);
        assert_int_equal(sqlite3_step(pick), SQLITE_ROW);
        snprintf(table->name, sizeof table->name, "%s",
                 tamper_random(tamper, 2) ? records[tamper_random(tamper, 4)]
                                          : (const char *)sqlite3_column_text(pick, 0));
        sqlite3_finalize(pick);
        tamper_describe(tamper, table);
    } while (!table->rows);
}

/* "id = 5", of a random row; to be freed. */
static inline char *tamper_row(struct tamper *tamper, const struct tamper_table *table)
{
    MEM_FREE_LATER char *sql = mem_printf("SELECT * FROM %s LIMIT 1 OFFSET %lld", table->name,
                                          (long long)tamper_random(tamper, (uint64_t)table->rows));
    sqlite3_stmt *row = tamper_query(tamper, sql);
    char *where = mem_dup("1 = 1");

    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    for (int i = 0; i < table->n; i++) {
        char *more;

        if (!table->key[i])
            continue;
        more = mem_printf("%s AND %s = %lld", where, table->columns[i],
                          (long long)sqlite3_column_int64(row, i));
        free(where);
        where = more;
    }
    sqlite3_finalize(row);
    return where;
}

static inline int64_t tamper_value(struct tamper *tamper, const struct tamper_table *table,
                                   const char *column, const char *where)
{
    MEM_FREE_LATER char *sql = mem_printf("SELECT %s FROM %s WHERE %s", column, table->name, where);

    return tamper_ask(tamper, sql);
}

/* What is as true as before. */
static inline bool tamper_is_nothing(struct tamper *tamper, const struct tamper_table *table,
                                     const char *column, const char *where)
{
    if (strcmp(table->name, "count") == 0)
        return tamper_value(tamper, table, "n", where) == 0;
    if (strcmp(table->name, "meta") == 0)
        return strcmp(column, "summed") == 0;
    return false;
}

/* Which record tells of the row first, when this column is bent. */
static inline int64_t tamper_told(struct tamper *tamper, const struct tamper_table *table,
                                  const char *column, const char *where)
{
    static const char *const later[] = {"state",    "cause",          "device",        "sim",
                                        "code",     "level",          "taken_ms",      "changed_ms",
                                        "shown_ms", "shown_since_ms", "shown_until_ms"};
    static const char *const unsaid[] = {"not_before_ms", "pool", "attempts", "doubted", "up"};
    const char *which = "min";
    char sql[256];

    if (strcmp(table->name, "journal") == 0 || strcmp(table->name, "shown") == 0)
        return tamper_value(tamper, table, "id", where);
    if (strcmp(table->name, "delivery") != 0)
        return 0;
    for (size_t i = 0; i < sizeof unsaid / sizeof *unsaid; i++)
        if (strcmp(column, unsaid[i]) == 0)
            return 0;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(column, later[i]) == 0)
            which = "max";
    snprintf(sql, sizeof sql, "SELECT %s(id) FROM journal WHERE delivery = %lld", which,
             (long long)tamper_value(tamper, table, "id", where));
    return tamper_ask(tamper, sql);
}

static inline char *tamper_new_text(struct tamper *tamper, const char *old)
{
    size_t length = strlen(old), at;
    char *bent;

    if (!length)
        return mem_dup("x");
    at = tamper_random(tamper, length);
    bent = mem_dup(old);
    while (at < length && (bent[at] & 0x80 || !strchr("0123456789abcdef", bent[at])))
        at++;
    if (at == length) {
        free(bent);
        return mem_printf("%sx", old);
    }
    bent[at] = bent[at] == '7' ? '5' : '7';
    return bent;
}

/* One value of one row. */
static inline bool tamper_flip(struct tamper *tamper, const struct tamper_table *table)
{
    static const int64_t steps[] = {1, -1, 7, 1000, -86400000, INT64_C(1) << 40};
    MEM_FREE_LATER char *where = tamper_row(tamper, table);
    int c = (int)tamper_random(tamper, (uint64_t)table->n);
    const char *column = table->columns[c];
    int64_t old = tamper_value(tamper, table, column, where);
    int64_t bent = old + steps[tamper_random(tamper, 6)];
    MEM_FREE_LATER char *sql = NULL;

    if (tamper_is_nothing(tamper, table, column, where))
        return false;
    tamper->record = tamper_told(tamper, table, column, where);
    if (table->text[c]) {
        MEM_FREE_LATER char *read =
            mem_printf("SELECT %s FROM %s WHERE %s", column, table->name, where);
        sqlite3_stmt *row = tamper_query(tamper, read);
        const char *text;
        MEM_FREE_LATER char *changed = NULL;
        char *quoted;

        assert_int_equal(sqlite3_step(row), SQLITE_ROW);
        text = (const char *)sqlite3_column_text(row, 0);
        changed = tamper_new_text(tamper, text ? text : "");
        quoted = sqlite3_mprintf("%Q", changed);
        sql = mem_printf("UPDATE %s SET %s = %s WHERE %s", table->name, column, quoted, where);
        sqlite3_free(quoted);
        sqlite3_finalize(row);
    } else {
        sql = mem_printf("UPDATE %s SET %s = %lld WHERE %s", table->name, column, (long long)bent,
                         where);
        if (tamper->record && table->key[c] && strcmp(table->name, "delivery") != 0 && bent > 0 &&
            bent < tamper->record)
            tamper->record = bent;
    }
    return tamper_do(tamper, sql);
}

static inline bool tamper_delete(struct tamper *tamper, const struct tamper_table *table)
{
    MEM_FREE_LATER char *where = tamper_row(tamper, table);
    MEM_FREE_LATER char *sql = mem_printf("DELETE FROM %s WHERE %s", table->name, where);

    if (tamper_is_nothing(tamper, table, "", where))
        return false;
    tamper->record = tamper_told(tamper, table, "id", where);
    return tamper_do(tamper, sql);
}

/* A copy of a row, under another key. */
static inline bool tamper_insert(struct tamper *tamper, const struct tamper_table *table)
{
    MEM_FREE_LATER char *where = tamper_row(tamper, table);
    MEM_FREE_LATER char *sql = NULL;
    int64_t far = 1 + (int64_t)tamper_random(tamper, 3);
    char *list;

    if (tamper_is_nothing(tamper, table, "", where))
        return false;
    list = mem_dup("");
    for (int i = 0, key = 0; i < table->n; i++) {
        char *more;

        key += table->key[i];
        more = table->key[i] && key == table->keys
                   ? mem_printf("%s%s(SELECT max(%s) FROM %s) + %lld", list, i ? ", " : "",
                                table->columns[i], table->name, (long long)far)
                   : mem_printf("%s%s%s", list, i ? ", " : "", table->columns[i]);
        free(list);
        list = more;
    }
    sql = mem_printf("INSERT INTO %s SELECT %s FROM %s WHERE %s", table->name, list, table->name,
                     where);
    free(list);
    tamper->record = 0;
    if (strcmp(table->name, "journal") == 0)
        tamper->record = tamper_ask(tamper, "SELECT max(id) FROM journal") + 1;
    return tamper_do(tamper, sql);
}

/* Two rows take each other's place. */
static inline bool tamper_swap(struct tamper *tamper, const struct tamper_table *table)
{
    MEM_FREE_LATER char *one = tamper_row(tamper, table), *other = tamper_row(tamper, table);
    MEM_FREE_LATER char *sql = NULL;
    const char *key = table->columns[0];
    int64_t a, b;

    if (table->keys != 1 || !table->key[0] || strcmp(one, other) == 0)
        return false;
    a = tamper_value(tamper, table, key, one);
    b = tamper_value(tamper, table, key, other);
    tamper->record = 0;
    if (strcmp(table->name, "journal") == 0 || strcmp(table->name, "shown") == 0)
        tamper->record = a < b ? a : b;
    sql = mem_printf("UPDATE %s SET %s = -999999 WHERE %s = %lld;"
                     "UPDATE %s SET %s = %lld WHERE %s = %lld;"
                     "UPDATE %s SET %s = %lld WHERE %s = -999999",
                     table->name, key, key, (long long)a, table->name, key, (long long)a, key,
                     (long long)b, table->name, key, (long long)b, key);
    return tamper_do(tamper, sql);
}

/* The journal's last records, with or without what it claims to have. */
static inline bool tamper_cut(struct tamper *tamper, const struct tamper_table *table)
{
    int64_t last = tamper_ask(tamper, "SELECT max(id) FROM journal");
    int64_t kept = last - 1 - (int64_t)tamper_random(tamper, 20);
    MEM_FREE_LATER char *sql = mem_printf("DELETE FROM journal WHERE id > %lld%s", (long long)kept,
                                          tamper_random(tamper, 2) ? "; DELETE FROM tree" : "");

    (void)table;
    tamper->record = kept + 1;
    return tamper_do(tamper, sql);
}

/* One edit of the books that db has open. */
static inline void tamper_once(struct tamper *tamper)
{
    static bool (*const edits[])(struct tamper *, const struct tamper_table *) = {
        tamper_flip, tamper_flip,   tamper_flip,   tamper_flip, tamper_flip,
        tamper_flip, tamper_delete, tamper_insert, tamper_swap, tamper_cut,
    };
    struct tamper_table table;
    size_t edit;

    do {
        edit = tamper_random(tamper, sizeof edits / sizeof *edits);
        if (edit == sizeof edits / sizeof *edits - 1 && tamper_random(tamper, 4))
            edit = 0;
        tamper_choose(tamper, &table);
    } while (!edits[edit](tamper, &table));
}

#endif
