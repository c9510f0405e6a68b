/* files: the user's files of one command: the configuration and the campaigns.
 * Runs: any (blocks; before anything is started).
 *
 * struct files files = FILES_NULL; files_read(...); ... files_free(&files). All findings are in
 * diag. */
#ifndef LAWCAST_FILES_H
#define LAWCAST_FILES_H

#include "gateway/base/diag.h"
#include "gateway/model/campaign.h"

struct files {
    struct diag diag;
    struct office *office;
    struct campaign **campaigns; /* NULL where a file had errors */
    size_t n;
};

#define FILES_NULL                                                                                 \
    (struct files)                                                                                 \
    {                                                                                              \
        0                                                                                          \
    }

/* Reads all of them, whatever is found; two campaigns with one id are an error too. COMMAND_FINE,
 * or COMMAND_REFUSED when there are errors. Prints nothing. */
int files_read(struct files *files, const char *config, char *const *paths, size_t n);
/* Warns of campaigns whose windows are over, all or some: no use for sending, but well for a rehearsal,
 * which has a clock of its own. */
void files_warn_times(struct files *files);
/* Can the books be kept where the configuration says? A finding at its line if not: an error for a
 * command that will write there, a warning for one that only looks, perhaps on another machine.
 * COMMAND_FINE or COMMAND_REFUSED, for all errors so far; without an office nothing is looked at.
 */
int files_check_ledger(struct files *files, enum diag_kind kind);
void files_free(struct files *files);

#endif
