/* cmd_rehearse: lawcast rehearse: a whole campaign against simulated modems and boards.
 * Runs: loop (through rehearsal_run). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/files.h"
#include "gateway/refusals.h"
#include "gateway/rehearsal.h"
#include "gateway/report/compare.h"
#include "gateway/report/standing.h"
#include "gateway/report/statement_print.h"

/* A campaign that waits less than this ends without having heard all that was reported. */
#define REHEARSE_REPORTS_S 5

struct rehearse_options {
    const char *config, *folder;
    int64_t air_ms, undelivered, rejected;
    bool quiet;
};

static int rehearse_write_report(const struct statement *statement, const char *folder)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    MEM_FREE_LATER char *path = mem_printf("%s/report.json", folder);
    struct jv *document = statement_to_json(statement);
    FILE *file = fopen(path, "we");
    bool written;

    jv_write(document, true, &text);
    buffer_add_char(&text, '\n');
    jv_free(document);
    written = file && fwrite(text.data, 1, text.length, file) == text.length;
    if ((file && fclose(file)) || !written) {
        fprintf(stderr, lang("lawcast: %s can't be written\n", "lawcast：%s 无法写入\n"), path);
        return COMMAND_MACHINE;
    }
    return COMMAND_FINE;
}

/* Does every figure of the books follow from its own journal, and does the simulator agree? */
static int rehearse_verify(struct books *books, const struct statement *statement,
                           const char *folder, bool lossy)
{
    MEM_FREE_LATER char *log = rehearsal_log(folder);
    struct books_recount recount = {0};
    struct compare compare;
    char why[200] = "";
    int result = COMMAND_FINE;

    if (!statement_adds_up(statement, why, sizeof why) ||
        books_recount(books, statement->number, &recount) || !recount.agrees) {
        fprintf(stderr, lang("✕ The books don't add up: %s %s\n", "✕ 账目不符：%s %s\n"), why,
                recount.difference);
        return COMMAND_MACHINE;
    }
    if (compare_log(books, statement->number, log, lossy, &compare)) {
        fprintf(stderr, "lawcast: %s\n", compare.first[0]);
        result = COMMAND_MACHINE;
    } else {
        puts("");
        compare_print(&compare, stdout);
        if (!compare.agrees)
            result = COMMAND_MACHINE;
    }
    compare_release(&compare);
    return result;
}

static void rehearse_say_where(const char *folder, const struct gateway_result *run)
{
    printf(
        lang("\nRehearsed in %.1f s; nothing left this machine. In %s: report.json, rehearsal.db "
             "(and files whose names begin so), simulator.log, simulator.json%s. rehearsal.db and "
             "simulator.log hold numbers: delete the folder when you have seen enough.\n",
             "\n演练用时 %.1f 秒，没有向外发送任何内容。%s 中有：report.json、rehearsal.db"
             "（及同名开头的文件）、simulator.log、simulator.json%s。其中 rehearsal.db 和 "
             "simulator.log 含有号码，看完请删除该目录。\n"),
        (double)run->duration_ms / 1000, folder,
        run->refused ? lang(", and the list of refused rows", "，以及无效行清单") : "");
}

static int rehearse_conclude(const struct campaign *campaign, const char *folder,
                             const struct gateway_result *run)
{
    MEM_FREE_LATER char *path = rehearsal_books(folder);
    struct books *books = NULL;
    struct statement statement;
    char why[256] = "";
    int result, written;

    if (books_open(&books, path, why, sizeof why)) {
        fprintf(stderr, "lawcast: %s\n", why);
        return COMMAND_MACHINE;
    }
    if (statement_read(books, campaign->id, &statement)) {
        books_close(books);
        return COMMAND_MACHINE;
    }
    puts("");
    statement_print_table(&statement, stdout);
    result = rehearse_verify(books, &statement, folder,
                             campaign->sms.report_wait_s < REHEARSE_REPORTS_S);
    written = rehearse_write_report(&statement, folder);
    if (result == COMMAND_FINE)
        result = written;
    if (result == COMMAND_FINE &&
        (standing_missing(&statement) || standing_missing_showings(&statement) ||
         statement.totals.n[COLUMN_UNKNOWN]))
        result = COMMAND_SHORT;
    rehearse_say_where(folder, run);
    statement_release(&statement);
    books_close(books);
    return result;
}

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
            folder, strerror(errno));
        free(folder);
        return NULL;
    }
    real = realpath(folder, NULL);
    free(folder);
    return real;
}

