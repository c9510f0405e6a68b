/* cmd_steer: lawcast pause, resume, cancel, extend, set-rate: a person steers campaigns, units,
 * modems and boards.
 * Runs: any. Says it to the running gateway; without one, writes it into the books. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/window.h"
#include "gateway/config/timetext.h"
#include "gateway/control/steer_line.h"
#include "gateway/command.h"
#include "gateway/steer_road.h"

#define STEER_WORDS_MOST 5 /* with the verb */

static const struct command *const steer_commands[STEER_VERBS] = {
    [STEER_PAUSE] = &command_pause,   [STEER_RESUME] = &command_resume,
    [STEER_CANCEL] = &command_cancel, [STEER_EXTEND] = &command_extend,
    [STEER_RATE] = &command_set_rate,
};

struct steer_words {
    enum steer_verb verb;
    const char *config;
    bool yes;
    char *words[STEER_WORDS_MOST];
    size_t n;
};

/* ---- what is meant ---- */

static int steer_misused(const struct steer_words *words, enum steer_line_fault fault)
{
    const struct command *command = steer_commands[words->verb];
    BUFFER_FREE_LATER struct buffer why = BUFFER_NULL;
    char *time = words->words[words->n - 1], *blank = strchr(time, 'T');
    int64_t wall_ms;

    if (fault == STEER_LINE_TIME && blank)
        *blank = ' ';
    if (fault != STEER_LINE_TIME || window_parse_time(time, &wall_ms) == 0)
        return command_misused(command, "%s.", steer_line_label(fault));
    timetext_explain(time, &why);
    return command_misused(command, "%s", buffer_text(&why));
}

/* What can't be taken back is asked twice, when somebody is there to answer. */
static bool steer_is_meant(const struct steer_words *words, const struct steer_job *job)
{
    char answer[16];

    if (words->verb != STEER_CANCEL || words->yes || !isatty(STDIN_FILENO))
        return true;
    fprintf(stderr,
            lang("What %s has not sent or shown yet is cancelled, for good. Type yes to do it: ",
                 "%s 尚未发送或播放的将全部取消，不可恢复。确认请输入 yes："),
            job->steer.scope == STEER_CAMPAIGN ? job->steer.campaign : job->steer.name);
    if (fgets(answer, sizeof answer, stdin) && strcmp(answer, "yes\n") == 0)
        return true;
    fputs(lang("Nothing was changed.\n", "没有作任何更改。\n"), stderr);
    return false;
}

/* ---- the command ---- */

static int steer_do(const struct steer_words *words, struct steer_job *job)
{
    enum steer_line_fault fault = steer_line_read(words->n, words->words, &job->steer);
    struct steer_told told;
    int result;

    if (fault)
        return steer_misused(words, fault);
    result = steer_look_up(job);
    if (result == COMMAND_FINE && !steer_is_meant(words, job))
        return COMMAND_REFUSED;
    if (result == COMMAND_FINE)
        result = steer_send(job, &told);
    if (result == COMMAND_FINE)
        steer_print(job, &told);
    return result;
}

static int steer_begin(const struct steer_words *words)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    struct steer_job job = {.command = steer_verb_name(words->verb)};
    int result = command_read_office(words->config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    job.office = office;
    if (result == COMMAND_FINE)
        result = steer_do(words, &job);
    command_free_office(office);
    return result;
}

/* "2026-10-31 11:40" is one word on the socket. */
static char *steer_time_word(const char *text)
{
    char *word = mem_dup(text);
    char *blank = strchr(word, ' ');

    if (blank)
        *blank = 'T';
    return word;
}

static int steer_take_words(struct steer_words *words, int n, char **given)
{
    const struct command *command = steer_commands[words->verb];
    char *time = NULL;
    int result;

    if (n < 2)
        return command_misused(command, "%s",
                               lang("Say what: campaign, unit, modem or board, and its id.",
                                    "请写明对象：campaign、unit、modem 或 board，以及代号。"));
    if (n >= STEER_WORDS_MOST)
        return command_misused(command, lang("\"%s\" is too much.", "多余的参数：%s。"),
                               given[STEER_WORDS_MOST - 1]);
    words->words[words->n++] = (char *)(uintptr_t)steer_verb_name(words->verb);
    for (int i = 0; i < n; i++)
        words->words[words->n++] = given[i];
    if (words->verb == STEER_EXTEND && n > 2) {
        time = steer_time_word(given[n - 1]);
        words->words[words->n - 1] = time;
    }
    result = steer_begin(words);
    free(time);
    return result;
}

static int steer_run(enum steer_verb verb, int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"yes", no_argument, NULL, 'y'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct steer_words words = {.verb = verb};
    int option;

    while ((option = command_next_option(argc, argv, ":c:yh", options)) != -1) {
        if (option == 'c')
            words.config = optarg;
        else if (option == 'y' && verb == STEER_CANCEL)
            words.yes = true;
        else if (option == 'y')
            return command_misused(steer_commands[verb], "%s",
                                   lang("Only cancel asks back, and needs --yes.",
                                        "只有 cancel 需要确认，才有 --yes。"));
        else
            return command_bad_option(steer_commands[verb], option, argv);
    }
    return steer_take_words(&words, argc - optind, argv + optind);
}

