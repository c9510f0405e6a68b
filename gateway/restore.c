/* restore: putting a backup back. See restore.h.
 * Runs: any (blocks). */
#include "gateway/restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/durable.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/sign.h"
#include "gateway/ledger/evidence.h"
#include "gateway/ledger/store_keys.h"

#define RESTORE_ASIDE 100 /* restorings in one second */

/* ---- what is there ---- */

static int64_t restore_file_time(const char *path)
{
    struct stat file;

    return stat(path, &file) ? 0
                             : (int64_t)file.st_mtim.tv_sec * 1000 + file.st_mtim.tv_nsec / 1000000;
}

static int restore_refuse_mark(struct restore *restore, const char *path, int rc)
{
    snprintf(restore->why, sizeof restore->why,
             rc == -EISDIR || rc == -EINVAL
                 ? lang("%s is no file (%s): it is where the last checkpoint of the books belongs. "
                        "Move it away",
                        "%s 不是文件（%s）：该处应为账本的最后一个检查点。请将其移走")
                 : lang("%s, the last checkpoint of the books, can't be read (%s): check its "
                        "rights",
                        "无法读取账本的最后一个检查点 %s（%s）：请检查权限"),
             path, strerror(-rc));
    return rc;
}

/* One that isn't there, or is no checkpoint, says nothing. What stands in its place must go before
 * the gateway can write there. */
static int restore_read_mark(struct restore *restore)
{
    MEM_FREE_LATER char *path = store_mark_path(restore->path);
    int rc = buffer_read_file(&restore->mark, path, NOTE_MOST);

    if (rc < 0 && rc != -ENOENT && rc != -EFBIG)
        return restore_refuse_mark(restore, path, rc);
    if (rc < 0 ||
        checkpoint_read(buffer_text(&restore->mark), restore->mark.length, &restore->marked)) {
        buffer_clear(&restore->mark);
        restore->marked = (struct checkpoint){0};
        return 0;
    }
    restore->marked_ms = restore_file_time(path);
    return 0;
}

static void restore_read_key(struct restore *restore)
{
    MEM_FREE_LATER char *path = store_key_path(restore->path);
    struct sign_public public;
    struct sign_key *key;

    restore->has_key = access(path, F_OK) == 0;
    if (sign_key_load(path, &key) != 0)
        return;
    sign_key_public(key, SIGN_LOG, &public);
    sign_key_free(key);
    snprintf(restore->key_origin, sizeof restore->key_origin, "%s", public.name);
    sign_public_text(&public, restore->key);
}

/* Books that are moved away leave their log, which may hold the newest of them. */
static bool restore_has_log(const char *path)
{
    MEM_FREE_LATER char *log = mem_printf("%s-wal", path);
    struct stat file;

    return stat(log, &file) == 0 && file.st_size > 0;
}

/* Damaged books may not even open: then nothing is known of them. */
static int restore_read_books(struct restore *restore)
{
    struct books *books;
    int rc;

    restore->there = access(restore->path, F_OK) == 0 || restore_has_log(restore->path);
    if (!restore->there)
        return 0;
    rc = books_open(&books, restore->path, restore->why, sizeof restore->why);
    if (rc == -ENOTSUP || rc == -EACCES || rc == -EBUSY)
        return rc;
    if (rc < 0)
        return 0;
    rc = extent_read(books, &restore->books);
    books_close(books);
    restore->there_whole = rc == 0 && restore->books.whole;
    restore->unmarked = restore->books.last.size && !restore->mark.length;
    return 0;
}

static enum restore_key restore_judge_key(const struct restore *restore, struct books *backup)
{
    if (!restore->key[0] || !restore->backup.key[0] ||
        strcmp(restore->key, restore->backup.key) == 0)
        return RESTORE_KEY_RIGHT;
    return extent_has_key(backup, restore->key) ? RESTORE_KEY_EARLIER : RESTORE_KEY_LATER;
}

