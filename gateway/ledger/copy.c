/* copy: books in another place. See copy.h.
 * Runs: any (blocks). */
#include "gateway/ledger/copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/digest.h"
#include "gateway/base/durable.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_inside.h"
#include "gateway/ledger/db_files.h"
#include "gateway/ledger/evidence.h"

#define COPY_PICTURE_MOST ((size_t)64 << 20)
#define COPY_BLOCK        8192

/* Whoever had the lock before may have given the file its name, or thrown it away. */
static bool copy_is_ours(const struct copy *copy)
{
    struct stat opened, there;

    return fstat(copy->fd, &opened) == 0 && lstat(copy->part, &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

static int copy_lock(const struct copy *copy)
{
    if (flock(copy->fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? -EALREADY : -errno;
    return copy_is_ours(copy) ? 0 : -EALREADY;
}

/* The lock tells a copy that is being made from what a crash has left, which is written over. The
 * umask doesn't matter: numbers of people are in it. */
int copy_begin(struct copy *copy, const char *path)
{
    int rc;

    *copy =
        (struct copy){.path = mem_dup(path), .part = mem_printf("%s.incomplete", path), .fd = -1};
    copy->fd = open(copy->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (copy->fd < 0)
        return -errno;
    rc = copy_lock(copy);
    if (rc < 0) { /* somebody else's */
        close(copy->fd);
        copy->fd = -1;
        return rc;
    }
    db_files_drop_log(copy->part); /* what a crash has left */
    return ftruncate(copy->fd, 0) || fchmod(copy->fd, 0600) ? -errno : 0;
}

/* -EUCLEAN also of what SQLite can't read at all. */
static int copy_find_faults(struct db *db)
{
    int64_t faults;
    int rc = db_ask(db, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
                    &faults);

    return rc == 0 && faults ? -EUCLEAN : rc;
}

int copy_read_again(const struct copy *copy)
{
    struct db *db;
    int rc = db_open(&db, copy->part, DB_READ);

    if (rc == 0)
        rc = copy_find_faults(db);
    db_close(db);
    return rc;
}

int copy_db(struct copy *copy, struct db *db)
{
    int rc = db_copy(db, copy->part);

    return rc == 0 && fsync(copy->fd) ? -errno : rc;
}

int copy_books(struct copy *copy, struct books *books)
{
    return copy_db(copy, books->db);
}

static const char *const copy_sql[] = {
    "INSERT INTO restored(from_ms, until_ms, lost, mark) VALUES(?1, ?2, ?3, ?4)",
};

static int copy_write_lost(const struct copy *copy, const struct copy_lost *lost)
{
    struct db *db;
    int rc = db_open(&db, copy->part, DB_WRITE);

    if (rc == 0)
        rc = db_prepare(db, copy_sql, 1);
    if (rc == 0) {
        db_start(db, 0, lost->from_ms, lost->until_ms);
        db_bind_text(db, 0, 3, lost->lost);
        db_bind_text(db, 0, 4, lost->mark);
        rc = db_finish(db, 0);
    }
    db_close(db);
    return rc;
}

/* A writer of the books wants the lock for itself. */
int copy_note_lost(struct copy *copy, const struct copy_lost *lost)
{
    int rc = flock(copy->fd, LOCK_UN) ? -errno : copy_write_lost(copy, lost);

    if (rc == 0)
        rc = copy_lock(copy);
    return rc == 0 && fsync(copy->fd) ? -errno : rc;
}

void copy_name(struct copy *copy, const char *path)
{
    free(copy->path);
    copy->path = mem_dup(path);
}

static bool copy_is_same(int one, int other, off_t length)
{
    char block[2][COPY_BLOCK];

    for (off_t at = 0; at < length;) {
        ssize_t n = pread(one, block[0], COPY_BLOCK, at);

        if (n <= 0 || pread(other, block[1], (size_t)n, at) != n ||
            memcmp(block[0], block[1], (size_t)n) != 0)
            return false;
        at += n;
    }
    return true;
}

bool copy_is_there(const struct copy *copy)
{
    int fd = open(copy->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat there, ours;
    bool same;

    if (fd < 0)
        return false;
    same = fstat(fd, &there) == 0 && fstat(copy->fd, &ours) == 0 && S_ISREG(there.st_mode) &&
           there.st_size == ours.st_size && copy_is_same(fd, copy->fd, ours.st_size);
    close(fd);
    return same;
}

int copy_finish(struct copy *copy)
{
    struct stat there;
    int rc = renameat2(AT_FDCWD, copy->part, AT_FDCWD, copy->path, RENAME_NOREPLACE) ? -errno : 0;

    if (rc == -EINVAL || rc == -ENOSYS) { /* a file system that can't promise it */
        if (lstat(copy->path, &there) == 0)
            return -EEXIST;
        rc = rename(copy->part, copy->path) ? -errno : 0;
    }
    if (rc < 0)
        return rc;
    close(copy->fd);
    copy->fd = -1;
    return durable_sync_parent(copy->path);
}

void copy_end(struct copy *copy)
{
    if (copy->fd >= 0) {
        db_files_drop_log(copy->part);
        unlink(copy->part);
        close(copy->fd);
    }
    free(copy->path);
    free(copy->part);
}

int copy_check(struct books *books)
{
    int rc = copy_find_faults(books->db);

    return rc == -EUCLEAN ? 1 : rc;
}

/* ---- pictures ---- */

struct copy_folders {
    const char *from_path, *to_path;
    int from, to;
    enum copy_way way;
    struct copy_pictures *pictures;
};

static bool copy_is_sound(const char *name, const struct buffer *data)
{
    struct digest digest = digest_of(DIGEST_SHA256, buffer_text(data), data->length);
    char text[DIGEST_HEX_MOST];

    digest_hex(&digest, text);
    return strncmp(name, text, strlen(text)) == 0;
}

/* Only pictures are taken: not what a crash has left, and no links that lead elsewhere. */
static bool copy_is_picture(int folder, const char *name, struct stat *found)
{
    size_t length = strlen(name);

    return length >= DIGEST_HEX_MOST && length < EVIDENCE_NAME &&
           fstatat(folder, name, found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(found->st_mode);
}

/* A block that can't be read spoils a picture as well as one that was changed. */
static enum copy_state copy_judge(int folder, const char *path, const char *name)
{
    BUFFER_FREE_LATER struct buffer data = BUFFER_NULL;
    struct stat file;

    const char *slash = strrchr(name, '/');

    if (fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW))
        return COPY_MISSING;
    return S_ISREG(file.st_mode) && buffer_read_file(&data, path, COPY_PICTURE_MOST) == 0 &&
                   copy_is_sound(slash ? slash + 1 : name, &data)
               ? COPY_SOUND
               : COPY_SPOILT;
}

enum copy_state copy_look(const char *folder, const char *name)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);

    return strchr(name, '/') ? COPY_SPOILT : copy_judge(AT_FDCWD, path, path);
}

/* Under its name there is none, or a spoilt one, whose place this one takes. */
static int copy_picture_in(const struct copy_folders *folders, const char *name, const char *to,
                           const struct buffer *data)
{
    folders->pictures->added++;
    if (folders->way == COPY_LINKED) {
        (void)unlinkat(folders->to, name, 0);
        if (linkat(folders->from, name, folders->to, name, 0) == 0)
            return 0;
    }
    return durable_replace(to, buffer_text(data), data->length, 0400);
}

static int copy_picture(const struct copy_folders *folders, const char *name)
{
    BUFFER_FREE_LATER struct buffer data = BUFFER_NULL;
    MEM_FREE_LATER char *from = mem_printf("%s/%s", folders->from_path, name);
    MEM_FREE_LATER char *to = mem_printf("%s/%s", folders->to_path, name);
    enum copy_state there;
    struct stat picture;
    bool sound;
    int rc;

    if (!copy_is_picture(folders->from, name, &picture))
        return 0;
    folders->pictures->n++;
    there = copy_judge(folders->to, to, name);
    if (there == COPY_SOUND)
        return 0;
    rc = buffer_read_file(&data, from, COPY_PICTURE_MOST);
    if (rc < 0)
        return rc;
    sound = copy_is_sound(name, &data);
    folders->pictures->damaged += !sound;
    if (there == COPY_SPOILT && !sound)
        return 0;
    return copy_picture_in(folders, name, to, &data);
}

static int copy_enter(const char *folder, bool make)
{
    int rc = make && mkdir(folder, 0700) ? -errno : 0;
    int fd;

    if (make && rc == 0)
        rc = durable_sync_parent(folder);
    if (rc < 0 && rc != -EEXIST)
        return rc;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int copy_all(const struct copy_folders *folders, DIR *dir)
{
    const struct dirent *entry;
    int rc = 0;

    while (rc == 0 && (entry = readdir(dir)))
        rc = copy_picture(folders, entry->d_name);
    return rc == 0 && fsync(folders->to) ? -errno : rc;
}

int copy_evidence(const char *from, const char *to, enum copy_way way, struct copy_pictures *out)
{
    struct copy_folders folders = {.from_path = from, .to_path = to, .way = way, .pictures = out};
    DIR *dir = opendir(from);
    int rc;

    *out = (struct copy_pictures){0};
    if (!dir)
        return errno == ENOENT ? 0 : -errno;
    folders.from = dirfd(dir);
    folders.to = copy_enter(to, true);
    rc = folders.to < 0 ? folders.to : copy_all(&folders, dir);
    if (folders.to >= 0)
        close(folders.to);
    closedir(dir);
    return rc;
}

void copy_drop_evidence(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)))
        if (strlen(entry->d_name) >= DIGEST_HEX_MOST)
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder);
}
