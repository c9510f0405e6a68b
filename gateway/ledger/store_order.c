/* store_order: units and what they owe, into the books.
 * Runs: ledger thread. */
#include "gateway/ledger/store_inside.h"

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static int64_t store_order_above(const struct store_orders *orders, size_t i)
{
    return orders->parents ? orders->parents[i] : -1;
}

/* Those above before those below, else as they come. out: room for n. */
static void store_order_sort(const struct store_orders *orders, size_t *out)
{
    MEM_FREE_LATER bool *done = mem_array(orders->n + 1, bool);
    size_t n = 0;

    while (n < orders->n) {
        size_t before = n;

        for (size_t i = 0; i < orders->n; i++) {
            int64_t above = store_order_above(orders, i);

            LOG_ASSERT(above < (int64_t)orders->n);
            if (done[i] || (above >= 0 && !done[above]))
                continue;
            done[i] = true;
            out[n++] = i;
        }
        LOG_ASSERT(n > before); /* no circles */
    }
}

static int store_order_tell(struct store *store, const struct store_orders *orders, int64_t unit)
{
    struct jv *object;
    int64_t parent;
    int rc;

    db_start(store->db, SQL_ORDER, orders->campaign, unit);
    rc = db_row(store->db, SQL_ORDER);
    if (rc <= 0)
        return rc;
    object = jv_object();
    parent = db_int(store->db, SQL_ORDER, 2);
    jv_put(object, "campaign", jv_int(orders->campaign));
    jv_put(object, "unit", jv_int(unit));
    jv_put(object, "quota", jv_int(db_int(store->db, SQL_ORDER, 0)));
    jv_put(object, "position", jv_int(db_int(store->db, SQL_ORDER, 1)));
    if (parent)
        jv_put(object, "parent", jv_int(parent));
    db_end(store->db, SQL_ORDER);
    return store_fact(store, FACT_ORDER, object, orders->at_ms);
}

/* The number of the unit above, 0: none; as it was when the op doesn't say. 0 or -errno. */
static int store_order_parent(struct store *store, const struct store_orders *orders, size_t i,
                              int64_t *parent)
{
    int64_t above = store_order_above(orders, i);
    int rc;

    *parent = above < 0 ? 0 : orders->numbers[above];
    if (orders->parents)
        return 0;
    db_start(store->db, SQL_ORDER, orders->campaign, (int64_t)orders->numbers[i]);
    rc = db_row(store->db, SQL_ORDER);
    if (rc <= 0)
        return rc;
    *parent = db_int(store->db, SQL_ORDER, 2);
    db_end(store->db, SQL_ORDER);
    return 0;
}

/* Where the order has stood from the beginning, there it stays. */
static int store_order_enter(struct store *store, const struct store_orders *orders, size_t i)
{
    int64_t unit = orders->numbers[i], parent;
    int rc = store_order_parent(store, orders, i, &parent);
    bool changed;

    if (rc == 0)
        rc = db_run(store->db, SQL_CAMPAIGN_UNIT, orders->campaign, unit, orders->quotas[i],
                    (int64_t)i, parent);
    changed = rc == 0 && db_changes(store->db) > 0;
    if (rc == 0 && !changed && orders->edit) {
        rc = db_run(store->db, SQL_EDIT_ORDER, orders->campaign, unit, orders->quotas[i], parent);
        changed = rc == 0 && db_changes(store->db) > 0;
    }
    return rc < 0 || !changed ? rc : store_order_tell(store, orders, unit);
}

int store_orders(struct store *store, const struct store_orders *orders)
{
    MEM_FREE_LATER size_t *sorted = mem_array(orders->n + 1, size_t);
    int rc = 0;

    store_order_sort(orders, sorted);
    for (size_t i = 0; i < orders->n && rc == 0; i++)
        rc = store_unit(store, orders->ids[i], orders->names[i], &orders->numbers[i]);
    for (size_t i = 0; i < orders->n && rc == 0; i++)
        rc = store_order_enter(store, orders, sorted[i]);
    return rc;
}
