/* cmd_optout: lawcast optout: who wants no messages: by hand, from lists, and how the books know.
 * Runs: any. Writes through the running gateway; without one, into the books itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"
#include "gateway/model/phone.h"
#include "gateway/optout.h"

static int optout_bad_note(const char *note)
{
    return command_misused(&command_optout,
                           lang("A note is text without control characters, of at most %d bytes; "
                                "this one has %zu.",
                                "备注应为不含控制字符的文字，最多 %d 字节；现有 %zu 字节。"),
                           OPTOUT_NOTE_MAX, strlen(note));
}

/* Without a configuration to vouch for the path a typing error would make books, and the one who
 * refuses would stand in those. */
static int optout_no_books(const struct optout_job *job)
{
    fprintf(stderr,
            lang("lawcast optout: there are no books at %s yet: check the path; lawcast audit key "
                 "--begin makes new ones.\n",
                 "lawcast optout：%s 处还没有账本：请检查路径；新建账本请用 lawcast audit key "
                 "--begin。\n"),
            job->ledger);
    return COMMAND_REFUSED;
}

static void optout_tell_made(const struct optout_job *job)
{
    fprintf(stderr,
            lang("New books were made at %s. Their secret key is %s.key: keep a copy in a safe "
                 "place; lawcast audit key prints the public one for the auditor.\n",
                 "已在 %s 新建账本，签名私钥为 %s.key：请另存一份妥善保管；用 lawcast audit key "
                 "打印公钥交审计人员。\n"),
            job->ledger, job->ledger);
}

/* ---- one number ---- */

static void optout_tell_added(const struct optout_job *job, const struct ledger_op *op,
                              const char *number)
{
    (void)job;
    if (!op->refuse.changed)
        printf(
            lang("%s refused already: nothing has changed.\n", "%s 此前已登记拒收，没有变化。\n"),
            number);
    else
        printf(lang("%s gets no messages from now on, of any unit. Messages that were open for it "
                    "and are suppressed: %lld.\n",
                    "%s 已登记拒收，各单位均不再向其发送。已取消待发短信：%lld 条。\n"),
               number, (long long)op->refuse.suppressed);
}

static void optout_tell_removed(const struct optout_job *job, const struct ledger_op *op,
                                const char *number)
{
    (void)job;
    if (!op->refuse.changed)
        printf(lang("%s doesn't refuse: nothing has changed.\n", "%s 未登记拒收，没有变化。\n"),
               number);
    else
        printf(lang("%s gets messages again, from the next campaign on. What was suppressed stays "
                    "so.\n",
                    "%s 已恢复接收，自下一次任务起生效；已取消的短信不再补发。\n"),
               number);
}

static int optout_one(const struct optout_job *job, bool lift)
{
    char mask[24];
    struct optout_road road = {.job = job};
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = &job->number,
                                      .n = 1,
                                      .lift = lift,
                                      .source = REFUSAL_COMMAND,
                                      .note = job->note ? job->note : ""}};
    int result = optout_road_send(&road, &op);

    optout_road_close(&road);
    if (result != COMMAND_FINE)
        return result;
    optout_show_number(job, job->number, mask);
    (lift ? optout_tell_removed : optout_tell_added)(job, &op, mask);
    return COMMAND_FINE;
}

static int optout_add(const struct optout_job *job)
{
    return optout_one(job, false);
}

static int optout_remove(const struct optout_job *job)
{
    if (!job->note || !*job->note)
        return command_misused(&command_optout, "%s",
                               lang("Say with --note who asked for it, and how: it must be proved "
                                    "later.",
                                    "请用 --note 写明是谁、以何种方式要求恢复的，以备查证。"));
    return optout_one(job, true);
}

/* ---- the command ---- */

static const struct optout_verb {
    const char *name;
    int (*run)(const struct optout_job *job);
    bool number, file; /* what follows */
    bool books;        /* there must be some */
} optout_verbs[] = {
    {"add", optout_add, .number = true},
    {"remove", optout_remove, .number = true, .books = true},
    {"import", optout_import, .file = true},
    {"list", optout_list, .books = true},
    {"prove", optout_prove, .number = true, .books = true},
};

