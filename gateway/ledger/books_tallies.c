/* books_tallies: messages by network, modem, SIM and day. See books.h.
 * Runs: any (blocks). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/summary.h"

/* What the books have no name for (damaged ones) goes by its number, 0 by nothing. */
static int books_name(struct books *books, enum books_statement s, int64_t id, char *to,
                      size_t room)
{
    int rc;

    to[0] = '\0';
    if (id == 0)
        return 0;
    snprintf(to, room, "#%lld", (long long)id);
    db_start(books->db, s, id);
    rc = db_row(books->db, s);
    if (rc <= 0)
        return rc;
    books_copy(to, room, db_text(books->db, s, 0));
    db_end(books->db, s);
    return 0;
}

static struct books_route *books_route_of(struct books_route **out, size_t *n, const char *unit,
                                          int32_t route)
{
    struct books_route *last = *n ? &(*out)[*n - 1] : NULL;

    if (last && last->route == route && strcmp(last->unit, unit) == 0)
        return last;
    *out = mem_grow(*out, *n + 1, sizeof **out);
    last = &(*out)[(*n)++];
    *last = (struct books_route){.route = route};
    snprintf(last->unit, sizeof last->unit, "%s", unit);
    return last;
}

int books_routes(struct books *books, int64_t campaign, struct books_route **out, size_t *n)
{
    const struct db *db = books->db;
    int rc;

    *out = NULL;
    *n = 0;
    db_start(books->db, BOOKS_ROUTES, campaign);
    while ((rc = db_row(books->db, BOOKS_ROUTES)) > 0) {
        int64_t state = db_int(db, BOOKS_ROUTES, 3);
        struct books_route *route;
        char unit[sizeof route->unit];

        if (!books_is_state(state))
            continue;
        if (db_is_null(db, BOOKS_ROUTES, 0))
            snprintf(unit, sizeof unit, "#%lld", (long long)db_int(db, BOOKS_ROUTES, 1));
        else
            books_copy(unit, sizeof unit, db_text(db, BOOKS_ROUTES, 0));
        route = books_route_of(out, n, unit, (int32_t)db_int(db, BOOKS_ROUTES, 2));
        route->n[state] = db_int(db, BOOKS_ROUTES, 4);
        route->parts[state] = db_int(db, BOOKS_ROUTES, 5);
    }
    rc = books_keep(rc, *out, n);
    if (rc < 0)
        *out = NULL;
    return rc;
}

static int books_read_summary(struct books *books, int64_t campaign, struct summary *summary)
{
    const struct db *db = books->db;
    int rc;

    db_start(books->db, BOOKS_SUMMARY, campaign);
    while ((rc = db_row(books->db, BOOKS_SUMMARY)) > 0) {
        struct summary_key key = {.owner = campaign,
                                  .device = db_int(db, BOOKS_SUMMARY, 0),
                                  .sim = db_int(db, BOOKS_SUMMARY, 1),
                                  .day = (int32_t)db_int(db, BOOKS_SUMMARY, 2)};
        int64_t state = db_int(db, BOOKS_SUMMARY, 3);
        struct summary_line *line;

        if (!books_is_state(state))
            continue;
        line = summary_line(summary, &key);
        line->n[state] = db_int(db, BOOKS_SUMMARY, 4);
        line->parts[state] = db_int(db, BOOKS_SUMMARY, 5);
    }
    return rc;
}

static int books_sum(struct books *books, int64_t campaign, struct summary *summary)
{
    bool summed;
    int rc = db_row(books->db, BOOKS_SUMMED);

    if (rc < 0)
        return rc;
    summed = rc > 0 && db_int(books->db, BOOKS_SUMMED, 0) != 0;
    db_end(books->db, BOOKS_SUMMED);
    if (summed)
        return books_read_summary(books, campaign, summary);
    db_start(books->db, BOOKS_MESSAGES, campaign);
    return summary_read(summary, books->db, BOOKS_MESSAGES);
}

