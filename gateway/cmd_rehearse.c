/* cmd_rehearse: lawcast rehearse: a whole campaign against simulated modems and boards.
 * Runs: loop (through rehearsal_run). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/files.h"
#include "gateway/foresight.h"
#include "gateway/refusals.h"
#include "gateway/rehearsal_end.h"

#define REHEARSE_REPORT_MS 50 /* how late the simulator's reports are */

/* Options that take a number, each with a range and a default. */
enum rehearse_number {
    REHEARSE_AIR,
    REHEARSE_UNDELIVERED,
    REHEARSE_REJECTED,
    REHEARSE_BUSY,
    REHEARSE_LOST,
    REHEARSE_SEED,
    REHEARSE_SPEED,
    REHEARSE_NUMBERS
};

static const struct {
    const char *name;
    int letter; /* what getopt_long gives */
    int64_t most, preset;
} rehearse_numbers[REHEARSE_NUMBERS] = {
    [REHEARSE_AIR] = {"air-ms", 'a', 60000, -1},
    [REHEARSE_UNDELIVERED] = {"undelivered", 'u', 1000, 0},
    [REHEARSE_REJECTED] = {"rejected", 'r', 1000, 0},
    [REHEARSE_BUSY] = {"busy", 'b', 1000, 0},
    [REHEARSE_LOST] = {"lost", 'l', 1000, 0},
    [REHEARSE_SEED] = {"seed", 's', INT64_C(1000000000000), 1},
    [REHEARSE_SPEED] = {"speed", 'x', 1000000, 0},
};

struct rehearse_options {
    const char *config, *folder;
    int64_t number[REHEARSE_NUMBERS];
    bool quiet;
};

static char *rehearse_folder(const char *wanted)
{
    const char *base = getenv("TMPDIR");
    char *folder =
        wanted ? mem_dup(wanted) : mem_printf("%s/lawcast-rehearsal-XXXXXX", base ? base : "/tmp");
    char *real;

    if (wanted ? mkdir(folder, 0700) && errno != EEXIST : !mkdtemp(folder)) {
        fprintf(
            stderr,
            lang("lawcast: the folder %s can't be made: %s\n", "lawcast：无法建立目录 %s：%s\n"),
            folder, lang_error(errno));
        free(folder);
        return NULL;
    }
    real = realpath(folder, NULL);
    free(folder);
    return real;
}

/* What is going to be compared with what will have happened. NULL: there are no messages, or the
 * lists can't be read, which the rehearsal will tell. */
static struct foresight *rehearse_foresee(const struct rehearsal_setup *setup,
                                          const struct numset *refusals)
{
    struct diag diag = DIAG_NULL;
    struct plan *plan = foresight_read(setup->campaign, setup->office, refusals, &diag);
    struct foresight *foresight = NULL;

    if (plan && setup->campaign->n_orders)
        foresight = foresight_new(&(struct foresight_setup){
            .office = setup->office,
            .plans = &plan,
            .n_plans = 1,
            .now_ms = INT64_MIN,
            .air_ms = setup->air_ms,
            .network = OPERATOR_MOBILE, /* as the simulated SIMs are */
            .chances = &(struct forecast_chances){.rejected = setup->rejected_permille * 1000,
                                                  .undelivered = setup->undelivered_permille * 1000,
                                                  .deferred = setup->busy_permille * 1000,
                                                  .lanes_lost = setup->lost_permille * 1000,
                                                  .report_ms = REHEARSE_REPORT_MS},
            .seed = setup->seed});
    plan_free(plan);
    diag_free(&diag);
    return foresight;
}

static int rehearse_play(const struct rehearsal_setup *setup, const struct plan_forecast *forecast)
{
    struct rehearsal_result run;

    if (rehearsal_run(setup, &run))
        return COMMAND_MACHINE;
    if (run.gateway.failed)
        return COMMAND_REFUSED;
    if (run.gateway.interrupted) {
        puts(lang("The rehearsal was stopped; it says nothing.", "演练已中止，没有结论。"));
        return COMMAND_SHORT;
    }
    return rehearsal_conclude(
        &(struct rehearsal_ending){.setup = setup, .run = &run, .forecast = forecast});
}

