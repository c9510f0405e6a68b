/* store_cosign: checkpoints that other offices have signed.
 * Runs: ledger thread. */
#include "gateway/ledger/store_inside.h"

#include <string.h>

#include "gateway/base/note.h"

/* The note as the books have it. 1, 0: there is none of that size, or -errno. */
static int store_checkpoint_read(struct store *store, int64_t size, struct buffer *note)
{
    int rc;

    db_start(store->db, SQL_CHECKPOINT_READ, size);
    rc = db_row(store->db, SQL_CHECKPOINT_READ);
    if (rc <= 0)
        return rc;
    buffer_add_text(note, db_text(store->db, SQL_CHECKPOINT_READ, 0));
    db_end(store->db, SQL_CHECKPOINT_READ);
    return 1;
}

/* Lines are only added: another office's may have come from elsewhere in the meantime, and the
 * log's own stays as the books have it. */
int store_cosigned(struct store *store, struct ledger_op *op)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    const char *given = op->cosigned.note;
    struct checkpoint checkpoint;
    int rc;

    op->result = LEDGER_NONE;
    if (checkpoint_read(given, strlen(given), &checkpoint))
        return 0;
    rc = store_checkpoint_read(store, (int64_t)checkpoint.size, &note);
    if (rc <= 0 || note_merge(&note, given, strlen(given)))
        return rc < 0 ? rc : 0;
    db_start(store->db, SQL_CHECKPOINT_NOTE, (int64_t)checkpoint.size);
    db_bind_text(store->db, SQL_CHECKPOINT_NOTE, 2, buffer_text(&note));
    rc = db_finish(store->db, SQL_CHECKPOINT_NOTE);
    op->result = LEDGER_OK;
    return rc;
}
