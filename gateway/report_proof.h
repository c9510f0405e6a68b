/* report_proof: are the books that a report comes from whole?
 * Runs: any (blocks).
 *
 * All that a report says - counts, quotas, units, contacts, places, texts, lines of modems and days
 * - is computed again from the records of the log, as "lawcast audit verify" does. Books of more
 * than a million records take seconds: of these that is done only when it is asked for. */
#ifndef LAWCAST_REPORT_PROOF_H
#define LAWCAST_REPORT_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/ledger/books.h"

enum report_proof_how {
    REPORT_PROOF_USUAL, /* unless the books are large */
    REPORT_PROOF_WHOLE, /* however large */
    REPORT_PROOF_NONE
};

struct report_proof {
    bool made;
    int64_t records; /* of the log, at that moment */
};

/* ledger: where books was opened. COMMAND_FINE: what it says may be printed; or COMMAND_MACHINE,
 * told on standard error. A picture that is missing is told there, too, and changes no figure. */
int report_prove(struct books *books, const char *ledger, enum report_proof_how how,
                 struct report_proof *out);
/* One sentence on standard output: what was compared. */
void report_proof_tell(const struct report_proof *proof);

#endif
