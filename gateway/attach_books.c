/* attach_books: see attach_books.h.
 * Runs: any (blocks; read-only). */
#include "gateway/attach_books.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books.h"
#include "gateway/ledger/books_units.h"
#include "gateway/ledger/evidence.h"
#include "gateway/command.h"

/* 0: the campaign's number; 1: it isn't there, or the books can't be read. */
static int attach_books_number(struct books *books, const char *id, int64_t *number)
{
    struct books_campaign campaign = {0};

    if (books_find_campaign(books, id, &campaign))
        return 1;
    *number = campaign.number;
    books_campaign_release(&campaign);
    return 0;
}

/* ---- photos ---- */

struct attach_lost {
    const struct ledger_op *op;
    const char *folder;
    size_t n;
};

static int attach_books_photo(void *ctx, const struct books_photo *known)
{
    struct attach_lost *lost = ctx;

    for (size_t i = 0; i < lost->op->attach.n_photos; i++) {
        const struct ledger_photo *photo = &lost->op->attach.photos[i];
        const struct evidence evidence = {
            .picture = photo->data, .picture_length = photo->length, .picture_type = photo->type};
        char name[EVIDENCE_NAME];

        evidence_name(&evidence, name);
        if (strcmp(name, known->file) != 0)
            continue;
        lost->n += !evidence_is_kept(lost->folder, &evidence);
        return 0;
    }
    return 0;
}

size_t attach_books_lost(const char *ledger, const struct ledger_op *op)
{
    MEM_FREE_LATER char *folder = evidence_folder(ledger);
    struct attach_lost lost = {.op = op, .folder = folder};
    struct books *books = NULL;
    char why[256];
    int64_t number;

    if (!op->attach.n_photos || books_open(&books, ledger, why, sizeof why) < 0)
        return 0;
    if (attach_books_number(books, op->attach.campaign, &number) == 0)
        (void)books_photos(books, number, op->attach.unit, attach_books_photo, &lost);
    books_close(books);
    return lost.n;
}

/* ---- who takes part ---- */

static int attach_books_campaign(void *ctx, const struct books_campaign *campaign)
{
    fprintf(ctx, "  %-24s %s\n", campaign->id, campaign->title ? campaign->title : "");
    return 0;
}

static int attach_books_unit(void *ctx, const struct books_contact *contact)
{
    fprintf(ctx, "  %-24s %s\n", contact->unit, contact->unit_name);
    return 0;
}

static void attach_books_list(struct books *books, const struct ledger_op *op)
{
    int64_t number;

    if (attach_books_number(books, op->attach.campaign, &number)) {
        fprintf(stderr,
                lang("lawcast attach: The books have no campaign \"%s\". They have:\n",
                     "lawcast attach：账本中没有任务 %s。账本中有：\n"),
                op->attach.campaign);
        (void)books_campaigns(books, attach_books_campaign, stderr);
        return;
    }
    fprintf(stderr,
            lang("lawcast attach: There is no unit \"%s\" in the campaign \"%s\". Its units are:\n",
                 "lawcast attach：没有单位 %s 参加任务 %s。参加的单位有：\n"),
            op->attach.unit, op->attach.campaign);
    (void)books_contacts(books, number, attach_books_unit, stderr);
}

int attach_books_explain(const char *ledger, const struct ledger_op *op)
{
    struct books *books = NULL;
    int result = command_open_books(NULL, ledger, &books);

    if (result != COMMAND_FINE)
        return result;
    attach_books_list(books, op);
    books_close(books);
    return COMMAND_REFUSED;
}
