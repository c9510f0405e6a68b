/* cmd_report: lawcast report: the statement of a campaign, checked against the books.
 * Runs: any. Read-only; works while a gateway is writing. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/command.h"
#include "gateway/report/figure.h"
#include "gateway/report/statement_print.h"

enum report_format { REPORT_TABLE, REPORT_CSV, REPORT_JSON, REPORT_DELIVERIES, REPORT_SHOWINGS };

struct report_options {
    const char *config, *ledger, *campaign;
    enum report_format format;
    bool contradicts; /* two formats were asked for */
};

static int report_list_campaign(void *ctx, const struct books_campaign *campaign)
{
    fprintf(ctx, "  %s\n", campaign->id);
    return 0;
}

static int report_unknown(struct books *books, const char *campaign)
{
    fprintf(stderr,
            lang("lawcast report: the books have no campaign \"%s\". They have:\n",
                 "lawcast report：账本中没有任务“%s”。账本中有：\n"),
            campaign);
    books_campaigns(books, report_list_campaign, stderr);
    return COMMAND_REFUSED;
}

static int report_broken(const char *why)
{
    fprintf(
        stderr,
        lang("✕ The books don't add up: %s Don't file this report; keep the books as they are.\n",
             "✕ 账目不符：%s 请勿上报，并原样保存账本。\n"),
        why);
    return COMMAND_MACHINE;
}

static int report_unreadable(void)
{
    fputs(lang("lawcast report: the books can't be read just now. Try again.\n",
               "lawcast report：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

/* Figures of a campaign that is not completely entered say nothing yet about what was reached. */
static int report_fine(const struct statement *statement)
{
    return statement->planned ? COMMAND_FINE : COMMAND_SHORT;
}

/* Counts = deliveries = journal, and the columns make the totals. */
static int report_verify(struct books *books, const struct statement *statement, bool tell)
{
    struct books_recount recount = {0};
    char why[200] = "", deliveries[FIGURE_ROOM], journal[FIGURE_ROOM];

    if (!statement_adds_up(statement, why, sizeof why))
        return report_broken(why);
    if (books_recount(books, statement->number, &recount))
        return report_unreadable();
    if (!recount.agrees)
        return report_broken(recount.difference);
    figure_count(recount.deliveries, deliveries);
    figure_count(recount.journal, journal);
    if (tell)
        printf(
            lang("\n● The figures add up, and agree with %s deliveries and %s journal records.\n",
                 "\n● 合计一致，且与 %s 条明细、%s 条流水相符。\n"),
            deliveries, journal);
    return report_fine(statement);
}

static int report_print(const struct report_options *options, struct books *books,
                        const struct statement *statement)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document;

    switch (options->format) {
    case REPORT_TABLE:
        statement_print_table(statement, stdout);
        break;
    case REPORT_CSV:
        statement_print_csv(statement, stdout);
        break;
    case REPORT_JSON:
        document = statement_to_json(statement);
        jv_write(document, true, &text);
        puts(buffer_text(&text));
        jv_free(document);
        break;
    case REPORT_DELIVERIES:
        if (statement_print_deliveries(books, statement, stdout))
            return report_unreadable();
        break;
    case REPORT_SHOWINGS:
        if (statement_print_showings(books, statement, stdout))
            return report_unreadable();
        break;
    }
    return report_verify(books, statement, options->format == REPORT_TABLE);
}

static int report_campaign(const struct report_options *options)
{
    struct books *books = NULL;
    struct statement statement;
    int result = command_open_books(options->config, options->ledger, &books), rc;

    if (result != COMMAND_FINE)
        return result;
    rc = statement_read(books, options->campaign, &statement);
    if (rc == 1)
        result = report_unknown(books, options->campaign);
    else if (rc)
        result = report_unreadable();
    else
        result = report_print(options, books, &statement);
    statement_release(&statement);
    books_close(books);
    return result;
}

/* false: the option chooses no format. */
static bool report_choose(struct report_options *chosen, int option)
{
    enum report_format format = option == 'v'   ? REPORT_CSV
                                : option == 'j' ? REPORT_JSON
                                : option == 'd' ? REPORT_DELIVERIES
                                : option == 's' ? REPORT_SHOWINGS
                                                : REPORT_TABLE;

    if (format == REPORT_TABLE)
        return false;
    chosen->contradicts =
        chosen->contradicts || (chosen->format != REPORT_TABLE && chosen->format != format);
    chosen->format = format;
    return true;
}

static int report_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"csv", no_argument, NULL, 'v'},          {"json", no_argument, NULL, 'j'},
        {"deliveries", no_argument, NULL, 'd'},   {"showings", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct report_options chosen = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'l')
            chosen.ledger = optarg;
        else if (!report_choose(&chosen, option))
            return command_bad_option(&command_report, option, argv);
    }
    if (chosen.contradicts)
        return command_misused(&command_report, "%s",
                               lang("Choose one of --csv, --json, --deliveries and --showings.",
                                    "--csv、--json、--deliveries、--showings 只能选一个。"));
    if (argc - optind != 1)
        return command_misused(&command_report, "%s",
                               lang("Name one campaign by its id.", "请指定一个任务的代号。"));
    chosen.campaign = argv[optind];
    return report_campaign(&chosen);
}

const struct command command_report = {
    .name = "report",
    .help_en = "Print what a campaign has reached, checked against the books.",
    .help_zh = "输出任务完成情况，并与账本逐条核对。",
    .usage = "[-c FILE | --ledger PATH] [--csv | --json | --deliveries | --showings] CAMPAIGN-ID",
    .long_en =
        "Every message stands in exactly one column, so the columns add up to \"Planned\".\n"
        "\"Delivered\" means that the network reported delivery to the handset, not that a person\n"
        "read it. \"No report\" was taken by the network, which has not reported on it (yet).\n"
        "\"Parts\" are what the network bills. Numbers of citizens are masked.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --csv           for spreadsheets\n"
        "      --json          for programs\n"
        "      --deliveries    one CSV line for every message and every showing\n"
        "      --showings      one CSV line for each time that a board was seen to show a slogan:\n"
        "                      from when until when, how it is proved, whether it counts\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast report 2026-constitution-day\n"
        "  lawcast report --csv 2026-constitution-day > report.csv\n\n"
        "Exit codes: 0 the figures add up and agree with the books; 1 no such campaign, or errors\n"
        "in the configuration; 2 wrong usage; 3 they do, but the campaign is not completely "
        "entered\n"
        "in the books; 4 the books can't be read or don't add up.\n",
    .long_zh =
        "每条短信只计入一栏，各栏相加等于“计划”。“已送达”指网络回执表明送到手机，不代表有人阅读；\n"
        "“已发出·等回执”指网络已接受但（尚）无回执。“计费条”为网络计费的条数。公民号码已隐去中间四"
        "位。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接读取此账本，不需要配置文件\n"
        "      --csv           供电子表格使用\n"
        "      --json          供程序使用\n"
        "      --deliveries    每条短信、每次播放一行（CSV）\n"
        "      --showings      "
        "显示屏每段经核实的播放时间一行（CSV）：起止时间、证明方式、是否计入\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast report 2026-constitution-day\n"
        "  lawcast report --csv 2026-constitution-day > report.csv\n\n"
        "退出码：0 合计一致且与账本相符；1 没有该任务或配置有错误；2 用法错误；3 "
        "账目相符，但任务尚未完整记入\n账本；4 账本无法读取或账目不符。\n",
    .run = report_run,
};