static int rehearse_campaign(const struct rehearse_options *options, const struct files *files)
{
    MEM_FREE_LATER char *folder = rehearse_folder(options->folder);
    MEM_FREE_LATER char *program = gateway_program("lawcast-sim");
    struct foresight *foresight;
    struct rehearsal_setup setup;
    struct refusals refusals;
    int result;

    if (!folder)
        return COMMAND_MACHINE;
    refusals_read(&refusals, "rehearse", files->office->ledger_path);
    setup = (struct rehearsal_setup){.office = files->office,
                                     .campaign = files->campaigns[0],
                                     .folder = folder,
                                     .program = program,
                                     .air_ms = options->number[REHEARSE_AIR],
                                     .undelivered_permille = options->number[REHEARSE_UNDELIVERED],
                                     .rejected_permille = options->number[REHEARSE_REJECTED],
                                     .busy_permille = options->number[REHEARSE_BUSY],
                                     .lost_permille = options->number[REHEARSE_LOST],
                                     .seed = options->number[REHEARSE_SEED],
                                     .speed = options->number[REHEARSE_SPEED],
                                     .refusals = refusals.numbers,
                                     .n_refusals = refusals.n,
                                     .out = options->quiet ? NULL : stdout};
    foresight = rehearse_foresee(&setup, refusals.set);
    result = rehearse_play(&setup, foresight ? foresight_view(foresight) : NULL);
    foresight_free(foresight);
    refusals_free(&refusals);
    return result;
}

static int rehearse_files(const struct rehearse_options *options, char **paths)
{
    struct files files = FILES_NULL;
    int result = files_read(&files, options->config, paths, 1);

    diag_print(&files.diag, stderr);
    if (result == COMMAND_FINE)
        result = rehearse_campaign(options, &files);
    files_free(&files);
    return result;
}

/* Fills the number that the letter stands for. false: the text is not a whole number in its range,
 * and the user was told. *found: there is such an option. */
static bool rehearse_number(int letter, const char *text, struct rehearse_options *chosen,
                            bool *found)
{
    enum rehearse_number which = 0;
    int64_t *number;
    char *end;

    while (which < REHEARSE_NUMBERS && rehearse_numbers[which].letter != letter)
        which++;
    *found = which < REHEARSE_NUMBERS;
    if (!*found)
        return true;
    number = &chosen->number[which];
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (end != text && !*end && !errno && *number >= 0 && *number <= rehearse_numbers[which].most)
        return true;
    command_misused(
        &command_rehearse,
        lang("--%s takes a whole number from 0 to %lld.", "--%s 取值为 0 至 %lld 的整数。"),
        rehearse_numbers[which].name, (long long)rehearse_numbers[which].most);
    return false;
}

static int rehearse_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"air-ms", required_argument, NULL, 'a'},
                                            {"undelivered", required_argument, NULL, 'u'},
                                            {"rejected", required_argument, NULL, 'r'},
                                            {"busy", required_argument, NULL, 'b'},
                                            {"lost", required_argument, NULL, 'l'},
                                            {"seed", required_argument, NULL, 's'},
                                            {"speed", required_argument, NULL, 'x'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct rehearse_options chosen = {0};
    bool number;
    int option;

    for (size_t i = 0; i < REHEARSE_NUMBERS; i++)
        chosen.number[i] = rehearse_numbers[i].preset;
    while ((option = command_next_option(argc, argv, ":c:o:qvh", options)) != -1) {
        if (!rehearse_number(option, optarg, &chosen, &number))
            return COMMAND_USAGE;
        if (number)
            continue;
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'o')
            chosen.folder = optarg;
        else if (option == 'q')
            chosen.quiet = true;
        else if (option == 'v')
            log_set_level(LOG_LEVEL_INFO);
        else
            return command_bad_option(&command_rehearse, option, argv);
    }
    if (argc - optind != 1)
        return command_misused(&command_rehearse, "%s",
                               lang("Name one campaign.", "请指定一个任务文件。"));
    return rehearse_files(&chosen, argv + optind);
}

