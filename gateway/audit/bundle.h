/* bundle: the log and what follows from it, in a folder that a stranger can check.
 * Runs: any (blocks).
 *
 *   README.txt        how to check the rest, in English and Chinese
 *   bundle.json       {"format": 1, "origin", "records", "timezone", "made"}
 *   records.txt       a line a record: 8 hexadecimal digits, a tab, the record (model/record.h)
 *   tiles.txt         a line for each whole run of MERKLE_TILE leaves: its root
 *   checkpoints.json  the signed notes, oldest first; the last one covers all records
 *   keys.txt          the public keys in their order, as the FACT_KEY records name them
 *   texts.json        [{"campaign", "tag", "salt", "text"}], of texts that name nobody
 *   reports/ID.json   lawcast report ID --json
 *   evidence/         pictures of screens and photos, if asked for
 *   SHA256SUMS        of all of these: for accidents; what proves is the log
 *
 * The digits are the first 4 bytes of the leaf's hash plus the leaf's index, mod 2^32: they prove
 * nothing, but name a record that was altered, moved or taken out. The salt is null when the
 * campaign was erased.
 *
 * It ends at the last checkpoint, so that nothing in it is unsigned. Reports tell how things stand
 * now: when there are newer records than that, they stay out. No number of a citizen is in it, and
 * no text that names one. */
#ifndef LAWCAST_AUDIT_BUNDLE_H
#define LAWCAST_AUDIT_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buffer.h"
#include "gateway/ledger/books.h"

#define BUNDLE_FORMAT 1

struct bundle_setup {
    struct books *books;
    const char *ledger_path; /* pictures lie beside it */
    const char *folder;
    bool pictures;
};

struct bundle_result {
    int64_t records, checkpoints, reports, pictures;
    int64_t unsigned_records; /* newer than the last checkpoint: not in it */
    int64_t pictures_missing; /* or not those that the records name */
};

/* Writes the whole folder or nothing. 0; 1: something is wrong with the books or the folder, why is
 * a sentence in the user's language; or -errno. */
int bundle_export(const struct bundle_setup *setup, struct bundle_result *result, char *why,
                  size_t why_size);

/* README.txt. */
void bundle_readme(struct buffer *text);

#endif
