/* cmd_approve: lawcast approve: a second person has looked at a campaign, and signs that it may
 * run. Runs: any. Beside a running gateway, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/approval.h"
#include "gateway/approve_road.h"
#include "gateway/base/clock.h"
#include "gateway/base/durable.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/command.h"
#include "gateway/files.h"
#include "gateway/model/contact.h"
#include "gateway/outfile.h"
#include "gateway/report/figure.h"
#include "gateway/report/table.h"

struct approve_order {
    const char *config, *campaign;
    const char *key;       /* sign with this one */
    const char *new_key;   /* make one */
    const char *name;      /* whose */
    const char *add, *out; /* notes: to be handed in; to be written instead of handed in */
    bool check, yes;
};

static int approve_bad_file(const char *path, int rc)
{
    fprintf(stderr, lang("lawcast approve: %s: %s.\n", "lawcast approve：%s：%s。\n"), path,
            lang_error(rc));
    return rc == -ENOENT || rc == -EEXIST ? COMMAND_REFUSED : COMMAND_MACHINE;
}

/* ---- a key ---- */

static void approve_print_key(const struct sign_key *key, const char *name, const char *path)
{
    struct sign_public public;
    char text[SIGN_TEXT_MOST];

    sign_key_public(key, SIGN_LOG, &public);
    sign_public_text(&public, text);
    fprintf(stderr,
            lang("%s is your key: keep it where nobody else can read it, best on a stick of your "
                 "own. Whoever keeps the configuration writes this into approval.approvers:\n",
                 "%s 是您的密钥：请妥善保管，勿让他人读取，最好存放在自己的 U "
                 "盘上。请配置管理员将下行写入 approval.approvers：\n"),
            path);
    printf("{ name = \"%s\"; key = \"%s\"; }\n", name, text);
}

static int approve_make_key(const struct approve_order *order)
{
    struct sign_key *key;
    int rc;

    if (!approval_is_name(order->name) || strpbrk(order->name, "\"\\")) {
        fputs(lang("lawcast approve: --name takes your name as the configuration is to have it, at "
                   "most 127 bytes.\n",
                   "lawcast approve：--name 填写配置文件中所用的姓名，最长 127 字节。\n"),
              stderr);
        return COMMAND_REFUSED;
    }
    key = sign_key_make_under("approver-");
    rc = sign_key_save(key, order->new_key);
    if (rc == 0)
        approve_print_key(key, order->name, order->new_key);
    sign_key_free(key);
    return rc ? approve_bad_file(order->new_key, rc) : COMMAND_FINE;
}

static int approve_load_key(const char *path, struct sign_key **out)
{
    int rc = sign_key_load(path, out);

    if (rc == 1)
        fprintf(stderr,
                lang("lawcast approve: %s is no key. Make one with --new-key.\n",
                     "lawcast approve：%s 不是密钥。可用 --new-key 生成。\n"),
                path);
    else if (rc == 2)
        fprintf(stderr,
                lang("lawcast approve: others may read %s: run chmod 400 on it.\n",
                     "lawcast approve：其他用户可以读取 %s：请执行 chmod 400。\n"),
                path);
    else if (rc)
        return approve_bad_file(path, rc);
    return rc ? COMMAND_REFUSED : COMMAND_FINE;
}

/* ---- what is approved ---- */

static void approve_print_windows(const struct window *windows, size_t n)
{
    int64_t open_ms = 0;
    char from[20], to[20];

    if (!n)
        return;
    for (size_t i = 0; i < n; i++)
        open_ms += windows[i].to_ms - windows[i].from_ms;
    clock_format(windows[0].from_ms, from);
    clock_format(windows[n - 1].to_ms, to);
    printf(lang("  from %s to %s: %zu windows, %.1f hours\n",
                "  自 %s 至 %s：%zu 个时间窗，共 %.1f 小时\n"),
           from, to, n, (double)open_ms / 3600000);
}

static void approve_print_text(const char *label, const char *text)
{
    BUFFER_FREE_LATER struct buffer clean = BUFFER_NULL;

    table_put_text(&clean, text, 2000, false);
    printf("  %s%s\n", label, buffer_text(&clean));
}