static int rehearse_campaign(const struct rehearse_options *options, const struct files *files)
{
    MEM_FREE_LATER char *folder = rehearse_folder(options->folder);
    MEM_FREE_LATER char *program = gateway_program("lawcast-sim");
    struct gateway_result run;
    struct refusals refusals;
    int rc;

    if (!folder)
        return COMMAND_MACHINE;
    refusals_read(&refusals, "rehearse", files->office->ledger_path);
    rc = rehearsal_run(&(struct rehearsal_setup){.office = files->office,
                                                 .campaign = files->campaigns[0],
                                                 .folder = folder,
                                                 .program = program,
                                                 .air_ms = options->air_ms,
                                                 .undelivered_permille = options->undelivered,
                                                 .rejected_permille = options->rejected,
                                                 .refusals = refusals.numbers,
                                                 .n_refusals = refusals.n,
                                                 .out = options->quiet ? NULL : stdout},
                       &run);
    refusals_free(&refusals);
    if (rc)
        return COMMAND_MACHINE;
    if (run.failed)
        return COMMAND_REFUSED;
    if (run.interrupted) {
        puts(lang("The rehearsal was stopped; it says nothing.", "演练已中止，没有结论。"));
        return COMMAND_SHORT;
    }
    return rehearse_conclude(files->campaigns[0], folder, &run);
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

/* false: text is not a whole number in 0..most. */
static bool rehearse_number(const char *text, int64_t most, int64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && !*end && !errno && *number >= 0 && *number <= most;
}

static int rehearse_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"out", required_argument, NULL, 'o'},
                                            {"air-ms", required_argument, NULL, 'a'},
                                            {"undelivered", required_argument, NULL, 'u'},
                                            {"rejected", required_argument, NULL, 'r'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct rehearse_options chosen = {0};
    bool good = true;
    int option;

    while ((option = command_next_option(argc, argv, ":c:o:qvh", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'o')
            chosen.folder = optarg;
        else if (option == 'a')
            good = good && rehearse_number(optarg, 60000, &chosen.air_ms);
        else if (option == 'u')
            good = good && rehearse_number(optarg, 1000, &chosen.undelivered);
        else if (option == 'r')
            good = good && rehearse_number(optarg, 1000, &chosen.rejected);
        else if (option == 'q')
            chosen.quiet = true;
        else if (option == 'v')
            log_set_level(LOG_LEVEL_INFO);
        else
            return command_bad_option(&command_rehearse, option, argv);
    }
    if (!good)
        return command_misused(
            &command_rehearse, "%s",
            lang("--air-ms takes 0 to 60000, --undelivered and --rejected 0 to 1000.",
                 "--air-ms 取值 0 至 60000，--undelivered 和 --rejected 取值 0 至 1000。"));
    if (argc - optind != 1)
        return command_misused(&command_rehearse, "%s",
                               lang("Name one campaign.", "请指定一个任务文件。"));
    return rehearse_files(&chosen, argv + optind);
}

const struct command command_rehearse = {
    .name = "rehearse",
    .help_en = "Carry a campaign out against simulated modems and boards; nothing is sent.",
    .help_zh = "用模拟设备完整演练任务，不会真正发送。",
    .usage =
        "[-c FILE] [--out DIR] [--air-ms N] [--undelivered N] [--rejected N] [--quiet] CAMPAIGN",
    .long_en =
        "The modems and boards of the configuration are replaced by simulated ones, the clock is "
        "set\n"
        "to the beginning of the campaign's window, and idle time is passed over. Then the report "
        "is\n"
        "printed, recomputed from the journal, and compared with what the simulated network "
        "accepted\n"
        "and the simulated boards showed. Of the real books only is read who has opted out; "
        "whatever is\n"
        "made of a rehearsal's books says first that nothing was sent.\n\n"
        "  -c, --config FILE    configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "  -o, --out DIR        where books, log and report go (default: a new folder in /tmp)\n"
        "      --air-ms N       a modem needs so long for a part (default 0; real ones 2000-6000)\n"
        "      --undelivered N  of 1000 numbers, so many are reported as not delivered\n"
        "      --rejected N     of 1000 numbers, so many are rejected\n"
        "  -q, --quiet          no progress\n"
        "  -v, --verbose        log what happens, on standard error\n"
        "  -h, --help           this text\n\n"
        "Example:\n"
        "  lawcast rehearse --undelivered 8 campaigns/constitution-day\n\n"
        "Exit codes: 0 every quota is reached and books and simulator agree; 1 errors in the "
        "files; "
        "2\nwrong usage; 3 short of a quota or something in doubt; 4 books and simulator differ, "
        "or "
        "the\nmachine failed.\n",
    .long_zh =
        "用模拟设备代替配置中的短信设备和显示屏，把时钟拨到任务时间窗的开始，空闲时间自动跳过。结束"
        "后打印\n"
        "报表，按记录重新计算，并与模拟网络实际接收、模拟显示屏实际显示的内容逐条核对。正式账本"
        "只\n读取拒收名单，不作改动；演练账本产生的报表、材料和回执都首先注明没有真正发送。\n\n"
        "  -c, --config 文件    配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "  -o, --out 目录       账本、日志和报表的存放位置（默认在 /tmp 新建目录）\n"
        "      --air-ms N       模拟短信设备发送一条所需毫秒数（默认 0；真实设备 2000-6000）\n"
        "      --undelivered N  每 1000 个号码中有多少个未送达\n"
        "      --rejected N     每 1000 个号码中有多少个被拒绝\n"
        "  -q, --quiet          不显示进度\n"
        "  -v, --verbose        在标准错误输出日志\n"
        "  -h, --help           本说明\n\n"
        "示例：\n"
        "  lawcast rehearse --undelivered 8 campaigns/constitution-day\n\n"
        "退出码：0 任务数全部完成且账本与模拟器一致；1 文件有错误；2 用法错误；3 "
        "未达任务数或有结果不明；\n"
        "4 账本与模拟器不一致，或本机故障。\n",
    .run = rehearse_run,
};
