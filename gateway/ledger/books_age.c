/* books_age: are these the newest books that were signed? See books_age.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_age.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/books_records.h"
#include "gateway/ledger/store_keys.h"

int books_pending(struct books *books, struct books_pending *out)
{
    struct checkpoint lost;
    const char *note;
    int rc = db_row(books->db, BOOKS_PENDING);

    *out = (struct books_pending){0};
    if (rc <= 0)
        return rc;
    out->from_ms = db_int(books->db, BOOKS_PENDING, 0);
    out->until_ms = db_int(books->db, BOOKS_PENDING, 1);
    note = db_text(books->db, BOOKS_PENDING, 2);
    if (checkpoint_read(note, strlen(note), &lost) == 0)
        out->lost = lost.size;
    db_end(books->db, BOOKS_PENDING);
    return 1;
}

int books_gave_up(struct books *books, const char *note)
{
    int rc;

    db_bind_text(books->db, BOOKS_GAVE_UP, 1, note);
    rc = db_row(books->db, BOOKS_GAVE_UP);
    if (rc > 0)
        db_end(books->db, BOOKS_GAVE_UP);
    return rc;
}

/* 1, 0 or -errno. */
static int age_has(struct books *books, const struct checkpoint *mark)
{
    struct checkpoint ours;
    const char *note;
    bool same;
    int rc;

    db_start(books->db, BOOKS_CHECKPOINT, (int64_t)mark->size);
    rc = db_row(books->db, BOOKS_CHECKPOINT);
    if (rc <= 0)
        return rc;
    note = db_text(books->db, BOOKS_CHECKPOINT, 0);
    same = checkpoint_read(note, strlen(note), &ours) == 0 &&
           strcmp(ours.origin, mark->origin) == 0 && merkle_same(&ours.root, &mark->root);
    db_end(books->db, BOOKS_CHECKPOINT);
    return same;
}

/* 1: they hold a checkpoint; 0 or -errno. */
static int age_is_signed(struct books *books)
{
    int rc = db_row(books->db, BOOKS_CHECKPOINTS);

    if (rc > 0)
        db_end(books->db, BOOKS_CHECKPOINTS);
    return rc;
}

/* The file first: a gateway writes the books before it, but for the very first checkpoint
 * (store_keys.c), whose records are then there already. */
int books_age(struct books *books, const char *path, struct books_age *out)
{
    MEM_FREE_LATER char *file = store_mark_path(path);
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct checkpoint mark;
    struct books_log log;
    int rc;

    *out = (struct books_age){0};
    snprintf(out->mark, sizeof out->mark, "%s", file);
    if (buffer_read_file(&note, file, NOTE_MOST) ||
        checkpoint_read(buffer_text(&note), note.length, &mark) || mark.size > INT64_MAX) {
        rc = age_is_signed(books);
        out->unknown = rc > 0;
        return rc < 0 ? rc : 0;
    }
    rc = age_has(books, &mark);
    if (rc == 0)
        rc = books_gave_up(books, buffer_text(&note));
    if (rc != 0)
        return rc < 0 ? rc : 0;
    rc = age_is_signed(books);
    if (rc >= 0 && books_log(books, &log) < 0)
        rc = -EIO;
    if (rc < 0 || (rc == 0 && log.journal >= (int64_t)mark.size))
        return rc;
    out->older = true;
    out->records = log.journal;
    out->signed_records = mark.size;
    return 0;
}
