/* audit_export: lawcast audit export: the log in a folder that a stranger can check.
 * Runs: any. Read-only; works while a gateway is writing. */
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/audit/bundle.h"
#include "gateway/audit.h"
#include "gateway/outfile.h"
#include "gateway/report/figure.h"

struct export_options {
    const char *config, *ledger, *folder;
    bool pictures;
};

static void export_tell(const struct export_options *options, const struct bundle_result *result)
{
    char records[FIGURE_ROOM], checkpoints[FIGURE_ROOM], left[FIGURE_ROOM];

    figure_count(result->records, records);
    figure_count(result->checkpoints, checkpoints);
    printf(lang("%s: records: %s, checkpoints: %s, reports: %lld.\n",
                "%s：%s 条记录，%s 个检查点，%lld 份报告。\n"),
           options->folder, records, checkpoints, (long long)result->reports);
    if (options->pictures)
        printf(lang("Pictures: %lld.\n", "图片：%lld 张。\n"), (long long)result->pictures);
    if (result->unsigned_records) {
        figure_count(result->unsigned_records, left);
        printf(lang("%s newer records aren't signed yet and stay out, and so do the reports, which "
                    "tell how things stand now. For the reports export again when the gateway "
                    "rests or has ended.\n",
                    "另有 %s 条较新的记录尚未签名，未导出；报告反映的是当前情况，因此也未导出。"
                    "需要报告时，请在网关空闲或结束后重新导出。\n"),
               left);
    }
    if (result->pictures_missing)
        fprintf(stderr,
                lang("lawcast: %lld records name pictures that are missing or were altered; those "
                     "aren't in the folder.\n",
                     "lawcast：有 %lld 条记录的图片缺失或被改动，未导出。\n"),
                (long long)result->pictures_missing);
    fputs(lang("README.txt in it says how to check it. Publish the public key elsewhere, too.\n",
               "核对方法见其中的 README.txt。公钥请另行公布。\n"),
          stdout);
}

static int export_failed(const struct export_options *options, int rc, const char *why)
{
    if (rc > 0)
        fprintf(stderr, "lawcast audit export: %s\n", why);
    else
        fprintf(stderr,
                lang("lawcast audit export: %s can't be written, or the books can't be read (%s). "
                     "Nothing was left there.\n",
                     "lawcast audit export：无法写入 %s，或无法读取账本（%s）。未留下任何文件。\n"),
                options->folder, lang_error(rc));
    return COMMAND_MACHINE;
}

static int export_books(const struct export_options *options, const char *ledger)
{
    struct bundle_setup setup = {
        .ledger_path = ledger, .folder = options->folder, .pictures = options->pictures};
    struct bundle_result result;
    char why[512] = "";
    int code = outfile_check("audit export", options->folder, ledger, OUTFILE_NEW), rc;

    if (code == COMMAND_FINE)
        code = command_open_newest(NULL, ledger, &setup.books);
    if (code != COMMAND_FINE)
        return code;
    command_tell_rehearsal(setup.books, stdout);
    rc = bundle_export(&setup, &result, why, sizeof why);
    books_close(setup.books);
    if (rc)
        return export_failed(options, rc, why);
    export_tell(options, &result);
    return result.pictures_missing ? COMMAND_SHORT : COMMAND_FINE;
}

/* The configuration tells where the books are, and the zone of their days. */
static int export_found(const struct export_options *options)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int code;

    if (options->ledger)
        return export_books(options, options->ledger);
    code = command_read_office(options->config, &diag, &office);
    command_tell_errors(&diag);
    diag_free(&diag);
    if (code == COMMAND_FINE)
        code = export_books(options, office->ledger_path);
    command_free_office(office);
    return code;
}

static int export_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"ledger", required_argument, NULL, 'l'},
                                            {"pictures", no_argument, NULL, 'p'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct export_options chosen = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            chosen.config = optarg;
        else if (option == 'l')
            chosen.ledger = optarg;
        else if (option == 'p')
            chosen.pictures = true;
        else
            return command_bad_option(&audit_export, option, argv);
    }
    if (argc - optind != 1)
        return command_misused(&audit_export, "%s",
                               lang("Name one new folder.", "请指定一个新目录。"));
    chosen.folder = argv[optind];
    return export_found(&chosen);
}

const struct command audit_export = {
    .name = "audit export",
    .help_en = "Write the log into a folder that a stranger can check.",
    .help_zh = "把账本记录导出到一个目录，任何人都能核对。",
    .usage = "[-c FILE | --ledger PATH] [--pictures] FOLDER",
    .long_en =
        "Writes every record, the signed checkpoints, the public keys, the texts that are the\n"
        "same for everybody and a report of each campaign into a new folder. No number of a\n"
        "citizen is in it. README.txt says how to check it without this program. What isn't\n"
        "signed yet, because a gateway is at work, stays out.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --pictures      with the pictures of screens and the photos that units handed in\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast audit export /media/auditor/2026-12\n\n"
        "Exit codes: 0 written; 1 no such books, or errors in the configuration; 2 wrong usage;\n"
        "3 written, but pictures are missing; 4 the books or the folder don't allow it.\n",
    .long_zh =
        "把全部记录、已签名的检查点、公钥、不含个人信息的正文以及各任务的报告写入一个新目录。其中\n"
        "没有公民号码。README.txt "
        "说明如何不借助本程序进行核对。网关工作时尚未签名的记录不导出。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接读取此账本，不需要配置文件\n"
        "      --pictures      包括屏幕截图和各单位提交的照片\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast audit export /media/auditor/2026-12\n\n"
        "退出码：0 已写入；1 没有账本或配置有错误；2 用法错误；3 已写入，但缺少图片；\n"
        "4 账本或目录不允许。\n",
    .run = export_run,
};
