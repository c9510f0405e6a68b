/* audit_compare: lawcast audit compare: are yesterday's books the beginning of today's?
 * Runs: any. Read-only; works while a gateway is writing. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/clock.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/audit/bundle_read.h"
#include "gateway/audit/prefix.h"
#include "gateway/audit.h"
#include "gateway/audit_trust.h"
#include "gateway/report/figure.h"

#define COMPARE_SHOWN 160 /* most bytes of a record that are printed */

/* One of the two that are compared, whatever it is. */
struct compare_side {
    const char *path;
    struct books *books;
    struct bundle *bundle;
    struct buffer note; /* of a checkpoint */
    struct source source;
    struct prefix_log log;
};

static void compare_close(struct compare_side *side)
{
    prefix_release(&side->log);
    bundle_close(side->bundle);
    if (side->books)
        books_let_go(side->books);
    books_close(side->books);
    buffer_free(&side->note);
}

static int compare_unreadable(const struct compare_side *side, const char *why)
{
    fprintf(stderr, "lawcast audit compare: %s: %s\n", side->path, why);
    return COMMAND_MACHINE;
}

static int compare_open_books(struct compare_side *side)
{
    char why[512] = "";
    int rc = books_open(&side->books, side->path, why, sizeof why);

    if (rc) {
        fprintf(stderr, "lawcast audit compare: %s\n", why);
        return rc == -ENOENT ? COMMAND_REFUSED : COMMAND_MACHINE;
    }
    rc = books_hold(side->books);
    source_of_books(&side->source, side->books);
    return rc ? compare_unreadable(side, lang_error(rc)) : COMMAND_FINE;
}

static int compare_open_bundle(struct compare_side *side)
{
    char why[512] = "";

    if (bundle_open(&side->bundle, side->path, why, sizeof why)) {
        fprintf(stderr, "lawcast audit compare: %s\n", why);
        return COMMAND_REFUSED;
    }
    source_of_bundle(&side->source, side->bundle);
    return COMMAND_FINE;
}

static int compare_read(struct compare_side *side, const struct prefix_keys *keys)
{
    int rc = prefix_read(&side->log, &side->source);

    if (rc > 0)
        return compare_unreadable(side, lang("records are missing: see \"lawcast audit verify\"",
                                             "缺少记录：请运行 lawcast audit verify"));
    if (rc < 0)
        return compare_unreadable(side, lang_error(rc));
    rc = prefix_signature(&side->log, keys);
    if (rc == PREFIX_SIGNED)
        return COMMAND_FINE;
    if (rc == PREFIX_FORGED)
        return compare_unreadable(
            side, keys->n ? lang("its last checkpoint is signed by none of the keys that you named "
                                 "with --key (after a change of keys, name both)",
                                 "其最后的检查点不是由 --key 指定的任何公钥签名的（更换过密钥时请"
                                 "同时指定新旧公钥）")
                          : lang("its last checkpoint isn't signed by a key of the log: see "
                                 "\"lawcast audit verify\"",
                                 "其最后的检查点不是由该账本的密钥签名的：请运行 lawcast audit "
                                 "verify"));
    return compare_unreadable(
        side, lang("the records aren't those of its last checkpoint: see \"lawcast audit verify\"",
                   "记录与其最后的检查点不符：请运行 lawcast audit verify"));
}

static int compare_open(struct compare_side *side, const struct prefix_keys *keys)
{
    struct stat there;
    int code;

    if (stat(side->path, &there) < 0) {
        compare_unreadable(side, lang_error(errno));
        return COMMAND_REFUSED;
    }
    if (S_ISREG(there.st_mode) && there.st_size <= NOTE_MOST &&
        buffer_read_file(&side->note, side->path, NOTE_MOST) == 0 &&
        prefix_read_note(&side->log, buffer_text(&side->note), side->note.length) == 0)
        return COMMAND_FINE;
    buffer_clear(&side->note);
    code = S_ISDIR(there.st_mode) ? compare_open_bundle(side) : compare_open_books(side);
    return code == COMMAND_FINE ? compare_read(side, keys) : code;
}

/* ---- what was found ---- */

static void compare_print_hash(const struct merkle_hash *hash)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;

    hex_encode_base64(&text, hash->bytes, sizeof hash->bytes);
    puts(buffer_text(&text));
}

/* Two sizes, two roots, then the hashes: all that RFC 6962, 2.1.2 needs. */
static void compare_print_proof(const struct prefix_log *early, const struct prefix_log *late,
                                const struct merkle_proof *proof)
{
    printf("%s\n%llu %llu\n", early->origin, (unsigned long long)early->size,
           (unsigned long long)late->size);
    compare_print_hash(&early->root);
    compare_print_hash(&late->root);
    for (size_t i = 0; i < proof->n; i++)
        compare_print_hash(&proof->hashes[i]);
}

