/* audit_verify: lawcast audit verify: are the books whole, and do they say what their records say?
 * Runs: any. Read-only; works while a gateway is writing. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/figure.h"
#include "gateway/audit/bundle_read.h"
#include "gateway/audit/known.h"
#include "gateway/audit/verify.h"
#include "gateway/audit.h"
#include "gateway/audit_trust.h"

#define VERIFY_KNOWN_MOST 64
#define VERIFY_SHOWN      20 /* findings that are printed; --json has more */

struct verify_arguments {
    const char *config, *ledger, *bundle;
    const char *known[VERIFY_KNOWN_MOST];
    struct verify_options options;
    struct trust trust;
    bool json;
};

/* ---- what was found ---- */

static struct jv *verify_json_pending(const struct verify_result *result)
{
    const struct books_pending *pending = &result->pending;
    struct jv *object = jv_object();
    char when[FIGURE_ROOM];

    if (!result->is_pending) {
        jv_free(object);
        return jv_null();
    }
    figure_iso(pending->from_ms, when);
    jv_put(object, "from", jv_string(when));
    figure_iso(pending->until_ms, when);
    jv_put(object, "until", jv_string(when));
    jv_put(object, "given_up_records", jv_int((int64_t)pending->lost));
    return object;
}

static struct jv *verify_json_findings(const struct findings *findings)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < findings->n; i++) {
        const struct finding *finding = &findings->items[i];
        struct jv *object = jv_object();

        jv_put(object, "kind", jv_string(finding_name(finding->kind)));
        jv_put(object, "record", finding->record ? jv_int(finding->record) : jv_null());
        jv_put(object, "text", jv_string(finding->text));
        jv_push(list, object);
    }
    return list;
}

static void verify_print_json(const struct verify_result *result)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct jv *document = jv_object();
    char when[FIGURE_ROOM];

    figure_iso(result->signed_ms, when);
    jv_put(document, "whole", jv_bool(result->findings.n == 0));
    jv_put(document, "origin", jv_string(result->origin));
    jv_put(document, "records", jv_int(result->records));
    jv_put(document, "deliveries", jv_int(result->deliveries));
    jv_put(document, "campaigns", jv_int(result->campaigns));
    jv_put(document, "checkpoints", jv_int(result->checkpoints));
    jv_put(document, "signed_records", jv_int(result->signed_size));
    jv_put(document, "signed_at", result->signed_ms ? jv_string(when) : jv_null());
    jv_put(document, "keys", jv_int(result->keys));
    jv_put(document, "lost_keys", jv_int(result->lost_keys));
    jv_put(document, "unchecked_lines", jv_int(result->unchecked_lines));
    jv_put(document, "sealed", jv_bool(result->sealed));
    jv_put(document, "restore_pending", verify_json_pending(result));
    jv_put(document, "findings", verify_json_findings(&result->findings));
    jv_put(document, "more_findings", jv_int((int64_t)result->findings.more));
    jv_write(document, true, &text);
    puts(buffer_text(&text));
    jv_free(document);
}

/* Whole as far as they go, but not all that there was. */
static void verify_print_pending(const struct verify_result *result)
{
    const struct books_pending *pending = &result->pending;
    char from[20], until[20], lost[FIGURE_ROOM];

    clock_format(pending->from_ms, from);
    clock_format(pending->until_ms, until);
    figure_count((int64_t)pending->lost, lost);
    printf(lang("! A restore is pending: a backup was put back, and what was recorded after %s (up "
                "to %s at most) is given up. The next start records that, and puts in doubt what "
                "may have been sent in that time.\n",
                "! 恢复尚未完成：账本已恢复为备份，放弃了 %s 之后（至多到 %s）的记录。"
                "下次启动时会记下此事，并将这段时间可能已发出的内容记为“结果不明”。\n"),
           from, until);
    if (pending->lost)
        printf(
            lang("  Given up is a checkpoint of %s records.\n", "  放弃的检查点覆盖 %s 条记录。\n"),
            lost);
}

