/* lang: the two languages in which lawcast speaks to people. See lang.h.
 * Runs: any. */
#include "gateway/base/lang.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool lang_is_chinese(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}

static const struct {
    int error;
    const char *chinese;
} lang_errors[] = {
    {ENOENT, "没有这个文件或目录"},
    {EISDIR, "这是目录"},
    {ENOTDIR, "路径中有一段不是目录"},
    {EACCES, "没有权限"},
    {EPERM, "没有权限"},
    {ENOSPC, "磁盘空间已满"},
    {EDQUOT, "磁盘配额已满"},
    {EROFS, "磁盘只读"},
    {EIO, "磁盘读写出错"},
    {EFBIG, "文件过大"},
    {ENAMETOOLONG, "名称过长"},
    {ELOOP, "链接层数过多"},
    {EEXIST, "已存在"},
    {EBUSY, "正在使用"},
    {EAGAIN, "正在使用"},
    {ETIMEDOUT, "超时无应答"},
    {ECONNREFUSED, "没有程序应答"},
};

const char *lang_error(int error)
{
    int positive = error < 0 ? -error : error;

    if (lang_is_chinese())
        for (size_t i = 0; i < sizeof lang_errors / sizeof *lang_errors; i++)
            if (lang_errors[i].error == positive)
                return lang_errors[i].chinese;
    return strerror(positive);
}

const char *lang(const char *english, const char *chinese)
{
    return lang_is_chinese() ? chinese : english;
}
