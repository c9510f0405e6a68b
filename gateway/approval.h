/* approval: has a second person approved what a campaign is going to do?
 * Runs: any (blocks: reads the lists and the books).
 *
 * With office.approval a campaign runs only when its content was approved: its file, every list to
 * the byte, the texts with their signatures, the quotas, and the times that are left of its windows
 * after quiet times and holidays. Whatever changes one of these changes the content's digest, and
 * needs a new approval. The approver signs with a key of his or her own, whose public half stands
 * in the configuration, and isn't who prepared the file. The note stays in the books, so that an
 * auditor can verify it. */
#ifndef LAWCAST_APPROVAL_H
#define LAWCAST_APPROVAL_H

#include "gateway/base/sign.h"
#include "gateway/ledger/books.h"
#include "gateway/model/approval.h"
#include "gateway/model/campaign.h"

/* SHA-256 in hexadecimal digits. 0, or -errno with the path of the list that can't be read. */
int approval_content(const struct campaign *campaign, const struct office *office,
                     char hex[static DIGEST_HEX_MOST], const char **path);
/* By the public half of a key; NULL: the configuration names nobody with it. */
const struct approver *approval_find(const struct office *office, const struct sign_public *key);

enum approval_verdict {
    APPROVAL_GOOD,
    APPROVAL_MALFORMED, /* no approval at all */
    APPROVAL_STRANGER,  /* the configuration has no approver of that name */
    APPROVAL_FORGED,    /* not signed by that approver's key */
    APPROVAL_SELF,      /* by who has prepared the file */
};
/* Is the note an approval by somebody who may? Fills out unless it is malformed. */
enum approval_verdict approval_verify(const struct office *office, const char *note, size_t length,
                                      struct approval *out);
/* A sentence in the user's language, "" for a good one. */
const char *approval_verdict_label(enum approval_verdict verdict);

struct approval_finding {
    char content[DIGEST_HEX_MOST]; /* filled also when nobody has approved it */
    struct approval approval;
    const char *path; /* of the list that can't be read; NULL: it is the books. Lent */
};
/* The approval of the campaign's content that the books hold. 1: there is one; 0: none; -errno.
 * books NULL: there are none yet. */
int approval_look(struct books *books, const struct campaign *campaign, const struct office *office,
                  struct approval_finding *out);
/* May these run? Told on standard error when not, with what to do. COMMAND_FINE, COMMAND_REFUSED,
 * COMMAND_MACHINE. */
int approval_check(const struct office *office, const struct campaign *const *campaigns, size_t n,
                   const char *ledger);

#endif