static int restore_read_backup(struct restore *restore)
{
    struct books *books;
    int rc = books_open(&books, restore->file, restore->why, sizeof restore->why);

    if (rc < 0)
        return rc;
    rc = extent_read(books, &restore->backup);
    restore->key_is = rc < 0 ? RESTORE_KEY_RIGHT : restore_judge_key(restore, books);
    if (rc < 0)
        snprintf(restore->why, sizeof restore->why, "%s: %s", restore->file, strerror(-rc));
    books_close(books);
    return rc;
}

/* ---- what would be lost ---- */

static bool restore_is_foreign(struct restore *restore)
{
    const char *const origins[] = {restore->books.origin, restore->marked.origin,
                                   restore->key_origin};

    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
        if (origins[i][0] && strcmp(origins[i], restore->backup.origin) != 0) {
            snprintf(restore->foreign, sizeof restore->foreign, "%s", origins[i]);
            return true;
        }
    return false;
}

/* Do the first records of these books have that root? */
static bool restore_holds(const char *path, uint64_t records, const struct merkle_hash *root)
{
    struct books *books;
    struct merkle_hash found;
    char why[256];
    bool same;

    if (records > INT64_MAX || books_open(&books, path, why, sizeof why))
        return false;
    same = extent_root(books, (int64_t)records, &found) == 0 && merkle_same(&found, root);
    books_close(books);
    return same;
}

static bool restore_holds_mark(const struct restore *restore, const char *path)
{
    return !restore->mark.length ||
           restore_holds(path, restore->marked.size, &restore->marked.root);
}

static void restore_lose(struct restore *restore, const struct buffer *note, int64_t records,
                         int64_t at_ms)
{
    int64_t more = records - restore->backup.records;

    restore->forked |= more <= 0;
    if (!restore->lost || more > restore->lost_records)
        restore->lost = note;
    if (more > restore->lost_records)
        restore->lost_records = more;
    if (at_ms > restore->lost_until_ms)
        restore->lost_until_ms = at_ms;
}

/* The checkpoint beside the books, and what stands in the books themselves. */
static void restore_find_lost(struct restore *restore)
{
    const struct extent *books = &restore->books, *backup = &restore->backup;

    if (!restore_holds_mark(restore, restore->file))
        restore_lose(restore, &restore->mark, (int64_t)restore->marked.size, restore->marked_ms);
    if (books->last.size && !restore_holds(restore->file, books->last.size, &books->last.root))
        restore_lose(restore, &books->note, (int64_t)books->last.size, books->last_at_ms);
    if (books->records > backup->records)
        restore_lose(restore, restore->lost, books->records, books->last_ms);
    restore->complete = !restore->lost_records && !restore->forked && backup->sealed &&
                        restore->mark.length && restore->marked.size == (uint64_t)backup->records &&
                        (!restore->there || restore->there_whole);
}

static bool restore_was_open(const struct restore *restore, const char *windows)
{
    struct jv *list = jv_parse(windows, strlen(windows), NULL);
    bool open = false;

    for (size_t i = 0; i < jv_size(list); i++) {
        const struct jv *window = jv_element(list, i);

        open |= jv_number(jv_element(window, 0), 0) < restore->until_ms &&
                jv_number(jv_element(window, 1), 0) > restore->backup.last_ms;
    }
    jv_free(list);
    return open;
}

struct restore_count {
    struct restore *restore;
    struct books *books;
};

static int restore_count(void *ctx, const struct books_campaign *campaign)
{
    static const enum delivery_state open[] = {DELIVERY_PLANNED, DELIVERY_DUE, DELIVERY_INFLIGHT,
                                               DELIVERY_DEFERRED};
    const struct restore_count *count = ctx;
    struct books_unit *units;
    size_t n;
    int rc;

    if (!restore_was_open(count->restore, campaign->windows))
        return 0;
    rc = books_units(count->books, campaign->number, &units, &n);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof open / sizeof *open; k++)
            count->restore->messages += units[i].n[open[k]];
    free(units);
    return 0;
}

