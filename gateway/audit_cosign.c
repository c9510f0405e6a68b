/* audit_cosign: lawcast audit cosign: another office signs that it has seen a checkpoint.
 * Runs: any. It runs where the books are not.
 *
 * Beside that office's key lies the last checkpoint that it has signed of each log: it signs no
 * other one of that log until it is proved that this one only adds to it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/audit.h"
#include "gateway/audit/bundle_read.h"
#include "gateway/audit/consistency.h"
#include "gateway/audit/prefix.h"
#include "gateway/audit_trust.h"
#include "gateway/base/clock.h"
#include "gateway/base/digest.h"
#include "gateway/base/durable.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"

struct cosign_order {
    const char *path, *key, *name;
    const char *proof;  /* that the log has only grown: a file, or a bundle; NULL: none */
    struct trust trust; /* of the log */
};

/* What the office has signed last of this log, and what it is to sign. */
struct cosign_pair {
    const char *seen; /* the file */
    struct buffer note;
    struct checkpoint before, now;
};

static int cosign_bad_file(const char *path, int rc)
{
    fprintf(stderr, lang("lawcast audit cosign: %s: %s.\n", "lawcast audit cosign：%s：%s。\n"),
            path, lang_error(rc));
    return rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE;
}

/* ---- the office's key ---- */

static int cosign_no_key(const struct cosign_order *order, int rc)
{
    if (rc == 1)
        fprintf(stderr,
                lang("lawcast audit cosign: %s is no signing key.\n",
                     "lawcast audit cosign：%s 不是签名密钥。\n"),
                order->key);
    else if (rc == 2)
        fprintf(stderr,
                lang("lawcast audit cosign: others may read %s: run chmod 400 on it.\n",
                     "lawcast audit cosign：其他用户可以读取 %s：请执行 chmod 400。\n"),
                order->key);
    else if (rc == -ENOENT)
        fprintf(stderr,
                lang("lawcast audit cosign: there is no key %s. To make one, say with --name what "
                     "your office is called, for example --name court.example.\n",
                     "lawcast audit cosign：没有密钥 %s。如要新建，请用 --name "
                     "写明贵单位的名称，例如 --name court.example。\n"),
                order->key);
    else
        return cosign_bad_file(order->key, rc);
    return COMMAND_REFUSED;
}

static int cosign_make_key(const struct cosign_order *order, struct sign_key **out)
{
    int rc;

    *out = sign_key_make(order->name);
    if (!*out) {
        fprintf(
            stderr,
            lang("lawcast audit cosign: \"%s\" can't be a name: no blanks, no \"+\", at most 127 "
                 "bytes.\n",
                 "lawcast audit cosign：%s 不能用作名称：不能有空格和“+”，最长 127 字节。\n"),
            order->name);
        return COMMAND_REFUSED;
    }
    rc = sign_key_save(*out, order->key);
    if (rc == 0)
        return COMMAND_FINE;
    sign_key_free(*out);
    *out = NULL;
    return cosign_bad_file(order->key, rc);
}

static int cosign_take_key(const struct cosign_order *order, struct sign_key **out)
{
    int rc = sign_key_load(order->key, out);

    if (rc == -ENOENT && order->name)
        return cosign_make_key(order, out);
    return rc == 0 ? COMMAND_FINE : cosign_no_key(order, rc);
}

/* ---- what the office has seen before ---- */

static char *cosign_seen_path(const struct cosign_order *order, const struct checkpoint *checkpoint)
{
    struct digest digest = digest_of(DIGEST_SHA256, checkpoint->origin, strlen(checkpoint->origin));
    char text[DIGEST_HEX_MOST];

    digest_hex(&digest, text);
    return mem_printf("%s.seen-%.16s", order->key, text);
}

static int cosign_contradicts(const char *seen)
{
    fprintf(
        stderr,
        lang(
            "lawcast audit cosign: this checkpoint contradicts the one that your office has signed "
            "before (%s). Somebody was shown another history: keep both files, and ask for an "
            "explanation. Nothing was signed.\n",
            "lawcast audit cosign：该检查点与贵单位先前会签的检查点（%s）矛盾，说明有人"
            "出示了另一份历史。请保存两份文件并要求对方解释。本次未签名。\n"),
        seen);
    return COMMAND_MACHINE;
}

