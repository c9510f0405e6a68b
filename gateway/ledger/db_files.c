/* db_files: the files of a database as files. See db_files.h.
 * Runs: any (blocks). */
#include "gateway/ledger/db_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/mem.h"

/* A process that was killed may leave the lock to a child that it was just starting, until that
 * child executes its program. */
#define DB_FILES_LOCK_MS 2000

/* The lock is on the file, not on a name beside it: links lead to the same lock, and nobody can
 * remove it. SQLite's own locks are of another kind and don't see it. */
int db_files_lock(int file)
{
    const struct timespec nap = {.tv_nsec = 20000000};
    int64_t until = clock_mono_ms() + DB_FILES_LOCK_MS;

    while (flock(file, LOCK_EX | LOCK_NB) < 0) {
        if (errno != EWOULDBLOCK || clock_mono_ms() > until)
            return -errno;
        nanosleep(&nap, NULL);
    }
    return 0;
}

/* SQLite throws such a log away. But it may be most of the books, which somebody has moved away for
 * the moment. */
bool db_files_log_is_orphaned(const char *path)
{
    MEM_FREE_LATER char *name = mem_printf("%s-wal", path);
    struct stat books, log;

    return stat(name, &log) == 0 && log.st_size > 0 &&
           (stat(path, &books) ? errno == ENOENT : books.st_size == 0);
}

int db_files_look(const char *path)
{
    struct stat file;

    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) || stat(path, &file))
        return -errno;
    return S_ISREG(file.st_mode) || S_ISDIR(file.st_mode) ? 0 : -EINVAL;
}

bool db_files_has_empty_log(const char *path)
{
    MEM_FREE_LATER char *log = mem_printf("%s-wal", path);
    struct stat file;

    return stat(log, &file) == 0 && file.st_size == 0 &&
           faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0;
}

/* SQLite would make a log and an index to say the same, for which there may be no room: bytes 18
 * and 19 are the versions of the format for writing and reading (fileformat2.html, 1.3.3). */
int db_files_need_no_log(const char *path)
{
    static const unsigned char legacy[] = {1, 1};
    int file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW), rc = 0;
    ssize_t n;

    if (file < 0)
        return -errno;
    n = pwrite(file, legacy, sizeof legacy, 18);
    if (n != (ssize_t)sizeof legacy)
        rc = n < 0 ? -errno : -EIO;
    close(file);
    return rc;
}

void db_files_drop_log(const char *path)
{
    MEM_FREE_LATER char *log = mem_printf("%s-wal", path);
    MEM_FREE_LATER char *index = mem_printf("%s-shm", path);

    unlink(log);
    unlink(index);
}

/* Whatever the umask or a copying hand has done. What SQLite makes beside the file gets its mode.
 * What belongs to somebody else stays as it is. */
void db_files_close_to_others(int file, const char *path)
{
    static const char *const beside[] = {"-wal", "-shm"};

    (void)fchmod(file, 0600);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        MEM_FREE_LATER char *name = mem_printf("%s%s", path, beside[i]);

        (void)chmod(name, 0600);
    }
}

bool db_files_are_one(int file, const char *path)
{
    struct stat opened, there;

    return fstat(file, &opened) == 0 && stat(path, &there) == 0 && opened.st_dev == there.st_dev &&
           opened.st_ino == there.st_ino;
}

int db_files_name_alone(const char *path, struct buffer *name)
{
    MEM_FREE_LATER char *log = mem_printf("%s-wal", path);
    struct stat st;

    if (stat(log, &st) == 0 && st.st_size > 0)
        return -EROFS;
    buffer_add_text(name, "file:");
    for (const char *p = path; *p; p++) {
        if (strchr("%?#", *p))
            buffer_printf(name, "%%%02X", (unsigned)(unsigned char)*p);
        else
            buffer_add_char(name, *p);
    }
    buffer_add_text(name, "?immutable=1");
    return 0;
}

int db_files_explain(int error, int cause)
{
    switch (cause) {
    case ENOSPC:
    case EDQUOT:
        return ENOSPC;
    case EACCES:
    case EPERM:
        return EACCES;
    case EROFS:
        return EROFS;
    default:
        return error;
    }
}
