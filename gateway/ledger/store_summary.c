/* store_summary: the table of messages by modem, SIM and day, brought up to date.
 * Runs: ledger thread, while the books are being closed.
 *
 * Kept up with every change it would cost more than all other counts together, and nobody needs it
 * while messages go out: who asks meanwhile adds up the deliveries. */
#include "gateway/ledger/store_inside.h"

#include <stdlib.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/store.h"
#include "gateway/ledger/summary.h"

struct store_sums {
    int64_t summed, last; /* lines of the journal: that the table is true for, and of the books */
    int64_t deliveries;
    bool behind;
    int64_t *campaigns; /* whose deliveries have changed */
    size_t n;
    struct summary summary;
};

static int store_sum_marks(struct store *store, struct store_sums *sums)
{
    int rc = db_row(store->db, SQL_SUM_MARKS);

    if (rc <= 0)
        return rc;
    sums->summed = db_int(store->db, SQL_SUM_MARKS, 0);
    sums->last = db_int(store->db, SQL_SUM_MARKS, 1);
    sums->behind = db_int(store->db, SQL_SUM_MARKS, 2) != 0;
    sums->deliveries = db_int(store->db, SQL_SUM_MARKS, 3);
    db_end(store->db, SQL_SUM_MARKS);
    return 0;
}

/* To look up whose a line is costs as much as to add four deliveries up. */
static int store_sum_campaigns(struct store *store, struct store_sums *sums)
{
    bool all = (sums->last - sums->summed) > sums->deliveries / 4;
    enum sql_statement s = all ? SQL_SUM_CAMPAIGNS : SQL_SUM_GROWN;
    int rc;

    db_start_n(store->db, s, &sums->summed, all ? 0 : 1);
    while ((rc = db_row(store->db, s)) > 0) {
        sums->campaigns = mem_grow(sums->campaigns, sums->n + 1, sizeof *sums->campaigns);
        sums->campaigns[sums->n++] = db_int(store->db, s, 0);
    }
    return rc;
}

static int store_sum_line(struct store *store, const struct summary_line *line)
{
    int rc = 0;

    for (int state = 0; state < DELIVERY_STATES && rc == 0; state++)
        if (line->n[state])
            rc = db_run(store->db, SQL_SUM_ADD, line->key.owner, line->key.device, line->key.sim,
                        line->key.day, state, line->n[state], line->parts[state]);
    return rc;
}

static int store_sum_campaign(struct store *store, const struct summary *summary, int64_t campaign)
{
    int rc = db_run(store->db, SQL_SUM_DROP, campaign);

    for (size_t i = 0; i < summary->n && rc == 0; i++)
        if (summary->lines[i].key.owner == campaign)
            rc = store_sum_line(store, &summary->lines[i]);
    return rc;
}

static int store_sum_again(struct store *store, struct store_sums *sums)
{
    int rc = store_sum_campaigns(store, sums);

    if (rc == 0) {
        db_start_n(store->db, SQL_SUM_MESSAGES, NULL, 0);
        rc = summary_read(&sums->summary, store->db, SQL_SUM_MESSAGES);
    }
    for (size_t i = 0; i < sums->n && rc == 0; i++)
        rc = store_sum_campaign(store, &sums->summary, sums->campaigns[i]);
    return rc;
}

int store_sum(struct store *store)
{
    struct store_sums sums = {0};
    int rc;

    if (store->foreign_zone) /* readers add up by themselves, in the books' zone */
        return 0;
    rc = store_begin(store);
    if (rc == 0)
        rc = store_sum_marks(store, &sums);
    if (rc == 0 && sums.behind)
        rc = store_sum_again(store, &sums);
    if (rc == 0 && sums.last != sums.summed)
        rc = db_run(store->db, SQL_SUM_DONE, sums.last);
    if (rc == 0)
        rc = store_commit(store);
    if (rc < 0)
        store_rollback(store);
    free(sums.campaigns);
    summary_free(&sums.summary);
    return rc;
}
