/* evidence: pictures in a folder beside the books. See evidence.h.
 * Runs: ledger thread, and any where evidence.h says so. */
#include "gateway/ledger/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/durable.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/place.h"

#define EVIDENCE_PART "incomplete" /* while it is written; the ledger has one thread */
#define EVIDENCE_HAND "handed-in"  /* the same by commands, which take turns */

char *evidence_folder(const char *books_path)
{
    return place_beside(books_path, ".evidence");
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

/* A descriptor of the folder, or -errno. */
static int evidence_enter(const char *folder)
{
    int rc = mkdir(folder, 0700) ? -errno : 0;
    int fd;

    if (rc == 0)
        rc = durable_sync_parent(folder);
    if (rc < 0 && rc != -EEXIST)
        return rc;
    if (rc == 0 && chmod(folder, 0700)) /* whatever the umask took away */
        return -errno;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    (void)fchmod(fd, 0700); /* one that is there already, if it is ours */
    return fd;
}

/* From here to the end of the file it is the picture's. */
static bool evidence_equals(int file, const char *data, size_t length)
{
    char bytes[16384];
    size_t at = 0;

    for (;;) {
        ssize_t n = read(file, bytes, sizeof bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && at == length;
        if ((size_t)n > length - at || memcmp(bytes, data + at, (size_t)n) != 0)
            return false;
        at += (size_t)n;
    }
}

static bool evidence_is_there(int folder, const char *name, const struct evidence *evidence)
{
    struct stat file;
    bool same;
    int fd;

    if (fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW) || !S_ISREG(file.st_mode))
        return false;
    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    same = evidence_equals(fd, evidence->picture, evidence->picture_length);
    close(fd);
    return same;
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

static int evidence_write(int folder, const struct evidence *evidence, const char *part,
                          const char *name)
{
    int file, rc;

    unlinkat(folder, part, 0);
    file = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        return -errno;
    rc = evidence_fill(file, evidence->picture, evidence->picture_length);
    if (close(file) && rc == 0)
        rc = -errno;
    if (rc == 0 && renameat(folder, part, folder, name))
        rc = -errno;
    if (rc < 0)
        unlinkat(folder, part, 0);
    return rc;
}

int evidence_sync(const char *folder)
{
    return durable_sync_folder(folder);
}

void evidence_name(const struct evidence *evidence, char name[static EVIDENCE_NAME])
{
    struct digest digest = digest_of(DIGEST_SHA256, evidence->picture, evidence->picture_length);
    char text[DIGEST_HEX_MOST];

    digest_hex(&digest, text);
    snprintf(name, EVIDENCE_NAME, "%s.%s", text, evidence_suffix(evidence->picture_type));
}

bool evidence_is_kept(const char *folder, const struct evidence *evidence)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    char name[EVIDENCE_NAME];
    bool kept;

    if (fd < 0)
        return false;
    evidence_name(evidence, name);
    kept = evidence_is_there(fd, name, evidence);
    close(fd);
    return kept;
}

static int evidence_put(int folder, const struct evidence *evidence, const char *part,
                        char name[static EVIDENCE_NAME])
{
    evidence_name(evidence, name);
    if (evidence_is_there(folder, name, evidence))
        return 0;
    return evidence_write(folder, evidence, part, name);
}

int evidence_keep(const char *folder, const struct evidence *evidence,
                  char name[static EVIDENCE_NAME])
{
    int fd = evidence_enter(folder), rc;

    if (fd < 0)
        return fd;
    rc = evidence_put(fd, evidence, EVIDENCE_PART, name);
    close(fd);
    return rc;
}

int evidence_hand_in(const char *folder, const struct evidence *evidence,
                     char name[static EVIDENCE_NAME])
{
    int fd = evidence_enter(folder), rc;

    if (fd < 0)
        return fd;
    rc = flock(fd, LOCK_EX) ? -errno : 0;
    if (rc == 0)
        rc = evidence_put(fd, evidence, EVIDENCE_HAND, name);
    if (rc == 0 && fsync(fd))
        rc = -errno;
    close(fd);
    return rc;
}

bool evidence_has(const char *folder, const char *name)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", folder, name);
    struct stat file;

    return lstat(path, &file) == 0 && S_ISREG(file.st_mode);
}
