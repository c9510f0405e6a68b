/* books_units: what units have sent and hand in, and who is responsible in them. See books_units.h
 * and books.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_units.h"

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"

int books_contacts(struct books *books, int64_t campaign,
                   int (*each)(void *ctx, const struct books_contact *contact), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_start(db, BOOKS_CONTACTS, campaign);
    while ((rc = db_row(db, BOOKS_CONTACTS)) > 0) {
        const struct books_contact contact = {
            .unit = db_text(db, BOOKS_CONTACTS, 0),
            .unit_name = db_text(db, BOOKS_CONTACTS, 1),
            .name = db_text(db, BOOKS_CONTACTS, 2),
            .position = db_text(db, BOOKS_CONTACTS, 3),
            .phone = db_text(db, BOOKS_CONTACTS, 4),
            .named_ms = *db_text(db, BOOKS_CONTACTS, 2) ? db_int(db, BOOKS_CONTACTS, 5) : 0,
        };
        int answer = each(ctx, &contact);

        if (answer) {
            db_end(db, BOOKS_CONTACTS);
            return answer;
        }
    }
    return rc;
}

int books_deadline(struct books *books, int64_t campaign, int64_t *deadline_ms, int64_t *entered_ms)
{
    int rc;

    db_start(books->db, BOOKS_DEADLINE, campaign);
    rc = db_row(books->db, BOOKS_DEADLINE);
    if (rc <= 0)
        return rc < 0 ? rc : 1;
    *deadline_ms = db_int(books->db, BOOKS_DEADLINE, 0);
    *entered_ms = db_int(books->db, BOOKS_DEADLINE, 1);
    db_end(books->db, BOOKS_DEADLINE);
    return 0;
}

int books_activity(struct books *books, int64_t campaign, const char *unit,
                   int (*each)(void *ctx, const struct books_activity *activity), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_start(db, BOOKS_ACTIVITY, campaign);
    db_bind_text(db, BOOKS_ACTIVITY, 2, unit);
    while ((rc = db_row(db, BOOKS_ACTIVITY)) > 0) {
        const struct books_activity activity = {.held = db_text(db, BOOKS_ACTIVITY, 0),
                                                .place = db_text(db, BOOKS_ACTIVITY, 1),
                                                .content = db_text(db, BOOKS_ACTIVITY, 2),
                                                .participants = db_int(db, BOOKS_ACTIVITY, 3),
                                                .at_ms = db_int(db, BOOKS_ACTIVITY, 4)};
        int answer = each(ctx, &activity);

        if (answer) {
            db_end(db, BOOKS_ACTIVITY);
            return answer;
        }
    }
    return rc;
}

int books_photos(struct books *books, int64_t campaign, const char *unit,
                 int (*each)(void *ctx, const struct books_photo *photo), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_start(db, BOOKS_PHOTOS, campaign);
    db_bind_text(db, BOOKS_PHOTOS, 2, unit);
    while ((rc = db_row(db, BOOKS_PHOTOS)) > 0) {
        const struct books_photo photo = {.name = db_text(db, BOOKS_PHOTOS, 0),
                                          .file = db_text(db, BOOKS_PHOTOS, 1),
                                          .at_ms = db_int(db, BOOKS_PHOTOS, 2)};
        int answer = each(ctx, &photo);

        if (answer) {
            db_end(db, BOOKS_PHOTOS);
            return answer;
        }
    }
    return rc;
}

/* ---- what they have sent ---- */

/* Damaged figures wrap around instead of overflowing. */
static void books_add(int64_t *sum, int64_t value)
{
    *sum = (int64_t)((uint64_t)*sum + (uint64_t)value);
}

static int books_unit_counts(struct books *books, int64_t campaign, int64_t unit,
                             struct books_unit *out)
{
    int rc;

    db_start(books->db, BOOKS_UNIT_COUNTS, campaign, unit);
    while ((rc = db_row(books->db, BOOKS_UNIT_COUNTS)) > 0) {
        int64_t state = db_int(books->db, BOOKS_UNIT_COUNTS, 0);

        if (!books_is_state(state))
            continue;
        books_add(&out->n[state], db_int(books->db, BOOKS_UNIT_COUNTS, 1));
        books_add(&out->parts[state], db_int(books->db, BOOKS_UNIT_COUNTS, 2));
    }
    return rc;
}

static int books_read_units(struct books *books, int64_t campaign, struct books_unit **out,
                            size_t *n)
{
    int rc;

    db_start(books->db, BOOKS_UNITS, campaign);
    while ((rc = db_row(books->db, BOOKS_UNITS)) > 0) {
        struct books_unit unit = {.quota = db_int(books->db, BOOKS_UNITS, 3)};

        books_copy(unit.id, sizeof unit.id, db_text(books->db, BOOKS_UNITS, 1));
        books_copy(unit.name, sizeof unit.name, db_text(books->db, BOOKS_UNITS, 2));
        rc = books_unit_counts(books, campaign, db_int(books->db, BOOKS_UNITS, 0), &unit);
        if (rc < 0)
            return rc;
        *out = mem_grow(*out, *n + 1, sizeof **out);
        (*out)[(*n)++] = unit;
    }
    return rc;
}

int books_units(struct books *books, int64_t campaign, struct books_unit **out, size_t *n)
{
    int rc = books_begin(books);

    *out = NULL;
    *n = 0;
    if (rc == 0)
        rc = books_end(books, books_read_units(books, campaign, out, n));
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}
