/* books_dump: what operations have written into books, as text, to compare two of them.
 * Runs: any.
 *
 * Every table but those that the ledger keeps for itself at its own times (the log's tree and
 * checkpoints, sums, seals); the journal without its numbers, which seals shift. */
#ifndef LAWCAST_TESTS_BOOKS_DUMP_H
#define LAWCAST_TESTS_BOOKS_DUMP_H

#include "tests/unit/ledger_kit.h"

#include "gateway/base/buffer.h"

static inline bool dump_wants_column(const char *table, const char *column)
{
    bool journal = strcmp(table, "journal") == 0;

    return strcmp(column, "line") != 0 &&
           !(journal && (strcmp(column, "id") == 0 || strcmp(column, "mark") == 0));
}

static inline void dump_table(sqlite3 *raw, const char *table, struct buffer *out)
{
    /* 1, 2, 17, 20, 22: how a log and a session begin, the clock, the seal (record.h) */
    MEM_FREE_LATER char *sql = mem_printf(
        "SELECT * FROM %s %s", table,
        strcmp(table, "journal") ? ""
                                 : "WHERE delivery != 0 OR to_state NOT IN (1, 2, 17, 20, 22)");
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        buffer_printf(out, "%s", table);
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *name = sqlite3_column_name(statement, i);
            const unsigned char *value = sqlite3_column_text(statement, i);

            if (dump_wants_column(table, name))
                buffer_printf(out, " %s=%s", name, value ? (const char *)value : "NULL");
        }
        buffer_add_char(out, '\n');
    }
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
}

/* To be freed. */
static inline char *books_dump(const struct kit *kit)
{
    static const char tables[] =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT IN ('meta', 'tree', 'tile', 'checkpoint', 'public_key', 'summary')"
        " ORDER BY name";
    struct buffer out = BUFFER_NULL;
    sqlite3 *raw = kit_raw(kit);
    sqlite3_stmt *statement;

    assert_int_equal(sqlite3_prepare_v2(raw, tables, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        dump_table(raw, (const char *)sqlite3_column_text(statement, 0), &out);
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return buffer_take(&out);
}

/* Where two of them differ: the two lines; to be freed. */
static inline char *dump_difference(const char *left, const char *right)
{
    size_t line = 0, i = 0;

    for (; left[i] && left[i] == right[i]; i++)
        if (left[i] == '\n')
            line = i + 1;
    return mem_printf("\n  %.*s\n  %.*s", (int)strcspn(left + line, "\n"), left + line,
                      (int)strcspn(right + line, "\n"), right + line);
}

#endif
