/* store_modem: how the modems stand, and what is remembered of them over a restart.
 * Runs: ledger thread. */
#include "gateway/ledger/store.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/ledger/store_inside.h"

int store_modem(struct store *store, struct ledger_op *op)
{
    const struct modem_health *health = &op->modem.health;
    const char *const texts[] = {op->modem.why, health->imei,    health->imsi,
                                 health->smsc,  health->network, health->model};
    const int first = 12;
    int rc;

    LOG_ASSERT((unsigned)op->modem.state < LANE_STATES &&
               (unsigned)health->registration < REGISTRATIONS);
    db_start(store->db, SQL_MODEM_PUT, op->modem.device, op->modem.sim, op->modem.state,
             health->registration, health->signal_dbm, health->cdma, op->modem.pin_mark,
             op->modem.paused, op->modem.error, op->modem.error_ms, op->at_ms);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        db_bind_text(store->db, SQL_MODEM_PUT, first + (int)i, texts[i]);
    rc = db_finish(store->db, SQL_MODEM_PUT);
    return rc < 0 ? rc : store_awaiting_prune(store, op->at_ms);
}

static int store_remember(struct store *store, struct ledger_memory *out)
{
    struct db *db = store->db;
    int rc = store_answer_waits(store, out->device);

    out->answers = rc > 0;
    if (rc < 0)
        return rc;
    db_start(db, SQL_MODEM_READ, out->device);
    rc = db_row(db, SQL_MODEM_READ);
    if (rc <= 0)
        return rc;
    out->paused = db_int(db, SQL_MODEM_READ, 0) != 0;
    out->pin_mark = db_int(db, SQL_MODEM_READ, 1);
    snprintf(out->imsi, sizeof out->imsi, "%s", db_text(db, SQL_MODEM_READ, 2));
    out->error = (int32_t)db_int(db, SQL_MODEM_READ, 3);
    out->error_ms = db_int(db, SQL_MODEM_READ, 4);
    db_end(db, SQL_MODEM_READ);
    return 0;
}

int store_recall(struct store *store, struct ledger_op *op)
{
    int rc = 0;

    for (size_t i = 0; i < op->recall.n && rc == 0; i++) {
        struct ledger_memory *memory = &op->recall.memories[i];

        *memory = (struct ledger_memory){0};
        rc = store_device(store, op->recall.names[i], &memory->device);
        if (rc == 0)
            rc = store_remember(store, memory);
    }
    return rc;
}
