/* durable: small files that survive a power cut. See durable.h.
 * Runs: any (blocks). */
#include "gateway/base/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/mem.h"

/* File systems that can't do it say EINVAL: there is nothing else to be done. */
int durable_sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return -errno;
    rc = fsync(fd) && errno != EINVAL ? -errno : 0;
    close(fd);
    return rc;
}

int durable_sync_parent(const char *path)
{
    const char *slash = strrchr(path, '/');
    MEM_FREE_LATER char *parent =
        slash ? mem_dup_n(path, slash == path ? 1 : (size_t)(slash - path)) : mem_dup(".");

    return durable_sync_folder(parent);
}

static int durable_fill(int file, const char *data, size_t length, mode_t mode)
{
    while (length) {
        ssize_t n = write(file, data, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        data += n;
        length -= (size_t)n;
    }
    return fchmod(file, mode) || fsync(file) ? -errno : 0;
}

int durable_replace(const char *path, const void *data, size_t length, mode_t mode)
{
    MEM_FREE_LATER char *part = mem_printf("%s.part", path);
    int file, rc;

    unlink(part);
    file = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return -errno;
    rc = durable_fill(file, data, length, mode);
    if (close(file) && rc == 0)
        rc = -errno;
    if (rc == 0 && rename(part, path))
        rc = -errno;
    if (rc < 0)
        unlink(part);
    return rc < 0 ? rc : durable_sync_parent(path);
}
