/* cmd_report: lawcast report: the statement of a campaign, checked against the books.
 * Runs: any. Read-only; works while a gateway is writing. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/command.h"
#include "gateway/outfile.h"
#include "gateway/report/pack.h"
#include "gateway/report/statement_print.h"
#include "gateway/report_proof.h"

enum report_format {
    REPORT_TABLE,
    REPORT_CSV,
    REPORT_JSON,
    REPORT_DELIVERIES,
    REPORT_SHOWINGS,
    REPORT_XLSX,
    REPORT_PDF,
    REPORT_FORMATS
};

struct report_options {
    const char *config, *ledger, *campaign;
    const char *out;            /* XLSX: the file; PDF: the folder */
    const char *unit, *refused; /* NULL: not given */
    enum report_format format;
    bool contradicts; /* two formats were asked for */
    bool numbers, modems, quick, recount;
};

/* While a report is made. */
struct report {
    const struct report_options *options;
    struct books *books;
    struct statement statement;
    char *ledger; /* where the books are */
    struct report_proof proof;
    struct office *office; /* for the PDF; NULL: not known */
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

static int report_unreadable(int rc)
{
    fprintf(stderr, lang("lawcast report: %s\n", "lawcast report：%s\n"), statement_unreadable(rc));
    return COMMAND_MACHINE;
}

/* Figures of a campaign that is not completely entered say nothing yet about what was reached. */
static int report_fine(const struct statement *statement)
{
    return statement->planned ? COMMAND_FINE : COMMAND_SHORT;
}

/* Every way to tell the figures makes the totals, and the records say the same. COMMAND_FINE: they
 * may be printed. */
static int report_verify(struct report *report)
{
    const struct report_options *options = report->options;
    char why[STATEMENT_WHY] = "";

    if (!statement_adds_up(&report->statement, why, sizeof why))
        return report_broken(why);
    return report_prove(report->books, report->ledger,
                        options->quick     ? REPORT_PROOF_NONE
                        : options->recount ? REPORT_PROOF_WHOLE
                                           : REPORT_PROOF_USUAL,
                        &report->proof);
}

static int report_said(int rc, const char *why)
{
    if (rc == 0)
        return COMMAND_FINE;
    fprintf(stderr, "lawcast report: %s\n", why);
    return rc > 0 ? COMMAND_REFUSED : COMMAND_MACHINE;
}

static int report_table(const struct report *report)
{
    statement_print_table(&report->statement, stdout);
    if (report->options->modems)
        statement_print_modems(&report->statement, stdout);
    report_proof_tell(&report->proof);
    return COMMAND_FINE;
}

static int report_csv(const struct report *report)
{
    statement_print_csv(&report->statement, stdout);
    return COMMAND_FINE;
}

static int report_json(const struct report *report)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document = statement_to_json(&report->statement);

    contact_lines_put(&report->statement.contacts, document);
    contact_lines_put_activities(&report->statement.contacts, document);
    jv_put(document, "erased", jv_bool(report->statement.erased));
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
    return COMMAND_FINE;
}

static int report_deliveries(const struct report *report)
{
    int rc = statement_print_deliveries(report->books, &report->statement, stdout);

    return rc ? report_unreadable(rc) : COMMAND_FINE;
}

static int report_showings(const struct report *report)
{
    int rc = statement_print_showings(report->books, &report->statement, stdout);

    return rc ? report_unreadable(rc) : COMMAND_FINE;
}

static int report_xlsx(const struct report *report)
{
    const struct report_options *options = report->options;
    const struct statement_workbook job = {.books = report->books,
                                           .statement = &report->statement,
                                           .path = options->out,
                                           .unit = options->unit,
                                           .refused = options->refused};
    char why[STATEMENT_WHY] = "";
    int rc = statement_write_workbook(&job, why, sizeof why);

    if (rc == 0) {
        printf("%s\n", options->out);
        report_proof_tell(&report->proof);
    }
    return report_said(rc, why);
}

