/* lang: the languages in which lawcast speaks to people.
 * Runs: any.
 *
 * Messages stand in the code in English and Chinese, side by side, so that one can't be changed
 * without seeing the other. Both take the same arguments in the same order. Chinese is spoken when
 * LC_ALL, LC_MESSAGES or LANG (the first one set) starts with "zh".
 *
 * After lang_open, a gettext catalogue "lawcast" of the user's language comes first (langlist.h
 * says which): a third language, or other words for one that is built in. The English text is its
 * msgid. What it lacks, or has with other directives, is told as above. Logs and --json are never
 * translated, and numbers and dates are written as everywhere.
 */
#ifndef LAWCAST_BASE_LANG_H
#define LAWCAST_BASE_LANG_H

#include <stdbool.h>

/* Reads the catalogues, LL/LC_MESSAGES/lawcast.mo in $LAWCAST_LOCALE_DIR and in ../share/locale
 * beside the program, and settles the language until the process ends. Once, at start, while there
 * is one thread. Who never calls it (a test) has the built-in languages as the environment says. */
void lang_open(void);

/* Which of the built-in languages is spoken. */
bool lang_is_chinese(void);
/* Picks one; usable as a printf format (the compiler checks both). */
const char *lang(const char *english, const char *chinese)
    __attribute__((format_arg(1), format_arg(2)));
/* What the machine says: errno, or -errno. Static or the C library's; for a sentence at once. */
const char *lang_error(int error);

#endif
