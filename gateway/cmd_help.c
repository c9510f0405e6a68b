/* cmd_help: lawcast help: the commands, one command, or the options of a file.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "adapters/adapter.h"
#include "gateway/command.h"
#include "gateway/config/config.h"
#include "gateway/config/optprint.h"
#include "gateway/report/fold.h"
#include "gateway/manpage.h"

enum { HELP_NAME = 2, HELP_TEXT = 19 }; /* where an option's name begins, and what is said of it */

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
               "lawcast help KIND       the options of one kind of boards, such as huidu\n"
               "lawcast help campaign   the options of a campaign file\n"
               "lawcast --version       the version\n"
               "\nExit codes: 0 fine; 1 your files have errors or something was refused; 2 wrong "
               "usage;\n3 short of a quota, something is in doubt, a plan doesn't fit, or it can't be "
               "done (any more);\n4 the machine failed, or the books don't add up.\n",
               "\nlawcast help 命令       一个命令的说明\n"
               "lawcast help conf       conf/lawcast.cfg 的选项\n"
               "lawcast help 类型       一种显示屏的选项，例如 huidu\n"
               "lawcast help campaign   任务文件的选项\n"
               "lawcast --version       版本\n"
               "\n退出码：0 正常；1 文件有错误或有内容被拒绝；2 用法错误；\n3 "
               "未达任务数、有结果不明、计划发不完，或已无法执行；4 本机故障或账目不符。\n"),
          stdout);
}

/* Adds a text whose lines are folded for a terminal; what continues an option stands under it. */
static void help_put_folded(char *text, FILE *out)
{
    char *rest = text, *line;

    while ((line = strsep(&rest, "\n"))) {
        size_t indent = strspn(line, " ");

        if (rest || *line)
            fold_print(line, FOLD_COLUMNS, indent == HELP_NAME ? HELP_TEXT : indent, out);
    }
}

static void help_webhook(FILE *out)
{
    fputs(
        lang("Places in the paths, bodies, headers and expected values (_equals) of a webhook:\n"
             "  {name}      the slogan's name, the same in publish, withdraw and verify\n"
             "  {text}      the slogan; {picture}: drawn, a PNG in base64 (render = \"picture\")\n"
             "  {from}      when it is to be shown, {until}: when it is to be taken off, {now}\n"
             "  {board}     the board's id; {width}, {height}, {font} (px), {speed}, {color}\n"
             "  {slot}      0 to 99: the place that it should take, if the platform has places\n"
             "  {id}        what the platform called it (option publish_id)\n"
             "  {callback}  where the platform can call us (listen)\n"
             "  {nonce}     32 hexadecimal digits, others in each request\n"
             "and, in sign_parts only: {body} as it is sent, {method}, {path} without query,\n"
             "{query}, {key}, {secret} (sign_secret).\n\n"
             "How a value is written, as in {text:json}:\n"
             "  json        for the inside of a JSON string; the quotation marks are yours\n"
             "  url, form   percent-encoded; form: as in an HTML form, a blank is +\n"
             "  html        for HTML and XML\n"
             "  base64      of the bytes in the board's charset\n"
             "  plain, raw  as it is\n"
             "  gbk, gbk-url, gbk-form, gbk-base64: of GBK bytes, whatever charset says\n"
             "Without it a path takes url, a body what its content_type asks for (json, form,\n"
             "html), everything else plain.\n\n"
             "Times are written as 2026-10-31T08:30:00+08:00, or by a format before that:\n"
             "{from:s} and {from:ms} since 1970, {from:local} (2026-10-31 08:30:00), or one of\n"
             "%Y %y %m %d %H %M %S %j %%: {from:%Y%m%d%H%M}, {until:%Y-%m-%d %H:%M:url}.\n\n"
             "{{ is a brace; a brace before anything but a letter, and every other }, stands\n"
             "for itself. A body of your own replaces the default; \"\" sends none.\n",
             "webhook 的路径、正文、请求头和期望值（_equals）可用的占位符：\n"
             "  {name}      标语代号，发布、撤下、核实时相同\n"
             "  {text}      标语内容；{picture} 为画好的 PNG 的 base64（render = \"picture\"）\n"
             "  {from}      开始播放的时间；{until} 撤下的时间；{now} 当前时间\n"
             "  {board}     显示屏代号；{width}、{height}、{font}（font_px）、{speed}、{color}\n"
             "  {slot}      0 至 99，平台分位置时建议使用的位置\n"
             "  {id}        平台给出的编号（选项 publish_id）\n"
             "  {callback}  平台回调本网关的地址（listen）\n"
             "  {nonce}     32 位十六进制数，每次请求不同\n"
             "仅用于 sign_parts：{body} 实际发送的正文、{method}、{path}（不含问号以后部分）、\n"
             "{query}、{key}、{secret}（sign_secret）。\n\n"
             "转义方式，例如 {text:json}：\n"
             "  json        用于 JSON 字符串之内，引号自己写\n"
             "  url、form   百分号编码；form 用于 HTML 表单，空格写成 +\n"
             "  html        用于 HTML 和 XML\n"
             "  base64      按该屏 charset 编码后的 base64\n"
             "  plain、raw  原样\n"
             "  gbk、gbk-url、gbk-form、gbk-base64：一律按 GBK 编码\n"
             "不写时：路径按 url，正文按 content_type（json、form、html），其余按 plain。\n\n"
             "时间默认写成 2026-10-31T08:30:00+08:00，也可先写格式：{from:s}、{from:ms} 为\n"
             "1970 年以来的秒、毫秒；{from:local} 为 2026-10-31 08:30:00；或用\n"
             "%Y %y %m %d %H %M %S %j %% 自定：{from:%Y%m%d%H%M}、\n"
             "{until:%Y-%m-%d %H:%M:url}。\n\n"
             "{{ 表示花括号；后面不是字母的花括号和其他 } 均为原字符。自写的正文代替默认正文；\n"
             "写 \"\" 则不发正文。\n"),
        out);
}

