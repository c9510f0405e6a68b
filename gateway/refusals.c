/* refusals: who wants no messages, for commands that only foretell. See refusals.h.
 * Runs: any. */
#include "gateway/refusals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/zone.h"
#include "gateway/ledger/books_optouts.h"

static int refusals_take(void *ctx, const struct books_optout *optout)
{
    struct refusals *refusals = ctx;

    if (optout->address <= 0 || !numset_add(refusals->set, optout->address))
        return 0;
    refusals->numbers = mem_grow(refusals->numbers, refusals->n + 1, sizeof *refusals->numbers);
    refusals->numbers[refusals->n++] = optout->address;
    return 0;
}

void refusals_read(struct refusals *out, const char *command, const char *ledger)
{
    MEM_FREE_LATER char *zone = zone_name();
    struct books *books;
    char why[512] = "";
    int rc = books_open(&books, ledger, why, sizeof why);

    *out = (struct refusals){.set = numset_new()};
    if (rc == 0) {
        zone_use(zone); /* times in the files are those of the configuration */
        rc = books_optouts(books, refusals_take, out);
        books_close(books);
        if (rc < 0)
            snprintf(why, sizeof why, "%s: %s", ledger, strerror(-rc));
    }
    if (rc < 0 && rc != -ENOENT)
        fprintf(stderr,
                lang("lawcast %s: %s. Who has refused before is not taken into account here.\n",
                     "lawcast %s：%s。此处未计入此前已拒收的号码。\n"),
                command, why);
}

void refusals_free(struct refusals *refusals)
{
    free(refusals->numbers);
    numset_free(refusals->set);
    *refusals = REFUSALS_NULL;
}
