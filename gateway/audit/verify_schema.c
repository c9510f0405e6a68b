/* verify_schema: the tables as such, and that no text goes on where nobody sees it. See verify.h.
 * Runs: any. */
#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/ledger/schema.h"
#include "gateway/audit/verify_inside.h"
#include "gateway/audit/verify_sql.h"

static int verify_schema_fault(void *ctx, enum schema_fault fault, const char *type,
                               const char *name)
{
    static const struct {
        const char *english, *chinese;
    } words[] = {
        [SCHEMA_ALTERED] = {"isn't as lawcast makes it", "不是 lawcast 所建的样子"},
        [SCHEMA_ADDED] = {"was added: lawcast makes none such", "是添加的：lawcast 不建它"},
        [SCHEMA_MISSING] = {"was taken out", "被删除"},
    };

    findings_add(ctx, FINDING_TABLE, 0, lang("In the books, the %s %s %s.", "账本中 %s %s %s。"),
                 type, name, lang(words[fault].english, words[fault].chinese));
    return 0;
}

/* SQLite keeps what stands behind a NUL, and whoever prints or compares the text doesn't see it. */
static int verify_table_texts(const struct verify_tables *tables, const char *table,
                              const char *condition)
{
    BUFFER_FREE_LATER struct buffer sql = BUFFER_NULL;
    int64_t found = 0;
    int rc;

    buffer_printf(&sql, "SELECT count(*) FROM \"%s\" WHERE %s", table, condition);
    rc = db_ask(tables->db, buffer_text(&sql), &found);
    if (rc == 0 && found)
        findings_add(tables->findings, FINDING_TABLE, 0,
                     lang("Table %s: %lld rows hide something behind the end of a text.",
                          "表 %s：有 %lld 行在文本结尾之后藏有内容。"),
                     table, (long long)found);
    return rc;
}

/* Every column of every table: which they are, the tables say themselves. */
static int verify_texts(const struct verify_tables *tables)
{
    const struct db *db = tables->db;
    int rc;

    while ((rc = db_row(tables->db, VERIFY_TEXTS)) > 0) {
        rc = verify_table_texts(tables, db_text(db, VERIFY_TEXTS, 0), db_text(db, VERIFY_TEXTS, 1));
        if (rc == 0)
            continue;
        db_end(tables->db, VERIFY_TEXTS);
        break;
    }
    return rc;
}

int verify_schema(const struct verify_tables *tables)
{
    size_t before = tables->findings->n;
    int rc = schema_check(tables->db, VERIFY_SCHEMA, verify_schema_fault, tables->findings);

    return rc || tables->findings->n != before ? rc : verify_texts(tables);
}
