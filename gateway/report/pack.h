/* pack: what a unit files about a campaign: an evidence pack, as a PDF of A4 pages.
 * Runs: any (blocks while it reads the books, pictures and writes).
 *
 * Time, place, participants, content, photos and responsible person as handed in; quota against
 * delivered; each day; boards with shown time, slogans and pictures; the last checkpoint, and how
 * to check all that. What is missing is said in its place. In the user's language; fonts are in the
 * file. Figures are those of the statement, which the caller has found to add up. */
#ifndef LAWCAST_REPORT_PACK_H
#define LAWCAST_REPORT_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/model/office.h"
#include "gateway/ledger/books.h"
#include "gateway/report/statement.h"

struct pack_setup {
    struct books *books;
    const struct statement *statement;
    const struct office *office; /* its name, and boards for previews; NULL: without both */
    const char *ledger_path;     /* pictures lie beside it */
    const char *folder;          /* made when missing */
    const char *unit;            /* code; NULL: each unit, and one of all units together */
    bool numbers;                /* the responsible persons' too, which are masked otherwise */
};

/* Writes FOLDER/CAMPAIGN-UNIT.pdf, and without a unit FOLDER/CAMPAIGN.pdf of all; says each to out
 * with its pages. 0; 1: no such unit in the campaign, or nothing can be drawn here; or -errno.
 * Unless 0 why is a sentence in the user's language. */
int report_pdf(const struct pack_setup *setup, FILE *out, char *why, size_t why_size);

#endif
