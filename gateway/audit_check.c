/* audit_check: lawcast audit check: whether a receipt holds, without the books.
 * Runs: any. */
#include <errno.h>
#include <string.h>

#include "gateway/audit.h"
#include "gateway/audit/receipt.h"
#include "gateway/audit_trust.h"
#include "gateway/base/lang.h"
#include "gateway/model/phone.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/figure.h"

#define CHECK_MOST (1024 * 1024) /* bytes of a file of receipts */

struct check_order {
    const char *path;
    int64_t number; /* 0: whatever the receipt says */
    bool numbers;
    struct trust trust;
};

/* ---- who has signed ---- */

/* The key to check by: the trusted one that has signed; else the one whose line is there or,
 * failing that, any, so that the check says what is wrong. NULL: none is trusted. */
static const struct sign_public *check_key(const struct trust *trust, const struct receipt *receipt)
{
    const char *note = buffer_text(&receipt->note);
    const struct sign_public *key = trust_signer(trust, SIGN_LOG, note, receipt->note.length);

    for (size_t i = 0; i < trust->n && !key; i++) {
        if (trust->keys[i].type == SIGN_LOG &&
            note_verify(note, receipt->note.length, &trust->keys[i], NULL) == NOTE_FORGED)
            key = &trust->keys[i];
    }
    for (size_t i = 0; i < trust->n && !key; i++) {
        if (trust->keys[i].type == SIGN_LOG)
            key = &trust->keys[i];
    }
    return key;
}

/* With its zone: whoever checks may sit elsewhere than the office. */
static void check_time(int64_t at_ms, char text[static RECEIPT_TIME])
{
    if (!receipt_time(at_ms, text))
        snprintf(text, RECEIPT_TIME, "?");
}

static int check_witness(const struct receipt *receipt, const struct sign_public *witness)
{
    char when[RECEIPT_TIME];
    int64_t time_s = 0;

    if (note_verify(buffer_text(&receipt->note), receipt->note.length, witness, &time_s) !=
        NOTE_GOOD) {
        fprintf(stderr,
                lang("lawcast audit check: %s has not signed what this receipt is proved by.\n",
                     "lawcast audit check：%s 没有会签该回执所依据的检查点。\n"),
                witness->name);
        return COMMAND_MACHINE;
    }
    if (time_s > INT64_MAX / 1000)
        time_s = INT64_MAX / 1000;
    check_time(time_s * 1000, when);
    printf(lang("  Seen by %s at %s.\n", "  %s 于 %s 会签。\n"), witness->name, when);
    return COMMAND_FINE;
}

/* ---- one receipt ---- */

static int check_wrong(enum receipt_verdict verdict)
{
    const char *text = "";

    switch (verdict) {
    case RECEIPT_GOOD:
        return COMMAND_FINE;
    case RECEIPT_OTHER_NUMBER:
        text = lang("the record is not about this number", "记录所指的不是该号码");
        break;
    case RECEIPT_NOT_IN_LOG:
        text =
            lang("the record is not in the log that was signed: it was altered, or its place was",
                 "已签名的账本中没有该记录：记录或其位置被改动");
        break;
    case RECEIPT_OTHER_KEY:
        text = lang("it isn't signed by the key that is trusted", "签名者不是受信任的公钥");
        break;
    case RECEIPT_FORGED:
        text = lang("its signature is wrong", "签名不正确");
        break;
    case RECEIPT_NO_RECORD:
        text = lang("it holds no record of a message or refusal", "其中没有短信或拒收的记录");
        break;
    }
    fprintf(stderr,
            lang("lawcast audit check: the receipt does not hold: %s.\n",
                 "lawcast audit check：回执不成立：%s。\n"),
            text);
    return COMMAND_MACHINE;
}