/* kind NULL: the whole file. */
static void help_options(const struct option_kind *kind)
{
    char *text = NULL;
    size_t size;
    FILE *page = open_memstream(&text, &size);

    LOG_ASSERT(page);
    if (kind)
        optprint_table(page,
                       lang("Boards of this kind have, beside the options of all boards:",
                            "此类型的显示屏，除共有的选项外另有："),
                       kind->options);
    else
        config_print_office_options(page, adapter_board_kind);
    LOG_ASSERT(fclose(page) == 0);
    help_put_folded(text, stdout);
    free(text);
    if (!kind || strcmp(kind->name, "webhook") == 0) {
        putchar('\n');
        help_webhook(stdout);
    }
}

static void help_campaign(void)
{
    char *text = NULL;
    size_t size;
    FILE *page = open_memstream(&text, &size);

    LOG_ASSERT(page);
    config_print_campaign_options(page);
    LOG_ASSERT(fclose(page) == 0);
    help_put_folded(text, stdout);
    free(text);
}

static const struct option_kind *help_kind(const char *name)
{
    const struct option_kind *kind;

    for (size_t i = 0; (kind = adapter_board_kind(i)); i++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}

static int help_topic(const char *topic)
{
    const struct command *command = command_find(topic);
    const struct option_kind *kind = help_kind(topic);
    const char *nearest;

    if (strcmp(topic, "conf") == 0)
        help_options(NULL);
    else if (strcmp(topic, "campaign") == 0)
        help_campaign();
    else if (kind)
        help_options(kind);
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
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'}, {"man", required_argument, NULL, 'm'}, {0}};
    const char *page = NULL;
    int option;

    while ((option = command_next_option(argc, argv, ":h", options)) == 'm')
        page = optarg;
    if (option != -1)
        return command_bad_option(&command_help, option, argv);
    if (argc - optind > (page ? 0 : 1))
        return command_misused(&command_help, "%s",
                               lang("One topic at a time.", "一次只能查看一项说明。"));
    if (page)
        return manpage_print(page, stdout);
    if (optind < argc)
        return help_topic(argv[optind]);
    help_list();
    return COMMAND_FINE;
}

const struct command command_help = {
    .name = "help",
    .help_en = "Explain the commands and the files.",
    .help_zh = "说明各命令和文件。",
    .usage = "[COMMAND | conf | KIND | campaign | --man FILE]",
    .long_en =
        "Without a topic: the list of commands, and the exit codes that they share.\n\n"
        "      --man FILE   the manual page that is made of this source and of what the\n"
        "                   program knows of itself, for the build\n"
        "  -h, --help       this text\n\n"
        "Examples:\n"
        "  lawcast help plan\n"
        "  lawcast help conf\n"
        "  lawcast help webhook\n"
        "  lawcast help campaign\n\n"
        "Exit codes: 0 fine; 1 the source of a page is wrong; 2 wrong usage, or no such topic;\n"
        "4 the source can't be read.\n",
    .long_zh =
        "不写主题：列出所有命令和共用的退出码。\n\n"
        "      --man 文件   由该源文件和程序自身的说明生成手册页，编译时使用\n"
        "  -h, --help       本说明\n\n"
        "示例：\n"
        "  lawcast help plan\n"
        "  lawcast help conf\n"
        "  lawcast help webhook\n"
        "  lawcast help campaign\n\n"
        "退出码：0 正常；1 手册页源文件有误；2 用法错误，或没有这项说明；4 源文件无法读取。\n",
    .run = help_run,
};