/* The number at the end of a name counts as one: bank-a/9 comes before bank-a/10. */
static int books_order_names(const char *a, const char *b)
{
    size_t lead_a = strlen(a), lead_b = strlen(b);
    int order;

    while (lead_a && a[lead_a - 1] >= '0' && a[lead_a - 1] <= '9')
        lead_a--;
    while (lead_b && b[lead_b - 1] >= '0' && b[lead_b - 1] <= '9')
        lead_b--;
    order = strncmp(a, b, lead_a > lead_b ? lead_a : lead_b);
    if (lead_a != lead_b || order)
        return strcmp(a, b);
    order = (strlen(a) > strlen(b)) - (strlen(a) < strlen(b));
    return order ? order : strcmp(a, b);
}

static int books_order_tallies(const void *left, const void *right)
{
    const struct books_tally *a = left, *b = right;
    int order = books_order_names(a->device, b->device);

    if (!order)
        order = strcmp(a->sim, b->sim);
    return order ? order : (a->day > b->day) - (a->day < b->day);
}

static int books_name_tallies(struct books *books, const struct summary *summary,
                              struct books_tally *tallies)
{
    int rc = 0;

    for (size_t i = 0; i < summary->n && rc == 0; i++) {
        const struct summary_line *line = &summary->lines[i];
        struct books_tally *tally = &tallies[i];

        tally->day = line->key.day;
        memcpy(tally->n, line->n, sizeof tally->n);
        memcpy(tally->parts, line->parts, sizeof tally->parts);
        rc = books_name(books, BOOKS_DEVICE_NAME, line->key.device, tally->device,
                        sizeof tally->device);
        if (rc == 0)
            rc = books_name(books, BOOKS_SIM_NAME, line->key.sim, tally->sim, sizeof tally->sim);
    }
    return rc;
}

int books_tallies(struct books *books, int64_t campaign, struct books_tally **out, size_t *n)
{
    struct summary summary = {0};
    int rc = books_begin(books);

    *out = NULL;
    *n = 0;
    if (rc < 0)
        return rc;
    rc = books_sum(books, campaign, &summary);
    if (rc == 0) {
        *n = summary.n;
        *out = mem_array(summary.n + 1, struct books_tally);
        rc = books_name_tallies(books, &summary, *out);
    }
    rc = books_keep(books_end(books, rc), *out, n);
    if (rc < 0)
        *out = NULL;
    else
        qsort(*out, *n, sizeof **out, books_order_tallies);
    summary_free(&summary);
    return rc;
}

static int books_order_unit_days(const void *left, const void *right)
{
    const struct books_unit_day *a = left, *b = right;
    int order = strcmp(a->unit, b->unit);

    return order ? order : (a->day > b->day) - (a->day < b->day);
}

static int books_name_unit_days(struct books *books, const struct summary *summary,
                                struct books_unit_day *days)
{
    int rc = 0;

    for (size_t i = 0; i < summary->n && rc == 0; i++) {
        const struct summary_line *line = &summary->lines[i];

        days[i].day = line->key.day;
        memcpy(days[i].n, line->n, sizeof days[i].n);
        memcpy(days[i].parts, line->parts, sizeof days[i].parts);
        rc = books_name(books, BOOKS_UNIT_CODE, line->key.owner, days[i].unit, sizeof days[i].unit);
    }
    return rc;
}

int books_unit_days(struct books *books, int64_t campaign, struct books_unit_day **out, size_t *n)
{
    struct summary summary = {0};
    int rc = books_begin(books);

    *out = NULL;
    *n = 0;
    if (rc < 0)
        return rc;
    db_start(books->db, BOOKS_UNIT_DAYS, campaign);
    rc = summary_read(&summary, books->db, BOOKS_UNIT_DAYS);
    if (rc == 0) {
        *n = summary.n;
        *out = mem_array(summary.n + 1, struct books_unit_day);
        rc = books_name_unit_days(books, &summary, *out);
    }
    rc = books_keep(books_end(books, rc), *out, n);
    if (rc < 0)
        *out = NULL;
    else
        qsort(*out, *n, sizeof **out, books_order_unit_days);
    summary_free(&summary);
    return rc;
}
