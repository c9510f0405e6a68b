/* files: the user's files of one command. See files.h.
 * Runs: any. */
#include "gateway/files.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/config/config.h"

/* The books know a campaign by its id: two files with one id would be one campaign. */
static void files_check_id(struct files *files, size_t i)
{
    const struct campaign *campaign = files->campaigns[i];

    for (size_t k = 0; k < i; k++)
        if (files->campaigns[k] && strcmp(files->campaigns[k]->id, campaign->id) == 0)
            diag_error(&files->diag, campaign->file, 0,
                       lang("The id \"%s\" is also used by %s. Give each campaign its own.",
                            "编号“%s”与 %s 重复。请为每个任务使用不同的编号。"),
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