static void approve_print(const struct campaign *campaign, const struct office *office,
                          const char *content)
{
    char count[FIGURE_ROOM];

    approve_print_text("", campaign->title);
    printf(lang("  campaign %s, prepared by %s\n  content %s\n",
                "  任务代号 %s，编制人 %s\n  内容摘要 %s\n"),
           campaign->id, campaign->prepared_by ? campaign->prepared_by : "-", content);
    for (size_t i = 0; i < campaign->n_orders; i++) {
        const struct order *order = &campaign->orders[i];

        figure_count(order->quota, count);
        printf(lang("\n%s: %s messages\n", "\n%s：%s 条\n"), office->units[order->unit].name,
               count);
        approve_print_windows(order->windows, order->n_windows);
        approve_print_text(lang("Text: ", "内容："), order->text);
    }
    for (size_t i = 0; i < campaign->n_displays; i++) {
        const struct display *display = &campaign->displays[i];

        printf(lang("\nBoards: %zu\n", "\n显示屏：%zu 块\n"), display->n_boards);
        approve_print_windows(display->windows, display->n_windows);
        for (size_t k = 0; k < display->slogans.n; k++)
            approve_print_text(lang("Slogan: ", "标语："), display->slogans.items[k]);
    }
    putchar('\n');
}

/* On a terminal the person says so; elsewhere --yes does. */
static bool approve_is_meant(const struct approve_order *order)
{
    char answer[16] = "";

    if (order->yes)
        return true;
    if (!isatty(STDIN_FILENO)) {
        fputs(lang("lawcast approve: say --yes to sign this.\n",
                   "lawcast approve：确认签署请加 --yes。\n"),
              stderr);
        return false;
    }
    fputs(lang("Do you approve exactly this? yes/no: ", "确认审批以上内容？请输入 yes 或 no："),
          stdout);
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) && strcmp(answer, "yes\n") == 0;
}

/* ---- signing ---- */

static int approve_refuse_signer(const struct approve_order *order, const struct approver *approver,
                                 const struct campaign *campaign)
{
    if (!approver)
        fprintf(stderr,
                lang("lawcast approve: the configuration knows nobody with the key %s: its public "
                     "half has to stand in approval.approvers.\n",
                     "lawcast approve：配置文件中没有与密钥 %s 对应的审批人：请先把公钥写入 "
                     "approval.approvers。\n"),
                order->key);
    else if (!campaign->prepared_by || !contact_is_named(campaign->prepared_by))
        fprintf(stderr,
                lang("%s: who has prepared it isn't told: campaign.prepared_by.\n",
                     "%s：未写明编制人：请填写 campaign.prepared_by。\n"),
                campaign->file);
    else if (approval_is_same(approver->name, campaign->prepared_by))
        fprintf(stderr,
                lang("lawcast approve: %s has prepared this campaign: somebody else has to approve "
                     "it.\n",
                     "lawcast approve：%s 是本任务的编制人，须由他人审批。\n"),
                approver->name);
    else
        return COMMAND_FINE;
    return COMMAND_REFUSED;
}

static void approve_fill(struct approval *approval, const struct campaign *campaign,
                         const struct approver *approver, const char *content)
{
    *approval = (struct approval){0};
    snprintf(approval->campaign, sizeof approval->campaign, "%s", campaign->id);
    snprintf(approval->content, sizeof approval->content, "%s", content);
    snprintf(approval->prepared, sizeof approval->prepared, "%s", campaign->prepared_by);
    snprintf(approval->approver, sizeof approval->approver, "%s", approver->name);
}

static int approve_write(const char *path, const char *ledger, const struct buffer *note)
{
    int result = outfile_check("approve", path, ledger, OUTFILE_NEW), rc;

    if (result != COMMAND_FINE)
        return result;
    rc = access(path, F_OK) == 0 ? -EEXIST
                                 : durable_replace(path, note->data, note->length, S_IRUSR);
    return rc ? approve_bad_file(path, rc) : COMMAND_FINE;
}

