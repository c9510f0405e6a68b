/* mask: phone numbers in texts that others wrote, made unreadable.
 * Runs: any (pure).
 *
 * For a number that is known as such: phone_mask. */
#ifndef LAWCAST_MODEL_MASK_H
#define LAWCAST_MODEL_MASK_H

#include "gateway/base/buffer.h"

/* Adds text; of each run of 11 or more digits (also full-width ones, with blanks, dashes, dots or
 * brackets between them) only the first three and the last four are left: a phone number, or what
 * names a person as well. An 86 before a mobile number stays. */
void mask_text(const char *text, struct buffer *out);
/* Adds the field that should hold a number, whatever it holds: of more than six characters the
 * first three and the last four, or two of fewer than eleven. */
void mask_field(const char *field, struct buffer *out);

#endif
