/* catalog: the messages of one language, as GNU gettext's msgfmt writes them (a .mo file).
 * Runs: any (pure, but for the one that reads the file).
 *
 * Why not libc's gettext: it is silent when the user's locale was not generated on the machine, as
 * on a minimal Debian no zh_CN is; and it hands out translations whose directives nobody has
 * checked. This one checks all of them when it reads, and finds one without a lock. */
#ifndef LAWCAST_BASE_CATALOG_H
#define LAWCAST_BASE_CATALOG_H

#include <stddef.h>

#define CATALOG_LIMIT   (8 << 20) /* bytes of a file */
#define CATALOG_ENTRIES 65536

enum {
    CATALOG_FINE = 0,
    CATALOG_MALFORMED = 1, /* no .mo file, or a damaged one */
};

struct catalog;

/* Reads a file. CATALOG_FINE, CATALOG_MALFORMED, or -errno; *out is NULL unless fine. */
int catalog_read(struct catalog **out, const char *path);
/* The same of bytes, which are copied. */
int catalog_parse(struct catalog **out, const char *bytes, size_t length);
void catalog_free(struct catalog *catalog); /* NULL is fine */

/* The translation of a text, or NULL. Valid as long as the catalogue. */
const char *catalog_find(const struct catalog *catalog, const char *original);
/* How many translations are not used, because they would not print (langfmt.h) or are not UTF-8. */
size_t catalog_refused(const struct catalog *catalog);

#endif
