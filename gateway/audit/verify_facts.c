/* verify_facts: tables whose every row a record tells of. See verify.h.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/digest.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/audit/verify_inside.h"
#include "gateway/audit/verify_sql.h"

#define VERIFY_COLUMNS 13

enum verify_column_kind {
    COLUMN_END,
    COLUMN_NUMBER,
    COLUMN_MAYBE, /* a number, or none: null */
    COLUMN_ABOVE, /* a number, or not told: 0 */
    COLUMN_FLAG,
    COLUMN_TEXT,
    COLUMN_JSON,   /* text that is the member, as JSON */
    COLUMN_HASHED, /* the member is the text's SHA-256 */
    COLUMN_WHO,    /* a number whose tag, by the books' own key, is the member */
    COLUMN_VEILED, /* the same of a text, "" as it is */
    COLUMN_AT,     /* the record's time */
    COLUMN_MADE,   /* that of the first record about it */
    COLUMN_LINE,   /* the record's number */
    COLUMN_PLANNED,
    COLUMN_ERASED,
    COLUMN_CONTACTS,
    COLUMN_KEY,
    COLUMN_COUNTS,
    COLUMN_LEFTOVER,
    COLUMN_EDITED,
};

struct verify_column {
    const char *name, *pointer;
    enum verify_column_kind kind;
};