static void check_print_refusal(const struct receipt_facts *facts, const char *number,
                                const char *record, const char *size)
{
    char when[RECEIPT_TIME];

    check_time(facts->at_ms, when);
    printf(facts->refuses
               ? lang("%s: its refusal was recorded at %s, record %s of %s in the log %s.\n",
                      "%s：已于 %s 登记拒收，第 %s 条记录，共 %s 条，账本 %s。\n")
               : lang("%s: that it takes its refusal back was recorded at %s, record %s of %s in "
                      "the log %s.\n",
                      "%s：已于 %s 登记恢复接收，第 %s 条记录，共 %s 条，账本 %s。\n"),
           number, when, record, size, facts->origin);
}

static void check_print(const struct check_order *order, const struct receipt *receipt,
                        const struct receipt_facts *facts)
{
    char number[24], when[RECEIPT_TIME], record[FIGURE_ROOM], size[FIGURE_ROOM];

    phone_mask(receipt->number, number);
    if (order->numbers)
        snprintf(number, sizeof number, "%lld", (long long)receipt->number);
    check_time(facts->at_ms, when);
    figure_count((int64_t)receipt->index + 1, record);
    figure_count((int64_t)facts->size, size);
    if (facts->about == RECEIPT_REFUSAL) {
        check_print_refusal(facts, number, record, size);
        return;
    }
    printf(lang("%s: %s at %s.\n  Message %lld of the campaign %s (%s), unit %s (%s).\n",
                "%s：%s，%s。\n  第 %lld 号短信，任务 %s（%s），单位 %s（%s）。\n"),
           number, delivery_state_label(facts->state), when, (long long)facts->delivery,
           receipt->campaign, receipt->title, receipt->unit, receipt->name);
    printf(
        lang("  Record %s of %s in the log %s, which knows the campaign as %lld and the unit as "
             "%lld: their names are the receipt's own words.\n",
             "  第 %s 条记录，共 %s 条，账本 %s；账本中任务编号 %lld、单位编号 %lld，名称以回执所写"
             "为准。\n"),
        record, size, facts->origin, (long long)facts->campaign, (long long)facts->unit);
}

static int check_one(const struct check_order *order, const struct receipt *receipt)
{
    const struct sign_public *key = check_key(&order->trust, receipt);
    struct receipt_facts facts;
    int result = check_wrong(receipt_check(receipt, key, &facts));

    if (result != COMMAND_FINE)
        return result;
    if (order->number && order->number != receipt->number)
        return check_wrong(RECEIPT_OTHER_NUMBER);
    if (rehearsed_is(facts.origin))
        fputs(rehearsed_note(), stdout);
    check_print(order, receipt, &facts);
    if (key)
        printf(lang("  Signed by %s+%02x%02x%02x%02x, which is trusted here.\n",
                    "  由受信任的公钥 %s+%02x%02x%02x%02x 签名。\n"),
               key->name, key->id[0], key->id[1], key->id[2], key->id[3]);
    else
        printf(
            lang("  Signed by %s. That key stands in the receipt itself: compare it with the one "
                 "that the office has published, or name that one with --key.\n",
                 "  由 %s 签名。该公钥来自回执本身：请与发布单位公布的公钥核对，或用 --key "
                 "指定。\n"),
            receipt->public);
    for (size_t i = 0; i < order->trust.n; i++) {
        if (order->trust.keys[i].type == SIGN_WITNESS &&
            check_witness(receipt, &order->trust.keys[i]) != COMMAND_FINE)
            result = COMMAND_MACHINE;
    }
    return result;
}

/* ---- the file ---- */

static int check_unread(const struct check_order *order, int rc)
{
    fprintf(stderr,
            rc ? lang("lawcast audit check: %s can't be read: %s.\n",
                      "lawcast audit check：无法读取 %s：%s。\n")
               : lang("lawcast audit check: %s is no receipt, or not whole%s.\n",
                      "lawcast audit check：%s 不是回执，或不完整%s。\n"),
            order->path, rc ? lang_error(rc) : "");
    return COMMAND_REFUSED;
}

