/* audit_checkpoint: lawcast audit checkpoint: what was signed last, to be printed, kept elsewhere
 * and signed by others.
 * Runs: any. Printing works while a gateway is writing; adding does not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/audit.h"
#include "gateway/audit_trust.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_records.h"
#include "gateway/report/qr.h"
#include "gateway/scribe.h"

struct checkpoint_order {
    const char *config, *ledger, *add;
    bool brief, qr;
    struct trust trust; /* --key, and the books' own */
};

struct checkpoint_found {
    uint64_t wanted; /* of this size; UINT64_MAX: the last one */
    struct buffer note;
    int64_t size, at_ms;
};

static int checkpoint_unread(void)
{
    fputs(lang("lawcast audit checkpoint: the books can't be read just now. Try again.\n",
               "lawcast audit checkpoint：暂时无法读取账本，请重试。\n"),
          stderr);
    return COMMAND_MACHINE;
}

/* ---- from the books ---- */

static int checkpoint_take(void *ctx, const struct books_checkpoint *checkpoint)
{
    struct checkpoint_found *found = ctx;

    if (found->wanted != UINT64_MAX && (int64_t)found->wanted != checkpoint->size)
        return 0;
    buffer_clear(&found->note);
    buffer_add_text(&found->note, checkpoint->note);
    found->size = checkpoint->size;
    found->at_ms = checkpoint->at_ms;
    return 0;
}

static int checkpoint_take_key(void *ctx, const struct books_key *key)
{
    struct sign_public public;

    if (sign_public_parse(key->public, &public) == 0)
        (void)trust_add_key(ctx, &public);
    return 0;
}

/* trust: NULL: the books' keys aren't wanted. */
static int checkpoint_find(const char *ledger, struct checkpoint_found *found, struct trust *trust)
{
    struct books *books;
    int result = command_open_books(NULL, ledger, &books), rc;

    if (result != COMMAND_FINE)
        return result;
    rc = books_checkpoints(books, checkpoint_take, found);
    if (rc == 0 && trust)
        rc = books_keys(books, checkpoint_take_key, trust);
    books_close(books);
    return rc < 0 ? checkpoint_unread() : COMMAND_FINE;
}

/* ---- printing ---- */

/* Size, 16 digits of the root, and the day: short enough to be written down by hand. */
static int checkpoint_print_brief(const struct checkpoint_found *found)
{
    struct digest root = {.n = MERKLE_HASH};
    struct checkpoint checkpoint;
    char text[DIGEST_HEX_MOST], when[20];

    if (checkpoint_read(buffer_text(&found->note), found->note.length, &checkpoint))
        return checkpoint_unread();
    memcpy(root.bytes, checkpoint.root.bytes, sizeof checkpoint.root.bytes);
    digest_hex(&root, text);
    clock_format(found->at_ms, when);
    printf("%lld %.16s %.10s\n", (long long)checkpoint.size, text, when);
    return COMMAND_FINE;
}

/* With other offices' lines the code would need more modules than paper shows: they are left out
 * from the end. */
static int checkpoint_print_qr(const struct checkpoint_found *found)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct qr qr;

    if (qr_make_lines(buffer_text(&found->note), found->note.length, &qr))
        return checkpoint_unread();
    qr_draw(&qr, isatty(STDOUT_FILENO), &text);
    qr_free(&qr);
    fputs(buffer_text(&text), stdout);
    return COMMAND_FINE;
}

static int checkpoint_show(const struct checkpoint_order *order, const char *ledger)
{
    struct checkpoint_found found = {.wanted = UINT64_MAX};
    int result = checkpoint_find(ledger, &found, NULL);

    if (result == COMMAND_FINE && !found.note.length) {
        fputs(lang("lawcast audit checkpoint: nothing was signed yet.\n",
                   "lawcast audit checkpoint：尚未签名。\n"),
              stderr);
        result = COMMAND_REFUSED;
    } else if (result == COMMAND_FINE && order->brief) {
        result = checkpoint_print_brief(&found);
    } else if (result == COMMAND_FINE && order->qr) {
        result = checkpoint_print_qr(&found);
    } else if (result == COMMAND_FINE) {
        fputs(buffer_text(&found.note), stdout);
    }
    buffer_free(&found.note);
    return result;
}