/* Columns begin behind the key. */
static const struct verify_table {
    const char *name;
    enum record_fact fact;
    enum verify_statement rows;
    bool events; /* one row a record, in their order */
    bool pair;   /* two keys */
    struct verify_column columns[VERIFY_COLUMNS + 1];
} verify_tables[] = {
    {"unit",
     FACT_UNIT,
     VERIFY_UNITS,
     false,
     false,
     {{"code", "/code", COLUMN_TEXT}, {"name", "/name", COLUMN_TEXT}}},
    {"campaign",
     FACT_CAMPAIGN,
     VERIFY_CAMPAIGNS,
     false,
     false,
     {{"code", "/code", COLUMN_TEXT},
      {"title", "/title", COLUMN_TEXT},
      {"windows", "/windows", COLUMN_JSON},
      {"targets", "/targets", COLUMN_JSON},
      {"source", "/source", COLUMN_HASHED},
      {"made_ms", "", COLUMN_MADE},
      {"planned", "", COLUMN_PLANNED},
      {"erased_ms", "", COLUMN_ERASED},
      {"contacts_ms", "", COLUMN_CONTACTS},
      {"key", "", COLUMN_KEY},
      {"counts", "/counts", COLUMN_COUNTS},
      {"leftover", "/leftover", COLUMN_LEFTOVER},
      {"edited_ms", "", COLUMN_EDITED}}},
    {"campaign_unit",
     FACT_ORDER,
     VERIFY_ORDERS,
     false,
     true,
     {{"quota", "/quota", COLUMN_NUMBER},
      {"position", "/position", COLUMN_NUMBER},
      {"parent", "/parent", COLUMN_ABOVE}}},
    {"board",
     FACT_BOARD,
     VERIFY_BOARDS,
     false,
     false,
     {{"code", "/code", COLUMN_TEXT},
      {"owner", "/owner", COLUMN_NUMBER},
      {"place", "/place", COLUMN_TEXT}}},
    {"device", FACT_DEVICE, VERIFY_DEVICES, false, false, {{"name", "/name", COLUMN_TEXT}}},
    {"sim", FACT_SIM, VERIFY_SIMS, false, false, {{"name", "/name", COLUMN_TEXT}}},
    {"optout_event",
     FACT_REFUSAL,
     VERIFY_REFUSALS,
     true,
     false,
     {{"address", "/who", COLUMN_WHO},
      {"refuses", "/refuses", COLUMN_FLAG},
      {"source", "/source", COLUMN_NUMBER},
      {"reply", "/reply", COLUMN_NUMBER},
      {"note", "/note", COLUMN_VEILED},
      {"at_ms", "", COLUMN_AT},
      {"line", "", COLUMN_LINE}}},
    {"board_release",
     FACT_RELEASE,
     VERIFY_RELEASES,
     true,
     false,
     {{"board", "/board", COLUMN_NUMBER},
      {"released", "/released", COLUMN_FLAG},
      {"by", "/by", COLUMN_TEXT},
      {"at_ms", "", COLUMN_AT}}},
    {"unmatched",
     FACT_STRAY,
     VERIFY_STRAYS,
     true,
     false,
     {{"device", "/device", COLUMN_NUMBER},
      {"reference", "/reference", COLUMN_NUMBER},
      {"status", "/status", COLUMN_NUMBER},
      {"at_ms", "", COLUMN_AT}}},
    {"restored",
     FACT_RESTORED,
     VERIFY_RESTORED,
     true,
     false,
     {{"from_ms", "/from", COLUMN_NUMBER},
      {"until_ms", "/until", COLUMN_NUMBER},
      {"lost", "/lost", COLUMN_TEXT},
      {"mark", "/mark", COLUMN_HASHED},
      {"line", "", COLUMN_LINE}}},
    {"contact",
     FACT_CONTACT,
     VERIFY_CONTACTS,
     true,
     false,
     {{"unit", "/unit", COLUMN_NUMBER},
      {"name", "/name", COLUMN_TEXT},
      {"position", "/position", COLUMN_TEXT},
      {"phone", "/phone", COLUMN_VEILED},
      {"at_ms", "", COLUMN_AT}}},
    {"activity",
     FACT_ACTIVITY,
     VERIFY_ACTIVITIES,
     true,
     false,
     {{"campaign", "/campaign", COLUMN_NUMBER},
      {"unit", "/unit", COLUMN_NUMBER},
      {"held", "/held", COLUMN_TEXT},
      {"place", "/place", COLUMN_TEXT},
      {"participants", "/participants", COLUMN_NUMBER},
      {"content", "/content", COLUMN_TEXT},
      {"at_ms", "", COLUMN_AT}}},
    {"photo",
     FACT_PHOTO,
     VERIFY_PHOTOS,
     true,
     false,
     {{"campaign", "/campaign", COLUMN_NUMBER},
      {"unit", "/unit", COLUMN_NUMBER},
      {"name", "/name", COLUMN_TEXT},
      {"file", "/file", COLUMN_TEXT},
      {"at_ms", "", COLUMN_AT}}},
    {"steer",
     FACT_STEERED,
     VERIFY_STEERED,
     true,
     false,
     {{"scope", "/scope", COLUMN_TEXT},
      {"verb", "/verb", COLUMN_TEXT},
      {"campaign", "/campaign", COLUMN_TEXT},
      {"name", "/name", COLUMN_TEXT},
      {"value", "/value", COLUMN_MAYBE},
      {"by", "/by", COLUMN_TEXT},
      {"at_ms", "", COLUMN_AT}}},
    {"approval",
     FACT_APPROVED,
     VERIFY_APPROVALS,
     true,
     false,
     {{"campaign", "/campaign", COLUMN_TEXT},
      {"content", "/content", COLUMN_TEXT},
      {"prepared", "/prepared", COLUMN_TEXT},
      {"approver", "/approver", COLUMN_TEXT},
      {"note", "/note", COLUMN_TEXT},
      {"at_ms", "", COLUMN_AT}}},
};

/* One row, and what the records tell of it. */
struct verify_row {
    const struct verify_tables *tables;
    const struct verify_table *table;
    const struct replay_fact *told;
    struct jv *object; /* told's */
};

