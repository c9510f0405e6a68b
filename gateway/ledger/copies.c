/* copies: what this program has left of books beside them. See copies.h.
 * Runs: any (blocks). */
#include "gateway/ledger/copies.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/durable.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/place.h"

#define COPIES_ASIDE ".before-restore-"
#define COPIES_DIGIT "0123456789"

/* Of what follows the name of a copy: nothing, its log, or that it was broken off. */
static bool copies_is_end(const char *rest)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".incomplete"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(rest, ends[i]) == 0)
            return true;
    return false;
}

/* ".v4", ".v4-2" */
static bool copies_is_version(const char *ending)
{
    size_t digits = strncmp(ending, ".v", 2) == 0 ? strspn(ending + 2, COPIES_DIGIT) : 0;
    size_t more;

    if (!digits)
        return false;
    ending += 2 + digits;
    more = *ending == '-' ? strspn(ending + 1, COPIES_DIGIT) : 0;
    return copies_is_end(more ? ending + 1 + more : ending);
}

/* ".before-restore-20261031-083000", "...-2" */
static bool copies_is_aside(const char *ending)
{
    size_t time;

    if (strncmp(ending, COPIES_ASIDE, strlen(COPIES_ASIDE)) != 0)
        return false;
    ending += strlen(COPIES_ASIDE);
    time = strspn(ending, COPIES_DIGIT "-");
    while (time && ending[time - 1] == '-') /* of "-wal" */
        time--;
    return time && copies_is_end(ending + time);
}

static bool copies_is_one(const char *ending)
{
    return copies_is_version(ending) || copies_is_aside(ending) ||
           strcmp(ending, ".incomplete") == 0;
}

static int copies_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int copies_read(DIR *dir, const char *folder, const char *books, struct copies *out)
{
    const size_t length = strlen(books);
    const struct dirent *entry;
    struct stat file;

    while ((errno = 0, entry = readdir(dir))) {
        if (strncmp(entry->d_name, books, length) != 0 || !copies_is_one(entry->d_name + length) ||
            fstatat(dirfd(dir), entry->d_name, &file, AT_SYMLINK_NOFOLLOW) ||
            !S_ISREG(file.st_mode))
            continue;
        out->paths = mem_grow(out->paths, out->n + 1, sizeof *out->paths);
        out->paths[out->n++] =
            mem_printf("%s/%s", strcmp(folder, "/") ? folder : "", entry->d_name);
    }
    return -errno;
}

int copies_find(const char *books_path, struct copies *out)
{
    MEM_FREE_LATER char *place = place_of(books_path);
    const char *slash = strrchr(place, '/');
    MEM_FREE_LATER char *given =
        slash ? mem_dup_n(place, (size_t)(slash - place) + 1) : mem_dup(".");
    char folder[PATH_MAX];
    DIR *dir;
    int rc;

    *out = (struct copies){0};
    if (!realpath(given, folder) || !(dir = opendir(folder)))
        return -errno;
    rc = copies_read(dir, folder, slash ? slash + 1 : place, out);
    closedir(dir);
    if (out->n)
        qsort(out->paths, out->n, sizeof *out->paths, copies_compare);
    return rc;
}

int copies_remove(const struct copies *copies, const char **failed)
{
    for (size_t i = 0; i < copies->n; i++) {
        *failed = copies->paths[i];
        if (unlink(copies->paths[i]) && errno != ENOENT)
            return -errno;
    }
    return copies->n ? durable_sync_parent(copies->paths[0]) : 0;
}

void copies_release(struct copies *copies)
{
    for (size_t i = 0; i < copies->n; i++)
        free(copies->paths[i]);
    free(copies->paths);
    *copies = (struct copies){0};
}