/* ---- adding what others have signed ---- */

static int checkpoint_stranger(const struct checkpoint_order *order,
                               const struct note_signer *signer)
{
    fprintf(
        stderr,
        lang("lawcast audit checkpoint: %s is signed by %s, whose key isn't known here. Name it "
             "with --key. Nothing was added.\n",
             "lawcast audit checkpoint：%s 由 %s 签名，但不知道其公钥。请用 --key "
             "指定。本次未添加。\n"),
        order->add, signer->name);
    return COMMAND_REFUSED;
}

static int checkpoint_forged(const struct checkpoint_order *order, const char *name)
{
    fprintf(
        stderr,
        lang("lawcast audit checkpoint: in %s the signature of %s is wrong. Nothing was added.\n",
             "lawcast audit checkpoint：%s 中 %s 的签名不正确。本次未添加。\n"),
        order->add, name);
    return COMMAND_MACHINE;
}

/* Every line is by a key that is known, and right. */
static int checkpoint_check_lines(const struct checkpoint_order *order, const struct buffer *note)
{
    struct note_signer signers[NOTE_SIGNATURES];
    size_t n = note_signers(buffer_text(note), note->length, signers);
    bool logged = false;

    for (size_t i = 0; i < n; i++) {
        const struct sign_public *key = trust_find(&order->trust, &signers[i]);

        if (!key)
            return checkpoint_stranger(order, &signers[i]);
        if (note_verify(note->data, note->length, key, NULL) != NOTE_GOOD)
            return checkpoint_forged(order, signers[i].name);
        logged |= key->type == SIGN_LOG;
    }
    return logged ? COMMAND_FINE : checkpoint_forged(order, lang("the log", "账本"));
}

static int checkpoint_unknown(const struct checkpoint_order *order)
{
    fprintf(
        stderr,
        lang("lawcast audit checkpoint: the books have no checkpoint like that of %s. Is it one "
             "of other books? lawcast audit compare tells more.\n",
             "lawcast audit checkpoint：账本中没有与 %s 相同的检查点。是否属于其他账本？可用 "
             "lawcast "
             "audit compare 查明。\n"),
        order->add);
    return COMMAND_REFUSED;
}

static int checkpoint_post(const struct checkpoint_order *order, const char *ledger,
                           const struct buffer *note)
{
    struct ledger_op op = {.kind = LEDGER_COSIGNED, .cosigned = {.note = buffer_text(note)}};
    struct scribe *scribe;
    int rc;

    if (scribe_open(&scribe, "audit checkpoint", ledger))
        return COMMAND_MACHINE;
    rc = scribe_write(scribe, &op);
    scribe_close(scribe);
    if (rc)
        return rc == LEDGER_NONE ? checkpoint_unknown(order) : COMMAND_MACHINE;
    printf(lang("%s is in the books.\n", "%s 已记入账本。\n"), order->add);
    return COMMAND_FINE;
}

static int checkpoint_add(struct checkpoint_order *order, const char *ledger)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct checkpoint_found found = {0};
    struct checkpoint checkpoint;
    int rc = buffer_read_file(&note, order->add, NOTE_MOST), result;

    if (rc < 0 || !note_body(buffer_text(&note), note.length) ||
        checkpoint_read(note.data, note.length, &checkpoint)) {
        fprintf(stderr,
                lang("lawcast audit checkpoint: %s is no signed checkpoint, or can't be read.\n",
                     "lawcast audit checkpoint：%s 不是已签名的检查点，或无法读取。\n"),
                order->add);
        return COMMAND_REFUSED;
    }
    found.wanted = checkpoint.size;
    result = checkpoint_find(ledger, &found, &order->trust);
    if (result == COMMAND_FINE && note_merge(&found.note, note.data, note.length))
        result = checkpoint_unknown(order);
    if (result == COMMAND_FINE)
        result = checkpoint_check_lines(order, &note);
    if (result == COMMAND_FINE)
        result = checkpoint_post(order, ledger, &note);
    buffer_free(&found.note);
    return result;
}

