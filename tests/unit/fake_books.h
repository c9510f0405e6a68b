/* fake_books: the books as tables in memory, which may lie. Include in one file of a test program.
 * Runs: any.
 *
 * Takes the place of gateway/ledger/books.c: a test says what is read, also what real books would
 * never hold. */
#ifndef LAWCAST_TESTS_UNIT_FAKE_BOOKS_H
#define LAWCAST_TESTS_UNIT_FAKE_BOOKS_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/books_tree.h"
#include "gateway/ledger/books_units.h"

struct books {
    struct books_campaign campaign; /* title and windows are literals here */
    struct books_unit units[8];
    size_t n_units;
    struct books_branch tree[8];
    size_t n_tree;
    struct books_board boards[4];
    size_t n_boards, boards_read; /* boards_read: how often */
    const struct books_delivery *deliveries;
    size_t n_deliveries;
    const struct books_shown *shown;
    size_t n_shown;
    const struct books_reached *reached;
    size_t n_reached;
    int64_t elsewhere; /* a delivery of another campaign; 0: none */
    /* NULL: all messages of a unit go by OPERATOR_UNKNOWN, and no modem took any. */
    const struct books_route *routes;
    size_t n_routes;
    const struct books_tally *tallies;
    size_t n_tallies;
    const struct books_unit_day *unit_days;
    size_t n_unit_days;
    unsigned held;
    struct books_notes notes;
    const struct books_contact *contacts;
    size_t n_contacts;
    int64_t deadline_ms, entered_ms; /* of contacts */
    bool rehearsal;
    int failure; /* what every reading returns, 0: it works */
};

int books_open(struct books **out, const char *path, char *why, size_t why_size)
{
    (void)path;
    (void)why;
    (void)why_size;
    *out = NULL;
    return -ENOENT;
}

void books_close(struct books *books)
{
    (void)books;
}

static void fake_books_lend(const struct books *books, struct books_campaign *out)
{
    *out = books->campaign;
    out->title = mem_dup(books->campaign.title);
    out->windows = mem_dup(books->campaign.windows);
    out->targets = mem_dup(books->campaign.targets);
}

int books_hold(struct books *books)
{
    books->held++;
    return 0;
}

void books_let_go(struct books *books)
{
    LOG_ASSERT(books->held);
    books->held--;
}

void books_campaign_release(struct books_campaign *campaign)
{
    free(campaign->title);
    free(campaign->windows);
    free(campaign->targets);
    campaign->title = campaign->windows = campaign->targets = NULL;
}

int books_campaigns(struct books *books,
                    int (*each)(void *ctx, const struct books_campaign *campaign), void *ctx)
{
    return books->failure ? books->failure : each(ctx, &books->campaign);
}

int books_find_campaign(struct books *books, const char *id, struct books_campaign *out)
{
    if (books->failure)
        return books->failure;
    if (strcmp(id, books->campaign.id) != 0)
        return 1;
    fake_books_lend(books, out);
    return 0;
}

int books_units(struct books *books, int64_t campaign, struct books_unit **out, size_t *n)
{
    (void)campaign;
    *n = books->n_units;
    *out = mem_array(books->n_units + 1, struct books_unit);
    memcpy(*out, books->units, books->n_units * sizeof **out);
    return 0;
}

int books_tree(struct books *books, int64_t campaign, struct books_branch **out, size_t *n)
{
    (void)campaign;
    *n = books->n_tree;
    *out = mem_array(books->n_tree + 1, struct books_branch);
    memcpy(*out, books->tree, books->n_tree * sizeof **out);
    return 0;
}

static void fake_books_add(int64_t *to, const int64_t *from)
{
    for (size_t i = 0; i < DELIVERY_STATES; i++)
        to[i] += from[i];
}

int books_routes(struct books *books, int64_t campaign, struct books_route **out, size_t *n)
{
    (void)campaign;
    *n = books->routes ? books->n_routes : books->n_units;
    *out = mem_array(*n + 1, struct books_route);
    if (books->routes)
        memcpy(*out, books->routes, *n * sizeof **out);
    for (size_t i = 0; i < *n && !books->routes; i++) {
        memcpy((*out)[i].unit, books->units[i].id, sizeof(*out)[i].unit);
        fake_books_add((*out)[i].n, books->units[i].n);
        fake_books_add((*out)[i].parts, books->units[i].parts);
    }
    return 0;
}

