/* store_mark: the last checkpoint that was signed: do the books have it? See store_mark.h.
 * Runs: ledger thread (opening: the loop, while there is no thread). */
#include "gateway/ledger/store_mark.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/note.h"
#include "gateway/ledger/store_inside.h"

struct mark {
    const char *path;
    struct buffer note; /* empty: the file isn't there, or is no checkpoint */
    struct checkpoint checkpoint;
    bool garbage; /* it is there, but is no checkpoint: no crash leaves that */
};

/* ---- the file ---- */

static int mark_refuse_file(const char *path, int rc, char *why, size_t why_size)
{
    if (rc == -EISDIR)
        snprintf(why, why_size,
                 lang("%s is no file: it is where the last checkpoint of the books belongs. Move "
                      "it away and put the file back",
                      "%s 不是文件：该处应为账本的最后一个检查点。请将其移走，并放回原文件"),
                 path);
    else
        snprintf(why, why_size,
                 lang("%s, the last checkpoint of the books, can't be read (%s): check its rights",
                      "无法读取账本的最后一个检查点 %s（%s）：请检查权限"),
                 path, strerror(-rc));
    return -EKEYREVOKED;
}

static int mark_read(struct mark *mark, char *why, size_t why_size)
{
    struct stat file;
    int rc = stat(mark->path, &file) ? -errno : 0;

    if (rc == -ENOENT)
        return 0;
    if (rc == 0)
        rc = S_ISREG(file.st_mode) ? buffer_read_file(&mark->note, mark->path, NOTE_MOST) : -EISDIR;
    if (rc < 0 && rc != -EFBIG)
        return mark_refuse_file(mark->path, rc, why, why_size);
    if (rc == 0 &&
        checkpoint_read(buffer_text(&mark->note), mark->note.length, &mark->checkpoint) == 0)
        return 0;
    log_warning("ledger mark=unreadable path=%s", mark->path);
    mark->garbage = true;
    buffer_clear(&mark->note);
    return 0;
}

/* ---- the books ---- */

/* 1: the books have that checkpoint; 0: not; -errno. */
static int mark_is_noted(struct store *store, const struct checkpoint *mark)
{
    struct checkpoint ours;
    const char *note;
    bool same;
    int rc;

    db_start(store->db, SQL_CHECKPOINT_READ, (int64_t)mark->size);
    rc = db_row(store->db, SQL_CHECKPOINT_READ);
    if (rc <= 0)
        return rc;
    note = db_text(store->db, SQL_CHECKPOINT_READ, 0);
    same = checkpoint_read(note, strlen(note), &ours) == 0 &&
           strcmp(ours.origin, mark->origin) == 0 && merkle_same(&ours.root, &mark->root);
    db_end(store->db, SQL_CHECKPOINT_READ);
    return same;
}

static bool mark_is_of_now(const struct store *store, const struct checkpoint *mark)
{
    const struct merkle *tree = &store->leaves.committed.tree;
    struct merkle_hash root;

    if (tree->size != mark->size)
        return false;
    merkle_root(tree, &root);
    return merkle_same(&root, &mark->root);
}

/* Signed by the key that the journal told last? 1, 0 or -errno. */
static int mark_is_signed(struct store *store, const struct buffer *note)
{
    struct sign_public public;
    bool good;
    int rc = db_row(store->db, SQL_KEY_LAST);

    if (rc <= 0)
        return rc;
    good = sign_public_parse(db_text(store->db, SQL_KEY_LAST, 0), &public) == 0 &&
           note_verify(buffer_text(note), note->length, &public, NULL) == NOTE_GOOD;
    db_end(store->db, SQL_KEY_LAST);
    return good;
}

/* The file had it first, and a crash came between: the books make up for it. */
static int mark_make_up(struct store *store, const struct mark *mark)
{
    int rc = mark_is_of_now(store, &mark->checkpoint) ? mark_is_signed(store, &mark->note) : 0;

    if (rc <= 0)
        return rc;
    db_start(store->db, SQL_CHECKPOINT_ADD, (int64_t)mark->checkpoint.size,
             store->leaves.committed.at_ms);
    db_bind_text(store->db, SQL_CHECKPOINT_ADD, 3, buffer_text(&mark->note));
    rc = db_finish(store->db, SQL_CHECKPOINT_ADD);
    return rc < 0 ? rc : 1;
}

static int mark_refuse_older(const struct store *store, const struct mark *mark, char *why,
                             size_t why_size)
{
    const long long ours = (long long)store->leaves.now.tree.size;

    snprintf(why, why_size,
             lang("these books are an older copy: they have %lld records, but %lld were signed (%s "
                  "tells). Going on would send again what was sent since. Put the newest books "
                  "back, or go on from this copy with lawcast restore",
                  "这是较旧的账本副本：只有 %lld 条记录，而已签名的有 %lld 条（见 "
                  "%s）。直接继续会重复发送。请放回最新的账本，或用 lawcast restore "
                  "从该副本继续"),
             ours, (long long)mark->checkpoint.size, mark->path);
    return -EKEYREVOKED;
}

/* ---- without the file ---- */

static int mark_refuse_unknown(const struct mark *mark, char *why, size_t why_size)
{
    snprintf(
        why, why_size,
        lang("%s %s: nobody can tell whether these are the newest books, and going on from an "
             "older copy would send again what was sent since. Put that file back; if it is lost, "
             "name the books themselves to lawcast restore, which goes on from them",
             "%s %s：无法判断这是否为最新的账本，从较旧的副本继续会重复发送。请放回该文件；"
             "确已丢失的，请执行 lawcast restore，备份文件处填账本本身，即可从它继续"),
        mark->path,
        mark->garbage ? lang("holds no checkpoint", "的内容不是检查点")
                      : lang("is missing", "不见了"));
    return -EKEYREVOKED;
}

/* Who has put these books back knew that there is none, until they are signed again. */
static int mark_do_without(struct store *store, const struct mark *mark, char *why, size_t why_size)
{
    bool needed;
    int rc;

    db_start(store->db, SQL_MARK_NEEDED, (int64_t)mark->garbage);
    rc = db_row(store->db, SQL_MARK_NEEDED);
    LOG_ASSERT(rc != 0);
    if (rc < 0)
        return rc;
    needed = db_int(store->db, SQL_MARK_NEEDED, 0) != 0;
    db_end(store->db, SQL_MARK_NEEDED);
    if (needed)
        return mark_refuse_unknown(mark, why, why_size);
    return store_restored(store, NULL, clock_wall_ms());
}

static int mark_judge(struct store *store, const struct mark *mark, struct store_mark *out,
                      char *why, size_t why_size)
{
    int rc = mark_is_noted(store, &mark->checkpoint);

    if (rc == 0)
        rc = mark_make_up(store, mark);
    if (rc < 0)
        return rc;
    out->there = true;
    out->size = rc ? mark->checkpoint.size : 0;
    rc = store_restored(store, rc ? NULL : buffer_text(&mark->note), clock_wall_ms());
    return rc > 0 ? mark_refuse_older(store, mark, why, why_size) : rc;
}

int store_mark_open(struct store *store, const char *path, struct store_mark *out, char *why,
                    size_t why_size)
{
    struct mark mark = {.path = path, .note = BUFFER_NULL};
    int rc = mark_read(&mark, why, why_size);

    *out = (struct store_mark){0};
    if (rc == 0)
        rc = mark.note.length ? mark_judge(store, &mark, out, why, why_size)
                              : mark_do_without(store, &mark, why, why_size);
    buffer_free(&mark.note);
    return rc;
}