/* ---- the command ---- */

static int checkpoint_go(struct checkpoint_order *order)
{
    MEM_FREE_LATER char *ledger = NULL;
    int result = command_ledger(order->config, order->ledger, &ledger);

    if (result != COMMAND_FINE)
        return result;
    return order->add ? checkpoint_add(order, ledger) : checkpoint_show(order, ledger);
}

static int checkpoint_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"ledger", required_argument, NULL, 'l'},
        {"add", required_argument, NULL, 'a'},    {"key", required_argument, NULL, 'k'},
        {"short", no_argument, NULL, 's'},        {"qr", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    struct checkpoint_order order = {0};
    int option, result = COMMAND_FINE;

    while ((option = command_next_option(argc, argv, ":c:k:h", options)) != -1) {
        switch (option) {
        case 'c':
            order.config = optarg;
            break;
        case 'l':
            order.ledger = optarg;
            break;
        case 'a':
            order.add = optarg;
            break;
        case 'k':
            result = trust_add(&order.trust, &audit_checkpoint, optarg);
            break;
        case 's':
            order.brief = true;
            break;
        case 'q':
            order.qr = true;
            break;
        default:
            return command_bad_option(&audit_checkpoint, option, argv);
        }
        if (result != COMMAND_FINE)
            return result;
    }
    if (optind < argc || order.brief + order.qr + !!order.add > 1)
        return command_misused(&audit_checkpoint, "%s",
                               lang("It takes no words, and one of --short, --qr and --add.",
                                    "不接受其他参数；--short、--qr 与 --add 只能选一个。"));
    return checkpoint_go(&order);
}

const struct command audit_checkpoint = {
    .name = "audit checkpoint",
    .help_en = "Print what was signed last; add what other offices have signed.",
    .help_zh = "打印最新的检查点；记入其他单位的会签。",
    .usage = "[--short | --qr | --add FILE [--key PUBLIC]...]",
    .long_en =
        "Prints the last signed checkpoint. Whoever has kept one finds out when the books are "
        "exchanged\n"
        "for others later: hand it to the auditor, print it, have another office sign it.\n"
        "      --short      size, 16 digits of the root and the day, to be written down\n"
        "      --qr         as a QR code\n"
        "      --add FILE   puts signatures of other offices (audit cosign) into the books; no "
        "gateway\n"
        "                   may be running\n"
        "  -k, --key PUBLIC the public key of an office that has signed it, or a file of keys\n"
        "      --ledger FILE, -c, --config FILE   the books, or the configuration that names "
        "them\n\n"
        "Example:\n"
        "  lawcast audit checkpoint > checkpoint.txt\n\n"
        "Exit codes: 0 done; 1 no books, nothing signed, or refused; 2 wrong usage; 4 the books "
        "can't be\n"
        "read or written, or a signature is wrong.\n",
    .long_zh =
        "打印最新的已签名检查点。留存检查点的人今后可以发现账本是否被调换：请交给审计人员、打印存档"
        "，\n"
        "或请其他单位会签。\n"
        "      --short      条数、根的前 16 位和日期，便于抄写\n"
        "      --qr         显示为二维码\n"
        "      --add 文件   把其他单位的会签（audit cosign）记入账本；执行时不能有网关在运行\n"
        "  -k, --key 公钥   会签单位的公钥，或公钥文件\n"
        "      --ledger 文件, -c, --config 文件   账本，或指明账本的配置文件\n\n"
        "示例：\n"
        "  lawcast audit checkpoint > checkpoint.txt\n\n"
        "退出码：0 完成；1 没有账本、尚未签名或被拒绝；2 用法错误；4 "
        "账本无法读写，或签名不正确。\n",
    .run = checkpoint_run,
};
