/* approval: what a second person signs before a campaign may run.
 * Runs: any (pure).
 *
 *   lawcast approval
 *   campaign 2026-constitution-day
 *   content 64 hexadecimal digits    what exactly: approval_content (gateway/approval.h)
 *   prepared NAME                    who answers for the file
 *   approver NAME                    who has looked at it: somebody else
 *
 * and, as a signed note (base/note.h), an empty line and the approver's signature. A note comes
 * from outside: one that approval_write would not have written byte for byte is none. */
#ifndef LAWCAST_MODEL_APPROVAL_H
#define LAWCAST_MODEL_APPROVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"

#define APPROVAL_NAME_MOST 128 /* bytes of a name, with its NUL */

struct approval {
    char campaign[65];
    char content[DIGEST_HEX_MOST];
    char prepared[APPROVAL_NAME_MOST], approver[APPROVAL_NAME_MOST];
};

/* Text without control characters and blanks at its ends, 1 to 127 bytes of UTF-8. */
bool approval_is_name(const char *name);
/* Are these two people one? Blanks, what isn't seen, letters' case and width make no second person.
 * That two names are two people only the office can know. */
bool approval_is_same(const char *a, const char *b);
/* Adds what is to be signed. */
void approval_write(const struct approval *approval, struct buffer *note);
/* Reads it out of a note, signed or not. 0, or 1: it is none. */
int approval_read(const char *note, size_t length, struct approval *out);

#endif
