/* disk_faults: a disk that fails on command. See disk_faults.h.
 * Runs: any.
 *
 * The functions of libc come from here; the kernel is asked by number. What isn't watched passes
 * without a lock: a child between fork and exec may come here, too. */
#include "tests/support/disk_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/disk_power.h"

#define FAULTS_PATH 512

/* libc's callers hand no context over. */
static struct {
    pthread_mutex_t mutex;
    struct disk_faults *told; /* NULL: nothing is watched */
} disk = {.mutex = PTHREAD_MUTEX_INITIALIZER};

/* ---- who gives the commands ---- */

static struct disk_faults *faults_map(const char *file)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *at = MAP_FAILED;

    if (fd < 0)
        return NULL;
    if (syscall(SYS_ftruncate, fd, sizeof(struct disk_faults)) == 0)
        at = mmap(NULL, sizeof(struct disk_faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    return at == MAP_FAILED ? NULL : at;
}

struct disk_faults *disk_faults_make(const char *file, const char *path)
{
    struct disk_faults *faults = faults_map(file);

    if (faults) {
        memset(faults, 0, sizeof *faults);
        snprintf(faults->path, sizeof faults->path, "%s", path);
    }
    return faults;
}

void disk_faults_unmap(struct disk_faults *faults)
{
    munmap(faults, sizeof *faults);
}

void disk_faults_suffer(struct disk_faults *faults)
{
    disk.told = faults;
}

__attribute__((constructor)) static void faults_start(void)
{
    const char *file = getenv(DISK_FAULTS_ENV);

    if (file && !(disk.told = faults_map(file)))
        abort();
}

/* ---- what is watched ---- */

static bool faults_watch_path(const char *path)
{
    size_t length = strlen(disk.told->path);
    const char *slash = strrchr(disk.told->path, '/');

    if (strncmp(path, disk.told->path, length) == 0)
        return true;
    return slash && strlen(path) == (size_t)(slash - disk.told->path) &&
           strncmp(path, disk.told->path, strlen(path)) == 0;
}

static bool faults_name(int fd, char path[static FAULTS_PATH])
{
    char name[32];
    ssize_t length;

    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, FAULTS_PATH - 1);
    path[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static bool faults_watch(int fd)
{
    char path[FAULTS_PATH];
    int error = errno;
    bool watched = disk.told && faults_name(fd, path) && faults_watch_path(path);

    errno = error;
    return watched;
}

/* What a name below a folder means; false: it isn't watched. */
static bool faults_watch_at(int folder, const char *name, char path[static FAULTS_PATH])
{
    int error = errno;
    size_t length = 0;

    if (!disk.told)
        return false;
    if (name[0] != '/' && folder != AT_FDCWD && faults_name(folder, path)) {
        length = strlen(path);
        path[length++] = '/';
    }
    snprintf(path + length, FAULTS_PATH - length, "%s", name);
    errno = error;
    return faults_watch_path(path);
}

/* ---- a step ---- */

enum change { CHANGE_GROWTH, CHANGE_WRITE, CHANGE_NAME, CHANGE_SYNC };

struct step {
    bool last;   /* the process ends in this step */
    bool traces; /* a power cut may come */
    enum disk_death death;
    int error; /* it fails with this; 0: it doesn't */
};

static _Noreturn void faults_die(void)
{
    for (;;)
        kill(getpid(), SIGKILL);
}

static bool faults_refuse(enum disk_refusal refusal, enum change change)
{
    switch (refusal) {
    case REFUSE_GROWTH:
        return change == CHANGE_GROWTH;
    case REFUSE_CHANGES:
        return change != CHANGE_SYNC;
    case REFUSE_SYNCS:
        return change == CHANGE_SYNC;
    default:
        return false;
    }
}

/* Only a write can be torn. */
static bool step_ends_before(const struct step *step, enum change change)
{
    bool torn = step->death == DEATH_HALF || step->death == DEATH_SECTORS;

    return step->death == DEATH_BEFORE || (torn && change >= CHANGE_NAME);
}

/* Takes the lock; step_end gives it back. */
static struct step step_begin(enum change change)
{
    struct disk_faults *told = disk.told;
    struct step step;
    long long number;

    pthread_mutex_lock(&disk.mutex);
    number = atomic_fetch_add(&told->steps, 1) + 1;
    step.death = (enum disk_death)atomic_load(&told->death);
    step.traces = step.death >= DEATH_POWER;
    step.last = number == atomic_load(&told->die_at);
    step.error = number >= atomic_load(&told->refuse_from) &&
                         faults_refuse((enum disk_refusal)atomic_load(&told->refusal), change)
                     ? atomic_load(&told->error)
                     : 0;
    if (step.last && step_ends_before(&step, change))
        faults_die();
    if (step.error)
        atomic_fetch_add(&told->refused, 1);
    return step;
}

static long step_end(const struct step *step, long rc)
{
    if (step->last && step->traces)
        disk_power_cut(step->death == DEATH_POWER_SOME, atomic_load(&disk.told->seed));
    if (step->last)
        faults_die();
    pthread_mutex_unlock(&disk.mutex);
    return rc;
}

/* Undone before it is done: the caller sees an error. */
static long step_refuse(const struct step *step)
{
    step_end(step, -1);
    errno = step->error;
    return -1;
}

static void faults_torn(int fd, const char *data, size_t length, off_t offset,
                        enum disk_death death)
{
    uint64_t random = atomic_load(&disk.told->seed);

    if (death == DEATH_HALF)
        syscall(SYS_pwrite64, fd, data, length / 2, offset);
    for (size_t at = 0; death == DEATH_SECTORS && at < length; at += DISK_SECTOR) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if ((random >> 40) % 2)
            syscall(SYS_pwrite64, fd, data + at,
                    length - at < DISK_SECTOR ? length - at : DISK_SECTOR, offset + (off_t)at);
    }
    faults_die();
}

static bool faults_grows(int fd, off_t end)
{
    struct stat st;

    return fstat(fd, &st) == 0 && end > st.st_size;
}

static ssize_t faults_write(int fd, const void *data, size_t length, off_t offset, bool moves)
{
    struct step step;
    ssize_t rc;

    step = step_begin(faults_grows(fd, offset + (off_t)length) ? CHANGE_GROWTH : CHANGE_WRITE);
    if (step.error)
        return step_refuse(&step);
    if (step.last && (step.death == DEATH_HALF || step.death == DEATH_SECTORS))
        faults_torn(fd, data, length, offset, step.death);
    if (step.traces)
        disk_power_note_write(fd, offset, length);
    rc = moves ? syscall(SYS_write, fd, data, length)
               : syscall(SYS_pwrite64, fd, data, length, offset);
    return step_end(&step, rc);
}

static int faults_sync(int fd)
{
    struct step step = step_begin(CHANGE_SYNC);
    int ms = atomic_load(&disk.told->sync_ms);

    if (step.error)
        return (int)step_refuse(&step);
    atomic_fetch_add(&disk.told->syncs, 1);
    if (ms)
        nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
    if (step.traces && !step.last)
        disk_power_note_sync(fd);
    return (int)step_end(&step, 0);
}

static int faults_cut(int fd, off_t length)
{
    struct step step = step_begin(faults_grows(fd, length) ? CHANGE_GROWTH : CHANGE_WRITE);

    if (step.error)
        return (int)step_refuse(&step);
    if (step.traces)
        disk_power_note_cut(fd, length);
    return (int)step_end(&step, syscall(SYS_ftruncate, fd, length));
}

static int faults_move(const char *from, const char *to)
{
    struct step step = step_begin(CHANGE_NAME);

    if (step.error)
        return (int)step_refuse(&step);
    if (step.traces)
        disk_power_note_moved(from, to);
    return (int)step_end(&step, syscall(SYS_rename, from, to));
}

static bool faults_is_there(const char *path)
{
    int error = errno;
    struct stat st;
    bool there = stat(path, &st) == 0;

    errno = error;
    return there;
}

static int faults_remove(const char *path)
{
    struct step step;

    if (!faults_is_there(path)) /* nothing changes */
        return (int)syscall(SYS_unlink, path);
    step = step_begin(CHANGE_NAME);
    if (step.error)
        return (int)step_refuse(&step);
    if (step.traces)
        disk_power_note_gone(path);
    return (int)step_end(&step, syscall(SYS_unlink, path));
}

/* One that is there already, or is only read, is no step, but may be refused. */
static int faults_open(const char *path, int flags, mode_t mode)
{
    struct disk_faults *told = disk.told;
    bool writes = (flags & O_ACCMODE) != O_RDONLY, made = writes && (flags & O_CREAT);
    struct step step;

    if (made && !faults_is_there(path)) {
        step = step_begin(CHANGE_GROWTH);
        if (step.error)
            return (int)step_refuse(&step);
        if (step.traces)
            disk_power_note_new(path);
        return (int)step_end(&step, syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    }
    if (writes && atomic_load(&told->refusal) == REFUSE_CHANGES &&
        atomic_load(&told->steps) + 1 >= atomic_load(&told->refuse_from)) {
        atomic_fetch_add(&told->refused, 1);
        errno = atomic_load(&told->error);
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int faults_make_folder(const char *path, mode_t mode)
{
    struct step step;

    if (faults_is_there(path))
        return (int)syscall(SYS_mkdir, path, mode);
    step = step_begin(CHANGE_GROWTH);
    if (step.error)
        return (int)step_refuse(&step);
    if (step.traces)
        disk_power_note_new(path);
    return (int)step_end(&step, syscall(SYS_mkdir, path, mode));
}

/* ---- in place of libc's ---- */

ssize_t write(int fd, const void *data, size_t length)
{
    if (!faults_watch(fd))
        return syscall(SYS_write, fd, data, length);
    return faults_write(fd, data, length, syscall(SYS_lseek, fd, 0, SEEK_CUR), true);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    if (!faults_watch(fd))
        return syscall(SYS_pwrite64, fd, data, length, offset);
    return faults_write(fd, data, length, offset, false);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    return pwrite(fd, data, length, offset);
}

int fsync(int fd)
{
    return faults_watch(fd) ? faults_sync(fd) : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return faults_watch(fd) ? faults_sync(fd) : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t length)
{
    return faults_watch(fd) ? faults_cut(fd, length) : (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off64_t length)
{
    return ftruncate(fd, length);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char old[FAULTS_PATH], new[FAULTS_PATH];
    bool watched = faults_watch_at(from_folder, from, old);

    if (faults_watch_at(to_folder, to, new) && watched)
        return faults_move(old, new);
    return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[FAULTS_PATH];

    if (flags == 0 && faults_watch_at(folder, name, path))
        return faults_remove(path);
    return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int mkdir(const char *path, mode_t mode)
{
    char whole[FAULTS_PATH];

    return faults_watch_at(AT_FDCWD, path, whole) ? faults_make_folder(whole, mode)
                                                  : (int)syscall(SYS_mkdir, path, mode);
}

static int faults_open_at(int folder, const char *name, int flags, mode_t mode)
{
    char path[FAULTS_PATH];

    if (!(flags & O_DIRECTORY) && faults_watch_at(folder, name, path))
        return faults_open(path, flags, mode);
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

static mode_t faults_mode(int flags, va_list args)
{
    return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

#define OPEN_BODY(folder, name)                                                                    \
    {                                                                                              \
        va_list args;                                                                              \
        mode_t mode;                                                                               \
                                                                                                   \
        va_start(args, flags);                                                                     \
        mode = faults_mode(flags, args);                                                           \
        va_end(args);                                                                              \
        return faults_open_at((folder), (name), flags, mode);                                      \
    }

int open(const char *path, int flags, ...)
    OPEN_BODY(AT_FDCWD, path) int open64(const char *path, int flags, ...)
        OPEN_BODY(AT_FDCWD, path) int openat(int folder, const char *path, int flags, ...)
            OPEN_BODY(folder, path) int openat64(int folder, const char *path, int flags, ...)
                OPEN_BODY(folder, path)
