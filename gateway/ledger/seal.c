/* seal: a digest of what is in no record. See seal.h.
 * Runs: any (blocks). */
#include "gateway/ledger/seal.h"

#include "gateway/base/digest.h"
#include "gateway/ledger/schema.h"

/* Each in the order of its key, so that the same rows give the same digest. */
static const struct {
    const char *name, *sql;
} seal_tables[] = {
    {"answer", "SELECT * FROM answer ORDER BY id"},
    {"awaiting", "SELECT * FROM awaiting ORDER BY id"},
    {"board_state", "SELECT * FROM board_state ORDER BY board"},
    /* The one that is signed over the seal comes later; seals may follow each other, with a record
     * that tells of the clock between them. */
    {"checkpoint",
     "SELECT size, at_ms, note FROM checkpoint WHERE size <= (SELECT id FROM journal"
     " WHERE delivery <> 0 OR to_state NOT IN (17, 20) ORDER BY id DESC LIMIT 1) ORDER BY size"},
    /* Of most the records and other seals tell what these columns must be; the rest is listed. */
    {"delivery",
     "SELECT d.id, d.not_before_ms, d.pool, d.up, d.attempts, d.doubted FROM delivery d"
     " LEFT JOIN sim s ON s.id = d.sim WHERE d.attempts <> (d.taken_ms > 0) OR d.doubted <> 0"
     " OR d.not_before_ms <> iif(d.state < 2, d.from_ms, 0) OR d.pool <> coalesce(s.pool, 0)"
     " OR d.up <> 0 ORDER BY d.id"},
    {"device", "SELECT id, refers, trust FROM device ORDER BY id"},
    {"inbound", "SELECT * FROM inbound ORDER BY id"},
    {"meta", "SELECT version, made_ms, origin, key, timezone FROM meta"},
    {"modem", "SELECT * FROM modem ORDER BY device"},
    {"reply", "SELECT * FROM reply ORDER BY id"},
    {"reserve", "SELECT * FROM reserve ORDER BY id"},
    /* What was put back since (line 0) is told by the next opening, before anything else. */
    {"restored", "SELECT * FROM restored WHERE line <> 0 ORDER BY id"},
    {"schema", SCHEMA_ROWS},
    {"sim", "SELECT id, pool, trust FROM sim ORDER BY id"},
    {"text", "SELECT * FROM text ORDER BY id"},
    {"usage", "SELECT * FROM usage ORDER BY sim, slot"},
};

int seal_make(struct db *db, struct jv **out)
{
    struct jv *tables = jv_object();
    int rc = 0;

    *out = jv_object();
    for (size_t i = 0; i < sizeof seal_tables / sizeof *seal_tables && rc == 0; i++) {
        struct digest digest = {.n = DIGEST_SHA256_BYTES};
        char hex[DIGEST_HEX_MOST];

        rc = db_digest(db, seal_tables[i].sql, digest.bytes);
        digest_hex(&digest, hex);
        if (rc == 0)
            jv_put(tables, seal_tables[i].name, jv_string(hex));
    }
    jv_put(*out, "tables", tables);
    return rc;
}
