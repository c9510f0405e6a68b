/* bundle_read_inside: what the files of bundle_read share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_AUDIT_BUNDLE_READ_INSIDE_H
#define LAWCAST_AUDIT_BUNDLE_READ_INSIDE_H

#include "gateway/audit/bundle_read.h"

#define BUNDLE_DOCUMENT_MOST ((size_t)1 << 30) /* bytes of a JSON file */

struct bundle_file {
    const char *bytes; /* mapped; "" when empty */
    size_t length;
};

struct bundle {
    char *folder;
    char origin[SIGN_NAME_MOST];
    struct bundle_file records;
    const char **starts; /* of every 256th line */
    int64_t n_lines;
};

/* A file of the bundle, never through a link. 0 or -errno; unmap it in any case. */
int bundle_map(const struct bundle *bundle, const char *name, struct bundle_file *out);
void bundle_unmap(struct bundle_file *file);
/* NULL: it isn't there, or is no JSON. */
struct jv *bundle_document(const struct bundle *bundle, const char *name);

/* An entry of texts.json. Lent. */
struct bundle_tagged {
    int64_t campaign;
    struct record_tag tag, salt;
    const char *text;
    bool opened; /* false: there is no salt any more, since the campaign was erased */
};
/* false: it is none, or its salt doesn't open its tag. */
bool bundle_read_text(const struct jv *entry, struct bundle_tagged *out);

#endif