static int steer_run_pause(int argc, char **argv)
{
    return steer_run(STEER_PAUSE, argc, argv);
}

static int steer_run_resume(int argc, char **argv)
{
    return steer_run(STEER_RESUME, argc, argv);
}

static int steer_run_cancel(int argc, char **argv)
{
    return steer_run(STEER_CANCEL, argc, argv);
}

static int steer_run_extend(int argc, char **argv)
{
    return steer_run(STEER_EXTEND, argc, argv);
}

static int steer_run_rate(int argc, char **argv)
{
    return steer_run(STEER_RATE, argc, argv);
}

#define STEER_OBJECTS_EN                                                                           \
    "  campaign ID         all of it: messages and slogans\n"                                      \
    "  unit UNIT [ID]      what this unit sends, and the boards that it owns; ID: in this\n"       \
    "                      campaign, else in all\n"
#define STEER_OBJECTS_ZH                                                                           \
    "  campaign 任务代号   整个任务：短信和标语\n"                                   \
    "  unit 单位 [任务]    该单位的短信和它所属的显示屏；不写任务代号则为全部任务\n"
#define STEER_OPTIONS_EN                                                                           \
    "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"                           \
    "                      /etc/lawcast/lawcast.cfg\n"                                             \
    "  -h, --help          this text\n\n"
#define STEER_OPTIONS_ZH                                                                           \
    "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，\n"                          \
    "                      其次 /etc/lawcast/lawcast.cfg\n"                                      \
    "  -h, --help          本说明\n\n"
#define STEER_CODES_EN                                                                             \
    "Holds at once and for later runs, and is noted in the books with your name. Without a\n"      \
    "running gateway it is written into the books for the next run.\n\n"                           \
    "Exit codes: 0 done, or it was so already; 1 no such thing, or errors in the\n"                \
    "configuration; 2 wrong usage; 3 it can't be: cancelled before, over, not later, more\n"       \
    "than 7 days later, or approved as it is; 4 the books can't be read or written, or the\n"      \
    "gateway doesn't answer.\n"
#define STEER_CODES_ZH                                                                                                                 \
    "立即生效，以后运行时仍然有效，并连同操作者记入账本。没有网关运行时写入账本，下次运行\n" \
    "生效。\n\n"                                                                                                                    \
    "退出码：0 完成，或此前已经如此；1 没有此对象或配置有错误；2 用法错误；3 无法执行：此前\n"  \
    "已取消、已结束、时间不够晚、超过 7 天或时段已经审批；4 账本无法读写或网关没有应答。\n"

const struct command command_pause = {
    .name = "pause",
    .help_en = "Pause a campaign, a unit, a modem or a board.",
    .help_zh = "暂停任务、单位、短信设备或显示屏。",
    .usage = "[-c FILE] campaign ID | unit UNIT [ID] | modem ID | board ID",
    .long_en =
        "Nothing new is sent or shown; what modems have in hand ends, slogans come down. A\n"
        "window that ends meanwhile ends all the same.\n\n" STEER_OBJECTS_EN
        "  modem ID            a modem (bank-a/17) or a whole bank (bank-a)\n"
        "  board ID            nothing of ours is on it; \"lawcast boards release\" is for its\n"
        "                      owner\n" STEER_OPTIONS_EN "Examples:\n"
        "  lawcast pause campaign 2026-constitution-day\n"
        "  lawcast pause unit jinan\n"
        "  lawcast pause board weather-plaza\n\n" STEER_CODES_EN,
    .long_zh =
        "不再发送或播放新的内容；设备手上的短信发完为止，标语撤下。暂停期间时段照常结束。\n"
        "\n" STEER_OBJECTS_ZH "  modem 代号          一台（bank-a/17）或一组（bank-a）短信设备\n"
        "  board 代号          屏上不再有我们的标语；交还屏主请用 lawcast boards "
        "release\n" STEER_OPTIONS_ZH "示例：\n"
        "  lawcast pause campaign 2026-constitution-day\n"
        "  lawcast pause unit jinan\n"
        "  lawcast pause board weather-plaza\n\n" STEER_CODES_ZH,
    .run = steer_run_pause,
};

