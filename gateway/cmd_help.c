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
               "machine failed, or\nthe books don't add up.\n",
               "\nlawcast help 命令       一个命令的说明\n"
               "lawcast help conf       conf/lawcast.cfg 的选项\n"
               "lawcast help campaign   任务文件的选项\n"
               "lawcast --version       版本\n"
               "\n退出码：0 正常；1 文件有错误或有内容被拒绝；2 用法错误；\n3 "
               "已执行，但未达任务数或有结果不明；4 本机故障或账目不符。\n"),
          stdout);
}

static void help_conf(void)
{
    config_print_office_options(stdout, adapter_board_kinds());
    fputs(
        lang("Places in the paths, bodies and expected values (_equals) of a webhook:\n"
             "  {name}   the slogan's name, the same in publish, withdraw and verify\n"
             "  {text}   the slogan\n"
             "  {from}   when it is to be shown, such as 2026-10-31T08:30:00+08:00\n"
             "  {until}  when it is to be taken off, written alike\n"
             "  {board}  the board's id\n"
             "How a value is written: {text:json} inside of a JSON string, {text:url} percent-\n"
             "encoded, {text:base64}, {text:plain} as it is. Without a word behind the colon a "
             "path\n"
             "takes :url, a body :json when content_type is JSON, everything else :plain. {{ is a\n"
             "brace. A body of your own replaces the default above; \"\" sends none.\n",
             "webhook 的路径、正文和期望值（_equals）可用占位符：\n"
             "  {name}   标语代号，发布、撤下、核实时相同\n"
             "  {text}   标语内容\n"
             "  {from}   开始播放的时间，例如 2026-10-31T08:30:00+08:00\n"
             "  {until}  撤下的时间，写法相同\n"
             "  {board}  显示屏代号\n"
             "转义：{text:json} 用于 JSON 字符串之内，{text:url} 为百分号编码，{text:base64}，"
             "{text:plain} 原样。\n"
             "不写冒号时：路径按 :url，content_type 为 JSON 的正文按 :json，其余按 :plain。{{ "
             "表示花括号。\n"
             "自写的正文代替上面的默认正文；写 \"\" 则不发正文。\n"),
        stdout);
}

static int help_topic(const char *topic)
{
    const struct command *command = command_find(topic);
    const char *nearest;

    if (strcmp(topic, "conf") == 0)
        help_conf();
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
    .long_en = "Without a topic: the list of commands, and the exit codes that they share.\n\n"
               "Examples:\n"
               "  lawcast help plan\n"
               "  lawcast help conf\n"
               "  lawcast help campaign\n\n"
               "Exit codes: 0 fine; 2 wrong usage, or no such topic.\n",
    .long_zh = "不写主题：列出所有命令和共用的退出码。\n\n"
               "示例：\n"
               "  lawcast help plan\n"
               "  lawcast help conf\n"
               "  lawcast help campaign\n\n"
               "退出码：0 正常；2 用法错误，或没有这项说明。\n",
    .run = help_run,
};