static const struct optout_verb *optout_find_verb(const char *word)
{
    for (size_t i = 0; i < sizeof optout_verbs / sizeof *optout_verbs; i++)
        if (strcmp(optout_verbs[i].name, word) == 0)
            return &optout_verbs[i];
    return NULL;
}

static int optout_take_number(struct optout_job *job, const char *word)
{
    char fault[PHONE_FAULT];
    enum phone_class class = phone_parse(word, strlen(word), &job->number);

    if (class == PHONE_MOBILE)
        return COMMAND_FINE;
    phone_class_fault(class, fault);
    fprintf(stderr, "lawcast optout: %s\n", fault);
    return COMMAND_REFUSED;
}

/* Where the books are, and off. */
static int optout_begin(struct optout_job *job, const struct optout_verb *verb)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = job->ledger ? COMMAND_FINE : command_read_office(job->config, &diag, &office);
    bool anew;

    command_tell_errors(&diag);
    diag_free(&diag);
    if (result == COMMAND_FINE && office)
        job->ledger = office->ledger_path;
    anew = result == COMMAND_FINE && access(job->ledger, F_OK);
    if (anew && (verb->books || !office))
        result = optout_no_books(job);
    if (result == COMMAND_FINE)
        result = verb->run(job);
    if (result == COMMAND_FINE && anew)
        optout_tell_made(job);
    command_free_office(office);
    return result;
}

static int optout_words(struct optout_job *job, int n, char **words)
{
    const struct optout_verb *verb = n ? optout_find_verb(words[0]) : NULL;
    int result = COMMAND_FINE;

    if (!n)
        return command_misused(&command_optout, "%s",
                               lang("Say what to do: add, remove, import, list or prove.",
                                    "请写明操作：add、remove、import、list 或 prove。"));
    if (!verb)
        return command_misused(&command_optout,
                               lang("\"%s\" is neither add, remove, import, list nor prove.",
                                    "%s：只能是 add、remove、import、list 或 prove。"),
                               words[0]);
    if (n != 1 + (verb->number || verb->file))
        return command_misused(&command_optout, "%s",
                               verb->number ? lang("Name one number.", "请写一个号码。")
                               : verb->file
                                   ? lang("Name one file.", "请写一个文件。")
                                   : lang("list stands alone.", "list 后面不能再写别的。"));
    if (verb->number)
        result = optout_take_number(job, words[1]);
    else if (verb->file)
        job->file = words[1];
    return result == COMMAND_FINE ? optout_begin(job, verb) : result;
}

static int optout_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"note", required_argument, NULL, 'n'},   {"out", required_argument, NULL, 'o'},
        {"numbers", no_argument, NULL, 'N'},      {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {0}};
    struct optout_job job = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:o:h", options)) != -1) {
        if (option == 'c')
            job.config = optarg;
        else if (option == 'l')
            job.ledger = optarg;
        else if (option == 'n')
            job.note = optarg;
        else if (option == 'o')
            job.out = optarg;
        else if (option == 'N')
            job.numbers = true;
        else if (option == 'j')
            job.json = true;
        else
            return command_bad_option(&command_optout, option, argv);
    }
    if (job.note && !optout_note_is_fine(job.note))
        return optout_bad_note(job.note);
    return optout_words(&job, argc - optind, argv + optind);
}

