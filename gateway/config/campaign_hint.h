/* campaign_hint: does the refusal hint of a campaign ask for an answer that counts?
 * Runs: any (pure). Private to campaign_file. */
#ifndef LAWCAST_CONFIG_CAMPAIGN_HINT_H
#define LAWCAST_CONFIG_CAMPAIGN_HINT_H

#include <stdbool.h>

#include "gateway/base/option.h"

/* "拒收请回复R" names R; "拒收请回复Q" names nothing that refusal_is knows. A word is a run of
 * letters and digits anywhere, or what follows 回复 or 回. hint: valid UTF-8. words: the office's
 * own. */
bool campaign_hint_is_known(const char *hint, const struct option_strings *words);

#endif
