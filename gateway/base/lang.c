/* lang: the languages in which lawcast speaks to people. See lang.h.
 * Runs: any. */
#include "gateway/base/lang.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/catalog.h"
#include "gateway/base/langlist.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"

#define LANG_CATALOGS 8

/* Written by lang_open only, before there are other threads, so reading needs no lock. The
 * catalogues are kept until the process ends: what lang has returned points into them. */
static struct {
    bool is_open, chinese;
    struct catalog *catalogs[LANG_CATALOGS];
    size_t n;
} lang_spoken;

static const char *lang_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *value = getenv(variables[i]);

        if (value && *value)
            return value;
    }
    return NULL;
}

/* A catalogue that isn't there is no fault: most languages have none. */
static void lang_read(const char *folder, const char *name)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s/LC_MESSAGES/lawcast.mo", folder, name);
    struct catalog *catalog;
    int rc;

    if (lang_spoken.n == LANG_CATALOGS)
        return;
    rc = catalog_read(&catalog, path);
    if (rc) {
        if (rc != -ENOENT && rc != -ENOTDIR)
            log_warning("event=catalog path=%s why=\"%s\"", path,
                        rc < 0 ? strerror(-rc) : "no .mo file, or a damaged one");
        return;
    }
    if (catalog_refused(catalog))
        log_warning("event=catalog path=%s refused=%zu why=\"other directives or no UTF-8\"", path,
                    catalog_refused(catalog));
    lang_spoken.catalogs[lang_spoken.n++] = catalog;
}

/* ../share/locale beside the program; NULL when nobody knows where that is. */
static char *lang_beside(void)
{
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program);

    while (length > 0 && program[length - 1] != '/')
        length--;
    return length > 0 ? mem_printf("%.*s../share/locale", (int)length, program) : NULL;
}

void lang_open(void)
{
    const char *folder = getenv("LAWCAST_LOCALE_DIR");
    MEM_FREE_LATER char *beside = lang_beside();
    struct langlist list;

    langlist_read(&list, getenv("LANGUAGE"), lang_locale());
    for (size_t i = 0; i < list.n; i++) {
        if (folder && *folder)
            lang_read(folder, list.names[i]);
        if (beside)
            lang_read(beside, list.names[i]);
    }
    lang_spoken.chinese = list.chinese;
    lang_spoken.is_open = true;
}

bool lang_is_chinese(void)
{
    const char *locale;

    if (lang_spoken.is_open)
        return lang_spoken.chinese;
    locale = lang_locale();
    return locale && strncmp(locale, "zh", 2) == 0;
}

static const struct {
    int error;
    const char *english, *chinese;
} lang_errors[] = {
    {ENOENT, "No such file or directory", "没有这个文件或目录"},
    {EISDIR, "Is a directory", "这是目录"},
    {ENOTDIR, "Not a directory", "路径中有一段不是目录"},
    {EACCES, "Permission denied", "没有权限"},
    {EPERM, "Operation not permitted", "没有权限"},
    {ENOSPC, "No space left on device", "磁盘空间已满"},
    {EDQUOT, "Disk quota exceeded", "磁盘配额已满"},
    {EROFS, "Read-only file system", "磁盘只读"},
    {EIO, "Input/output error", "磁盘读写出错"},
    {EFBIG, "File too large", "文件过大"},
    {ENAMETOOLONG, "File name too long", "名称过长"},
    {ELOOP, "Too many levels of symbolic links", "链接层数过多"},
    {EEXIST, "File exists", "已存在"},
    {EBUSY, "Device or resource busy", "正在使用"},
    {EAGAIN, "Resource temporarily unavailable", "正在使用"},
    {ETIMEDOUT, "Connection timed out", "超时无应答"},
    {ECONNREFUSED, "Connection refused", "没有程序应答"},
};

const char *lang_error(int error)
{
    int positive = error < 0 ? -error : error;

    for (size_t i = 0; i < sizeof lang_errors / sizeof *lang_errors; i++)
        if (lang_errors[i].error == positive)
            return lang(lang_errors[i].english, lang_errors[i].chinese);
    return strerror(positive);
}

const char *lang(const char *english, const char *chinese)
{
    for (size_t i = 0; i < lang_spoken.n; i++) {
        const char *translation = catalog_find(lang_spoken.catalogs[i], english);

        if (translation)
            return translation;
    }
    return lang_is_chinese() ? chinese : english;
}
