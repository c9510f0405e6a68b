/* cmd_run: lawcast run: carries campaigns out.
 * Runs: loop (through gateway_run). */
#include <stdlib.h>

#include "gateway/approval.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/files.h"
#include "gateway/gateway.h"
#include "gateway/report/standing.h"

struct run_options {
    const char *config, *refused_dir;
    bool quiet, numbers;
};

static int run_unreadable(const char *why)
{
    fprintf(stderr,
            lang("lawcast run: the books can't be read: %s\n", "lawcast run：无法读取账本：%s\n"),
            why);
    return COMMAND_MACHINE;
}

/* What one campaign has reached, in one line: is anything short or in doubt? */
static int run_tell(const struct statement *statement)
{
    int64_t missing = standing_missing(statement), showings = standing_missing_showings(statement);
    int64_t unknown = statement->totals.n[COLUMN_UNKNOWN];

    printf(lang("%s: %lld delivered, %lld sent without report, %lld in doubt, %lld short of the "
                "quota, %lld showings missing. See \"lawcast report %s\".\n",
                "%s：已送达 %lld 条，无回执 %lld 条，结果不明 %lld 条，距任务数还差 %lld 条，"
                "缺少播放 %lld 次。详见 lawcast report %s。\n"),
           statement->id, (long long)statement->totals.n[COLUMN_DELIVERED],
           (long long)statement->totals.n[COLUMN_SENT], (long long)unknown, (long long)missing,
           (long long)showings, statement->id);
    return missing || unknown || showings ? COMMAND_SHORT : COMMAND_FINE;
}

static int run_conclude(const struct files *files)
{
    struct books *books = NULL;
    char why[256] = "";
    int result = COMMAND_FINE;

    if (books_open(&books, files->office->ledger_path, why, sizeof why))
        return run_unreadable(why);
    for (size_t i = 0; i < files->n && result != COMMAND_MACHINE; i++) {
        struct statement statement;
        int rc = statement_read(books, files->campaigns[i]->id, &statement);
        int told = rc ? run_unreadable(files->campaigns[i]->id) : run_tell(&statement);

        result = told > result ? told : result;
        statement_release(&statement);
    }
    books_close(books);
    return result;
}

/* A new campaign whose last window is over would only be written off, and its id with it: almost
 * always a wrong year or day. One that the books know already may be ended properly. */
static bool run_is_too_late(const struct campaign *campaign, struct books *books)
{
    struct books_campaign known;

    if (campaign->windows[campaign->n_windows - 1].to_ms > clock_wall_ms())
        return false;
    if (books && books_find_campaign(books, campaign->id, &known) == 0) {
        books_campaign_release(&known);
        return false;
    }
    fprintf(stderr,
            lang("%s: the last window is over. Nothing was entered: correct the times and run it "
                 "again.\n",
                 "%s：最后一个时间窗已经过去。没有入账：请改正时间后重新运行。\n"),
            campaign->file);
    return true;
}

static int run_check_times(const struct files *files)
{
    struct books *books = NULL;
    char why[256] = "";
    bool late = false;

    /* Books that don't exist yet know nothing; others that can't be read are told by the gateway.
     */
    if (books_open(&books, files->office->ledger_path, why, sizeof why))
        books = NULL;
    for (size_t i = 0; i < files->n; i++)
        late |= run_is_too_late(files->campaigns[i], books);
    books_close(books);
    return late ? COMMAND_REFUSED : COMMAND_FINE;
}

static int run_carry_out(const struct files *files, const struct run_options *options)
{
    MEM_FREE_LATER char *agent = gateway_program("lawcast-modem");
    struct gateway_result result;
    int reached;
    int rc = gateway_run(
        &(struct gateway_setup){.office = files->office,
                                .campaigns = (const struct campaign *const *)files->campaigns,
                                .n_campaigns = files->n,
                                .ledger_path = files->office->ledger_path,
                                .agent_path = agent,
                                .refused_dir = options->refused_dir,
                                .numbers = options->numbers,
                                .reloads = true,
                                .out = options->quiet ? NULL : stdout},
        &result);

    if (rc || result.trouble)
        return COMMAND_MACHINE;
    if (result.failed)
        return COMMAND_REFUSED;
    if (result.unmatched)
        printf(lang("%lld status reports belong to no message of these books.\n",
                    "%lld 条回执在账本中没有对应的短信。\n"),
               (long long)result.unmatched);
    if (result.interrupted)
        puts(lang("Stopped. The same command goes on from here.",
                  "已停止。再次运行同一命令即可继续。"));
    reached = run_conclude(files);
    return result.unlisted ? COMMAND_MACHINE : reached;
}

