/* receipt_file: see receipt_file.h.
 * Runs: any (blocks). */
#include "gateway/receipt_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/command.h"

static int receipt_file_bad(const char *command, const char *path, int rc)
{
    if (rc == -EEXIST)
        fprintf(stderr,
                lang("lawcast %s: %s is there already. Choose another name: a receipt is never "
                     "written over.\n",
                     "lawcast %s：%s 已存在。请换一个文件名：回执不会被覆盖。\n"),
                command, path);
    else
        fprintf(stderr,
                lang("lawcast %s: %s can't be written: %s.\n", "lawcast %s：无法写入 %s：%s。\n"),
                command, path, lang_error(rc));
    return rc == -EEXIST ? COMMAND_REFUSED : COMMAND_MACHINE;
}

int receipt_file_write(const char *command, const char *path, const struct buffer *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    int rc;

    if (!out)
        return receipt_file_bad(command, path, -errno);
    fwrite(buffer_text(text), 1, text->length, out);
    rc = fflush(out) || fsync(fd) ? -errno : 0;
    if (fclose(out) && !rc)
        rc = -errno;
    if (!rc)
        return COMMAND_FINE;
    unlink(path);
    return receipt_file_bad(command, path, rc);
}
