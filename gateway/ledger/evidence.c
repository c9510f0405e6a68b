/* evidence: pictures in a folder beside the books. See evidence.h.
 * Runs: ledger thread. */
#include "gateway/ledger/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/mem.h"

#define EVIDENCE_PART "incomplete" /* while it is written; the ledger has one thread */

char *evidence_folder(const char *books_path)
{
    return mem_printf("%s.evidence", books_path);
}

/* Only what devices make; the name of anything else must not come from outside. */
static const char *evidence_suffix(const char *type)
{
    static const char *const types[] = {"png", "jpg", "gif"};

    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (strcmp(type, types[i]) == 0)
            return types[i];
    return "bin";
}

static int evidence_sync_parent(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    MEM_FREE_LATER char *parent =
        slash ? mem_dup_n(folder, slash == folder ? 1 : (size_t)(slash - folder)) : mem_dup(".");
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return -errno;
    rc = fsync(fd) ? -errno : 0;
    close(fd);
    return rc;
}

/* A descriptor of the folder, or -errno. */
static int evidence_enter(const char *folder)
{
    int rc = mkdir(folder, 0700) ? -errno : 0;
    int fd;

    if (rc == 0)
        rc = evidence_sync_parent(folder);
    if (rc < 0 && rc != -EEXIST)
        return rc;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static bool evidence_is_there(int folder, const char *name, size_t length)
{
    struct stat file;

    return fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(file.st_mode) &&
           file.st_size >= 0 && (size_t)file.st_size == length;
}

static int evidence_fill(int file, const char *data, size_t length)
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
    return fchmod(file, 0400) || fsync(file) ? -errno : 0;
}

static int evidence_write(int folder, const struct evidence *evidence, const char *name)
{
    int file, rc;

    unlinkat(folder, EVIDENCE_PART, 0);
    file = openat(folder, EVIDENCE_PART, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return -errno;
    rc = evidence_fill(file, evidence->picture, evidence->picture_length);
    if (close(file) && rc == 0)
        rc = -errno;
    if (rc == 0 && renameat(folder, EVIDENCE_PART, folder, name))
        rc = -errno;
    if (rc < 0)
        unlinkat(folder, EVIDENCE_PART, 0);
    return rc;
}

int evidence_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return -errno;
    rc = fsync(fd) ? -errno : 0;
    close(fd);
    return rc;
}

int evidence_keep(const char *folder, const struct evidence *evidence,
                  char name[static EVIDENCE_NAME])
{
    struct digest digest = digest_of(DIGEST_SHA256, evidence->picture, evidence->picture_length);
    char text[DIGEST_HEX_MOST];
    int fd = evidence_enter(folder), rc;

    if (fd < 0)
        return fd;
    digest_hex(&digest, text);
    snprintf(name, EVIDENCE_NAME, "%s.%s", text, evidence_suffix(evidence->picture_type));
    rc = evidence_is_there(fd, name, evidence->picture_length) ? 0
                                                               : evidence_write(fd, evidence, name);
    close(fd);
    return rc;
}