static int compare_print_record(void *ctx, const struct books_line *line)
{
    BUFFER_FREE_LATER struct buffer room = BUFFER_NULL;
    struct record record;
    char time[20] = "?";

    if (line->line && record_read(line->line, line->length, &room, &record) == 0)
        clock_format(record.at_ms, time);
    fprintf(stderr, "  %s %s: %.*s\n", (const char *)ctx, time,
            (int)(line->length < COMPARE_SHOWN ? line->length : COMPARE_SHOWN),
            line->line ? line->line : "");
    return 0;
}

static int compare_differs(const struct compare_side *sides, int64_t record)
{
    if (!record) {
        fprintf(stderr,
                lang("✕ %s is not the beginning of %s: one of the first %llu records was altered, "
                     "removed or inserted. Which one, an older copy or bundle would tell.\n",
                     "✕ %s 不是 %s 的开头部分：前 %llu 条记录中有记录被改动、删除或插入。"
                     "与旧账本副本或导出目录比较可知是哪一条。\n"),
                sides[0].path, sides[1].path, (unsigned long long)sides[0].log.size);
        return COMMAND_MACHINE;
    }
    fprintf(stderr,
            lang("✕ %s is not the beginning of %s: record %lld is the first that differs.\n",
                 "✕ %s 不是 %s 的开头部分：从第 %lld 条记录起不同。\n"),
            sides[0].path, sides[1].path, (long long)record);
    for (int i = 0; i < 2; i++)
        sides[i].source.lines(sides[i].source.from, record, record, compare_print_record,
                              i ? "NEW" : "OLD");
    return COMMAND_MACHINE;
}

static int compare_older(const struct compare_side *sides)
{
    char sizes[2][FIGURE_ROOM];

    for (int i = 0; i < 2; i++)
        figure_count((int64_t)sides[i].log.size, sizes[i]);
    fprintf(stderr,
            lang("✕ %s is older than %s: it has %s records instead of %s. Name the older one "
                 "first; if it is the one in use, later records were given up.\n",
                 "✕ %s 比 %s 更旧：只有 %s 条记录，而不是 %s 条。请把较旧的写在前面；如果正在使用的"
                 "就是它，则后来的记录已丢失。\n"),
            sides[1].path, sides[0].path, sizes[1], sizes[0]);
    return COMMAND_MACHINE;
}

static int compare_other(const struct compare_side *sides)
{
    fprintf(stderr,
            lang("✕ %s (%s) and %s (%s) are different logs.\n",
                 "✕ %s（%s）与 %s（%s）不是同一份账本。\n"),
            sides[0].path, sides[0].log.origin, sides[1].path, sides[1].log.origin);
    return COMMAND_MACHINE;
}

static int compare_proved(const struct compare_side *sides, const struct prefix_result *result,
                          bool print)
{
    char sizes[2][FIGURE_ROOM];

    if (print) {
        compare_print_proof(&sides[0].log, &sides[1].log, &result->proof);
        return COMMAND_FINE;
    }
    for (int i = 0; i < 2; i++)
        figure_count((int64_t)sides[i].log.size, sizes[i]);
    printf(lang("● The %s records of %s are the first of the %s records of %s: none was altered, "
                "removed or inserted. %zu hashes prove it (--proof).\n",
                "● %s 条记录（%s）正是 %s 条记录（%s）的开头部分：没有记录被改动、删除或插入。"
                "由 %zu 个哈希证明（--proof）。\n"),
           sizes[0], sides[0].path, sizes[1], sides[1].path, result->proof.n);
    return COMMAND_FINE;
}

/* A checkpoint from elsewhere says something only when this log has signed it. */
static int compare_check_note(const struct compare_side *sides, const struct prefix_keys *keys)
{
    int rc;

    if (sides[0].log.source || strcmp(sides[0].log.origin, sides[1].log.origin) != 0)
        return COMMAND_FINE;
    rc = prefix_knows(&sides[1].log, buffer_text(&sides[0].note), keys);
    if (rc == 1)
        return COMMAND_FINE;
    return compare_unreadable(
        &sides[0], keys->n ? lang("none of the keys that you named with --key has signed this "
                                  "checkpoint",
                                  "该检查点不是由 --key 指定的任何公钥签名的")
                           : lang("no key of those books has signed this checkpoint",
                                  "该检查点不是由那份账本的密钥签名的"));
}