/* By its first line it is a receipt, but not as any was ever written. */
static int check_altered(const struct check_order *order, const char *text, size_t length)
{
    const size_t title = strlen(RECEIPT_TITLE);

    if (length < title || memcmp(text, RECEIPT_TITLE, title) != 0)
        return check_unread(order, 0);
    fprintf(stderr,
            lang("lawcast audit check: the receipt in %s does not hold: it was altered, or cut "
                 "short: its lines don't say what its record says.\n",
                 "lawcast audit check：%s 中的回执不成立：内容被改动或不完整，与其记录不符。\n"),
            order->path);
    return COMMAND_MACHINE;
}

static int check_go(const struct check_order *order)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    RECEIPT_FREE_LATER struct receipt receipt = {0};
    int rc = buffer_read_file(&text, order->path, CHECK_MOST), result = COMMAND_FINE;
    size_t at = 0;

    if (rc < 0 || !text.length)
        return check_unread(order, rc);
    while (at < text.length) {
        size_t length = receipt_extent(text.data + at, text.length - at);
        int one;

        if (receipt_read(text.data + at, length, &receipt))
            return check_altered(order, text.data + at, length);
        one = check_one(order, &receipt);
        if (one != COMMAND_FINE)
            result = one;
        at += length;
    }
    return result;
}

/* ---- the command ---- */

static int check_take_number(struct check_order *order, const char *word)
{
    char fault[PHONE_FAULT];
    enum phone_class class = phone_parse(word, strlen(word), &order->number);

    if (class == PHONE_MOBILE)
        return COMMAND_FINE;
    phone_class_fault(class, fault);
    fprintf(stderr, "lawcast audit check: %s\n", fault);
    return COMMAND_REFUSED;
}

static int check_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"number", required_argument, NULL, 'N'},
        {"key", required_argument, NULL, 'k'},
        {"numbers", no_argument, NULL, 'n'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct check_order order = {0};
    int option, result = COMMAND_FINE;

    while ((option = command_next_option(argc, argv, ":k:h", options)) != -1) {
        switch (option) {
        case 'N':
            result = check_take_number(&order, optarg);
            break;
        case 'k':
            result = trust_add(&order.trust, &audit_check, optarg);
            break;
        case 'n':
            order.numbers = true;
            break;
        default:
            return command_bad_option(&audit_check, option, argv);
        }
        if (result != COMMAND_FINE)
            return result;
    }
    if (argc - optind != 1)
        return command_misused(&audit_check, "%s", lang("Name one file.", "请写一个文件。"));
    order.path = argv[optind];
    return check_go(&order);
}

const struct command audit_check = {
    .name = "audit check",
    .help_en = "Check a receipt of audit prove or optout prove, without the books.",
    .help_zh = "脱离账本校验 audit prove 或 optout prove 开具的回执。",
    .usage = "RECEIPT [--number N] [--key PUBLIC]...",
    .long_en =
        "Says what a receipt proves, if it holds: that its record means the number, is in the log, "
        "and\n"
        "that the log was signed. A file may hold several receipts.\n"
        "      --number N   it must be about this number\n"
        "  -k, --key PUBLIC the office's public key (lawcast audit key prints it), or a file of "
        "keys; that\n"
        "                   of another office, when it must have co-signed. Without the office's, "
        "the\n"
        "                   receipt's own is taken, which proves only that nothing was altered\n"
        "      --numbers    say numbers in full\n\n"
        "Exit codes: 0 holds; 1 no receipt; 2 wrong usage; 4 does not hold.\n",
    .long_zh =
        "回执成立时说明它证明了什么：记录指的就是该号码、记录在账本中、账本已签名。\n"
        "一个文件可以包含多份回执。\n"
        "      --number 号码  回执必须是关于该号码的\n"
        "  -k, --key 公钥     发布单位的公钥（用 lawcast audit key "
        "打印），或公钥文件；要求其他单位\n"
        "                     会签时写该单位的公钥。不写发布单位公钥时用回执自带的公钥，只能证明\n"
        "                     内容未被改动\n"
        "      --numbers      显示完整号码\n\n"
        "退出码：0 成立；1 不是回执；2 用法错误；4 不成立。\n",
    .run = check_run,
};