static int run_files(const struct run_options *options, char **paths, size_t n)
{
    struct files files = FILES_NULL;
    int result = files_read(&files, options->config, paths, n);

    if (result == COMMAND_FINE)
        result = files_check_ledger(&files, DIAG_ERROR);
    diag_print(&files.diag, stderr);
    if (result == COMMAND_FINE)
        result = run_check_times(&files);
    if (result == COMMAND_FINE)
        result = approval_check(files.office, (const struct campaign *const *)files.campaigns,
                                files.n, files.office->ledger_path);
    if (result == COMMAND_FINE)
        result = run_carry_out(&files, options);
    files_free(&files);
    return result;
}

static int run_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"refused", required_argument, NULL, 'r'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {"verbose", no_argument, NULL, 'v'},
                                            {"numbers", no_argument, NULL, 'N'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct run_options chosen = {.refused_dir = "."};
    int option;

    while ((option = command_next_option(argc, argv, ":c:r:qvh", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'r')
            chosen.refused_dir = optarg;
        else if (option == 'q')
            chosen.quiet = true;
        else if (option == 'v')
            log_set_level(LOG_LEVEL_INFO);
        else if (option == 'N')
            chosen.numbers = true;
        else
            return command_bad_option(&command_run, option, argv);
    }
    if (optind == argc)
        return command_misused(&command_run, "%s",
                               lang("Name at least one campaign.", "请指定至少一个任务文件。"));
    return run_files(&chosen, argv + optind, (size_t)(argc - optind));
}

const struct command command_run = {
    .name = "run",
    .help_en = "Carry campaigns out: send the messages and show the slogans.",
    .help_zh = "执行任务：发送短信，播放标语。",
    .usage = "[-c FILE] [--refused DIR] [--numbers] [--quiet] [--verbose] CAMPAIGN...",
    .long_en =
        "Enters the campaigns into the books, waits for their windows, sends through the modems "
        "of\n"
        "the configuration, shows the slogans on the boards, and ends when all is done. Nothing "
        "is\n"
        "sent outside a window. Ctrl-C or SIGTERM stops it in order: slogans are taken down, and\n"
        "modems finish the message in hand, for office.drain seconds at most; what has no outcome\n"
        "then is \"in doubt\". SIGHUP reads the configuration anew. The same command goes on where\n"
        "it stopped, also after a crash or a power cut: no message is sent twice; what was in\n"
        "flight then is in doubt.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "  -r, --refused DIR   where ID-refused.csv goes (default: this folder)\n"
        "      --numbers       whole numbers in it; else masked\n"
        "  -q, --quiet         no progress\n"
        "  -v, --verbose       log what happens, on standard error\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast run campaigns/constitution-day\n\n"
        "Exit codes: 0 every quota and every showing is reached and nothing is in doubt; 1 errors "
        "in "
        "the\nfiles, a campaign that nobody has approved, or that the books know with another "
        "content; 2 wrong\nusage; 3 "
        "carried "
        "out or\nstopped, but short of something or in doubt; 4 the books can't be written or "
        "read, "
        "or another\ngateway uses them.\n",
    .long_zh =
        "将任务记入账本，等待时间窗，通过配置中的短信设备发送短信、在显示屏上播放标语，全部完成后结"
        "束。\n"
        "时间窗之外不发送任何内容。按 Ctrl-C 或发送 SIGTERM "
        "可有序停止：撤下标语，发完手上的短信，最多等待\n"
        "office.drain 秒，届时仍无结果的记为“结果不明”。发送 SIGHUP 则重新读取配置文件。\n"
        "再次运行同一命令即从中断处继续，崩溃或断电后也是如此：不会重发；当时在途的短信记为“结果不"
        "明”。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "  -r, --refused 目录  ID-refused.csv 的存放位置（默认当前目录）\n"
        "      --numbers       其中写完整号码；默认遮盖\n"
        "  -q, --quiet         不显示进度\n"
        "  -v, --verbose       在标准错误输出日志\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast run campaigns/constitution-day\n\n"
        "退出码：0 任务数全部完成且无结果不明；1 文件有错误，或任务未经审批；2 用法错误；3 "
        "已执行或已停止，但未达任务数或有\n"
        "结果不明；4 账本无法写入，或正被另一网关使用。\n",
    .run = run_run,
};