static int approve_keep(const struct approve_order *order, const struct office *office,
                        const struct approval *approval, const struct buffer *note)
{
    bool known = false;
    int result = order->out ? approve_write(order->out, office->ledger_path, note)
                            : approve_hand_in(office->ledger_path, approval, note, &known);

    if (result != COMMAND_FINE)
        return result;
    if (order->out)
        printf(lang("Signed by %s: %s. On the gateway: lawcast approve --add %s\n",
                    "%s 已签署：%s。请在网关上执行：lawcast approve --add %s\n"),
               approval->approver, order->out, order->out);
    else
        printf(known ? lang("%s had approved this already; it may run.\n",
                            "%s 此前已审批该内容，可以执行。\n")
                     : lang("Approved by %s: it may run as it is now. Any change needs a new "
                            "approval.\n",
                            "%s 已审批，可按当前内容执行；任何改动都须重新审批。\n"),
               approval->approver);
    return COMMAND_FINE;
}

static int approve_sign(const struct approve_order *order, const struct office *office,
                        const struct campaign *campaign, const char *content)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    const struct approver *approver;
    struct approval approval;
    struct sign_public public;
    struct sign_key *key;
    int result = approve_load_key(order->key, &key);

    if (result != COMMAND_FINE)
        return result;
    sign_key_public(key, SIGN_LOG, &public);
    approver = approval_find(office, &public);
    result = approve_refuse_signer(order, approver, campaign);
    if (result == COMMAND_FINE && !approve_is_meant(order))
        result = COMMAND_REFUSED;
    if (result == COMMAND_FINE) {
        approve_fill(&approval, campaign, approver, content);
        approval_write(&approval, &note);
        note_sign(&note, key);
        result = approve_keep(order, office, &approval, &note);
    }
    sign_key_free(key);
    return result;
}

/* ---- a note that was signed elsewhere ---- */

static int approve_add(const struct approve_order *order, const struct office *office)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct approve_order hand_in = *order;
    enum approval_verdict verdict;
    struct approval approval;
    int rc = buffer_read_file(&note, order->add, NOTE_MOST);

    if (rc)
        return approve_bad_file(order->add, rc);
    verdict = approval_verify(office, buffer_text(&note), note.length, &approval);
    if (verdict != APPROVAL_GOOD) {
        fprintf(stderr, "lawcast approve: %s: %s.\n", order->add, approval_verdict_label(verdict));
        return COMMAND_REFUSED;
    }
    hand_in.out = NULL;
    return approve_keep(&hand_in, office, &approval, &note);
}

/* ---- looking ---- */

static int approve_tell(const struct approve_order *order, const struct files *files)
{
    const struct campaign *campaign = files->campaigns[0];
    struct approval_finding finding;
    struct books *books = NULL;
    char why[256] = "";
    int rc;

    if (books_open(&books, files->office->ledger_path, why, sizeof why))
        books = NULL;
    rc = approval_look(books, campaign, files->office, &finding);
    books_close(books);
    if (rc < 0)
        return approve_bad_file(finding.path ? finding.path : campaign->file, rc);
    approve_print(campaign, files->office, finding.content);
    if (rc)
        printf(lang("Approved by %s (prepared by %s).\n", "已由 %s 审批（编制人 %s）。\n"),
               finding.approval.approver, finding.approval.prepared);
    else
        puts(lang("This content has not been approved. To approve it: --key FILE.",
                  "当前内容尚未审批。审批请加 --key 文件。"));
    if (order->check || !order->key)
        return rc ? COMMAND_FINE : COMMAND_SHORT;
    return approve_sign(order, files->office, campaign, finding.content);
}

static int approve_files(const struct approve_order *order)
{
    struct files files = FILES_NULL;
    char *path = (char *)(uintptr_t)order->campaign;
    int result = files_read(&files, order->config, &path, order->campaign ? 1 : 0);

    diag_print(&files.diag, stderr);
    if (result == COMMAND_FINE)
        result = order->add ? approve_add(order, files.office) : approve_tell(order, &files);
    files_free(&files);
    return result;
}

/* ---- the command ---- */

static int approve_go(const struct approve_order *order, int words)
{
    bool makes = order->new_key != NULL, adds = order->add != NULL;

    if (makes != (order->name != NULL) || (makes && (words || order->key || adds)))
        return command_misused(&command_approve, "%s",
                               lang("To make a key: lawcast approve --new-key FILE --name NAME.",
                                    "生成密钥：lawcast approve --new-key 文件 --name 姓名。"));
    if (makes)
        return approve_make_key(order);
    if (words != (adds ? 0 : 1) || (adds && (order->key || order->out)) ||
        (order->out && !order->key))
        return command_misused(
            &command_approve, "%s",
            lang("Name one campaign, or a signed approval with --add; --out goes with --key.",
                 "请指定一个任务文件，或用 --add 指定已签署的审批文件；--out 须与 --key 同用。"));
    return approve_files(order);
}