static int cosign_older(const struct checkpoint *before, const struct checkpoint *now)
{
    fprintf(stderr,
            lang("lawcast audit cosign: your office has signed %" PRIu64
                 " records before, and this "
                 "checkpoint has only %" PRIu64 ": it is an older one. Nothing was signed.\n",
                 "lawcast audit cosign：贵单位先前会签时已有 %" PRIu64
                 " 条记录，而该检查点只有 %" PRIu64 " 条，是较旧的检查点。本次未签名。\n"),
            before->size, now->size);
    return COMMAND_REFUSED;
}

/* ---- that the log has only grown ---- */

static int cosign_unproved(const struct cosign_pair *pair)
{
    fprintf(
        stderr,
        lang("lawcast audit cosign: your office has signed %" PRIu64
             " records of this log before (%s), and this checkpoint has %" PRIu64
             ". That it only adds to them must be proved: ask for a bundle (lawcast audit "
             "export) and say --proof FOLDER, or have the other office run lawcast audit "
             "compare --proof with that file and its books, and say --proof with what it "
             "prints. Nothing was signed.\n",
             "lawcast audit cosign：贵单位先前会签时该账本有 %" PRIu64
             " 条记录（%s），而该检查点有 %" PRIu64
             " 条。必须证明后者只在其后追加：请索取导出目录（lawcast audit export）并加 --proof "
             "目录；或请对方用该文件和账本运行 lawcast audit compare --proof，将其输出存为文件，"
             "并加 --proof 文件。本次未签名。\n"),
        pair->before.size, pair->seen, pair->now.size);
    return COMMAND_REFUSED;
}

static int cosign_other_proof(const struct cosign_order *order, const struct cosign_pair *pair)
{
    fprintf(stderr,
            lang("lawcast audit cosign: %s proves nothing of the %" PRIu64
                 " records that your office has signed (%s) and the %" PRIu64
                 " of this checkpoint: it isn't about these two. Nothing was signed.\n",
                 "lawcast audit cosign：%s 与贵单位先前会签的 %" PRIu64
                 " 条记录（%s）和该检查点的 %" PRIu64 " 条无关，不能作为证明。本次未签名。\n"),
            order->proof, pair->before.size, pair->seen, pair->now.size);
    return COMMAND_REFUSED;
}

static int cosign_prove_by_file(const struct cosign_order *order, const struct cosign_pair *pair)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    struct consistency consistency;
    int rc = buffer_read_file(&text, order->proof, CONSISTENCY_MOST);

    if (rc < 0 && rc != -EFBIG)
        return cosign_bad_file(order->proof, rc);
    if (rc < 0 || consistency_read(buffer_text(&text), text.length, &consistency) ||
        !consistency_is_of(&consistency, &pair->before, &pair->now))
        return cosign_other_proof(order, pair);
    return consistency_holds(&consistency) ? COMMAND_FINE : cosign_contradicts(pair->seen);
}

/* Two beginnings of one log: the shorter is the beginning of the longer. The new one first: a
 * bundle that it doesn't speak of accuses nobody. */
static int cosign_prove_by_log(const struct cosign_order *order, const struct cosign_pair *pair,
                               const struct prefix_log *log)
{
    const struct checkpoint *const both[] = {&pair->now, &pair->before};

    for (size_t i = 0; i < 2; i++) {
        struct prefix_log early = {.size = both[i]->size, .root = both[i]->root};
        struct prefix_result result;
        int rc;

        memcpy(early.origin, both[i]->origin, sizeof early.origin);
        rc = prefix_compare(&early, log, &result);
        if (rc)
            return cosign_bad_file(order->proof, rc < 0 ? rc : -EUCLEAN);
        if (result.verdict == PREFIX_DIFFERS && both[i] == &pair->before)
            return cosign_contradicts(pair->seen);
        if (result.verdict != PREFIX_PROVED)
            return cosign_other_proof(order, pair);
    }
    return COMMAND_FINE;
}

static int cosign_prove_by_bundle(const struct cosign_order *order, const struct cosign_pair *pair)
{
    struct prefix_log log = {0};
    struct bundle *bundle = NULL;
    struct source source;
    char why[512] = "";
    int result, rc;

    if (bundle_open(&bundle, order->proof, why, sizeof why)) {
        fprintf(stderr, "lawcast audit cosign: %s\n", why);
        return COMMAND_REFUSED;
    }
    source_of_bundle(&source, bundle);
    rc = prefix_read(&log, &source);
    result = rc ? cosign_bad_file(order->proof, rc < 0 ? rc : -EUCLEAN)
                : cosign_prove_by_log(order, pair, &log);
    prefix_release(&log);
    bundle_close(bundle);
    return result;
}

