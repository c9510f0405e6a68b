/* retell: a campaign's statement put together from the records alone.
 * Runs: any (pure, but for the process's time zone).
 *
 * No table has a part in it, so that what `lawcast report` prints can be held against it figure by
 * figure. Only what slogans read isn't in the records, which hold tags of them: who has the texts
 * lends them. What is up on a board right now (showing) isn't there either and stays 0: no figure
 * of the report as JSON comes from it. */
#ifndef LAWCAST_AUDIT_RETELL_H
#define LAWCAST_AUDIT_RETELL_H

#include "gateway/ledger/summary.h"
#include "gateway/report/statement.h"
#include "gateway/audit/replay.h"

struct retell_slogan {
    int64_t campaign;
    struct record_tag tag;
    char *text;
};

struct retell {
    const struct replay_figures *figures;
    struct retell_slogan *slogans;
    size_t n_slogans, room;
    struct summary summary; /* by modem, SIM and day, of all campaigns */
    int64_t refusing;       /* numbers that want nothing */
};

/* figures are lent until retell_end. */
void retell_begin(struct retell *retell, const struct replay_figures *figures);
void retell_end(struct retell *retell);
void retell_add_slogan(struct retell *retell, int64_t campaign, const struct record_tag *tag,
                       const char *text);
/* 0, 1: the records tell of no such campaign. statement_release frees it. */
int retell_statement(const struct retell *retell, const char *code, struct statement *out);

#endif