const struct command command_rehearse = {
    .name = "rehearse",
    .help_en = "Carry a campaign out against simulated modems and boards; nothing is sent.",
    .help_zh = "用模拟设备完整演练任务，不会真正发送。",
    .usage = "[-c FILE] [--out DIR] [--air-ms N] [--undelivered N] [--rejected N] [--busy N] "
             "[--lost N] [--seed N] [--speed N] [--quiet] CAMPAIGN",
    .long_en =
        "The modems and boards of the configuration are replaced by simulated ones, one to one:\n"
        "their limits, networks, air times and pauses. The day is played on a clock of its own,\n"
        "which stands while there is work and passes over the rest, so the machine's speed plays\n"
        "no part: the same files and the same seed end the same way. Then the report is printed,\n"
        "recomputed from the journal, and compared with what the simulated network accepted and\n"
        "the simulated boards showed; then when it was finished, and the risks. Of the real books\n"
        "only is read who has opted out; whatever is made of a rehearsal's books says first that\n"
        "nothing was sent.\n\n"
        "  -c, --config FILE    configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "  -o, --out DIR        where books, log and report go (default: a new folder in /tmp)\n"
        "      --air-ms N       a part takes so long on modems without air_ms (default 3000)\n"
        "      --undelivered N  of 1000 numbers, so many are reported as not delivered\n"
        "      --rejected N     of 1000 numbers, so many are rejected\n"
        "      --busy N         of 1000 numbers, the network refuses the first try at so many\n"
        "      --lost N         of 1000 modems, so many stop for good at some time\n"
        "      --seed N         which ones these are (default 1)\n"
        "      --speed N        at most N times as fast as the day; 0: as fast as it goes "
        "(default)\n"
        "  -q, --quiet          no progress\n"
        "  -v, --verbose        log what happens, on standard error\n"
        "  -h, --help           this text\n\n"
        "Example:\n"
        "  lawcast rehearse --undelivered 8 --lost 10 campaigns/constitution-day\n\n"
        "Exit codes: 0 every quota is reached and books and simulator agree; 1 errors in the "
        "files; "
        "2\nwrong usage; 3 short of a quota or something in doubt; 4 books and simulator differ, "
        "or "
        "the\nmachine failed.\n",
    .long_zh =
        "用模拟设备一对一代替配置中的短信设备和显示屏，包括其限额、运营商、单条耗时和间隔。演练使用"
        "\n"
        "自己的时钟：有事可做时静止，无事时跳过，因此与机器快慢无关，文件和种子相同则结果相同。结束"
        "\n"
        "后打印报表，按记录重新计算，并与模拟网络实际接收、模拟显示屏实际显示的内容逐条核对，再给出"
        "\n"
        "完成时间和风险。正式账本只读取拒收名单，不作改动；演练账本产生的报表、材料和回执都首先注明"
        "\n"
        "没有真正发送。\n\n"
        "  -c, --config 文件    配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "  -o, --out 目录       账本、日志和报表的存放位置（默认在 /tmp 新建目录）\n"
        "      --air-ms N       未写 air_ms 的设备发送一条所需毫秒数（默认 3000）\n"
        "      --undelivered N  每 1000 个号码中有多少个未送达\n"
        "      --rejected N     每 1000 个号码中有多少个被拒绝\n"
        "      --busy N         每 1000 个号码中有多少个首次发送遇到网络拥塞\n"
        "      --lost N         每 1000 台短信设备中有多少台中途停止工作\n"
        "      --seed N         随机种子，决定是哪些（默认 1）\n"
        "      --speed N        最多按实际时间的 N 倍速度演练；0：尽可能快（默认）\n"
        "  -q, --quiet          不显示进度\n"
        "  -v, --verbose        在标准错误输出日志\n"
        "  -h, --help           本说明\n\n"
        "示例：\n"
        "  lawcast rehearse --undelivered 8 --lost 10 campaigns/constitution-day\n\n"
        "退出码：0 任务数全部完成且账本与模拟器一致；1 文件有错误；2 用法错误；3 "
        "未达任务数或有结果不明；\n"
        "4 账本与模拟器不一致，或本机故障。\n",
    .run = rehearse_run,
};