static void verify_print_notes(const struct verify_result *result, bool bundle)
{
    int64_t loose = result->records - result->signed_size;

    if (rehearsed_is(result->origin))
        fputs(rehearsed_note(), stdout);
    if (result->is_pending)
        verify_print_pending(result);
    if (loose > 0)
        printf(
            lang("! The last %lld records aren't signed yet.\n", "! 最后 %lld 条记录尚未签名。\n"),
            (long long)loose);
    if (result->unscrubbed)
        fputs(lang("! An erasing was broken off: traces of numbers may be left in the file. Run "
                   "\"lawcast erase\" on that campaign again.\n",
                   "! 有一次清除被中断：文件中可能残留号码。请对该任务再次运行 lawcast erase。\n"),
              stdout);
    if (result->unmarked && result->signed_size && !bundle)
        fputs(lang("! No .key.checkpoint lies beside the books: whether this is the newest copy "
                   "isn't known.\n",
                   "! 账本旁没有 .key.checkpoint 文件：无法判断这是否为最新的副本。\n"),
              stdout);
    if (result->lost_keys)
        printf(lang("! Keys that were lost: %lld. The key after each isn't signed by it.\n",
                    "! 密钥丢失过 %lld 次：其后的密钥没有原密钥的签名。\n"),
               (long long)result->lost_keys);
    if (result->unchecked_lines)
        printf(lang("! Lines of other offices that weren't checked: %lld (give their keys with "
                    "--key).\n",
                    "! 未核对的其他单位会签：%lld 处（请用 --key 指定其公钥）。\n"),
               (long long)result->unchecked_lines);
    if (!result->sealed && !bundle)
        fputs(
            lang(
                "! The books weren't closed in order (or a gateway is at work): what is in no "
                "record, such as limits and replies, isn't proved.\n",
                "! 账本未正常关闭（或网关正在运行）：不在记录中的内容（如限额、回复）无从证明。\n"),
            stdout);
}

static void verify_print_whole(const struct verify_result *result, bool bundle)
{
    char records[FIGURE_ROOM], checkpoints[FIGURE_ROOM], campaigns[FIGURE_ROOM], when[20];

    figure_count(result->records, records);
    figure_count(result->checkpoints, checkpoints);
    figure_count(result->campaigns, campaigns);
    clock_format(result->signed_ms, when);
    printf(lang("● The log %s is whole: %s records, %s checkpoints, the last one signed over what "
                "was recorded until %s. Campaigns: %s; every figure agrees.\n",
                "● 账本 %s 完整：%s 条记录，%s 个检查点，最后一个签名覆盖至 %s；%s "
                "个任务，所有数字一致。\n"),
           result->origin, records, checkpoints, result->signed_ms ? when : "-", campaigns);
    verify_print_notes(result, bundle);
}

static void verify_print_findings(const struct findings *findings)
{
    size_t shown = findings->n < VERIFY_SHOWN ? findings->n : VERIFY_SHOWN;

    fputs(lang("✕ Not whole. Keep these books as they are, and don't file reports from them.\n",
               "✕ 不完整。请原样保存账本，不要据此上报。\n"),
          stdout);
    for (size_t i = 0; i < shown; i++)
        printf("  %s\n", findings->items[i].text);
    if (findings->n + findings->more > shown)
        printf(lang("  … and %zu more findings.\n", "  ……另有 %zu 处。\n"),
               findings->n + findings->more - shown);
}

static int verify_tell(const struct verify_arguments *arguments, const struct verify_result *result)
{
    if (arguments->json)
        verify_print_json(result);
    else if (result->findings.n)
        verify_print_findings(&result->findings);
    else
        verify_print_whole(result, arguments->bundle != NULL);
    return result->findings.n ? COMMAND_MACHINE : COMMAND_FINE;
}

/* ---- where it is looked for ---- */

static int verify_bundle(const struct verify_arguments *arguments)
{
    struct verify_result result = {0};
    struct bundle *bundle;
    struct source source;
    char why[512] = "";
    int rc = bundle_open(&bundle, arguments->bundle, why, sizeof why), code;

    if (rc) {
        fprintf(stderr, "lawcast audit verify: %s\n", why);
        return COMMAND_REFUSED;
    }
    source_of_bundle(&source, bundle);
    rc = verify_source(&source, &arguments->options, &result);
    if (rc == 0) {
        rc = bundle_check(bundle, why, sizeof why);
        if (rc > 0)
            findings_add(&result.findings, FINDING_DAMAGED, 0, "%s.", why);
    }
    if (rc < 0)
        fprintf(stderr, "lawcast audit verify: %s: %s\n", arguments->bundle, lang_error(rc));
    code = rc < 0 && !result.findings.n ? COMMAND_MACHINE : verify_tell(arguments, &result);
    verify_release(&result);
    bundle_close(bundle);
    return code;
}

static int verify_ledger(const struct verify_arguments *arguments, const char *path)
{
    struct verify_result result = {0};
    char why[512] = "";
    int rc = verify_books(path, &arguments->options, &result, why, sizeof why), code;

    if (rc < 0) {
        fprintf(stderr, "lawcast audit verify: %s\n", why);
        code = rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE;
    } else {
        code = verify_tell(arguments, &result);
    }
    verify_release(&result);
    return code;
}

static int verify_configured(const struct verify_arguments *arguments)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int code = command_read_office(arguments->config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    if (code == COMMAND_FINE)
        code = verify_ledger(arguments, office->ledger_path);
    command_free_office(office);
    return code;
}

