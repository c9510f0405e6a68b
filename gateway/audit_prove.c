/* audit_prove: lawcast audit prove: what became of the messages to one number, with a receipt for
 * each.
 * Runs: any. Works while a gateway is writing. */
#include <string.h>

#include "gateway/audit.h"
#include "gateway/audit/prove.h"
#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/phone.h"
#include "gateway/report/table.h"
#include "gateway/outfile.h"
#include "gateway/receipt_file.h"

struct prove_order {
    const char *config, *ledger, *campaign, *out;
    int64_t number;
    char masked[24];
};

/* ---- what it says ---- */

static void prove_print_table(const struct prove *prove, FILE *out)
{
    const struct table_column columns[] = {
        {.title = lang("Campaign", "任务")},
        {.title = lang("Unit", "单位")},
        {.title = lang("What became of it", "结果")},
        {.title = lang("When", "时间")},
        {.title = lang("Record", "记录"), .right = true},
    };
    struct table *table = table_new(columns, sizeof columns / sizeof *columns);

    for (size_t i = 0; i < prove->n_messages; i++) {
        const struct prove_message *message = &prove->messages[i];
        char when[20] = "-", record[24] = "-";

        if (message->record) {
            clock_format(message->at_ms, when);
            snprintf(record, sizeof record, "%lld", (long long)message->record);
        }
        table_row(table,
                  (const char *const[]){
                      message->campaign->id, message->unit.code,
                      message->record ? delivery_state_label(message->state) : "-", when, record});
    }
    table_print(table, out);
    table_free(table);
}

/* What was erased can't be excluded. */
static bool prove_is_erased(const struct prove_order *order, const struct prove_campaign *campaign)
{
    return campaign->erased && (!order->campaign || strcmp(order->campaign, campaign->id) == 0);
}

static bool prove_any_erased(const struct prove_order *order, const struct prove *prove)
{
    for (size_t i = 0; i < prove->n_campaigns; i++)
        if (prove_is_erased(order, &prove->campaigns[i]))
            return true;
    return false;
}

static void prove_print_nothing(const struct prove_order *order, const struct prove *prove,
                                FILE *out)
{
    char when[20] = "-";

    if (prove->signed_ms)
        clock_format(prove->signed_ms, when);
    fprintf(
        out,
        prove_any_erased(order, prove)
            ? lang(
                  "These books have no message to %s among those that still have their numbers, up "
                  "to record %lld, written %s. That the books are whole, \"lawcast audit verify\" "
                  "proves.\n",
                  "号码尚存的短信中没有发给 %s 的（截至第 %lld 条，写于 %s）。账本是否完整，由 "
                  "lawcast audit verify 证明。\n")
        : order->campaign
            ? lang("These books have no message to %s in that campaign, up to record %lld, written "
                   "%s. That the books are whole, \"lawcast audit verify\" proves.\n",
                   "账本中该任务没有发给 %s 的短信（截至第 %lld 条，写于 %s）。账本是否完整，由 "
                   "lawcast audit verify 证明。\n")
            : lang("These books have no message to %s, up to record %lld, written %s. That the "
                   "books "
                   "are whole, \"lawcast audit verify\" proves.\n",
                   "账本中没有发给 %s 的短信（截至第 %lld 条，写于 %s）。账本是否完整，由 lawcast "
                   "audit verify 证明。\n"),
        order->masked, (long long)prove->signed_size, when);
}

static void prove_print_erased(const struct prove_order *order, const struct prove *prove,
                               FILE *out)
{
    for (size_t i = 0; i < prove->n_campaigns; i++) {
        const struct prove_campaign *campaign = &prove->campaigns[i];

        if (prove_is_erased(order, campaign))
            fprintf(
                out,
                lang("The numbers of the campaign %s were erased: whether this one was among "
                     "them can't be said any more. Old receipts still hold.\n",
                     "任务 %s "
                     "的号码已按规定删除，无法再确认其中是否有该号码；先前开具的回执仍然有效。\n"),
                campaign->id);
    }
}