/* The row may have other blanks than the record is written with. */
static bool verify_json(const char *text, const struct jv *member)
{
    BUFFER_FREE_LATER struct buffer told = BUFFER_NULL;
    BUFFER_FREE_LATER struct buffer row = BUFFER_NULL;
    struct jv *value;

    if (jv_text(member))
        return strcmp(text, jv_text(member)) == 0;
    value = jv_parse(text, strlen(text), NULL);
    if (!value)
        return false;
    jv_write(value, false, &row);
    jv_write(member, false, &told);
    jv_free(value);
    return strcmp(buffer_text(&row), buffer_text(&told)) == 0;
}

static bool verify_hashed(const char *text, const char *member)
{
    struct digest digest = digest_of(DIGEST_SHA256, text, strlen(text));
    char hex[DIGEST_HEX_MOST];

    digest_hex(&digest, hex);
    return strcmp(hex, member) == 0;
}

static bool verify_is_tag(const struct record_tag *tag, const char *member)
{
    char hex[RECORD_TAG_TEXT];

    record_tag_hex(tag, hex);
    return strcmp(hex, member) == 0;
}

static bool verify_who(const struct verify_tables *tables, int64_t number, const char *member)
{
    struct record_tag tag;

    record_tag_number(&tables->key, number, &tag, NULL);
    return verify_is_tag(&tag, member);
}

static bool verify_veiled(const struct verify_tables *tables, const char *text, const char *member)
{
    struct record_tag tag;

    if (!*text)
        return !*member;
    record_tag_text(&tables->key, text, &tag, NULL);
    return verify_is_tag(&tag, member);
}

/* What other facts say of the campaign. */
static bool verify_campaign(const struct verify_row *row, const struct verify_column *column,
                            int at)
{
    const struct verify_tables *tables = row->tables;
    enum verify_statement s = row->table->rows;
    int64_t value = db_int(tables->db, s, at), key = row->told->key;
    const struct replay_fact *edited = replay_told(tables->figures, FACT_EDITED, key, 0);
    const struct replay_fact *erased = replay_told(tables->figures, FACT_ERASED, key, 0);
    const struct replay_fact *deadline = replay_told(tables->figures, FACT_DEADLINE, key, 0);
    struct jv *object;
    int64_t told;

    switch (column->kind) {
    case COLUMN_PLANNED:
        return value == replay_is_planned(tables->figures, key);
    case COLUMN_COUNTS:
    case COLUMN_LEFTOVER:
        return value == replay_rule(tables->figures, key, column->pointer);
    case COLUMN_EDITED:
        return value == (edited ? edited->at_ms : 0);
    case COLUMN_ERASED:
        return value == (erased ? erased->at_ms : 0);
    case COLUMN_KEY:
        return strlen(db_text(tables->db, s, at)) == (erased ? 0 : RECORD_TAG_TEXT - 1);
    default:
        object = deadline ? jv_parse(deadline->text, strlen(deadline->text), NULL) : NULL;
        told = jv_number(jv_at(object, "/contacts"), 0);
        jv_free(object);
        return value == told;
    }
}

static bool verify_flag(int64_t value, const struct jv *member)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    bool told;

    told = jv_scalar(member, &text) &&
           (strcmp(buffer_text(&text), "true") == 0 || strcmp(buffer_text(&text), "1") == 0);
    return value == told;
}

static bool verify_column(const struct verify_row *row, const struct verify_column *column, int at)
{
    const struct verify_tables *tables = row->tables;
    enum verify_statement s = row->table->rows;
    const struct jv *member = jv_at(row->object, column->pointer);
    const char *text = db_text(tables->db, s, at), *told = jv_text(member);
    int64_t value = db_int(tables->db, s, at);

    switch (column->kind) {
    case COLUMN_NUMBER:
        return value == jv_number(member, INT64_MIN);
    case COLUMN_MAYBE:
        return (db_is_null(tables->db, s, at) ? INT64_MIN : value) == jv_number(member, INT64_MIN);
    case COLUMN_ABOVE:
        return value == jv_number(member, 0);
    case COLUMN_FLAG:
        return member && verify_flag(value, member);
    case COLUMN_TEXT:
        return told && strcmp(text, told) == 0;
    case COLUMN_JSON:
        return member && verify_json(text, member);
    case COLUMN_HASHED:
        return told && verify_hashed(text, told);
    case COLUMN_WHO:
        return told && verify_who(tables, value, told);
    case COLUMN_VEILED:
        return told && verify_veiled(tables, text, told);
    case COLUMN_AT:
        return value == row->told->at_ms;
    case COLUMN_MADE:
        return value == row->told->first_ms;
    case COLUMN_LINE:
        return value == row->told->line;
    default:
        return verify_campaign(row, column, at);
    }
}