const struct command command_resume = {
    .name = "resume",
    .help_en = "Let go on what was paused.",
    .help_zh = "恢复已暂停的任务、单位、短信设备或显示屏。",
    .usage = "[-c FILE] campaign ID | unit UNIT [ID] | modem ID | board ID",
    .long_en =
        "What was paused goes on, inside its windows. A board that was released to its owner\n"
        "stays so until \"lawcast boards resume\".\n\n" STEER_OBJECTS_EN
        "  modem ID            a modem (bank-a/17) or a whole bank (bank-a)\n"
        "  board ID            a board\n" STEER_OPTIONS_EN "Example:\n"
        "  lawcast resume campaign 2026-constitution-day\n\n" STEER_CODES_EN,
    .long_zh = "已暂停的在其时段内继续进行。已交还屏主的屏须用 lawcast boards resume "
               "恢复。\n\n" STEER_OBJECTS_ZH
               "  modem 代号          一台（bank-a/17）或一组（bank-a）短信设备\n"
               "  board 代号          一块显示屏\n" STEER_OPTIONS_ZH "示例：\n"
               "  lawcast resume campaign 2026-constitution-day\n\n" STEER_CODES_ZH,
    .run = steer_run_resume,
};

const struct command command_cancel = {
    .name = "cancel",
    .help_en = "Cancel for good what was not sent or shown yet.",
    .help_zh = "取消尚未发送或播放的内容，不可恢复。",
    .usage = "[-c FILE] [--yes] campaign ID | unit UNIT [ID] | board ID [ID]",
    .long_en =
        "What was not sent or shown yet will never be. Asks back on a terminal. A unit or a\n"
        "board without a campaign: in those that run now.\n\n" STEER_OBJECTS_EN
        "  board ID [ID]       the slogans that are left for this board\n"
        "  -y, --yes           doesn't ask\n" STEER_OPTIONS_EN "Example:\n"
        "  lawcast cancel unit jinan 2026-constitution-day\n\n" STEER_CODES_EN,
    .long_zh =
        "尚未发送或播放的不再进行。在终端上会先询问。单位或显示屏不写任务代号时，指当前运行\n"
        "的任务。\n\n" STEER_OBJECTS_ZH "  board 代号 [任务]   该屏剩余的标语\n"
        "  -y, --yes           不询问\n" STEER_OPTIONS_ZH "示例：\n"
        "  lawcast cancel unit jinan 2026-constitution-day\n\n" STEER_CODES_ZH,
    .run = steer_run_cancel,
};

const struct command command_extend = {
    .name = "extend",
    .help_en = "Let sending go on longer than planned.",
    .help_zh = "延长发送时段。",
    .usage = "[-c FILE] campaign ID TIME | unit UNIT [ID] TIME",
    .long_en =
        "The last window gets longer, up to TIME: \"2026-10-31 11:40\", in the office's zone.\n"
        "Quiet times and holidays hold all the same. It can't get shorter: cancel or pause\n"
        "instead; nor more than 7 days longer at once. Where times have to be approved, change\n"
        "the window in the file and have it approved instead: \"lawcast "
        "edit\".\n\n" STEER_OBJECTS_EN STEER_OPTIONS_EN "Examples:\n"
        "  lawcast extend campaign 2026-constitution-day '2026-10-31 11:40'\n"
        "  lawcast extend unit jinan '2026-10-31 11:40'\n\n" STEER_CODES_EN,
    .long_zh =
        "最后一个时段延长到指定时间，如 \"2026-10-31 11:40\"（本单位时区）。免打扰时段和节假日\n"
        "仍然有效。时段不能缩短，可用 cancel 或 pause；一次最多延长 7 天。时段须经审批的单位，\n"
        "请修改任务文件、重新审批，再用 lawcast edit。\n\n" STEER_OBJECTS_ZH STEER_OPTIONS_ZH
        "示例：\n"
        "  lawcast extend campaign 2026-constitution-day '2026-10-31 11:40'\n"
        "  lawcast extend unit jinan '2026-10-31 11:40'\n\n" STEER_CODES_ZH,
    .run = steer_run_extend,
};

const struct command command_set_rate = {
    .name = "set-rate",
    .help_en = "Send at most so many parts an hour.",
    .help_zh = "限定每小时发送条数。",
    .usage = "[-c FILE] campaign ID RATE | unit UNIT [ID] RATE | modem ID RATE",
    .long_en =
        "At most RATE parts an hour from now on, spread evenly, beside the limits of the\n"
        "SIMs; 0: no rate any more. A bank's rate is for all of its modems together, a\n"
        "unit's for each campaign.\n\n" STEER_OBJECTS_EN
        "  modem ID            a modem (bank-a/17) or a whole bank (bank-a)\n" STEER_OPTIONS_EN
        "Examples:\n"
        "  lawcast set-rate unit jinan 4000\n"
        "  lawcast set-rate modem bank-a 20000\n\n" STEER_CODES_EN,
    .long_zh =
        "自此每小时最多发送 RATE 条（按计费条），均匀发送，SIM 卡限额仍然有效；0 表示不再限速。\n"
        "设备组的速率由组内各台共用；单位的速率按任务分别计算。\n\n" STEER_OBJECTS_ZH
        "  modem 代号          一台（bank-a/17）或一组（bank-a）短信设备\n" STEER_OPTIONS_ZH
        "示例：\n"
        "  lawcast set-rate unit jinan 4000\n"
        "  lawcast set-rate modem bank-a 20000\n\n" STEER_CODES_ZH,
    .run = steer_run_rate,
};
