/* schema: what is in sqlite_schema against sql_schema. See schema.h.
 * Runs: any. */
#include "gateway/ledger/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/store_sql.h"

#define SCHEMA_NAME 64

/* One CREATE of sql_schema, without its semicolon. */
struct schema_item {
    const char *text;
    size_t length;
    char type[SCHEMA_NAME], name[SCHEMA_NAME];
    bool seen;
};

struct schema {
    struct schema_item *items;
    size_t n;
};

/* A trigger has semicolons of its own: a statement ends where the next one begins. */
static const char *schema_end(const char *at)
{
    for (at = strchr(at, ';'); at[1]; at = strchr(at + 1, ';'))
        if (strncmp(at + 1, "CREATE ", 7) == 0)
            break;
    return at;
}

static void schema_word(const char **at, char word[static SCHEMA_NAME])
{
    size_t length = strcspn(*at, " (");

    snprintf(word, SCHEMA_NAME, "%.*s", (int)length, *at);
    *at += length + ((*at)[length] == ' ');
}

/* "CREATE UNIQUE INDEX shown_once ON ..." */
static void schema_read_head(struct schema_item *item)
{
    const char *at = item->text + strlen("CREATE ");

    schema_word(&at, item->type);
    if (strcmp(item->type, "UNIQUE") == 0)
        schema_word(&at, item->type);
    schema_word(&at, item->name);
    for (char *c = item->type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
}

static void schema_split(struct schema *schema)
{
    for (const char *at = sql_schema; *at;) {
        const char *end = schema_end(at);
        struct schema_item *item;

        schema->items = mem_grow(schema->items, schema->n + 1, sizeof *schema->items);
        item = &schema->items[schema->n++];
        *item = (struct schema_item){.text = at, .length = (size_t)(end - at)};
        schema_read_head(item);
        at = end + 1;
    }
}

static struct schema_item *schema_find(const struct schema *schema, const char *type,
                                       const char *name)
{
    for (size_t i = 0; i < schema->n; i++)
        if (strcmp(schema->items[i].type, type) == 0 && strcmp(schema->items[i].name, name) == 0)
            return &schema->items[i];
    return NULL;
}

static bool schema_is(const struct schema_item *item, const char *text)
{
    return strlen(text) == item->length && memcmp(text, item->text, item->length) == 0;
}

int schema_check(struct db *db, unsigned statement,
                 int (*each)(void *ctx, enum schema_fault fault, const char *type,
                             const char *name),
                 void *ctx)
{
    struct schema schema = {0};
    int rc;

    schema_split(&schema);
    while ((rc = db_row(db, statement)) > 0) {
        const char *type = db_text(db, statement, 0), *name = db_text(db, statement, 1);
        struct schema_item *item = schema_find(&schema, type, name);

        rc = 0;
        if (item)
            item->seen = true;
        if (!item || !schema_is(item, db_text(db, statement, 2)))
            rc = each(ctx, item ? SCHEMA_ALTERED : SCHEMA_ADDED, type, name);
        if (rc == 0)
            continue;
        db_end(db, statement);
        break;
    }
    for (size_t i = 0; i < schema.n && rc == 0; i++)
        if (!schema.items[i].seen)
            rc = each(ctx, SCHEMA_MISSING, schema.items[i].type, schema.items[i].name);
    free(schema.items);
    return rc;
}