/* Looked at before the books: what is no checkpoint says nothing about them. */
static int verify_add_known(struct verify_arguments *arguments, const char *word)
{
    struct known known = {0};
    int rc;

    if (arguments->options.n_known == VERIFY_KNOWN_MOST)
        return command_misused(&audit_verify, "%s",
                               lang("That are too many --known.", "--known 太多。"));
    rc = known_read(word, &known);
    known_release(&known);
    if (rc) {
        fprintf(stderr,
                lang("lawcast audit verify: --known %s: %s. Name a file with a checkpoint, or "
                     "write the line of a printed one: \"7303 c9320eeb808489df 2026-10-31\".\n",
                     "lawcast audit verify：--known %s：%s。请指定检查点文件，或写出印出的简式："
                     "\"7303 c9320eeb808489df 2026-10-31\"。\n"),
                word, rc < 0 ? lang_error(rc) : lang("this is no checkpoint", "这不是检查点"));
        return COMMAND_REFUSED;
    }
    arguments->known[arguments->options.n_known++] = word;
    return COMMAND_FINE;
}

static int verify_parse(int argc, char **argv, struct verify_arguments *out)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"ledger", required_argument, NULL, 'l'},
                                            {"known", required_argument, NULL, 'k'},
                                            {"key", required_argument, NULL, 'p'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option, code = COMMAND_FINE;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        if (option == 'c')
            out->config = optarg;
        else if (option == 'l')
            out->ledger = optarg;
        else if (option == 'p')
            code = trust_add(&out->trust, &audit_verify, optarg);
        else if (option == 'j')
            out->json = true;
        else if (option == 'k')
            code = verify_add_known(out, optarg);
        else
            return command_bad_option(&audit_verify, option, argv);
        if (code != COMMAND_FINE)
            return code;
    }
    if (argc - optind > 1 || (out->ledger && argc > optind))
        return command_misused(&audit_verify, "%s",
                               lang("Name one bundle, or books with --ledger.",
                                    "请指定一个导出目录，或用 --ledger 指定账本。"));
    out->bundle = argc > optind ? argv[optind] : NULL;
    return -1;
}

static int verify_run(int argc, char **argv)
{
    struct verify_arguments arguments = {0};
    int code = verify_parse(argc, argv, &arguments);

    if (code >= 0)
        return code;
    arguments.options.known = arguments.known;
    arguments.options.keys = arguments.trust.keys;
    arguments.options.n_keys = arguments.trust.n;
    if (arguments.bundle)
        return verify_bundle(&arguments);
    return arguments.ledger ? verify_ledger(&arguments, arguments.ledger)
                            : verify_configured(&arguments);
}

const struct command audit_verify = {
    .name = "audit verify",
    .help_en = "Compute everything again from the records and compare.",
    .help_zh = "根据记录重新计算一切并核对。",
    .usage = "[-c FILE | --ledger PATH | BUNDLE] [--known FILE]... [--key KEY]... [--json]",
    .long_en =
        "Looks whether every record is the one that was written and signed, whether the records\n"
        "follow one another as they must, and whether the tables, counts and reports say what the\n"
        "records say. It names the first record that is altered, missing, inserted, moved or\n"
        "back-dated. Works on the books, also while a gateway runs, and on what \"lawcast audit\n"
        "export\" has written (BUNDLE).\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then "
        "/etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   these books, without a configuration\n"
        "      --known FILE    a checkpoint that was handed out before: the books must contain "
        "it;\n"
        "                      or the line that was written down or printed\n"
        "      --key KEY       the public key that you know the office by, or a file with keys: "
        "the\n                      log must have been signed by one of them\n"
        "      --json          for programs\n"
        "  -h, --help          this text\n\n"
        "Example:\n"
        "  lawcast audit verify --known october.checkpoint\n"
        "  lawcast audit verify --known '7303 c9320eeb808489df 2026-10-31'\n\n"
        "Exit codes: 0 whole; 1 no books, bundle, key or checkpoint there, or errors in the "
        "configuration; 2 "
        "wrong\n"
        "usage; 4 something was altered, or can't be read.\n",
    .long_zh =
        "检查每条记录是否就是当时写入并签名的那条，记录之间是否合乎规则，各表、计数和报表是否与记录"
        "\n"
        "一致，并指出第一条被改动、缺失、插入、移位或提前时间的记录。可用于账本（网关运行时也可），"
        "\n"
        "也可用于 lawcast audit export 导出的目录。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接检查此账本，不需要配置文件\n"
        "      --known 文件    以前交出的检查点：账本必须包含它；也可直接写印出或抄下的简式\n"
        "      --key 公钥      您所知的该单位公钥，或公钥文件：账本必须由其中之一签名\n"
        "      --json          供程序使用\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast audit verify --known october.checkpoint\n"
        "  lawcast audit verify --known '7303 c9320eeb808489df 2026-10-31'\n\n"
        "退出码：0 完整；1 没有账本、导出目录、公钥或检查点，或配置有错误；2 用法错误；4 "
        "有内容被改动或无法读取。\n",
    .run = verify_run,
};