static void prove_print(const struct prove_order *order, const struct prove *prove, FILE *out)
{
    bool sent = false;

    if (!prove->n_messages) {
        prove_print_nothing(order, prove, out);
    } else {
        fprintf(out, lang("Messages to %s: %zu\n", "发给 %s 的短信：%zu 条\n"), order->masked,
                prove->n_messages);
        prove_print_table(prove, out);
        for (size_t i = 0; i < prove->n_messages; i++)
            sent |= !prove->messages[i].record || prove_was_sent(prove->messages[i].state);
        if (!sent)
            fputs(lang("None of them was sent.\n", "均未发送。\n"), out);
    }
    prove_print_erased(order, prove, out);
}

/* ---- receipts ---- */

static void prove_write(const struct prove *prove, FILE *out)
{
    for (size_t i = 0; i < prove->n_messages; i++) {
        if (prove->messages[i].receipt)
            fputs(prove->messages[i].receipt, out);
    }
}

static int prove_write_file(const struct prove *prove, const char *path)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    for (size_t i = 0; i < prove->n_messages; i++) {
        if (prove->messages[i].receipt)
            buffer_add_text(&text, prove->messages[i].receipt);
    }
    return receipt_file_write("audit prove", path, &text);
}

static size_t prove_count(const struct prove *prove, enum prove_status status)
{
    size_t n = 0;

    for (size_t i = 0; i < prove->n_messages; i++)
        n += prove->messages[i].status == status;
    return n;
}

/* What has no receipt, and why. */
static int prove_judge(const struct prove *prove)
{
    size_t damaged = prove_count(prove, PROVE_DAMAGED);
    size_t unsigned_yet = prove_count(prove, PROVE_UNSIGNED);

    if (damaged)
        fprintf(
            stderr,
            lang("lawcast audit prove: the books contradict what was signed, or have no record, of "
                 "this many messages: %zu. lawcast audit verify tells where.\n",
                 "lawcast audit prove：有 %zu 条短信，账本与已签名的内容不符，或缺少记录。请用 "
                 "lawcast audit verify 查明。\n"),
            damaged);
    if (unsigned_yet)
        fprintf(stderr,
                lang("lawcast audit prove: messages whose last record isn't signed yet: %zu. Ask "
                     "again in ten seconds.\n",
                     "lawcast audit prove：有 %zu 条短信的最新记录尚未签名，请十秒后再试。\n"),
                unsigned_yet);
    return damaged ? COMMAND_MACHINE : unsigned_yet ? COMMAND_SHORT : COMMAND_FINE;
}

/* The receipts go to standard output unless they have a file; then what is said goes there. */
static int prove_tell(const struct prove_order *order, const struct prove *prove)
{
    size_t n = prove_count(prove, PROVE_PROVED);
    int result = COMMAND_FINE;

    prove_print(order, prove, order->out || !prove->n_messages ? stdout : stderr);
    if (n && order->out) {
        result = prove_write_file(prove, order->out);
        if (result == COMMAND_FINE)
            printf(lang("Receipts in %s: %zu. lawcast audit check reads them without the books.\n",
                        "%s 中的回执：%zu 份，可用 lawcast audit check 脱离账本校验。\n"),
                   order->out, n);
    } else {
        prove_write(prove, stdout);
    }
    return result == COMMAND_FINE ? prove_judge(prove) : result;
}

/* ---- the command ---- */

static int prove_failed(const struct prove_order *order, int rc)
{
    if (rc == 1)
        fprintf(stderr,
                lang("lawcast audit prove: the books have no campaign \"%s\". \"lawcast status\" "
                     "lists them.\n",
                     "lawcast audit prove：账本中没有任务 %s。可用 lawcast status 查看。\n"),
                order->campaign);
    else
        fputs(lang("lawcast audit prove: the books can't be read just now. Try again.\n",
                   "lawcast audit prove：暂时无法读取账本，请重试。\n"),
              stderr);
    return rc == 1 ? COMMAND_REFUSED : COMMAND_MACHINE;
}

