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

#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"

struct books {
    struct books_campaign campaign; /* title and windows are literals here */
    struct books_unit units[8];
    size_t n_units;
    struct books_board boards[4];
    size_t n_boards, boards_read; /* boards_read: how often */
    const struct books_delivery *deliveries;
    size_t n_deliveries;
    const struct books_shown *shown;
    size_t n_shown;
    const struct books_reached *reached;
    size_t n_reached;
    int64_t elsewhere; /* a delivery of another campaign; 0: none */
    struct books_notes notes;
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

int books_recount(struct books *books, int64_t campaign, struct books_recount *out)
{
    (void)books;
    (void)campaign;
    *out = (struct books_recount){.agrees = true};
    return 0;
}

int books_notes(struct books *books, int64_t campaign, struct books_notes *out)
{
    (void)campaign;
    *out = books->notes;
    return books->failure;
}

#endif