static int restore_count_open(struct restore *restore)
{
    struct restore_count count = {.restore = restore};
    int rc = books_open(&count.books, restore->file, restore->why, sizeof restore->why);

    if (rc < 0)
        return rc;
    rc = books_hold(count.books); /* one reading within another */
    if (rc == 0) {
        rc = books_campaigns(count.books, restore_count, &count);
        books_let_go(count.books);
    }
    books_close(count.books);
    return rc;
}

/* The key was put there after the backup: nothing can write these books until a restoring says that
 * they may go on with it. */
static bool restore_needs_word(const struct restore *restore)
{
    return restore->key_is == RESTORE_KEY_LATER &&
           strcmp(restore->books.key, restore->backup.key) == 0;
}

/* Of books that are whole: do they go on from the backup, or lie behind it? */
static enum restore_verdict restore_compare(struct restore *restore)
{
    const struct extent *books = &restore->books, *backup = &restore->backup;

    if (books->records < backup->records) {
        restore->forked = !restore_holds(restore->file, (uint64_t)books->records, &books->root);
        return RESTORE_FINE;
    }
    restore->forked = !restore_holds(restore->path, (uint64_t)backup->records, &backup->root);
    if (restore->forked)
        return RESTORE_FINE;
    if (restore_holds_mark(restore, restore->path) && !restore->unmarked &&
        !restore_needs_word(restore))
        return RESTORE_NEEDLESS;
    return books->records > backup->records ? RESTORE_BEHIND : RESTORE_FINE;
}

static enum restore_verdict restore_weigh(struct restore *restore)
{
    enum restore_verdict verdict;

    if (restore_is_foreign(restore))
        return RESTORE_FOREIGN;
    verdict = restore->there_whole ? restore_compare(restore) : RESTORE_FINE;
    if (verdict != RESTORE_FINE)
        return verdict;
    restore_find_lost(restore);
    if (!restore->complete && restore->until_ms < restore->backup.last_ms)
        return RESTORE_EARLY;
    if (!restore->complete && restore_count_open(restore) < 0)
        return RESTORE_UNREADABLE;
    return restore->lost_records || restore->forked || restore->messages ? RESTORE_LOSES
                                                                         : RESTORE_FINE;
}

enum restore_verdict restore_judge(struct restore *restore, const char *file, const char *path,
                                   int64_t until_ms)
{
    *restore = (struct restore){.file = file,
                                .path = path,
                                .until_ms = until_ms ? until_ms : clock_wall_ms(),
                                .until_now = until_ms == 0};
    if (books_in_use(path))
        return RESTORE_USED;
    if (access(file, F_OK) && errno == ENOENT)
        return RESTORE_MISSING;
    restore_read_key(restore);
    if (restore_read_backup(restore) < 0)
        return RESTORE_UNREADABLE;
    if (!restore->backup.whole)
        return RESTORE_BAD;
    if (restore_read_mark(restore) < 0 || restore_read_books(restore) < 0)
        return RESTORE_UNREADABLE;
    return restore_weigh(restore);
}

void restore_release(struct restore *restore)
{
    extent_release(&restore->backup);
    extent_release(&restore->books);
    buffer_free(&restore->mark);
    free(restore->aside);
}

/* ---- doing it ---- */

static bool restore_is_free(const char *path)
{
    MEM_FREE_LATER char *log = mem_printf("%s-wal", path);

    return access(path, F_OK) != 0 && access(log, F_OK) != 0;
}

static char *restore_aside(const char *path)
{
    time_t now = (time_t)(clock_wall_ms() / 1000);
    struct tm local;
    char text[32], *name;

    localtime_r(&now, &local);
    strftime(text, sizeof text, "%Y%m%d-%H%M%S", &local);
    name = mem_printf("%s.before-restore-%s", path, text);
    for (int i = 2; !restore_is_free(name) && i < RESTORE_ASIDE; i++) {
        free(name);
        name = mem_printf("%s.before-restore-%s-%d", path, text, i);
    }
    return name;
}

