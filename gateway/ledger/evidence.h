/* evidence: pictures that prove what was on a screen, in a folder beside the books.
 * Runs: ledger thread (evidence_folder, evidence_hand_in: any).
 *
 * A picture is a file named after its SHA-256, so the same one is kept once, and one that was
 * changed is found out. It is complete and durable before it gets its name; the name is durable
 * after evidence_sync, one for all pictures of a batch. One that is missing or was changed is
 * written again when the same picture comes again. What a crash leaves behind has another name
 * and is thrown away by the next picture. */
#ifndef LAWCAST_LEDGER_EVIDENCE_H
#define LAWCAST_LEDGER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/digest.h"
#include "gateway/model/sight.h"

#define EVIDENCE_NAME (DIGEST_HEX_MOST + 8) /* "<64 digits>.png" */

/* Where the pictures of these books are, to be freed. */
char *evidence_folder(const char *books_path);
/* Writes the picture and its name in the folder, which is made when new. 0 or -errno. */
int evidence_keep(const char *folder, const struct evidence *evidence,
                  char name[static EVIDENCE_NAME]);
int evidence_sync(const char *folder); /* 0 or -errno */
/* The same for a command while another program has the books; name and picture are durable. Waits
 * for other commands. 0 or -errno. */
int evidence_hand_in(const char *folder, const struct evidence *evidence,
                     char name[static EVIDENCE_NAME]);
/* The name that the picture gets. Any thread. */
void evidence_name(const struct evidence *evidence, char name[static EVIDENCE_NAME]);
/* Is the picture there as it was kept, byte for byte? Any thread. */
bool evidence_is_kept(const char *folder, const struct evidence *evidence);
/* Is there a file of that name? */
bool evidence_has(const char *folder, const char *name);

#endif
