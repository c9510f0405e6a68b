/* bundle_out: the folder of a bundle while it is written. See bundle_out.h.
 * Runs: any. */
#include "gateway/audit/bundle_out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/digest.h"
#include "gateway/base/durable.h"
#include "gateway/base/mem.h"

#define BUNDLE_SUMS "SHA256SUMS"

static void bundle_out_fail(struct bundle_out *out, int rc)
{
    if (out->rc == 0)
        out->rc = rc;
}

static char *bundle_out_path(const struct bundle_out *out, const char *name)
{
    return mem_printf("%s/%s", out->work, name);
}

/* An empty folder may be there: its name is taken over by renaming. */
static int bundle_out_look(const char *folder)
{
    const struct dirent *entry;
    struct stat there;
    DIR *list;
    int rc = 0;

    if (lstat(folder, &there) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISDIR(there.st_mode))
        return -ENOTDIR;
    list = opendir(folder);
    if (!list)
        return -errno;
    while ((entry = readdir(list)) && rc == 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            rc = -ENOTEMPTY;
    closedir(list);
    return rc;
}

int bundle_out_begin(struct bundle_out *out, const char *folder)
{
    size_t length = strlen(folder);

    while (length > 1 && folder[length - 1] == '/')
        length--;
    *out = (struct bundle_out){.folder = mem_dup_n(folder, length)};
    out->rc = bundle_out_look(out->folder);
    if (out->rc)
        return out->rc;
    out->work = mem_printf("%s.XXXXXX", out->folder);
    if (mkdtemp(out->work))
        return 0;
    out->rc = -errno;
    free(out->work);
    out->work = NULL;
    return out->rc;
}

static void bundle_out_name(struct bundle_out *out, const char *name)
{
    if (out->n == out->room) {
        out->room = out->room ? out->room * 2 : 16;
        out->names = mem_grow(out->names, out->room, sizeof *out->names);
    }
    out->names[out->n++] = (struct bundle_name){.name = mem_dup(name)};
}

/* What was written is read back as a whole, as whoever checks the sum will. */
static int bundle_out_sum(FILE *file, char sum[static DIGEST_HEX_MOST])
{
    struct digest digest;
    struct stat there;
    void *bytes = "";

    if (fstat(fileno(file), &there) < 0)
        return -errno;
    if (there.st_size > 0) {
        bytes = mmap(NULL, (size_t)there.st_size, PROT_READ, MAP_SHARED, fileno(file), 0);
        if (bytes == MAP_FAILED)
            return -errno;
    }
    digest = digest_of(DIGEST_SHA256, bytes, (size_t)there.st_size);
    digest_hex(&digest, sum);
    if (there.st_size > 0)
        munmap(bytes, (size_t)there.st_size);
    return 0;
}

static void bundle_out_close(struct bundle_out *out)
{
    FILE *file = out->file;

    if (!file)
        return;
    out->file = NULL;
    if (fflush(file) || ferror(file) || fsync(fileno(file)) < 0)
        bundle_out_fail(out, errno ? -errno : -EIO);
    if (out->rc == 0)
        bundle_out_fail(out, bundle_out_sum(file, out->names[out->n - 1].sum));
    if (fclose(file))
        bundle_out_fail(out, errno ? -errno : -EIO);
}

/* The folder that the name has before its file's. */
static int bundle_out_folder(const struct bundle_out *out, const char *name)
{
    const char *slash = strchr(name, '/');
    MEM_FREE_LATER char *path = NULL;

    if (!slash)
        return 0;
    path = mem_printf("%s/%.*s", out->work, (int)(slash - name), name);
    return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

bool bundle_out_file(struct bundle_out *out, const char *name)
{
    MEM_FREE_LATER char *path = NULL;
    int fd;

    bundle_out_close(out);
    if (out->rc)
        return false;
    bundle_out_name(out, name);
    bundle_out_fail(out, bundle_out_folder(out, name));
    path = bundle_out_path(out, name);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        bundle_out_fail(out, -errno);
        return false;
    }
    out->file = fdopen(fd, "w+");
    if (out->file)
        return true;
    bundle_out_fail(out, -errno);
    close(fd);
    return false;
}

void bundle_out_add(struct bundle_out *out, const void *bytes, size_t length)
{
    errno = 0;
    if (out->rc == 0 && out->file && fwrite(bytes, 1, length, out->file) != length)
        bundle_out_fail(out, errno ? -errno : -EIO);
}

void bundle_out_text(struct bundle_out *out, const char *name, const struct buffer *text)
{
    if (bundle_out_file(out, name))
        bundle_out_add(out, buffer_text(text), text->length);
    bundle_out_close(out);
}

bool bundle_out_has(const struct bundle_out *out, const char *name)
{
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->names[i].name, name) == 0)
            return true;
    return false;
}

static void bundle_out_sums(struct bundle_out *out)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < out->n; i++)
        buffer_printf(&text, "%s  %s\n", out->names[i].sum, out->names[i].name);
    bundle_out_text(out, BUNDLE_SUMS, &text);
}

/* Every folder that has a name in the list, and the folder itself: f is told each once. */
static int bundle_out_folders(struct bundle_out *out, int (*f)(const char *path))
{
    const char *last = "";
    int rc = 0;

    for (size_t i = 0; i < out->n; i++) {
        const char *name = out->names[i].name, *slash = strchr(name, '/');
        size_t length = slash ? (size_t)(slash - name) : 0;
        MEM_FREE_LATER char *path = NULL;

        if (!slash || strncmp(last, name, length + 1) == 0)
            continue;
        last = name;
        path = mem_printf("%s/%.*s", out->work, (int)length, name);
        if (f(path) && rc == 0)
            rc = -EIO;
    }
    return f(out->work) && rc == 0 ? -EIO : rc;
}

static int bundle_out_publish(struct bundle_out *out)
{
    int rc = bundle_out_folders(out, durable_sync_folder);

    if (rc)
        return rc;
    if (rename(out->work, out->folder) < 0)
        return errno == EEXIST ? -ENOTEMPTY : -errno;
    return durable_sync_parent(out->folder);
}

static void bundle_out_remove(struct bundle_out *out)
{
    for (size_t i = 0; i < out->n; i++) {
        MEM_FREE_LATER char *path = bundle_out_path(out, out->names[i].name);

        unlink(path);
    }
    bundle_out_folders(out, rmdir);
}

int bundle_out_end(struct bundle_out *out, int rc)
{
    bundle_out_close(out);
    bundle_out_fail(out, rc);
    if (out->rc == 0)
        bundle_out_sums(out);
    if (out->rc == 0)
        bundle_out_fail(out, bundle_out_publish(out));
    if (out->rc && out->work)
        bundle_out_remove(out);
    for (size_t i = 0; i < out->n; i++)
        free(out->names[i].name);
    free(out->names);
    free(out->work);
    free(out->folder);
    return out->rc;
}
