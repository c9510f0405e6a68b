/* prefix: is one log the beginning of another?
 * Runs: any (blocks while it reads).
 *
 * That is proved by the consistency proof of RFC 6962, 2.1.2, computed from the later log and
 * checked against the root of the earlier one. When it isn't and both have their records, the first
 * one that differs is found. */
#ifndef LAWCAST_AUDIT_PREFIX_H
#define LAWCAST_AUDIT_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/merkle.h"
#include "gateway/base/note.h"
#include "gateway/audit/source.h"

/* One of the two. */
struct prefix_log {
    const struct source *source; /* NULL: only a checkpoint is known */
    char origin[SIGN_NAME_MOST];
    uint64_t size;
    struct merkle_hash root;
    struct merkle_hash *tiles; /* of whole runs */
    struct checkpoint last;    /* of note; size 0: none */
    char *note;                /* its last checkpoint, signed */
};

/* Hashes all records. 0; 1: records are missing in between; or -errno. Release it in any case. */
int prefix_read(struct prefix_log *log, const struct source *source);
/* Of a checkpoint alone. 0, or 1: the note is none. */
int prefix_read_note(struct prefix_log *log, const char *note, size_t length);
void prefix_release(struct prefix_log *log);
/* Whose signature is good enough. */
struct prefix_keys {
    const struct sign_public *keys;
    size_t n; /* 0: any key that the log names */
};
enum prefix_signature { PREFIX_SIGNED, PREFIX_OTHER_RECORDS, PREFIX_FORGED };
/* Is the last checkpoint signed, and over these records? Or -errno. */
int prefix_signature(const struct prefix_log *log, const struct prefix_keys *keys);
/* Is the note signed by one of the keys, or of those of this log? 1, 0 or -errno. */
int prefix_knows(const struct prefix_log *log, const char *note, const struct prefix_keys *keys);

enum prefix_verdict {
    PREFIX_PROVED,
    PREFIX_OLDER,     /* the second is the older one, and the beginning of the first */
    PREFIX_DIFFERS,   /* record: the first that does; 0: one of those that both have */
    PREFIX_OTHER_LOG, /* by its name, or from the first record on */
};

struct prefix_result {
    enum prefix_verdict verdict;
    int64_t record;
    struct merkle_proof proof; /* PROVED and OLDER: of the sizes and roots of the two logs */
};
/* later has a source. 0 or -errno. */
int prefix_compare(const struct prefix_log *earlier, const struct prefix_log *later,
                   struct prefix_result *result);

#endif
