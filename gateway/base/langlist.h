/* langlist: in which languages the user wants to be spoken to.
 * Runs: any (pure).
 *
 * As gettext reads the environment: the locale is the first of LC_ALL, LC_MESSAGES and LANG that is
 * set; LANGUAGE, a list with colons, comes before it, unless the locale is C or POSIX. */
#ifndef LAWCAST_BASE_LANGLIST_H
#define LAWCAST_BASE_LANGLIST_H

#include <stdbool.h>
#include <stddef.h>

#define LANGLIST_NAMES 16

struct langlist {
    char names[LANGLIST_NAMES][32]; /* of catalogues: "zh_CN", "zh", the most wanted one first */
    size_t n;
    bool chinese; /* what isn't in a catalogue is told in Chinese, else in English */
};

/* language and locale may be NULL. The list ends with the first language that is built in. When
 * LANGUAGE names neither of these, the locale says which one is taken. */
void langlist_read(struct langlist *list, const char *language, const char *locale);

#endif
