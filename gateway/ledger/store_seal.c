/* store_seal: the last record of a session (see seal.h), and the first of the next.
 * Runs: ledger thread (store_unseal: the loop, before there is a thread). */
#include "gateway/ledger/seal.h"
#include "gateway/ledger/store.h"
#include "gateway/ledger/store_inside.h"

static int store_seal_add(struct store *store, struct jv *seal, int64_t at_ms)
{
    int rc = store_begin(store);

    if (rc == 0)
        rc = store_fact(store, FACT_SEAL, seal, at_ms);
    else
        jv_free(seal);
    if (rc == 0)
        rc = store_commit(store);
    if (rc < 0)
        store_rollback(store);
    return rc;
}

int store_seal(struct store *store, int64_t at_ms)
{
    struct jv *seal;
    int rc = seal_make(store->db, &seal);

    if (rc == 0)
        return store_seal_add(store, seal, at_ms);
    jv_free(seal);
    return rc;
}

int store_unseal(struct store *store, int64_t at_ms)
{
    struct jv *object;
    int rc;

    db_start(store->db, SQL_FACT_LAST, store_line(store), FACT_SEAL);
    rc = db_row(store->db, SQL_FACT_LAST);
    if (rc <= 0)
        return rc;
    db_end(store->db, SQL_FACT_LAST);
    object = jv_object();
    jv_put(object, "version", jv_int(SQL_VERSION));
    return store_fact(store, FACT_OPENED, object, at_ms);
}