const struct command command_optout = {
    .name = "optout",
    .help_en = "Keep the list of people who want no messages.",
    .help_zh = "管理拒收名单。",
    .usage = "[-c FILE | --ledger PATH] add NUMBER [--note TEXT] |\n"
             "                      remove NUMBER --note TEXT | import FILE [--note TEXT] |\n"
             "                      list [--numbers] [--json] |\n"
             "                      prove NUMBER [--out FILE] [--json]",
    .long_en =
        "Who refuses gets nothing any more, of any unit, in any campaign: from the instant\n"
        "at which the books have it. What was open for the number is suppressed. Refusals by\n"
        "reply (TD, 退订) are entered by the gateway itself. Works while a gateway runs.\n"
        "Every refusal, and every one that is taken back, is a record of the journal. The\n"
        "list outlives its campaigns and is not touched by lawcast erase, because it must be\n"
        "honoured.\n\n"
        "  add NUMBER          by hand; --note: who asked, and how\n"
        "  remove NUMBER       it wants messages again, from the next campaign on; --note is\n"
        "                      required\n"
        "  import FILE         a CSV list with a column of numbers (手机号, phone); twice\n"
        "                      the same list changes nothing\n"
        "  list                since when, how, and the note\n"
        "  prove NUMBER        its history, and that nothing was sent after the refusal\n\n"
        "      --note TEXT     evidence that is kept with the refusal in these books; records and\n"
        "                      bundles hold only a tag, which proves it unaltered\n"
        "  -o, --out FILE      prove: receipts that each refusal is in the signed log, for "
        "lawcast\n"
        "                      audit check; with the full number, never over another file\n"
        "      --numbers       shows numbers in full; else 138****1234\n"
        "      --json          for programs (list, prove)\n"
        "  -c, --config FILE   configuration; else conf/lawcast.cfg, then\n"
        "                      /etc/lawcast/lawcast.cfg\n"
        "      --ledger PATH   the books themselves, instead of a configuration\n"
        "  -h, --help          this text\n\n"
        "Examples:\n"
        "  lawcast optout add 13800001234 --note '12345 hotline, order 20261031-17'\n"
        "  lawcast optout import refused-2025.csv --note 'list of the city office'\n"
        "  lawcast optout prove 13800001234 --out receipt.txt\n\n"
        "Exit codes: 0 fine; 1 a wrong number, or wrong rows in the file (the others are\n"
        "entered), or FILE is there; 2 wrong usage; 3 not signed yet; 4 the books can't be read\n"
        "or written, contradict what was signed, or something was sent after a refusal.\n",
    .long_zh =
        "拒收的号码自记入账本之时起，任何单位、任何任务都不再向其发送；待发的短信随即取消。\n"
        "回复 TD、退订等的，由网关自动登记。网关运行时也可使用本命令。每次登记和恢复都写入\n"
        "记录。拒收名单长期有效，不随 lawcast erase 删除，否则无法继续遵守。\n\n"
        "  add 号码            人工登记；--note 写明何人以何种方式提出\n"
        "  remove 号码         恢复接收，自下一次任务起生效；必须写 --note\n"
        "  import 文件         导入 CSV 名单（须有 手机号 或 phone 列）；重复导入没有影响\n"
        "  list                登记时间、来源和备注\n"
        "  prove 号码          该号码的登记经过，并核实登记之后没有再发送\n\n"
        "      --note 文字     随登记保存在账本中的凭据；记录和导出包只含其标签，可证明未被改动\n"
        "  -o, --out 文件      prove：开具每次登记已在签名账本中的回执，可用 lawcast audit check\n"
        "                      校验；其中是完整号码，不覆盖已有文件\n"
        "      --numbers       显示完整号码；默认为 138****1234\n"
        "      --json          供程序使用（list、prove）\n"
        "  -c, --config 文件   配置文件；默认 conf/lawcast.cfg，\n"
        "                      其次 /etc/lawcast/lawcast.cfg\n"
        "      --ledger 路径   直接指定账本，不用配置文件\n"
        "  -h, --help          本说明\n\n"
        "示例：\n"
        "  lawcast optout add 13800001234 --note '12345 热线工单 20261031-17'\n"
        "  lawcast optout import refused-2025.csv --note '市里下发名单'\n"
        "  lawcast optout prove 13800001234 --out receipt.txt\n\n"
        "退出码：0 正常；1 号码有误、文件中有错误的行（其余照常导入）或文件已存在；2 用法错误；\n"
        "3 尚未签名；4 账本无法读写、与已签名的内容不符，或登记之后仍有发送。\n",
    .run = optout_run,
};
