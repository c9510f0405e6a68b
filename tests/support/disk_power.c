/* disk_power: what a power cut would take back. See disk_power.h.
 * Runs: any.
 *
 * Of every sector that was written since the last sync the first old content is kept. Names come
 * back in the order in which a journalling file system would lose them: the last change first. */
#include "tests/support/disk_power.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/support/disk_faults.h"

#define POWER_FILES 24
#define POWER_NAMES 64
#define POWER_PATH  256

struct power_sector {
    off_t number;
    char old[DISK_SECTOR]; /* zeros beyond the old end */
};

struct power_file {
    ino_t inode; /* 0: a free place */
    int fd;      /* our own */
    bool changed;
    off_t size; /* the durable one */
    struct power_sector *sectors;
    size_t n, room;
};

enum power_change { POWER_NEW, POWER_GONE, POWER_MOVED };

struct power_name {
    enum power_change change;
    char path[POWER_PATH], from[POWER_PATH];
    char kept[POWER_PATH]; /* another name of what was at path; "": nothing was */
};

/* SQLite and libc hand no context over. */
static struct {
    struct power_file files[POWER_FILES];
    struct power_name names[POWER_NAMES];
    size_t n_names, kept;
    uint64_t random;
} power;

static _Noreturn void power_fail(const char *what)
{
    fprintf(stderr, "disk_power: %s: %s\n", what, strerror(errno));
    abort();
}

static void power_forget(struct power_file *file)
{
    if (file->inode)
        syscall(SYS_close, file->fd);
    free(file->sectors);
    *file = (struct power_file){0};
}

static struct power_file *power_find(ino_t inode)
{
    for (size_t i = 0; i < POWER_FILES; i++)
        if (power.files[i].inode == inode)
            return &power.files[i];
    errno = ENFILE;
    power_fail("too many files");
}

static struct power_file *power_track(int fd)
{
    struct power_file *file;
    char name[32];
    struct stat st;

    if (fstat(fd, &st))
        power_fail("fstat");
    for (size_t i = 0; i < POWER_FILES; i++)
        if (power.files[i].inode == st.st_ino)
            return &power.files[i];
    file = power_find(0);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    file->fd = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC);
    if (file->fd < 0)
        power_fail(name);
    file->inode = st.st_ino;
    return file;
}

/* A file is durable at its size of the first change after a sync. */
static struct power_file *power_change(int fd)
{
    struct power_file *file = power_track(fd);
    struct stat st;

    if (!file->changed) {
        if (fstat(fd, &st))
            power_fail("fstat");
        file->size = st.st_size;
        file->changed = true;
    }
    return file;
}

static void power_keep(struct power_file *file, off_t number)
{
    struct power_sector *sector;

    for (size_t i = file->n; i-- > 0;)
        if (file->sectors[i].number == number)
            return;
    if (file->n == file->room) {
        file->room = file->room ? 2 * file->room : 64;
        file->sectors = realloc(file->sectors, file->room * sizeof *file->sectors);
        if (!file->sectors)
            power_fail("memory");
    }
    sector = &file->sectors[file->n++];
    *sector = (struct power_sector){.number = number};
    if (syscall(SYS_pread64, file->fd, sector->old, DISK_SECTOR, number * DISK_SECTOR) < 0)
        power_fail("pread");
}

void disk_power_note_write(int fd, off_t offset, size_t length)
{
    struct power_file *file = power_change(fd);

    for (off_t at = offset / DISK_SECTOR; at * DISK_SECTOR < offset + (off_t)length; at++)
        power_keep(file, at);
}

void disk_power_note_cut(int fd, off_t length)
{
    struct power_file *file = power_change(fd);
    struct stat st;

    if (fstat(fd, &st))
        power_fail("fstat");
    for (off_t at = length / DISK_SECTOR; at * DISK_SECTOR < st.st_size; at++)
        power_keep(file, at);
}

static struct power_name *power_rename(enum power_change change, const char *path, const char *from)
{
    struct power_name *name;
    struct stat st;