static int report_packs(const struct report *report)
{
    const struct report_options *options = report->options;
    const struct pack_setup setup = {.books = report->books,
                                     .statement = &report->statement,
                                     .office = report->office,
                                     .ledger_path = report->ledger,
                                     .folder = options->out,
                                     .unit = options->unit,
                                     .numbers = options->numbers};
    char why[STATEMENT_WHY] = "";
    int rc = report_pdf(&setup, stdout, why, sizeof why);

    if (rc == 0)
        report_proof_tell(&report->proof);
    return report_said(rc, why);
}

static const struct {
    const char *option;
    unsigned with;
    int (*make)(const struct report *report);
} report_formats[REPORT_FORMATS] = {
    [REPORT_TABLE] = {"", STATEMENT_MODEMS, report_table},
    [REPORT_CSV] = {"csv", STATEMENT_MODEMS, report_csv},
    [REPORT_JSON] = {"json", STATEMENT_MODEMS, report_json},
    [REPORT_DELIVERIES] = {"deliveries", 0, report_deliveries},
    [REPORT_SHOWINGS] = {"showings", 0, report_showings},
    [REPORT_XLSX] = {"xlsx", STATEMENT_MODEMS | STATEMENT_UNIT_DAYS, report_xlsx},
    [REPORT_PDF] = {"pdf", STATEMENT_MODEMS | STATEMENT_UNIT_DAYS, report_packs},
};

static int report_make(struct report *report)
{
    const struct report_options *options = report->options;
    unsigned with =
        report_formats[options->format].with | (options->numbers ? STATEMENT_NUMBERS : 0);
    int rc = statement_read_with(report->books, options->campaign, with, &report->statement);
    int result;

    if (rc == 1)
        return report_unknown(report->books, options->campaign);
    if (rc)
        return report_unreadable(rc);
    result = report_verify(report);
    if (result == COMMAND_FINE)
        result = report_formats[options->format].make(report);
    return result == COMMAND_FINE ? report_fine(&report->statement) : result;
}

/* Where the books are, and that they aren't written over. */
static int report_find(struct report *report)
{
    const struct report_options *options = report->options;
    int result = command_ledger(options->config, options->ledger, &report->ledger);

    if (result != COMMAND_FINE || !options->out)
        return result;
    return outfile_check("report", options->out, report->ledger,
                         options->format == REPORT_XLSX ? OUTFILE_WORKBOOK : OUTFILE_FOLDER);
}

/* What is checked is what is printed, whatever a gateway writes meanwhile. */
static int report_campaign(struct report *report)
{
    int result = report_find(report), rc;

    if (result == COMMAND_FINE)
        result = command_open_newest(NULL, report->ledger, &report->books);
    if (result != COMMAND_FINE)
        return result;
    rc = books_hold(report->books);
    if (rc < 0) {
        result = report_unreadable(rc);
    } else {
        result = report_make(report);
        books_let_go(report->books);
    }
    statement_release(&report->statement);
    books_close(report->books);
    return result;
}

/* Evidence packs bear the office's name and previews of its boards. */
static int report_read_office(struct report *report)
{
    const struct report_options *options = report->options;
    struct diag diag = DIAG_NULL;
    int result;

    if (options->format != REPORT_PDF || (options->ledger && !options->config))
        return COMMAND_FINE;
    result = command_read_office(options->config, &diag, &report->office);
    command_tell_errors(&diag);
    diag_free(&diag);
    return result;
}

/* Something is told that the format has no use for. */
static const char *report_useless(const struct report_options *chosen)
{
    bool table = chosen->format == REPORT_TABLE, xlsx = chosen->format == REPORT_XLSX;

    if (chosen->modems && !table)
        return lang("--modems belongs to the table: --csv, --json and --xlsx have the modems "
                    "anyway.",
                    "--modems 只用于表格：--csv、--json、--xlsx 本就包含各设备。");
    if (chosen->quick && chosen->recount)
        return lang("Choose one of --quick and --recount.", "--quick、--recount 只能选一个。");
    if (chosen->unit && !xlsx && chosen->format != REPORT_PDF)
        return lang("--unit goes with --xlsx or --pdf.", "--unit 只能与 --xlsx 或 --pdf 一起用。");
    if (chosen->refused && (!xlsx || chosen->unit))
        return lang("--refused goes with --xlsx, without --unit.",
                    "--refused 只能与 --xlsx 一起用，且不带 --unit。");
    return NULL;
}