static int cosign_prove(const struct cosign_order *order, const struct cosign_pair *pair)
{
    struct stat there;

    if (!order->proof)
        return cosign_unproved(pair);
    return stat(order->proof, &there) == 0 && S_ISDIR(there.st_mode)
               ? cosign_prove_by_bundle(order, pair)
               : cosign_prove_by_file(order, pair);
}

static void cosign_tell_first(const struct checkpoint *now)
{
    fprintf(
        stderr,
        lang("This is the first checkpoint of %s that your office signs with this key: what was "
             "in the log before nobody has compared.\n",
             "这是贵单位用该密钥会签的 %s 的第一个检查点：此前的内容没有与任何检查点比对过。\n"),
        now->origin);
}

static int cosign_compare(const struct cosign_order *order, struct cosign_pair *pair)
{
    int rc = buffer_read_file(&pair->note, pair->seen, NOTE_MOST);

    if (rc == -ENOENT) {
        cosign_tell_first(&pair->now);
        return COMMAND_FINE;
    }
    if (rc < 0 || checkpoint_read(buffer_text(&pair->note), pair->note.length, &pair->before))
        return cosign_bad_file(pair->seen, rc < 0 ? rc : -EBADMSG);
    if (pair->now.size < pair->before.size)
        return cosign_older(&pair->before, &pair->now);
    if (pair->now.size > pair->before.size)
        return cosign_prove(order, pair);
    return merkle_same(&pair->now.root, &pair->before.root) ? COMMAND_FINE
                                                            : cosign_contradicts(pair->seen);
}

/* ---- signing ---- */

static int cosign_check_log(const struct cosign_order *order, const struct buffer *note,
                            const struct checkpoint *checkpoint)
{
    if (!order->trust.n) {
        fprintf(stderr,
                lang("Without --log nobody has looked whether %s itself has signed this.\n",
                     "未指定 --log，因此没有核对该检查点是否确由 %s 签名。\n"),
                checkpoint->origin);
        return COMMAND_FINE;
    }
    if (trust_signer(&order->trust, SIGN_LOG, buffer_text(note), note->length))
        return COMMAND_FINE;
    fprintf(stderr,
            lang("lawcast audit cosign: %s isn't signed by the key of --log. Nothing was signed.\n",
                 "lawcast audit cosign：%s 不是由 --log 指定的公钥签名的。本次未签名。\n"),
            order->path);
    return COMMAND_MACHINE;
}

/* What was seen is noted first: a crash between the two leaves a signature that isn't out yet. */
static int cosign_write(const struct cosign_order *order, const char *seen,
                        const struct buffer *note)
{
    int rc = durable_replace(seen, note->data, note->length, 0600);

    if (rc < 0)
        return cosign_bad_file(seen, rc);
    rc = durable_replace(order->path, note->data, note->length, 0644);
    return rc < 0 ? cosign_bad_file(order->path, rc) : COMMAND_FINE;
}

static void cosign_tell(const struct cosign_order *order, const struct sign_key *key,
                        const struct checkpoint *checkpoint)
{
    struct sign_public public;
    char text[SIGN_TEXT_MOST];

    sign_key_public(key, SIGN_WITNESS, &public);
    sign_public_text(&public, text);
    fprintf(stderr,
            lang("%s is signed: %s has seen %" PRIu64
                 " records of %s. Give it back with this public "
                 "key:\n",
                 "%s 已会签：%s 见证了 %" PRIu64 " 条记录（账本 %s）。请连同以下公钥一并交还：\n"),
            order->path, public.name, checkpoint->size, checkpoint->origin);
    puts(text);
}

static int cosign_sign(const struct cosign_order *order, struct buffer *note,
                       const struct checkpoint *checkpoint)
{
    MEM_FREE_LATER char *seen = cosign_seen_path(order, checkpoint);
    struct cosign_pair pair = {.seen = seen, .now = *checkpoint};
    struct sign_key *key = NULL;
    int result = cosign_check_log(order, note, checkpoint);

    if (result == COMMAND_FINE)
        result = cosign_take_key(order, &key);
    if (result == COMMAND_FINE)
        result = cosign_compare(order, &pair);
    buffer_free(&pair.note);
    if (result == COMMAND_FINE && note_cosign(note, key, clock_wall_ms() / 1000))
        result = cosign_bad_file(order->path, -ENOSPC);
    if (result == COMMAND_FINE)
        result = cosign_write(order, seen, note);
    if (result == COMMAND_FINE)
        cosign_tell(order, key, checkpoint);
    sign_key_free(key);
    return result;
}

