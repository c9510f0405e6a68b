/* refusal: does an answer say "send me nothing more"?
 * Runs: any (pure).
 *
 * The whole answer has to be one of the words, in any case and width, with spaces, punctuation or
 * brackets around it or between its characters: "td", " ＴＤ。", "T.D", "【退订】", "拒 收".
 * "请勿退订" isn't one. TD, T, R, 退订, 拒收, STOP always count ("拒收请回复R" is the standard hint
 * of our own messages); an office can add words, never take these away. */
#ifndef LAWCAST_MODEL_REFUSAL_H
#define LAWCAST_MODEL_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/option.h"

#define REFUSAL_WORD_MAX 32 /* bytes of a word of the office's */

/* words: the office's own, as configured (NULL: none). text: valid UTF-8. */
bool refusal_is(const char *text, size_t length, const struct option_strings *words);
/* May it stand in the configuration? Something must be left of it without spaces and punctuation.
 */
bool refusal_word_is_valid(const char *word);

#endif