static void verify_columns(struct verify_row *row, int64_t id)
{
    const struct verify_column *columns = row->table->columns;
    int first = row->table->pair ? 2 : 1;

    row->object = jv_parse(row->told->text, strlen(row->told->text), NULL);
    for (int i = 0; columns[i].kind; i++)
        if (!verify_column(row, &columns[i], first + i))
            findings_add(row->tables->findings, FINDING_TABLE, row->told->line,
                         lang("Table %s, row %lld: %s isn't what record %lld tells.",
                              "表 %s 第 %lld 行：%s 与第 %lld 条记录不符。"),
                         row->table->name, (long long)id, columns[i].name,
                         (long long)row->told->line);
    jv_free(row->object);
}

/* Of which record a row is; NULL: of none. */
static const struct replay_fact *verify_told(const struct verify_tables *tables,
                                             const struct verify_table *table, size_t number)
{
    const struct replay_facts *facts = &tables->figures->facts[table->fact];
    int64_t id = db_int(tables->db, table->rows, 0);

    if (table->events)
        return number < facts->n && id == (int64_t)number + 1 ? &facts->items[number] : NULL;
    return replay_told(tables->figures, table->fact, id,
                       table->pair ? db_int(tables->db, table->rows, 1) : 0);
}

static bool *verify_seen(const struct verify_tables *tables, const struct verify_table *table)
{
    return mem_array(tables->figures->facts[table->fact].n + 1, bool);
}

static void verify_unseen(const struct verify_tables *tables, const struct verify_table *table,
                          const bool *seen)
{
    const struct replay_facts *facts = &tables->figures->facts[table->fact];

    for (size_t i = 0; i < facts->n; i++)
        if (!seen[i] && facts->items[i].text)
            findings_add(tables->findings, FINDING_TABLE, facts->items[i].line,
                         lang("What record %lld tells is missing in the table %s.",
                              "第 %lld 条记录所说的内容在表 %s 中缺失。"),
                         (long long)facts->items[i].line, table->name);
}

static int verify_table(const struct verify_tables *tables, const struct verify_table *table)
{
    const struct replay_facts *facts = &tables->figures->facts[table->fact];
    bool *seen = verify_seen(tables, table);
    size_t number = 0;
    int rc;

    for (; (rc = db_row(tables->db, table->rows)) > 0; number++) {
        struct verify_row row = {.tables = tables, .table = table};
        int64_t id = db_int(tables->db, table->rows, 0);

        row.told = verify_told(tables, table, number);
        if (row.told) {
            seen[row.told - facts->items] = true;
            verify_columns(&row, id);
        } else {
            findings_add(tables->findings, FINDING_TABLE, 0,
                         lang("Table %s, row %lld: no record tells of it.",
                              "表 %s 第 %lld 行：没有任何记录说明它。"),
                         table->name, (long long)id);
        }
    }
    if (rc == 0)
        verify_unseen(tables, table, seen);
    free(seen);
    return rc;
}

int verify_facts(const struct verify_tables *tables)
{
    int rc = 0;

    for (size_t i = 0; i < sizeof verify_tables / sizeof *verify_tables && rc == 0; i++)
        rc = verify_table(tables, &verify_tables[i]);
    return rc;
}
