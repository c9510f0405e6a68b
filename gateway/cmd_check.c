/* cmd_check: lawcast check: everything that is wrong with the files, at once, before the day.
 * Runs: any. Opens no device and writes nothing. */
#include "gateway/base/lang.h"
#include "gateway/check_contacts.h"
#include "gateway/check_shares.h"
#include "gateway/check_times.h"
#include "gateway/command.h"
#include "gateway/files.h"
#include "gateway/report/figure.h"

/* A table of networks that was meant and not read, or half of it, shows here. */
static void check_tell_operators(const struct office *office)
{
    char prefixes[FIGURE_ROOM], ported[FIGURE_ROOM];

    if (!office->operators)
        return;
    figure_count((int64_t)operators_prefixes(office->operators), prefixes);
    figure_count((int64_t)operators_ported(office->operators), ported);
    printf(lang("Number prefixes: %s, ported numbers: %s.\n", "号段 %s 个，携号转网号码 %s 个。\n"),
           prefixes, ported);
}

static void check_summary(const struct files *files)
{
    size_t warnings = files->diag.n - files->diag.errors;
    char count[FIGURE_ROOM];
    int64_t messages = 0;

    if (files->diag.errors) {
        printf(lang("Errors: %zu, warnings: %zu. Mend the errors and check again.\n",
                    "错误 %zu 处，警告 %zu 处。请改正后重新检查。\n"),
               files->diag.errors, warnings);
        return;
    }
    for (size_t i = 0; i < files->n; i++)
        for (size_t k = 0; k < files->campaigns[i]->n_orders; k++)
            messages += files->campaigns[i]->orders[k].quota;
    figure_count(messages, count);
    printf(
        lang(
            "No errors; warnings: %zu. Units: %zu, modems: %zu, boards: %zu; campaigns: %zu, "
            "messages: %s.\n",
            "没有错误，警告 %zu 处。单位 %zu 个，短信设备 %zu 台，显示屏 %zu 块；任务 %zu 个，短信 "
            "%s 条。\n"),
        warnings, files->office->n_units, files->office->n_modems, files->office->n_boards,
        files->n, count);
    check_tell_operators(files->office);
}

static int check_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'}, {0}};
    struct files files = FILES_NULL;
    const char *config = NULL;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option != 'c')
            return command_bad_option(&command_check, option, argv);
        config = optarg;
    }
    (void)files_read(&files, config, argv + optind, (size_t)(argc - optind));
    check_shares(&files);
    check_contacts(&files);
    check_times(&files);
    result = files_check_ledger(&files, DIAG_WARNING);
    files_warn_times(&files);
    diag_print(&files.diag, stderr);
    check_times_print(&files, stdout);
    check_summary(&files);
    files_free(&files);
    return result;
}

const struct command command_check = {
    .name = "check",
    .help_en = "Find every error in the configuration and in campaign files.",
    .help_zh = "检查配置文件和任务文件，一次列出所有错误。",
    .usage = "[-c FILE] [CAMPAIGN...]",
    .long_en =
        "CAMPAIGN is a campaign file or its folder; without one, only the configuration is "
        "checked.\nFor each campaign a calendar says when its units send and its boards show.\nThe "
        "folder of the books must be there and may be written. Nothing is opened, sent or "
        "written.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast check\n"
        "  lawcast check campaigns/constitution-day\n\n"
        "Exit codes: 0 no errors (warnings may be printed); 1 errors; 2 wrong usage.\n",
    .long_zh =
        "CAMPAIGN "
        "是任务文件或其所在目录；不写则只检查配置文件。\n同时列出各单位发送、各显示屏播放的日程。"
        "\n账本所在的目录须已存在且可写。不打开设备，不发送，不写入。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 "
        "/etc/lawcast/lawcast.cfg\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast check\n"
        "  lawcast check campaigns/constitution-day\n\n"
        "退出码：0 没有错误（可能有警告）；1 有错误；2 用法错误。\n",
    .run = check_run,
};