    if (power.n_names == POWER_NAMES)
        power_fail("too many names");
    name = &power.names[power.n_names++];
    *name = (struct power_name){.change = change};
    snprintf(name->path, sizeof name->path, "%s", path);
    snprintf(name->from, sizeof name->from, "%s", from);
    if (change == POWER_NEW || stat(path, &st))
        return name;
    snprintf(name->kept, sizeof name->kept, "%s.%zu~", path, power.kept++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, name->kept, 0))
        power_fail(name->kept);
    return name;
}

void disk_power_note_new(const char *path)
{
    power_rename(POWER_NEW, path, "");
}

void disk_power_note_gone(const char *path)
{
    power_rename(POWER_GONE, path, "");
}

void disk_power_note_moved(const char *from, const char *to)
{
    power_rename(POWER_MOVED, to, from);
}

static bool power_lies_in(const struct power_name *name, const char *folder)
{
    size_t length = strlen(folder);

    return strncmp(name->path, folder, length) == 0 && name->path[length] == '/' &&
           !strchr(name->path + length + 1, '/');
}

/* What was removed is gone for good. */
static void power_let_go(const struct power_name *name)
{
    struct stat st;

    if (!name->kept[0])
        return;
    if (stat(name->kept, &st) == 0 && st.st_nlink == 1)
        for (size_t i = 0; i < POWER_FILES; i++)
            if (power.files[i].inode == st.st_ino)
                power_forget(&power.files[i]);
    syscall(SYS_unlink, name->kept);
}

static void power_sync_names(const char *folder)
{
    size_t left = 0;

    for (size_t i = 0; i < power.n_names; i++) {
        if (power_lies_in(&power.names[i], folder))
            power_let_go(&power.names[i]);
        else
            power.names[left++] = power.names[i];
    }
    power.n_names = left;
}

void disk_power_note_sync(int fd)
{
    char name[32], path[POWER_PATH];
    struct power_file *file;
    ssize_t length;
    struct stat st;

    if (fstat(fd, &st))
        power_fail("fstat");
    if (!S_ISDIR(st.st_mode)) {
        file = power_track(fd);
        file->changed = false;
        file->n = 0;
        return;
    }
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, sizeof path - 1);
    if (length < 0)
        power_fail(name);
    path[length] = '\0';
    power_sync_names(path);
}

static uint64_t power_random(void)
{
    power.random = power.random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return power.random >> 33;
}

/* A sector that got there beyond the durable end has made the file longer. */
static void power_put_back(struct power_file *file, bool some)
{
    off_t size = file->size;
    struct stat st;

    if (!file->changed)
        return;
    if (fstat(file->fd, &st))
        power_fail("fstat");
    for (size_t i = 0; i < file->n; i++) {
        const struct power_sector *sector = &file->sectors[i];
        off_t at = sector->number * DISK_SECTOR;

        if (some && power_random() % 2) {
            off_t end = at + DISK_SECTOR < st.st_size ? at + DISK_SECTOR : st.st_size;

            size = end > size ? end : size;
        } else if (syscall(SYS_pwrite64, file->fd, sector->old, DISK_SECTOR, at) != DISK_SECTOR) {
            power_fail("pwrite");
        }
    }
    if (syscall(SYS_ftruncate, file->fd, size))
        power_fail("ftruncate");
}

static void power_undo(const struct power_name *name)
{
    if (name->change == POWER_NEW && syscall(SYS_unlink, name->path))
        syscall(SYS_rmdir, name->path);
    if (name->change == POWER_MOVED)
        syscall(SYS_rename, name->path, name->from);
    if (name->kept[0])
        syscall(SYS_rename, name->kept, name->path);
}

void disk_power_cut(bool some, uint64_t seed)
{
    size_t stay;

    power.random = seed;
    for (size_t i = 0; i < POWER_FILES; i++)
        if (power.files[i].inode)
            power_put_back(&power.files[i], some);
    stay = some ? power_random() % (power.n_names + 1) : 0;
    while (power.n_names > stay)
        power_undo(&power.names[--power.n_names]);
    while (power.n_names > 0)
        power_let_go(&power.names[--power.n_names]);
}