static int restore_move(const char *from, const char *to, const char *ending)
{
    MEM_FREE_LATER char *old = mem_printf("%s%s", from, ending);
    MEM_FREE_LATER char *new = mem_printf("%s%s", to, ending);

    if (access(old, F_OK) && errno == ENOENT)
        return 0;
    return renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_NOREPLACE) ? -errno : 0;
}

/* The log first: beside other books it would be taken for theirs. Between the two the books are an
 * older copy at worst, and known as one. */
static int restore_put_aside(struct restore *restore)
{
    MEM_FREE_LATER char *index = mem_printf("%s-shm", restore->path);
    int rc;

    if (!restore->there)
        return 0;
    restore->aside = restore_aside(restore->path);
    rc = restore_move(restore->path, restore->aside, "-wal");
    if (rc == 0)
        rc = restore_move(restore->path, restore->aside, "");
    unlink(index);
    return rc < 0 ? rc : durable_sync_parent(restore->path);
}

/* Who restores as root must not take the books away from the gateway's user. */
static int restore_give_back(const struct restore *restore, const struct copy *copy)
{
    const char *slash = strrchr(restore->path, '/');
    MEM_FREE_LATER char *folder =
        slash ? mem_dup_n(restore->path, (size_t)(slash - restore->path) + 1) : mem_dup(".");
    struct stat owner;

    if (geteuid() != 0)
        return 0;
    if (stat(restore->path, &owner) && stat(folder, &owner))
        return -errno;
    return fchown(copy->fd, owner.st_uid, owner.st_gid) ? -errno : 0;
}

static int restore_copy(struct restore *restore, struct copy *copy)
{
    MEM_FREE_LATER char *from = evidence_folder(restore->file);
    MEM_FREE_LATER char *to = evidence_folder(restore->path);
    const struct copy_lost lost = {.from_ms = restore->backup.last_ms,
                                   .until_ms = restore->until_ms,
                                   .lost = restore->lost ? buffer_text(restore->lost) : "",
                                   .mark = buffer_text(&restore->mark)};
    struct books *books;
    int rc = copy_begin(copy, restore->path);

    if (rc == 0)
        rc = books_open(&books, restore->file, restore->why, sizeof restore->why);
    if (rc < 0)
        return rc;
    rc = copy_books(copy, books);
    books_close(books);
    if (rc == 0)
        rc = copy_read_again(copy);
    if (rc == 0 && !restore->complete)
        rc = copy_note_lost(copy, &lost);
    if (rc == 0)
        rc = copy_evidence(from, to, COPY_LINKED, &restore->pictures);
    return rc < 0 ? rc : restore_give_back(restore, copy);
}

/* Nobody can show any more that the key before has signed the one that is there: the next opening
 * tells it as one that nobody vouches for. Beside other books than the backup this says nothing. */
static int restore_keep_key(const struct restore *restore)
{
    MEM_FREE_LATER char *lost = store_lost_key_path(restore->path);

    if (restore->key_is != RESTORE_KEY_LATER)
        return 0;
    return durable_replace(lost, restore->backup.key, strlen(restore->backup.key), 0600);
}

/* No gateway may begin on what is being moved. *lock: a descriptor; -1: there are no books. */
static int restore_lock(const struct restore *restore, int *lock)
{
    *lock = open(restore->path, O_RDWR | O_CLOEXEC);
    if (*lock < 0)
        return errno == ENOENT ? 0 : -errno;
    return flock(*lock, LOCK_EX | LOCK_NB) ? -errno : 0;
}

int restore_carry_out(struct restore *restore)
{
    struct copy copy;
    int lock, rc = restore_lock(restore, &lock);

    if (rc == 0) {
        rc = restore_copy(restore, &copy);
        if (rc == 0)
            rc = restore_keep_key(restore);
        if (rc == 0)
            rc = restore_put_aside(restore);
        if (rc == 0)
            rc = copy_finish(&copy);
        copy_end(&copy);
    }
    if (lock >= 0)
        close(lock);
    return rc;
}
