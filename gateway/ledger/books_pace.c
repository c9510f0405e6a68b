/* books_pace: how fast and how well messages went out of late. See books_pace.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_pace.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

/* Lines of BOOKS_PACE: cause, state, device, and how many messages, parts and milliseconds. */
struct books_pace_line {
    int64_t cause, state, messages, parts, ms;
};

static void books_pace_report(const struct books_pace_line *line, struct books_odds *odds)
{
    odds->reported += line->messages;
    if (line->state == DELIVERY_UNDELIVERED) {
        odds->undelivered += line->messages;
        odds->undelivered_ms += line->ms;
    }
}

static void books_pace_answer(const struct books_pace_line *line, struct books_odds *odds)
{
    odds->tried += line->messages;
    odds->rejected += line->state == DELIVERY_REJECTED ? line->messages : 0;
    odds->deferred += line->state == DELIVERY_DEFERRED ? line->messages : 0;
}

int books_paces(struct books *books, struct books_pace **out, size_t *n, struct books_odds *odds)
{
    struct db *db = books->db;
    int rc;

    *out = NULL;
    *n = 0;
    *odds = (struct books_odds){0};
    db_start(db, BOOKS_PACE, BOOKS_PACE_LINES);
    while ((rc = db_row(db, BOOKS_PACE)) > 0) {
        const struct books_pace_line line = {db_int(db, BOOKS_PACE, 0), db_int(db, BOOKS_PACE, 1),
                                             db_int(db, BOOKS_PACE, 3), db_int(db, BOOKS_PACE, 4),
                                             db_int(db, BOOKS_PACE, 5)};
        const char *device = db_text(db, BOOKS_PACE, 2);

        if (line.cause == CAUSE_REPORT)
            books_pace_report(&line, odds);
        if (line.cause != CAUSE_OUTCOME)
            continue;
        books_pace_answer(&line, odds);
        if (line.state != DELIVERY_SENT || !*device)
            continue;
        *out = mem_grow(*out, *n + 1, sizeof **out);
        (*out)[*n] =
            (struct books_pace){.messages = line.messages, .parts = line.parts, .ms = line.ms};
        books_copy((*out)[*n].device, sizeof(*out)[*n].device, device);
        (*n)++;
    }
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}

/* ---- SIMs ---- */

struct books_uses {
    struct meter_use *items;
    size_t n, room;
};

static int books_uses_read(struct books *books, int64_t sim, int64_t now_ms, struct books_uses *out)
{
    int rc;

    out->n = 0;
    db_start(books->db, BOOKS_USAGE, sim, meter_slot(now_ms - METER_LOAD_MS));
    while ((rc = db_row(books->db, BOOKS_USAGE)) > 0) {
        if (out->n == out->room) {
            out->room = out->room ? out->room * 2 : 64;
            out->items = mem_grow(out->items, out->room, sizeof *out->items);
        }
        out->items[out->n++] = (struct meter_use){.slot = db_int(books->db, BOOKS_USAGE, 0),
                                                  .parts = db_int(books->db, BOOKS_USAGE, 1)};
    }
    return rc;
}

static int books_sims_walk(struct books *books, int64_t now_ms, struct books_uses *uses,
                           int (*each)(void *ctx, const struct books_sim *sim), void *ctx)
{
    int rc;

    while ((rc = db_row(books->db, BOOKS_MODEMS)) > 0) {
        struct books_sim sim = {0};

        books_copy(sim.device, sizeof sim.device, db_text(books->db, BOOKS_MODEMS, 0));
        books_copy(sim.imsi, sizeof sim.imsi, db_text(books->db, BOOKS_MODEMS, 5));
        rc = books_uses_read(books, db_int(books->db, BOOKS_MODEMS, 1), now_ms, uses);
        sim.uses = uses->items;
        sim.n_uses = uses->n;
        if (rc == 0)
            rc = each(ctx, &sim);
        if (rc == 0)
            continue;
        db_end(books->db, BOOKS_MODEMS);
        return rc;
    }
    return rc;
}

int books_sims(struct books *books, int64_t now_ms,
               int (*each)(void *ctx, const struct books_sim *sim), void *ctx)
{
    struct books_uses uses = {0};
    int rc = books_begin(books);

    if (rc < 0)
        return rc;
    rc = books_end(books, books_sims_walk(books, now_ms, &uses, each, ctx));
    free(uses.items);
    return rc;
}

int books_pool(struct books *books, const char *group, int64_t now_ms, struct meter *meter)
{
    MEM_FREE_LATER char *name = mem_printf("group:%s", group);
    struct books_uses uses = {0};
    int64_t sim = 0;
    int rc;

    db_bind_text(books->db, BOOKS_SIM, 1, name);
    rc = db_row(books->db, BOOKS_SIM);
    if (rc > 0) {
        sim = db_int(books->db, BOOKS_SIM, 0);
        db_end(books->db, BOOKS_SIM);
        rc = books_uses_read(books, sim, now_ms, &uses);
    }
    if (rc == 0)
        meter_load(meter, uses.items, uses.n);
    free(uses.items);
    return rc;
}