static int compare_sides(const struct compare_side *sides, const struct prefix_keys *keys,
                         bool print)
{
    struct prefix_result result;
    int code = compare_check_note(sides, keys), rc;

    if (code != COMMAND_FINE)
        return code;
    rc = prefix_compare(&sides[0].log, &sides[1].log, &result);
    if (rc)
        return compare_unreadable(&sides[1], lang_error(rc < 0 ? rc : EUCLEAN));
    switch (result.verdict) {
    case PREFIX_PROVED:
        return compare_proved(sides, &result, print);
    case PREFIX_OLDER:
        return compare_older(sides);
    case PREFIX_DIFFERS:
        return compare_differs(sides, result.record);
    case PREFIX_OTHER_LOG:
        return compare_other(sides);
    }
    return COMMAND_MACHINE;
}

static int compare_paths(char *const *paths, const struct prefix_keys *keys, bool print)
{
    struct compare_side sides[2] = {{.path = paths[0]}, {.path = paths[1]}};
    int code = compare_open(&sides[0], keys);

    if (code == COMMAND_FINE)
        code = compare_open(&sides[1], keys);
    if (code == COMMAND_FINE && !sides[1].log.source)
        code = command_misused(&audit_compare, "%s",
                               lang("The second one must be books or a bundle: a checkpoint has no "
                                    "records.",
                                    "第二个必须是账本或导出目录：检查点中没有记录。"));
    if (code == COMMAND_FINE)
        code = compare_sides(sides, keys, print);
    compare_close(&sides[1]);
    compare_close(&sides[0]);
    return code;
}

static int compare_run(int argc, char **argv)
{
    static const struct option options[] = {{"proof", no_argument, NULL, 'p'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct trust trust = {.n = 0};
    bool print = false;
    int option;

    while ((option = command_next_option(argc, argv, ":h", options)) != -1) {
        if (option == 'k' && trust_add(&trust, &audit_compare, optarg))
            return COMMAND_REFUSED;
        if (option != 'p' && option != 'k')
            return command_bad_option(&audit_compare, option, argv);
        print = print || option == 'p';
    }
    if (argc - optind != 2)
        return command_misused(
            &audit_compare, "%s",
            lang("Name two: the older one, then the newer one.", "请指定两个：先旧后新。"));
    return compare_paths(argv + optind, &(struct prefix_keys){trust.keys, trust.n}, print);
}

const struct command audit_compare = {
    .name = "audit compare",
    .help_en = "Prove that older books are the beginning of newer ones.",
    .help_zh = "证明旧账本是新账本的开头部分。",
    .usage = "[--proof] [--key KEY]... OLD NEW",
    .long_en =
        "OLD and NEW are books, folders of \"lawcast audit export\", or, for OLD, a file with a\n"
        "checkpoint that somebody kept. Says whether all records of OLD are the first ones of "
        "NEW,\n"
        "and which record is the first that differs.\n\n"
        "      --proof   print the proof (RFC 6962, 2.1.2): origin, the two sizes, the two roots\n"
        "                and the hashes, in base64, a line each\n"
        "      --key KEY the public key that you know the office by, or a file with keys: one of\n"
        "                them must have signed both; without it, a key that the log itself names\n"
        "  -h, --help    this text\n\n"
        "Example:\n"
        "  lawcast audit compare /media/auditor/2026-11 /var/lib/lawcast/lawcast.db\n\n"
        "Exit codes: 0 proved; 1 no such file; 2 wrong usage; 4 they differ, NEW is the older "
        "one,\n"
        "they are different logs, or one can't be read.\n",
    .long_zh =
        "OLD 和 NEW 可以是账本或 lawcast audit export 导出的目录，OLD "
        "还可以是他人保存的检查点文件。\n"
        "说明 OLD 的全部记录是否正是 NEW 的开头部分，以及从哪一条记录起不同。\n\n"
        "      --proof   输出证明（RFC 6962 第 2.1.2 "
        "节）：来源、两个大小、两个根和各哈希，base64，\n"
        "                每行一个\n"
        "      --key 公钥 您所知的该单位公钥，或公钥文件：两份都须由其中之一签名；未指定时，由账本"
        "自己所列的密钥签名即可\n"
        "  -h, --help    本说明\n\n"
        "示例：\n"
        "  lawcast audit compare /media/auditor/2026-11 /var/lib/lawcast/lawcast.db\n\n"
        "退出码：0 已证明；1 文件不存在；2 用法错误；4 内容不同、NEW 更旧、不是同一份账本，或无法"
        "读取。\n",
    .run = compare_run,
};