static int cosign_go(const struct cosign_order *order)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct checkpoint checkpoint;
    int rc = buffer_read_file(&note, order->path, NOTE_MOST);

    if (rc < 0 && rc != -EFBIG)
        return cosign_bad_file(order->path, rc);
    if (rc < 0 || !note_body(buffer_text(&note), note.length) ||
        checkpoint_read(note.data, note.length, &checkpoint)) {
        fprintf(stderr,
                lang("lawcast audit cosign: %s is no signed checkpoint. lawcast audit checkpoint "
                     "prints one.\n",
                     "lawcast audit cosign：%s 不是已签名的检查点。可用 lawcast audit checkpoint "
                     "打印。\n"),
                order->path);
        return COMMAND_REFUSED;
    }
    return cosign_sign(order, &note, &checkpoint);
}

/* ---- the command ---- */

static int cosign_run(int argc, char **argv)
{
    static const struct option options[] = {
        {"key", required_argument, NULL, 'k'}, {"name", required_argument, NULL, 'n'},
        {"log", required_argument, NULL, 'l'}, {"proof", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},      {0},
    };
    struct cosign_order order = {0};
    int option, result = COMMAND_FINE;

    while ((option = command_next_option(argc, argv, ":k:h", options)) != -1) {
        switch (option) {
        case 'k':
            order.key = optarg;
            break;
        case 'n':
            order.name = optarg;
            break;
        case 'p':
            order.proof = optarg;
            break;
        case 'l':
            result = trust_add(&order.trust, &audit_cosign, optarg);
            break;
        default:
            return command_bad_option(&audit_cosign, option, argv);
        }
        if (result != COMMAND_FINE)
            return result;
    }
    if (argc - optind != 1 || !order.key)
        return command_misused(&audit_cosign, "%s",
                               lang("Name one checkpoint, and with --key your office's key.",
                                    "请写一个检查点文件，并用 --key 指定贵单位的密钥。"));
    order.path = argv[optind];
    return cosign_go(&order);
}

const struct command audit_cosign = {
    .name = "audit cosign",
    .help_en = "Sign, as another office, that you have seen a checkpoint.",
    .help_zh = "以其他单位的名义会签检查点。",
    .usage = "CHECKPOINT --key FILE [--name NAME] [--log PUBLIC] [--proof WHAT]",
    .long_en = "Adds your office's signature to the file, with the time. Whoever has a co-signed "
               "checkpoint\n"
               "knows that the books can't be exchanged for others behind both offices' backs. It "
               "needs no\n"
               "books, and should run on a machine of your own.\n"
               "  -k, --key FILE   your office's key; made when there is none, with --name\n"
               "      --name NAME  what your office is called, without blanks: court.example\n"
               "      --log PUBLIC the public key of the log: it must have signed the checkpoint\n"
               "      --proof WHAT a bundle, or a file with the output of audit compare --proof: "
               "that the\n"
               "                   log has only grown since your office has signed it last\n"
               "FILE.seen-... beside the key remembers what you have signed: what contradicts it, "
               "or isn't\n"
               "proved to go on from it, is refused. The first one is signed as it is.\n\n"
               "Example:\n"
               "  lawcast audit cosign checkpoint.txt --key court.key --name court.example\n\n"
               "Exit codes: 0 signed; 1 refused; 2 wrong usage; 4 a contradiction, or the disk.\n",
    .long_zh =
        "在文件中加入贵单位的签名和时间。检查点经会签后，任何人都无法瞒着两个单位调换账本。\n"
        "不需要账本，应在贵单位自己的机器上执行。\n"
        "  -k, --key 文件   贵单位的密钥；不存在时配合 --name 新建\n"
        "      --name 名称  贵单位的名称，不含空格，例如 court.example\n"
        "      --log 公钥   账本的公钥：检查点必须由它签名\n"
        "      --proof 证明 导出目录，或 audit compare --proof 的输出文件：证明账本自上次会签以来只"
        "有追加\n"
        "密钥旁的 文件.seen-... "
        "记录已会签的内容，与之矛盾或未证明是其延续的检查点会被拒绝。首个检查"
        "点照样会签。\n\n"
        "示例：\n"
        "  lawcast audit cosign checkpoint.txt --key court.key --name court.example\n\n"
        "退出码：0 已会签；1 被拒绝；2 用法错误；4 存在矛盾，或磁盘故障。\n",
    .run = cosign_run,
};