static int prove_go(const struct prove_order *order)
{
    MEM_FREE_LATER char *ledger = NULL;
    struct books *books;
    struct prove prove;
    int result = command_ledger(order->config, order->ledger, &ledger), rc;

    if (result == COMMAND_FINE && order->out)
        result = outfile_check("audit prove", order->out, ledger, OUTFILE_NEW);
    if (result == COMMAND_FINE)
        result = command_open_books(NULL, ledger, &books);
    if (result != COMMAND_FINE)
        return result;
    rc = prove_number(books, order->number, order->campaign, &prove);
    command_tell_rehearsal(books, order->out || !prove.n_messages ? stdout : stderr);
    result = rc == 0 ? prove_tell(order, &prove) : prove_failed(order, rc);
    prove_release(&prove);
    books_close(books);
    return result;
}

static int prove_take_number(struct prove_order *order, const char *word, bool numbers)
{
    char fault[PHONE_FAULT];
    enum phone_class class = phone_parse(word, strlen(word), &order->number);

    if (class != PHONE_MOBILE) {
        phone_class_fault(class, fault);
        fprintf(stderr, "lawcast audit prove: %s\n", fault);
        return COMMAND_REFUSED;
    }
    phone_mask(order->number, order->masked);
    if (numbers)
        snprintf(order->masked, sizeof order->masked, "%lld",
                 (long long)(order->number % INT64_C(100000000000)));
    return COMMAND_FINE;
}

static int prove_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"ledger", required_argument, NULL, 'l'},
        {"campaign", required_argument, NULL, 'C'},
        {"out", required_argument, NULL, 'o'},
        {"numbers", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct prove_order order = {0};
    bool numbers = false;
    int option, result;

    while ((option = command_next_option(argc, argv, ":c:o:h", options)) != -1) {
        switch (option) {
        case 'c':
            order.config = optarg;
            break;
        case 'l':
            order.ledger = optarg;
            break;
        case 'C':
            order.campaign = optarg;
            break;
        case 'o':
            order.out = optarg;
            break;
        case 'n':
            numbers = true;
            break;
        default:
            return command_bad_option(&audit_prove, option, argv);
        }
    }
    if (argc - optind != 1)
        return command_misused(&audit_prove, "%s", lang("Name one number.", "请写一个号码。"));
    result = prove_take_number(&order, argv[optind], numbers);
    return result == COMMAND_FINE ? prove_go(&order) : result;
}

const struct command audit_prove = {
    .name = "audit prove",
    .help_en = "What became of the messages to one number, with receipts.",
    .help_zh = "查明发给某个号码的短信结果，并开具回执。",
    .usage = "NUMBER [--campaign ID] [--out FILE]",
    .long_en = "Lists every message to the number, and makes a receipt of less than 2 KB for each: "
               "the record\n"
               "that ended it, the proof that this record is in the signed log, and what shows "
               "that it means\n"
               "this number. Whoever has the office's public key can check it without the books.\n"
               "  --campaign ID   only the messages of this campaign\n"
               "  -o, --out FILE  the receipts go there (never over another file); without it, to "
               "standard\n"
               "                  output, and the list to standard error\n"
               "      --numbers   say the number in full; receipts always do\n"
               "      --ledger FILE, -c, --config FILE   the books, or the configuration that "
               "names them\n\n"
               "Example:\n"
               "  lawcast audit prove 13800000001 --out receipt.txt\n\n"
               "Exit codes: 0 answered; 1 no such campaign, no books, or FILE is there; 2 wrong "
               "usage; 3 not\n"
               "signed yet; 4 the books can't be read, or contradict what was signed.\n",
    .long_zh = "列出发给该号码的每条短信，并为每条开具一份不到 2 KB "
               "的回执：结束该短信的记录、该记录在已签名\n"
               "账本中的证明，以及证明该记录指的就是这个号码的数据。持有本单位公钥的任何人都可脱离"
               "账本校验。\n"
               "  --campaign 代号     只看这个任务\n"
               "  -o, --out 文件      "
               "回执写入该文件（不覆盖已有文件）；省略时写到标准输出，列表写到标准错误\n"
               "      --numbers       显示完整号码；回执中始终是完整号码\n"
               "      --ledger 文件, -c, --config 文件   账本，或指明账本的配置文件\n\n"
               "示例：\n"
               "  lawcast audit prove 13800000001 --out receipt.txt\n\n"
               "退出码：0 已答复；1 没有此任务、没有账本或文件已存在；2 用法错误；3 尚未签名；\n"
               "4 账本无法读取，或与已签名的内容不符。\n",
    .run = prove_run,
};
