/* lang: the two languages in which lawcast speaks to people.
 * Runs: any.
 *
 * Messages stand in the code in both languages, side by side, so that one can't be changed without
 * seeing the other. Both take the same arguments in the same order. Chinese is spoken when LC_ALL,
 * LC_MESSAGES or LANG (the first one set) starts with "zh". Logs and --json are never translated.
 */
#ifndef LAWCAST_BASE_LANG_H
#define LAWCAST_BASE_LANG_H

#include <stdbool.h>

bool lang_is_chinese(void);
/* Picks one; usable as a printf format (the compiler checks both). */
const char *lang(const char *english, const char *chinese)
    __attribute__((format_arg(1), format_arg(2)));
/* What the machine says: errno, or -errno. Static or the C library's; for a sentence at once. */
const char *lang_error(int error);

#endif