int books_tallies(struct books *books, int64_t campaign, struct books_tally **out, size_t *n)
{
    (void)campaign;
    *n = books->tallies ? books->n_tallies : books->n_units > 0;
    *out = mem_array(*n + 1, struct books_tally);
    if (books->tallies)
        memcpy(*out, books->tallies, *n * sizeof **out);
    for (size_t i = 0; i < books->n_units && !books->tallies; i++) {
        fake_books_add((*out)[0].n, books->units[i].n);
        fake_books_add((*out)[0].parts, books->units[i].parts);
    }
    return 0;
}

int books_unit_days(struct books *books, int64_t campaign, struct books_unit_day **out, size_t *n)
{
    (void)campaign;
    *n = books->unit_days ? books->n_unit_days : books->n_units;
    *out = mem_array(*n + 1, struct books_unit_day);
    if (books->unit_days)
        memcpy(*out, books->unit_days, *n * sizeof **out);
    for (size_t i = 0; i < *n && !books->unit_days; i++) {
        memcpy((*out)[i].unit, books->units[i].id, sizeof(*out)[i].unit);
        fake_books_add((*out)[i].n, books->units[i].n);
        fake_books_add((*out)[i].parts, books->units[i].parts);
    }
    return 0;
}

int books_boards(struct books *books, int64_t campaign, struct books_board **out, size_t *n)
{
    (void)campaign;
    books->boards_read++;
    *n = books->n_boards;
    *out = mem_array(books->n_boards + 1, struct books_board);
    memcpy(*out, books->boards, books->n_boards * sizeof **out);
    return 0;
}

int books_reached(struct books *books, int64_t campaign,
                  int (*each)(void *ctx, const struct books_reached *reached), void *ctx)
{
    int rc = books->failure;

    (void)campaign;
    for (size_t i = 0; i < books->n_reached && !rc; i++)
        rc = each(ctx, &books->reached[i]);
    return rc;
}

int books_shown_by_board(struct books *books, int64_t campaign,
                         int (*each)(void *ctx, const struct books_shown *shown), void *ctx)
{
    int rc = books->failure;

    (void)campaign;
    for (size_t i = 0; i < books->n_shown && !rc; i++)
        rc = each(ctx, &books->shown[i]);
    return rc;
}

int books_owner(struct books *books, int64_t delivery, int64_t *campaign)
{
    *campaign = books->campaign.number + 1;
    return books->failure ? books->failure : delivery != books->elsewhere;
}

int books_deliveries(struct books *books, int64_t campaign,
                     int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx)
{
    int rc = books->failure;

    (void)campaign;
    for (size_t i = 0; i < books->n_deliveries && !rc; i++)
        rc = each(ctx, &books->deliveries[i]);
    return rc;
}

int books_failed(struct books *books, int64_t campaign,
                 int (*each)(void *ctx, const struct books_delivery *delivery), void *ctx)
{
    int rc = books->failure;

    (void)campaign;
    for (size_t i = 0; i < books->n_deliveries && !rc; i++)
        if (books->deliveries[i].state == DELIVERY_REJECTED ||
            books->deliveries[i].state == DELIVERY_UNDELIVERED)
            rc = each(ctx, &books->deliveries[i]);
    return rc;
}

int books_recount(struct books *books, int64_t campaign, struct books_recount *out)
{
    (void)books;
    (void)campaign;
    *out = (struct books_recount){.agrees = true};
    return 0;
}

int books_deadline(struct books *books, int64_t campaign, int64_t *deadline_ms, int64_t *entered_ms)
{
    (void)campaign;
    *deadline_ms = books->deadline_ms;
    *entered_ms = books->entered_ms;
    return books->failure;
}

int books_contacts(struct books *books, int64_t campaign,
                   int (*each)(void *ctx, const struct books_contact *contact), void *ctx)
{
    int rc = books->failure;

    (void)campaign;
    for (size_t i = 0; i < books->n_contacts && rc == 0; i++)
        rc = each(ctx, &books->contacts[i]);
    return rc;
}

int books_activity(struct books *books, int64_t campaign, const char *unit,
                   int (*each)(void *ctx, const struct books_activity *activity), void *ctx)
{
    (void)books;
    (void)campaign;
    (void)unit;
    (void)each;
    (void)ctx;
    return 0;
}

int books_tag_key(struct books *books, int64_t campaign, struct record_key *key)
{
    (void)books;
    (void)campaign;
    *key = (struct record_key){0};
    return 0;
}

int books_is_rehearsal(struct books *books)
{
    return books->failure ? books->failure : books->rehearsal;
}

int books_notes(struct books *books, int64_t campaign, struct books_notes *out)
{
    (void)campaign;
    *out = books->notes;
    return books->failure;
}

#endif