/* false: the option chooses no format. */
static bool report_choose(struct report_options *chosen, const char *option)
{
    for (int i = REPORT_TABLE + 1; i < REPORT_FORMATS; i++) {
        enum report_format format = (enum report_format)i;

        if (strcmp(report_formats[i].option, option) != 0)
            continue;
        chosen->contradicts =
            chosen->contradicts || (chosen->format != REPORT_TABLE && chosen->format != format);
        chosen->format = format;
        if (format == REPORT_XLSX || format == REPORT_PDF)
            chosen->out = optarg;
        return true;
    }
    return false;
}

static const struct option report_options[] = {
    {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
    {"csv", no_argument, NULL, 'v'},          {"json", no_argument, NULL, 'j'},
    {"deliveries", no_argument, NULL, 'd'},   {"showings", no_argument, NULL, 's'},
    {"xlsx", required_argument, NULL, 'x'},   {"pdf", required_argument, NULL, 'p'},
    {"unit", required_argument, NULL, 'u'},   {"refused", required_argument, NULL, 'r'},
    {"numbers", no_argument, NULL, 'n'},      {"modems", no_argument, NULL, 'm'},
    {"quick", no_argument, NULL, 'q'},        {"recount", no_argument, NULL, 'R'},
    {"help", no_argument, NULL, 'h'},         {0}};

static const char *report_option_name(int letter)
{
    const struct option *option = report_options;

    while (option->name && option->val != letter)
        option++;
    return option->name ? option->name : "";
}

/* false: none of them. */
static bool report_take(struct report_options *chosen, int option)
{
    switch (option) {
    case 'c':
        chosen->config = optarg;
        return true;
    case 'l':
        chosen->ledger = optarg;
        return true;
    case 'u':
        chosen->unit = optarg;
        return true;
    case 'r':
        chosen->refused = optarg;
        return true;
    case 'n':
        chosen->numbers = true;
        return true;
    case 'm':
        chosen->modems = true;
        return true;
    case 'q':
        chosen->quick = true;
        return true;
    case 'R':
        chosen->recount = true;
        return true;
    default:
        return report_choose(chosen, report_option_name(option));
    }
}

static int report_run(int argc, char **argv)
{
    struct report_options chosen = {0};
    struct report report = {.options = &chosen};
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:h", report_options)) != -1)
        if (!report_take(&chosen, option))
            return command_bad_option(&command_report, option, argv);
    if (chosen.contradicts)
        return command_misused(
            &command_report, "%s",
            lang("Choose one of --csv, --json, --deliveries, --showings, --xlsx and --pdf.",
                 "--csv、--json、--deliveries、--showings、--xlsx、--pdf 只能选一个。"));
    if (report_useless(&chosen))
        return command_misused(&command_report, "%s", report_useless(&chosen));
    if (argc - optind != 1)
        return command_misused(&command_report, "%s",
                               lang("Name one campaign by its id.", "请指定一个任务的代号。"));
    chosen.campaign = argv[optind];
    result = report_read_office(&report);
    if (result == COMMAND_FINE)
        result = report_campaign(&report);
    command_free_office(report.office);
    free(report.ledger);
    return result;
}

const struct command command_report = {
    .name = "report",
    .help_en = "Print what a campaign has reached, checked against the books.",
    .help_zh = "输出任务完成情况，并与账本逐条核对。",
    .usage = "[-c FILE | --ledger PATH] [--csv | --json | --deliveries | --showings | --xlsx FILE "
             "| --pdf DIR] [--unit UNIT] CAMPAIGN-ID",
    .long_en =
        "Every message stands in exactly one column, so the columns add up to \"Planned\".\n"
        "\"Delivered\" means that the network reported delivery to the handset, not that a person\n"
        "read it. \"No report\" was taken by the network, which has not reported on it (yet).\n"
        "\"Parts\" are what the network bills. Numbers of citizens and SIMs are masked. Nothing "
        "is\n"
        "printed when a unit, network, modem, SIM, board or day doesn't add up.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --csv           for spreadsheets\n"
        "      --json          for programs\n"
        "      --deliveries    one CSV line for every message and every showing\n"
        "      --showings      one CSV line for each time that a board was seen to show a slogan:\n"
        "                      from when until when, how it is proved, whether it counts\n"
        "      --xlsx FILE     a workbook: totals, a sheet for each unit, boards, days, modems, "
        "and\n"
        "                      the messages that failed\n"
        "      --refused FILE  for --xlsx: with the rows that were not taken, as \"lawcast run\" "
        "or\n"
        "                      \"lawcast plan\" wrote them (<campaign>-refused.csv)\n"
        "      --pdf DIR       an evidence pack for each unit, and one of all\n"
        "      --unit UNIT     for --xlsx and --pdf: only of this unit\n"
        "      --modems        the table also by modem and SIM\n"
        "      --numbers       numbers of citizens and SIMs in full: for who must have them\n"
        "      --recount       computes everything again from the records, however large the books "
        "are:\n"
        "                      some seconds for each million of records. Without it that is done\n"
        "                      up to a million, and left out, with a sentence, beyond\n"
        "      --quick         without this\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast report 2026-constitution-day\n"
        "  lawcast report --csv 2026-constitution-day > report.csv\n"
        "  lawcast report --xlsx report.xlsx 2026-constitution-day\n\n"
        "Exit codes: 0 the figures add up, and agree with what they were compared with; 1 no\n"
        "such campaign, errors in the configuration, or FILE isn't to be written over; 2 wrong\n"
        "usage; 3 they do, but the campaign is not completely entered in the books; 4 the books "
        "can't be read or don't add up.\n",
    .long_zh =
        "每条短信只计入一栏，各栏相加等于“计划”。“已送达”指网络回执表明送到手机，不代表有人阅读；\n"
        "“已发出·等回执”指网络已接受但（尚）无回执。“计费条”为网络计费的条数。公民号码和 SIM "
        "卡号已隐去一部分。\n单位、运营商、短信设备、SIM "
        "卡、显示屏、日期中任何一项合计不符，都不会输"
        "出报表。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接读取此账本，不需要配置文件\n"
        "      --csv           供电子表格使用\n"
        "      --json          供程序使用\n"
        "      --deliveries    每条短信、每次播放一行（CSV）\n"
        "      --showings      "
        "显示屏每段经核实的播放时间一行（CSV）：起止时间、证明方式、是否计入\n"
        "      --xlsx 文件     工作簿：合计、每个单位一张表、显示屏、按日、短信设备、失败短信\n"
        "      --refused 文件  与 --xlsx 同用：加上未采用的名单（lawcast run 或 lawcast plan "
        "写出的\n"
        "                      任务代号-refused.csv）\n"
        "      --pdf 目录      每个单位一份佐证材料，另有一份全部单位的\n"
        "      --unit 单位     与 --xlsx、--pdf 同用：只要这个单位\n"
        "      --modems        表格另按短信设备和 SIM 卡统计\n"
        "      --numbers       完整显示公民号码和 SIM 卡号：仅供确有需要的人\n"
        "      --recount       "
        "账本再大也根据记录重新计算全部内容（每百万条记录需数秒）；不加时，记录不超过\n"
        "                      一百万条才这样核对，超过则不核对并提示\n"
        "      --quick         不根据记录重新计算\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast report 2026-constitution-day\n"
        "  lawcast report --csv 2026-constitution-day > report.csv\n"
        "  lawcast report --xlsx report.xlsx 2026-constitution-day\n\n"
        "退出码：0 合计一致且与账本相符；1 没有该任务、配置有错误或不得覆盖该文件；2 "
        "用法错误；3 "
        "账目相符，但任务尚未完整记入\n账本；4 账本无法读取或账目不符。\n",
    .run = report_run,
};
