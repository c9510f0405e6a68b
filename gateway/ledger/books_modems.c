/* books_modems: how the modems stand, for people and programs. See books.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books.h"

#include <errno.h>
#include <stdlib.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/model/meter.h"

/* False: a state that there is not, in damaged books. */
static bool books_read_modem(const struct db *db, struct books_modem *out)
{
    int64_t state = db_int(db, BOOKS_MODEMS, 2), registration = db_int(db, BOOKS_MODEMS, 9);

    *out = (struct books_modem){
        .state = (enum lane_state)state,
        .health = {.registration = (enum registration)registration,
                   .signal_dbm = (int)db_int(db, BOOKS_MODEMS, 10),
                   .cdma = db_int(db, BOOKS_MODEMS, 11) != 0},
        .paused = db_int(db, BOOKS_MODEMS, 12) != 0,
        .error = (int32_t)db_int(db, BOOKS_MODEMS, 13),
        .error_ms = db_int(db, BOOKS_MODEMS, 14),
        .seen_ms = db_int(db, BOOKS_MODEMS, 15),
    };
    books_copy(out->id, sizeof out->id, db_text(db, BOOKS_MODEMS, 0));
    books_copy(out->why, sizeof out->why, db_text(db, BOOKS_MODEMS, 3));
    books_copy(out->health.imei, sizeof out->health.imei, db_text(db, BOOKS_MODEMS, 4));
    books_copy(out->health.imsi, sizeof out->health.imsi, db_text(db, BOOKS_MODEMS, 5));
    books_copy(out->health.smsc, sizeof out->health.smsc, db_text(db, BOOKS_MODEMS, 6));
    books_copy(out->health.network, sizeof out->health.network, db_text(db, BOOKS_MODEMS, 7));
    books_copy(out->health.model, sizeof out->health.model, db_text(db, BOOKS_MODEMS, 8));
    return state >= 0 && state < LANE_STATES && registration >= 0 && registration < REGISTRATIONS;
}

/* The gateway's own meter counts, so that both say the same. 0 or -errno. */
static int books_read_uses(struct books *books, int64_t sim, int64_t now_ms, struct meter *meter)
{
    struct meter_use *uses = NULL;
    size_t n = 0, room = 0;
    int rc;

    db_start(books->db, BOOKS_USAGE, sim, meter_slot(now_ms - METER_LOAD_MS));
    while ((rc = db_row(books->db, BOOKS_USAGE)) > 0) {
        if (n == room) {
            room = room ? room * 2 : 64;
            uses = mem_grow(uses, room, sizeof *uses);
        }
        uses[n++] = (struct meter_use){.slot = db_int(books->db, BOOKS_USAGE, 0),
                                       .parts = db_int(books->db, BOOKS_USAGE, 1)};
    }
    if (rc == 0)
        meter_load(meter, uses, n);
    free(uses);
    return rc;
}

static int books_count_uses(struct books *books, int64_t sim, int64_t now_ms,
                            struct books_group *out)
{
    const struct meter_limits unlimited = {0};
    struct meter *meter;
    int rc;

    *out = (struct books_group){0};
    if (sim <= 0)
        return 0;
    meter = meter_new(&unlimited);
    rc = books_read_uses(books, sim, now_ms, meter);
    if (rc == 0) {
        out->hour_parts = meter_hour_parts(meter, now_ms);
        out->day_parts = meter_day_parts(meter, now_ms);
    }
    meter_free(meter);
    return rc;
}

static int books_count_modem(struct books *books, int64_t now_ms, struct books_modem *out)
{
    struct books_group used;
    int rc = books_count_uses(books, db_int(books->db, BOOKS_MODEMS, 1), now_ms, &used);

    out->hour_parts = used.hour_parts;
    out->day_parts = used.day_parts;
    return rc;
}

static int books_each_modem(struct books *books, int64_t now_ms,
                            int (*each)(void *ctx, const struct books_modem *modem), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_MODEMS)) > 0) {
        struct books_modem modem;

        rc = books_read_modem(books->db, &modem) ? 0 : -EUCLEAN;
        if (rc == 0)
            rc = books_count_modem(books, now_ms, &modem);
        if (rc == 0)
            rc = each(ctx, &modem);
        if (rc != 0)
            return rc;
    }
    return rc;
}

int books_modems(struct books *books, int64_t now_ms,
                 int (*each)(void *ctx, const struct books_modem *modem), void *ctx)
{
    int rc = books_begin(books);

    return rc < 0 ? rc : books_end(books, books_each_modem(books, now_ms, each, ctx));
}

static int books_find_group(struct books *books, const char *name, int64_t now_ms,
                            struct books_group *out)
{
    int64_t sim = 0;
    int rc;

    db_bind_text(books->db, BOOKS_SIM, 1, name);
    rc = db_row(books->db, BOOKS_SIM);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        sim = db_int(books->db, BOOKS_SIM, 0);
        db_end(books->db, BOOKS_SIM);
    }
    return books_count_uses(books, sim, now_ms, out);
}

int books_group(struct books *books, const char *id, int64_t now_ms, struct books_group *out)
{
    MEM_FREE_LATER char *name = mem_printf("group:%s", id);
    int rc = books_begin(books);

    return rc < 0 ? rc : books_end(books, books_find_group(books, name, now_ms, out));
}
