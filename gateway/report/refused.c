/* refused: the rows that were not taken. See refused.h.
 * Runs: any. */
#include "gateway/report/refused.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/durable.h"
#include "gateway/base/mem.h"
#include "gateway/model/mask.h"
#include "gateway/report/sheet.h"

struct refused {
    FILE *file;
    char *path, *temporary;
    int64_t rows;
    bool numbers;
};

char *refused_path(const char *directory, const char *campaign_id)
{
    return mem_printf("%s/%s-refused.csv", directory, campaign_id);
}

static void refused_free(struct refused *refused)
{
    free(refused->path);
    free(refused->temporary);
    free(refused);
}

int refused_open(struct refused **out, const char *path, bool numbers)
{
    struct refused *refused = mem_new(struct refused);
    int fd;

    *out = NULL;
    refused->path = mem_dup(path);
    refused->numbers = numbers;
    /* One name, so that what a crash leaves (full numbers) is overwritten by the next try. */
    refused->temporary = mem_printf("%s.part", path);
    fd = open(refused->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        int error = errno;

        refused_free(refused);
        return -error;
    }
    refused->file = fdopen(fd, "w");
    if (!refused->file)
        abort();
    (void)fchmod(fd, 0600); /* one that a crash has left, whatever its mode */
    sheet_begin(refused->file);
    sheet_row(refused->file, (const char *[4]){"文件", "行", "号码", "原因"}, 4);
    *out = refused;
    return 0;
}

void refused_add(struct refused *refused, const struct recipient *row)
{
    BUFFER_FREE_LATER struct buffer masked = BUFFER_NULL;
    const char *number = row->raw ? row->raw : "";
    char line[24];

    snprintf(line, sizeof line, "%" PRId64, row->line);
    if (!refused->numbers) {
        mask_field(number, &masked);
        number = buffer_text(&masked);
    }
    sheet_row(refused->file, (const char *[4]){row->file, line, number, recipients_reason(row)}, 4);
    refused->rows++;
}

static int refused_publish(struct refused *refused)
{
    int rc = 0;

    errno = 0;
    if (fflush(refused->file) || ferror(refused->file) || fsync(fileno(refused->file)))
        rc = errno ? -errno : -EIO;
    if (fclose(refused->file) && !rc)
        rc = -errno;
    if (!rc && rename(refused->temporary, refused->path))
        rc = -errno;
    if (rc) {
        unlink(refused->temporary);
        return rc;
    }
    return durable_sync_parent(refused->path);
}

int64_t refused_close(struct refused *refused)
{
    int64_t rows = refused->rows;
    int rc = refused_publish(refused);

    refused_free(refused);
    return rc ? rc : rows;
}

void refused_abandon(struct refused *refused)
{
    if (!refused)
        return;
    fclose(refused->file);
    unlink(refused->temporary);
    refused_free(refused);
}
