/* copy: books, whole and durable, in another place.
 * Runs: any (blocks).
 *
 * A copy is made under a name of its own, synced, and only then gets the name that was asked for:
 * so under that name it is whole or not there. It is one file of mode 0600 without a log beside it.
 * It is taken at one moment, while the gateway writes on. */
#ifndef LAWCAST_LEDGER_COPY_H
#define LAWCAST_LEDGER_COPY_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/ledger/books.h"
#include "gateway/ledger/db.h"

struct copy {
    char *path, *part; /* "<path>.incomplete" */
    int fd;            /* locked: nobody else makes the same copy; -1: not begun */
};

/* Begins a copy that is to be path. 0 or -errno: -EALREADY: another program is making it just now.
 * copy_end in any case. */
int copy_begin(struct copy *copy, const char *path);
/* Writes all of it to copy->part, synced. 0 or -errno. */
int copy_books(struct copy *copy, struct books *books);
int copy_db(struct copy *copy, struct db *db);
/* 0 or -errno: -EUCLEAN: the copy's pages, tables or indexes aren't sound. Reads all of them. */
int copy_read_again(const struct copy *copy);
/* It is to have another name than it was begun for. */
void copy_name(struct copy *copy, const char *path);
/* Is there a file of that name already, with the very same bytes? */
bool copy_is_there(const struct copy *copy);
/* What the next opening has to know of a copy that is put back (store_restore): the time that the
 * books may have lost, the checkpoint that is given up, and the one beside the books; "": none. */
struct copy_lost {
    int64_t from_ms, until_ms;
    const char *lost, *mark;
};
int copy_note_lost(struct copy *copy, const struct copy_lost *lost); /* 0 or -errno */
/* Gives it its name, durably. 0 or -errno: -EEXIST rather than writing over anything. */
int copy_finish(struct copy *copy);
/* What isn't finished is thrown away. */
void copy_end(struct copy *copy);

/* Are the books' pages, tables and indexes sound? 0; 1: not; or -errno. Reads all of them. */
int copy_check(struct books *books);
enum copy_way {
    COPY_APART, /* a bad block of the disk, or a careless hand, spoils one of them only */
    COPY_LINKED /* where that is possible: takes no room */
};

/* Pictures are named after their SHA-256: by that each is judged. */
struct copy_pictures {
    size_t n;       /* in the folder that they come from */
    size_t added;   /* weren't there yet, or not as they should be */
    size_t damaged; /* not what their names say, and not there in a better state */
};
/* Brings the pictures of one folder into another, which is made when needed. What is there already
 * and sound stays. A folder that isn't there has none. 0 or -errno. */
int copy_evidence(const char *from, const char *to, enum copy_way way, struct copy_pictures *out);
enum copy_state { COPY_MISSING, COPY_SPOILT, COPY_SOUND };
/* How the picture of that name is in a folder. Reads it. */
enum copy_state copy_look(const char *folder, const char *name);
/* Throws away a folder that copy_evidence has filled, with its pictures. */
void copy_drop_evidence(const char *folder);

#endif
