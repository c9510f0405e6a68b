/* files: the user's files of one command. See files.h.
 * Runs: any. */
#include "gateway/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/config/conffile.h"
#include "gateway/config/config.h"

/* The books know a campaign by its id: two files with one id would be one campaign. */
static void files_check_id(struct files *files, size_t i)
{
    const struct campaign *campaign = files->campaigns[i];

    for (size_t k = 0; k < i; k++)
        if (files->campaigns[k] && strcmp(files->campaigns[k]->id, campaign->id) == 0)
            diag_error(&files->diag, campaign->file, 0,
                       lang("The id \"%s\" is also used by %s. Give each campaign its own.",
                            "代号“%s”与 %s 重复。请为每个任务使用不同的代号。"),
                       campaign->id, files->campaigns[k]->file);
}

int files_read(struct files *files, const char *config, char *const *paths, size_t n)
{
    files->campaigns = mem_array(n, struct campaign *);
    files->n = n;
    if (command_read_office(config, &files->diag, &files->office) != COMMAND_FINE) {
        if (n)
            diag_warning(&files->diag, NULL, 0, "%s",
                         lang("The campaign files were not checked: mend the configuration first.",
                              "未检查任务文件：请先改正配置文件。"));
        return COMMAND_REFUSED;
    }
    for (size_t i = 0; i < n; i++)
        if (!config_read_campaign(paths[i], files->office, &files->diag, &files->campaigns[i]))
            files_check_id(files, i);
    return files->diag.errors ? COMMAND_REFUSED : COMMAND_FINE;
}

static bool files_is_over(const struct window *windows, size_t n, int64_t now)
{
    return n && windows[n - 1].to_ms <= now;
}

/* Where others have windows of their own that are still to come. */
static void files_warn_parts(struct files *files, const struct campaign *campaign, int64_t now)
{
    for (size_t i = 0; i < campaign->n_orders; i++)
        if (files_is_over(campaign->orders[i].windows, campaign->orders[i].n_windows, now))
            diag_warning(&files->diag, campaign->file, campaign->orders[i].line,
                         lang("All windows of %s are over: it can't send any more.",
                              "%s 的时间窗都已结束：不会再发送。"),
                         files->office->units[campaign->orders[i].unit].id);
    for (size_t i = 0; i < campaign->n_displays; i++)
        if (files_is_over(campaign->displays[i].windows, campaign->displays[i].n_windows, now))
            diag_warning(&files->diag, campaign->file, campaign->displays[i].line, "%s",
                         lang("All windows of these slogans are over: they can't be shown any "
                              "more.",
                              "这些标语的时间窗都已结束：不会再播放。"));
}

/* Some are still to come. */
static void files_warn_past(struct files *files, const struct campaign *campaign, int64_t now)
{
    size_t over = 0;

    while (over < campaign->n_windows && campaign->windows[over].to_ms <= now)
        over++;
    if (over)
        diag_warning(&files->diag, campaign->file, 0,
                     lang("Of %zu windows %zu are over already: nothing is made up for outside of "
                          "the others.",
                          "%zu 个时间窗中有 %zu 个已经结束：只在其余时间窗内进行，不在窗外补发。"),
                     campaign->n_windows, over);
    files_warn_parts(files, campaign, now);
}

void files_warn_times(struct files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        const struct campaign *campaign = files->campaigns[i];
        int64_t now = clock_wall_ms();

        if (campaign && !files_is_over(campaign->windows, campaign->n_windows, now))
            files_warn_past(files, campaign, now);
        else if (campaign)
            diag_warning(&files->diag, campaign->file, 0, "%s",
                         lang("All windows are over: nothing can be sent or shown any more. For a "
                              "new campaign correct from and to.",
                              "所有时间窗都已结束：不会再发送或播放。新任务请改正 from 和 to。"));
    }
}

/* What is wrong with the books' folder or file, as a sentence; NULL: nothing. */
static char *files_ledger_fault(const char *path)
{
    const char *slash = strrchr(path, '/');
    MEM_FREE_LATER char *folder =
        slash ? mem_dup_n(path, (size_t)(slash - path) + 1) : mem_dup(".");
    struct stat there, books;

    if (stat(folder, &there) < 0 && errno == ENOENT)
        return mem_printf(lang("The folder of the books, %s, does not exist. Make it: mkdir -p %s",
                               "账本所在的目录 %s 不存在。请创建：mkdir -p %s"),
                          folder, folder);
    if (stat(folder, &there) < 0)
        return mem_printf(lang("The folder of the books, %s, can't be reached (%s): check path and "
                               "the rights.",
                               "账本所在的目录 %s 无法访问（%s）：请检查 path 和权限。"),
                          folder, strerror(errno));
    if (!S_ISDIR(there.st_mode))
        return mem_printf(
            lang("%s is no folder: the books can't be kept in it.", "%s 不是目录，不能存放账本。"),
            folder);
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0)
        return mem_printf(
            lang("You may not write in %s, the folder of the books: let its owner give you the "
                 "rights, or name another path.",
                 "没有权限写入账本所在的目录 %s：请让目录的所有者授权，或改写 path。"),
            folder);
    if (stat(path, &books) < 0)
        return NULL;
    if (!S_ISREG(books.st_mode))
        return mem_printf(lang("%s is no file: path names the file of the books itself.",
                               "%s 不是文件：path 应写账本文件本身。"),
                          path);
    if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
        return NULL;
    return mem_printf(lang("You may not write %s, the books: let its owner give you the rights.",
                           "没有权限写入账本 %s：请让其所有者授权。"),
                      path);
}

/* The office doesn't keep the place of the setting: the configuration is looked at again. */
static void files_tell_ledger(struct files *files, enum diag_kind kind, const char *fault)
{
    struct diag unused = DIAG_NULL;
    struct conffile *conf = NULL;
    struct conf_place place = {files->office->file, 0};

    if (conffile_open(files->office->file, &unused, &conf) == 0) {
        conf_setting group = conffile_group(conf, conffile_root(conf), "ledger");

        place = conffile_place(conf, conffile_member(group, "path"));
    }
    diag_add(&files->diag, kind, place.file, place.line, "%s", fault);
    conffile_close(conf);
    diag_free(&unused);
}

int files_check_ledger(struct files *files, enum diag_kind kind)
{
    MEM_FREE_LATER char *fault =
        files->office ? files_ledger_fault(files->office->ledger_path) : NULL;

    if (fault)
        files_tell_ledger(files, kind, fault);
    return files->diag.errors ? COMMAND_REFUSED : COMMAND_FINE;
}

void files_free(struct files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        if (files->campaigns[i])
            campaign_free(files->campaigns[i]);
        free(files->campaigns[i]);
    }
    free(files->campaigns);
    command_free_office(files->office);
    diag_free(&files->diag);
    *files = FILES_NULL;
}
