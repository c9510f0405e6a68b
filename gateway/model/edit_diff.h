/* edit_diff: is a campaign file only changed where a campaign that is in the books can change?
 * Runs: any (pure).
 *
 * Works on the text, as the books keep it: what is the same but for comments, blanks and the values
 * of the options that may change can be applied; whatever else is different is refused, also what a
 * later version adds. */
#ifndef LAWCAST_MODEL_EDIT_DIFF_H
#define LAWCAST_MODEL_EDIT_DIFF_H

#include <stdbool.h>

#include "gateway/base/buffer.h"

/* The file's text (campaign.source) without what may change. */
void edit_skeleton(const char *source, struct buffer *out);
bool edit_is_possible(const char *before, const char *after);

#endif
