/* cmd_help: lawcast help: the commands, one command, or the options of a file.
 * Runs: any. */
#include <string.h>

#include "adapters/adapter.h"
#include "gateway/base/lang.h"
#include "gateway/command.h"
#include "gateway/config/config.h"

static void help_list(void)
{
    fputs(
        lang("lawcast carries legal-education campaigns by SMS and on public boards, and keeps the "
             "books.\n\nUsage: lawcast COMMAND ...\n\n",
             "lawcast 通过短信和公共显示屏开展法治宣传，并逐条记账。\n\n用法：lawcast 命令 ……\n\n"),
        stdout);
    for (size_t i = 0; commands[i]; i++)
        printf("  %-10s %s\n", commands[i]->name, lang(commands[i]->help_en, commands[i]->help_zh));
    fputs(lang("\nlawcast help COMMAND    about one command\n"
               "lawcast help conf       the options of conf/lawcast.cfg\n"
               "lawcast help campaign   the options of a campaign file\n"
               "lawcast --version       the version\n"
               "\nExit codes: 0 fine; 1 your files have errors or something was refused; 2 wrong "
               "usage;\n3 the job ran but is short of its quota or something is in doubt; 4 the "
               "machine failed.\n",
               "\nlawcast help 命令       一个命令的说明\n"
               "lawcast help conf       conf/lawcast.cfg 的选项\n"
               "lawcast help campaign   任务文件的选项\n"
               "lawcast --version       版本\n"
               "\n退出码：0 正常；1 文件有错误或有内容被拒绝；2 用法错误；\n3 "
               "已执行，但未达任务数或有结果不明；4 机器故障。\n"),
          stdout);
}

static int help_topic(const char *topic)
{
    const struct command *command = command_find(topic);
    const char *nearest;

    if (strcmp(topic, "conf") == 0)
        config_print_office_options(stdout, adapter_board_kinds());
    else if (strcmp(topic, "campaign") == 0)
        config_print_campaign_options(stdout);
    else if (command)
        command_print_help(command, stdout);
    else {
        nearest = command_nearest(topic);
        return command_misused(&command_help,
                               lang("There is no help about \"%s\". Nearest: \"%s\".",
                                    "没有关于“%s”的说明。最接近的是“%s”。"),
                               topic, nearest ? nearest : "help");
    }
    return COMMAND_FINE;
}

static int help_run(int argc, char **argv)
{
    static const struct option options[] = {{"help", no_argument, NULL, 'h'}, {0}};
    int option = command_next_option(argc, argv, ":h", options);

    if (option != -1)
        return command_bad_option(&command_help, option, argv);
    if (argc - optind > 1)
        return command_misused(&command_help, "%s",
                               lang("One topic at a time.", "一次只能查看一项说明。"));
    if (optind < argc)
        return help_topic(argv[optind]);
    help_list();
    return COMMAND_FINE;
}

const struct command command_help = {
    .name = "help",
    .help_en = "Explain the commands and the files.",
    .help_zh = "说明各命令和文件。",
    .usage = "[COMMAND | conf | campaign]",
    .long_en = "Examples:\n"
               "  lawcast help plan\n"
               "  lawcast help campaign\n",
    .long_zh = "示例：\n"
               "  lawcast help plan\n"
               "  lawcast help campaign\n",
    .run = help_run,
};