static int approve_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},  {"key", required_argument, NULL, 'k'},
        {"new-key", required_argument, NULL, 'n'}, {"name", required_argument, NULL, 'N'},
        {"add", required_argument, NULL, 'a'},     {"out", required_argument, NULL, 'o'},
        {"check", no_argument, NULL, 'C'},         {"yes", no_argument, NULL, 'y'},
        {"help", no_argument, NULL, 'h'},          {0},
    };
    struct approve_order order = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:k:o:yh", options)) != -1) {
        switch (option) {
        case 'c':
            order.config = optarg;
            break;
        case 'k':
            order.key = optarg;
            break;
        case 'n':
            order.new_key = optarg;
            break;
        case 'N':
            order.name = optarg;
            break;
        case 'a':
            order.add = optarg;
            break;
        case 'o':
            order.out = optarg;
            break;
        case 'C':
            order.check = true;
            break;
        case 'y':
            order.yes = true;
            break;
        default:
            return command_bad_option(&command_approve, option, argv);
        }
    }
    order.campaign = optind < argc ? argv[optind] : NULL;
    return approve_go(&order, argc - optind);
}

const struct command command_approve = {
    .name = "approve",
    .help_en = "Look at what a campaign will do, and approve it as a second person.",
    .help_zh = "核对任务内容，并由另一人审批。",
    .usage = "CAMPAIGN [--key FILE] [--out FILE] [--yes] [--check] | --add FILE | --new-key FILE "
             "--name NAME",
    .long_en =
        "Prints what the campaign will do: units, quotas, texts, times, slogans, and the digest "
        "of\n"
        "all this with every list. With --key the second person signs exactly that; it goes into\n"
        "the books, with the names of both. With approval.required in the configuration a\n"
        "campaign only runs when its present content is approved: any change of the file, of a\n"
        "list, of a signature or of the times needs a new approval. Who has prepared the campaign\n"
        "(prepared_by) can't approve it.\n\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"
        "                      /etc/lawcast/lawcast.cfg\n"
        "  -k, --key FILE      the approver's key\n"
        "  -y, --yes           don't ask on the terminal\n"
        "  -o, --out FILE      sign on another machine: the approval goes into this file\n"
        "      --add FILE      and from there into the books\n"
        "      --check         only tell whether it is approved\n"
        "      --new-key FILE  make a key for the person --name; prints what the configuration\n"
        "                      has to know\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast approve campaigns/constitution-day\n"
        "  lawcast approve campaigns/constitution-day --key /media/stick/wang.key\n\n"
        "Exit codes: 0 approved; 1 refused; 2 wrong usage; 3 not approved yet; 4 the books can't\n"
        "be read or written.\n",
    .long_zh =
        "显示任务将要执行的内容：单位、任务数、短信内容、时间、标语，以及上述内容连同全部名单\n"
        "的摘要。加 --key 时由审批人对该内容签名，连同双方姓名记入账本。配置文件写明\n"
        "approval.required 后，任务的当前内容经审批方可执行；任务文件、名单、签名或时间有任何\n"
        "改动，都须重新审批。编制人（prepared_by）不能审批自己的任务。\n\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，其次 /etc/lawcast/lawcast.cfg\n"
        "  -k, --key 文件      审批人的密钥\n"
        "  -y, --yes           不在终端上询问\n"
        "  -o, --out 文件      在另一台机器上签署：审批写入该文件\n"
        "      --add 文件      再由此记入账本\n"
        "      --check         只查看是否已审批\n"
        "      --new-key 文件  为 --name 所指的人生成密钥，并显示应写入配置文件的内容\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast approve campaigns/constitution-day\n"
        "  lawcast approve campaigns/constitution-day --key /media/stick/wang.key\n\n"
        "退出码：0 已审批；1 被拒绝；2 用法错误；3 尚未审批；4 无法读写账本。\n",
    .run = approve_run,
};
